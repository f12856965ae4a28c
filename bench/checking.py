"""How long ``duly check`` takes as a process, and reading text that nobody would write.

``python -m bench.checking [--runs 5]``: the best of so many runs, and what of it the processor
took; the aims stand beside.  Processes start as they do where Duly is installed, from modules that
are compiled already.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.grammar import lark
from duly.dsl.parser import parse_text

POLICIES = Path(__file__).resolve().parent.parent / "policies"
CACHE = "cache"

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
    with tempfile.TemporaryDirectory() as folder:
        desk = Path(folder)
        shutil.copytree(POLICIES / "stoke", desk / "stoke")
        check = partial(duly, desk, "check", "statutory", "./stoke")
        check()  # compiles the modules
        show("duly check, nothing kept", "", best(runs, check, forget(desk)))
        show("duly check, one file changed", "1 s", best(runs, check, change(desk)))
        show("duly check, again", "0.5 s", best(runs, check))
        show("duly --help", "0.3 s", best(runs, partial(duly, desk, "--help")))
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


def duly(desk: Path, *words: str) -> None:
    """A command as it is typed on the desk, in a process that keeps there what it may."""
    command = [str(Path(sys.executable).parent / "duly"), *words]
    env = {**os.environ, "XDG_CACHE_HOME": str(desk / CACHE), "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run(command, cwd=desk, env=env, stdout=subprocess.DEVNULL, check=True)  # noqa: S603


def forget(desk: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(desk / CACHE)


def change(desk: Path) -> Callable[[], None]:
    """Adds a comment to the longest file of rules."""
    longest = max((desk / "stoke").glob("*.duly"), key=lambda path: path.stat().st_size)

    def add() -> None:
        with longest.open("a", encoding="utf-8") as file:
            file.write("# changed\n")

    return add


def parse(text: str) -> None:
    parse_text(text, "bench.duly", Diagnostics())


def best(
    runs: int, work: Callable[[], None], before: Callable[[], None] = lambda: None
) -> tuple[float, float]:
    """Seconds of the quickest run, by the clock and of the processor; ``before`` is not counted."""
    taken = []
    for _ in range(runs):
        before()
        began = clocks()
        work()
        taken.append(tuple(now - then for now, then in zip(clocks(), began, strict=True)))
    clock, processor = map(min, zip(*taken, strict=True))
    return clock, processor


def clocks() -> tuple[float, float]:
    """The time, and the processor's for this process and those that it started."""
    *processor, _ = os.times()
    return time.perf_counter(), sum(processor)


def show(what: str, aim: str, seconds: tuple[float, float]) -> None:
    clock, processor = seconds
    told = f"{what:<30}{clock:6.2f} s, {processor:5.2f} s of the processor"
    print(f"{told}{f'   (aim: {aim})' if aim else ''}")


if __name__ == "__main__":
    main()
