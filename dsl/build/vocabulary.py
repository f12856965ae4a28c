"""What a pack names: its header and sources, kinds of fact, calendars, phrases, definitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from lark import v_args
from lark.tree import Meta

from duly.dsl import ast
from duly.dsl.build.base import MONTHS, UNREAD, Base, constant, token_span
from duly.dsl.policy import InForce


def member(what: str) -> Callable[[Any, Meta, list[Any]], ast.MemberItem]:
    """The method of a vocabulary member with one name."""
    return v_args(meta=True)(
        lambda build, meta, parts: ast.MemberItem(what, parts[0], build._span(meta))
    )


class Vocabulary(Base):
    """Builds the statements that declare something."""

    def start(self, statements: list[ast.Statement]) -> ast.Document:
        return ast.Document(self._source.file, tuple(statements))

    @v_args(meta=True)
    def pack(self, meta: Meta, parts: list[Any]) -> ast.PackStatement:
        name, title, *clauses = parts
        fields: dict[str, Any] = {}
        for clause in clauses:
            key, value = ("in_force", clause) if isinstance(clause, InForce) else clause
            fields[key] = value
        return ast.PackStatement(name, title or "", span=self._span(meta), **fields)

    def over(self, parts: list[Any]) -> tuple[str, Any]:
        return "over", parts[0]

    def version(self, parts: list[Any]) -> tuple[str, Any]:
        return "version", str(parts[0])

    @v_args(meta=True)
    def review_by(self, meta: Meta, parts: list[Any]) -> tuple[str, Any]:
        word, day = parts
        if word.text != "review":
            self._diagnostics.add(
                "unexpected-word",
                f"did not expect `{word}` here",
                word.span,
                why=UNREAD,
                help="a pack has `over`, `version`, `in force from` and `review by`",
            )
        return "review_by", day

    @v_args(meta=True)
    def in_force(self, meta: Meta, parts: list[Any]) -> InForce:
        first, last = parts
        if last is not None and last < first:
            self._diagnostics.add(
                "never-in-force",
                "it ends before it begins",
                self._span(meta),
                why="on no day would it be in force, and it would be computed for no child",
                help="change one of the two dates: `in force from FIRST DAY until LAST DAY`",
            )
        return InForce(first, last)

    @v_args(meta=True)
    def source(self, meta: Meta, parts: list[Any]) -> ast.SourceStatement:
        return self._node(ast.SourceStatement, meta, parts)

    @v_args(meta=True)
    def subject(self, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        return self._kind_statement("subject", meta, parts)

    @v_args(meta=True)
    def period(self, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        return self._kind_statement("period", meta, parts)

    @v_args(meta=True)
    def event(self, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        return self._kind_statement("event", meta, parts)

    def _kind_statement(self, nature: str, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        name, title, *members = parts
        return ast.KindStatement(nature, name, title or "", tuple(members), self._span(meta))

    @v_args(meta=True)
    def add(self, meta: Meta, parts: list[Any]) -> ast.AddStatement:
        name, *members = parts
        return ast.AddStatement(name, tuple(members), self._span(meta))

    @v_args(meta=True)
    def role(self, meta: Meta, parts: list[Any]) -> ast.RoleStatement:
        return ast.RoleStatement(parts[0], parts[1] or "", self._span(meta))

    of_kind = member("of")
    plural = member("plural")
    alias = member("alias")
    joined = member("joined")
    verb = member("verb")

    def milestone(self, parts: list[Any]) -> ast.MilestoneItem:
        return ast.MilestoneItem(*parts)

    @v_args(meta=True)
    def counts(self, meta: Meta, parts: list[Any]) -> ast.StatusItem:
        return ast.StatusItem("counts", parts[0], self._span(meta))

    @v_args(meta=True)
    def scheduled(self, meta: Meta, parts: list[Any]) -> ast.StatusItem:
        return ast.StatusItem("scheduled", parts[0], self._span(meta))

    def attribute(self, parts: list[Any]) -> ast.AttributeItem:
        name, (type_name, values), usually = parts
        return ast.AttributeItem(name, type_name, values, usually)

    yes_no_type = constant(("yes/no", ()))
    date_type = constant(("date", ()))
    number_type = constant(("number", ()))
    text_type = constant(("text", ()))
    role_type = constant(("role", ()))
    roles_type = constant(("list of role", ()))
    datetime_type = constant(("datetime", ()))
    duration_type = constant(("duration", ()))

    def one_of(self, parts: list[Any]) -> tuple[str, tuple[ast.Word, ...]]:
        return "one of", tuple(parts)

    @v_args(meta=True)
    def usual_no(self, meta: Meta, _parts: list[Any]) -> ast.Word:
        return ast.Word("no", self._span(meta))

    @v_args(meta=True)
    def supplied_calendar(self, meta: Meta, parts: list[Any]) -> ast.CalendarStatement:
        return ast.CalendarStatement(parts[0], parts[1] or "", span=self._span(meta))

    @v_args(meta=True)
    def yearly_calendar(self, meta: Meta, parts: list[Any]) -> ast.CalendarStatement:
        name, title, unit, *days = parts
        if unit != "year":
            self._diagnostics.add(
                "units",
                f"`each {unit}` is not how a calendar comes round",
                token_span(unit, self._source.file),
                why="it would be open on which days a child's window begins and ends",
                help="write `each year from 1 April to 30 June`",
            )
        first, last = (
            (day, MONTHS.index(str(month)) + 1)
            for day, month in zip(days[::2], days[1::2], strict=True)
        )
        for day, month in (first, last):
            self._on_the_calendar(day, month, meta)
        return ast.CalendarStatement(name, title or "", first, last, self._span(meta))

    def _on_the_calendar(self, day: int, month: int, meta: Meta) -> None:
        """A day that every year has; 29 February is the last day of February where it is not."""
        try:
            date(2000, month, day)
        except ValueError:
            self._no_such_date(f"{day} {MONTHS[month - 1]}", meta)

    @v_args(meta=True)
    def never(self, meta: Meta, parts: list[Any]) -> ast.NeverStatement:
        return ast.NeverStatement(parts[0], self._span(meta))

    @v_args(meta=True)
    def phrase(self, meta: Meta, parts: list[Any]) -> ast.PhraseStatement:
        return self._node(ast.PhraseStatement, meta, parts)

    @v_args(meta=True)
    def define(self, meta: Meta, parts: list[Any]) -> ast.DefineStatement:
        return ast.DefineStatement(parts[0], None, parts[1], self._span(meta))

    @v_args(meta=True)
    def define_with(self, meta: Meta, parts: list[Any]) -> ast.DefineStatement:
        return self._node(ast.DefineStatement, meta, parts)
