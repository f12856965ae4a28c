"""The evaluator and the oracle say the same of every made-up child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duly.dsl.policy import Unless
from tests.agreement import (
    Tally,
    Tried,
    compare,
    made_up_only,
    pack_trials,
    programs,
    round_robin,
    simpler_parts,
    tries,
)
from tests.cases import FEATURES, cases, parts, seeded
from tests.faults import FAULTS, Fault, forget_tables
from tests.vocabulary import CALENDARS, KINDS
from tests.writer import CONSTRUCTS, random_rule

MADE_UP = 0.35
"""The share of rules that no pack has: they mix what the packs keep apart."""

AS_AT = date(2025, 4, 1)
TRIALS = {trial.rule.qualified: trial for trial in pack_trials("stoke")}
CHILDREN = 4
PAIRS = round(1.15 * CHILDREN * len(TRIALS) / (1 - MADE_UP))
"""So many that each rule of the packs has its turn, with so many children."""

MORE = 1_000
"""Pairs of made-up rules with several acts a day, which few rules of the packs look at."""

ENOUGH = 100
"""Pairs that show each difficult thing; most rules of the packs are too plain to show any."""


@pytest.fixture(scope="module")
def tried() -> list[Tried]:
    """Caseloads of every rule of the packs, and of made-up rules, judged by the oracle."""
    rng = seeded(1)
    in_turn = round_robin(list(TRIALS.values()), rng, MADE_UP)
    plain = made_up_only(rng, ("basic", "later", "windows"))
    return [*tries(in_turn, PAIRS, rng, CHILDREN), *tries(plain, MORE, rng)]


@pytest.fixture(scope="module")
def agreed(tried: list[Tried]) -> list[Tried]:
    """Those of which the evaluator says the same."""
    return [one for one in tried if not differs(one)]


def differs(one: Tried) -> bool:
    return next(one.differences(), None) is not None


def test_the_evaluator_agrees_with_the_oracle(tried: list[Tried], agreed: list[Tried]) -> None:
    for one in tried:
        if one not in agreed:
            pytest.fail(str(next(one.differences()).smallest()), pytrace=False)


def test_what_is_tried_is_difficult(tried: list[Tried], capsys: pytest.CaptureFixture[str]) -> None:
    tally = Tally()
    for one in tried:
        tally.add(one)
    with capsys.disabled():
        print(f"\n{tally}")  # noqa: T201, so that everybody sees what was compared
    assert {one.trial.rule.qualified for one in tried} >= set(TRIALS)
    assert [name for name in FEATURES if tally.shown[name] < ENOUGH] == []


@pytest.mark.parametrize(
    "rule",
    [
        "statutory.cla_visits",
        "statutory.interim_order_visits",
        "stoke.core_groups",
        "stoke.temporary_carer_visits",
    ],
)
@settings(max_examples=40, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_child_can_be_found_of_whom_they_differ(rule: str, data: st.DataObject) -> None:
    trial = TRIALS[rule]
    case = data.draw(cases(trial.kinds, trial.rule, AS_AT))
    found = compare(trial, case, AS_AT)
    assert found is None, str(found)


@pytest.mark.parametrize("construct", CONSTRUCTS)
@settings(max_examples=15, deadline=None, derandomize=True)
@given(data=st.data())
def test_no_program_can_be_found_of_which_they_differ(construct: str, data: st.DataObject) -> None:
    trial, case, as_at = data.draw(programs((construct,)))
    found = compare(trial, case, as_at)
    assert found is None, str(found and found.smallest())


def test_a_difference_is_shown_under_the_smallest_rule_that_has_it() -> None:
    """With nothing to keep in it, a rule of many clauses ends as one bare step."""
    rng = seeded(3)
    for _ in range(20):
        rule = random_rule(rng, KINDS, ("basic", "early", "numbers"), CALENDARS)
        duties: Any = rule.duties
        while less := next(simpler_parts(duties), None):
            duties = less
        assert [part for part in parts(duties) if isinstance(part, Unless)] == []
        assert all(len(getattr(scoped.duty, "steps", ())) <= 1 for scoped in duties)


@pytest.fixture
def fault(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Fault]:
    """An evaluator with a fault in it, for as long as the test runs."""
    request.param.seed(monkeypatch)
    forget_tables()
    yield request.param
    monkeypatch.undo()
    forget_tables()


@pytest.mark.parametrize("fault", FAULTS, ids=str, indirect=True)
def test_a_fault_in_the_evaluator_is_seen(fault: Fault, agreed: list[Tried]) -> None:
    assert any(differs(one) for one in agreed), f"nobody noticed that {fault.name}"
