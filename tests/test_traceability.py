"""What has become of each row of a source: on a small city's pack, and on those that are shipped.

``python -m tests.traceability`` writes the pages about the shipped packs anew.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from duly.engine import discovery
from duly.engine.cli.main import cli
from duly.engine.tracing import MAY_NOT_BE_MISSING, Trace, Traced, trace
from tests import traceability

ROOT = Path(__file__).resolve().parent.parent

SPOKEN_FOR: dict[str, tuple[range, ...]] = {
    "statutory": (range(1, 129),),
    "stoke": (range(1, 733),),
    "enfield": (range(1, 67),),
}
"""Rows of each pack of which those of kind time, each and count may not be passed over."""

SHIPPED = pytest.mark.parametrize("pack", SPOKEN_FOR)

VOCABULARY = """
pack city "City standards"
source standards "Practice standards"
subject child "A child"
period care_period "Time looked after"
period plan "A plan of our own" joined where continues
  has continues yes/no
event review "A review" verb hold
  milestone minutes_sent_on by send_minutes
event visit "A visit" verb visit
  has kind one of (cla, cp, welfare)
  has seen_alone yes/no
  has bedroom_seen yes/no
event core_group "A core group" verb meet
calendar term "School terms" supplied
"""

TABLE = """\
row,kind,force,theme,place
S-001,time,must,reviews,"Section One, reviews"
S-002,attribute,must,reviews,"Section One, reviews"
S-003,judgement,should,reviews,"Section Two, quality"
"""

REVIEWS = """
rule reviews "Reviews"
  cite standards "1"
  traces S-001
  during care_period
  must hold review within 20 working days of start
"""

IN_TIME = """
scenario "in time"
  child born 3 May 2012
  care_period from 1 March 2024
  review on 28 March 2024
  as at 1 May 2024
  expect reviews met
"""

OVERDUE = """
scenario "too late"
  child born 3 May 2012
  care_period from 1 March 2024
  as at 1 May 2024
  expect reviews overdue
"""

BOTH = IN_TIME + OVERDUE


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that packs are written into."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(statements: str, folder: str = "city", table: str = TABLE) -> None:
    Path(folder).mkdir()
    Path(folder, "pack.duly").write_text(statements, encoding="utf-8")
    if table:
        Path(folder, "rows.csv").write_text(table, encoding="utf-8")


def traced(statements: str, row: str = "S-001") -> Traced:
    """What has become of a row of the city's table, under these statements."""
    write(VOCABULARY + statements)
    (found,) = trace(discovery.plugin_manager(), ["city"])
    return next(each for each in found.rows if each.row.id == row)


def duly(*words: str) -> Result:
    return CliRunner().invoke(cli, ["trace", *words])


# ------------------------------------------------------------ encoded, and what could answer it


def test_a_row_is_encoded_where_a_case_system_holds_all_that_its_rule_looks_at() -> None:
    row = traced(REVIEWS + BOTH)
    assert (row.status, row.rules, row.sources) == ("encoded", ("city.reviews",), ("ssd",))


LACKING = {
    "a kind": ("meet core_group within 20 working days of start", ["core_group"]),
    "a milestone": (
        "send_minutes review within 20 working days of review",
        ["review.minutes_sent_on"],
    ),
    "a value": (
        "visit visit where kind is welfare within 20 working days of start",
        ["visit.kind welfare"],
    ),
    "a field that only another table has": (
        "visit visit where (kind is cla and bedroom_seen) within 20 working days of start",
        ["visit.bedroom_seen"],
    ),
    "what joins the rows of a period": (
        "hold review where plan within 20 working days of start",
        ["plan"],
    ),
    "the stretches of a calendar": ("hold review at least once each term", ["calendar term"]),
}


@pytest.mark.parametrize(("sentence", "lacking"), LACKING.values(), ids=LACKING)
def test_what_no_case_system_holds_is_named(sentence: str, lacking: list[str]) -> None:
    row = traced(REVIEWS.replace("hold review within 20 working days of start", sentence))
    assert list(row.lacking) == lacking


