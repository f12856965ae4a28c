"""Waivers, savings, dated exceptions and readings: stories with dates worked by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date

import pytest

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.parser import parse_text
from duly.dsl.resolve import PackText, resolve
from duly.dsl.scenario import resolve_scenarios
from duly.engine.raw import RawTable
from duly.engine.scenarios import run_scenarios
from tests.engine.conftest import Engine

LAW = """
pack law "The law"
source si "A statutory instrument"
subject child
period placement has type one of (foster, residential)
period fostered
period adopted
event visit verb visit
event referral
event review verb hold
"""

WAIVED = """
rule visits cite si "1" during placement must visit visit every 6 weeks
"""

WAIVER = """
pack emergency "Temporary law" over law
source order "The temporary order"
rule relaxed
  waives law.visits under "regulation 8" until 25 September 2020
  cite order "8"
  in force from 24 April 2020
  during placement must visit visit every 6 months

# Six weeks from Friday 20 March 2020 end on 1 May, in the time of the waiver.
scenario "what the waiver held back is due on the day after it"
  placement from 1 March 2020
  visit on 20 March 2020
  as at 30 September 2020
  expect law.visits overdue due 26 September 2020 by 4 days
  expect relaxed overdue due 20 September 2020 by 10 days

# Six weeks from 6 March end on 17 April, a week before the waiver begins.
scenario "what fell due before the waiver stays"
  placement from 1 March 2020
  visit on 6 March 2020
  as at 30 September 2020
  expect law.visits overdue due 17 April 2020

# Six weeks from 1 September end on 13 October, after the waiver.
scenario "what falls due after the waiver is not moved"
  placement from 1 March 2020
  visit on 1 September 2020
  as at 30 September 2020
  expect law.visits due 13 October 2020
"""

SAVING = """
pack emergency "Temporary law" over law
source order "The temporary order"
rule relaxed
  waives law.answers under "regulation 8" until 25 September 2020
  transitional
  cite order "8"
  in force from 24 April 2020 until 25 September 2020
  must hold review within 24 weeks of referral

# Four weeks from Friday 28 August 2020 end on the last day of the waiver, from 29 August a day
# after it; 24 weeks end on 12 and 13 February 2021.
scenario "what began while the waiver stood is never asked for by the law"
  referral on 28 August 2020
  referral on 29 August 2020
  as at 30 September 2020
  expect no law.answers
  expect relaxed due 12 February 2021
  expect relaxed due 13 February 2021

# Four weeks from Friday 27 March 2020 end on the first day of the waiver, from 26 March on the
# day before; 24 weeks from 27 March end on 11 September.
scenario "what began before the waiver is waived for as long as it stands"
  referral on 26 March 2020
  referral on 27 March 2020
  as at 30 September 2020
  expect law.answers overdue due 23 April 2020
  expect law.answers exempt
  expect relaxed overdue due 11 September 2020

# Four weeks from Saturday 26 September 2020 end on 24 October.
scenario "what begins after the waiver is the law's alone"
  referral on 26 September 2020
  as at 30 September 2020
  expect law.answers due 24 October 2020
  expect no relaxed
"""

# 20 working days after Friday 20 March 2015, Easter from 3 to 6 April left out: Tuesday 21 April.
SAVED = """
rule reviews
  cite si "1"
  in force until_day transitional
  must hold review within 20 working days of referral

scenario "a clock that had begun"
  referral on 20 March 2015
  as at 1 May 2015
  expect reviews EXPECTED

scenario "a clock that began too late"
  referral on 1 April 2015
  as at 1 May 2015
  expect no reviews
"""

DATED = """
rule visits
  cite si "1"
  READING
  during placement
  must visit visit every 6 weeks,
    unless fostered then 3 months cite si "2" in force from 1 April 2015

# Six weeks from 10 March end on 21 April, three months on 10 June; from 1 April they are three.
scenario "the longer interval comes into force while a clock runs"
  placement from 1 January 2015
  fostered from 1 January 2015
  visit on 10 March 2015
  as at 1 April 2015
  expect visits due EXPECTED

# Six weeks from 1 February end on 15 March, before the exception is law.
scenario "an exception that is not yet law"
  placement from 1 January 2015
  fostered from 1 January 2015
  visit on 1 February 2015
  as at 1 March 2015
  expect visits due 15 March 2015
"""

NEVER = """
NEVER
rule visits
  cite si "1"
  during placement
  must visit visit every 6 weeks, unless fostered and adopted then 1 week
rule types
  cite si "1"
  during placement
  must visit visit every 6 weeks,
    unless type is foster and placement.type is residential then 1 week

# A week from 1 March 2024 ends on 8 March, six weeks on 12 April.
scenario "two things of which nothing is known"
  placement from 1 March 2024
  unknown fostered
  unknown adopted
  as at 2 March 2024
  expect visits due EXPECTED
  expect types due 12 April 2024
