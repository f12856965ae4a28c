"""What was found, for somebody to read: each message with its line, and a count for each pack."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import Any

import click

from duly.dsl.diagnostics import Diagnostic, Paint, Part, render
from duly.dsl.plurals import number_of
from duly.engine.checked import Checked

_COLOURS: dict[Part, dict[str, Any]] = {
    "error": {"fg": "red", "bold": True},
    "warning": {"fg": "yellow", "bold": True},
    "title": {"bold": True},
    "place": {"fg": "blue"},
    "label": {"fg": "cyan"},
}


def text(found: Iterable[Checked]) -> Iterator[str]:
    """In colour, unless ``NO_COLOR`` is set; ``click.echo`` takes it out where no terminal is."""
    return _written(found, paint)


def plain(found: Iterable[Checked]) -> Iterator[str]:
    """Without colour, wherever it goes."""
    return _written(found, _as_it_is)


def paint(words: str, part: Part) -> str:
    """The words in the colour of their part of a message."""
    return words if os.environ.get("NO_COLOR") else click.style(words, **_COLOURS[part])


def _as_it_is(words: str, part: Part) -> str:
    return words


def _written(found: Iterable[Checked], paint: Paint) -> Iterator[str]:
    rules = failed = 0
    for checked in found:
        for message in checked.messages:
            yield render(message, checked.sources.get(message.span.file), paint) + "\n"
        yield summary(checked)
        rules += checked.pack.rules if checked.pack else 0
        failed += checked.pack is None
    if not rules and not failed:
        yield "nothing was checked: no rules found"


def summary(checked: Checked) -> str:
    """How much there is in the pack, and how many mistakes."""
    pack = checked.pack
    if pack is None:
        errors = [message for message in checked.messages if message.severity == "error"]
        return f"{checked.wanted}: {counted(errors)}"
    over = f" over {pack.over}" if pack.over else ""
    size = ", ".join(
        number_of(number, word, several)
        for number, word, several in (
            (pack.rules, "rule", None),
            (pack.duties, "duty", "duties"),
            (pack.scenarios, "scenario", None),
        )
    )
    return f"{pack.name}{over}: {size}: {counted(checked.messages)}"


def counted(messages: Iterable[Diagnostic]) -> str:
    """``no mistakes, 1 warning``: how many there are of each; warnings only where there are any."""
    severities = [message.severity for message in messages]
    errors, warnings = severities.count("error"), severities.count("warning")
    told = number_of(errors, "mistake") if errors else "no mistakes"
    return told + (f", {number_of(warnings, 'warning')}" if warnings else "")
