"""Raw facts of any source, to a folder of Parquet files that the ``parquet`` source reads."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from duly.dsl.policy import Kind
from duly.engine.raw import Cell, Coverage, FactsError, RawFacts, RawTable, id_in
from duly.engine.reading import name_for
from duly.plugins.sources.canonical import CALENDAR, columns_of
from duly.plugins.sources.coverage import COVERAGE, EXTRACT

ROW_GROUP = 100_000
"""Rows of a row group: few enough that a range of subjects is not read with many others."""


def write_folder(folder: Path, facts: RawFacts, kinds: Mapping[str, Kind]) -> list[Path]:
    """One file for each kind of fact, in order of the subjects' ids; ``coverage.csv`` beside."""
    _refuse_gaps(facts.coverage)
    folder.mkdir(parents=True, exist_ok=True)
    by_kind: dict[str, list[RawTable]] = {}
    for table in facts.tables:
        by_kind.setdefault(table.kind, []).append(table)
    files = [_write(folder, kinds[kind], tables) for kind, tables in by_kind.items()]
    files.append(_write_csv(folder / f"{COVERAGE}.csv", _coverage(facts)))
    if facts.calendars:
        files.append(_write_csv(folder / f"{CALENDAR}.csv", _calendars(facts)))
    return files


def _write(folder: Path, kind: Kind, tables: Sequence[RawTable]) -> Path:
    """The rows of a kind; of those of one subject none changes its place."""
    there = {name for table in tables for name in table.columns}
    names = [c.name for c in columns_of(kind) if c.name in there or c.name == "id"]
    columns: dict[str, list[Cell]] = {name: [] for name in names}
    for number, table in enumerate(tables):
        for name, cells in columns.items():
            given: Iterable[Cell] = table.columns.get(name) or [None] * len(table.rows)
            if name == "id":
                given = _named(given, table, name_for(kind.name, number, len(tables)))
            cells.extend(given)
    whom = [id_in(cell) for cell in columns[kind.id_column]]
    order = pa.array(sorted(range(len(whom)), key=whom.__getitem__), pa.int64())
    table = pa.table({name: pa.array(cells, pa.string()) for name, cells in columns.items()})
    path = folder / f"{kind.name}.parquet"
    pq.write_table(table.take(order), path, row_group_size=ROW_GROUP)
    return path


def _named(cells: Iterable[Cell], table: RawTable, prefix: str) -> Iterator[Cell]:
    """The rows' own ids; a row without one keeps the name that its old place gives it."""
    for cell, row in zip(cells, table.rows, strict=True):
        yield cell if id_in(cell) else f"{prefix}{row}"


def _coverage(facts: RawFacts) -> Iterator[Sequence[str]]:
    yield "kind", "what", "first", "last"
    if facts.extracted is not None:
        yield EXTRACT, "", "", _written(facts.extracted)
    for each in facts.coverage:
        yield each.kind, each.what, _written(each.first), _written(each.last)


def _calendars(facts: RawFacts) -> Iterator[Sequence[str]]:
    yield CALENDAR, "start", "end"
    for name, stretches in facts.calendars.items():
        for first, last in stretches:
            yield name, _written(first), _written(last)


def _written(day: date | None) -> str:
    return day.isoformat() if day is not None else ""


def _write_csv(path: Path, rows: Iterable[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def _refuse_gaps(coverage: Sequence[Coverage]) -> None:
    for each in coverage:
        if each.only is not None:
            attribute, value = each.only
            raise FactsError(
                what=f"no `{each.kind}` whose {attribute} is `{value}` is held there",
                where="the source that is to be converted",
                why=f"{COVERAGE}.csv cannot say so of a part of a kind, and that none was made "
                "would then be taken for a failing",
                help="run the rules on the source itself",
            )
