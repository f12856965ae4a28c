"""A large invented caseload straight into columns, for benchmarks: children looked after.

Every child has about two placements in six years, visits every ten weeks, and facts on which the
interval turns, a part of them unknown.  ``write`` puts the same caseload on disk, for those who
begin from there.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from attrs import evolve

from duly.dsl.policy import Kind
from duly.engine.days import FAR, MISSING, UNKNOWN, day_of
from duly.engine.facts import Column, Facts, Table
from duly.engine.ids import Ids
from duly.engine.raw import Coverage, RawFacts
from duly.engine.reading import build

if TYPE_CHECKING:
    import pyarrow as pa

FIRST = day_of(date(2020, 1, 1))
AS_AT = date(2025, 12, 31)
GAP = 70
"""Days between visits, about: 25 obligations a child."""


def caseload(kinds: Mapping[str, Kind], children: int, seed: int = 1) -> Facts:
    """Facts of that many children; rows are in order, as ``reading.build`` would leave them."""
    dice = np.random.default_rng(seed)
    subject_kind = next(kind for kind in kinds.values() if kind.nature == "subject")
    coverage = tuple(
        Coverage(name, "events") for name, kind in kinds.items() if kind.nature != "subject"
    )
    empty = build([RawFacts((), coverage, extracted=AS_AT)], kinds, AS_AT)
    covered = np.zeros(children, np.int32)
    tables = {n: evolve(t, covered_from=covered) for n, t in empty.tables.items()}
    born = dice.integers(day_of(date(2008, 1, 1)), day_of(date(2020, 1, 1)), children)
    placed = _placements(tables["placement"], children, dice)
    tables["placement"] = placed
    tables["visit"] = _visits(tables["visit"], placed, dice)
    tables["permanence_agreed"] = _sometimes(tables["permanence_agreed"], placed, 0.3, dice)
    for name, share in (("long_term_foster", 0.2), ("intention_until_18", 0.3)):
        tables[name] = _sometimes(tables[name], placed, share, dice)
    if "away_by_agreement" in tables:
        away = _sometimes(tables["away_by_agreement"], placed, 0.05, dice)
        tables["away_by_agreement"] = evolve(away, end=(away.start + 60).astype(np.int32))
    tables["agreement"] = _agreements(tables["agreement"], placed, dice)
    blank = np.full(children, MISSING, np.int32)
    columns = {name: Column(blank, supplied=False) for name in subject_kind.attributes}
    subjects = _numbered("C", children).astype(object)
    facts = evolve(
        empty, subjects=subjects, born=born.astype(np.int32), columns=columns, tables=tables
    )
    return evolve(facts, rows_read=children + sum(len(t) for t in tables.values()))


def _filled(table: Table, subject: np.ndarray, start: np.ndarray, end: np.ndarray) -> Table:
    """Rows of a table with blank attributes; ids are row numbers."""
    count = len(subject)
    columns = {
        name: evolve(column, values=_blank(column, count), supplied=True)
        for name, column in table.columns.items()
    }
    nothing = np.zeros(count, np.int32)
    return evolve(
        table,
        ids=Ids(np.arange(count).astype(bytes)),
        subject=subject.astype(np.int32),
        start=start.astype(np.int32),
        end=end.astype(np.int32),
        parent=np.full(count, -1, np.int32),
        columns=columns,
        places=("invented",),
        place=nothing,
        row=np.arange(count, dtype=np.int32),
    )


def _blank(column: Column, count: int) -> np.ndarray:
    if column.values.dtype == np.int8:
        return np.full(count, 2, np.int8)
    return np.full(count, MISSING, np.int32)


def _placements(table: Table, children: int, dice: np.random.Generator) -> Table:
    begun = FIRST + dice.integers(0, 700, children)
    moved = begun + dice.integers(60, 1500, children)
    subject = np.repeat(np.arange(children), 2)
    start = np.stack([begun, moved], 1).ravel()
    end = np.stack([moved, np.full(children, FAR)], 1).ravel()
    filled = _filled(table, subject, start, end)
    codes = filled.columns["type"].categories
    foster = Column(np.full(len(subject), codes.index("foster"), np.int32), codes)
    stays = Column(
        ((np.arange(len(subject)) % 2) & (dice.random(len(subject)) < 0.1)).astype(np.int8)
    )
    columns = dict(filled.columns) | {"type": foster, "carer_continues": stays}
    return evolve(filled, columns=columns)


def _visits(table: Table, placed: Table, dice: np.random.Generator) -> Table:
    begun = placed.start[::2]
    last = day_of(AS_AT)
    count = np.maximum((last - begun) // GAP, 1)
    subject = np.repeat(np.arange(len(begun)), count)
    first = np.cumsum(count) - count
    number = np.arange(len(subject)) - np.repeat(first, count)
    day = begun[subject] + 7 + number * GAP + dice.integers(0, 12, len(subject))
    twice = np.sort(np.append(np.arange(len(day)), np.flatnonzero(dice.random(len(day)) < 0.01)))
    subject, day = subject[twice], day[twice]
    filled = _filled(table, subject, day, day + 1)
    kinds = filled.columns["kind"].categories
    kind = Column(np.full(len(subject), kinds.index("cla"), np.int32), kinds)
    seen = Column(
        dice.choice([0, 1, UNKNOWN], len(subject), p=[0.02, 0.975, 0.005]).astype(np.int8)
    )
    return evolve(filled, columns=dict(filled.columns) | {"kind": kind, "seen": seen})


def _sometimes(table: Table, placed: Table, share: float, dice: np.random.Generator) -> Table:
    rows = np.flatnonzero(dice.random(len(placed)) < share)
    start = placed.start[rows] + dice.integers(0, 900, len(rows))
    end = start + 1 if table.kind.nature == "event" else np.full(len(rows), FAR)
    filled = _filled(table, placed.subject[rows], start, end)
    return evolve(filled, parent=rows.astype(np.int32))


def _agreements(table: Table, placed: Table, dice: np.random.Generator) -> Table:
    """Some by the child, some by the IRO, some by both; of some it is not recorded who agreed."""
    one, other = (_sometimes(table, placed, 0.4, dice) for _ in range(2))
    both = one.with_rows(other)
    count = len(both)
    by = dice.choice([0, 1, -1], count, p=[0.45, 0.4, 0.15]).astype(np.int32)
    withdrawn = dice.random(count) < 0.3
    end = np.where(withdrawn, both.start + dice.integers(30, 600, count), FAR).astype(np.int32)
    columns = dict(both.columns) | {"given_by": Column(by, ("child", "IRO"))}
    ids, row = Ids(np.arange(count).astype(bytes)), np.arange(count, dtype=np.int32)
    return evolve(both, ids=ids, row=row, end=end, columns=columns)


def _numbered(letters: str, count: int) -> np.ndarray:
    """Names of equal length, so that their order as text is that of their numbers."""
    return np.char.add(letters, np.char.zfill(np.arange(1, count + 1).astype("U8"), 8))


# ------------------------------------------------------------------------------ on disk

ROW_GROUP = 100_000


def make(folder: Path, kinds: Mapping[str, Kind], children: int, seed: int = 1) -> None:
    """A folder with the files of a caseload."""
    folder.mkdir(parents=True, exist_ok=True)
    write(caseload(kinds, children, seed), folder)


def write(facts: Facts, folder: Path) -> None:
    """A Parquet file for each kind of fact that has rows, and what is held of all of them."""
    import pyarrow as pa
    from pyarrow import parquet

    people = pa.array(facts.subjects, pa.string())
    names = {name: _named(table) for name, table in facts.tables.items() if len(table)}
    files = {"child": {"person_id": people, "born": _dates(facts.born)}}
    files |= {name: _file(facts.tables[name], people, names) for name in names}
    for name, columns in files.items():
        parquet.write_table(pa.table(columns), folder / f"{name}.parquet", row_group_size=ROW_GROUP)
    with (folder / "coverage.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(("kind", "what", "first", "last"))
        rows.writerow(("extract", "", "", AS_AT.isoformat()))
        rows.writerows((name, "events", "", "") for name in ("child", *facts.tables))


def _named(table: Table) -> pa.Array:
    import pyarrow as pa

    return pa.array(_numbered(f"{table.kind.name}-", len(table)))


def _file(table: Table, people: pa.Array, names: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The columns of one kind, those without any value left out."""
    period = table.kind.nature == "period"
    columns = {"id": names[table.kind.name], "person_id": people.take(table.subject)}
    columns["start" if period else "date"] = _dates(table.start)
    if period:
        columns["end"] = _dates(table.end)
    if table.kind.of in names:
        columns[f"{table.kind.of}_id"] = names[table.kind.of].take(table.parent)
    values = {name: _values(column) for name, column in table.columns.items()}
    return columns | {name: each for name, each in values.items() if each.null_count < len(each)}


def _values(column: Column) -> pa.Array:
    import pyarrow as pa

    if column.values.dtype == np.int8:
        return pa.array(column.values == 1, mask=column.values == UNKNOWN)
    if column.categories:
        codes = pa.array(column.values, mask=column.values < 0)
        return pa.DictionaryArray.from_arrays(codes, pa.array(column.categories))
    return _dates(column.values)


def _dates(days: np.ndarray) -> pa.Array:
    """Dates, blank where there is none or none yet."""
    import pyarrow as pa

    since_1970 = (days - day_of(date(1970, 1, 1))).astype(np.int32)
    return pa.array(since_1970, mask=(days < 0) | (days >= FAR)).cast(pa.date32())
