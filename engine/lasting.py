"""``P lasting at least D``: how long a period has been running, at a stretch or added up."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.caseload import Caseload
from duly.engine.counting import Bounds
from duly.engine.dates import Days, back_table, boundary_table, deadline_table
from duly.engine.days import FAR, LAST, MISSING, UNKNOWN
from duly.engine.facts import Table
from duly.engine.keys import day_in, first_of_each, keys, rows_of_each, spans
from duly.engine.timeline import Domain, Steps, between, clipped


@frozen(eq=False)
class _Runs:
    """Unbroken stretches ``[start, end)`` of subjects, in order."""

    subject: Days
    start: Days
    end: Days


def lasting(leaf: p.Lasting, domain: Domain, caseload: Caseload) -> Steps:
    """Whether the unbroken stretch that runs now has lasted so long: false, true or unknown."""
    table = caseload.held(leaf.period, None)
    must = _long_enough(leaf, domain, _surely(table))
    may = _long_enough(leaf, domain, _possibly(table, caseload))
    return between(domain, may, must)


def _long_enough(leaf: p.Lasting, domain: Domain, runs: _Runs) -> Steps:
    reached = boundary_table(leaf.duration)[runs.start] + leaf.more
    reached[runs.start == 0] = 0  # it has been running since before all records
    scope, which = rows_of_each(domain.subject, runs.subject)
    begins, ends = reached[which], runs.end[which]
    long = begins < ends
    scope, begins, ends = scope[long], begins[long], ends[long]
    value = np.repeat(np.array([1, 0], np.int8), len(scope))
    day = np.minimum(np.concatenate([begins, ends]), FAR).astype(np.int32)
    return clipped(domain, np.concatenate([scope, scope]), day, value)


def _surely(table: Table) -> _Runs:
    """Where rows with a known start say that the period ran."""
    known = table.start != MISSING
    return _merged(table.subject[known], table.start[known], table.end[known])


def _possibly(table: Table, caseload: Caseload) -> _Runs:
    """The same, and where it may have run unseen."""
    people = len(caseload.facts.subjects)
    every = np.arange(people, dtype=np.int32)
    early = table.covered_from > 0
    subjects = [table.subject, every[early]]
    starts = [np.maximum(table.start, 0), np.zeros(int(early.sum()), np.int32)]
    ends = [table.end, np.minimum(table.covered_from[early], FAR)]
    if table.covered_to < caseload.as_at:
        subjects.append(every)
        starts.append(np.full(people, table.covered_to + 1, np.int32))
        ends.append(np.full(people, FAR, np.int32))
    return _merged(np.concatenate(subjects), np.concatenate(starts), np.concatenate(ends))


def _merged(subject: Days, start: Days, end: Days) -> _Runs:
    """Rows that touch or overlap as one stretch."""
    there = end > start
    subject, start, end = subject[there], start[there], end[there]
    order = np.argsort(keys(subject, start), kind="stable")
    subject, start, end = subject[order], start[order], end[order]
    until = day_in(np.maximum.accumulate(keys(subject, end)))  # keys grow with the subject
    first = first_of_each(subject)
    first[1:] |= start[1:] > until[:-1]
    heads = np.flatnonzero(first)
    last = np.append(heads[1:], len(subject)) - 1
    return _Runs(subject[heads], start[heads], until[last] if len(heads) else end)


# --------------------------------------------------------------------- added up


def added_up(leaf: p.Lasting, domain: Domain, caseload: Caseload, bounds: Bounds | None) -> Steps:
    """Whether the days on which it ran, in a window or since an anchor, come to so many.

    ``bounds`` gives the first days that count, where they count since an anchor.
    """
    table = caseload.held(leaf.period, None)
    surely, possibly = _surely(table), _possibly(table, caseload)
    wanted = int(deadline_table(leaf.duration)[0]) + leaf.more
    scope, day = _days_to_look_at(leaf, domain, possibly, caseload)
    subject = domain.subject[scope]
    long_ago = wanted + int(deadline_table(leaf.window)[0] if leaf.window else 0)
    until = np.maximum(day, long_ago)  # what ran before all records had run for long
    if bounds is None:
        assert leaf.window is not None
        latest = earliest = back_table(leaf.window)[until]
    else:
        latest, earliest = bounds(scope, until, None)
    must = _days_between(surely, subject, latest, until) >= wanted
    may = _days_between(possibly, subject, earliest, until) >= wanted
    value = np.where(must, 1, np.where(may, UNKNOWN, 0)).astype(np.int8)
    return clipped(domain, scope, day, value)


def _days_to_look_at(
    leaf: p.Lasting, domain: Domain, runs: _Runs, caseload: Caseload
) -> tuple[Days, Days]:
    """Every day of each scope from the first on which the period may run, as far as it matters."""
    lo = np.searchsorted(runs.subject, domain.subject, side="left")
    hi = np.searchsorted(runs.subject, domain.subject, side="right")
    some = np.flatnonzero(hi > lo).astype(np.int32)
    length = leaf.window or leaf.duration
    horizon = int(boundary_table(length)[caseload.as_at]) + int(boundary_table(leaf.duration)[0])
    first = np.maximum(domain.start[some], runs.start[lo[some]])
    last = np.minimum(domain.end[some], min(horizon + 2, LAST))
    owner, day = spans(first, last)
    return some[owner], day


def _days_between(runs: _Runs, subject: Days, first: Days, last: Days) -> npt.NDArray[np.int64]:
    """On how many days from the first to the last, both included, it ran."""
    none = np.zeros(len(subject), np.int64)
    if not len(runs.start):
        return none
    days = _days_until(runs, subject, last) - _days_until(runs, subject, first - 1)
    return np.where(first <= last, days, none)


def _days_until(runs: _Runs, subject: Days, day: Days) -> npt.NDArray[np.int64]:
    """On how many days up to one, that day included, it ran; of all subjects before as well."""
    before = np.concatenate([[0], np.cumsum((runs.end - runs.start).astype(np.int64))])
    begins = keys(runs.subject, runs.start)
    place = np.searchsorted(begins, keys(subject, np.maximum(day, 0)), side="right")
    place -= (day < 0) & (place > 0) & (begins[np.maximum(place - 1, 0)] == keys(subject, day * 0))
    last = np.maximum(place - 1, 0)
    inside = (place > 0) & (runs.subject[last] == subject) & (day >= runs.start[last])
    ahead = np.where(inside, np.maximum(runs.end[last] - day - 1, 0), 0)
    total: npt.NDArray[np.int64] = before[place] - ahead
    return total