def test_a_row_that_only_templates_can_answer_is_counted_apart() -> None:
    row = traced((REVIEWS + BOTH).replace("review ", "core_group ").replace("hold", "meet"))
    assert (row.status, row.lacking) == ("no_source", ("core_group",))


def test_a_field_of_the_table_that_is_meant_is_enough() -> None:
    """The dataset has a column for the bedroom in visits under a protection plan alone."""
    sentence = "visit visit where (kind is cp and bedroom_seen) within 20 working days of start"
    row = traced(REVIEWS.replace("hold review within 20 working days of start", sentence))
    assert row.lacking == ()


def test_what_an_exception_looks_at_is_needed_too_and_said_apart() -> None:
    row = traced(REVIEWS + "    , unless plan then 30 working days\n" + BOTH)
    assert (row.status, row.lacking, row.lacking_excuses) == ("no_source", (), ("plan",))


# ------------------------------------------------------------------------ both outcomes

TESTED = {
    "met and missed": (REVIEWS, BOTH, ""),
    "due stands for met": (
        REVIEWS,
        OVERDUE
        + IN_TIME.replace("met", "due")
        .replace("review on 28 March 2024", "")
        .replace("1 May", "8 March"),
        "",
    ),
    "never missed": (
        REVIEWS,
        IN_TIME,
        "no scenario has `hold review within 20 working days of start` missed",
    ),
    "never met": (
        REVIEWS,
        OVERDUE,
        "no scenario has `hold review within 20 working days of start` met",
    ),
    "a state is met and not met": (
        REVIEWS.replace("during care_period", "for each review").replace(
            "hold review within 20 working days of start", "have some visit"
        ),
        IN_TIME.replace("met", "not met"),
        "no scenario has `must have some visit` met",
    ),
    "without a number": (
        REVIEWS.replace("within 20 working days of", "as soon as practicable after"),
        IN_TIME.replace("met", "needs judgement"),
        "",
    ),
    "without a number, and never judged": (
        REVIEWS.replace("within 20 working days of", "as soon as practicable after"),
        "",
        "no scenario expects anything of `city.reviews`",
    ),
}


@pytest.mark.parametrize(("rule", "stories", "lacks"), TESTED.values(), ids=TESTED)
def test_scenarios_must_reach_both_outcomes(rule: str, stories: str, lacks: str) -> None:
    row = traced(rule + stories)
    assert (row.status == "half_tested", list(row.untested)) == (bool(lacks), [lacks] * bool(lacks))


def test_a_row_that_an_exception_traces_is_tested_where_it_decides() -> None:
    rule = REVIEWS + "    , unless plan then 30 working days traces S-002\n"
    row = traced(rule + BOTH, "S-002")
    words = "unless plan then 30 working days"
    assert row.untested == (f"no scenario is decided by `{words}`",)


def test_a_waiver_is_tested_where_it_excuses_and_where_it_is_over() -> None:
    waiver = 'pack city "City" over law rule waived cite standards "1" traces S-001 '
    waiver += 'waives law.reviews under "a power" until 31 March 2024'
    law = VOCABULARY.replace("pack city", "pack law") + REVIEWS.replace("traces S-001", "")
    story = OVERDUE.replace("expect reviews overdue", "expect law.reviews overdue")
    write(law, "law", table="")
    write(waiver + story)
    (found,) = trace(discovery.plugin_manager(), ["city"])
    row = found.rows[0]
    assert row.rules == ("city.waived",)
    assert row.untested == ("no scenario has `law.reviews` waived",)


# ---------------------------------------------------------- which duty, and what is no duty


def test_a_row_is_encoded_by_the_duty_that_traces_it() -> None:
    rules = REVIEWS + "    traces S-002\n  later: must hold review within 3 months of start\n"
    row = traced(rules + "    traces S-003\n" + BOTH, "S-003")
    assert row.rules == ("city.reviews (later)",)


