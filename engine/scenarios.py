"""Scenarios run against the rules: each is a caseload of one child."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime

from attrs import field, frozen

from duly.dsl.plurals import number_of
from duly.dsl.policy import Kind, May, Policy
from duly.dsl.scenario import Expectation, Fact, Scalar, Scenario
from duly.dsl.subjects import about
from duly.engine.batch import Batch
from duly.engine.caseload import Caseload
from duly.engine.days import MISSING, day_of, long_date, moment_of
from duly.engine.evaluate import judge
from duly.engine.facts import cut
from duly.engine.lower import lower
from duly.engine.obligations import VERDICTS
from duly.engine.plan import DutyPlan, Plan
from duly.engine.raw import Coverage, RawFacts, RawTable
from duly.engine.reading import build


@frozen
class Outcome:
    """One obligation as a scenario sees it, and the row of the batch that it was read from.

    Days have their times where these are looked at.
    """

    duty: str
    verdict: str
    deadline: date | None
    fulfilled: date | None
    days: int
    assumed: bool
    batch: Batch = field(eq=False, repr=False)
    row: int = field(eq=False, repr=False)

    def __str__(self) -> str:
        parts = [self.verdict.replace("_", " ")]
        if self.fulfilled is not None:
            parts.append(f"on {long_date(self.fulfilled)}")
        if self.deadline is not None:
            word = "" if self.verdict == "due" else "due "
            parts.append(f"{word}{long_date(self.deadline)}")
        if self.days:
            parts.append(f"by {number_of(self.days, 'day')}")
        if self.assumed:
            parts.append("assumed")
        return f"{' '.join(parts)}  ({self.duty})"


@frozen
class Failure:
    """An expectation that did not hold, and what came out instead, the nearest first."""

    expectation: Expectation
    outcomes: tuple[Outcome, ...]


@frozen(eq=False)
class Result:
    """A scenario, what came out of each rule that it names, and what it did not expect of that."""

    scenario: Scenario
    caseload: Caseload
    outcomes: Mapping[str, tuple[Outcome, ...]]
    failures: tuple[Failure, ...]

    @property
    def passed(self) -> bool:
        return not self.failures and bool(self.scenario.expectations)


def run_scenarios(policy: Policy, scenarios: Sequence[Scenario]) -> list[Result]:
    """Run each scenario against the rules that it names."""
    duties = duties_by_rule(lower(policy))
    return [_run(policy, duties, scenario) for scenario in scenarios]


def duties_by_rule(plan: Plan) -> dict[str, tuple[DutyPlan, ...]]:
    """The duties of each rule that has any, by its qualified name."""
    found: dict[str, list[DutyPlan]] = {}
    for duty in plan.duties:
        found.setdefault(duty.rule.qualified, []).append(duty)
    return {name: tuple(duties) for name, duties in found.items()}


def _run(policy: Policy, duties: Mapping[str, Sequence[DutyPlan]], scenario: Scenario) -> Result:
    caseload = caseload_of(policy, scenario)
    outcomes = {
        rule: tuple(o for duty in duties.get(rule, ()) for o in outcomes_of(duty, caseload))
        for rule in dict.fromkeys(e.rule for e in scenario.expectations)
    }
    failures = tuple(
        Failure(expected, tuple(nearest_first(expected, outcomes[expected.rule])))
        for expected in scenario.expectations
        if not holds(expected, outcomes[expected.rule])
    )
    return Result(scenario, caseload, outcomes, failures)


def caseload_of(policy: Policy, scenario: Scenario) -> Caseload:
    """The scenario's one child, as at its day, by what was known on another."""
    policy = about(policy, scenario.subject)
    facts = build([raw_facts(policy.kinds, scenario)], policy.kinds, scenario.as_at)
    known = cut(facts, scenario.as_at, scenario.known_at)
    return Caseload(known, day_of(scenario.as_at), policy)


def outcomes_of(duty: DutyPlan, caseload: Caseload) -> Iterator[Outcome]:
    """Every obligation of one duty."""
    for batch in judge(duty, caseload):
        for row in range(len(batch)):
            deadline, fulfilled = int(batch.deadline[row]), int(batch.fulfilled[row])
            due_at, done_at = int(batch.deadline_minute[row]), int(batch.fulfilled_minute[row])
            yield Outcome(
                batch.duty.name(batch.step),
                VERDICTS[batch.verdict[row]],
                moment_of(deadline, due_at) if deadline != MISSING else None,
                moment_of(fulfilled, done_at) if fulfilled != MISSING else None,
                int(batch.days[row]),
                bool(batch.assumed[row]),
                batch,
                row,
            )


# ------------------------------------------------------------- expectations held against outcomes


