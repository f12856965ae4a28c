"""Policy into plan: each step's conditions become one guard, a table over its leaves."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from duly.dsl import policy as p
from duly.engine.days import FAR
from duly.engine.feasible import Feasible, Truth, entailed_leaves, feasible
from duly.engine.plan import (
    AND_HELD,
    EXEMPT,
    FEW_LEAVES,
    MOST_CODES,
    MOST_LEAVES,
    MOST_OUTCOMES,
    PAUSED,
    STANDS,
    DutyPlan,
    Group,
    Guard,
    InForceOn,
    Leaf,
    Outcome,
    Part,
    Plan,
    StepPlan,
    Surely,
    TruthTable,
    applies,
    in_force_on,
    in_its_place,
    law_of,
    leaves_of,
)
from duly.engine.raw import PlanError

Values = Mapping[p.Agreed, Sequence[p.Duration]]
"""The lengths of time that the records state, for each attribute that holds one."""


@frozen
class Lowering:
    """What lowering a duty needs beside the duty: the policy, and the lengths on record."""

    policy: p.Policy
    agreed: Values = field(factory=dict)

    def duty(self, pack: p.Pack, rule: p.Rule, number: int, scoped: p.Scoped) -> DutyPlan:
        """The plan of one duty."""
        duty, scope = scoped.duty, scoped.scope
        assert not isinstance(duty, p.May)
        terms = self._terms(pack, rule, scoped)
        rules_law = in_force_on(pack.in_force, rule.in_force)
        until = rules_law.last if rule.transitional and rules_law is not None else FAR
        saved = tuple(found for above, found in self._waivers(rule) if above.transitional)
        if not isinstance(duty, p.Do):
            guard = self._guard(rule, scope, duty, terms)
            return DutyPlan(pack, rule, number, scope, duty, (), guard, until, saved)
        steps = tuple(
            StepPlan(step.timing, _step_guard(self, rule, step, terms), step.text)
            for step in duty.steps
        )
        plan = DutyPlan(pack, rule, number, scope, duty, steps, anchored_until=until, saved=saved)
        if duty.after is None:
            return plan
        return evolve(plan, after=self.duty(pack, rule, number, p.Scoped(scope, duty.after)))

    def _guard(self, rule: p.Rule, scope: p.Scope, duty: p.Have | p.Forbid, terms: Terms) -> Guard:
        """What a duty without a time comes to on each day."""
        if isinstance(duty, p.Forbid):
            return _forbidden(self, rule, duty, terms)
        if isinstance(scope, p.ForEach):
            return _judge(self, rule, scope, duty, terms)
        return _state(self, rule, duty, terms)

    def _terms(self, pack: p.Pack, rule: p.Rule, scoped: p.Scoped) -> Terms:
        """Under what terms a duty stands at all."""
        scope, duty = scoped.scope, scoped.duty
        assert not isinstance(duty, p.May)
        where = scope.where if isinstance(scope, p.During | p.ForEach) else None
        when = in_its_place(duty) if isinstance(duty, p.Do) else None
        law = law_of(pack, rule, duty)
        return Terms(law, where, when, tuple(found for _, found in self._waivers(rule)))

    def _waivers(self, rule: p.Rule) -> Iterator[tuple[p.Rule, InForceOn]]:
        """The rules of packs above that put this one out of force, each with its stretch."""
        for pack, above, waiver in self._all_waivers:
            if waiver.rule == rule.qualified:
                until = p.InForce(None, waiver.until)
                found = in_force_on(pack.in_force, above.in_force, until)
                assert found is not None
                yield above, found

    @cached_property
    def _all_waivers(self) -> tuple[tuple[p.Pack, p.Rule, p.Waiver], ...]:
        """Each waiver, with the rule and the pack that it stands in."""
        return tuple(
            (pack, rule, waiver)
            for pack in self.policy.packs
            for rule in pack.rules
            for waiver in rule.waives
        )


@frozen
class Terms:
    """Under what terms a duty stands: law in force, conditions of its scope, waivers."""

    law: InForceOn | None
    where: p.Condition | None
    when: p.Condition | None
    waived: tuple[InForceOn, ...]

    def conditions(self) -> tuple[Part | None, ...]:
        """What must hold for the duty to stand, besides the law's dates."""
        return self.where, Surely(self.when) if self.when is not None else None

    def leaves(self) -> list[Leaf]:
        """The dates that bound it."""
        return [*([self.law] if self.law is not None else []), *self.waived]

    def in_force(self, truth: Truth) -> bool:
        """Whether the law is in force."""
        return self.law is None or truth[self.law] == 1

    def is_waived(self, truth: Truth) -> bool:
        """Whether a waiver takes it out of force."""
        return any(truth[leaf] for leaf in self.waived)


