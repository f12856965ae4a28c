"""A plan and facts into judged obligations, duty by duty, without a loop over children.

Each step of a duty is worked out for all scopes at once: anchors and the acts that fulfil them,
then deadlines over the guard's timeline, then one function decides every verdict.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Literal

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine import deadlines
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNKNOWN, day_of
from duly.engine.deadlines import Segments, segments
from duly.engine.facts import Facts, Table, cut
from duly.engine.lower import ABSENT, FAILED, HELD, JUDGED_EXEMPT
from duly.engine.obligations import VERDICTS
from duly.engine.plan import EXEMPT, PAUSED, DutyPlan, Plan, StepPlan
from duly.engine.scopes import (
    Acts,
    Anchors,
    Scopes,
    acts_of,
    anchors_of,
    inside,
    occasions,
    scopes_of,
    tests,
)
from duly.engine.timeline import (
    TRUE_BIT,
    Caseload,
    Domain,
    Flags,
    codes_on,
    keys,
    on_days,
    pairs,
    spans,
    steps_of,
    timeline,
)

(
    MET,
    MET_LATE,
    OVERDUE,
    NOT_MET,
    DUE,
    LAPSED,
    IS_EXEMPT,
    CANNOT_TELL,
    NEEDS_JUDGEMENT,
) = range(len(VERDICTS))

(
    NO_DOUBT,
    NOT_HELD,
    NOT_COVERED,
    AFTER_EXTRACT,
    UNDECIDED_ACT,
    UNDECIDED_ANCHOR,
    BLANK_START,
    NO_ANCHOR,
) = range(8)
"""Why an obligation is ``cannot tell``."""

FROM_START, FROM_ANCHOR, FROM_ACT = range(3)
"""What an anchor row points to: the start of the scope, the anchor's table, the acts' table."""


@frozen(eq=False)
class Batch:
    """The obligations of one step of one duty; arrays of equal length, days as int32.

    ``act`` is the fulfilling row (-1 for none), ``end`` the day on which the obligation ended
    (``FAR`` while it runs), ``doubt`` why it cannot be told, ``code`` and ``mask`` the guard's
    state that decided the deadline.
    """

    duty: DutyPlan
    step: int
    domain: Domain
    scope: Days
    anchor: Days
    anchor_from: npt.NDArray[np.int8]
    anchor_row: Days
    deadline: Days
    fulfilled: Days
    act: Days
    end: Days
    verdict: npt.NDArray[np.int8]
    days: Days
    assumed: Flags
    doubt: npt.NDArray[np.int8]
    code: npt.NDArray[np.int32]
    anchor_table: Table | None
    act_table: Table
    scope_table: Table | None

    def __len__(self) -> int:
        return len(self.scope)

    @property
    def subject(self) -> Days:
        """Whom each obligation concerns."""
        return self.domain.subject[self.scope]

    @property
    def scope_start(self) -> Days:
        """The first day of each obligation's scope."""
        return self.domain.start[self.scope]

    @property
    def scope_row(self) -> Days:
        """The first table row of each obligation's scope, -1 where it is not made of rows."""
        return first_rows(self.domain)[self.scope]

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> Batch:
        """Some of the rows."""
        return evolve(self, **{name: getattr(self, name)[keep] for name in _COLUMNS})


_COLUMNS = (
    "scope",
    "anchor",
    "anchor_from",
    "anchor_row",
    "deadline",
    "fulfilled",
    "act",
    "end",
    "verdict",
    "days",
    "assumed",
    "doubt",
    "code",
)


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
    if duty.duty.act.milestone is not None:
        runs = _milestones(duty, scopes, acts, caseload)
    else:
        runs = _sequence(duty, scopes, acts, caseload)
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
        yield _untold(duty, scopes, acts, blank, BLANK_START)
    unseen = _unseen(duty, scopes, caseload)
    if len(unseen):
        domain = scopes.domain
        rows = first_rows(domain)[unseen]
        placed = on_days(domain.subject[unseen], domain.start[unseen], domain.period, rows)
        yield _untold(duty, scopes, acts, placed, NO_ANCHOR)


