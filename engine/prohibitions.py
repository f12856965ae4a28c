"""Prohibitions: the days on which a forbidden act was done, and the scopes without any."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.anchors import Anchors, anchors_of, coverage_of
from duly.engine.batch import (
    CANNOT_TELL,
    IS_EXEMPT,
    MET,
    NO_COLUMN,
    NO_DOUBT,
    NOT_COVERED,
    NOT_HELD,
    NOT_MET,
    SHORT_RECORD,
    UNDECIDED_ACT,
    UNDECIDED_ANCHOR,
    UNDECIDED_STATE,
    Batch,
    Tables,
)
from duly.engine.caseload import Caseload, pairs
from duly.engine.conditions import guarded, row_truth, seen, steps_of, tested
from duly.engine.counting import latest_in_gaps
from duly.engine.dates import Days, deadline_table
from duly.engine.days import FAR, MISSING, UNKNOWN, UNTIMED
from duly.engine.doubts import where_scopes_are_sure
from duly.engine.facts import Table
from duly.engine.hours import act_minutes
from duly.engine.keys import Flags, Keys, day_in, first_of_each, keys, scope_of
from duly.engine.moments import Minutes
from duly.engine.plan import EXEMPT, STANDS, DutyPlan, Group, Leaf, leaves_of
from duly.engine.runs import FROM_ACT, FROM_START
from duly.engine.scopes import Scopes, days_of
from duly.engine.timeline import Domain, Timeline, Values, constant, of_events, timeline


@frozen(eq=False)
class _Deeds:
    """Acts inside the scopes that are forbidden, or may be.

    ``fits`` says whether each passes the act's test, ``named`` whether its day is one of those
    that the prohibition names; ``code`` is the state of the guard's leaves.
    """

    scope: Days
    day: Days
    row: Days
    fits: Values
    named: Values
    code: npt.NDArray[np.int32]

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> _Deeds:
        """Some of the acts."""
        return _Deeds(*(getattr(self, a.name)[keep] for a in self.__attrs_attrs__))


def forbidden(duty: DutyPlan, scopes: Scopes, caseload: Caseload) -> Iterator[Batch]:
    """``must not``: each day with a forbidden act, and each scope that has none."""
    assert isinstance(duty.duty, p.Forbid)
    table = caseload.held(duty.duty.act.event, duty.duty.act.where)
    line = standing(duty, scopes.domain, caseload)
    broken = _broken(duty, _deeds(duty, table, line, scopes, caseload), table, scopes)
    yield broken
    without = np.ones(len(scopes.domain), bool)
    without[broken.scope] = False
    yield _kept(duty, without, line, table, scopes, caseload)


# -------------------------------------------------------------------- what was done


def standing(duty: DutyPlan, domain: Domain, caseload: Caseload) -> Timeline:
    """The guard's timeline; what an exception asks of the act is unknown until it is done."""
    assert duty.guard is not None
    unknown = constant(domain, np.full(len(domain), UNKNOWN, np.int8))
    leaves = [
        unknown if _of_the_act(leaf, duty, domain) else steps_of(leaf, domain, caseload)
        for leaf in duty.guard.leaves
    ]
    return timeline(domain, leaves, duty.guard.values)


def _of_the_act(leaf: Leaf, duty: DutyPlan, domain: Domain) -> bool:
    """Whether a leaf is an attribute of the act, and not of the scope's own row."""
    assert isinstance(duty.duty, p.Forbid)
    parts = leaves_of(leaf.condition) if isinstance(leaf, Group) else [leaf]
    event = duty.duty.act.event
    return event != domain.period and any(getattr(x, "owner", None) == event for x in parts)


def _deeds(
    duty: DutyPlan, table: Table, line: Timeline, scopes: Scopes, caseload: Caseload
) -> _Deeds:
    """The acts that pass the test, or may, in the scopes and of their periods."""
    assert isinstance(duty.duty, p.Forbid)
    act, domain = duty.duty.act, scopes.domain
    done = days_of(act, table)
    fits = _fits(act, table, done, caseload)
    scope, row = pairs(domain, table, True, caseload)
    day = done[row]
    keep = (fits[row] != 0) & (day != MISSING) & (day < FAR)
    own_end = act.edge == "end" and act.event == domain.period
    keep &= (day >= domain.start[scope]) & (day < domain.end[scope] + own_end)
    keep &= duty.may_begin(day)
    scope, row, day = scope[keep], row[keep], day[keep]
    named = _named(duty.duty.stretch, scope, day, act_minutes(act, table, row), domain, caseload)
    code = _codes(duty, line, scope, day, row, domain, caseload)
    return _Deeds(scope, day, row, fits[row], named, code).take(named != 0)


