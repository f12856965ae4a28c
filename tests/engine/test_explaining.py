"""What is said of one child's windows, states and prohibitions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from attrs import evolve

from duly.dsl.policy import Policy
from duly.engine.cli.explain import describe
from duly.engine.explain import explain
from duly.engine.raw import Coverage, RawFacts, RawTable
from duly.engine.reading import build

WORDS = """
pack law "The law"
subject child
period placement
period worker
event visit plural visits verb visit has seen yes/no
event agreed
period plan has interval duration
calendar term supplied
"""

Cells = Callable[..., RawTable]
Make = Callable[..., Policy]
Told = Callable[..., list[str]]


@pytest.fixture
def told(policy: Make, cells: Cells) -> Told:
    """The lines that explain the duties of a rule, for a placement from 1 March 2024."""

    def found(rule: str, *tables: RawTable, as_at: date = date(2024, 4, 20)) -> list[str]:
        law = policy(f"{WORDS} rule r {rule}")
        placement = cells("placement", "id person_id start end", "p1 7 2024-03-01 -")
        coverage = tuple(Coverage(name, "events") for name in law.kinds)
        raw = RawFacts((placement, *tables), coverage, extracted=as_at)
        duties = explain(law, build([raw], law.kinds), as_at, "7")
        return [line.strip() for duty in duties for line in describe(duty)]

    return found


def test_the_days_of_a_window_and_what_was_done_in_it(told: Told, cells: Cells) -> None:
    visits = cells("visit", "id person_id date", "v1 7 2024-03-05", "v2 7 2024-03-05")
    rule = "during placement must visit visit at least twice each calendar month"
    assert told(rule, visits)[1:] == [
        "placement p1 (placement.csv, row 2) from 1 March 2024, still running: "
        "at least twice each calendar month",
        "1 March 2024 on: at least twice each calendar month",
        "* not met",
        "visit visit at least twice each calendar month",
        "from 1 March 2024: first day of the window",
        "window 1 March 2024 to 31 March 2024: 1 visit",
        "due  Sunday 31 March 2024",
        "why  at least twice each calendar month",
        "* due, 10 days left",
        "visit visit at least twice each calendar month",
        "from 1 April 2024: first day of the window",
        "window 1 April 2024 to 30 April 2024: 0 visits",
        "due  Tuesday 30 April 2024",
        "why  at least twice each calendar month",
    ]


def test_the_calendar_that_is_missing(told: Told) -> None:
    rule = "during placement must visit visit at least once each term"
    assert told(rule)[-3:] == [
        "* cannot tell",
        "visit visit at least once each term",
        "why  at least once each term; no source gives the stretches of the calendar `term`",
    ]


def test_the_stretches_of_a_state(told: Told, cells: Cells) -> None:
    workers = cells(
        "worker", "person_id start end", "7 2024-03-01 2024-03-10", "7 2024-03-20 2024-04-01"
    )
    assert told("during placement must have worker throughout", workers)[1:] == [
        "placement p1 (placement.csv, row 2) from 1 March 2024, still running: "
        "must have worker throughout",
        "1 March 2024 to 9 March 2024: held  [worker]",
        "10 March 2024 to 19 March 2024: not held",
        "20 March 2024 to 31 March 2024: held  [worker]",
        "1 April 2024 on: not held",
        "* met late, 10 days",
        "must have worker throughout",
        "from 10 March 2024: first day of the stretch",
        "due  Sunday 10 March 2024",
        "done 20 March 2024",
        "why  must have worker throughout",
        "* overdue, 19 days",
        "must have worker throughout",
        "from 1 April 2024: first day of the stretch",
        "due  Monday 1 April 2024",
        "why  must have worker throughout",
    ]


def test_the_day_of_a_forbidden_act(told: Told, cells: Cells) -> None:
    visits = cells("visit", "id person_id date seen", "v1 7 2024-03-05 no", "v2 7 2024-03-06 -")
    rule = "during placement must not visit visit unless seen"
    assert told(rule, visits)[1:] == [
        "placement p1 (placement.csv, row 2) from 1 March 2024, still running: "
        "must not visit visit unless seen",
        "1 March 2024 on: exempt or forbidden  [not known: visit.seen]",
        "* not met",
        "must not visit visit unless seen",
        "from 5 March 2024: visit v1 (visit.csv, row 2)",
        "due  Tuesday 5 March 2024",
        "why  must not visit visit unless seen",
        "* cannot tell",
        "must not visit visit unless seen",
        "from 6 March 2024: visit v2 (visit.csv, row 3)",
        "due  Wednesday 6 March 2024",
        "why  must not visit visit unless seen; it is not known whether visit.seen",
    ]


def test_an_exception_without_a_number_is_told_without_the_comma_before_it(
    told: Told, cells: Cells
) -> None:
    agreed = cells("agreed", "id person_id date", "a1 7 2024-03-01")
    rule = (
        "during placement must visit visit every 6 weeks, "
        "unless some agreed then as soon as practicable"
    )
    assert "1 March 2024 on: unless some agreed then as soon as practicable  [some agreed]" in told(
        rule, agreed
    )


def test_reasons_stand_behind_the_sentence_and_not_in_it(told: Told) -> None:
    rule = (
        "during placement must visit visit every 6 weeks traces S-001, "
        'unless some agreed then 3 months because "see #2, section 3" in force from 1 May 2020'
    )
    assert told(rule)[:3] == [
        "must visit visit every 6 weeks, unless some agreed then 3 months in force from 1 May 2020",
        "rows: S-001",
        "unless some agreed then 3 months in force from 1 May 2020: because see #2, section 3",
    ]


def test_a_duty_is_in_force_when_one_of_its_exceptions_is_not(told: Told) -> None:
    rule = (
        "during placement must visit visit every 6 weeks, "
        "unless some agreed then 3 months in force from 1 January 2024 until 31 March 2024"
    )
    assert told(rule)[2:4] == ["1 March 2024 to 31 March 2024: 6 weeks", "1 April 2024 on: 6 weeks"]


@pytest.mark.parametrize(
    ("stated", "stretch", "why"),
    [
        (None, "6 weeks", "; assumed: `plan.interval` is blank"),
        ("5 days", "6 weeks or 5 days whichever is sooner", ""),
    ],
)
def test_a_length_of_time_that_a_record_states_or_leaves_blank(
    told: Told, cells: Cells, stated: str | None, stretch: str, why: str
) -> None:
    plans = cells("plan", "person_id start end interval", "7 2024-03-01 - -")
    plans = evolve(plans, columns={**plans.columns, "interval": [stated]})
    timing = "every 6 weeks or interval whichever is sooner"
    lines = told(f"during plan must visit visit {timing}", plans)
    assert f"1 March 2024 on: {stretch}" in lines
    assert f"why  {timing}{why}" in lines
