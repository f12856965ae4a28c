"""Scopes, acts and anchors: where a duty stands, what fulfils it, and from when it runs."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.dates import FAR, MISSING, Days
from duly.engine.facts import UNKNOWN, Table
from duly.engine.timeline import (
    TRUE_BIT,
    Caseload,
    Domain,
    Flags,
    Keys,
    Timeline,
    Values,
    keys,
    on_days,
    possible,
    row_truth,
    spans,
)


@frozen(eq=False)
class Scopes:
    """The domain of a duty, and what is not known about it.

    ``table`` holds the rows that the scopes are made of, where they are rows; ``last_act`` is the last day on which an act still counts for each scope; ``blank`` the table
    rows whose start nobody recorded; ``doubt`` the timeline of a ``while`` condition, where it is
    not sure that the scope is there at all.
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
    """One scope for each row, or for rows that touch and are joined."""
    known = np.flatnonzero(table.start != MISSING).astype(np.int32)
    blank = np.flatnonzero(table.start == MISSING).astype(np.int32)
    first = _first_of_chain(table, known)
    heads = np.flatnonzero(first == np.arange(len(known)))
    scope_of = np.full(len(known), -1, np.int32)
    scope_of[heads] = np.arange(len(heads), dtype=np.int32)
    member_scope = scope_of[first]
    end = np.zeros(len(heads), np.int32)
    np.maximum.at(end, member_scope, table.end[known])
    subject, start = table.subject[known][heads], table.start[known][heads]
    order = np.argsort(member_scope, kind="stable")
    domain = Domain(subject, start, end, table.kind.name, member_scope[order], known[order])
    begins = keys(table.subject[known], table.start[known])
    another = np.isin(keys(subject, end), begins) & (end < FAR)
    last_act = np.where(another, end - 1, end).astype(np.int32)
    return Scopes(domain, last_act, blank, table.subject[blank], table)


def _first_of_chain(table: Table, known: Days) -> npt.NDArray[np.intp]:
    """For each row the first row of the chain that it is joined to, itself where it is none."""
    own = np.arange(len(known))
    if table.kind.joined is None or not len(known):
        return own
    subject, start, end = table.subject[known], table.start[known], table.end[known]
    ends = keys(subject, end)
    order = np.argsort(ends, kind="stable")
    wanted = keys(subject, start)
    found = np.searchsorted(ends[order], wanted, side="left")
    before = order[np.minimum(found, len(order) - 1)]
    touching = (found < len(order)) & (ends[before] == wanted) & (before < own)
    if table.kind.joined != "always":
        touching &= table.columns[table.kind.joined].values[known] == 1
    chain = np.where(touching, before, own)
    while True:
        further = chain[chain]
        if (further == chain).all():
            return chain
        chain = further


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
    since_ever = start == 0
    domain = Domain(subject[first][~since_ever], start[~since_ever], end[~since_ever])
    nowhere = np.full(int(since_ever.sum()), -1, np.int32)
    return Scopes(domain, domain.end, nowhere, subject[first][since_ever], doubt=line)


@frozen(eq=False)
class Acts:
    """What can fulfil a duty, in order of subject and day, one for each day.

    ``row`` is the table row; ``undecided`` holds the keys of acts of which it is not known
    whether they fit.
    """

    table: Table
    subject: Days
    day: Days
    row: Days
    undecided: Keys

    @property
    def key(self) -> Keys:
        return keys(self.subject, self.day)


def acts_of(act: p.Act, caseload: Caseload) -> Acts:
    """The events that pass the act's test."""
    table = caseload.table(act.event)
    tested = (
        np.ones(len(table), np.int8)
        if act.where is None
        else row_truth(act.where, table, caseload)
    )
    sure = tested == 1
    key = keys(table.subject, table.start)
    undecided = key[tested == UNKNOWN]
    sure[1:] &= ~((key[1:] == key[:-1]) & sure[:-1]) if len(key) else sure[1:]
    rows = np.flatnonzero(sure).astype(np.int32)
    rows = rows[_first_of_day(key[rows])]
    return Acts(table, table.subject[rows], table.start[rows], rows, undecided)


