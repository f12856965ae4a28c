"""The report: what it says, in which order, and that it stands alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from attrs import evolve

from duly.engine.obligations import COLUMNS, VERDICTS, Obligations
from duly.engine.pipeline import Run
from duly.plugins.outputs.html import register_outputs
from duly.plugins.outputs.report import page, write
from duly.plugins.outputs.timeline import Bar, timeline
from duly.plugins.outputs.words import VERDICT_WORDS


class Reader(HTMLParser):
    """A page as its tables, headings and text, and every tag that was opened and not closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tables: list[list[list[str]]] = []
        self.captions: list[str] = []
        self.scopes: set[str | None] = set()
        self.addresses: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open.append(tag)
        given = dict(attrs)
        self.addresses += [value or "" for key, value in attrs if key in ("src", "href")]
        if tag == "table":
            self.tables.append([])
            self.captions.append("")
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("th", "td"):
            self.tables[-1][-1].append("")
            if tag == "th":
                self.scopes.add(given.get("scope"))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.handle_data(" / ")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "caption" in self.open:
            self.captions[-1] += data
        elif "th" in self.open or "td" in self.open:
            self.tables[-1][-1][-1] += data

    def table(self, caption: str) -> list[list[str]]:
        return self.tables[self.captions.index(caption)]


@pytest.fixture
def report(run: Run) -> Reader:
    return Reader(page(run))


def test_the_output_is_registered_as_html() -> None:
    assert [output.name for output in register_outputs()] == ["html"]


def test_every_element_is_closed(report: Reader) -> None:
    assert report.open == []


def test_the_page_stands_alone(run: Run, report: Reader) -> None:
    assert all(address.startswith("#") for address in report.addresses)
    assert not re.search(r"<script|<link|<img|@import|url\(|https?:", page(run))


def test_it_is_one_file(run: Run, tmp_path: Path) -> None:
    assert write(run, tmp_path / "out") == [tmp_path / "out" / "report.html"]
    named = tmp_path / "mine.html"
    assert write(run, named) == [named]
    assert named.read_text(encoding="utf-8").startswith('<!DOCTYPE html>\n<html lang="en-GB">')


def test_what_it_rests_on_stands_at_the_top(run: Run) -> None:
    head = page(run).split("<main>")[0]
    for text in (
        "<h1>Timescales as at 31 March 2026</h1>",
        "The law (law, version 1)",
        "City &lt;standards&gt; &amp; practice (city)",
        "csv:extract",
        "what was open, due or done on or after 31 March 2025",
    ):
        assert text in head


def test_text_is_escaped(run: Run) -> None:
    assert "<asked>" not in page(run)
    assert "Asked &lt;for&gt;" in page(run)


def test_a_local_rule_stands_under_the_rule_it_refines(report: Reader) -> None:
    verdicts = [VERDICT_WORDS[verdict].text for verdict in VERDICTS]
    assert report.table("Obligations by rule and verdict") == [
        ["Rule", "Clock", "Children", "In time", *verdicts],
        ["Visits", "the law", "3", "71%", "5", "1", "1", "0", "2", "0", "0", "0", "0"],
        ["Local visits", "local", "2", "0%", "0", "0", "1", "0", "1", "0", "0", "0", "0"],
        ["Core groups", "the law", "0", "–", "0", "0", "0", "0", "0", "0", "0", "0", "0"],
        ["Asked <for>", "local", "1", "–", *"00000000", "1"],
    ]


def test_the_share_in_time_is_rounded_and_not_cut(run: Run) -> None:
    two_of_three = evolve(run.summaries[0], verdicts={"met": 2, "not_met": 1, "due": 5})
    report = Reader(page(evolve(run, summaries=(two_of_three,))))
    assert report.table("Obligations by rule and verdict")[1][3] == "67%"


def test_what_a_rule_rests_on_is_said_once(report: Reader) -> None:
    assert report.table("Sources, and what of them is not confirmed") == [
        ["Rule", "Clock", "Grounds"],
        [
            "Visits",
            "the law",
            "Regulations, regulation 28(2)not confirmed: read in a handbook only",
        ],
        ["Local visits", "local", "Handbook, section 4Handbook, section 5"],
    ]


def test_overdue_is_listed_with_the_longest_first(report: Reader) -> None:
    """A label says nothing by itself: the duty is shown in the words of its rule."""
    law, city = (f"{title} / visit CLA every 6 weeks" for title in ("Visits", "Local visits"))
    assert report.table("Overdue, the longest first") == [
        ["Child", "Days", "What", "Clock", "Was due", "From"],
        ["SYN1", "57", city, "local", "2 Feb 2026", "5 Jan 2026"],
        ["SYN1", "43", law, "the law", "16 Feb 2026", "5 Jan 2026"],
    ]


