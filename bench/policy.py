"""The whole of Stoke's policy over the law: one authority, and England.

``python -m bench.policy [--children 3000 --children 100000 ...] [--runs 5] [--write]``: what one
authority waits for, how cost grows with facts and with rules, and what the whole of England takes,
from Parquet on disk to Parquet on disk.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from attrs import asdict, evolve, frozen

from bench.report import machine
from bench.rich import make
from duly.dsl.policy import Policy
from duly.engine import discovery
from duly.engine.compiled import compile_
from duly.engine.facts import Facts
from duly.engine.pipeline import read_facts, run_facts
from duly.plugins.sample import make_caseload

AS_AT = date(2026, 3, 31)
AUTHORITY = 3_000
SIZES = (10_000, 100_000, 400_000)
PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "benchmarks-policy.md"


@frozen
class Ran:
    """A run of the command on so many children: rows read and written, and what it took."""

    children: int
    facts: int
    obligations: int
    earlier: int
    seconds: float
    processor: float
    peak: int
    """The most memory that all its processes held together, in bytes."""
    size: int
    """What it wrote, in bytes."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--children", type=int, action="append")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    waits = list(one_authority(arguments.runs))
    for what, seconds in waits:
        print(f"{what:<70}{_spread(seconds)}", flush=True)
    growth = list(by_rules(arguments.runs))
    for rules, duties, seconds in growth:
        print(f"{rules:>6} rules {duties:>6} duties {_spread(seconds)}", flush=True)
    ran = []
    for children in arguments.children or SIZES:
        ran.append(_measured(children))
        print(json.dumps(asdict(ran[-1])), flush=True)
    if arguments.write:
        PAGE.write_text("\n".join(_page(waits, growth, ran)) + "\n", "utf-8")


def _timed(work: Callable[[], object], runs: int) -> list[float]:
    seconds = []
    for _ in range(runs):
        gc.collect()
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return seconds


# ------------------------------------------------------------------ one authority


def one_authority(runs: int) -> Iterator[tuple[str, list[float]]]:
    """What an analyst waits for, every morning."""
    yield "`duly --help`", _timed(lambda: _duly("--help"), runs)
    with tempfile.TemporaryDirectory() as desk:
        folder = Path(desk) / "facts"
        make_caseload(folder, AUTHORITY)
        policy, facts = _policy(), _facts(folder)
        ready = compile_(policy)
        run_facts(ready, facts, AS_AT)  # tables of dates are made once
        yield (
            "the whole policy, facts in memory",
            _timed(lambda: run_facts(ready, facts, AS_AT), runs),
        )
        words = ("run", "--pack", "stoke", "--facts", f"csv:{folder}", "--as-at", str(AS_AT))
        _duly(*words)  # what is kept of the pack is made once
        yield "`duly run` from CSV, the summary", _timed(lambda: _duly(*words), runs)
        for format in ("parquet", "csv"):
            out = ("--out", f"{format}:{desk}/out.{format}")
            work = lambda out=out: _duly(*words, *out)  # noqa: E731
            yield f"`duly run` from CSV, obligations as {format}", _timed(work, runs)


def _policy() -> Policy:
    return discovery.load(discovery.plugin_manager(), "stoke").policy


def _facts(folder: Path) -> Facts:
    return read_facts([f"csv:{folder}"], _policy().kinds, discovery.plugin_manager(), AS_AT)


