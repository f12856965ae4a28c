"""``duly audit``: a city's standards held against its law, and versions against each other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]

AS_AT = ("--as-at", "2024-04-20")

HEADING = (
    "city against law: the law in force on 20 April 2024,\n"
    "  clocks that start from 1 January 2000 to 31 December 2099\n"
)
VISITS = """
later  law.visits  by  city.visits
    law    The Act, section 1
    local  Standards, page 4
    stricter: 14 days earlier on every start date
      law    every 6 weeks
      local  every 4 weeks
      where no agreed
    later: 47 to 50 days later on every start date
      law    every 6 weeks
      local  unless some agreed then 3 months
      where some agreed
      shown by child born 23 April 2014
               placement from 20 April 2024
               agreed on 20 April 2024
               by law due Saturday 1 June 2024; by the local rule due Saturday 20 July 2024;
               49 days later
    the local rule says `should` where the law says `must`
"""
FIRST_REVIEW = """
missing  law.first_review
    law    The Act, section 2
      law    must hold review within 20 working days of start
    no local rule refines it: the law's own clock runs
"""
TALLY = """
1 later, 0 not-comparable, 0 waived, {} missing, 0 stricter, 0 same, 0 additional
"""

FOUR_WEEKS = "should visit child_in_placement every 4 weeks unless some agreed then 3 months"


@pytest.fixture
def audit(duly: Duly) -> Duly:
    """``duly audit`` of the city's pack on a fixed day, with more options."""
    return lambda *more: duly("audit", "city", *AS_AT, *more)


@pytest.fixture
def visits(desk: Path) -> Callable[[str], None]:
    """Puts another sentence in the place of the city's."""

    def put(sentence: str) -> None:
        pack = desk / "city/pack.duly"
        text = pack.read_text(encoding="utf-8")
        assert FOUR_WEEKS in text
        pack.write_text(text.replace(FOUR_WEEKS, sentence), encoding="utf-8")

    return put


def test_what_is_later_is_shown_in_full(audit: Duly) -> None:
    ended = audit()
    assert (ended.code, ended.out, ended.err) == (0, HEADING + VISITS + TALLY.format(1), "")


def test_what_is_the_laws_own_is_shown_on_request(audit: Duly) -> None:
    assert audit("--all").out == HEADING + VISITS + FIRST_REVIEW + TALLY.format(1)


@pytest.mark.parametrize("rule", ["visits", "law.visits", "city.visits"])
def test_one_rule_with_what_it_refines(audit: Duly, rule: str) -> None:
    assert audit("--rule", rule).out == HEADING + VISITS + TALLY.format(0)


def test_a_rule_that_is_asked_about_is_shown_whatever_came_out(audit: Duly) -> None:
    tally = TALLY.replace("1 later", "0 later").format(1)
    assert audit("--rule", "first_review").out == HEADING + FIRST_REVIEW + tally


def test_fewer_start_dates(audit: Duly) -> None:
    said = audit("--from", "2023-12-01", "--until", "2023-12-31").out.splitlines()
    assert said[1] == "  clocks that start from 1 December 2023 to 31 December 2023"
    assert "    later: 49 days later on every start date" in said


def test_the_pack_to_hold_it_against(audit: Duly) -> None:
    assert audit("--against", "law").out == audit().out
    ended = audit("--against", "city")
    assert ended.code == 2
    assert "`city` does not stand over `city`, but over `law`" in ended.err


@pytest.mark.parametrize(
    ("verdicts", "code"),
    [
        ("later", 1),
        ("missing", 1),
        ("waived,later", 1),
        ("waived, later", 1),
        ("not-comparable", 0),
        ("waived,not-comparable,stricter,same,additional", 0),
    ],
)
def test_verdicts_that_a_pipeline_stops_at(audit: Duly, verdicts: str, code: int) -> None:
    """What is only counted stops it too."""
    assert audit("--fail-on", verdicts).code == code


def test_a_mended_rule_no_longer_stops_it(audit: Duly, visits: Callable[[str], None]) -> None:
    visits("should visit child_in_placement every 4 weeks unless some agreed then 6 weeks")
    ended = audit("--fail-on", "later")
    assert (ended.code, ended.out) == (
        0,
        HEADING
        + """
stricter  law.visits  by  city.visits
    law    The Act, section 1
    local  Standards, page 4
    stricter: 14 days earlier on every start date
      law    every 6 weeks
      local  every 4 weeks
      where no agreed
    stricter by choice: the law asks for no more than its own limit
    never later: all six premises hold
    the local rule says `should` where the law says `must`

0 later, 0 not-comparable, 0 waived, 1 missing, 1 stricter, 0 same, 0 additional
""",
    )


