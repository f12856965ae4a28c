"""Scopes, acts and anchors: where a duty stands, what fulfils it, and from when it runs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.caseload import Caseload, pairs, shared
from duly.engine.conditions import lives, stretches, tested
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNKNOWN, UNTIMED
from duly.engine.facts import Table
from duly.engine.keys import (
    Flags,
    Keys,
    day_in,
    first_of_each,
    keys,
    minutes_of,
    place_of,
    timed_keys,
    untimed_keys,
)
from duly.engine.moments import DAY, Hours, hours_at
from duly.engine.timeline import Domain, Timeline, Values


@frozen(eq=False)
class Scopes:
    """The domain of a duty, and what is not known about it.

    ``table`` holds the rows that the scopes are made of, where they are rows; ``last_act`` is the
    last day on which an act still counts for each scope; ``blank`` the table rows whose start
    nobody recorded; ``doubt`` the timeline of a ``while`` condition, where it is not sure that the
    scope is there at all.
    """

    domain: Domain
    last_act: Days
    blank: Days
    blank_subject: Days
    table: Table | None = None
    doubt: Timeline | None = None

    @property
    def of_nobody(self) -> bool:
        """Whether there is no scope, and none that is not known."""
        unread = self.table is not None and bool(self.table.unread)
        return not len(self.domain) and not len(self.blank) and not unread


_NONE = np.zeros(0, np.int32)


def scopes_of(scope: p.Scope, caseload: Caseload) -> Scopes:
    """The scopes that a duty's scope line names."""
    match scope:
        case p.During(period, _):
            return _rows(caseload.table(period), caseload)
        case p.While(condition):
            return _stretches(condition, caseload)
        case _:
            return _lives(caseload)


@shared
def _lives(caseload: Caseload) -> Scopes:
    """One scope for each subject."""
    life = lives(caseload)
    return Scopes(life, life.end, _NONE, _NONE)


@shared
def _rows(table: Table, caseload: Caseload) -> Scopes:
    """One scope for each period; those whose start is blank are set apart."""
    periods = table.periods
    known = periods.start != MISSING
    number = np.where(known, np.cumsum(known) - 1, -1).astype(np.int32)
    members = known[periods.member_period]
    domain = Domain(
        periods.subject[known],
        periods.start[known],
        periods.end[known],
        table.kind.name,
        number[periods.member_period[members]],
        periods.member_row[members],
    )
    begins = keys(table.subject, np.maximum(table.start, 0))
    ends = keys(domain.subject, domain.end)
    following = np.minimum(np.searchsorted(begins, ends), len(begins) - 1)
    another = (begins[following] == ends) & (domain.end < FAR)
    last_act = np.where(another, domain.end - 1, domain.end).astype(np.int32)
    return Scopes(domain, last_act, periods.row[~known], periods.subject[~known], table)


@shared
def _stretches(condition: p.Condition, caseload: Caseload) -> Scopes:
    """One scope for each unbroken stretch on which the condition is true or may be."""
    found = stretches(condition, caseload)
    end = np.where(found.end > caseload.as_at, FAR, found.end).astype(np.int32)  # not ended yet
    born = caseload.facts.born[found.subject]
    always = (found.start == 0) & (born != MISSING)
    start = np.where(always, born, found.start).astype(np.int32)
    known = (start > 0) & (start < end) & (start <= caseload.as_at)
    domain = Domain(found.subject[known], start[known], end[known])
    blank = start == 0
    nowhere = np.full(int(blank.sum()), -1, np.int32)
    return Scopes(domain, domain.end, nowhere, found.subject[blank], doubt=found.line)


def after(key: Keys, minute: npt.NDArray[np.integer]) -> tuple[Keys, Keys]:
    """From where to where acts stand, by their timed keys, that surely came after a minute."""
    return timed_keys(key, minute + 1), timed_keys(key, np.full(len(key), UNTIMED))


@frozen(eq=False)
class ActTimes:
    """Acts in order of owner, day and minute, several a day; those without a time come last."""

    key: Keys
    row: Days
    undecided: Keys

    def first_from(self, key: Keys, minute: npt.NDArray[np.integer]) -> Days:
        """The row of the first act of a day that is not before a minute, -1 for none."""
        place = np.searchsorted(self.key, timed_keys(key, np.maximum(minute, 0)))
        there = np.append(untimed_keys(self.key), -1)[place] == key
        return np.where(there, np.append(self.row, -1)[place], -1).astype(np.int32)

    def not_after(self, key: Keys, minute: npt.NDArray[np.integer]) -> Days:
        """The row of the first act of a day that did not surely come after a minute, -1 for none.

        Where the minute is not known, none surely did.
        """
        until = np.where(minute == UNTIMED, DAY, minute) + 1
        timed = self._first(timed_keys(key, np.zeros(len(key), np.int16)), timed_keys(key, until))
        without = timed_keys(key, np.full(len(key), UNTIMED))
        return np.where(timed >= 0, timed, self._first(without, without + 1)).astype(np.int32)

    def after(self, key: Keys, minute: npt.NDArray[np.integer]) -> Days:
        """The row of the first act of a day that surely came after a minute, -1 for none."""
        return np.where(minute == UNTIMED, -1, self._first(*after(key, minute))).astype(np.int32)

    def _first(self, lo: Keys, hi: Keys) -> Days:
        place = np.searchsorted(self.key, lo)
        there = place < np.searchsorted(self.key, hi)
        return np.where(there, np.append(self.row, -1)[place], -1).astype(np.int32)

    def hours(self, key: Keys, minute: npt.NDArray[np.integer]) -> Hours:
        """When the act of each day was, taken as one: no act that is before the minute counts."""
        place = np.searchsorted(self.key, timed_keys(key, np.maximum(minute, 0)))
        there = np.append(untimed_keys(self.key), -1)[place] == key
        found = np.where(there, minutes_of(np.append(self.key, 0)[place]), UNTIMED)
        hours = hours_at(found.astype(np.int16))
        return Hours(np.where(self.some_untimed(key), 0, hours.first).astype(np.int16), hours.last)

    def some_untimed(self, key: Keys) -> Flags:
        """Whether an act of the day has no time."""
        wanted = timed_keys(key, np.full(len(key), UNTIMED))
        found: Flags = np.append(self.key, -1)[np.searchsorted(self.key, wanted)] == wanted
        return found


