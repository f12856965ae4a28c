"""What a pack adds to a kind of the pack below: its own rules use it, those below do not notice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.parser import parse_text
from duly.dsl.resolve import PackText, resolve
from duly.engine.raw import RawTable

LAW = """
pack law "The law"
subject child
source act "Act"
period placement
event visit of placement plural visits verb visit
  has seen yes/no
  milestone recorded_on by record
define settled as placement
rule visits
  cite act "1"
  during placement
  must visit visit every 6 weeks
"""
CITY = """
pack city "City" over law
source book "Book"
add to visit
  has bedroom_seen yes/no usually yes
  milestone notes_written_on by write_up
  verb attend
add to child has allergic yes/no
rule bedrooms
  cite book "1"
  for each visit
  must have bedroom_seen unless allergic
rule notes
  cite book "2"
  must write_up visit within 2 days
"""
AS_AT = date(2024, 4, 1)

Make = Callable[..., Any]
Cells = Callable[..., RawTable]


def tables(cells: Cells) -> list[RawTable]:
    return [
        cells("child", "person_id born allergic", "7 2012-01-01 no"),
        cells("placement", "id person_id start end", "p 7 2024-01-01 -"),
        cells(
            "visit",
            "id person_id placement_id date seen bedroom_seen notes_written_on",
            "v1 7 p 2024-01-10 yes yes 2024-01-11",
            "v2 7 p 2024-02-10 yes no -",
            "v3 7 p 2024-03-10 yes - 2024-03-20",
        ),
    ]


def test_its_own_rules_use_what_is_added(engine: Make, cells: Cells) -> None:
    found = engine(LAW, CITY).rows(AS_AT, *tables(cells))
    said = [(r["rule"], r["anchor_date"], r["verdict"]) for r in found if r["pack"] == "city"]
    assert said == [
        ("bedrooms", "2024-01-10", "met"),
        ("bedrooms", "2024-02-10", "not_met"),
        ("bedrooms", "2024-03-10", "cannot_tell"),
        ("notes", "2024-01-10", "met"),
        ("notes", "2024-02-10", "overdue"),
        ("notes", "2024-03-10", "met_late"),
    ]


def test_the_rules_below_come_to_the_same(engine: Make, cells: Cells) -> None:
    below = engine(LAW).rows(AS_AT, *tables(cells))
    beside = engine(LAW, CITY).rows(AS_AT, *tables(cells))
    assert below == [row for row in beside if row["pack"] == "law"]


def test_what_is_known_of_a_subject_can_be_added_to_by_several_packs(
    engine: Make, cells: Cells
) -> None:
    ward = (
        'pack ward "Ward" over city source book_of_ward "Book" add to visit has window_open yes/no '
        'rule windows cite book_of_ward "1" for each visit must have window_open or bedroom_seen'
    )
    found = engine(LAW, CITY, ward).rows(AS_AT, *tables(cells))
    said = [row["verdict"] for row in found if row["rule"] == "windows"]
    assert said == ["met", "cannot_tell", "cannot_tell"]


def test_what_a_source_lacks_is_not_known(engine: Make, cells: Cells) -> None:
    child, placement, _ = tables(cells)
    visit = cells("visit", "person_id date seen", "7 2024-01-10 yes")
    found = engine(LAW, CITY).rows(AS_AT, child, placement, visit)
    said = {row["rule"]: row["verdict"] for row in found if row["pack"] == "city"}
    assert said == {"bedrooms": "cannot_tell", "notes": "cannot_tell"}


def mistakes(*packs: str) -> list[str]:
    diagnostics = Diagnostics()
    texts = [
        PackText(str(number), (parse_text(text, str(number), diagnostics),))
        for number, text in enumerate(packs)
    ]
    resolve(texts, diagnostics)
    return [f"{each.code}: {each.title}" for each in diagnostics.errors]


@pytest.mark.parametrize(
    ("lines", "code"),
    {
        "has seen yes/no": "redefined-name",
        "has recorded_on date": "redefined-name",
        "milestone seen by look": "redefined-name",
        "milestone typed_on by record": "redefined-name",
        "verb visit": "redefined-name",
        "verb record": "redefined-name",
        "has settled yes/no": "redefined-name",
        "has placement yes/no": "redefined-name",
        "alias child": "redefined-name",
        "has warm yes/no has warm yes/no": "duplicate-name",
        "of placement": "add-changes-kind",
        "joined": "add-changes-kind",
        "plural calls": "add-changes-kind",
        "counts where seen": "add-changes-kind",
        "scheduled where seen": "add-changes-kind",
    }.items(),
)
def test_nothing_below_is_given_another_meaning(lines: str, code: str) -> None:
    found = mistakes(LAW, f'pack city "City" over law add to visit {lines}')
    assert [each.partition(":")[0] for each in found] == [code]


def test_the_law_cannot_name_what_is_added_above_it() -> None:
    law = LAW + "rule bedrooms for each visit must have bedroom_seen"
    assert mistakes(law, CITY) == ["unknown-name: `bedroom_seen` is no condition known here"]


def test_a_third_pack_may_not_take_the_name_again() -> None:
    again = 'pack ward "Ward" over city add to visit has bedroom_seen yes/no'
    assert mistakes(LAW, CITY, again) == [
        "redefined-name: `bedroom_seen` already means something in pack `city`"
    ]


def test_a_kind_that_is_not_there_and_one_of_its_own() -> None:
    head = 'pack city "City" over law '
    assert mistakes(LAW, head + "add to visitt has warm yes/no") == [
        "unknown-name: `visitt` is no kind known here"
    ]
    assert mistakes(LAW, head + "event walk add to walk has warm yes/no") == [
        "add-to-own-kind: `walk` is declared in this pack"
    ]
