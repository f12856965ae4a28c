"""Packs on disk into what ``duly check`` finds in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import pluggy
from attrs import field, frozen

from duly.dsl.diagnostics import Compared, Diagnostic, PolicyError
from duly.dsl.packs import LoadedPolicy
from duly.dsl.policy import Pack
from duly.dsl.source import SourceText
from duly.engine import discovery
from duly.engine.conclude import paired_duties
from duly.engine.lints import Linted, findings
from duly.engine.lower import lower
from duly.engine.plan import Plan
from duly.engine.raw import PlanError


@frozen
class Checked:
    """A pack held against the language; ``pack`` is missing where it cannot be used."""

    wanted: str
    messages: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceText] = field(repr=False)
    pack: Pack | None = None
    scenarios: int = 0

    @property
    def rules(self) -> int:
        """How many rules of its own the pack has."""
        return len(self.pack.rules) if self.pack else 0

    @property
    def duties(self) -> int:
        """How many duties its own rules have."""
        return sum(len(rule.duties) for rule in self.pack.rules) if self.pack else 0

    def count(self, severity: str) -> int:
        """How many of its messages are errors, or warnings."""
        return sum(message.severity == severity for message in self.messages)


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
    linted = Linted(loaded, plan, scenarios, day)
    loaded.diagnostics.found += findings(discovery.lints(manager).values(), linted)
    messages = tuple(loaded.diagnostics.in_order())
    return Checked(wanted, messages, loaded.sources, loaded.policy.packs[-1], len(scenarios))


def _not_computable(loaded: LoadedPolicy, told: str) -> None:
    title, _, help = told.partition(". ")
    loaded.diagnostics.add(
        "not-computable",
        title,
        loaded.policy.packs[-1].span,
        why="no date can be worked out from it for any child",
        help=help[:1].lower() + help[1:].rstrip("."),
    )


def _warn_of_no_floor(loaded: LoadedPolicy, plan: Plan) -> None:
    """Rules that refine another, none of whose duties is a clock of the same thing."""
    paired = {duty.rule.qualified for group in paired_duties(plan) for duty in group}
    timed = {duty.rule.qualified: duty.rule for duty in plan.duties}
    for rule in loaded.policy.packs[-1].rules:
        if rule.refines in timed and rule.qualified in timed and rule.qualified not in paired:
            loaded.diagnostics.add(
                "nothing-paired",
                f"no duty of `{rule.name}` is a duty of `{rule.refines}`, which it refines",
                rule.span,
                why="the law's date is no floor under a child's date here: they are counted apart",
                help="do the same act with the same kind of time, give both duties one label, "
                "or take the `refines` line out",
                severity="warning",
                compared=Compared(f"rule `{rule.refines}`", timed[rule.refines].span),
            )
