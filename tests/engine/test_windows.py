"""How often in each window: where windows lie, what counts in them, and what is not known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

WORDS = """
pack law "The law"
subject child
period placement
period holiday
event visit of placement verb visit has seen yes/no usually yes
event review verb hold
event agreed
calendar term supplied
calendar summer each year from 1 June to 31 August
calendar winter each year from 30 November to 29 February
"""

Story = Callable[[str, str], list[str]]
Told = Callable[[str, str, str], list[str]]


@pytest.fixture
def told(story: Story) -> Told:
    """What comes of a duty during a placement, of the lines about a child, as at a day."""

    def found(duty: str, lines: str, as_at: str) -> list[str]:
        rule = f"rule r during placement {duty}"
        return story(WORDS + rule, f"placement from 1 March 2024 {lines} as at {as_at}")

    return found


TWICE = "must visit visit at least twice each month"
ONCE_A_WEEK = "must visit visit at least once each calendar week"

# -------------------------------------------------------------------- where they lie


def test_a_window_from_the_start_holds_both_its_ends(told: Told) -> None:
    """1 March to 1 April, then 2 April to 1 May."""
    visits = "visit on 1 March 2024 visit on 1 April 2024 visit on 2 April 2024"
    assert told(TWICE, visits, "1 May 2024") == [
        "2024-03-01: met due 2024-04-01 on 2024-04-01",
        "2024-04-02: due due 2024-05-01",
    ]


def test_windows_are_counted_from_the_start_and_never_chained(story: Story) -> None:
    """Months from 31 January end on 29 February, 31 March and 30 April."""
    rule = "rule r during placement must visit visit at least once each month"
    assert story(WORDS + rule, "placement from 31 January 2024 as at 15 April 2024") == [
        "2024-01-31: not met due 2024-02-29",
        "2024-03-01: not met due 2024-03-31",
        "2024-04-01: due due 2024-04-30 by 15",
    ]


def test_windows_of_working_days(story: Story) -> None:
    """Ten working days from Thursday 21 March 2024 pass over Good Friday and Easter Monday."""
    rule = "rule r during placement must visit visit at least once each 10 working days"
    assert story(WORDS + rule, "placement from 21 March 2024 as at 9 April 2024") == [
        "2024-03-21: not met due 2024-04-08",
        "2024-04-09: due due 2024-04-22 by 13",
    ]


def test_the_first_calendar_week_begins_with_the_placement(told: Told) -> None:
    """1 March 2024 is a Friday."""
    assert told(ONCE_A_WEEK, "visit on 3 March 2024", "11 March 2024") == [
        "2024-03-01: met due 2024-03-03 on 2024-03-03",
        "2024-03-04: not met due 2024-03-10",
        "2024-03-11: due due 2024-03-17 by 6",
    ]


@pytest.mark.parametrize(
    ("unit", "ends"),
    [
        ("month", ["2024-03-01", "2024-03-31", "2024-04-01", "2024-04-30"]),
        ("quarter", ["2024-03-01", "2024-03-31", "2024-04-01", "2024-06-30"]),
        ("year", ["2024-03-01", "2024-12-31"]),
    ],
)
def test_months_quarters_and_years_of_the_calendar(told: Told, unit: str, ends: list[str]) -> None:
    found = told(f"must visit visit at least once each calendar {unit}", "", "30 April 2024")
    days = [day for line in found for day in (line.split(":")[0], line.split("due ")[-1][:10])]
    assert days == ends


def test_a_calendar_window_that_the_placement_does_not_reach_the_end_of_is_not_there(
    story: Story,
) -> None:
    """It ends on Sunday 10 March: that day it no longer runs."""
    rule = f"rule r during placement {ONCE_A_WEEK}"
    placement = "placement from 1 March 2024 until {} as at 1 April 2024"
    week = "2024-03-01: not met due 2024-03-03"
    assert story(WORDS + rule, placement.format("10 March 2024")) == [week]
    assert story(WORDS + rule, placement.format("11 March 2024")) == [
        week,
        "2024-03-04: not met due 2024-03-10",
    ]


def test_a_window_of_the_scope_lapses_where_the_placement_ends_in_it(story: Story) -> None:
    """The window's last day is 1 April; a placement that ends on 2 April has seen it through."""
    rule = "rule r during placement must visit visit at least once each month"
    placement = "placement from 1 March 2024 until {} as at 1 June 2024"
    assert story(WORDS + rule, placement.format("1 April 2024")) == [
        "2024-03-01: lapsed due 2024-04-01"
    ]
    assert story(WORDS + rule, placement.format("2 April 2024")) == [
        "2024-03-01: not met due 2024-04-01"
    ]


