"""``calendar.csv``, the stretches of days that an authority sets, to days by calendar."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from duly.engine.raw import FactsError, Quarantined
from duly.plugins.sources.canonical import CALENDAR, CALENDAR_COLUMNS
from duly.plugins.sources.csv_file import CsvFile, day, normal
from duly.plugins.sources.csv_file import read as read_csv

Stretches = Mapping[str, Sequence[tuple[date, date]]]


def read_calendars(
    paths: Sequence[Path], read: Callable[[Path], CsvFile] = read_csv
) -> tuple[Stretches, tuple[Quarantined, ...]]:
    """The stretches of each calendar in the folder, and the rows that say none."""
    path = next((path for path in paths if normal(path.stem) == CALENDAR), None)
    if path is None:
        return {}, ()
    file = read(path)
    _has_columns(path, file)
    found: dict[str, list[tuple[date, date]]] = {}
    quarantine = list(file.quarantine)
    for number, name, start, end in _rows(file):
        refused = _refused(name, start, end)
        if refused is not None:
            column, reason = refused
            value = {"calendar": name, "start": start, "end": end}[column]
            quarantine.append(Quarantined(path.name, number, column, value, reason))
            continue
        first, last = day(start), day(end)
        assert first is not None
        assert last is not None
        found.setdefault(normal(name), []).append((first, last))
    return found, tuple(quarantine)


def _has_columns(path: Path, file: CsvFile) -> None:
    for column in CALENDAR_COLUMNS:
        if column.name not in file.columns:
            raise FactsError(
                what=f"`{path.name}` has no column `{column.name}`",
                where=f"{path}:1",
                why=f"a stretch of days means nothing without it: it says {column.what}",
                help="its columns are `calendar`, `start` and `end`",
            )


def _rows(file: CsvFile) -> Iterator[tuple[int, str, str, str]]:
    columns = [file.columns[column.name] for column in CALENDAR_COLUMNS]
    for number, *cells in zip(file.rows, *columns, strict=True):
        name, start, end = ((cell or "").strip() for cell in cells)
        yield number, name, start, end


def _refused(name: str, start: str, end: str) -> tuple[str, str] | None:
    """Which cell of a row cannot be read, and why."""
    if not name:
        return "calendar", "the calendar is blank"
    first, last = day(start), day(end)
    if first is None:
        return "start", "not a date (write 31/01/2024 or 2024-01-31)"
    if last is None:
        return "end", "not a date (write 31/01/2024 or 2024-01-31)"
    return ("end", "the end is before the start") if last < first else None
