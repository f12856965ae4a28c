"""Rules, clause by clause: what duties share, when they stand, and the reasons that they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import fields, frozen

from duly.dsl import policy as p
from duly.engine.dates import deadline_table
from duly.engine.days import LAST
from duly.engine.families import Region
from duly.engine.plan import condition_text, in_its_place, leaves_of


@frozen
class Stated:
    """A timed duty, with the rule that states it."""

    rule: p.Rule
    scope: p.Scope
    duty: p.Do

    @property
    def kind(self) -> object:
        """What two duties share that ask for the same thing, whatever their limits."""
        duty = self.duty
        times = tuple(_without_limit(step.timing) for step in duty.steps)
        instead = tuple(clause.condition for clause in duty.instead)
        return (self.scope, duty.act, duty.failing_which, duty.after, instead, times)

    @property
    def in_force(self) -> p.InForce:
        """The days on which both the rule and the duty itself are in force."""
        return p.both_in_force(self.rule.in_force, self.duty.grounds.in_force)

    @property
    def limits(self) -> object:
        """Its limits, and what changes them."""
        return [(step.timing, step.unless) for step in self.duty.steps]

    @property
    def words(self) -> str:
        """Its act with its limits: ``visit CLA every 6 weeks``."""
        steps = ", then ".join(step.text for step in self.duty.steps)
        return f"{self.duty.words} {steps}"


def stated(pack: p.Pack) -> Iterator[Stated]:
    """Every timed duty of a pack."""
    for rule in pack.rules:
        for scoped in rule.duties:
            if isinstance(scoped.duty, p.Do):
                yield Stated(rule, scoped.scope, scoped.duty)


def alike(duties: Iterable[Stated]) -> list[list[Stated]]:
    """Duties to do the same act, in the same scope, with the same kind of time, where several do.

    They are either versions of one duty, or two duties that a child is under at once.
    """
    groups: dict[object, list[Stated]] = {}
    for duty in duties:
        groups.setdefault(duty.kind, []).append(duty)
    return [group for group in groups.values() if len(group) > 1]


@frozen
class StepOf:
    """A step of a duty, with the rule that states it."""

    rule: p.Rule
    scope: p.Scope
    duty: p.Do
    step: p.Step

    @property
    def standing(self) -> p.Condition | None:
        """What holds wherever the duty stands."""
        return standing(self.scope, in_its_place(self.duty))


def _without_limit(timing: p.Timing) -> tuple[object, ...]:
    """A timing but for its lengths and numbers: ``every … until first review``."""
    values = (getattr(timing, field.name) for field in fields(type(timing)))
    limits = p.Duration | p.Agreed | p.Sooner
    return (type(timing), *(v for v in values if not isinstance(v, limits) and type(v) is not int))


def standing(scope: p.Scope, when: p.Condition | None = None) -> p.Condition | None:
    """What holds wherever a duty of this scope stands, which may have a condition of its own."""
    match scope:
        case p.While(condition):
            return together(condition, when)
        case p.During(_, where) | p.ForEach(_, where):
            return together(where, when)
        case _:
            return when


def together(*conditions: p.Condition | None) -> p.And:
    """All of these at once; one that is not there asks for nothing."""
    return p.And(tuple(each for each in conditions if each is not None))


def outcome_text(clause: p.Unless) -> str:
    """What an exception comes to: ``6 months``, ``no duty``."""
    if isinstance(clause.then, p.Duration | p.Agreed | p.Sooner):
        return str(clause.then)
    return clause.text.partition(" then ")[2] or "no duty"


def durations(value: object) -> Iterator[p.Duration]:
    """The lengths of time that a timing, or what an exception puts in its place, is made of."""
    match value:
        case p.Duration():
            yield value
        case p.Sooner(parts):
            for part in parts:
                yield from durations(part)
        case p.Within(inner) | p.Every(inner) | p.By(inner) | p.Times(_, inner):
            yield from durations(inner)
        case p.Before(_, lead):
            yield from durations(lead)


_DAYS = {
    "hour": (0, 1),
    "day": (1, 1),
    "working day": (1, 5),
    "week": (7, 7),
    "month": (28, 31),
    "year": (365, 366),
}
"""How many days a unit takes at least and at most; one working day, over Christmas, takes five."""


def least_and_most(limit: p.Duration) -> tuple[int, int]:
    """Days that surely bound a length of time, whatever day it starts on."""
    least, most = _DAYS[limit.unit]
    return limit.count * least, limit.count * most


def nowhere_later(one: p.Length | None, other: p.Length | None) -> bool:
    """Whether the one ends on no start day after the other, as far as that is fixed in days."""
    if not isinstance(one, p.Duration) or not isinstance(other, p.Duration):
        return False
    if "hour" in (one.unit, other.unit):
        return False
    return bool((deadline_table(one)[: LAST + 1] <= deadline_table(other)[: LAST + 1]).all())


def case_text(region: Region, *conditions: p.Condition) -> str:
    """The case in the words of the language, as far as these conditions look at it."""
    leaves = dict.fromkeys(leaf for each in conditions for leaf in leaves_of(each))
    told = (f"{'' if region[leaf] else 'not '}{condition_text(leaf)}" for leaf in leaves)
    return " and ".join(f"`{words}`" for words in told)


def given_reason(rule: p.Rule, *words: object) -> bool:
    """Whether a ``because`` in the rule names all of these: its author says why it is so."""
    return any(all(str(word) in reason for word in words) for reason in _reasons(rule))


def _reasons(rule: p.Rule) -> Iterator[str]:
    """What the rule gives as reasons, its clauses and exceptions included."""
    yield from rule.because
    for scoped in rule.duties:
        duty = scoped.duty
        yield from duty.grounds.because
        for clause in p.exceptions(duty):
            yield from clause.grounds.because
