"""``duly plugins``: what is installed."""

from __future__ import annotations

import click

from duly.engine import discovery


@click.command("plugins")
def command() -> None:
    """List sources of facts, output formats, runners, packs and lints."""
    manager = discovery.plugin_manager()
    click.echo("sources of facts")
    for name, source in discovery.fact_sources(manager).items():
        click.echo(f"  {name + ':':<12}{source.summary}")
    click.echo("outputs")
    for name, output in discovery.outputs(manager).items():
        click.echo(f"  {name + ':':<12}{output.summary}")
    click.echo("runners")
    for name, runner in discovery.runners(manager).items():
        click.echo(f"  {name:<12}{runner.summary}")
    click.echo("packs")
    for name, pack in discovery.packs(manager).items():
        click.echo(f"  {name:<24}{pack.folder}")
    click.echo("lints")
    for name, lint in discovery.lints(manager).items():
        click.echo(f"  {name:<24}{lint.summary}")
