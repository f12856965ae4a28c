"""A policy from its text, facts from lists of cells, and what comes of the two."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date

import pytest
from attrs import frozen

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.parser import parse_text
from duly.dsl.policy import Policy
from duly.dsl.resolve import PackText, resolve
from duly.engine.obligations import COLUMNS
from duly.engine.pipeline import run_facts
from duly.engine.raw import Coverage, RawFacts, RawTable
from duly.engine.reading import build

Rows = Sequence[Sequence[str]]


def read_policy(*packs: str) -> Policy:
    """Packs from the law upwards, each as one text."""
    diagnostics = Diagnostics()
    texts = [
        PackText(str(number), (parse_text(text, str(number), diagnostics),))
        for number, text in enumerate(packs)
    ]
    policy = resolve(texts, diagnostics)
    assert diagnostics.errors == []
    return policy


def table(kind: str, *rows: str) -> RawTable:
    """A table from lines of cells, the heading first; ``-`` is a cell that says nothing."""
    heading, *lines = (row.split() for row in rows)
    columns = {name: [line[place] for line in lines] for place, name in enumerate(heading)}
    return RawTable(kind, f"{kind}.csv", range(2, len(lines) + 2), columns)


@frozen
class Engine:
    """Runs a policy over tables; every kind is covered throughout, unless it is said otherwise."""

    policy: Policy

    def rows(
        self, as_at: date, *tables: RawTable, coverage: Sequence[Coverage] = ()
    ) -> list[dict[str, str]]:
        """The obligations, as rows of ``obligations.csv``."""
        said = {each.kind for each in coverage}
        everywhere = tuple(
            Coverage(name, "events") for name in self.policy.kinds if name not in said
        )
        raw = RawFacts(tables, (*coverage, *everywhere), extracted=as_at)
        facts = build([raw], self.policy.kinds)
        run = run_facts(self.policy, facts, as_at, since=date(1900, 1, 1))
        columns: Mapping[str, Sequence[str]] = run.obligations.columns
        return [
            {name: columns[name][row] for name in COLUMNS} for row in range(len(run.obligations))
        ]


@pytest.fixture
def engine() -> Callable[..., Engine]:
    """The engine for packs given as text."""
    return lambda *packs: Engine(read_policy(*packs))


@pytest.fixture
def policy() -> Callable[..., Policy]:
    """Packs given as text."""
    return read_policy


@pytest.fixture
def cells() -> Callable[..., RawTable]:
    """``cells("visit", "person_id date", "7 2024-03-01")``."""
    return table
