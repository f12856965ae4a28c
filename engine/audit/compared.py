"""A duty of the law and a local one compared: the premises, the differences and the verdict."""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from attrs import frozen

from duly.engine.audit.asked import Asked, Cases
from duly.engine.audit.limits import Apart
from duly.engine.audit.shown import Shown
from duly.engine.families import Region
from duly.engine.plan import DutyPlan

Verdict = Literal["later", "not-comparable", "waived", "missing", "stricter", "same", "additional"]
"""What comes out of a duty, the gravest first."""

GRAVEST_FIRST: tuple[Verdict, ...] = get_args(Verdict)

ANCHORS, ACTS, SCOPE, EXEMPTIONS, DATES, READING = range(1, 7)

NAMES = {
    ANCHORS: "the same anchors",
    ACTS: "whatever fulfils the local duty fulfils the law's",
    SCOPE: "the local scope covers the law's",
    EXEMPTIONS: "local exemptions are the law's",
    DATES: "no local date is later",
    READING: "the same reading, or the strict one",
}
"""The six premises of *never later*."""


@frozen
class Premise:
    """One of the six premises of *never later*; ``fails`` says where it does not hold."""

    number: int
    fails: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return NAMES[self.number]

    @property
    def holds(self) -> bool:
        return not self.fails


@frozen(eq=False)
class Difference:
    """What the two ask in all cases in which the law asks one thing and the local rule another.

    ``ways`` describe these ``cases``, each one way to be in some of them, as leaves and their
    truth; together they are all of them.  ``apart`` is there where both set a limit.  ``reason``
    says why the two cannot be compared there, ``premise`` which of the six fails; ``shown`` is a
    child of whom it holds, replayed through the evaluator.
    """

    verdict: Verdict
    step: int
    local_step: int
    law: Asked
    local: Asked
    ways: tuple[Region, ...] = ()
    cases: Cases = Cases((), np.zeros((0, 0), bool))
    apart: Apart | None = None
    reason: str = ""
    premise: int | None = None
    shown: Shown | None = None


@frozen(eq=False)
class Compared:
    """All differences between a duty of the law and a local one, and which premises hold.

    ``beyond`` says in what the local duty asks for more, whatever its limits.
    """

    law: DutyPlan
    local: DutyPlan
    premises: tuple[Premise, ...]
    differences: tuple[Difference, ...]
    beyond: tuple[str, ...] = ()

    @property
    def never_later(self) -> bool:
        """Whether all six premises hold, so that the local date is never behind the law's."""
        return all(premise.holds for premise in self.premises)

    @property
    def verdict(self) -> Verdict:
        """The gravest of all differences."""
        found = {difference.verdict for difference in self.differences}
        if "later" in found:
            return "later"
        if not self.never_later:
            return "not-comparable"
        return "stricter" if "stricter" in found or self.beyond else "same"
