"""The packs that come with Duly keep what every pack promises."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from duly.dsl import policy as p
from duly.dsl.packs import LoadedPolicy
from duly.engine import discovery
from duly.engine.coverage import coverage
from duly.engine.lints import Linted, findings
from duly.engine.lower import lower
from duly.engine.scenarios import run_scenarios

PACKS = ("statutory", "stoke", "enfield", "coronavirus_2020", "coronavirus_2020_no2")


def load(pack: str) -> LoadedPolicy:
    return discovery.load(discovery.plugin_manager(), pack)


@pytest.mark.parametrize("pack", PACKS)
def test_every_scenario_passes(pack: str) -> None:
    loaded = load(pack)
    assert [
        r.scenario.title for r in run_scenarios(loaded.policy, loaded.scenarios()) if not r.passed
    ] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_has_two_scenarios_of_its_own(pack: str) -> None:
    loaded = load(pack)
    told = Counter(rule for s in loaded.scenarios() for rule in {e.rule for e in s.expectations})
    rules = [rule.qualified for rule in loaded.policy.packs[-1].rules]
    assert [rule for rule in rules if told[rule] < 2] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_step_is_met_and_missed_by_some_scenario_and_every_exception_decides_in_one(
    pack: str,
) -> None:
    loaded = load(pack)
    duties = [duty for duty in lower(loaded.policy).duties if duty.rule.pack == pack]
    reached = coverage(duties, run_scenarios(loaded.policy, loaded.scenarios()))
    assert [(gap.text, str(gap.span)) for gap in reached.gaps] == []


@pytest.mark.parametrize("pack", PACKS)
def test_every_rule_cites_and_traces(pack: str) -> None:
    rules = load(pack).policy.packs[-1].rules
    assert [rule.name for rule in rules if not (rule.citations and rule.traces)] == []


@pytest.mark.parametrize("pack", PACKS)
def test_nothing_is_left_to_warn_of_but_the_review(pack: str) -> None:
    """The document itself says by when; that stands until there is a new one."""
    loaded = load(pack)
    linted = Linted(loaded, lower(loaded.policy), loaded.scenarios(), date(2026, 3, 31))
    lints = discovery.lints(discovery.plugin_manager()).values()
    left = {"stoke": ["review-overdue"], "enfield": ["review-overdue"]}
    assert [each.code for each in findings(lints, linted)] == left.get(pack, [])


def test_visits_under_the_law_are_one_within_and_one_every() -> None:
    """A local rule that refines regulation 28(2) then needs no label."""
    rule = load("statutory").policy.rule("statutory.cla_visits")
    duties = [scoped.duty for scoped in rule.duties]
    assert [str(step.timing.duration) for d in duties for step in d.steps] == ["1 week", "6 weeks"]  # type: ignore[union-attr]
    assert all(isinstance(s.scope, p.During) and s.scope.where for s in rule.duties)


def test_a_local_rule_named_as_one_of_the_law_refines_it() -> None:
    """Else the floor would not hold between the two."""
    law, local = load("stoke").policy.packs
    named = {rule.name for rule in law.rules}
    assert [r.name for r in local.rules if r.name in named and r.refines is None] == []
