"""Packs past their day of review."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

Says = Callable[..., list[str]]

PACK = 'pack local "Local" over law review by 30 September 2024 source handbook "Handbook"\n'
RULE = 'rule ours cite handbook "1" during placement visit visit every 6 weeks\n'


def test_the_day_has_gone_by(says: Says) -> None:
    assert says(PACK + RULE, day=date(2025, 10, 1)) == [
        "warning: pack `local` was to be reviewed by 30 September 2024, 366 days ago"
        " [review-overdue]\n"
        "  --> 1.duly:1:1\n"
        "   |\n"
        f" 1 | {PACK}"
        "   | ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  why:  children may be held to standards that their authors no longer stand by\n"
        "  help: ask whether the document still stands, and then set a new `review by`"
    ]


def test_the_last_day_is_in_time(says: Says) -> None:
    assert says(PACK + RULE, day=date(2024, 9, 30)) == []
    (message,) = says(PACK + RULE, day=date(2024, 10, 1))
    assert "30 September 2024, 1 day ago [" in message


def test_a_pack_without_such_a_day(says: Says) -> None:
    assert says(RULE, day=date(2099, 1, 1)) == []
