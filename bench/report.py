"""What the suite measured, as a page of the reference: tables, a chart, the machine."""

from __future__ import annotations

import math
import os
import platform
import statistics
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path

from attrs import frozen

from bench.chart import Line, chart

DULY = "Duly"
REFERENCE = Path(__file__).resolve().parent.parent / "docs" / "reference"
PAGE, CHART = REFERENCE / "benchmarks.md", REFERENCE / "benchmarks.svg"
LIBRARIES = ("numpy", "pyarrow", "duckdb", "polars", "python-dateutil", "zen-engine", "regopy")


@frozen
class Measured:
    """A contestant at one size: seconds of the work with their spread, and what it needed.

    ``start_up`` is the time to the beginning of the work: the interpreter, and what it imports.
    """

    contest: str
    name: str
    children: int
    rows: int
    seconds: float
    least: float
    most: float
    processor: float
    start_up: float
    peak: float
    decisions: int
    decision: float

    @classmethod
    def of(
        cls, contest: str, name: str, children: int, runs: Sequence[Mapping[str, float]]
    ) -> Measured:
        seconds = [run["seconds"] for run in runs]
        decisions = int(runs[0].get("tally_decisions", 0))
        asked = statistics.median(run.get("tally_seconds", 0.0) for run in runs)
        return cls(
            contest,
            name,
            children,
            int(runs[0]["rows"]),
            statistics.median(seconds),
            min(seconds),
            max(seconds),
            statistics.median(run["processor"] for run in runs),
            statistics.median(run["start_up"] for run in runs),
            statistics.median(run["peak"] for run in runs),
            decisions,
            asked / decisions if decisions else 0.0,
        )

    def line(self) -> str:
        return (
            f"{self.name:<28}{self.children:>9,} children{self.rows:>12,} rows"
            f"{self.seconds:9.3f} s ({self.least:.3f} to {self.most:.3f})"
            f"{self.peak / 2**20:8,.0f} MiB   start-up {self.start_up:.2f} s"
        )


def write(measured: Sequence[Measured], runs: int) -> None:
    """The page and its chart."""
    names = dict.fromkeys(each.name for each in measured)
    lines = [
        Line(name, [(each.children, each.seconds) for each in measured if each.name == name])
        for name in names
    ]
    CHART.write_text(chart(lines, "children", "seconds"), "utf-8")
    PAGE.write_text("\n".join(_page(measured, runs)) + "\n", "utf-8")


def _page(measured: Sequence[Measured], runs: int) -> Iterator[str]:
    yield from _HEAD.format(runs=_in_words(runs)).splitlines()
    for contest in dict.fromkeys(each.contest for each in measured):
        of_it = [each for each in measured if each.contest == contest]
        yield from ("", f"## {contest[0].upper()}{contest[1:]}", "")
        yield from _times(of_it)
        yield from _growth(of_it)
        yield from _decisions(of_it)
    yield from (
        "",
        "## How it grows",
        "",
        "![Seconds against children, for each contestant](benchmarks.svg)",
    )
    yield from ("", "## The machine", "", *machine())
    yield from _FOOT.splitlines()


_HEAD = """\
# Benchmarks

<!-- written by `python -m bench.suite --write`: what is changed here is lost -->

How fast Duly is, beside what else the same rule could be written in: the visiting rule of
`bench/pack`, with six facts on which its interval turns, two relaxations and an exemption, from the
beginning of each placement to the as-at day. All begin from the same Parquet files of one generated
caseload and end with the same rows in memory: child, anchor, deadline, day of fulfilment, verdict,
and whether something was assumed. The rows are compared first, and must be equal.

Times are medians of {runs} runs, with the quickest and the slowest in brackets. Contestants run in
turn, each time in a new process. *Times Duly's* below 1 is quicker than Duly. *Start-up* is the
time until the work begins: the interpreter and what it imports; it is not part of the time.
*Memory* is the most that the process held.

- **Duly** runs from the rule's sentence, in as many threads as there are cores, twenty thousand
  children at a time. Finding the pack is part of its time; its plan is kept from the run before,
  as every run keeps it. It can say the reason for each row.
- **DuckDB** and **Polars** use every core.
- **The SQL** is about 200 lines, `bench/peers/duckdb_sql.sql`: windows, joins and aggregates.
  **Polars** is the same by lazy frames. Both know this one rule, and of what a record can leave
  open only what this caseload leaves open: who agreed, and whether a child was seen.
- **zen-engine** and **OPA** are engines of decisions without time. They say which interval holds by
  the facts of one moment; a loop in Python finds anchors, deadlines and verdicts, and asks them
  twice for each stretch of days on which nothing changes. Their times are that loop's and theirs.
  zen-engine is asked in two ways: of a table that it has compiled once, and by `create_decision`,
  the way that one finds first.
- The loops in Python are run at the smallest size only; nothing here is extrapolated."""