def lower(policy: p.Policy) -> Plan:
    """The plan of every duty of the policy; permissions compute nothing."""
    lowering = Lowering(policy)
    duties = tuple(
        lowering.duty(pack, rule, number, scoped)
        for pack in policy.packs
        for rule in pack.rules
        for number, scoped in enumerate(rule.duties)
        if not isinstance(scoped.duty, p.May)
    )
    plan = Plan(duties, policy)
    plan.verify()
    return plan


def with_agreed(duty: DutyPlan, policy: p.Policy, agreed: Values) -> DutyPlan:
    """The same duty, lowered for the lengths of time that the records state."""
    lowering = Lowering(policy, agreed)
    return lowering.duty(duty.pack, duty.rule, duty.number, p.Scoped(duty.scope, duty.duty))


def agreed_in(duty: DutyPlan) -> set[p.Agreed]:
    """The attributes from which a duty takes lengths of time."""
    guards = [step.guard for step in duty.steps]
    return {leaf for guard in guards for leaf in guard.leaves if isinstance(leaf, p.Agreed)}


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


def kinds_of(condition: Part | None) -> set[str]:
    """The kinds of fact of which a condition looks up rows."""
    return {kind for leaf in leaves_of(condition) if (kind := kind_of(leaf)) is not None}


def kind_of(leaf: Leaf) -> str | None:
    """The kind of fact that a leaf looks up, where it is one of its own."""
    match leaf:
        case p.Running(kind) | p.Count(kind) | p.Lasting(kind):
            return kind
        case p.Elapsed(p.EventDay(kind)) | p.Elapsed(p.PeriodEdge(kind)):
            return kind
        case _:
            return None


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
            return truth[condition] == 1


def _table(
    leaves: Sequence[Leaf],
    values: Sequence[int],
    outcome: Callable[[Truth], int],
    can_be: Feasible,
) -> npt.NDArray[np.int64]:
    """Outcome sets for every code: an unknown leaf allows what either value allows.

    Truths that cannot hold together count only where nothing else is left.
    """
    plain = [
        size if isinstance(leaf, p.Agreed) else 2 for leaf, size in zip(leaves, values, strict=True)
    ]
    truths = [dict(zip(leaves, digits, strict=True)) for digits in product(*map(range, plain))]
    tables = np.zeros((2, *values), np.int64)
    masks, anyhow = tables[0, ...], tables[1, ...]
    known = tuple(map(slice, plain))
    anyhow[known] = np.reshape([1 << outcome(truth) for truth in truths], plain)
    masks[known] = np.where(np.reshape(list(map(can_be, truths)), plain), anyhow[known], 0)
    for axis, leaf in enumerate(leaves, 1):
        if not isinstance(leaf, p.Agreed):
            by_value = tables.swapaxes(0, axis)
            by_value[2] = by_value[0] | by_value[1]
    return np.where(masks == 0, anyhow, masks)


def _mover(leaves: Sequence[Leaf], masks: npt.NDArray[np.int64]) -> npt.NDArray[np.int8]:
    """For each code an unknown leaf that would narrow the set of outcomes, -1 for none."""
    mover = np.full(masks.shape, -1, np.int8)
    for axis in reversed(range(masks.ndim)):
        if not isinstance(leaves[axis], p.Agreed):
            by_value, found = masks.swapaxes(0, axis), mover.swapaxes(0, axis)
            narrows = (by_value[0] != by_value[2]) | (by_value[1] != by_value[2])
            found[2] = np.where(narrows, axis, found[2])
    return mover


