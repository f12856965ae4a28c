"""Clocks that run while the rules change."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

Says = Callable[..., list[str]]


def rule(in_force: str = "", because: str = "") -> str:
    return (
        f'rule ours cite handbook "1" {in_force} {because}\n'
        "  during placement must visit visit every 6 weeks\n"
    )


FROM = "in force from 1 July 2025"


def test_a_rule_begins(says: Says) -> None:
    assert says(rule(FROM)) == [
        "warning: one clock runs across 1 July 2025 [straddling-clock]\n"
        "  --> 1.duly:2:6\n"
        "   |\n"
        ' 2 | rule ours cite handbook "1" in force from 1 July 2025 \n'
        "   |      ^^^^\n"
        "  why:  a child whose clock began before is judged by the new rule from that day: what "
        "repeats and is already past is due on that very day, a one-off that is past never: "
        "`visit visit every 6 weeks` (ours)\n"
        "  help: tell a child's story across 1 July 2025 in a scenario, and say what is meant in "
        "a `because` that names `1 July 2025`"
    ]


def test_a_rule_ends(says: Says) -> None:
    (message,) = says(rule("in force from 1 April 2011 until 30 June 2025"))
    lines = message.splitlines()
    assert lines[0] == "warning: one clock runs across 1 July 2025 [straddling-clock]"
    assert lines[-2] == (
        "  why:  what is not yet due for a child on that day lapses with the rule that ends: "
        "`visit visit every 6 weeks` (ours)"
    )


def test_a_pack_begins_with_all_its_duties(says: Says) -> None:
    pack = 'pack local "Local" over law in force from 1 July 2025 source handbook "Handbook"\n'
    story = rule() + 'rule other cite handbook "1" must record visit within 2 working days\n'
    (message,) = says(pack + story)
    assert message.startswith("warning: 2 clocks run across 1 July 2025")
    assert "`visit visit every 6 weeks` (ours), `record visit within 2 working days` (other)" in (
        message
    )
    assert "--> 1.duly:1:1\n" in message


def test_it_is_told_until_the_last_clock_has_run_out(says: Says) -> None:
    last, after = date(2025, 8, 12), date(2025, 8, 13)
    assert len(says(rule(FROM), day=date(2020, 1, 1))) == 1
    assert (len(says(rule(FROM), day=last)), says(rule(FROM), day=after)) == (1, [])


def test_what_is_due_on_the_day_itself_runs_across_nothing(says: Says) -> None:
    assert says(rule(FROM).replace("every 6 weeks", "on the day of start")) == []


def test_a_transitional_rule_lets_its_clocks_run_on(says: Says) -> None:
    ends = rule("in force from 1 April 2011 until 30 June 2025")
    assert says(ends.replace("in force", "transitional in force")) == []


def test_a_duty_with_dates_of_its_own(says: Says) -> None:
    (message,) = says(rule().rstrip() + f" {FROM}")
    assert message.startswith("warning: one clock runs across 1 July 2025")


def test_a_rule_without_dates(says: Says) -> None:
    assert says(rule()) == []


def test_a_reason_that_names_the_day_settles_it(says: Says) -> None:
    assert says(rule(FROM, 'because "clocks that run on 1 July 2025 go on"')) == []
