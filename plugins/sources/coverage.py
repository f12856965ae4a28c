"""``coverage.csv``, what a folder says of itself, to coverage and the day of the extract."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import get_args

from attrs import frozen

from duly.dsl.policy import Kind
from duly.engine.raw import Cell, Coverage, CoverageKind, FactsError
from duly.plugins.sources.csv_file import CsvFile, day, normal, perhaps, quoted
from duly.plugins.sources.csv_file import read as read_csv

COVERAGE = "coverage"
EXTRACT = "extract"
WORDS: Mapping[str, CoverageKind] = {word: word for word in get_args(CoverageKind)}


@frozen
class _Row:
    """One line of the file, which its messages point at."""

    place: str
    cells: Mapping[str, str]

    def day(self, column: str) -> date | None:
        text = self.cells[column]
        found = day(text)
        if text and not found:
            raise self.wrong(
                f"`{text}` is not a date", "write it as 31/03/2026 or 2026-03-31, or leave it blank"
            )
        return found

    def wrong(self, what: str, help: str) -> FactsError:
        why = "what a source holds decides whether a missing fact is a failing or not known"
        return FactsError(what=what, where=self.place, why=why, help=help)


def read_coverage(
    paths: Sequence[Path],
    known: Mapping[str, Kind],
    read: Callable[[Path], CsvFile] = read_csv,
) -> tuple[tuple[Coverage, ...], date | None, tuple[str, ...]]:
    """What each kind's coverage is declared to be; ``known`` finds a kind by its normal name.

    A row whose kind is ``extract`` gives the day of the extract as its last day.  Kinds that the
    rules do not ask for are named in notes.
    """
    path = next((path for path in paths if normal(path.stem) == COVERAGE), None)
    if path is None:
        return (), None, ()
    rows = [_Row(f"{path}:{number}", cells) for number, cells in _lines(path, read(path))]
    extracts = [row for row in rows if normal(row.cells["kind"]) == EXTRACT]
    days = [row.day("last") or row.day("first") for row in extracts]
    stated = [row for row in rows if row not in extracts]
    others = [row.cells["kind"] for row in stated if _unasked(row.cells["kind"], known)]
    coverage = tuple(_coverage(r, known) for r in stated if r.cells["kind"] not in others)
    notes = (f"{path.name} speaks of what no rule asks for: {quoted(others)}",) if others else ()
    return coverage, days[-1] if days else None, notes


def _unasked(kind: str, known: Mapping[str, Kind]) -> bool:
    """Whether a kind is of another vocabulary, and not a slip for one of this."""
    return normal(kind) not in known and not perhaps(kind, known)


def _lines(path: Path, file: CsvFile) -> list[tuple[int, Mapping[str, str]]]:
    for column in ("kind", "what"):
        if column not in file.columns:
            raise FactsError(
                what=f"`{path.name}` has no column `{column}`",
                where=f"{path}:1",
                why="without it no row of the file says anything",
                help="its columns are `kind`, `what`, `first` and `last`",
            )
    blank: Sequence[Cell] = [""] * len(file.rows)
    columns = {name: file.columns.get(name, blank) for name in ("kind", "what", "first", "last")}
    return [
        (number, {name: (cells[index] or "").strip() for name, cells in columns.items()})
        for index, number in enumerate(file.rows)
    ]


def _coverage(row: _Row, known: Mapping[str, Kind]) -> Coverage:
    kind, what = row.cells["kind"], normal(row.cells["what"])
    if normal(kind) not in known:
        raise row.wrong(
            f"no kind of fact is called `{kind}`{perhaps(kind, known)}",
            "use a name of the vocabulary; `duly facts describe` lists them",
        )
    if what not in WORDS:
        raise row.wrong(
            f"`{row.cells['what']}` is no word for coverage{perhaps(what, WORDS)}",
            f"say one of {quoted(WORDS)}",
        )
    return Coverage(known[normal(kind)].name, WORDS[what], row.day("first"), row.day("last"))
