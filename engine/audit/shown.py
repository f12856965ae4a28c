"""A child that has been replayed: what the law and the local rule ask of it."""

from __future__ import annotations

from datetime import date

from attrs import frozen

from duly.dsl.scenario import Scenario
from duly.engine.scenarios import Outcome


@frozen(eq=False)
class Shown:
    """A child and what the evaluator makes of it: the law's obligation and the local one.

    ``anchor`` is the day on which the clock starts.  ``local`` is ``None`` where the local rule
    asks nothing of this child for the same clock.
    """

    scenario: Scenario
    anchor: date
    law: Outcome
    local: Outcome | None

    @property
    def days(self) -> int:
        """By how many days the local deadline lies behind the law's."""
        if self.local is None or self.local.deadline is None or self.law.deadline is None:
            return 0
        return self.local.deadline.toordinal() - self.law.deadline.toordinal()
