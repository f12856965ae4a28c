"""Rules that name no source."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]


def test_a_rule_without_a_source(says: Says) -> None:
    assert says('rule ours "Ours"\n  during placement visit visit every 6 weeks') == [
        "warning: rule `ours` cites nothing [no-citation]\n"
        "  --> 1.duly:2:6\n"
        "   |\n"
        ' 2 | rule ours "Ours"\n'
        "   |      ^^^^\n"
        "  why:  nobody can check a child's date against a source that is not named\n"
        '  help: add a line such as `cite standards "section 2"`'
    ]


def test_a_rule_with_a_source(says: Says) -> None:
    assert says('rule ours cite handbook "1" during placement visit visit every 6 weeks') == []


def test_a_duty_with_a_source_of_its_own(says: Says) -> None:
    assert says('rule ours during placement visit visit every 6 weeks cite handbook "1"') == []
