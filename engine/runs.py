"""Which clock runs from where: each step's anchors and the acts that fulfil them, before any date.

A sequence begins at each first anchor; each step hands its sequences on to the next, all at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.anchors import (
    Anchors,
    anchors_of,
    coverage_of,
    every_named_row,
    every_row,
    expected,
    of_kind,
    with_those_to_come,
)
from duly.engine.caseload import Caseload, shared
from duly.engine.conditions import tested
from duly.engine.dates import Days, boundary_table
from duly.engine.days import FAR, MISSING, UNKNOWN
from duly.engine.facts import Table
from duly.engine.hours import in_hours, last_limit, minutes_in
from duly.engine.keys import Flags, Keys, keys, next_day, place_of, spans
from duly.engine.moments import Hours, Minutes, any_hour, hours_at, joined
from duly.engine.plan import DutyPlan, StepPlan
from duly.engine.scopes import Acts, Scopes, inside
from duly.engine.timeline import Domain, of_events

FROM_START, FROM_ANCHOR, FROM_ACT, FROM_ITSELF = range(4)
"""What an anchor row points to: the start of the scope, the anchor's table, the acts' table.

The first day of a window, or of a stretch without a state, is its own anchor: no row says so.
"""


@frozen(eq=False)
class Between:
    """The hours between which an act must come: after the anchor before, and not after its own.

    ``previous`` is the day of the anchor before, ``MISSING`` for none.
    """

    previous: Days
    previous_minute: Minutes
    minute: Minutes

    def __getitem__(self, some: Flags | npt.NDArray[np.intp]) -> Between:
        return Between(self.previous[some], self.previous_minute[some], self.minute[some])


@frozen(eq=False)
class Run:
    """Obligations of one step before any date is computed.

    ``stands`` is the first day on which each may fall due, ``earliest`` and ``last_day`` are the
    first and the last on which an act counts for it; ``begun`` is the first anchor of the sequence
    that it belongs to, ``reach`` the day to which the record of acts must reach back;
    ``hours`` says when each anchor may have been on its day, and ``from_minute`` is the first of
    ``earliest`` at which an act counts, where times are looked at.  ``between`` puts the hours in
    place of ``earliest`` and ``last_day`` on the days of anchors themselves.
    """

    step: int
    scope: Days
    anchor: Days
    anchor_from: npt.NDArray[np.int8]
    anchor_row: Days
    stands: Days
    end: Days
    earliest: Days
    last_day: Days
    fulfilled: Days
    act: Days
    begun: Days
    reach: Days
    assumed: Flags
    doubtful: Flags
    anchor_table: Table | None
    hours: Hours | None = None
    from_minute: Minutes | None = None
    between: Between | None = None

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> Run:
        """Some of the obligations."""
        if keep.dtype == bool and keep.all():
            return self
        columns = {a.name: getattr(self, a.name) for a in self.__attrs_attrs__}
        whole = ("step", "anchor_table")
        some = {n: c[keep] for n, c in columns.items() if n not in whole and c is not None}
        return evolve(self, **some)


@frozen(eq=False)
class _Live:
    """Sequences that have come to the next step: their anchor, and the acts still before them.

    ``by_act`` marks those begun by an event of the act's own kind.
    """

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
    hours: Hours
    from_minute: Minutes
    by_act: Flags

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> _Live:
        """Some of the sequences."""
        return _Live(*(getattr(self, a.name)[keep] for a in self.__attrs_attrs__))


def sequence(
    duty: DutyPlan, scopes: Scopes, acts: Acts, without: Flags, caseload: Caseload
) -> Iterator[Run]:
    """Each step in turn, for all sequences at once.

    ``without`` marks the scopes that surely have no first anchor.
    """
    if not any(map(_looks_at_times, duty.steps)):
        acts = evolve(acts, times=None)
    live, table = _beginnings(duty, scopes, acts, caseload)
    if not len(live.scope) and not without.any():
        return
    for number, step in enumerate(duty.steps):
        if number == 1:
            live = _with_assumed(live, without, duty, scopes, acts, caseload)
        match step.timing:
            case p.Every(_, until):
                run, live = _every(number, until, live, table, scopes, acts, caseload)
            case p.By() | p.Before() | p.Within() if number > 0 and has_anchor(step):
                run, live = _anchored(number, step, live, scopes, acts, caseload)
            case _:
                run, live = _single(number, live, table, scopes, acts)
        yield run


def _looks_at_times(step: StepPlan) -> bool:
    """Whether the times of acts matter to a step, and which of a day's acts was the first."""
    return isinstance(step.timing, p.Within | p.Before) or in_hours(step)


