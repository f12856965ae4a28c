"""One rule on one child, slowly: rule and case in, judged obligations out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from attrs import evolve, frozen

from duly.dsl.policy import (
    Calendar,
    Condition,
    Do,
    During,
    Forbid,
    ForEach,
    Grounds,
    Have,
    InForce,
    Kind,
    Rule,
    Scoped,
    Times,
    Unless,
)
from tests.oracle.acts import Deed, DutyInScope
from tests.oracle.clock import Bounds, Guard
from tests.oracle.missed import failing, step_missed
from tests.oracle.prohibitions import Forbidden
from tests.oracle.records import Case, Judged, order
from tests.oracle.scopes import scopes, unknown_on
from tests.oracle.states import Throughout, judge_have
from tests.oracle.verdicts import Bench
from tests.oracle.windows import Windows
from tests.oracle.world import Scope, World


def judge(
    rule: Rule,
    kinds: Mapping[str, Kind],
    case: Case,
    as_at: date,
    pack_in_force: InForce | None = None,
    *,
    calendars: Mapping[str, Calendar] | None = None,
    never: Sequence[Condition] = (),
    waived: Sequence[InForce] = (),
    saved: Sequence[InForce] = (),
    known_at: date | None = None,
) -> list[Judged]:
    """Every obligation that a rule puts on one child as at a day, in a fixed order.

    ``waived`` are the stretches of days on which a rule of a pack above takes it out of force,
    ``saved`` those of them in which a transitional rule does.
    """
    world = World(kinds, case, as_at, known_at, tuple(never), calendars or {})
    found: list[Judged] = []
    for index, scoped in enumerate(rule.duties):
        if isinstance(scoped.duty, Do | Have | Forbid):
            bounds = bounds_of(rule, pack_in_force or InForce(), waived)
            bounds = evolve(bounds, saved=tuple(saved))
            for scope in scopes(world, scoped.scope):
                found += OfRule(world, index, scoped, scope, bounds).judged()
    return sorted(found, key=order)


def bounds_of(rule: Rule, pack: InForce, waived: Sequence[InForce]) -> Bounds:
    """The dates that bound all duties of a rule."""
    if not rule.transitional:
        return Bounds((rule.in_force, pack), tuple(waived))
    # silent: "the rule's last day in force" is the pack's where that comes first.
    last = min([day for day in (rule.in_force.end, pack.end) if day], default=None)
    open_ended = tuple(evolve(it, end=None) for it in (rule.in_force, pack))
    return Bounds(open_ended, tuple(waived), last)


@frozen
class OfRule:
    """One duty of a rule in one scope."""

    world: World
    index: int
    scoped: Scoped
    scope: Scope
    rule_bounds: Bounds

    def judged(self) -> Iterator[Judged]:
        match self.scoped.duty:
            case Have() as duty:
                yield from self.have(duty)
            case Forbid() as duty:
                yield from self.forbid(duty)
            case Do() as duty:
                yield from self.do(duty)

    @property
    def where(self) -> Condition | None:
        scope = self.scoped.scope
        return scope.where if isinstance(scope, During) else None

    def bounds(self, grounds: Grounds) -> Bounds:
        """The dates of the rule, and those that the duty has of its own."""
        bounds = self.rule_bounds
        return evolve(bounds, in_force=(*bounds.in_force, grounds.in_force))

    def guard(self, unless: tuple[Unless, ...], grounds: Grounds) -> Guard:
        return Guard(self.world, self.scope, self.bounds(grounds), unless, self.where)

    def have(self, duty: Have) -> Iterator[Judged]:
        bounds, stated = self.bounds(duty.grounds), self.scoped.scope
        unknown = unknown_on(self.world, stated)
        if duty.throughout:
            guard = self.guard(duty.unless, duty.grounds)
            yield from Throughout(self.world, self.scope, duty, guard, self.index, unknown).judged()
            return
        day = self.scope.start
        occasion = stated.where if isinstance(stated, ForEach) else None
        if day is None or (bounds.on(day) != "not in force" and bounds.anchors(day)):
            yield judge_have(self.world, self.index, duty, occasion, self.scope, bounds)

    def forbid(self, duty: Forbid) -> Iterator[Judged]:
        owed = DutyInScope(self.world, self.scope, duty, self.where, self.bounds(duty.grounds))
        guard = self.guard(duty.unless, duty.grounds)

        def about(deed: Deed | None) -> Guard:
            if deed is None:
                return evolve(guard, any_row=True, seen={})
            return evolve(guard, judged=((duty.act.event, deed.row),), seen={})

        unknown = unknown_on(self.world, self.scoped.scope)
        yield from Forbidden(owed, about, self.index, unknown).judged()

    def do(self, duty: Do) -> Iterator[Judged]:
        owed = DutyInScope(self.world, self.scope, duty, self.where, self.bounds(duty.grounds))
        unknown = unknown_on(self.world, self.scoped.scope)
        timing = duty.steps[0].timing
        if isinstance(timing, Times):
            guard = evolve(self.guard(duty.steps[0].unless, duty.grounds), instead=duty.instead)
            yield from Windows(owed, guard, timing, self.index, unknown).judged()
            return
        bench = Bench(owed, self.index, unknown)
        if step_missed(duty) is None:
            yield from bench.judged()
            return
        assert duty.after is not None
        bounds = self.bounds(duty.after.grounds)
        yield from failing(owed, self.index, bench, bounds).judged()