@frozen
class Difference:
    """One part of an expectation that came out otherwise."""

    expected: str
    came_out: str


def holds(expected: Expectation, outcomes: Iterable[Outcome]) -> bool:
    """Whether some obligation fits; where that is denied, whether none does."""
    return any(fits(expected, outcome) for outcome in outcomes) != expected.denied


def fits(expected: Expectation, outcome: Outcome) -> bool:
    """Whether the obligation is all that the expectation says of it."""
    return _is_about(expected, outcome) and not differences(expected, outcome)


def _is_about(expected: Expectation, outcome: Outcome) -> bool:
    """Whether the obligation is of the duty whose label is told; of any, where none is."""
    plan = outcome.batch.duty
    duty = plan.rule.duties[plan.number].duty
    assert not isinstance(duty, May)
    return expected.label in (None, duty.label)


def differences(expected: Expectation, outcome: Outcome) -> list[Difference]:
    """What the expectation says that is not so of the obligation."""
    found = []
    if expected.verdict not in (None, outcome.verdict):
        verdicts = (str(expected.verdict), outcome.verdict)
        found.append(Difference(*(verdict.replace("_", " ") for verdict in verdicts)))
    if not _is(expected.on, outcome.fulfilled):
        found.append(
            Difference(_dated("done on", expected.on), _dated("done on", outcome.fulfilled))
        )
    if not _is(expected.due, outcome.deadline):
        found.append(Difference(_dated("due", expected.due), _dated("due", outcome.deadline)))
    if expected.days not in (None, outcome.days):
        wanted, came = number_of(expected.days or 0, "day"), number_of(outcome.days, "day")
        found.append(Difference(wanted, came))
    if expected.assumed and not outcome.assumed:
        found.append(Difference("assumed", "certain"))
    return found


def _dated(word: str, day: date | None) -> str:
    return f"{word} {long_date(day)}" if day is not None else f"not {word.split()[0]}"


def nearest_first(expected: Expectation, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """The obligations in order of how little it would take for them to fit."""
    outcomes = [outcome for outcome in outcomes if _is_about(expected, outcome)]

    def apart(outcome: Outcome) -> tuple[int, int]:
        pairs = ((expected.on, outcome.fulfilled), (expected.due, outcome.deadline))
        days = sum(abs(a.toordinal() - b.toordinal()) for a, b in pairs if a and b)
        return len(differences(expected, outcome)), days

    return sorted(outcomes, key=apart)


def _is(expected: date | None, found: date | None) -> bool:
    """Whether a day is the one expected; the time is looked at where one is."""
    if expected is None or found is None or isinstance(expected, datetime):
        return expected in (None, found)
    return expected.toordinal() == found.toordinal()


# ------------------------------------------------------------ a scenario's facts as text


def raw_facts(kinds: Mapping[str, Kind], scenario: Scenario) -> RawFacts:
    """The scenario's rows as a source would hand them over; what it leaves out did not happen."""
    subject = next(kind for kind in kinds.values() if kind.nature == "subject")
    born = scenario.born.isoformat() if scenario.born else None
    columns: dict[str, list[str | None]] = {subject.id_column: [subject.name], "born": [born]}
    columns |= {name: [_cell(value)] for name, value in scenario.about.items()}
    tables = [RawTable(subject.name, "scenario", [1], dict(columns))]
    for kind in kinds.values():
        rows = [fact for fact in scenario.facts if fact.kind == kind.name]
        if rows:
            tables.append(_table(kind, subject, rows))
    coverage = tuple(
        Coverage(kind.name, "absent" if kind.name in scenario.unknown else "events")
        for kind in kinds.values()
        if kind.nature != "subject"
    )
    calendars: dict[str, list[tuple[date, date]]] = {}
    for stretch in scenario.calendars:
        calendars.setdefault(stretch.calendar, []).append((stretch.first, stretch.last))
    return RawFacts(tuple(tables), coverage, extracted=scenario.as_at, calendars=calendars)


def _table(kind: Kind, subject: Kind, facts: Sequence[Fact]) -> RawTable:
    columns: dict[str, list[str | None]] = {
        kind.id_column: [subject.name] * len(facts),
        "id": [f"{kind.name}-{number}" for number in range(1, len(facts) + 1)],
    }
    if kind.nature == "period":
        columns["start"] = [fact.first.isoformat() for fact in facts]
        columns["end"] = [fact.last.isoformat() if fact.last else None for fact in facts]
    else:
        columns["date"] = [fact.first.isoformat() for fact in facts]
    for name in (*kind.attributes, *(m.name for m in kind.milestones)):
        columns[name] = [_cell(fact.values.get(name)) for fact in facts]
    return RawTable(kind.name, "scenario", [fact.span.line for fact in facts], dict(columns))


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