def _fits(act: p.Act, table: Table, done: Days, caseload: Caseload) -> Values:
    """Whether each row passes the test; the end of a period is looked at on its own day."""
    if act.where is None or act.edge != "end":
        return tested(act.where, table, caseload)
    return row_truth(act.where, table, caseload, done)


def _codes(
    duty: DutyPlan,
    line: Timeline,
    scope: Days,
    day: Days,
    row: Days,
    domain: Domain,
    caseload: Caseload,
) -> npt.NDArray[np.int32]:
    """The state of the guard's leaves on the day of each act, its own row looked at."""
    assert isinstance(duty.duty, p.Forbid)
    assert duty.guard is not None
    if not any(_of_the_act(leaf, duty, domain) for leaf in duty.guard.leaves):
        return line.at(scope, day)
    own = of_events(domain, scope, caseload.table(duty.duty.act.event), row)
    return guarded(duty.guard, own, caseload).at(np.arange(len(row), dtype=np.int32), day)


# ------------------------------------------------------- days that a prohibition names


def _named(
    stretch: p.Within | p.Before | None,
    scope: Days,
    day: Days,
    minute: Minutes,
    domain: Domain,
    caseload: Caseload,
) -> Values:
    """Whether each act is on one of the days that the prohibition names: 0, 1, or 2 for unknown."""
    match stretch:
        case None:
            return np.ones(len(day), np.int8)
        case p.Before(p.AnyOf(parts)):
            each = [_before(part, scope, day, minute, domain, caseload) for part in parts]
            return np.where(np.min(each, 0) == 0, 0, np.max(each, 0)).astype(np.int8)
        case p.Before(anchor):
            return _before(anchor, scope, day, minute, domain, caseload)
        case p.Within(duration, anchor):
            assert isinstance(duration, p.Duration)
            assert anchor is not None
            return _within(duration, anchor, scope, day, domain, caseload)


def _before(
    anchor: p.Anchor, scope: Days, day: Days, minute: Minutes, domain: Domain, caseload: Caseload
) -> Values:
    """Acts by which no anchor has been; before the end of a period, while it runs."""
    if isinstance(anchor, p.PeriodEdge) and anchor.edge == "end" and anchor.ordinal is None:
        running = steps_of(p.Running(anchor.period, anchor.where), domain, caseload)
        return timeline(domain, [running]).at(scope, day).astype(np.int8)
    sure, perhaps = _latest(anchor, scope, day, domain, caseload, minute)
    return np.select([sure != MISSING, perhaps != MISSING], [0, UNKNOWN], 1).astype(np.int8)


def _within(
    duration: p.Duration,
    anchor: p.Anchor,
    scope: Days,
    day: Days,
    domain: Domain,
    caseload: Caseload,
) -> Values:
    """Days from an anchor's own to its last."""
    last_day = deadline_table(duration)
    sure, perhaps = (
        (latest != MISSING) & (last_day[latest] >= day)
        for latest in _latest(anchor, scope, day, domain, caseload)
    )
    return np.select([sure, perhaps], [1, UNKNOWN], 0).astype(np.int8)


def _latest(
    anchor: p.Anchor,
    scope: Days,
    day: Days,
    domain: Domain,
    caseload: Caseload,
    minute: Minutes | None = None,
) -> tuple[Days, Days]:
    """The latest anchor on or before each day that is sure, and the latest that there may be.

    With a minute, none that surely came after it on that day.
    """
    if isinstance(anchor, p.AnyOf):
        each = [_latest(part, scope, day, domain, caseload) for part in anchor.anchors]
        sure, perhaps = (np.max(days, 0) for days in zip(*each, strict=True))
        return sure, perhaps
    anchors = anchors_of(anchor, domain, caseload)
    by_then = day if minute is None else day - _came_first(anchors, scope, day, minute)
    sure, perhaps = (
        _latest_of(keys(anchors.scope[some], anchors.day[some]), scope, by_then)
        for some in (~anchors.doubtful, anchors.doubtful)
    )
    return sure, np.maximum(perhaps, _unseen_by(anchor, scope, day, domain, caseload))


def _came_first(anchors: Anchors, scope: Days, day: Days, minute: Minutes) -> Flags:
    """Whether each act surely came before the anchor of its day."""
    if anchors.hours is None or not len(anchors.day):
        return np.zeros(len(day), bool)
    key = keys(anchors.scope, anchors.day)
    place = np.minimum(np.searchsorted(key, keys(scope, day)), len(key) - 1)
    there = key[place] == keys(scope, day)
    first: Flags = there & (minute != UNTIMED) & (minute < anchors.hours.minute[place])
    return first


