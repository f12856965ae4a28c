"""Obligations of one step into verdicts: deadlines over the guard's timeline, and what is decided.

One function decides every verdict on what is to be done in time, the due day included.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time

import numpy as np
import numpy.typing as npt
from attrs import evolve

from duly.dsl import policy as p
from duly.engine import deadlines
from duly.engine.batch import (
    CANNOT_TELL,
    DUE,
    IS_EXEMPT,
    LAPSED,
    MET,
    MET_LATE,
    NEEDS_JUDGEMENT,
    NO_DOUBT,
    NO_LENGTH,
    NOT_MET,
    OVERDUE,
    TIME_OF_DAY,
    UNDECIDED_ACT,
    Batch,
    Tables,
)
from duly.engine.caseload import Caseload
from duly.engine.conditions import guarded
from duly.engine.dates import Days, lead_table
from duly.engine.days import FAR, MISSING, UNTIMED
from duly.engine.deadlines import UNLIMITED, Segments, segments
from duly.engine.doubts import doubts, may_not_be_there
from duly.engine.hours import Clocks, act_minutes, extremes, in_hours, minute_of
from duly.engine.keys import Flags, keys, scope_of
from duly.engine.moments import DAY, Minutes, any_hour, clock_at, hours_at, moments
from duly.engine.plan import EXEMPT, DutyPlan, Guard, StepPlan
from duly.engine.runs import FROM_ANCHOR, Run, of_own_row
from duly.engine.scopes import Acts, Scopes


def segments_of(
    step: StepPlan, scopes: Scopes, caseload: Caseload, last_anchor: int | None = None
) -> Segments:
    """The timeline of a step's guard over its scopes, for anchors up to a day (the as-at day)."""
    line = guarded(step.guard, scopes.domain, caseload)
    until = caseload.as_at if last_anchor is None else last_anchor
    return segments(line, step.guard, until)


def verdicts(
    deadline: Days, fulfilled: Days, end: Days, as_at: int, overrun: Flags | None = None
) -> tuple[npt.NDArray[np.int8], Days]:
    """The verdict of each obligation as at the end of a day, and its days (late, over, or left).

    One function decides this, the due day included, for every output.  ``overrun`` marks what was
    done on the due day, but after its hour.
    """
    done = fulfilled < FAR
    over = end <= as_at
    until = np.where(done, fulfilled, np.where(over, end, as_at))
    behind = until - deadline
    late = behind > 0 if overrun is None else (behind > 0) | overrun
    verdict = _VERDICTS[late.view(np.int8), np.where(done, 2, over.view(np.int8))]
    counted = late | (verdict == DUE)
    return verdict, np.where(counted, np.abs(behind), 0).astype(np.int32)


_VERDICTS = np.array([[DUE, LAPSED, MET], [OVERDUE, NOT_MET, MET_LATE]], np.int8)
"""In time or late; still running, over, or done."""


def judged(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    caseload: Caseload,
) -> Batch:
    step = duty.steps[run.step]
    if isinstance(step.timing, p.WithoutNumber):
        return _unnumbered(duty, run, scopes, acts, line, caseload)
    if isinstance(step.timing, p.Before):
        due = due_before(step.timing, run.scope, run.anchor, scopes, line)
        run, due = of_one_day(step.timing, run, due, scopes, line)
        if acts.times is not None and not of_own_row(duty):
            done = acts.in_scope(run.scope, run.fulfilled)
            minute = acts.times.hours(done, np.zeros(len(done), np.int16)).minute
            due = evolve(due, overrun=came_after(run, minute) & (run.fulfilled == due.day))
        return concluded(duty, run, scopes, acts, line, due, caseload)
    if in_hours(step):
        return _judged_in_hours(duty, run, scopes, acts, line, caseload)
    due = deadlines_of(duty, run.step, run.scope, (run.anchor, run.stands), line)
    if isinstance(step.timing, p.By) and step.timing.clock is not None:
        due = by_the_clock(duty, run, acts, due, step.timing.clock)
    return concluded(duty, run, scopes, acts, line, due, caseload)


