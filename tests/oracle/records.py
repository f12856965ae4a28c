"""What goes into the oracle, and what comes out: a child's records in, judged obligations out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time

from attrs import field, frozen

from duly.dsl.policy import Duration

Value = bool | str | int | date | Duration | tuple[str, ...] | None
Truth = bool | None
Span = tuple[date | None, date | None]

LONG_AGO = date(1800, 1, 1)


@frozen
class Row:
    """One record: a period has ``start`` and ``end``, an event has ``on``.

    ``times`` holds the times of day that are known, by ``start``, ``end``, ``on`` or the name of
    a milestone.
    """

    id: str
    start: date | None = None
    end: date | None = None
    on: date | None = None
    values: Mapping[str, Value] = field(factory=dict)
    of: str | None = None
    times: Mapping[str, time] = field(factory=dict)


@frozen
class Case:
    """All that is recorded of one child.

    ``about`` holds attributes of the child.  ``coverage`` says for a kind what is held, from
    when and to when; a kind without an entry is held in full.  ``lacking`` names columns that
    the source does not have, ``calendars`` holds the stretches that the authority supplied.
    """

    born: date | None = None
    rows: Mapping[str, Sequence[Row]] = field(factory=dict)
    coverage: Mapping[str, tuple[str, date | None, date | None]] = field(factory=dict)
    about: Mapping[str, Value] = field(factory=dict)
    lacking: frozenset[tuple[str, str]] = frozenset()
    calendars: Mapping[str, Sequence[tuple[date, date]]] = field(factory=dict)


@frozen(order=True)
class Judged:
    """One obligation, with its verdict as at the end of a day."""

    duty: int
    step: int
    scope_ref: str
    anchor_day: date | None
    deadline: date | None
    fulfilled_on: date | None
    verdict: str
    days: int | None = None
    assumed: bool = False


def when(row: Row) -> date:
    """The day of an event, the first day of a period; a blank one comes before all."""
    return row.on or row.start or LONG_AGO


def order(row: Judged) -> tuple[object, ...]:
    """Where an obligation stands among those of its rule."""
    return (
        row.duty,
        row.scope_ref,
        row.step,
        row.anchor_day or date.min,
        row.deadline or date.min,
        row.fulfilled_on or date.min,
        row.verdict,
    )