@frozen(eq=False)
class Acts:
    """What can fulfil a duty, in order of owner and day, one for each day.

    The owner is the subject, or the scope where the events name their period by id;
    ``owner_of`` gives each scope's.  ``row`` is the table row; ``undecided`` holds the keys of
    acts of which it is not known whether they fit.  ``times`` are those of all of them, where a
    source has any.
    """

    table: Table
    owner_of: Days
    key: Keys
    day: Days
    row: Days
    undecided: Keys
    times: ActTimes | None = None

    def in_scope(self, scope: Days, day: Days) -> Keys:
        """The key that an act of that day would have in each scope."""
        return keys(self.owner_of[scope], day)


@shared
def acts_of(act: p.Act, scopes: Scopes, caseload: Caseload) -> Acts:
    """The events that pass the act's test."""
    table = caseload.held(act.event, act.where)
    fits_all = tested(act.where, table, caseload)
    owner_of, owner, rows = _owners(table, scopes, caseload)
    day = days_of(act, table)
    if act.milestone is not None or act.edge is not None:
        some = np.arange(len(table), dtype=np.int32) if rows is None else rows
        some = some[day[some] != MISSING]
        rows = some[np.argsort(keys(owner[some], day[some]), kind="stable")]
    key = keys(owner, day) if rows is None else keys(owner[rows], day[rows])
    fits = fits_all if rows is None else fits_all[rows]
    undecided = key[fits == UNKNOWN]
    sure = np.flatnonzero(fits == 1)
    times = _times(table, act.dated, key, fits, rows)
    key = key[sure]
    first = first_of_each(key)
    if not first.all():
        sure, key = sure[first], key[first]
    rows = sure.astype(np.int32) if rows is None else rows[sure]
    return Acts(table, owner_of, key, day_in(key), rows, undecided, times)


def _times(table: Table, name: str, key: Keys, fits: Values, rows: Days | None) -> ActTimes | None:
    """The times of acts, given with the keys of their days."""
    if name not in table.times:
        return None
    rows = np.arange(len(table), dtype=np.int32) if rows is None else rows
    timed = timed_keys(key, table.times[name][rows])
    order = np.argsort(timed, kind="stable")
    timed, rows, fits = timed[order], rows[order], fits[order]
    return ActTimes(timed[fits == 1], rows[fits == 1], timed[fits == UNKNOWN])


def days_of(act: p.Act, table: Table) -> Days:
    """The day on which each row did the act, ``MISSING`` for none: a milestone, a period's edge."""
    if act.milestone is None and act.edge is None:
        return table.start
    if act.milestone is not None:
        return table.columns[act.milestone].values.astype(np.int32)
    periods = table.periods
    assert act.edge is not None
    edge, row = periods.edges(act.edge)
    day = np.full(len(table), MISSING, np.int32)
    day[row] = np.where(edge < FAR, edge, MISSING)
    return day


def _owners(table: Table, scopes: Scopes, caseload: Caseload) -> tuple[Days, Days, Days | None]:
    """Each scope's owner, each row's, and the rows in order of owner (``None``: as they are)."""
    domain = scopes.domain
    if domain.period is None or table.kind.of != domain.period:
        return domain.subject, table.subject, None
    scope, linked = pairs(domain, table, True, caseload)
    owner = np.full(len(table), -1, np.int32)
    owner[linked] = scope
    rows = np.flatnonzero(owner >= 0).astype(np.int32)
    rows = rows[np.argsort(keys(owner[rows], table.start[rows]), kind="stable")]
    return domain.every, owner, rows


@shared
def inside(scopes: Scopes, acts: Acts, caseload: Caseload) -> tuple[Days, Days]:
    """The range of acts that lies in each scope, those on its end day included."""
    every = scopes.domain.every
    lo = place_of(acts.key, acts.in_scope(every, scopes.domain.start), side="left")
    hi = place_of(acts.key, acts.in_scope(every, scopes.last_act), side="right")
    return lo.astype(np.int32), np.maximum(lo, hi).astype(np.int32)
