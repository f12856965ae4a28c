"""Cells into facts: what is read, what is put aside, and what is known of each day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from duly.dsl.policy import Policy
from duly.engine.days import FAR, MISSING, date_of, day_of
from duly.engine.facts import Facts, cut
from duly.engine.raw import Cell, Coverage, Quarantined, RawFacts, RawTable
from duly.engine.reading import build

WORDS = """
pack law "The law"
subject child plural children has allocated yes/no
period placement has type one of (foster, parents)
event visit of placement
  has seen yes/no has kind one of (cla, cp) has about text has booked date
  milestone recorded_on by record
"""

Cells = Callable[..., RawTable]


@pytest.fixture
def words(policy: Callable[..., Policy]) -> Policy:
    return policy(WORDS)


Read = Callable[..., Facts]


@pytest.fixture
def read(words: Policy) -> Read:
    """The facts of these tables, as an extract of 31 March 2024."""

    def facts(*tables: RawTable, coverage: Sequence[Coverage] = ()) -> Facts:
        raw = RawFacts(tables, tuple(coverage), extracted=date(2024, 3, 31))
        return build([raw], words.kinds)

    return facts


def column(kind: str, name: str, *cells: Cell) -> RawTable:
    """A table with one column that matters."""
    rows = range(2, len(cells) + 2)
    columns: dict[str, Sequence[Cell]] = {
        "person_id": ["7"] * len(cells),
        "id": [f"v{row}" for row in rows],
        "date": ["2024-03-01"] * len(cells),
    }
    return RawTable(kind, f"{kind}.csv", rows, columns | {name: list(cells)})


# ------------------------------------------------------------------------------- reading


@pytest.mark.parametrize("cell", ["yes", "Yes", "Y", "TRUE", "t", "1", " yes ", "a) Yes"])
def test_yes(read: Read, cell: str) -> None:
    facts = read(column("visit", "seen", cell))
    assert facts.tables["visit"].columns["seen"].values.tolist() == [1]


@pytest.mark.parametrize("cell", ["no", "No", "N", "FALSE", "f", "0", "b) No"])
def test_no(read: Read, cell: str) -> None:
    facts = read(column("visit", "seen", cell))
    assert facts.tables["visit"].columns["seen"].values.tolist() == [0]


@pytest.mark.parametrize("cell", ["", " ", None, "NULL", "NA", "n/a", "None", "nan", "-", "U"])
def test_not_known(read: Read, cell: Cell) -> None:
    facts = read(column("visit", "seen", cell))
    assert facts.tables["visit"].columns["seen"].values.tolist() == [2]


DATES = {
    "2024-03-09": date(2024, 3, 9),
    "2024-3-9": date(2024, 3, 9),
    "09/03/2024": date(2024, 3, 9),
    "9/3/2024": date(2024, 3, 9),
    "09.03.2024": date(2024, 3, 9),
    " 09/03/2024 ": date(2024, 3, 9),
    "2024-03-09T14:30:00": date(2024, 3, 9),
    "2024-03-09 00:00:00.000": date(2024, 3, 9),
    "09/03/2024 14:30": date(2024, 3, 9),
    "29/02/2024": date(2024, 2, 29),
}


@pytest.mark.parametrize("cell", DATES)
def test_a_date(read: Read, cell: str) -> None:
    (start,) = read(column("visit", "date", cell)).tables["visit"].start
    assert date_of(start) == DATES[cell]


BAD_CELLS = {
    ("date", "31/02/2024"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("date", "2023-02-29"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("date", "03/25/2024"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("date", "45352"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("date", "1 March 2024"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("date", "1066-10-14"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("date", "2124-03-01"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("date", ""): "the date is blank",
    ("person_id", " "): "the person is blank",
    ("seen", "maybe"): "not yes, no or blank",
    ("kind", "cin"): "not one of cla, cp",
    ("booked", "soon"): "not a date (write 31/01/2024 or 2024-01-31)",
    ("recorded_on", "soon"): "not a date (write 31/01/2024 or 2024-01-31)",
}


@pytest.mark.parametrize(("name", "cell"), BAD_CELLS)
def test_a_row_that_cannot_be_read_is_put_aside(read: Read, name: str, cell: str) -> None:
    good = {"person_id": "8", "date": "2024-03-02"}.get(name, "")
    facts = read(column("visit", name, good, cell))
    assert facts.quarantine == (Quarantined("visit.csv", 3, name, cell, BAD_CELLS[name, cell]),)
    assert (facts.rows_read, facts.rows_used, len(facts.tables["visit"])) == (2, 1, 1)


def test_a_row_with_two_faults_is_put_aside_once(read: Read, cells: Cells) -> None:
    facts = read(cells("visit", "person_id date seen", "7 soon maybe"))
    assert [each.column for each in facts.quarantine] == ["date"]


def test_a_period_that_ends_before_it_starts_is_put_aside(read: Read, cells: Cells) -> None:
    facts = read(
        cells(
            "placement",
            "person_id start end",
            "7 2024-03-02 2024-03-01",
            "7 2024-03-02 2024-03-02",
            "7 - 2024-03-01",
        )
    )
    assert facts.quarantine == (
        Quarantined("placement.csv", 2, "end", "2024-03-01", "the end is before the start"),
    )
    assert facts.tables["placement"].start.tolist() == [MISSING, day_of(date(2024, 3, 2))]


def test_of_rows_with_one_id_the_last_is_used(read: Read, cells: Cells) -> None:
    facts = read(
        cells("visit", "id person_id date", "v1 7 2024-03-01", "v2 7 2024-03-02", "v1 7 2024-03-03")
    )
    assert facts.quarantine == (
        Quarantined("visit.csv", 2, "id", "v1", "a later row has the same id"),
    )
    assert facts.tables["visit"].row.tolist() == [3, 4]


def test_rows_of_two_children_may_have_one_id(read: Read, cells: Cells) -> None:
    """Each child's visit belongs to its own placement, and what is known of one child never
    hangs on who else is in the extract.
    """
    facts = read(
        cells("child", "person_id", "7", "8"),
        cells("placement", "id person_id start end", "p 7 2024-01-01 -", "p 8 2024-01-01 -"),
        cells("visit", "id person_id date placement_id", "v 7 2024-02-01 p", "v 8 2024-02-01 p"),
    )
    assert facts.quarantine == ()
    assert facts.tables["visit"].parent.tolist() == [0, 1]
    assert facts.counted == ()


@pytest.mark.parametrize(
    ("listed", "note"),
    [
        (["7", "8"], []),
        (["7"], ["1 child has no row in `child`: what stands there is not known of them"]),
        ([], ["2 children have no row in `child`: what stands there is not known of them"]),
    ],
)
def test_children_whom_only_their_records_name_are_counted(
    read: Read, cells: Cells, listed: Sequence[str], note: Sequence[str]
) -> None:
    placed = cells("placement", "person_id start end", "7 2024-01-01 -", "8 2024-01-01 -")
    covered = [Coverage("placement", "events")]
    facts = read(
        *([cells("child", "person_id", *listed)] if listed else []), placed, coverage=covered
    )
    assert (facts.subjects.tolist(), list(facts.notes)) == (["7", "8"], note)


def test_a_person_who_stands_twice_is_used_once(read: Read, cells: Cells) -> None:
    facts = read(cells("child", "person_id born", "7 2012-05-03", "7 2012-05-04"))
    assert facts.quarantine == (
        Quarantined("child.csv", 3, "person_id", "7", "the same person stands in an earlier row"),
    )
    assert [date_of(born) for born in facts.born] == [date(2012, 5, 3)]


def test_ids_are_text(read: Read, cells: Cells) -> None:
    facts = read(cells("visit", "id person_id date", "01 0042 2024-03-01", "1 42 2024-03-01"))
    assert facts.subjects.tolist() == ["0042", "42"]
    assert facts.tables["visit"].ids.tolist() == ["01", "1"]


def test_a_row_without_an_id_is_named_after_its_place(read: Read, cells: Cells) -> None:
    facts = read(cells("visit", "id person_id date", "- 7 2024-03-01", "v1 7 2024-03-02"))
    assert facts.tables["visit"].ids.tolist() == ["visit-2", "v1"]


def test_a_column_that_the_source_lacks_is_unknown_and_not_supplied(
    read: Read, cells: Cells
) -> None:
    visits = read(cells("visit", "person_id date seen", "7 2024-03-01 -")).tables["visit"]
    seen, kind = visits.columns["seen"], visits.columns["kind"]
    assert (seen.values.tolist(), seen.supplied) == ([2], True)
    assert (kind.values.tolist(), kind.supplied) == ([-1], False)


def test_the_order_of_rows_means_nothing(read: Read, cells: Cells) -> None:
    rows = ["b 7 2024-03-01 yes", "a 7 2024-03-01 no", "c 1 2024-03-09 -", "d 7 2024-02-01 yes"]
    for order in (rows, rows[::-1]):
        visits = read(cells("visit", "id person_id date seen", *order)).tables["visit"]
        assert visits.ids.tolist() == ["c", "d", "a", "b"]
        assert visits.columns["seen"].values.tolist() == [2, 1, 0, 1]


def test_two_sources_are_one_caseload(words: Policy, cells: Cells) -> None:
    first = cells("visit", "person_id date about", "7 2024-03-02 school")
    second = cells("visit", "person_id date about", "7 2024-03-01 home")
    visits = build([RawFacts((first,)), RawFacts((second,))], words.kinds).tables["visit"]
    about = visits.columns["about"]
    assert [about.categories[code] for code in about.values] == ["home", "school"]
    assert visits.ids.tolist() == ["visit-2.2", "visit-1.2"]


# --------------------------------------------------------------------------------- links

PLACEMENTS = ("id person_id start end", "p1 7 2024-01-01 2024-03-01", "p2 7 2024-03-01 -")


def parents(facts: Facts) -> list[str]:
    """The placement of each visit, as at the day of the extract."""
    facts = cut(facts, date(2024, 3, 31))
    visits, placements = facts.tables["visit"], facts.tables["placement"]
    return [placements.ids[row] if row >= 0 else "none" for row in visits.parent]


def test_a_row_belongs_to_the_period_running_on_its_day(read: Read, cells: Cells) -> None:
    days = ("2023-12-31", "2024-01-01", "2024-02-29", "2024-03-01")
    visits = cells("visit", "person_id date", *(f"7 {each}" for each in days))
    facts = read(cells("placement", *PLACEMENTS), visits)
    assert parents(facts) == ["none", "p1", "p1", "p2"]


def test_a_row_belongs_to_the_period_that_it_names(read: Read, cells: Cells) -> None:
    visits = cells(
        "visit",
        "person_id date placement_id",
        "7 2024-02-01 p2",
        "7 2024-02-02 -",
        "7 2024-02-03 p9",
    )
    facts = read(cells("child", "person_id", "7"), cells("placement", *PLACEMENTS), visits)
    assert parents(facts) == ["p2", "p1", "p1"]
    assert facts.notes[-1] == (
        "1 row of `visit` names a placement that is not among the same person's: "
        "taken to belong to the one running on its day"
    )


def test_a_row_never_belongs_to_another_child_by_its_date(read: Read, cells: Cells) -> None:
    visits = cells("visit", "person_id date", "8 2024-02-01")
    assert parents(read(cells("placement", *PLACEMENTS), visits)) == ["none"]


# ------------------------------------------------------------------------------ coverage


def known(facts: Facts, kind: str = "visit") -> list[str]:
    """From when each child's rows are known, and until when those of all are."""
    table = facts.tables[kind]
    last = "open" if table.covered_to == FAR else str(date_of(table.covered_to))
    first = ["never" if day == FAR else str(date_of(day)) for day in table.covered_from]
    return [*first, last]


