"""States: what must be so on the day of each occasion, or throughout a scope (24)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from attrs import evolve, frozen

from duly.dsl.policy import Condition, Have
from tests.oracle.clock import Bounds, Guard, covers
from tests.oracle.days import DAY, days_between
from tests.oracle.moments import Moment
from tests.oracle.records import Judged
from tests.oracle.truth import holds
from tests.oracle.world import Scope, World


def judge_have(
    world: World, index: int, duty: Have, where: Condition | None, scope: Scope, bounds: Bounds
) -> Judged:
    """A state on the day of an occasion, which is its deadline."""
    if scope.start is None:
        return Judged(index, 0, scope.ref, None, None, None, "cannot_tell")
    result = Judged(index, 0, scope.ref, scope.start, scope.start, None, "cannot_tell")
    if scope.start > world.as_at:
        # silent: nothing but its tests is looked at of what is still to come.
        return evolve(result, verdict="due", days=(scope.start - world.as_at).days)
    moment = Moment(world, scope, scope.start, scope.judged)
    clauses = [it for it in duty.unless if covers(it.grounds.in_force, scope.start)]
    exceptions = [unless.condition for unless in clauses]
    occasion = [where] if where is not None else []
    ways = [
        way
        for way in moment.ways([duty.condition, *exceptions, *occasion])
        if where is None or holds(where, way)
    ]
    met = [holds(duty.condition, way) for way in ways]
    waived = bounds.on(scope.start) == "exempt"
    excused = [waived or any(holds(it, way) for it in exceptions) for way in ways]
    if all(met):
        return evolve(result, verdict="met", fulfilled_on=scope.start)
    if all(kept or let_off for kept, let_off in zip(met, excused, strict=True)):
        return evolve(result, verdict="exempt", deadline=None)
    if any(met) or any(excused) or scope.undecided:
        return result
    # silent: the occasion's day is the end too, so nothing lies between.
    return evolve(result, verdict="not_met", days=0)


Situation = tuple[str, bool]
"""Whether the duty stands, and if it does, whether the state holds."""

HELD: Situation = ("stands", True)
BROKEN: Situation = ("stands", False)


@frozen
class Throughout:
    """A state that must hold on every day of a scope."""

    world: World
    scope: Scope
    duty: Have
    guard: Guard
    index: int
    scope_unknown: Callable[[date], bool]

    @property
    def first(self) -> date:
        assert self.scope.start is not None
        return self.scope.start

    @property
    def last(self) -> date:
        end = self.scope.end
        return self.world.as_at if end is None else min(self.world.as_at, end - DAY)

    def judged(self) -> Iterator[Judged]:
        if self.scope.start is None:
            yield Judged(self.index, 0, self.scope.ref, None, None, None, "cannot_tell")
            return
        found = [self.stretch(first, last) for first, last in self.stretches()]
        found = [it for it in found if self.guard.bounds.anchors(it.anchor_day)]
        if found:
            yield from found
        elif self.guard.bounds.anchors(self.first):
            yield from self.unbroken()

    def situations(self, day: date) -> frozenset[Situation]:
        """How a day may be: which completions there are."""
        # silent: whether the state fails while the duty stands is looked at in each completion.
        guard = self.guard
        conditions = [*guard.conditions, self.duty.condition]
        found = set()
        for way in guard.moment(day).ways(conditions):
            outcome = guard.outcome(day, way)
            held = holds(self.duty.condition, way)
            found.add((outcome, held) if outcome == "stands" else (str(outcome), False))
        return frozenset(found)

    def stretches(self) -> Iterator[tuple[date, date]]:
        """The unbroken stretches of days on which the state may fail while the duty stands."""
        start: date | None = None
        for day in days_between(self.first, self.last):
            broken = BROKEN in self.situations(day)
            if broken and start is None:
                start = day
            if not broken and start is not None:
                yield start, day - DAY
                start = None
        if start is not None:
            yield start, self.last

    def stretch(self, first: date, last: date) -> Judged:
        unsure = self.scope_unknown(first)
        surely = [self.situations(day) == {BROKEN} for day in days_between(first, last)]
        plain = Judged(self.index, 0, self.scope.ref, first, first, None, "cannot_tell")
        plain = evolve(plain, assumed=unsure)
        after = last + DAY
        # The day after is one of the scope that is known, or there is none.
        ended = after <= self.last or self.scope.end == after
        held = after <= self.last and self.holds_on(after)
        if held:
            plain = evolve(plain, fulfilled_on=after)
        if not any(surely) or (unsure and self.is_finding(first, held, ended)):
            return plain
        assumed = unsure or not surely[0]
        if held:
            return evolve(plain, verdict="met_late", days=(after - first).days, assumed=assumed)
        if ended:
            return evolve(plain, verdict="not_met", days=(after - first).days, assumed=assumed)
        overdue = (self.world.as_at - first).days
        verdict = "overdue" if overdue else "due"
        return evolve(plain, verdict=verdict, days=overdue, assumed=assumed)

    def is_finding(self, first: date, held: bool, ended: bool) -> bool:
        return held or ended or first < self.world.as_at

    def holds_on(self, day: date) -> bool:
        """Whether the state surely holds on a day."""
        return self.guard.moment(day).test(self.duty.condition) is True

    def unbroken(self) -> Iterator[Judged]:
        """What there is to say of a scope in which the state never failed."""
        days = [self.situations(day) for day in days_between(self.first, self.last)]
        plain = Judged(self.index, 0, self.scope.ref, self.first, None, None, "met")
        plain = evolve(plain, assumed=self.scope_unknown(self.first))
        # silent: it held when the duty stood where both are sure.
        if any(day == {HELD} for day in days):
            yield plain
        elif any({outcome for outcome, _ in day} == {"exempt"} for day in days):
            yield evolve(plain, verdict="exempt")
