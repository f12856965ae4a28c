"""Section 2 of the language page: lengths of time in, last days, boundaries and moments out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from duly.dsl.policy import Before, Duration

DAY = timedelta(days=1)
BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")
LONDON = ZoneInfo("Europe/London")

END = 24 * 60
"""The end of a day, in minutes."""

Instant = tuple[date, int]
"""A minute of a day, ``END`` included."""

Hour = tuple[int, int]
"""The first and the last minute at which something may have been on its day."""

ANY_HOUR: Hour = (0, END)


@cache
def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def nth_working_day(day: date, count: int, direction: int) -> date:
    """The n-th working day strictly after (or before) a day; the day itself for none."""
    while count:
        day += direction * DAY
        count -= is_working_day(day)
    return day


def calendar_step(duration: Duration) -> relativedelta:
    match duration.unit:
        case "day":
            return relativedelta(days=duration.count)
        case "week":
            return relativedelta(days=7 * duration.count)
        case "month":
            return relativedelta(months=duration.count)
        case "year":
            return relativedelta(years=duration.count)
        case unit:
            raise ValueError(f"no whole days in {unit}")


@cache
def last_day(anchor: date, duration: Duration) -> date:
    """The last day to act: the corresponding date, or the last day of a shorter month."""
    if duration.unit == "working day":
        return nth_working_day(anchor, duration.count, 1)
    if duration.unit == "hour":
        return hours_after(anchor, END, duration.count)[0]
    return anchor + calendar_step(duration)


@cache
def boundary(anchor: date, duration: Duration) -> date:
    """The first day after the time has run: the day after the last day of a shorter month."""
    reached = last_day(anchor, duration)
    shortened = duration.unit in ("month", "year") and reached.day != anchor.day
    return reached + DAY if shortened else reached


@cache
def day_before(day: date, duration: Duration) -> date:
    """The first day of the window that ends on ``day``."""
    # silent: the day D before a day is the day minus D (31 August less 6 months is 28 February).
    if duration.unit == "working day":
        return nth_working_day(day, duration.count, -1)
    return day - calendar_step(duration)


def first_counted(day: date, duration: Duration) -> date:
    """The first day of an event that is not longer ago than the duration."""
    first = day_before(day, duration)
    while last_day(first, duration) < day:
        first += DAY
    return first


def lead_day(day: date, timing: Before) -> date:
    """The last day to act before an anchor's day: clear days, unless it says otherwise (T-13)."""
    if timing.lead is None:
        return day
    if timing.lead.unit == "working day":
        return nth_working_day(day, timing.lead.count + timing.clear, -1)
    # silent: "the day before A less D" is the day before (A less D), also where D is in months.
    return day_before(day, timing.lead) - timing.clear * DAY


@cache
def hours_after(day: date, minute: int, hours: int) -> Instant:
    """The moment so many hours later by the clock; midnight is the end of the day before."""
    # silent: hours run through changes of the clock as they pass, 25 in an October day.
    start = datetime.combine(day, time(), LONDON)
    if minute == END:
        start = datetime.combine(day + DAY, time(), LONDON)
    else:
        start = start.replace(hour=minute // 60, minute=minute % 60)
    end = (start.astimezone(UTC) + timedelta(hours=hours)).astimezone(LONDON)
    if not end.hour and not end.minute:
        return end.date() - DAY, END
    return end.date(), 60 * end.hour + end.minute


def minute_of(clock: time) -> int:
    return 60 * clock.hour + clock.minute


def hour_of(clock: time | None) -> Hour:
    """When something was: at any time of its day, where the time is not known."""
    return ANY_HOUR if clock is None else (minute_of(clock), minute_of(clock))


def earliest(one: Hour, other: Hour) -> Hour:
    """Several of one day are one, at the time of the first."""
    return min(one[0], other[0]), min(one[1], other[1])


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    while first <= last:
        yield first
        first += DAY
