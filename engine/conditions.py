"""Conditions into step functions: how each leaf is looked up in the facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.dates import Days, back_table, boundary_table
from duly.engine.days import FAR, MISSING, UNKNOWN
from duly.engine.facts import ANY_PARENT, Column, Facts, Table
from duly.engine.lower import truth_table
from duly.engine.periods import periods_of
from duly.engine.plan import Group, InForceOn, Leaf
from duly.engine.timeline import (
    Domain,
    Flags,
    Steps,
    Timeline,
    Values,
    clipped,
    constant,
    counted,
    first_of_day,
    keys,
    on_days,
    place_in_scope,
    spans,
    timeline,
)

MANY = 1 << 12
"""More events than anybody has: what an uncovered stretch may hold."""


@frozen(eq=False)
class Caseload:
    """Facts cut to the as-at day, and what leaves need to look things up in them."""

    facts: Facts
    as_at: int

    def table(self, kind: str) -> Table:
        """All rows of a kind."""
        return self.facts.tables[kind]

    def held(self, kind: str, where: p.Condition | None) -> Table:
        """The same, covered only as far as sources hold the rows that the test asks for."""
        table = self.facts.tables[kind]
        for attribute, missing in table.gaps.items():
            asked = _asked_for(table, attribute, where)
            if asked & missing:
                nothing = np.full(len(self.facts.subjects), FAR, np.int32)
                coverage = table.coverage if asked - missing else "absent"
                table = evolve(table, covered_from=nothing, coverage=coverage)
        return table


def _asked_for(table: Table, attribute: str, where: p.Condition | None) -> frozenset[str]:
    """The values of an attribute that a test lets through; all, where it does not look at it."""
    tests = where.parts if isinstance(where, p.And) else (where,)
    for test in tests:
        if isinstance(test, p.Is) and (test.owner, test.name) == (table.kind.name, attribute):
            return frozenset(test.values)
    return frozenset(table.kind.attributes[attribute].values)


def steps_of(leaf: Leaf, domain: Domain, caseload: Caseload) -> Steps:
    """The step function of one leaf condition over the scopes."""
    match leaf:
        case p.Flag(owner, name):
            return _attribute(domain, caseload, owner, name, lambda c: c.values.astype(np.int8))
        case p.Is(owner, name, values):
            return _attribute(domain, caseload, owner, name, lambda c: is_one_of(c, values))
        case p.Stated(owner, name):
            return _attribute(domain, caseload, owner, name, is_stated)
        case p.Running():
            return _running(leaf.period, leaf.where, leaf.own, 1, None, domain, caseload)
        case p.Count(kind, least, most, where, _, own):
            if caseload.table(kind).kind.nature == "period":
                return _running(kind, where, own, least, most, domain, caseload)
            return _events(leaf, domain, caseload)
        case p.Elapsed():
            return _elapsed(leaf, domain, caseload)
        case p.Aged(years):
            return _aged(years, domain, caseload)
        case InForceOn(first, last):
            return _in_force(first, last, domain)
        case Group(condition):
            line = possible(condition, domain, caseload)
            return Steps(line.scope, line.day, _VALUE_OF_BITS[line.code])


def is_one_of(column: Column, values: Sequence[str]) -> Values:
    """Whether each cell is one of the values; blank is unknown."""
    if column.values.dtype == np.int8:
        answers = np.array([int("no" in values), int("yes" in values), UNKNOWN], np.int8)
        return answers[column.values]
    answers = np.array([*(int(c in values) for c in column.categories), UNKNOWN], np.int8)
    return answers[column.values]  # -1, blank, is the last


def is_stated(column: Column) -> Values:
    """Whether each cell holds a value; unknown only where the source has no such field."""
    if not column.supplied:
        return np.full(len(column.values), UNKNOWN, np.int8)
    blank = column.values == UNKNOWN if column.values.dtype == np.int8 else column.values < 0
    return (~blank).astype(np.int8)


def _attribute(
    domain: Domain,
    caseload: Caseload,
    owner: str,
    name: str,
    read: Callable[[Column], Values],
) -> Steps:
    if owner not in caseload.facts.tables:
        return constant(domain, read(caseload.facts.columns[name])[domain.subject])
    table = caseload.table(owner)
    if domain.whole and owner == domain.period:
        return Steps(domain.member_scope, domain.start, read(table.columns[name]))
    value = read(table.columns[name])[domain.member_row]
    day = np.maximum(table.start[domain.member_row], domain.start[domain.member_scope])
    return Steps(domain.member_scope, day, value)


def pairs(domain: Domain, table: Table, own: bool) -> tuple[Days, Days]:
    """Which rows each scope looks at: by id where it is so declared, else its subject's."""
    if own and domain.period is not None and table.kind.of == domain.period:
        scope_of = np.full(int(domain.member_row.max(initial=-1)) + 2, -1, np.int32)
        scope_of[domain.member_row] = domain.member_scope
        parent = np.where(table.parent < len(scope_of) - 1, table.parent, -1)
        scope = np.where(parent >= 0, scope_of[parent], -1)
        rows = np.flatnonzero(scope >= 0).astype(np.int32)
        anyones = np.flatnonzero(table.parent == ANY_PARENT).astype(np.int32)
        lo = np.searchsorted(table.subject[anyones], domain.subject, side="left")
        hi = np.searchsorted(table.subject[anyones], domain.subject, side="right")
        whose, which = spans(lo, hi)
        return (
            np.concatenate([scope[rows].astype(np.int32), whose]),
            np.concatenate([rows, anyones[which]]),
        )
    lo = np.searchsorted(table.subject, domain.subject, side="left")
    hi = np.searchsorted(table.subject, domain.subject, side="right")
    return spans(lo, hi)


