"""How often something was done in each window: scopes into windows, windows into verdicts.

A window is a length of time from the start of the scope, or a stretch of a calendar.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.batch import (
    AFTER_EXTRACT,
    CANNOT_TELL,
    DUE,
    IS_EXEMPT,
    LAPSED,
    MET,
    NO_CALENDAR,
    NO_DOUBT,
    NOT_COVERED,
    NOT_HELD,
    NOT_MET,
    SHORT_RECORD,
    UNDECIDED_ACT,
    Batch,
    Tables,
)
from duly.engine.caseload import Caseload
from duly.engine.conditions import guarded
from duly.engine.dates import Calendar, Days, calendar_unit, each_year, last_days
from duly.engine.days import FAR, MISSING
from duly.engine.doubts import where_scopes_are_sure
from duly.engine.keys import Flags, first_of_each, keys, spans
from duly.engine.plan import EXEMPT, DutyPlan
from duly.engine.runs import FROM_ITSELF
from duly.engine.scopes import Acts, Scopes, acts_of, scopes_of
from duly.engine.timeline import Domain


@frozen(eq=False)
class Windows:
    """Windows in order of scope and first day; both days named are inside."""

    scope: Days
    first: Days
    last: Days

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> Windows:
        """Some of the windows."""
        return Windows(self.scope[keep], self.first[keep], self.last[keep])


@frozen(eq=False)
class Tally:
    """What was done in each window: how many acts, and the day and row of the N-th.

    ``perhaps`` adds the days of acts of which it is not known whether they fit.
    """

    count: Days
    perhaps: Days
    day: Days
    row: Days


def in_windows(duty: DutyPlan, scopes: Scopes, caseload: Caseload) -> Batch:
    """The obligations of ``at least`` or ``at most N times each`` window."""
    assert isinstance(duty.duty, p.Do)
    timing = duty.steps[0].timing
    assert isinstance(timing, p.Times)
    acts = acts_of(duty.duty.act, scopes, caseload)
    calendar = stretches_of(duty, caseload)
    if calendar is None and not isinstance(timing.window, p.Duration):
        return _without_calendar(duty, scopes, acts)
    windows = windows_of(timing.window, calendar, scopes.domain, caseload.as_at)
    if timing.at_most:
        return _at_most(duty, windows, scopes, acts, timing.count, caseload)
    return _at_least(duty, windows, scopes, acts, timing.count, caseload)


def done_in_windows(duty: DutyPlan, caseload: Caseload) -> dict[tuple[int, int], tuple[int, int]]:
    """For the scope and first day of each window its last day, and how many acts it holds."""
    assert isinstance(duty.duty, p.Do)
    timing, scopes = duty.steps[0].timing, scopes_of(duty.scope, caseload)
    assert isinstance(timing, p.Times)
    acts, calendar = acts_of(duty.duty.act, scopes, caseload), stretches_of(duty, caseload)
    windows = windows_of(timing.window, calendar, scopes.domain, caseload.as_at)
    count = tally(windows, timing.count, scopes, acts).count
    columns = (windows.scope, windows.first, windows.last, count)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return {(scope, first): (last, number) for scope, first, last, number in rows}


def _without_calendar(duty: DutyPlan, scopes: Scopes, acts: Acts) -> Batch:
    every = scopes.domain.every
    return Batch.of(
        duty,
        scopes.domain,
        every,
        Tables(acts.table, None, scopes.table),
        verdict=np.array(CANNOT_TELL),
        doubt=np.array(NO_CALENDAR),
        end=scopes.domain.end,
    )


# ---------------------------------------------------------------- where windows lie


def stretches_of(duty: DutyPlan, caseload: Caseload) -> Calendar | None:
    """The calendar that a duty's windows follow; nothing where there is none, or none supplied."""
    timing = duty.steps[0].timing
    assert isinstance(timing, p.Times)
    if isinstance(timing.window, p.CalendarUnit):
        return calendar_unit(timing.window.unit)
    if isinstance(timing.window, p.Duration):
        return None
    calendar = caseload.policy.calendars[timing.window.name]
    if calendar.first is not None and calendar.last is not None:
        return each_year(calendar.first, calendar.last)
    return caseload.facts.calendars.get(calendar.name.casefold())


