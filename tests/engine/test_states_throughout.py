"""States that must last: each stretch without, from its first day to the day it is put right."""

from __future__ import annotations

from collections.abc import Callable

import pytest

WORDS = """
pack law "The law"
subject child
period placement has kin yes/no
period worker
period holiday
event agreed
"""

Story = Callable[[str, str], list[str]]
Told = Callable[[str, str], list[str]]


@pytest.fixture
def told(story: Story) -> Told:
    """What comes of ``must have worker throughout`` a placement from 1 March 2024."""

    def found(clauses: str, lines: str) -> list[str]:
        rule = f"rule r during placement must have worker throughout {clauses}"
        return story(WORDS + rule, f"placement from 1 March 2024 not kin {lines}")

    return found


def test_a_stretch_without_is_put_right_on_the_day_after_it(told: Told) -> None:
    """No worker from 10 to 19 March."""
    workers = "worker from 1 March 2024 until 10 March 2024 worker from 20 March 2024"
    assert told("", f"{workers} as at 1 April 2024") == [
        "2024-03-10: met late due 2024-03-10 on 2024-03-20 by 10"
    ]


def test_a_stretch_that_goes_on(told: Told) -> None:
    worker = "worker from 1 March 2024 until 10 March 2024"
    assert told("", f"{worker} as at 9 March 2024") == ["2024-03-01: met"]
    assert told("", f"{worker} as at 10 March 2024") == ["2024-03-10: due due 2024-03-10"]
    assert told("", f"{worker} as at 11 March 2024") == ["2024-03-10: overdue due 2024-03-10 by 1"]


def test_workers_that_take_over_on_the_same_day_leave_no_stretch(told: Told) -> None:
    workers = "worker from 1 March 2024 until 10 March 2024 worker from 10 March 2024"
    assert told("", f"{workers} as at 1 April 2024") == ["2024-03-01: met"]


def test_a_stretch_that_the_placement_ends_in(story: Story) -> None:
    rule = "rule r during placement must have worker throughout"
    placement = "placement from 1 March 2024 until 15 March 2024 as at 1 April 2024"
    assert story(WORDS + rule, placement) == ["2024-03-01: not met due 2024-03-01 by 14"]


def test_a_stretch_that_an_exemption_ends_in(told: Told) -> None:
    lines = "worker from 1 March 2024 until 10 March 2024 agreed on 13 March 2024"
    assert told("unless some agreed", f"{lines} as at 1 April 2024") == [
        "2024-03-10: not met due 2024-03-10 by 3"
    ]


def test_what_is_exempt_throughout(told: Told) -> None:
    assert told("unless some agreed", "agreed on 1 March 2024 as at 1 April 2024") == [
        "2024-03-01: exempt"
    ]


def test_what_held_before_it_was_exempt(told: Told) -> None:
    lines = "worker from 1 March 2024 until 10 March 2024 agreed on 10 March 2024"
    assert told("unless some agreed", f"{lines} as at 1 April 2024") == ["2024-03-01: met"]


def test_a_pause_splits_a_stretch(story: Story) -> None:
    rule = "rule r during placement where no holiday must have worker throughout"
    lines = "holiday from 10 March 2024 until 12 March 2024 as at 20 March 2024"
    assert story(WORDS + rule, f"placement from 1 March 2024 {lines}") == [
        "2024-03-01: not met due 2024-03-01 by 9",
        "2024-03-12: overdue due 2024-03-12 by 8",
    ]


def test_from_a_week_after_the_start(story: Story) -> None:
    """A week after 1 March is 8 March."""
    rule = "rule r during placement must have worker from 1 week after start"
    worker = "placement from 1 March 2024 worker from {} as at 20 March 2024"
    assert story(WORDS + rule, worker.format("8 March 2024")) == ["2024-03-01: met"]
    assert story(WORDS + rule, worker.format("9 March 2024")) == [
        "2024-03-08: met late due 2024-03-08 on 2024-03-09 by 1"
    ]


def test_must_not_have(story: Story) -> None:
    rule = "rule r during placement must not have holiday throughout"
    lines = "placement from 1 March 2024 holiday from 5 March 2024 until 7 March 2024"
    assert story(WORDS + rule, f"{lines} as at 20 March 2024") == [
        "2024-03-05: met late due 2024-03-05 on 2024-03-07 by 2"
    ]


def test_a_stretch_of_which_nothing_is_known(told: Told) -> None:
    assert told("", "unknown worker as at 1 April 2024") == [
        "2024-03-01: cannot tell due 2024-03-01"
    ]


def test_assumed_where_it_surely_fails_only_on_a_later_day(story: Story) -> None:
    """In the first week kin may be let off; from 8 March on nobody is."""
    rule = """rule r during placement
    must have worker throughout unless kin and in the first week"""
    assert story(WORDS + rule, "placement from 1 March 2024 kin blank as at 7 March 2024") == [
        "2024-03-01: cannot tell due 2024-03-01"
    ]
    assert story(WORDS + rule, "placement from 1 March 2024 kin blank as at 8 March 2024") == [
        "2024-03-01: overdue due 2024-03-01 by 7 assumed"
    ]


def test_a_placement_without_a_single_day(story: Story) -> None:
    rule = "rule r during placement must have worker throughout"
    lines = "placement from 1 March 2024 until 1 March 2024 as at 1 April 2024"
    assert story(WORDS + rule, lines) == []
