"""Conditions into step functions: how each leaf is looked up in the facts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine import counting
from duly.engine.caseload import Caseload, pairs, shared
from duly.engine.counting import MANY
from duly.engine.dates import Days, boundary_table, deadline_table
from duly.engine.days import FAR, MISSING, UNKNOWN
from duly.engine.elapsed import Seen, elapsed, seen_at_start, seen_in_rows, seen_on
from duly.engine.facts import Column, Table
from duly.engine.keys import first_of_each, last_of_each, next_day
from duly.engine.lasting import added_up, lasting
from duly.engine.plan import Group, Guard, InForceOn, Leaf, Surely
from duly.engine.timeline import (
    Domain,
    Steps,
    Timeline,
    Values,
    clipped,
    constant,
    counted,
    on_days,
    places,
    timeline,
)


@shared
def steps_of(leaf: Leaf, domain: Domain, caseload: Caseload) -> Steps:
    """The step function of one leaf condition over the scopes."""
    return _steps(leaf, domain, caseload)


def _steps(leaf: Leaf, domain: Domain, caseload: Caseload) -> Steps:
    match leaf:
        case p.Flag(owner, name):
            return _attribute(
                domain, caseload, owner, name, lambda c: c.values.astype(np.int8, copy=False)
            )
        case p.Is(owner, name, values):
            return _attribute(domain, caseload, owner, name, lambda c: is_one_of(c, values))
        case p.Stated(owner, name):
            return _attribute(domain, caseload, owner, name, is_stated)
        case p.Compare(owner, name, least, most):
            return _attribute(domain, caseload, owner, name, lambda c: lies_in(c, least, most))
        case p.Includes(owner, name, role):
            return _attribute(domain, caseload, owner, name, lambda c: includes(c, role))
        case p.Running():
            return _running(leaf.period, leaf.where, False, 1, None, domain, caseload)
        case p.Count(kind, least, most, where, own=own):
            if caseload.table(kind).kind.nature == "period":
                return _running(kind, where, own, least, most, domain, caseload)
            if leaf.since is None:
                return _events(leaf, domain, caseload)
            fits = tested(where, caseload.held(kind, where), caseload)
            return counting.since(leaf, domain, caseload, fits, seen(leaf.since, domain, caseload))
        case p.Lasting(window=None, since=None):
            return lasting(leaf, domain, caseload)
        case p.Lasting(since=anchor):
            since = seen(anchor, domain, caseload) if anchor is not None else None
            return added_up(leaf, domain, caseload, since)
        case p.Elapsed(anchor):
            return elapsed(leaf, domain, seen(anchor, domain, caseload))
        case p.Aged(years):
            return _aged(years, domain, caseload)
        case InForceOn(first, last):
            return _in_force(first, last, domain)
        case Surely(condition):
            line = possible(condition, domain, caseload)
            return Steps(line.scope, line.day, (line.code == TRUE_BIT).astype(np.int8))
        case p.Agreed(owner, name):
            return _attribute(domain, caseload, owner, name, _which_value)
        case Group(condition):
            line = possible(condition, domain, caseload)
            return Steps(line.scope, line.day, _VALUE_OF_BITS[line.code])


@shared
def seen(anchor: p.Anchor, domain: Domain, caseload: Caseload) -> Seen:
    """Where the anchors of each scope are, and where one may have gone unseen."""
    match anchor:
        case p.ScopeStart():
            return seen_at_start(domain)
        case p.Birthday(years):
            day = birthdays(years, caseload)
            every = np.arange(len(day), dtype=np.int32)
            born, unborn = every[day != MISSING], every[day == MISSING]
            return seen_on(domain, (born, day[born]), (unborn, unborn * 0, unborn * 0 + FAR))
        case p.Becoming(condition):
            return seen_on(domain, *_became(condition, caseload))
        case p.EventDay() | p.PeriodEdge():
            return seen_in_rows(anchor, domain, caseload, tested)
        case p.AnyOf() | p.Missed():
            raise NotImplementedError("no condition looks at these")


@shared
def birthdays(years: int, caseload: Caseload) -> Days:
    """The day on which each subject reaches an age (T-24); ``MISSING`` if the birth is blank."""
    born = caseload.facts.born
    day = boundary_table(p.Duration(years, "year"))[np.maximum(born, 0)]
    return np.where(born == MISSING, MISSING, day).astype(np.int32)


def _which_value(column: Column) -> Values:
    """The number of each cell's category, one more than the last for a blank."""
    blank = len(column.categories)
    return np.where(column.values < 0, blank, column.values).astype(np.int8)


