"""The ``ssd`` source: the dataset's tables in the columns of two kinds of case system.

``QUALIFIED`` has the person on every row.  ``LINKED`` leaves the person out where the plan or
the period of care leads there, and calls some columns otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from attrs import asdict, evolve

from duly.dsl.packs import load_policy
from duly.dsl.policy import Attribute, Kind, Milestone
from duly.engine.raw import FactsError, Quarantined, RawFacts
from duly.engine.reading import build
from duly.plugins.sources.ssd import read, register_fact_sources

Write = Callable[..., Path]
Kinds = dict[str, Kind]

PERSON = "pers_person_id,pers_dob\n0001,2012-05-03 00:00:00\n1001.0,NULL\n"

EPISODES = (
    "clae_cla_episode_id,clae_person_id,clae_cla_placement_id,clae_cla_episode_start_date,"
    "clae_cla_episode_start_reason,clae_cla_episode_ceased_date,clae_cla_episode_ceased_reason,"
    "clae_cla_id,clae_entered_care_date\n"
    "e1,0001,p1,2023-01-10,S,2023-06-01,X1,c1,2023-01-10\n"
    "e2,0001,p2,2023-06-01,T,2023-09-01,X1,c1,2023-01-10\n"
    "e3,0001,p3,2023-09-01,P - Change of placement,,,c1,2023-01-10\n"
    "e4,1001.0,p4,2022-01-01,S,2022-05-01,E4A,c2,2022-01-01\n"
)

QUALIFIED = {
    "ssd_person": PERSON,
    "ssd_cla_episodes": EPISODES,
    "ssd_cla_placement": (
        "clap_cla_placement_id,clap_cla_id,clap_person_id,clap_cla_placement_start_date,"
        "clap_cla_placement_type,clap_cla_placement_end_date,clap_cla_placement_change_reason\n"
        "p1,c1,0001,2023-01-10,U1,2023-06-01,PLACE\n"
        "p2,c1,0001,2023-06-01,U4 - Foster placement,2023-09-01,CARPL\n"
        "p3,c1,0001,2023-09-01,K2,,\n"
        "p4,c2,1001.0,2022-01-01,P1,2022-05-01,\n"
        "p5,c2,1001.0,2022-05-01,Q9,,\n"
    ),
    "ssd_cla_visits": (
        "clav_cla_visit_id,clav_cla_id,clav_person_id,clav_cla_visit_date,clav_cla_visit_seen,"
        "clav_cla_visit_seen_alone\n"
        "7,c1,0001,2023-01-12,Y,N\n"
    ),
    "ssd_cp_visits": (
        "cppv_cp_visit_id,cppv_person_id,cppv_cp_plan_id,cppv_cp_visit_date,cppv_cp_visit_seen,"
        "cppv_cp_visit_seen_alone,cppv_cp_visit_bedroom\n"
        "7,0001,plan1,2023-01-12,Y,,Y\n"
    ),
    "ssd_cin_visits": (
        "cinv_cin_visit_id,cinv_person_id,cinv_cin_visit_date,cinv_cin_visit_seen,"
        "cinv_cin_visit_seen_alone,cinv_cin_visit_bedroom\n"
        "7,0001,2023-01-12,Y,Y,N\n"
    ),
    "ssd_cla_reviews": (
        "clar_cla_review_id,clar_cla_id,clar_cla_review_due_date,clar_cla_review_date,"
        "clar_cla_review_cancelled\n"
        "r1,c1,2023-02-07,2023-02-06,NULL\n"
        "r2,c1,2023-05-06,2023-05-01,Y\n"
        "r3,c1,2023-05-06,2023-05-04,N\n"
        "r4,c1,2023-11-04,,\n"
    ),
    "ssd_legal_status": (
        "lega_legal_status_id,lega_person_id,lega_legal_status,lega_legal_status_start_date,"
        "lega_legal_status_end_date\n"
        "l1,0001,C1,2023-01-10,2023-08-01\n"
        "l2,0001,C2 - Full care order,2023-08-01,\n"
        "l3,1001.0,V2,2022-01-01,2022-05-01\n"
    ),
}

LINKED = {
    "ssd_person": PERSON,
    "ssd_cla_episodes": EPISODES,
    "ssd_cla_placement": (
        "clap_cla_placement_id,clap_cla_placement_type,clap_cla_id,clap_cla_placement_start_date,"
        "clap_cla_placement_end_date,clap_cla_placement_change_reason\n"
        "p3,K2,c1,2023-09-01,,\n"
    ),
    "ssd_cla_visits": (
        "clav_cla_visit_id,clav_person_id,clav_cla_id,clav_cla_visit_date\n"
        "1,,c1,2023-01-12\n"
        "2,,c9,2023-01-13\n"
    ),
    "ssd_cla_reviews": (
        "clar_cla_review_id,clar_cla_person_id,clar_cla_id,clar_cla_review_date\n"
        "r1,0001,c1,2023-02-06\n"
    ),
    "ssd_cp_plans": (
        "cppl_cp_plan_id,cppl_person_id,cppl_cp_plan_start_date,cppl_cp_plan_end_date\n"
        "31.0,0001,2022-03-01,2022-12-01\n"
    ),
    "ssd_cp_visits": "cppv_cp_visit_id,cppv_cp_plan_id,cppv_cp_visit_date\n5,31,2022-03-09\n",
    "ssd_cp_reviews": (
        "workflow_step_id,registration_id,actual_date,due_date\n"
        "90.0,31,2022-05-20,2022-06-01\n"
        "91.0,31,,2022-11-20\n"
    ),
    "ssd_cin_plans": (
        "cin_plan_id,cinp_person_id,cinp_cin_plan_start_date,cinp_cin_plan_end_date\n"
        "n1,0001,2021-03-01,2021-09-01\n"
    ),
    "ssd_cin_visits": "cinv_cin_visit_id,cinv_cin_plan_id,cinv_cin_visit_date\n5,n1,2021-03-09\n",
    "ssd_s47_enquiry": (
        "s47e_s47_enquiry_id,s47e_person_id,s47e_s47_start_date,s47e_s47_outcome_json\n"
        '4,0001,2022-02-10,"{""NFA_FLAG"": ""N"", ""CP_CONFERENCE_FLAG"": ""Y""}"\n'
    ),
    "ssd_initial_cp_conference": (
        "icpc_icpc_id,icpc_person_id,icpc_icpc_target_date,icpc_icpc_date\n"
        "k1,0001,2022-03-03,2022-03-01\n"
        "k2,1001.0,2022-03-03,NULL\n"
    ),
}


@pytest.fixture(scope="module")
def statutory(root: Path) -> Kinds:
    """The vocabulary of the law."""
    policies = root / "policies"
    return dict(load_policy(policies / "statutory", policies.joinpath).policy.kinds)


def rows(facts: RawFacts, kind: str) -> Iterator[dict[str, str | None]]:
    """Every row of a kind, tables one after the other."""
    for table in facts.tables:
        if table.kind == kind:
            for cells in zip(*table.columns.values(), strict=True):
                yield dict(zip(table.columns, cells, strict=True))


def picked(facts: RawFacts, kind: str, *columns: str) -> list[tuple[str | None, ...]]:
    return [tuple(row[column] for column in columns) for row in rows(facts, kind)]


@pytest.fixture
def qualified(folder: Write, statutory: Kinds) -> RawFacts:
    return read(str(folder(**QUALIFIED)), statutory)


@pytest.fixture
def linked(folder: Write, statutory: Kinds) -> RawFacts:
    return read(str(folder(**LINKED)), statutory)


def test_the_source_is_registered_as_ssd() -> None:
    assert [(source.name, source.read) for source in register_fact_sources()] == [("ssd", read)]


def test_what_is_filled_has_been_declared(qualified: RawFacts, linked: RawFacts) -> None:
    """`duly trace` calls a row answerable on the strength of that alone."""
    (source,) = register_fact_sources()
    declared = {
        (supply.kind, field): supply.fields[field]
        for supply in source.supplies
        for field in supply.fields
        if supply.kind != "visit"
    }
    visits = [supply.fields for supply in source.supplies if supply.kind == "visit"]
    for table in (*qualified.tables, *linked.tables):
        filled = {name for name in table.columns if name != "id" and not name.endswith("_id")}
        if table.kind == "visit":
            (kind,) = set(table.columns["kind"])
            (fields,) = [each for each in visits if each["kind"] == {kind}]
            assert filled <= set(fields)
        else:
            assert {(table.kind, name) for name in filled} <= set(declared)
    assert "foster" in (declared["placement", "type"] or ())


def test_children_have_their_dates_of_birth(qualified: RawFacts) -> None:
    assert picked(qualified, "child", "person_id", "born") == [
        ("0001", "2012-05-03 00:00:00"),
        ("1001", "NULL"),
    ]


def test_episodes_make_up_periods_of_care(qualified: RawFacts) -> None:
    assert picked(qualified, "care_period", "id", "person_id", "start", "end") == [
        ("c1", "0001", "2023-01-10", None),
        ("c2", "1001", "2022-01-01", "2022-05-01"),
    ]
    assert qualified.notes[0] == "`ssd_cla_episodes.csv`: 4 episodes make up 2 periods of care"


def test_a_last_episode_that_another_follows_is_no_end(folder: Write, statutory: Kinds) -> None:
    episodes = EPISODES.replace("e3,0001", "e3,9999").replace("E4A,c2", "X1,c2")
    facts = read(str(folder(ssd_cla_episodes=episodes)), statutory)
    assert picked(facts, "care_period", "id", "end") == [("c1", None), ("c2", None)]


def test_placements_have_their_types(qualified: RawFacts) -> None:
    assert picked(qualified, "placement", "id", "care_period_id", "type") == [
        ("p1", "c1", "connected_person"),
        ("p2", "c1", "foster"),
        ("p3", "c1", "residential"),
        ("p4", "c2", "parents"),
        ("p5", "c2", None),
    ]


def test_the_reason_of_an_episode_says_whether_the_carer_goes_on(qualified: RawFacts) -> None:
    assert picked(qualified, "placement", "id", "carer_continues") == [
        ("p1", "no"),
        ("p2", "yes"),
        ("p3", "no"),
        ("p4", "no"),
        ("p5", None),
    ]


def test_without_episodes_a_change_of_status_alone_says_so(folder: Write, statutory: Kinds) -> None:
    table = QUALIFIED["ssd_cla_placement"]
    facts = read(str(folder(ssd_cla_placement=table)), statutory)
    assert picked(facts, "placement", "id", "carer_continues") == [
        ("p1", None),
        ("p2", "yes"),
        ("p3", "no"),
        ("p4", None),
        ("p5", None),
    ]


def test_one_visit_in_three_tables_is_one_of_each_kind(qualified: RawFacts) -> None:
    assert picked(qualified, "visit", "id", "person_id", "date", "kind", "seen", "seen_alone") == [
        ("cla-7", "0001", "2023-01-12", "cla", "Y", "N"),
        ("cp-7", "0001", "2023-01-12", "cp", "Y", ""),
        ("cin-7", "0001", "2023-01-12", "cin", "Y", "Y"),
    ]


def test_a_cancelled_review_and_the_next_one_are_no_events(qualified: RawFacts) -> None:
    assert picked(qualified, "review", "id", "person_id", "date") == [
        ("r1", "0001", "2023-02-06"),
        ("r3", "0001", "2023-05-04"),
    ]
    assert qualified.notes[1:3] == (
        "`ssd_cla_reviews.csv`: 1 row left out as no event: cancelled",
        "`ssd_cla_reviews.csv`: 1 row left out as no event: a due date alone, the next one to come",
    )


def test_care_orders_are_the_legal_statuses_that_mean_them(qualified: RawFacts) -> None:
    assert picked(qualified, "interim_care_order", "id", "start", "end") == [
        ("l1", "2023-01-10", "2023-08-01")
    ]
    assert picked(qualified, "care_order", "id", "start", "end") == [("l2", "2023-08-01", "")]
    assert qualified.notes[-1] == "`ssd_legal_status.csv`: 1 row not used: no rule asks for such"


def test_what_the_dataset_does_not_hold_is_absent(qualified: RawFacts) -> None:
    assert {table.kind for table in qualified.tables} == {
        "child",
        "care_period",
        "placement",
        "visit",
        "review",
        "interim_care_order",
        "care_order",
    }


def test_no_row_is_lost_without_a_word(qualified: RawFacts, statutory: Kinds) -> None:
    facts = build([qualified], statutory)
    assert (facts.rows_read, facts.rows_used, facts.quarantine) == (16, 16, ())


def test_a_child_is_found_through_the_plan_or_the_period_of_care(linked: RawFacts) -> None:
    assert picked(linked, "placement", "id", "person_id") == [("p3", "0001")]
    assert picked(linked, "visit", "id", "person_id") == [
        ("cla-1", "0001"),
        ("cp-5", "0001"),
        ("cin-5", "0001"),
    ]
    assert picked(linked, "review", "id", "person_id") == [("r1", "0001")]


def test_a_link_that_leads_nowhere_is_quarantined(linked: RawFacts) -> None:
    assert linked.quarantine == (
        Quarantined(
            "ssd_cla_visits.csv",
            3,
            "clav_cla_id",
            "c9",
            "`ssd_cla_episodes` has no such row, so it is not known whose this is",
        ),
    )


def test_other_names_for_columns_are_known(linked: RawFacts) -> None:
    assert picked(linked, "review_conference", "id", "person_id", "date") == [
        ("90", "0001", "2022-05-20")
    ]
    assert picked(linked, "cin_plan", "id", "person_id", "start", "end") == [
        ("n1", "0001", "2021-03-01", "2021-09-01")
    ]
    assert picked(linked, "cp_plan", "id") == [("31",)]


def test_enquiries_say_whether_a_conference_was_needed(linked: RawFacts) -> None:
    assert picked(linked, "strategy_discussion", "id", "date", "conference_needed") == [
        ("4", "2022-02-10", "Y")
    ]


def test_a_conference_with_a_target_alone_is_still_to_come(linked: RawFacts) -> None:
    assert picked(linked, "initial_conference", "id", "date") == [("k1", "2022-03-01")]


def test_columns_that_a_system_lacks_are_named(linked: RawFacts) -> None:
    assert (
        "`ssd_cla_visits.csv` does not have `clav_cla_visit_seen`, `clav_cla_visit_seen_alone`: "
        "what they would say is unknown"
    ) in linked.notes


def test_a_visit_table_that_is_not_there_is_named(folder: Write, statutory: Kinds) -> None:
    facts = read(str(folder(ssd_cla_visits=QUALIFIED["ssd_cla_visits"])), statutory)
    assert facts.notes == (
        "no table here holds a visit whose kind is `cp`, `cin`, `private_fostering`, "
        "`former_looked_after`, `other`: whether one was made cannot be told",
    )


def test_other_files_are_named(folder: Write, statutory: Kinds) -> None:
    files = {"ssd_person": PERSON, "ssd_sdq_scores": "a\n", "ssd_cla_visit": "a\n"}
    assert read(str(folder(**files)), statutory).notes == (
        "not read, because the rules ask for nothing in it: "
        "`ssd_cla_visit.csv` (did you mean `ssd_cla_visits`?), `ssd_sdq_scores.csv`",
    )


def test_a_folder_without_the_dataset(folder: Write, statutory: Kinds) -> None:
    path = folder(child="person_id\n")
    with pytest.raises(FactsError) as raised:
        read(str(path), statutory)
    assert asdict(raised.value) == {
        "what": f"`{path}` holds no table of the dataset: there is only `child.csv`",
        "where": str(path),
        "why": "without facts nothing would be checked, and that is not a pass",
        "help": "name each file as its table, such as `ssd_person.csv` and `ssd_cla_visits.csv`",
    }


def test_a_table_that_leads_to_no_child(folder: Write, statutory: Kinds) -> None:
    path = folder(ssd_cla_visits="clav_cla_visit_id,clav_cla_visit_date\n1,2023-01-12\n")
    with pytest.raises(FactsError) as raised:
        read(str(path), statutory)
    assert asdict(raised.value) == {
        "what": "`ssd_cla_visits.csv` has none of `clav_person_id`, `clav_cla_id`",
        "where": f"{path / 'ssd_cla_visits.csv'}:1",
        "why": "no visit can be made of a row without it",
        "help": "export the table with the column names of the dataset",
    }


def test_a_table_without_its_date(folder: Write, statutory: Kinds) -> None:
    path = folder(ssd_cla_visits="clav_person_id,clav_cla_visit_data\n1,2023-01-12\n")
    with pytest.raises(FactsError) as raised:
        read(str(path), statutory)
    assert raised.value.what == (
        "`ssd_cla_visits.csv` has none of `clav_cla_visit_date` "
        "(did you mean `clav_cla_visit_data`?)"
    )


def test_what_a_pack_adds_to_a_kind_is_not_in_the_dataset(folder: Write, statutory: Kinds) -> None:
    visit = statutory["visit"]
    more = {**visit.attributes, "garden_seen": Attribute("garden_seen", "yes/no")}
    typed = Milestone("notes_typed_on", "type_up")
    added = evolve(visit, attributes=more, milestones=(*visit.milestones, typed))
    kinds = {**statutory, "visit": added}
    facts = build([read(str(folder(**QUALIFIED)), kinds)], kinds)
    found = facts.tables["visit"]
    assert len(found) == 3
    supplied = {
        name: found.columns[name].supplied for name in ("seen", *("garden_seen", typed.name))
    }
    assert supplied == {"seen": True, "garden_seen": False, "notes_typed_on": False}


def test_the_dataset_tells_of_children_alone(folder: Write, statutory: Kinds) -> None:
    worker = Kind("worker", "subject", subject="worker")
    kinds = {
        **statutory,
        "worker": worker,
        "visit": evolve(statutory["visit"], of=None, subject="worker"),
    }
    facts = build([read(str(folder(**QUALIFIED)), kinds)], kinds)
    assert facts.subjects.tolist() == ["0001", "1001"]
    assert facts.further["worker"].subjects.tolist() == []
    assert facts.further["worker"].tables["visit"].coverage == "absent"
