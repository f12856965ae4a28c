"""Duties of two layers that are clocks of one thing: a local one, and the law's under it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from duly.dsl import policy as p
from duly.engine.plan import DutyPlan, Plan


@lru_cache(maxsize=16)
def paired_duties(plan: Plan) -> Sequence[Sequence[DutyPlan]]:
    """Duties that are clocks of one thing, two or more at a time: the lowest, and what refines it.

    They are the same for every partition.  A plan has the packs below first, so that what a duty
    refines is placed before it.
    """
    by_rule: dict[str, list[DutyPlan]] = {}
    for duty in plan.duties:
        by_rule.setdefault(duty.rule.qualified, []).append(duty)
    lowest: dict[DutyPlan, DutyPlan] = {}
    groups: dict[DutyPlan, list[DutyPlan]] = {}
    for duty in plan.duties:
        names = dict.fromkeys(duty.rule.stands_for)
        below = [each for name in names for each in by_rule.get(name, ())]
        partner = _partner(duty, by_rule[duty.rule.qualified], below)
        lowest[duty] = lowest[partner] if partner is not None else duty
        groups.setdefault(lowest[duty], []).append(duty)
    return [group for group in groups.values() if len(group) > 1]


def _partner(
    duty: DutyPlan, beside: Sequence[DutyPlan], below: Sequence[DutyPlan]
) -> DutyPlan | None:
    """The duty below with the same label, else the only one of the same act and timing."""
    label = duty.duty.label
    if label is not None and not _failing(duty.duty):
        labelled = [each for each in below if each.duty.label == label]
        alike = [each for each in labelled if in_place(each) == in_place(duty)]
        if labelled:
            return (alike or labelled)[0]
    rivals = [each for each in beside if shape(each) == shape(duty)]
    alike = [each for each in below if shape(each) == shape(duty)]
    return alike[0] if len(rivals) == len(alike) == 1 else None


def _failing(duty: p.Do | p.Have | p.Forbid) -> bool:
    return isinstance(duty, p.Do) and duty.failing_which


def in_place(plan: DutyPlan) -> bool:
    """Whether a duty stands in place of another where an exception says so."""
    return isinstance(plan.duty, p.Do) and bool(plan.duty.instead)


def shape(plan: DutyPlan) -> tuple[object, ...]:
    """What makes duties alike: their act and the kind of timing that they begin with."""
    duty = plan.duty
    if isinstance(duty, p.Have):
        occasion = plan.scope.occasion if isinstance(plan.scope, p.ForEach) else "throughout"
        return ("have", occasion)
    if isinstance(duty, p.Forbid):
        return ("not", duty.act.event, duty.act.milestone, duty.act.edge, type(duty.stretch))
    return (duty.act.event, duty.act.milestone, duty.failing_which, *kind(duty.steps[0].timing))


def kind(timing: p.Timing) -> tuple[type[p.Timing], str]:
    """The kind of a timing; of one that is left to local policy, that of what may decide it."""
    match timing:
        case p.Within():
            return p.Within, timing.wording
        case p.Times():
            return p.Times, "at most" if timing.at_most else "at least"
        case p.WithoutNumber("locally decided"):
            return (p.Every, "") if timing.again else (p.Within, "within")
        case _:
            return type(timing), ""
