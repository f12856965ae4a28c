"""Policy into plan: each step's conditions become one guard, a table over its leaves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.days import FAR, day_of
from duly.engine.plan import (
    EXEMPT,
    FEW_LEAVES,
    MOST_LEAVES,
    PAUSED,
    DutyPlan,
    Group,
    Guard,
    InForceOn,
    Leaf,
    Outcome,
    Plan,
    StepPlan,
)
from duly.engine.raw import PlanError

Truth = Mapping[Leaf, bool]


def lower(policy: p.Policy) -> Plan:
    """The plan of every duty of the policy; permissions compute nothing."""
    duties = tuple(
        _duty(pack, rule, number, scoped)
        for pack in policy.packs
        for rule in pack.rules
        for number, scoped in enumerate(rule.duties)
        if not isinstance(scoped.duty, p.May)
    )
    plan = Plan(duties, dict(policy.kinds))
    plan.verify()
    return plan


def _duty(pack: p.Pack, rule: p.Rule, number: int, scoped: p.Scoped) -> DutyPlan:
    duty, scope = scoped.duty, scoped.scope
    in_force = _in_force(pack, rule)
    where = scope.where if isinstance(scope, p.During) else None
    if isinstance(duty, p.Have):
        assert isinstance(scope, p.ForEach)
        return DutyPlan(pack, rule, number, scope, duty, (), _judge(rule, scope, duty, in_force))
    assert isinstance(duty, p.Do)
    steps = tuple(
        StepPlan(step.timing, _step_guard(rule, step, where, in_force), step.text)
        for step in duty.steps
    )
    return DutyPlan(pack, rule, number, scope, duty, steps)


def _in_force(pack: p.Pack, rule: p.Rule) -> InForceOn | None:
    """The days on which both the pack and the rule are in force; ``None`` for always."""
    starts = [day_of(i.start) for i in (pack.in_force, rule.in_force) if i.start is not None]
    ends = [day_of(i.end) for i in (pack.in_force, rule.in_force) if i.end is not None]
    if not starts and not ends:
        return None
    return InForceOn(max(starts, default=0), min(ends, default=FAR))


Part = p.Condition | Group
"""A condition, some parts of which may have been grouped."""


def grouped(conditions: Sequence[Part | None]) -> list[Part | None]:
    """The conditions of one guard, with parts that stand for themselves put into groups.

    Only where there are many leaves: a table has ``3 ** leaves`` rows.
    """
    uses = Counter(leaf for c in conditions for leaf in set(leaves_of(c)))
    if len(uses) <= FEW_LEAVES:
        return list(conditions)
    within = [Counter(leaves_of(c)) for c in conditions]
    return [_group(c, _Private(uses, own)) for c, own in zip(conditions, within, strict=True)]


@frozen
class _Private:
    """Which leaves a part has to itself: used by one condition, and there by this part alone."""

    uses: Counter[Leaf]
    own: Counter[Leaf]

    def has(self, part: Part) -> bool:
        inside = Counter(leaves_of(part))
        return all(self.uses[leaf] == 1 and self.own[leaf] == n for leaf, n in inside.items())


def _group(part: Part | None, private: _Private) -> Part | None:
    match part:
        case p.And(parts) | p.Or(parts):
            if private.has(part):
                return Group(part)
            join = type(part)
            alone = tuple(x for x in parts if private.has(x))
            rest = tuple(_group(x, private) for x in parts if not private.has(x))
            whole = join(alone) if len(alone) > 1 else None
            first: tuple[Part, ...] = (Group(whole),) if whole is not None else alone
            return join((*first, *rest))  # type: ignore[arg-type]
        case p.Not(inner):
            return p.Not(_group(inner, private))  # type: ignore[arg-type]
        case _:
            return part


def leaves_of(condition: Part | None) -> Iterator[Leaf]:
    """The parts without parts, in order; a leaf that stands twice comes twice."""
    match condition:
        case None:
            return
        case p.And(parts) | p.Or(parts):
            for part in parts:
                yield from leaves_of(part)
        case p.Not(part):
            yield from leaves_of(part)
        case _:
            yield condition


def holds(condition: Part | None, truth: Truth) -> bool:
    """Whether the condition is true when its leaves are as given."""
    match condition:
        case None:
            return True
        case p.And(parts):
            return all(holds(part, truth) for part in parts)
        case p.Or(parts):
            return any(holds(part, truth) for part in parts)
        case p.Not(part):
            return not holds(part, truth)
        case _:
            return truth[condition]


def _table(leaves: Sequence[Leaf], outcome: Callable[[Truth], int]) -> npt.NDArray[np.int32]:
    """Outcome sets for every base-3 code: an unknown leaf allows what either value allows."""
    masks = np.zeros((2,) * len(leaves), np.int32)
    for bits in product((0, 1), repeat=len(leaves)):
        truth = {leaf: bool(bit) for leaf, bit in zip(leaves, bits, strict=True)}
        masks[bits] = 1 << outcome(truth)
    for axis in range(len(leaves)):
        either = masks.take([0], axis) | masks.take([1], axis)
        masks = np.concatenate([masks, either], axis)
    return masks


def _mover(masks: npt.NDArray[np.int32]) -> npt.NDArray[np.int8]:
    """For each code an unknown leaf that would narrow the set of outcomes, -1 for none."""
    mover = np.full(masks.shape, -1, np.int8)
    for axis in reversed(range(masks.ndim)):
        unknown = masks.take(2, axis)
        narrows = (masks.take(0, axis) != unknown) | (masks.take(1, axis) != unknown)
        place = [slice(None)] * masks.ndim
        place[axis] = slice(2, 3)
        part = mover[tuple(place)]
        mover[tuple(place)] = np.where(np.expand_dims(narrows, axis), axis, part)
    return mover


def _guard(
    name: str,
    leaves: Sequence[Leaf],
    outcomes: Sequence[Outcome],
    outcome: Callable[[Truth], int],
) -> Guard:
    distinct = tuple(dict.fromkeys(leaves))
    if len(distinct) > MOST_LEAVES:
        raise PlanError(
            f"{name} weighs {len(distinct)} different conditions at once; at most {MOST_LEAVES} "
            "can be. Split the rule, or give a condition an event of its own."
        )
    masks = _table(distinct, outcome)
    flat = {"order": "F"}  # leaf i is the i-th digit, 3**i
    return Guard(
        distinct,
        tuple(outcomes),
        masks.reshape(-1, **flat),  # type: ignore[call-overload]
        _mover(masks).reshape(-1, **flat),  # type: ignore[call-overload]
    )


def _step_guard(
    rule: p.Rule, step: p.Step, where: p.Condition | None, in_force: InForceOn | None
) -> Guard:
    """Which of a step's durations stands: paused, exempt, its own, or that of an exception."""
    own = step.timing.duration if isinstance(step.timing, p.Within | p.Every) else None
    outcomes = [Outcome(None, "paused"), Outcome(None, "exempt"), Outcome(own, step.text)]
    clause_outcome = []
    for clause in step.unless:
        if clause.then is None:
            clause_outcome.append(EXEMPT)
            continue
        clause_outcome.append(len(outcomes))
        outcomes.append(Outcome(clause.then, clause.text))
    standing, *exceptions = grouped([where, *(clause.condition for clause in step.unless)])
    leaves: list[Leaf] = [in_force] if in_force is not None else []
    for condition in (standing, *exceptions):
        leaves.extend(leaves_of(condition))

    def outcome(truth: Truth) -> int:
        if (in_force is not None and not truth[in_force]) or not holds(standing, truth):
            return PAUSED
        for condition, result in zip(reversed(exceptions), reversed(clause_outcome), strict=True):
            if holds(condition, truth):
                return result
        return 2

    return _guard(rule.qualified, leaves, outcomes, outcome)


