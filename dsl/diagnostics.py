"""Messages about rule text: what is wrong, where, why it matters and what to do.

Each kind of message has a code, and each code a page: ``docs/reference/messages/CODE.md``, or in
``lints`` beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from typing import Literal

from attrs import define, field, frozen

from duly.dsl.source import SourceText, Span

Severity = Literal["error", "warning"]


@frozen
class Compared:
    """What the marked words were held against: in words, and where it stands if it has a place."""

    words: str
    span: Span = Span.nowhere()

    def __str__(self) -> str:
        return f"{self.words}, {self.span}" if self.span.line else self.words


@frozen
class Diagnostic:
    """One message.  ``title`` stands alone; ``why`` speaks of a child or a date."""

    code: str
    title: str
    span: Span
    why: str
    help: str
    severity: Severity = "error"
    compared: Compared | None = None
    is_lint: bool = False

    @property
    def page(self) -> str:
        """The page that explains messages of this code, with a bad and a good example."""
        folder = "lints" if self.is_lint else "messages"
        return f"docs/reference/{folder}/{self.code}.md"


@define
class Diagnostics:
    """Collects the messages of one pass, so that every mistake is told in one go."""

    found: list[Diagnostic] = field(factory=list)
    unread: set[str] = field(factory=set)
    """Names in statements that could not be read: those who use them make no second mistake."""
    _told: set[Diagnostic] = field(factory=set, init=False, repr=False)

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
        severity: Severity = "error",
        compared: Compared | None = None,
    ) -> None:
        message = Diagnostic(code, title, span, why, help, severity, compared)
        if message not in self._told:
            self._told.add(message)
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


def names_known(word: str, names: Iterable[str]) -> Compared | None:
    """The names that a word was compared with: all if they are few, else the nearest."""
    known = sorted(set(names))
    if not known:
        return None
    shown = known if len(known) <= MOST_LISTED else get_close_matches(word, known, 6, cutoff=0.2)
    more = f" and {len(known) - len(shown)} more" if len(shown) < len(known) else ""
    return Compared(f"known here: {', '.join(f'`{name}`' for name in shown)}{more}")


MOST_LISTED = 10
"""Names listed in one message."""

Part = Literal["error", "warning", "title", "place", "label"]
Paint = Callable[[str, Part], str]
"""Gives a part of a message its colour."""


def render(
    message: Diagnostic, source: SourceText | None, paint: Paint = lambda words, part: words
) -> str:
    """The message as text, with the line of the file and the words marked."""
    lines = [
        f"{paint(f'{message.severity}:', message.severity)} "
        f"{paint(_short(message.title), 'title')} [{message.code}]"
    ]
    if message.span.line:
        lines.append(paint(f"  --> {message.span}", "place"))
    if source is not None:
        lines.extend(_marked(message, source, paint))
    said = {
        "  why: ": message.why,
        "  with:": message.compared,
        "  help:": message.help,
        "  page:": message.page,
    }
    lines.extend(f"{paint(label, 'label')} {words}" for label, words in said.items() if words)
    return "\n".join(lines)


def _marked(message: Diagnostic, source: SourceText, paint: Paint) -> Iterable[str]:
    """The line of the file, and a mark under each of the words that are meant."""
    span = message.span
    text = source.line(span.line)
    if not text:
        return
    last = span.end_column - 1 if span.end_line == span.line else len(text)
    width = max(1, last - span.column + 1)
    shown, offset = _clip(text, span.column - 1, width)
    gutter = " " * len(str(span.line))
    mark = paint("^" * min(width, 100), message.severity)
    yield paint(f" {gutter} |", "place")
    yield f"{paint(f' {span.line} |', 'place')} {shown}"
    yield f"{paint(f' {gutter} |', 'place')} {' ' * (span.column - 1 - offset)}{mark}"


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
