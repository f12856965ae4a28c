"""``P lasting at least D``: how long a period has been running, at a stretch or added up."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.caseload import Caseload
from duly.engine.counting import bounds_since
from duly.engine.dates import Days, back_table, boundary_table, deadline_table
from duly.engine.days import FAR, LAST, MISSING, UNKNOWN
from duly.engine.elapsed import Seen
from duly.engine.facts import Table
from duly.engine.keys import day_in, first_of_each, keys, next_day, rows_of_each, scope_of
from duly.engine.timeline import Domain, Steps, Values, between, clipped


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


def added_up(leaf: p.Lasting, domain: Domain, caseload: Caseload, seen: Seen | None) -> Steps:
    """Whether the days on which it ran, in a window or since an anchor, come to so many.

    ``seen`` says where the anchors are.  Stretches of days are halved until each surely comes to
    the same on all its days.
    """
    sums = _sums(leaf, caseload, seen)
    scope, first, last = _to_look_at(leaf, domain, sums.possibly, caseload)
    if seen is not None:
        scope, first, last = _cut(scope, first, last, *_turns(leaf, seen))
    scopes, days, values = [scope[:0]], [first[:0]], [np.zeros(0, np.int8)]
    while len(scope):
        value = sums.of_all_days(scope, domain.subject[scope], first, last)
        alike, rest = value != _UNLIKE, value == _UNLIKE
        scopes.append(scope[alike])
        days.append(first[alike])
        values.append(value[alike])
        scope, first, last = scope[rest], first[rest], last[rest]
        middle = (first + last) // 2
        scope = np.concatenate([scope, scope])
        first, last = np.concatenate([first, middle + 1]), np.concatenate([middle, last])
    return clipped(domain, np.concatenate(scopes), np.concatenate(days), np.concatenate(values))


_UNLIKE = -1
"""What a stretch comes to whose days may come to different values."""


@frozen(eq=False)
class _Sums:
    """How many days are wanted, where it surely and possibly ran, and which of those days count.

    ``counted_from`` gives for scopes and days the first day that counts, at the latest and at the
    earliest; ``long_ago`` is a day by which what ran before all records had run for long.
    """

    wanted: int
    surely: _Runs
    possibly: _Runs
    counted_from: Callable[[Days, Days], tuple[Days, Days]]
    long_ago: int

    def of_all_days(self, scope: Days, subject: Days, first: Days, last: Days) -> Values:
        """What all days of each stretch come to: 0, 1, 2 for unknown; else ``_UNLIKE``.

        The first day that counts never moves back within a stretch.  So each of its days has at
        least what ran from where its last day counts until its first, and at most what ran from
        where its first day counts until its last.
        """
        first, last = np.maximum(first, self.long_ago), np.maximum(last, self.long_ago)
        least = self._value(subject, self.counted_from(scope, last), first)
        most = self._value(subject, self.counted_from(scope, first), last)
        return np.where(least == most, least, _UNLIKE).astype(np.int8)

    def _value(self, subject: Days, counted_from: tuple[Days, Days], until: Days) -> Values:
        latest, earliest = counted_from
        must = _days_between(self.surely, subject, latest, until) >= self.wanted
        may = _days_between(self.possibly, subject, earliest, until) >= self.wanted
        return np.where(must, 1, np.where(may, UNKNOWN, 0)).astype(np.int8)


def _sums(leaf: p.Lasting, caseload: Caseload, seen: Seen | None) -> _Sums:
    """What is added up, and from which days on it counts."""
    table = caseload.held(leaf.period, None)
    wanted = int(deadline_table(leaf.duration)[0]) + leaf.more
    surely, possibly = _surely(table), _possibly(table, caseload)
    if leaf.window is not None:
        back = back_table(leaf.window)
        long_ago = wanted + int(deadline_table(leaf.window)[0])
        return _Sums(wanted, surely, possibly, lambda _, day: (back[day], back[day]), long_ago)
    assert leaf.since is not None
    assert seen is not None
    since = bounds_since(leaf.since, seen)
    return _Sums(wanted, surely, possibly, lambda scope, day: since(scope, day, None), wanted)


def _to_look_at(
    leaf: p.Lasting, domain: Domain, runs: _Runs, caseload: Caseload
) -> tuple[Days, Days, Days]:
    """Each scope from the first day on which the period may run to the last that matters."""
    lo = np.searchsorted(runs.subject, domain.subject, side="left")
    hi = np.searchsorted(runs.subject, domain.subject, side="right")
    some = np.flatnonzero(hi > lo).astype(np.int32)
    length = leaf.window or leaf.duration
    horizon = int(boundary_table(length)[caseload.as_at]) + int(boundary_table(leaf.duration)[0])
    first = np.maximum(domain.start[some], runs.start[lo[some]])
    last = np.minimum(domain.end[some], min(horizon + 2, LAST)) - 1
    there = first <= last
    return some[there], first[there], last[there].astype(np.int32)


def _turns(leaf: p.Lasting, seen: Seen) -> tuple[Days, Days]:
    """The scopes and days on which the first day that counts since an anchor may move back.

    It does so where an anchor comes to be there, or may: on its day, or where the previous is meant
    on the next; of the n-th that may be, up to n days into a gap.
    """
    nth = getattr(leaf.since, "ordinal", None) or 1
    into = range(max(nth, 1) + 1)
    days = [seen.day, seen.day + 1, seen.gap_last + 1, *(seen.gap_first + day for day in into)]
    scopes = [seen.scope, seen.scope, seen.gap, *(seen.gap for _ in into)]
    return np.concatenate(scopes), np.concatenate(days)


def _cut(
    scope: Days, first: Days, last: Days, turning: Days, turn: Days
) -> tuple[Days, Days, Days]:
    """Stretches, one for each of some scopes in order, each cut before the days of its turns."""
    if not len(scope):
        return scope, first, last
    place = np.minimum(np.searchsorted(scope, turning), len(scope) - 1)
    inside = (scope[place] == turning) & (turn > first[place]) & (turn <= last[place])
    starts = np.concatenate([keys(scope, first), keys(turning[inside], turn[inside])])
    starts = np.sort(starts, kind="stable")
    starts = starts[first_of_each(starts)]
    cut, first = scope_of(starts), day_in(starts)
    return cut, first, np.minimum(last[np.searchsorted(scope, cut)], next_day(cut, first) - 1)


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
