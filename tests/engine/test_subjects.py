"""Several subjects: each rule on the facts of the one whom it concerns, and of nobody else."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from attrs import evolve

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.parser import parse_text
from duly.dsl.policy import Policy
from duly.dsl.resolve import PackText, resolve
from duly.dsl.scenario import resolve_scenarios
from duly.engine.lower import lower
from duly.engine.pipeline import run_facts
from duly.engine.raw import Coverage, RawFacts, RawTable
from duly.engine.reading import build
from duly.engine.scenarios import run_scenarios

CHILD = """
subject child plural children has refused yes/no
period placement
event visit of placement plural visits verb visit has seen yes/no
"""
CHILD_RULES = """
rule visits
  cite act "1"
  during placement
  must visit visit every 6 weeks, unless refused
rule at_five
  cite act "2"
  must visit visit by the 5th birthday
"""
WORKER = """
subject worker plural workers has refused yes/no has agency yes/no
period employment of worker joined
event supervision of employment verb hold
  has noted yes/no
  milestone recorded_on by record
event training of worker verb attend has unpaid yes/no
never employment and some training where unpaid
"""
WORKER_RULES = """
define newly as in the first 6 months of employment
rule supervision
  cite act "3"
  must hold supervision every month, unless newly then 2 weeks, unless refused
rule records
  cite act "3"
  must record supervision within 2 days
rule trained
  cite act "3"
  while employment and not agency
  must attend training every year
rule at_sixty
  cite act "3"
  must attend training by the 60th birthday
rule noted
  cite act "3"
  for each supervision
  must have noted
