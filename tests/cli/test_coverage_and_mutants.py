"""``duly test --coverage`` and ``--mutants``: what the scenarios of a pack leave untested."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]

THOROUGH = """
scenario "four weeks to the day"
  placement from 1 March 2024
  visit on 29 March 2024
  as at 20 April 2024
  expect visits met on 29 March 2024 due 29 March 2024
  expect visits due 26 April 2024

scenario "a visit at which the child was not seen is none"
  placement from 1 March 2024
  visit on 29 March 2024 not seen
  as at 30 March 2024
  expect visits overdue due 29 March 2024 by 1 day

scenario "three months where fewer visits were agreed, which is not thirteen weeks"
  placement from 1 March 2024
  agreed on 1 March 2024
  as at 2 March 2024
  expect visits due 1 June 2024
"""


@pytest.fixture
def scenarios(desk: Path) -> Callable[[str], None]:
    """Puts other scenarios in the place of those of the city's pack."""

    def put(text: str) -> None:
        (desk / "city/scenarios/visits.duly").write_text(text, encoding="utf-8")

    return put


def test_what_no_scenario_reaches_is_said_with_its_place(duly: Duly) -> None:
    ended = duly("test", "city", "--coverage")
    assert (ended.code, ended.out) == (
        0,
        "city: 1 passed, 0 failed\n"
        "  no scenario has `visit child_in_placement every 4 weeks` met"
        " (visits, city/pack.duly:8)\n"
        "  no scenario is decided by `unless some agreed then 3 months`"
        " (visits, city/pack.duly:8)\n"
        "  scenarios reach 1 of 1 step (0 of 1 met, 1 of 1 missed) and 0 of 1 exception\n",
    )


def test_what_comes_out_unasked_is_not_reached(
    duly: Duly, scenarios: Callable[[str], None]
) -> None:
    """The first visit is met, and nobody looks."""
    scenarios(
        'scenario "the next visit"\n'
        "  placement from 1 March 2024\n"
        "  visit on 29 March 2024\n"
        "  as at 20 April 2024\n"
        "  expect visits due 26 April 2024\n"
    )
    assert duly("test", "city").out == (
        "city: 1 passed, 0 failed\n"
        "  scenarios reach 1 of 1 step (0 of 1 met, 0 of 1 missed) and 0 of 1 exception\n"
    )


def test_of_a_step_that_is_never_reached_nothing_more_is_said(
    duly: Duly, scenarios: Callable[[str], None]
) -> None:
    scenarios(
        'scenario "the law alone"\n'
        "  placement from 1 March 2024\n"
        "  as at 20 April 2024\n"
        "  expect law.visits overdue\n"
    )
    assert duly("test", "city", "--coverage").out == (
        "city: 1 passed, 0 failed\n"
        "  no scenario comes to `visit child_in_placement every 4 weeks`"
        " (visits, city/pack.duly:8)\n"
        "  scenarios reach 0 of 1 step (0 of 1 met, 0 of 1 missed) and 0 of 1 exception\n"
    )


def test_all_is_reached(duly: Duly, scenarios: Callable[[str], None]) -> None:
    scenarios(THOROUGH)
    assert duly("test", "city", "--coverage").out == (
        "city: 3 passed, 0 failed\n"
        "  scenarios reach 1 of 1 step (1 of 1 met, 1 of 1 missed) and 1 of 1 exception\n"
    )


def test_an_exception_that_is_overruled_decides_nothing(
    duly: Duly, desk: Path, scenarios: Callable[[str], None]
) -> None:
    """Both exceptions hold; the last one wins."""
    pack = desk / "city/pack.duly"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.rstrip() + ",\n    unless some review\n", encoding="utf-8")
    scenarios(
        'scenario "no visits once reviewed"\n'
        "  placement from 1 March 2024\n"
        "  agreed on 1 March 2024\n"
        "  review on 5 March 2024\n"
        "  as at 20 April 2024\n"
        "  expect visits exempt\n"
    )
    said = duly("test", "city", "--coverage").out.splitlines()
    assert [line for line in said if "decided" in line] == [
        "  no scenario is decided by `unless some agreed then 3 months` (visits, city/pack.duly:8)"
    ]


def test_slips_that_no_scenario_notices_are_findings(duly: Duly) -> None:
    ended = duly("test", "city", "--mutants")
    assert (ended.code, ended.out.splitlines()[2:]) == (
        1,
        [
            "  no scenario notices if `unless some agreed then 3 months` were left out of visits "
            "(city/pack.duly:8)",
            "  no scenario notices if `some agreed` became `at least 2 agreed` in visits "
            "(city/pack.duly:8)",
            "  no scenario notices if `3 months` became `2 months`, `4 months`, `30 months`, "
            "`3 weeks` or `13 weeks` in visits (city/pack.duly:8)",
            "  13 mutants: 5 noticed, 1 equivalent left out, 7 survivors",
        ],
    )


def test_scenarios_that_notice_every_slip(duly: Duly, scenarios: Callable[[str], None]) -> None:
    """``at least 2 agreed`` is noticed; 28 days for 4 weeks is no slip at all."""
    scenarios(THOROUGH)
    ended = duly("test", "city", "--mutants")
    assert (ended.code, ended.out.splitlines()[2:]) == (
        0,
        ["  13 mutants: 12 noticed, 1 equivalent left out, 0 survivors"],
    )


