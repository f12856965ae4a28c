"""A file with mistakes into what can be read of it; each statement that cannot is told."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedInput

from duly.dsl.build import UNREAD
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.grammar import lark
from duly.dsl.limits import DEEPEST, LONGEST, statements, too_deep
from duly.dsl.mends import mended
from duly.dsl.refusals import Refusal, Told, position, refused, reserved, unfinished
from duly.dsl.source import SourceText, outside_quotes

MOST_TOLD = 100
"""Statements of one file that are told of before the rest is left for later."""


def readable(source: SourceText, diagnostics: Diagnostics) -> str:
    """The text with spaces in place of each statement that cannot be read.

    Statements are read one by one, so that many mistakes cost no more than few.
    """
    pieces: list[str] = []
    told = 0
    for start, end in statements(source.text):
        statement = source.text[start:end]
        if told == MOST_TOLD:
            _the_rest(source, start, diagnostics)
        if told >= MOST_TOLD or _told(source, start, statement, diagnostics):
            statement = _left_out(statement, diagnostics)
            told += 1
        pieces.append(statement)
    return "".join(pieces)


def _refusal(text: str) -> UnexpectedInput | None:
    try:
        lark().parse(text)
    except UnexpectedInput as error:
        return error
    return None


def _told(source: SourceText, start: int, statement: str, diagnostics: Diagnostics) -> bool:
    """Whether the statement cannot be read; if so, that is told, with what says most about it."""
    told = _beyond_limits(source, start, statement)
    if told is None and (error := _refusal(statement)) is not None:
        place = min(position(error, statement), len(statement))
        refusal = Refusal(error, source, start, statement, place)
        told = reserved(refusal) or mended(refusal) or unfinished(refusal) or refused(refusal)
    if told is not None:
        diagnostics.add(told.code, told.title, told.span, why=UNREAD, help=told.help)
    return told is not None


def _beyond_limits(source: SourceText, start: int, statement: str) -> Told | None:
    """A statement that nobody could tell a child's date from."""
    help = "say it with fewer words, or make several rules of it"
    if len(statement) > LONGEST:
        title = f"a statement of {len(statement):,} characters is more than anybody can read"
        return Told("too-long", source.span(start, start + 1), title, help)
    deep = too_deep(statement)
    if deep is None:
        return None
    title = f"conditions stand more than {DEEPEST} deep inside one another"
    return Told("too-deep", source.span(start + deep, start + deep + 1), title, help)


def _the_rest(source: SourceText, start: int, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        "too-many-mistakes",
        f"{MOST_TOLD} statements cannot be read: the rest of the file is left for later",
        source.span(start, start),
        why="nothing from here on is in force, for any child",
        help="mend those above first",
    )


def _left_out(statement: str, diagnostics: Diagnostics) -> str:
    """Spaces in its place, line ends kept, so that later places stay right."""
    diagnostics.unread |= _names_in(statement)
    return re.sub(r"[^\n]", " ", statement)


def _names_in(statement: str) -> set[str]:
    """The names that a statement may declare; it cannot be read, so all that look like one."""
    words = re.findall(r"[A-Za-z]\w*", outside_quotes(statement))
    few = {"rule": words[1:2], "scenario": [], "pack": [], "omits": []}
    return set(few.get(words[0], words)) if words else set()
