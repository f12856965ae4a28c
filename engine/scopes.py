"""Scopes, acts and anchors: where a duty stands, what fulfils it, and from when it runs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.caseload import Caseload, pairs
from duly.engine.conditions import TRUE_BIT, possible, tested
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNKNOWN
from duly.engine.facts import Table
from duly.engine.keys import Flags, Keys, day_in, first_of_each, keys, place_in_scope, spans
from duly.engine.periods import periods_of
from duly.engine.timeline import Domain, Timeline, on_days


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


_NONE = np.zeros(0, np.int32)


def scopes_of(scope: p.Scope, caseload: Caseload) -> Scopes:
    """The scopes that a duty's scope line names."""
    match scope:
        case p.During(period, _):
            return _rows(caseload.table(period))
        case p.While(condition):
            return _stretches(condition, caseload)
        case _:
            life = lives(caseload)
            return Scopes(life, life.end, _NONE, _NONE)


def lives(caseload: Caseload) -> Domain:
    """One scope for each subject, from before all records and without end."""
    count = len(caseload.facts.subjects)
    every = np.arange(count, dtype=np.int32)
    return Domain(every, np.zeros(count, np.int32), np.full(count, FAR, np.int32))


def _rows(table: Table) -> Scopes:
    """One scope for each period; those whose start is blank are set apart."""
    periods = periods_of(table)
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


def _stretches(condition: p.Condition, caseload: Caseload) -> Scopes:
    """One scope for each unbroken stretch on which the condition is true or may be."""
    line = possible(condition, lives(caseload), caseload)
    holds = (line.code & TRUE_BIT) != 0
    subject, day = line.scope, line.day
    same = np.zeros(len(holds), bool)
    same[1:] = subject[1:] == subject[:-1]
    begins = holds.copy()
    begins[1:] &= ~(same[1:] & holds[:-1])
    first = np.flatnonzero(begins)
    ends = np.flatnonzero(~holds | ~same)
    following = np.searchsorted(ends, first, side="right")
    close = np.append(ends, len(holds))[following]
    safe = np.minimum(close, len(holds) - 1)
    open_ended = (close >= len(holds)) | (subject[safe] != subject[first])
    end = np.where(open_ended, FAR, day[safe]).astype(np.int32)
    start = day[first]
    end = np.where(end > caseload.as_at, FAR, end).astype(np.int32)  # it has not ended yet
    born = caseload.facts.born[subject[first]]
    start = np.where((start == 0) & (born != MISSING), born, start).astype(np.int32)
    known = (start > 0) & (start < end) & (start <= caseload.as_at)
    domain = Domain(subject[first][known], start[known], end[known])
    blank = start == 0
    nowhere = np.full(int(blank.sum()), -1, np.int32)
    return Scopes(domain, domain.end, nowhere, subject[first][blank], doubt=line)


@frozen(eq=False)
class Acts:
    """What can fulfil a duty, in order of owner and day, one for each day.

    The owner is the subject, or the scope where the events name their period by id;
    ``owner_of`` gives each scope's.  ``row`` is the table row; ``undecided`` holds the keys of
    acts of which it is not known whether they fit.
    """

    table: Table
    owner_of: Days
    key: Keys
    day: Days
    row: Days
    undecided: Keys

    def in_scope(self, scope: Days, day: Days) -> Keys:
        """The key that an act of that day would have in each scope."""
        return keys(self.owner_of[scope], day)


def acts_of(act: p.Act, scopes: Scopes, caseload: Caseload) -> Acts:
    """The events that pass the act's test."""
    table = caseload.held(act.event, act.where)
    fits_all = tested(act.where, table, caseload)
    owner_of, owner, rows = _owners(table, scopes)
    key = keys(owner, table.start) if rows is None else keys(owner[rows], table.start[rows])
    fits = fits_all if rows is None else fits_all[rows]
    undecided = key[fits == UNKNOWN]
    sure = np.flatnonzero(fits == 1)
    key = key[sure]
    first = first_of_each(key)
    if not first.all():
        sure, key = sure[first], key[first]
    rows = sure.astype(np.int32) if rows is None else rows[sure]
    return Acts(table, owner_of, key, day_in(key), rows, undecided)


def _owners(table: Table, scopes: Scopes) -> tuple[Days, Days, Days | None]:
    """Each scope's owner, each row's, and the rows in order of owner (``None``: as they are)."""
    domain = scopes.domain
    if domain.period is None or table.kind.of != domain.period:
        return domain.subject, table.subject, None
    scope, linked = pairs(domain, table, own=True)
    owner = np.full(len(table), -1, np.int32)
    owner[linked] = scope
    rows = np.flatnonzero(owner >= 0).astype(np.int32)
    rows = rows[np.argsort(keys(owner[rows], table.start[rows]), kind="stable")]
    return np.arange(len(domain), dtype=np.int32), owner, rows