CHILDREN = ("person_id", "7", "8")
VISITS = ("person_id date", "7 2024-02-01", "7 2024-03-01", "8 2024-02-20")


@pytest.mark.parametrize(
    ("coverage", "expected"),
    [
        (Coverage("visit", "events"), ["1900-01-01", "1900-01-01", "2024-03-31"]),
        (
            Coverage("visit", "events", date(2023, 4, 1), date(2024, 3, 1)),
            ["2023-04-01", "2023-04-01", "2024-03-01"],
        ),
        (Coverage("visit", "latest_only"), ["2024-03-01", "2024-02-20", "2024-03-31"]),
        (Coverage("visit", "flags"), ["2024-03-31", "2024-03-31", "2024-03-31"]),
        (Coverage("visit", "absent"), ["never", "never", "open"]),
    ],
    ids=lambda each: each.what if isinstance(each, Coverage) else "",
)
def test_coverage_that_is_stated(
    read: Read, cells: Cells, coverage: Coverage, expected: list[str]
) -> None:
    facts = read(cells("child", *CHILDREN), cells("visit", *VISITS), coverage=[coverage])
    assert (known(facts), facts.notes) == (expected, ())


def test_coverage_that_is_not_stated_is_assumed_and_told(read: Read, cells: Cells) -> None:
    facts = read(cells("child", *CHILDREN), cells("visit", *VISITS))
    assert known(facts) == ["2024-02-01", "2024-02-01", "2024-03-31"]
    assert facts.notes == (
        "coverage of `visit` is not stated: taken as complete from 1 February 2024 "
        "to 31 March 2024",
    )


