"""``parquet:PATH``: the table of obligations with real dates and numbers, for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duly.engine.hookspecs import Output, Stream, hookimpl

if TYPE_CHECKING:
    from duly.engine.pipeline import Run


@hookimpl
def register_outputs() -> Sequence[Output]:
    """The ``parquet`` output."""
    summary = "the same rows with real dates and numbers, for caseloads of any size"
    return [Output("parquet", summary, _write, _stream)]


def _write(run: Run, path: Path) -> Sequence[Path]:
    from duly.plugins.outputs.parquet_table import write

    return write(run, path)


def _stream(path: Path) -> Stream:
    from duly.plugins.outputs.parquet_table import ParquetStream

    return ParquetStream(path)
