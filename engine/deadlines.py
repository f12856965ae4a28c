"""When obligations fall due: deadlines found over the segments of a timeline.

The strict reading (``language.md`` section 4): the earliest day on which the duty stands and on
which some limit counted from a day since the anchor, on which it stood, has run out.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.dates import Days, deadline_table, lead_table
from duly.engine.days import FAR
from duly.engine.keys import Flags, Keys, keys, next_day, place_of, scope_of
from duly.engine.moments import Moments
from duly.engine.plan import EXEMPT, Guard, Outcome
from duly.engine.timeline import Timeline

UNLIMITED = FAR - 1
"""A deadline of a duty that stands without a limit: one for a person to judge, or not on record."""


@frozen(eq=False)
class Segments:
    """A guard's timeline, ready to be walked.

    ``following`` is the first day of the next segment of the same scope, ``FAR`` for the last;
    ``soonest`` and ``latest`` have one row for each set of outcomes that occurs, and in it for each
    anchor day the earliest and the latest deadline that the set allows, ``FAR`` for none; a
    segment's ``place`` plus the anchor day is where to look in the flattened table.  ``limits`` has
    one row for each outcome, and in it the deadlines of anchors from day ``first`` on.
    ``open`` marks segments with more than one possible outcome, ``stands`` those on which the duty
    stands or may, ``judged`` those on which a person must judge.  Where days and tables count
    smaller units, a day has ``unit`` of them.
    """

    key: Keys
    day: Days
    following: Days
    code: npt.NDArray[np.int32]
    mask: npt.NDArray[np.int64]
    place: npt.NDArray[np.int64]
    soonest: Days
    latest: Days
    limits: Days
    first: int
    open: Flags
    stands: Flags
    judged: Flags
    unit: int = 1

    @cached_property
    def next_open(self) -> npt.NDArray[np.intp]:
        """The first open segment at or after each, the number of segments where there is none."""
        return _next(self.open)

    @cached_property
    def stood_before(self) -> npt.NDArray[np.int64]:
        """On how many segments before each the duty may have stood."""
        return _so_far(self.stands)

    @cached_property
    def exempt_before(self) -> npt.NDArray[np.int64]:
        """On how many it was surely exempt."""
        return _so_far(self.mask == 1 << EXEMPT)

    @cached_property
    def judged_before(self) -> npt.NDArray[np.int64]:
        """On how many a person must judge."""
        return _so_far(self.judged)

    @cached_property
    def one_each(self) -> bool:
        """Whether each scope has a single segment, which then has its number."""
        return not len(self.key) or int(scope_of(self.key[-1:])[0]) == len(self.key) - 1

    def at(self, scope: Days, day: Days) -> npt.NDArray[np.intp]:
        """The segment of each scope and day."""
        if self.one_each:
            return scope.astype(np.intp)
        return place_of(self.key, keys(scope, day), side="right") - 1

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

    limits = np.stack([limit_table(outcome)[window] for outcome in guard.outcomes])

    sets = [members(int(mask)) for mask in used]

    def tables(pick: np.ufunc) -> Days:
        return np.stack([pick.reduce(limits[s]) if len(s) > 1 else limits[s[0]] for s in sets])

    return Segments(
        line.key,
        day,
        following,
        line.code,
        mask,
        which.astype(np.int64) * width - first_anchor,
        tables(np.minimum),
        tables(np.maximum),
        limits,
        first_anchor,
        ((used & (used - 1)) != 0)[which],
        ((used & ~guard.no_duty) != 0)[which],
        ((used & ~guard.judged) == 0)[which],
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


def members(mask: int) -> list[int]:
    """The outcomes in a set."""
    return [number for number in range(mask.bit_length()) if mask >> number & 1]


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

    ``first`` is the segment in which each may first fall due.  ``spared`` marks those that would
    not be due at all by the shortest limits.  Where times of day are looked at, ``ends`` is the
    moment at which each is over, and ``overrun`` marks what was done on the very day but after it.
    """

    day: Days
    segment: npt.NDArray[np.intp]
    spared: Flags
    first: npt.NDArray[np.intp]
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
    return Due(_in_days(line, due), decided, np.zeros(len(due), bool), first)


