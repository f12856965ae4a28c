"""A plan and facts into judged obligations, duty by duty, without a loop over children.

Each step of a duty is worked out for all scopes at once: anchors and the acts that fulfil them,
then deadlines over the guard's timeline, then one function decides every verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
import numpy.typing as npt

from duly.dsl import policy as p
from duly.engine import deadlines
from duly.engine.batch import (
    BLANK_BIRTH,
    BLANK_START,
    CANNOT_TELL,
    DUE,
    IS_EXEMPT,
    LAPSED,
    MET,
    MET_LATE,
    NEEDS_JUDGEMENT,
    NO_ANCHOR,
    NO_DOUBT,
    NOT_MET,
    OVERDUE,
    QUARANTINED,
    UNDECIDED_ACT,
    Batch,
    first_rows,
)
from duly.engine.caseload import Caseload
from duly.engine.conditions import codes_on, steps_of
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, day_of
from duly.engine.deadlines import Segments, segments
from duly.engine.doubts import doubts
from duly.engine.facts import Facts, Table, cut
from duly.engine.keys import Flags, keys, scope_of
from duly.engine.lower import ABSENT, FAILED, HELD, JUDGED_EXEMPT
from duly.engine.plan import EXEMPT, PAUSED, DutyPlan, Guard, Plan, StepPlan
from duly.engine.runs import FROM_ANCHOR, FROM_START, Run, milestones, sequence, unanchored
from duly.engine.scopes import (
    Acts,
    Scopes,
    acts_of,
    occasions,
    scopes_of,
)
from duly.engine.timeline import Domain, on_days, timeline


def evaluate(
    plan: Plan, facts: Facts, as_at: date, known_at: date | None = None
) -> Iterator[Batch]:
    """Judge every duty of the plan as at the end of a day, by what was known on another.

    Yields one batch for each step of each duty, in the order of the plan.
    """
    caseload = Caseload(cut(facts, as_at, known_at), day_of(as_at))
    for duty in plan.duties:
        yield from judge(duty, caseload)


def judge(duty: DutyPlan, caseload: Caseload) -> Iterator[Batch]:
    """The batches of one duty; ``caseload`` is already cut to the as-at day."""
    if isinstance(duty.duty, p.Have):
        yield _states(duty, caseload)
        return
    scopes = scopes_of(duty.scope, caseload)
    acts = acts_of(duty.duty.act, scopes, caseload)
    without, gone = unanchored(duty, scopes, caseload)
    if duty.duty.act.milestone is not None:
        runs = milestones(duty, scopes, acts, caseload)
    else:
        runs = sequence(duty, scopes, acts, without & ~gone, caseload)
    lines: dict[int, Segments] = {}
    for run in runs:
        if not len(run.scope):
            continue
        if run.step not in lines:
            lines[run.step] = segments_of(duty.steps[run.step], scopes, caseload)
        yield _judged(duty, run, scopes, acts, lines[run.step], caseload)
    if len(scopes.blank):
        nowhere = np.full(len(scopes.blank), MISSING, np.int32)
        blank = on_days(scopes.blank_subject, nowhere, None, scopes.blank)
        yield _untold(
            duty, scopes, acts, blank, BLANK_START if scopes.table is not None else BLANK_BIRTH
        )
    if scopes.table is not None and scopes.table.unread:
        subject = np.array(sorted(scopes.table.unread), np.int32)
        nowhere = np.full(len(subject), MISSING, np.int32)
        yield _untold(duty, scopes, acts, on_days(subject, nowhere, None, nowhere), QUARANTINED)
    some = np.flatnonzero(gone)
    if len(some):
        domain = scopes.domain
        rows = first_rows(domain)[some]
        placed = on_days(domain.subject[some], domain.start[some], domain.period, rows)
        yield _untold(duty, scopes, acts, placed, NO_ANCHOR)


def segments_of(step: StepPlan, scopes: Scopes, caseload: Caseload) -> Segments:
    """The timeline of a step's guard over its scopes."""
    leaves = [steps_of(leaf, scopes.domain, caseload) for leaf in step.guard.leaves]
    return segments(timeline(scopes.domain, leaves), step.guard, caseload.as_at)


# -------------------------------------------------------------------- deadlines, verdicts


