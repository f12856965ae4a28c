"""Every sentence that the language must say: read, bound to a vocabulary, and run.

The packs of this folder hold each sentence as a rule, and each meaning that might surprise, with
stories whose dates were worked out with a calendar.  ``sentences.txt`` lists the sentences.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from attrs import evolve, frozen

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.packs import LoadedPolicy, load_policy
from duly.dsl.parser import parse_text
from duly.engine.coverage import coverage
from duly.engine.lower import lower
from duly.engine.scenarios import Result, run_scenarios

HERE = Path(__file__).resolve().parent
PACKS = (HERE, HERE / "meanings")


@cache
def load(pack: Path) -> LoadedPolicy:
    return load_policy(pack, lambda name: HERE)


@cache
def results(pack: Path) -> dict[str, Result]:
    loaded = load(pack)
    return {r.scenario.title: r for r in run_scenarios(loaded.policy, loaded.scenarios())}


STORIES = [
    pytest.param(pack, told.title, id=f"{Path(told.span.file).stem}: {told.title}")
    for pack in PACKS
    for told in load(pack).scenarios()
]


@pytest.mark.parametrize(("pack", "title"), STORIES)
def test_a_story_comes_out_as_its_dates_say(pack: Path, title: str) -> None:
    result = results(pack)[title]
    assert [
        (failure.expectation.rule, failure.expectation.text, [str(o) for o in failure.outcomes])
        for failure in result.failures
    ] == []
    assert result.passed


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_no_two_stories_of_a_pack_have_one_title(pack: Path) -> None:
    assert len(results(pack)) == len(load(pack).scenarios())


@pytest.mark.parametrize("pack", PACKS, ids=lambda pack: pack.name)
def test_nothing_is_wrong_with_the_pack(pack: Path) -> None:
    assert load(pack).diagnostics.found == []


def test_every_step_is_met_and_missed_and_every_exception_decides_in_some_story() -> None:
    loaded = load(HERE)
    reached = coverage(lower(loaded.policy).duties, list(results(HERE).values()))
    assert [(gap.text, str(gap.span)) for gap in reached.gaps] == []


# ------------------------------------------------------------------------- the list of sentences


@frozen
class Row:
    """A sentence, and the words in which a rule says it where they are others."""

    name: str
    sentence: str
    said: str


def listed() -> list[Row]:
    found: list[Row] = []
    for line in (HERE / "sentences.txt").read_text(encoding="utf-8").splitlines():
        name, _, sentence = line.partition("  ")
        if sentence.startswith("= "):
            found[-1] = evolve(found[-1], said=sentence[2:])
        elif name and not name.startswith("#"):
            found.append(Row(name, sentence, sentence))
    return found


ROWS = listed()


def syntax(text: str) -> list[ast.Statement]:
    diagnostics = Diagnostics()
    document = parse_text(text, "sentence", diagnostics)
    assert diagnostics.found == []
    return list(document.statements)


def sentences(rule: ast.RuleStatement) -> list[ast.RuleItem]:
    return [i for i in rule.items if isinstance(i, ast.Sentence | ast.Scope)]


@cache
def written() -> dict[str, list[ast.RuleStatement]]:
    """The rules of the pack, by the rows that they trace."""
    found: dict[str, list[ast.RuleStatement]] = {}
    for rule in load(HERE).packs[-1].statements(ast.RuleStatement):
        for item in rule.items:
            if isinstance(item, ast.TracesItem):
                for row in item.rows:
                    found.setdefault(row.text, []).append(rule)
    return found


def rule_of(sentence: str) -> list[ast.RuleItem]:
    (rule,) = syntax(f'rule said cite book "here" {sentence}')
    assert isinstance(rule, ast.RuleStatement)
    return sentences(rule)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.name} {row.sentence}")
def test_a_sentence_is_said_by_a_rule_that_traces_its_row(row: Row) -> None:
    if row.said.startswith("define "):
        assert syntax(row.said)[0] in load(HERE).packs[-1].statements(ast.DefineStatement)
        return
    wanted = rule_of(row.said)
    said = [sentences(rule) for rule in written().get(row.name, [])]
    assert any(wanted == items[-len(wanted) :] for items in said), said


@pytest.mark.parametrize("row", [r for r in ROWS if r.said != r.sentence], ids=lambda row: row.name)
def test_a_sentence_that_is_said_in_other_words_can_be_read_too(row: Row) -> None:
    """But where a word is one of the language."""
    assert rule_of(row.sentence.replace("where reasonable", "where fair"))


def test_rules_trace_only_what_is_listed() -> None:
    assert set(written()) == {row.name for row in ROWS}


def test_every_row_is_listed() -> None:
    assert Counter(name[0] for name in {row.name for row in ROWS}) == {"N": 26, "S": 95, "L": 55}


def test_every_meaning_has_a_story() -> None:
    """But M21, which is in `test_latest_only.py`; what no list numbers is told of own days."""
    told = {title.partition(":")[0] for title in results(HERE / "meanings")} - {"own day"}
    meanings = {f"M{n}" for n in range(1, 24)} | {f"A{n}" for n in range(1, 25)}
    assert told == meanings - {"M21"}
