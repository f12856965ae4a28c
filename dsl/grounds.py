"""What a rule, a clause or an exception rests on: citations and rows, with their sources bound."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.names import Names


@frozen
class GroundsOf:
    """Binds the grounds that stand behind a rule, a clause or an exception."""

    names: Names

    def bind(self, items: Sequence[object]) -> p.Grounds:
        """The grounds among the items, in their order."""
        rows = [word for i in items if isinstance(i, ast.TracesItem) for word in i.rows]
        for word in rows:
            self.names.check_row(word)
        return p.Grounds(
            citations=tuple(self._cite(i) for i in items if isinstance(i, ast.CiteItem)),
            traces=tuple(word.text for word in rows),
            unconfirmed=tuple(i.text for i in items if isinstance(i, ast.UnconfirmedItem)),
            because=tuple(i.text for i in items if isinstance(i, ast.BecauseItem)),
            in_force=next((i for i in items if isinstance(i, p.InForce)), p.InForce()),
        )

    def _cite(self, item: ast.CiteItem) -> p.Citation:
        if item.source.text not in self.names.sources:
            why = "nobody can look up a citation whose document is not named"
            self.names.unknown(item.source, "source", self.names.sources, why)
        title = self.names.sources.get(item.source.text, item.source.text)
        return p.Citation(title, item.locator)