def test_what_is_done_on_the_day_the_placement_ends_still_counts(story: Story) -> None:
    rule = "rule r during placement must hold review at least once each month"
    placement = "placement from 1 March 2024 until 20 March 2024 review on {} as at 1 June 2024"
    assert story(WORDS + rule, placement.format("20 March 2024")) == [
        "2024-03-01: met due 2024-04-01 on 2024-03-20"
    ]
    assert story(WORDS + rule, placement.format("21 March 2024")) == [
        "2024-03-01: lapsed due 2024-04-01"
    ]


def test_a_calendar_of_each_year(told: Told) -> None:
    once = "must visit visit at least once each summer"
    assert told(once, "", "31 May 2025") == ["2024-06-01: not met due 2024-08-31"]
    assert told(once, "", "1 June 2025") == [
        "2024-06-01: not met due 2024-08-31",
        "2025-06-01: due due 2025-08-31 by 91",
    ]


def test_a_calendar_over_the_new_year_ends_on_the_last_day_of_february(told: Told) -> None:
    once = "must visit visit at least once each winter"
    assert told(once, "", "1 March 2025") == ["2024-11-30: not met due 2025-02-28"]


def test_whole_stretches_only(story: Story) -> None:
    placement = "placement from 2 June 2024 as at 1 July 2025"
    once = "rule r during placement must visit visit at least once each {}"
    assert story(WORDS + once.format("summer"), placement) == [
        "2024-06-02: not met due 2024-08-31",
        "2025-06-01: due due 2025-08-31 by 61",
    ]
    assert story(WORDS + once.format("whole summer"), placement) == [
        "2025-06-01: due due 2025-08-31 by 61"
    ]


def test_a_supplied_calendar(told: Told) -> None:
    terms = """term from 8 January 2024 until 22 March 2024
    term from 15 April 2024 until 19 July 2024"""
    once = "must visit visit at least once each term"
    assert told(once, f"{terms} visit on 22 March 2024", "20 July 2024") == [
        "2024-03-01: met due 2024-03-22 on 2024-03-22",
        "2024-04-15: not met due 2024-07-19",
    ]


def test_a_calendar_that_nobody_supplied(told: Told) -> None:
    assert told("must visit visit at least once each term", "", "20 July 2024") == ["cannot tell"]


# -------------------------------------------------------------------- what counts


def test_two_visits_on_one_day_are_one(told: Told) -> None:
    visits = "visit on 5 March 2024 visit on 5 March 2024"
    assert told(TWICE, visits, "2 April 2024") == [
        "2024-03-01: not met due 2024-04-01",
        "2024-04-02: due due 2024-05-01 by 29",
    ]


def test_met_on_the_day_of_the_last_visit_that_was_needed(told: Told) -> None:
    visits = "visit on 5 March 2024 visit on 7 March 2024 visit on 9 March 2024"
    assert told(TWICE, visits, "9 March 2024") == ["2024-03-01: met due 2024-04-01 on 2024-03-07"]


def test_not_over_until_the_last_day_is(told: Told) -> None:
    assert told(TWICE, "", "1 April 2024") == ["2024-03-01: due due 2024-04-01"]
    assert told(TWICE, "", "2 April 2024")[0] == "2024-03-01: not met due 2024-04-01"


