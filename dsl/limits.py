"""How much one statement may hold, told from the text alone.

What walks syntax after the parser may then do so by recursion, and no mistake takes long to find.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from duly.dsl.grammar import STATEMENTS
from duly.dsl.source import outside_quotes

DEEPEST = 50
"""Conditions inside conditions, those of definitions counted: no one can read more."""

LONGEST = 20_000
"""Characters of one statement."""

_STATEMENT_START = re.compile(rf"^[ \t]*(?:{'|'.join(STATEMENTS)})\b", re.MULTILINE)
_OPENS_OR_CLOSES = re.compile(r"\(|\)|\bnot\b(?=(\s+not\b)?)")


def statements(text: str) -> Iterator[tuple[int, int]]:
    """From each keyword at the start of a line to the next; what stands before the first, too."""
    starts = {0, *(match.start() for match in _STATEMENT_START.finditer(text)), len(text)}
    return pairwise(sorted(starts))


def within_limits(text: str) -> bool:
    """Whether no statement is too long, and no condition too deep."""
    return too_deep(text) is None and all(end - start <= LONGEST for start, end in statements(text))


def too_deep(text: str) -> int | None:
    """Where brackets, or one ``not`` after another, first stand too deep; nothing if nowhere."""
    depth = nots = 0
    for found in _OPENS_OR_CLOSES.finditer(outside_quotes(text)):
        match found[0]:
            case "(":
                depth += 1
            case ")":
                depth = max(0, depth - 1)
            case _:
                nots = nots + 1 if found[1] else 0
        if depth > DEEPEST or nots > DEEPEST:
            return found.start()
    return None
