"""Subcommands that stand on plugins: facts and the demonstration."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import click

from duly.engine.hookspecs import Command, hookimpl


def _load(name: str) -> click.Command:
    command: click.Command = import_module(f"duly.plugins.commands.{name}").command
    return command


@hookimpl
def register_commands() -> Sequence[Command]:
    """``duly facts`` and ``duly demo``."""
    return [
        Command("facts", "Describe, template, check or invent facts.", lambda: _load("facts")),
        Command("demo", "Invent a caseload and run the Stoke pack over it.", lambda: _load("demo")),
    ]
