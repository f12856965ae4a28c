"""The commonest slips of a first rule: each told apart, wherever in a pack it stands, or alone."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from attrs import frozen

from duly.dsl.diagnostics import PolicyError
from duly.dsl.packs import load_policy
from duly.engine import discovery
from duly.engine.checking import check

POLICIES = Path(__file__).resolve().parents[2] / "policies"

VISIT = 'rule mine "Mine"\n  cite care_planning "regulation 28"\n  must visit CLA'
REVIEW = 'rule mine "Mine"\n  cite care_planning "regulation 33"\n  during care_period\n  must'
BEGUN = "  must visit CLA every 6 weeks\n"


@frozen
class Slip:
    """A statement with one slip in it: how it is told, and which words are marked."""

    text: str
    code: str
    title: str
    marked: str


SLIPS = {
    "a lead without at least": Slip(
        f"{REVIEW} review CLA 3 working days before start of placement",
        "missing-every",
        "`at least` is missing",
        "CLA 3 working days before",
    ),
    "no later than": Slip(
        f"{REVIEW} review CLA no later than 3 working days before start of placement",
        "other-wording",
        "`no later than 3 working days before` is not part of the language",
        "no later than 3 working days before",
    ),
    "within a time before": Slip(
        f"{REVIEW} review CLA within 3 working days before start of placement",
        "other-wording",
        "`within 3 working days before` is not part of the language",
        "within 3 working days before",
    ),
    "plural of one": Slip(
        f"{VISIT} within 1 weeks of start",
        "unit-number",
        "`1 weeks` is read as `1 week`",
        "1 weeks",
    ),
    "singular of many": Slip(
        f"{VISIT} every 6 week",
        "unit-number",
        "`6 week` is read as `6 weeks`",
        "6 week",
    ),
    "no number": Slip(
        f"{VISIT} every weeks",
        "unit-without-number",
        "`every weeks` does not say how many, and is read as 1 week",
        "weeks",
    ),
    "and then, for a step": Slip(
        f"{REVIEW} review CLA within 20 working days of start and then every 6 months",
        "and-then",
        "`and then` does not begin a new step",
        "and then",
    ),
    "and then, for a length of time": Slip(
        f"{VISIT} every 6 weeks unless permanent and then 3 months",
        "and-then",
        "`and then` does not begin a length of time",
        "and then",
    ),
    "then without a comma, for a step": Slip(
        f"{REVIEW} review CLA within 20 working days of start then every 6 months",
        "comma-then",
        "a new step has a comma before `then`",
        "start then",
    ),
    "then with a comma, for a length of time": Slip(
        f"{VISIT} every 6 weeks, unless permanent, then 3 months",
        "comma-then",
        "a comma before `then` begins a new step",
        "permanent, then 3 months",
    ),
    "then is missing": Slip(
        f"{VISIT} every 6 weeks, unless permanent 3 months",
        "missing-then",
        "`then` is missing after a condition",
        "permanent 3 months",
    ),
    "within after of": Slip(
        f"{REVIEW} review CLA of start within 20 working days",
        "word-order",
        "the day that it is counted from comes last",
        "of start within 20 working days",
    ),
    "the time first": Slip(
        f"{REVIEW} within 20 working days of start review CLA",
        "word-order",
        "what to do comes before its time",
        "must within 20 working days of start review CLA",
    ),
    "is not": Slip(
        f"{VISIT} every 6 weeks unless placement.type is not foster then 4 weeks",
        "word-order",
        "`not` comes before what it denies",
        "placement.type is not foster",
    ),
    "curly quotation marks": Slip(
        f"rule mine “Mine”\n  cite care_planning “regulation 28”\n{BEGUN}",
        "quotation-marks",
        "curly quotation marks are not part of the language",
        "“Mine”",
    ),
    "single quotation marks": Slip(
        f"rule mine 'Mine'\n  cite care_planning 'regulation 28'\n{BEGUN}",
        "quotation-marks",
        "single quotation marks are not part of the language",
        "'Mine'",
    ),
    "no quotation marks around a title": Slip(
        f'rule mine Visits to a child\n  cite care_planning "regulation 28"\n{BEGUN}',
        "quotation-marks",
        "a title stands in quotation marks",
        "rule mine Visits to a child",
    ),
    "no quotation marks around a place": Slip(
        f'rule mine "Mine"\n  cite care_planning regulation 28\n{BEGUN}',
        "quotation-marks",
        "the place in a source stands in quotation marks",
        "cite care_planning regulation 28",
    ),
    "a quotation mark that is not closed": Slip(
        f'rule mine "Mine\n  cite care_planning "regulation 28"\n{BEGUN}',
        "quotation-marks",
        "a quotation mark is not closed",
        '"',
    ),
    "a hyphen before the unit": Slip(
        f"{VISIT} every 6-weeks",
        "unit-form",
        "`6-weeks` has a hyphen",
        "6-weeks",
    ),
    "a unit cut short": Slip(
        f"{VISIT} every 6 wks",
        "unit-form",
        "`6 wks` is cut short",
        "6 wks",
    ),
    "another word for a length of time": Slip(
        f"{VISIT} every fortnight",
        "unit-form",
        "`fortnight` is not part of the language",
        "fortnight",
    ),
    "working weeks": Slip(
        f"{VISIT} every 2 working weeks",
        "units",
        "`2 working weeks` is not a length of time",
        "weeks",
    ),
    "a number in words": Slip(
        f"{VISIT} every six weeks",
        "number-in-words",
        "`six` is a number in words",
        "six",
    ),
    "the month first": Slip(
        f"{VISIT} every 6 weeks\n  in force from April 1, 2025",
        "date-form",
        "`April 1, 2025` is written in another order",
        "April 1, 2025",
    ),
    "a date in figures": Slip(
        f"{VISIT} every 6 weeks\n  in force from 04/01/2025",
        "date-form",
        "`04/01/2025` is a date in figures, and could be read in two ways",
        "04/01/2025",
    ),
    "a date as a computer writes it": Slip(
        f"{VISIT} every 6 weeks\n  in force from 2025-04-01",
        "date-form",
        "`2025-04-01` is a date in figures",
        "2025-04-01",
    ),
    "a year of two figures": Slip(
        f"{VISIT} every 6 weeks\n  in force from 1 April 25",
        "date-form",
        "the year of `1 April 25` does not have four figures",
        "1 April 25",
    ),
    "a name with a space": Slip(
        f'rule my visits "Mine"\n  cite care_planning "regulation 28"\n{BEGUN}',
        "name-form",
        "`my visits` is two words, and a name is one",
        "my visits",
    ),
    "a name with a hyphen": Slip(
        f'rule my-visits "Mine"\n  cite care_planning "regulation 28"\n{BEGUN}',
        "name-form",
        "`-` cannot stand in a name",
        "my-visits",
    ),
    "a name that is a word of the language": Slip(
        f'rule start "Mine"\n  cite care_planning "regulation 28"\n{BEGUN}',
        "reserved-word",
        "`start` is a word of the language and cannot be a name",
        "start",
    ),
    "an unknown event": Slip(
        f"{REVIEW} hold reviews_meeting within 20 working days of start",
        "unknown-name",
        "`hold reviews_meeting` is no phrase or verb of an event known here",
        "hold reviews_meeting",
    ),
    "an unknown event in a condition": Slip(
        f"{VISIT} every 6 weeks unless some permanence_agred then 3 months",
        "unknown-name",
        "`permanence_agred` is no event or period known here",
        "permanence_agred",
    ),
    "an exception without a condition": Slip(
        f"{VISIT} every 6 weeks, unless then 3 months",
        "unless-without-condition",
        "the exception has no condition",
        "unless",
    ),
    "an exception that stops": Slip(
        f"{VISIT} every 6 weeks unless",
        "unless-without-condition",
        "`unless` needs a condition",
        "unless",
    ),
    "a rule that is there already": Slip(
        f"{VISIT} every 6 weeks\n\n{VISIT} every 4 weeks",
        "duplicate-name",
        "rule `mine` is declared twice",
        "mine",
    ),
    "a citation without its document": Slip(
        f'rule mine "Mine"\n  cite "regulation 28"\n{BEGUN}',
        "missing-source",
        "`cite` names no document",
        "cite",
    ),
    "every is missing": Slip(
        f"{VISIT} 6 weeks",
        "missing-every",
        "`every` or `within` is missing",
        "CLA 6 weeks",
    ),
    "of is missing": Slip(
        f"{REVIEW} review CLA within 20 working days start",
        "missing-of",
        "`of` is missing after `20 working days`",
        "20 working days start",
    ),
    "of is missing before the day of another period": Slip(
        f"{REVIEW} review CLA within 1 week start of first placement",
        "missing-of",
        "`of` is missing after `1 week`",
        "1 week start of first placement",
    ),
    "always": Slip(
        'rule mine "Mine"\n  cite care_planning "regulation 28"\n  during placement\n'
        "  must always have some agreement throughout",
        "other-wording",
        "`always` is not part of the language",
        "always",
    ),
    "a day that every counts from": Slip(
        f"{VISIT} every 4 weeks from first review",
        "every-from",
        "`every` counts from the start of its scope, not from a day that it names",
        "every 4 weeks from first review",
    ),
    "the start that every counts from": Slip(
        f"{VISIT} every 4 weeks from the start",
        "every-from",
        "`every` says by itself from when it counts",
        "every 4 weeks from the start",
    ),
    "working months": Slip(
        f"{VISIT} every 2 working months",
        "units",
        "`2 working months` is not a length of time",
        "months",
    ),
    "a working month": Slip(
        f"{VISIT} every working month",
        "units",
        "`working month` is not a length of time: only days can be working days",
        "every working month",
    ),
    "a working day": Slip(
        f"{VISIT} every working day",
        "unit-form",
        "`every working day` does not say how many",
        "every working day",
    ),
    "then is missing before a timing": Slip(
        f"{REVIEW} review CLA before start of first placement,"
        " unless permanent within 10 working days of start of first placement",
        "missing-then",
        "`then` is missing after a condition",
        "permanent within 10 working days",
    ),
    "whose agreement, without by": Slip(
        f"{VISIT} every 6 weeks unless permanent and agreed IRO then 6 months",
        "missing-by",
        "`by` is missing between `agreed` and `IRO`",
        "agreed IRO",
    ),
    "whose agreement, in two words": Slip(
        f"{VISIT} every 6 weeks unless agreed by IRO then 6 months",
        "missing-by",
        "`agreed by` is two words, and such a condition is one",
        "agreed by IRO",
    ),
    "a timing without a verb": Slip(
        'rule mine "Mine"\n  cite care_planning "regulation 28"\n  during placement\n'
        "  within 10 working days of start",
        "no-verb",
        "the sentence does not say what to do",
        "within",
    ),
    "a timing with one word before it": Slip(
        'rule mine "Mine"\n  cite care_planning "regulation 28"\n  must CLA every 6 weeks',
        "no-verb",
        "`CLA` alone does not say what to do",
        "must CLA every",
    ),
    "as soon as reasonably practicable": Slip(
        f"{REVIEW} review CLA as soon as reasonably practicable after start",
        "other-wording",
        "`as soon as reasonably practicable` is not part of the language",
        "as soon as reasonably practicable",
    ),
    "from for of": Slip(
        f"{REVIEW} review CLA within 20 working days from start",
        "missing-of",
        "a length of time is counted with `of`, not with `from`",
        "20 working days from",
    ),
    "nothing to count from": Slip(
        f"{REVIEW} review CLA within 20 working days",
        "anchor",
        "from which day?",
        "within 20 working days",
    ),
    "if": Slip(
        f"{VISIT} every 6 weeks if permanent",
        "no-if",
        "the language has no `if`",
        "if",
    ),
    "otherwise": Slip(
        f"{VISIT} every 6 weeks unless permanent then 3 months otherwise 4 weeks",
        "no-otherwise",
        "there is no `otherwise` after an exception",
        "otherwise 4 weeks",
    ),
    "shall": Slip(
        'rule mine "Mine"\n  cite care_planning "regulation 28"\n  IRO shall visit CLA every week',
        "other-wording",
        "`shall` is not part of the language",
        "shall",
    ),
    "except": Slip(
        f"{VISIT} every 6 weeks except where permanent",
        "other-wording",
        "`except where` is not part of the language",
        "except where",
    ),
    "weekly": Slip(
        f"{VISIT} weekly",
        "other-wording",
        "`weekly` is not part of the language",
        "weekly",
    ),
    "a capital letter": Slip(
        f"{VISIT} Every 6 weeks",
        "capital-letter",
        "`Every` is written `every`",
        "Every",
    ),
    "a month in small letters": Slip(
        f"{VISIT} every 6 weeks\n  in force from 1 april 2025",
        "date-form",
        "`1 april 2025` does not name its month in full, with a capital letter",
        "1 april 2025",
    ),
    "a full stop": Slip(
        f"{VISIT} every 6 weeks.",
        "punctuation",
        "`.` has no place here",
        ".",
    ),
    "a colon after the name": Slip(
        f'rule mine:\n  cite care_planning "regulation 28"\n{BEGUN}',
        "punctuation",
        "`:` has no place here",
        ":",
    ),
    "a sign for is": Slip(
        f"{VISIT} every 6 weeks unless placement.type = foster then 4 weeks",
        "symbol",
        "`=` is not part of the language",
        "=",
    ),
    "a misspelt word": Slip(
        f"{VISIT} evry 6 weeks",
        "misspelt-word",
        "did not expect `evry` here",
        "evry",
    ),
    "two lengths of time": Slip(
        f"{VISIT} every 6 to 8 weeks",
        "unit-form",
        "a length of time is one number",
        "6 to 8 weeks",
    ),
    "a unit cut short, without a space": Slip(
        f"{REVIEW} review CLA within 24hrs of start",
        "unit-form",
        "`24hrs` is cut short",
        "24hrs",
    ),
    "and, for a step": Slip(
        f"{REVIEW} review CLA within 20 working days of start and every 6 months",
        "and-then",
        "`and` joins conditions, not times",
        "and",
    ),
    "and, for a sentence": Slip(
        f"{VISIT} every 6 weeks and visit CLA every 3 months",
        "and-then",
        "`and` joins conditions, not sentences",
        "and",
    ),
    "twice a year": Slip(
        f"{REVIEW} review CLA twice a year",
        "other-wording",
        "`twice a year` is not part of the language",
        "twice a year",
    ),
    "over an age": Slip(
        f"{VISIT} every 6 weeks unless over 16 then 3 months",
        "other-wording",
        "`over 16` is not part of the language",
        "over 16",
    ),
    "for every": Slip(
        'rule mine "Mine"\n  cite care_planning "regulation 28"\n'
        "  for every visit\n  must have seen_alone",
        "other-wording",
        "`for every` is not part of the language",
        "for every",
    ),
    "is, for a definition": Slip(
        "define settled is permanent",
        "other-wording",
        "`define settled is` is not part of the language",
        "define settled is",
    ),
    "a bracket that is not closed": Slip(
        f"{VISIT} every 6 weeks unless (permanent or first_year then 3 months",
        "punctuation",
        "a bracket is not closed",
        "(permanent or first_year",
    ),
    "brackets around an exception": Slip(
        f"{VISIT} every 6 weeks (unless permanent)",
        "punctuation",
        "brackets are for conditions",
        "(unless permanent)",
    ),
    "a comment of another language": Slip(
        f"{VISIT} every 6 weeks // or oftener",
        "symbol",
        "`//` does not begin a comment",
        "// or oftener",
    ),
    "a rule without a name": Slip(
        f'rule "Mine"\n  cite care_planning "regulation 28"\n{BEGUN}',
        "name-form",
        "the rule has no name",
        "rule",
    ),
    "the month first, in a scenario": Slip(
        'scenario "a visit"\n  placement from May 1, 2024\n  visit on 12 May 2024\n'
        "  as at 20 May 2024\n  expect statutory.cla_visits met",
        "date-form",
        "`May 1, 2024` is written in another order",
        "May 1, 2024",
    ),
    "a scenario without quotation marks": Slip(
        "scenario a visit\n  placement from 1 May 2024\n"
        "  as at 20 May 2024\n  expect statutory.cla_visits met",
        "quotation-marks",
        "the story of a scenario stands in quotation marks",
        "scenario a visit",
    ),
    "a sentence that stops": Slip(
        f"{VISIT} every",
        "unfinished-sentence",
        "`every` needs a length of time",
        "every",
    ),
}
EVERY_SLIP = pytest.mark.parametrize("slip", SLIPS.values(), ids=SLIPS.keys())


def told(folder: Path) -> Iterator[tuple[str, str, str]]:
    """Every message about a pack: code, title and the words marked."""
    try:
        loaded = load_policy(folder, lambda name: POLICIES / name)
        loaded.scenarios()
    except PolicyError as error:
        found, sources = list(error.diagnostics), error.sources
    else:
        found, sources = loaded.diagnostics.in_order(), dict(loaded.sources)
    for each in found:
        line = sources[each.span.file].line(each.span.line)
        yield each.code, each.title, line[each.span.column - 1 : each.span.end_column - 1]


@EVERY_SLIP
def test_a_slip_alone_in_a_file(tmp_path: Path, slip: Slip) -> None:
    text = f'pack local "Local"\n  over statutory\n\n{slip.text}\n'
    (tmp_path / "pack.duly").write_text(text, encoding="utf-8")
    assert list(told(tmp_path)) == [(slip.code, slip.title, slip.marked)]


@EVERY_SLIP
def test_a_slip_in_the_middle_of_a_pack(tmp_path: Path, slip: Slip) -> None:
    shutil.copytree(POLICIES / "stoke", tmp_path / "stoke")
    visits = tmp_path / "stoke/visits.duly"
    rules = visits.read_text(encoding="utf-8").split("\n\n")
    text = "\n\n".join([*rules[:3], slip.text, *rules[3:]])
    visits.write_text(text, encoding="utf-8")
    assert list(told(tmp_path / "stoke")) == [(slip.code, slip.title, slip.marked)]


@EVERY_SLIP
def test_a_slip_beside_another(tmp_path: Path, slip: Slip) -> None:
    """Both are told, in the order in which they stand."""
    other = 'rule other "Other"\n  cite care_planning "regulation 28"\n  must visit CLA evry week'
    text = f'pack local "Local"\n  over statutory\n\n{other}\n\n{slip.text}\n'
    (tmp_path / "pack.duly").write_text(text, encoding="utf-8")
    first = ("misspelt-word", "did not expect `evry` here", "evry")
    assert list(told(tmp_path)) == [first, (slip.code, slip.title, slip.marked)]


@pytest.mark.parametrize("place", ["alone", "in the middle"])
def test_a_citation_forgotten(tmp_path: Path, place: str) -> None:
    """A lint tells it, once a pack has no mistake."""
    text = f'rule mine "Mine"\n{BEGUN}'
    if place == "alone":
        text = f'pack stoke "Local"\n  over statutory\n\n{text}'
        (tmp_path / "stoke").mkdir()
    else:
        shutil.copytree(POLICIES / "stoke", tmp_path / "stoke")
    (tmp_path / "stoke/more.duly").write_text(text, encoding="utf-8")
    found = check(discovery.plugin_manager(), str(tmp_path / "stoke"), date(2024, 6, 1))
    assert ("no-citation", "rule `mine` cites nothing") in {
        (message.code, message.title) for message in found.messages
    }


def test_no_two_slips_are_told_in_the_same_words() -> None:
    """But where one thing is missing in several places."""
    titles = Counter(slip.title for slip in SLIPS.values())
    several = {"`then` is missing after a condition"}
    assert {title for title, times in titles.items() if times > 1} == several


@pytest.mark.parametrize(
    ("over", "code", "title", "marked"),
    [
        ("over statutry", "no-such-pack", "there is no pack `statutry` to stand over", "statutry"),
        ("ovre statutory", "misspelt-word", "`ovre` is no word of the language", "ovre"),
    ],
)
def test_a_misspelt_layer(tmp_path: Path, over: str, code: str, title: str, marked: str) -> None:
    """It is told at its own line, whatever else is wrong."""
    (tmp_path / "local").mkdir()
    text = f'pack local "Local"\n  {over}\n\n{VISIT} evry week\n'
    (tmp_path / "local/pack.duly").write_text(text, encoding="utf-8")
    found = check(discovery.plugin_manager(), str(tmp_path / "local"), date(2024, 6, 1))
    lines = text.splitlines()
    first = found.messages[0]
    word = lines[first.span.line - 1][first.span.column - 1 :].split()[0]
    assert (first.code, first.title, word) == (code, title, marked)