def _first_of_day(key: Keys) -> Flags:
    first = np.ones(len(key), bool)
    first[1:] = key[1:] != key[:-1]
    return first


def inside(scopes: Scopes, key: Keys) -> tuple[Days, Days]:
    """The range of sorted keys that lies in each scope, acts on its end day included."""
    domain = scopes.domain
    lo = np.searchsorted(key, keys(domain.subject, domain.start), side="left")
    hi = np.searchsorted(key, keys(domain.subject, scopes.last_act), side="right")
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
    if isinstance(anchor, p.ScopeEnd):
        raise NotImplementedError("nothing falls due after the end of its own scope")
    kind = anchor.period if isinstance(anchor, p.PeriodEdge) else anchor.event
    table = caseload.table(kind)
    at_end = isinstance(anchor, p.PeriodEdge) and anchor.edge == "end"
    days = table.end if at_end else table.start
    tested = _tested(anchor.where, table, caseload)
    lo = np.searchsorted(table.subject, domain.subject, side="left")
    hi = np.searchsorted(table.subject, domain.subject, side="right")
    scope, row = spans(lo, hi)
    day = days[row]
    keep = (tested[row] != 0) & (day >= domain.start[scope]) & (day < domain.end[scope])
    keep &= (day != MISSING) & (day < FAR)
    scope, row, day = scope[keep], row[keep], day[keep]
    order = np.argsort(keys(scope, day) * 2 + (tested[row] != 1), kind="stable")
    scope, row, day = scope[order], row[order], day[order]
    first = _first_of_day(keys(scope, day))
    scope, row, day = scope[first], row[first], day[first]
    if anchor.ordinal is not None:
        nth = _place_in_scope(scope) == anchor.ordinal
        scope, row, day = scope[nth], row[nth], day[nth]
    return Anchors(scope, day, row, tested[row] == UNKNOWN, table)


def _tested(where: p.Condition | None, table: Table, caseload: Caseload) -> Values:
    if where is None:
        return np.ones(len(table), np.int8)
    return row_truth(where, table, caseload)


def _place_in_scope(scope: Days) -> npt.NDArray[np.intp]:
    """1 for the first row of each scope, 2 for the next, and so on."""
    first = np.ones(len(scope), bool)
    first[1:] = scope[1:] != scope[:-1]
    starts = np.flatnonzero(first)
    lengths = np.diff(np.append(starts, len(scope)))
    return np.arange(len(scope)) - np.repeat(starts, lengths) + 1


def occasions(scope: p.ForEach, caseload: Caseload) -> tuple[Domain, Anchors]:
    """The days on which a state is judged, with the row that is judged on each."""
    anchors = _all_rows(scope.occasion, caseload)
    assert anchors.table is not None
    domain = on_days(
        anchors.table.subject[anchors.row], anchors.day, anchors.table.kind.name, anchors.row
    )
    return domain, anchors


def _all_rows(occasion: p.EventDay | p.PeriodEdge, caseload: Caseload) -> Anchors:
    """Like ``anchors_of`` over whole lives, but each row is an occasion of its own."""
    kind = occasion.period if isinstance(occasion, p.PeriodEdge) else occasion.event
    table = caseload.table(kind)
    at_end = isinstance(occasion, p.PeriodEdge) and occasion.edge == "end"
    days = table.end if at_end else table.start
    row = np.flatnonzero((days != MISSING) & (days < FAR)).astype(np.int32)
    row = row[np.argsort(keys(table.subject[row], days[row]), kind="stable")]
    if occasion.ordinal is not None:
        row = row[_place_in_scope(table.subject[row]) == occasion.ordinal]
    return Anchors(table.subject[row], days[row], row, np.zeros(len(row), bool), table)