def _first_anchor(step: p.Step | StepPlan) -> p.Anchor:
    return p.anchor_of(step.timing) or p.ScopeStart()


def _beginnings(
    duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload
) -> tuple[_Live, Table | None]:
    """One sequence from each first anchor; a further anchor ends the one before."""
    assert isinstance(duty.duty, p.Do)
    first, kind = _first_anchor(duty.steps[0]), duty.duty.act.event
    anchors = anchors_of(first, scopes.domain, caseload)
    by_act = _among(of_kind(first, kind, scopes.domain, caseload), keys(anchors.scope, anchors.day))
    anchors, by_act = _owed_from(duty.steps[0], anchors, by_act, scopes.domain, caseload)
    following = next_day(anchors.scope, anchors.day)
    live = _live(anchors, following, by_act, scopes, acts, caseload)
    return _not_before(live, duty.steps[0], acts), anchors.table


def _owed_from(
    step: StepPlan, anchors: Anchors, by_act: Flags, domain: Domain, caseload: Caseload
) -> tuple[Anchors, Flags]:
    """``as soon as practicable after D after A``: owed from the day on which D has run.

    What is done on that day counts, whatever A is.
    """
    timing = step.timing
    if not isinstance(timing, p.WithoutNumber) or timing.after is None:
        return anchors, by_act
    day = boundary_table(timing.after)[anchors.day]
    inside = (day <= caseload.as_at) & (day < domain.end[anchors.scope])
    return evolve(anchors, day=day).take(inside), np.zeros(int(inside.sum()), bool)


def _among(known: Keys, wanted: Keys) -> Flags:
    """Which of the wanted are among the known, which are in order."""
    found: Flags = np.append(known, -1)[np.searchsorted(known, wanted)] == wanted
    return found


def _live(
    anchors: Anchors,
    following: Days,
    by_act: Flags,
    scopes: Scopes,
    acts: Acts,
    caseload: Caseload,
) -> _Live:
    lo, hi = inside(scopes, acts, caseload)
    scope, day = anchors.scope, anchors.day
    next_act = place_of(acts.key, acts.in_scope(scope, day) + by_act, side="left")
    next_act = np.maximum(next_act, lo[scope])
    cut_off = place_of(acts.key, acts.in_scope(scope, following), side="left")
    return _Live(
        scope=scope,
        anchor=day,
        anchor_from=_origin(anchors),
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
        hours=anchors.hours if anchors.hours is not None else any_hour(len(scope)),
        from_minute=np.zeros(len(scope), np.int16),
        by_act=by_act,
    )


def _origin(anchors: Anchors) -> npt.NDArray[np.int8]:
    """What the anchors' rows point to."""
    origin = FROM_START if anchors.at_start else FROM_ANCHOR
    return np.full(len(anchors.scope), origin, np.int8)


def _not_before(live: _Live, step: StepPlan, acts: Acts) -> _Live:
    """The sequences without acts of the anchor's own day that surely came before it."""
    if acts.times is None or not isinstance(step.timing, p.Within):
        return live
    minute = np.maximum(live.hours.minute, 0)
    day_key = acts.in_scope(live.scope, live.anchor)
    same_day = np.append(acts.key, -1)[live.next_act] == day_key
    came_first = same_day & (acts.times.first_from(day_key, minute) < 0)
    return evolve(live, next_act=live.next_act + came_first, from_minute=minute)


