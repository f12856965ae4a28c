"""A clock that a child is wanted for, and the days on which its facts must fall."""

from __future__ import annotations

from attrs import frozen

from duly.dsl import policy as p
from duly.engine.audit.anchors import start
from duly.engine.dates import back_table
from duly.engine.families import Region
from duly.engine.plan import DutyPlan

SOME_TIME = 7
"""Days by which something lies further back than it must."""


@frozen(eq=False)
class Clock:
    """A clock of the law's that a child is wanted for: which step of which duty, and its start.

    ``deadlines`` are the last days of both limits, where there are any.
    """

    law: DutyPlan
    local: DutyPlan
    step: int
    day: int
    deadlines: tuple[int, ...] = ()

    @property
    def timing(self) -> p.Timing | None:
        return self.law.steps[self.step].timing if self.law.steps else None

    @property
    def anchor(self) -> p.Anchor | None:
        """What starts it, where its timing says so."""
        return p.anchor_of(self.timing)

    @property
    def acts(self) -> list[p.Act]:
        """What must be an act of both duties."""
        return [duty.duty.act for duty in (self.law, self.local) if isinstance(duty.duty, p.Do)]

    @property
    def starts_with_scope(self) -> bool:
        """Whether it can start on the first day of the scope."""
        if self.step > 0 or self.timing is None:
            return False
        # what runs from its own event has no anchor, and the event can be on that day
        return self.anchor is None or start(self.law, 0) == p.ScopeStart()

    def scope_start(self, region: Region, slack: int) -> int:
        """The first day of the scope: the clock's own, or as far back as the region asks.

        ``slack`` is by how many days what takes time has gone on for longer than it must.
        """
        back = [
            days_before(self.day, leaf.duration) - slack
            for leaf, true in region.items()
            if true and isinstance(leaf, p.Elapsed | p.Lasting)
        ]
        back += [
            self.counted_on(leaf.kind, region)
            for leaf, true in region.items()
            if true and isinstance(leaf, p.Count) and leaf.window is not None
        ]
        if min(back, default=self.day) < self.day:
            return min(back)
        if self.starts_with_scope:
            return self.day
        return min(self.day, *self.deadlines) - 2 * SOME_TIME

    def counted_on(self, kind: str, region: Region) -> int:
        """A day that counts in a window: its last, or the last before a shorter one of no such."""
        shorter = [
            days_before(self.day, leaf.window) - 1
            for leaf, true in region.items()
            if isinstance(leaf, p.Count) and not true and leaf.kind == kind
            if leaf.window is not None
        ]
        return min(shorter, default=self.day)

    def birthday(self, region: Region) -> int | None:
        """A day of birth by which the child is as old as the region asks, where it asks."""
        ages = {leaf.years: true for leaf, true in region.items() if isinstance(leaf, p.Aged)}
        if not ages:
            return None
        reached = [years for years, true in ages.items() if true]
        years = max(reached) if reached else (min(ages) - 1) // 2
        return days_before(self.day, p.Duration(years, "year")) - SOME_TIME


def days_before(day: int, duration: p.Duration) -> int:
    """The day from which a length of time runs to another day, as day numbers."""
    return int(back_table(duration)[day]) if duration.count else day
