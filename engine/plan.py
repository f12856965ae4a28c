"""The plan: what is computed for each duty, as a small closed set of printable values."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from duly.dsl import policy as p
from duly.engine.days import FAR, date_of, day_of, long_date


@frozen(cache_hash=True)
class InForceOn:
    """The rule is in force from the first to the last day, as day numbers."""

    first: int
    last: int

    def holds_on(self, day: int) -> bool:
        """Whether a day is one of them."""
        return self.first <= day <= self.last


@frozen(cache_hash=True)
class Surely:
    """True where the condition is surely true, false wherever it is not: never unknown.

    What relieves a duty must be attested (``unless not_practicable then …``).
    """

    condition: p.Condition


@frozen(cache_hash=True)
class Group:
    """A condition none of whose leaves stands anywhere else in its guard.

    Whatever its unknown leaves allow, they allow independently of the rest; so false, true or
    unknown says all there is to say of it, and it can take the place of one leaf.
    """

    condition: p.Condition


Leaf = (
    p.Flag
    | p.Is
    | p.Compare
    | p.Includes
    | p.Stated
    | p.Running
    | p.Count
    | p.Lasting
    | p.Elapsed
    | p.Aged
    | InForceOn
    | Surely
    | Group
    | p.Agreed
)
"""A condition that is looked up as a whole: what a guard's table has one digit for.

A length of time that a record states is one too; its digit says which it is.
"""

TruthTable = tuple[tuple[Leaf, ...], npt.NDArray[np.int64]]
"""A condition's leaves and, for each code, bit 1 where it can be false, bit 2 where true."""

Part = p.Condition | InForceOn | Surely | Group
"""A condition, some parts of which may have been grouped."""


def leaves_of(condition: Part | None) -> Iterator[Leaf]:
    """The parts without parts, in order; a leaf that stands twice comes twice."""
    match condition:
        case None:
            return
        case p.And(parts) | p.Or(parts):
            for part in parts:
                yield from leaves_of(part)
        case p.Not(part):
            yield from leaves_of(part)
        case _:
            yield condition


def in_force_on(*bounds: p.InForce) -> InForceOn | None:
    """The days that lie within all the bounds; ``None`` for always."""
    both = p.both_in_force(*bounds)
    if both == p.InForce():
        return None
    first = day_of(both.start) if both.start is not None else 0
    return InForceOn(first, day_of(both.end) if both.end is not None else FAR)


def law_of(pack: p.Pack, rule: p.Rule, duty: p.Do | p.Have | p.Forbid) -> InForceOn | None:
    """The days on which a duty is in force; ``None`` for always."""
    bounds = [pack.in_force, rule.in_force]
    if rule.transitional:  # its last day bounds what begins, not what runs on
        bounds = [evolve(each, end=None) for each in bounds]
    return in_force_on(*bounds, duty.grounds.in_force)


def applies(clause: p.Unless) -> p.Condition:
    """When an exception applies: its condition, on the days on which it is itself in force."""
    law = in_force_on(clause.grounds.in_force)
    return clause.condition if law is None else p.And((law, clause.condition))  # type: ignore[arg-type]


def in_its_place(duty: p.Do) -> p.Condition | None:
    """When a duty stands in place of another: while its exception applies, and none behind it."""
    if not duty.instead:
        return None
    own, *later = duty.instead
    return p.And((applies(own), *(p.Not(applies(clause)) for clause in later)))


PAUSED, EXEMPT, STANDS = range(3)
"""Outcomes in which a duty does not stand, and the one in which it stands as it is written."""

AND_HELD = 3
"""What is added to these three where a state that must hold throughout does hold."""

MOST_LEAVES = 11
"""Digits of three values each that a timeline's code has room for."""

MOST_OUTCOMES = 60
"""Outcomes that a set, as a bit mask, has room for."""

MOST_CODES = 3**MOST_LEAVES
"""Codes that a timeline has room for."""

FEW_LEAVES = 8
"""Up to so many leaves one table is quicker than several."""


