"""The grammar of rule files as Lark reads it, and the words that it reserves."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import Any

from lark import Lark

STATEMENTS = (
    "pack",
    "source",
    "subject",
    "role",
    "period",
    "event",
    "phrase",
    "define",
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
    options: dict[str, Any] = {"parser": "lalr", "lexer": "basic", "propagate_positions": True}
    try:
        return Lark(grammar_text(), cache=str(_cache_file()), **options)
    except OSError:
        return Lark(grammar_text(), **options)


def _cache_file() -> Path:
    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    folder = Path(root) if root else Path.home() / ".cache"
    folder = folder / "duly"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"grammar-{version('lark')}.cache"


@lru_cache(maxsize=1)
def keywords() -> tuple[str, ...]:
    """The words of the language that stand in the grammar as they are written."""
    words = {terminal.pattern.value for terminal in lark().terminals} | {"unless", "failing"}
    return tuple(sorted(word for word in words if word.isalpha()))