def test_a_sentence_that_mends_it(audit: Duly, visits: Callable[[str], None]) -> None:
    visits("must visit child_in_placement every 2 months")
    assert (
        """
    write       every 6 weeks
    instead of  every 2 months
                and it is nowhere later
"""
        in audit().out
    )


def test_a_premise_that_fails_is_named(audit: Duly, visits: Callable[[str], None]) -> None:
    """Whoever was not seen has been visited all the same."""
    visits("visit a visit every 4 weeks")
    assert audit().out == (
        HEADING
        + """
not-comparable  law.visits  by  city.visits
    law    The Act, section 1
    local  Standards, page 4
    2 whatever fulfils the local duty fulfils the law's: fails, what fulfils the local duty need not
      pass the other's test
      law    during placement: must visit child_in_placement every 6 weeks
      local  during placement: visit a visit every 4 weeks
    stricter: 14 days earlier on every start date
      law    every 6 weeks
      local  every 4 weeks
"""
        + TALLY.replace("1 later, 0 not", "0 later, 1 not").format(1)
    )


def test_a_mend_of_the_limit_leaves_what_else_fails(
    audit: Duly, visits: Callable[[str], None]
) -> None:
    """Its dates are then the law's, and a visit at which nobody was seen still counts."""
    visits("visit a visit every 2 months")
    said = audit().out
    assert "\n    2 whatever fulfils the local duty fulfils the law's: fails, what fulfils" in said
    assert (
        """
    write       every 6 weeks
    instead of  every 2 months
                and no date is later; what fails above is left
"""
        in said
    )


def test_where_the_local_rule_asks_for_nothing(audit: Duly, visits: Callable[[str], None]) -> None:
    visits("must visit child_in_placement every 6 weeks unless some agreed")
    said = audit().out
    assert (
        """
    4 local exemptions are the law's: fails, the local rule exempts where the law does not
    not-comparable: the local rule exempts where the law does not
      law    every 6 weeks
      local  exempts here
      where some agreed
"""
        in said
    )


def test_no_line_is_longer_than_a_page_is_wide(audit: Duly, visits: Callable[[str], None]) -> None:
    visits(
        "must visit child_in_placement every 2 months "
        "unless not (" + " or ".join(["some agreed and placement and aged 9 or over"] * 4) + ")"
        " then 3 months"
    )
    assert max(map(len, audit("--all").out.splitlines())) <= 100


def test_the_child_is_kept_as_a_scenario_that_holds(audit: Duly, duly: Duly, desk: Path) -> None:
    ended = audit("--write-scenarios", "city/scenarios")
    assert (ended.code, ended.err) == (0, "1 scenario written to city/scenarios\n")
    written = desk / "city/scenarios/later_than_law_visits.duly"
    assert written.read_text(encoding="utf-8") == (
        'scenario "city.visits gives a later day than law.visits"\n'
        "  child born 23 April 2014\n"
        "  placement from 20 April 2024\n"
        "  agreed on 20 April 2024\n"
        "  as at 21 July 2024\n"
        "  expect law.visits overdue due 1 June 2024\n"
        "  expect city.visits overdue due 20 July 2024\n"
    )
    assert duly("format", "--check", "city/scenarios").code == 0
    assert duly("test", "city").out.startswith("city: 2 passed, 0 failed\n")


def test_the_scenario_looks_at_the_duty_that_is_later(duly: Duly, audit: Duly, desk: Path) -> None:
    for name in ("law", "city"):
        pack = desk / name / "pack.duly"
        text = pack.read_text(encoding="utf-8").replace("  must visit", "  often: must visit")
        pack.write_text(text.replace("  should visit", "  often: should visit"), encoding="utf-8")
    audit("--write-scenarios", "city/scenarios")
    written = (desk / "city/scenarios/later_than_law_visits.duly").read_text(encoding="utf-8")
    assert "  expect law.visits.often overdue due 1 June 2024\n" in written
    assert duly("test", "city").out.startswith("city: 2 passed, 0 failed\n")


def test_nothing_is_written_where_nothing_is_later(
    audit: Duly, visits: Callable[[str], None], desk: Path
) -> None:
    visits("must visit child_in_placement every 4 weeks")
    assert audit("--write-scenarios", "kept").err == "0 scenarios written to kept\n"
    assert not (desk / "kept").exists()


