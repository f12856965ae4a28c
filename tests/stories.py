"""Scenarios told to the oracle: a policy and a story in, and what it broke out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time

from attrs import evolve

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.durations import read_duration
from duly.dsl.parser import parse_text
from duly.dsl.policy import InForce, Kind, Pack, Policy, Rule
from duly.dsl.resolve import PackText, resolve
from duly.dsl.scenario import Expectation, Fact, Scalar, Scenario, resolve_scenarios
from duly.dsl.subjects import about
from tests.oracle import Case, Judged, Row, Value, judge


def read(*packs: str) -> tuple[Policy, list[Scenario]]:
    """Packs from the law upwards, each as one text, and the stories of the last."""
    diagnostics = Diagnostics()
    documents = [parse_text(text, str(n), diagnostics) for n, text in enumerate(packs)]
    policy = resolve([PackText(str(n), (it,)) for n, it in enumerate(documents)], diagnostics)
    found = resolve_scenarios(policy, policy.packs[-1].name, documents[-1:], diagnostics)
    assert diagnostics.errors == [], diagnostics.errors
    return policy, found


def broken(policy: Policy, scenario: Scenario) -> list[str]:
    """The expectations of a story that do not hold, each with what came out instead."""
    named = {(it.rule, it.label) for it in scenario.expectations}
    found = {each: told(policy, each[0], scenario, each[1]) for each in named}
    return [
        f"{scenario.title}: {it.text or it}: {[line(each) for each in found[it.rule, it.label]]}"
        for it in scenario.expectations
        if not holds(it, found[it.rule, it.label])
    ]


def holds(expected: Expectation, found: list[Judged]) -> bool:
    return any(fits(expected, it) for it in found) != expected.denied


def fits(expected: Expectation, it: Judged) -> bool:
    return (
        expected.verdict in (None, it.verdict)
        and same_day(expected.on, it.fulfilled_on)
        and same_day(expected.due, it.deadline)
        and expected.days in (None, it.days or 0)
        and (it.assumed or not expected.assumed)
    )


def same_day(expected: date | None, found: date | None) -> bool:
    return expected is None or (found is not None and expected.toordinal() == found.toordinal())


def line(it: Judged) -> str:
    """An obligation as a list is read out: anchor, verdict, and what else there is."""
    parts = [f"{it.anchor_day}:" if it.anchor_day else "", it.verdict.replace("_", " ")]
    parts += [
        f"due {it.deadline}" if it.deadline else "",
        f"on {it.fulfilled_on}" if it.fulfilled_on else "",
    ]
    parts += [f"by {it.days}" if it.days else "", "assumed" if it.assumed else ""]
    return " ".join(part for part in parts if part)


def told(policy: Policy, rule: str, scenario: Scenario, label: str | None = None) -> list[Judged]:
    """What one rule, or its duty of a label, asks of the child, or another subject, of a story."""
    policy = about(policy, scenario.subject)
    pack, found = next(
        (pack, each) for pack in policy.packs for each in pack.rules if each.qualified == rule
    )
    if label is not None:
        duties = tuple(each for each in found.duties if each.duty.label == label)
        found = evolve(found, duties=duties)
    return judge(
        found,
        policy.kinds,
        case_of(policy, scenario),
        scenario.as_at,
        pack.in_force,
        calendars=policy.calendars,
        never=policy.never,
        waived=waived(policy, rule),
        saved=waived(policy, rule, saved=True),
        known_at=scenario.known_at,
    )


def waived(policy: Policy, rule: str, *, saved: bool = False) -> list[InForce]:
    """The stretches of days on which a rule is taken out of force by one of a pack above.

    ``saved``: those alone in which what begins is for that rule.
    """
    return [
        within(pack, each, waiver.until)
        for pack in policy.packs
        for each in pack.rules
        for waiver in each.waives
        if waiver.rule == rule and each.transitional >= saved
    ]


def within(pack: Pack, rule: Rule, until: date) -> InForce:
    """The days up to one on which a rule of a pack is in force."""
    starts = [it.start for it in (pack.in_force, rule.in_force) if it.start]
    ends = [it.end for it in (pack.in_force, rule.in_force) if it.end]
    return InForce(max(starts, default=None), min([*ends, until]))


# --------------------------------------------------------------- a story's facts as records


def case_of(policy: Policy, scenario: Scenario) -> Case:
    rows: dict[str, list[Row]] = {}
    for number, fact in enumerate(scenario.facts):
        row = row_of(policy.kinds[fact.kind], f"{fact.kind}{number}", fact)
        rows.setdefault(fact.kind, []).append(row)
    calendars: dict[str, list[tuple[date, date]]] = {}
    for stretch in scenario.calendars:
        calendars.setdefault(stretch.calendar, []).append((stretch.first, stretch.last))
    about = values_of(policy.subject, scenario.about)
    coverage = dict.fromkeys(scenario.unknown, ("absent", None, None))
    return Case(scenario.born, rows, coverage, about, calendars=calendars)


def row_of(kind: Kind, id: str, fact: Fact) -> Row:
    times = dict(times_of(kind, fact))
    values = values_of(kind, fact.values)
    if kind.nature == "period":
        return Row(id, day_of(fact.first), day_of(fact.last), values=values, times=times)
    return Row(id, on=day_of(fact.first), values=values, times=times)


def times_of(kind: Kind, fact: Fact) -> Iterator[tuple[str, time]]:
    """The times of day that the story gives."""
    own = "start" if kind.nature == "period" else "on"
    moments = {own: fact.first, "end": fact.last, **fact.values}
    for name, moment in moments.items():
        if isinstance(moment, datetime):
            yield name, moment.time()


def values_of(kind: Kind, told: Mapping[str, Scalar]) -> dict[str, Value]:
    milestones: dict[str, Value] = {milestone.name: None for milestone in kind.milestones}
    return milestones | {name: value_of(kind, name, value) for name, value in told.items()}


def value_of(kind: Kind, name: str, value: Scalar) -> Value:
    declared = kind.attributes.get(name)
    if isinstance(value, date):
        return day_of(value)
    match declared.type if declared and value is not None else None:
        case "number":
            return int(str(value))
        case "duration":
            return read_duration(str(value))
        case "list of role":
            return tuple(str(value).split("; "))
        case _:
            return value


def day_of(moment: date | None) -> date | None:
    return moment.date() if isinstance(moment, datetime) else moment


def said(rules: str, story: str) -> list[str]:
    """What the rules of a pack make of a child, of whom a story's lines tell."""
    rule = re.findall(r"\brule (\w+)", rules)[-1]
    policy, (scenario,) = read(f'{rules}\nscenario "a child" {story} expect no {rule}')
    found = [it for each in policy.rules() for it in told(policy, each.qualified, scenario)]
    return [line(it) for it in found]