def _duly(*words: str) -> str:
    command = [str(Path(sys.executable).with_name("duly")), *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603


def by_rules(runs: int) -> Iterator[tuple[int, int, list[float]]]:
    """A quarter of the rules of each pack, half of them, and so on, on one caseload."""
    with tempfile.TemporaryDirectory() as desk:
        make_caseload(Path(desk), AUTHORITY)
        policy, facts = _policy(), _facts(Path(desk))
        for quarters in (1, 2, 3, 4):
            some = _share(policy, quarters)
            duties = sum(len(rule.duties) for rule in some.rules())
            ready = compile_(some)
            run_facts(ready, facts, AS_AT)
            seconds = _timed(lambda ready=ready: run_facts(ready, facts, AS_AT), runs)  # type: ignore[misc]
            yield len(list(some.rules())), duties, seconds


def _share(policy: Policy, quarters: int) -> Policy:
    """So many of each four rules of every pack."""
    packs = [
        evolve(pack, rules=tuple(r for n, r in enumerate(pack.rules) if n % 4 < quarters))
        for pack in policy.packs
    ]
    return evolve(policy, packs=tuple(packs))


# ------------------------------------------------------------------------ England


def _measured(children: int) -> Ran:
    """The command on so many children, from Parquet to Parquet, once."""
    with tempfile.TemporaryDirectory() as desk:
        facts, out = Path(desk) / "facts", Path(desk) / "obligations"
        rows = make(facts, children)
        words = ["run", "--pack", "stoke", "--as-at", str(AS_AT)]
        words += ["--facts", f"parquet:{facts}", "--out", f"parquet:{out}"]
        command = [str(Path(sys.executable).with_name("duly")), *words]
        before = os.times()
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
        peak = _peak(process)
        seconds = time.perf_counter() - began
        after = os.times()
        said = process.stdout.read() if process.stdout is not None else ""
        if process.returncode:
            raise RuntimeError(f"the run ended with {process.returncode}")
        processor = after.children_user + after.children_system
        processor -= before.children_user + before.children_system
        owed, earlier = _counts(said)
        size = sum(path.stat().st_size for path in out.iterdir())
        return Ran(children, rows, owed, earlier, seconds, processor, peak, size)


def _counts(said: str) -> tuple[int, int]:
    """``12 obligations; 3 settled earlier are left out``."""
    line = next(line for line in said.splitlines() if "settled earlier" in line)
    owed, _, rest = line.partition(" obligation")
    return int(owed.replace(",", "")), int(rest.split()[1].replace(",", ""))


def _peak(process: subprocess.Popen[str]) -> int:
    """The most that a process and those it began held at once, looked at ten times a second."""
    most = 0
    while process.poll() is None:
        most = max(most, sum(map(_held, _family(process.pid))))
        time.sleep(0.1)
    return most


def _family(parent: int) -> Iterator[int]:
    yield parent
    for task in Path(f"/proc/{parent}/task").glob("*/children"):
        for child in _read(task).split():
            yield from _family(int(child))


def _held(process: int) -> int:
    pages = _read(Path(f"/proc/{process}/statm")).split()
    return int(pages[1]) * os.sysconf("SC_PAGE_SIZE") if pages else 0


def _read(path: Path) -> str:
    """What a process says of itself; nothing once it has ended."""
    try:
        return path.read_text()
    except OSError:
        return ""


# ----------------------------------------------------------------------- the page


def _spread(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.2f} ({min(seconds):.2f} to {max(seconds):.2f})"


def _page(
    waits: list[tuple[str, list[float]]],
    growth: list[tuple[int, int, list[float]]],
    ran: list[Ran],
) -> Iterator[str]:
    yield from _HEAD.splitlines()
    yield from (f"| {what} | {_spread(seconds)} |" for what, seconds in waits)
    yield from ("", "## How it grows with rules", "", _GROWTH, "")
    yield from ("| rules | duties | seconds | milliseconds a duty |", "|--:|--:|--:|--:|")
    for rules, duties, seconds in growth:
        each = statistics.median(seconds) / duties * 1000
        yield f"| {rules} | {duties} | {_spread(seconds)} | {each:.2f} |"
    yield from ("", "## How it grows with facts, up to England", "", _ENGLAND, "")
    yield (
        "| children | rows of facts | obligations written | settled earlier | seconds "
        "| seconds of a core | microseconds of a core for each obligation judged "
        "| memory of all processes, GiB | written, MB |"
    )
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for each in ran:
        judged = each.obligations + each.earlier
        yield (
            f"| {each.children:,} | {each.facts:,} | {each.obligations:,} | {each.earlier:,} "
            f"| {each.seconds:.1f} | {each.processor:.1f} | {each.processor / judged * 1e6:.2f} "
            f"| {each.peak / 2**30:.1f} | {each.size / 1e6:,.0f} |"
        )
    yield from ("", "## The machine", "", *machine())
    yield from _FOOT.splitlines()


_HEAD = """\
# Benchmarks: the whole policy

<!-- written by `python -m bench.policy --write`: what is changed here is lost -->

The pack `stoke` over `statutory`, all of it, on the invented caseload of the demo: children in
need, on protection plans, looked after, and privately fostered, over six years. Of most that Stoke
asks at each visit the record of this caseload holds nothing; those obligations are judged and
written like all others, as `cannot tell`.

## One authority

3,000 children, in seconds: the median, with the quickest and the slowest in brackets.

| | seconds |
|---|--:|"""

_GROWTH = """\
The same 3,000 children under a quarter of the rules of each pack, half of them, and so on, with
facts in memory. What several duties look at (scopes, acts, anchors, conditions) is worked out once
for all."""

_ENGLAND = """\
One run each, from Parquet facts on disk to Parquet obligations on disk, in as many processes as
there are cores; 10,000 children are one partition, and so one process. What is open, or was settled
within the last year, is written; what was settled earlier is judged too, and counted."""

_FOOT = """
To run it again:

```console
pip install -e '.[bench]'
python -m bench.policy --write
```"""

if __name__ == "__main__":
    main()
