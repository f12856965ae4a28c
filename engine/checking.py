"""Packs on disk into what there is to be said of them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pluggy

from duly.dsl.diagnostics import Compared, PolicyError
from duly.dsl.packs import LoadedPolicy
from duly.dsl.policy import Pack, is_delegated
from duly.engine import discovery
from duly.engine.checked import Checked, Size
from duly.engine.layers import layers_of
from duly.engine.lints import Linted, findings
from duly.engine.lower import lower
from duly.engine.pairs import paired_duties, shape
from duly.engine.plan import DutyPlan, Plan
from duly.engine.raw import PlanError


def check(manager: pluggy.PluginManager, wanted: str, day: date) -> Checked:
    """Read a pack and those it stands over, and gather all that is to be said of them.

    ``day`` is the one that lints about dates look at.
    """
    try:
        loaded = discovery.load(manager, wanted)
        scenarios = loaded.scenarios()
    except PolicyError as error:
        return Checked(wanted, error.diagnostics, error.sources)
    try:
        plan = lower(loaded.policy)
    except PlanError as error:
        _not_computable(loaded, str(error))
        return Checked(wanted, tuple(loaded.diagnostics.in_order()), loaded.sources)
    _warn_of_no_floor(loaded, plan)
    _warn_of_undecided(loaded, plan)
    linted = Linted(loaded, plan, scenarios, day)
    loaded.diagnostics.found += findings(discovery.lints(manager).values(), linted)
    messages = tuple(loaded.diagnostics.in_order())
    size = _size(loaded.policy.packs[-1], len(scenarios))
    return Checked(wanted, messages, loaded.sources, size, layers_of(loaded, wanted))


def _size(pack: Pack, scenarios: int) -> Size:
    duties = sum(len(rule.duties) for rule in pack.rules)
    return Size(pack.name, pack.over, len(pack.rules), duties, scenarios)


def _not_computable(loaded: LoadedPolicy, told: str) -> None:
    title, _, help = told.partition(". ")
    loaded.diagnostics.add(
        "not-computable",
        title,
        loaded.policy.packs[-1].span,
        why="no date can be worked out from it for any child",
        help=help[:1].lower() + help[1:].rstrip("."),
    )


_NO_FLOOR = "the law's date is no floor under a child's date here: they are counted apart"


def _warn_of_no_floor(loaded: LoadedPolicy, plan: Plan) -> None:
    """Rules that refine another, none of whose duties is a clock of the same thing."""
    told = {duty.rule.qualified for group in paired_duties(plan) for duty in group}
    told |= {duty.rule.qualified for duty in _warn_of_ambiguity(loaded, plan)}
    timed = {duty.rule.qualified: duty.rule for duty in plan.duties}
    for rule in loaded.policy.packs[-1].rules:
        if rule.refines in timed and rule.qualified in timed and rule.qualified not in told:
            loaded.diagnostics.add(
                "nothing-paired",
                f"no duty of `{rule.name}` is a duty of `{rule.refines}`, which it refines",
                rule.span,
                why=_NO_FLOOR,
                help="do the same act with the same kind of time, give both duties one label, "
                "or take the `refines` line out",
                severity="warning",
                compared=Compared(f"rule `{rule.refines}`", timed[rule.refines].span),
            )


def _warn_of_ambiguity(loaded: LoadedPolicy, plan: Plan) -> Iterator[DutyPlan]:
    """Duties that several could be paired with; a label would say that it is meant so."""
    paired = {duty for group in paired_duties(plan) for duty in group}
    own = loaded.policy.packs[-1].name
    for duty in plan.duties:
        if duty.rule.pack != own or duty in paired or duty.duty.label is not None:
            continue
        like = [each for each in plan.duties if shape(each) == shape(duty)]
        below = [each for each in like if each.rule.qualified in duty.rule.stands_for]
        if not below:
            continue
        rivals = [each for each in like if each.rule is duty.rule]
        several = below if len(below) > 1 else rivals
        yield duty
        loaded.diagnostics.add(
            "nothing-paired",
            f"`{duty.duty.text}` is paired with nothing: "
            f"{len(several)} duties of `{several[0].rule.qualified}` are of its kind",
            duty.duty.span,
            why=_NO_FLOOR,
            help="give it and the duty that it refines one label",
            severity="warning",
            compared=Compared(f"`{below[0].duty.text}`", below[0].duty.span),
        )


def _warn_of_undecided(loaded: LoadedPolicy, plan: Plan) -> None:
    """Numbers that the packs below leave to local policy, and that no duty above decides."""
    layer = {pack.name: place for place, pack in enumerate(loaded.policy.packs)}
    own = loaded.policy.packs[-1]
    top = {
        duty: max(layer[each.rule.pack] for each in group)
        for group in paired_duties(plan)
        for duty in group
    }
    undecided = {
        duty.rule.qualified: duty.rule
        for duty in plan.duties
        if is_delegated(duty.duty)
        if layer[duty.rule.pack] == top.get(duty, layer[duty.rule.pack]) != layer[own.name]
    }
    for name, rule in undecided.items():
        loaded.diagnostics.add(
            "undecided",
            f"`{name}` leaves its time to local policy, and nothing decides it",
            own.span,
            why="only the most that the law allows is computed, if it names any",
            help=f"write a rule that `refines {name}` and says how long",
            severity="warning",
            compared=Compared(f"rule `{name}`", rule.span),
        )
