"""Rule text into syntax: a ``Document``, and diagnostics for what cannot be read.

A statement with a mistake is reported and left out; the statements around it are still read, so
that every mistake in a file is told in one go.
"""

from __future__ import annotations

from lark import Token, Tree
from lark.exceptions import UnexpectedInput

from duly.dsl import ast
from duly.dsl.build import Build
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.grammar import lark
from duly.dsl.limits import within_limits
from duly.dsl.source import SourceText
from duly.dsl.wording import check_wording


def parse_text(text: str, file: str, diagnostics: Diagnostics) -> ast.Document:
    """Parse one file; mistakes go to ``diagnostics`` and cost only their own statement."""
    source = SourceText(file, text)
    tree = _tree(text)
    if tree is None:
        from duly.dsl.recovery import readable  # the table of slips, which few files need

        text = readable(source, diagnostics)
        tree = lark().parse(text)
    check_wording(source, text, diagnostics)
    document: ast.Document = Build(source, diagnostics).transform(tree)
    return document


def _tree(text: str) -> Tree[Token] | None:
    """The whole file as Lark reads it, if there is no mistake in it."""
    if not within_limits(text):
        return None
    try:
        return lark().parse(text)
    except UnexpectedInput:
        return None
