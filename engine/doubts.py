"""What cannot be told: verdicts that something unseen, blank or undecided could overturn."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from duly.dsl import policy as p
from duly.engine.batch import (
    AFTER_EXTRACT,
    DUE,
    IS_EXEMPT,
    LAPSED,
    MET_LATE,
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
from duly.engine.days import FAR, MISSING
from duly.engine.keys import Flags, keys
from duly.engine.obligations import VERDICTS
from duly.engine.plan import DutyPlan
from duly.engine.runs import FROM_ACT, Run
from duly.engine.scopes import Acts, Scopes

_MISSED = np.isin(np.arange(len(VERDICTS)), (OVERDUE, NOT_MET, MET_LATE))
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
    stepped = run.step > 0 and isinstance(duty.steps[run.step].timing, p.Within)
    missed = _MISSED[batch.verdict]
    open_ = missed | (batch.verdict == DUE) if stepped else missed
    if run.doubtful.any():
        doubt[run.doubtful & missed] = UNDECIDED_ANCHOR
    if scopes.doubt is not None:
        unsure = _may_not_be_there(scopes, batch)
        batch.assumed[unsure] = True
        doubt[unsure & missed] = UNDECIDED_ANCHOR
    assert isinstance(duty.duty, p.Do)
    if len(acts.undecided) and duty.duty.act.milestone is None:
        moved = open_ if stepped else np.zeros(len(batch), bool)
        doubt[_undecided(run, scopes, acts, batch, missed, moved)] = UNDECIDED_ACT
    if (table.covered_from > 0).any():
        covered = table.covered_from[batch.subject]
        early = (run.begun if stepped else batch.anchor) < covered
        doubt[early & open_] = NOT_COVERED
    if table.covered_to < caseload.as_at:
        fell_due = (batch.deadline > table.covered_to) & (batch.deadline < caseload.as_at)
        unseen = _OPEN_OR_LAPSED[batch.verdict] & fell_due
        doubt[unseen] = AFTER_EXTRACT
    milestone = duty.duty.act.milestone
    if milestone and not table.columns[milestone].supplied:
        doubt[batch.verdict != IS_EXEMPT] = NO_COLUMN
    if table.coverage == "absent":
        doubt[batch.verdict != IS_EXEMPT] = NOT_HELD
    return doubt


def _may_not_be_there(scopes: Scopes, batch: Batch) -> Flags:
    """Whether a ``while`` condition is unknown on the anchor's day."""
    assert scopes.doubt is not None
    needles = keys(batch.subject, batch.anchor)
    at = np.searchsorted(scopes.doubt.key, needles, side="right") - 1
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
    step = batch.duty.steps[run.step]
    same_kind = run.anchor_table is not None and run.anchor_table.kind.name == acts.table.kind.name
    later_day = (batch.anchor_from[some] == FROM_ACT) | isinstance(step.timing, p.Every) | same_kind
    after = batch.anchor[some] + later_day
    done = batch.fulfilled[some] != MISSING
    last = np.where(done, np.minimum(batch.fulfilled[some] - 1, batch.deadline[some]), FAR)
    last = np.minimum(last, run.last_day[some])
    lo = np.searchsorted(acts.undecided, acts.in_scope(scope, after), side="left")
    hi = np.searchsorted(acts.undecided, acts.in_scope(scope, last), side="right")
    marked[some] = (hi > lo) & missed[some]
    begun = np.searchsorted(acts.undecided, acts.in_scope(scope, run.begun[some]), side="left")
    until = np.searchsorted(acts.undecided, acts.in_scope(scope, batch.anchor[some]), side="right")
    marked[some] |= (until > begun) & moved[some]
    return marked
