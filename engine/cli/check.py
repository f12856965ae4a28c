"""``duly check``: parse and resolve packs, and report every mistake in one go."""

from __future__ import annotations

import sys

import click

from duly.dsl.diagnostics import PolicyError, render
from duly.dsl.packs import LoadedPolicy
from duly.engine import discovery
from duly.engine.cli.main import FINDINGS, NOTHING_CHECKED
from duly.engine.cli.mistakes import counted, show_mistakes
from duly.engine.conclude import paired_duties
from duly.engine.lower import lower
from duly.engine.plan import Plan
from duly.engine.raw import PlanError


@click.command("check")
@click.argument("packs", nargs=-1, metavar="[PACK ...]")
def command(packs: tuple[str, ...]) -> None:
    """Check PACKs (names or folders; all installed ones by default), with what they stand over.

    Exit code 0: no mistake; 1: mistakes; 2: a pack could not be found; 3: no rule was checked.
    """
    manager = discovery.plugin_manager()
    rules = 0
    failed = False
    for wanted in packs or tuple(discovery.packs(manager)):
        try:
            loaded = discovery.load(manager, wanted)
            _warn_of_no_floor(loaded, lower(loaded.policy))
            scenarios = len(loaded.scenarios())
        except PolicyError as error:
            failed = True
            click.echo(f"{wanted}: {show_mistakes(error)}")
            continue
        except PlanError as error:
            failed = True
            click.echo(f"{wanted}: error: {error}")
            continue
        rules += _report(loaded, scenarios)
    if failed:
        sys.exit(FINDINGS)
    if not rules:
        click.echo("nothing was checked: no rules found")
        sys.exit(NOTHING_CHECKED)


def _warn_of_no_floor(loaded: LoadedPolicy, plan: Plan) -> None:
    """Rules that refine another, none of whose duties is a clock of the same thing."""
    paired = {duty.rule.qualified for group in paired_duties(plan) for duty in group}
    timed = {duty.rule.qualified for duty in plan.duties}
    for rule in loaded.policy.packs[-1].rules:
        if rule.refines in timed and rule.qualified in timed - paired:
            loaded.diagnostics.add(
                "nothing-paired",
                f"no duty of `{rule.name}` is a duty of `{rule.refines}`, which it refines",
                rule.span,
                why="the law's date is no floor under a child's date here: they are counted apart",
                help="do the same act with the same kind of time, give both duties one label, "
                "or take the `refines` line out",
                severity="warning",
            )


def _report(loaded: LoadedPolicy, scenarios: int) -> int:
    """Print the warnings and the count of rules; returns how many rules the pack has itself."""
    for message in loaded.diagnostics.in_order():
        click.echo(render(message, loaded.sources.get(message.span.file)) + "\n")
    own = loaded.policy.packs[-1]
    over = f" over {own.over}" if own.over else ""
    duties = sum(len(rule.duties) for rule in own.rules)
    counts = ", ".join(
        f"{number} {word if number == 1 else plural}"
        for number, word, plural in (
            (len(own.rules), "rule", "rules"),
            (duties, "duty", "duties"),
            (scenarios, "scenario", "scenarios"),
        )
    )
    click.echo(f"{own.name}{over}: {counts}: {counted(loaded.diagnostics.found)}")
    return len(own.rules)
