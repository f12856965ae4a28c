"""Lints: from a pack that can be used to what its author may not have meant.

A lint is a value (``duly.engine.hookspecs.Lint``) whose function takes a ``Linted`` and yields a
``Finding`` for each place.  ``findings`` makes warnings of them, each under its lint's own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from attrs import frozen

from duly.dsl import policy as p
from duly.dsl.diagnostics import Diagnostic
from duly.dsl.source import Span
from duly.engine.clauses import Stated, StepOf, alike, standing, stated
from duly.engine.plan import Plan
from duly.engine.regions import Space

if TYPE_CHECKING:
    from duly.dsl.packs import LoadedPolicy
    from duly.dsl.scenario import Scenario
    from duly.engine.hookspecs import Lint


@frozen
class Finding:
    """One place in a pack that deserves a second look; ``why`` speaks of a child or a date."""

    title: str
    span: Span
    why: str
    help: str


@frozen
class Linted:
    """The pack that is looked at, with what it stands over, its scenarios and the day asked about.

    What the packs below say is theirs to mend: lints look at the pack itself.
    """

    loaded: LoadedPolicy
    plan: Plan
    scenarios: Sequence[Scenario]
    day: date

    @property
    def pack(self) -> p.Pack:
        """The pack itself."""
        return self.loaded.policy.packs[-1]

    @property
    def kinds(self) -> Mapping[str, p.Kind]:
        """The kinds of fact that the pack knows."""
        return self.loaded.policy.kinds

    @cached_property
    def space(self) -> Space:
        """The combinations of conditions that can happen."""
        return Space(self.kinds, self.loaded.policy.never)

    def duties(self) -> Iterator[Stated]:
        """Every timed duty of the pack."""
        return stated(self.pack)

    def steps(self) -> Iterator[StepOf]:
        """Every step of every timed duty of the pack."""
        for each in self.duties():
            for step in each.duty.steps:
                yield StepOf(each.rule, each.scope, each.duty, step)

    def exceptions(self) -> Iterator[tuple[p.Condition | None, Sequence[p.Unless]]]:
        """The exceptions of each duty of the pack, step by step, and what holds where it stands."""
        for at in self.steps():
            yield at.standing, at.step.unless
        for rule in self.pack.rules:
            for scoped in rule.duties:
                if isinstance(scoped.duty, p.Have | p.Forbid):
                    yield standing(scoped.scope), scoped.duty.unless

    def alike(self) -> list[list[Stated]]:
        """The pack's duties that are alike but for their limits, where several are."""
        return alike(self.duties())


def findings(lints: Iterable[Lint], linted: Linted) -> list[Diagnostic]:
    """What the lints find, as warnings."""
    return [
        Diagnostic(
            lint.name, found.title, found.span, found.why, found.help, "warning", is_lint=True
        )
        for lint in lints
        for found in lint.load()(linted)
    ]