def segments_of(step: StepPlan, scopes: Scopes, caseload: Caseload) -> Segments:
    """The timeline of a step's guard over its scopes."""
    leaves = [steps_of(leaf, scopes.domain, caseload) for leaf in step.guard.leaves]
    return segments(timeline(scopes.domain, leaves), step.guard)


# ----------------------------------------------------- anchors and acts of each step


@frozen(eq=False)
class _Run:
    """Obligations of one step before any date is computed.

    ``stands`` is the first day on which each may fall due, ``last_day`` the last on which an act
    counts for it; ``begun`` the first anchor of the sequence that it belongs to.
    """

    step: int
    scope: Days
    anchor: Days
    anchor_from: npt.NDArray[np.int8]
    anchor_row: Days
    stands: Days
    end: Days
    last_day: Days
    fulfilled: Days
    act: Days
    begun: Days
    assumed: Flags
    doubtful: Flags
    anchor_table: Table | None


@frozen(eq=False)
class _Live:
    """Sequences that have come to the next step: their anchor, and the acts still before them."""

    scope: Days
    anchor: Days
    anchor_from: npt.NDArray[np.int8]
    anchor_row: Days
    stands: Days
    next_act: Days
    last_act: Days
    last_of_scope: Days
    last_day: Days
    end: Days
    begun: Days
    assumed: Flags
    doubtful: Flags

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> _Live:
        """Some of the sequences."""
        return _Live(*(getattr(self, a.name)[keep] for a in self.__attrs_attrs__))


def _sequence(duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload) -> Iterator[_Run]:
    """Each step in turn, for all sequences at once."""
    live, table = _beginnings(duty, scopes, acts, caseload)
    without = _unanchored(duty, scopes, caseload)
    without[_unseen(duty, scopes, caseload)] = False
    for number, step in enumerate(duty.steps):
        if number == 1:
            live = _with_assumed(live, without, scopes, acts, caseload)
        match step.timing:
            case p.Every(_, until):
                run, live = _every(number, until, live, scopes, acts, caseload)
            case _:
                run, live = _single(number, live, scopes, acts)
        yield evolve(run, anchor_table=table)


def _first_anchor(step: p.Step | StepPlan) -> p.Anchor:
    timing = step.timing
    anchor = None if isinstance(timing, p.Every) else timing.anchor
    return anchor if anchor is not None else p.ScopeStart()


def _beginnings(
    duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload
) -> tuple[_Live, Table | None]:
    """One sequence from each first anchor; a further anchor ends the one before."""
    anchors = anchors_of(_first_anchor(duty.steps[0]), scopes.domain, caseload)
    following = np.full(len(anchors.day), FAR, np.int32)
    same = anchors.scope[1:] == anchors.scope[:-1]
    following[:-1] = np.where(same, anchors.day[1:], FAR)
    same_kind = anchors.table is not None and anchors.table.kind.name == acts.table.kind.name
    return _live(anchors, following, same_kind, scopes, acts), anchors.table


def _live(anchors: Anchors, following: Days, same_kind: bool, scopes: Scopes, acts: Acts) -> _Live:
    lo, hi = inside(scopes, acts)
    scope, day = anchors.scope, anchors.day
    own = acts.in_scope(scope, day)
    side: Literal["left", "right"] = "right" if same_kind else "left"
    next_act = np.maximum(np.searchsorted(acts.key, own, side=side), lo[scope])
    cut_off = np.searchsorted(acts.key, acts.in_scope(scope, following), side="left")
    from_start = anchors.table is None
    return _Live(
        scope=scope,
        anchor=day,
        anchor_from=np.full(len(scope), FROM_START if from_start else FROM_ANCHOR, np.int8),
        anchor_row=anchors.row,
        stands=day,
        next_act=next_act.astype(np.int32),
        last_act=np.minimum(hi[scope], cut_off).astype(np.int32),
        last_of_scope=hi[scope],
        last_day=np.minimum(scopes.last_act[scope], following - 1).astype(np.int32),
        end=np.minimum(scopes.domain.end[scope], following),
        begun=day,
        assumed=np.zeros(len(scope), bool),
        doubtful=anchors.doubtful,
    )


