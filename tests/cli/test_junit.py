"""``duly test --junit``: results in the form that build servers read."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

Duly = Callable[..., Any]

FAILING = (
    'scenario "a review too late & a <title>"\n'
    "  placement from 1 March 2024\n"
    "  review on 3 April 2024\n"
    "  as at 20 April 2024\n"
    "  expect law.first_review met\n"
    "  expect no visits\n"
)


def test_suites_cases_and_failures(duly: Duly, desk: Path) -> None:
    (desk / "city/scenarios/more.duly").write_text(FAILING, encoding="utf-8")
    ended = duly("test", "city", "--junit", "report.xml")
    assert ended.code == 1
    assert (desk / "report.xml").read_text(encoding="utf-8") == (
        "<?xml version='1.0' encoding='utf-8'?>\n"
        '<testsuites tests="2" failures="1" errors="0" skipped="0">\n'
        '  <testsuite name="city" tests="2" failures="1" errors="0" skipped="0">\n'
        '    <testcase classname="city.more" name="a review too late &amp; a &lt;title&gt;" '
        'file="scenarios/more.duly" line="1">\n'
        '      <failure message="line 5: expect law.first_review met" type="expectation">'
        "line 5: expect law.first_review met\n"
        "  came out: met late on 3 April 2024 due 2 April 2024 by 1 day"
        "  (hold review within 20 working days of start)\n"
        "    but met was expected, and it is met late\n"
        "    from 1 March 2024: start of placement placement-1 (line 2)\n"
        "         1 March 2024 on: 20 working days\n"
        "         working days, passing over"
        " 29 March 2024 (Good Friday), 1 April 2024 (Easter Monday)\n"
        "    done 3 April 2024 (line 3)\n"
        "    why  within 20 working days of start\n"
        "line 6: expect no visits\n"
        "  came out: overdue due 29 March 2024 by 22 days"
        "  (visit child_in_placement every 4 weeks)\n"
        "    but no such obligation was expected\n"
        "    from 1 March 2024: start of placement placement-1 (line 2)\n"
        "         1 March 2024 on: 4 weeks\n"
        "    why  every 4 weeks</failure>\n"
        "    </testcase>\n"
        '    <testcase classname="city.visits" name="four weeks" file="scenarios/visits.duly"'
        ' line="1" />\n'
        "  </testsuite>\n"
        "</testsuites>"
    )


def test_nothing_tells_whose_machine_it_was(duly: Duly, desk: Path) -> None:
    """A pack that is given by its whole path is named by its own name."""
    (desk / "city/scenarios/more.duly").write_text(FAILING, encoding="utf-8")
    duly("test", str(desk / "city"), "--junit", "report.xml")
    assert str(desk) not in (desk / "report.xml").read_text(encoding="utf-8")


def test_a_character_that_xml_cannot_hold(duly: Duly, desk: Path) -> None:
    text = FAILING.replace("too late", "too\x07late")
    (desk / "city/scenarios/more.duly").write_text(text, encoding="utf-8")
    duly("test", "city", "--junit", "report.xml")
    case = ET.parse(desk / "report.xml").find("testsuite/testcase")  # noqa: S314 - our own file
    assert case is not None
    assert case.get("name") == "a review too\N{REPLACEMENT CHARACTER}late & a <title>"


def test_a_report_that_cannot_be_written(duly: Duly) -> None:
    ended = duly("test", "city", "--junit", "nowhere/report.xml")
    assert (ended.code, ended.err.splitlines()[0]) == (
        2,
        "error: `nowhere/report.xml` cannot be used: No such file or directory",
    )