def test_one_object_for_another_program(audit: Duly) -> None:
    found = json.loads(audit("--format", "json").out)
    visits, first_review = found.pop("duties")
    assert found == {
        "schema": 1,
        "law": "law",
        "local": ["city"],
        "as_at": "2024-04-20",
        "first_start": "2000-01-01",
        "last_start": "2099-12-31",
        "counts": {
            "later": 1,
            "not-comparable": 0,
            "waived": 0,
            "missing": 1,
            "stricter": 0,
            "same": 0,
            "additional": 0,
        },
        "at_odds": [],
    }
    assert first_review == {
        "verdict": "missing",
        "law": "law.first_review",
        "local": "",
        "law_asks": "must hold review within 20 working days of start",
        "local_asks": "",
        "provisions": ["The Act, section 2"],
        "local_provisions": [],
        "unconfirmed": [],
        "premises": [],
        "notes": ["no local rule refines it: the law's own clock runs"],
        "parts": [],
        "mended": None,
    }
    assert visits["provisions"] == ["The Act, section 1"]
    assert visits["local_provisions"] == ["Standards, page 4"]
    assert visits["premises"][4] == "5 no local date is later: fails, the local limit is later"
    assert visits["parts"][1] == {
        "verdict": "later",
        "law": "every 6 weeks",
        "local": "unless some agreed then 3 months",
        "by": "47 to 50 days later on every start date",
        "behind": {"least": 47, "most": 50, "later_on": 1.0, "earlier_on": 0.0},
        "where": [["some agreed"]],
        "more_ways": 0,
        "reason": "the local limit is later",
        "child": [
            "child born 23 April 2014",
            "placement from 20 April 2024",
            "agreed on 20 April 2024",
        ],
        "comes_out": [
            "by law due Saturday 1 June 2024",
            "by the local rule due Saturday 20 July 2024",
            "49 days later",
        ],
    }


def test_the_fields_are_those_of_the_reference(audit: Duly) -> None:
    page = Path(__file__).resolve().parents[2] / "docs/reference/command-line.md"
    section = page.read_text(encoding="utf-8").split("### The JSON object of an audit\n")[1]
    tables = section.split("\n## ")[0].split("\n\n")
    documented = [
        {
            name
            for row in table.splitlines()[2:]
            for name in re.findall(r"`([a-z_]+)`", row.split(" | ")[0])
        }
        for table in tables
        if table.strip().startswith("|")
    ]
    found = json.loads(audit("--format", "json").out)
    duty = found["duties"][0]
    assert documented == [set(found), set(duty), set(duty["parts"][0])]


def test_a_page(audit: Duly) -> None:
    said = audit("--format", "markdown").out
    assert said.startswith(
        "# City standards, against the law\n\ncity against law: the law in force"
    )
    assert "\n| later | 1 | the local rule allows more time than the law, for at least" in said
    assert "\n| missing | 1 | no local rule: the law's own clock runs |\n" in said
    assert "\n## later  law.visits  by  city.visits\n\n```text\nlaw    The Act, section 1\n" in said
    assert said.endswith("\nthe local rule says `should` where the law says `must`\n```\n")


def test_one_file_that_stands_alone(audit: Duly, desk: Path) -> None:
    """It asks for nothing from elsewhere, and what packs say cannot break out of it."""
    pack = desk / "city/pack.duly"
    text = pack.read_text(encoding="utf-8").replace("City standards", "Standards <b> & more")
    pack.write_text(text, encoding="utf-8")
    said = audit("--format", "html").out
    assert said.startswith('<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8">')
    assert said.endswith("</main></body></html>\n")
    assert "<h1>Standards &lt;b&gt; &amp; more, against the law</h1>" in said
    assert "<summary>later  law.visits  by  city.visits</summary>" in said
    assert "<td>missing</td><td>1</td><td>no local rule: the law&#x27;s own clock runs</td>" in said
    assert "49 days later" in said
    assert not re.search(r"\b(?:src|href)=|<script|url\(|@import|https?:", said)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("city", "--fail-on", "later,worse"),
            "`worse` is no verdict; use later, not-comparable, waived, missing, stricter, same, "
            "additional",
        ),
        (
            ("city", "--as-at", "2024-02-30"),
            "Invalid value for '--as-at': `2024-02-30` is not a date: write 2026-03-31 or "
            "31/03/2026",
        ),
        (("city@lately",), "`lately` is not a date: write 2026-03-31 or 31/03/2026"),
        (
            ("city", "--from", "2024-02-01", "--until", "2024-01-01"),
            "--until lies before --from; no clock could start",
        ),
        (("city", "--rule", "visit"), "there is no rule `visit`; did you mean `visits` or"),
        (("city", "law", "city"), "give one pack, or two versions to compare"),
        (
            ("city", "city", "--rule", "visits"),
            "--against, --rule and --write-scenarios are for one pack",
        ),
        (("cty",), "there is no pack `cty`"),
    ],
    ids=["verdict", "date", "version", "range", "rule", "three packs", "two packs", "pack"],
)
def test_what_cannot_be_asked(duly: Duly, words: tuple[str, ...], said: str) -> None:
    ended = duly("audit", *words)
    assert (ended.code, ended.out) == (2, "")
    assert said in ended.err