def inside(scopes: Scopes, acts: Acts) -> tuple[Days, Days]:
    """The range of acts that lies in each scope, those on its end day included."""
    every = np.arange(len(scopes.domain), dtype=np.int32)
    lo = np.searchsorted(acts.key, acts.in_scope(every, scopes.domain.start), side="left")
    hi = np.searchsorted(acts.key, acts.in_scope(every, scopes.last_act), side="right")
    return lo.astype(np.int32), np.maximum(lo, hi).astype(np.int32)


@frozen(eq=False)
class Anchors:
    """Days from which a clock runs, in order of scope and day, one for each day of a scope."""

    scope: Days
    day: Days
    row: Days
    doubtful: Flags
    table: Table | None


def anchors_of(anchor: p.Anchor, domain: Domain, caseload: Caseload) -> Anchors:
    """Every anchor dated inside its scope."""
    if isinstance(anchor, p.ScopeStart):
        every = np.arange(len(domain), dtype=np.int32)
        nowhere = np.full(len(domain), -1, np.int32)
        return Anchors(every, domain.start, nowhere, np.zeros(len(domain), bool), None)
    candidates = _candidates(anchor, caseload)
    fits = tested(anchor.where, candidates.table, caseload)
    scope, found = _within(domain, candidates)
    row, day = candidates.row[found], candidates.day[found]
    order = np.argsort(keys(scope, day) * 2 + (fits[row] != 1), kind="stable")
    keep = order[fits[row[order]] != 0]
    scope, row, day = scope[keep], row[keep], day[keep]
    first = first_of_each(keys(scope, day))
    scope, row, day = scope[first], row[first], day[first]
    doubtful = fits[row] == UNKNOWN
    if anchor.ordinal is not None:
        place = place_in_scope(scope)
        doubtful = _doubtful_so_far(doubtful, place)
        nth = place == anchor.ordinal
        scope, row, day, doubtful = scope[nth], row[nth], day[nth], doubtful[nth]
    return Anchors(scope, day, row, doubtful, candidates.table)


def _doubtful_so_far(doubtful: Flags, place: npt.NDArray[np.intp]) -> Flags:
    """Whether any anchor of the scope up to this one may not count: then it may not be the n-th."""
    total = np.cumsum(doubtful)
    start = np.arange(len(place)) - (place - 1)
    before: Flags = total - (total[start] - doubtful[start]) > 0
    return before


@frozen(eq=False)
class _Candidates:
    """Days that an anchor names, whatever the scope, in order of subject."""

    table: Table
    subject: Days
    day: Days
    row: Days


def _candidates(anchor: p.EventDay | p.PeriodEdge, caseload: Caseload) -> _Candidates:
    if isinstance(anchor, p.EventDay):
        table = caseload.held(anchor.event, anchor.where)
        rows = np.arange(len(table), dtype=np.int32)
        return _Candidates(table, table.subject, table.start, rows)
    table = caseload.held(anchor.period, anchor.where)
    periods = periods_of(table)
    day = periods.end if anchor.edge == "end" else periods.start
    return _Candidates(table, periods.subject, day, periods.row)


def _within(domain: Domain, candidates: _Candidates) -> tuple[Days, Days]:
    """Which candidates are dated inside each scope, and name it where they name a period."""
    table = candidates.table
    if domain.period is not None and table.kind.of == domain.period:
        scope, row = pairs(domain, table, own=True)
        place = np.full(len(table), -1, np.int32)
        place[candidates.row] = np.arange(len(candidates.row), dtype=np.int32)
        found = place[row]
        scope, found = scope[found >= 0], found[found >= 0]
    else:
        lo = np.searchsorted(candidates.subject, domain.subject, side="left")
        hi = np.searchsorted(candidates.subject, domain.subject, side="right")
        scope, found = spans(lo, hi)
    day = candidates.day[found]
    keep = (day >= domain.start[scope]) & (day < domain.end[scope])
    keep &= (day != MISSING) & (day < FAR)
    return scope[keep], found[keep]


def occasions(scope: p.ForEach, caseload: Caseload) -> tuple[Domain, Table]:
    """The days on which a state is judged, with the row that is judged on each.

    A period whose start is blank is judged on day 0; whoever asks must mind that.
    """
    found = _candidates(scope.occasion, caseload)
    rows = np.flatnonzero(found.day < FAR)
    rows = rows[
        np.argsort(keys(found.subject[rows], np.maximum(found.day[rows], 0)), kind="stable")
    ]
    if scope.occasion.ordinal is not None:
        rows = rows[place_in_scope(found.subject[rows]) == scope.occasion.ordinal]
    day = np.maximum(found.day[rows], 0)
    name = found.table.kind.name
    return on_days(found.subject[rows], day, name, found.row[rows]), found.table