"""

STORIES: Mapping[str, tuple[str, ...]] = {
    "a waiver": (LAW + WAIVED, WAIVER),
    "a waiver with savings": (
        LAW + 'rule answers cite si "1" must hold review within 4 weeks of referral',
        SAVING,
    ),
    "savings": (
        LAW
        + SAVED.replace("until_day", "from 1 January 2000 until 31 March 2015").replace(
            "EXPECTED", "overdue due 21 April 2015 by 10 days"
        ),
    ),
    "no savings": (
        LAW
        + SAVED.replace(
            "until_day transitional", "from 1 January 2000 until 31 March 2015"
        ).replace("expect reviews EXPECTED", "expect no reviews"),
    ),
    "a dated exception, strict": (
        LAW + DATED.replace("READING", "").replace("EXPECTED", "21 April 2015"),
    ),
    "a dated exception, each moment": (
        LAW + DATED.replace("READING", "reading each moment").replace("EXPECTED", "10 June 2015"),
    ),
    "what may be so together": (
        LAW + NEVER.replace("NEVER", "", 1).replace("EXPECTED", "8 March 2024"),
    ),
    "what is never so together": (
        LAW
        + NEVER.replace("NEVER", "never fostered and adopted", 1).replace(
            "EXPECTED", "12 April 2024"
        ),
    ),
}


@pytest.mark.parametrize("packs", STORIES.values(), ids=STORIES)
def test_the_dates_are_those_of_the_story(packs: tuple[str, ...]) -> None:
    diagnostics = Diagnostics()
    documents = [parse_text(text, str(n), diagnostics) for n, text in enumerate(packs)]
    policy = resolve([PackText(each.file, (each,)) for each in documents], diagnostics)
    scenarios = resolve_scenarios(policy, policy.packs[-1].name, documents[-1:], diagnostics)
    assert [message.title for message in diagnostics.found] == []
    results = run_scenarios(policy, scenarios)
    assert {
        result.scenario.title: [
            (failure.expectation.text, [str(outcome) for outcome in failure.outcomes])
            for failure in result.failures
        ]
        for result in results
        if not result.passed
    } == {}


def instead(step: str = "", clause: str = "", later: str = "") -> str:
    """A rule whose exception names a day of its own, each part with grounds of its own."""
    return (
        f'{LAW} rule visits cite si "1" during placement must visit visit before referral '
        f'cite si "2" unconfirmed "the duty" {step}, unless adopted then within 10 days of '
        f'referral cite si "3" unconfirmed "the exception" {clause} {later}'
    )


# Ten days from 10 March end on 20 March, from 10 April on 20 April.
ADOPTED = (
    "placement from 1 January 2015 adopted from 1 January 2015 "
    "referral on 10 March 2015 referral on 10 April 2015 as at 1 May 2015"
)
SPRING = "in force from 1 April 2015"
WINTER = "in force from 1 January 2015 until 31 March 2015"


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        pytest.param(
            instead(),
            [
                "2015-03-10: exempt",
                "2015-04-10: exempt",
                "2015-03-10: overdue due 2015-03-20 by 42",
                "2015-04-10: overdue due 2015-04-20 by 11",
            ],
            id="always",
        ),
        pytest.param(
            instead(clause=SPRING),
            [
                "2015-03-10: not met due 2015-03-10 by 1",
                "2015-04-10: exempt",
                "2015-04-10: overdue due 2015-04-20 by 11",
            ],
            id="from a day on",
        ),
        pytest.param(
            instead(step=SPRING, clause=WINTER),
            ["2015-04-10: not met due 2015-04-10 by 1"],
            id="never on a day on which the duty is in force",
        ),
        pytest.param(
            instead(later=f", unless adopted {WINTER}"),
            [
                "2015-03-10: exempt",
                "2015-04-10: exempt",
                "2015-04-10: overdue due 2015-04-20 by 11",
            ],
            id="till then a later exception wins",
        ),
    ],
)
def test_an_exception_with_a_day_of_its_own_keeps_to_its_own_dates(
    story: Callable[[str, str], list[str]], rules: str, lines: list[str]
) -> None:
    assert story(rules, ADOPTED) == lines


def test_an_exception_with_a_day_of_its_own_rests_on_its_own_grounds(
    engine: Callable[..., Engine], cells: Callable[..., RawTable]
) -> None:
    rows = engine(instead()).rows(
        date(2015, 5, 1),
        cells("placement", "id person_id start end", "p 7 2015-01-01 -"),
        cells("adopted", "id person_id start end", "a 7 2015-01-01 -"),
        cells("referral", "id person_id date", "r 7 2015-04-10"),
    )
    assert [(row["verdict"], row["citation"], row["reason"].split("; ")[1:]) for row in rows] == [
        (
            "exempt",
            "A statutory instrument, 1; A statutory instrument, 2",
            ["not confirmed: the duty", "not confirmed: the exception"],
        ),
        (
            "overdue",
            "A statutory instrument, 1; A statutory instrument, 3",
            ["not confirmed: the exception"],
        ),
    ]
