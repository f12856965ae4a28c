"""Two clocks of one thing: which duties are paired, and the earlier deadline of the two."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from duly.dsl.policy import Policy
from duly.engine.lower import lower
from duly.engine.pairs import paired_duties
from duly.engine.raw import RawTable

WORDS = """
pack law "The law"
subject child
period placement
event visit verb visit has seen yes/no milestone recorded_on by record
event review verb hold
event agreed
"""
CITY = 'pack city "City" over law '
DISTRICT = 'pack district "District" over city '

Make = Callable[..., Policy]
Pairs = Callable[..., list[list[str]]]


@pytest.fixture
def pairs(policy: Make) -> Pairs:
    """The duties that are paired, as ``pack.rule duty``."""

    def found(law: str, city: str, *more: str) -> list[list[str]]:
        plan = lower(policy(WORDS + law, CITY + city, *more))
        return [
            [f"{duty.rule.qualified} {duty.number}" for duty in group]
            for group in paired_duties(plan)
        ]

    return found


IN_LAW = "rule visits during placement"
IN_CITY = "rule ours refines law.visits during placement"
DAILY = "during placement visit visit every day"
BOTH = [["law.visits 0", "city.ours 0"]]

PAIRED = {
    "the same act and timing": ("visit visit every 6 weeks", "visit visit every 4 weeks", BOTH),
    "the same act, another number": (
        "hold review within 3 months of start",
        "hold review within 1 week of start",
        BOTH,
    ),
    "the same label": (
        "opening: visit visit within 1 week of start",
        "opening: visit visit on the day of start",
        BOTH,
    ),
    "another kind of timing": (
        "visit visit every 6 weeks",
        "visit visit within 1 week of start",
        [],
    ),
    "other words for the time": (
        "visit visit within 1 day of start",
        "visit visit on the day of start",
        [],
    ),
    "another act": ("visit visit every 6 weeks", "hold review every 6 weeks", []),
    "the event and its milestone": (
        "visit visit within 1 week of start",
        "record visit within 1 week",
        [],
    ),
    "two of a kind below": (
        "visit visit every 6 weeks visit visit every 3 months",
        "visit visit every 4 weeks",
        [],
    ),
    "two of a kind above": (
        "visit visit every 6 weeks",
        "visit visit every 4 weeks visit visit every 5 weeks",
        [],
    ),
    "two of a kind, told apart by labels": (
        "near: visit visit every 6 weeks far: visit visit every 3 months",
        "far: visit visit every 2 months near: visit visit every 5 weeks",
        [["law.visits 0", "city.ours 1"], ["law.visits 1", "city.ours 0"]],
    ),
    "a time that the law leaves to local policy": (
        "visit visit within a locally decided time of start",
        "visit visit within 4 weeks of start",
        BOTH,
    ),
    "how often, left to local policy": (
        "visit visit within a locally decided time of start visit visit every locally decided time",
        "visit visit every 4 weeks",
        [["law.visits 1", "city.ours 0"]],
    ),
    "windows of another length": (
        "visit visit at least twice each month",
        "visit visit at least once each calendar week",
        BOTH,
    ),
    "windows, at least and at most": (
        "visit visit at least once each month",
        "visit visit at most twice each month",
        [],
    ),
    "states that must last": (
        "must have placement throughout",
        "must have some agreed throughout",
        BOTH,
    ),
    "a state and a thing to do": (
        "must have placement throughout",
        "visit visit every 6 weeks",
        [],
    ),
    "prohibitions of one act": (
        "must not hold review",
        "must not hold review unless some agreed",
        BOTH,
    ),
    "prohibitions for another time": (
        "must not hold review before visit",
        "must not hold review within 1 week of visit",
        [],
    ),
    "a prohibition and the same act": (
        "must not hold review",
        "hold review every 6 weeks",
        [],
    ),
    "what follows a failure": (
        "visit visit every 6 weeks failing which within 2 weeks of agreed",
        "visit visit every 4 weeks failing which within 1 week of agreed",
        [["law.visits 0", "city.ours 0"], ["law.visits 1", "city.ours 1"]],
    ),
}


@pytest.mark.parametrize("case", PAIRED)
def test_duties_are_paired_by_label_or_by_act_and_timing(pairs: Pairs, case: str) -> None:
    law, city, expected = PAIRED[case]
    assert pairs(f"{IN_LAW} {law}", f"{IN_CITY} {city}") == expected


def test_states_are_paired_by_their_occasion(pairs: Pairs) -> None:
    law = "rule visits for each visit must have seen for each review must have placement"
    city = "rule ours refines law.visits for each visit should have seen"
    assert pairs(law, city) == BOTH


def test_a_rule_that_refines_none_is_paired_with_none(pairs: Pairs) -> None:
    duty = "during placement visit visit every week"
    assert pairs(f"rule visits {duty}", f"rule ours {duty}") == []


def test_three_layers_are_one_family(pairs: Pairs) -> None:
    law, city = f"{IN_LAW} visit visit every 6 weeks", f"{IN_CITY} visit visit every 4 weeks"
    district = DISTRICT + "rule theirs refines city.ours during placement visit visit every week"
    assert pairs(law, city, district) == [["law.visits 0", "city.ours 0", "district.theirs 0"]]


def test_a_rule_may_refine_the_one_that_it_waives(pairs: Pairs) -> None:
    """It stands in its place while the waiver lasts, and tightens it afterwards."""
    city = (
        f'rule ours refines law.visits waives law.visits under "a power" until 1 May 2024 {DAILY}'
    )
    assert pairs(f"{IN_LAW} visit visit every 6 weeks", city) == BOTH


# ---------------------------------------------------------------------- effective deadlines

Told = Callable[..., list[str]]
Cells = Callable[..., RawTable]


@pytest.fixture
def told(engine: Callable[..., Any], cells: Cells) -> Told:
    """Pack, anchor, own deadline and effective deadline of each obligation."""

    def rows(law: str, city: str, *tables: RawTable, interval: str | None = None) -> list[str]:
        placement = cells("placement", "person_id start end", "7 2024-03-01 -")
        if interval is not None:
            placement = evolve(placement, columns={**placement.columns, "interval": [interval]})
        found = engine(WORDS + law, CITY + city).rows(date(2024, 7, 1), placement, *tables)
        names = ("pack", "anchor_date", "deadline", "effective_deadline")
        return [" ".join(row[name] or "-" for name in names) for row in found]

    return rows


def test_the_earlier_deadline_of_one_anchor_holds_for_both(told: Told, cells: Cells) -> None:
    law = f"{IN_LAW} visit visit every 6 weeks"
    city = f"{IN_CITY} visit visit every 3 months unless some agreed then 2 weeks"
    visits = cells("visit", "person_id date seen", "7 2024-04-10 yes")
    agreed = cells("agreed", "person_id date", "7 2024-04-20")
    assert told(law, city, visits, agreed) == [
        "law 2024-03-01 2024-04-12 2024-04-12",
        "law 2024-04-10 2024-05-22 2024-04-24",
        "city 2024-03-01 2024-04-20 2024-04-12",
        "city 2024-04-10 2024-04-24 2024-04-24",
    ]


def test_other_anchors_are_left_alone(told: Told, cells: Cells) -> None:
    """A visit that counts for the city only starts no clock of the law."""
    law = f"{IN_LAW} visit visit where seen every 6 weeks"
    city = f"{IN_CITY} visit visit every 8 weeks"
    visits = cells("visit", "person_id date seen", "7 2024-04-10 no")
    assert told(law, city, visits) == [
        "law 2024-03-01 2024-04-12 2024-04-12",
        "city 2024-03-01 2024-04-26 2024-04-12",
        "city 2024-04-10 2024-06-05 2024-06-05",
    ]


def test_an_exemption_of_the_city_does_not_lift_the_law(told: Told, cells: Cells) -> None:
    law = f"{IN_LAW} visit visit every 6 weeks"
    city = f"{IN_CITY} visit visit every 4 weeks unless some agreed"
    agreed = cells("agreed", "person_id date", "7 2024-03-01")
    assert told(law, city, agreed) == [
        "law 2024-03-01 2024-04-12 2024-04-12",
        "city 2024-03-01 - 2024-04-12",
    ]


def test_what_is_not_paired_keeps_its_own(told: Told) -> None:
    law = f"{IN_LAW} visit visit every 6 weeks"
    city = "rule ours during placement visit visit every 4 weeks"
    assert told(law, city) == [
        "law 2024-03-01 2024-04-12 2024-04-12",
        "city 2024-03-01 2024-03-29 2024-03-29",
    ]


def test_an_interval_on_record_is_held_against_the_law_too(told: Told) -> None:
    """The plan of such a duty is made anew for each caseload."""
    law = f"{IN_LAW} visit visit every 6 weeks"
    city = f"add to placement has interval duration {IN_CITY} visit visit every interval"
    assert told(law, city, interval="2 months") == [
        "law 2024-03-01 2024-04-12 2024-04-12",
        "city 2024-03-01 2024-05-01 2024-04-12",
    ]
