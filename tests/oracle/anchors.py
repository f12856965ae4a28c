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
from tests.oracle.records import LONG_AGO, Row, Span, when
from tests.oracle.truth import both, leaves
from tests.oracle.world import EVERYTHING, Scope, Timeline, hour_on

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
        other = days.setdefault(it.day, it)
        if other is not it:
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
            until = max(moment.world.as_at, moment.day)
            known = [day for day in days if scheduled or day <= until]
            return [Occasion(day) for day in known if scope.contains(day)]
        case Becoming(condition):
            return [it for it in becoming(moment, condition) if scope.contains(it.day)]
        case EventDay() | PeriodEdge():
            key = (id(scope), moment.any_row, anchor, where, scheduled)
            if key not in moment.world.found:
                # The same whatever the day.  The scope is kept, so that no other has its number.
                found = recorded(moment, anchor, where, scheduled)
                moment.world.found[key] = (scope, found)
            return moment.world.found[key][1]
        case _:
            raise ValueError(f"nothing runs from {anchor} here")


def each_own(moment: Moment, anchor: EventDay, scheduled: bool) -> list[Occasion]:
    """Each event that owes a milestone of its own; of the n-th, all that were on its day."""
    found = recorded(moment, evolve(anchor, ordinal=None), None, scheduled, own=True)
    if anchor.ordinal is None:
        return found
    named = nth(found, anchor.ordinal)
    return [
        evolve(it, undecided=it.undecided or other.undecided)
        for it in found
        for other in named
        if it.day == other.day
    ]


def recorded(
    moment: Moment,
    anchor: EventDay | PeriodEdge,
    where: Condition | None,
    scheduled: bool,
    own: bool = False,
) -> list[Occasion]:
    """The rows of a kind that count as anchors inside the scope; ``own``: of their milestones."""
    scope, found = moment.scope, []
    for day, hour, row, ahead in dated_rows(moment, anchor, scheduled, own):
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
    own, done = together(test), together(kind.counts)
    if own[: len(done)] == done:
        own = own[len(done) :]
    tests = (*own, kind.scheduled) if kind.scheduled is not None else tuple(own)
    return And(tests) if tests else None


def together(test: Condition | None) -> list[Condition]:
    """All that must hold for a test to hold."""
    if isinstance(test, And):
        return [it for part in test.parts for it in together(part)]
    return [test] if test is not None else []


def nth(found: list[Occasion], ordinal: int) -> list[Occasion]:
    """The n-th: several of one day are one; where one before is not sure, neither is this."""
    days = sorted({it.day for it in found})
    counted = days[:ordinal]
    sure = {it.day for it in found if not it.undecided}
    chosen = [it for it in found if it.day in counted[ordinal - 1 :]]
    chosen.sort(key=lambda it: it.undecided)  # one that surely counts says more
    hour = reduce(earliest, (it.hour for it in chosen), (END, END))
    return [evolve(it, undecided=not sure.issuperset(counted), hour=hour) for it in chosen[:1]]


def kind_of(anchor: EventDay | PeriodEdge) -> str:
    return anchor.event if isinstance(anchor, EventDay) else anchor.period


def dated_rows(
    moment: Moment, anchor: EventDay | PeriodEdge, scheduled: bool, own: bool = False
) -> Iterator[tuple[date, Hour, Row, bool]]:
    """The events, their milestones, or the edges of periods: day, time, row, and if it is ahead."""
    world = moment.world
    if isinstance(anchor, PeriodEdge):
        for day, hour, row in edges(moment, anchor.period, anchor.edge):
            yield day, hour, row, False
        return
    # What is scheduled has milestones that its own are counted from, and no other.
    scheduled = scheduled and (own or anchor.milestone is None)
    rows = [(row, False) for row in world.rows(anchor.event)]
    rows += [(row, True) for row in world.scheduled(anchor.event) if scheduled]
    for row, ahead in rows:
        if anchor.milestone is None:
            yield when(row), hour_on(row, "on"), row, ahead
            continue
        reached = row.values.get(anchor.milestone)
        if isinstance(reached, date):
            yield reached, hour_on(row, anchor.milestone), row, ahead


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


def timeline_of(moment: Moment, condition: Condition, until: date) -> Timeline:
    """What a condition comes to on each day from one before all records, as far as one day."""
    world = moment.world
    if condition not in world.so:
        born = [world.case.born] if world.case.born else []
        world.so[condition] = Timeline(min([*world.dates(), *born, world.as_at]) - DAY)
    found = world.so[condition]
    for day in days_between(found.first + len(found.truths) * DAY, until):
        look = evolve(moment, scope=EVERYTHING, day=day, judged=())
        found.goes_on(day, look.test(condition))
    return found


def stretches_of(moment: Moment, condition: Condition) -> list[Scope]:
    """The unbroken stretches in which a condition is not surely false.

    What has been so from before all records starts on the day of birth, or has no known start.
    """
    world = moment.world
    found = timeline_of(moment, condition, world.as_at)
    always = inside = found.truths[0] is not False
    start: date | None = world.case.born if always else None
    stretches: list[Scope] = []
    for day, truth in zip(days_between(found.first, world.as_at), found.truths, strict=False):
        if truth is not False and not inside:
            start, inside = day, True
        elif inside and truth is False:
            ref = start.isoformat() if start else ""
            stretches.append(Scope(ref, start, day, undecided=always))
            inside = always = False
    if inside:
        stretches.append(Scope(start.isoformat() if start else "", start, undecided=always))
    return stretches


def becoming(moment: Moment, condition: Condition) -> Iterator[Occasion]:
    """The first day of each stretch in which a condition may be true, if it had a beginning."""
    until = max(moment.world.as_at, moment.day)
    for day, truth in timeline_of(moment, condition, until).began:
        if day <= until:
            yield Occasion(day, truth is None)


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
            kinds = sorted(kinds_in(condition) & set(world.kinds) - {world.subject})
            aged = any(isinstance(leaf, Aged) for leaf in leaves(condition))
            unborn: list[Span | None] = [None] if aged and not world.case.born else []
            return [*(world.span(kind) for kind in kinds), *unborn]
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
            return [] if world.case.born else [(first or LONG_AGO, last)]
        case Becoming(condition):
            perhaps = timeline_of(moment, condition, last).perhaps
            found = [(max(it[0], first or LONG_AGO), min(it[1], last)) for it in perhaps]
            return [it for it in found if it[0] <= it[1]]
        case EventDay(event, milestone=milestone):
            return world.gaps(event, first, last, milestone)
        case PeriodEdge(period) if not is_scope_start(anchor, moment.scope):
            return world.gaps(period, first, last)
        case _:
            return []
