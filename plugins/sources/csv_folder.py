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
from duly.engine.raw import RawFacts, RawTable
from duly.plugins.sources.csv_file import CsvFile, csv_files, plain_ids
from duly.plugins.sources.csv_file import read as read_file
from duly.plugins.sources.folder import (
    columns_in,
    contents,
    hidden,
    id_columns,
    notes,
    read_beside,
)


@hookimpl
def register_fact_sources() -> Sequence[FactSource]:
    """The ``csv`` source."""
    return [FactSource("csv", "a folder with one CSV file for each kind of fact", read)]


def read(location: str, kinds: Mapping[str, Kind]) -> RawFacts:
    """The facts of a folder, with what it does not hold."""
    folder = Path(location)
    paths = csv_files(folder)
    left = [path for path in sorted(folder.iterdir()) if path not in paths and not hidden(path)]
    found = contents(folder, paths, kinds, ".csv", left)
    files = [(kind, read_file(path)) for path, kind in found.known.items()]
    beside = read_beside(found, read_file)
    return RawFacts(
        tables=tuple(table(folder / file.place, file, kind) for kind, file in files),
        coverage=beside.coverage,
        quarantine=(*(row for _, file in files for row in file.quarantine), *beside.quarantine),
        notes=(
            *beside.notes,
            *(note for kind, file in files for note in notes(file.place, file.headers, kind)),
        ),
        extracted=beside.extracted,
        calendars=beside.calendars,
    )


def table(path: Path, file: CsvFile, kind: Kind) -> RawTable:
    """A file's columns under the names of its kind."""
    ids = id_columns(kind)
    columns = {
        name: plain_ids(file.columns[header]) if name in ids else file.columns[header]
        for name, header in columns_in(path, file.headers, kind).items()
    }
    return RawTable(kind.name, file.place, file.rows, columns)