def unanchored(duty: DutyPlan, scopes: Scopes, caseload: Caseload) -> tuple[Flags, Flags]:
    """Scopes without a first anchor, where the clock runs from an event; which may only lack it.

    The first are those in which the next step runs from the start; the second may hold an anchor
    that has gone unrecorded.
    """
    first = _first_anchor(duty.steps[0])
    without = np.zeros(len(scopes.domain), bool)
    if isinstance(first, p.ScopeStart) or isinstance(duty.scope, p.Always):
        return without, without
    early = isinstance(duty.steps[0].timing, p.By | p.Before)
    own = own_day(duty)
    if own is None:
        anchors = anchors_of(first, scopes.domain, caseload, ahead=early)
    elif own.milestone is None:
        return without, without
    else:
        looked_at = with_those_to_come(own.event, caseload) if early else caseload
        anchors = every_named_row(own, scopes.domain, looked_at)
    without[:] = True
    without[anchors.scope] = False
    start = scopes.domain.start
    covered_from, covered_to = coverage_of(first, caseload)
    gone = (covered_from[scopes.domain.subject] > start) | (covered_to < start)
    return without & _is_recorded(first), without & gone


def own_day(duty: DutyPlan) -> p.EventDay | None:
    """The day of its own event that a milestone is counted from, where it is one of that."""
    assert isinstance(duty.duty, p.Do)
    act, anchor = duty.duty.act, p.anchor_of(duty.steps[0].timing)
    if act.milestone is None:
        return None
    if anchor is None:
        return p.EventDay(act.event)
    return anchor if isinstance(anchor, p.EventDay) and anchor.event == act.event else None


def of_own_row(duty: DutyPlan) -> bool:
    """Whether each row owes an act of its own: its milestone, or its end."""
    assert isinstance(duty.duty, p.Do)
    if isinstance(duty.steps[0].timing, p.By | p.Before):
        return own_day(duty) is not None
    return duty.duty.act.milestone is not None or duty.duty.act.edge == "end"


def _is_recorded(anchor: p.Anchor) -> bool:
    """Whether the lack of an anchor lets the next step run from the start: of what is recorded."""
    if isinstance(anchor, p.AnyOf):
        return all(_is_recorded(part) for part in anchor.anchors)
    return isinstance(anchor, p.EventDay | p.PeriodEdge)


def _with_assumed(
    live: _Live, without: Flags, duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload
) -> _Live:
    """Scopes without any first anchor: the second step runs from their start, assumed."""
    if not without.any():
        return live
    starts = anchors_of(p.ScopeStart(), scopes.domain, caseload)
    never = np.full(len(scopes.domain), FAR, np.int32)
    by_none = np.zeros(len(scopes.domain), bool)
    added = _live(starts, never, by_none, scopes, acts, caseload).take(without)
    added = evolve(added, assumed=np.ones(len(added.scope), bool))
    return _merged(live, _not_before(added, duty.steps[1], acts))


def _merged(some: _Live, others: _Live) -> _Live:
    """The sequences of both, in order."""
    columns: dict[str, Any] = {}
    for name in (a.name for a in _Live.__attrs_attrs__):
        pair = getattr(some, name), getattr(others, name)
        columns[name] = joined(pair) if name == "hours" else np.concatenate(pair)
    merged = _Live(**columns)
    order = np.argsort(keys(merged.scope, merged.anchor), kind="stable")
    return merged.take(order)


def _earliest(live: _Live) -> Days:
    """The first day on which an act counts: the anchor's own, or the next where that is one."""
    after = (live.anchor_from == FROM_ACT) | (live.by_act & (live.anchor_from == FROM_ANCHOR))
    earliest: Days = (live.anchor + after).astype(np.int32)
    return earliest


def _single(
    number: int, live: _Live, table: Table | None, scopes: Scopes, acts: Acts
) -> tuple[Run, _Live]:
    """A step that one act fulfils; the next starts from that act."""
    limit = live.last_of_scope if number == 0 else live.last_act
    done = live.next_act < limit
    act = np.where(done, live.next_act, 0)
    fulfilled = np.where(done, acts.day[act] if len(acts.day) else FAR, FAR).astype(np.int32)
    row = np.where(done, acts.row[act] if len(acts.row) else -1, -1).astype(np.int32)
    hours = any_hour(len(row))
    if acts.times is not None:
        day_key = acts.in_scope(live.scope, fulfilled)
        minute = np.where(fulfilled == live.anchor, live.from_minute, 0)
        row, hours = acts.times.first_from(day_key, minute), acts.times.hours(day_key, minute)
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
        earliest=_earliest(live),
        last_day=last_day,
        fulfilled=fulfilled,
        act=row,
        begun=live.begun,
        reach=live.anchor if number == 0 else live.begun,
        assumed=live.assumed,
        doubtful=live.doubtful,
        anchor_table=table,
        hours=live.hours,
        from_minute=live.from_minute,
    )
    onward = (live.next_act < live.last_act) & (fulfilled < live.end)
    following = evolve(
        live,
        anchor=fulfilled,
        anchor_from=np.full(len(row), FROM_ACT, np.int8),
        anchor_row=row,
        stands=np.maximum(live.stands, np.where(done, fulfilled, 0)).astype(np.int32),
        next_act=live.next_act + 1,
        hours=hours,
        from_minute=np.zeros(len(row), np.int16),
    )
    return run, following.take(onward)


