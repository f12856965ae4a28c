"""Timings: steps, exceptions, windows and lengths of time."""

from __future__ import annotations

from typing import Any

from attrs import evolve
from lark import v_args
from lark.tree import Meta

from duly.dsl import ast
from duly.dsl.build.base import Base, constant, of_type, token_span
from duly.dsl.build.rules import GROUNDS
from duly.dsl.durations import duration_of
from duly.dsl.policy import CalendarUnit, Duration

NO_TIME = Duration(0, "day")


class Timings(Base):
    """Builds what stands behind the act of a sentence."""

    def timing(self, parts: list[Any]) -> tuple[ast.StepClause, ...]:
        return tuple(parts)

    @v_args(meta=True)
    def step(self, meta: Meta, parts: list[Any]) -> ast.StepClause:
        timing, *clauses = parts
        unless = tuple(of_type(clauses, ast.UnlessClause))
        failing = tuple(of_type(clauses, ast.FailingClause))
        grounds = tuple(of_type(clauses, *GROUNDS))
        text, span = self._text(meta), self._span(meta)
        return ast.StepClause(timing, grounds, unless, failing, text, span)

    @v_args(meta=True)
    def anchors(self, meta: Meta, parts: list[Any]) -> ast.Anchors:
        return ast.Anchors(tuple(parts), self._span(meta))

    @v_args(meta=True)
    def within(self, meta: Meta, parts: list[Any]) -> ast.Within:
        return ast.Within("within", parts[0], parts[1], self._span(meta))

    stretch_within = within

    @v_args(meta=True)
    def on_the_day(self, meta: Meta, parts: list[Any]) -> ast.Within:
        return ast.Within("on the day of", NO_TIME, parts[0], self._span(meta))

    @v_args(meta=True)
    def immediately(self, meta: Meta, parts: list[Any]) -> ast.Within:
        return ast.Within("immediately after", NO_TIME, parts[0], self._span(meta))

    @v_args(meta=True)
    def every(self, meta: Meta, parts: list[Any]) -> ast.Every:
        return ast.Every(parts[0], parts[1], self._span(meta))

    @v_args(meta=True)
    def by(self, meta: Meta, parts: list[Any]) -> ast.By:
        return ast.By(NO_TIME, parts[0], None, self._span(meta))

    @v_args(meta=True)
    def by_after(self, meta: Meta, parts: list[Any]) -> ast.By:
        return ast.By(parts[0], parts[1], None, self._span(meta))

    @v_args(meta=True)
    def by_clock(self, meta: Meta, parts: list[Any]) -> ast.By:
        return ast.By(NO_TIME, parts[1], parts[0], self._span(meta))

    @v_args(meta=True)
    def by_clock_after(self, meta: Meta, parts: list[Any]) -> ast.By:
        return ast.By(Duration(1, "day"), parts[1], parts[0], self._span(meta))

    @v_args(meta=True)
    def before_timing(self, meta: Meta, parts: list[Any]) -> ast.Before:
        return ast.Before(None, True, parts[0], self._span(meta))

    stretch_before = before_timing

    @v_args(meta=True)
    def lead_before(self, meta: Meta, parts: list[Any]) -> ast.Before:
        lead, anchors = parts
        clear = isinstance(lead, Duration)
        return ast.Before(lead if clear else lead[0], clear, anchors, self._span(meta))

    @v_args(meta=True)
    def ordinary(self, meta: Meta, parts: list[Any]) -> tuple[Duration]:
        return (self.duration(meta, parts),)

    @v_args(meta=True)
    def ordinary_working(self, meta: Meta, parts: list[Any]) -> tuple[Duration]:
        return (self.working_duration(meta, parts),)

    @v_args(meta=True)
    def at_least_each(self, meta: Meta, parts: list[Any]) -> ast.Times:
        return ast.Times(parts[0], False, parts[1], self._span(meta))

    @v_args(meta=True)
    def at_most_each(self, meta: Meta, parts: list[Any]) -> ast.Times:
        return ast.Times(parts[0], True, parts[1], self._span(meta))

    once = constant(1)
    twice = constant(2)

    def times(self, parts: list[Any]) -> Any:
        """The number, or the duration, as it is."""
        return parts[0]

    each_span = times

    def each_calendar(self, parts: list[Any]) -> CalendarUnit:
        unit = str(parts[0]).removesuffix("s")
        if unit not in ("week", "month", "quarter", "year"):
            self._diagnostics.add(
                "units",
                f"`each calendar {parts[0]}` is no window of the calendar",
                token_span(parts[0], self._source.file),
                why="it would be open on which days a child's window begins and ends",
                help="write `each calendar month`: a week, a month, a quarter or a year",
            )
        return CalendarUnit(unit)  # type: ignore[arg-type]

    def each_named(self, parts: list[Any]) -> ast.Named:
        return ast.Named(parts[0])

    def each_whole(self, parts: list[Any]) -> ast.Named:
        return ast.Named(parts[0], True)

    @v_args(meta=True)
    def practicable(self, meta: Meta, parts: list[Any]) -> ast.NoNumber:
        return ast.NoNumber("as soon as practicable", None, parts[0], self._span(meta))

    @v_args(meta=True)
    def practicable_after(self, meta: Meta, parts: list[Any]) -> ast.NoNumber:
        return ast.NoNumber("as soon as practicable", parts[0], parts[1], self._span(meta))

    @v_args(meta=True)
    def reasonable(self, meta: Meta, parts: list[Any]) -> ast.NoNumber:
        return ast.NoNumber("within a reasonable time", None, parts[0], self._span(meta))

    @v_args(meta=True)
    def unless(self, meta: Meta, parts: list[Any]) -> ast.UnlessClause:
        condition, then, *grounds = parts
        text, span = self._text(meta), self._span(meta)
        return ast.UnlessClause(condition, then, tuple(grounds), text, span)

    @v_args(meta=True)
    def failing(self, meta: Meta, parts: list[Any]) -> ast.FailingClause:
        duration, anchors, *grounds = parts
        text, span = self._text(meta), self._span(meta)
        return ast.FailingClause(duration, anchors, tuple(grounds), text, span)

    @v_args(meta=True)
    def sooner(self, meta: Meta, parts: list[Any]) -> ast.SoonerLength:
        return ast.SoonerLength((parts[0], parts[1]), self._span(meta))

    @v_args(meta=True)
    def agreed(self, meta: Meta, parts: list[Any]) -> ast.AgreedLength:
        return ast.AgreedLength(parts[0], self._span(meta))

    @v_args(meta=True)
    def locally_decided(self, meta: Meta, parts: list[Any]) -> ast.LocallyDecided:
        most = next(of_type(parts, Duration), None)
        return ast.LocallyDecided(most, self._span(meta))

    @v_args(meta=True)
    def duration(self, meta: Meta, parts: list[Any]) -> Duration:
        return evolve(duration_of(parts[0], str(parts[1])), span=self._span(meta))

    @v_args(meta=True)
    def working_duration(self, meta: Meta, parts: list[Any]) -> Duration:
        count, unit = parts
        if not unit.startswith("day"):
            self._diagnostics.add(
                "units",
                f"`{count} working {unit}` is not a length of time",
                token_span(unit, self._source.file),
                why="only days can be working days, so the deadline cannot be counted",
                help=f"write `{duration_of(count, str(unit))}`, or say how many working days it is",
            )
        return Duration(count, "working day", self._span(meta))

    @v_args(meta=True)
    def one_unit(self, meta: Meta, parts: list[Any]) -> Duration:
        return evolve(duration_of(1, str(parts[0])), span=self._span(meta))
