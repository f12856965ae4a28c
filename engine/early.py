"""Deadlines that may be met early: ``by D after A``, ``before A``, ``at least D before A``.

The obligations of a scope claim acts in the order of their deadlines, each the last one that is in
time and not yet claimed, else the first one that is late.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from attrs import evolve

from duly.dsl import policy as p
from duly.engine.anchors import Anchors, anchors_of, with_those_to_come
from duly.engine.batch import IS_EXEMPT, Batch
from duly.engine.caseload import Caseload
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNTIMED
from duly.engine.deadlines import UNLIMITED, Due, Segments
from duly.engine.doubts import may_not_be_there
from duly.engine.hours import act_minutes, extremes, in_hours, minute_of
from duly.engine.judging import (
    came_after,
    concluded,
    deadlines_of,
    due_before,
    judged,
    of_one_day,
    overran,
    segments_of,
    with_overrun,
)
from duly.engine.keys import (
    Flags,
    day_in,
    first_of_each,
    keys,
    place_in_scope,
    place_of,
    scope_of,
    total_in_scope,
)
from duly.engine.moments import any_hour, moments
from duly.engine.plan import DutyPlan, StepPlan
from duly.engine.runs import FROM_ANCHOR, FROM_START, Between, Run, milestones
from duly.engine.scopes import Acts, Scopes


def early(duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload) -> Iterator[Batch]:
    """The obligations of a step that may be met early."""
    step = duty.steps[0]
    assert isinstance(step.timing, p.By | p.Before)
    anchors = anchors_of(step.timing.anchor, scopes.domain, caseload, ahead=True)
    if not len(anchors.scope):
        return
    last = max(int(anchors.day.max()), caseload.as_at)
    line = segments_of(step, scopes, caseload, last)
    if in_hours(step):
        assert isinstance(step.timing, p.By)
        batch = _in_hours(duty, step, anchors, scopes, acts, line, caseload)
    else:
        due = _due(duty, anchors.scope, anchors.day, scopes, line)
        run, due = _run(duty, anchors, due, scopes, acts)
        if isinstance(step.timing, p.Before):
            run, due = of_one_day(step.timing, run, due, scopes, line)
        batch = concluded(duty, run, scopes, acts, line, due, caseload)
    yield _possible(batch, scopes)


def own_early(
    duty: DutyPlan, anchor: p.EventDay, scopes: Scopes, acts: Acts, caseload: Caseload
) -> Iterator[Batch]:
    """Milestones that may come before a day of their own event: each event's own alone fulfils it,
    also while the event is to come."""
    step = duty.steps[0]
    assert isinstance(step.timing, p.By | p.Before)
    assert isinstance(duty.duty, p.Do)
    act = duty.duty.act
    with_later = with_those_to_come(act.event, caseload)
    sure = evolve(acts, table=with_later.table(act.event), undecided=acts.undecided[:0])
    scopes, run = milestones(duty, anchor, scopes, sure, with_later)
    if not len(run.scope):
        return
    line = segments_of(step, scopes, caseload, max(caseload.as_at, int(run.anchor.max())))
    if isinstance(step.timing, p.By):
        yield _possible(judged(duty, run, scopes, sure, line, caseload), scopes)
        return
    own = act_minutes(act, sure.table, run.act)
    in_time = (run.fulfilled <= run.anchor) & ~came_after(run, own)
    run = evolve(
        run,
        end=np.minimum(run.end, run.anchor + 1).astype(np.int32),
        fulfilled=np.where(in_time, run.fulfilled, FAR).astype(np.int32),
        act=np.where(in_time, run.act, -1).astype(np.int32),
    )
    yield _possible(judged(duty, run, scopes, sure, line, caseload), scopes)


def _in_hours(
    duty: DutyPlan,
    step: StepPlan,
    anchors: Anchors,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    caseload: Caseload,
) -> Batch:
    """``by N hours after A``: what a time that is not on record makes worst, against the best."""
    assert isinstance(step.timing, p.By)
    assert isinstance(duty.duty, p.Do)
    hours = anchors.hours if anchors.hours is not None else any_hour(len(anchors.day))
    due, other = (
        deadlines_of(duty, 0, anchors.scope, (anchors.day, anchors.day), line, extreme)
        for extreme in extremes(line, step.guard, anchors.day, hours)
    )
    run, due = _run(duty, anchors, due, scopes, acts, strict=True)
    run = evolve(run, hours=hours)
    other = with_overrun(duty.duty.act, run, acts, other, strict=False)
    return concluded(duty, run, scopes, acts, line, due, caseload, other)


def _due(duty: DutyPlan, scope: Days, day: Days, scopes: Scopes, line: Segments) -> Due:
    """When each falls due, by the guard's timeline."""
    timing = duty.steps[0].timing
    assert isinstance(timing, p.By | p.Before)
    if isinstance(timing, p.Before):
        return due_before(timing, scope, day, scopes, line)
    due = deadlines_of(duty, 0, scope, (day, day), line)
    if timing.clock is None:
        return due
    return evolve(due, ends=moments(due.day, minute_of(timing.clock)))


