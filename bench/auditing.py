"""How long it takes to hold Stoke's standards against the law, in a process that has read both.

``python -m bench.auditing [--runs 5]``: medians of so many runs, by the clock and of the processor;
the aims stand beside.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable
from datetime import date
from functools import partial

from bench.checking import clocks, show
from duly.dsl import policy as p
from duly.engine import discovery
from duly.engine.audit import audit
from duly.engine.audit.auditing import one_rule
from duly.engine.audit.told import sections

AS_AT = date(2026, 3, 31)
FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
ONE = "stoke.cla_visits"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    policy = discovery.load(discovery.plugin_manager(), "stoke").policy
    count = told(policy)
    show(f"audit of {count:,} duties", "5 s", median(runs, partial(told, policy)))
    show(f"{ONE} alone", "0.2 s", median(runs, lambda: told(one_rule(policy, [ONE]))))


def told(policy: p.Policy) -> int:
    """The whole audit, in words; how many duties it tells of."""
    return len(sections(audit(policy, AS_AT, FIRST, LAST)))


def median(runs: int, work: Callable[[], object]) -> tuple[float, float]:
    """Seconds of the run in the middle, by the clock and of the processor."""
    taken = []
    for _ in range(runs):
        began = clocks()
        work()
        taken.append(tuple(now - then for now, then in zip(clocks(), began, strict=True)))
    clock, processor = map(statistics.median, zip(*taken, strict=True))
    return clock, processor


if __name__ == "__main__":
    main()