WORDS = """
define settled as some agreed
define lately_settled as settled and some review in the last 6 weeks
period care "Time in care"
rule young "Visits to a young child"
  cite act "section 3"
  during care
  first_visit: must visit child_in_placement within week of start
  interval: must visit child_in_placement at least twice each month,
    unless under 5
      and # of late
      lately_settled

scenario "a young child"
  child born 3 May 2020
  care from 1 March 2024
  as at 5 March 2024
  expect young due 8 March 2024
"""


def test_survivors_are_told_in_the_words_of_the_rule_file(duly: Duly, desk: Path) -> None:
    """Parts of a definition are told by its own words, and by those that lead to it."""
    rules = desk / "law/young.duly"
    rules.write_text(WORDS, encoding="utf-8")
    said = [
        line.removeprefix("  no scenario notices if ").replace("law/young.duly:", "")
        for line in duly("test", "law", "--rule", "young", "--mutants").out.splitlines()
        if "no scenario notices" in line
    ]
    inside = "in `under 5 and lately_settled` in young, interval (10)"
    assert said[2:] == [
        "`unless under 5 and lately_settled` were left out of young, interval (10)",
        "`twice` became `once` or `3 times` in young, interval (9)",
        "`month` became `2 months`, `10 months`, `1 week` or `4 weeks` in young, interval (9)",
        "`under 5 and lately_settled` became `not (under 5 and lately_settled)` or "
        "`under 5 or settled or some review in the last 6 weeks` in young, interval (10)",
        "`under 5` were left out of young, interval (10)",
        f"`settled` were left out of{inside.removeprefix('in')}",
        f"`some review in the last 6 weeks` were left out of{inside.removeprefix('in')}",
        "`under 5` became `aged 5 or over`, `under 4` or `under 6` in young, interval (10)",
        f"`settled` became `no agreed` or `at least 2 agreed` {inside}",
        "`some review in the last 6 weeks` became `no review in the last 6 weeks` or "
        f"`at least 2 review in the last 6 weeks` {inside}",
        f"`6 weeks` became `5 weeks`, `7 weeks`, `60 weeks` or `6 months` {inside}",
    ]


def test_a_condition_of_the_law_is_tried_in_the_law(
    duly: Duly, desk: Path, scenarios: Callable[[str], None]
) -> None:
    """The phrase's `where seen` stands in the law's rule too, and is the law's to test."""
    scenarios(THOROUGH.replace(" not seen", "").replace("overdue due", "met on"))
    assert "seen" not in duly("test", "city", "--mutants").out


SECOND_RULE = """
rule young "Visits to a young child"
  cite act "section 3"
  during placement
  must visit child_in_placement every 5 weeks
"""

BOTH_RULES = """
scenario "five weeks and six"
  placement from 1 March 2024
  visit on 8 March 2024{}
  as at 10 March 2024
  expect visits due {}
  expect young due {}
"""


def test_a_phrase_of_several_rules_is_one_mistake_in_the_text(duly: Duly, desk: Path) -> None:
    """It is enough that one of them has a scenario in which the child was not seen."""
    with (desk / "law/pack.duly").open("a", encoding="utf-8") as file:
        file.write(SECOND_RULE)
    (desk / "law/scenarios").mkdir()
    stories = desk / "law/scenarios/visits.duly"
    seen = BOTH_RULES.format("", "19 April 2024", "12 April 2024")
    stories.write_text(seen, encoding="utf-8")
    said = duly("test", "law", "--mutants").out.splitlines()
    assert [line for line in said if "seen" in line] == [
        "  no scenario notices if `where seen` were left out of visits and 1 other rule "
        "(law/pack.duly:13)"
    ]
    not_seen = BOTH_RULES.format(" not seen", "12 April 2024", "5 April 2024")
    stories.write_text(seen + not_seen.replace("  expect visits due 12 April 2024\n", ""), "utf-8")
    assert "seen" not in duly("test", "law", "--mutants").out


def test_a_rule_that_no_scenario_names(duly: Duly, desk: Path) -> None:
    (desk / "law/scenarios").mkdir()
    (desk / "law/scenarios/visits.duly").write_text(
        'scenario "a review on the last day"\n'
        "  placement from 1 March 2024\n"
        "  review on 2 April 2024\n"
        "  as at 20 April 2024\n"
        "  expect first_review met on 2 April 2024 due 2 April 2024\n",
        encoding="utf-8",
    )
    ended = duly("test", "law", "--mutants")
    assert (ended.code, ended.out.splitlines()[2:]) == (
        1,
        [
            "  no scenario names this rule, so no slip in it is noticed (visits, law/pack.duly:15)",
            "  4 mutants: 4 noticed, 0 equivalent left out, 0 survivors",
        ],
    )


def test_mutants_wait_until_the_scenarios_pass(
    duly: Duly, scenarios: Callable[[str], None]
) -> None:
    scenarios('scenario "never"\n  as at 20 April 2024\n  expect visits due\n')
    ended = duly("test", "city", "--mutants")
    assert (ended.code, ended.out.splitlines()[-1]) == (
        1,
        "  mutants are tried once every scenario passes",
    )
