"""Mistakes in rule text, on the terminal."""

from __future__ import annotations

import click

from duly.dsl.diagnostics import PolicyError, render


def show_mistakes(error: PolicyError, *, err: bool = False) -> str:
    """Print each message with its line of text; returns how many mistakes there are, in words."""
    for message in error.diagnostics:
        click.echo(render(message, error.sources.get(message.span.file)) + "\n", err=err)
    count = sum(message.severity == "error" for message in error.diagnostics)
    return f"{count} mistake{'' if count == 1 else 's'}"
