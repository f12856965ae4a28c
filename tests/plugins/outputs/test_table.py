"""The ``csv`` and ``json`` outputs: what other programs read."""

from __future__ import annotations

import json
from pathlib import Path

from duly.engine.obligations import COLUMNS
from duly.engine.pipeline import Run
from duly.plugins.outputs.table import register_outputs, write_csv, write_json


def test_both_are_registered() -> None:
    assert [output.name for output in register_outputs()] == ["csv", "json"]


def test_a_row_for_each_obligation_in_the_columns_that_others_rely_on(
    run: Run, tmp_path: Path
) -> None:
    (written,) = write_csv(run, tmp_path)
    header, first, *rest = written.read_text(encoding="utf-8").splitlines()
    assert written == tmp_path / "obligations.csv"
    assert header == ",".join(COLUMNS)
    assert first == (
        "SYN1,law,cla_visits,interval,,,,,2026-01-05,2026-02-16,,2026-02-16,,,overdue,43,no,"
        "every 6 weeks; not confirmed: read in a handbook only,"
        '"Regulations, regulation 28(2)",,,2026-03-31,,'
    )
    assert len(rest) == 6


def test_a_file_may_be_named(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "new" / "mine.csv"
    assert write_csv(run, target) == [target]
    assert target.is_file()


def test_a_folder_that_is_not_there_is_made(run: Run, tmp_path: Path) -> None:
    assert write_csv(run, tmp_path / "out") == [tmp_path / "out" / "obligations.csv"]


def test_the_same_run_gives_the_same_bytes(run: Run, tmp_path: Path) -> None:
    (one,) = write_csv(run, tmp_path / "one.csv")
    (two,) = write_csv(run, tmp_path / "two.csv")
    assert one.read_bytes() == two.read_bytes()


def test_json_holds_the_rows_and_what_they_rest_on(run: Run, tmp_path: Path) -> None:
    (written,) = write_json(run, tmp_path)
    document = json.loads(written.read_text(encoding="utf-8"))
    rows = document.pop("obligations")
    assert document == {
        "as_at": "2026-03-31",
        "since": "2025-03-31",
        "known_at": None,
        "packs": [{"name": "law", "version": "1"}, {"name": "city", "version": ""}],
        "facts": "csv:extract",
        "rows_read": 1200,
        "rows_used": 1199,
        "notes": ["`visits.csv` was not read"],
    }
    assert [row["verdict"] for row in rows[:3]] == ["overdue", "overdue", "met_late"]
    assert tuple(rows[0]) == COLUMNS
