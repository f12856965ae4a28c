"""A clock that starts at an age, inside a scope that may begin later."""

from __future__ import annotations

from collections.abc import Iterator

from duly.dsl import policy as p
from duly.engine.lints import Finding, Linted
from duly.engine.plan import leaves_of


def check(linted: Linted) -> Iterator[Finding]:
    """Steps inside a scope whose anchor is a birthday, or the day on which an age is reached.

    Not those that come before it: who comes into the scope later could no longer have done them.
    """
    for at in linted.steps():
        if isinstance(at.step.timing, p.Before):
            continue
        if isinstance(at.scope, p.During | p.While) and _is_an_age(p.anchor_of(at.step.timing)):
            yield Finding(
                "a child may be as old as this before the scope begins",
                at.step.span,
                why="what is dated before its scope starts no clock: for a child who comes into "
                "it later than that birthday nothing ever falls due",
                help="leave the scope line out and make it part of the day: "
                "`within 3 months of (care_period and aged 16 or over) becoming true`",
            )


def _is_an_age(anchor: p.Anchor | None) -> bool:
    match anchor:
        case p.Birthday():
            return True
        case p.Becoming(condition):
            return all(isinstance(leaf, p.Aged) for leaf in leaves_of(condition))
        case p.AnyOf(anchors):
            return any(_is_an_age(each) for each in anchors)
        case _:
            return False
