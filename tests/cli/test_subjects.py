"""Children and workers in one folder: templates, checks, runs, explanations and the report."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]

STAFF = """
subject worker "A social worker" plural workers
period employment "Time employed" of worker joined
event supervision "Supervision of a worker" of employment verb hold

rule supervision "Supervision"
  cite standards "section 9"
  must hold supervision every month

scenario "supervised in time"
  employment from 1 March 2024
  supervision on 1 April 2024
  as at 2 April 2024
  expect supervision met on 1 April 2024 due 1 April 2024
"""
FACTS = {
    "worker": "worker_id,born\n0042,\nS-1,01/05/1980\n",
    "employment": "id,worker_id,start,end\ne1,0042,01/01/2024,\ne2,S-1,01/04/2024,\n",
    "supervision": "id,worker_id,date\ns1,0042,10/02/2024\ns2,0042,01/03/2024\ns3,,01/03/2024\n",
}
WORDS = ("--pack", "city", "--facts", "csv:facts", "--as-at", "2024-04-20")


@pytest.fixture
def office(duly: Duly, desk: Path) -> Duly:
    """The command, where the city has a standard about its workers and a record of them."""
    (desk / "city/staff.duly").write_text(STAFF, encoding="utf-8")
    for kind, text in FACTS.items():
        (desk / f"facts/{kind}.csv").write_text(text, encoding="utf-8")
    with (desk / "facts/coverage.csv").open("a", encoding="utf-8") as file:
        file.write("employment,events,,\nsupervision,events,,\n")
    return duly


def rows(path: str) -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_children_and_workers_are_run_together(duly: Duly, office: Duly) -> None:
    ended = office("run", *WORDS, "--out", "csv:out.csv")
    assert ended.code == 0
    found = rows("out.csv")
    about_workers = [row for row in found if row["subject_id"].startswith("worker:")]
    assert [(r["subject_id"], r["rule"], r["deadline"], r["verdict"]) for r in about_workers] == [
        ("worker:0042", "supervision", "2024-02-01", "met_late"),
        ("worker:0042", "supervision", "2024-03-10", "met"),
        ("worker:0042", "supervision", "2024-04-01", "overdue"),
        ("worker:S-1", "supervision", "2024-05-01", "due"),
    ]
    assert {row["rule"] for row in found if row["subject_id"] == "0042"} == {
        *("visits", "first_review")
    }
    assert "supervision.csv, row 4, worker_id ``: the worker is blank" in ended.out
    assert "17 rows in = 16 used + 1 quarantined" in ended.out


def test_what_concerns_children_is_the_same_beside_workers(
    duly: Duly, desk: Path, office: Duly
) -> None:
    office("run", *WORDS, "--out", "csv:with.csv")
    (desk / "city/staff.duly").unlink()
    duly("run", *WORDS, "--out", "csv:without.csv")
    both = [row for row in rows("with.csv") if not row["subject_id"].startswith("worker:")]
    assert both == rows("without.csv")


def test_a_worker_is_explained_under_its_own_id(office: Duly) -> None:
    told = office("explain", *WORDS, "--subject", "worker:0042")
    assert told.code == 0
    assert told.out.startswith("worker:0042 as at 20 April 2024\n")
    assert "city.supervision: Supervision" in told.out
    assert "visits" not in told.out
    assert "  * overdue, 19 days\n" in told.out
    child = office("explain", *WORDS, "--subject", "0042")
    assert "supervision" not in child.out
    assert "law.visits" in child.out


def test_an_id_without_its_subject_is_guessed(office: Duly) -> None:
    told = office("explain", *WORDS, "--subject", "S-1")
    assert told.code == 2
    assert "there is no child `S-1` in the facts; did you mean `worker:S-1`?" in told.err


def test_the_report_and_json_tell_them_apart(office: Duly) -> None:
    assert office("run", *WORDS, "--out", "html:out.html", "--out", "json:out.json").code == 0
    page = Path("out.html").read_text(encoding="utf-8")
    assert "worker:0042: days overdue" in page
    assert "Those concerned" in page
    assert ">Children<" not in page
    assert '"subject_id": "worker:0042"' in Path("out.json").read_text(encoding="utf-8")


def test_a_template_has_a_file_for_each_and_can_be_read(office: Duly, desk: Path) -> None:
    assert office("facts", "template", "mine", "--pack", "city").code == 0
    headings = {
        path.stem: path.read_text(encoding="utf-8").strip()
        for path in (desk / "mine").glob("*.csv")
    }
    assert headings["worker"] == "worker_id,born"
    assert headings["supervision"] == "id,worker_id,employment_id,date"
    assert headings["visit"].startswith("id,person_id,")
    readme = (desk / "mine/README.txt").read_text(encoding="utf-8")
    assert "who the worker is, in every file about a worker" in readme
    described = office("facts", "describe", "--pack", "city")
    assert "worker.csv  A social worker\n" in described.out


def test_a_check_counts_each(office: Duly) -> None:
    ended = office("facts", "check", "csv:facts", "--pack", "city")
    assert ended.code == 1  # a row is in quarantine
    assert "2 people\n" in ended.out
    assert "2 workers\n  employment " in ended.out


def test_a_file_that_names_a_person_where_a_worker_is_meant(office: Duly, desk: Path) -> None:
    path = desk / "facts/supervision.csv"
    path.write_text("id,person_id,date\ns1,0042,10/02/2024\n", encoding="utf-8")
    ended = office("run", *WORDS)
    assert ended.code == 2
    assert "`supervision.csv` has no column `worker_id`" in ended.err


def test_scenarios_and_slips_about_workers_are_tried(office: Duly) -> None:
    ended = office("test", "city", "--rule", "city.supervision", "--coverage", "--mutants")
    assert "city: 1 passed, 0 failed\n" in ended.out
    assert "scenarios reach 1 of 1 step (1 of 1 met, 0 of 1 missed)" in ended.out
    assert "0 equivalent left out" in ended.out
