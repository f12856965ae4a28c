"""``duly trace``: what has become of each row of the documents that packs are made from."""

from __future__ import annotations

import sys

import click

from duly.dsl.rows import KINDS
from duly.engine import discovery
from duly.engine.cli.formats.rows import Shown, as_csv, as_json, markdown, text
from duly.engine.cli.main import FINDINGS, NOTHING_CHECKED
from duly.engine.cli.options import format_
from duly.engine.tracing import MAY_NOT_BE_MISSING, trace

FORMATS = {"text": text, "markdown": markdown, "json": as_json, "csv": as_csv}


@click.command("trace")
@click.argument("packs", nargs=-1, required=True, metavar="PACK [PACK ...]")
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(KINDS),
    help="Only rows of this kind; may be given several times.",
)
@click.option("--missing", is_flag=True, help="Only rows that lack a rule, a reason or a scenario.")
@format_(FORMATS, "For a terminal, for a page, one JSON object, or one table.")
def command(packs: tuple[str, ...], kinds: tuple[str, ...], missing: bool, format_: str) -> None:
    """Say of each row of PACKs' sources what encodes it, or why nothing does, and count them.

    A PACK without a table of rows adds its rules to those of the pack below that has one.

    Exit code 0: something is said of every row that has a number; 1: nothing is said of a row of
    kind time, each or count; 2: a pack could not be found; 3: no pack has a table of rows.
    """
    found = trace(discovery.plugin_manager(), packs)
    shown = [Shown(each.of_kinds(kinds), missing) for each in found]
    for line in FORMATS[format_](shown):
        click.echo(line)
    rows = [row for each in shown for row in each.trace.rows]
    if any(row.status == "nothing" and row.row.kind in MAY_NOT_BE_MISSING for row in rows):
        sys.exit(FINDINGS)
    if not any(each.rows for each in found):
        sys.exit(NOTHING_CHECKED)
