"""What was found, as one JSON object: ``docs/reference/command-line.md`` says what is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from attrs import asdict

from duly.dsl.diagnostics import Diagnostic
from duly.dsl.source import Span
from duly.engine.checked import Checked, Size

SCHEMA = 1
"""Goes up when a field is renamed, removed or given another meaning; new fields leave it."""

Value = str | int | None | dict[str, "Value"] | list["Value"]


def as_json(found: Iterable[Checked]) -> Iterator[str]:
    """The whole of it at once, so that it can be read as one value."""
    checked = list(found)
    whole: Value = {
        "schema": SCHEMA,
        "errors": sum(each.count("error") for each in checked),
        "warnings": sum(each.count("warning") for each in checked),
        "packs": [_pack(each) for each in checked],
        "messages": [_message(each.wanted, m) for each in checked for m in each.messages],
    }
    yield json.dumps(whole, indent=2)


def _pack(checked: Checked) -> Value:
    return {"wanted": checked.wanted, **asdict(checked.pack or Size())}


def _message(wanted: str, message: Diagnostic) -> Value:
    compared = message.compared
    return {
        "pack": wanted,
        "code": message.code,
        "severity": message.severity,
        "title": message.title,
        **_place(message.span),
        "why": message.why,
        "compared": {"words": compared.words, **_place(compared.span)} if compared else None,
        "help": message.help,
        "page": message.page,
    }


def _place(span: Span) -> dict[str, Value]:
    """Where it stands; ``null`` for what has no place, or no line."""
    return {
        "file": span.file or None,
        "line": span.line or None,
        "column": span.column or None,
        "end_line": span.end_line or None,
        "end_column": span.end_column or None,
    }
