"""A pack and its scenarios into the slips in its rules that no scenario would notice.

Each scenario's facts are built once, and only the duties that a slip changes are judged again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.dsl.scenario import Expectation
from duly.dsl.source import Span
from duly.engine.caseload import Caseload
from duly.engine.lower import lower
from duly.engine.mutants import Mutant, mutants
from duly.engine.plan import DutyPlan
from duly.engine.raw import PlanError
from duly.engine.scenarios import Outcome, Result, holds, outcomes_of
from duly.engine.slips import Slip


@frozen
class Survivor:
    """A slip that no scenario notices, and the rules in which it was tried.

    ``label`` is that of its duty, where there is one alone.
    """

    slip: Slip
    rules: tuple[p.Rule, ...]
    label: str | None = None


@frozen
class Trial:
    """What became of the slips that were tried: how many, how many change no date at all.

    ``untold`` are rules that no scenario names: in them nothing was tried.
    """

    noticed: int
    same: int
    survivors: tuple[Survivor, ...]
    untold: tuple[p.Rule, ...]

    @property
    def tried(self) -> int:
        return self.noticed + self.same + len(self.survivors)


@frozen(eq=False)
class _Case:
    """A scenario as one rule sees it: what it expects, and what each duty came to."""

    caseload: Caseload
    expectations: tuple[Expectation, ...]
    outcomes: tuple[tuple[Outcome, ...], ...]


def survivors(
    policy: p.Policy,
    rules: Sequence[p.Rule],
    results: Sequence[Result],
    text: Callable[[Span], str] = lambda span: "",
) -> Trial:
    """Try each slip in the rules on the scenarios that name its rule; all of these passed."""
    cases = {rule.qualified: list(_cases(policy, rule, results)) for rule in rules}
    told = [rule for rule in rules if cases[rule.qualified]]
    groups = _one_for_all(mutants(policy, told, text))
    same = sum(group[0].slip.same for group in groups)
    left = [
        _survivor(group)
        for group in groups
        if not group[0].slip.same
        and not any(_is_noticed(policy, m, cases[m.rule.qualified]) for m in group)
    ]
    untold = tuple(rule for rule in rules if not cases[rule.qualified])
    return Trial(len(groups) - same - len(left), same, tuple(left), untold)


def _survivor(group: Sequence[Mutant]) -> Survivor:
    labels = {mutant.label for mutant in group}
    rules = tuple(dict.fromkeys(mutant.rule for mutant in group))
    return Survivor(group[0].slip, rules, labels.pop() if len(labels) == 1 else None)


def _one_for_all(found: Iterator[Mutant]) -> list[list[Mutant]]:
    """Mutants by their slip: one in what several duties share is one mistake in the text."""
    groups: dict[object, list[Mutant]] = {}
    for number, mutant in enumerate(found):
        groups.setdefault(mutant.slip.shared or number, []).append(mutant)
    return list(groups.values())


def _cases(policy: p.Policy, rule: p.Rule, results: Sequence[Result]) -> Iterator[_Case]:
    duties = [_lowered(policy, rule, scoped) for scoped in rule.duties]
    for result in results:
        expected = tuple(e for e in result.scenario.expectations if e.rule == rule.qualified)
        if expected:
            outcomes = (_outcomes(duty, result.caseload) for duty in duties)
            yield _Case(result.caseload, expected, tuple(outcomes))


def _lowered(policy: p.Policy, rule: p.Rule, scoped: p.Scoped) -> tuple[DutyPlan, ...]:
    """The plan of one duty alone; a permission has none."""
    pack = next(pack for pack in policy.packs if pack.name == rule.pack)
    alone = evolve(pack, rules=(evolve(rule, duties=(scoped,)),))
    return lower(evolve(policy, packs=(alone,))).duties


def _outcomes(duties: Sequence[DutyPlan], caseload: Caseload) -> tuple[Outcome, ...]:
    return tuple(outcome for duty in duties for outcome in outcomes_of(duty, caseload))


def _is_noticed(policy: p.Policy, mutant: Mutant, cases: Sequence[_Case]) -> bool:
    """Whether some expectation no longer holds; what cannot be computed at all is noticed."""
    changed = {
        number: scoped
        for number, (scoped, was) in enumerate(zip(mutant.duties, mutant.rule.duties, strict=True))
        if scoped is not was
    }
    try:
        plans = {n: _lowered(policy, mutant.rule, scoped) for n, scoped in changed.items()}
    except PlanError:
        return True
    return any(not _still_holds(case, plans) for case in cases)


def _still_holds(case: _Case, plans: Mapping[int, tuple[DutyPlan, ...]]) -> bool:
    outcomes = [
        outcome
        for number, before in enumerate(case.outcomes)
        for outcome in (_outcomes(plans[number], case.caseload) if number in plans else before)
    ]
    return all(holds(expected, outcomes) for expected in case.expectations)
