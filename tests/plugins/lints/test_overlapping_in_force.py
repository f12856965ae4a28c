"""Versions of a duty that share days."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def version(name: str, in_force: str, every: str = "6 weeks") -> str:
    return (
        f'rule {name} cite handbook "1" {in_force}\n'
        f"  during placement must visit visit every {every}\n"
    )


OLD = version("old", "in force from 1 April 2011")


def test_the_old_one_was_not_ended(says: Says) -> None:
    assert says(OLD + version("new", "in force from 2 May 2015", "3 months")) == [
        "warning: `old` and `new` are both in force from 2 May 2015 on [overlapping-in-force]\n"
        "  --> 1.duly:4:6\n"
        "   |\n"
        ' 4 | rule new cite handbook "1" in force from 2 May 2015\n'
        "   |      ^^^\n"
        "  why:  on those days a child is under two versions of `visit visit` at once, "
        "with two findings for one visit or meeting that was missed\n"
        "  help: end the earlier one on the day before the later one begins: "
        "`in force … until …`"
    ]


def test_it_was_ended_a_day_too_late(says: Says) -> None:
    old = version("old", "in force from 1 April 2011 until 2 May 2015")
    (message,) = says(old + version("new", "in force from 2 May 2015"))
    assert "both in force from 2 May 2015 to 2 May 2015 [" in message


def test_the_day_before_is_right(says: Says) -> None:
    old = version("old", "in force from 1 April 2011 until 1 May 2015")
    assert says(old + version("new", "in force from 2 May 2015")) == []


def test_one_without_dates_is_always_in_force(says: Says) -> None:
    (message,) = says(version("new", "in force from 2 May 2015") + version("old", ""))
    assert "`old` and `new` are both in force from 2 May 2015 on [" in message


def test_the_same_dates_are_no_versions(says: Says) -> None:
    assert says(OLD + version("new", "in force from 1 April 2011", "3 months")) == []
