"""``csv:PATH`` and ``json:PATH``: a run's obligations, one row each, for other programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duly.engine.hookspecs import Output, Stream, hookimpl
from duly.engine.obligations import COLUMNS
from duly.plugins.outputs.places import file_at

if TYPE_CHECKING:
    from duly.engine.pipeline import Run


@hookimpl
def register_outputs() -> Sequence[Output]:
    """The ``csv`` and ``json`` outputs."""
    csv = "one row for each obligation, for spreadsheets and Power BI"
    json = "the same rows as JSON, one a line, with what they rest on"
    return [Output("csv", csv, write_csv, _csv_stream), Output("json", json, write_json)]


def write_csv(run: Run, path: Path) -> Sequence[Path]:
    """Write the table as CSV: a file, or ``obligations.csv`` where the path is a folder."""
    from duly.plugins.outputs.csv_table import write

    return write(run, path)


def _csv_stream(path: Path) -> Stream:
    from duly.plugins.outputs.csv_table import CsvStream

    return CsvStream(path)


def write_json(run: Run, path: Path) -> Sequence[Path]:
    """Write the table as JSON: a file, or ``obligations.json`` where the path is a folder."""
    target = file_at(path, "obligations.json")
    columns = [run.obligations.columns[name].tolist() for name in COLUMNS]
    rows = (dict(zip(COLUMNS, row, strict=True)) for row in zip(*columns, strict=True))
    basis = {
        "as_at": run.as_at.isoformat(),
        "since": run.since.isoformat(),
        "known_at": run.known_at.isoformat() if run.known_at else None,
        "packs": [{"name": pack.name, "version": pack.version} for pack in run.policy.packs],
        "facts": run.facts,
        "rows_read": run.rows_read,
        "rows_used": run.rows_used,
        "notes": run.notes,
    }
    lines = ",\n".join(map(_json, rows))
    text = f'{_json(basis)[:-1]}, "obligations": [\n{lines}\n]}}\n'
    target.write_text(text, encoding="utf-8")
    return [target]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
