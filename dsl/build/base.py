"""What all parts of the builder share: places and words of the text, numbers, dates and times."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from datetime import date, time
from typing import Any, TypeVar

from lark import Token, Transformer_NonRecursive, v_args
from lark.tree import Meta

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.source import SourceText, Span, one_line

MONTHS = (
    "January February March April May June July August September October November December"
).split()

UNREAD = "a rule that cannot be read protects no child: nothing in this statement is in force"
"""Why a mistake of syntax matters."""


def token_span(token: Token, file: str) -> Span:
    """Where a token stands."""
    line, column = token.line or 0, token.column or 0
    return Span(file, line, column, token.end_line or line, token.end_column or column + 1)


def of_type(children: Sequence[Any], *types: type) -> Iterator[Any]:
    return (child for child in children if isinstance(child, types))


_Node = TypeVar("_Node")


def constant(value: object) -> Callable[[Any, list[Any]], Any]:
    """The method of a rule that says one thing only."""
    return lambda build, parts: value


class Base(Transformer_NonRecursive[Token, Any]):
    """Builds nodes bottom up; mistakes in dates and times go to the diagnostics."""

    def __init__(self, source: SourceText, diagnostics: Diagnostics):
        super().__init__(visit_tokens=True)
        self._source = source
        self._diagnostics = diagnostics
        self._grounds: list[tuple[int, int]] = []

    # -- what stands for what it holds

    def where(self, parts: list[Any]) -> Any:
        """The one part, as it is."""
        return parts[0]

    usual = one = label = brackets = where

    # -- places and words

    def _span(self, meta: Meta) -> Span:
        if meta.empty:
            return Span.nowhere()
        if self._source.text[meta.start_pos] == ",":  # the word after it is what is meant
            words = self._source.text[meta.start_pos : meta.end_pos].lstrip(", \t\n")
            return self._source.span(meta.end_pos - len(words), meta.end_pos)
        return Span(self._source.file, meta.line, meta.column, meta.end_line, meta.end_column)

    def _text(self, meta: Meta) -> str:
        """The words as they are written, but for the grounds that stand among them."""
        if meta.empty:
            return ""
        pieces, start = [], meta.start_pos
        for first, last in self._grounds[bisect_left(self._grounds, (start, start)) :]:
            pieces.append(self._source.text[start:first])
            start = last
        pieces.append(self._source.text[start : meta.end_pos])
        return one_line(" ".join(pieces)).replace(" ,", ",")

    def _ground(self, meta: Meta) -> None:
        """Remember where a ground stands: it says why, and is no part of what a clause asks for.

        Parts are built before the whole, and in their order: these places are in order too.
        """
        self._grounds.append((meta.start_pos, meta.end_pos))

    def _node(self, kind: Callable[..., _Node], meta: Meta, parts: list[Any], **more: str) -> _Node:
        """A node whose fields stand in the order of the grammar's parts."""
        return kind(*parts, span=self._span(meta), **more)

    def _word(self, token: Token) -> ast.Word:
        return ast.Word(str(token), token_span(token, self._source.file))

    def NAME(self, token: Token) -> ast.Word:  # noqa: N802 - the terminal's name
        return self._word(token)

    TAKES = FACT = ROW = NAME

    def TIME(self, token: Token) -> time:  # noqa: N802
        hour, minute = map(int, token.split(":"))
        if hour < 24 and minute < 60:
            return time(hour, minute)
        self._diagnostics.add(
            "no-such-time",
            f"`{token}` is not a time of day",
            token_span(token, self._source.file),
            why="a limit at an hour that never comes cannot be met",
            help="write hours and minutes, from 00:00 to 23:59",
        )
        return time(0)

    def NTH(self, token: Token) -> int:  # noqa: N802
        return int(re.sub(r"\D", "", token))

    def STRING(self, token: Token) -> str:  # noqa: N802
        return str(token)[1:-1]

    def INT(self, token: Token) -> int:  # noqa: N802
        return int(token)

    @v_args(meta=True)
    def date(self, meta: Meta, parts: list[Any]) -> date:
        day, month, year = parts
        try:
            return date(year, MONTHS.index(str(month)) + 1, day)
        except ValueError:
            self._no_such_date(f"{day} {month} {year}", meta)
            return date(1900, 1, 1)

    def _no_such_date(self, words: str, meta: Meta) -> None:
        self._diagnostics.add(
            "no-such-date",
            f"{words} is not a date",
            self._span(meta),
            why="a limit that starts on a day that never was cannot be counted",
            help="check the day and the year",
        )