_FOOT = """
To run it again, in about a quarter of an hour, with what the extra `bench` installs:

```console
pip install -e '.[bench]'
python -m bench.suite --write
```

`make bench` runs this and the other benchmarks without writing any page."""


def _times(measured: Sequence[Measured]) -> Iterator[str]:
    yield (
        "| | children | obligations | seconds | times Duly's | seconds of a core "
        "| obligations a second | memory, MiB | start-up, s |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|--:|--:|"
    first = {each.children: each for each in reversed(measured) if each.name == DULY}
    for each in sorted(measured, key=lambda each: each.children):
        beside = first.get(each.children)
        times = f"{each.seconds / beside.seconds:.2f}" if beside else ""
        yield (
            f"| {each.name} | {each.children:,} | {each.rows:,} "
            f"| {each.seconds:.3g} ({each.least:.3g} to {each.most:.3g}) | {times} "
            f"| {each.processor:.3g} | {_rounded(each.rows / each.seconds)} "
            f"| {each.peak / 2**20:,.0f} | {each.start_up:.2f} |"
        )


def _growth(measured: Sequence[Measured]) -> Iterator[str]:
    """How much longer each takes on more children."""
    grown = []
    for name in dict.fromkeys(each.name for each in measured):
        own = sorted((e for e in measured if e.name == name), key=lambda each: each.children)
        grown += [(name, one, other) for one, other in pairwise(own)]
    if not grown:
        return
    yield from ("", "How each grows:", "")
    yield "| | children | times the children | times the seconds | times the memory |"
    yield "|---|--:|--:|--:|--:|"
    for name, one, other in grown:
        yield (
            f"| {name} | {one.children:,} to {other.children:,} "
            f"| {other.children / one.children:.1f} | {other.seconds / one.seconds:.1f} "
            f"| {other.peak / one.peak:.1f} |"
        )


def _decisions(measured: Sequence[Measured]) -> Iterator[str]:
    """Engines of decisions, by the decision, against all that Duly does for an obligation."""
    asked = [each for each in measured if each.decisions]
    own = [each for each in measured if each.name == DULY]
    if not asked or not own:
        return
    yield from ("", "By the decision, beside all that Duly does for an obligation:", "")
    times = " | ".join(f"times Duly's at {each.children:,} children" for each in own)
    yield f"| | children | decisions | microseconds of a core each | {times} |"
    yield "|---|--:|--:|--:|" + "--:|" * len(own)
    for name, children, number, seconds in (
        *((each.name, each.children, each.decisions, each.decision) for each in asked),
        *((f"{DULY}, an obligation", e.children, e.rows, e.processor / e.rows) for e in own),
    ):
        beside = " | ".join(_rounded(seconds * each.rows / each.processor) for each in own)
        yield f"| {name} | {children:,} | {number:,} | {_rounded(seconds * 1e6)} | {beside} |"


def machine() -> Iterator[str]:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    cores = len(os.sched_getaffinity(0))
    yield f"{cores} cores ({platform.machine()}), {memory:.0f} GiB of memory, {platform.system()};"
    yield f"Python {platform.python_version()}, {libraries}."
    yield f"Measured on {datetime.now(UTC):%-d %B %Y}."


def _rounded(number: float) -> str:
    """Three figures."""
    digits = 2 - math.floor(math.log10(number)) if number else 0
    return f"{round(number, digits):,.{max(digits, 0)}f}"


def _in_words(number: int) -> str:
    words = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    return words[number] if number < len(words) else str(number)
