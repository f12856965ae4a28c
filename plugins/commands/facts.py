"""``duly facts``: what facts the rules need, templates for them, and whether a source is fit."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click

from duly.dsl.plurals import number_of
from duly.dsl.policy import Kind
from duly.engine import discovery
from duly.engine.cli import options
from duly.engine.cli.main import FINDINGS, NOTHING_CHECKED
from duly.engine.days import FAR, date_of, long_date
from duly.engine.facts import Facts, Table
from duly.engine.hookspecs import FactSource
from duly.engine.pipeline import read_facts
from duly.engine.raw import Quarantined
from duly.plugins.parquet import needs_pyarrow
from duly.plugins.sources.canonical import TYPES, Column, describe

_pack = click.option(
    "--pack",
    "pack",
    default="stoke",
    show_default=True,
    help="The pack whose vocabulary counts.",
)


@click.group("facts")
def command() -> None:
    """Facts: what the rules need, templates, checks and an invented caseload."""


@command.command("describe")
@_pack
def describe_command(pack: str) -> None:
    """List every kind of fact with its columns, which source has them, and how to write each."""
    manager = discovery.plugin_manager()
    loaded = discovery.load(manager, pack)
    sources = discovery.fact_sources(manager)
    for each in describe(loaded.policy.kinds, loaded.policy.calendars):
        click.echo(f"{each.file}  {each.kind.title}")
        for column in each.columns:
            values = f" ({', '.join(column.values)})" if column.values else ""
            needed = ", needed" if column.needed else ""
            told = f"{column.type}{values}{needed}: {column.what}"
            click.echo(f"  {column.name:<24}{told}{_supplied(each.kind, column, sources)}")
        click.echo()
    click.echo("how cells are written")
    for name, how in TYPES.items():
        click.echo(f"  {name:<24}{how}")


def _supplied(kind: Kind, column: Column, sources: Mapping[str, FactSource]) -> str:
    """Which sources can fill the column; with which values, where not with all."""
    found = []
    for name, source in sources.items():
        held = [
            supply.fields[column.name]
            for supply in source.supplies
            if supply.kind == kind.name and column.name in supply.fields
        ]
        values = {value for each in held for value in each or column.values}
        some = [value for value in column.values if value in values]
        only = f" ({', '.join(some)})" if 0 < len(some) < len(column.values) else ""
        found += [f"{name}{only}"] if held else []
    return f"; from {', '.join(found)}" if found else ""


@command.command("template")
@click.argument("folder", type=click.Path(path_type=Path))
@_pack
def template(folder: Path, pack: str) -> None:
    """Write an empty CSV file for every kind of fact into FOLDER."""
    from duly.plugins.sources.template import write_template

    loaded = discovery.load(discovery.plugin_manager(), pack)
    taken = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if taken:
        raise click.UsageError(f"{folder} already holds {taken[0].name}: name an empty folder")
    files = write_template(folder, loaded.policy.kinds, loaded.policy.calendars)
    wrote = number_of(len(files), "file")
    click.echo(f"wrote {wrote} to {folder}; {files[-1].name} says how to fill them in")


@command.command("convert")
@click.argument("source")
@click.argument("folder", type=click.Path(path_type=Path))
@_pack
def convert(source: str, folder: Path, pack: str) -> None:
    """Write the facts of SOURCE (csv:FOLDER) into FOLDER as Parquet, which is read faster.

    Rows are put in order of whom they concern, so that FOLDER can be read in parts.
    Exit code 0: all was written; 1: all but rows that the source could not make sense of.
    """
    manager = discovery.plugin_manager()
    loaded = discovery.load(manager, pack)
    write_folder = needs_pyarrow("sources.parquet_write", str(folder)).write_folder
    taken = sorted(folder.glob("*")) if folder.is_dir() else []
    if taken:
        raise click.UsageError(f"{folder} already holds {taken[0].name}: name an empty folder")
    sources = discovery.fact_sources(manager)
    name, location = discovery.split_address(source, "source of facts", sources)
    raw = sources[name].read(location, loaded.policy.kinds)
    files = write_folder(folder, raw, loaded.policy.kinds)
    for note in raw.notes:
        click.echo(f"note: {note}")
    for row in raw.quarantine:
        click.echo(f"not written: {_told(row)}")
    rows = sum(len(table.rows) for table in raw.tables)
    click.echo(f"wrote {number_of(rows, 'row')} in {number_of(len(files), 'file')} to {folder}")
    if raw.quarantine:
        sys.exit(FINDINGS)


@command.command("check")
@click.argument("source")
@_pack
@click.option("--as-at", "as_at", type=options.DAY, default=None, help="The day of the extract.")
def check(source: str, pack: str, as_at: date | None) -> None:
    """Read SOURCE (csv:, parquet: or ssd:FOLDER) and say what was used, what not, and why.

    Exit code 0: every row was used; 1: rows were quarantined; 2: unreadable; 3: no rows.
    """
    manager = discovery.plugin_manager()
    loaded = discovery.load(manager, pack)
    facts = read_facts([source], loaded.policy.kinds, manager, as_at)
    _show_tables(facts, loaded.policy.subjects)
    for row in facts.quarantine:
        click.echo(_told(row))
    for note in facts.notes:
        click.echo(f"note: {note}")
    click.echo(
        f"{number_of(facts.rows_read, 'row')} in = {facts.rows_used:,} used "
        f"+ {len(facts.quarantine):,} quarantined"
    )
    if not facts.rows_read:
        click.echo("nothing was checked: no rows")
        sys.exit(NOTHING_CHECKED)
    if facts.quarantine:
        sys.exit(FINDINGS)


def _told(row: Quarantined) -> str:
    """A row that was put aside, on one line."""
    return f"{row.place}, row {row.row}, {row.column} `{row.value}`: {row.reason}"


def _show_tables(facts: Facts, subjects: Sequence[Kind]) -> None:
    for subject in subjects:
        each = facts.about(subject.subject)
        count = len(each.subjects)
        people = number_of(count, "person", "people")
        click.echo(subject.counted(count) if subject.subject else people)
        for name, table in each.tables.items():
            if table.coverage != "absent" or len(table):
                click.echo(f"  {name:<28}{len(table):>9,} rows  {_coverage(table)}")
    for name, (stretches, _) in facts.calendars.items():
        click.echo(f"  {name:<28}{len(stretches):>9,} stretches of days")
    tables = [item for each in facts.all for item in each.tables.items()]
    absent = [name for name, table in tables if table.coverage == "absent"]
    if absent:
        click.echo(f"not held: {', '.join(absent)}")


def _coverage(table: Table) -> str:
    known = table.covered_from[table.covered_from < FAR]
    first = int(known.min()) if len(known) else 0
    since = f" from {long_date(date_of(first))}" if first else ""
    until = f" to {long_date(date_of(table.covered_to))}" if table.covered_to < FAR else ""
    return f"{table.coverage}{since}{until}"


@command.command("sample")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--children", default=3000, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
@click.option("--as-at", "as_at", type=options.DAY, default="2026-03-31", show_default=True)
def sample(folder: Path, children: int, seed: int, as_at: date) -> None:
    """Invent a caseload and write it into FOLDER as canonical CSV files."""
    from duly.plugins.sample import make_caseload

    made = make_caseload(folder, children, seed, as_at)
    click.echo(
        f"invented {number_of(made.children, 'child', 'children')}, "
        f"{number_of(sum(made.rows.values()), 'row')}, in {folder}"
    )
