"""The plan: what is computed for each duty, as a small closed set of printable values."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from duly.dsl import policy as p
from duly.engine.days import FAR, date_of, long_date


@frozen
class InForceOn:
    """The rule is in force from the first to the last day, as day numbers."""

    first: int
    last: int


@frozen
class Group:
    """A condition none of whose leaves stands anywhere else in its guard.

    Whatever its unknown leaves allow, they allow independently of the rest; so false, true or
    unknown says all there is to say of it, and it can take the place of one leaf.
    """

    condition: p.Condition


Leaf = p.Flag | p.Is | p.Stated | p.Running | p.Count | p.Elapsed | p.Aged | InForceOn | Group
"""A condition that is looked up as a whole: what a guard's table has one digit for."""

PAUSED, EXEMPT = 0, 1
"""Outcomes in which a duty does not stand; the others have a duration."""

MOST_LEAVES = 11
"""Digits that a timeline's code has room for."""

FEW_LEAVES = 8
"""Up to so many leaves one table is quicker than several."""


@frozen
class Outcome:
    """What a guard can come to; ``text`` is the clause that says so."""

    duration: p.Duration | None
    text: str


@frozen(eq=False)
class Guard:
    """Leaves, and for each base-3 code of theirs the set of possible outcomes as a bit mask.

    ``table`` and ``mover`` have shape ``(3 ** len(leaves),)``; ``mover`` is the number of an
    unknown leaf that would change the set if it were known, -1 for none.
    """

    leaves: tuple[Leaf, ...]
    outcomes: tuple[Outcome, ...]
    table: npt.NDArray[np.int32]
    mover: npt.NDArray[np.int8]


@frozen(eq=False)
class StepPlan:
    """One step of a sequence and its guard."""

    timing: p.Timing
    guard: Guard
    text: str


@frozen(eq=False)
class DutyPlan:
    """One duty of one rule; ``number`` is its place in the rule."""

    pack: p.Pack
    rule: p.Rule
    number: int
    scope: p.Scope
    duty: p.Do | p.Have
    steps: tuple[StepPlan, ...]
    guard: Guard | None = field(default=None)

    def name(self, step: int) -> str:
        """What the ``duty`` column says: the label, else the act and its timing."""
        if isinstance(self.duty, p.Have):
            return self.duty.label or self.duty.text
        if self.duty.failing_which:
            return f"{self.duty.words}, {self.steps[step].text}"
        if self.duty.label is not None and len(self.steps) == 1:
            return self.duty.label
        return f"{self.duty.words} {self.steps[step].text}"


@frozen(eq=False)
class Plan:
    """All duties, the law's first."""

    duties: tuple[DutyPlan, ...]
    kinds: dict[str, p.Kind]

    def describe(self) -> str:
        """The plan in words, for people and tests to read."""
        return "\n".join(line for duty in self.duties for line in _duty_lines(duty))

    def verify(self) -> None:
        """Structural invariants: every guard's table fits its leaves, every mask is possible."""
        for duty in self.duties:
            for guard in filter(None, (duty.guard, *(step.guard for step in duty.steps))):
                size = 3 ** len(guard.leaves)
                assert guard.table.shape == guard.mover.shape == (size,)
                assert guard.table.min() > 0
                assert guard.table.max() < 1 << len(guard.outcomes)


def _duty_lines(duty: DutyPlan) -> Iterator[str]:
    yield f"{duty.rule.qualified} {duty.number}: {_scope_text(duty.scope)}"
    if isinstance(duty.duty, p.Have) and duty.guard is not None:
        yield f"  have {condition_text(duty.duty.condition)}"
        yield from (
            f"    leaf {n}: {condition_text(leaf)}" for n, leaf in enumerate(duty.guard.leaves)
        )
    for number, step in enumerate(duty.steps):
        yield f"  step {number}: {step.text}"
        yield from (
            f"    leaf {n}: {condition_text(leaf)}" for n, leaf in enumerate(step.guard.leaves)
        )
        yield from (
            f"    outcome {n}: {outcome.duration or outcome.text}"
            for n, outcome in enumerate(step.guard.outcomes)
        )


def _scope_text(scope: p.Scope) -> str:
    match scope:
        case p.During(period, where):
            return f"during {period}" + (f" where {condition_text(where)}" if where else "")
        case p.While(condition):
            return f"while {condition_text(condition)}"
        case p.ForEach(occasion, where):
            text = anchor_text(occasion)
            return f"for each {text}" + (f" where {condition_text(where)}" if where else "")
        case p.Always():
            return "for each subject"


def condition_text(condition: p.Condition | Leaf) -> str:
    """A condition in the words of the language."""
    match condition:
        case p.And(parts):
            return " and ".join(_bracketed(part) for part in parts)
        case p.Or(parts):
            return " or ".join(_bracketed(part) for part in parts)
        case p.Not(part):
            return f"not {_bracketed(part)}"
        case p.Flag(owner, name):
            return f"{owner}.{name}"
        case p.Is(owner, name, values):
            value = values[0] if len(values) == 1 else f"one of ({', '.join(values)})"
            return f"{owner}.{name} is {value}"
        case p.Stated(owner, name):
            return f"{owner}.{name} is stated"
        case p.Running(period, where):
            return period if where is None else f"some {period} where {condition_text(where)}"
        case p.Count():
            return _count_text(condition)
        case p.Elapsed(p.ScopeStart(), duration):
            return f"after the first {duration}"
        case p.Elapsed(p.PeriodEdge(period, "start"), duration):
            return f"after the first {duration} of {period}"
        case p.Elapsed(anchor, p.Duration(0)):
            return f"{anchor_text(anchor)} has been"
        case p.Elapsed(anchor, duration):
            return f"after {duration} after {anchor_text(anchor)}"
        case p.Aged(years):
            return f"aged {years} or over"
        case Group(inner):
            return condition_text(inner)
        case InForceOn(first, last):
            until = f" until {long_date(date_of(last))}" if last < FAR else ""
            since = f" from {long_date(date_of(first))}" if first else ""
            return f"in force{since}{until}"


def _bracketed(part: p.Condition) -> str:
    text = condition_text(part)
    return f"({text})" if isinstance(part, p.And | p.Or) else text


def _count_text(count: p.Count) -> str:
    if count.at_most is None:
        amount = "some" if count.at_least == 1 else f"at least {count.at_least}"
    elif count.at_most == count.at_least:
        amount = f"exactly {count.at_least}"
    else:
        amount = f"{count.at_least} to {count.at_most}"
    text = f"{amount} {count.kind}"
    if count.where is not None:
        text += f" where {condition_text(count.where)}"
    if count.window is not None:
        text += f" in the last {count.window}"
    return text


def anchor_text(anchor: p.Anchor) -> str:
    """An anchor in the words of the language."""
    ordinals = {None: "", 1: "first ", 2: "second "}
    match anchor:
        case p.ScopeStart():
            return "start"
        case p.PeriodEdge(period, edge, ordinal, _):
            return f"{edge} of {ordinals[ordinal]}{period}"
        case p.EventDay(event, ordinal, where):
            test = f" where {condition_text(where)}" if where is not None else ""
            return f"{ordinals[ordinal]}{event}{test}"
