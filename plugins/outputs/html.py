"""``html:PATH``: the report, registered; the page itself is imported when one is written."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duly.engine.hookspecs import Output, hookimpl

if TYPE_CHECKING:
    from duly.engine.pipeline import Run


@hookimpl
def register_outputs() -> Sequence[Output]:
    """The ``html`` output."""
    return [Output("html", "a report on one page that stands alone, to read and print", _write)]


def _write(run: Run, path: Path) -> Sequence[Path]:
    from duly.plugins.outputs.report import write

    return write(run, path)
