"""What cannot be told: verdicts that something unseen, blank or undecided could overturn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from duly.dsl import policy as p
from duly.engine.batch import (
    AFTER_EXTRACT,
    CANNOT_TELL,
    DUE,
    IS_EXEMPT,
    LAPSED,
    MET_LATE,
    NEEDS_JUDGEMENT,
    NO_COLUMN,
    NOT_COVERED,
    NOT_HELD,
    NOT_MET,
    OVERDUE,
    UNDECIDED_ACT,
    UNDECIDED_ANCHOR,
    Batch,
)
from duly.engine.caseload import Caseload
from duly.engine.conditions import TRUE_BIT
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNTIMED
from duly.engine.keys import Flags, keys, place_of, timed_keys
from duly.engine.obligations import VERDICTS
from duly.engine.plan import DutyPlan
from duly.engine.runs import Between, Run
from duly.engine.scopes import Acts, Scopes, after

_MISSED = np.isin(np.arange(len(VERDICTS)), (OVERDUE, NOT_MET, MET_LATE))
_FINDING = ~np.isin(np.arange(len(VERDICTS)), (IS_EXEMPT, NEEDS_JUDGEMENT))
_OPEN_OR_LAPSED = np.isin(np.arange(len(VERDICTS)), (OVERDUE, NOT_MET, LAPSED))


def doubts(
    duty: DutyPlan,
    run: Run,
    scopes: Scopes,
    acts: Acts,
    batch: Batch,
    caseload: Caseload,
) -> npt.NDArray[np.int8]:
    """Why each verdict cannot be told, 0 where it can."""
    doubt = np.zeros(len(batch), np.int8)
    table = acts.table
    # unseen acts can only move a sequence on, and what repeats is not counted
    timing = duty.steps[run.step].timing
    stepped = run.step > 0 and not isinstance(timing, p.Every | p.WithoutNumber)
    missed = _MISSED[batch.verdict]
    open_ = missed | (batch.verdict == DUE) if stepped else missed
    if run.doubtful.any():
        doubt[run.doubtful & missed] = UNDECIDED_ANCHOR
    if scopes.doubt is not None:
        doubt[may_not_be_there(scopes, batch) & missed] = UNDECIDED_ANCHOR
    assert isinstance(duty.duty, p.Do)
    if len(acts.undecided):
        moved = open_ if stepped else np.zeros(len(batch), bool)
        doubt[_undecided(run, scopes, acts, batch, missed, moved)] = UNDECIDED_ACT
    if (table.covered_from > 0).any():
        early = run.reach < table.covered_from[batch.subject]
        doubt[early & open_] = NOT_COVERED
    if table.covered_to < caseload.as_at:
        fell_due = (batch.deadline > table.covered_to) & (batch.deadline < caseload.as_at)
        unseen = _OPEN_OR_LAPSED[batch.verdict] & fell_due
        doubt[unseen] = AFTER_EXTRACT
    milestone = duty.duty.act.milestone
    if milestone and not table.columns[milestone].supplied:
        doubt[_FINDING[batch.verdict]] = NO_COLUMN
    if table.coverage == "absent":
        doubt[_FINDING[batch.verdict]] = NOT_HELD
    return doubt


def where_scopes_are_sure(batch: Batch, scopes: Scopes) -> Batch:
    """The batch, with what is not known where the scope itself may not be there."""
    if scopes.doubt is None:
        return batch
    unsure = may_not_be_there(scopes, batch)
    missed = unsure & _MISSED[batch.verdict]
    unsaid = batch.put(missed, verdict=CANNOT_TELL, doubt=UNDECIDED_ANCHOR, days=0)
    return unsaid.put(unsure, assumed=True)


def may_not_be_there(scopes: Scopes, batch: Batch) -> Flags:
    """Whether a ``while`` condition is unknown on the anchor's day."""
    if scopes.doubt is None:
        return np.zeros(len(batch), bool)
    needles = keys(batch.subject, batch.anchor)
    at = place_of(scopes.doubt.key, needles, side="right") - 1
    doubted: Flags = scopes.doubt.code[at] != TRUE_BIT
    return doubted


def _undecided(
    run: Run, scopes: Scopes, acts: Acts, batch: Batch, missed: Flags, moved: Flags
) -> Flags:
    """Whether an act that may not fit would make a difference to the verdict.

    ``moved`` marks obligations that it would put into a later step.
    """
    marked = np.zeros(len(batch), bool)
    some = np.flatnonzero(missed | moved)
    scope = run.scope[some]
    done = batch.fulfilled[some] != MISSING
    last = np.where(done, batch.deadline[some], FAR)  # what was done late came after it
    last = np.minimum(last, run.last_day[some])
    first_key, last_key = acts.in_scope(scope, run.earliest[some]), acts.in_scope(scope, last)
    if acts.times is None or run.from_minute is None:
        lo = place_of(acts.undecided, first_key, side="left")
        hi = place_of(acts.undecided, last_key, side="right")
        if run.between is not None and acts.times is not None:
            hi = hi + _by_the_hour(run.between[some], run.anchor[some], scope, last, acts)
    else:
        own_day = run.earliest[some] == run.anchor[some]
        from_minute = np.where(own_day, run.from_minute[some], 0)
        timed, day_end = acts.times.undecided, np.full(len(some), UNTIMED)
        lo = place_of(timed, timed_keys(first_key, from_minute), side="left")
        hi = place_of(timed, timed_keys(last_key, day_end), side="right")
    marked[some] = (hi > lo) & missed[some]
    if moved.any():
        begun = place_of(acts.undecided, acts.in_scope(scope, run.begun[some]), side="left")
        before = np.max([run.earliest - 1, run.anchor, run.begun], axis=0)[some]
        until = place_of(acts.undecided, acts.in_scope(scope, before), side="right")
        marked[some] |= (until > begun) & moved[some]
    return marked


def _by_the_hour(
    between: Between, anchor: Days, scope: Days, last: Days, acts: Acts
) -> npt.NDArray[np.intp]:
    """How many acts that may not fit the hours add, on the anchors' own days, or take away."""
    assert acts.times is not None
    before = np.maximum(between.previous, 0)
    own, previous = acts.in_scope(scope, anchor), acts.in_scope(scope, before)
    too_late, later = (
        np.subtract(*(np.searchsorted(acts.times.undecided, each) for each in reversed(some)))
        for some in (after(own, between.minute), after(previous, between.previous_minute))
    )
    too_late[(between.minute == UNTIMED) | (last < anchor)] = 0
    later[(between.previous_minute == UNTIMED) | (last < before)] = 0
    more: npt.NDArray[np.intp] = later - too_late
    return more
