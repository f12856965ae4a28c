"""Rule text into its words as they are written, each with the comments that stand before it.

The grammar skips articles and comments; here they are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from attrs import frozen

from duly.dsl.grammar import lark

_PARTS = re.compile(r"#[^\n]*|,|[^\s,#]+")
"""What a token that holds several words, such as ``, then``, is made of."""


@frozen
class Comment:
    """``indent`` says how far in its line begins; ``None``: it stands behind a word."""

    text: str
    indent: int | None
    after_blank: bool


@frozen
class Word:
    """A word, a number, a text in quotation marks or a sign; its comments stand before it."""

    text: str
    start: int
    indent: int | None
    after_blank: bool
    is_article: bool
    comments: tuple[Comment, ...]


def words_of(text: str) -> list[Word]:
    """Every word in order; the last one is empty and has the comments at the end of the text."""
    words: list[Word] = []
    comments: list[Comment] = []
    end = 0
    for start, part, is_article in _parts(text):
        gap = text[end:start]
        begins_line = not end or "\n" in gap
        indent = len(gap) - gap.rfind("\n") - 1 if begins_line else None
        after_blank = gap.count("\n") > 1
        end = start + len(part)
        if part.startswith("#"):
            behind_comma = indent is None and comments  # which goes in front of both
            comments.append(Comment(part.rstrip(), 0 if behind_comma else indent, after_blank))
            continue
        own = [] if part == "," else comments  # a comma ends its line; comments come after it
        words.append(Word(part, start, indent, after_blank, is_article, tuple(own)))
        comments = comments if part == "," else []
    return words


def _parts(text: str) -> Iterator[tuple[int, str, bool]]:
    """Where each word and comment begins, what it is, and whether it is an article."""
    for token in lark().lex(text, dont_ignore=True):
        start = token.start_pos or 0
        if token.startswith('"'):
            yield start, str(token), False
            continue
        for part in _PARTS.finditer(token):
            yield start + part.start(), part[0], token.type == "ARTICLE"
    yield len(text), "", False
