"""Duly beside what else one could write the same rule in, on one generated caseload, in one go.

``python -m bench.suite [--children 3000 --children 100000] [--runs 5] [--write]``: for each size
the rows of every contestant are held against Duly's, and must be equal; then all run in turn, so
many times, each time in a new process.  ``--write`` puts table and chart into the reference.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from attrs import frozen

from bench import report
from bench.report import Measured

AS_AT = "2025-12-31"
SIZES = (3_000, 100_000, 400_000)
SMALL = SIZES[0]


@frozen
class Contestant:
    """Work to be timed: ``module:function``, from a folder and the as-at day to a table of rows."""

    name: str
    work: str
    most: int = SIZES[-1]
    """The greatest number of children that it is run on."""


@frozen
class Contest:
    """Contestants on one caseload; ``maker`` writes it, from a folder and a number of children.

    What the first of them comes to is what the others must come to.
    """

    name: str
    maker: str
    contestants: Sequence[Contestant]


VISITING = Contest(
    "the visiting rule",
    "bench.engine_rows:make",
    (
        Contestant(report.DULY, "bench.engine_rows:rows"),
        Contestant("DuckDB SQL", "bench.peers.duckdb_sql:rows"),
        Contestant("Polars", "bench.peers.polars_frame:rows"),
        Contestant("Python with dateutil", "bench.peers.python_loop:rows", SMALL),
        Contestant("zen-engine, in that loop", "bench.peers.zen:rows", SMALL),
        Contestant("zen-engine, `create_decision`", "bench.peers.zen:rows_simply", SMALL),
        Contestant("OPA (regopy), in that loop", "bench.peers.opa:rows", SMALL),
    ),
)

CONTESTS = (VISITING,)


class Unlike(Exception):
    """Two contestants came to different rows."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--children", type=int, action="append")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    sizes = arguments.children or list(SIZES)
    measured = [
        each
        for contest in CONTESTS
        for children in sizes
        for each in held(contest, children, arguments.runs)
    ]
    if arguments.write:
        report.write(measured, arguments.runs)


def held(contest: Contest, children: int, runs: int) -> Iterator[Measured]:
    """What each contestant of one size took; raises where one comes to other rows."""
    there = [each for each in contest.contestants if children <= each.most]
    if not there:
        return
    with tempfile.TemporaryDirectory() as desk:
        folder = Path(desk) / "caseload"
        _step("make", contest.maker, str(folder), str(children))
        _agree(there, folder, Path(desk))
        taken: dict[str, list[dict[str, float]]] = {each.name: [] for each in there}
        for _ in range(runs):  # in turn, so that what else the machine does falls on all alike
            for each in there:
                taken[each.name].append(_timed(each, folder))
    for each in there:
        found = Measured.of(contest.name, each.name, children, taken[each.name])
        print(found.line(), flush=True)
        yield found


def _agree(contestants: Sequence[Contestant], folder: Path, desk: Path) -> None:
    """Hold the rows of all against those of the first."""
    first, *others = contestants
    expected = desk / "expected.parquet"
    _timed(first, folder, expected)
    for each in others:
        found = desk / "found.parquet"
        _timed(each, folder, found)
        compared = _process("compare", str(expected), str(found))
        if compared.returncode:
            raise Unlike(f"{each.name} and {first.name} differ: {compared.stderr}")


def _timed(contestant: Contestant, folder: Path, save: Path | None = None) -> dict[str, float]:
    saved = ["--save", str(save)] if save is not None else []
    begun = ["--begun", str(time.monotonic())]
    told: dict[str, float] = json.loads(
        _step("run", contestant.work, str(folder), AS_AT, *begun, *saved)
    )
    return told


def _step(*words: str) -> str:
    """What a step says; its mistakes are told."""
    done = _process(*words)
    if done.returncode:
        raise RuntimeError(f"{' '.join(words)}\n{done.stderr}")
    return done.stdout


def _process(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "bench.contest", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603


if __name__ == "__main__":
    main()