def has_anchor(step: StepPlan) -> bool:
    """Whether a step says from which day it counts."""
    return p.anchor_of(step.timing) is not None


def _anchored(
    number: int, step: StepPlan, live: _Live, scopes: Scopes, acts: Acts, caseload: Caseload
) -> tuple[Run, _Live]:
    """A later step with an anchor of its own, for which it waits, and which may be past already."""
    anchor = p.anchor_of(step.timing)
    assert anchor is not None
    early = not isinstance(step.timing, p.Within | p.WithoutNumber)
    anchors = anchors_of(anchor, scopes.domain, caseload, ahead=early)
    start = isinstance(anchor, p.ScopeStart)
    found = live.scope.astype(np.intp) if start else _first_from(anchors, live)
    there = found >= 0
    safe = np.where(there, found, 0)
    day = anchors.day[safe] if len(anchors.day) else live.anchor
    past = there & (latest_limit(step, day) < np.maximum(live.anchor, live.stands))
    doubtful = there & anchors.doubtful[safe] if len(anchors.day) else np.zeros(len(there), bool)
    live = evolve(live, doubtful=live.doubtful | doubtful)
    asked, onward = _single(number, live.take(~past), None, scopes, acts)
    here = there[~past]
    chosen = safe[~past][here]
    day = anchors.day[chosen]
    begins = asked.anchor[here] if isinstance(step.timing, p.Before) else day
    run = evolve(
        asked.take(here),
        anchor=day,
        anchor_from=_origin(anchors)[chosen],
        anchor_row=anchors.row[chosen],
        stands=np.max([asked.stands[here], asked.anchor[here], begins], axis=0).astype(np.int32),
        anchor_table=anchors.table,
        hours=anchors.hours[chosen] if anchors.hours is not None else any_hour(len(chosen)),
    )
    return run, _merged(onward, live.take(past))


def _first_from(anchors: Anchors, live: _Live) -> npt.NDArray[np.intp]:
    """Each sequence's first anchor on or after the one that it began with, -1 for none."""
    wanted = np.searchsorted(
        keys(anchors.scope, anchors.day), keys(live.scope, live.begun), side="left"
    )
    there = np.append(anchors.scope, -1)[wanted] == live.scope
    found: npt.NDArray[np.intp] = np.where(there, wanted, -1)
    return found


