"""Anchors and conditions."""

from __future__ import annotations

from typing import Any

from lark import v_args
from lark.tree import Meta

from duly.dsl import ast
from duly.dsl.build.base import Base, constant
from duly.dsl.policy import PREVIOUS


class Conditions(Base):
    """Builds what may be true or false, and the days that clocks run from."""

    @v_args(meta=True)
    def start_of(self, meta: Meta, parts: list[Any]) -> ast.EdgeRef:
        return ast.EdgeRef("start", parts[1], parts[0], self._span(meta))

    @v_args(meta=True)
    def end_of(self, meta: Meta, parts: list[Any]) -> ast.EdgeRef:
        return ast.EdgeRef("end", parts[1], parts[0], self._span(meta))

    @v_args(meta=True)
    def event_day(self, meta: Meta, parts: list[Any]) -> ast.EventRef:
        ordinal, event, *where = parts
        return ast.EventRef(event, ordinal, where[0] if where else None, self._span(meta))

    first = constant(1)
    second = constant(2)
    previous = constant(PREVIOUS)

    @v_args(meta=True)
    def milestone_day(self, meta: Meta, parts: list[Any]) -> ast.MilestoneRef:
        return self._node(ast.MilestoneRef, meta, parts)

    @v_args(meta=True)
    def birthday(self, meta: Meta, parts: list[Any]) -> ast.BirthdayRef:
        return self._node(ast.BirthdayRef, meta, parts)

    @v_args(meta=True)
    def becoming(self, meta: Meta, parts: list[Any]) -> ast.BecomingRef:
        ref = ast.Ref(parts[0], None, parts[0].span)
        return ast.BecomingRef(ref, self._span(meta))

    @v_args(meta=True)
    def becoming_true(self, meta: Meta, parts: list[Any]) -> ast.BecomingRef:
        return self._node(ast.BecomingRef, meta, parts)

    @v_args(meta=True)
    def reaching(self, meta: Meta, parts: list[Any]) -> ast.BecomingRef:
        return ast.BecomingRef(self._count(meta, parts), self._span(meta))

    @v_args(meta=True)
    def or_(self, meta: Meta, parts: list[Any]) -> ast.Condition:
        if len(parts) == 1:
            return parts[0]  # type: ignore[no-any-return]
        return ast.Disjunction(tuple(parts), self._span(meta))

    @v_args(meta=True)
    def and_(self, meta: Meta, parts: list[Any]) -> ast.Condition:
        if len(parts) == 1:
            return parts[0]  # type: ignore[no-any-return]
        return ast.Conjunction(tuple(parts), self._span(meta))

    @v_args(meta=True)
    def not_(self, meta: Meta, parts: list[Any]) -> ast.Negation:
        return ast.Negation(parts[0], self._span(meta))

    @v_args(meta=True)
    def ref(self, meta: Meta, parts: list[Any]) -> ast.Ref:
        first, second = parts
        owner, name = (first, second) if second else (None, first)
        return ast.Ref(name, owner, self._span(meta))

    @v_args(meta=True)
    def named_with(self, meta: Meta, parts: list[Any]) -> ast.RefWith:
        return self._node(ast.RefWith, meta, parts)

    @v_args(meta=True)
    def is_(self, meta: Meta, parts: list[Any]) -> ast.IsTest:
        subject, values = parts
        ref = subject if isinstance(subject, ast.Ref) else ast.Ref(subject, None, subject.span)
        return ast.IsTest(ref, values, self._span(meta))

    def one_value(self, parts: list[Any]) -> tuple[ast.Word, ...]:
        return (parts[0],)

    def values(self, parts: list[Any]) -> tuple[ast.Word, ...]:
        return tuple(parts)

    stated = constant(None)

    @v_args(meta=True)
    def compare(self, meta: Meta, parts: list[Any]) -> ast.CompareTest:
        ref, (least, most) = parts
        return ast.CompareTest(ref, least, most, self._span(meta))

    @v_args(meta=True)
    def includes(self, meta: Meta, parts: list[Any]) -> ast.IncludesTest:
        return self._node(ast.IncludesTest, meta, parts)

    @v_args(meta=True)
    def lasting(self, meta: Meta, parts: list[Any]) -> ast.LastingTest:
        ref, more, duration, window = parts
        return ast.LastingTest(ref, duration, more, window, self._span(meta))

    lasting_at_least = constant(False)
    lasting_more_than = constant(True)

    @v_args(meta=True)
    def count_(self, meta: Meta, parts: list[Any]) -> ast.CountTest:
        return self._count(meta, parts)

    def _count(self, meta: Meta, parts: list[Any]) -> ast.CountTest:
        (least, most), kind, where, window = parts
        return ast.CountTest(least or 0, most, kind, where, window, self._span(meta))

    def in_last(self, parts: list[Any]) -> ast.InLast:
        return ast.InLast(parts[0])

    def since(self, parts: list[Any]) -> ast.Since:
        return ast.Since(parts[0])

    ever = constant(ast.Ever())

    some = constant((1, None))
    none = constant((0, 0))

    def at_least(self, parts: list[Any]) -> tuple[int | None, int | None]:
        return parts[0], None

    def at_most(self, parts: list[Any]) -> tuple[int | None, int | None]:
        return None, parts[0]

    def more_than(self, parts: list[Any]) -> tuple[int | None, int | None]:
        return parts[0] + 1, None

    def less_than(self, parts: list[Any]) -> tuple[int | None, int | None]:
        return None, parts[0] - 1

    def exactly(self, parts: list[Any]) -> tuple[int, int | None]:
        return parts[0], parts[0]

    @v_args(meta=True)
    def before(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return ast.TimeTest(parts[0], parts[1], True, False, self._span(meta))

    @v_args(meta=True)
    def after(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return ast.TimeTest(parts[0], parts[1], False, False, self._span(meta))

    @v_args(meta=True)
    def in_first(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return self._first(meta, parts, inside=True)

    @v_args(meta=True)
    def after_first(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return self._first(meta, parts, inside=False)

    def _first(self, meta: Meta, parts: list[Any], *, inside: bool) -> ast.TimeTest:
        duration, period = parts
        span = self._span(meta)
        return ast.TimeTest(duration, ast.EdgeRef("start", period, None, span), inside, True, span)

    @v_args(meta=True)
    def under(self, meta: Meta, parts: list[Any]) -> ast.AgeTest:
        return ast.AgeTest(parts[0], True, self._span(meta))

    @v_args(meta=True)
    def aged(self, meta: Meta, parts: list[Any]) -> ast.AgeTest:
        return ast.AgeTest(parts[0], False, self._span(meta))
