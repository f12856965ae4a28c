"""Milestones that are counted from a day of their own event, in tables.

The stories of ``tests/language/meanings/own_days.duly`` tell the rest, to the oracle too.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

Judge = Callable[..., list[tuple[str, ...]]]

WORDS = """
pack p "P" in force from 1 January 2020
source s "S"
subject child "A child"
period stay "A stay" joined
event meeting "A meeting" of stay plural meetings verb hold
  has minuted yes/no
  milestone confirmed_on by confirm
  milestone enlisted_on by enlist
"""

BORN = ("child", "person_id born", "7 2012-03-01")
STAY = ("stay", "id person_id start end", "s1 7 2024-09-02 -")


@pytest.fixture
def judge(engine, cells) -> Judge:  # type: ignore[no-untyped-def]
    """What one rule comes to: anchor, deadline and verdict of each obligation."""

    def judged(rule: str, as_at: date, *tables: tuple[str, ...]) -> list[tuple[str, ...]]:
        own = engine(f'{WORDS} rule r cite s "1" {rule}')
        rows = own.rows(as_at, *(cells(*each) for each in (BORN, *tables)))
        return [(row["anchor_date"], row["deadline"], row["verdict"]) for row in rows]

    return judged


@pytest.mark.parametrize(
    ("timing", "deadline", "verdict"),
    [
        ("before meeting.confirmed_on", "2024-09-10", "not_met"),
        ("at least 2 days before meeting.confirmed_on", "2024-09-07", "not_met"),
        ("by 3 days after meeting.confirmed_on", "2024-09-13", "met_late"),
        ("within 3 days of meeting.confirmed_on", "2024-09-13", "met_late"),
    ],
)
def test_a_list_after_the_confirmation_is_late_though_before_the_meeting(
    judge: Judge, timing: str, deadline: str, verdict: str
) -> None:
    found = judge(
        f"during stay must enlist meeting {timing}",
        date(2024, 10, 1),
        STAY,
        (
            "meeting",
            "id person_id date confirmed_on enlisted_on",
            "m1 7 2024-09-20 2024-09-10 2024-09-14",
        ),
    )
    assert found == [("2024-09-10", deadline, verdict)]


def test_a_meeting_named_by_another_stay_owes_nothing_in_this_one(judge: Judge) -> None:
    """m2 is of the stay before, which had ended when it was confirmed."""
    found = judge(
        "during stay must enlist meeting before meeting.confirmed_on",
        date(2024, 10, 1),
        ("stay", "id person_id start end", "s0 7 2024-01-01 2024-03-01", "s1 7 2024-09-02 -"),
        (
            "meeting",
            "id person_id stay_id date confirmed_on enlisted_on",
            "m1 7 s1 2024-09-20 2024-09-10 -",
            "m2 7 s0 2024-02-20 2024-09-11 -",
        ),
    )
    assert found == [("2024-09-10", "2024-09-10", "not_met")]


@pytest.mark.parametrize(
    ("which", "owed"),
    [
        ("meeting", ["2024-09-10", "2024-09-12", "2024-09-12", "2024-09-20"]),
        ("first meeting", ["2024-09-10"]),
        ("second meeting", ["2024-09-12", "2024-09-12"]),
        ("meeting where minuted", ["2024-09-12", "2024-09-20"]),
        ("first meeting where minuted", ["2024-09-12"]),
        ("second meeting where minuted", ["2024-09-20"]),
    ],
)
@pytest.mark.parametrize("timing", ["before", "by 3 days after", "within 3 days of"])
def test_the_anchor_says_which_meetings_owe_their_list(
    judge: Judge, timing: str, which: str, owed: list[str]
) -> None:
    """Of two meetings on the second day each owes its own."""
    found = judge(
        f"during stay must enlist meeting {timing} {which}",
        date(2024, 10, 1),
        STAY,
        (
            "meeting",
            "id person_id date minuted enlisted_on",
            "m1 7 2024-09-10 no -",
            "m2 7 2024-09-12 no -",
            "m3 7 2024-09-12 yes -",
            "m4 7 2024-09-20 yes -",
        ),
    )
    assert [anchor for anchor, _, _ in found] == owed


def test_a_day_to_count_from_that_no_column_holds_is_no_silence(judge: Judge) -> None:
    found = judge(
        "during stay must enlist meeting before meeting.confirmed_on",
        date(2024, 10, 1),
        STAY,
        ("meeting", "id person_id date enlisted_on", "m1 7 2024-09-20 2024-09-14"),
    )
    assert found == [("", "", "cannot_tell")]


def test_the_clock_of_a_milestone_runs_from_another_by_the_day_that_is_known(judge: Judge) -> None:
    """A confirmation after the as-at day is no day to count from yet."""
    heading = "id person_id date confirmed_on enlisted_on"
    meeting = ("meeting", heading, "m1 7 2024-09-20 2024-09-10 -")
    rule = "must enlist meeting by 3 days after meeting.confirmed_on"
    assert judge(rule, date(2024, 9, 9), meeting) == []
    assert judge(rule, date(2024, 9, 10), meeting) == [("2024-09-10", "2024-09-13", "due")]