def _run(
    duty: DutyPlan,
    anchors: Anchors,
    due: Due,
    scopes: Scopes,
    acts: Acts,
    *,
    strict: bool = False,
) -> tuple[Run, Due]:
    """The anchors as obligations, with the acts that they claim, and what came after its hour.

    ``strict`` says what is taken of an act without a time.
    """
    assert isinstance(duty.duty, p.Do)
    timing, act = duty.steps[0].timing, duty.duty.act
    scope, day = anchors.scope, anchors.day
    domain = scopes.domain
    earliest, reach = _bounds(anchors, scopes)
    before = isinstance(timing, p.Before)
    last_day = scopes.last_act[scope]
    end = domain.end[scope]
    if before:
        last_day, end = np.minimum(last_day, day), np.minimum(end, day + 1)
    end = np.where(end == day, day + 1, end)  # the scope's own end is due on that day
    in_time = place_of(acts.key, acts.in_scope(scope, due.day), side="right")
    if due.ends is not None and len(acts.day):
        last = np.maximum(in_time - 1, 0)
        own = (in_time > 0) & (acts.key[last] == acts.in_scope(scope, due.day))
        late = overran(act, acts, scope, acts.day[last], acts.row[last], due, strict=strict)
        in_time -= own & late
    between = _between(anchors) if before and acts.times is not None else None
    # what could not be met claims nothing that comes too late for it
    could_not = due.day < domain.start[scope]
    until = np.where(could_not, np.minimum(last_day, due.day), last_day)
    if between is None:
        fulfilled, row = _claims(scope, earliest, in_time, due.day, until, acts)
    else:
        fulfilled, row = _claims_by_the_hour(
            scope, (earliest, day), in_time, due.day, until, acts, between
        )
    run = Run(
        step=0,
        scope=scope,
        anchor=day,
        anchor_from=np.full(len(scope), FROM_START if anchors.at_start else FROM_ANCHOR, np.int8),
        anchor_row=anchors.row,
        stands=day,
        end=end.astype(np.int32),
        earliest=earliest,
        last_day=last_day.astype(np.int32),
        fulfilled=fulfilled,
        act=row,
        begun=day,
        reach=reach,
        assumed=np.zeros(len(scope), bool),
        doubtful=total_in_scope(scope, anchors.doubtful.astype(np.int64)) > 0,
        anchor_table=anchors.table,
        hours=anchors.hours if before else None,
        between=between,
    )
    return run, due if due.ends is None else with_overrun(act, run, acts, due, strict=strict)


def _bounds(anchors: Anchors, scopes: Scopes) -> tuple[Days, Days]:
    """The first day on which an act counts for each, and how far back the record must reach."""
    scope, day, domain = anchors.scope, anchors.day, scopes.domain
    first = first_of_each(scope)
    previous = np.concatenate([[0], day[:-1]]) if len(day) else day
    earliest = np.where(first, _end_of_like_period(scopes)[scope], previous + 1)
    start = np.where(domain.start[scope] > 0, domain.start[scope], day)
    return earliest.astype(np.int32), np.where(first, start, previous).astype(np.int32)


def _end_of_like_period(scopes: Scopes) -> Days:
    """The day on which each subject's previous period ended, 0 where there was none.

    One whose start is blank is no scope, but it ended all the same.
    """
    domain = scopes.domain
    if scopes.table is None:
        return np.zeros(len(domain), np.int32)
    periods = scopes.table.periods
    ends = np.sort(keys(periods.subject, periods.end), kind="stable")
    place = np.searchsorted(ends, keys(domain.subject, domain.start), side="right") - 1
    found = np.append(ends, -1)[np.maximum(place, -1)]
    return np.where(scope_of(found) == domain.subject, day_in(found), 0).astype(np.int32)


def _between(anchors: Anchors) -> Between | None:
    """The hours of anchors, and of the ones before, where a source has any."""
    if anchors.hours is None:
        return None
    minute, first = anchors.hours.minute, first_of_each(anchors.scope)
    previous = np.where(first, MISSING, np.roll(anchors.day, 1)).astype(np.int32)
    return Between(previous, np.where(first, UNTIMED, np.roll(minute, 1)).astype(np.int16), minute)


