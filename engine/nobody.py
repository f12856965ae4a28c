"""Checking nobody is not a pass: rules that applied to no one, and the facts they waited for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from duly.dsl import policy as p
from duly.engine.conclude import RuleSummary
from duly.engine.lower import kinds_of
from duly.engine.plan import DutyPlan, Plan


def nobody(plan: Plan, summaries: Sequence[RuleSummary], absent: frozenset[str]) -> tuple[str, ...]:
    """What the run says of them: each kind of fact that no source holds with its rules, first.

    A duty that nothing could ask for is named even where its rule applied by another.
    """
    waiting: dict[str, list[DutyPlan]] = {kind: [] for kind in sorted(absent)}
    for duty in plan.duties:
        for kind in waiting.keys() & set(_raised_by(duty, plan.policy)):
            waiting[kind].append(duty)
    owed = Counter(duty.rule.qualified for duty in plan.duties)
    told = {duty.rule.qualified for duties in waiting.values() for duty in duties}
    rules = [s.qualified for s in summaries if not s.total and not s.earlier]
    others = [name for name in rules if name not in told]
    return (
        *(
            f"applied to no one, since no source holds `{kind}`: {_named(duties, owed)}"
            for kind, duties in waiting.items()
            if duties
        ),
        *([f"applied to no one: {', '.join(others)}"] if others else []),
    )


def _named(waiting: Sequence[DutyPlan], owed: Mapping[str, int]) -> str:
    """The rules; where not all duties of a rule wait, which of them do."""
    wait = Counter(duty.rule.qualified for duty in waiting)
    names = (
        duty.rule.qualified
        if wait[duty.rule.qualified] == owed[duty.rule.qualified]
        else f"{duty.rule.qualified} (`{duty.name(0)}`)"
        for duty in waiting
    )
    return ", ".join(dict.fromkeys(names))


def _raised_by(duty: DutyPlan, policy: p.Policy) -> Iterator[str]:
    """The kinds of fact without which the duty owes nobody anything."""
    match duty.scope:
        case p.During(period):
            yield period
        case p.ForEach(occasion):
            yield from _kinds_in(occasion, policy)
        case p.Always() if duty.steps:
            yield from _first_anchor(duty, policy)


def _first_anchor(duty: DutyPlan, policy: p.Policy) -> Iterator[str]:
    assert isinstance(duty.duty, p.Do)
    anchor = p.anchor_of(duty.steps[0].timing)
    own_clock = duty.duty.act.milestone is not None or duty.duty.act.edge == "end"
    if anchor is None and own_clock:
        yield duty.duty.act.event
    elif anchor is not None:
        yield from _kinds_in(anchor, policy)


def _kinds_in(anchor: p.Anchor, policy: p.Policy) -> Iterator[str]:
    match anchor:
        case p.EventDay(kind) | p.PeriodEdge(kind):
            yield kind
        case p.Birthday():
            yield policy.subject.name
        case p.Becoming(condition):
            yield from kinds_of(condition)
        case p.AnyOf(parts):
            for part in parts:
                yield from _kinds_in(part, policy)
