"""The grammar of rule files as Lark reads it, and the words that it reserves."""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from duly.dsl.kept import cache_folder

if TYPE_CHECKING:
    from lark import Lark

STATEMENTS = (
    "pack",
    "source",
    "subject",
    "role",
    "period",
    "event",
    "add",
    "calendar",
    "phrase",
    "define",
    "never",
    "omits",
    "rule",
    "scenario",
)
"""Words that begin a statement."""


def grammar_text() -> str:
    """The grammar of rule files, as Lark reads it."""
    return files("duly.dsl").joinpath("grammar.lark").read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def lark() -> Lark:
    """The parser; its tables are kept in the user's cache, since building them takes 0.3 s."""
    from lark import Lark  # which takes 0.05 s to import, and is not needed for what is kept

    options: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "propagate_positions": True}
    try:
        kept = cache_folder() / f"grammar-{version('lark')}.cache"
        return Lark(grammar_text(), cache=str(kept), **options)
    except OSError:
        return Lark(grammar_text(), **options)


@lru_cache(maxsize=1)
def keywords() -> tuple[str, ...]:
    """The words of the language that stand in the grammar as they are written."""
    words = {terminal.pattern.value for terminal in lark().terminals} | {"unless", "failing"}
    return tuple(sorted(word for word in words if word.isalpha()))