def verdicts(
    deadline: Days, fulfilled: Days, end: Days, as_at: int
) -> tuple[npt.NDArray[np.int8], Days]:
    """The verdict of each obligation as at the end of a day, and its days (late, over, or left).

    One function decides this, the due day included, for every output.
    """
    done = fulfilled < FAR
    over = end <= as_at
    until = np.where(done, fulfilled, np.where(over, end, as_at))
    behind = until - deadline
    missed = np.where(done, MET_LATE, np.where(over, NOT_MET, OVERDUE))
    kept = np.where(done, MET, np.where(over, LAPSED, DUE))
    late = behind > 0
    verdict = np.where(late, missed, kept).astype(np.int8)
    counted = late | (verdict == DUE)
    return verdict, np.where(counted, np.abs(behind), 0).astype(np.int32)


def _judged(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    caseload: Caseload,
) -> Batch:
    step = duty.steps[run.step]
    first = _segments_at(line, run)
    if isinstance(step.timing, p.WithoutNumber):
        return _unnumbered(duty, run, scopes, acts, line, first, caseload)
    due, assumed = _deadlines(step.timing, run, line, first)
    due.day[_never_stood(line, run, first, caseload.as_at)] = FAR
    verdict, days = verdicts(due.day, run.fulfilled, run.end, caseload.as_at)
    batch = _batch(duty, run, scopes, acts, verdict, days, line.code[due.segment], due.day, assumed)
    batch.mover[:] = _movers(step.guard, line, first, batch.code, assumed)
    keep = np.ones(len(batch), bool)
    none = np.flatnonzero(due.day == FAR)
    if len(none):
        exempt = _ever_exempt(line, run, first, none, caseload.as_at)
        keep[none] = exempt
        batch.verdict[none] = IS_EXEMPT
        batch.days[none] = 0
        batch.deadline[none] = MISSING
        batch.assumed[none] = run.assumed[none]
    doubt = doubts(duty, run, scopes, acts, batch, caseload)
    unsure = doubt != NO_DOUBT
    if unsure.any():
        batch.verdict[unsure] = CANNOT_TELL
        batch.days[unsure] = 0
        batch.doubt[:] = doubt
    return batch if keep.all() else batch.take(keep)


def _segments_at(line: Segments, run: Run) -> npt.NDArray[np.intp]:
    """The segment in which each obligation may first fall due."""
    needles = keys(run.scope, run.stands)
    if len(needles) < 2 or (needles[1:] >= needles[:-1]).all():
        return line.at(run.scope, run.stands)
    return line.at_any(run.scope, run.stands)


def _deadlines(
    timing: p.Within | p.Every, run: Run, line: Segments, first: npt.NDArray[np.intp]
) -> tuple[deadlines.Due, Flags]:
    """The earliest deadlines, and whether another completion of what is unknown gives another."""

    def find(tables: Days, longest: Days, some: slice | npt.NDArray[np.intp]) -> deadlines.Due:
        anchor, stands, segment = run.anchor[some], run.stands[some], first[some]
        if isinstance(timing, p.Every):
            return deadlines.repeating(line, tables, anchor, stands, segment)
        return deadlines.once(line, tables, longest, anchor, stands, segment)

    due = find(line.soonest, line.longest, slice(None))
    assumed = run.assumed | due.spared
    if line.open.any():
        some = np.flatnonzero(np.isin(run.scope, scope_of(line.key[line.open])))
        assumed[some] |= find(line.latest, line.latest, some).day != due.day[some]
    return due, assumed


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
    return line.at_any(run.scope[some], np.maximum(last, run.stands[some]))


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


def _ever_exempt(
    line: Segments,
    run: Run,
    first: npt.NDArray[np.intp],
    some: npt.NDArray[np.intp],
    as_at: int,
) -> Flags:
    """Whether there was a day of surely no duty between the anchor and the obligation's end."""
    final = _last_segment(line, run, some, as_at)
    exempt: Flags = line.exempt_before[final + 1] > line.exempt_before[first[some]]
    return exempt


