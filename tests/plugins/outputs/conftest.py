"""A finished run, small enough to check by eye."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest

from duly.dsl.policy import (
    Act,
    Citation,
    Do,
    Duration,
    During,
    Every,
    Pack,
    Policy,
    Rule,
    Scoped,
    Step,
)
from duly.engine.conclude import RuleSummary
from duly.engine.obligations import COLUMNS, Obligations
from duly.engine.pipeline import Run
from duly.engine.raw import Quarantined

ROWS = """
SYN1 law  cla_visits 2026-01-05 2026-02-16 2026-02-16 -          overdue   43
SYN1 city cla_visits 2026-01-05 2026-02-02 2026-02-02 -          overdue   57
SYN2 law  cla_visits 2025-11-03 2025-12-15 2025-12-15 2025-12-18 met_late  3
SYN2 law  cla_visits 2026-03-02 2026-04-13 2026-04-13 -          due       13
SYN2 city cla_visits 2026-03-02 2026-05-30 2026-04-28 -          due       60
SYN3 law  cla_visits 2026-03-25 2026-05-06 2026-05-06 -          due       36
SYN3 city <asked>    2026-03-01 -          -          -          needs_judgement 30
"""


def _obligations() -> Obligations:
    names = (
        "subject_id pack rule anchor_date deadline effective_deadline fulfilled_on verdict days"
    ).split()
    rows = [
        dict(zip(names, (cell.removeprefix("-") for cell in line.split()), strict=True))
        for line in ROWS.strip().splitlines()
    ]
    constant = {
        "duty": "interval",
        "reason": "every 6 weeks; not confirmed: read in a handbook only",
        "citation": "Regulations, regulation 28(2)",
        "as_at": "2026-03-31",
        "assumed": "no",
    }
    columns = {
        name: np.array([(constant | row).get(name, "") for row in rows], dtype=object)
        for name in COLUMNS
    }
    return Obligations.of_text(columns)


def _rule(pack: str, name: str, title: str, *citations: Citation, **more: Any) -> Rule:
    scope = During("placement")
    duty = Do(
        Act("visit"), (Step(Every(Duration(6, "week"))),), label="interval", words="visit CLA"
    )
    return Rule(pack, name, title, (Scoped(scope, duty),), citations, **more)


LAW = _rule(
    "law",
    "cla_visits",
    "Visits",
    Citation("Regulations", "regulation 28(2)"),
    unconfirmed=("read in a handbook only",),
)
CITY = _rule(
    "city",
    "cla_visits",
    "Local visits",
    Citation("Handbook", "section 4"),
    Citation("Handbook", "section 5"),
    refines="law.cla_visits",
)


def _summary(
    pack: str, rule: str, title: str, refines: str | None, subjects: int, **verdicts: int
) -> RuleSummary:
    return RuleSummary(pack, rule, title, refines, "must", verdicts, subjects, 0)


@pytest.fixture
def run() -> Run:
    """Two layers, three children, one of them in trouble."""
    packs = (
        Pack("law", "The law", version="1", rules=(LAW,)),
        Pack("city", "City <standards> & practice", over="law", rules=(CITY,)),
    )
    return Run(
        policy=Policy(packs, {}, {}),
        obligations=_obligations(),
        summaries=(
            _summary("law", "cla_visits", "Visits", None, 3, met=5, met_late=1, overdue=1, due=2),
            _summary("law", "core_groups", "Core groups", None, 0),
            _summary("city", "<asked>", "Asked <for>", None, 1, needs_judgement=1),
            _summary("city", "cla_visits", "Local visits", "law.cla_visits", 3, overdue=1, due=1),
        ),
        as_at=date(2026, 3, 31),
        since=date(2025, 3, 31),
        known_at=None,
        facts="csv:extract",
        rows_read=1200,
        rows_used=1199,
        quarantine=(Quarantined("visit.csv", 7, "date", "31/02/2025", "not a date"),),
        notes=("`visits.csv` was not read",),
    )
