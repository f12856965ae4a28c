"""``after D after A`` and its like: false from each anchor, true from the boundary after it.

Anchors that may have gone unseen make it unknown, exactly as far as their completions differ.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.caseload import Caseload, pairs
from duly.engine.dates import Days, boundary_table
from duly.engine.days import FAR, MISSING
from duly.engine.facts import Table
from duly.engine.keys import (
    Flags,
    day_in,
    first_of_each,
    keys,
    next_day,
    place_in_scope,
    rows_of_each,
)
from duly.engine.timeline import Domain, Steps, Values, between, clipped

Tested = Callable[[p.Condition | None, Table, Caseload], Values]
"""Whether each row passes a test; handed in, since a test may hold conditions like these."""


@frozen(eq=False)
class Seen:
    """Days of an anchor: those surely there, and stretches in which one may have gone unseen."""

    scope: Days
    day: Days
    gap: Days
    gap_first: Days
    gap_last: Days


def elapsed(leaf: p.Elapsed, domain: Domain, seen: Seen) -> Steps:
    """False from each anchor, true from the boundary after the latest one, else unknown.

    Surely false is what lies before the boundary of the earliest day that the latest anchor can
    have; surely true what lies after that of the latest.
    """
    boundary = boundary_table(leaf.duration)
    if isinstance(leaf.anchor, p.EventDay | p.PeriodEdge) and leaf.anchor.ordinal is not None:
        return _elapsed_since_nth(leaf.anchor.ordinal, seen, domain, boundary)
    first_sure = np.full(len(domain), FAR, np.int32)
    np.minimum.at(first_sure, seen.scope, seen.day)
    first_gap = np.full(len(domain), FAR, np.int32)
    np.minimum.at(first_gap, seen.gap, seen.gap_first)
    unseen = np.flatnonzero(first_gap < first_sure).astype(np.int32)
    earliest = first_gap[unseen]
    ran_out = np.where(earliest == 0, 0, boundary[earliest])  # day 0 is before all records
    may = _reached(
        domain,
        np.concatenate([seen.scope, unseen]),
        np.concatenate([seen.day, earliest]),
        np.concatenate([boundary[seen.day], ran_out]),
    )
    if not len(seen.gap):
        return may
    if leaf.duration.count == 0:  # whether there has been one: a later one changes nothing
        must = _reached(domain, seen.scope, seen.day, seen.day)
        return between(domain, may, must)
    gap, first, until = _gaps(seen)
    clear = ~_in_gap(seen)
    last = np.where(first_sure[gap] <= until, until, FAR)
    must = _reached(
        domain,
        np.concatenate([seen.scope[clear], gap]),
        np.concatenate([seen.day[clear], first]),
        boundary[np.concatenate([seen.day[clear], last])],
    )
    return between(domain, may, must)


def _elapsed_since_nth(ordinal: int, seen: Seen, domain: Domain, boundary: Days) -> Steps:
    """False from the n-th anchor on, true from the boundary after it, unknown where it may be."""
    surely, perhaps = nth_days(ordinal, seen)

    def reached(scope: Days, day: Days) -> Steps:
        ran_out = np.where(day == 0, 0, boundary[day])  # day 0 is before all records
        return _reached(domain, scope, day, ran_out.astype(np.int32))

    return between(domain, reached(*perhaps), reached(*surely))


def nth_days(ordinal: int, seen: Seen) -> tuple[tuple[Days, Days], tuple[Days, Days]]:
    """Scopes and days of the n-th anchor: of the n-th sure one, and of the n-th that may be.

    A gap may hold as many as are wanted, from its first day on; where that is before all records,
    they all may have been.
    """
    may_scope, may_day = [seen.scope], [seen.day]
    for later in range(ordinal):
        day = seen.gap_first + later
        there = day <= seen.gap_last
        may_scope.append(seen.gap[there])
        may_day.append(day[there])
    perhaps_scope, perhaps_day = np.concatenate(may_scope), np.concatenate(may_day)
    surely = _nth_day(seen.scope, seen.day, ordinal)
    perhaps = _nth_day(perhaps_scope, perhaps_day, ordinal)
    earliest = perhaps_day[perhaps]
    return (
        (seen.scope[surely], seen.day[surely]),
        (perhaps_scope[perhaps], np.where(earliest < ordinal, 0, earliest)),
    )


def _reached(domain: Domain, scope: Days, day: Days, boundary: Days) -> Steps:
    """False from each day on, true from its boundary unless another day comes first."""
    order = np.argsort(keys(scope, day), kind="stable")
    scope, day, boundary = scope[order], day[order], boundary[order]
    run = boundary < next_day(scope, day)
    values = np.concatenate([np.zeros(len(day), np.int8), np.ones(int(run.sum()), np.int8)])
    days = np.concatenate([day, boundary[run]]).astype(np.int32)
    return clipped(domain, np.concatenate([scope, scope[run]]), days, values)


def _gaps(seen: Seen) -> tuple[Days, Days, Days]:
    """The stretches in order: scope, first day, and the last day of all begun by then."""
    order = np.argsort(keys(seen.gap, seen.gap_first), kind="stable")
    gap, first = seen.gap[order], seen.gap_first[order]
    return gap, first, day_in(np.maximum.accumulate(keys(gap, seen.gap_last[order])))


def _in_gap(seen: Seen) -> Flags:
    """Which sure days lie in a stretch in which a later one may have gone unseen."""
    gap, first, last = _gaps(seen)
    found = np.searchsorted(keys(gap, first), keys(seen.scope, seen.day), side="right") - 1
    safe = np.maximum(found, 0)
    inside: Flags = (found >= 0) & (gap[safe] == seen.scope) & (seen.day <= last[safe])
    return inside


def seen_at_start(domain: Domain) -> Seen:
    """The start of each scope, which is always there."""
    none = np.zeros(0, np.int32)
    return Seen(domain.every, domain.start, none, none, none)


def seen_on(domain: Domain, surely: tuple[Days, Days], perhaps: tuple[Days, Days, Days]) -> Seen:
    """Days of subjects, in order of subject, and stretches of days, any of which may be one."""
    (subject, day), (unsure, first, last) = surely, perhaps
    scope, which = rows_of_each(domain.subject, subject)
    inside = day[which] < domain.end[scope]
    gap, unseen = rows_of_each(domain.subject, unsure)
    before = first[unseen] < domain.end[gap]
    gap, unseen = gap[before], unseen[before]
    return Seen(scope[inside], day[which][inside], gap, first[unseen], last[unseen])


def seen_in_rows(
    anchor: p.EventDay | p.PeriodEdge, domain: Domain, caseload: Caseload, tested: Tested
) -> Seen:
    """Where the events or edges that an anchor names are, and where one may be."""
    every, none = domain.every, np.zeros(0, np.int32)
    kind = anchor.period if isinstance(anchor, p.PeriodEdge) else anchor.event
    table = caseload.held(kind, anchor.where)
    fits = tested(anchor.where, table, caseload)
    scope, row, day = _edges(anchor, domain, table, caseload)
    # events are those inside the scope; a single day looks back on all of them
    inside = isinstance(anchor, p.EventDay) and not domain.single
    begun = domain.start if inside else np.zeros(len(domain), np.int32)
    keep = (fits[row] != 0) & (day < FAR) & (day < domain.end[scope])
    may_be_blank = isinstance(anchor, p.PeriodEdge)  # a milestone that is blank has not come
    keep &= (day >= begun[scope]) | ((day == MISSING) & may_be_blank)
    scope, row, day = scope[keep], row[keep], day[keep]
    sure = (fits[row] == 1) & (day != MISSING)
    blank = day == MISSING
    doubtful = ~sure
    milestone = anchor.milestone if isinstance(anchor, p.EventDay) else None
    covered = table.covered_for(milestone)[domain.subject]
    early = np.flatnonzero(covered > begun).astype(np.int32)
    late = every if table.covered_to < caseload.as_at else none
    gap_last = np.where(blank, table.end[row] - 1, day)[doubtful]
    return Seen(
        scope[sure],
        day[sure],
        np.concatenate([scope[doubtful], early, late]),
        np.concatenate(
            [
                np.maximum(day, 0)[doubtful],
                begun[early],
                np.maximum(begun[late], table.covered_to + 1),
            ]
        ).astype(np.int32),
        np.concatenate(
            [gap_last, np.minimum(covered[early] - 1, FAR), np.full(len(late), FAR)]
        ).astype(np.int32),
    )


def _nth_day(scope: Days, day: Days, ordinal: int) -> npt.NDArray[np.intp]:
    """For each scope the row of its n-th day, where it has so many."""
    order = np.argsort(keys(scope, np.maximum(day, 0)), kind="stable")
    order = order[first_of_each(keys(scope[order], np.maximum(day[order], 0)))]
    nth: npt.NDArray[np.intp] = order[place_in_scope(scope[order]) == ordinal]
    return nth


def _edges(
    anchor: p.PeriodEdge | p.EventDay, domain: Domain, table: Table, caseload: Caseload
) -> tuple[Days, Days, Days]:
    """The days of each scope's subject that an anchor names; joined periods count as one."""
    if isinstance(anchor, p.EventDay):
        named = not domain.single and table.kind.of == domain.period
        scope, row = pairs(domain, table, named, caseload)
        day = table.columns[anchor.milestone].values if anchor.milestone else table.start
        return scope, row, day[row].astype(np.int32)
    periods = table.periods
    scope, found = rows_of_each(domain.subject, periods.subject)
    day, row = periods.edges(anchor.edge)
    return scope, row[found], day[found]