def agreed_values(length: p.Agreed, caseload: Caseload) -> tuple[str, ...]:
    """Every length of time that the records state, as text."""
    if length.owner in caseload.facts.tables:
        return caseload.table(length.owner).columns[length.name].categories
    return caseload.facts.columns[length.name].categories


def is_one_of(column: Column, values: Sequence[str]) -> Values:
    """Whether each cell is one of the values; blank is unknown."""
    if column.values.dtype == np.int8:
        answers = np.array([int("no" in values), int("yes" in values), UNKNOWN], np.int8)
        return answers[column.values]
    answers = np.array([*(int(c in values) for c in column.categories), UNKNOWN], np.int8)
    return answers[column.values]  # -1, blank, is the last


def lies_in(column: Column, least: int | None, most: int | None) -> Values:
    """Whether each number lies between two bounds, both included; blank is unknown."""
    numbers = [int(written) for written in column.categories]
    fits = [(least is None or n >= least) and (most is None or n <= most) for n in numbers]
    return np.array([*map(int, fits), UNKNOWN], np.int8)[column.values]


def includes(column: Column, role: str) -> Values:
    """Whether each list of roles holds this one; blank is unknown."""
    answers = [int(role in written.split("; ")) for written in column.categories]
    return np.array([*answers, UNKNOWN], np.int8)[column.values]


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
    if domain.event is not None and owner == domain.event.kind.name:
        column = domain.event.columns[name]
        return constant(domain, read(column)[domain.event_row])
    if owner not in caseload.facts.tables:
        return constant(domain, read(caseload.facts.columns[name])[domain.subject])
    table = caseload.table(owner)
    if domain.whole and owner == domain.period:
        return Steps(domain.member_scope, domain.start, read(table.columns[name]))
    value = read(table.columns[name])[domain.member_row]
    day = np.maximum(table.start[domain.member_row], domain.start[domain.member_scope])
    return Steps(domain.member_scope, day, value)


@shared
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
        every = domain.every
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
    scope, row = pairs(domain, table, own, caseload)
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
    scope, row = pairs(domain, table, leaf.own, caseload)
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
        last = deadline_table(leaf.window)
        gone = np.minimum(last[day] + 1, FAR).astype(np.int32)
        last_unseen = np.clip(covered - 1, 0, FAR)
        forgotten = np.minimum(last[last_unseen] + 1, FAR).astype(np.int32)
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
    birthday = birthdays(years, caseload)[domain.subject]
    unknown = birthday == MISSING
    scope = domain.every
    value = np.where(unknown, UNKNOWN, 1).astype(np.int8)
    return clipped(domain, scope, np.where(unknown, 0, birthday).astype(np.int32), value)


def _in_force(first: int, last: int, domain: Domain) -> Steps:
    """True from the first to the last day of the law, both included."""
    after = max(last + 1, first)  # bounds that have no day in common are never in force
    at_start = ((domain.start >= first) & (domain.start < after)).astype(np.int8)
    begins, ends = ((domain.start < day) & (day < domain.end) for day in (first, after))
    if first == after or not (begins.any() or ends.any()):
        return constant(domain, at_start)
    rows = 1 + begins.astype(np.int32) + ends
    following = np.cumsum(rows, dtype=np.int32)
    scope, day = np.repeat(domain.every, rows), np.repeat(domain.start, rows)
    value = np.repeat(at_start, rows)
    begun, ended = (following - rows + 1)[begins], (following - 1)[ends]
    day[begun], value[begun] = first, 1
    day[ended], value[ended] = min(after, FAR), 0
    return Steps(scope, day, value)


# ---------------------------------------------------------------- whole conditions


FALSE_BIT, TRUE_BIT = 1, 2
_VALUE_OF_BITS = np.array([UNKNOWN, 0, 1, UNKNOWN], np.int8)


@shared
def possible(condition: p.Condition, domain: Domain, caseload: Caseload) -> Timeline:
    """What the condition may be over time: bit 1 for false, bit 2 for true, both if unknown."""
    leaves, table = caseload.truth_table(condition)
    line = timeline(domain, [steps_of(leaf, domain, caseload) for leaf in leaves])
    return evolve(line, code=table[line.code].astype(np.int32))