def test_a_permission_computes_nothing() -> None:
    row = traced('rule r cite standards "1" traces S-001 may "hold it earlier"')
    assert (row.status, row.category, row.reason) == (
        "not_encoded",
        "permission",
        "hold it earlier",
    )


def test_a_row_that_is_left_out_says_why() -> None:
    row = traced('omits S-003 as judgement because "quality"', "S-003")
    assert (row.status, row.category, row.reason) == ("not_encoded", "judgement", "quality")


ELSEWHERE = {
    "S-001 says it": ("not_encoded", "S-001 says it"),
    "S-002 says it": (
        "nothing",
        "S-002 says it (said to be elsewhere, but nothing encodes S-002)",
    ),
    "another says it": (
        "nothing",
        "another says it (said to be elsewhere, but no row is named)",
    ),
}


@pytest.mark.parametrize("reason", ELSEWHERE)
def test_what_is_said_elsewhere_must_be_said_there(reason: str) -> None:
    row = traced(f'{REVIEWS} omits S-003 as elsewhere because "{reason}"', "S-003")
    assert (row.status, row.reason) == ELSEWHERE[reason]


def test_a_row_of_which_nothing_is_said() -> None:
    assert traced(REVIEWS, "S-002").status == "nothing"


# ---------------------------------------------------------------------------- the command

LEFT_OUT = 'omits S-003 as judgement because "the quality of a review | of its record"\n'


def test_the_command_tells_each_row_and_counts_by_kind() -> None:
    write(VOCABULARY + REVIEWS + BOTH + LEFT_OUT)
    ended = duly("city")
    assert ended.exit_code == 0
    assert (
        ended.output
        == """\
S-001  time, must  Section One, reviews
    encoded and answerable (ssd): city.reviews
S-002  attribute, must  Section One, reviews
    nothing: no rule traces it, and nothing says why
S-003  judgement, should  Section Two, quality
    not encoded: judgement, the quality of a review | of its record

city: City standards
kind       encoded and answerable  encoded, no source holds it  half-tested  \
not encoded, because  nothing  rows
time                            1                            0            0  \
                   0        0     1
attribute                       0                            0            0  \
                   0        1     1
judgement                       0                            0            0  \
                   1        0     1
all                             1                            0            0  \
                   1        1     3
not encoded, because: judgement 1
"""
    )


@pytest.mark.parametrize(
    ("statements", "options", "code"),
    [
        ("", [], 1),
        ("", ["--kind", "attribute"], 0),
        ('omits S-001 as no_fact because "nothing is recorded"', [], 0),
    ],
    ids=["a timed row is passed over", "it is not asked about", "a reason is given"],
)
def test_the_exit_code_says_whether_a_timed_row_is_passed_over(
    statements: str, options: list[str], code: int
) -> None:
    write(VOCABULARY + statements)
    assert duly("city", *options).exit_code == code


def test_a_pack_without_a_table_has_nothing_to_trace() -> None:
    write(VOCABULARY + REVIEWS, table="")
    ended = duly("city")
    assert ended.exit_code == 3
    assert ended.output == ("city: no rows.csv says what its source asks for, so there is no row\n")


def test_missing_shows_what_somebody_has_yet_to_write_and_counts_all() -> None:
    write(VOCABULARY + REVIEWS + IN_TIME + LEFT_OUT)
    (pack,) = json.loads(duly("city", "--missing", "--format", "json").output)["packs"]
    assert [(row["row"], row["status"]) for row in pack["rows"]] == [
        ("S-001", "half_tested"),
        ("S-002", "nothing"),
    ]
    assert pack["not_encoded_because"] == {"judgement": 1}


