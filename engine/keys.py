"""Scope and day packed into one sortable number, and what can be read off sorted ones.

``keys`` puts rows of many scopes into one order, so that each scope's days are found by binary
search; the scope may also be a subject, or whatever else owns the days.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from duly.engine.dates import Days
from duly.engine.days import FAR

Keys = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Side = Literal["left", "right"]

_DAY_BITS = FAR.bit_length()


def keys(scope: npt.NDArray[np.integer], day: npt.NDArray[np.integer]) -> Keys:
    """One sortable number for a scope and a day; the day is not before day 0."""
    return (scope.astype(np.int64) << _DAY_BITS) | day


def scope_of(key: Keys) -> Days:
    """The scopes of keys."""
    return (key >> _DAY_BITS).astype(np.int32)


def day_in(key: Keys) -> Days:
    """The days of keys."""
    return (key & FAR).astype(np.int32)


_TIME_BITS = 11


def timed_keys(key: Keys, minute: npt.NDArray[np.integer]) -> Keys:
    """One sortable number for a key and a minute of its day; without a time the last of the day."""
    return (key << _TIME_BITS) | (minute.astype(np.int64) & ((1 << _TIME_BITS) - 1))


def minutes_of(timed: Keys) -> npt.NDArray[np.int64]:
    """The minutes of timed keys, -1 for none."""
    minute = timed & ((1 << _TIME_BITS) - 1)
    return np.where(minute == (1 << _TIME_BITS) - 1, -1, minute)


def untimed_keys(timed: Keys) -> Keys:
    """The keys that timed ones were made of."""
    return timed >> _TIME_BITS


def spans(lo: npt.NDArray[np.integer], hi: npt.NDArray[np.integer]) -> tuple[Days, Days]:
    """Ranges ``lo:hi`` spelt out: which range each item belongs to, and the item."""
    count = np.maximum(hi - lo, 0)
    owner = np.repeat(np.arange(len(lo), dtype=np.int32), count)
    first = np.cumsum(count) - count
    item = np.arange(len(owner)) - np.repeat(first - lo, count)
    return owner, item.astype(np.int32)


def rows_of_each(
    subject: npt.NDArray[np.integer], rows: npt.NDArray[np.integer]
) -> tuple[Days, Days]:
    """Which of the rows, given by their subjects in order, each subject has: whose, and which."""
    last = int(subject.max(initial=-1))
    begins = np.searchsorted(rows, np.arange(last + 2))
    return spans(begins[subject], begins[subject + 1])


def place_of(
    known: npt.NDArray[np.integer], wanted: npt.NDArray[np.integer], side: Side = "left"
) -> npt.NDArray[np.intp]:
    """Where the wanted keys would stand among the known, which are in order.

    As ``np.searchsorted`` has it; where many are wanted, in order as well, the few that are known
    are looked for among them.
    """
    if 2 * len(known) >= len(wanted) or not in_order(wanted):
        return np.searchsorted(known, wanted, side)
    begins = np.searchsorted(wanted, known, "right" if side == "left" else "left")
    many = np.diff(begins, prepend=0, append=len(wanted))
    return np.repeat(np.arange(len(known) + 1), many)


def in_order(key: npt.NDArray[np.integer]) -> bool:
    """Whether keys never go down: then there is nothing to sort."""
    return bool((key[1:] >= key[:-1]).all())


def first_of_each(key: npt.NDArray[np.integer]) -> Flags:
    """The first row of each key, of sorted ones: of each scope and day, or of each scope."""
    first = np.ones(len(key), bool)
    first[1:] = key[1:] != key[:-1]
    return first


def last_of_each(key: npt.NDArray[np.integer]) -> Flags:
    """The last row of each key, of sorted ones."""
    last = np.ones(len(key), bool)
    last[:-1] = key[1:] != key[:-1]
    return last


def next_day(scope: Days, day: Days) -> Days:
    """The next day of the same scope, of rows in order; ``FAR`` for the last."""
    following = np.full(len(day), FAR, np.int32)
    following[:-1] = np.where(scope[1:] == scope[:-1], day[1:], FAR)
    return following


def total_in_scope(scope: Days, change: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The sum of the changes so far, begun anew in each scope; rows are in order of scope."""
    total = np.cumsum(change)
    starts = np.flatnonzero(first_of_each(scope))
    rows = np.diff(np.append(starts, len(scope)))
    so_far: npt.NDArray[np.int64] = total - np.repeat(total[starts] - change[starts], rows)
    return so_far


def place_in_scope(scope: Days) -> npt.NDArray[np.int64]:
    """1 for the first row of each scope, 2 for the next, and so on; scopes are in order."""
    return total_in_scope(scope, np.ones(len(scope), np.int64))
