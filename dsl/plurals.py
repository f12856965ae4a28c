"""Nouns as they stand in a sentence: with their number, or with an article."""

from __future__ import annotations


def noun(count: int, one: str, several: str | None = None) -> str:
    """``day`` for one, ``days`` for none and for several; ``several`` where it is not so formed."""
    return one if count == 1 else several or f"{one}s"


def number_of(count: int, one: str, several: str | None = None) -> str:
    """``1 day``, ``1,200 days``, ``2 children``."""
    return f"{count:,} {noun(count, one, several)}"


def with_article(words: str) -> str:
    """``a child``, ``an event``."""
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"
