"""Cells of every type, and times of day: what is read, what is quarantined."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from duly.dsl.policy import Policy
from duly.engine.days import date_of, read_moment
from duly.engine.facts import Facts
from duly.engine.raw import RawFacts, RawTable
from duly.engine.reading import build

VOCABULARY = """
pack law "The law"
subject child "A child"
role police "The police"
period order "An order"
event meeting "A meeting"
  has words number
  has interval duration
  has attendees list of role
  has invited datetime
  milestone recorded_on by record
"""


@pytest.fixture
def read(policy: Callable[..., Policy]) -> Callable[..., Facts]:
    """Facts from tables."""
    kinds = policy(VOCABULARY).kinds
    return lambda *tables: build([RawFacts(tables)], kinds)


def meetings(**columns: Sequence[str]) -> RawTable:
    count = len(next(iter(columns.values())))
    known = {"person_id": ["1"] * count, "date": ["2024-03-01"] * count, **columns}
    return RawTable("meeting", "meeting.csv", range(2, count + 2), dict(known))


def held(facts: Facts, column: str) -> list[str | None]:
    found = facts.tables["meeting"].columns[column]
    return [found.categories[code] if code >= 0 else None for code in found.values.tolist()]


def refused(facts: Facts) -> list[tuple[str, str, str]]:
    return [(row.column, row.value, row.reason) for row in facts.quarantine]


@pytest.mark.parametrize(
    ("text", "day", "minute"),
    [
        ("2024-03-01", "2024-03-01", None),
        ("2024-03-01T14:30", "2024-03-01", (14, 30)),
        ("2024-03-01 14:30:59", "2024-03-01", (14, 30)),
        ("01/03/2024 14:30", "2024-03-01", (14, 30)),
        ("2024-03-01 00:00:00", "2024-03-01", None),
        ("2024-03-01 00:01", "2024-03-01", (0, 1)),
        ("2024-07-01T22:30Z", "2024-07-01", (23, 30)),
        ("2024-07-01T23:30Z", "2024-07-02", (0, 30)),
        ("2024-07-01T23:00:00Z", "2024-07-02", None),
        ("2024-07-01T00:00:00Z", "2024-07-01", None),
    ],
)
def test_a_date_may_have_its_time(text: str, day: str, minute: tuple[int, int] | None) -> None:
    """Midnight sharp is what systems write for no time; Z is Greenwich Mean Time."""
    number, found = read_moment(text)
    assert date_of(number).isoformat() == day
    assert found == (-1 if minute is None else minute[0] * 60 + minute[1])


@pytest.mark.parametrize("text", ["2024-03-01 24:30", "2024-03-01 14:60", "2024-03-01 at noon"])
def test_a_time_that_cannot_be_is_quarantined(read: Callable[..., Facts], text: str) -> None:
    facts = read(meetings(date=[text]))
    assert refused(facts) == [
        ("date", text, "not a date (write 31/01/2024 or 2024-01-31)"),
    ]


def test_times_stay_with_their_rows(read: Callable[..., Facts]) -> None:
    """Rows of two files are put in order of day, then time; each keeps its own."""
    first = meetings(
        id=["c", "b"],
        date=["2024-03-02", "2024-03-01 16:00"],
        recorded_on=["2024-03-04 09:15", ""],
    )
    second = meetings(id=["a", "d"], date=["2024-03-02 08:00", "2024-02-01"])
    table = read(first, second).tables["meeting"]
    assert table.ids.tolist() == ["d", "b", "a", "c"]
    assert table.times["start"].tolist() == [-1, 16 * 60, 8 * 60, -1]
    assert table.times["recorded_on"].tolist() == [-1, -1, -1, 9 * 60 + 15]


def test_minutes_are_kept_only_where_a_source_has_times(read: Callable[..., Facts]) -> None:
    orders = RawTable(
        "order",
        "order.csv",
        [2],
        {"person_id": ["1"], "start": ["2024-03-01 00:00"], "end": ["2024-03-05 10:00"]},
    )
    facts = read(orders, meetings(date=["2024-03-01"]))
    assert facts.tables["meeting"].times == {}
    assert list(facts.tables["order"].times) == ["end"]


def test_a_number_is_a_whole_number(read: Callable[..., Facts]) -> None:
    facts = read(meetings(words=["120", " 007 ", "12.0", "", "12.5", "about 12"]))
    assert held(facts, "words") == ["120", "7", "12", None]
    assert refused(facts) == [
        ("words", "12.5", "not a whole number"),
        ("words", "about 12", "not a whole number"),
    ]


def test_a_length_of_time_is_written_as_in_a_rule(read: Callable[..., Facts]) -> None:
    cells = [
        "6 weeks",
        "1 Week",
        "20 working  days",
        "1 quarter",
        "",
        "6",
        "6 fortnights",
        "0 days",
    ]
    facts = read(meetings(interval=cells))
    assert held(facts, "interval") == ["6 weeks", "1 week", "20 working days", "3 months", None]
    reason = "not a length of time (write 6 weeks or 20 working days)"
    assert refused(facts) == [("interval", cell, reason) for cell in cells[5:]]


def test_a_list_of_roles_is_split(read: Callable[..., Facts]) -> None:
    facts = read(meetings(attendees=["police;health", " police , health ", ""]))
    assert held(facts, "attendees") == ["police; health", "police; health", None]
    assert refused(facts) == []
