"""Exceptions that a later one always takes the place of."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def rule(*clauses: str) -> str:
    unless = ",\n    ".join(f"unless {clause}" for clause in clauses)
    return (
        'rule ours cite handbook "1" during placement\n'
        f"  must visit visit every 6 weeks,\n    {unless}\n"
    )


def test_the_wider_one_comes_last_and_wins(says: Says) -> None:
    assert says(rule("under 5 then 3 months", "under 10 then 6 months")) == [
        "warning: this exception never wins [exception-never-wins]\n"
        "  --> 1.duly:4:12\n"
        "   |\n"
        " 4 |     unless under 5 then 3 months,\n"
        "   |            ^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  whenever it holds for a child a later one holds too, and the last one that holds "
        "wins: it changes no date\n"
        "  help: put it after the wider one, or take it out"
    ]


def test_the_wider_one_first_leaves_it_its_place(says: Says) -> None:
    assert says(rule("under 10 then 6 months", "under 5 then 3 months")) == []


def test_two_later_ones_share_all_of_it(says: Says) -> None:
    halves = ("permanent and under 5 then 3 months", "permanent and aged 5 or over then 6 months")
    assert len(says(rule("permanent then 8 weeks", *halves))) == 1
    assert says(rule("permanent then 8 weeks", halves[0])) == []


def test_one_that_never_holds_is_another_matter(says: Says) -> None:
    assert says(rule("under 5 and aged 16 or over then 3 months", "under 5 then 6 months")) == []
