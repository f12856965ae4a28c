"""Mistakes in rule text, on the terminal."""

from __future__ import annotations

from collections.abc import Sequence

import click

from duly.dsl.diagnostics import Diagnostic, PolicyError, render


def show_mistakes(error: PolicyError, *, err: bool = False) -> str:
    """Print each message with its line of text; returns how many mistakes there are, in words."""
    for message in error.diagnostics:
        click.echo(render(message, error.sources.get(message.span.file)) + "\n", err=err)
    return counted([each for each in error.diagnostics if each.severity == "error"])


def counted(messages: Sequence[Diagnostic]) -> str:
    """``no mistakes, 1 warning``: how many there are of each; warnings only where there are any."""
    errors = sum(message.severity == "error" for message in messages)
    warnings = len(messages) - errors
    return _number(errors, "mistake") + (f", {_number(warnings, 'warning')}" if warnings else "")


def _number(count: int, word: str) -> str:
    return f"{count or 'no'} {word}{'' if count == 1 else 's'}"
