"""When obligations fall due: deadlines found over the segments of a timeline.

The strict reading (``language.md`` section 4): the earliest day on which the duty stands and on
which some limit counted from a day since the anchor, on which it stood, has run out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.dates import Days, deadline_table, lead_table
from duly.engine.days import FAR
from duly.engine.keys import Flags, Keys, keys, next_day, scope_of
from duly.engine.moments import Moments
from duly.engine.plan import EXEMPT, Guard, Outcome
from duly.engine.timeline import Timeline

UNLIMITED = FAR - 1
"""A deadline of a duty that stands without a limit: one for a person to judge, or not on record."""


@frozen(eq=False)
class Segments:
    """A guard's timeline, ready to be walked.

    ``following`` is the first day of the next segment of the same scope, ``FAR`` for the last;
    ``soonest``, ``latest`` and ``longest`` have one row for each set of outcomes that occurs, and
    in it for each anchor day the earliest and the latest deadline that the set allows, ``FAR`` for
    none, and the latest if the duty does stand; a segment's ``place`` plus the anchor day is where
    to look in the flattened table.
    ``open`` marks segments with more than one possible outcome, ``next_open`` is the first of them
    at or after each segment (their number where there is none); ``stands`` marks those on which
    the duty stands or may; ``stood_before`` and ``exempt_before`` count the segments before each
    on which it may have stood, or was surely exempt, ``judged_before`` those on which a person must
    judge.  Where days and tables count smaller units, a day has ``unit`` of them.
    """

    key: Keys
    day: Days
    following: Days
    code: npt.NDArray[np.int32]
    mask: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    soonest: Days
    latest: Days
    longest: Days
    open: Flags
    next_open: npt.NDArray[np.intp]
    stands: Flags
    stood_before: npt.NDArray[np.int64]
    exempt_before: npt.NDArray[np.int64]
    judged_before: npt.NDArray[np.int64]
    unit: int = 1

    def at(self, scope: Days, day: Days) -> npt.NDArray[np.intp]:
        """The segment of each scope and day; the needles must be in order."""
        needles = keys(scope, day)
        first = np.searchsorted(needles, self.key, side="left")
        return np.repeat(np.arange(len(self.key)), np.diff(np.append(first, len(needles))))

    def at_any(self, scope: Days, day: Days) -> npt.NDArray[np.intp]:
        """The same for needles in any order."""
        return np.searchsorted(self.key, keys(scope, day), side="right") - 1

    def first_standing(self, first: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
        """The first segment from each on in which the duty may stand, else itself."""
        found = _next(self.stands)[first]
        safe = np.minimum(found, len(self.key) - 1)
        there = (found < len(self.key)) & (scope_of(self.key[safe]) == scope_of(self.key[first]))
        return np.where(there, safe, first)


def segments(line: Timeline, guard: Guard, last_anchor: int) -> Segments:
    """The timeline with its outcome sets and their date tables, for anchors up to a day."""
    mask = guard.table[line.code]
    used, which = _distinct(mask)
    day, scope = line.day, line.scope
    following = next_day(scope, day)
    first_anchor = int(day.min())
    width = max(last_anchor - first_anchor, 0) + 1
    window = slice(first_anchor, first_anchor + width)

    def tables(without: int, pick: np.ufunc) -> Days:
        sets = ((int(m) & ~without) or int(m) for m in used)
        return np.stack([_allowed(outcomes, guard, pick, window) for outcomes in sets])

    stands = (mask & ~guard.no_duty) != 0
    judged = (mask & ~guard.judged) == 0
    return Segments(
        line.key,
        day,
        following,
        line.code,
        mask,
        which.astype(np.int64) * width - first_anchor,
        tables(0, np.minimum),
        tables(0, np.maximum),
        tables(guard.no_duty, np.maximum),
        (mask & (mask - 1)) != 0,
        _next(mask & (mask - 1) != 0),
        stands,
        _so_far(stands),
        _so_far(mask == 1 << EXEMPT),
        _so_far(judged),
    )


def _distinct(
    mask: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.integer]]:
    """The sets that occur, in order, and which of them each is; few outcomes are counted."""
    if mask.max(initial=0) >= 1 << 16:
        return np.unique(mask, return_inverse=True)
    used = np.flatnonzero(np.bincount(mask, minlength=1))
    which = np.zeros(int(used.max(initial=0)) + 1, np.int32)
    which[used] = np.arange(len(used))
    return used, which[mask]


def _so_far(marked: Flags) -> npt.NDArray[np.int64]:
    """How many are marked before each place, and in all."""
    return np.concatenate([[0], np.cumsum(marked)])


def _next(marked: Flags) -> npt.NDArray[np.intp]:
    """The first marked place at or after each, the number of places where there is none."""
    place = np.where(marked, np.arange(len(marked)), len(marked))
    nearest: npt.NDArray[np.intp] = np.minimum.accumulate(place[::-1])[::-1]
    return nearest


def _allowed(mask: int, guard: Guard, pick: np.ufunc, window: slice) -> Days:
    """The earliest or the latest deadline of the outcomes in the set, for the anchor days."""
    tables = [
        limit_table(outcome)[window]
        for number, outcome in enumerate(guard.outcomes)
        if mask >> number & 1
    ]
    result: Days = tables[0]
    for table in tables[1:]:
        result = pick(result, table)
    return result


def limit_table(outcome: Outcome) -> Days:
    """For each anchor day the deadline of one outcome."""
    if outcome.before is not None:
        return lead_table(outcome.before.lead, clear=outcome.before.clear)
    match outcome.duration:
        case p.Sooner((one, other)):
            assert isinstance(one, p.Duration)
            assert isinstance(other, p.Duration)
            return np.minimum(deadline_table(one), deadline_table(other))
        case None:
            limit = FAR if outcome.stated and not outcome.judged else UNLIMITED
            return np.full(FAR + 1, limit, np.int32)
        case duration:
            return deadline_table(duration)


@frozen(eq=False)
class Due:
    """Deadlines (``FAR`` for none) and the segment whose limit decided each.

    ``spared`` marks those that would not be due at all by the shortest limits.  Where times of day
    are looked at, ``ends`` is the moment at which each is over, and ``overrun`` marks what was done
    on the very day but after it.
    """

    day: Days
    segment: npt.NDArray[np.intp]
    spared: Flags
    ends: Moments | None = None
    overrun: Flags | None = None


def _in_days(line: Segments, due: Days) -> Days:
    return due if line.unit == 1 else due // line.unit


def repeating(
    line: Segments,
    tables: Days,
    anchor: Days,
    stands: Days,
    first: npt.NDArray[np.intp],
    *,
    strict: bool,
) -> Due:
    """Deadlines of ``every``: what is past when the duty stands again is due on that day.

    ``strict``: a longer limit never puts back a shorter one.  ``stands`` is the first day on which
    each may stand, ``first`` the segment of that day.
    """
    never = FAR * line.unit
    if line.unit > 1:
        stands = stands * line.unit
    flat = tables.reshape(-1)
    limit = flat[line.place[first] + anchor]
    due = np.maximum(limit, stands)
    done = due < line.following[first]
    due[~done] = never
    decided = first.copy()
    i = np.flatnonzero(~done & (line.following[first] < never))
    segment, best, by = first[i], limit[i], first[i]
    while len(i):
        segment = segment + 1
        own = flat[line.place[segment] + anchor[i]]
        newer = own < (best if strict else never)
        by, best = np.where(newer, segment, by), np.where(newer, own, best)
        day = np.maximum(line.day[segment], best)
        found = (own < never) & (day < line.following[segment])
        due[i[found]] = day[found]
        decided[i[found]] = by[found]
        on = ~found & (line.following[segment] < never)
        i, segment, best, by = i[on], segment[on], best[on], by[on]
    return Due(_in_days(line, due), decided, np.zeros(len(due), bool))


def once(
    line: Segments,
    tables: Days,
    longest: Days,
    anchor: Days,
    stands: Days,
    first: npt.NDArray[np.intp],
    *,
    strict: bool,
) -> Due:
    """Deadlines of ``within``: never, where the last day finds the duty not standing (T-26).

    Where the limit has run out before the duty first stands, its last day has gone by; where it
    runs out because an interval became shorter, it is due on that day.  ``longest`` are the limits
    by which an obligation may outlive a day that the shortest would not.
    """
    never = FAR * line.unit
    if line.unit > 1:
        stands = stands * line.unit
    flat, reserve = tables.reshape(-1), longest.reshape(-1)
    due = np.full(len(anchor), never, np.int32)
    decided = first.copy()
    i = np.arange(len(anchor))
    segment, best, by = first, np.full(len(anchor), never, np.int32), first
    alive, spared = best, np.zeros(len(anchor), bool)
    while len(i):
        place = line.place[segment] + anchor[i]
        own, following = flat[place], line.following[segment]
        standing, newly = own < never, best == never
        begins = np.maximum(line.day[segment], stands[i])
        newer = own < (best if strict else never)
        by, best = np.where(newer, segment, by), np.where(newer, own, best)
        longest_own = np.minimum(alive, reserve[place]) if strict else reserve[place]
        alive = np.where(standing, longest_own, alive)
        gone_by = standing & newly & (stands[i] <= best) & (best < begins)
        saved = gone_by & (alive >= begins)  # by a longer limit that day, the shorter one next day
        day = np.where(saved, np.minimum(alive, begins + line.unit), np.maximum(begins, best))
        found = standing & (saved | ~gone_by) & (day < following)
        passed = ~standing & (best < following)
        kept = passed & (alive >= following)
        best = np.where(saved | kept, alive, best)
        spared[i[saved | kept]] = True
        due[i[found]], decided[i[found]] = day[found], by[found]
        lost = (gone_by & ~saved) | (passed & ~kept)
        on = ~found & ~lost & (following < never)
        i, segment = i[on], segment[on] + 1
        best, by, alive = best[on], by[on], alive[on]
    return Due(_in_days(line, due), decided, spared)