def test_a_pack_without_law(duly: Duly) -> None:
    ended = duly("audit", "law", *AS_AT)
    assert (ended.code, ended.out) == (
        3,
        "`law` stands over no other pack, so there is no law to hold it against\n",
    )


def test_a_law_that_is_not_yet_in_force(audit: Duly, desk: Path) -> None:
    """Nothing was held against anything, and that is no pass."""
    for name in ("law", "city"):
        pack = desk / name / "pack.duly"
        text = pack.read_text(encoding="utf-8")
        head, rest = text.split("\n", 1)
        pack.write_text(f"{head}\n  in force from 1 May 2024\n{rest}", encoding="utf-8")
    ended = audit("--fail-on", "later")
    assert (ended.code, ended.out) == (3, "no duty of either pack is in force on 20 April 2024\n")


def test_a_pack_with_a_mistake(audit: Duly, visits: Callable[[str], None]) -> None:
    visits("must visit child_in_placment every 4 weeks")
    ended = audit()
    assert ended.code == 1
    assert "did you mean `visit child_in_placement`?" in ended.err


# ------------------------------------------------------------------- two versions


@pytest.fixture
def draft(desk: Path) -> Callable[[str, str], None]:
    """Makes a draft of the law, with something changed."""

    def make(old: str, new: str) -> None:
        (desk / "draft").mkdir()
        text = (desk / "law/pack.duly").read_text(encoding="utf-8")
        assert old in text
        (desk / "draft/pack.duly").write_text(text.replace(old, new), encoding="utf-8")

    return make


FROM = "From 20 April 2024, clocks that start from 1 January 2000 to 31 December 2099:\n\n"


def test_what_a_new_version_changes(duly: Duly, draft: Callable[[str, str], None]) -> None:
    draft("every 6 weeks", "every 2 months")
    changed = (
        "- Visits to a child: every 2 months instead of every 6 weeks"
        " (17 to 20 days later on every start\n  date).\n"
    )
    ended = duly("audit", "law", "draft", *AS_AT)
    assert (ended.code, ended.out) == (0, FROM + changed)
    assert duly("audit", "law", "draft", *AS_AT, "--fail-on", "later").code == 1
    assert duly("audit", "draft", "law", *AS_AT, "--fail-on", "later").code == 0


def test_what_is_no_longer_asked(duly: Duly, draft: Callable[[str, str], None]) -> None:
    draft("rule first_review", "rule early_review")
    assert duly("audit", "law", "draft", *AS_AT).out == (
        FROM + "- No longer asked: The first review"
        " (must hold review within 20 working days of start).\n"
        "- New: The first review (must hold review within 20 working days of start).\n"
    )
    found = json.loads(duly("audit", "law", "draft", *AS_AT, "--format", "json").out)
    assert [duty["notes"] for duty in found["duties"]] == [
        ["the new version no longer asks for it"],
        ["never later: all six premises hold"],
        [],
    ]


def test_what_is_asked_of_fewer(duly: Duly, draft: Callable[[str, str], None]) -> None:
    draft("every 6 weeks", "every 6 weeks unless some agreed")
    assert duly("audit", "law", "draft", *AS_AT).out == (
        FROM + "- Visits to a child: no duty instead of every 6 weeks, where some agreed.\n"
    )


def test_nothing_changes(duly: Duly) -> None:
    assert duly("audit", "law@2024-04-19", "law", *AS_AT).out == FROM + "- Nothing changes.\n"


def test_a_page_of_changes(duly: Duly, draft: Callable[[str, str], None]) -> None:
    draft("every 6 weeks", "every 3 weeks")
    said = duly("audit", "law", "draft", *AS_AT, "--format", "markdown").out
    assert said.startswith(f"# The law: what changes\n\n{FROM}- Visits to a child: every 3 weeks")
    said = duly("audit", "law", "draft", *AS_AT, "--format", "html").out
    assert "<li>Visits to a child: every 3 weeks instead of every 6 weeks (21 days earlier" in said


def test_a_version_is_a_pack_as_it_is_in_force_on_a_day(
    duly: Duly, draft: Callable[[str, str], None]
) -> None:
    draft(
        "  must visit child_in_placement every 6 weeks",
        "  must visit child_in_placement every 6 weeks,\n"
        "    unless some agreed then 3 months in force from 1 May 2024",
    )
    assert duly("audit", "draft@2024-04-30", "draft@01/05/2024").out == (
        FROM.replace("20 April", "1 May")
        + "- Visits to a child: 3 months instead of every 6 weeks, where some agreed"
        " (47 to 50 days later\n  on every start date).\n"
    )
