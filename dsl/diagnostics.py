"""Messages about rule text: what is wrong, where, why it matters and what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Literal

from attrs import define, field, frozen

from duly.dsl.source import SourceText, Span


@frozen
class Diagnostic:
    """One message.  ``title`` stands alone; ``why`` speaks of a child or a date."""

    code: str
    title: str
    span: Span
    why: str
    help: str
    severity: Literal["error", "warning"] = "error"


@define
class Diagnostics:
    """Collects the messages of one pass, so that every mistake is told in one go."""

    found: list[Diagnostic] = field(factory=list)
    unread: set[str] = field(factory=set)
    """Names in statements that could not be read: those who use them make no second mistake."""

    def follows_from_another(self, words: str) -> bool:
        """Whether these names are unknown only because a statement could not be read."""
        return set(words.split()) <= self.unread

    def add(
        self,
        code: str,
        title: str,
        span: Span,
        *,
        why: str,
        help: str,
        severity: Literal["error", "warning"] = "error",
    ) -> None:
        message = Diagnostic(code, title, span, why, help, severity)
        if message not in self.found:
            self.found.append(message)

    @property
    def errors(self) -> list[Diagnostic]:
        return [message for message in self.found if message.severity == "error"]

    def in_order(self) -> list[Diagnostic]:
        return sorted(self.found, key=lambda m: (m.span.file, m.span.line, m.span.column))


class PolicyError(Exception):
    """Rule text that cannot be used; carries every message and the text that they point into."""

    def __init__(self, diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceText]):
        self.diagnostics = tuple(diagnostics)
        self.sources = dict(sources)
        super().__init__("; ".join(message.title for message in self.diagnostics))


class PackNotFound(Exception):
    """No pack of this name is installed, and no folder is there; says what was looked for."""

    def __init__(self, wanted: str, help: str):
        self.wanted = wanted
        self.help = help
        super().__init__(f"there is no pack `{wanted}`: {help}")


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """``did you mean `visit`?`` for the nearest known names, or nothing."""
    by_folded = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), by_folded, n=3, cutoff=0.6)
    if not near:
        return ""
    names = [f"`{by_folded[name]}`" for name in near]
    return f"did you mean {' or '.join(names)}?"


def render(message: Diagnostic, source: SourceText | None) -> str:
    """The message as plain text, with the line of the file and the words marked."""
    span = message.span
    lines = [f"{message.severity}: {_short(message.title)} [{message.code}]"]
    if span.line:
        lines.append(f"  --> {span}")
    text = source.line(span.line) if source and span.line else ""
    if text:
        last = span.end_column - 1 if span.end_line == span.line else len(text)
        width = max(1, last - span.column + 1)
        gutter = len(str(span.line))
        shown, offset = _clip(text, span.column - 1, width)
        lines.append(f" {' ' * gutter} |")
        lines.append(f" {span.line} | {shown}")
        lines.append(f" {' ' * gutter} | {' ' * (span.column - 1 - offset)}{'^' * min(width, 100)}")
    lines.append(f"  why:  {message.why}")
    lines.append(f"  help: {message.help}")
    return "\n".join(lines)


def _short(title: str) -> str:
    """The title; of a very long one, both ends."""
    return title if len(title) <= 200 else f"{title[:120]} … {title[-60:]}"


def _clip(text: str, start: int, width: int) -> tuple[str, int]:
    """At most 140 characters around the marked words, so that a long line stays readable."""
    text = text.replace("\t", " ")
    if len(text) <= 140:
        return text, 0
    offset = max(0, start - 40)
    return text[offset : offset + 140], offset