def _guard(
    lowering: Lowering,
    name: str,
    leaves: Sequence[Leaf],
    outcomes: Sequence[Outcome],
    outcome: Callable[[Truth], int],
) -> Guard:
    distinct = tuple(dict.fromkeys(leaves))
    tied = tuple(dict.fromkeys(entailed_leaves(distinct, lowering.policy)))
    if len(distinct) + len(tied) <= MOST_LEAVES:
        distinct = (*distinct, *tied)
    values = tuple(
        len(lowering.agreed.get(leaf, ())) + 1 if isinstance(leaf, p.Agreed) else 3
        for leaf in distinct
    )
    if len(outcomes) > MOST_OUTCOMES:
        raise PlanError(
            f"{name} has {len(outcomes)} different lengths of time to choose from; at most "
            f"{MOST_OUTCOMES} can be. Split the rule, or record fewer different intervals."
        )
    if math.prod(values) > MOST_CODES:
        raise PlanError(
            f"{name} weighs {len(distinct)} different conditions at once; at most {MOST_LEAVES} "
            "can be. Split the rule, or give a condition an event of its own."
        )
    masks = _table(distinct, values, outcome, feasible(distinct, lowering.policy))
    flat = {"order": "F"}  # leaf i is the i-th digit
    return Guard(
        distinct,
        values,
        tuple(outcomes),
        masks.reshape(-1, **flat),  # type: ignore[call-overload]
        _mover(distinct, masks).reshape(-1, **flat),  # type: ignore[call-overload]
    )


def _step_guard(lowering: Lowering, rule: p.Rule, step: p.Step, terms: Terms) -> Guard:
    """Which of a step's lengths stands: paused, exempt, its own, or that of an exception."""
    outcomes = [Outcome(None, "paused"), Outcome(None, "exempt")]
    timing = step.timing
    own = timing.duration if isinstance(timing, p.Within | p.Every | p.By) else None
    of_step = _chosen(lowering, own, step.text, outcomes)
    if isinstance(timing, p.Before):
        outcomes[-1] = evolve(outcomes[-1], before=timing)
    of_clauses = [_consequence(lowering, clause, outcomes) for clause in step.unless]
    where, when, *exceptions = grouped([*terms.conditions(), *map(applies, step.unless)])
    leaves: list[Leaf] = terms.leaves()
    for condition in (where, when, *exceptions):
        leaves.extend(leaves_of(condition))
    lengths = [own, *(clause.then for clause in step.unless)]
    leaves.extend(length for each in lengths for length in agreed_parts(each))

    def outcome(truth: Truth) -> int:
        if not terms.in_force(truth) or not holds(where, truth) or not holds(when, truth):
            return PAUSED
        if terms.is_waived(truth):
            return EXEMPT
        for condition, result in zip(reversed(exceptions), reversed(of_clauses), strict=True):
            if holds(condition, truth):
                return result(truth)
        return of_step(truth)

    guard = _guard(lowering, rule.qualified, leaves, outcomes, outcome)
    return evolve(guard, exceptions=tuple(filter(None, exceptions)))


def _consequence(
    lowering: Lowering, clause: p.Unless, outcomes: list[Outcome]
) -> Callable[[Truth], int]:
    """What an exception comes to, as a function of the lengths on record."""
    match clause.then:
        case None:
            return lambda truth: EXEMPT
        case p.WithoutNumber():
            words = clause.text.lstrip(", ")  # a comma may stand in front
            outcomes.append(Outcome(None, words, judged=True, grounds=clause.grounds))
            number = len(outcomes) - 1
            return lambda truth: number
        case length:
            first = len(outcomes)
            chosen = _chosen(lowering, length, clause.text, outcomes)
            outcomes[first:] = [evolve(o, grounds=clause.grounds) for o in outcomes[first:]]
            return chosen


def agreed_parts(length: object) -> list[p.Agreed]:
    """The attributes from which a length of time is taken."""
    match length:
        case p.Agreed():
            return [length]
        case p.Sooner(parts):
            return [part for part in parts if isinstance(part, p.Agreed)]
        case _:
            return []


def _chosen(
    lowering: Lowering, length: p.Length | None, text: str, outcomes: list[Outcome]
) -> Callable[[Truth], int]:
    """The outcome of a length of time: one for each combination of lengths on record."""
    agreed = agreed_parts(length)
    sizes = [len(lowering.agreed.get(part, ())) + 1 for part in agreed]
    first = len(outcomes)
    numbers = {digits: first + n for n, digits in enumerate(product(*map(range, sizes)))}
    outcomes.extend(_outcome(lowering, length, agreed, digits, text) for digits in numbers)
    return lambda truth: numbers[tuple(int(truth[part]) for part in agreed)]


