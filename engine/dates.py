"""Date arithmetic as look-up tables.

A *day* is a whole number, days since 1 January 1900; ``FAR`` stands for never, ``MISSING`` for a
blank.  For each duration there are two tables indexed by day (``language.md`` section 2):

- the **deadline**, the last day to act (T-01 to T-06, T-17);
- the **boundary**, the first day after the time has run (T-10, T-24).

Both are int32, shape ``(FAR + 1,)``; days after 31 December 2100 map to ``FAR``.
"""

from __future__ import annotations

import json
import os
from contextlib import suppress
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version

import numpy as np
import numpy.typing as npt

from duly.dsl.grammar import cache_folder
from duly.dsl.policy import Duration
from duly.engine.days import FAR, LAST, day_of

Days = npt.NDArray[np.int32]

PROCLAIMED_UNTIL = date(2027, 12, 31)
"""Bank holidays after this day are computed, not proclaimed."""

_EPOCH64 = np.datetime64("1900-01-01", "D")


def iso(days: Days) -> npt.NDArray[np.str_]:
    """ISO dates, blank for ``MISSING`` and ``FAR``."""
    known = (days >= 0) & (days <= LAST)
    text = (_EPOCH64 + np.where(known, days, 0)).astype("datetime64[D]").astype("U10")
    return np.where(known, text, "")


@lru_cache(maxsize=1)
def bank_holidays() -> dict[int, str]:
    """Bank holidays of England by day number, one-off days included (T-14, T-18).

    They are those of the ``holidays`` package.  Since importing it takes 0.1 s, they are kept in
    the user's cache for as long as the package has the same version.
    """
    try:
        kept = cache_folder() / f"bank-holidays-{version('holidays')}.json"
    except OSError:
        return _computed_holidays()
    with suppress(OSError, ValueError):
        return {int(day): name for day, name in json.loads(kept.read_text("utf-8")).items()}
    found = _computed_holidays()
    with suppress(OSError):
        new = kept.with_suffix(f".{os.getpid()}")
        new.write_text(json.dumps(found), "utf-8")
        new.replace(kept)  # at once, so that nobody reads half of it
    return found


def _computed_holidays() -> dict[int, str]:
    from holidays import country_holidays

    calendar = country_holidays("GB", subdiv="ENG", years=range(1900, 2101))
    return {day_of(day): name for day, name in sorted(calendar.items())}


@lru_cache(maxsize=1)
def _working_days() -> Days:
    """Every working day, in order."""
    days = np.arange(LAST + 1, dtype=np.int32)
    weekday = days % 7  # 1 January 1900 was a Monday
    working = weekday < 5
    working[list(bank_holidays())] = False
    return days[working]


def _padded(days: npt.NDArray[np.int64]) -> Days:
    table = np.full(FAR + 1, FAR, np.int32)
    table[: LAST + 1] = np.where(days > LAST, FAR, days)
    return table


def _months_later(count: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The corresponding date, and where the month was too short for it."""
    dates = _EPOCH64 + np.arange(LAST + 1)
    months = dates.astype("datetime64[M]")
    of_month = (dates - months).astype(np.int64)
    target = months + count
    length = ((target + 1).astype("datetime64[D]") - target.astype("datetime64[D]")).astype(
        np.int64
    )
    clamped = of_month >= length
    landed = target.astype("datetime64[D]") + np.minimum(of_month, length - 1)
    return (landed - _EPOCH64).astype(np.int64), clamped


_MONTHS = {"month": 1, "year": 12}
_DAYS = {"day": 1, "week": 7}


@cache
def deadline_table(duration: Duration) -> Days:
    """For each day, the last day to act ``duration`` after it."""
    days = np.arange(LAST + 1, dtype=np.int64)
    match duration.unit:
        case "working day":
            return _padded(_working_days_later(days, duration.count))
        case "day" | "week":
            return _padded(days + duration.count * _DAYS[duration.unit])
        case "month" | "year":
            return _padded(_months_later(duration.count * _MONTHS[duration.unit])[0])


@cache
def boundary_table(duration: Duration) -> Days:
    """For each day, the first day after ``duration`` has run from it."""
    if duration.unit not in _MONTHS:
        return deadline_table(duration)
    landed, clamped = _months_later(duration.count * _MONTHS[duration.unit])
    return _padded(landed + clamped)


def _working_days_later(days: npt.NDArray[np.int64], count: int) -> npt.NDArray[np.int64]:
    if count == 0:
        return days
    working = _working_days()
    nth = np.searchsorted(working, days, side="right") + count - 1
    return np.where(nth < len(working), working[np.minimum(nth, len(working) - 1)], FAR)


@cache
def back_table(duration: Duration) -> Days:
    """For each day, the day ``duration`` before it: ``in the last D`` counts from there."""
    days = np.arange(LAST + 1, dtype=np.int64)
    match duration.unit:
        case "working day":
            working = _working_days()
            nth = np.searchsorted(working, days, side="left") - duration.count
            back = working[np.maximum(nth, 0)].astype(np.int64)
        case "day" | "week":
            back = days - duration.count * _DAYS[duration.unit]
        case "month" | "year":
            back = _months_later(-duration.count * _MONTHS[duration.unit])[0]
    return _padded(np.maximum(back, 0))
