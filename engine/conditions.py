"""Conditions into step functions: how each leaf is looked up in the facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import numpy as np
import numpy.typing as npt
from attrs import evolve

from duly.dsl import policy as p
from duly.engine.caseload import Caseload, pairs
from duly.engine.dates import Days, back_table, boundary_table
from duly.engine.days import FAR, MISSING, UNKNOWN
from duly.engine.elapsed import elapsed
from duly.engine.facts import Column, Table
from duly.engine.lower import truth_table
from duly.engine.plan import Group, InForceOn, Leaf
from duly.engine.timeline import (
    Domain,
    Steps,
    Timeline,
    Values,
    clipped,
    constant,
    counted,
    on_days,
    timeline,
)

MANY = 1 << 12
"""More events than anybody has: what an uncovered stretch may hold."""


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
            return _running(leaf.period, leaf.where, False, 1, None, domain, caseload)
        case p.Count(kind, least, most, where, _, own):
            if caseload.table(kind).kind.nature == "period":
                return _running(kind, where, own, least, most, domain, caseload)
            return _events(leaf, domain, caseload)
        case p.Elapsed():
            return elapsed(leaf, domain, caseload, tested)
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


def tested(where: p.Condition | None, table: Table, caseload: Caseload) -> Values:
    """Whether each row of the table passes the test: 0, 1, or 2 for unknown."""
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
    fits = tested(where, table, caseload)
    scope, row = pairs(domain, table, own)
    touching = (table.end[row] > domain.start[scope]) & (table.start[row] < domain.end[scope])
    touching &= fits[row] != 0
    scope, row = scope[touching], row[touching]
    sure = ((fits[row] == 1) & (table.start[row] != MISSING)).astype(np.int64)
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
    fits = tested(leaf.where, table, caseload)
    scope, row = pairs(domain, table, leaf.own)
    day = table.start[row]
    keep = (fits[row] != 0) & (day < domain.end[scope])
    if leaf.own and (domain.period is None or table.kind.of != domain.period):
        keep &= day >= domain.start[scope]
    scope, row, day = scope[keep], row[keep], day[keep]
    sure = (fits[row] == 1).astype(np.int64)
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
