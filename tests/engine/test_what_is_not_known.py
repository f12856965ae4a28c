"""What a gap in the records may and may not do to a verdict, on the packs that come with Duly."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from duly.engine import discovery
from duly.engine.pipeline import Run, read_facts, run_facts
from duly.engine.raw import RawTable

Files = dict[str, str]
Judge = Callable[..., list[dict[str, str]]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Runs the Stoke pack over files given as text; gives the rows of one rule."""

    def rows(rule: str, as_at: date, source: str = "csv", **files: str) -> list[dict[str, str]]:
        for name, text in files.items():
            lines = [",".join(line.split()) for line in text.strip().splitlines()]
            (tmp_path / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
        manager = discovery.plugin_manager()
        policy = discovery.load(manager, "stoke").policy
        facts = read_facts([f"{source}:{tmp_path}"], policy.kinds, manager, as_at)
        return of_rule(run_facts(policy, facts, as_at), rule)

    return rows


def of_rule(run: Run, rule: str) -> list[dict[str, str]]:
    columns = {name: column.tolist() for name, column in run.obligations.columns.items()}
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    return [row for row in rows if f"{row['pack']}.{row['rule']}" == rule]


CHILD = "person_id born\n1 2015-03-01"
CARE = "id person_id start end\nc1 1 2025-01-06 -"
PLACEMENT = "id person_id start end type carer_continues\np1 1 2025-01-06 - foster no"


def test_the_floor_is_that_of_the_same_step(judge: Judge) -> None:
    """The weekly step of a connected person ends with the review; its limit ends with it."""
    rows = judge(
        "statutory.connected_person_visits",
        date(2025, 12, 1),
        child=CHILD,
        care_period=CARE,
        placement=PLACEMENT.replace("2025-01-06", "2025-11-12").replace(
            "foster", "connected_person"
        ),
        temporary_approval="id person_id start end placement_id\nt1 1 2025-11-12 - p1",
        visit="id person_id date kind seen\nv1 1 2025-11-19 cla yes",
        review="id person_id date\nr1 1 2025-11-21",
    )
    open_ = [(r["deadline"], r["effective_deadline"]) for r in rows if r["verdict"] == "due"]
    assert open_ == [("2025-12-17", "2025-12-17")]


def test_what_was_settled_before_its_duty_stood_did_not_apply(judge: Judge) -> None:
    """Care order since January, home since 1 June: the visits before are no visits at home."""
    rows = judge(
        "statutory.care_order_visits",
        date(2025, 7, 1),
        child=CHILD,
        care_order="id person_id start end\no1 1 2025-01-06 -",
        placement=(
            "id person_id start end type carer_continues\n"
            "p1 1 2025-01-06 2025-06-01 foster no\n"
            "p2 1 2025-06-01 - parents no"
        ),
        visit=(
            "id person_id date kind seen\nv1 1 2025-01-13 cla yes\nv2 1 2025-02-20 cla yes\n"
            "v3 1 2025-05-20 cla yes\nv4 1 2025-06-05 cla yes"
        ),
    )
    assert [(r["anchor_date"], r["deadline"], r["verdict"]) for r in rows] == [
        ("2025-05-20", "2025-07-01", "met"),
        ("2025-06-05", "2025-07-17", "due"),
    ]


def test_a_milestone_that_no_column_holds_cannot_be_told(judge: Judge) -> None:
    rows = judge(
        "stoke.core_group_plans",
        date(2025, 7, 1),
        child=CHILD,
        cp_plan="id person_id start end\nk1 1 2025-05-06 -",
        core_group="id person_id date\ng1 1 2025-05-13",
    )
    assert {r["verdict"] for r in rows} == {"cannot_tell"}
    assert rows[0]["reason"].split("; ")[1] == "the record of `core_group` has no `plan_updated_on`"


def test_a_visit_in_quarantine_is_named_with_what_was_missed(judge: Judge) -> None:
    rows = judge(
        "statutory.cla_visits",
        date(2025, 3, 31),
        child=CHILD,
        care_period=CARE,
        placement=PLACEMENT,
        visit="id person_id date kind seen\nv1 1 2025-01-08 cla yes\nv2 1 31/02/2025 cla yes",
    )
    [late] = [r for r in rows if r["verdict"] == "overdue"]
    assert "a row of `visit` about this child is in quarantine" in late["reason"].split("; ")


def test_a_placement_in_quarantine_is_no_silence(judge: Judge) -> None:
    rows = judge(
        "statutory.cla_visits",
        date(2025, 3, 31),
        child=CHILD,
        care_period=CARE,
        placement="id person_id start end type carer_continues\np1 1 2025-01-06 - K2 no",
    )
    assert {r["verdict"] for r in rows} == {"cannot_tell"}
    grounds = rows[0]["reason"].split("; ")[1]
    assert grounds == "a row of `placement` about this child is in quarantine"


def test_a_placement_in_quarantine_takes_no_duty_away(judge: Judge) -> None:
    """The unreadable row may be the placement for adoption: its visits and reviews may be owed."""
    ended = PLACEMENT.replace("2025-01-06 -", "2025-01-06 2025-03-03")
    placement = f"{ended}\np2 1 2025-02-31 - adoption no"
    owed = judge(
        "statutory.adoption_visits",
        date(2025, 6, 30),
        child=CHILD,
        care_period=CARE,
        placement=placement,
        visit="id person_id date kind seen",
        review="id person_id date",
    )
    assert {r["verdict"] for r in owed} == {"cannot_tell"}


def test_visits_that_an_extract_has_no_table_for_cannot_be_told(judge: Judge) -> None:
    """SSD tables of visits under two kinds of plan, but none of child protection visits."""
    rows = judge(
        "stoke.cp_visits",
        date(2025, 7, 1),
        source="ssd",
        ssd_person="pers_person_id pers_dob\n1 2015-03-01",
        ssd_cp_plans=(
            "cppl_cp_plan_id cppl_person_id cppl_cp_plan_start_date cppl_cp_plan_end_date\n"
            "k1 1 2025-05-06 -"
        ),
        ssd_cla_visits=(
            "clav_cla_visit_id clav_person_id clav_cla_visit_date clav_cla_visit_seen\n"
            "v1 1 2025-01-08 Y"
        ),
    )
    assert [(r["anchor_date"], r["verdict"]) for r in rows] == [("2025-05-06", "cannot_tell")]


def test_a_row_that_names_another_childs_placement_is_linked_by_its_day(judge: Judge) -> None:
    rows = judge(
        "stoke.cla_visits",
        date(2026, 3, 31),
        child=f"{CHILD}\n2 2016-05-01",
        care_period=f"{CARE}\nc2 2 2025-01-06 -",
        placement=f"{PLACEMENT}\np2 2 2025-01-06 - foster no",
        visit="id person_id date kind seen\nv1 1 2026-01-20 cla yes\nv2 2 2026-01-20 cla yes",
        permanence_agreed="id person_id date placement_id\nx1 1 2025-02-03 p2",
        intention_until_18="id person_id start end placement_id\ny1 1 2025-02-03 - p2",
    )
    due = {r["subject_id"]: r["deadline"] for r in rows if r["anchor_date"] == "2026-01-20"}
    assert due == {"1": "2026-04-20", "2": "2026-03-03"}


STAYS = """
pack law "The law"
subject child
period stay
period left_care
event request
event assessment has reason text
event answer verb give
"""


def test_a_stay_that_began_nobody_knows_when_never_became_a_long_one(
    engine: Callable[..., Any], cells: Callable[..., RawTable]
) -> None:
    """It may have been long from before all records: no day on which it became so is made up."""
    long = "(stay lasting at least 3 months)"
    rule = f"rule r give answer within reasonable time of {long} becoming true"
    found = engine(STAYS + rule)
    assert found.rows(date(2025, 7, 1), cells("stay", "person_id start end", "7 - -")) == []
    (row,) = found.rows(date(2025, 7, 1), cells("stay", "person_id start end", "7 2025-01-06 -"))
    assert (row["anchor_date"], row["verdict"]) == ("2025-04-06", "needs_judgement")


def test_what_a_person_must_judge_is_assumed_where_its_scope_may_not_be_there(
    engine: Callable[..., Any], cells: Callable[..., RawTable]
) -> None:
    rule = "rule r while left_care and under 25 give answer within reasonable time of request"
    found = engine(STAYS + rule).rows
    left = cells("left_care", "person_id start end", "7 2025-03-24 -")
    asked = cells("request", "person_id date", "7 2025-03-27")
    born = cells("child", "person_id born", "7 2005-05-01")
    (unsure,) = found(date(2025, 4, 13), left, asked)
    (sure,) = found(date(2025, 4, 13), left, asked, born)
    assert [(row["verdict"], row["assumed"]) for row in (unsure, sure)] == [
        ("needs_judgement", "yes"),
        ("needs_judgement", "no"),
    ]


def test_an_occasion_to_come_is_looked_at_with_what_has_been_so_far(
    story: Callable[[str, str], list[str]],
) -> None:
    """The request was answered by the assessment before: the next one owes no reason."""
    rule = (
        "rule r for each assessment where some request since previous assessment must state reason"
    )
    asked = "request on 28 August 2024 assessment on 31 October 2024"
    as_at = "as at 23 October 2024"
    assert story(STAYS + rule, f"{asked} {as_at}") == ["2024-10-31: due due 2024-10-31 by 8"]
    before = 'assessment on 18 October 2024 reason "the first"'
    assert story(STAYS + rule, f"{asked} {before} {as_at}") == [
        "2024-10-18: met due 2024-10-18 on 2024-10-18"
    ]


def test_a_placement_without_a_start_where_nobody_is_in_care_stops_no_run(judge: Judge) -> None:
    rows = judge(
        "statutory.placement_plans",
        date(2025, 12, 1),
        child=CHILD,
        care_period="id person_id start end",
        placement="id person_id start end type\np1 1 - 2025-05-01 foster",
    )
    assert rows == []
