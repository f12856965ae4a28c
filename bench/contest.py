"""One step of the suite in a process of its own, so that start-up and memory are its own.

``make``: a caseload into a folder; ``run``: a contestant on it, once, and what that took as JSON;
``compare``: whether two contestants came to the same rows.
"""

from __future__ import annotations

import argparse
import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any


def main() -> None:
    parser = argparse.ArgumentParser()
    steps = parser.add_subparsers(required=True)
    make = steps.add_parser("make")
    make.set_defaults(step=_make)
    make.add_argument("maker")
    make.add_argument("folder", type=Path)
    make.add_argument("children", type=int)
    run = steps.add_parser("run")
    run.set_defaults(step=_run)
    run.add_argument("work")
    run.add_argument("folder", type=Path)
    run.add_argument("as_at", type=date.fromisoformat)
    run.add_argument("--begun", type=float, required=True)
    run.add_argument("--save", type=Path)
    compare = steps.add_parser("compare")
    compare.set_defaults(step=_compare)
    compare.add_argument("expected", type=Path)
    compare.add_argument("found", type=Path)
    arguments = vars(parser.parse_args())
    arguments.pop("step")(**arguments)


def _named(place: str) -> Callable[..., Any]:
    """The function at ``module:name``."""
    module, name = place.split(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), name)
    return found


def _make(maker: str, folder: Path, children: int) -> None:
    _named(maker)(folder, children)


def _run(work: str, folder: Path, as_at: date, begun: float, save: Path | None) -> None:
    rows = _named(work)
    began, idle = time.monotonic(), time.process_time()
    table = rows(folder, as_at)
    ended, busy = time.monotonic(), time.process_time()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    from bench.peers.tally import tally_of  # not the contestant's own time or memory
    from bench.rows import save as write

    measured = {
        "seconds": ended - began,
        "processor": busy - idle,
        "start_up": began - begun,
        "peak": peak,
        "rows": len(table),
        **{f"tally_{name}": value for name, value in tally_of(table).items()},
    }
    if save is not None:
        write(table, save)
    print(json.dumps(measured))


def _compare(expected: Path, found: Path) -> None:
    from pyarrow import parquet

    from bench.rows import difference

    sys.exit(difference(parquet.read_table(expected), parquet.read_table(found)) or 0)


if __name__ == "__main__":
    main()
