"""The tree of a text into the places where a line begins, or may begin if it gets too long.

Rules of the grammar that are not named here begin no line, and stay on that of the words around.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from itertools import pairwise

from lark import Token, Tree

from duly.dsl.words import Word

Node = Tree[Token]


class Break(IntEnum):
    """How readily a line is broken in front of a word: the lower, the sooner."""

    BLOCK = 0  # always, and set off by blank lines
    STATEMENT = 1  # always
    ITEM = 2  # always, further in
    CLAUSE = 3
    STEP = 4
    GROUND = 5
    TIMING = 6
    MEMBER = 7
    THEN = 8
    CONDITION = 9  # the outermost of a condition; those inside come after it.  From here on,
    # no more often than needed
    LIST = 15
    NEVER = 16


BLOCKS = {"pack", "rule", "scenario"}
"""Statements whose every part begins a line."""

KINDS = {"subject", "period", "event", "add"}
"""Statements with members, of which only some begin a line."""

ITEMS = {"attribute", "milestone", "counts", "scheduled"}
"""Members that begin a line, as does what follows them."""

INSIDE = {
    "unless": Break.CLAUSE,
    "failing": Break.CLAUSE,
    "cite": Break.GROUND,
    "traces": Break.GROUND,
    "unconfirmed": Break.GROUND,
    "because": Break.GROUND,
    "in_force": Break.GROUND,
    "timing": Break.TIMING,
}
"""Parts of a statement's parts in front of which a long line is broken."""

WORDS = {"then": Break.THEN, "and": Break.LIST, "or": Break.LIST}
"""Words in front of which a line may be broken wherever they stand."""

TESTS = {"where", "one"}
JOINED = {"or_", "and_", "anchors"}
"""Rules whose parts are joined by ``and`` or ``or``."""

FACTS = {"born", "event_fact", "period_fact"}
VALUES = {"blank_word", "date_word", "int_word", "span_word", "list_word", "string_word"}
"""Words of a fact that say something of the name before; a name may be such a value too."""

Places = Iterator[tuple[int, int]]
"""Positions in the text, each with how readily the word there, or next after, begins a line."""


def strengths(tree: Node, words: Sequence[Word]) -> list[int]:
    """For each word how readily it begins a line."""
    starts = [word.start for word in words]
    found: list[int] = [Break.NEVER] * len(words)
    for position, strength in places(tree):
        index = _begins(words, bisect_left(starts, position))
        found[index] = min(found[index], strength)
    for index, (before, word) in enumerate(pairwise(words), 1):
        if before.text == ",":
            found[index] = min(found[index], Break.LIST)
        if word.text in WORDS:
            found[index] = min(found[index], WORDS[word.text])
        if word.comments:
            found[index] = min(found[index], Break.CLAUSE)
    found[0] = min(found[0], Break.STATEMENT)
    found[-1] = Break.STATEMENT
    return found


def _begins(words: Sequence[Word], index: int) -> int:
    """The word that begins the line: not a comma, and with the articles that belong to it."""
    if words[index].text == ",":
        return index + 1
    while index and words[index - 1].is_article:
        index -= 1
    return index


def places(tree: Node) -> Places:
    """Where the tree says that lines begin or may begin."""
    for statement in _trees(tree.children):
        is_block = statement.data in BLOCKS
        yield statement.meta.start_pos, Break.BLOCK if is_block else Break.STATEMENT
        if is_block or statement.data in KINDS:
            yield from _items(statement, always=is_block)
        yield from _inside(statement)


def _items(statement: Node, *, always: bool) -> Places:
    """The parts that begin a line; members in front of the first of them share one."""
    strength = Break.MEMBER
    for part in _trees(statement.children):
        always = always or part.data in ITEMS
        yield part.meta.start_pos, Break.ITEM if always else strength
        strength = Break.LIST


def _inside(statement: Node) -> Places:
    waiting = [(statement, int(Break.CONDITION))]
    while waiting:
        node, strength = waiting.pop()
        parts = list(_trees(node.children))
        if node.data in INSIDE:
            yield node.meta.start_pos, INSIDE[node.data]
        if node.data == "timing":
            yield from _steps(parts)
        if node.data in FACTS:
            yield from _said(parts)
        if node.data == "waives":
            yield from ((part.meta.end_pos, Break.LIST) for part in parts[:1])
        if node.data in TESTS:
            yield node.meta.start_pos, strength
        if node.data in JOINED:
            yield from ((part.meta.end_pos, strength) for part in parts[:-1])
        if node.data in TESTS or (node.data in JOINED and len(parts) > 1):
            strength = min(strength + 1, Break.LIST - 1)
        waiting.extend((part, strength) for part in parts)


def _steps(steps: Iterable[Node]) -> Places:
    """``then``: what follows a step with an exception would else read as part of that."""
    for before, _ in pairwise(steps):
        has_clause = any(part.data in INSIDE for part in _trees(before.children))
        yield before.meta.end_pos, Break.CLAUSE if has_clause else Break.STEP


def _said(words: Sequence[Node]) -> Places:
    """The words of a fact with which, whatever the vocabulary, something new is said."""
    for word, after in zip(words, (*words[1:], None), strict=True):
        if word.data == "not_word" or (after is not None and after.data in VALUES):
            yield word.meta.start_pos, Break.LIST


def _trees(parts: Iterable[object]) -> Iterator[Node]:
    return (part for part in parts if isinstance(part, Tree) and not part.meta.empty)
