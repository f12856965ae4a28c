"""Local limits in other units than the law's."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def visits(then: str, because: str = "") -> str:
    return (
        f'rule ours refines law.visits cite handbook "1" {because} during placement\n'
        f"  must visit visit every 6 weeks, unless permanent then {then}\n"
    )


def records(limit: str) -> str:
    return f'rule ours refines law.records cite handbook "1" must record visit within {limit}'


def test_it_counts_the_start_days_on_which_it_is_later(says: Says) -> None:
    assert says(visits("26 weeks")) == [
        "warning: `26 weeks` is later than the law's `6 months` on 25% of start days, "
        "by up to 1 day [units-differ]\n"
        "  --> 1.duly:3:42\n"
        "   |\n"
        " 3 |   must visit visit every 6 weeks, unless permanent then 26 weeks\n"
        "   |                                          ^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  a clock that starts on 31 December 2026 runs to 1 July 2027 here, and to "
        "30 June 2027 in law (and earlier on 54%)\n"
        "  help: write `6 months`, or say why not in a `because` that names `26 weeks` and "
        "`6 months`; the law's date stands as the floor either way"
    ]


def test_bank_holidays_make_the_difference(says: Says) -> None:
    (message,) = says(records("2 weeks"))
    assert message.startswith(
        "warning: `2 weeks` is later than the law's `10 working days` on 22% of start days, "
        "by up to 2 days"
    )


def test_what_is_nowhere_later_is_fine(says: Says) -> None:
    assert says(visits("24 weeks")) == []
    assert says(records("10 days")) == []


def test_what_is_always_later_is_not_a_matter_of_units(says: Says) -> None:
    assert says(visits("27 weeks")) == []


def test_the_same_in_other_words_is_the_same(says: Says) -> None:
    assert says(visits("182 days").replace("6 weeks", "42 days")) != []
    assert says(visits("6 months").replace("6 weeks", "42 days")) == []


def test_a_reason_that_names_both_lengths_settles_it(says: Says) -> None:
    assert says(visits("26 weeks", 'because "26 weeks stand for 6 months on our forms"')) == []


def test_a_rule_that_refines_nothing_is_held_against_nothing(says: Says) -> None:
    assert says(visits("26 weeks").replace("refines law.visits", "")) == []