def test_whether_it_stands_is_looked_at_on_the_last_day(told: Told) -> None:
    unless = f"{TWICE} unless some agreed"
    assert told(unless, "agreed on 1 April 2024", "1 April 2024") == ["2024-03-01: exempt"]
    assert told(unless, "agreed on 2 April 2024", "2 April 2024")[0] == (
        "2024-03-01: not met due 2024-04-01"
    )


def test_while_it_is_paused_there_is_none(story: Story) -> None:
    rule = f"rule r during placement where no holiday {TWICE}"
    lines = "placement from 1 March 2024 holiday from {} as at 1 May 2024"
    assert story(WORDS + rule, lines.format("1 April 2024")) == []
    assert story(WORDS + rule, lines.format("2 April 2024")) == [
        "2024-03-01: not met due 2024-04-01"
    ]


# -------------------------------------------------------------------- at most

AT_MOST = "must hold review at most once each calendar month"


def test_too_often_on_the_day_of_the_one_too_many(told: Told) -> None:
    reviews = "review on 4 March 2024 review on 6 March 2024 review on 8 March 2024"
    assert told(AT_MOST, reviews, "6 March 2024") == ["2024-03-01: not met due 2024-03-06"]


def test_not_too_often_is_met_once_the_window_is_over(told: Told) -> None:
    assert told(AT_MOST, "review on 4 March 2024", "31 March 2024") == []
    assert told(AT_MOST, "review on 4 March 2024", "1 April 2024") == ["2024-03-01: met"]


def test_not_too_often_is_met_once_the_scope_is_over(story: Story) -> None:
    rule = "rule r during placement must hold review at most once each month"
    placement = "placement from 1 March 2024 until 20 March 2024"
    assert story(WORDS + rule, f"{placement} as at 19 March 2024") == []
    assert story(WORDS + rule, f"{placement} as at 20 March 2024") == ["2024-03-01: met"]


def test_too_often_is_excused_on_the_day_itself(told: Told) -> None:
    unless = f"{AT_MOST} unless some agreed"
    reviews = "review on 4 March 2024 review on 6 March 2024"
    assert told(unless, f"{reviews} agreed on 6 March 2024", "31 March 2024") == [
        "2024-03-01: exempt"
    ]
    assert told(unless, f"{reviews} agreed on 7 March 2024", "31 March 2024") == [
        "2024-03-01: not met due 2024-03-06"
    ]


# -------------------------------------------------------------------- what is not known

SEEN_TWICE = "must visit visit where seen at least twice each month"


def test_a_visit_that_may_not_count(told: Told) -> None:
    one = "visit on 5 March 2024 visit on 7 March 2024 seen blank"
    assert told(SEEN_TWICE, one, "2 April 2024")[0] == "2024-03-01: cannot tell due 2024-04-01"
    same = "visit on 5 March 2024 visit on 5 March 2024 seen blank"
    assert told(SEEN_TWICE, same, "2 April 2024")[0] == "2024-03-01: not met due 2024-04-01"
    two = "visit on 5 March 2024 visit on 7 March 2024 visit on 8 March 2024 seen blank"
    assert told(SEEN_TWICE, two, "2 April 2024")[0] == (
        "2024-03-01: met due 2024-04-01 on 2024-03-07"
    )


def test_nothing_held(told: Told) -> None:
    assert told(TWICE, "unknown visit", "1 April 2024") == [
        "2024-03-01: cannot tell due 2024-04-01"
    ]
    assert told(AT_MOST, "unknown review", "31 March 2024") == []
    assert told(AT_MOST, "unknown review", "1 April 2024") == ["2024-03-01: cannot tell"]


def test_an_exception_that_is_not_known_is_assumed_not_to_hold(told: Told) -> None:
    unless = f"{TWICE} unless some agreed"
    assert told(unless, "unknown agreed", "1 April 2024") == [
        "2024-03-01: due due 2024-04-01 assumed"
    ]
