"""Days as whole numbers since 1 January 1900, and how the cells of a record are read."""

from __future__ import annotations

import re
from datetime import date, timedelta

EPOCH = date(1900, 1, 1)
LAST = (date(2100, 12, 31) - EPOCH).days
"""The last day that tables count to."""

FAR = 2**17 - 1
"""Never; larger than every day, and still 17 bits."""

MISSING = -1
"""A blank date."""

UNREADABLE = -9
"""Text that is neither blank nor what its column asks for."""

BLANK = frozenset({"", "null", "na", "n/a", "none", "nan", "nat", "-"})
"""What stands in a cell that says nothing, in lower case."""

UNKNOWN = 2
"""The third value of a yes/no attribute."""

_YES = frozenset({"y", "yes", "1", "true", "t", "a) yes"})
_NO = frozenset({"n", "no", "0", "false", "f", "b) no"})
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?Z?)?$")
_BRITISH = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})(?: \d{1,2}:\d{2}(?::\d{2})?)?$")


def day_of(moment: date) -> int:
    """The day number of a date."""
    return (moment - EPOCH).days


def date_of(day: int) -> date:
    """The date of a day number."""
    return EPOCH + timedelta(days=int(day))


def long_date(day: date) -> str:
    """A date as people write it: ``12 April 2024``."""
    return f"{day.day} {day:%B %Y}"


def read_day(text: str) -> int:
    """A day number from ISO or dd/mm/yyyy, never month first; ``MISSING`` if blank."""
    if text.casefold() in BLANK:
        return MISSING
    if match := _ISO.match(text):
        year, month, day = map(int, match.groups()[:3])
    elif match := _BRITISH.match(text):
        day, month, year = map(int, match.groups()[:3])
    else:
        return UNREADABLE
    try:
        number = day_of(date(year, month, day))
    except ValueError:
        return UNREADABLE
    return number if 0 <= number <= LAST else UNREADABLE


def read_yes_no(text: str) -> int:
    """1, 0, or 2 for blank and unknown."""
    folded = text.casefold()
    if folded in _YES:
        return 1
    if folded in _NO:
        return 0
    return UNKNOWN if folded in BLANK or folded in {"u", "unknown", "not known"} else UNREADABLE
