"""Anchors: the days from which clocks run, each sure or not, with the time where it is known."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import reduce
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from duly.dsl.policy import (
    Aged,
    Anchor,
    And,
    AnyOf,
    Becoming,
    Birthday,
    Condition,
    Count,
    Duration,
    EventDay,
    Kind,
    Lasting,
    PeriodEdge,
    Running,
    ScopeStart,
)
from tests.oracle.days import ANY_HOUR, DAY, END, Hour, boundary, days_between, earliest
from tests.oracle.records import Row, Span, when
from tests.oracle.truth import both, leaves
from tests.oracle.world import EVERYTHING, Scope, hour_on

if TYPE_CHECKING:
    from tests.oracle.moments import Moment


@frozen
class Occasion:
    """A day on which an anchor fell, or may have fallen; the row is the one that says so."""

    day: date
    undecided: bool = False
    hour: Hour = ANY_HOUR
    kind: str = ""
    row: Row | None = None


def is_scope_start(anchor: Anchor | None, scope: Scope) -> bool:
    """`start`, or the start of the scope's own period."""
    # silent: the edges of the scope's own period are those of the scope.
    own = isinstance(anchor, PeriodEdge) and anchor.period == scope.period
    return isinstance(anchor, ScopeStart) or (own and plain_edge(anchor) == "start")


def is_scope_end(anchor: Anchor | None, scope: Scope) -> bool:
    own = isinstance(anchor, PeriodEdge) and anchor.period == scope.period
    return own and plain_edge(anchor) == "end"


def plain_edge(anchor: Anchor | None) -> str | None:
    plain = isinstance(anchor, PeriodEdge) and anchor.ordinal is None and anchor.where is None
    return anchor.edge if isinstance(anchor, PeriodEdge) and plain else None


def anchor_days(moment: Moment, anchor: Anchor, scheduled: bool = False) -> list[Occasion]:
    """The anchors inside a scope, one a day; a day is decided if one anchor on it is."""
    days: dict[date, Occasion] = {}
    for it in occasions(moment, anchor, scheduled=scheduled):
        other = days.get(it.day, it)
        undecided = it.undecided and other.undecided
        days[it.day] = evolve(other, undecided=undecided, hour=earliest(it.hour, other.hour))
    return [days[day] for day in sorted(days)]


def occasions(
    moment: Moment, anchor: Anchor, where: Condition | None = None, scheduled: bool = False
) -> list[Occasion]:
    """Each anchor inside the moment's scope; those to come (16) are looked for if asked."""
    scope = moment.scope
    if is_scope_start(anchor, scope):
        assert scope.start is not None
        hour = hour_on(scope.rows[0], "start") if scope.rows else ANY_HOUR
        return [Occasion(scope.start, hour=hour)]
    if is_scope_end(anchor, scope):
        # Nothing runs from the end of its own scope, but what is due by it may be met before.
        last = hour_on(scope.rows[-1], "end") if scope.rows else ANY_HOUR
        return [Occasion(scope.end, hour=last)] if scheduled and scope.end else []
    match anchor:
        case AnyOf(anchors):
            found = [it for part in anchors for it in occasions(moment, part, where, scheduled)]
            return sorted(found, key=lambda it: it.day)
        case Birthday(years):
            born = moment.world.case.born
            days = [boundary(born, Duration(years, "year"))] if born else []
            known = [day for day in days if scheduled or day <= moment.world.as_at]
            return [Occasion(day) for day in known if scope.contains(day)]
        case Becoming(condition):
            return [it for it in becoming(moment, condition) if scope.contains(it.day)]
        case EventDay() | PeriodEdge():
            return recorded(moment, anchor, where, scheduled)
        case _:
            raise ValueError(f"nothing runs from {anchor} here")


def recorded(
    moment: Moment, anchor: EventDay | PeriodEdge, where: Condition | None, scheduled: bool
) -> list[Occasion]:
    """The rows of a kind that count as anchors inside the scope."""
    scope, found = moment.scope, []
    for day, hour, row, ahead in dated_rows(moment, anchor, scheduled):
        kind = kind_of(anchor)
        own_day = when(row) if isinstance(anchor, EventDay) else day
        about = evolve(moment, day=own_day, judged=scope.judged).about(kind, row, own_day)
        owned = scope.owns(moment.world, kind, row, day)
        declared = moment.world.kinds[kind]
        tests = [expected(declared, it) if ahead else it for it in (where, anchor.where)]
        fits = both(scope.contains(day), owned)
        for test in tests:
            fits = both(fits, about.test(test))
        if fits is not False:
            found.append(Occasion(day, fits is None, hour, kind, row))
    return found if anchor.ordinal is None else nth(found, anchor.ordinal)


def expected(kind: Kind, test: Condition | None) -> Condition | None:
    """A test on what is still ahead: it need not have been done, only be expected."""
    own = list(test.parts) if isinstance(test, And) else [test]
    done = list(kind.counts.parts) if isinstance(kind.counts, And) else [kind.counts]
    if own[: len(done)] == done:
        own = own[len(done) :]
    tests = tuple(it for it in (*own, kind.scheduled) if it is not None)
    return And(tests) if tests else None


def nth(found: list[Occasion], ordinal: int) -> list[Occasion]:
    """The n-th: several of one day are one; where one before is not sure, neither is this."""
    days = sorted({it.day for it in found})
    counted = days[:ordinal]
    sure = {it.day for it in found if not it.undecided}
    chosen = [it for it in found if it.day in counted[ordinal - 1 :]]
    hour = reduce(earliest, (it.hour for it in chosen), (END, END))
    return [evolve(it, undecided=not sure.issuperset(counted), hour=hour) for it in chosen[:1]]


