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
from calendar import monthrange
from contextlib import suppress
from datetime import date
from functools import cache, lru_cache
from importlib.metadata import version
from typing import Literal

import numpy as np
import numpy.typing as npt

from duly.dsl.kept import cache_folder
from duly.dsl.policy import Duration, Unit
from duly.engine.days import EPOCH, FAR, LAST, date_of, day_of
from duly.engine.moments import clock_at, moments

Days = npt.NDArray[np.int32]

PROCLAIMED_UNTIL = date(2027, 12, 31)
"""Bank holidays after this day are computed, not proclaimed."""

_EPOCH64 = np.datetime64("1900-01-01", "D")


@lru_cache(maxsize=1)
def iso_texts() -> npt.NDArray[np.object_]:
    """The ISO date of every day that tables count to, and a blank as the last."""
    days = _EPOCH64 + np.arange(LAST + 1)
    return np.append(days.astype("U10").astype(object), "")


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


def _months_later(
    days: npt.NDArray[np.int64], count: int | Days
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """The corresponding date, and where the month was too short for it."""
    dates = _EPOCH64 + days
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
    days = np.arange(LAST + 1, dtype=np.int32)
    return _padded(last_days(days, duration.count, duration.unit))


def last_days(anchor: Days, count: int | Days, unit: Unit) -> npt.NDArray[np.int64]:
    """The last day to act so many units after each anchor; each may have a count of its own."""
    days = anchor.astype(np.int64)
    match unit:
        case "hour":  # from the start of a day, and midnight ends the day before
            return clock_at(moments(days, 0) + np.int64(60) * count)[0].astype(np.int64)
        case "working day":
            return _working_days_later(days, count)
        case "day" | "week":
            return days + np.int64(_DAYS[unit]) * count
        case "month" | "year":
            return _months_later(days, count * _MONTHS[unit])[0]


@cache
def boundary_table(duration: Duration) -> Days:
    """For each day, the first day after ``duration`` has run from it."""
    if duration.unit not in _MONTHS:
        return deadline_table(duration)
    days = np.arange(LAST + 1, dtype=np.int64)
    landed, clamped = _months_later(days, duration.count * _MONTHS[duration.unit])
    return _padded(landed + clamped)


def _working_days_later(days: npt.NDArray[np.int64], count: int | Days) -> npt.NDArray[np.int64]:
    working = _working_days()
    nth = np.searchsorted(working, days, side="right") + count - 1
    later = np.where(nth < len(working), working[np.minimum(nth, len(working) - 1)], FAR)
    return np.where(np.equal(count, 0), days, later)


@cache
def lead_table(lead: Duration | None, *, clear: bool) -> Days:
    """For each day, the last day to act that leaves ``lead`` before it (T-13).

    ``clear``: neither that day nor the day itself is counted; else one of them is.
    """
    if lead is None:
        return _padded(np.arange(LAST + 1, dtype=np.int64))
    if lead.unit == "working day":
        return back_table(Duration(lead.count + clear, "working day"))
    return np.maximum(back_table(lead) - clear, 0).astype(np.int32)


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
            back = _months_later(days, -duration.count * _MONTHS[duration.unit])[0]
    return _padded(np.maximum(back, 0))


# ----------------------------------------------------------------- stretches of days

Calendar = tuple[Days, Days]
"""The first and the last days of stretches, in order of the last."""


@cache
def calendar_unit(unit: Literal["week", "month", "quarter", "year"]) -> Calendar:
    """Every week from Monday, or every month, quarter or year of the calendar."""
    if unit == "week":
        first = np.arange(0, LAST + 8, 7)
    else:
        months = np.arange("1900-01", "2101-02", _IN_MONTHS[unit], dtype="datetime64[M]")
        first = (months.astype("datetime64[D]") - _EPOCH64).astype(np.int64)
    return first[:-1].astype(np.int32), (first[1:] - 1).astype(np.int32)


_IN_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@cache
def each_year(first: tuple[int, int], last: tuple[int, int]) -> Calendar:
    """A stretch that comes each year, from a (day, month) to another, over the new year or not."""
    over = (last[1], last[0]) < (first[1], first[0])
    years = range(EPOCH.year, date_of(LAST).year)
    starts = [_day_in_year(year, first) for year in years]
    ends = [_day_in_year(year + over, last) for year in years]
    return np.array(starts, np.int32), np.array(ends, np.int32)


def _day_in_year(year: int, day: tuple[int, int]) -> int:
    """29 February is the last day of a shorter February."""
    number, month = day
    return day_of(date(year, month, min(number, monthrange(year, month)[1])))
