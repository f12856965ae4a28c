"""Each peer of the benchmarks comes to the engine's rows; else its time would say nothing."""

from __future__ import annotations

import importlib
from datetime import date
from pathlib import Path

import pytest

pytest.importorskip("pyarrow", reason="the extra `bench` is not installed")

from bench import caseload, engine_rows
from bench.rows import difference, in_order

PEERS = {
    "duckdb_sql:rows": "duckdb",
    "polars_frame:rows": "polars",
    "python_loop:rows": "dateutil",
    "zen:rows": "zen",
    "zen:rows_simply": "zen",
    "opa:rows": "regopy",
}

DAYS = (caseload.AS_AT, date(2023, 2, 28))


@pytest.fixture(scope="module", params=(1, 2))
def folder(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small caseload on disk."""
    made: Path = tmp_path_factory.mktemp("caseload")
    engine_rows.make(made, 200, request.param)
    return made


@pytest.mark.parametrize("peer", PEERS)
@pytest.mark.parametrize("as_at", DAYS, ids=str)
def test_a_peer_comes_to_the_rows_of_the_engine(peer: str, as_at: date, folder: Path) -> None:
    pytest.importorskip(PEERS[peer])
    module, name = peer.split(":")
    rows = getattr(importlib.import_module(f"bench.peers.{module}"), name)
    expected = in_order(engine_rows.rows(folder, as_at))
    assert len(expected) > 1000
    assert difference(expected, in_order(rows(folder, as_at))) == ""


def test_the_caseload_holds_every_verdict_and_what_is_not_known(folder: Path) -> None:
    found = engine_rows.rows(folder, caseload.AS_AT)
    verdicts = set(found["verdict"].to_pylist())
    assert verdicts == {
        "met",
        "met_late",
        "overdue",
        "not_met",
        "due",
        "lapsed",
        "exempt",
        "cannot_tell",
    }
    assert set(found["assumed"].to_pylist()) == {True, False}


def test_a_difference_names_the_rows(folder: Path) -> None:
    rows = in_order(engine_rows.rows(folder, caseload.AS_AT))
    other = in_order(engine_rows.rows(folder, DAYS[1]))
    assert "rows in place of" in difference(rows, other)
    assert difference(rows, rows) == ""