def due_before(
    timing: p.Before, scope: Days, anchor: Days, scopes: Scopes, line: Segments
) -> deadlines.Due:
    """When what is due before each anchor falls due: on its day, if the duty stands on it."""
    limit = lead_table(timing.lead, clear=timing.clear)[anchor]
    segment = line.at(scope, _looked_at(timing, scope, anchor, scopes))
    day = np.where(line.stands[segment], limit, FAR).astype(np.int32)
    return deadlines.Due(day, segment, line.open[segment], segment)


def of_one_day(
    timing: p.Before, run: Run, due: deadlines.Due, scopes: Scopes, line: Segments
) -> tuple[Run, deadlines.Due]:
    """What is due before an anchor: it counts how the duty stands on one day alone."""
    there = (due.day < FAR) | (line.mask[due.segment] == 1 << EXEMPT)
    looked_at = _looked_at(timing, run.scope, run.anchor, scopes)
    return (
        evolve(run, stands=looked_at).take(there),
        deadlines.Due(due.day[there], due.segment[there], due.spared[there], due.first[there]),
    )


def _looked_at(timing: p.Before, scope: Days, anchor: Days, scopes: Scopes) -> Days:
    """The day on which it counts whether the duty stands: the last one to act, in the scope."""
    domain = scopes.domain
    limit = lead_table(timing.lead, clear=timing.clear)[anchor]
    return np.clip(limit, domain.start[scope], domain.end[scope] - 1).astype(np.int32)


def _judged_in_hours(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    caseload: Caseload,
) -> Batch:
    """Verdicts by which a time that is not on record is the worst, held against the best."""
    hours = run.hours if run.hours is not None else any_hour(len(run.anchor))
    run = evolve(run, hours=hours)
    begins = run.anchor, run.stands
    due, other = (
        deadlines_of(duty, run.step, run.scope, begins, line, extreme)
        for extreme in extremes(line, duty.steps[run.step].guard, run.anchor, hours)
    )
    assert isinstance(duty.duty, p.Do)
    due = with_overrun(duty.duty.act, run, acts, due, strict=True)
    other = with_overrun(duty.duty.act, run, acts, other, strict=False)
    return concluded(duty, run, scopes, acts, line, due, caseload, other)


def concluded(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    due: deadlines.Due,
    caseload: Caseload,
    other: deadlines.Due | None = None,
) -> Batch:
    """What the deadlines come to: verdicts, and what cannot be told.

    ``other`` is what they would be if times that are not on record were as late as they can be.
    """
    batch, there = _decided(duty, run, scopes, acts, line, due, caseload)
    doubt = doubts(duty, run, scopes, acts, batch, caseload)
    doubt[batch.doubt == NO_LENGTH] = NO_LENGTH
    if scopes.doubt is not None:
        batch = batch.put(may_not_be_there(scopes, batch), assumed=True)
    if other is not None:
        elsewise, also = _decided(duty, run, scopes, acts, line, other, caseload)
        moved = np.where(there, batch.verdict, -1) != np.where(also, elsewise.verdict, -1)
        doubt[moved & (doubt == NO_DOUBT)] = TIME_OF_DAY
        there |= moved
    unsure = doubt != NO_DOUBT
    if unsure.any():
        batch = batch.put(unsure, verdict=CANNOT_TELL, days=0, doubt=doubt[unsure])
    return batch.take(there)