def _claims_by_the_hour(
    scope: Days,
    days: tuple[Days, Days],
    in_time: npt.NDArray[np.intp],
    deadline: Days,
    last_day: Days,
    acts: Acts,
    between: Between,
) -> tuple[Days, Days]:
    """The same, where hours say whether an act of an anchor's own day came after it.

    ``days`` are the first on which acts count, and the anchors' own.
    """
    assert acts.times is not None
    earliest, day = days
    before = np.maximum(between.previous, 0)
    later = acts.times.after(acts.in_scope(scope, before), between.previous_minute)
    sooner = acts.times.not_after(acts.in_scope(scope, day), between.minute)
    fulfilled, row = _claims(
        scope,
        np.where(later >= 0, before, earliest),
        in_time,
        deadline,
        np.where(sooner >= 0, last_day, np.minimum(last_day, day - 1)),
        acts,
    )
    row = np.where(fulfilled == day, sooner, row)
    return fulfilled, np.where(fulfilled == between.previous, later, row).astype(np.int32)


def _claims(
    scope: Days,
    earliest: Days,
    in_time: npt.NDArray[np.intp],
    deadline: Days,
    last_day: Days,
    acts: Acts,
) -> tuple[Days, Days]:
    """The day and the row of the act that each obligation claims, ``FAR`` and -1 for none.

    Acts before the place ``in_time`` are.
    """
    lo = place_of(acts.key, acts.in_scope(scope, earliest), side="left")
    hi = place_of(acts.key, acts.in_scope(scope, last_day), side="right")
    in_time = np.clip(in_time, lo, np.maximum(lo, hi))
    claiming = np.flatnonzero(deadline < UNLIMITED)
    order = claiming[np.lexsort((claiming, deadline[claiming], scope[claiming]))]
    rank = np.zeros(len(scope), np.int64)
    rank[order] = place_in_scope(scope[order])
    choice = np.full(len(scope), -1, np.int64)
    claimed = _Claimed(scope, len(acts.day))
    for turn in range(1, int(rank.max(initial=0)) + 1):
        some = np.flatnonzero((rank == turn) & (deadline < FAR))
        choice[some] = claimed.claim(some, lo[some], in_time[some], hi[some])
    done = choice >= 0
    place = np.where(done, choice, 0)
    nothing = np.zeros(len(scope), np.int32)
    day = acts.day[place] if len(acts.day) else nothing
    row = acts.row[place] if len(acts.row) else nothing
    return (
        np.where(done, day, FAR).astype(np.int32),
        np.where(done, row, -1).astype(np.int32),
    )


class _Claimed:
    """Which acts the obligations of each scope have claimed so far."""

    def __init__(self, scope: Days, acts: int):
        self._scope = scope.astype(np.int64) * (acts + 1)
        self._taken = np.zeros(0, np.int64)

    def claim(
        self,
        some: npt.NDArray[np.intp],
        lo: npt.NDArray[np.intp],
        in_time: npt.NDArray[np.intp],
        hi: npt.NDArray[np.intp],
    ) -> npt.NDArray[np.intp]:
        """The last free act before ``in_time``, else the first free one from it on; -1 for none."""
        scope = self._scope[some]
        back, forward = in_time - 1, in_time.copy()
        while (step := (back >= lo) & self._is_taken(scope + back)).any():
            back -= step
        while (step := (forward < hi) & self._is_taken(scope + forward)).any():
            forward += step
        choice = np.where(back >= lo, back, np.where(forward < hi, forward, -1))
        mine = (scope + choice)[choice >= 0]
        self._taken = np.sort(np.concatenate([self._taken, mine]))
        return choice

    def _is_taken(self, key: npt.NDArray[np.int64]) -> Flags:
        place = np.searchsorted(self._taken, key)
        found: Flags = np.append(self._taken, -1)[place] == key
        return found


def _possible(batch: Batch, scopes: Scopes) -> Batch:
    """A deadline before the scope began, and nothing done by then, could not be met."""
    deadline = batch.deadline
    impossible = (deadline != MISSING) & (deadline < scopes.domain.start[batch.scope])
    impossible &= (batch.fulfilled == MISSING) | (batch.fulfilled > deadline)
    if not impossible.any():
        return batch
    return evolve(
        batch,
        verdict=np.where(impossible, IS_EXEMPT, batch.verdict).astype(np.int8),
        deadline=np.where(impossible, MISSING, deadline).astype(np.int32),
        days=np.where(impossible, 0, batch.days).astype(np.int32),
        doubt=np.where(impossible, 0, batch.doubt).astype(np.int8),
        assumed=np.where(impossible, may_not_be_there(scopes, batch), batch.assumed),
    )
