"""Numbers of things, each with its noun in the singular or the plural."""

from __future__ import annotations


def noun(count: int, one: str, several: str | None = None) -> str:
    """``day`` for one, ``days`` for none and for several; ``several`` where it is not so formed."""
    return one if count == 1 else several or f"{one}s"


def number_of(count: int, one: str, several: str | None = None) -> str:
    """``1 day``, ``1,200 days``, ``2 children``."""
    return f"{count:,} {noun(count, one, several)}"