"""
HEAD = 'pack all_of_it "All" source act "Act" '
BOTH = HEAD + CHILD + WORKER + CHILD_RULES + WORKER_RULES
AS_AT = date(2026, 3, 1)

Make = Callable[..., Any]
Cells = Callable[..., RawTable]


def of_children(cells: Cells) -> list[RawTable]:
    return [
        cells("child", "person_id born refused", "17 2021-01-01 no", "18 2013-02-02 -"),
        cells("placement", "id person_id start end", "p 17 2025-11-01 -", "q 18 2025-12-01 -"),
        cells("visit", "id person_id placement_id date", "v 17 p 2025-12-01", "w 18 - 2026-01-20"),
    ]


def of_workers(cells: Cells, whose: str = "worker_id") -> list[RawTable]:
    return [
        cells("worker", f"{whose} born agency refused", "17 1966-01-01 no no", "ab - yes -"),
        cells("employment", f"id {whose} start end", "e 17 2025-01-01 -", "f ab 2025-12-20 -"),
        cells(
            "supervision",
            f"id {whose} employment_id date recorded_on noted",
            "s1 17 e 2026-01-02 2026-01-20 yes",
            "s2 17 e 2026-02-02 - no",
            "s3 ab - 2026-01-02 2026-01-02 -",
        ),
        cells("training", f"id {whose} date unpaid", "t 17 2026-01-10 yes"),
    ]


def plain(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """The rows, with the ids of workers as their files have them."""
    drop = "worker:"
    return [{name: str(cell).removeprefix(drop) for name, cell in row.items()} for row in rows]


def test_an_id_that_two_subjects_share_is_not_taken_for_one(engine: Make, cells: Cells) -> None:
    found = engine(BOTH).rows(AS_AT, *of_children(cells), *of_workers(cells))
    whose = [(row["rule"], row["subject_id"]) for row in found]
    assert {id for rule, id in whose if rule in ("visits", "at_five")} == {"17", "18"}
    assert {id for rule, id in whose if rule not in ("visits", "at_five")} == {
        "worker:17",
        "worker:ab",
    }
    assert [id for _, id in whose] == sorted(id for _, id in whose)


def test_each_rule_comes_to_what_it_would_alone(engine: Make, cells: Cells) -> None:
    children, workers = of_children(cells), of_workers(cells)
    found = plain(engine(BOTH).rows(AS_AT, *children, *workers))
    alone = engine(HEAD + CHILD + CHILD_RULES).rows(AS_AT, *children)
    by_themselves = HEAD + WORKER.replace("of worker", "") + WORKER_RULES
    alone += engine(by_themselves).rows(AS_AT, *of_workers(cells, "person_id"))
    assert found == plain(alone)
    assert {row["rule"] for row in alone} == {
        *("visits", "at_five", "supervision", "records", "trained", "at_sixty", "noted")
    }


def test_the_order_in_which_subjects_are_declared_decides_who_is_first(
    engine: Make, cells: Cells
) -> None:
    turned = HEAD + WORKER + CHILD.replace("period placement", "period placement of child")
    found = engine(turned + WORKER_RULES + CHILD_RULES).rows(
        AS_AT,
        *(
            evolve(each, columns={n.replace("person", "child"): c for n, c in each.columns.items()})
            for each in of_children(cells)
        ),
        *of_workers(cells, "person_id"),
    )
    assert {row["subject_id"] for row in found} == {"17", "ab", "child:17", "child:18"}


def test_an_id_that_reads_like_another_subjects_is_told_apart(engine: Make, cells: Cells) -> None:
    placement = cells("placement", "id person_id start end", "p worker:17 2025-11-01 -")
    found = engine(BOTH).rows(AS_AT, placement, *of_workers(cells))
    ids = {row["subject_id"] for row in found if row["rule"] == "visits"}
    assert ids == {"child:worker:17"}


def run_of(policy: Policy, tables: list[RawTable], *coverage: Coverage) -> Any:
    raw = RawFacts(tuple(tables), coverage, extracted=AS_AT)
    return run_facts(policy, build([raw], policy.kinds), AS_AT, since=date(1900, 1, 1))


def test_rows_are_counted_once_and_issues_name_those_concerned(policy: Make, cells: Cells) -> None:
    workers = [each for each in of_workers(cells) if each.kind != "employment"]
    bad = cells(
        "employment",
        "id worker_id start end",
        "e 17 2025-01-01 -",
        "f ab yesterday -",
        "g - 2025-01-01 -",
    )
    found = run_of(policy(BOTH), [*of_children(cells), *workers, bad])
    assert (found.rows_read, found.rows_used) == (15, 13)
    assert [(row.column, row.reason) for row in found.quarantine] == [
        ("start", "not a date (write 31/01/2024 or 2024-01-31)"),
        ("worker_id", "the worker is blank"),
    ]
    assert "the records of 1 worker say what is never so" in " ".join(found.notes)
    reasons = found.obligations.columns["reason"].tolist()
    assert any("a row of `employment` about this worker is in quarantine" in r for r in reasons)


def test_the_rules_are_summed_up_in_the_order_of_the_packs(policy: Make, cells: Cells) -> None:
    local = 'pack city "City" over all_of_it rule oftener refines all_of_it.visits '
    local += "during placement must visit visit every 4 weeks"
    found = run_of(policy(BOTH, local), [*of_children(cells), *of_workers(cells)])
    assert [each.rule for each in found.summaries] == [
        *("visits", "at_five", "supervision", "records", "trained", "at_sixty", "noted", "oftener")
    ]


def test_what_is_not_held_of_one_subject_says_nothing_of_another(
    engine: Make, cells: Cells
) -> None:
    coverage = [Coverage("supervision", "absent")]
    workers = [each for each in of_workers(cells) if each.kind != "supervision"]
    found = engine(BOTH).rows(AS_AT, *of_children(cells), *workers, coverage=coverage)
    verdicts = {row["verdict"] for row in found if row["rule"] == "supervision"}
    assert verdicts == {"cannot_tell"}
    visits = {row["verdict"] for row in found if row["rule"] == "visits"}
    assert visits == {"met", "overdue", "met_late", "due"}


# ------------------------------------------------------------------------------ stories


def told(rules: str, *stories: str) -> list[str]:
    """What comes of stories: the mistakes in them, else their failures."""
    text = "\n".join([rules, *(f'scenario "{n}" {story}' for n, story in enumerate(stories))])
    diagnostics = Diagnostics()
    document = parse_text(text, "0", diagnostics)
    policy = resolve([PackText("0", (document,))], diagnostics)
    found = resolve_scenarios(policy, policy.packs[0].name, [document], diagnostics)
    if diagnostics.errors:
        return [f"{each.code}: {each.title}" for each in diagnostics.errors]
    results = run_scenarios(policy, found)
    return [failure.expectation.text for each in results for failure in each.failures]


NOTED = "supervision on 2 February 2026 noted expect noted met as at 3 February 2026"


def test_a_story_of_a_worker() -> None:
    assert told(BOTH, f"worker born 1 January 1966 employment from 1 January 2025 {NOTED}") == []


def test_a_story_needs_no_birth_to_be_a_workers() -> None:
    assert told(BOTH, NOTED) == []
    assert told(BOTH, NOTED.replace("met", "not met")) == ["expect noted not met"]


@pytest.mark.parametrize(
    ("story", "mistake"),
    {
        f"child born 1 May 2012 {NOTED}": (
            "two-subjects: two subjects at once: `child` and `worker` (`supervision`)"
        ),
        f"placement from 1 May 2025 {NOTED}": (
            "two-subjects: two subjects at once: `child` (`placement`) and `worker` (`supervision`)"
        ),
        f"{NOTED} unknown visit": (
            "two-subjects: two subjects at once: `worker` (`supervision`) and `child` (`visit`)"
        ),
        f"{NOTED} expect visits due": (
            "two-subjects: two subjects at once: `worker` (`supervision`) and `child` (`visits`)"
        ),
        f"baby born 1 May 2012 {NOTED}": (
            "unknown-name: `baby` is no subject, and only a subject is born"
        ),
        f"placement born 1 May 2012 {NOTED}": (
            "unknown-name: `placement` is no subject, and only a subject is born"
        ),
    }.items(),
)
def test_a_story_is_told_of_one_subject(story: str, mistake: str) -> None:
    assert told(BOTH, story) == [mistake]


# ----------------------------------------------------------------------------- mistakes


def mistakes(*packs: str) -> list[str]:
    diagnostics = Diagnostics()
    texts = [
        PackText(str(number), (parse_text(text, str(number), diagnostics),))
        for number, text in enumerate(packs)
    ]
    resolve(texts, diagnostics)
    return [f"{each.code}: {each.title}" for each in diagnostics.errors]


SUPERVISED = "two-subjects: two subjects at once: `worker` (`employment`) and `child` (`{}`)"
TRAINED = "two-subjects: two subjects at once: `worker` (`training`) and `child` (`{}`)"


@pytest.mark.parametrize(
    ("lines", "mistake"),
    {
        "must hold supervision every month, unless placement": SUPERVISED.format("placement"),
        "must hold supervision every month until visit": SUPERVISED.format("visit"),
        "must attend training within 2 weeks of visit": TRAINED.format("visit"),
        "must attend training within 2 weeks of end of placement": TRAINED.format("placement"),
        "must attend training within 1 day of (some visit) becoming true": TRAINED.format("visit"),
        "for each training must have some visit": TRAINED.format("visit"),
        "during employment must hold supervision every month must visit visit every month": (
            SUPERVISED.format("visit")
        ),
        "during employment where some visit must hold supervision every month": (
            SUPERVISED.format("visit")
        ),
        "while employment and not placement must attend training every year": (
            SUPERVISED.format("placement")
        ),
        "must hold supervision every month during placement must visit visit every month": (
            SUPERVISED.format("placement")
        ),
        "must not attend training before first visit": TRAINED.format("visit"),
    }.items(),
)
def test_a_rule_that_mixes_two_subjects(lines: str, mistake: str) -> None:
    assert mistakes(f'{BOTH} rule mixed cite act "9" {lines}') == [mistake]


def test_other_statements_that_mix_two_subjects() -> None:
    both = f"{HEAD}{CHILD}{WORKER}"
    assert mistakes(f"{both} never employment and placement") == [SUPERVISED.format("placement")]
    assert mistakes(f"{both} phrase train worker means training of placement") == [
        TRAINED.format("placement")
    ]
    counted = f"{both} event meeting of worker counts where no placement"
    assert mistakes(counted) == [TRAINED.format("placement").replace("training", "meeting")]


def test_an_attribute_of_two_subjects_must_say_whose_it_is() -> None:
    title = "`refused` is an attribute of `child` and of `worker`"
    loose = f'{BOTH} rule loose cite act "9" while {{}} must attend training every year'
    assert mistakes(loose.format("refused")) == [f"ambiguous-name: {title}"]
    assert mistakes(loose.format("worker.refused")) == []
    assert mistakes(loose.format("child.refused")) == [
        "two-subjects: two subjects at once: `child` and `worker` (`training`)"
    ]
    assert mistakes(loose.format("employment and refused")) == [f"ambiguous-name: {title}"]


def test_a_rule_refines_one_about_the_same_subject() -> None:
    over = 'pack city "City" over all_of_it source book "Book" rule ours cite book "1" '
    title = "two-subjects: two subjects at once: `worker` (`ours`) and `child` (`all_of_it.visits`)"
    refines = "refines all_of_it.visits must attend training within 1 day of training"
    assert mistakes(BOTH, over + refines) == [title]
    waived = 'waives all_of_it.{} under "power" until 1 May 2027 '
    assert mistakes(BOTH, over + waived.format("supervision")) == []
    assert mistakes(BOTH, over + waived.format("supervision") + waived.format("visits")) == [title]


def test_a_waiver_alone_reaches_the_rule_of_a_worker(engine: Make, cells: Cells) -> None:
    city = (
        'pack city "City" over all_of_it source book "Book" rule spared cite book "1" '
        'waives all_of_it.supervision under "power" until 1 May 2027'
    )
    found = engine(BOTH, city).rows(AS_AT, *of_children(cells), *of_workers(cells))
    running = {row["verdict"] for row in found if row["rule"] == "supervision"}
    assert running == {"exempt", "due"}  # due on the day after the waiver


def test_mistakes_in_what_a_kind_is_of() -> None:
    both = f"{HEAD}{CHILD}{WORKER}"
    assert mistakes(f"{both} subject team of worker") == [
        "subject-of: `team` is a subject, and cannot be `of` anything"
    ]
    assert mistakes(f"{both} event meeting of worker of placement") == [
        "said-twice: event `meeting` says `of` more than once"
    ]
    assert mistakes(f"{both} event meeting of visit") == [
        "unknown-name: `visit` is no period or subject known here"
    ]


def test_a_duty_of_the_plan_belongs_to_one_subject_only(policy: Make) -> None:
    whose = {duty.rule.name: duty.rule.subject for duty in lower(policy(BOTH)).duties}
    assert whose == {
        "visits": None,
        "at_five": None,
        **dict.fromkeys(("supervision", "records", "trained", "at_sixty", "noted"), "worker"),
    }
