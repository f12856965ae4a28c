"""Section 4, scopes: a child's records in, the stretches in which a duty is owed out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from attrs import evolve

from duly.dsl.policy import Always, And, During, EventDay, ForEach, PeriodEdge, While
from duly.dsl.policy import Scope as Stated
from tests.oracle.anchors import occasions, stretches_of
from tests.oracle.moments import Moment
from tests.oracle.world import EVERYTHING, Scope, World


def scopes(world: World, scope: Stated) -> list[Scope]:
    match scope:
        case Always():
            # silent: what a scope without start or end is called.
            return [EVERYTHING]
        case During(period):
            return [
                Scope(stretch.rows[0].id, stretch.start, stretch.end, period, stretch.rows)
                for stretch in world.stretches(period)
            ]
        case While(condition):
            found = stretches_of(Moment(world, EVERYTHING, world.as_at), condition)
            return [evolve(it, undecided=False) for it in found if is_there(it, world)]
        case ForEach(occasion, where):
            look = Moment(world, EVERYTHING, world.as_at)
            tests = tuple(test for test in (occasion.where, where) if test is not None)
            occasion = evolve(occasion, where=And(tests) if tests else None)
            return [
                Scope(
                    it.row.id,
                    it.day,
                    judged=((it.kind, it.row),),
                    all_count=True,
                    undecided=it.undecided,
                )
                for it in occasions(look, occasion, scheduled=True)
                if it.row is not None
            ] + blank_occasions(world, occasion)


def is_there(scope: Scope, world: World) -> bool:
    """Whether a stretch begins by the as-at day, and not after its own end."""
    start = scope.start
    return start is None or (start <= world.as_at and (scope.end is None or start < scope.end))


def blank_occasions(world: World, occasion: EventDay | PeriodEdge) -> list[Scope]:
    """`for each start of PERIOD` where the start is blank."""
    # silent: as for a scope whose start is blank.
    if isinstance(occasion, EventDay) or occasion.edge == "end" or occasion.ordinal:
        return []
    blank = [stretch for stretch in world.stretches(occasion.period) if stretch.start is None]
    return [Scope(stretch.rows[0].id, None) for stretch in blank]


def unknown_on(world: World, scope: Stated) -> Callable[[date], bool]:
    """Whether the condition of a `while` is unknown on a day."""
    if not isinstance(scope, While):
        return lambda _: False
    return lambda day: Moment(world, EVERYTHING, day).test(scope.condition) is None
