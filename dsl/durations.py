"""Lengths of time from words: one reading for rule files and for records."""

from __future__ import annotations

import re

from duly.dsl.policy import Duration, Unit

_UNITS: dict[str, tuple[int, Unit]] = {
    "hour": (1, "hour"),
    "day": (1, "day"),
    "working day": (1, "working day"),
    "week": (1, "week"),
    "month": (1, "month"),
    "quarter": (3, "month"),
    "year": (1, "year"),
}
_WRITTEN = re.compile(r"([1-9]\d{0,3})\s+([a-z]+(?:\s+[a-z]+)?)")


def duration_of(count: int, unit: str) -> Duration:
    """So many of a unit, in the singular or the plural; a quarter is three months."""
    times, name = _UNITS[" ".join(unit.split()).removesuffix("s")]
    return Duration(count * times, name)


def read_duration(text: str) -> Duration:
    """``6 weeks`` or ``20 working days``, as a record states it.

    Raises ``ValueError`` for anything else.
    """
    match = _WRITTEN.fullmatch(text.strip().casefold())
    if match is None:
        raise ValueError(text)
    count, unit = match.groups()
    if " ".join(unit.split()).removesuffix("s") not in _UNITS:
        raise ValueError(text)
    return duration_of(int(count), unit)
