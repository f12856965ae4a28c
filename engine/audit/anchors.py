"""Premise 1 of *never later*: each clock of the law's has a local one that starts with it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from attrs import evolve

from duly.dsl import policy as p
from duly.engine.plan import DutyPlan
from duly.engine.regions import Space


def anchors_fail(law: DutyPlan, local: DutyPlan, space: Space) -> Iterator[str]:
    """Why a clock of the law's may have no local one that starts with it."""
    if not _same_scope(law.scope, local.scope, space):
        yield "the two stand in different scopes"
    elif type(law.duty) is not type(local.duty):
        yield "one asks for an act, the other for a state"
    elif isinstance(law.duty, p.Do) and isinstance(local.duty, p.Do):
        if law.duty.after != local.duty.after:
            yield "the two run from different missed deadlines"
        elif len(law.steps) > len(local.steps) and not _repeats(local):
            yield "the local rule ends before the law's last step"
        else:
            for step, local_step in steps_side_by_side(law, local):
                yield from _of_steps(law, local, step, local_step, space)


def _same_scope(law: p.Scope, local: p.Scope, space: Space) -> bool:
    match law, local:
        case p.During(theirs), p.During(ours):
            return theirs == ours
        case p.While(theirs), p.While(ours):
            return space.implies(theirs, ours) and space.implies(ours, theirs)
        case p.ForEach(theirs), p.ForEach(ours):
            return covers(ours, theirs, space)
        case p.Always(), p.Always():
            return True
        case _:
            return False


def _of_steps(
    law: DutyPlan, local: DutyPlan, step: int, local_step: int, space: Space
) -> Iterator[str]:
    theirs, ours = law.steps[step].timing, local.steps[local_step].timing
    if isinstance(theirs, p.Times) or isinstance(ours, p.Times):
        if type(theirs) is not type(ours):
            yield "one counts in windows, the other from an anchor"
    elif isinstance(theirs, p.Every) and not isinstance(ours, p.Every):
        yield "the law asks again and again, the local rule once"
    else:
        yield from _of_starts(law, local, step, local_step, space)
        if until(ours) != until(theirs) and _ends_it(law, local, ours):
            yield "the two pass on to what follows at different times"


def _of_starts(
    law: DutyPlan, local: DutyPlan, step: int, local_step: int, space: Space
) -> Iterator[str]:
    if _repeats_up_to(law, step) and _repeats_up_to(local, local_step):
        return  # each act starts the next clock, and the scope the first, whatever the step
    theirs, ours = start(law, step), start(local, local_step)
    if theirs is None or ours is None:
        if theirs is not ours:
            yield "one runs from what was done before, the other from an anchor"
    elif not covers(ours, theirs, space):
        yield "the two run from different anchors"
    elif len(law.steps) > 1 and not covers(theirs, ours, space):
        yield "a further anchor starts the law's steps anew"


def _repeats_up_to(duty: DutyPlan, step: int) -> bool:
    """Whether a step repeats, and all before it do."""
    return all(isinstance(each.timing, p.Every) for each in duty.steps[: step + 1])


def until(timing: p.Timing) -> p.Anchor | None:
    """What a step that repeats ends at, where it says so."""
    return timing.until if isinstance(timing, p.Every) else None


def _ends_it(law: DutyPlan, local: DutyPlan, ours: p.Timing) -> bool:
    """Whether it matters when a repeating local step ends.

    It does not where the local rule goes on for ever, or where each step is held against each.
    """
    if len(local.steps) == 1:
        return until(ours) is not None
    return len(law.steps) == len(local.steps) or ours is local.steps[-1].timing


def start(duty: DutyPlan, step: int) -> p.Anchor | None:
    """What a step's clock runs from; ``None`` for what was done in the step before."""
    timing = duty.steps[step].timing
    anchor = p.anchor_of(timing)
    if anchor is None and step == 0:
        assert isinstance(duty.duty, p.Do)
        act = duty.duty.act
        if act.milestone is not None and not isinstance(timing, p.Every):
            return p.EventDay(act.event, where=act.where)
        return p.ScopeStart()
    if isinstance(duty.scope, p.During) and anchor == p.PeriodEdge(duty.scope.period, "start"):
        return p.ScopeStart()
    return anchor


def covers(local: p.Anchor, law: p.Anchor, space: Space) -> bool:
    """Whether every day that the one names is named by the other too."""
    match local, law:
        case p.AnyOf(ours), p.AnyOf(theirs):
            return all(any(covers(one, each, space) for one in ours) for each in theirs)
        case p.AnyOf(ours), _:
            return any(covers(one, law, space) for one in ours)
        case (p.EventDay(), p.EventDay()) | (p.PeriodEdge(), p.PeriodEdge()):
            assert isinstance(law, p.EventDay | p.PeriodEdge)
            assert isinstance(local, p.EventDay | p.PeriodEdge)
            if evolve(local, where=None) != evolve(law, where=None):
                return False
            if law.ordinal is not None:  # the first of fewer may be a later one
                return local.where == law.where
            return space.implies(law.where, local.where)
        case p.Becoming(ours), p.Becoming(theirs):
            return space.implies(theirs, ours) and space.implies(ours, theirs)
        case _:
            return local == law


def steps_side_by_side(law: DutyPlan, local: DutyPlan) -> list[tuple[int, int]]:
    """Which clauses of the two are compared: step by step, a last one that repeats again and again.

    Where one passes on to its next step at an event of its own and the other does not, each step
    may run beside each.
    """
    theirs, ours = len(law.clauses), len(local.clauses)
    if theirs != ours and any(_ends_early(duty) for duty in (law, local)):
        return list(product(range(theirs), range(ours)))
    length = max(theirs, ours) if _repeats(law) else theirs
    return [(min(step, theirs - 1), min(step, ours - 1)) for step in range(length)]


def _repeats(duty: DutyPlan) -> bool:
    return bool(duty.steps) and isinstance(duty.steps[-1].timing, p.Every)


def _ends_early(duty: DutyPlan) -> bool:
    return any(
        isinstance(step.timing, p.Every) and step.timing.until is not None for step in duty.steps
    )
