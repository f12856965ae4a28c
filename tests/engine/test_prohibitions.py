"""What must not be done: on which days it is forbidden, and of whom nothing forbidden is known."""

from __future__ import annotations

from collections.abc import Callable

import pytest

WORDS = """
pack law "The law"
subject child
period placement
period holiday
event removal of placement verb arrange has planned yes/no milestone told_on by announce
event review verb hold has final yes/no
event agreed
"""

Story = Callable[[str, str], list[str]]
Told = Callable[[str, str], list[str]]


@pytest.fixture
def told(story: Story) -> Told:
    """What comes of a prohibition during a placement from 1 March to 1 June 2024."""

    def found(duty: str, lines: str) -> list[str]:
        rule = f"rule r during placement must not {duty}"
        return story(WORDS + rule, f"placement from 1 March 2024 until 1 June 2024 {lines}")

    return found


LATER = "as at 1 July 2024"


def test_each_day_on_which_it_is_done(told: Told) -> None:
    removals = "removal on 1 March 2024 removal on 31 May 2024 removal on 31 May 2024"
    assert told("arrange removal", f"{removals} {LATER}") == [
        "2024-03-01: not met due 2024-03-01",
        "2024-05-31: not met due 2024-05-31",
    ]


def test_what_is_done_outside_the_placement_is_not_forbidden(told: Told) -> None:
    reviews = "review on 29 February 2024 review on 1 June 2024"
    assert told("hold review", f"{reviews} {LATER}") == ["2024-03-01: met"]


def test_what_is_not_done_is_met_while_it_lasts(told: Told) -> None:
    assert told("arrange removal", "as at 1 March 2024") == ["2024-03-01: met"]


def test_which_acts_are_forbidden(told: Told) -> None:
    removal = "removal on 5 March 2024 planned"
    assert told("arrange removal where planned", f"{removal} {LATER}") == [
        "2024-03-05: not met due 2024-03-05"
    ]
    assert told(
        "arrange removal where planned", f"removal on 5 March 2024 not planned {LATER}"
    ) == ["2024-03-01: met"]
    assert told("arrange removal where planned", f"{removal} blank {LATER}") == [
        "2024-03-05: cannot tell due 2024-03-05"
    ]


def test_an_exception_is_looked_at_on_the_day(told: Told) -> None:
    unless = "arrange removal unless some agreed"
    removal = "removal on 5 March 2024"
    assert told(unless, f"{removal} agreed on 5 March 2024 {LATER}") == ["2024-03-05: exempt"]
    assert told(unless, f"{removal} agreed on 6 March 2024 {LATER}") == [
        "2024-03-05: not met due 2024-03-05"
    ]
    assert told(unless, f"{removal} unknown agreed {LATER}") == [
        "2024-03-05: cannot tell due 2024-03-05"
    ]


def test_an_exception_of_the_act_itself(told: Told) -> None:
    unless = "arrange removal unless planned"
    removals = "removal on 5 March 2024 planned removal on 6 March 2024 not planned"
    assert told(unless, f"{removals} {LATER}") == [
        "2024-03-05: exempt",
        "2024-03-06: not met due 2024-03-06",
    ]
    assert told(unless, LATER) == ["2024-03-01: met"]


def test_of_several_acts_of_a_day_the_worst_counts(told: Told) -> None:
    removals = "removal on 5 March 2024 planned removal on 5 March 2024 not planned"
    assert told("arrange removal unless planned", f"{removals} {LATER}") == [
        "2024-03-05: not met due 2024-03-05"
    ]


def test_while_it_is_paused_nothing_is_forbidden(story: Story) -> None:
    rule = "rule r during placement where no holiday must not arrange removal"
    lines = "placement from 1 March 2024 removal on 5 March 2024 as at 1 July 2024"
    assert story(WORDS + rule, f"{lines} holiday from 5 March 2024 until 6 March 2024") == [
        "2024-03-01: met"
    ]
    assert story(WORDS + rule, f"{lines} holiday from 1 March 2024") == []


def test_before_the_first_review(told: Told) -> None:
    before = "arrange removal before review"
    assert told(before, f"removal on 9 April 2024 review on 10 April 2024 {LATER}") == [
        "2024-04-09: not met due 2024-04-09"
    ]
    assert told(before, f"removal on 10 April 2024 review on 10 April 2024 {LATER}") == [
        "2024-03-01: met"
    ]


def test_before_a_review_that_may_not_count(told: Told) -> None:
    before = "arrange removal before review where final"
    review = "review on 10 April 2024 final blank"
    assert told(before, f"removal on 9 April 2024 {review} {LATER}") == [
        "2024-04-09: not met due 2024-04-09"
    ]
    assert told(before, f"removal on 10 April 2024 {review} {LATER}") == [
        "2024-04-10: cannot tell due 2024-04-10"
    ]


def test_before_the_end_of_a_period_only_while_it_runs(told: Told) -> None:
    before = "arrange removal before end of holiday"
    holiday = "holiday from 10 March 2024 until 12 March 2024"
    for day, found in {
        "9 March": "2024-03-01: met",
        "10 March": "2024-03-10: not met due 2024-03-10",
        "11 March": "2024-03-11: not met due 2024-03-11",
        "12 March": "2024-03-01: met",
    }.items():
        assert told(before, f"{holiday} removal on {day} 2024 {LATER}") == [found]


def test_within_two_weeks_of_a_review(told: Told) -> None:
    """Two weeks after 10 April are over with 24 April."""
    within = "arrange removal within 2 weeks of review"
    for day, found in {
        "9 April": "2024-03-01: met",
        "10 April": "2024-04-10: not met due 2024-04-10",
        "24 April": "2024-04-24: not met due 2024-04-24",
        "25 April": "2024-03-01: met",
    }.items():
        assert told(within, f"review on 10 April 2024 removal on {day} 2024 {LATER}") == [found]


def test_a_milestone_is_forbidden_on_its_own_day(told: Told) -> None:
    lines = "removal on 5 March 2024 told_on 7 March 2024"
    assert told("announce removal", f"{lines} {LATER}") == ["2024-03-07: not met due 2024-03-07"]


def test_a_period_must_not_be_started(story: Story) -> None:
    rule = "rule r during placement must not start holiday"
    lines = "placement from 1 March 2024 holiday from 5 March 2024 as at 1 July 2024"
    assert story(WORDS + rule, lines) == ["2024-03-05: not met due 2024-03-05"]


def test_nothing_held(told: Told) -> None:
    assert told("arrange removal", f"unknown removal {LATER}") == ["2024-03-01: cannot tell"]


def test_without_a_scope(story: Story) -> None:
    rule = "rule r must not hold review where final"
    assert story(WORDS + rule, "child born 1 March 2010 as at 1 July 2024") == ["met"]