def test_what_no_source_holds_is_absent(read: Read, cells: Cells) -> None:
    facts = read(cells("visit", *VISITS))
    assert facts.tables["placement"].coverage == "absent"
    assert known(facts, "placement")[:-1] == ["never", "never"]


# --------------------------------------------------------------------- as at and known at


def test_what_happens_after_the_day_asked_about_is_left_out(read: Read, cells: Cells) -> None:
    facts = read(
        cells("visit", "person_id date recorded_on", "7 2024-03-01 2024-03-04", "7 2024-03-03 -"),
        cells("placement", "person_id start end", "7 2024-01-01 2024-03-03"),
    )
    then = cut(facts, date(2024, 3, 2))
    assert [date_of(day) for day in then.tables["visit"].start] == [date(2024, 3, 1)]
    assert then.tables["visit"].columns["recorded_on"].values.tolist() == [MISSING]
    assert then.tables["placement"].end.tolist() == [FAR]


def test_what_was_recorded_later_was_not_known(read: Read, cells: Cells) -> None:
    visits = cells(
        "visit",
        "id person_id date recorded_on",
        "early 7 2024-03-01 2024-03-02",
        "late 7 2024-03-01 2024-03-09",
        "unstamped 7 2024-03-05 -",
    )
    then = cut(read(visits), date(2024, 3, 31), date(2024, 3, 5))
    assert then.tables["visit"].ids.tolist() == ["early", "unstamped"]
