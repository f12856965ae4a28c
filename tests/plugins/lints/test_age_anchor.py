"""Clocks that start at an age, inside a scope."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def rule(timing: str, scope: str = "during placement") -> str:
    return f'rule ours cite handbook "1" {scope}\n  must hold review {timing}\n'


def test_a_child_may_be_placed_after_the_birthday(says: Says) -> None:
    assert says(rule("within 3 months of 16th birthday")) == [
        "warning: a child may be as old as this before the scope begins [age-anchor]\n"
        "  --> 1.duly:3:20\n"
        "   |\n"
        " 3 |   must hold review within 3 months of 16th birthday\n"
        "   |                    ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  what is dated before its scope starts no clock: for a child who comes into it "
        "later than that birthday nothing ever falls due\n"
        "  help: leave the scope line out and make it part of the day: "
        "`within 3 months of (care_period and aged 16 or over) becoming true`"
    ]


def test_an_age_is_an_age_however_it_is_said(says: Says) -> None:
    assert len(says(rule("within 3 months of (aged 16 or over) becoming true"))) == 1
    assert len(says(rule("within 3 months of visit or 16th birthday"))) == 1
    assert len(says(rule("by 16th birthday"))) == 1


def test_the_scope_is_part_of_the_day(says: Says) -> None:
    whole = "within 3 months of (placement and aged 16 or over) becoming true"
    assert says(rule(whole, scope="")) == []
    assert says(rule(whole)) == []


def test_what_comes_before_an_age_is_not_owed_after_it(says: Says) -> None:
    assert says(rule("before 16th birthday")) == []
    assert says(rule("at least 1 ordinary day before 16th birthday")) == []


def test_without_a_scope_every_birthday_counts(says: Says) -> None:
    assert says(rule("within 3 months of 16th birthday", scope="")) == []


def test_other_days_lie_inside(says: Says) -> None:
    assert says(rule("within 3 months of start")) == []
