"""What holds of the evaluator whatever the rule: no second opinion is needed to see it broken."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from attrs import evolve

from duly.dsl.packs import load_policy
from duly.dsl.policy import (
    Act,
    During,
    Every,
    Have,
    Kind,
    Pack,
    Policy,
    Rule,
    Scoped,
    ScopeStart,
    Step,
    Times,
    While,
    Within,
    WithoutNumber,
)
from duly.engine.facts import Facts
from duly.engine.pipeline import run_facts
from duly.engine.reading import build
from tests.agreement import POLICIES, Trial, engine_answers, pack_trials, random_batch
from tests.cases import blanked, parts, random_case, raw_facts, seeded
from tests.oracle import Case, Judged, Row

TRIALS = pack_trials("stoke")
AS_AT = date(2025, 4, 1)

every_rule = pytest.mark.parametrize("trial", TRIALS, ids=lambda trial: trial.rule.qualified)


def rng_of(trial: Trial) -> random.Random:
    return seeded(TRIALS.index(trial))


@every_rule
def test_the_order_of_rows_changes_nothing(trial: Trial) -> None:
    rng = rng_of(trial)
    cases, as_at = random_batch(rng, trial)
    shuffled = [
        evolve(case, rows={kind: shuffle(rng, rows) for kind, rows in case.rows.items()})
        for case in cases
    ]
    assert engine_answers(trial, shuffled, as_at) == engine_answers(trial, cases, as_at)


def shuffle(rng: random.Random, rows: Sequence[Row]) -> list[Row]:
    return rng.sample(list(rows), len(rows))


@every_rule
def test_many_children_are_judged_as_each_alone(trial: Trial) -> None:
    cases, as_at = random_batch(rng_of(trial), trial)
    alone = [engine_answers(trial, [case], as_at)[0] for case in cases]
    assert engine_answers(trial, cases, as_at) == alone


# --------------------------------------------------------------- splitting a joined period


@every_rule
def test_splitting_a_joined_period_changes_nothing(trial: Trial) -> None:
    rng = rng_of(trial)
    cases = [random_case(rng, trial.kinds, trial.rule, AS_AT, coverage={}) for _ in range(20)]
    split = [evolve(case, rows=in_parts(rng, case, trial)) for case in cases]
    whole, parted = (engine_answers(trial, each, AS_AT) for each in (cases, split))
    assert [[as_whole(it) for it in answer] for answer in parted] == whole


def as_whole(it: Judged) -> Judged:
    """The obligation as one of the whole period, where it names the second half."""
    return evolve(it, scope_ref=it.scope_ref.removesuffix("b"))


def in_parts(rng: random.Random, case: Case, trial: Trial) -> dict[str, Sequence[Row]]:
    """The child's rows, each joined period in two that touch."""
    return {
        kind: [part for row in rows for part in halves(rng, row, rows, trial.kinds[kind])]
        for kind, rows in case.rows.items()
    }


def halves(rng: random.Random, row: Row, rows: Sequence[Row], kind: Kind) -> list[Row]:
    """A row as two that the vocabulary joins: where it says so, the second continues the first."""
    middle = row.start and row.start + timedelta(days=rng.randint(1, 120))
    # A row that names no parent belongs to the one running on its first day: so would each half.
    whole = kind.joined is None or (kind.of is not None and row.of is None)
    # A half that begins where another row ends would continue that one as well as its own, and a
    # row that begins with it would continue the first half.
    whole = whole or any(middle in (other.start, other.end) for other in rows)
    if whole or middle is None or (row.end is not None and middle >= row.end):
        return [row]
    continues = {} if kind.joined in (None, "always") else {str(kind.joined): True}
    second = evolve(row, id=f"{row.id}b", start=middle, values={**row.values, **continues})
    return [evolve(row, end=middle), second]


# --------------------------------------------------------------- a fact made unknown


def certain(rule: Rule) -> Rule:
    """The duties of a rule whose clocks run from what is surely known: the start, and the acts."""
    return evolve(rule, duties=tuple(scoped for scoped in rule.duties if is_certain(scoped)))


