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
from duly.dsl.scenario import resolve_scenarios
from duly.engine.batch import Batch
from duly.engine.days import date_of
from duly.engine.evaluate import evaluate
from duly.engine.lower import lower
from duly.engine.obligations import COLUMNS, VERDICTS
from duly.engine.pipeline import run_facts
from duly.engine.raw import Coverage, RawFacts, RawTable
from duly.engine.reading import build
from duly.engine.scenarios import raw_facts

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


def read_story(rules: str, told: str) -> list[str]:
    """What comes of a scenario's lines, under a pack's statements: one line an obligation."""
    text = f'{rules} scenario "a child" {told} expect no {rules.rpartition("rule ")[2].split()[0]}'
    diagnostics = Diagnostics()
    document = parse_text(text, "0", diagnostics)
    policy = resolve([PackText("0", (document,))], diagnostics)
    found = resolve_scenarios(policy, policy.packs[0].name, [document], diagnostics)
    assert diagnostics.errors == []
    (scenario,) = found
    facts = build([raw_facts(policy.kinds, scenario)], policy.kinds, scenario.as_at)
    batches = evaluate(lower(policy), facts, scenario.as_at, scenario.known_at)
    return [line for batch in batches for line in read_batch(batch)]


def read_batch(batch: Batch) -> list[str]:
    """``2024-03-01: not met due 2024-04-01 by 3``: anchor, verdict, and what else is there."""
    lines = []
    for row in range(len(batch)):
        words = [VERDICTS[batch.verdict[row]].replace("_", " ")]
        for word, days in (("due", batch.deadline), ("on", batch.fulfilled)):
            words += [f"{word} {date_of(days[row])}"] if days[row] >= 0 else []
        words += [f"by {batch.days[row]}"] if batch.days[row] else []
        words += ["assumed"] if batch.assumed[row] else []
        anchor = f"{date_of(batch.anchor[row])}: " if batch.anchor[row] >= 0 else ""
        lines.append(anchor + " ".join(words))
    return lines


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


@pytest.fixture
def story() -> Callable[[str, str], list[str]]:
    """A pack's statements and the lines of a scenario, and what comes of the two."""
    return read_story
