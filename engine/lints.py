"""Lints: from a pack that can be used to what its author may not have meant.

A lint is a value (``duly.engine.hookspecs.Lint``) whose function takes a ``Linted`` and yields a
``Finding`` for each place.  ``findings`` makes warnings of them, each under its lint's own name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from attrs import frozen

from duly.dsl import policy as p
from duly.dsl.diagnostics import Diagnostic
from duly.dsl.source import Span
from duly.engine.clauses import Stated, StepOf, standing
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

    @property
    def space(self) -> Space:
        """The combinations of conditions that can happen."""
        return Space(self.kinds, self.loaded.policy.never)

    def duties(self) -> Iterator[Stated]:
        """Every timed duty of the pack."""
        for rule in self.pack.rules:
            for scoped in rule.duties:
                if isinstance(scoped.duty, p.Do):
                    yield Stated(rule, scoped.scope, scoped.duty)

    def steps(self) -> Iterator[StepOf]:
        """Every step of every timed duty of the pack."""
        for stated in self.duties():
            for step in stated.duty.steps:
                yield StepOf(stated.rule, stated.scope, stated.duty, step)

    def exceptions(self) -> Iterator[tuple[p.Condition | None, Sequence[p.Unless]]]:
        """The exceptions of each duty of the pack, step by step, and what holds where it stands."""
        for at in self.steps():
            yield at.standing, at.step.unless
        for rule in self.pack.rules:
            for scoped in rule.duties:
                if isinstance(scoped.duty, p.Have | p.Forbid):
                    yield standing(scoped.scope), scoped.duty.unless

    def alike(self) -> list[list[Stated]]:
        """The pack's duties to do the same act, in the same scope, with the same kind of time.

        They are either versions of one duty, or two duties that a child is under at once.
        """
        groups: dict[object, list[Stated]] = {}
        for stated in self.duties():
            groups.setdefault(stated.kind, []).append(stated)
        return [group for group in groups.values() if len(group) > 1]


def findings(lints: Iterable[Lint], linted: Linted) -> list[Diagnostic]:
    """What the lints find, as warnings."""
    return [
        Diagnostic(
            lint.name, found.title, found.span, found.why, found.help, "warning", is_lint=True
        )
        for lint in lints
        for found in lint.load()(linted)
    ]
