"""Limits in hours: clocks that run from a moment, and how far a time not on record moves them.

The strict reading works on days; here its tables are those of the distinct moments at which clocks
begin.  A time that nobody recorded is taken for the start of an anchor's day and the end of an
act's, and then the other way round (``language.md`` section 4, items 29 to 31).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.dates import Days, deadline_table
from duly.engine.days import FAR, LAST, UNTIMED
from duly.engine.deadlines import UNLIMITED, Due, Segments, limit_table, members
from duly.engine.facts import Table
from duly.engine.moments import DAY, Hours, Minutes, Moments, clock_at, moments
from duly.engine.plan import Guard, Outcome, StepPlan

UNIT = 2048
"""A day, where days and minutes are one number: more than its minutes, its end included."""


def in_hours(step: StepPlan) -> bool:
    """Whether a step looks at times of day: one of its limits is in hours."""
    return any(d.unit == "hour" for o in step.guard.outcomes for d in _parts(o))


def _parts(outcome: Outcome) -> Iterable[p.Duration]:
    length = outcome.duration
    parts = length.parts if isinstance(length, p.Sooner) else (length,)
    return (part for part in parts if isinstance(part, p.Duration))


# ------------------------------------------------------------------------- clocks


@frozen(eq=False)
class Clocks:
    """Segments whose tables are for the moments at which a run's clocks begin.

    ``place`` says where in the tables each clock is; ``soonest`` and ``limits`` are the moments of
    the deadlines that stand in those tables of ``line``, ``which`` the row of each segment in the
    first.
    """

    line: Segments
    place: Days
    soonest: Moments
    limits: Moments
    which: npt.NDArray[np.intp]

    def ends(self, due: Due, limit: Moments) -> Moments:
        """The moment of each deadline: its limit, or the end of the day where that is another's."""
        day, _ = clock_at(limit)
        return np.where(day == due.day, limit, moments(due.day, DAY))


def extremes(line: Segments, guard: Guard, day: Days, hours: Hours) -> tuple[Clocks, Clocks]:
    """Clocks that begin as early, and as late, as what is on record allows."""
    return clocks(line, guard, day, hours.first), clocks(line, guard, day, hours.last)


def clocks(line: Segments, guard: Guard, day: Days, minute: Minutes) -> Clocks:
    """The same segments for clocks that begin at these moments."""
    width = DAY + 1  # the end of a day is not the start of the next
    distinct, place = np.unique(day.astype(np.int64) * width + minute, return_inverse=True)
    first, at = (part.astype(np.int32) for part in np.divmod(distinct, width))
    limits = np.stack([_limit(outcome, first, at) for outcome in guard.outcomes])
    sets, which = np.unique(line.mask, return_inverse=True)

    def tables(pick: np.ufunc) -> Moments:
        return np.stack([pick.reduce(limits[members(int(mask))]) for mask in sets])

    soonest, latest = tables(np.minimum), tables(np.maximum)
    in_units = evolve(
        line,
        day=line.day * UNIT,
        following=line.following * UNIT,
        place=which.astype(np.int64) * len(distinct),
        soonest=_units(soonest),
        latest=_units(latest),
        limits=_units(limits),
        first=0,
        unit=UNIT,
    )
    return Clocks(in_units, place.astype(np.int32), soonest, limits, which)


def _limit(outcome: Outcome, day: Days, minute: Days) -> Moments:
    """The moment at which the time of one outcome is over, for each beginning."""
    parts = tuple(_parts(outcome))
    if all(each.unit != "hour" for each in parts):
        return moments(limit_table(outcome)[day], DAY)
    ends = [
        moments(day, minute) + 60 * each.count
        if each.unit == "hour"
        else moments(deadline_table(each)[day], DAY)
        for each in parts
    ]
    soonest: Moments = np.min(ends, axis=0)
    return soonest


def _units(limit: Moments) -> Days:
    """Moments as the clock shows them, days and minutes in one; what is never is."""
    day, minute = clock_at(limit)
    beyond = (day > LAST) & (day != UNLIMITED)
    return np.where(beyond, FAR * UNIT, day * UNIT + minute).astype(np.int32)


def last_limit(outcome: Outcome, day: Days) -> Days:
    """The last day to act by one outcome, counted from the end of each day."""
    if all(each.unit != "hour" for each in _parts(outcome)):
        return limit_table(outcome)[day]
    last, _ = clock_at(_limit(outcome, day, np.full(len(day), DAY, np.int32)))
    return last


# ----------------------------------------------------------------- times on record


def minutes_in(table: Table | None, name: str, rows: Days) -> Minutes:
    """The time of day of one of the dates of each row, ``UNTIMED`` for none and for -1."""
    if table is None or name not in table.times:
        return np.full(len(rows), UNTIMED, np.int16)
    return np.append(table.times[name], np.int16(UNTIMED))[rows]


def anchor_minutes(anchor: p.Anchor | None, table: Table | None, rows: Days) -> Minutes:
    """The time of day of the anchors that stand in these rows."""
    match anchor:
        case p.EventDay(milestone=str(milestone)):
            return minutes_in(table, milestone, rows)
        case p.PeriodEdge(edge="end") if table is not None:
            return minutes_in(table, "end", rows)
        case _:
            return minutes_in(table, "start", rows)


def last_rows(table: Table, rows: Days) -> Days:
    """The last row of the period that each row begins."""
    if table.kind.joined is None:
        return rows
    periods = table.periods
    last = np.arange(len(table) + 1, dtype=np.int32)
    last[periods.row] = periods.last
    last[-1] = -1
    return last[rows]


def act_minutes(act: p.Act, table: Table, rows: Days) -> Minutes:
    """The time of day at which each row did the act."""
    if act.edge == "end":
        rows = last_rows(table, rows)
    return minutes_in(table, act.dated, rows)


def minute_of(clock: time) -> int:
    """The minute of the day that a clock shows."""
    return clock.hour * 60 + clock.minute
