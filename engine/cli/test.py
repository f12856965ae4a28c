"""``duly test``: run the scenarios of packs."""

from __future__ import annotations

import sys

import click

from duly.engine import discovery
from duly.engine.cli.main import FINDINGS, NOTHING_CHECKED
from duly.engine.scenarios import Failure, Result, run_scenarios


@click.command("test")
@click.argument("packs", nargs=-1, metavar="[PACK ...]")
def command(packs: tuple[str, ...]) -> None:
    """Run the scenarios of PACKs (names or folders; all installed ones by default).

    Exit code 0: all passed; 1: a scenario failed; 2: a pack could not be found; 3: there was none.
    """
    manager = discovery.plugin_manager()
    total = failed = 0
    for wanted in packs or tuple(discovery.packs(manager)):
        loaded = discovery.load(manager, wanted)
        results = run_scenarios(loaded.policy, loaded.scenarios())
        for result in results:
            if not result.passed:
                click.echo(describe(result))
        bad = sum(not result.passed for result in results)
        click.echo(f"{loaded.own}: {len(results) - bad} passed, {bad} failed")
        total, failed = total + len(results), failed + bad
    if failed:
        sys.exit(FINDINGS)
    if not total:
        click.echo("nothing was checked: no scenarios found")
        sys.exit(NOTHING_CHECKED)


def describe(result: Result) -> str:
    """A failed scenario: what was expected and what came out."""
    lines = [f"FAILED  {result.scenario.title}", f"  --> {result.scenario.span}"]
    for failure in result.failures:
        lines.extend(_failure(failure))
    return "\n".join(lines) + "\n"


def _failure(failure: Failure) -> list[str]:
    place = failure.expectation.span
    lines = [f"  line {place.line}: {failure.expectation.text}"]
    if not failure.outcomes:
        return [*lines, "    came out: no obligation of this rule"]
    return [*lines, "    came out:", *(f"      {outcome}" for outcome in failure.outcomes)]
