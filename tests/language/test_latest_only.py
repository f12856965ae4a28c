"""What comes out where a source holds the latest review only, so that no one knows which it was.

M21 in the list of meanings; a scenario cannot say how much a source holds.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from attrs import evolve

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.packs import load_policy
from duly.dsl.parser import parse_text
from duly.dsl.scenario import resolve_scenarios
from duly.engine.pipeline import run_facts
from duly.engine.raw import CoverageKind
from duly.engine.reading import build
from duly.engine.scenarios import raw_facts

HERE = Path(__file__).resolve().parent

STORY = """
scenario "care since 2023, and the latest review on 1 September 2025"
  child born 3 May 2012
  care_period from 1 January 2023
  review on 1 September 2025
  as at {day}
  expect reviews cannot tell
"""


def verdicts(day: str, what: CoverageKind) -> set[str]:
    policy = load_policy(HERE, lambda name: HERE).policy
    diagnostics = Diagnostics()
    document = parse_text(STORY.format(day=day), "story", diagnostics)
    (story,) = resolve_scenarios(policy, "sentences", [document], diagnostics)
    raw = raw_facts(policy.kinds, story)
    held = tuple(evolve(c, what=what) if c.kind == "review" else c for c in raw.coverage)
    facts = build([evolve(raw, coverage=held)], policy.kinds, story.as_at)
    run = run_facts(policy, facts, story.as_at, date(2022, 1, 1))
    columns = run.obligations.columns
    rules = columns["rule"].tolist()
    return {
        verdict
        for rule, verdict in zip(rules, columns["verdict"].tolist(), strict=True)
        if rule == "reviews"
    }


def test_three_months_or_six_cannot_be_told() -> None:
    """The next is due on 1 December 2025 if it was the first review, on 1 March 2026 else."""
    assert verdicts("1 January 2026", "latest_only") == {"cannot_tell"}


def test_where_every_review_is_held_it_was_the_first() -> None:
    assert verdicts("1 January 2026", "events") == {"met_late", "overdue"}
