"""A folder with one table for each kind of fact, whatever its files are: what is in it, and not.

Files are named as the kinds of the vocabulary, columns as its attributes.  Beside them
``coverage`` may say what each of them holds, and ``calendar`` when the stretches of calendars are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
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

CALLED = {".csv": "CSV file", ".parquet": "Parquet file", "": "table"}
"""What holds the facts of a kind, by how its name ends."""

Headers = Mapping[str, str]
"""The columns of a file: how it spells each, by its normal name."""


@frozen
class Contents:
    """What stands in a folder: which file holds what, and what is not read.

    The ``misnamed`` are called as a kind of fact, but not as what is read: by the place of each,
    the kind's name as it is spelt there.  The ``others`` hold tables, but have no kind's name.
    """

    known: Mapping[Path, Kind]
    misnamed: Mapping[str, str]
    others: Sequence[Path]
    beside: Sequence[Path]
    by_name: Mapping[str, Kind]
    ending: str


@frozen
class Beside:
    """What a folder says of itself beside its tables."""

    coverage: tuple[Coverage, ...]
    quarantine: tuple[Quarantined, ...]
    notes: tuple[str, ...]
    extracted: date | None
    calendars: Stretches


def hidden(path: Path) -> bool:
    """Whether programs keep a file for themselves: nobody expects that it is read."""
    return path.name[:1] in "._"


def contents(
    folder: Path,
    paths: Sequence[Path],
    kinds: Mapping[str, Kind],
    ending: str,
    left: Iterable[Path] = (),
) -> Contents:
    """Which of the paths, whose names have that ending, hold which kind.

    What else stands in the folder, ``left``, is not read.
    """
    by_name = {normal(name): kind for kind in kinds.values() for name in names_of(kind)}
    known = {path: by_name[normal(path.stem)] for path in paths if normal(path.stem) in by_name}
    beside = [path for path in paths if path not in known and normal(path.stem) in BESIDE]
    others = [path for path in paths if path not in known and path not in beside]
    misnamed = {}
    for path in left:
        place = path.relative_to(folder)
        name = place.parts[0].partition(".")[0]
        if normal(name) in (*by_name, *BESIDE):
            misnamed[place.as_posix()] = name
        elif path.suffix.casefold() in _OTHER:
            others.append(path)
    if not known:
        names = [f"`{path.name}`{perhaps(path.stem, by_name)}" for path in others]
        raise _nothing_to_read(folder, misnamed, names, ending)
    _refuse_twins({path: kind.name for path, kind in known.items()})
    _refuse_twins({path: normal(path.stem) for path in beside})
    return Contents(known, misnamed, others, beside, by_name, ending)


def read_beside(found: Contents, read: Callable[[Path], CsvFile]) -> Beside:
    """Coverage and calendars, with notes on files that were not read."""
    stated, extracted, unasked = read_coverage(found.beside, found.by_name, read)
    calendars, unread = read_calendars(found.beside, read)
    there = {kind.name for kind in found.known.values()}
    coverage = tuple(each for each in stated if each.kind in there or each.what == "absent")
    return Beside(
        coverage=coverage,
        quarantine=unread,
        notes=(
            *(_misnamed(place, name, found.ending) for place, name in found.misnamed.items()),
            *(_unknown_file(path, found.by_name) for path in found.others),
            *unasked,
            *(_no_file(each.kind, found.ending) for each in stated if each not in coverage),
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
    folder: Path, misnamed: Iterable[str], others: Sequence[str], ending: str
) -> FactsError:
    left = [*map("`{}`".format, misnamed), *others]
    found = f"only {', '.join(left)}" if left else f"no {CALLED[ending]}"
    other = _OTHER.get(ending, "")
    theirs = folder.rglob(f"*{other}") if other else ()
    elsewise = any(path.relative_to(folder).parts[0] in misnamed for path in theirs)
    return FactsError(
        what=f"no file in `{folder}` holds a kind of fact that the rules know: there is {found}",
        where=str(folder),
        why="without facts nothing would be checked, and that is not a pass",
        help=f"`{other[1:]}:{folder}` reads its {CALLED[other]}s"
        if elsewise
        else f"name each file as its kind of fact, such as `person{ending}`; "
        "`duly facts template DIR` writes all of them with their columns",
    )


_OTHER = {".csv": ".parquet", ".parquet": ".csv"}
"""How the names end of what another source of facts reads."""


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


def _misnamed(place: str, name: str, ending: str) -> str:
    parts = f", or files in a folder `{name}` whose names end so" if ending == ".parquet" else ""
    return (
        f"`{place}` is not read: what holds `{name}` must be a {CALLED[ending]} that is called "
        f"`{name}{ending}`{parts}"
    )


def _unknown_file(path: Path, known: Mapping[str, Kind]) -> str:
    return f"`{path.name}` was not read: no kind of fact has that name{perhaps(path.stem, known)}"


def _no_file(kind: str, ending: str) -> str:
    return (
        f"{COVERAGE}.csv says that `{kind}` is held, but there is no `{kind}{ending}`: taken as "
        "not held (a file with its headings alone would say that there were none)"
    )