def _tested(table: Table, where: p.Condition | None, caseload: Caseload) -> Values:
    """Whether each row of the table passes the test."""
    if where is None:
        return np.ones(len(table), np.int8)
    return row_truth(where, table, caseload)


def _uncovered(
    domain: Domain, table: Table, caseload: Caseload, until: Days
) -> tuple[Days, Days, npt.NDArray[np.int64]]:
    """Changes of how many unseen rows there may be: before coverage begins and after it ends."""
    early = np.flatnonzero(table.covered_from[domain.subject] > domain.start).astype(np.int32)
    scopes = [early, early]
    days = [domain.start[early], until[early]]
    change = [np.full(len(early), MANY), np.full(len(early), -MANY)]
    if table.covered_to < caseload.as_at:
        every = np.arange(len(domain), dtype=np.int32)
        scopes.append(every)
        days.append(np.full(len(domain), table.covered_to + 1, np.int32))
        change.append(np.full(len(domain), MANY))
    joined = np.concatenate(change).astype(np.int64)
    return np.concatenate(scopes), np.concatenate(days).astype(np.int32), joined


def _running(
    kind: str,
    where: p.Condition | None,
    own: bool,
    least: int,
    most: int | None,
    domain: Domain,
    caseload: Caseload,
) -> Steps:
    """How many periods are running: one more from each start, one fewer from each end."""
    table = caseload.held(kind, where)
    tested = _tested(table, where, caseload)
    scope, row = pairs(domain, table, own)
    touching = (table.end[row] > domain.start[scope]) & (table.start[row] < domain.end[scope])
    touching &= tested[row] != 0
    scope, row = scope[touching], row[touching]
    sure = ((tested[row] == 1) & (table.start[row] != MISSING)).astype(np.int64)
    one = np.ones(len(row), np.int64)
    covered = table.covered_from[domain.subject]
    gap_scope, gap_day, gap = _uncovered(domain, table, caseload, covered)
    return counted(
        domain,
        np.concatenate([scope, scope, gap_scope]),
        np.concatenate([np.maximum(table.start[row], 0), table.end[row], gap_day]),
        np.concatenate([sure, -sure, np.zeros(len(gap), np.int64)]),
        np.concatenate([one, -one, gap]),
        least,
        most,
    )


def _events(leaf: p.Count, domain: Domain, caseload: Caseload) -> Steps:
    """How many events there have been, in the scope or ever, or in the last D."""
    table = caseload.held(leaf.kind, leaf.where)
    tested = _tested(table, leaf.where, caseload)
    scope, row = pairs(domain, table, leaf.own)
    day = table.start[row]
    keep = (tested[row] != 0) & (day < domain.end[scope])
    if leaf.own and (domain.period is None or table.kind.of != domain.period):
        keep &= day >= domain.start[scope]
    scope, row, day = scope[keep], row[keep], day[keep]
    sure = (tested[row] == 1).astype(np.int64)
    one = np.ones(len(row), np.int64)
    covered = table.covered_from[domain.subject]
    forgotten = np.full(len(domain), FAR, np.int32)
    if leaf.window is not None:
        back = back_table(leaf.window)
        gone = np.searchsorted(back, day, side="right").astype(np.int32)
        last_unseen = np.minimum(covered - 1, FAR)
        forgotten = np.searchsorted(back, last_unseen, side="right").astype(np.int32)
        scope = np.concatenate([scope, scope])
        day = np.concatenate([day, gone])
        sure, one = np.concatenate([sure, -sure]), np.concatenate([one, -one])
    gap_domain = domain
    if not leaf.own:
        gap_domain = evolve(domain, start=np.zeros(len(domain), np.int32))
    gap_scope, gap_day, gap = _uncovered(gap_domain, table, caseload, forgotten)
    return counted(
        domain,
        np.concatenate([scope, gap_scope]),
        np.concatenate([day, gap_day]),
        np.concatenate([sure, np.zeros(len(gap), np.int64)]),
        np.concatenate([one, gap]),
        leaf.at_least,
        leaf.at_most,
    )