ABSENT, JUDGED_EXEMPT, HELD, FAILED = range(4)
"""Outcomes of a state that is judged on an occasion."""


def _judge(rule: p.Rule, scope: p.ForEach, duty: p.Have, in_force: InForceOn | None) -> Guard:
    """What a state comes to on its day; whatever holds is met, exempt or not."""
    conditions = [scope.where, duty.condition, *(clause.condition for clause in duty.unless)]
    where, wanted, *exceptions = grouped(conditions)
    leaves: list[Leaf] = [in_force] if in_force is not None else []
    for condition in (where, wanted, *exceptions):
        leaves.extend(leaves_of(condition))
    outcomes = [Outcome(None, text) for text in ("no duty", "exempt", "held", "failed")]

    def outcome(truth: Truth) -> int:
        if (in_force is not None and not truth[in_force]) or not holds(where, truth):
            return ABSENT
        if holds(wanted, truth):
            return HELD
        if any(holds(condition, truth) for condition in exceptions):
            return JUDGED_EXEMPT
        return FAILED

    return _guard(rule.qualified, leaves, outcomes, outcome)


def truth_table(condition: p.Condition) -> tuple[tuple[Leaf, ...], npt.NDArray[np.int32]]:
    """A condition's leaves and, for each code, bit 1 where it can be false, bit 2 where true."""
    match condition:
        case p.And(conditions):
            parts, join = grouped(conditions), all
        case p.Or(conditions):
            parts, join = grouped(conditions), any
        case _:
            parts, join = [condition], all
    guard = _guard(
        "a condition",
        [leaf for part in parts for leaf in leaves_of(part)],
        (Outcome(None, "false"), Outcome(None, "true")),
        lambda truth: int(join(holds(part, truth) for part in parts)),
    )
    return guard.leaves, guard.table