def _decided(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    due: deadlines.Due,
    caseload: Caseload,
) -> tuple[Batch, Flags]:
    """Verdicts as if all were known, and which obligations there are."""
    step = duty.steps[run.step]
    assumed = run.assumed | due.spared | ((line.mask[due.segment] & step.guard.guessed) != 0)
    due.day[_never_stood(line, run, due.first, caseload.as_at)] = FAR
    overrun = due.overrun
    if due.ends is not None:
        late = np.zeros(len(run.scope), bool) if overrun is None else overrun
        overrun = late | _over_today(run, due, caseload)
    verdict, days = verdicts(due.day, run.fulfilled, run.end, caseload.as_at, overrun)
    code = line.code[due.segment]
    batch = batch_of(duty, run, scopes, acts, verdict, days, code, due.day, assumed)
    if assumed.any():
        batch = evolve(batch, mover=_movers(step.guard, line, due.first, code, assumed))
    if due.ends is not None:
        batch = evolve(batch, deadline_minute=clock_at(due.ends)[1])
    if due.ends is not None or run.hours is not None or acts.times is not None:
        batch = _with_times(batch, duty, run, acts)
    none = np.flatnonzero(due.day >= UNLIMITED)
    if not len(none):
        return batch, np.ones(len(batch), bool)
    return _without_deadline(batch, run, line, due.first, none, caseload.as_at)


def _over_today(run: Run, due: deadlines.Due, caseload: Caseload) -> Flags:
    """What is not done and fell due on the as-at day, before its end."""
    assert due.ends is not None
    still_open = (run.fulfilled == FAR) & (run.end > caseload.as_at)
    over: Flags = still_open & (due.day == caseload.as_at) & (due.ends < moments(due.day, DAY))
    return over


def _with_times(batch: Batch, duty: DutyPlan, run: Run, acts: Acts) -> Batch:
    assert isinstance(duty.duty, p.Do)
    batch = evolve(batch, fulfilled_minute=act_minutes(duty.duty.act, acts.table, run.act))
    return batch if run.hours is None else evolve(batch, anchor_minute=run.hours.minute)


def came_after(run: Run, minute: Minutes) -> Flags:
    """What was done on the anchor's own day, and surely after it."""
    if run.hours is None:
        return np.zeros(len(run.scope), bool)
    anchor = run.hours.minute
    later: Flags = (run.fulfilled == run.anchor) & (anchor != UNTIMED) & (minute > anchor)
    return later


def by_the_clock(
    duty: DutyPlan, run: Run, acts: Acts, due: deadlines.Due, clock: time
) -> deadlines.Due:
    """Deadlines by a time of their day, and what was done after it."""
    assert isinstance(duty.duty, p.Do)
    due = evolve(due, ends=moments(due.day, minute_of(clock)))
    return with_overrun(duty.duty.act, run, acts, due, strict=False)


def with_overrun(
    act: p.Act, run: Run, acts: Acts, due: deadlines.Due, *, strict: bool
) -> deadlines.Due:
    """The deadlines, and what was done on their day after their hour."""
    late = overran(act, acts, run.scope, run.fulfilled, run.act, due, strict=strict)
    return evolve(due, overrun=late)


def overran(
    act: p.Act,
    acts: Acts,
    scope: Days,
    day: Days,
    row: Days,
    due: deadlines.Due,
    *,
    strict: bool,
) -> Flags:
    """Which acts of the due day came after its hour: those without a time, if ``strict``."""
    assert due.ends is not None
    done = act_minutes(act, acts.table, row)
    untimed = done == UNTIMED
    if not strict and acts.times is not None and act.milestone is None and act.edge != "end":
        untimed |= acts.times.some_untimed(acts.in_scope(scope, day))
    done = np.where(untimed, DAY if strict else 0, done)
    late: Flags = (day == due.day) & (moments(day, done) > due.ends)
    return late


def _without_deadline(
    batch: Batch,
    run: Run,
    line: Segments,
    first: npt.NDArray[np.intp],
    none: npt.NDArray[np.intp],
    as_at: int,
) -> tuple[Batch, Flags]:
    """What becomes of obligations without a deadline, and which of all there are."""
    final = _last_segment(line, run, none, as_at) + 1
    lived = run.stands[none] <= as_at
    exempt = lived & (line.exempt_before[final] > line.exempt_before[first[none]])
    judged = lived & (line.judged_before[final] > line.judged_before[first[none]])
    elapsed = np.where(run.fulfilled[none] < FAR, run.fulfilled[none], as_at) - run.anchor[none]
    stood = line.stood_before[final] > line.stood_before[first[none]]
    guard = batch.duty.steps[batch.step].guard
    without_length = stood & _no_length(guard, line, first[none])
    there = np.ones(len(batch), bool)
    there[none] = exempt | judged | without_length
    batch = batch.put(
        none,
        verdict=np.where(judged, NEEDS_JUDGEMENT, IS_EXEMPT),
        days=np.where(judged, elapsed, 0),
        deadline=MISSING,
        assumed=run.assumed[none],
        doubt=np.where(without_length, NO_LENGTH, NO_DOUBT),
    )
    return batch, there