def windows_of(window: p.Window, calendar: Calendar | None, domain: Domain, as_at: int) -> Windows:
    """The windows of each scope that have begun by the as-at day."""
    match window:
        case p.Duration():
            return _from_start(window, domain, as_at)
        case p.CalendarUnit():
            whole = False
        case p.NamedCalendar(_, whole):
            pass
    assert calendar is not None
    return _of_calendar(calendar, whole, domain, as_at)


SHORTEST = {"day": 1, "working day": 1, "week": 7, "month": 28, "year": 365}
"""The fewest days that a unit can have: it bounds how many windows there may be."""


def _from_start(length: p.Duration, domain: Domain, as_at: int) -> Windows:
    """Windows that end one, two, three lengths after the first day, whatever was done in them."""
    until = np.minimum(domain.end - 1, as_at)
    most = (until - domain.start) // (SHORTEST[length.unit] * length.count) + 1
    scope, place = spans(np.zeros(len(domain), np.int32), most)
    start = domain.start[scope]
    last = _after(start, (place + 1) * length.count, length.unit)
    first = np.where(place == 0, start, _after(start, place * length.count, length.unit) + 1)
    windows = Windows(scope, first.astype(np.int32), last)
    return windows.take(first <= until[scope])


def _after(start: Days, count: Days, unit: p.Unit) -> Days:
    return np.minimum(last_days(start, count, unit), FAR).astype(np.int32)


def _of_calendar(calendar: Calendar, whole: bool, domain: Domain, as_at: int) -> Windows:
    """Stretches on whose last day the scope runs, and on whose first, where it holds them whole."""
    begun = calendar[0] <= as_at
    first, last = calendar[0][begun], calendar[1][begun]
    lo = np.searchsorted(last, domain.start, side="left")
    hi = np.searchsorted(last, domain.end, side="left")
    scope, which = spans(lo, hi)
    start = domain.start[scope]
    windows = Windows(scope, np.maximum(first[which], start).astype(np.int32), last[which])
    if whole:
        windows = windows.take(first[which] >= start)
    return windows.take(np.argsort(keys(windows.scope, windows.first), kind="stable"))


# ------------------------------------------------------------------ what was done


def tally(windows: Windows, number: int, scopes: Scopes, acts: Acts) -> Tally:
    """The acts of each window, inside the scope, one a day."""
    until = np.minimum(windows.last, scopes.last_act[windows.scope])
    first = acts.in_scope(windows.scope, windows.first)
    last = acts.in_scope(windows.scope, until)
    lo = np.searchsorted(acts.key, first, side="left")
    count = np.maximum(np.searchsorted(acts.key, last, side="right") - lo, 0)
    extra = acts.undecided[first_of_each(acts.undecided)]
    same = np.searchsorted(acts.key, extra, side="left")
    extra = extra[np.append(acts.key, -1)[same] != extra]
    more = np.searchsorted(extra, last, side="right") - np.searchsorted(extra, first, side="left")
    nth = np.where(count >= number, lo + number - 1, len(acts.key))
    return Tally(
        count.astype(np.int32),
        (count + np.maximum(more, 0)).astype(np.int32),
        np.append(acts.day, FAR).astype(np.int32)[nth],
        np.append(acts.row, -1).astype(np.int32)[nth],
    )


# ----------------------------------------------------------------------- verdicts


