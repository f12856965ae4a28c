"""A definition that no rule and no phrase comes to."""

from __future__ import annotations

from collections.abc import Iterator

from duly.dsl import ast
from duly.dsl.parts import parts
from duly.engine.lints import Finding, Linted


def check(linted: Linted) -> Iterator[Finding]:
    """Definitions of the pack that nothing in it uses, not even by way of another.

    A pack that stands over nothing is left alone: its words are for the packs above.
    """
    text = linted.loaded.packs[-1]
    if linted.pack.over is None:
        return
    defined = {each.name.text: each for each in text.statements(ast.DefineStatement)}
    used = {
        word
        for document in text.documents
        for statement in document.statements
        if not isinstance(statement, ast.DefineStatement)
        for word in _words(statement)
    }
    waiting = used & defined.keys()
    while waiting:
        inside = set(_words(defined[waiting.pop()].condition)) & defined.keys()
        waiting |= inside - used
        used |= inside
    for name, statement in defined.items():
        if name not in used:
            yield Finding(
                f"nothing uses the definition `{name}`",
                statement.name.span,
                why="a reader takes it for part of what decides a child's dates, and it is not",
                help="take it out, or use it in the rule that it was written for",
            )


def _words(node: object) -> Iterator[str]:
    """Every name in a piece of syntax, whatever it is made of."""
    if isinstance(node, ast.Word):
        yield node.text
    for part in parts(node):
        yield from _words(part)
