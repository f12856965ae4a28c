"""Rule text into syntax: a ``Document``, and diagnostics for what cannot be read.

A statement with a mistake is reported and left out; the statements around it are still read, so
that every mistake in a file is told in one go.
"""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedInput, UnexpectedToken

from duly.dsl import ast
from duly.dsl.build import Build
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.grammar import STATEMENTS, lark
from duly.dsl.refusals import Refusal, outside_quotes, position, report
from duly.dsl.source import SourceText


def parse_text(text: str, file: str, diagnostics: Diagnostics) -> ast.Document:
    """Parse one file; mistakes go to ``diagnostics`` and cost only their own statement."""
    source = SourceText(file, text)
    remaining = text
    while True:
        try:
            tree = lark().parse(remaining)
        except UnexpectedInput as error:
            place = position(error, remaining)
            start, end = _statement_around(remaining, _last_word(error, remaining, place))
            statement = remaining[start:end]
            report(
                Refusal(error, source, start, statement, min(place - start, len(statement))),
                diagnostics,
            )
            diagnostics.unread |= _names_in(statement)
            remaining = remaining[:start] + _blank(statement) + remaining[end:]
            continue
        return Build(source, diagnostics).transform(tree)  # type: ignore[no-any-return]


def _last_word(error: UnexpectedInput, text: str, place: int) -> int:
    """Where the mistake is: in the statement before, if what is refused begins a statement."""
    begins = place in {match.end(1) - len(match[2]) for match in _STATEMENT_START.finditer(text)}
    if isinstance(error, UnexpectedToken) and begins:
        return len(text[:place].rstrip()) - 1
    return place


_STATEMENT_START = re.compile(rf"^([ \t]*({'|'.join(STATEMENTS)}))\b", re.MULTILINE)


def _statement_around(text: str, position: int) -> tuple[int, int]:
    """The statement that holds the mistake: from the keyword at the start of a line to the next."""
    starts = [match.start() for match in _STATEMENT_START.finditer(text)]
    before = max((start for start in starts if start <= position), default=0)
    if position < len(text) and not text[before:position].strip():
        before = min(before, position)
    after = min((start for start in starts if start > position), default=len(text))
    return before, max(after, position + 1)


def _names_in(statement: str) -> set[str]:
    """The names that a statement may declare; it cannot be read, so all that look like one."""
    words = re.findall(r"[A-Za-z]\w*", outside_quotes(statement))
    few = {"rule": words[1:2], "scenario": [], "pack": []}
    return set(few.get(words[0], words)) if words else set()


def _blank(text: str) -> str:
    """Spaces in place of the text, line ends kept, so that later places stay right."""
    return re.sub(r"[^\n]", " ", text)
