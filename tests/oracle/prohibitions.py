"""Prohibitions (25 to 27): each day with a forbidden act in, what is to be said of it out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from attrs import evolve, frozen

from duly.dsl.policy import Anchor, AnyOf, Before, Forbid, PeriodEdge, Within
from tests.oracle.acts import Deed, DutyInScope, came_first, deeds
from tests.oracle.anchors import is_scope_end, is_scope_start, unseen
from tests.oracle.clock import Guard
from tests.oracle.days import DAY, days_between, last_day
from tests.oracle.records import Judged, Truth
from tests.oracle.truth import both
from tests.oracle.world import EVERYTHING

WORST = ("not_met", "cannot_tell", "exempt")


@frozen
class Forbidden:
    """One prohibition in one scope; ``guard`` makes one for the row of each act."""

    owed: DutyInScope
    guard: Callable[[Deed | None], Guard]
    index: int
    scope_unknown: Callable[[date], bool]

    @property
    def duty(self) -> Forbid:
        assert isinstance(self.owed.duty, Forbid)
        return self.owed.duty

    @property
    def first(self) -> date:
        assert self.owed.scope.start is not None
        return self.owed.scope.start

    @property
    def last(self) -> date:
        return min(self.owed.world.as_at, self.owed.last_day)

    def judged(self) -> Iterator[Judged]:
        if self.owed.scope.start is None:
            yield Judged(self.index, 0, self.owed.scope.ref, None, None, None, "cannot_tell")
            return
        found = [it for it in self.days() if self.owed.bounds.anchors(it.anchor_day)]
        if found:
            yield from found
        elif self.owed.bounds.anchors(None if self.owed.scope == EVERYTHING else self.first):
            yield from self.kept()

    # days with a forbidden act

    def days(self) -> Iterator[Judged]:
        """One for each day, by the worst that is to be said of its acts."""
        said: dict[date, set[str]] = {}
        for deed in deeds(self.owed.world, self.duty.act):
            verdict = self.weighed(deed)
            if verdict is not None:
                said.setdefault(deed.day, set()).add(verdict)
        for day, verdicts in sorted(said.items()):
            yield self.concluded(day, next(worst for worst in WORST if worst in verdicts))

    def weighed(self, deed: Deed) -> str | None:
        """What is to be said of one act: nothing, if it was not forbidden."""
        forbidden = both(self.inside(deed), self.in_stretch(deed))
        if forbidden is False:
            return None
        standing = self.guard(deed).standing(deed.day)
        if standing in ("nothing", "exempt"):
            return "exempt" if standing == "exempt" else None
        return "not_met" if forbidden and standing == "stands" else "cannot_tell"

    def inside(self, deed: Deed) -> Truth:
        # silent: the end day of a scope is none of its days, except for the end of its own period.
        own_end = (self.duty.act.event, self.duty.act.edge) == (self.owed.scope.period, "end")
        if own_end and deed.day == self.owed.scope.end:
            named = {row.id for row in self.owed.scope.rows}
            return both(deed.row.id in named, self.owed.fits(deed))
        if not self.owed.scope.contains(deed.day):
            return False
        return self.owed.inside(deed)

    def concluded(self, day: date, verdict: str) -> Judged:
        unsure = self.scope_unknown(day)
        found = Judged(self.index, 0, self.owed.scope.ref, day, day, None, verdict, assumed=unsure)
        if verdict == "exempt":
            return evolve(found, deadline=None)
        if verdict == "not_met" and not unsure:
            return evolve(found, days=0)
        return evolve(found, verdict="cannot_tell")

    # when it is forbidden

    def in_stretch(self, deed: Deed) -> Truth:
        """Whether an act is forbidden, as far as the stretch goes."""
        day = deed.day
        match self.duty.stretch:
            case None:
                return True
            case Before(anchor=anchor):
                return self.not_yet(anchor, deed)
            case Within(duration, anchor):
                assert anchor is not None
                return self.still(anchor, lambda first: last_day(first, duration), day)

    def not_yet(self, anchor: Anchor, deed: Deed) -> Truth:
        """Whether no anchor of the scope has been by the end of a day, or surely by the hour."""
        day = deed.day
        if isinstance(anchor, AnyOf):
            truth: Truth = True
            for part in anchor.anchors:
                truth = both(truth, self.not_yet(part, deed))
            return truth
        if is_scope_end(anchor, self.owed.scope):
            return True
        if is_end(anchor):
            return self.owed.world.runs_on(anchor.period, day)  # type: ignore[union-attr]
        found = [
            it
            for it in self.owed.anchors(anchor)
            if it.day <= day and not came_first(deed, it.day, it.hour)
        ]
        if any(not it.undecided for it in found):
            return False
        return None if found or self.hidden(anchor, day) else True

    def still(self, anchor: Anchor, ends: Callable[[date], date], day: date) -> Truth:
        """Whether some anchor was so short a time ago."""
        found = [it for it in self.owed.anchors(anchor) if it.day <= day <= ends(it.day)]
        if any(not it.undecided for it in found):
            return True
        near = any(
            first <= day and day <= ends(min(day, last)) for first, last in self.hidden(anchor, day)
        )
        return None if found or near else False

    def hidden(self, anchor: Anchor, day: date) -> list[tuple[date, date]]:
        """The stretches in the scope in which an anchor may be that nobody recorded."""
        # silent: an anchor that nobody can have recorded may have been, as in a condition.
        if is_scope_start(anchor, self.owed.scope):
            return []
        first = None if self.owed.scope == EVERYTHING else self.first
        return unseen(self.owed.moment, anchor, first, day)

    # where nothing was forbidden

    def kept(self) -> Iterator[Judged]:
        is_everything = self.owed.scope == EVERYTHING
        anchor = None if is_everything else self.first
        guard = self.guard(None)
        days = list(days_between(self.first_to_look(), self.last))
        plain = Judged(self.index, 0, self.owed.scope.ref, anchor, None, None, "met")
        plain = evolve(plain, assumed=anchor is not None and self.scope_unknown(anchor))
        if any(guard.may_have_stood(day, day) for day in days):
            yield evolve(plain, verdict="met" if self.is_covered() else "cannot_tell")
        elif any(guard.surely_exempt(day, day) for day in days):
            yield evolve(plain, verdict="exempt")

    def first_to_look(self) -> date:
        """The scope's first day; without a scope, the day before anything was recorded."""
        if self.owed.scope != EVERYTHING:
            return self.first
        dates = [*self.owed.world.dates(), self.owed.world.case.born, self.owed.world.as_at]
        clauses = [unless.grounds.in_force for unless in self.duty.unless]
        bounds = [*self.owed.bounds.dates, *(d for it in clauses for d in (it.start, it.end))]
        dates += [day and day + n * DAY for day in bounds for n in (0, 1)]
        return min(day for day in dates if day) - DAY

    def is_covered(self) -> bool:
        """Whether the record of the act reaches over the scope."""
        if self.owed.act_span is None:
            return False
        gaps = self.owed.world.gaps(self.duty.act.event, self.first, self.last)
        if self.owed.scope != EVERYTHING:
            return not gaps
        last = self.owed.act_span[1]
        return last is None or last >= self.owed.world.as_at


def is_end(anchor: Anchor) -> bool:
    """Whether `before` such an anchor means while the period is running."""
    plain = isinstance(anchor, PeriodEdge) and anchor.ordinal is None and anchor.where is None
    return plain and isinstance(anchor, PeriodEdge) and anchor.edge == "end"
