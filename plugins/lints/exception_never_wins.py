"""An exception that a later one always takes the place of."""

from __future__ import annotations

from collections.abc import Iterator

from duly.dsl import policy as p
from duly.engine.clauses import together
from duly.engine.lints import Finding, Linted
from duly.engine.plan import applies


def check(linted: Linted) -> Iterator[Finding]:
    """Exceptions that can hold, but never without a later one, which wins."""
    for at in linted.steps():
        clauses = at.step.unless
        for place, clause in enumerate(clauses[:-1]):
            case = together(at.standing, applies(clause))
            later = p.Or(tuple(applies(each) for each in clauses[place + 1 :]))
            if linted.space.possible(case) and linted.space.implies(case, later):
                yield Finding(
                    "this exception never wins",
                    clause.span,
                    why="whenever it holds for a child a later one holds too, and the last one "
                    "that holds wins: it changes no date",
                    help="put it after the wider one, or take it out",
                )
