"""``csv:DIR``: a folder with one CSV file for each kind of fact, to raw facts.

Files are named as the kinds of the vocabulary (``visit.csv``), columns as its attributes.
``coverage.csv`` may say what each of them holds, ``calendar.csv`` when the stretches of calendars
are that the authority sets; ``duly facts template`` writes all of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from duly.dsl.policy import Kind
from duly.engine.hookspecs import FactSource, hookimpl
from duly.engine.raw import Cell, FactsError, RawFacts, RawTable
from duly.plugins.sources.calendars import read_calendars
from duly.plugins.sources.canonical import CALENDAR, Column, columns_of, names_of
from duly.plugins.sources.coverage import COVERAGE, read_coverage
from duly.plugins.sources.csv_file import (
    CsvFile,
    csv_files,
    normal,
    perhaps,
    plain_ids,
    quoted,
)
from duly.plugins.sources.csv_file import read as read_file


@hookimpl
def register_fact_sources() -> Sequence[FactSource]:
    """The ``csv`` source."""
    return [FactSource("csv", "a folder with one CSV file for each kind of fact", read)]


def read(location: str, kinds: Mapping[str, Kind]) -> RawFacts:
    """The facts of a folder, with what it does not hold."""
    folder = Path(location)
    paths = csv_files(folder)
    by_name = {normal(name): kind for kind in kinds.values() for name in names_of(kind)}
    known = {path: by_name[normal(path.stem)] for path in paths if normal(path.stem) in by_name}
    beside = (COVERAGE, CALENDAR)
    others = [path for path in paths if path not in known and normal(path.stem) not in beside]
    if not known:
        raise _nothing_to_read(folder, others, by_name)
    _refuse_twins(known)
    files = [(kind, read_file(path)) for path, kind in known.items()]
    stated, extracted, unasked = read_coverage(paths, by_name)
    calendars, unread = read_calendars(paths)
    there = {kind.name for kind in known.values()}
    coverage = tuple(each for each in stated if each.kind in there or each.what == "absent")
    return RawFacts(
        tables=tuple(table(folder / file.place, file, kind) for kind, file in files),
        coverage=coverage,
        quarantine=(*(row for _, file in files for row in file.quarantine), *unread),
        notes=(
            *(_unknown_file(path, by_name) for path in others),
            *unasked,
            *(_no_file(each.kind) for each in stated if each not in coverage),
            *(note for kind, file in files for note in _notes(file, kind)),
        ),
        extracted=extracted,
        calendars=calendars,
    )


def table(path: Path, file: CsvFile, kind: Kind) -> RawTable:
    """A file's columns under the names of its kind."""
    columns: dict[str, Sequence[Cell]] = {}
    for column in columns_of(kind):
        cells = file.columns.get(normal(column.name))
        if cells is not None:
            columns[column.name] = plain_ids(cells) if column.type == "id" else cells
        elif column.needed:
            raise _missing_column(path, file, kind, column)
    return RawTable(kind.name, file.place, file.rows, columns)


def _nothing_to_read(folder: Path, others: Sequence[Path], known: Mapping[str, Kind]) -> FactsError:
    names = ", ".join(f"`{path.name}`{perhaps(path.stem, known)}" for path in others)
    found = f"only {names}" if names else "no CSV file"
    return FactsError(
        what=f"no file in `{folder}` holds a kind of fact that the rules know: there is {found}",
        where=str(folder),
        why="without facts nothing would be checked, and that is not a pass",
        help="name each file as its kind of fact, such as `person.csv`; "
        "`duly facts template DIR` writes all of them with their columns",
    )


def _refuse_twins(known: Mapping[Path, Kind]) -> None:
    seen: dict[str, Path] = {}
    for path, kind in known.items():
        other = seen.setdefault(kind.name, path)
        if other is not path:
            raise FactsError(
                what=f"`{other.name}` and `{path.name}` both hold `{kind.name}`",
                where=str(path.parent),
                why="it is not known whether one repeats the other",
                help="keep one of them, or put their rows together in one file",
            )


def _missing_column(path: Path, file: CsvFile, kind: Kind, column: Column) -> FactsError:
    near = perhaps(column.name, file.columns)
    return FactsError(
        what=f"`{path.name}` has no column `{column.name}`{near}",
        where=f"{path}:1",
        why=f"a row of `{kind.name}` means nothing without it: it says {column.what}",
        help=f"add or rename the column; there are {quoted(file.headers.values()) or 'no columns'}",
    )


def _unknown_file(path: Path, known: Mapping[str, Kind]) -> str:
    return f"`{path.name}` was not read: no kind of fact has that name{perhaps(path.stem, known)}"


def _no_file(kind: str) -> str:
    return (
        f"{COVERAGE}.csv says that `{kind}` is held, but there is no `{kind}.csv`: taken as not "
        "held (a file with its headings alone would say that there were none)"
    )


def _notes(file: CsvFile, kind: Kind) -> list[str]:
    """Which columns of a file are unknown, and which of its kind it lacks."""
    known = {normal(column.name): column for column in columns_of(kind)}
    named_by_none = {normal("id")} if kind.nature == "event" else set()  # no row is of an event
    missing = [name for name in known if name not in {*file.columns, *named_by_none}]
    unknown = [name for name in file.columns if name not in known]
    notes = []
    if missing:
        names = quoted(known[name].name for name in missing)
        notes.append(f"`{file.place}` does not have {names}: what they would say is unknown")
    if unknown:
        names = ", ".join(f"`{file.headers[name]}`{perhaps(name, missing)}" for name in unknown)
        notes.append(f"`{file.place}` also has {names}: not read, the rules do not know of it")
    return notes
