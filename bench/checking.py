"""How long ``duly check`` takes as a process, and reading text that nobody would write.

``python -m bench.checking [--runs 5]``: the best of so many runs; the aims stand beside.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.grammar import lark
from duly.dsl.parser import parse_text

HEAD = 'pack local "Local" over statutory\n'
RULE = """
rule r{n} "Visits to a child looked after"
  cite care_planning "regulation 28"
  during placement where not placed_for_adoption
  interval: must visit CLA every 6 weeks,
    unless permanent and not first_year then 3 months

# ---- visits, once more

"""
LINES = 10_000
BAD_RULE = "rule r{n} must visit CLA evry 6 weeks\n"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=5)
    runs = parser.parse_args().runs
    rules = "".join(RULE.format(n=n) for n in range(LINES // RULE.count("\n")))
    with tempfile.TemporaryDirectory() as cache:
        show("duly check, the first time", "1 s", best(1, lambda: check(cache)))
        show("duly check, again", "0.5 s", best(runs, lambda: check(cache)))
    lark()
    show("10,000 lines", "2 s", best(runs, lambda: parse(HEAD + rules)))
    for name, text in hostile().items():
        show(name, "", best(1, lambda text=text: parse(text)))  # type: ignore[misc]


def hostile() -> dict[str, str]:
    """Text that a parser could run away with."""
    unless = f"{HEAD}rule ours must visit CLA every week unless "
    return {
        "10,000 unreadable rules": HEAD + "".join(BAD_RULE.format(n=n) for n in range(LINES)),
        "a line of a megabyte": unless + " or ".join(["permanent"] * 80_000),
        "100,000 brackets": f"{unless}{'(' * 100_000}permanent{')' * 100_000}",
        "100,000 times not": f"{unless}{'not ' * 100_000}permanent",
        "a megabyte of one name": unless + "x" * 1_000_000,
    }


def check(cache: str) -> None:
    """Both packs, in a process that keeps what it may in this folder."""
    command = [str(Path(sys.executable).parent / "duly"), "check", "statutory", "stoke"]
    env = {**os.environ, "XDG_CACHE_HOME": cache}
    subprocess.run(command, env=env, stdout=subprocess.DEVNULL, check=True)  # noqa: S603


def parse(text: str) -> None:
    parse_text(text, "bench.duly", Diagnostics())


def best(runs: int, work: Callable[[], None]) -> float:
    """Seconds of the quickest run."""
    seconds = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    return min(seconds)


def show(what: str, aim: str, seconds: float) -> None:
    print(f"{what:<30}{seconds:6.2f} s{f'   (aim: {aim})' if aim else ''}")


if __name__ == "__main__":
    main()
