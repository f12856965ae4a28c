"""Rows that a pack leaves out, each once, and none that a rule encodes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import get_args

from attrs import frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.diagnostics import Compared
from duly.dsl.names import Names

CATEGORIES = get_args(p.OmittedAs)


@frozen
class Omissions:
    """Binds the ``omits`` statements of one pack, whose rules and those below are known."""

    names: Names

    def bind(self, statement: ast.OmitsStatement) -> p.Omission | None:
        """The omission, known from now on to the packs above; nothing after a mistake in it."""
        for word in statement.rows:
            self._check(word)
        category = statement.category
        if category.text not in CATEGORIES:
            why = "an auditor could not tell why no child is held to the row"
            self.names.unknown(category, "category", CATEGORIES, why)
            return None
        return p.Omission(
            tuple(word.text for word in statement.rows),
            category.text,  # type: ignore[arg-type]
            statement.because.text,
            statement.span,
        )

    @cached_property
    def _traced(self) -> Mapping[str, p.Rule]:
        """For each row that some rule traces, the first that does."""
        rules = reversed(self.names.rules.values())
        return {row: rule for rule in rules for row in rule.rows}

    def _check(self, word: ast.Word) -> None:
        row = word.text
        self.names.check_row(word)
        traced = self._traced.get(row)
        if traced is not None:
            self.names.diagnostics.add(
                "traced-and-omitted",
                f"row {row} is left out, and a rule traces it",
                word.span,
                why="an auditor could not tell whether any child is held to it",
                help=f"take it out here, or out of the `traces` of `{traced.name}`",
                compared=Compared(f"rule `{traced.qualified}`", traced.span),
            )
        first = self.names.omitted.setdefault(row, word.span)
        if first != word.span:
            self.names.diagnostics.add(
                "omitted-twice",
                f"row {row} is left out twice",
                word.span,
                why="two reasons would leave open why no child is held to it",
                help="keep the reason that is true",
                compared=Compared(f"row {row}, left out before", first),
            )
