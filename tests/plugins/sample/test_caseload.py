"""The invented caseload: the same for everyone, plausible, and as gappy as real records."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from duly.dsl.packs import load_policy
from duly.dsl.policy import Kind, Policy
from duly.engine.facts import Facts
from duly.engine.obligations import VERDICTS
from duly.engine.pipeline import run_facts
from duly.engine.raw import Coverage, RawFacts
from duly.engine.reading import build
from duly.plugins.sample import Sample, make_caseload
from duly.plugins.sources.csv_folder import read

AS_AT = date(2026, 3, 31)


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return make_caseload(tmp_path_factory.mktemp("sample"), children=600)


@pytest.fixture(scope="module")
def policy(root: Path) -> Policy:
    policies = root / "policies"
    return load_policy(policies / "stoke", policies.joinpath).policy


@pytest.fixture(scope="module")
def stoke(policy: Policy) -> dict[str, Kind]:
    return dict(policy.kinds)


@pytest.fixture(scope="module")
def raw(sample: Sample, stoke: dict[str, Kind]) -> RawFacts:
    return read(str(sample.folder), stoke)


@pytest.fixture(scope="module")
def facts(raw: RawFacts, stoke: dict[str, Kind]) -> Facts:
    return build([raw], stoke)


def rows(sample: Sample, kind: str) -> list[dict[str, str]]:
    with (sample.folder / f"{kind}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_seed_writes_the_same_bytes(tmp_path: Path) -> None:
    one = make_caseload(tmp_path / "one", children=40, seed=7)
    two = make_caseload(tmp_path / "two", children=40, seed=7)
    assert files(one.folder) == files(two.folder)


def test_another_seed_writes_others(tmp_path: Path) -> None:
    one = make_caseload(tmp_path / "one", children=40, seed=7)
    two = make_caseload(tmp_path / "two", children=40, seed=8)
    assert files(one.folder) != files(two.folder)


def test_every_file_and_column_is_in_the_vocabulary(raw: RawFacts) -> None:
    assert [note for note in raw.notes if "not read" in note] == []


def test_it_has_the_size_of_a_caseload(sample: Sample) -> None:
    assert sample.children == len(rows(sample, "child")) == 600
    assert 26 <= sum(sample.rows.values()) / 600 <= 60


def test_children_have_invented_ids(sample: Sample) -> None:
    people = [row["person_id"] for row in rows(sample, "child")]
    assert (people[0], people[-1]) == ("SYN00001", "SYN00600")


def test_nothing_happens_after_the_as_at_day(sample: Sample) -> None:
    for kind in sample.rows:
        for row in rows(sample, kind):
            assert all(row.get(day, "") <= "2026-03-31" for day in ("start", "end", "date"))


def test_it_can_all_be_read_but_for_what_is_spoilt(tmp_path: Path, stoke: dict[str, Kind]) -> None:
    sample = make_caseload(tmp_path, children=2000)
    facts = build([read(str(sample.folder), stoke)], stoke)
    assert [(row.place, row.value) for row in facts.quarantine] == [
        ("visit.csv", "31/02/2025"),
        ("visit.csv", "31/02/2025"),
    ]
    assert facts.rows_read == sum(sample.rows.values()) == facts.rows_used + 2


def test_placements_follow_each_other_without_a_gap(sample: Sample) -> None:
    by_care: dict[str, list[dict[str, str]]] = {}
    for row in rows(sample, "placement"):
        by_care.setdefault(row["care_period_id"], []).append(row)
    for placements in by_care.values():
        ends = [row["end"] for row in placements[:-1]]
        assert ends == [row["start"] for row in placements[1:]]


def test_what_belongs_to_a_placement_lies_inside_it(sample: Sample) -> None:
    placements = {row["id"]: row for row in rows(sample, "placement")}
    for kind in ("agreement", "long_term_foster", "intention_until_18", "temporary_approval"):
        for row in rows(sample, kind):
            placement = placements[row["placement_id"]]
            assert placement["start"] <= (row["start"] or "9")
            assert (row["end"] or "9") <= (placement["end"] or "9")


def test_permanence_is_agreed_before_and_after_the_first_year(sample: Sample) -> None:
    starts = {row["id"]: row["start"] for row in rows(sample, "placement")}
    after_days = [
        (date.fromisoformat(row["date"]) - date.fromisoformat(starts[row["placement_id"]])).days
        for row in rows(sample, "permanence_agreed")
    ]
    assert min(after_days) < 365 < max(after_days)


def test_every_kind_of_placement_and_of_visit_occurs(
    sample: Sample, stoke: dict[str, Kind]
) -> None:
    types = {row["type"] for row in rows(sample, "placement")} - {""}
    assert types == set(stoke["placement"].attributes["type"].values)
    assert {row["kind"] for row in rows(sample, "visit")} == {
        "cla",
        "cp",
        "cin",
        "private_fostering",
    }


def test_records_have_the_gaps_of_real_ones(sample: Sample) -> None:
    visits = rows(sample, "visit")
    assert set(Counter(row["seen"] for row in visits)) == {"yes", "no", ""}
    assert set(Counter(row["seen_alone"] for row in visits)) == {"yes", "no", ""}
    assert any(not row["recorded_on"] for row in visits)
    assert any(not row["born"] for row in rows(sample, "child"))
    assert {row["carer_continues"] for row in rows(sample, "placement")} == {"yes", "no", ""}
    assert any(not row["type"] for row in rows(sample, "placement"))
    assert any(not row["given_by"] for row in rows(sample, "agreement"))
    assert any(not row["start"] for row in rows(sample, "intention_until_18"))


def test_a_child_placed_for_adoption_stays_and_is_reviewed_anew(tmp_path: Path) -> None:
    sample = make_caseload(tmp_path, children=1500)
    placed = [row for row in rows(sample, "placement") if row["type"] == "adoption"]
    ends = {row["id"]: row["end"] for row in rows(sample, "care_period")}
    held = {(row["person_id"], date.fromisoformat(row["date"])) for row in rows(sample, "review")}
    assert len(placed) > 3
    assert [row["id"] for row in placed if row["end"] != ends[row["care_period_id"]]] == []
    reviewed = [
        (row["person_id"], date.fromisoformat(row["start"]) + timedelta(days))
        for row in placed
        for days in range(20, 29)
    ]
    assert held & set(reviewed)


def test_some_children_are_never_visited(sample: Sample) -> None:
    visited = {row["person_id"] for row in rows(sample, "visit")}
    cared_for = {row["person_id"] for row in rows(sample, "care_period")}
    assert cared_for - visited


def test_core_groups_are_covered_late_and_meetings_not_at_all(
    sample: Sample, raw: RawFacts, facts: Facts
) -> None:
    first = date(2024, 3, 31)
    assert Coverage("core_group", "events", first) in raw.coverage
    assert min(row["date"] for row in rows(sample, "core_group")) >= first.isoformat()
    assert facts.tables["cin_meeting"].coverage == "absent"
    assert raw.extracted == AS_AT


def test_it_tells_how_far_it_is(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    make_caseload(tmp_path, children=250, progress=lambda done, all: told.append((done, all)))
    assert told == [(100, 250), (200, 250)]


def test_another_day_and_a_shorter_history(tmp_path: Path) -> None:
    sample = make_caseload(tmp_path, children=60, as_at=date(2020, 1, 15), years=2)
    visits = [row["date"] for row in rows(sample, "visit")]
    assert min(visits) >= "2017-11-01"
    assert max(visits) <= "2020-01-15"


def test_every_verdict_occurs(policy: Policy, facts: Facts) -> None:
    run = run_facts(policy, facts, AS_AT)
    found = {verdict for each in run.summaries for verdict, n in each.verdicts.items() if n}
    assert found == set(VERDICTS)


def test_a_blank_makes_a_rule_assume_the_worst(policy: Policy, facts: Facts) -> None:
    columns = run_facts(policy, facts, AS_AT).obligations.columns
    rows = zip(columns["subject_id"], columns["rule"], columns["assumed"], strict=True)
    found = {(child, rule) for child, rule, assumed in rows if assumed == "yes"}
    assert len({child for child, _ in found}) >= 5
    assert {"cla_visits", "cla_reviews"} <= {rule for _, rule in found}
