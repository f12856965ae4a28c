"""``calendar.csv``: the stretches of days that an authority sets, and what becomes of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from attrs import asdict

from duly.dsl.policy import Calendar, Kind
from duly.engine.raw import FactsError, Quarantined
from duly.engine.reading import build
from duly.plugins.sources.csv_folder import read
from duly.plugins.sources.template import write_template

Write = Callable[..., Path]
Kinds = Mapping[str, Kind]

CHILDREN = "person_id,born\n1,2012-05-03\n"
AUTUMN = (date(2024, 9, 4), date(2024, 12, 20))
SPRING = (date(2025, 1, 6), date(2025, 4, 4))


def test_a_folder_may_hold_the_stretches_of_calendars(folder: Write, kinds: Kinds) -> None:
    calendar = "Calendar,Start,End\nTerm,04/09/2024,20/12/2024\nterm,2025-01-06,2025-04-04\n"
    facts = read(str(folder(child=CHILDREN, calendar=calendar)), kinds)
    assert facts.calendars == {"term": [AUTUMN, SPRING]}
    assert facts.notes == ()


def test_a_row_without_a_stretch_is_put_aside(folder: Write, kinds: Kinds) -> None:
    rows = (
        "term,2024-09-04,2024-12-20",
        ",2025-01-06,2025-04-04",
        "term,2025-13-06,2025-04-04",
        "term,2025-01-06,",
        "term,2025-04-04,2025-01-06",
        "term,2025-04-28,2025-04-28",
    )
    calendar = "\n".join(("calendar,start,end", *rows, ""))
    facts = read(str(folder(child=CHILDREN, calendar=calendar)), kinds)
    not_a_date = "not a date (write 31/01/2024 or 2024-01-31)"
    assert facts.calendars == {"term": [AUTUMN, (date(2025, 4, 28), date(2025, 4, 28))]}
    assert facts.quarantine == (
        Quarantined("calendar.csv", 3, "calendar", "", "the calendar is blank"),
        Quarantined("calendar.csv", 4, "start", "2025-13-06", not_a_date),
        Quarantined("calendar.csv", 5, "end", "", not_a_date),
        Quarantined("calendar.csv", 6, "end", "2025-01-06", "the end is before the start"),
    )


def test_a_column_that_is_missing(folder: Write, kinds: Kinds) -> None:
    place = folder(child=CHILDREN, calendar="calendar,start\nterm,2024-09-04\n")
    with pytest.raises(FactsError) as raised:
        read(str(place), kinds)
    assert asdict(raised.value) == {
        "what": "`calendar.csv` has no column `end`",
        "where": f"{place / 'calendar.csv'}:1",
        "why": "a stretch of days means nothing without it: it says its last day, still inside",
        "help": "its columns are `calendar`, `start` and `end`",
    }


def test_stretches_of_several_sources_are_one_calendar(
    tmp_path: Path, folder: Write, kinds: Kinds
) -> None:
    here = read(str(folder(child=CHILDREN, calendar=stretches(SPRING, AUTUMN))), kinds)
    (tmp_path / "there").mkdir()
    there = tmp_path / "there"
    (there / "child.csv").write_text(CHILDREN)
    (there / "calendar.csv").write_text(stretches(AUTUMN))
    facts = build([here, read(str(there), kinds)], kinds)
    first, last = facts.calendars["term"]
    assert len(first) == len(last) == 2
    assert (last - first).tolist() == [(day[1] - day[0]).days for day in (AUTUMN, SPRING)]


def stretches(*days: tuple[date, date]) -> str:
    rows = [f"term,{first.isoformat()},{last.isoformat()}" for first, last in days]
    return "\n".join(("calendar,start,end", *rows, ""))


def test_a_template_holds_the_calendars_that_the_authority_sets(
    tmp_path: Path, kinds: Kinds
) -> None:
    calendars = {"summer": Calendar("summer", "", (1, 6), (31, 8)), "term": Calendar("term")}
    written = write_template(tmp_path, kinds, calendars)
    assert (tmp_path / "calendar.csv").read_text() == "calendar,start,end\n"
    assert (
        "calendar.csv  Stretches of days that the authority sets\n"
        "  calendar  which calendar the stretch is of (one of term, needed)\n"
        "  start     its first day (date, needed)\n"
        "  end       its last day, still inside (date, needed)\n"
    ) in written[-1].read_text()


def test_a_template_without_such_calendars_has_no_file_for_them(
    tmp_path: Path, kinds: Kinds
) -> None:
    write_template(tmp_path, kinds, {"summer": Calendar("summer", "", (1, 6), (31, 8))})
    assert not (tmp_path / "calendar.csv").exists()