def _no_length(guard: Guard, line: Segments, first: npt.NDArray[np.intp]) -> Flags:
    """Whether the length of time that should be on record is blank where each may first stand."""
    blank: Flags = (line.mask[line.first_standing(first)] & guard.without_length) != 0
    return blank


def deadlines_of(
    duty: DutyPlan,
    number: int,
    scope: Days,
    begins: tuple[Days, Days],
    line: Segments,
    clocks: Clocks | None = None,
) -> deadlines.Due:
    """The earliest deadlines; spared are those where another completion gives another.

    ``begins`` are the days on which clocks begin, and on which each may first fall due; ``clocks``
    the same by the hour.
    """
    assert isinstance(duty.duty, p.Do)
    step, strict = duty.steps[number], duty.duty.reading == "strict"
    place, stands = begins
    first = line.at(scope, stands)
    if clocks is not None:
        line, place = clocks.line, clocks.place

    repeats = isinstance(step.timing, p.Every)
    find = deadlines.repeating if repeats else deadlines.once
    due = find(line, line.soonest, place, stands, first, strict=strict)
    if clocks is not None:
        limit = clocks.soonest[clocks.which[due.segment], place]
        due = evolve(due, ends=clocks.ends(due, limit))
    if not line.open.any():
        return due
    some = np.flatnonzero(np.isin(scope, scope_of(line.key[line.open])))
    rest = place[some], stands[some], first[some]
    if repeats:
        latest = deadlines.repeating(line, line.latest, *rest, strict=strict)
        due.spared[some] = latest.day != due.day[some]
        return due
    found, outcome = deadlines.once_of_any(line, *rest, strict=strict)
    due.day[some], due.segment[some], due.spared[some] = found.day, found.segment, found.spared
    if clocks is not None and due.ends is not None:
        due.ends[some] = clocks.ends(found, clocks.limits[outcome, rest[0]])
    return due


def _movers(
    guard: Guard,
    line: Segments,
    first: npt.NDArray[np.intp],
    code: npt.NDArray[np.int32],
    assumed: Flags,
) -> npt.NDArray[np.int8]:
    """For what is assumed a leaf that would move it: of the deciding day, else of the next open."""
    mover = np.full(len(code), -1, np.int8)
    some = np.flatnonzero(assumed)
    mover[some] = guard.mover[code[some]]
    some = some[mover[some] < 0]
    following = line.next_open[first[some]]
    there = following < len(line.key)
    following = np.where(there, following, 0)
    there &= scope_of(line.key[following]) == scope_of(line.key[first[some]])
    mover[some[there]] = guard.mover[line.code[following[there]]]
    return mover


def _last_segment(
    line: Segments, run: Run, some: npt.NDArray[np.intp], as_at: int
) -> npt.NDArray[np.intp]:
    """The segment of the last day of each obligation's life."""
    last = np.minimum(np.minimum(run.fulfilled[some], run.end[some] - 1), as_at)
    return line.at(run.scope[some], np.maximum(last, run.stands[some]))


def _never_stood(
    line: Segments, run: Run, first: npt.NDArray[np.intp], as_at: int
) -> npt.NDArray[np.intp]:
    """Obligations that were settled before their duty stood on any day: they did not apply."""
    settled = (run.fulfilled < FAR) | (run.end <= as_at)
    some = np.flatnonzero(~line.stands[first] & settled)
    final = _last_segment(line, run, some, as_at)
    never: npt.NDArray[np.intp] = some[
        line.stood_before[final + 1] == line.stood_before[first[some]]
    ]
    return never


