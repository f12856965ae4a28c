"""A folder with one table for each kind of fact, whatever its files are: what is in it, and not.

Files are named as the kinds of the vocabulary, columns as its attributes.  Beside them
``coverage`` may say what each of them holds, and ``calendar`` when the stretches of calendars are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

from attrs import frozen

from duly.dsl.policy import Kind
from duly.engine.raw import Coverage, FactsError, Quarantined
from duly.plugins.sources.calendars import Stretches, read_calendars
from duly.plugins.sources.canonical import CALENDAR, columns_of, names_of
from duly.plugins.sources.coverage import COVERAGE, read_coverage
from duly.plugins.sources.csv_file import CsvFile, normal, perhaps, quoted

BESIDE = (COVERAGE, CALENDAR)
"""The names of the files that hold no kind of fact."""

Headers = Mapping[str, str]
"""The columns of a file: how it spells each, by its normal name."""


@frozen
class Contents:
    """The files of a folder: which holds what, and those that hold no kind of fact."""

    known: Mapping[Path, Kind]
    others: Sequence[Path]
    beside: Sequence[Path]
    by_name: Mapping[str, Kind]


@frozen
class Beside:
    """What a folder says of itself beside its tables."""

    coverage: tuple[Coverage, ...]
    quarantine: tuple[Quarantined, ...]
    notes: tuple[str, ...]
    extracted: date | None
    calendars: Stretches


def contents(folder: Path, paths: Sequence[Path], kinds: Mapping[str, Kind], what: str) -> Contents:
    """Which of the paths hold which kind; ``what`` is what such a file is called: `CSV file`."""
    by_name = {normal(name): kind for kind in kinds.values() for name in names_of(kind)}
    known = {path: by_name[normal(path.stem)] for path in paths if normal(path.stem) in by_name}
    beside = [path for path in paths if path not in known and normal(path.stem) in BESIDE]
    others = [path for path in paths if path not in known and path not in beside]
    if not known:
        raise _nothing_to_read(folder, others, by_name, what)
    _refuse_twins({path: kind.name for path, kind in known.items()})
    _refuse_twins({path: normal(path.stem) for path in beside})
    return Contents(known, others, beside, by_name)


def read_beside(found: Contents, read: Callable[[Path], CsvFile]) -> Beside:
    """Coverage and calendars, with notes on files that were not read."""
    stated, extracted, unasked = read_coverage(found.beside, found.by_name, read)
    calendars, unread = read_calendars(found.beside, read)
    there = {kind.name for kind in found.known.values()}
    coverage = tuple(each for each in stated if each.kind in there or each.what == "absent")
    ending = next(iter(found.known)).suffix
    return Beside(
        coverage=coverage,
        quarantine=unread,
        notes=(
            *(_unknown_file(path, found.by_name) for path in found.others),
            *unasked,
            *(_no_file(each.kind, ending) for each in stated if each not in coverage),
        ),
        extracted=extracted,
        calendars=calendars,
    )


def columns_in(path: Path, headers: Headers, kind: Kind) -> dict[str, str]:
    """The columns of a kind that a file has, each with the normal name of its header."""
    columns = {}
    for column in columns_of(kind):
        name = normal(column.name)
        if name in headers:
            columns[column.name] = name
        elif column.needed:
            near = perhaps(column.name, headers)
            raise FactsError(
                what=f"`{path.name}` has no column `{column.name}`{near}",
                where=f"{path}:1" if path.suffix.casefold() == ".csv" else str(path),
                why=f"a row of `{kind.name}` means nothing without it: it says {column.what}",
                help="add or rename the column; there are "
                f"{quoted(headers.values()) or 'no columns'}",
            )
    return columns


def id_columns(kind: Kind) -> frozenset[str]:
    """The columns of a kind that hold ids."""
    return frozenset(column.name for column in columns_of(kind) if column.type == "id")


def notes(place: str, headers: Headers, kind: Kind) -> list[str]:
    """Which columns of a file are unknown, and which of its kind it lacks."""
    known = {normal(column.name): column for column in columns_of(kind)}
    named_by_none = {normal("id")} if kind.nature == "event" else set()  # no row is of an event
    missing = [name for name in known if name not in {*headers, *named_by_none}]
    unknown = [name for name in headers if name not in known]
    notes = []
    if missing:
        names = quoted(known[name].name for name in missing)
        notes.append(f"`{place}` does not have {names}: what they would say is unknown")
    if unknown:
        names = ", ".join(f"`{headers[name]}`{perhaps(name, missing)}" for name in unknown)
        notes.append(f"`{place}` also has {names}: not read, the rules do not know of it")
    return notes


def _nothing_to_read(
    folder: Path, others: Sequence[Path], known: Mapping[str, Kind], what: str
) -> FactsError:
    names = ", ".join(f"`{path.name}`{perhaps(path.stem, known)}" for path in others)
    found = f"only {names}" if names else f"no {what}"
    ending = "csv" if what.startswith("CSV") else "parquet"
    return FactsError(
        what=f"no file in `{folder}` holds a kind of fact that the rules know: there is {found}",
        where=str(folder),
        why="without facts nothing would be checked, and that is not a pass",
        help=f"name each file as its kind of fact, such as `person.{ending}`; "
        "`duly facts template DIR` writes all of them with their columns",
    )


def _refuse_twins(held: Mapping[Path, str]) -> None:
    seen: dict[str, Path] = {}
    for path, name in held.items():
        other = seen.setdefault(name, path)
        if other is not path:
            raise FactsError(
                what=f"`{other.name}` and `{path.name}` both hold `{name}`",
                where=str(path.parent),
                why="it is not known whether one repeats the other",
                help="keep one of them, or put their rows together in one file",
            )


def _unknown_file(path: Path, known: Mapping[str, Kind]) -> str:
    return f"`{path.name}` was not read: no kind of fact has that name{perhaps(path.stem, known)}"


def _no_file(kind: str, ending: str) -> str:
    return (
        f"{COVERAGE}.csv says that `{kind}` is held, but there is no `{kind}{ending}`: taken as "
        "not held (a file with its headings alone would say that there were none)"
    )