def kind_of(anchor: EventDay | PeriodEdge) -> str:
    return anchor.event if isinstance(anchor, EventDay) else anchor.period


def dated_rows(
    moment: Moment, anchor: EventDay | PeriodEdge, scheduled: bool
) -> Iterator[tuple[date, Hour, Row, bool]]:
    """The events, their milestones, or the edges of periods: day, time, row, and if it is ahead."""
    world = moment.world
    if isinstance(anchor, EventDay) and anchor.milestone is not None:
        # silent: of events that are ahead no milestone counts yet.
        for row in world.rows(anchor.event):
            reached = row.values.get(anchor.milestone)
            if isinstance(reached, date):
                yield reached, hour_on(row, anchor.milestone), row, False
    elif isinstance(anchor, EventDay):
        for row in world.rows(anchor.event):
            yield when(row), hour_on(row, "on"), row, False
        for row in world.scheduled(anchor.event) if scheduled else ():
            yield when(row), hour_on(row, "on"), row, True
    else:
        for day, hour, row in edges(moment, anchor.period, anchor.edge):
            yield day, hour, row, False


def edges(moment: Moment, period: str, edge: str) -> list[tuple[date, Hour, Row]]:
    """The first days of periods, or the days on which they ended, joined rows as one."""
    found = []
    for stretch in moment.world.stretches(period):
        if edge == "start" and stretch.start is not None:
            found.append((stretch.start, hour_on(stretch.rows[0], "start"), stretch.rows[0]))
        if edge == "end" and stretch.end is not None:
            last = next(row for row in stretch.rows if row.end == stretch.end)
            found.append((stretch.end, hour_on(last, "end"), last))
    return sorted(found, key=lambda it: (it[0], it[2].id))


# --------------------------------------------------------------- becoming true


def stretches_of(moment: Moment, condition: Condition) -> list[Scope]:
    """The unbroken stretches in which a condition is not surely false.

    What has been so from before all records starts on the day of birth, or has no known start.
    """
    found = moment.world.so
    if condition not in found:
        found[condition] = find_stretches(moment, condition)
    return found[condition]


def find_stretches(moment: Moment, condition: Condition) -> list[Scope]:
    world = moment.world

    def possible(day: date) -> bool:
        return evolve(moment, scope=EVERYTHING, day=day, judged=()).test(condition) is not False

    dates = world.dates()
    if any(isinstance(leaf, Aged) for leaf in leaves(condition)) and world.case.born:
        dates.append(world.case.born)
    first = min([day for day in dates if day <= world.as_at], default=world.as_at)
    always = possible(first - DAY)
    if always and world.case.born:
        first = min(first, world.case.born)
    found: list[Scope] = []
    start: date | None = world.case.born if always else None
    inside = always
    for day in days_between(first, world.as_at):
        if possible(day) and not inside:
            start, inside = day, True
        elif inside and not possible(day):
            found.append(Scope(start.isoformat() if start else "", start, day, undecided=always))
            inside = always = False
    if inside:
        found.append(Scope(start.isoformat() if start else "", start, undecided=always))
    return found


def becoming(moment: Moment, condition: Condition) -> Iterator[Occasion]:
    """The first day of each stretch in which a condition may be true, if it had a beginning."""
    for stretch in stretches_of(moment, condition):
        # What has been so from before all records never became so.
        if stretch.start is not None and not stretch.undecided:
            then = evolve(moment, scope=EVERYTHING, day=stretch.start, judged=())
            yield Occasion(stretch.start, then.test(condition) is None)


# --------------------------------------------------------------- what of an anchor is covered


def kinds_in(condition: Condition) -> set[str]:
    """The kinds of fact whose rows a condition looks at."""
    found: set[str] = set()
    for leaf in leaves(condition):
        match leaf:
            case Lasting(period=period):
                found.add(period)
            case Running(kind, where) | Count(kind=kind, where=where):
                found |= {kind} | (kinds_in(where) if where is not None else set())
            case _:
                anchor = getattr(leaf, "anchor", None)
                found |= {kind_of(anchor)} if isinstance(anchor, EventDay | PeriodEdge) else set()
    return found


def anchor_spans(moment: Moment, anchor: Anchor) -> list[Span | None]:
    """The days of which an anchor is known, for each kind of it that may not be."""
    world, scope = moment.world, moment.scope
    if is_scope_start(anchor, scope):
        return []
    match anchor:
        case AnyOf(anchors):
            return [span for part in anchors for span in anchor_spans(moment, part)]
        case Birthday():
            return [] if world.case.born else [None]
        case Becoming(condition):
            first = scope.start
            assert first is not None
            kinds = kinds_in(condition) & set(world.kinds) - {world.subject}
            unseen = any(world.gaps(kind, first, first) for kind in kinds)
            return [None] if unseen and not anchor_days(moment, anchor) else []
        case EventDay(event, milestone=milestone):
            return [world.span_of(event, milestone)]
        case PeriodEdge(period):
            return [world.span(period)]
        case _:
            return []


def unseen(
    moment: Moment, anchor: Anchor, first: date | None, last: date
) -> list[tuple[date, date]]:
    """The stretches of days in which an anchor may be that nobody recorded."""
    world = moment.world
    match anchor:
        case AnyOf(anchors):
            return [gap for part in anchors for gap in unseen(moment, part, first, last)]
        case Birthday():
            return [] if world.case.born else [(first or date(1800, 1, 1), last)]
        case EventDay() | PeriodEdge() if not is_scope_start(anchor, moment.scope):
            return world.gaps(kind_of(anchor), first, last)
        case _:
            return []
