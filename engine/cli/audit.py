"""``duly audit``: local policy held against the law, for every child and every start date."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click
import pluggy

from duly.dsl.plurals import number_of
from duly.engine import discovery
from duly.engine.audit import Audit, audit
from duly.engine.audit.auditing import one_rule
from duly.engine.audit.changes import Version, changes
from duly.engine.audit.compared import GRAVEST_FIRST
from duly.engine.audit.stories import as_scenario
from duly.engine.cli.formats.audits import as_json, html, markdown, text
from duly.engine.cli.main import FINDINGS, NOTHING_CHECKED
from duly.engine.cli.options import DAY, format_, rules_called
from duly.engine.days import long_date

FORMATS = {"text": text, "markdown": markdown, "html": html, "json": as_json}

FIRST, LAST = date(2000, 1, 1), date(2099, 12, 31)
"""The start dates that are compared where none are given."""


@click.command("audit")
@click.argument("packs", nargs=-1, required=True, metavar="PACK | OLD NEW")
@click.option("--against", help="A pack below it; by default the lowest, the law.")
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be given several times.")
@click.option("--as-at", "as_at", type=DAY, default=date.today, help="Which law is in force.")
@click.option("--from", "first", type=DAY, default=FIRST, help="The first start date compared.")
@click.option("--until", "last", type=DAY, default=LAST, help="The last start date compared.")
@click.option("--all", "everything", is_flag=True, help="Duties that are the law's own as well.")
@format_(FORMATS, "For a terminal, a page, one file to send, or one JSON object.")
@click.option(
    "--fail-on",
    "fail_on",
    default="",
    metavar="VERDICT[,VERDICT ...]",
    help="Exit with 1 where a duty comes out so: later,missing,waived,not-comparable.",
)
@click.option(
    "--write-scenarios",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Keep the child of each `later` as a scenario in this folder.",
)
def command(
    packs: tuple[str, ...],
    against: str | None,
    rules: tuple[str, ...],
    as_at: date,
    first: date,
    last: date,
    everything: bool,
    format_: str,
    fail_on: str,
    folder: Path | None,
) -> None:
    """Hold PACK, a name or a folder, against the law that it stands over.

    Each duty of the law comes out as same, stricter, later, not-comparable, missing or waived;
    each local duty that refines none as additional.  Without --all, duties that are the same,
    missing or additional are counted, not listed.

    Of two packs, or two versions of one, it says what changes: OLD and NEW are names or folders,
    with @ and a date behind them for the version in force on that day (stoke@2024-04-01).

    Exit code 0: none of --fail-on came out; 1: some did; 2: it could not run; 3: nothing was held
    against anything.
    """
    wanted = _verdicts(fail_on)
    if last < first:
        raise click.UsageError("--until lies before --from; no clock could start")
    if len(packs) > 2:
        raise click.UsageError("give one pack, or two versions to compare")
    if len(packs) == 2 and (against is not None or rules or folder is not None):
        raise click.UsageError("--against, --rule and --write-scenarios are for one pack")
    manager = discovery.plugin_manager()
    versions = [_version(manager, pack, as_at) for pack in packs]
    if len(versions) == 2:
        found = changes(versions[0], versions[1], first, last)
    else:
        found = _against_the_law(versions[0], packs[0], against, rules, first, last)
    if not found.lines:
        click.echo(f"no duty of either pack is in force on {long_date(found.as_at)}")
        sys.exit(NOTHING_CHECKED)
    for line in FORMATS[format_](found, everything=everything or bool(rules)):
        click.echo(line)
    if folder is not None:
        _write_scenarios(found, folder)
    if any(line.verdict in wanted for line in found.lines):
        sys.exit(FINDINGS)


def _against_the_law(
    version: Version,
    pack: str,
    against: str | None,
    rules: tuple[str, ...],
    first: date,
    last: date,
) -> Audit:
    policy = version.policy
    below = [each.name for each in policy.packs[:-1]]
    if not below:
        click.echo(f"`{pack}` stands over no other pack, so there is no law to hold it against")
        sys.exit(NOTHING_CHECKED)
    if against is not None and against not in below:
        stands = " and ".join(f"`{name}`" for name in below)
        raise click.UsageError(f"`{pack}` does not stand over `{against}`, but over {stands}")
    named = [found for rule in rules for found in rules_called(rule, policy.by_name)]
    chosen = one_rule(policy, named) if named else policy
    return audit(chosen, version.as_at, first, last, against)


def _version(manager: pluggy.PluginManager, wanted: str, as_at: date) -> Version:
    """A pack, as it is in force on the day behind its ``@``, or else on the one asked about."""
    name, at, day = wanted.rpartition("@")
    if at:
        as_at = DAY.convert(day, None, None)
    policy = discovery.load(manager, name if at else wanted).policy
    return Version(policy, policy.packs[-1], as_at)


def _verdicts(text: str) -> set[str]:
    wanted = {word.strip() for word in text.split(",") if word.strip()}
    unknown = sorted(wanted - set(GRAVEST_FIRST))
    if unknown:
        raise click.UsageError(f"`{unknown[0]}` is no verdict; use {', '.join(GRAVEST_FIRST)}")
    return wanted


def _write_scenarios(found: Audit, folder: Path) -> None:
    """A file for each rule with a child that is later, to be put among the pack's scenarios."""
    files = _scenarios(found)
    if files:
        folder.mkdir(parents=True, exist_ok=True)
    for name, scenarios in files.items():
        (folder / f"later_than_law_{name}.duly").write_text("\n".join(scenarios), "utf-8")
    written = sum(len(scenarios) for scenarios in files.values())
    click.echo(f"{number_of(written, 'scenario')} written to {folder}", err=True)


def _scenarios(found: Audit) -> dict[str, list[str]]:
    """The children of whom a local rule is later, by the name of that rule."""
    files: dict[str, list[str]] = {}
    for line in found.lines:
        for difference in line.differences:
            if difference.verdict == "later" and difference.shown is not None:
                assert line.law is not None
                assert line.local is not None
                scenarios = files.setdefault(line.local.rule.name, [])
                title = _title(line.law.rule.qualified, line.local.rule.qualified, scenarios)
                scenarios.append(as_scenario(difference.shown, found.policy, title))
    return files


def _title(law: str, local: str, before: Sequence[str]) -> str:
    number = f", {len(before) + 1}" if before else ""
    return f"{local} gives a later day than {law}{number}"
