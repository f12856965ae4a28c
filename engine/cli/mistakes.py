"""Mistakes in rule text that stop a command, on the terminal."""

from __future__ import annotations

import click

from duly.dsl.diagnostics import PolicyError, render
from duly.engine.cli.formats.text import counted, paint


def show_mistakes(error: PolicyError, *, err: bool = False) -> str:
    """Print each message with its line of text; returns how many mistakes there are, in words."""
    for message in error.diagnostics:
        click.echo(render(message, error.sources.get(message.span.file), paint) + "\n", err=err)
    return counted([each for each in error.diagnostics if each.severity == "error"])
