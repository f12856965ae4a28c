"""``duly check``: parse and resolve packs, and report every mistake in one go."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date

import click

from duly.engine import discovery
from duly.engine.checked import Checked, checked
from duly.engine.cli.formats.as_json import as_json
from duly.engine.cli.formats.github import github
from duly.engine.cli.formats.text import plain, text
from duly.engine.cli.main import FINDINGS, NOTHING_CHECKED
from duly.engine.cli.options import DAY, format_

FORMATS = {"text": text, "plain": plain, "json": as_json, "github": github}


@click.command("check")
@click.argument("packs", nargs=-1, metavar="[PACK ...]")
@format_(
    FORMATS, "For a terminal, in colour; without colour; one JSON object; annotations on GitHub."
)
@click.option("--as-at", "as_at", type=DAY, default=date.today, help="The day asked about.")
def command(packs: tuple[str, ...], format_: str, as_at: date) -> None:
    """Check PACKs (names or folders; all installed ones by default), with what they stand over.

    Exit code 0: no mistake; 1: mistakes; 2: a pack could not be found; 3: no rule was checked.
    """
    found: list[Checked] = []
    for line in FORMATS[format_](_checked(packs, as_at, found)):
        click.echo(line)
    if any(each.pack is None for each in found):
        sys.exit(FINDINGS)
    if not any(each.pack and each.pack.rules for each in found):
        sys.exit(NOTHING_CHECKED)


def _checked(packs: tuple[str, ...], as_at: date, found: list[Checked]) -> Iterator[Checked]:
    """Each pack as it is checked, so that the first is told before the last is read."""
    manager = discovery.plugin_manager()
    for wanted in packs or tuple(discovery.packs(manager)):
        found.append(checked(manager, wanted, as_at))
        yield found[-1]