@frozen(eq=False)
class Stretches:
    """Unbroken stretches in which a condition is true of a subject, or may be, in order.

    ``start`` is 0 where it has been so from before all records, ``end`` ``FAR`` while it is so;
    ``sure`` marks those of which the condition is surely true on the first day.
    """

    line: Timeline
    subject: Days
    start: Days
    end: Days
    sure: npt.NDArray[np.bool_]


@shared
def lives(caseload: Caseload) -> Domain:
    """One scope for each subject, from before all records and without end."""
    count = len(caseload.facts.subjects)
    every = np.arange(count, dtype=np.int32)
    return Domain(every, np.zeros(count, np.int32), np.full(count, FAR, np.int32))


@shared
def stretches(condition: p.Condition, caseload: Caseload) -> Stretches:
    """The stretches of a condition about each subject."""
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
    return Stretches(line, subject[first], day[first], end, line.code[first] == TRUE_BIT)


def _became(
    condition: p.Condition, caseload: Caseload
) -> tuple[tuple[Days, Days], tuple[Days, Days, Days]]:
    """When a condition became true of subjects: the days that are sure, the days that may be.

    It may have become so on any day on which it is unknown and on the first on which it is true
    again, but not where it was surely true the day before.
    """
    line = possible(condition, lives(caseload), caseload)
    changed = first_of_each(line.scope) | first_of_each(line.code)
    subject, day, code = line.scope[changed], line.day[changed], line.code[changed]
    first, last = first_of_each(subject), last_of_each(subject)
    before = np.where(first, 0, np.append(0, code)[:-1])
    after = np.where(last, 0, np.append(code, 0)[1:])
    sure = (code == TRUE_BIT) & (before == FALSE_BIT)
    begins = day + (before == TRUE_BIT)
    ends = next_day(subject, day) - (after != TRUE_BIT)
    unknown = (code == FALSE_BIT | TRUE_BIT) & (begins <= ends)
    return (subject[sure], day[sure]), (subject[unknown], begins[unknown], ends[unknown])


def guarded(guard: Guard, domain: Domain, caseload: Caseload) -> Timeline:
    """The codes of a guard's leaves over the scopes."""
    return _codes(guard.leaves, guard.values, domain, caseload)


@shared
def _codes(
    leaves: tuple[Leaf, ...], values: tuple[int, ...], domain: Domain, caseload: Caseload
) -> Timeline:
    return timeline(domain, [steps_of(leaf, domain, caseload) for leaf in leaves], values)


def row_truth(
    condition: p.Condition, table: Table, caseload: Caseload, day: Days | None = None
) -> Values:
    """Whether each row of a table passes a test: 0, 1, or 2 for unknown.

    It is looked at on the row's own first day, where no other is given.
    """
    if day is None:
        return truth_on(condition, row_days(table, caseload), caseload)
    return truth_on(condition, _whole(table, day), caseload)


@shared
def row_days(table: Table, caseload: Caseload) -> Domain:
    """The first day of each row of a table; those that are blank are day 0."""
    return _whole(table, table.start)


def _whole(table: Table, day: Days) -> Domain:
    """All rows of a table, each on a day of its own."""
    rows = np.arange(len(table), dtype=np.int32)
    domain = on_days(table.subject, np.maximum(day, 0), table.kind.name, rows)
    return evolve(domain, whole=True)


@shared
def truth_on(condition: p.Condition, domain: Domain, caseload: Caseload) -> Values:
    """The condition on each of a domain of single days: 0, 1, or 2 for unknown."""
    leaves, table = caseload.truth_table(condition)
    bits = table[codes_on(leaves, domain, caseload)]
    return _VALUE_OF_BITS[bits]


def codes_on(
    leaves: Sequence[Leaf],
    domain: Domain,
    caseload: Caseload,
    values: Sequence[int] | None = None,
) -> npt.NDArray[np.int32]:
    """The code of the leaves on each of a domain of single days."""
    digits = [values_on(leaf, domain, caseload) for leaf in leaves]
    if not digits:
        return np.zeros(len(domain), np.int32)
    code = digits[0].astype(np.int32)
    for place, digit in list(zip(places(values or (3,) * len(leaves)), digits, strict=True))[1:]:
        code += digit * np.int32(place)
    return code


@shared
def values_on(leaf: Leaf, domain: Domain, caseload: Caseload) -> Values:
    """The value of a leaf on each of a domain of single days."""
    steps = _steps(leaf, domain, caseload)
    if len(steps.scope) == len(domain):
        return steps.value
    value = np.zeros(len(domain), np.int8)
    value[steps.scope] = steps.value
    return value