def _at_least(
    duty: DutyPlan,
    windows: Windows,
    scopes: Scopes,
    acts: Acts,
    number: int,
    caseload: Caseload,
) -> Batch:
    """One obligation a window, due on its last day."""
    found = tally(windows, number, scopes, acts)
    end, last = scopes.domain.end[windows.scope], windows.last
    done, over = found.day < FAR, last < caseload.as_at
    left = np.where((end <= last) & (end <= caseload.as_at), LAPSED, np.where(over, NOT_MET, DUE))
    verdict = np.where(done, MET, left)
    batch = _batch(
        duty,
        windows,
        scopes,
        acts,
        _looked_at(duty, windows.scope, last, scopes, caseload),
        deadline=last,
        fulfilled=np.where(done, found.day, MISSING),
        act=found.row,
        verdict=verdict,
        days=np.where(verdict == DUE, last - caseload.as_at, 0),
    )
    table, missed = acts.table, verdict == NOT_MET
    unseen = over & (last > table.covered_to)
    doubt = np.select(
        [
            (missed | (verdict == LAPSED)) & unseen,
            missed & (table.covered_from[batch.subject] > windows.first),
            missed & (found.perhaps >= number),
        ],
        [AFTER_EXTRACT, NOT_COVERED, UNDECIDED_ACT],
        NO_DOUBT,
    )
    return _told(batch, doubt, scopes, acts)


def _at_most(
    duty: DutyPlan,
    windows: Windows,
    scopes: Scopes,
    acts: Acts,
    number: int,
    caseload: Caseload,
) -> Batch:
    """One obligation for each window that is over, or in which it was done too often."""
    found = tally(windows, number + 1, scopes, acts)
    end, last = scopes.domain.end[windows.scope], windows.last
    broken = found.day < FAR
    batch = _batch(
        duty,
        windows,
        scopes,
        acts,
        _looked_at(duty, windows.scope, np.minimum(found.day, last), scopes, caseload),
        deadline=np.where(broken, found.day, MISSING),
        verdict=np.where(broken, NOT_MET, MET),
    )
    table, until = acts.table, np.minimum(last, end - 1)
    doubt = np.select(
        [
            ~broken & (until > table.covered_to),
            ~broken & (table.covered_from[batch.subject] > windows.first),
            ~broken & (found.perhaps > number),
        ],
        [SHORT_RECORD, NOT_COVERED, UNDECIDED_ACT],
        NO_DOUBT,
    )
    settled = broken | (last < caseload.as_at) | (end <= caseload.as_at)
    return _told(batch.take(settled), doubt[settled], scopes, acts)


def _looked_at(
    duty: DutyPlan, scope: Days, day: Days, scopes: Scopes, caseload: Caseload
) -> npt.NDArray[np.int32]:
    """The state of the guard's leaves on a day of each window, or on the scope's last."""
    line = guarded(duty.steps[0].guard, scopes.domain, caseload)
    return line.at(scope, np.minimum(day, scopes.domain.end[scope] - 1))


def _batch(
    duty: DutyPlan,
    windows: Windows,
    scopes: Scopes,
    acts: Acts,
    code: npt.NDArray[np.int32],
    **columns: npt.NDArray[np.integer],
) -> Batch:
    guard = duty.steps[0].guard
    mask = guard.table[code]
    return Batch.of(
        duty,
        scopes.domain,
        windows.scope,
        Tables(acts.table, None, scopes.table),
        step=0,
        anchor=windows.first,
        anchor_from=np.array(FROM_ITSELF),
        end=np.minimum(scopes.domain.end[windows.scope], windows.last + 1),
        code=code,
        assumed=(mask & (mask - 1)) != 0,
        mover=guard.mover[code],
        **columns,
    )


def _told(batch: Batch, doubt: npt.NDArray[np.integer], scopes: Scopes, acts: Acts) -> Batch:
    """What can be told of windows in which the duty stands; those in which it does not, besides."""
    mask = batch.duty.steps[0].guard.table[batch.code]
    exempt = mask == 1 << EXEMPT
    if acts.table.coverage == "absent":
        doubt = np.full(len(batch), NOT_HELD)
    unsure = doubt != NO_DOUBT
    batch = batch.put(unsure, verdict=CANNOT_TELL, doubt=doubt[unsure], days=0)
    batch = batch.put(exempt, verdict=IS_EXEMPT, doubt=NO_DOUBT, deadline=MISSING, days=0)
    stands = (mask & ~batch.duty.steps[0].guard.no_duty) != 0
    return where_scopes_are_sure(batch.take(stands | exempt), scopes)