def test_one_table_holds_the_rows_of_all_packs() -> None:
    write(VOCABULARY + REVIEWS + BOTH + LEFT_OUT)
    write(VOCABULARY.replace("pack city", "pack town"), "town", TABLE.replace("S-", "T-"))
    ended = duly("city", "town", "--kind", "time", "--kind", "judgement", "--format", "csv")
    rows = list(csv.DictReader(ended.output.splitlines()))
    assert [(row["pack"], row["row"], row["rules"], row["category"]) for row in rows] == [
        ("city", "S-001", "city.reviews", ""),
        ("city", "S-003", "", "judgement"),
        ("town", "T-001", "", ""),
        ("town", "T-003", "", ""),
    ]


@pytest.mark.parametrize("wanted", [["town"], ["city", "town"], ["town", "city"]], ids=" ".join)
def test_a_pack_without_a_table_adds_to_what_the_pack_below_says(wanted: list[str]) -> None:
    write(VOCABULARY + REVIEWS + BOTH)
    town = f'pack town "Town" over city {REVIEWS}{BOTH}{LEFT_OUT}'
    write(town.replace("S-001", "S-002"), "town", table="")
    (pack,) = json.loads(duly(*wanted, "--format", "json").output)["packs"]
    assert (pack["name"], pack["with"]) == ("city", ["town"])
    assert [(row["status"], row["rules"]) for row in pack["rows"]] == [
        ("encoded", ["city.reviews"]),
        ("encoded", ["town.reviews"]),
        ("not_encoded", []),
    ]


def test_a_pack_below_does_not_answer_for_one_above() -> None:
    write(VOCABULARY + REVIEWS + BOTH)
    write(f'pack town "Town" over city {REVIEWS}{BOTH}'.replace("S-001", "S-002"), "town", table="")
    (pack,) = json.loads(duly("city", "--format", "json").output)["packs"]
    assert [row["status"] for row in pack["rows"]] == ["encoded", "nothing", "nothing"]


def test_a_page_has_the_counts_first_and_a_table_for_each_section() -> None:
    write(VOCABULARY + REVIEWS + BOTH + LEFT_OUT)
    page = duly("city", "--format", "markdown").output
    assert [line for line in page.splitlines() if line.startswith("#")] == [
        "# City standards, row by row",
        "## Section One",
        "## Section Two",
    ]
    assert "| S-003 | judgement | should | reviews | quality | " in page
    assert "the quality of a review \\| of its record |" in page


# ------------------------------------------------------------------------ what is shipped


def shipped(pack: str) -> Trace:
    """What has become of the rows of a pack that comes with Duly."""
    return traceability.traces()[pack]


def numbers(ranges: Iterable[range]) -> set[int]:
    return {number for each in ranges for number in each}


@pytest.mark.parametrize("pack", discovery.packs(discovery.plugin_manager()))
def test_every_rule_traces_rows_that_are_in_the_table(pack: str) -> None:
    """`duly check` passes over letters that no table has; the packs that are shipped have none."""
    known = {row.row.id for each in SPOKEN_FOR for row in shipped(each).rows}
    found = discovery.load(discovery.plugin_manager(), pack).policy.packs[-1]
    traces = {row: rule.name for rule in found.rules for row in rule.rows}
    left_out = {row: "omits" for each in found.omissions for row in each.rows}
    assert {row: name for row, name in (traces | left_out).items() if row not in known} == {}


@SHIPPED
def test_no_row_with_a_number_is_passed_over(pack: str) -> None:
    wanted = numbers(SPOKEN_FOR[pack])
    assert [
        each.row.id
        for each in shipped(pack).rows
        if each.row.kind in MAY_NOT_BE_MISSING
        and int(each.row.id[2:]) in wanted
        and each.is_missing
    ] == []


@SHIPPED
def test_the_page_says_what_has_become_of_each_row(pack: str) -> None:
    """`python -m tests.traceability` writes it anew."""
    page = traceability.page_of(pack)
    assert page.read_text(encoding="utf-8") == traceability.written(shipped(pack))


def test_every_pack_with_a_table_has_a_page() -> None:
    tables = {path.parent.name for path in (ROOT / "policies").glob("*/rows.csv")}
    assert tables == set(traceability.traces()) == set(SPOKEN_FOR)


