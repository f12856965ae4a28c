"""``duly facts``: what to record, empty files for it, and whether a folder can be read."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

Duly = Callable[..., Any]


def fill(path: Path, **cells: str) -> None:
    """Add a row to a file, by the names of its columns."""
    heading = path.read_text(encoding="utf-8").splitlines()[0].split(",")
    assert set(cells) <= set(heading)
    with path.open("a", encoding="utf-8") as file:
        file.write(",".join(cells.get(name, "") for name in heading) + "\n")


def test_a_template_that_is_filled_in_can_be_run(duly: Duly, desk: Path) -> None:
    ended = duly("facts", "template", "mine", "--pack", "city")
    assert (ended.code, ended.out) == (
        0,
        "wrote 7 files to mine; README.txt says how to fill them in\n",
    )
    mine = desk / "mine"
    fill(mine / "child.csv", person_id="0042", born="03/05/2012")
    fill(mine / "placement.csv", person_id="0042", start="01/03/2024")
    fill(mine / "visit.csv", person_id="0042", date="05/03/2024", seen="Yes")
    for kind in ("placement", "visit", "review", "agreed"):
        fill(mine / "coverage.csv", kind=kind, what="events")
    words = ("--pack", "city", "--facts", "csv:mine", "--as-at", "2024-04-20")
    explained = duly("explain", *words, "--subject", "0042", "--rule", "law.visits")
    assert duly("run", *words).code == 0
    assert "  * overdue, 4 days\n" in explained.out


def test_a_template_as_it_was_written_holds_nobody(duly: Duly) -> None:
    duly("facts", "template", "mine", "--pack", "city")
    ended = duly("run", "--pack", "city", "--facts", "csv:mine", "--as-at", "2024-04-20")
    assert (ended.code, ended.out.splitlines()[-1]) == (
        3,
        "nothing was checked: no rule applied to anyone",
    )


def test_what_can_be_recorded_is_described(duly: Duly) -> None:
    described = duly("facts", "describe", "--pack", "city").out.split("\n\n")
    assert [each.splitlines()[0] for each in described if each] == [
        "child.csv  A child",
        "placement.csv  A placement",
        "visit.csv  A visit",
        "review.csv  A review",
        "agreed.csv  Fewer visits are agreed",
        "how cells are written",
    ]


def test_what_is_described_says_where_a_case_system_has_it(duly: Duly) -> None:
    lines = duly("facts", "describe", "--pack", "city").out.splitlines()
    seen, recorded = (
        next(line.split(None, 1)[1] for line in lines if line.startswith(f"  {name}"))
        for name in ("seen", "recorded_on")
    )
    assert seen == "yes/no: seen; from ssd"
    assert recorded == "date: the day on which it was done: record"


def test_facts_that_can_all_be_used(duly: Duly) -> None:
    ended = duly("facts", "check", "csv:facts", "--pack", "city")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "10 rows in = 10 used + 0 quarantined")


def test_rows_in_quarantine_are_findings(duly: Duly, desk: Path) -> None:
    with (desk / "facts/visit.csv").open("a", encoding="utf-8") as file:
        file.write("v9,7,31/02/2024,yes,\n")
    ended = duly("facts", "check", "csv:facts", "--pack", "city")
    assert (ended.code, ended.out.splitlines()[-2:]) == (
        1,
        [
            "visit.csv, row 6, date `31/02/2024`: not a date (write 31/01/2024 or 2024-01-31)",
            "11 rows in = 10 used + 1 quarantined",
        ],
    )


def test_facts_without_a_row_are_no_pass(duly: Duly) -> None:
    duly("facts", "template", "mine", "--pack", "city")
    ended = duly("facts", "check", "csv:mine", "--pack", "city")
    assert (ended.code, ended.out.splitlines()[-2:]) == (
        3,
        ["0 rows in = 0 used + 0 quarantined", "nothing was checked: no rows"],
    )


def test_facts_that_are_converted_come_to_the_same(duly: Duly, desk: Path) -> None:
    ended = duly("facts", "convert", "csv:facts", "quick", "--pack", "city")
    assert (ended.code, ended.out.splitlines()[-1]) == (0, "wrote 10 rows in 6 files to quick")
    found = []
    for source in ("csv:facts", "parquet:quick"):
        words = ("--pack", "city", "--facts", source, "--as-at", "2024-04-20")
        assert duly("run", *words, "--out", "csv:found.csv").code == 0
        with (desk / "found.csv").open(encoding="utf-8") as file:
            found.append([row | {"source_ref": ""} for row in csv.DictReader(file)])
    assert found[0]
    assert found[1] == found[0]


def test_a_folder_that_holds_something_is_not_written_over(duly: Duly, desk: Path) -> None:
    ended = duly("facts", "convert", "csv:facts", "facts", "--pack", "city")
    assert ended.code == 2
    assert "name an empty folder" in ended.err


def test_what_was_not_converted_is_a_finding(duly: Duly, desk: Path) -> None:
    with (desk / "facts/visit.csv").open("a", encoding="utf-8") as file:
        file.write("v9,7,2024-03-31,yes,,and more\n")
    ended = duly("facts", "convert", "csv:facts", "quick", "--pack", "city")
    assert ended.code == 1
    assert "not written: visit.csv, row 6" in ended.out


def test_bytes_that_are_no_text_are_findings(duly: Duly, desk: Path) -> None:
    duly("facts", "convert", "csv:facts", "quick", "--pack", "city")
    path = desk / "quick/visit.parquet"
    rows = pq.read_table(path)
    place = rows.column_names.index("date")
    days = pa.array([b"caf\xe9", *(day.encode() for day in rows.column("date").to_pylist()[1:])])
    pq.write_table(rows.set_column(place, "date", days), path)
    ended = duly("facts", "check", "parquet:quick", "--pack", "city")
    told = r"visit.parquet, row 1, date `caf\xe9`: not a date (write 31/01/2024 or 2024-01-31)"
    assert (ended.code, told in ended.out.splitlines()) == (1, True)
    assert ended.out.splitlines()[-1] == "10 rows in = 9 used + 1 quarantined"


def test_an_invented_caseload_can_be_run(duly: Duly) -> None:
    made = duly("facts", "sample", "invented", "--children", "20", "--seed", "3")
    assert made.out.startswith("invented 20 children, ")
    ended = duly("run", "--pack", "stoke", "--facts", "csv:invented", "--as-at", "2026-03-31")
    assert ended.code == 0
    assert " + 0 quarantined\n" in ended.out


def test_the_demonstration_writes_its_list_and_its_report(duly: Duly, desk: Path) -> None:
    ended = duly("demo", "--children", "10", "--folder", "show")
    assert ended.code == 0
    assert (desk / "show/obligations.csv").is_file()
    assert (desk / "show/report.html").is_file()
