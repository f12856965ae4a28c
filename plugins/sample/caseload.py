"""A number of children and a seed, to a folder of facts about children who do not exist.

The same seed writes the same bytes.  Every verdict occurs when the packs that come with Duly
are run over it, and so do the gaps of real records: what is late, blank, unreadable or not held.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from random import Random

from attrs import frozen

from duly.plugins.sample.book import TABLES, Book, Day
from duly.plugins.sample.in_need import enquire, foster_privately, need, protect
from duly.plugins.sample.looked_after import look_after
from duly.plugins.sample.visits import Worker, allocate

YEAR = 365
CORE_GROUPS_FROM = 2 * YEAR
"""Core groups have been recorded for so long; before, nobody can tell."""

NOT_HELD = ("cin_meeting",)

UNRECORDED = {
    ("agreement", "given_by"): 0.15,
    ("intention_until_18", "start"): 0.1,
    ("long_term_foster", "start"): 0.1,
    ("placement", "type"): 0.008,
}
"""The share of rows in which nobody wrote down what the rules turn on."""

LIVES = {"need": 26, "protection": 27, "care": 40, "private_fostering": 7}


@frozen
class Sample:
    """What was written: the folder, how many children, and how many rows of each kind."""

    folder: Path
    children: int
    rows: Mapping[str, int]


def make_caseload(
    folder: Path,
    children: int = 3000,
    seed: int = 1,
    as_at: date = date(2026, 3, 31),
    years: int = 6,
    progress: Callable[[int, int], None] | None = None,
) -> Sample:
    """Invent a caseload and write it as canonical CSV.

    ``progress`` is told how many children are done, and how many there are.
    """
    dice = Random(seed)  # noqa: S311 - an invented child is no secret
    book = Book(dice, as_at.toordinal())
    for number in range(1, children + 1):
        _live(book, f"SYN{number:05}", book.today - years * YEAR)
        if progress and number % 100 == 0:
            progress(number, children)
    _spoil(book, children // 1000)
    _forget(book)
    folder.mkdir(parents=True, exist_ok=True)
    rows = {kind: _kept(book, kind) for kind in TABLES}
    for kind, table in rows.items():
        _write(folder / f"{kind}.csv", TABLES[kind], table)
    _write(folder / "coverage.csv", ("kind", "what", "first", "last"), _coverage(book))
    return Sample(folder, children, {kind: len(table) for kind, table in rows.items()})


def _live(book: Book, person: str, first: Day) -> None:
    """One child: born, known for one reason or another, mostly in time."""
    start = first + int(book.dice.random() ** 0.8 * (book.today - first - 10))
    born = start - book.between(0, 17 * YEAR)
    book.rows["child"].append((person, "" if book.chance(0.01) else book.date(born)))
    adult = born + 18 * YEAR + 4
    worker = allocate(book, start)
    match book.one_of(LIVES):
        case "need":
            _in_need(book, person, worker, start, adult)
        case "protection":
            _protected(book, person, worker, start, adult)
        case "care":
            look_after(book, person, worker, start, adult)
        case "private_fostering":
            end = min(start + book.between(40, 3 * YEAR), adult)
            foster_privately(book, person, worker, start, end)


def _in_need(book: Book, person: str, worker: Worker, start: Day, adult: Day) -> None:
    if book.chance(0.3):
        enquire(book, person, start - book.between(5, 40))
    while start < min(adult, book.today):
        end = min(start + book.between(120, 600), adult)
        need(book, person, worker, start, end)
        start = end + book.between(60, 500)


def _protected(book: Book, person: str, worker: Worker, start: Day, adult: Day) -> None:
    """A protection plan, then in need, and for one in eight looked after instead."""
    end = min(start + book.between(150, 540), adult)
    protect(book, person, worker, start, end)
    if end >= min(adult, book.today):
        return
    if book.chance(0.12):
        look_after(book, person, worker, end, adult)
    else:
        need(book, person, worker, end, min(end + book.between(90, 300), adult))


def _spoil(book: Book, count: int) -> None:
    """Give a few visits a day that no calendar has, as records have them."""
    visits = book.rows["visit"]
    for _ in range(min(count, len(visits))):
        position = book.between(0, len(visits) - 1)
        key, person, _day, *rest = visits[position]
        visits[position] = (key, person, "31/02/2025", *rest)


def _forget(book: Book) -> None:
    """Leave open, here and there, what a relaxation rests on: the rules then assume the worst."""
    for (kind, column), share in UNRECORDED.items():
        place = TABLES[kind].index(column)
        book.rows[kind] = [
            (*row[:place], "", *row[place + 1 :]) if book.chance(share) else row
            for row in book.rows[kind]
        ]


def _kept(book: Book, kind: str) -> list[Sequence[str]]:
    """The rows of a kind that the invented system holds."""
    if kind != "core_group":
        return book.rows[kind]
    first = date.fromordinal(book.today - CORE_GROUPS_FROM).isoformat()
    return [row for row in book.rows[kind] if row[2] >= first]


def _coverage(book: Book) -> list[Sequence[str]]:
    today = book.date(book.today)
    late = book.date(book.today - CORE_GROUPS_FROM)
    return [
        ("extract", "", "", today),
        *((kind, "events", late if kind == "core_group" else "", "") for kind in TABLES),
        *((kind, "absent", "", "") for kind in NOT_HELD),
    ]


def _write(path: Path, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