def _outcome(
    lowering: Lowering,
    length: p.Length | None,
    agreed: Sequence[p.Agreed],
    digits: Sequence[int],
    text: str,
) -> Outcome:
    """A length of time with what the records state put in its place."""
    values = {}
    for part, digit in zip(agreed, digits, strict=True):
        known = lowering.agreed.get(part, ())
        values[part] = known[digit] if digit < len(known) else None
    match length:
        case p.Agreed():
            return Outcome(values[length], text, values[length] is not None)
        case p.Sooner(parts):
            found = [values[part] if isinstance(part, p.Agreed) else part for part in parts]
            known_parts = [part for part in found if part is not None]
            if len(known_parts) == 2:
                return Outcome(p.Sooner((known_parts[0], known_parts[1])), text)
            return Outcome(known_parts[0] if known_parts else None, text, stated=False)
        case _:
            return Outcome(length, text)


ABSENT, JUDGED_EXEMPT, HELD, FAILED = range(4)
"""Outcomes of a state that is judged on an occasion."""


def _judge(lowering: Lowering, rule: p.Rule, scope: p.ForEach, duty: p.Have, terms: Terms) -> Guard:
    """What a state comes to on its day; whatever holds is met, exempt or not."""
    conditions = [terms.where, duty.condition, *map(applies, duty.unless)]
    where, wanted, *exceptions = grouped(conditions)
    leaves: list[Leaf] = terms.leaves()
    for condition in (where, wanted, *exceptions):
        leaves.extend(leaves_of(condition))
    outcomes = [Outcome(None, text) for text in ("no duty", "exempt", "held", "failed")]

    def outcome(truth: Truth) -> int:
        if not terms.in_force(truth) or not holds(where, truth):
            return ABSENT
        if holds(wanted, truth):
            return HELD
        if terms.is_waived(truth) or any(holds(condition, truth) for condition in exceptions):
            return JUDGED_EXEMPT
        return FAILED

    guard = _guard(lowering, rule.qualified, leaves, outcomes, outcome)
    return evolve(guard, exceptions=tuple(filter(None, exceptions)))


def _state(lowering: Lowering, rule: p.Rule, duty: p.Have, terms: Terms) -> Guard:
    """Whether a state that must last stands, and whether it holds: each day has both."""
    exceptions = map(applies, duty.unless)
    where, wanted, *unless = grouped([terms.where, duty.condition, *exceptions])
    leaves = [leaf for part in (where, wanted, *unless) for leaf in leaves_of(part)]
    stands = ("paused", "exempt", "not held"), ("paused", "exempt", "held")
    outcomes = [Outcome(None, text) for texts in stands for text in texts]

    def outcome(truth: Truth) -> int:
        held = AND_HELD if holds(wanted, truth) else 0
        return _standing(truth, terms, where, unless) + held

    guard = _guard(lowering, rule.qualified, [*terms.leaves(), *leaves], outcomes, outcome)
    return evolve(guard, exceptions=tuple(filter(None, unless)))


def _forbidden(lowering: Lowering, rule: p.Rule, duty: p.Forbid, terms: Terms) -> Guard:
    """Whether a prohibition stands."""
    where, *unless = grouped([terms.where, *map(applies, duty.unless)])
    leaves = [leaf for part in (where, *unless) for leaf in leaves_of(part)]
    guard = _guard(
        lowering,
        rule.qualified,
        [*terms.leaves(), *leaves],
        [Outcome(None, text) for text in ("paused", "exempt", "forbidden")],
        lambda truth: _standing(truth, terms, where, unless),
    )
    return evolve(guard, exceptions=tuple(filter(None, unless)))


def _standing(
    truth: Truth, terms: Terms, where: Part | None, exceptions: Sequence[Part | None]
) -> int:
    """Whether a duty without a time stands."""
    if not terms.in_force(truth) or not holds(where, truth):
        return PAUSED
    excused = terms.is_waived(truth) or any(holds(part, truth) for part in exceptions)
    return EXEMPT if excused else STANDS


def truth_table(policy: p.Policy, condition: p.Condition) -> TruthTable:
    """A condition's leaves and, for each code, bit 1 where it can be false, bit 2 where true."""
    match condition:
        case p.And(conditions):
            parts, join = grouped(conditions), all
        case p.Or(conditions):
            parts, join = grouped(conditions), any
        case _:
            parts, join = [condition], all
    guard = _guard(
        Lowering(policy),
        "a condition",
        [leaf for part in parts for leaf in leaves_of(part)],
        (Outcome(None, "false"), Outcome(None, "true")),
        lambda truth: int(join(holds(part, truth) for part in parts)),
    )
    return guard.leaves, guard.table
