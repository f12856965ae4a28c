"""Exceptions that no child can meet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Says = Callable[..., list[str]]

NEVER = {
    "ages": "under 5 and aged 16 or over",
    "values": "type is foster and type is one of (parents, residential)",
    "itself and not": "permanent and not permanent",
    "counts": "at least 3 visit and no visit",
    "a count and its part": "no visit and some visit where kind is cp",
    "time, by the shortest month": "in the first 28 days and after the first month",
    "an event that has been": "after 2 weeks after visit and no visit",
}
SOMETIMES = {
    "ages": "under 16 and aged 5 or over",
    "values": "not type is foster and type is one of (foster, residential)",
    "counts": "at least 3 visit and some visit where kind is cp",
    "time, by the longer months": "in the first 31 days and after the first month",
    "an event that is long ago": "no visit in the last 2 weeks and after 2 weeks after visit",
}


def rule(condition: str, where: str = "") -> str:
    return (
        f'rule ours cite handbook "1" during placement {where}\n'
        f"  must visit visit every 6 weeks unless {condition}\n"
    )


def test_it_marks_the_exception(says: Says) -> None:
    assert says(rule("under 5 and aged 16 or over")) == [
        "warning: this exception can never hold [exception-never-holds]\n"
        "  --> 1.duly:3:41\n"
        "   |\n"
        " 3 |   must visit visit every 6 weeks unless under 5 and aged 16 or over\n"
        "   |                                         ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  no child can meet all of its condition while the duty stands, so it changes no "
        "date; whoever it was written for is left without it\n"
        "  help: mend the condition, or take the exception out"
    ]


@pytest.mark.parametrize("condition", NEVER.values(), ids=NEVER)
def test_it_never_holds(says: Says, condition: str) -> None:
    assert len(says(rule(condition))) == 1


@pytest.mark.parametrize("condition", SOMETIMES.values(), ids=SOMETIMES)
def test_it_holds_for_some(says: Says, condition: str) -> None:
    assert says(rule(condition)) == []


def test_the_duty_does_not_stand_where_it_would_hold(says: Says) -> None:
    assert len(says(rule("type is foster", "where type is parents"))) == 1
    assert says(rule("type is foster", "where not type is parents")) == []


def test_what_the_vocabulary_excludes(says: Says) -> None:
    agreed = rule("plan and some agreement")
    assert says(agreed) == []
    assert len(says("never plan and agreement\n" + agreed)) == 1
    assert says("never plan and agreement\n" + rule("plan and some visit")) == []


def test_an_exception_of_a_state(says: Says) -> None:
    state = 'rule ours cite handbook "1" for each visit must have kind is cla unless {}'
    assert len(says(state.format("kind is cla and kind is cp"))) == 1
    assert says(state.format("kind is cp")) == []
