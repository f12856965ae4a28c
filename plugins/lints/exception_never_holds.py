"""An exception whose condition no child can meet while the duty stands."""

from __future__ import annotations

from collections.abc import Iterator

from duly.engine.clauses import together
from duly.engine.lints import Finding, Linted
from duly.engine.plan import applies


def check(linted: Linted) -> Iterator[Finding]:
    """Exceptions that hold in no combination of conditions that can happen."""
    for standing, clauses in linted.exceptions():
        for clause in clauses:
            if linted.space.possible(together(standing, applies(clause))) is None:
                yield Finding(
                    "this exception can never hold",
                    clause.span,
                    why="no child can meet all of its condition while the duty stands, so it "
                    "changes no date; whoever it was written for is left without it",
                    help="mend the condition, or take the exception out",
                )
