"""Pairs of a rule of law and a local one that refines it: the same with something changed."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date
from typing import Any

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.audit.asked import CaseSpace
from duly.engine.audit.compared import Compared
from duly.engine.audit.comparing import Terms, compare
from duly.engine.audit.limits import start_dates
from duly.engine.days import day_of
from duly.engine.lower import Lowering
from duly.engine.plan import DutyPlan
from duly.engine.regions import Space
from tests.vocabulary import CALENDARS, KINDS, NEVER, ROLES
from tests.writer import Writer, random_rule

DATES = start_dates(date(2015, 1, 1), date(2034, 12, 31))
TODAY = day_of(date(2025, 4, 1))
LAW = p.Pack("law", "The law")
LOCAL = p.Pack("local", "Local policy", over="law")
POLICY = p.Policy((LAW, LOCAL), KINDS, ROLES, CALENDARS, (NEVER,))

SHAPES = ("basic", "windows", "early", "moment", "anchors")
"""Constructs of which the rules of law are made."""


def terms() -> Terms:
    """On what terms a pair is compared; what is kept of one pair is of no use to the next."""
    return Terms(CaseSpace(Space(KINDS, (NEVER,))), (TODAY, TODAY), DATES)


def random_law(rng: random.Random) -> p.Rule:
    """A rule of law with one duty."""
    while True:
        rule = random_rule(rng, KINDS, SHAPES, CALENDARS)
        duties = [each for each in rule.duties if isinstance(each.duty, p.Do)]
        plain = [each for each in duties if not each.duty.after and not each.duty.instead]  # type: ignore[union-attr]
        if plain:
            return evolve(rule, pack="law", name="rule", duties=(plain[0],))


Change = Callable[[random.Random, p.Scoped], p.Scoped]


def _writer(rng: random.Random) -> Writer:
    return Writer(rng, KINDS, CALENDARS, frozenset({"basic"}), "basic")


def _row(scoped: p.Scoped) -> p.Kind | None:
    return KINDS[scoped.scope.period] if isinstance(scoped.scope, p.During) else None


def _with_do(scoped: p.Scoped, **changes: Any) -> p.Scoped:
    return evolve(scoped, duty=evolve(scoped.duty, **changes))


def _with_step(
    rng: random.Random, scoped: p.Scoped, change: Callable[[p.Step], p.Step]
) -> p.Scoped:
    steps = list(scoped.duty.steps)  # type: ignore[union-attr]
    place = rng.randrange(len(steps))
    steps[place] = change(steps[place])
    return _with_do(scoped, steps=tuple(steps))


def change_number(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    """Another length of time, most often a shorter one."""

    def other(length: object) -> object:
        if not isinstance(length, p.Duration):
            return length
        if rng.random() < 0.3:
            return _writer(rng).duration()
        return evolve(length, count=max(1, length.count - rng.choice((0, 1, 1, 2, -1))))

    def change(step: p.Step) -> p.Step:
        timing = step.timing
        if isinstance(timing, p.Within | p.Every | p.By):
            timing = evolve(timing, duration=other(timing.duration))
        elif isinstance(timing, p.Before) and timing.lead is not None:
            timing = evolve(timing, lead=other(timing.lead))
        unless = tuple(evolve(each, then=other(each.then)) for each in step.unless)
        return evolve(step, timing=timing, unless=unless)

    return _with_step(rng, scoped, change)


def change_anchor(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    """Another anchor, or the same with more or fewer days that count."""

    def change(step: p.Step) -> p.Step:
        anchor = getattr(step.timing, "anchor", None)
        if anchor is None:
            return step
        choices: list[p.Anchor] = [_writer(rng).anchor(True, _row(scoped))]
        if isinstance(anchor, p.EventDay):
            choices += [evolve(anchor, where=KINDS[anchor.event].counts)] * 2
            choices += [p.AnyOf((anchor, p.Birthday(5)))] * 2
        chosen = rng.choice(choices)
        if isinstance(step.timing, p.By | p.Before) and isinstance(chosen, p.ScopeStart):
            return step
        return evolve(step, timing=evolve(step.timing, anchor=chosen))

    return _with_step(rng, scoped, change)


def change_filter(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    """Other acts that fulfil it."""
    act = scoped.duty.act  # type: ignore[union-attr]
    kind = KINDS[act.event]
    test = _writer(rng).attribute(kind)
    where = rng.choice((kind.counts, test, _both(act.where, test)))
    return _with_do(scoped, act=evolve(act, where=where))


def _both(one: p.Condition | None, other: p.Condition | None) -> p.Condition | None:
    found = tuple(each for each in (one, other) if each is not None)
    return p.And(found) if len(found) > 1 else found[0] if found else None


def change_scope(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    """Another scope, or the same that stands at other times."""
    if not isinstance(scoped.scope, p.During):
        return scoped
    condition = _writer(rng).condition(True, _row(scoped))
    where = scoped.scope.where
    other = rng.choice(
        (None, condition, _both(where, condition), p.Or((where or condition, condition)))
    )
    period = scoped.scope.period if rng.random() < 0.9 else _writer(rng).period().name
    return evolve(scoped, scope=p.During(period, other))


def change_steps(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    """A step more, or one less."""
    steps = scoped.duty.steps  # type: ignore[union-attr]
    if any(isinstance(step.timing, p.By | p.Before | p.Times) for step in steps):
        return scoped
    if len(steps) > 1 and rng.random() < 0.5:
        return _with_do(scoped, steps=steps[:-1])
    if isinstance(steps[-1].timing, p.Every) and steps[-1].timing.until is None:
        first = p.Step(p.Within(_writer(rng).duration(), p.ScopeStart()))
        return _with_do(scoped, steps=(first, *steps))
    more = p.Step(p.Every(_writer(rng).duration()))
    return _with_do(scoped, steps=(*steps, more))


def change_reading(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    other = "strict" if scoped.duty.reading == "each moment" else "each moment"  # type: ignore[union-attr]
    return _with_do(scoped, reading=other)


def change_window(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    """Other windows, or more or fewer in each."""

    def change(step: p.Step) -> p.Step:
        timing = step.timing
        if not isinstance(timing, p.Times):
            return (
                evolve(step, timing=p.Times(1, _writer(rng).window()))
                if rng.random() < 0.2
                else step
            )
        if rng.random() < 0.6:
            return evolve(
                step, timing=evolve(timing, count=max(1, timing.count + rng.choice((-1, 1))))
            )
        return evolve(step, timing=evolve(timing, window=_writer(rng).window()))

    steps = scoped.duty.steps  # type: ignore[union-attr]
    return _with_step(rng, scoped, change) if len(steps) == 1 else scoped


def change_exceptions(rng: random.Random, scoped: p.Scoped) -> p.Scoped:
    """An exception more, one less, or one that holds less often."""

    def change(step: p.Step) -> p.Step:
        own, row = _writer(rng), _row(scoped)
        if step.unless and rng.random() < 0.7:
            first, *rest = step.unless
            if rng.random() < 0.5:
                return evolve(step, unless=tuple(rest))
            narrower = _both(first.condition, own.condition(True, row))
            assert narrower is not None
            return evolve(step, unless=(evolve(first, condition=narrower), *rest))
        then = None if rng.random() < 0.5 or isinstance(step.timing, p.Times) else own.duration()
        if isinstance(step.timing, p.Before):
            then = None
        return evolve(step, unless=(*step.unless, p.Unless(own.condition(True, row), then)))

    return _with_step(rng, scoped, change)


CHANGES: dict[str, Change] = {
    "number": change_number,
    "anchor": change_anchor,
    "filter": change_filter,
    "scope": change_scope,
    "steps": change_steps,
    "reading": change_reading,
    "window": change_window,
    "exceptions": change_exceptions,
}


@frozen(eq=False)
class Pair:
    """A rule of law, a local one that refines it, and in what they were made to differ."""

    law: p.Rule
    local: p.Rule
    changed: tuple[str, ...]

    def plans(self) -> tuple[DutyPlan, DutyPlan]:
        """Both duties as the evaluator has them."""
        lowering = Lowering(POLICY)
        return (
            lowering.duty(LAW, self.law, 0, self.law.duties[0]),
            lowering.duty(LOCAL, self.local, 0, self.local.duties[0]),
        )

    def compared(self) -> Compared:
        law, local = self.plans()
        return compare(law, local, (local,), terms())


def random_pair(rng: random.Random) -> Pair:
    """A rule of law, and the same with one to three things changed, each as often as another."""
    main = rng.choice(sorted(CHANGES))
    while True:
        law = random_law(rng)
        scoped = CHANGES[main](rng, law.duties[0])
        if scoped != law.duties[0]:
            break
    done = [main]
    for name in rng.sample(sorted(CHANGES), rng.choice((0, 0, 1, 2))):
        before, scoped = scoped, CHANGES[name](rng, scoped)
        if scoped != before:
            done.append(name)
    local = evolve(law, pack="local", refines="law.rule", duties=(scoped,))
    return Pair(law, local, tuple(dict.fromkeys(done)))