def once(
    line: Segments,
    tables: Days,
    anchor: Days,
    stands: Days,
    first: npt.NDArray[np.intp],
    *,
    strict: bool,
) -> Due:
    """Deadlines of ``within``: never, where the last day finds the duty not standing (T-26).

    Where the limit has run out before the duty first stands, its last day has gone by; where it
    runs out because an interval became shorter, it is due on that day.
    """
    never = FAR * line.unit
    if line.unit > 1:
        stands = stands * line.unit
    flat = tables.reshape(-1)
    due = np.full(len(anchor), never, np.int32)
    decided = first.copy()
    i = np.arange(len(anchor))
    segment, best, by = first, np.full(len(anchor), never, np.int32), first
    while len(i):
        own, following = flat[line.place[segment] + anchor[i]], line.following[segment]
        standing, newly = own < never, best == never
        begins = np.maximum(line.day[segment], stands[i])
        newer = own < (best if strict else never)
        by, best = np.where(newer, segment, by), np.where(newer, own, best)
        gone_by = newly & (stands[i] <= best) & (best < begins)
        lost = np.where(standing, gone_by, best < following)
        day = np.maximum(begins, best)
        found = standing & ~lost & (day < following)
        due[i[found]], decided[i[found]] = day[found], by[found]
        on = ~found & ~lost & (following < never)
        i, segment, best, by = i[on], segment[on] + 1, best[on], by[on]
    return Due(_in_days(line, due), decided, np.zeros(len(due), bool), first)


def once_of_any(
    line: Segments,
    anchor: Days,
    stands: Days,
    first: npt.NDArray[np.intp],
    *,
    strict: bool,
) -> tuple[Due, npt.NDArray[np.intp]]:
    """The same where it is not known what is asked: the earliest deadline of all completions.

    Each completion comes to a segment with a limit, that of one of the outcomes, or ``fresh``, if
    it has not stood yet.  On each day it may take any outcome that the segment allows; it is
    ``lost`` where it does not stand on its last day.  Gives the outcomes whose limits decided, too.
    """
    never, outcomes = FAR * line.unit, np.arange(len(line.limits))
    stands = stands * line.unit
    due, decided = np.full(len(anchor), never, np.int32), first.copy()
    by_outcome, spared = np.zeros(len(anchor), np.intp), np.zeros(len(anchor), bool)
    i, segment = np.arange(len(anchor)), first
    held = np.zeros((len(anchor), len(outcomes)), bool)
    since = np.zeros(held.shape, np.intp)
    fresh, lost = np.ones(len(anchor), bool), np.zeros(len(anchor), bool)
    while len(i):
        limit, following = line.limits[:, anchor[i] - line.first].T, line.following[segment]
        begins = np.maximum(line.day[segment], stands[i])
        allowed = (line.mask[segment][:, None] >> outcomes & 1).astype(bool)
        standing = allowed & (limit < never)
        rests, stood = (allowed & ~standing).any(1), standing.any(1)
        gone_by = (stands[i][:, None] <= limit) & (limit < begins[:, None])
        begun = standing & fresh[:, None] & ~gone_by
        lost |= (standing & fresh[:, None] & gone_by).any(1)
        lost |= ~stood & (held & (limit < following[:, None])).any(1)
        # on the first day of the segment, and on those after it
        now = begun | _taken(standing, held, limit, strict=strict)
        more = (begins + line.unit < following)[:, None]
        later = now | (_taken(standing, now, limit, strict=strict) & more)
        soonest, next_day = (np.where(some, limit, never).min(1) for some in (now, later))
        at_once, after = np.maximum(begins, soonest), np.maximum(begins + line.unit, next_day)
        day, chosen = np.minimum(at_once, after), np.where(after < at_once, next_day, soonest)
        newly = later & ~held if strict else later
        since[newly] = np.broadcast_to(segment[:, None], held.shape)[newly]
        found = stood & (day < following)
        which = (later & (limit == chosen[:, None])).argmax(1)
        due[i[found]], by_outcome[i[found]] = day[found], which[found]
        decided[i[found]] = since[np.arange(len(i)), which][found]
        latest = np.maximum(begins, np.where(now, limit, 0).max(1))
        spared[i[found]] = (lost | rests | (latest != day))[found]
        stays = held & np.where(stood, rests, True)[:, None] & (limit >= following[:, None])
        held, fresh = later | stays, fresh & rests
        on = ~found & (held.any(1) | fresh) & (following < never)
        i, segment, held, since = i[on], segment[on] + 1, held[on], since[on]
        fresh, lost = fresh[on], lost[on]
    return Due(_in_days(line, due), decided, spared, first), by_outcome


def _taken(standing: Flags, held: Flags, limit: Days, *, strict: bool) -> Flags:
    """The limits with which completions that hold some go on from a day on which they stand."""
    taken: Flags = standing & held.any(axis=1, keepdims=True)
    if strict:
        most, longest = (np.where(some, limit, -1).max(1)[:, None] for some in (held, standing))
        taken = (standing & (limit <= most)) | (held & (limit <= longest))
    return taken