@SHIPPED
@pytest.mark.parametrize("page", ["README.md", "docs/reference/traceability/index.md"])
def test_the_pages_that_list_the_packs_count_their_rows(pack: str, page: str) -> None:
    found = shipped(pack)
    encoded = sum(bool(each.rules) and each.status != "not_encoded" for each in found.rows)
    assert f"{encoded} of {len(found.rows)}" in (ROOT / page).read_text(encoding="utf-8")


# ----------------------------------------------------- what an audit of the layers should find


PART_B = list(
    csv.DictReader(
        (ROOT / "policies/stoke/part_b.csv").read_text(encoding="utf-8").splitlines(),
    )
)
"""The table of differences between Stoke's document and the law: a line for each pair of rules.

What is `expected` is the verdict on the rules as they are encoded. Where the law has a rule that no
local one refines it is `missing`, whatever local rule stands beside it.
"""

PAIRED = {"same", "stricter", "later", "not-comparable", "inherited"}
UNPAIRED = {"missing", "additional", "not-encoded"}

AS_EXPECTED = {"weaker": "later", "gap": "missing", "none": "additional"}
"""Words of the table that are not the audit's own."""


def names(cell: str) -> set[str]:
    return set(cell.split())


def test_the_table_of_differences_has_its_columns() -> None:
    assert [*PART_B[0]] == ["row", "law", "verdict", "local_rules", "law_rules", "expected", "note"]
    assert {line["expected"] for line in PART_B} <= PAIRED | UNPAIRED


@pytest.mark.parametrize(("column", "pack"), [("row", "stoke"), ("law", "statutory")])
def test_the_table_of_differences_names_rows_that_there_are(column: str, pack: str) -> None:
    known = {each.row.id for each in shipped(pack).rows}
    assert set().union(*(names(line[column]) for line in PART_B)) <= known


@pytest.mark.parametrize(
    ("column", "pack", "rows"), [("local_rules", "stoke", "row"), ("law_rules", "statutory", "law")]
)
def test_each_rule_in_the_table_of_differences_answers_to_its_line(
    column: str, pack: str, rows: str
) -> None:
    """By a row that it traces, or by the rule of law that it refines."""
    policy = discovery.load(discovery.plugin_manager(), pack).policy
    rules = {rule.name: rule for rule in policy.packs[-1].rules}
    unknown = [name for line in PART_B for name in names(line[column]) - set(rules)]
    astray = [
        (name, line[rows])
        for line in PART_B
        for name in names(line[column]) & set(rules)
        if not names(line[rows]) & set(rules[name].rows)
        and (rules[name].refines or "").removeprefix("statutory.") not in names(line["law_rules"])
    ]
    assert (unknown, astray) == ([], [])


def test_what_the_table_of_differences_pairs_is_refined_and_nothing_else() -> None:
    policy = discovery.load(discovery.plugin_manager(), "stoke").policy
    refined = {
        rule.name: rule.refines.removeprefix("statutory.")
        for rule in policy.packs[-1].rules
        if rule.refines is not None
    }
    wrong = []
    for line in PART_B:
        local, law = names(line["local_rules"]), names(line["law_rules"])
        if line["expected"] in PAIRED:
            right = {refined.get(name) for name in local} == law and bool(law)
        elif line["expected"] == "missing":
            right = bool(law) and not law & set(refined.values())
        elif line["expected"] == "additional":
            right = bool(local) and not law and not local & set(refined)
        else:
            right = not local
        if not right:
            wrong.append(line)
    assert wrong == []


def test_the_table_of_differences_says_why_where_the_audit_says_something_else() -> None:
    """A note stands just where what is expected is not the table's own word."""
    other = [
        line
        for line in PART_B
        if (AS_EXPECTED.get(line["verdict"], line["verdict"]) != line["expected"])
        != bool(line["note"])
    ]
    assert other == []