@frozen(eq=False)
class _Seen:
    """Days of an anchor: those surely there, and stretches in which one may have gone unseen."""

    scope: Days
    day: Days
    gap: Days
    gap_first: Days
    gap_last: Days


def _elapsed(leaf: p.Elapsed, domain: Domain, caseload: Caseload) -> Steps:
    """False from each anchor, true from the boundary after the latest one, else unknown.

    Surely false is what lies before the boundary of the earliest day that the latest anchor can
    have; surely true what lies after that of the latest.
    """
    boundary = boundary_table(leaf.duration)
    seen = _seen(leaf.anchor, domain, caseload)
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
        line = timeline(domain, [may, must])
        return Steps(line.scope, line.day, _MAY_MUST[line.code])
    clear = ~_in_gap(seen)
    last = np.where(first_sure[seen.gap] <= seen.gap_last, seen.gap_last, FAR)
    must = _reached(
        domain,
        np.concatenate([seen.scope[clear], seen.gap]),
        np.concatenate([seen.day[clear], seen.gap_first]),
        boundary[np.concatenate([seen.day[clear], last])],
    )
    line = timeline(domain, [may, must])
    return Steps(line.scope, line.day, _MAY_MUST[line.code])


def _elapsed_since_nth(ordinal: int, seen: _Seen, domain: Domain, boundary: Days) -> Steps:
    """The n-th anchor is at the latest the n-th sure one, at the earliest the n-th that may be."""
    may_scope, may_day = [seen.scope], [seen.day]
    for later in range(ordinal):  # a gap may hold as many as are wanted, from its first day on
        day = seen.gap_first + later
        there = day <= seen.gap_last
        may_scope.append(seen.gap[there])
        may_day.append(day[there])
    values = []
    for scope, day in (
        (np.concatenate(may_scope), np.concatenate(may_day)),
        (seen.scope, seen.day),
    ):
        nth = _nth_day(scope, day, ordinal)
        always = day[nth] < ordinal  # before all records
        found, ran_out = np.where(always, 0, day[nth]), np.where(always, 0, boundary[day[nth]])
        values.append(_reached(domain, scope[nth], found.astype(np.int32), ran_out))
    line = timeline(domain, values)
    return Steps(line.scope, line.day, _MAY_MUST[line.code])


_MAY_MUST = np.array([0, UNKNOWN, 0, 0, 1], np.int8)
"""False, may be, -, -, must be: two digits in base 3."""


def _reached(domain: Domain, scope: Days, day: Days, boundary: Days) -> Steps:
    """False from each day on, true from its boundary unless another day comes first."""
    order = np.argsort(keys(scope, day), kind="stable")
    scope, day, boundary = scope[order], day[order], boundary[order]
    following = np.full(len(day), FAR, np.int32)
    same = scope[1:] == scope[:-1]
    following[:-1] = np.where(same, day[1:], FAR)
    run = boundary < following
    values = np.concatenate([np.zeros(len(day), np.int8), np.ones(int(run.sum()), np.int8)])
    days = np.concatenate([day, boundary[run]]).astype(np.int32)
    return clipped(domain, np.concatenate([scope, scope[run]]), days, values)


def _in_gap(seen: _Seen) -> Flags:
    """Which sure days lie in a stretch in which a later one may have gone unseen."""
    order = np.argsort(keys(seen.gap, seen.gap_first), kind="stable")
    gap, first = seen.gap[order], seen.gap_first[order]
    last = np.maximum.accumulate(keys(gap, seen.gap_last[order])) & FAR  # of all begun so far
    found = np.searchsorted(keys(gap, first), keys(seen.scope, seen.day), side="right") - 1
    safe = np.maximum(found, 0)
    inside: Flags = (found >= 0) & (gap[safe] == seen.scope) & (seen.day <= last[safe])
    return inside


