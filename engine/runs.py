"""Which clock runs from where: each step's anchors and the acts that fulfil them, before any date.

A sequence begins at each first anchor; each step hands its sequences on to the next, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.caseload import Caseload, pairs
from duly.engine.conditions import tested
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING
from duly.engine.facts import Table
from duly.engine.keys import Flags, keys, next_day, spans
from duly.engine.plan import DutyPlan, StepPlan
from duly.engine.scopes import Acts, Anchors, Scopes, anchors_of, inside

FROM_START, FROM_ANCHOR, FROM_ACT = range(3)
"""What an anchor row points to: the start of the scope, the anchor's table, the acts' table."""


@frozen(eq=False)
class Run:
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


def sequence(
    duty: DutyPlan, scopes: Scopes, acts: Acts, without: Flags, caseload: Caseload
) -> Iterator[Run]:
    """Each step in turn, for all sequences at once.

    ``without`` marks the scopes that surely have no first anchor.
    """
    live, table = _beginnings(duty, scopes, acts, caseload)
    for number, step in enumerate(duty.steps):
        if number == 1:
            live = _with_assumed(live, without, scopes, acts, caseload)
        match step.timing:
            case p.Every(_, until):
                run, live = _every(number, until, live, table, scopes, acts, caseload)
            case _:
                run, live = _single(number, live, table, scopes, acts)
        yield run


def _first_anchor(step: p.Step | StepPlan) -> p.Anchor:
    timing = step.timing
    anchor = None if isinstance(timing, p.Every) else timing.anchor
    return anchor if anchor is not None else p.ScopeStart()


def _beginnings(
    duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload
) -> tuple[_Live, Table | None]:
    """One sequence from each first anchor; a further anchor ends the one before."""
    anchors = anchors_of(_first_anchor(duty.steps[0]), scopes.domain, caseload)
    following = next_day(anchors.scope, anchors.day)
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


def unanchored(duty: DutyPlan, scopes: Scopes, caseload: Caseload) -> tuple[Flags, Flags]:
    """Scopes without a first anchor, where the clock runs from an event; which may only lack it.

    The second holds those of the first whose anchor may have gone unrecorded.
    """
    first = _first_anchor(duty.steps[0])
    without = np.zeros(len(scopes.domain), bool)
    if not isinstance(first, p.EventDay | p.PeriodEdge) or isinstance(duty.scope, p.Always):
        return without, without
    anchors = anchors_of(first, scopes.domain, caseload)
    without[:] = True
    without[anchors.scope] = False
    table, start = anchors.table, scopes.domain.start
    assert table is not None
    gone = (table.covered_from[scopes.domain.subject] > start) | (table.covered_to < start)
    return without, without & gone


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


def _single(
    number: int, live: _Live, table: Table | None, scopes: Scopes, acts: Acts
) -> tuple[Run, _Live]:
    """A step that one act fulfils; the next starts from that act."""
    limit = live.last_of_scope if number == 0 else live.last_act
    done = live.next_act < limit
    act = np.where(done, live.next_act, 0)
    fulfilled = np.where(done, acts.day[act] if len(acts.day) else FAR, FAR).astype(np.int32)
    row = np.where(done, acts.row[act] if len(acts.row) else -1, -1).astype(np.int32)
    end = scopes.domain.end[live.scope] if number == 0 else live.end
    last_day = scopes.last_act[live.scope] if number == 0 else live.last_day
    run = Run(
        step=number,
        scope=live.scope,
        anchor=live.anchor,
        anchor_from=live.anchor_from,
        anchor_row=live.anchor_row,
        stands=live.stands,
        end=end,
        last_day=last_day,
        fulfilled=fulfilled,
        act=row,
        begun=live.begun,
        assumed=live.assumed,
        doubtful=live.doubtful,
        anchor_table=table,
    )
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


def _every(
    number: int,
    until: p.Anchor | None,
    live: _Live,
    table: Table | None,
    scopes: Scopes,
    acts: Acts,
    caseload: Caseload,
) -> tuple[Run, _Live]:
    """A repeating step: the step's anchor and each act start a clock that the next act stops."""
    ends = np.full(len(live.scope), FAR, np.int32)
    if until is not None:
        anchors = anchors_of(until, scopes.domain, caseload)
        ends = _until(anchors, live)
    beyond = np.searchsorted(acts.key, acts.in_scope(live.scope, ends), side="right")
    beyond = beyond.astype(np.int32)
    last = np.maximum(np.minimum(live.last_act, beyond), live.next_act)
    chain = _chain(live, last, acts)
    end = np.minimum(live.end, ends)[chain.owner]
    keep = (chain.anchor < end) & (chain.anchor < chain.fulfilled)
    if not keep.all():
        chain, end = chain.take(keep), end[keep]
    owner = chain.owner
    doubtful = live.doubtful[owner]
    if until is not None:
        doubtful = doubtful | _may_have_ended(
            anchors, live, owner, np.minimum(chain.fulfilled, end), scopes, caseload
        )
    run = Run(
        step=number,
        scope=live.scope[owner],
        anchor=chain.anchor,
        anchor_from=chain.anchor_from,
        anchor_row=chain.anchor_row,
        stands=np.maximum(live.stands[owner], chain.anchor),
        end=end,
        last_day=np.minimum(live.last_day, ends)[owner],
        fulfilled=chain.fulfilled,
        act=chain.act,
        begun=live.begun[owner],
        assumed=live.assumed[owner],
        doubtful=doubtful,
        anchor_table=table,
    )
    return run, _after(live, ends, last, acts)


