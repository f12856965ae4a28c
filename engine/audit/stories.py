"""A child told: as the lines of a scenario, and as a story to read out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from duly.dsl import policy as p
from duly.dsl.plurals import number_of
from duly.dsl.scenario import Fact, Scalar, Scenario, usual
from duly.engine.audit.shown import Shown
from duly.engine.days import long_date
from duly.engine.scenarios import Outcome


def as_scenario(shown: Shown, policy: p.Policy, title: str) -> str:
    """The child as a scenario of the local pack, with what both rules come to expected."""
    return "\n".join((f'scenario "{title}"', *(f"  {it}" for it in _lines(shown, policy)))) + "\n"


def _lines(shown: Shown, policy: p.Policy) -> Iterator[str]:
    yield from known(shown.scenario, policy)
    yield f"as at {long_date(shown.scenario.as_at)}"
    yield from (_expected(each) for each in (shown.law, shown.local) if each is not None)


def known(scenario: Scenario, policy: p.Policy) -> Iterator[str]:
    """What is known of the child, a line a fact."""
    subject = next(kind for kind in policy.subjects if kind.subject == scenario.subject)
    if scenario.born is not None:
        about = _values(subject, scenario.about)
        yield " ".join([f"{subject.name} born {long_date(scenario.born)}", *about])
    yield from (_fact(fact, policy.kinds[fact.kind]) for fact in scenario.facts)


def _fact(fact: Fact, kind: p.Kind) -> str:
    word = "from" if kind.nature == "period" else "on"
    until = f" until {long_date(fact.last)}" if fact.last is not None else ""
    when = f"{fact.kind} {word} {long_date(fact.first)}{until}"
    return " ".join([when, *_values(kind, fact.values)])


def _values(kind: p.Kind, values: Mapping[str, Scalar]) -> Iterator[str]:
    """What is not as usual."""
    for name, value in values.items():
        attribute = kind.attributes.get(name)
        if attribute is None and value is None:
            continue
        if attribute is None or value != usual(attribute):
            yield _value(name, value)


def _value(name: str, value: Scalar) -> str:
    match value:
        case None:
            return f"{name} blank"
        case bool():
            return name if value else f"not {name}"
        case date():
            return f"{name} {long_date(value)}"
        case _:
            return f"{name} ({value.replace('; ', ', ')})" if "; " in value else f"{name} {value}"


def _expected(outcome: Outcome) -> str:
    """What the evaluator says of it, as a scenario expects it."""
    duty = outcome.batch.duty
    name = f"{duty.rule.qualified}.{duty.duty.label}" if duty.duty.label else duty.rule.qualified
    parts = [f"expect {name} {outcome.verdict.replace('_', ' ')}"]
    if outcome.fulfilled is not None:
        parts.append(f"on {long_date(outcome.fulfilled)}")
    if outcome.deadline is not None:
        parts.append(f"due {long_date(outcome.deadline)}")
    if outcome.assumed:
        parts.append("assumed")
    return " ".join(parts)


def dated(day: date) -> str:
    """A date with its day of the week: ``Friday 25 December 2026``."""
    return f"{day:%A} {long_date(day)}" if not isinstance(day, datetime) else long_date(day)


def verdicts(shown: Shown) -> Iterator[str]:
    """What the law and the local rule make of the child."""
    met = shown.local is not None and shown.local.verdict == "met"
    if met and shown.law.verdict in ("overdue", "not_met") and shown.law.deadline is not None:
        yield f"by law not met by {dated(shown.law.deadline)}"
    else:
        yield f"by law {_said(shown.law)}"
    if shown.local is None:
        yield "by the local rule nothing is asked"
    else:
        yield f"by the local rule {_said(shown.local)}"
    if shown.days > 0:
        yield f"{number_of(shown.days, 'day')} later"


def _said(outcome: Outcome) -> str:
    """What becomes of an obligation: its deadline, or its verdict where that says more."""
    if outcome.deadline is None or outcome.verdict == "met":
        return outcome.verdict.replace("_", " ")
    return f"due {dated(outcome.deadline)}"
