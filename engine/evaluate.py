"""A plan and facts into judged obligations, duty by duty, without a loop over children.

Each step of a duty is worked out for all scopes at once: anchors and the acts that fulfil them,
then deadlines over the guard's timeline, then one function decides every verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date

import numpy as np
from attrs import evolve

from duly.dsl import policy as p
from duly.engine.batch import (
    BLANK_BIRTH,
    BLANK_START,
    CANNOT_TELL,
    NO_ANCHOR,
    QUARANTINED,
    Batch,
    Tables,
)
from duly.engine.caseload import Caseload
from duly.engine.conditions import agreed_values
from duly.engine.days import MISSING, day_of, read_duration
from duly.engine.early import early, own_early
from duly.engine.facts import Facts, cut
from duly.engine.judging import after_missed, judged, segments_of
from duly.engine.keys import Flags
from duly.engine.lower import agreed_in, with_agreed
from duly.engine.plan import DutyPlan, Plan
from duly.engine.prohibitions import forbidden
from duly.engine.runs import Run, ends, milestones, own_day, sequence, unanchored
from duly.engine.scopes import Acts, Scopes, acts_of, scopes_of
from duly.engine.states import on_occasions, throughout, to_come
from duly.engine.timeline import Domain, on_days
from duly.engine.windows import in_windows


def evaluate(
    plan: Plan, facts: Facts, as_at: date, known_at: date | None = None
) -> Iterator[Batch]:
    """Judge every duty of the plan as at the end of a day, by what was known on another.

    Yields batches in the order of the plan.
    """
    known = cut(facts, as_at, known_at)
    caseload = Caseload(known, day_of(as_at), plan.policy, plan.tables)
    for duty in plan.duties:
        yield from judge(duty, caseload)


def judge(duty: DutyPlan, caseload: Caseload) -> Iterator[Batch]:
    """The batches of one duty; ``caseload`` is already cut to the as-at day."""
    duty = with_lengths(duty, caseload)
    if isinstance(duty.scope, p.ForEach):
        yield from map(_anchored, on_occasions(duty, caseload))
        yield from map(_anchored, to_come(duty, caseload))
        return
    scopes = scopes_of(duty.scope, caseload)
    if scopes.of_nobody:
        return
    match duty.duty:
        case p.Have():
            yield from map(_anchored, throughout(duty, scopes, caseload))
        case p.Forbid():
            yield from map(_anchored, forbidden(duty, scopes, caseload))
        case p.Do() if duty.after is not None:
            acts = acts_of(duty.duty.act, scopes, caseload)
            missed = list(judge(duty.after, caseload))
            yield from map(_anchored, after_missed(duty, missed, scopes, acts, caseload))
            return
        case p.Do() if isinstance(duty.steps[0].timing, p.Times):
            yield _anchored(in_windows(duty, scopes, caseload))
        case p.Do():
            yield from _in_time(duty, duty.duty, scopes, caseload)
    if len(scopes.blank):
        nowhere = np.full(len(scopes.blank), MISSING, np.int32)
        blank = on_days(scopes.blank_subject, nowhere, None, scopes.blank)
        doubt = BLANK_START if scopes.table is not None else BLANK_BIRTH
        yield _untold(duty, scopes, caseload, blank, doubt)
    if scopes.table is not None and scopes.table.unread:
        subject = np.array(sorted(scopes.table.unread), np.int32)
        nowhere = np.full(len(subject), MISSING, np.int32)
        unread = on_days(subject, nowhere, None, nowhere)
        yield _untold(duty, scopes, caseload, unread, QUARANTINED)


def _anchored(batch: Batch) -> Batch:
    """What is owed, without what begins when the rule may raise no more."""
    return batch if batch.duty.goes_on else batch.take(batch.duty.may_begin(batch.anchor))


def _in_time(duty: DutyPlan, do: p.Do, scopes: Scopes, caseload: Caseload) -> Iterator[Batch]:
    """Things to do in time, and the scopes of which no first anchor is known."""
    acts = acts_of(do.act, scopes, caseload)
    without, gone = unanchored(duty, scopes, caseload)
    if isinstance(duty.steps[0].timing, p.By | p.Before):
        own = own_day(duty)
        if own is not None:
            batches = own_early(duty, own, scopes, acts, caseload)
        else:
            batches = early(duty, scopes, acts, caseload)
        yield from map(_anchored, batches)
    else:
        yield from _in_turn(duty, scopes, acts, without & ~gone, caseload)
    some = np.flatnonzero(gone)
    if len(some):
        domain = scopes.domain
        rows = domain.first_row[some]
        placed = on_days(domain.subject[some], domain.start[some], domain.period, rows)
        yield _untold(duty, scopes, caseload, placed, NO_ANCHOR)


def _in_turn(
    duty: DutyPlan, scopes: Scopes, acts: Acts, without: Flags, caseload: Caseload
) -> Iterator[Batch]:
    """Each step's obligations; those begun when the rule no longer holds are left out."""
    assert isinstance(duty.duty, p.Do)
    runs: Iterable[Run]
    own = own_day(duty)
    if own is not None:
        scopes, run = milestones(duty, own, scopes, acts, caseload)
        acts, runs = evolve(acts, undecided=acts.undecided[:0]), [run]
    elif duty.duty.act.edge == "end":
        scopes, run = ends(duty, scopes, acts, caseload)
        acts, runs = evolve(acts, undecided=acts.undecided[:0]), [run]
    else:
        runs = sequence(duty, scopes, acts, without, caseload)
    for run in runs:
        if not duty.goes_on:
            run = run.take(duty.may_begin(run.anchor))
        if len(run.scope):
            last = max(caseload.as_at, int(run.anchor.max()))
            line = segments_of(duty.steps[run.step], scopes, caseload, last)
            yield judged(duty, run, scopes, acts, line, caseload)


def with_lengths(duty: DutyPlan, caseload: Caseload) -> DutyPlan:
    """The duty with the lengths of time that the records state."""
    wanted = agreed_in(duty)
    if not wanted:
        return duty
    stated = {each: [read_duration(v) for v in agreed_values(each, caseload)] for each in wanted}
    return with_agreed(duty, caseload.policy, stated)


def _untold(
    duty: DutyPlan, scopes: Scopes, caseload: Caseload, domain: Domain, doubt: int
) -> Batch:
    """One ``cannot tell`` without a deadline for each scope whose clock cannot be placed."""
    acts = None if isinstance(duty.duty, p.Have) else caseload.table(duty.duty.act.event)
    return Batch.of(
        duty,
        domain,
        domain.every,
        Tables(acts, None, scopes.table),
        verdict=np.array(CANNOT_TELL),
        doubt=np.array(doubt),
    )
