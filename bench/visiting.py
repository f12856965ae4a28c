"""How many obligations a second the visiting rule comes to, once facts are in memory.

``python bench/visiting.py [--children 400000]``: one core, medians of five runs.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import time
from pathlib import Path

from attrs import evolve

from bench.caseload import AS_AT, caseload
from duly.engine import discovery
from duly.engine.evaluate import evaluate
from duly.engine.lower import lower
from duly.engine.pipeline import PARTITION
from duly.engine.reasons import reasons


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--children", type=int, default=400_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--pack", default=str(Path(__file__).parent / "pack"))
    parser.add_argument("--rule", default="bench.visiting")
    arguments = parser.parse_args()
    loaded = discovery.load(discovery.plugin_manager(), arguments.pack)
    plan = lower(loaded.policy)
    duties = tuple(d for d in plan.duties if d.rule.qualified == arguments.rule)
    plan = evolve(plan, duties=tuple(d for d in duties if d.name(0) == "interval"))
    facts = caseload(loaded.policy.kinds, arguments.children)
    print(f"{arguments.children:,} children, {facts.rows_read:,} facts, {arguments.rule}")
    seconds = []
    for _ in range(arguments.runs):
        began = time.perf_counter()
        count = 0
        for part in facts.partitions(PARTITION):
            for batch in evaluate(plan, part, AS_AT):
                reasons(batch)
                count += len(batch)
        seconds.append(time.perf_counter() - began)
    whole = statistics.median(seconds)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{count:,} obligations, each with verdict and reason, on one core:")
    print(f"{whole:.2f} s = {count / whole / 1e6:.1f} million/s (median of {arguments.runs})")
    print(f"peak memory {peak:.1f} GiB")


if __name__ == "__main__":
    main()
