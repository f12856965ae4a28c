"""Duties of one pack that ask for one act and differ."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def rule(*duties: str, scope: str = "during placement") -> str:
    lines = "".join(f"  {duty}\n" for duty in duties)
    return f'rule ours cite handbook "1" {scope}\n{lines}'


SIX, FOUR = "must visit visit every 6 weeks", "must visit visit every 4 weeks"


def test_two_limits_for_one_act(says: Says) -> None:
    assert says(rule(SIX, FOUR)) == [
        "warning: `must visit visit every 6 weeks` and `must visit visit every 4 weeks` ask for "
        "one act with different limits [contradicting-duties]\n"
        "  --> 1.duly:4:3\n"
        "   |\n"
        " 4 |   must visit visit every 4 weeks\n"
        "   |   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  a child can be in time by one and overdue by the other, and nobody can tell "
        "which was meant\n"
        "  help: keep the one that the source asks for; if it asks for both, write them into one "
        "rule, each with a label of its own"
    ]


def test_two_rules(says: Says) -> None:
    assert len(says(rule(SIX) + rule(FOUR).replace("ours", "other"))) == 1


def test_an_exception_makes_a_difference_too(says: Says) -> None:
    assert len(says(rule(SIX, f"{SIX} unless permanent then 8 weeks"))) == 1
    assert says(rule(SIX, SIX)) == []


def test_two_labels_in_one_rule_are_meant(says: Says) -> None:
    assert says(rule(f"printed: {SIX}", f"summary: {FOUR}")) == []
    apart = rule(f"printed: {SIX}") + rule(f"summary: {FOUR}").replace("ours", "other")
    assert len(says(apart)) == 1


def test_one_limit_with_two_forces(says: Says) -> None:
    (message,) = says(rule(SIX, SIX.replace("must", "should")))
    assert "one act with different force [" in message


def test_a_softer_duty_may_ask_for_more_but_not_for_less(says: Says) -> None:
    assert says(rule(SIX, FOUR.replace("must", "aim to"))) == []
    assert len(says(rule(SIX.replace("must", "aim to"), FOUR))) == 1


def test_another_scope_kind_of_time_or_anchor_is_another_duty(says: Says) -> None:
    assert says(rule(SIX) + rule(FOUR, scope="during plan").replace("ours", "other")) == []
    within = "must visit visit within {} of {}"
    assert says(rule(SIX, within.format("4 weeks", "start"))) == []
    assert says(rule(within.format("1 week", "review"), within.format("4 weeks", "start"))) == []
    assert len(says(rule(within.format("1 week", "start"), within.format("4 weeks", "start")))) == 1