def _unanchored(duty: DutyPlan, scopes: Scopes, caseload: Caseload) -> Flags:
    """Scopes in which no first anchor is recorded, of duties whose clock runs from an event."""
    first = _first_anchor(duty.steps[0])
    without = np.zeros(len(scopes.domain), bool)
    if isinstance(first, p.EventDay | p.PeriodEdge) and not isinstance(duty.scope, p.Always):
        without[:] = True
        without[anchors_of(first, scopes.domain, caseload).scope] = False
    return without


def _unseen(duty: DutyPlan, scopes: Scopes, caseload: Caseload) -> Days:
    """Unanchored scopes whose first anchor may have gone unrecorded."""
    without = _unanchored(duty, scopes, caseload)
    if not without.any():
        return np.zeros(0, np.int32)
    first = _first_anchor(duty.steps[0])
    assert isinstance(first, p.EventDay | p.PeriodEdge)
    kind = first.event if isinstance(first, p.EventDay) else first.period
    table, start = caseload.held(kind, first.where), scopes.domain.start
    gone = (table.covered_from[scopes.domain.subject] > start) | (table.covered_to < start)
    return np.flatnonzero(without & gone).astype(np.int32)


def _with_assumed(
    live: _Live, without: Flags, scopes: Scopes, acts: Acts, caseload: Caseload
) -> _Live:
    """Scopes without any first anchor: the second step runs from their start, assumed."""
    if not without.any():
        return live
    starts = anchors_of(p.ScopeStart(), scopes.domain, caseload)
    never = np.full(len(scopes.domain), FAR, np.int32)
    added = _live(starts, never, False, scopes, acts).take(without)
    added = evolve(added, assumed=np.ones(len(added.scope), bool))
    merged = _Live(
        *(
            np.concatenate([getattr(live, a.name), getattr(added, a.name)])
            for a in _Live.__attrs_attrs__
        )
    )
    order = np.argsort(keys(merged.scope, merged.anchor), kind="stable")
    return merged.take(order)


def _single(number: int, live: _Live, scopes: Scopes, acts: Acts) -> tuple[_Run, _Live]:
    """A step that one act fulfils; the next starts from that act."""
    limit = live.last_of_scope if number == 0 else live.last_act
    done = live.next_act < limit
    act = np.where(done, live.next_act, 0)
    fulfilled = np.where(done, acts.day[act] if len(acts.day) else FAR, FAR).astype(np.int32)
    row = np.where(done, acts.row[act] if len(acts.row) else -1, -1).astype(np.int32)
    end = scopes.domain.end[live.scope] if number == 0 else live.end
    run = _run(number, live, live.scope, live.anchor, live.anchor_from, live.anchor_row)
    last_day = scopes.last_act[live.scope] if number == 0 else live.last_day
    run = evolve(run, end=end, last_day=last_day, fulfilled=fulfilled, act=row)
    onward = (live.next_act < live.last_act) & (fulfilled < live.end)
    following = evolve(
        live,
        anchor=fulfilled,
        anchor_from=np.full(len(row), FROM_ACT, np.int8),
        anchor_row=row,
        stands=np.maximum(live.stands, np.where(done, fulfilled, 0)).astype(np.int32),
        next_act=live.next_act + 1,
    )
    return run, following.take(onward)


def _run(
    number: int,
    live: _Live,
    scope: Days,
    anchor: Days,
    anchor_from: npt.NDArray[np.int8],
    anchor_row: Days,
) -> _Run:
    """A run with what it shares with its sequences filled in, one row for each."""
    return _Run(
        step=number,
        scope=scope,
        anchor=anchor,
        anchor_from=anchor_from,
        anchor_row=anchor_row,
        stands=live.stands,
        end=live.end,
        last_day=live.last_day,
        fulfilled=anchor,
        act=anchor_row,
        begun=live.begun,
        assumed=live.assumed,
        doubtful=live.doubtful,
        anchor_table=None,
    )


