"""Counts ``since A``: how many events there have been since the latest anchor, day by day."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from duly.dsl import policy as p
from duly.engine.caseload import Caseload, pairs
from duly.engine.dates import Days
from duly.engine.days import FAR, UNKNOWN
from duly.engine.elapsed import Seen, nth_days
from duly.engine.facts import Table
from duly.engine.keys import Keys, day_in, first_of_each, keys, scope_of
from duly.engine.timeline import Domain, Steps, Values, clipped

MANY = 1 << 12
"""More events than anybody has: what an uncovered stretch may hold."""


Bounds = Callable[[Days, Days, Days | None], tuple[Days, Days]]
"""For scopes and days the first days that count, at the latest and at the earliest; ``FAR`` where
none may count.  With days up to which to look, the latest is that of an anchor up to them."""


def since(leaf: p.Count, domain: Domain, caseload: Caseload, fits: Values, seen: Seen) -> Steps:
    """Whether there have been as many since the latest anchor that ``seen`` holds."""
    table = caseload.held(leaf.kind, leaf.where)
    scope, row = pairs(domain, table, leaf.own, caseload)
    own = leaf.own and (domain.period is None or table.kind.of != domain.period)
    possible = (fits[row] != 0) & (table.start[row] < domain.end[scope])
    if own:
        possible &= table.start[row] >= domain.start[scope]
    scope, row = scope[possible], row[possible]
    moments = _moments(domain, scope, table.start[row], seen, table.covered_to + 1)
    at, day = scope_of(moments), day_in(moments)
    assert leaf.since is not None
    bounds = bounds_since(leaf.since, seen)
    latest, earliest = bounds(at, day, None)
    if own:
        earliest = np.maximum(earliest, domain.start[at])
    perhaps = np.sort(keys(scope, table.start[row]), kind="stable")
    surely = np.sort(keys(scope, table.start[row])[fits[row] == 1], kind="stable")
    may = _number(perhaps, at, earliest, day) + _unseen(table, domain, caseload, at, earliest, day)
    must = _number(surely, at, latest, day)
    true, false = must >= leaf.at_least, may < leaf.at_least
    if leaf.at_most is not None:
        true &= may <= leaf.at_most
        enough = _enough(table, domain, caseload, perhaps, at, day, leaf.at_least)
        latest, _ = bounds(at, day, enough)
        false |= _number(surely, at, latest, day) > leaf.at_most
    value = np.where(true, 1, np.where(false, 0, UNKNOWN)).astype(np.int8)
    return clipped(domain, at, day, value)


def _moments(domain: Domain, scope: Days, day: Days, seen: Seen, uncovered: int) -> Keys:
    """The days on which a count may change, those before the scope moved to its first day.

    On the day after an event there may have been a later anchor already.  ``uncovered`` is the
    first day that no record covers any more.
    """
    every = domain.every
    scopes = np.concatenate(
        [every, every, scope, scope, seen.scope, seen.scope, seen.gap, seen.gap, seen.gap]
    )
    days = np.concatenate(
        [
            domain.start,
            np.full(len(domain), min(uncovered, FAR)),
            day,
            day + 1,
            seen.day,
            seen.day + 1,
            seen.gap_first,
            seen.gap_first + 1,
            np.minimum(seen.gap_last + 1, FAR),
        ]
    )
    days = np.maximum(days, domain.start[scopes])
    inside = days < domain.end[scopes]
    found = np.sort(keys(scopes[inside], days[inside]), kind="stable")
    return found[first_of_each(found)]


def bounds(seen: Seen, previous: bool) -> Bounds:
    """The first days that count: since the latest anchor that may be, and the latest sure one."""

    def found(at: Days, day: Days, up_to: Days | None) -> tuple[Days, Days]:
        until = day - previous
        sure = _latest(seen.scope, seen.day, at, until)
        last = until if up_to is None else np.minimum(until, up_to - previous)
        may_be = np.maximum(sure, latest_in_gaps(seen, at, last))
        otherwise = np.zeros(len(at), np.int32) if previous else _earliest_gap(seen, at, until)
        earliest = np.where(sure >= 0, sure + previous, otherwise)
        # without a sure anchor nothing surely counts
        there = may_be if previous or up_to is not None else sure
        latest = np.where(there >= 0, may_be + previous, 0 if previous else FAR)
        return latest.astype(np.int32), earliest.astype(np.int32)

    return found


def bounds_of_nth(surely: tuple[Days, Days], perhaps: tuple[Days, Days]) -> Bounds:
    """The first days that count since an n-th anchor: where it surely is, and where it may be."""

    def found(at: Days, day: Days, up_to: Days | None) -> tuple[Days, Days]:
        latest, earliest = (_latest(scope, when, at, day) for scope, when in (surely, perhaps))
        latest = np.where(latest >= 0, latest, FAR)
        return (
            (latest if up_to is None else np.minimum(latest, up_to)).astype(np.int32),
            np.where(earliest >= 0, earliest, FAR).astype(np.int32),
        )

    return found


def bounds_since(anchor: p.Anchor, seen: Seen) -> Bounds:
    """The first days that count since an anchor."""
    ordinal = getattr(anchor, "ordinal", None)
    if ordinal is None or ordinal == p.PREVIOUS:
        return bounds(seen, ordinal == p.PREVIOUS)
    surely, perhaps = nth_days(ordinal, seen)
    return bounds_of_nth(surely, perhaps)


def _latest(scope: Days, day: Days, at: Days, until: Days) -> Days:
    """The latest day of the same scope up to another, -1 for none."""
    known = np.sort(keys(scope, np.maximum(day, 0)), kind="stable")
    place = np.searchsorted(known, keys(at, np.maximum(until, 0)), side="right") - 1
    found = known[np.maximum(place, 0)] if len(known) else np.zeros(len(at), np.int64)
    there = (place >= 0) & (scope_of(found) == at) & (until >= 0)
    return np.where(there, day_in(found), -1).astype(np.int32)


def latest_in_gaps(seen: Seen, at: Days, until: Days) -> Days:
    """The latest day up to another on which an anchor may have gone unseen, -1 for none."""
    latest = np.full(len(at), -1, np.int32)
    order = np.argsort(keys(seen.gap, seen.gap_first), kind="stable")
    begins = keys(seen.gap[order], seen.gap_first[order])
    last = day_in(np.maximum.accumulate(keys(seen.gap[order], seen.gap_last[order])))
    place = np.searchsorted(begins, keys(at, np.maximum(until, 0)), side="right") - 1
    safe = np.maximum(place, 0)
    if len(begins):
        there = (place >= 0) & (scope_of(begins[safe]) == at) & (until >= 0)
        latest = np.where(there, np.minimum(last[safe], until), -1).astype(np.int32)
    return latest


def _earliest_gap(seen: Seen, at: Days, until: Days) -> Days:
    """The first day, up to another, on which an anchor may have gone unseen; ``FAR`` for none."""
    first = np.full(int(at.max(initial=-1)) + 1, FAR, np.int32)
    inside = seen.gap < len(first)
    np.minimum.at(first, seen.gap[inside], seen.gap_first[inside])
    return np.where(first[at] <= until, first[at], FAR).astype(np.int32)


def _number(known: Keys, at: Days, begins: Days, day: Days) -> Keys:
    """How many of the known, which are in order, lie between two days of a scope, both included."""
    lo = np.searchsorted(known, keys(at, np.minimum(begins, FAR)), side="left")
    hi = np.searchsorted(known, keys(at, day), side="right")
    return np.where(begins <= day, hi - lo, 0)


def _unseen(
    table: Table, domain: Domain, caseload: Caseload, at: Days, begins: Days, day: Days
) -> Keys:
    """How many events no record covers may lie between two days of a scope."""
    early = (table.covered_from[domain.subject[at]] > begins) & (begins <= day)
    late = (table.covered_to < caseload.as_at) & (day > table.covered_to) & (begins <= day)
    return np.where(early | late, MANY, 0)


def _enough(
    table: Table,
    domain: Domain,
    caseload: Caseload,
    known: Keys,
    at: Days,
    day: Days,
    number: int,
) -> Days:
    """The last day from which on there may be as many of the known up to another, -1 for none."""
    place = np.searchsorted(known, keys(at, day), side="right") - number
    found = np.append(known, -1)[np.maximum(place, -1)]
    theirs = np.where(scope_of(found) == at, day_in(found), -1)
    unseen = np.minimum(table.covered_from[domain.subject[at]] - 1, day)
    late = (table.covered_to < caseload.as_at) & (day > table.covered_to)
    return np.where(late, day, np.maximum(theirs, unseen)).astype(np.int32)
