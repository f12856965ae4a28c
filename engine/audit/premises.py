"""The premises of *never later* that concern two duties as a whole: 1, 2 and 6.

Three (scope), four (exemptions) and five (dates) are decided case by case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.audit.anchors import anchors_fail, covers, start, steps_side_by_side
from duly.engine.audit.compared import ACTS, ANCHORS, READING
from duly.engine.clauses import standing
from duly.engine.pairs import kind
from duly.engine.plan import DutyPlan
from duly.engine.regions import Space


@frozen
class Failed:
    """A premise that does not hold of two duties, and why."""

    premise: int
    reason: str


def failures(
    law: DutyPlan, local: DutyPlan, beside: Sequence[DutyPlan], space: Space
) -> Iterator[Failed]:
    """What fails of premises 1, 2 and 6; ``beside`` are all local duties that refine the law's."""
    yield from (Failed(ANCHORS, reason) for reason in anchors_fail(law, local, space))
    yield from (Failed(ACTS, reason) for reason in _acts_fail(law, local, space))
    yield from (Failed(READING, reason) for reason in _reading_fails(law, local, beside))


# ------------------------------------------------------------------------- 2: what fulfils it


def _acts_fail(law: DutyPlan, local: DutyPlan, space: Space) -> Iterator[str]:
    """Why something may fulfil the local duty that would not fulfil the law's."""
    match law.duty, local.duty:
        case p.Do(theirs), p.Do(ours):
            if _is_ceiling(law) and _is_ceiling(local):
                yield from _act_fails(theirs, ours, space, "what the law counts")
                return
            yield from _act_fails(ours, theirs, space, "what fulfils the local duty")
            narrower = _is_narrower(ours, theirs, space)
            if narrower and max(len(law.steps), len(local.steps)) > 1:
                yield "the law's next step can begin with an act that the local omits"
            if narrower and theirs.dated != "start":
                yield "an event that owes the law's date need not owe the local one"
            if _met_early(local) and not _met_early(law):
                yield "the local duty can be met before its anchor, the law's only after"
        case p.Forbid(theirs), p.Forbid(ours):
            yield from _act_fails(theirs, ours, space, "what the law forbids")


def _act_fails(inner: p.Act, outer: p.Act, space: Space, what: str) -> Iterator[str]:
    """Why what is the one act need not be the other."""
    if evolve(inner, where=None) != evolve(outer, where=None):
        yield "the two ask for different acts"
    elif not space.implies(inner.where, outer.where):
        yield f"{what} need not pass the other's test"


def _is_narrower(inner: p.Act, outer: p.Act, space: Space) -> bool:
    """Whether some act of the other is none of the one."""
    return not space.implies(outer.where, inner.where)


def _is_ceiling(duty: DutyPlan) -> bool:
    """Whether it says how often at most something may be done."""
    return any(isinstance(step.timing, p.Times) and step.timing.at_most for step in duty.steps)


def _met_early(duty: DutyPlan) -> bool:
    """Whether an act before the anchor can meet it."""
    return any(isinstance(step.timing, p.By | p.Before) for step in duty.steps)


# ------------------------------------------------------------------------- 6: reading


def _reading_fails(law: DutyPlan, local: DutyPlan, beside: Sequence[DutyPlan]) -> Iterator[str]:
    """Why the local reading is neither the law's nor strict.

    A duty split into several, each in a scope of its own, loses its clock where the scope changes:
    it counts as ``each moment``.
    """
    if not isinstance(law.duty, p.Do) or not isinstance(local.duty, p.Do):
        return
    if local.duty.reading not in (law.duty.reading, "strict"):
        yield "the local reading is `each moment`, and the law's strict"
    scopes = {duty.scope for duty in beside if duty.rule is local.rule}
    if len(scopes) > 1 and law.duty.reading == "strict":
        yield "the local rule splits the law's duty by scope, so a longer limit may win"


# ------------------------------------------------------------------------- what it asks beyond


def beyond(law: DutyPlan, local: DutyPlan, space: Space) -> Iterator[str]:
    """Why a local duty that is never later is not the same: in what it asks for more."""
    if not space.implies(standing(local.scope), standing(law.scope)):
        yield "it stands where the law does not"
    match law.duty, local.duty:
        case p.Do(theirs), p.Do(ours):
            if _is_ceiling(law):
                if _is_narrower(theirs, ours, space):
                    yield "further acts count"
            elif _is_narrower(ours, theirs, space):
                yield "an act must pass a further test"
            if _met_early(law) and not _met_early(local):
                yield "an act before the anchor does not count"
            if _starts_further_clocks(law, local, space):
                yield "it starts further clocks"
            if _kinds(law) != _kinds(local):
                yield "it goes on in steps of its own"
            if law.duty.reading != local.duty.reading:
                yield "a limit that grows longer does not put back a running clock"
        case p.Forbid(theirs), p.Forbid(ours):
            if _is_narrower(theirs, ours, space):
                yield "more is forbidden"


def _starts_further_clocks(law: DutyPlan, local: DutyPlan, space: Space) -> bool:
    """Whether a day may start a local clock that starts none of the law's."""
    for step, local_step in steps_side_by_side(law, local):
        theirs, ours = start(law, step), start(local, local_step)
        if theirs is not None and ours is not None and not covers(theirs, ours, space):
            return True
    return False


def _kinds(duty: DutyPlan) -> list[type[p.Timing]]:
    """The kind of timing of each step."""
    return [kind(step.timing)[0] for step in duty.steps]