def _every(
    number: int,
    until: p.Anchor | None,
    live: _Live,
    scopes: Scopes,
    acts: Acts,
    caseload: Caseload,
) -> tuple[_Run, _Live]:
    """A repeating step: the step's anchor and each act start a clock that the next act stops."""
    ends = np.full(len(live.scope), FAR, np.int32)
    if until is not None:
        anchors = anchors_of(until, scopes.domain, caseload)
        ends = _until(anchors, live)
    beyond = np.searchsorted(acts.key, acts.in_scope(live.scope, ends), side="right")
    beyond = beyond.astype(np.int32)
    last = np.maximum(np.minimum(live.last_act, beyond), live.next_act)
    count = last - live.next_act + 1
    owner, act = spans(live.next_act - 1, last)
    starts = np.cumsum(count) - count
    act[starts] = 0
    anchor = acts.day[act] if len(acts.day) else np.zeros(len(act), np.int32)
    anchor_row = acts.row[act] if len(acts.row) else np.zeros(len(act), np.int32)
    anchor_from = np.full(len(act), FROM_ACT, np.int8)
    anchor[starts], anchor_row[starts] = live.anchor, live.anchor_row
    anchor_from[starts] = live.anchor_from
    fulfilled, done_by = np.empty_like(anchor), np.empty_like(anchor_row)
    fulfilled[:-1], done_by[:-1] = anchor[1:], anchor_row[1:]
    ends_at = starts + count - 1
    fulfilled[ends_at], done_by[ends_at] = FAR, -1
    end = np.minimum(live.end, ends)[owner]
    keep = (anchor < end) & (anchor < fulfilled)
    if not keep.all():
        owner, anchor, anchor_row = owner[keep], anchor[keep], anchor_row[keep]
        anchor_from, fulfilled, done_by = anchor_from[keep], fulfilled[keep], done_by[keep]
        end = end[keep]
    doubtful = live.doubtful[owner]
    if until is not None:
        doubtful = doubtful | _may_have_ended(
            anchors, live, owner, np.minimum(fulfilled, ends[owner]), scopes, caseload
        )
    run = _Run(
        step=number,
        scope=live.scope[owner],
        anchor=anchor,
        anchor_from=anchor_from,
        anchor_row=anchor_row,
        stands=np.maximum(live.stands[owner], anchor),
        end=end,
        last_day=np.minimum(live.last_day, ends)[owner],
        fulfilled=fulfilled,
        act=done_by,
        begun=live.begun[owner],
        assumed=live.assumed[owner],
        doubtful=doubtful,
        anchor_table=None,
    )
    return run, _after(live, ends, last, acts)


def _until(anchors: Anchors, live: _Live) -> Days:
    """The first day of the anchor on or after each sequence's own, ``FAR`` for none."""
    sure = ~anchors.doubtful
    scope, day = anchors.scope[sure], anchors.day[sure]
    wanted = np.searchsorted(keys(scope, day), keys(live.scope, live.anchor), side="left")
    there = np.append(scope, -1)[wanted] == live.scope
    return np.where(there, np.append(day, FAR)[wanted], FAR).astype(np.int32)


def _may_have_ended(
    anchors: Anchors,
    live: _Live,
    owner: Days,
    settled: Days,
    scopes: Scopes,
    caseload: Caseload,
) -> Flags:
    """Whether an anchor that may not count, or that no record covers, may have ended the step.

    ``settled`` is the day by which each obligation was fulfilled or the step had surely ended.
    """
    scope, begun = live.scope[owner], live.anchor[owner]
    doubtful = keys(anchors.scope[anchors.doubtful], anchors.day[anchors.doubtful])
    lo = np.searchsorted(doubtful, keys(scope, begun), side="left")
    hi = np.searchsorted(doubtful, keys(scope, settled), side="right")
    ended = hi > lo
    table = anchors.table
    if table is not None:
        ended |= table.covered_from[scopes.domain.subject[scope]] > begun
        if table.covered_to < caseload.as_at:
            ended |= settled > table.covered_to
    return ended