def _batch(
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
    return Batch(
        duty=duty,
        step=run.step,
        domain=scopes.domain,
        scope=run.scope,
        anchor=run.anchor,
        anchor_from=run.anchor_from,
        anchor_row=run.anchor_row,
        deadline=deadline,
        fulfilled=np.where(run.fulfilled < FAR, run.fulfilled, MISSING).astype(np.int32),
        act=run.act,
        end=run.end,
        verdict=verdict,
        days=days,
        assumed=assumed,
        mover=np.full(len(run.scope), -1, np.int8),
        doubt=np.zeros(len(run.scope), np.int8),
        code=code,
        anchor_table=run.anchor_table,
        act_table=acts.table,
        scope_table=scopes.table,
    )


def _unnumbered(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    line: Segments,
    first: npt.NDArray[np.intp],
    caseload: Caseload,
) -> Batch:
    """A duty without a number: never a pass, never overdue (T-22)."""
    done = run.fulfilled < FAR
    elapsed = np.where(done, run.fulfilled, caseload.as_at) - run.anchor
    exempt = line.mask[first] == 1 << EXEMPT
    verdict = np.where(exempt, IS_EXEMPT, NEEDS_JUDGEMENT).astype(np.int8)
    days = np.where(exempt, 0, elapsed).astype(np.int32)
    nowhere = np.full(len(run.scope), MISSING, np.int32)
    batch = _batch(
        duty, run, scopes, acts, verdict, days, line.code[first], nowhere, run.assumed.copy()
    )
    return batch.take(line.mask[first] != 1 << PAUSED)


def _untold(duty: DutyPlan, scopes: Scopes, acts: Acts, domain: Domain, doubt: int) -> Batch:
    """One ``cannot tell`` without a deadline for each scope whose clock cannot be placed."""
    count = len(domain)
    nothing = np.full(count, MISSING, np.int32)
    return Batch(
        duty=duty,
        step=0,
        domain=domain,
        scope=np.arange(count, dtype=np.int32),
        anchor=nothing,
        anchor_from=np.full(count, FROM_START, np.int8),
        anchor_row=nothing,
        deadline=nothing,
        fulfilled=nothing,
        act=nothing,
        end=np.full(count, FAR, np.int32),
        verdict=np.full(count, CANNOT_TELL, np.int8),
        days=np.zeros(count, np.int32),
        assumed=np.zeros(count, bool),
        mover=np.full(count, -1, np.int8),
        doubt=np.full(count, doubt, np.int8),
        code=np.zeros(count, np.int32),
        anchor_table=None,
        act_table=acts.table,
        scope_table=scopes.table,
    )


# ------------------------------------------------------------------------- states


def _states(duty: DutyPlan, caseload: Caseload) -> Batch:
    """``for each X must have C``: what held on each X's own day."""
    assert isinstance(duty.scope, p.ForEach)
    assert duty.guard is not None
    domain, table = occasions(duty.scope, caseload)
    row = domain.member_row
    code = codes_on(duty.guard.leaves, domain, caseload)
    mask = duty.guard.table[code]
    blank = _occasion_days(duty.scope.occasion, table)[row] == MISSING
    mask[blank] = (1 << len(duty.guard.outcomes)) - 1
    held = mask & ~(1 << ABSENT) == 1 << HELD
    excepted = mask & ~(1 << ABSENT | 1 << HELD) == 1 << JUDGED_EXEMPT
    failed = mask == 1 << FAILED
    verdict = np.select([held, excepted, failed], [MET, IS_EXEMPT, NOT_MET], CANNOT_TELL)
    count = len(mask)
    day = np.where(blank, MISSING, domain.start).astype(np.int32)
    batch = Batch(
        duty=duty,
        step=0,
        domain=domain,
        scope=np.arange(count, dtype=np.int32),
        anchor=day,
        anchor_from=np.full(count, FROM_ANCHOR, np.int8),
        anchor_row=row,
        deadline=np.where(excepted, MISSING, day).astype(np.int32),
        fulfilled=np.where(held, day, MISSING).astype(np.int32),
        act=np.where(held, row, -1).astype(np.int32),
        end=domain.end,
        verdict=verdict.astype(np.int8),
        days=np.zeros(count, np.int32),
        assumed=np.zeros(count, bool),
        mover=np.full(count, -1, np.int8),
        doubt=np.where(
            verdict == CANNOT_TELL, np.where(blank, BLANK_START, UNDECIDED_ACT), NO_DOUBT
        ).astype(np.int8),
        code=code,
        anchor_table=table,
        act_table=table,
        scope_table=table,
    )
    return batch.take(mask != 1 << ABSENT)


def _occasion_days(occasion: p.EventDay | p.PeriodEdge, table: Table) -> Days:
    return (
        table.end if isinstance(occasion, p.PeriodEdge) and occasion.edge == "end" else table.start
    )