@frozen(eq=False)
class _Chain:
    """Clocks one after the other, each stopped by the act that starts the next."""

    owner: Days
    anchor: Days
    anchor_from: npt.NDArray[np.int8]
    anchor_row: Days
    fulfilled: Days
    act: Days

    def take(self, keep: Flags) -> _Chain:
        """Some of the clocks."""
        return _Chain(*(getattr(self, a.name)[keep] for a in self.__attrs_attrs__))


def _chain(live: _Live, last: Days, acts: Acts) -> _Chain:
    """For each sequence its anchor and its acts up to ``last``, one after the other."""
    count = last - live.next_act + 1
    owner, act = spans(live.next_act - 1, last)
    starts = np.cumsum(count) - count
    act[starts] = 0  # the sequence's own anchor is put there
    some = np.zeros(len(act), np.int32)
    anchor, row = (acts.day[act], acts.row[act]) if len(acts.day) else (some, some.copy())
    origin = np.full(len(act), FROM_ACT, np.int8)
    anchor[starts], row[starts], origin[starts] = live.anchor, live.anchor_row, live.anchor_from
    fulfilled, done_by = np.empty_like(anchor), np.empty_like(row)
    fulfilled[:-1], done_by[:-1] = anchor[1:], row[1:]
    ends_at = starts + count - 1
    fulfilled[ends_at], done_by[ends_at] = FAR, -1
    return _Chain(owner, anchor, origin, row, fulfilled, done_by)


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


def milestones(duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload) -> Iterator[Run]:
    """Each event's own milestone, counted from the event or from the anchor of the first step."""
    assert isinstance(duty.duty, p.Do)
    act = duty.duty.act
    assert act.milestone is not None
    table, domain = acts.table, scopes.domain
    fits = tested(act.where, table, caseload)
    scope, row = pairs(domain, table, own=True)
    anchor = table.start[row]
    keep = (fits[row] != 0) & (anchor >= domain.start[scope]) & (anchor < domain.end[scope])
    scope, row, anchor = scope[keep], row[keep], anchor[keep]
    order = np.argsort(keys(scope, anchor), kind="stable")
    scope, row, anchor = scope[order], row[order], anchor[order]
    recorded = table.columns[act.milestone].values[row].astype(np.int32)
    done = recorded != MISSING
    yield Run(
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
        doubtful=fits[row] != 1,
        anchor_table=None,
    )
