"""Two limits side by side on every start date: by how many days the one is later."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import numpy as np
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.dates import Days
from duly.engine.days import date_of, day_of
from duly.engine.deadlines import limit_table
from duly.engine.moments import DAY, clock_at, moments
from duly.engine.plan import Outcome


@frozen
class Range:
    """The start dates that are compared, the first and the last as day numbers."""

    first: int
    last: int

    @property
    def days(self) -> Days:
        """Every start date."""
        return np.arange(self.first, self.last + 1, dtype=np.int32)

    def __str__(self) -> str:
        return f"{date_of(self.first):%-d %B %Y} to {date_of(self.last):%-d %B %Y}"


@frozen(eq=False)
class Apart:
    """How far one deadline lies behind another: the least and the most days over all start dates.

    ``later`` and ``earlier`` are the shares of start dates, between 0 and 1, on which it is later
    or earlier than the law's; ``behind`` has the days for each start date, at their most;
    ``limits`` are the law's and the local one.
    """

    least: int
    most: int
    later: float
    earlier: float
    behind: Days
    limits: tuple[Outcome, Outcome]


def apart(law: Outcome, local: Outcome, dates: Range) -> Apart:
    """By how many days the local limit's last day lies behind the law's."""
    behind = [
        ours.astype(np.int64) - theirs
        for theirs, ours in zip(_last_days(law, dates), _last_days(local, dates), strict=True)
    ]
    most = np.maximum(*behind).astype(np.int32)
    least = np.minimum(*behind)
    return Apart(
        int(least.min()),
        int(most.max()),
        float((most > 0).mean()),
        float((least < 0).mean()),
        most,
        (law, local),
    )


def _last_days(outcome: Outcome, dates: Range) -> Iterator[Days]:
    """The last days of clocks that begin at the start of each date, and at the end of it.

    Only hours tell the two apart (T-20).
    """
    table = limit_table(outcome)[dates.first : dates.last + 1]
    yield table
    hours = [part for part in _parts(outcome) if part.unit == "hour"]
    if not hours:
        yield table
        return
    late = [
        clock_at(moments(dates.days, DAY - 1) + np.int64(60) * part.count)[0]
        if part.unit == "hour"
        else limit_table(Outcome(part, ""))[dates.first : dates.last + 1]
        for part in _parts(outcome)
    ]
    yield np.minimum.reduce(late).astype(np.int32)


def _parts(outcome: Outcome) -> tuple[p.Duration, ...]:
    match outcome.duration:
        case p.Sooner(parts):
            return tuple(part for part in parts if isinstance(part, p.Duration))
        case None:
            return ()
        case duration:
            return (duration,)


def start_dates(first: date, last: date) -> Range:
    """The start dates from one day to another, both included."""
    return Range(day_of(first), day_of(last))
