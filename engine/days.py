"""Days as whole numbers since 1 January 1900, and how the cells of a record are read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from duly.dsl.durations import read_duration as read_duration
from duly.dsl.policy import BLANK

EPOCH = date(1900, 1, 1)
LAST = (date(2100, 12, 31) - EPOCH).days
"""The last day that tables count to."""

FAR = 2**17 - 1
"""Never; larger than every day, and still 17 bits."""

MISSING = -1
"""A blank date."""

UNREADABLE = -9
"""Text that is neither blank nor what its column asks for."""

UNKNOWN = 2
"""The third value of a yes/no attribute."""

_YES = frozenset({"y", "yes", "1", "true", "t", "a) yes"})
_NO = frozenset({"n", "no", "0", "false", "f", "b) no"})
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d+)?)?(?P<utc>Z?)"
_ISO = re.compile(rf"(?P<year>\d{{4}})-(?P<month>\d{{1,2}})-(?P<day>\d{{1,2}})(?:[T ]{_TIME})?")
_BRITISH = re.compile(
    rf"(?P<day>\d{{1,2}})[/.](?P<month>\d{{1,2}})[/.](?P<year>\d{{4}})(?: {_TIME})?"
)
_NUMBER = re.compile(r"(-?\d{1,9})(?:\.0+)?")
_BETWEEN_ROLES = re.compile(r"[;,]")

MIDNIGHT = time(0)

UNTIMED = -1
"""The minute of a day where nobody recorded the time."""


def day_of(moment: date) -> int:
    """The day number of a date."""
    return (moment - EPOCH).days


def date_of(day: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(day))


def moment_of(day: int, minute: int) -> date:
    """The date of a day number, with the time of day where there is one; its end is none."""
    known = 0 <= minute < 24 * 60
    return datetime.combine(date_of(day), time(*divmod(minute, 60))) if known else date_of(day)


def long_date(day: date) -> str:
    """A date as people write it: ``12 April 2024``; with its time, where it has one."""
    written = f"{day.day} {day:%B %Y}"
    return f"{written} at {day:%H:%M}" if isinstance(day, datetime) else written


@cache
def london() -> ZoneInfo:
    """The zone by whose clock people here record what happened."""
    return ZoneInfo("Europe/London")


def read_day(text: str) -> int:
    """A day number from ISO or dd/mm/yyyy, never month first; ``MISSING`` if blank."""
    return read_moment(text)[0]


@lru_cache(1 << 16)
def read_moment(text: str) -> tuple[int, int]:
    """The day, and the minute of that day if the text has a time; midnight sharp is no time.

    Many systems write midnight where they know the day alone.
    """
    if text.casefold() in BLANK:
        return MISSING, UNTIMED
    match = _ISO.fullmatch(text) or _BRITISH.fullmatch(text)
    if match is None:
        return UNREADABLE, UNTIMED
    try:
        written = date(int(match["year"]), int(match["month"]), int(match["day"]))
        day, minute = _timed(written, match) if match["hour"] else (written, UNTIMED)
    except ValueError:
        return UNREADABLE, UNTIMED
    number = day_of(day)
    return (number, minute) if 0 <= number <= LAST else (UNREADABLE, UNTIMED)


def _timed(day: date, match: re.Match[str]) -> tuple[date, int]:
    """The day and the minute by the clock here."""
    clock = time(int(match["hour"]), int(match["minute"]), int(match["second"] or 0))
    if clock == MIDNIGHT:
        return day, UNTIMED
    moment = datetime.combine(day, clock)
    if match["utc"]:
        moment = moment.replace(tzinfo=UTC).astimezone(london())
        if moment.time() == MIDNIGHT:
            return moment.date(), UNTIMED
    return moment.date(), moment.hour * 60 + moment.minute


def read_number(text: str) -> str | None:
    """A whole number, as it is kept; nothing for anything else."""
    match = _NUMBER.fullmatch(text)
    return str(int(match[1])) if match else None


def read_length(text: str) -> str | None:
    """A length of time in the words of the language; nothing for anything else."""
    try:
        return str(read_duration(text))
    except ValueError:
        return None


def read_roles(text: str) -> str:
    """Roles, one after the other; as to which they may be nothing is said."""
    return "; ".join(role for part in _BETWEEN_ROLES.split(text) if (role := part.strip()))


def read_yes_no(text: str) -> int:
    """1, 0, or 2 for blank and unknown."""
    folded = text.casefold()
    if folded in _YES:
        return 1
    if folded in _NO:
        return 0
    return UNKNOWN if folded in BLANK or folded in {"u", "unknown", "not known"} else UNREADABLE
