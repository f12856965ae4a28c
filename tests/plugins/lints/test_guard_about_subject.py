"""Limits after an event that change with the child."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def records(unless: str, because: str = "") -> str:
    return (
        f'rule ours cite handbook "1" {because}\n'
        f"  must record visit within 2 working days unless {unless}\n"
    )


def test_a_plan_may_begin_after_the_visit(says: Says) -> None:
    assert says(records("plan then 1 day")) == [
        "warning: `plan` is looked at on each day, not on that of the `visit`"
        " [guard-about-subject]\n"
        "  --> 1.duly:3:50\n"
        "   |\n"
        " 3 |   must record visit within 2 working days unless plan then 1 day\n"
        "   |                                                  ^^^^^^^^^^^^^^^\n"
        "  why:  it can begin after the visit, and then changes to 1 day a limit that is running "
        "for a child already\n"
        "  help: test the `visit` itself if that is meant, such as `kind is …`, or say why not in "
        "a `because` that names `1 day`"
    ]


def test_a_limit_from_an_event_inside_a_scope(says: Says) -> None:
    within = (
        'rule ours cite handbook "1" during placement\n'
        "  must hold review within 4 weeks of agreed unless some agreement then 2 weeks\n"
    )
    assert len(says(within)) == 1
    assert says(within.replace("within 4 weeks of agreed", "within 4 weeks of start")) == []
    assert says(within.replace("within 4 weeks of agreed", "every 4 weeks")) == []


def test_what_never_changes_for_a_child_is_fine(says: Says) -> None:
    assert says(records("detained then 1 day")) == []


def test_a_pause_is_no_change_of_limit(says: Says) -> None:
    assert says(records("plan")) == []


def test_a_reason_that_names_the_length_settles_it(says: Says) -> None:
    assert says(records("plan then 1 day", 'because "1 day from the start of a plan"')) == []


def test_a_limit_without_a_number_is_told_in_its_own_words(says: Says) -> None:
    (message,) = says(records("plan then as soon as practicable"))
    assert "and then changes to as soon as practicable a limit" in message
    assert (
        says(records("plan then as soon as practicable", 'because "as soon as practicable"')) == []
    )
