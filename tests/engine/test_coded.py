"""Coded and dated columns: what is read of them is what is read of a list of the same cells."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from random import Random

import numpy as np
import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duly.dsl.policy import Policy
from duly.engine.days import day_of
from duly.engine.raw import Cell, Coded, Dated, RawFacts, RawTable
from duly.engine.reading import build
from tests.facts_told import told

WORDS = """
pack law "The law"
subject child plural children has allocated yes/no
subject worker plural workers
period placement has type one of (foster, parents)
period employment of worker
event visit of placement
  has seen yes/no has kind one of (cla, cp) has about text has booked date has pages number
  has told list of role
  milestone recorded_on by record
"""

BLANKS = [None, "", " ", "NULL", "n/a", "-"]
IDS = ["1", " 1", "2", "10", "nan1", "é", "worker:1", "visit-2", *BLANKS]
DAYS = [
    "2024-03-01",
    "01/03/2024",
    " 2024-03-01",
    "2024-03-01 14:30",
    "2024-03-01T00:00:00",
    "2024-07-01T23:30:00Z",
    "31/02/2024",
    "soon",
    "2023-12-31",
    *BLANKS,
]
PLAIN_DAYS = ["2024-03-01", "2023-12-31", "1900-01-01", "2100-12-31", None]
ODD = ["yes", "No", "maybe", "cla", "CP", "foster", "12", "12.0", "police; health", " x ", *BLANKS]
COLUMNS = {
    "child": {"person_id": IDS, "born": DAYS, "allocated": ODD},
    "placement": {"id": IDS, "person_id": IDS, "start": DAYS, "end": DAYS, "type": ODD},
    "employment": {"id": IDS, "worker_id": IDS, "start": DAYS, "end": DAYS},
    "visit": {
        "id": IDS,
        "person_id": IDS,
        "placement_id": IDS,
        "date": DAYS,
        "seen": ODD,
        "kind": ODD,
        "about": ODD,
        "booked": DAYS,
        "pages": ODD,
        "told": ODD,
        "recorded_on": DAYS,
    },
}


@pytest.fixture
def words(policy: Callable[..., Policy]) -> Policy:
    return policy(WORDS)


def coded(cells: Sequence[Cell], dice: Random) -> Coded:
    """The same cells; the texts stand in any order, some of them twice."""
    texts = [cell for cell in dict.fromkeys(cells) for _ in range(dice.choice([1, 1, 2]))]
    dice.shuffle(texts)
    places = [[n for n, text in enumerate(texts) if text == cell] for cell in cells]
    codes = Coded(np.array([dice.choice(each) for each in places], np.int32), texts)
    return codes[:]  # without the texts that no row came to have


def dated(cells: Sequence[Cell]) -> Dated:
    """The same cells, all of them days that tables reach to."""
    days = [-1 if cell is None else day_of(date.fromisoformat(cell)) for cell in cells]
    return Dated(np.array(days, np.int32))


@st.composite
def tables(draw: st.DrawFn) -> RawTable:
    kind = draw(st.sampled_from(sorted(COLUMNS)))
    needed = {"person_id", "worker_id", "start", "end", "date"}
    names = [n for n in COLUMNS[kind] if n in needed or draw(st.booleans())]
    rows = draw(st.integers(0, 12))
    columns = {
        name: draw(st.lists(st.sampled_from(some), min_size=rows, max_size=rows))
        for name in names
        for some in [draw(st.sampled_from([COLUMNS[kind][name], PLAIN_DAYS]))]
    }
    return RawTable(kind, f"{kind}.csv", range(2, rows + 2), columns)


@given(given_tables=st.lists(tables(), max_size=6), dice=st.randoms(use_true_random=False))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_coded_and_dated_cells_are_read_as_a_list_of_them(
    words: Policy, given_tables: list[RawTable], dice: Random
) -> None:
    as_codes = [
        evolve(
            t,
            columns={
                n: dated(cells) if {*cells} <= {*PLAIN_DAYS} else coded(cells, dice)
                for n, cells in t.columns.items()
            },
        )
        for t in given_tables
    ]
    whole = date(2024, 3, 31)
    plain = build([RawFacts(tuple(given_tables), extracted=whole)], words.kinds)
    other = build([RawFacts(tuple(as_codes), extracted=whole)], words.kinds)
    assert told(other) == told(plain)
    assert (other.quarantine, other.notes, other.rows_read) == (
        plain.quarantine,
        plain.notes,
        plain.rows_read,
    )
    for ours, theirs in zip(other.all, plain.all, strict=True):
        for name, table in ours.tables.items():
            for column, values in table.columns.items():
                assert values.categories == theirs.tables[name].columns[column].categories


def test_coded_cells_are_a_sequence() -> None:
    cells = Coded(np.array([1, 0, 1, 2], np.int32), ["b", "a", None])
    assert (len(cells), list(cells), cells[1], cells[-1]) == (4, ["a", "b", "a", None], "b", None)
    assert list(cells[1:3]) == ["b", "a"]
    assert "b" in cells
    assert cells.count("a") == 2


def test_dated_cells_are_a_sequence_of_iso_dates() -> None:
    cells = dated(["2024-03-01", None, "2023-12-31"])
    assert (len(cells), list(cells)) == (3, ["2024-03-01", None, "2023-12-31"])
    assert (cells[0], cells[1], list(cells[1:])) == ("2024-03-01", None, [None, "2023-12-31"])
