"""When obligations fall due: deadlines found over the segments of a timeline.

The strict reading (``language.md`` section 4): the earliest day on which the duty stands and on
which some limit counted from a day since the anchor, on which it stood, has run out.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.engine.dates import Days, deadline_table
from duly.engine.days import FAR
from duly.engine.keys import Flags, Keys, keys, next_day
from duly.engine.plan import EXEMPT, PAUSED, Guard
from duly.engine.timeline import Timeline

NO_DUTY = 1 << PAUSED | 1 << EXEMPT
"""The outcomes in which a duty does not stand, as a set."""


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
    on which it may have stood, or was surely exempt.
    """

    key: Keys
    day: Days
    following: Days
    code: npt.NDArray[np.int32]
    mask: npt.NDArray[np.int32]
    place: npt.NDArray[np.int64]
    soonest: Days
    latest: Days
    longest: Days
    open: Flags
    next_open: npt.NDArray[np.intp]
    stands: Flags
    stood_before: npt.NDArray[np.int64]
    exempt_before: npt.NDArray[np.int64]

    def at(self, scope: Days, day: Days) -> npt.NDArray[np.intp]:
        """The segment of each scope and day; the needles must be in order."""
        needles = keys(scope, day)
        first = np.searchsorted(needles, self.key, side="left")
        return np.repeat(np.arange(len(self.key)), np.diff(np.append(first, len(needles))))

    def at_any(self, scope: Days, day: Days) -> npt.NDArray[np.intp]:
        """The same for needles in any order."""
        return np.searchsorted(self.key, keys(scope, day), side="right") - 1


def segments(line: Timeline, guard: Guard, last_anchor: int) -> Segments:
    """The timeline with its outcome sets and their date tables, for anchors up to a day."""
    mask = guard.table[line.code]
    used = np.flatnonzero(np.bincount(mask, minlength=1))
    which = np.zeros(int(used.max(initial=0)) + 1, np.int32)
    which[used] = np.arange(len(used))
    day, scope = line.day, line.scope
    following = next_day(scope, day)
    first_anchor = int(day.min())
    width = max(last_anchor - first_anchor, 0) + 1
    window = slice(first_anchor, first_anchor + width)

    def tables(without: int, pick: np.ufunc) -> Days:
        sets = ((int(m) & ~without) or int(m) for m in used)
        return np.stack([_allowed(outcomes, guard, pick, window) for outcomes in sets])

    only_exempt = mask == 1 << EXEMPT
    stands = (mask & ~NO_DUTY) != 0
    return Segments(
        line.key,
        day,
        following,
        line.code,
        mask,
        which[mask].astype(np.int64) * width - first_anchor,
        tables(0, np.minimum),
        tables(0, np.maximum),
        tables(NO_DUTY, np.maximum),
        (mask & (mask - 1)) != 0,
        _next(mask & (mask - 1) != 0),
        stands,
        np.concatenate([[0], np.cumsum(stands)]),
        np.concatenate([[0], np.cumsum(only_exempt)]),
    )


def _next(marked: Flags) -> npt.NDArray[np.intp]:
    """The first marked place at or after each, the number of places where there is none."""
    place = np.where(marked, np.arange(len(marked)), len(marked))
    nearest: npt.NDArray[np.intp] = np.minimum.accumulate(place[::-1])[::-1]
    return nearest


def _allowed(mask: int, guard: Guard, pick: np.ufunc, window: slice) -> Days:
    """The earliest or the latest deadline of the outcomes in the set, for the anchor days."""
    never = np.full(window.stop - window.start, FAR, np.int32)
    tables = [
        deadline_table(outcome.duration)[window] if outcome.duration is not None else never
        for number, outcome in enumerate(guard.outcomes)
        if mask >> number & 1
    ]
    result: Days = tables[0]
    for table in tables[1:]:
        result = pick(result, table)
    return result


@frozen(eq=False)
class Due:
    """Deadlines (``FAR`` for none) and the segment whose limit decided each.

    ``spared`` marks those that would not be due at all by the shortest limits.
    """

    day: Days
    segment: npt.NDArray[np.intp]
    spared: Flags


def repeating(
    line: Segments, tables: Days, anchor: Days, stands: Days, first: npt.NDArray[np.intp]
) -> Due:
    """Deadlines of ``every``: what is past when the duty stands again is due on that day.

    ``stands`` is the first day on which each may stand, ``first`` the segment of that day.
    """
    flat = tables.reshape(-1)
    limit = flat[line.place[first] + anchor]
    due = np.maximum(limit, stands)
    done = due < line.following[first]
    due[~done] = FAR
    decided = first.copy()
    i = np.flatnonzero(~done & (line.following[first] < FAR))
    segment, best, by = first[i], limit[i], first[i]
    while len(i):
        segment = segment + 1
        own = flat[line.place[segment] + anchor[i]]
        by = np.where(own < best, segment, by)
        best = np.minimum(best, own)
        day = np.maximum(line.day[segment], best)
        found = (own < FAR) & (day < line.following[segment])
        due[i[found]] = day[found]
        decided[i[found]] = by[found]
        on = ~found & (line.following[segment] < FAR)
        i, segment, best, by = i[on], segment[on], best[on], by[on]
    return Due(due, decided, np.zeros(len(due), bool))


def once(
    line: Segments,
    tables: Days,
    longest: Days,
    anchor: Days,
    stands: Days,
    first: npt.NDArray[np.intp],
) -> Due:
    """Deadlines of ``within``: never, where the last day finds the duty not standing (T-26).

    Where the limit has run out before the duty first stands, its last day has gone by; where it
    runs out because an interval became shorter, it is due on that day.  ``longest`` are the limits
    by which an obligation may outlive a day that the shortest would not.
    """
    flat, reserve = tables.reshape(-1), longest.reshape(-1)
    due = np.full(len(anchor), FAR, np.int32)
    decided = first.copy()
    i = np.arange(len(anchor))
    segment, best, by = first, np.full(len(anchor), FAR, np.int32), first
    alive, spared = best, np.zeros(len(anchor), bool)
    while len(i):
        place = line.place[segment] + anchor[i]
        own, following = flat[place], line.following[segment]
        standing, newly = own < FAR, best == FAR
        begins = np.maximum(line.day[segment], stands[i])
        by = np.where(own < best, segment, by)
        best = np.minimum(best, own)
        alive = np.where(standing, np.minimum(alive, reserve[place]), alive)
        gone_by = standing & newly & (stands[i] <= best) & (best < begins)
        saved = gone_by & (alive >= begins)  # by a longer limit that day, the shorter one next day
        day = np.where(saved, np.minimum(alive, begins + 1), np.maximum(begins, best))
        found = standing & (saved | ~gone_by) & (day < following)
        passed = ~standing & (best < following)
        kept = passed & (alive >= following)
        best = np.where(saved | kept, alive, best)
        spared[i[saved | kept]] = True
        due[i[found]], decided[i[found]] = day[found], by[found]
        lost = (gone_by & ~saved) | (passed & ~kept)
        on = ~found & ~lost & (following < FAR)
        i, segment = i[on], segment[on] + 1
        best, by, alive = best[on], by[on], alive[on]
    return Due(due, decided, spared)
