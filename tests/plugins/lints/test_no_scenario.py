"""Rules that no scenario expects anything of."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]

WHY = "nobody has worked out by hand when a child is due, so a slip in the sentence stays unseen"


def rule(name: str) -> str:
    return f'rule {name} cite handbook "1"\n  during placement visit visit every 6 weeks\n'


def story(name: str) -> str:
    return f'scenario "a story" as at 1 March 2024 expect no {name}\n'


def test_one_rule_without_a_scenario(says: Says) -> None:
    assert says(rule("ours") + rule("other") + story("other")) == [
        "warning: no scenario names rule `ours` [no-scenario]\n"
        "  --> 1.duly:2:6\n"
        "   |\n"
        ' 2 | rule ours cite handbook "1"\n'
        "   |      ^^^^\n"
        f"  why:  {WHY}\n"
        "  help: tell a child's story that ends in `expect ours …`, once on the last day and once "
        "on the day after"
    ]


def test_a_pack_without_scenarios_is_told_once(says: Says) -> None:
    (message,) = says(rule("ours") + rule("other"))
    assert message.startswith(
        "warning: pack `local` has no scenario for any of its 2 rules [no-scenario]\n"
    )


def test_every_rule_has_one(says: Says) -> None:
    assert says(rule("ours") + rule("other") + story("other") + story("ours")) == []


def test_a_scenario_of_the_rule_below_is_not_one_of_this(says: Says) -> None:
    assert len(says(rule("visits") + story("law.visits"))) == 1
    assert says(rule("visits") + story("visits")) == []


def test_a_permission_computes_nothing(says: Says) -> None:
    assert says('rule ours cite handbook "1" may "combine two panels"') == []
