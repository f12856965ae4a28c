"""Visits as they are made and written down: mostly in time, some late, some to nobody."""

from __future__ import annotations

from collections.abc import Callable

from attrs import frozen

from duly.plugins.sample.book import Book, Day, weekday

NEW = 120
LATE = {"steady": 0.02, "stretched": 0.13, "failing": 0.55}
REASONS = {"refused": 4, "inappropriate": 2, "unable": 1, "none_given": 3}


@frozen
class Worker:
    """How well one child's visits are kept: the share that is late, and whether there are any."""

    late: float
    visits: bool = True


def allocate(book: Book, start: Day) -> Worker:
    """Most workers are in time, some are stretched; a few children new to us have seen nobody."""
    late = LATE[book.one_of({"steady": 75, "stretched": 19, "failing": 6})]
    return Worker(late, visits=start < book.today - NEW or not book.chance(0.15))


def visit_every(
    book: Book,
    person: str,
    kind: str,
    worker: Worker,
    first: Day,
    last: Day,
    gap: Callable[[Day], int],
) -> None:
    """Visits from ``first`` until ``last``; ``gap`` is how many days the next may take."""
    day, last = first, min(last, book.today)
    while worker.visits and day <= last:
        if book.chance(0.04):
            _record(book, person, kind, day, "no")
            day += book.between(2, 6)
        _record(book, person, kind, day, "" if book.chance(0.015) else "yes")
        allowed = gap(day)
        late = book.chance(worker.late)
        day += allowed + book.between(1, allowed // 2 + 2) if late else _in_time(book, allowed)
        day = max(weekday(day), day - 1) if late else weekday(day)


def _in_time(book: Book, allowed: int) -> int:
    return max(3, allowed - book.between(0, max(1, allowed // 4)))


def _record(book: Book, person: str, kind: str, day: Day, seen: str) -> None:
    alone, reason = "", ""
    if seen == "yes":
        alone = book.one_of({"yes": 90, "no": 7, "": 3})
        reason = book.one_of(REASONS) if alone == "no" else ""
    recorded = day + book.between(0, 2) if book.chance(0.93) else day + book.between(3, 12)
    written = "" if book.chance(0.01) else book.date(recorded)
    book.event("visit", person, day, kind, seen, alone, reason, written)
