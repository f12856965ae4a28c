"""Versions of a duty with days between them."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def version(name: str, in_force: str, because: str = "") -> str:
    return (
        f'rule {name} cite handbook "1" in force {in_force}\n  {because}\n'
        "  during placement must visit visit every 6 weeks\n"
    )


OLD = version("old", "from 1 April 2011 until 31 March 2015")


def test_it_names_the_days_between(says: Says) -> None:
    assert says(OLD + version("new", "from 2 May 2015")) == [
        "warning: no version of `visit visit` is in force from 1 April 2015 to "
        "1 May 2015 [in-force-gap]\n"
        "  --> 1.duly:5:6\n"
        "   |\n"
        ' 5 | rule new cite handbook "1" in force from 2 May 2015\n'
        "   |      ^^^\n"
        "  why:  nothing falls due for a child between the end of `old` and the start of `new`\n"
        "  help: let the one begin on the day after the other ends, or say why not in a `because` "
        "that names `1 April 2015`"
    ]


def test_the_next_day_leaves_no_gap(says: Says) -> None:
    assert says(OLD + version("new", "from 1 April 2015")) == []
    assert len(says(OLD + version("new", "from 2 April 2015"))) == 1


def test_the_order_in_the_file_does_not_matter(says: Says) -> None:
    assert len(says(version("new", "from 2 May 2015") + OLD)) == 1


def test_another_version_covers_it(says: Says) -> None:
    between = version("between", "from 1 January 2015 until 1 June 2015")
    assert says(OLD + between + version("new", "from 2 May 2015")) == []


def test_a_version_inside_another_ends_nothing(says: Says) -> None:
    inside = version("inside", "from 1 January 2012 until 31 December 2012")
    assert says(OLD + inside + version("new", "from 1 April 2015")) == []


def test_another_scope_is_another_duty(says: Says) -> None:
    other = version("new", "from 2 May 2015").replace("placement", "plan")
    assert says(OLD + other) == []


def test_a_reason_that_names_the_day_settles_it(says: Says) -> None:
    reason = 'because "nothing was asked from 1 April 2015 until the new regulations"'
    assert says(OLD + version("new", "from 2 May 2015", reason)) == []
