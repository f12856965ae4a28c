"""``duly test``: run the scenarios of packs, and say what they leave untested."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import click
from attrs import frozen

from duly.dsl.packs import LoadedPolicy
from duly.dsl.policy import Rule
from duly.engine import discovery
from duly.engine.cli import junit, options, untested
from duly.engine.cli.failures import Tested, describe
from duly.engine.cli.main import FINDINGS, FINE, NOTHING_CHECKED
from duly.engine.cli.watch import watch
from duly.engine.coverage import coverage
from duly.engine.lower import lower
from duly.engine.scenarios import duties_by_rule, run_scenarios
from duly.engine.survivors import survivors


@frozen
class Asked:
    """What the user wants to see of which packs and rules."""

    packs: tuple[str, ...]
    rules: tuple[str, ...]
    coverage: bool
    mutants: bool
    junit: Path | None


@click.command("test")
@click.argument("packs", nargs=-1, metavar="[PACK ...]")
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be given several times.")
@click.option("--coverage", "cover", is_flag=True, help="Say what no scenario reaches.")
@click.option("--mutants", is_flag=True, help="Say which slips in the rules no scenario notices.")
@click.option(
    "--junit",
    "report",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the results as JUnit XML, for a build server.",
)
@click.option("--watch", "stay", is_flag=True, help="Run again whenever a rule file changes.")
def command(
    packs: tuple[str, ...],
    rules: tuple[str, ...],
    cover: bool,
    mutants: bool,
    report: Path | None,
    stay: bool,
) -> None:
    """Run the scenarios of PACKs (names or folders; all installed ones by default).

    Exit code 0: all passed; 1: a scenario failed, or no scenario notices a mutant; 2: a pack or
    rule could not be found; 3: there was none.
    """
    installed = tuple(discovery.packs(discovery.plugin_manager()))
    asked = Asked(packs or installed, rules, cover, mutants, report)
    if stay:
        watch(lambda: run_tests(asked)[1], [_folder(pack) for pack in asked.packs])
    else:
        sys.exit(run_tests(asked)[0])


def _folder(pack: str) -> Path:
    return discovery.find_pack(discovery.plugin_manager(), pack)


def run_tests(asked: Asked) -> tuple[int, list[Path]]:
    """Test the packs; returns the exit code, and the folders that it depends on."""
    manager = discovery.plugin_manager()
    packs = [discovery.load(manager, wanted) for wanted in asked.packs]
    known = dict.fromkeys(rule.qualified for pack in packs for rule in pack.policy.rules())
    called = [name for rule in asked.rules for name in options.rules_called(rule, known)]
    names = frozenset(called or known)
    tested = [_run(pack, names) for pack in packs]
    left = sum(_show(each, names, asked) for each in tested)
    if asked.junit is not None:
        junit.write(asked.junit, tested)
    folders = [Path(text.folder) for pack in packs for text in pack.packs]
    if left or any(each.failed for each in tested):
        return FINDINGS, folders
    if not any(each.results for each in tested):
        click.echo("nothing was checked: no scenarios found")
        return NOTHING_CHECKED, folders
    return FINE, folders


def _run(pack: LoadedPolicy, names: frozenset[str]) -> Tested:
    """Run one pack's scenarios that name a rule which is wanted."""
    scenarios = [s for s in pack.scenarios() if names & {e.rule for e in s.expectations}]
    results = run_scenarios(pack.policy, scenarios)
    return Tested(pack, results, duties_by_rule(lower(pack.policy)))


def _show(tested: Tested, names: frozenset[str], asked: Asked) -> int:
    """Show what became of one pack's scenarios; returns how many slips nobody would notice."""
    for result in tested.results:
        if not result.passed:
            click.echo(describe(result, tested.duties))
    passed = len(tested.results) - tested.failed
    click.echo(f"{tested.loaded.own}: {passed} passed, {tested.failed} failed")
    rules = [r for r in tested.loaded.policy.packs[-1].rules if r.qualified in names]
    if tested.results:
        duties = [duty for rule in rules for duty in tested.duties.get(rule.qualified, ())]
        _indented(untested.coverage_lines(coverage(duties, tested.results), asked.coverage))
    return _try_mutants(tested, rules) if asked.mutants else 0


def _try_mutants(tested: Tested, rules: Sequence[Rule]) -> int:
    if tested.failed:
        click.echo("  mutants are tried once every scenario passes")
        return 0
    loaded = tested.loaded
    trial = survivors(loaded.policy, rules, tested.results, loaded.words)
    _indented(untested.survivor_lines(trial))
    return len(trial.survivors) + len(trial.untold)


def _indented(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(f"  {line}")