def _after(live: _Live, ends: Days, last: Days, acts: Acts) -> _Live:
    """What an ``every … until`` leaves for the next step: its last act, and from when it stands."""
    ended = ends < live.end
    live, ends, last = live.take(ended), ends[ended], last[ended]
    acted = last > live.next_act
    final = last[acted] - 1
    anchor, anchor_row, anchor_from = (
        live.anchor.copy(),
        live.anchor_row.copy(),
        live.anchor_from.copy(),
    )
    anchor[acted], anchor_row[acted] = acts.day[final], acts.row[final]
    anchor_from[acted] = FROM_ACT
    return evolve(
        live,
        anchor=anchor,
        anchor_row=anchor_row,
        anchor_from=anchor_from,
        stands=ends,
        next_act=last,
    )


def _milestones(duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload) -> Iterator[_Run]:
    """Each event's own milestone, counted from the event or from the anchor of the first step."""
    assert isinstance(duty.duty, p.Do)
    act = duty.duty.act
    assert act.milestone is not None
    table, domain = acts.table, scopes.domain
    tested = tests(act.where, table, caseload)
    scope, row = pairs(domain, table, own=True)
    anchor = table.start[row]
    keep = (tested[row] != 0) & (anchor >= domain.start[scope]) & (anchor < domain.end[scope])
    scope, row, anchor = scope[keep], row[keep], anchor[keep]
    order = np.argsort(keys(scope, anchor), kind="stable")
    scope, row, anchor = scope[order], row[order], anchor[order]
    recorded = table.columns[act.milestone].values[row].astype(np.int32)
    done = recorded != MISSING
    yield _Run(
        step=0,
        scope=scope,
        anchor=anchor,
        anchor_from=np.full(len(row), FROM_ACT, np.int8),
        anchor_row=row,
        stands=anchor,
        end=domain.end[scope],
        last_day=scopes.last_act[scope],
        fulfilled=np.where(done, recorded, FAR).astype(np.int32),
        act=np.where(done, row, -1).astype(np.int32),
        begun=anchor,
        assumed=np.zeros(len(row), bool),
        doubtful=tested[row] != 1,
        anchor_table=None,
    )


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
    run: _Run,
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
    verdict, days = verdicts(due.day, run.fulfilled, run.end, caseload.as_at)
    batch = _batch(duty, run, scopes, acts, verdict, days, line.code[due.segment], due.day, assumed)
    keep = np.ones(len(batch), bool)
    none = np.flatnonzero(due.day == FAR)
    if len(none):
        exempt = _ever_exempt(line, run, first, scopes, none, caseload.as_at)
        keep[none] = exempt
        batch.verdict[none] = IS_EXEMPT
        batch.days[none] = 0
        batch.deadline[none] = MISSING
        batch.assumed[none] = run.assumed[none]
    doubt = _doubts(duty, run, scopes, acts, batch, caseload)
    unsure = doubt != NO_DOUBT
    if unsure.any():
        batch.verdict[unsure] = CANNOT_TELL
        batch.days[unsure] = 0
        batch.doubt[:] = doubt
    return batch if keep.all() else batch.take(keep)


def _segments_at(line: Segments, run: _Run) -> npt.NDArray[np.intp]:
    """The segment in which each obligation may first fall due."""
    needles = keys(run.scope, run.stands)
    if len(needles) < 2 or (needles[1:] >= needles[:-1]).all():
        return line.at(run.scope, run.stands)
    return line.at_any(run.scope, run.stands)


def _deadlines(
    timing: p.Within | p.Every, run: _Run, line: Segments, first: npt.NDArray[np.intp]
) -> tuple[deadlines.Due, Flags]:
    """The earliest deadlines, and whether another completion of what is unknown gives another."""

    def find(tables: Days, some: slice | npt.NDArray[np.intp]) -> deadlines.Due:
        anchor, stands, segment = run.anchor[some], run.stands[some], first[some]
        if isinstance(timing, p.Every):
            return deadlines.repeating(line, tables, anchor, stands, segment)
        return deadlines.once(line, tables, run.scope[some], anchor, stands, segment)

    due = find(line.soonest, slice(None))
    assumed = run.assumed.copy()
    if line.open.any():
        uncertain = np.zeros(int(line.key[-1] >> 17) + 1, bool)
        uncertain[(line.key[line.open] >> 17)] = True
        some = np.flatnonzero(uncertain[run.scope])
        late = find(line.latest, some)
        assumed[some] |= late.day != due.day[some]
        # a `within` that the shortest limits pass over may still be owed under longer ones
        lost = (due.day[some] == FAR) & (late.day < FAR)
        due.day[some[lost]] = late.day[lost]
        due.segment[some[lost]] = late.segment[lost]
    return due, assumed


