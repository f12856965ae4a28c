"""Scenarios: facts and expectations."""

from __future__ import annotations

from itertools import chain
from typing import Any

from lark import v_args
from lark.tree import Meta

from duly.dsl import ast
from duly.dsl.build.base import Base, constant


class Scenarios(Base):
    """Builds the stories of single children."""

    @v_args(meta=True)
    def scenario(self, meta: Meta, parts: list[Any]) -> ast.ScenarioStatement:
        title, *lines = parts
        return ast.ScenarioStatement(title, tuple(lines), self._span(meta))

    def moment(self, parts: list[Any]) -> ast.Moment:
        return ast.Moment(*parts)

    @v_args(meta=True)
    def born(self, meta: Meta, parts: list[Any]) -> ast.FactLine:
        kind, day, *values = parts
        return ast.FactLine(kind, ast.Moment(day), None, "born", tuple(values), self._span(meta))

    @v_args(meta=True)
    def event_fact(self, meta: Meta, parts: list[Any]) -> ast.FactLine:
        kind, day, *values = parts
        return ast.FactLine(kind, day, None, "on", tuple(values), self._span(meta))

    @v_args(meta=True)
    def period_fact(self, meta: Meta, parts: list[Any]) -> ast.FactLine:
        kind, first, last, *values = parts
        return ast.FactLine(kind, first, last, "from", tuple(values), self._span(meta))

    def unknown_kind(self, parts: list[Any]) -> ast.UnknownLine:
        return ast.UnknownLine(parts[0])

    def as_at(self, parts: list[Any]) -> ast.AsAtLine:
        return ast.AsAtLine(parts[0])

    def known_at(self, parts: list[Any]) -> ast.KnownAtLine:
        return ast.KnownAtLine(parts[0])

    def bare(self, parts: list[Any]) -> ast.Value:
        return ast.Value("name", parts[0].text, parts[0].span)

    def not_word(self, parts: list[Any]) -> ast.Value:
        return ast.Value("not", parts[0].text, parts[0].span)

    @v_args(meta=True)
    def blank_word(self, meta: Meta, _parts: list[Any]) -> ast.Value:
        return ast.Value("blank", "", self._span(meta))

    @v_args(meta=True)
    def date_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("date", parts[0], self._span(meta))

    @v_args(meta=True)
    def int_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("number", str(parts[0]), self._span(meta))

    @v_args(meta=True)
    def span_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("length", parts[0], self._span(meta))

    @v_args(meta=True)
    def list_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("list", tuple(parts), self._span(meta))

    @v_args(meta=True)
    def string_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("text", parts[0], self._span(meta))

    @v_args(meta=True)
    def expect(self, meta: Meta, parts: list[Any]) -> ast.ExpectLine:
        return self._expectation(meta, parts, denied=False)

    @v_args(meta=True)
    def expect_none(self, meta: Meta, parts: list[Any]) -> ast.ExpectLine:
        return self._expectation(meta, parts, denied=True)

    @v_args(meta=True)
    def expect_none_on(self, meta: Meta, parts: list[Any]) -> ast.ExpectLine:
        named, day = parts
        return self._expectation(meta, [named, None, {"on": day}], denied=True)

    def _expectation(self, meta: Meta, parts: list[Any], *, denied: bool) -> ast.ExpectLine:
        named, *rest = parts
        verdict, *details = rest or [None]
        fields = dict(chain.from_iterable(detail.items() for detail in details))
        text, span = self._text(meta), self._span(meta)
        return ast.ExpectLine(named, verdict, denied, text=text, span=span, **fields)

    def named(self, parts: list[Any]) -> tuple[ast.Word, ...]:
        return tuple(word for word in parts if word is not None)

    def on_date(self, parts: list[Any]) -> dict[str, Any]:
        return {"on": parts[0]}

    def due_date(self, parts: list[Any]) -> dict[str, Any]:
        return {"due": parts[0]}

    def by_days(self, parts: list[Any]) -> dict[str, Any]:
        return {"days": parts[0]}

    assumed = constant({"assumed": True})

    met = constant("met")
    met_late = constant("met_late")
    overdue = constant("overdue")
    not_met = constant("not_met")
    due = constant("due")
    lapsed = constant("lapsed")
    exempt = constant("exempt")
    cannot_tell = constant("cannot_tell")
    needs_judgement = constant("needs_judgement")