def test_four_weeks_ahead_are_listed_by_each_rows_own_deadline(report: Reader) -> None:
    """The local visit is due on 30 May by its own clock, and so not among them."""
    assert report.table("Due up to 28 April 2026, the soonest first") == [
        ["Child", "Due", "What", "Clock"],
        ["SYN2", "13 Apr 2026", "Visits / visit CLA every 6 weeks", "the law"],
    ]


def test_a_deadline_of_the_law_that_has_passed_is_not_among_the_weeks_ahead(run: Run) -> None:
    columns = dict(run.obligations.columns)
    columns["deadline"] = np.where(
        columns["deadline"] == "2026-05-30", "2026-04-20", columns["deadline"]
    )
    columns["effective_deadline"] = np.full(len(run.obligations), "2026-03-01", object)
    report = Reader(page(evolve(run, obligations=Obligations.of_text(columns))))
    listed = report.table("Due up to 28 April 2026, the soonest first")
    assert [row[1] for row in listed[1:]] == ["13 Apr 2026", "20 Apr 2026"]


def test_a_child_with_something_overdue_has_a_timeline(run: Run) -> None:
    text = page(run)
    days = "days overdue 43 by the law, 57 by local standard"
    assert f"<h3>SYN1: {days}</h3>" in text
    assert "<title>Visits: overdue, 43 days, due 16 February 2026</title>" in text
    assert text.count("<figure>") == 1


def test_days_by_the_law_weigh_before_any_by_local_standard(run: Run) -> None:
    columns = dict(run.obligations.columns)
    columns["verdict"] = np.full(len(run.obligations), "overdue", object)
    columns["pack"] = np.array(["city"] * 2 + ["law"] * 5, object)
    text = page(evolve(run, obligations=Obligations.of_text(columns)))
    assert re.findall("<h3>(SYN[^<]*)</h3>", text) == [
        "SYN2: days overdue 76 by the law, 0 by local standard",
        "SYN3: days overdue 66 by the law, 0 by local standard",
        "SYN1: days overdue 0 by the law, 100 by local standard",
    ]


def test_facts_that_are_missing_are_counted(run: Run) -> None:
    columns = dict(run.obligations.columns)
    columns["verdict"] = np.array(["cannot_tell"] * 3 + ["due"] * 3 + ["met"], object)
    columns["assumed"] = np.array(["no"] * 4 + ["yes"] * 2 + ["no"], object)
    lacking = "every 6 weeks; no source holds `visit`; not confirmed: page 3"
    assumed = "every 6 weeks; assumed: it is not known whether permanent"
    columns["reason"] = np.array([lacking] * 3 + [assumed] * 3 + ["every 6 weeks"], object)
    report = Reader(page(evolve(run, obligations=Obligations.of_text(columns))))
    assert report.table("Facts that are missing") == [
        ["What", "So", "Obligations", "Children"],
        ["no source holds `visit`", "cannot tell", "3", "2"],
        ["it is not known whether permanent", "assumed", "2", "2"],
    ]


def test_what_could_not_be_read_is_shown(run: Run, report: Reader) -> None:
    assert report.table("Rows that could not be read") == [
        ["File", "Line", "Column", "Value", "Why"],
        ["visit.csv", "7", "date", "31/02/2025", "not a date"],
    ]
    assert "Of 1,200 rows read, 1,199 were used and 1 could not be read." in page(run)
    assert "<li>`visits.csv` was not read</li>" in page(run)


def test_every_table_has_a_caption_and_every_heading_a_scope(report: Reader) -> None:
    assert all(report.captions)
    assert report.scopes == {"col", "row"}


def test_colour_never_stands_alone(run: Run) -> None:
    text = page(run)
    for word in VERDICT_WORDS.values():
        assert f'<span aria-hidden="true">{word.sign}</span> {word.text}</span>' in text


def test_every_verdict_has_a_word_and_a_sign_of_its_own() -> None:
    assert tuple(VERDICT_WORDS) == VERDICTS
    assert len({word.sign for word in VERDICT_WORDS.values()}) == len(VERDICTS)


def test_every_verdict_is_drawn_differently(run: Run) -> None:
    bars = [Bar("Visits", "law", None, run.as_at, None, verdict, "") for verdict in VERDICTS]
    assert len({timeline("SYN1", [bar], run.as_at) for bar in bars}) == len(VERDICTS)


def test_a_run_without_findings_says_so(run: Run) -> None:
    nothing = Obligations.of_text({name: np.array([], dtype=object) for name in COLUMNS})
    text = page(evolve(run, obligations=nothing, quarantine=(), notes=()))
    assert Reader(text).open == []
    for words in (
        "Nothing is overdue.",
        "Nothing falls due in these four weeks.",
        "Nobody has anything overdue.",
        "Nothing that any verdict here hangs on is missing.",
    ):
        assert f"<p>{words}</p>" in text
