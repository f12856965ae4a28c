"""Exceptions that can hold together and differ."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]

STEP = """rule ours cite handbook "1" {because}
  during placement {where}
  must visit visit every 6 weeks,
    unless {first},
    unless {last}
"""


def rule(first: str, last: str, where: str = "", because: str = "") -> str:
    return STEP.format(first=first, last=last, where=where, because=because)


def test_it_tells_of_a_child_for_whom_both_hold(says: Says) -> None:
    assert says(rule("permanent then 3 months", "type is foster then 6 months")) == [
        "warning: two exceptions can hold together: `3 months` and `6 months`"
        " [overlapping-exceptions]\n"
        "  --> 1.duly:6:12\n"
        "   |\n"
        " 6 |     unless type is foster then 6 months\n"
        "   |            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  both hold for a child with `some agreed` and `placement.type is foster`; "
        "the last one wins: 6 months, rather than 3 months\n"
        "  help: if that is meant, say why in a `because` that names `3 months` and `6 months`; "
        "if not, change their order, or put `and not …` into one of them"
    ]


def test_a_reason_that_names_both_lengths_settles_it(says: Says) -> None:
    clauses = ("permanent then 3 months", "type is foster then 6 months")
    settled = rule(*clauses, because='because "of 3 months and 6 months, the longer"')
    assert says(settled) == []
    assert len(says(rule(*clauses, because='because "of 3 months and more, the longer"'))) == 1


def test_no_duty_is_an_outcome_like_any_other(says: Says) -> None:
    (message,) = says(rule("permanent", "type is foster then 6 months"))
    assert "`no duty` and `6 months`" in message


def test_what_comes_to_the_same_is_no_matter(says: Says) -> None:
    assert says(rule("permanent then 6 months", "type is foster then 6 months")) == []


def test_a_special_case_after_the_general_one_reads_as_it_is_meant(says: Says) -> None:
    general, special = "permanent then 3 months", "permanent and type is foster then 6 months"
    assert says(rule(general, special)) == []
    ages = ("in the first 6 months then 2 weeks", "in the first 6 weeks then 1 week")
    assert says(rule(*ages)) == []


def test_one_that_never_wins_is_another_matter(says: Says) -> None:
    special, general = "permanent and type is foster then 6 months", "permanent then 3 months"
    assert says(rule(special, general)) == []


def test_values_of_one_attribute_shut_each_other_out(says: Says) -> None:
    assert says(rule("type is foster then 3 months", "type is parents then 6 months")) == []


def test_exceptions_that_are_in_force_one_after_the_other(says: Says) -> None:
    first = "permanent then 3 months in force from 1 April 2011 until 31 March 2024"
    last = "type is foster then 6 months in force from {} April 2024"
    assert says(rule(first, last.format(1))) == []
    assert len(says(rule(first.replace("March", "May").replace("31", "30"), last.format(1)))) == 1


def test_an_exception_with_a_day_of_its_own(says: Says) -> None:
    own = "type is foster then within 6 months of review"
    (message,) = says(rule("permanent then 3 months", own))
    assert "`3 months` and `within 6 months of review`" in message


def test_what_the_scope_shuts_out_is_left_out(says: Says) -> None:
    clauses = ("permanent then 3 months", "type is foster then 6 months")
    assert says(rule(*clauses, where="where type is parents")) == []
    assert len(says(rule(*clauses, where="where type is one of (parents, foster)"))) == 1
    either = ("permanent or type is foster then 3 months", "plan then 6 months")
    (message,) = says(rule(*either, where="where type is parents"))
    assert "with `some agreed` and `not placement.type is foster` and `plan`;" in message
