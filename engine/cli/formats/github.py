"""What was found, as workflow commands: GitHub shows each beside its line of the change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from duly.dsl.diagnostics import Diagnostic
from duly.dsl.source import Span
from duly.engine.checked import Checked
from duly.engine.cli.formats.text import summary


def github(found: Iterable[Checked]) -> Iterator[str]:
    """A command for each message, and a line for the log of the job after each pack."""
    for checked in found:
        yield from (_command(message) for message in checked.messages)
        yield summary(checked)


def _command(message: Diagnostic) -> str:
    properties = {**_place(message.span), "title": f"{message.title} [{message.code}]"}
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    said = [f"why: {message.why}", f"help: {message.help}", f"page: {message.page}"]
    if message.compared:
        said.insert(1, f"with: {message.compared}")
    return f"::{message.severity} {shown}::{_data(chr(10).join(said))}"


def _place(span: Span) -> dict[str, str]:
    """File and lines; columns only within one line, or GitHub refuses them.  Its last is inside."""
    if not span.file:
        return {}
    place = {"file": _from_here(span.file)}
    if span.line:
        place |= {"line": str(span.line), "endLine": str(span.end_line)}
    if span.line and span.line == span.end_line:
        last = max(span.column, span.end_column - 1)
        place |= {"col": str(span.column), "endColumn": str(last)}
    return place


def _from_here(file: str) -> str:
    """The path from the folder that the command was started in: the root of the repository."""
    path = Path(file).absolute()
    return path.relative_to(Path.cwd()).as_posix() if path.is_relative_to(Path.cwd()) else file


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