@frozen
class Outcome:
    """What a guard can come to; ``text`` is the clause that says so.

    ``stated`` is false where a length of time should be on record and is blank; ``judged`` where
    a person must judge, since the clause takes the number away; ``before`` counts back from the
    anchor.  ``grounds`` are those of an exception.
    """

    duration: p.Duration | p.Sooner | None
    text: str
    stated: bool = True
    judged: bool = False
    before: p.Before | None = None
    grounds: p.Grounds = p.Grounds()

    @property
    def has_limit(self) -> bool:
        """Whether it sets a last day."""
        return self.duration is not None or self.before is not None

    @property
    def in_working_days(self) -> bool:
        """Whether bank holidays can move its deadline."""
        parts = self.duration.parts if isinstance(self.duration, p.Sooner) else (self.duration,)
        return any(isinstance(d, p.Duration) and d.unit == "working day" for d in parts)


@frozen(eq=False)
class Guard:
    """Leaves, and for each code of theirs the set of possible outcomes as a bit mask.

    A code has a digit for each leaf: 0 false, 1 true, 2 unknown; of a length of time that a record
    states the number of its value, the last for a blank.  ``values`` says how many there are.
    ``table`` and ``mover`` have an entry for each code; ``mover`` is the number of an unknown leaf
    that would change the set if it were known, -1 for none.  ``exceptions`` are
    the conditions of the ``unless`` clauses, in order, over these leaves.
    """

    leaves: tuple[Leaf, ...]
    values: tuple[int, ...]
    outcomes: tuple[Outcome, ...]
    table: npt.NDArray[np.int64]
    mover: npt.NDArray[np.int8]
    exceptions: tuple[p.Condition | InForceOn | Surely | Group, ...] = ()

    def digits(self, code: int) -> dict[Leaf, int]:
        """The value of each leaf in a code."""
        found = {}
        for leaf, values in zip(self.leaves, self.values, strict=True):
            code, found[leaf] = divmod(code, values)
        return found

    def blank(self, code: int) -> list[p.Agreed]:
        """The lengths of time that a record should state, and does not, in a code."""
        digits, values = self.digits(code), dict(zip(self.leaves, self.values, strict=True))
        agreed = [leaf for leaf in self.leaves if isinstance(leaf, p.Agreed)]
        return [leaf for leaf in agreed if digits[leaf] == values[leaf] - 1]

    @property
    def judged(self) -> int:
        """The outcomes in which a person must judge, as a set."""
        return sum(1 << n for n, outcome in enumerate(self.outcomes) if outcome.judged)

    @property
    def guessed(self) -> int:
        """The outcomes in which a length that should be on record is blank, and another counts."""
        return sum(1 << n for n, o in enumerate(self.outcomes) if not o.stated and o.has_limit)

    @property
    def without_length(self) -> int:
        """The outcomes in which a length should be on record, and there is none to go by."""
        return sum(1 << n for n, o in enumerate(self.outcomes) if not o.stated and not o.has_limit)

    @property
    def no_duty(self) -> int:
        """The outcomes in which no limit can run out, as a set."""
        return 1 << PAUSED | 1 << EXEMPT


@frozen(eq=False)
class StepPlan:
    """One step of a sequence and its guard."""

    timing: p.Timing
    guard: Guard
    text: str