def _ever_exempt(
    line: Segments,
    run: _Run,
    first: npt.NDArray[np.intp],
    scopes: Scopes,
    some: npt.NDArray[np.intp],
    as_at: int,
) -> Flags:
    """Whether there was a day of surely no duty between the anchor and the obligation's end."""
    last = np.minimum(np.minimum(run.fulfilled[some], run.end[some] - 1), as_at)
    last = np.maximum(last, run.stands[some])
    final = line.at_any(run.scope[some], last)
    between = line.exempt_before[final + 1] - line.exempt_before[first[some]]
    return between > 0


def first_rows(domain: Domain) -> Days:
    """The first table row of each scope, -1 where it is not made of rows."""
    first = np.full(len(domain), -1, np.int32)
    first[domain.member_scope[::-1]] = domain.member_row[::-1]
    return first


def _batch(
    duty: DutyPlan,
    run: _Run,
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
        doubt=np.zeros(len(run.scope), np.int8),
        code=code,
        anchor_table=run.anchor_table,
        act_table=acts.table,
        scope_table=scopes.table,
    )


def _unnumbered(
    duty: DutyPlan,
    run: _Run,
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


# ------------------------------------------------------------------- what is not known


_MISSED = np.isin(np.arange(len(VERDICTS)), (OVERDUE, NOT_MET, MET_LATE))
_OPEN_OR_LAPSED = np.isin(np.arange(len(VERDICTS)), (OVERDUE, NOT_MET, LAPSED))


def _doubts(
    duty: DutyPlan,
    run: _Run,
    scopes: Scopes,
    acts: Acts,
    batch: Batch,
    caseload: Caseload,
) -> npt.NDArray[np.int8]:
    """Why each verdict cannot be told, 0 where it can."""
    doubt = np.zeros(len(batch), np.int8)
    table, sequence = acts.table, len(duty.steps) > 1
    missed = _MISSED[batch.verdict]
    open_ = missed | (batch.verdict == DUE) if sequence else missed
    if run.doubtful.any():
        doubt[run.doubtful & missed] = UNDECIDED_ANCHOR
    if scopes.doubt is not None:
        unsure = _may_not_be_there(scopes, batch)
        batch.assumed[unsure] = True
        doubt[unsure & missed] = UNDECIDED_ANCHOR
    assert isinstance(duty.duty, p.Do)
    if len(acts.undecided) and duty.duty.act.milestone is None:
        stepped = open_ if sequence else np.zeros(len(batch), bool)
        doubt[_undecided(run, scopes, acts, batch, missed, stepped)] = UNDECIDED_ACT
    if (table.covered_from > 0).any():
        covered = table.covered_from[batch.subject]
        early = (run.begun if sequence else batch.anchor) < covered
        doubt[early & open_] = NOT_COVERED
    if table.covered_to < caseload.as_at:
        fell_due = (batch.deadline > table.covered_to) & (batch.deadline < caseload.as_at)
        unseen = _OPEN_OR_LAPSED[batch.verdict] & fell_due
        doubt[unseen] = AFTER_EXTRACT
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
    run: _Run, scopes: Scopes, acts: Acts, batch: Batch, missed: Flags, stepped: Flags
) -> Flags:
    """Whether an act that may not fit would make a difference to the verdict."""
    marked = np.zeros(len(batch), bool)
    some = np.flatnonzero(missed | stepped)
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
    marked[some] |= (until > begun) & stepped[some]
    return marked


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
    if duty.scope.occasion.where is not None:
        passed = tests(duty.scope.occasion.where, table, caseload)[row]
        mask = np.where(
            passed == 0, 1 << ABSENT, mask | np.where(passed == UNKNOWN, 1 << ABSENT, 0)
        )
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