def _unseen_by(
    anchor: p.Anchor, scope: Days, day: Days, domain: Domain, caseload: Caseload
) -> Days:
    """The latest day, up to each, on which an anchor may have gone unrecorded."""
    start = domain.start[scope]
    if isinstance(anchor, p.Becoming):
        latest = latest_in_gaps(seen(anchor, domain, caseload), scope, day)
        return np.where(latest >= start, latest, MISSING).astype(np.int32)
    covered_from, covered_to = coverage_of(anchor, caseload)
    before = covered_from[domain.subject[scope]] - 1
    unseen = np.where(before >= start, np.minimum(before, day), MISSING)
    return np.where(covered_to < day, day, unseen).astype(np.int32)


def _latest_of(key: Keys, scope: Days, day: Days) -> Days:
    found = np.append(key, -1)[np.searchsorted(key, keys(scope, day), side="right") - 1]
    there = (found >= 0) & (scope_of(found) == scope)
    return np.where(there, day_in(found), MISSING).astype(np.int32)


# ------------------------------------------------------------------------- verdicts


def _broken(duty: DutyPlan, deeds: _Deeds, table: Table, scopes: Scopes) -> Batch:
    """One obligation for each day of a scope, of several acts the one that weighs most."""
    assert duty.guard is not None
    mask = duty.guard.table[deeds.code]
    doubt = np.select(
        [deeds.fits != 1, deeds.named != 1, mask != 1 << STANDS],
        [UNDECIDED_ACT, UNDECIDED_ANCHOR, UNDECIDED_STATE],
        NO_DOUBT,
    )
    exempt = mask == 1 << EXEMPT
    doubt[exempt] = NO_DOUBT
    verdict = np.select([exempt, doubt != NO_DOUBT], [IS_EXEMPT, CANNOT_TELL], NOT_MET)
    batch = Batch.of(
        duty,
        scopes.domain,
        deeds.scope,
        Tables(table, None, scopes.table),
        anchor=deeds.day,
        anchor_from=np.array(FROM_ACT),
        anchor_row=deeds.row,
        deadline=np.where(exempt, MISSING, deeds.day),
        end=deeds.day,
        verdict=verdict,
        doubt=doubt,
        code=deeds.code,
        mover=duty.guard.mover[deeds.code],
    )
    there = np.flatnonzero((mask & 1 << STANDS != 0) | exempt)
    weight = np.select([verdict == NOT_MET, verdict == CANNOT_TELL], [0, 1], 2)[there]
    key = keys(deeds.scope, deeds.day)[there]
    order = there[np.argsort(key * 3 + weight, kind="stable")]
    day = keys(deeds.scope, deeds.day)[order]
    return where_scopes_are_sure(batch.take(order[first_of_each(day)]), scopes)


def _kept(
    duty: DutyPlan,
    without: Flags,
    line: Timeline,
    table: Table,
    scopes: Scopes,
    caseload: Caseload,
) -> Batch:
    """One obligation for each scope in which nothing forbidden was done."""
    assert duty.guard is not None
    domain, mask = scopes.domain, duty.guard.table[line.code]
    looked_at = (line.day <= caseload.as_at) & (line.day < domain.end[line.scope])
    stood = np.zeros(len(domain), bool)
    stood[line.scope[looked_at & (mask & 1 << STANDS != 0)]] = True
    exempt, code = line.first(looked_at & (mask == 1 << EXEMPT), len(domain))
    scope = np.flatnonzero(without & (stood | exempt)).astype(np.int32)
    doubt = np.where(stood, _unseen(duty, table, scopes, caseload), NO_DOUBT)[scope]
    batch = Batch.of(
        duty,
        domain,
        scope,
        Tables(table, None, scopes.table),
        anchor=domain.start[scope] if not isinstance(duty.scope, p.Always) else np.array(MISSING),
        anchor_from=np.array(FROM_START),
        end=domain.end[scope],
        verdict=np.select([doubt != NO_DOUBT, stood[scope]], [CANNOT_TELL, MET], IS_EXEMPT),
        doubt=doubt,
        code=np.where(stood, 0, code)[scope],
    )
    return where_scopes_are_sure(batch, scopes)


def _unseen(
    duty: DutyPlan, table: Table, scopes: Scopes, caseload: Caseload
) -> npt.NDArray[np.integer]:
    """Why it cannot be told of each scope that nothing forbidden was done in it."""
    assert isinstance(duty.duty, p.Forbid)
    domain, milestone = scopes.domain, duty.duty.act.milestone
    covered = table.covered_from[domain.subject]
    late = covered > domain.start if not isinstance(duty.scope, p.Always) else covered == FAR
    last = np.minimum(domain.end - 1, caseload.as_at)
    doubt = np.select([late, last > table.covered_to], [NOT_COVERED, SHORT_RECORD], NO_DOUBT)
    if milestone is not None and not table.columns[milestone].supplied:
        doubt[:] = NO_COLUMN
    if table.coverage == "absent":
        doubt[:] = NOT_HELD
    return doubt
