"""Two exceptions of one step that can hold together and come to different limits."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from duly.dsl import policy as p
from duly.dsl.source import Span
from duly.engine.clauses import StepOf, case_text, given_reason, outcome_text, together
from duly.engine.lints import Finding, Linted
from duly.engine.plan import applies


def check(linted: Linted) -> Iterator[Finding]:
    """Pairs of exceptions, with a case in which both hold.

    One that is a special case of an earlier one is as anybody would read it: it stands.  One of
    which a later one is the general case never wins, and is told of as such.
    """
    for at in linted.steps():
        for first, last in combinations(at.step.unless, 2):
            one, other = outcome_text(first), outcome_text(last)
            if one == other or given_reason(at.rule, one, other):
                continue
            if _nested(at, first, last, linted) or _nested(at, last, first, linted):
                continue
            both = (applies(first), applies(last))
            region = linted.space.possible(together(at.standing, *both))
            if region is not None:
                yield _finding(last.span, one, other, case_text(region, *both))


def _nested(at: StepOf, general: p.Unless, special: p.Unless, linted: Linted) -> bool:
    return linted.space.implies(together(at.standing, applies(special)), applies(general))


def _finding(span: Span, one: str, other: str, case: str) -> Finding:
    return Finding(
        f"two exceptions can hold together: `{one}` and `{other}`",
        span,
        why=f"both hold for a child with {case}; the last one wins: {other}, rather than {one}",
        help=f"if that is meant, say why in a `because` that names `{one}` and `{other}`; if not, "
        "change their order, or put `and not …` into one of them",
    )