def latest_limit(step: StepPlan, day: Days) -> Days:
    """The last day to act after each day, by the longest time that the step may allow."""
    limits = [last_limit(o, day) for o in step.guard.outcomes if o.has_limit]
    latest: Days = np.max(limits, axis=0) if limits else np.full(len(day), FAR, np.int32)
    return latest


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
        settled = np.minimum(chain.fulfilled, end)
        covered = coverage_of(until, caseload)
        doubtful = doubtful | _may_have_ended(
            anchors, covered, live, owner, settled, scopes, caseload
        )
    run = Run(
        step=number,
        scope=live.scope[owner],
        anchor=chain.anchor,
        anchor_from=chain.anchor_from,
        anchor_row=chain.anchor_row,
        stands=np.maximum(live.stands[owner], chain.anchor),
        end=end,
        earliest=chain.anchor + 1,
        last_day=np.minimum(live.last_day, ends)[owner],
        fulfilled=chain.fulfilled,
        act=chain.act,
        begun=live.begun[owner],
        reach=chain.anchor,
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
    covered: tuple[Days, int],
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
    covered_from, covered_to = covered
    ended |= covered_from[scopes.domain.subject[scope]] > begun
    if covered_to < caseload.as_at:
        ended |= settled > covered_to
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
    hours = live.hours
    if acts.times is not None:
        whole = np.zeros(len(final), np.int16)
        begin, end = live.hours.first.copy(), live.hours.last.copy()
        done = acts.times.hours(acts.key[final], whole)
        begin[acted], end[acted] = done.first, done.last
        hours = Hours(begin, end)
    return evolve(
        live,
        hours=hours,
        anchor=anchor,
        anchor_row=anchor_row,
        anchor_from=anchor_from,
        stands=ends,
        next_act=last,
    )


def milestones(
    duty: DutyPlan, anchor: p.EventDay, scopes: Scopes, acts: Acts, caseload: Caseload
) -> tuple[Scopes, Run]:
    """Each event's own milestone, counted from a day of the event: a scope for each, and its
    obligation."""
    assert isinstance(duty.duty, p.Do)
    act, table = duty.duty.act, acts.table
    assert act.milestone is not None
    every, domain = _owing(anchor, act.where, table, scopes.domain, caseload)
    by_act = np.zeros(len(every.row), bool)
    named, _ = _owed_from(duty.steps[0], every, by_act, scopes.domain, caseload)
    if named is not every:
        domain = of_events(scopes.domain, named.scope, table, named.row)
    own = evolve(scopes, domain=domain, last_act=scopes.last_act[named.scope])
    recorded = table.columns[act.milestone].values[named.row].astype(np.int32)
    return own, _of_own_rows(named.day, named.row, recorded, own, named.doubtful, named.hours)


@shared
def _owing(
    anchor: p.EventDay, where: p.Condition | None, table: Table, domain: Domain, caseload: Caseload
) -> tuple[Anchors, Domain]:
    """The events that owe a milestone of their own, or may, and a scope for each."""
    named = every_named_row(anchor, domain, caseload)
    fits = expected(where, table, caseload)[named.row]
    named = evolve(named, doubtful=named.doubtful | (fits == UNKNOWN)).take(fits != 0)
    return named, of_events(domain, named.scope, table, named.row)


def ends(duty: DutyPlan, scopes: Scopes, acts: Acts, caseload: Caseload) -> tuple[Scopes, Run]:
    """Each period's own end, counted from its start, in a scope each; it never lapses."""
    assert isinstance(duty.duty, p.Do)
    table, domain = acts.table, scopes.domain
    fits = tested(duty.duty.act.where, table, caseload)
    if domain.period == table.kind.name:
        own, row, start, end = scopes, domain.first_row, domain.start, domain.end
    else:
        begun = every_row(p.PeriodEdge(table.kind.name, "start"), domain, caseload)
        periods = table.periods
        row, start = begun.row, begun.day
        ends_of = np.zeros(len(table), np.int32)
        ends_of[periods.row] = periods.end
        end = ends_of[row]
        events = of_events(domain, begun.scope, table, row)
        own = evolve(scopes, domain=events, last_act=scopes.last_act[begun.scope])
    ended = np.where(end < FAR, end, MISSING).astype(np.int32)
    hours = hours_at(minutes_in(table, "start", row)) if table.times else None
    run = _of_own_rows(start, row, ended, own, fits[row] == UNKNOWN, hours)
    return own, evolve(run, end=np.full(len(row), FAR, np.int32)).take(fits[row] != 0)


def _of_own_rows(
    anchor: Days, row: Days, recorded: Days, scopes: Scopes, doubtful: Flags, hours: Hours | None
) -> Run:
    """One obligation for each scope, which a date of its own row fulfils."""
    done = recorded != MISSING
    return Run(
        step=0,
        scope=np.arange(len(row), dtype=np.int32),
        anchor=anchor,
        anchor_from=np.full(len(row), FROM_ACT, np.int8),
        anchor_row=row,
        stands=anchor,
        end=scopes.domain.end,
        earliest=anchor,
        last_day=scopes.last_act,
        fulfilled=np.where(done, recorded, FAR).astype(np.int32),
        act=np.where(done, row, -1).astype(np.int32),
        begun=anchor,
        reach=anchor,
        assumed=np.zeros(len(row), bool),
        doubtful=doubtful,
        anchor_table=None,
        hours=hours,
    )
