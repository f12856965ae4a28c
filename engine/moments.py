"""Days and times of day as moments: minutes since 1900 that run on through every clock change.

A *moment* is int64, minutes of Greenwich Mean Time since 1 January 1900; what people record is a
day and a minute of it by the clock of Europe/London (T-20).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.engine.days import EPOCH, LAST, UNTIMED, london

Minutes = npt.NDArray[np.int16]
"""Minutes of a day, ``UNTIMED`` where only the day is known."""

Moments = npt.NDArray[np.int64]

DAY = 24 * 60
"""Minutes of a day; as a minute of the day, its end."""


@frozen(eq=False)
class Hours:
    """The first and the last minute at which each of some things may have been on its day."""

    first: Minutes
    last: Minutes

    def __getitem__(self, some: npt.NDArray[np.bool_ | np.intp] | slice) -> Hours:
        return Hours(self.first[some], self.last[some])

    @property
    def minute(self) -> Minutes:
        """The time of each, ``UNTIMED`` where it is not known."""
        return np.where(self.first == self.last, self.first, UNTIMED).astype(np.int16)


def hours_at(minute: Minutes) -> Hours:
    """Things that were at these times; without one, at any of the day."""
    untimed = minute == UNTIMED
    return Hours(
        np.where(untimed, 0, minute).astype(np.int16),
        np.where(untimed, DAY, minute).astype(np.int16),
    )


def any_hour(count: int) -> Hours:
    """So many things of which no time is known."""
    return hours_at(np.full(count, UNTIMED, np.int16))


def joined(parts: Sequence[Hours]) -> Hours:
    """The hours of some things, then of others."""
    return Hours(
        np.concatenate([part.first for part in parts]),
        np.concatenate([part.last for part in parts]),
    )


_ZERO = datetime(EPOCH.year, EPOCH.month, EPOCH.day, tzinfo=UTC)
_FORTNIGHT = 14 * DAY


@cache
def _changes() -> tuple[Moments, Moments, Moments]:
    """The moments at which clocks change, how far ahead each is before, and after the last."""
    at, ahead = [], [_ahead(0)]
    for moment in range(_FORTNIGHT, LAST * DAY, _FORTNIGHT):  # no two were ever so close
        if _ahead(moment) != ahead[-1]:
            at.append(_first_change(moment - _FORTNIGHT, moment))
            ahead.append(_ahead(moment))
    offsets = np.array(ahead, np.int64)
    changes = np.array(at, np.int64)
    # by the clock: an hour that comes twice is the first of the two, one left out is not yet over
    by_clock = changes + np.maximum(offsets[:-1], offsets[1:])
    return changes, by_clock, offsets


def _ahead(moment: int) -> int:
    """By how many minutes clocks here are ahead of Greenwich at a moment."""
    offset = (_ZERO + timedelta(minutes=moment)).astimezone(london()).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60


def _first_change(before: int, after: int) -> int:
    """The moment between two at which the clocks change."""
    was = _ahead(before)
    while after - before > 1:
        middle = (before + after) // 2
        before, after = (middle, after) if _ahead(middle) == was else (before, middle)
    return after


def moments(day: npt.NDArray[np.integer], minute: npt.NDArray[np.integer] | int) -> Moments:
    """The moment of a day and a minute of it by the clock; minute 1,440 is the end of the day."""
    clock = day.astype(np.int64) * DAY + minute
    _, by_clock, offsets = _changes()
    return clock - offsets[np.searchsorted(by_clock, clock, side="right")]


def clock_at(moment: Moments) -> tuple[npt.NDArray[np.int32], Minutes]:
    """The day and the minute of it by the clock; midnight is the end of the day before."""
    changes, _, offsets = _changes()
    clock = moment + offsets[np.searchsorted(changes, moment, side="right")]
    day = (clock - 1) // DAY
    return day.astype(np.int32), (clock - day * DAY).astype(np.int16)