@frozen(eq=False)
class DutyPlan:
    """One duty of one rule; ``number`` is its place in the rule.

    A duty without steps has a ``guard`` of its own.  ``anchored_until`` is the last day on which
    something that it owes may begin, ``saved`` the stretches in which nothing may: what begins in
    one is for the rule that waived this one.  ``after`` is the duty whose missed deadlines it runs
    from.
    """

    pack: p.Pack
    rule: p.Rule
    number: int
    scope: p.Scope
    duty: p.Do | p.Have | p.Forbid
    steps: tuple[StepPlan, ...]
    guard: Guard | None = field(default=None)
    anchored_until: int = FAR
    saved: tuple[InForceOn, ...] = ()
    after: DutyPlan | None = None

    @property
    def goes_on(self) -> bool:
        """Whether what it owes may begin on any day."""
        return self.anchored_until == FAR and not self.saved

    def may_begin(self, anchor: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Whether something that it owes may begin on each of these days."""
        found = anchor <= self.anchored_until
        for stretch in self.saved:
            found &= (anchor < stretch.first) | (anchor > stretch.last)
        return found

    @property
    def key(self) -> tuple[str, int]:
        """The same for the plan that is made anew for the lengths of time on record."""
        return self.rule.qualified, self.number

    @property
    def clauses(self) -> tuple[tuple[str, Guard], ...]:
        """The text and the guard of each step, or of a duty without steps its own."""
        if self.guard is not None:
            return ((self.duty.text, self.guard),)
        return tuple((step.text, step.guard) for step in self.steps)

    def name(self, step: int) -> str:
        """What the ``duty`` column says: the label, else the act and its timing."""
        if isinstance(self.duty, p.Have | p.Forbid):
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
    policy: p.Policy

    @cached_property
    def tables(self) -> dict[p.Condition, TruthTable]:
        """The conditions that have been looked up in facts, filled as they are."""
        return {}

    def describe(self) -> str:
        """The plan in words, for people and tests to read."""
        return "\n".join(line for duty in self.duties for line in _duty_lines(duty))

    def verify(self) -> None:
        """Structural invariants: every guard's table fits its leaves, every mask is possible."""
        for duty in self.duties:
            for _, guard in duty.clauses:
                size = math.prod(guard.values)
                assert guard.table.shape == guard.mover.shape == (size,)
                assert guard.table.min() > 0
                assert guard.table.max() < 1 << len(guard.outcomes)


def _duty_lines(duty: DutyPlan) -> Iterator[str]:
    yield f"{duty.rule.qualified} {duty.number}: {scope_text(duty.scope)}"
    if duty.guard is not None:
        yield f"  {_asked(duty.duty)}"
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


def _asked(duty: p.Do | p.Have | p.Forbid) -> str:
    """What a duty without steps asks for."""
    match duty:
        case p.Have(condition, throughout=throughout):
            return f"have {condition_text(condition)}{' throughout' if throughout else ''}"
        case p.Forbid(act, stretch):
            where = f" where {condition_text(act.where)}" if act.where is not None else ""
            return f"not {duty.words}{where}{_stretch_text(stretch)}"
        case p.Do():
            return duty.words


def _stretch_text(stretch: p.Within | p.Before | None) -> str:
    match stretch:
        case p.Within(duration, anchor):
            assert anchor is not None
            return f" within {duration} of {anchor_text(anchor)}"
        case p.Before(anchor):
            return f" before {anchor_text(anchor)}"
        case None:
            return ""


def scope_text(scope: p.Scope) -> str:
    """A scope in the words of the language."""
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


Tell = Callable[[p.Condition | p.Anchor], str]
"""How a part of a condition or of an anchor is said, in place of the words of the language."""


def in_words(part: p.Condition | p.Anchor) -> str:
    """A condition or an anchor in the words of the language."""
    return anchor_text(part) if isinstance(part, p.Anchor) else condition_text(part)


def condition_text(condition: p.Condition | Leaf, tell: Tell = in_words) -> str:
    """A condition in the words of the language."""
    match condition:
        case p.And(parts):
            return " and ".join(_bracketed(part, tell) for part in parts)
        case p.Or(parts):
            return " or ".join(_bracketed(part, tell) for part in parts)
        case p.Not(p.Aged(years)):
            return f"under {years}"
        case p.Not(p.Elapsed(p.ScopeStart(), duration)):
            return f"in the first {_first(duration)}"
        case p.Not(p.Count(_, least, None) as count):
            fewer = "no" if least == 1 else f"at most {least - 1}"
            return _count_text(count, fewer, tell)
        case p.Not(part):
            return f"not {_bracketed(part, tell)}"
        case p.Flag(owner, name):
            return f"{owner}.{name}"
        case p.Is(owner, name, values):
            value = values[0] if len(values) == 1 else f"one of ({', '.join(values)})"
            return f"{owner}.{name} is {value}"
        case p.Stated(owner, name):
            return f"{owner}.{name} is stated"
        case p.Compare(owner, name, least, most):
            return f"{owner}.{name} is {bounds_text(least, most)}"
        case p.Includes(owner, name, role):
            return f"{owner}.{name} includes {role}"
        case p.Lasting(period, duration, more):
            amount = "more than" if more else "at least"
            return f"{period} lasting {amount} {duration}{_window_text(condition, tell)}"
        case p.Running(period, where):
            return period if where is None else f"some {period}{_where_text(period, where, tell)}"
        case p.Count():
            return _count_text(condition, _amount(condition), tell)
        case Surely(inner):
            return f"surely {_bracketed(inner, tell)}"
        case p.Agreed(owner, name):
            return f"{owner}.{name}"
        case p.Elapsed(p.ScopeStart(), duration):
            return f"after the first {_first(duration)}"
        case p.Elapsed(p.PeriodEdge(period, "start"), duration):
            return f"after the first {_first(duration)} of {period}"
        case p.Elapsed(anchor, p.Duration(0)):
            return f"{tell(anchor)} has been"
        case p.Elapsed(anchor, duration):
            return f"after {duration} after {tell(anchor)}"
        case p.Aged(years):
            return f"aged {years} or over"
        case Group(inner):
            return condition_text(inner, tell)
        case InForceOn(first, last):
            until = f" until {long_date(date_of(last))}" if last < FAR else ""
            since = f" from {long_date(date_of(first))}" if first else ""
            return f"in force{since}{until}"


def _first(duration: p.Duration) -> str:
    """``year`` for the first one, ``6 weeks`` for the first six."""
    return duration.unit if duration.count == 1 else str(duration)


def _bracketed(part: p.Condition, tell: Tell) -> str:
    text = tell(part)
    joined = isinstance(part, p.And | p.Or) and (" and " in text or " or " in text)
    return f"({text})" if joined else text


def _amount(count: p.Count) -> str:
    if count.at_most is None:
        return "some" if count.at_least == 1 else f"at least {count.at_least}"
    if count.at_most == count.at_least:
        return f"exactly {count.at_least}"
    return f"{count.at_least} to {count.at_most}"


def _count_text(count: p.Count, amount: str, tell: Tell) -> str:
    where = "" if count.where is None else _where_text(count.kind, count.where, tell)
    return f"{amount} {count.kind}{where}{_window_text(count, tell)}"


def _where_text(kind: str, where: p.Condition, tell: Tell) -> str:
    """A test of one kind, which need not say again whose attributes it looks at."""
    owner = re.compile(rf"\b{re.escape(kind)}[.]")
    return f" where {owner.sub('', tell(where))}"


def _window_text(test: p.Count | p.Lasting, tell: Tell) -> str:
    if test.window is not None:
        return f" in the last {test.window}"
    return f" since {tell(test.since)}" if test.since is not None else ""


def bounds_text(least: int | None, most: int | None) -> str:
    """The bounds of a number, in the words of the language."""
    if least is not None and most is not None:
        return f"at least {least} and at most {most}"
    return f"at least {least}" if least is not None else f"at most {most}"


_TH = {1: "st", 2: "nd", 3: "rd"}


def anchor_text(anchor: p.Anchor, tell: Tell = in_words) -> str:
    """An anchor in the words of the language."""
    ordinals = {None: "", 1: "first ", 2: "second ", p.PREVIOUS: "previous "}
    match anchor:
        case p.ScopeStart():
            return "start"
        case p.PeriodEdge(period, edge, ordinal, _):
            return f"{edge} of {ordinals[ordinal]}{period}"
        case p.Birthday(years):
            return f"the {years}{_TH.get(years % 10 * (years // 10 != 1), 'th')} birthday"
        case p.Becoming(condition):
            return f"({tell(condition)}) becoming true"
        case p.AnyOf(parts):
            return " or ".join(tell(part) for part in parts)
        case p.Missed():
            return "the missed deadline"
        case p.EventDay(event, _, _, str(milestone)):
            return f"{event}.{milestone}"
        case p.EventDay(event, ordinal, where):
            test = f" where {tell(where)}" if where is not None else ""
            return f"{ordinals[ordinal]}{event}{test}"