def _seen(anchor: p.Anchor, domain: Domain, caseload: Caseload) -> _Seen:
    """Where the anchors of each scope are, and where one may be."""
    every, none = np.arange(len(domain), dtype=np.int32), np.zeros(0, np.int32)
    if isinstance(anchor, p.ScopeStart | p.ScopeEnd):
        return _Seen(every, domain.start, none, none, none)
    kind = anchor.period if isinstance(anchor, p.PeriodEdge) else anchor.event
    table = caseload.held(kind, anchor.where)
    tested = _tested(table, anchor.where, caseload)
    scope, row, day = _edges(anchor, domain, table)
    # events are those inside the scope; a single day looks back on all of them
    inside = isinstance(anchor, p.EventDay) and not domain.single
    begun = domain.start if inside else np.zeros(len(domain), np.int32)
    keep = (tested[row] != 0) & (day < FAR) & (day < domain.end[scope])
    keep &= (day >= begun[scope]) | (day == MISSING)
    scope, row, day = scope[keep], row[keep], day[keep]
    sure = (tested[row] == 1) & (day != MISSING)
    blank = day == MISSING
    doubtful = ~sure
    covered = table.covered_from[domain.subject]
    early = np.flatnonzero(covered > begun).astype(np.int32)
    late = every if table.covered_to < caseload.as_at else none
    gap_last = np.where(blank, table.end[row] - 1, day)[doubtful]
    return _Seen(
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
    order = order[first_of_day(keys(scope[order], np.maximum(day[order], 0)))]
    nth: npt.NDArray[np.intp] = order[place_in_scope(scope[order]) == ordinal]
    return nth


def _edges(
    anchor: p.PeriodEdge | p.EventDay, domain: Domain, table: Table
) -> tuple[Days, Days, Days]:
    """The days of each scope's subject that an anchor names; joined periods count as one."""
    if isinstance(anchor, p.EventDay):
        scope, row = pairs(domain, table, own=False)
        return scope, row, table.start[row]
    periods = periods_of(table)
    lo = np.searchsorted(periods.subject, domain.subject, side="left")
    hi = np.searchsorted(periods.subject, domain.subject, side="right")
    scope, found = spans(lo, hi)
    day = periods.end if anchor.edge == "end" else periods.start
    return scope, periods.row[found], day[found]


def _aged(years: int, domain: Domain, caseload: Caseload) -> Steps:
    """True from the birthday (T-24); unknown without a date of birth."""
    born = caseload.facts.born[domain.subject]
    birthday = boundary_table(p.Duration(years, "year"))[np.maximum(born, 0)]
    unknown = born == MISSING
    scope = np.arange(len(domain), dtype=np.int32)
    value = np.where(unknown, UNKNOWN, 1).astype(np.int8)
    return clipped(domain, scope, np.where(unknown, 0, birthday).astype(np.int32), value)


def _in_force(first: int, last: int, domain: Domain) -> Steps:
    """True from the first to the last day of the law, both included."""
    scope = np.arange(len(domain), dtype=np.int32)
    day = np.concatenate([np.full(len(domain), first), np.full(len(domain), min(last + 1, FAR))])
    value = np.repeat(np.array([1, 0], np.int8), len(domain))
    return clipped(domain, np.concatenate([scope, scope]), day.astype(np.int32), value)


# ---------------------------------------------------------------- whole conditions


_leaves_and_table = cache(truth_table)


FALSE_BIT, TRUE_BIT = 1, 2
_VALUE_OF_BITS = np.array([UNKNOWN, 0, 1, UNKNOWN], np.int8)


def possible(condition: p.Condition, domain: Domain, caseload: Caseload) -> Timeline:
    """What the condition may be over time: bit 1 for false, bit 2 for true, both if unknown."""
    leaves, table = _leaves_and_table(condition)
    line = timeline(domain, [steps_of(leaf, domain, caseload) for leaf in leaves])
    return evolve(line, code=table[line.code])


def row_truth(condition: p.Condition, table: Table, caseload: Caseload) -> Values:
    """Whether each row of a table passes a test, on its own first day: 0, 1, or 2 for unknown."""
    rows = np.arange(len(table), dtype=np.int32)
    domain = on_days(table.subject, np.maximum(table.start, 0), table.kind.name, rows)
    return truth_on(condition, evolve(domain, whole=True), caseload)


def truth_on(condition: p.Condition, domain: Domain, caseload: Caseload) -> Values:
    """The condition on each of a domain of single days: 0, 1, or 2 for unknown."""
    leaves, table = _leaves_and_table(condition)
    bits = table[codes_on(leaves, domain, caseload)]
    return _VALUE_OF_BITS[bits]


def codes_on(leaves: Sequence[Leaf], domain: Domain, caseload: Caseload) -> npt.NDArray[np.int32]:
    """The base-3 code of the leaves on each of a domain of single days."""
    code = np.zeros(len(domain), np.int32)
    for digit, leaf in enumerate(leaves):
        steps = steps_of(leaf, domain, caseload)
        value = steps.value * np.int32(3**digit)
        if len(steps.scope) == len(domain):
            code += value
        else:
            code[steps.scope] += value
    return code
