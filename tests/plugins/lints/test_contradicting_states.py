"""States that one pack asks for and that exclude each other."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def rule(name: str, duty: str, scope: str = "for each visit") -> str:
    return f'rule {name} cite handbook "1" {scope}\n  must have {duty}\n'


CLA, CP = rule("ours", "kind is cla"), rule("other", "kind is cp")


def test_one_visit_cannot_be_both(says: Says) -> None:
    assert says(CLA + CP) == [
        "warning: `must have kind is cla` and `must have kind is cp` exclude each other"
        " [contradicting-states]\n"
        "  --> 1.duly:5:3\n"
        "   |\n"
        " 5 |   must have kind is cp\n"
        "   |   ^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  whatever is recorded of a child, one of the two is not met\n"
        "  help: keep the one that the source asks for, or say in `unless` or `where` when each of "
        "them counts"
    ]


def test_to_have_and_not_to_have(says: Says) -> None:
    alone = rule("ours", "seen_alone")
    assert len(says(alone + alone.replace("ours", "other").replace("must", "must not"))) == 1


def test_an_exception_makes_room_for_both(says: Says) -> None:
    assert says(CLA + rule("other", "kind is cp unless kind is cla")) == []


def test_what_can_be_together(says: Says) -> None:
    assert says(CLA + rule("other", "seen_alone")) == []
    assert says(CLA + CLA.replace("ours", "other")) == []


def test_other_occasions_are_another_matter(says: Says) -> None:
    assert says(CLA + rule("other", "kind is cp", "for each visit where kind is cp")) == []


def test_so_are_other_years(says: Says) -> None:
    before = CLA.replace("for each", "in force from 1 April 2011 until 31 March 2024 for each")
    since = CP.replace("for each", "in force from 1 April 2024 for each")
    assert says(before + since) == []