def is_certain(scoped: Scoped) -> bool:
    (step, *later) = getattr(scoped.duty, "steps", (None,))
    if not isinstance(step, Step) or later or isinstance(scoped.scope, While):
        return False
    match step.timing:
        case Every(_, until):
            return until is None
        case Within(_, anchor):
            return isinstance(anchor, ScopeStart)
        case _:
            return False


CERTAIN = [evolve(trial, rule=rule) for trial in TRIALS if (rule := certain(trial.rule)).duties]


@pytest.mark.parametrize("trial", CERTAIN, ids=lambda trial: trial.rule.qualified)
def test_a_fact_made_unknown_never_gives_a_later_deadline(trial: Trial) -> None:
    rng = seeded(CERTAIN.index(trial))
    kept = frozenset(part.event for part in parts(trial.rule) if isinstance(part, Act))
    kept |= {part.period for part in parts(trial.rule) if isinstance(part, During)}
    cases = [random_case(rng, trial.kinds, trial.rule, AS_AT, coverage={}) for _ in range(20)]
    for case in cases:
        known = deadlines(engine_answers(trial, [case], AS_AT)[0])
        unknown = blanked(rng, case, trial.kinds, AS_AT, kept)
        found = deadlines(engine_answers(trial, [unknown], AS_AT)[0])
        assert all(found.get(it, date.max) <= deadline for it, deadline in known.items())


def deadlines(answer: Sequence[Judged]) -> dict[tuple[int, str, date | None], date]:
    return {(it.duty, it.scope_ref, it.anchor_day): it.deadline for it in answer if it.deadline}


# --------------------------------------------------------------- a layer over the law


POLICY = load_policy(POLICIES / "stoke", lambda below: POLICIES / below).policy


def is_dated(rule: Rule) -> bool:
    """A rule with a limit in days, or a state: it comes to deadlines by its own text."""
    steps = [part.timing for part in parts(rule) if isinstance(part, Step)]
    dated = [timing for timing in steps if not isinstance(timing, WithoutNumber | Times)]
    return bool(dated) or any(isinstance(part, Have) for part in parts(rule))


IN_LAW = [it for it in TRIALS if it.pack.name == "statutory" and is_dated(it.rule)]


@pytest.mark.parametrize("trial", IN_LAW, ids=lambda trial: trial.rule.qualified)
def test_a_layer_over_the_law_never_puts_back_an_effective_deadline(trial: Trial) -> None:
    rng = seeded(IN_LAW.index(trial))
    as_at = min(AS_AT, trial.rule.in_force.end or AS_AT)
    cases = [random_case(rng, trial.kinds, trial.rule, as_at, coverage={}) for _ in range(150)]
    facts = build([raw_facts(cases, trial.kinds)], POLICY.kinds, as_at)
    law, *local = family(trial.rule)
    alone = effective(evolve(POLICY, packs=(law,)), facts, as_at)
    layered = effective(evolve(POLICY, packs=(law, *local)), facts, as_at)
    assert alone
    assert [row for row, deadline in alone.items() if layered[row] > deadline] == []


def family(rule: Rule) -> tuple[Pack, ...]:
    """The packs with no rule but this one and those above that refine or waive it."""
    names = {rule.qualified}
    packs = []
    for pack in POLICY.packs:
        kept = tuple(each for each in pack.rules if names & {each.qualified, *each.stands_for})
        names |= {each.qualified for each in kept}
        packs.append(evolve(pack, rules=kept))
    return tuple(packs)


def effective(policy: Policy, facts: Facts, as_at: date) -> dict[tuple[str, ...], str]:
    """The deadline that counts for each obligation of the law that has one."""
    run = run_facts(policy, facts, as_at, since=date(1900, 1, 1))
    columns = run.obligations.columns
    key = ("subject_id", "pack", "rule", "duty", "scope_ref", "anchor_date", "anchor_ref")
    rows = zip(*(columns[name] for name in key), strict=True)
    return {
        row: deadline
        for row, deadline in zip(rows, columns["effective_deadline"], strict=True)
        if row[1] == "statutory" and deadline
    }