def batch_of(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    verdict: npt.NDArray[np.int8],
    days: Days,
    code: npt.NDArray[np.int32],
    deadline: Days,
    assumed: Flags,
) -> Batch:
    return Batch.of(
        duty,
        scopes.domain,
        run.scope,
        Tables(acts.table, run.anchor_table, scopes.table),
        step=run.step,
        anchor=run.anchor,
        anchor_from=run.anchor_from,
        anchor_row=run.anchor_row,
        deadline=deadline,
        fulfilled=np.where(run.fulfilled < FAR, run.fulfilled, MISSING),
        act=run.act,
        end=run.end,
        verdict=verdict,
        days=days,
        assumed=assumed,
        code=code,
    )


def _unnumbered(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    caseload: Caseload,
) -> Batch:
    """A duty without a number: never a pass, never overdue (T-22)."""
    first = line.at(run.scope, run.stands)
    done = run.fulfilled < FAR
    elapsed = np.where(done, run.fulfilled, caseload.as_at) - run.anchor
    exempt = line.mask[first] == 1 << EXEMPT
    verdict = np.where(exempt, IS_EXEMPT, NEEDS_JUDGEMENT).astype(np.int8)
    days = np.where(exempt, 0, elapsed).astype(np.int32)
    nowhere = np.array(MISSING)
    batch = batch_of(duty, run, scopes, acts, verdict, days, line.code[first], nowhere, run.assumed)
    if scopes.doubt is not None:
        batch = batch.put(may_not_be_there(scopes, batch), assumed=True)
    return batch.take(line.stands[first] | exempt)


def after_missed(
    duty: DutyPlan, missed: Sequence[Batch], scopes: Scopes, acts: Acts, caseload: Caseload
) -> Iterator[Batch]:
    """``failing which within D``: what was missed is owed anew, counted from its deadline."""
    timing = duty.steps[0].timing
    assert isinstance(timing, p.Within)
    assert isinstance(timing.anchor, p.Missed)
    for base in missed:
        if base.step != timing.anchor.step or isinstance(base.duty.duty, p.Have):
            continue
        found = np.isin(base.verdict, (OVERDUE, NOT_MET, MET_LATE))
        found |= (
            (base.verdict == CANNOT_TELL)
            & (base.deadline != MISSING)
            & (base.deadline < caseload.as_at)
        )
        if found.any():
            yield _owed_anew(duty, base.take(found), scopes, acts, caseload)


def _owed_anew(
    duty: DutyPlan, base: Batch, scopes: Scopes, acts: Acts, caseload: Caseload
) -> Batch:
    count = len(base)
    if own_row := of_own_row(base.duty):
        acts = evolve(acts, undecided=acts.undecided[:0])
    last_day = base.end if own_row else np.minimum(base.end, scopes.last_act[base.scope])
    run = Run(
        step=0,
        scope=base.scope,
        anchor=base.deadline,
        anchor_from=np.full(count, FROM_ANCHOR, np.int8),
        anchor_row=np.full(count, -1, np.int32),
        stands=base.deadline,
        end=base.end,
        earliest=base.deadline,
        last_day=last_day,
        fulfilled=np.where(base.fulfilled == MISSING, FAR, base.fulfilled).astype(np.int32),
        act=base.act,
        begun=base.deadline,
        reach=np.full(count, FAR, np.int32),
        assumed=base.assumed.copy(),
        doubtful=np.zeros(count, bool),
        anchor_table=None,
        hours=hours_at(np.where(base.deadline_minute == UNTIMED, DAY, base.deadline_minute)),
    )
    own = evolve(scopes, domain=base.domain, doubt=None)
    batch = judged(duty, run, own, acts, segments_of(duty.steps[0], own, caseload), caseload)
    unsure = np.isin(
        keys(batch.scope, batch.anchor),
        keys(base.scope, base.deadline)[base.verdict == CANNOT_TELL],
    )
    unsure &= batch.verdict != IS_EXEMPT
    return batch.put(unsure, verdict=CANNOT_TELL, days=0, doubt=UNDECIDED_ACT)
