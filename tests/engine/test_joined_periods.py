"""Rows of a period that touch: one stretch of care, or several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from duly.engine.raw import RawTable

LAW = """
pack law "The law" subject child
period care joined
period placement joined where same_carer has same_carer yes/no
period order
event review verb hold
rule in_care during care hold review within 4 weeks of start
rule in_placement during placement hold review within 4 weeks of start
rule under_order during order hold review within 4 weeks of start
"""

Cells = Callable[..., RawTable]
Starts = Callable[[str, RawTable], list[str]]


@pytest.fixture
def starts(engine: Callable[..., Any]) -> Starts:
    """The days from which a rule's clocks run."""

    def days(rule: str, table: RawTable) -> list[str]:
        rows = engine(LAW).rows(date(2024, 6, 1), table)
        return [row["anchor_date"] for row in rows if row["rule"] == rule]

    return days


TOUCHING = ("person_id start end", "7 2024-01-01 2024-02-01", "7 2024-02-01 -")


def test_rows_that_touch_are_one(starts: Starts, cells: Cells) -> None:
    assert starts("in_care", cells("care", *TOUCHING)) == ["2024-01-01"]


def test_rows_that_are_not_joined_each_start_again(starts: Starts, cells: Cells) -> None:
    assert starts("under_order", cells("order", *TOUCHING)) == ["2024-01-01", "2024-02-01"]


def test_a_day_between_them_parts_them(starts: Starts, cells: Cells) -> None:
    apart = ("person_id start end", "7 2024-01-01 2024-01-31", "7 2024-02-01 -")
    assert starts("in_care", cells("care", *apart)) == ["2024-01-01", "2024-02-01"]


def test_rows_of_two_children_are_never_joined(starts: Starts, cells: Cells) -> None:
    apart = ("person_id start end", "7 2024-01-01 2024-02-01", "8 2024-02-01 -")
    assert starts("in_care", cells("care", *apart)) == ["2024-01-01", "2024-02-01"]


@pytest.mark.parametrize(
    ("continues", "expected"),
    [("yes", ["2024-01-01"]), ("no", ["2024-01-01", "2024-02-01"])],
)
def test_rows_may_be_joined_only_where_the_later_says_so(
    starts: Starts, cells: Cells, continues: str, expected: list[str]
) -> None:
    rows = (
        "person_id start end same_carer",
        "7 2024-01-01 2024-02-01 no",
        f"7 2024-02-01 - {continues}",
    )
    assert starts("in_placement", cells("placement", *rows)) == expected
