"""Scenarios run against the rules: each is a caseload of one child."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from attrs import frozen

from duly.dsl.policy import Kind, Policy
from duly.dsl.scenario import Expectation, Fact, Scalar, Scenario
from duly.engine.batch import Batch
from duly.engine.days import MISSING, date_of, long_date
from duly.engine.evaluate import evaluate
from duly.engine.lower import lower
from duly.engine.obligations import VERDICTS
from duly.engine.plan import Plan
from duly.engine.raw import Coverage, RawFacts, RawTable
from duly.engine.reading import build


@frozen
class Outcome:
    """One obligation as a scenario sees it."""

    duty: str
    verdict: str
    deadline: date | None
    fulfilled: date | None
    days: int
    assumed: bool

    def __str__(self) -> str:
        parts = [self.verdict.replace("_", " ")]
        if self.fulfilled is not None:
            parts.append(f"on {long_date(self.fulfilled)}")
        if self.deadline is not None:
            word = "" if self.verdict == "due" else "due "
            parts.append(f"{word}{long_date(self.deadline)}")
        if self.days:
            parts.append(f"by {self.days} days")
        if self.assumed:
            parts.append("assumed")
        return f"{' '.join(parts)}  ({self.duty})"


@frozen
class Failure:
    """An expectation that did not hold, and what came out instead."""

    expectation: Expectation
    outcomes: tuple[Outcome, ...]


@frozen
class Result:
    """A scenario and its failures, none if it passed."""

    scenario: Scenario
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        return not self.failures and bool(self.scenario.expectations)


def run_scenarios(policy: Policy, scenarios: Sequence[Scenario]) -> list[Result]:
    """Run each scenario against the rules that it names."""
    plan = lower(policy)
    by_rule: dict[str, Plan] = {}
    for duty in plan.duties:
        name = duty.rule.qualified
        known = by_rule[name].duties if name in by_rule else ()
        by_rule[name] = Plan((*known, duty), plan.kinds)
    return [_run(policy, by_rule, scenario) for scenario in scenarios]


def _run(policy: Policy, plans: Mapping[str, Plan], scenario: Scenario) -> Result:
    facts = build([raw_facts(policy.kinds, scenario)], policy.kinds, scenario.as_at)
    outcomes: dict[str, list[Outcome]] = {}
    for rule in dict.fromkeys(e.rule for e in scenario.expectations):
        batches = evaluate(plans[rule], facts, scenario.as_at) if rule in plans else ()
        outcomes[rule] = list(_outcomes(batches))
    failures = tuple(
        Failure(expectation, tuple(outcomes[expectation.rule]))
        for expectation in scenario.expectations
        if not _holds(expectation, outcomes[expectation.rule])
    )
    return Result(scenario, failures)


def _outcomes(batches: Iterable[Batch]) -> Iterable[Outcome]:
    for batch in batches:
        for row in range(len(batch)):
            deadline, fulfilled = int(batch.deadline[row]), int(batch.fulfilled[row])
            yield Outcome(
                batch.duty.name(batch.step),
                VERDICTS[batch.verdict[row]],
                date_of(deadline) if deadline != MISSING else None,
                date_of(fulfilled) if fulfilled != MISSING else None,
                int(batch.days[row]),
                bool(batch.assumed[row]),
            )


def _holds(expectation: Expectation, outcomes: Sequence[Outcome]) -> bool:
    if expectation.verdict is None:
        return not outcomes
    return any(_fits(expectation, outcome) for outcome in outcomes)


def _fits(expected: Expectation, outcome: Outcome) -> bool:
    return (
        outcome.verdict == expected.verdict
        and expected.on in (None, outcome.fulfilled)
        and expected.due in (None, outcome.deadline)
        and expected.days in (None, outcome.days)
        and (outcome.assumed or not expected.assumed)
    )


# ------------------------------------------------------------ a scenario's facts as text

PERSON = "child"
"""The one subject of a scenario."""


def raw_facts(kinds: Mapping[str, Kind], scenario: Scenario) -> RawFacts:
    """The scenario's rows as a source would hand them over; what it leaves out did not happen."""
    subject = next(kind for kind in kinds.values() if kind.nature == "subject")
    born = scenario.born.isoformat() if scenario.born else None
    person = RawTable(subject.name, "scenario", [1], {"person_id": [PERSON], "born": [born]})
    tables = [person]
    for kind in kinds.values():
        rows = [fact for fact in scenario.facts if fact.kind == kind.name]
        if rows:
            tables.append(_table(kind, rows))
    coverage = tuple(
        Coverage(kind.name, "absent" if kind.name in scenario.unknown else "events")
        for kind in kinds.values()
        if kind.nature != "subject"
    )
    return RawFacts(tuple(tables), coverage, extracted=scenario.as_at)


def _table(kind: Kind, facts: Sequence[Fact]) -> RawTable:
    columns: dict[str, list[str | None]] = {
        "person_id": [PERSON] * len(facts),
        "id": [f"{kind.name}-{number}" for number in range(1, len(facts) + 1)],
    }
    if kind.nature == "period":
        columns["start"] = [fact.first.isoformat() for fact in facts]
        columns["end"] = [fact.last.isoformat() if fact.last else None for fact in facts]
    else:
        columns["date"] = [fact.first.isoformat() for fact in facts]
    for name in (*kind.attributes, *(m.name for m in kind.milestones)):
        columns[name] = [_cell(fact.values.get(name)) for fact in facts]
    return RawTable(kind.name, "scenario", list(range(1, len(facts) + 1)), dict(columns))


def _cell(value: Scalar) -> str | None:
    match value:
        case None:
            return None
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat()
        case _:
            return value
