"""``duly plugins``: what is installed."""

from __future__ import annotations

import click

from duly.engine import discovery


@click.command("plugins")
def command() -> None:
    """List sources of facts, output formats and packs, with the plugin that each came from."""
    manager = discovery.plugin_manager()
    sections = {
        "sources of facts": discovery.fact_sources(manager),
        "outputs": discovery.outputs(manager),
    }
    for title, found in sections.items():
        click.echo(title)
        for name, item in found.items():
            click.echo(f"  {name + ':':<12}{item.summary}")
    click.echo("packs")
    for name, pack in discovery.packs(manager).items():
        click.echo(f"  {name:<12}{pack.folder}")
