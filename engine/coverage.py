"""Scenario results into what they reach of the rules, and what no scenario reaches.

An obligation counts where an expectation is about it: what comes out beside is seen by nobody.
What decided its date is read from the evaluator, by the state of the guard's leaves.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import product
from typing import Literal

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.dsl.source import Span
from duly.engine.batch import (
    DUE,
    IS_EXEMPT,
    MET,
    MET_LATE,
    NEEDS_JUDGEMENT,
    NOT_MET,
    OVERDUE,
)
from duly.engine.caseload import Caseload
from duly.engine.days import FAR, UNKNOWN
from duly.engine.judging import segments_of
from duly.engine.keys import scope_of
from duly.engine.lower import holds
from duly.engine.plan import EXEMPT, DutyPlan, Group, Guard, InForceOn, Leaf, Surely, leaves_of
from duly.engine.scenarios import Outcome, Result, fits
from duly.engine.scopes import scopes_of

Part = Literal["step", "exception", "kept", "missed"]
"""What there is to reach of a duty."""

Side = Literal["due", "judged", "exempt"]
"""Verdicts that are neither met nor missed, and that some scenario expects."""


@frozen
class Branch:
    """One way through a duty: a step, an exception that decides, or a side of the verdict.

    ``duty`` is the duty's place in its rule, ``clause`` the place of an exception in its step.
    """

    rule: str
    duty: int
    step: int
    part: Part | Side
    clause: int = 0


@frozen
class Gap:
    """A branch that no scenario reaches, as a sentence, and where it stands."""

    rule: str
    part: Part
    text: str
    span: Span


@frozen
class Coverage:
    """How many branches of each part there are, how many are reached, and the others."""

    there: Mapping[Part, int]
    reached: Mapping[Part, int]
    gaps: tuple[Gap, ...]


def coverage(duties: Sequence[DutyPlan], results: Sequence[Result]) -> Coverage:
    """What the scenarios reach of these duties."""
    seen = reached(results)
    there = {branch: gap for duty in duties for branch, gap in _branches(duty)}
    return Coverage(
        Counter(gap.part for gap in there.values()),
        Counter(gap.part for branch, gap in there.items() if branch in seen),
        tuple(_worth_saying(there, seen)),
    )


def reached(results: Sequence[Result]) -> frozenset[Branch]:
    """Every branch that an expectation of the scenarios is about."""
    return frozenset(branch for result in results for branch in _reached(result))


def _worth_saying(there: Mapping[Branch, Gap], seen: Collection[Branch]) -> Iterator[Gap]:
    """What is missing; of a step that is never reached, the step alone."""
    for branch, gap in there.items():
        step = Branch(branch.rule, branch.duty, branch.step, "step")
        if branch not in seen and (branch == step or step in seen):
            yield gap


# -------------------------------------------------------------------- what there is to reach


def _branches(duty: DutyPlan) -> Iterator[tuple[Branch, Gap]]:
    rule = duty.rule.qualified
    for number, step in enumerate(_steps(duty)):
        parts: list[tuple[Part, str]] = [("step", f"no scenario comes to `{step.words}`")]
        if step.numbered:
            parts.append(("kept", f"no scenario has `{step.words}` met"))
            parts.append(("missed", f"no scenario has `{step.words}` missed"))
        for part, text in parts:
            yield Branch(rule, duty.number, number, part), Gap(rule, part, text, step.span)
        for place, clause in enumerate(step.unless):
            text = f"no scenario is decided by `{clause.text.lstrip(', ')}`"
            branch = Branch(rule, duty.number, number, "exception", place)
            yield branch, Gap(rule, "exception", text, clause.span)


@frozen
class _Step:
    """What can be reached of a step: a state counts as one."""

    words: str
    span: Span
    numbered: bool
    unless: tuple[p.Unless, ...]


def _steps(duty: DutyPlan) -> Iterator[_Step]:
    if not isinstance(duty.duty, p.Do):
        yield _Step(duty.duty.text, duty.duty.span, True, duty.duty.unless)
        return
    for step in duty.duty.steps:
        numbered = not isinstance(step.timing, p.WithoutNumber)
        yield _Step(f"{duty.duty.words} {step.text}", step.span, numbered, step.unless)


# ----------------------------------------------------------------------- what was reached


_SIDES: Mapping[int, Part | Side] = {
    MET: "kept",
    MET_LATE: "missed",
    OVERDUE: "missed",
    NOT_MET: "missed",
    DUE: "due",
    NEEDS_JUDGEMENT: "judged",
    IS_EXEMPT: "exempt",
}


def _reached(result: Result) -> Iterator[Branch]:
    for expected in result.scenario.expectations:
        for outcome in result.outcomes[expected.rule]:
            if not expected.denied and fits(expected, outcome):
                yield from _of(outcome, result.caseload)


def _of(outcome: Outcome, caseload: Caseload) -> Iterator[Branch]:
    batch, duty = outcome.batch, outcome.batch.duty
    place = (duty.rule.qualified, duty.number, batch.step)
    verdict = batch.verdict[outcome.row]
    yield Branch(*place, "step")
    if verdict in _SIDES:
        yield Branch(*place, _SIDES[verdict])
    guard = duty.guard or duty.steps[batch.step].guard
    for code in _deciding(outcome, caseload):
        clause = _clause(guard, code)
        if clause is not None and (not duty.guard or verdict == IS_EXEMPT):
            yield Branch(*place, "exception", clause)


def _deciding(outcome: Outcome, caseload: Caseload) -> list[int]:
    """The states of the guard that decided: of an exempt duty those of each day it was exempt."""
    batch, row = outcome.batch, outcome.row
    duty = batch.duty
    if batch.verdict[row] != IS_EXEMPT or duty.guard is not None:
        return [int(batch.code[row])]
    scopes = evolve(scopes_of(duty.scope, caseload), domain=batch.domain)
    line = segments_of(duty.steps[batch.step], scopes, caseload)
    until = min(int(batch.end[row]), caseload.as_at + 1, FAR)
    during = (line.day < until) & (line.following > batch.anchor[row])
    mine = (scope_of(line.key) == batch.scope[row]) & (line.mask == 1 << EXEMPT)
    return [int(code) for code in line.code[during & mine]]


def _clause(guard: Guard, code: int) -> int | None:
    """The exception that wins in a state of the leaves: the last that is surely true."""
    digits = guard.digits(code)
    sure = [n for n, each in enumerate(guard.exceptions) if _surely(each, digits)]
    return sure[-1] if sure else None


def _surely(
    condition: p.Condition | InForceOn | Surely | Group, digits: Mapping[Leaf, int]
) -> bool:
    """Whether the condition is true whatever its unknown leaves are."""
    leaves = list(dict.fromkeys(leaves_of(condition)))
    values = [(0, 1) if digits[leaf] == UNKNOWN else (digits[leaf],) for leaf in leaves]
    return all(
        holds(condition, {leaf: bool(bit) for leaf, bit in zip(leaves, bits, strict=True)})
        for bits in product(*values)
    )
