"""Numbers that the language can read but a reader may not: told, with the right form."""

from __future__ import annotations

import re

from duly.dsl.build import UNREAD
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.plurals import noun
from duly.dsl.source import SourceText, outside_quotes

_UNIT = "(hour|day|week|month|quarter|year)"
_COUNTED = re.compile(rf"(?<!by )\b(\d+)\s+((?:ordinary\s+)?(?:working\s+)?){_UNIT}(s?)\b")
_UNCOUNTED = re.compile(rf"\b(every|within|then|first|last|each)\s+({_UNIT}s)\b")
_SHORT_YEAR = re.compile(r"\b\d{1,2}\s+[A-Z][a-z]{2,8}\s+\d{1,3}\b")
_FORTNIGHT = re.compile(r"\b(?:every|within|then)\s+(?:a\s+)?(fortnight)\b")


def check_wording(source: SourceText, readable: str, diagnostics: Diagnostics) -> None:
    """Warn of ``6 week`` and ``every weeks``; years of two figures and fortnights are mistakes."""
    text = outside_quotes(readable)
    for found in _COUNTED.finditer(text):
        if (int(found[1]) == 1) == bool(found[4]):
            _singular_or_plural(found, source, diagnostics)
    for found in _UNCOUNTED.finditer(text):
        _no_number(found, source, diagnostics)
    for found in _SHORT_YEAR.finditer(text):
        _short_year(found, source, diagnostics)
    for found in _FORTNIGHT.finditer(text):
        _fortnight(found, source, diagnostics)


def _singular_or_plural(found: re.Match[str], source: SourceText, diagnostics: Diagnostics) -> None:
    right = f"{found[1]} {found[2]}{noun(int(found[1]), found[3])}"
    diagnostics.add(
        "unit-number",
        f"`{found[0]}` is read as `{right}`",
        source.span(*found.span()),
        why="read aloud it leaves a doubt by which day a child must be seen",
        help=f"write `{right}`",
        severity="warning",
    )


def _no_number(found: re.Match[str], source: SourceText, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        "unit-without-number",
        f"`{found[1]} {found[2]}` does not say how many, and is read as 1 {found[3]}",
        source.span(found.start(2), found.end(2)),
        why="if a number was forgotten, a child's date is not the one that was meant",
        help=f"write the number, or `{found[1]} {found[3]}` if one is meant",
        severity="warning",
    )


def _short_year(found: re.Match[str], source: SourceText, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        "date-form",
        f"the year of `{found[0]}` does not have four figures",
        source.span(*found.span()),
        why="read as it stands, it is a day long before any child was born",
        help="write the year in full, such as `23 May 2024`",
    )


def _fortnight(found: re.Match[str], source: SourceText, diagnostics: Diagnostics) -> None:
    diagnostics.unread.add(found[1])  # else it is an unknown name too
    diagnostics.add(
        "unit-form",
        f"`{found[1]}` is not part of the language",
        source.span(*found.span(1)),
        why=UNREAD,
        help="write `2 weeks`",
    )
