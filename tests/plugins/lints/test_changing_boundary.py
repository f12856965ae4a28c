"""Shorter intervals that a clock keeps beyond their boundary."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def rule(timing: str, because: str = "") -> str:
    return (
        f'rule ours cite handbook "1" {because} during placement\n'
        f"  must visit visit every {timing}\n"
    )


def kept(messages: list[str]) -> list[str]:
    return [message.splitlines()[0] for message in messages]


UNDER_FIVE = "12 months unless under 5 then 6 months"


def test_a_younger_childs_interval_outlasts_the_birthday(says: Says) -> None:
    assert says(rule(UNDER_FIVE)) == [
        "warning: `every 6 months` outlasts its boundary, `aged 5 or over` [changing-boundary]\n"
        "  --> 1.duly:3:43\n"
        "   |\n"
        " 3 |   must visit visit every 12 months unless under 5 then 6 months\n"
        "   |                                           ^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  a clock that began before keeps its 6 months: what was last done for a child on "
        "the day before is due again after 6 months, not after 12 months\n"
        "  help: if nobody decides the change, give each time a duty of its own, "
        "`during … where …` twice or `every … until …`, or say `reading each moment`; if it is "
        "meant, say why in a `because` that names `6 months` and `12 months`"
    ]


def test_it_is_the_same_the_other_way_round(says: Says) -> None:
    assert len(says(rule("6 months unless aged 5 or over then 12 months"))) == 1


def test_a_first_period_with_a_shorter_interval(says: Says) -> None:
    found = says(rule("month unless in the first 6 months then 2 weeks"))
    assert kept(found) == [
        "warning: `every 2 weeks` outlasts its boundary, `after the first 6 months`"
        " [changing-boundary]"
    ]


def test_an_interval_until_an_event(says: Says) -> None:
    assert kept(says(rule("4 weeks unless no review then 1 week"))) == [
        "warning: `every 1 week` outlasts its boundary, `some review` [changing-boundary]"
    ]


def test_what_may_be_longer_after_a_first_period_is_a_relaxation(says: Says) -> None:
    assert says(rule("6 weeks unless after the first year then 12 weeks")) == []


def test_what_grows_shorter_is_due_as_soon_as_it_does(says: Says) -> None:
    assert says(rule("6 months unless under 5 then 12 months")) == []


def test_only_what_can_be_is_compared(says: Says) -> None:
    """Nobody is under five on the day before sixteen."""
    ages = "6 months unless under 5 then 1 month, unless aged 16 or over then 12 months"
    assert [title.split("[")[0].strip() for title in kept(says(rule(ages)))] == [
        "warning: `every 1 month` outlasts its boundary, `aged 5 or over`",
        "warning: `every 6 months` outlasts its boundary, `aged 16 or over`",
    ]


def test_two_duties_each_for_its_own_age(says: Says) -> None:
    assert (
        says(
            'rule ours cite handbook "1"\n'
            "  during placement where under 5\n"
            "  must visit visit every 6 months\n"
            "  during placement where aged 5 or over\n"
            "  must visit visit every 12 months\n"
        )
        == []
    )


def test_a_one_off_is_judged_by_the_day_that_it_runs_from(says: Says) -> None:
    assert (
        says(rule("").replace("every ", "within 2 weeks of start unless under 5 then 1 week")) == []
    )


def test_a_rule_that_reads_each_moment_follows_every_change(says: Says) -> None:
    assert says(rule(UNDER_FIVE, "reading each moment")) == []


def test_a_reason_that_names_both_lengths_settles_it(says: Says) -> None:
    assert says(rule(UNDER_FIVE, 'because "6 months stay, even past five; then 12 months"')) == []


def test_an_exception_wins_only_while_it_is_in_force(says: Says) -> None:
    """Until 2020 it was six months under five, and the birthday put an end to it."""
    later = ", unless under 5 then 12 months in force from 1 January 2020"
    assert len(says(rule(UNDER_FIVE + later))) == 1


def test_an_exception_that_ended_before_the_rule_began_changes_nothing(says: Says) -> None:
    ended = f"{UNDER_FIVE} in force from 1 January 2000 until 31 December 2019"
    assert len(says(rule(ended))) == 1
    assert says(rule(ended, "in force from 1 January 2020")) == []
