"""``parquet:PATH``: the table of obligations with real dates and numbers, for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from duly.engine.hookspecs import Output, Stream, hookimpl
from duly.plugins.parquet import needs_pyarrow

if TYPE_CHECKING:
    from duly.engine.pipeline import Run


@hookimpl
def register_outputs() -> Sequence[Output]:
    """The ``parquet`` output."""
    summary = "the same rows with real dates and numbers, for caseloads of any size"
    return [Output("parquet", summary, _write, _stream)]


def _write(run: Run, path: Path) -> Sequence[Path]:
    written: Sequence[Path] = _table(path).write(run, path)
    return written


def _stream(path: Path) -> Stream:
    stream: Stream = _table(path).ParquetStream(path)
    return stream


def _table(path: Path) -> ModuleType:
    return needs_pyarrow("outputs.parquet_table", f"parquet:{path}")
