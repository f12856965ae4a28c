"""Made-up rules: a vocabulary and the constructs wanted in, rules that use them out.

Choices come from a ``random.Random``, also from the one that hypothesis makes smaller: the first
of several is the simplest, and what need not be there is left out where the dice come out low.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from datetime import date, time, timedelta
from typing import TypeVar

from attrs import evolve, field, frozen

from duly.dsl.conditions import counted
from duly.dsl.policy import (
    PREVIOUS,
    Act,
    Aged,
    Agreed,
    Always,
    Anchor,
    And,
    AnyOf,
    Becoming,
    Before,
    Birthday,
    By,
    Calendar,
    CalendarUnit,
    Compare,
    Condition,
    Count,
    Do,
    Duration,
    During,
    Elapsed,
    EventDay,
    Every,
    Flag,
    Forbid,
    ForEach,
    Grounds,
    Have,
    Includes,
    InForce,
    Is,
    Kind,
    Lasting,
    Length,
    Missed,
    NamedCalendar,
    Not,
    Or,
    PeriodEdge,
    Rule,
    Running,
    Scope,
    Scoped,
    ScopeStart,
    Sooner,
    Stated,
    Step,
    Times,
    Timing,
    Unless,
    While,
    Window,
    Within,
    WithoutNumber,
    both_in_force,
)

Choice = TypeVar("Choice")

SHAPES = (
    "basic",
    "later",
    "anchors",
    "early",
    "own_days",
    "windows",
    "states",
    "prohibitions",
    "ends",
    "instead",
    "missed",
    "hours",
    "clock",
)
"""Constructs that make a duty what it is; a duty has one of them."""

TRAITS = (
    "numbers",
    "lasting",
    "since",
    "asap",
    "agreed",
    "moment",
    "dates",
    "transitional",
    "waives",
    "never",
    "known_at",
    "columns",
)
"""Constructs that any duty may have beside."""

CONSTRUCTS = (*SHAPES, *TRAITS)

ABOUT = date(2024, 7, 1)
"""A day about which the dates in force of made-up rules lie."""


@frozen
class Writer:
    """Writes rules over a vocabulary: any mixture that the language allows.

    ``uses`` names the constructs that may be there, ``main`` the one that must.
    """

    rng: random.Random
    kinds: Mapping[str, Kind]
    calendars: Mapping[str, Calendar] = field(factory=dict)
    uses: frozenset[str] = frozenset({"basic"})
    main: str = "basic"

    # dice

    def chance(self, likely: float) -> bool:
        # Not less than: what hypothesis makes small comes out as no.
        return self.rng.random() >= 1 - likely

    def choice(self, found: Sequence[Choice]) -> Choice:
        return self.rng.choice(found)

    def on(self, construct: str, likely: float = 0.25) -> bool:
        """Whether to use a construct here: often, if it is the one that is wanted."""
        if construct == self.main:
            return self.chance(0.6)
        return construct in self.uses and self.chance(likely)

    # words of the vocabulary

    def of_nature(self, nature: str) -> list[Kind]:
        return [kind for kind in self.kinds.values() if kind.nature == nature]

    def event(self) -> Kind:
        return self.choice(self.of_nature("event"))

    def period(self) -> Kind:
        return self.choice(self.of_nature("period"))

    def duration(self, *, days: bool = False) -> Duration:
        choices = "1 week,2 week,6 week,10 day,1 day"
        if not days:
            choices += ",1 month,3 month,6 month,1 year"
            choices += ",2 working day,10 working day,20 working day"
        count, unit = self.choice(choices.split(",")).split(" ", 1)
        return Duration(int(count), unit)  # type: ignore[arg-type]

    def length(self, row: Kind | None) -> Length:
        """A length of time: the rule's own, or one that a record states."""
        if not self.on("agreed"):
            return self.duration()
        owners = [kind for kind in (row, *self.of_nature("subject")) if kind is not None]
        named = [
            Agreed(kind.name, attribute.name)
            for kind in owners
            for attribute in kind.attributes.values()
            if attribute.type == "duration"
        ]
        if not named:
            return self.duration()
        agreed = self.choice(named)
        if self.chance(0.5):
            other = self.choice(named) if self.chance(0.2) else self.duration()
            return Sooner((other, agreed) if self.chance(0.3) else (agreed, other))
        return agreed

    # tests on rows

    def attribute(self, kind: Kind) -> Condition | None:
        """A test on an attribute of the row that is judged."""
        wanted = ("yes/no", "one of", "role", "number", "list of role")
        usable = [a for a in kind.attributes.values() if a.type in wanted[: self.types]]
        if not usable:
            return None
        chosen = self.choice(usable)
        match chosen.type:
            case "yes/no":
                test: Condition = Flag(kind.name, chosen.name)
                return Not(test) if self.chance(0.2) else test
            case "number":
                low = self.choice((1, 2, 4))
                bounds = self.choice(((low, None), (None, low), (low, low + 1)))
                return Compare(kind.name, chosen.name, *bounds)
            case "list of role":
                return Includes(kind.name, chosen.name, self.choice(("IRO", "police")))
            case _:
                if self.main in ("numbers", "never") and self.chance(0.3):
                    return Stated(kind.name, chosen.name)
                values = chosen.values or ("IRO", "police", "health")
                named = {self.choice(values) for _ in range(self.choice((1, 1, 2)))}
                return Is(kind.name, chosen.name, tuple(sorted(named)))

    @property
    def types(self) -> int:
        return 5 if "numbers" in self.uses else 2

    def where(self, kind: Kind, likely: float) -> Condition | None:
        """A test on a row of a kind, and that the row counts."""
        own = self.attribute(kind) if self.chance(likely) else None
        return counted(kind, own) if kind.counts is not None else own

    # anchors

    def anchor(self, scoped: bool, period: Kind | None) -> Anchor:
        """`start`, an event, or the edge of another period; others where they are wanted."""
        if self.on("anchors"):
            return self.further_anchor(scoped, period)
        if scoped and self.chance(0.4):
            return ScopeStart()
        return self.recorded_anchor(period)

    def recorded_anchor(self, period: Kind | None) -> EventDay | PeriodEdge:
        ordinal = self.choice((None, None, 1, 2))
        others = [kind for kind in self.of_nature("period") if kind is not period]
        if others and self.chance(0.3):
            edge = self.choice(("start", "end"))
            return PeriodEdge(self.choice(others).name, edge, ordinal)  # type: ignore[arg-type]
        event = self.event()
        return EventDay(event.name, ordinal, self.where(event, 0.25))

    def further_anchor(self, scoped: bool, period: Kind | None) -> Anchor:
        match self.rng.randint(0, 3):
            case 0:
                return Birthday(self.choice((1, 5, 16)))
            case 1:
                return self.milestone_day() or Birthday(5)
            case 2:
                # Conditions of the plainest kinds, or there would be no end to them.
                plain = evolve(self, main="basic", uses=self.uses - {"anchors", "since"})
                return Becoming(plain.condition(False, None))
            case _:
                first = self.recorded_anchor(period)
                plain: tuple[Anchor, ...] = (ScopeStart(),) if scoped else ()
                others = (self.recorded_anchor(period), Birthday(5), *plain)
                return AnyOf((first, self.choice(others)))

    def milestone_day(self) -> EventDay | None:
        with_dates = [kind for kind in self.of_nature("event") if kind.milestones]
        if not with_dates:
            return None
        kind = self.choice(with_dates)
        return EventDay(kind.name, None, kind.counts, kind.milestones[0].name)

    # conditions

    def leaf(self, scoped: bool, row: Kind | None) -> Condition:
        """One test: on the row judged, on what is recorded, or on time."""
        if self.on("lasting"):
            return self.lasting(scoped, row)
        if self.on("since"):
            return self.since(scoped, row)
        likely = 0.8 if self.main == "numbers" else 0.35
        on_row = self.attribute(row) if row is not None and self.chance(likely) else None
        if on_row is not None:
            return on_row
        own = scoped and self.chance(0.7)
        match self.rng.randint(0, 5):
            case 0:
                return Aged(self.choice((1, 5, 16)))
            case 1:
                period = self.choice(self.exclusive()) if self.on("never") else self.period()
                return Running(period.name, self.where(period, 0.2))
            case 2:
                period = self.period()
                return Count(period.name, 1, None, self.where(period, 0.3), own=own)
            case 3:
                return Elapsed(self.condition_anchor(scoped, row), self.duration())
            case _:
                event = self.event()
                window = self.duration() if self.chance(0.3) else None
                at_least = self.choice((1, 1, 2))
                at_most = at_least if self.chance(0.15) else None
                return Count(event.name, at_least, at_most, self.where(event, 0.3), window, own)

    def exclusive(self) -> list[Kind]:
        """Periods of which a `never` says that they cannot run together."""
        return [self.kinds[name] for name in ("long_term_foster", "short_break")]

    def condition_anchor(self, scoped: bool, row: Kind | None) -> Anchor:
        """An anchor of a condition, which is one alone."""
        anchor = self.anchor(scoped, row)
        return anchor.anchors[0] if isinstance(anchor, AnyOf) else anchor

    def lasting(self, scoped: bool, row: Kind | None) -> Condition:
        period, more = self.period().name, self.chance(0.4)
        match self.rng.randint(0, 2):
            case 0:
                return Lasting(period, self.duration(), more)
            case 1:
                window = Duration(self.choice((4, 10, 26)), "week")
                return Lasting(period, self.duration(days=True), more, window)
            case _:
                since = self.condition_anchor(scoped, row)
                return Lasting(period, self.duration(days=True), more, None, since)

    def since(self, scoped: bool, row: Kind | None) -> Condition:
        event, own = self.event(), scoped and self.chance(0.7)
        since = self.condition_anchor(scoped, row)
        at_least = self.choice((1, 1, 2))
        at_most = at_least if self.chance(0.2) else None
        return Count(event.name, at_least, at_most, self.where(event, 0.3), None, own, since)

    def condition(self, scoped: bool, row: Kind | None) -> Condition:
        first = self.leaf(scoped, row)
        if self.chance(0.25):
            first = Not(first)
        if self.chance(0.4):
            second = self.leaf(scoped, row)
            return Or((first, second)) if self.chance(0.5) else And((first, second))
        return first

    # exceptions

    def exceptions(self, scoped: bool, row: Kind | None) -> tuple[Unless, ...]:
        """Exceptions that exempt, or put another length of time in place."""
        least = 1 if self.main in TRAITS else 0
        found = [
            Unless(self.condition(scoped, row), self.consequence(row), self.grounds())
            for _ in range(max(self.choice((0, 1, 1, 2)), least))
        ]
        return tuple(found)

    def consequence(self, row: Kind | None) -> Length | WithoutNumber | None:
        if self.on("asap"):
            return WithoutNumber("as soon as practicable")
        return self.length(row) if self.chance(0.6) else None

    def exemptions(self, scoped: bool, row: Kind | None) -> tuple[Unless, ...]:
        """The same for a duty that has no length of time."""
        return tuple(evolve(it, then=None) for it in self.exceptions(scoped, row))

    def grounds(self) -> Grounds:
        return Grounds(in_force=self.in_force()) if self.on("dates") else Grounds()

    def in_force(self) -> InForce:
        start = ABOUT + timedelta(days=self.rng.randint(-500, 600))
        end = start + timedelta(days=self.rng.randint(0, 500))
        return self.choice((InForce(start, end), InForce(start), InForce(None, end)))

    # scopes and acts

    def scope(self, *, open_ended: bool = True) -> tuple[Scope, Kind | None]:
        """Mostly within a period; else under a condition, or under no scope."""
        period = self.period()
        lot = self.rng.randint(0, 9)
        if lot == 9 and open_ended:
            return Always(), None
        if lot == 8:
            return While(And((Running(period.name), self.condition(False, None)))), None
        where = self.condition(True, period) if self.chance(0.25) else None
        return During(period.name, where), period

    def act(self) -> Act:
        event = self.event()
        return Act(event.name, self.where(event, 0.3))

    def do(self, scope: Scope, act: Act, *steps: Step) -> Scoped:
        reading = "each moment" if self.main == "moment" or self.on("moment") else "strict"
        return Scoped(scope, Do(act, steps, reading=reading, grounds=self.grounds()))  # type: ignore[arg-type]

    # duties

    def duties(self) -> list[Scoped]:
        """The duties of one sentence: an exception or a clause may add another."""
        shape = self.main if self.main in SHAPES else "basic"
        if self.main in TRAITS and self.chance(0.4):
            shape = self.choice([name for name in SHAPES if name in self.uses | {"basic"}])
        if self.main == "since" and self.chance(0.3):
            return [self.each()]
        written: Callable[[], list[Scoped]] = getattr(self, shape)
        return written()

    def basic(self) -> list[Scoped]:
        event, period = self.event(), self.period()
        act = Act(event.name, self.where(event, 0.3))
        match self.rng.randint(0, 9):
            case 9:
                return [self.each()]
            case 8 if event.milestones:
                step = Step(Within(self.duration()), self.exceptions(False, None))
                milestone = evolve(act, milestone=event.milestones[0].name)
                return [self.do(Always(), milestone, step)]
            case 7:
                other = self.event()
                timing = Within(self.duration(), EventDay(other.name, None, other.counts))
                return [self.do(Always(), act, Step(timing, self.exceptions(False, None)))]
            case 6:
                condition = And((Running(period.name), self.condition(False, None)))
                return [self.do(While(condition), act, *self.steps(None))]
            case 5 if self.main == "asap" or "asap" in self.uses:
                after = self.duration() if self.chance(0.5) else None
                anchor = self.anchor(True, period)
                soon = WithoutNumber("as soon as practicable", anchor, after)
                return [self.do(During(period.name), act, Step(soon))]
            case _:
                where = self.condition(True, period) if self.chance(0.25) else None
                return [self.do(During(period.name, where), act, *self.steps(period))]

    def each(self) -> Scoped:
        event = self.event()
        ordinal = self.choice((None, None, 2)) if "anchors" in self.uses else None
        occasion = EventDay(event.name, ordinal, event.counts)
        if self.chance(0.2):
            edge = PeriodEdge(self.period().name, "start" if self.chance(0.6) else "end")
            where = self.where(self.kinds[edge.period], 0.3)
            writer = evolve(self, main="basic") if self.main != "since" else self
            have = Have(writer.condition(False, self.kinds[edge.period]), grounds=self.grounds())
            return Scoped(ForEach(edge, where), self.with_previous(have, edge, where))
        where = self.attribute(event) if self.chance(0.3) else None
        unless = self.exemptions(False, event)
        have = Have(self.condition(False, event), unless, grounds=self.grounds())
        return Scoped(ForEach(occasion, where), self.with_previous(have, occasion, where))

    def with_previous(
        self, have: Have, occasion: EventDay | PeriodEdge, where: Condition | None
    ) -> Have:
        """What is counted on an occasion is counted since the one before."""
        if not self.on("since"):
            return have
        kind = self.event()
        tests = tuple(test for test in (occasion.where, where) if test is not None)
        test = tests[0] if len(tests) == 1 else And(tests) if tests else None
        previous = evolve(occasion, ordinal=PREVIOUS, where=test)
        low = self.choice((1, 1, 2))
        count = Count(kind.name, low, None, self.where(kind, 0.3), None, False, previous)
        return evolve(have, condition=Not(count) if self.chance(0.3) else count)

    def steps(self, row: Kind | None) -> tuple[Step, ...]:
        """A single step, or a sequence that ends in a repeating one."""
        within = Within(self.length(row), self.anchor(True, row))
        until = Every(self.duration(), self.anchor(True, row))
        later, repeat = Within(self.duration()), Every(self.length(row))
        shapes: tuple[tuple[Timing, ...], ...] = (
            (within,),
            (repeat,),
            (repeat,),
            (within, repeat),
            (within, later, repeat),
            (within, until, repeat),
            (until, repeat),
            (until, later),
        )
        return tuple(Step(timing, self.exceptions(True, row)) for timing in self.choice(shapes))

    def anchors(self) -> list[Scoped]:
        """Clocks that run from birthdays, milestones, several anchors, or what becomes true."""
        scope, period = self.scope()
        scoped = not isinstance(scope, Always)
        first = Within(self.length(period), self.further_anchor(scoped, period))
        step = Step(first, self.exceptions(scoped, period))
        if not scoped or self.chance(0.5):
            return [self.do(scope, self.act(), step)]
        if self.chance(0.5):
            return [self.do(scope, self.act(), step, Step(Every(self.duration())))]
        until = Every(self.duration(), self.further_anchor(scoped, period))
        repeat = Step(Every(self.duration()), self.exceptions(scoped, period))
        return [self.do(scope, self.act(), Step(until), repeat)]

    def later(self) -> list[Scoped]:
        """Sequences whose later steps name an anchor of their own."""
        scope, period = self.scope(open_ended=False)
        first: Timing = Within(self.duration(), self.anchor(True, period))
        if self.chance(0.3):
            first = Every(self.duration(), self.recorded_anchor(period))
        anchor = self.anchor(True, period)
        seconds: tuple[Timing, ...] = (
            Within(self.duration(), anchor),
            By(self.duration(), anchor),
            Before(anchor, self.duration() if self.chance(0.5) else None),
        )
        second = self.choice(seconds)
        exceptions = self.exceptions(True, period)
        if isinstance(second, Before):
            exceptions = self.exemptions(True, period)
        steps = [Step(first), Step(second, exceptions)]
        if self.chance(0.5):
            steps.append(Step(Every(self.duration())))
        return [self.do(scope, self.act(), *steps)]

    def early(self) -> list[Scoped]:
        """Deadlines that an act before them meets."""
        scope, period = self.scope()
        scoped = not isinstance(scope, Always)
        act = self.act()
        anchor = self.anchor(scoped, period)
        kind = self.kinds[act.event]
        if kind.milestones and self.chance(0.25):
            act = Act(kind.name, kind.counts, kind.milestones[0].name)
            anchor = EventDay(kind.name, None, kind.counts) if self.chance(0.6) else anchor
        return [self.do(scope, act, self.early_step(scoped, period, anchor))]

    def own_days(self) -> list[Scoped]:
        """Milestones that are counted from a day of their own event."""
        scope, period = self.scope()
        scoped = not isinstance(scope, Always)
        kind = self.choice([kind for kind in self.of_nature("event") if kind.milestones])
        act = Act(kind.name, self.where(kind, 0.3), kind.milestones[0].name)
        anchor, row = self.own_day(kind), self.choice((period, kind))
        match self.rng.randint(0, 4):
            case 0:
                after = self.duration() if self.chance(0.5) else None
                step = Step(WithoutNumber("as soon as practicable", anchor, after))
            case 1 | 2:
                step = Step(Within(self.duration(), anchor), self.exceptions(scoped, row))
            case _:
                step = self.early_step(scoped, row, anchor)
        return [self.do(scope, act, step)]

    def own_day(self, kind: Kind) -> EventDay:
        """The day of a milestone's own event, or another of its milestones."""
        others = kind.milestones[1:]
        if others and self.chance(0.5):
            return EventDay(kind.name, None, kind.counts, self.choice(others).name)
        ordinal = self.choice((None, None, 1, 2))
        return EventDay(kind.name, ordinal, self.where(kind, 0.3))

    def early_step(self, scoped: bool, period: Kind | None, anchor: Anchor) -> Step:
        if self.chance(0.5):
            lead = self.duration() if self.chance(0.7) else None
            clear = self.chance(0.7)
            return Step(Before(anchor, lead, clear), self.exemptions(scoped, period))
        plain = Duration(0, "day") if self.chance(0.4) else self.duration()
        return Step(By(plain, anchor), self.exceptions(scoped, period))

    def windows(self) -> list[Scoped]:
        scope, period = self.scope(open_ended=False)
        timing = Times(self.choice((1, 1, 2, 3)), self.window(), self.chance(0.3))
        step = Step(timing, self.exemptions(True, period))
        return [self.do(scope, self.act(), step)]

    def window(self) -> Window:
        units = ("month", "quarter", "year", "week")
        found: list[Window] = [
            self.choice((Duration(1, "month"), Duration(6, "week"), Duration(20, "working day"))),
            CalendarUnit(self.choice(units)),  # type: ignore[arg-type]
        ]
        if self.calendars:
            found.append(NamedCalendar(self.choice(sorted(self.calendars)), self.chance(0.4)))
        return self.choice(found)

    def states(self) -> list[Scoped]:
        scope, period = self.scope(open_ended=False)
        have = Have(
            self.condition(True, period),
            self.exemptions(True, period),
            throughout=True,
            grounds=self.grounds(),
        )
        return [Scoped(scope, have)]

    def prohibitions(self) -> list[Scoped]:
        scope, period = self.scope()
        scoped = not isinstance(scope, Always)
        act = self.act()
        if self.chance(0.2):
            act = Act(self.period().name, edge=self.choice(("end", "start")))
        elif self.kinds[act.event].milestones and self.chance(0.2):
            act = evolve(act, milestone=self.kinds[act.event].milestones[0].name)
        anchor = self.anchor(scoped, period)
        stretches = (None, Before(anchor), Within(self.duration(), anchor))
        row = self.kinds[act.event] if self.chance(0.4) else period
        return [
            Scoped(
                scope,
                Forbid(
                    act,
                    self.choice(stretches),
                    self.exemptions(scoped, row),
                    grounds=self.grounds(),
                ),
            )
        ]

    def ends(self) -> list[Scoped]:
        """`must end P`, `must start P`."""
        scope, period = self.scope(open_ended=False)
        thing = period if period is not None and self.chance(0.6) else self.period()
        where = self.where(thing, 0.2)
        if self.chance(0.6):
            step = Step(Within(self.duration()), self.exceptions(True, period))
            return [self.do(scope, Act(thing.name, where, edge="end"), step)]
        anchor = self.anchor(True, period)
        timing: Timing = Within(self.duration(), anchor)
        edge = self.choice(("start", "start", "end"))
        if edge == "end" or self.chance(0.3):
            timing = By(self.duration(), anchor)
        act = Act(thing.name, where, edge=edge)  # type: ignore[arg-type]
        return [self.do(scope, act, Step(timing, self.exceptions(True, period)))]

    def instead(self) -> list[Scoped]:
        """An exception that names a day of its own."""
        scope, period = self.scope(open_ended=False)
        base = self.do(scope, self.act(), *self.steps(period)[:1])
        assert isinstance(base.duty, Do)
        reason = Unless(self.condition(True, period), grounds=self.grounds())
        later = self.exemptions(True, period) if self.chance(0.2) else ()
        (step,) = base.duty.steps
        timings: tuple[Timing, ...] = (
            Within(self.duration(), self.anchor(True, period)),
            By(self.duration(), self.anchor(True, period)),
            Before(self.anchor(True, period)),
        )
        own = self.choice(timings)
        first = evolve(base.duty, steps=(evolve(step, unless=(*step.unless, reason, *later)),))
        in_force = both_in_force(base.duty.grounds.in_force, reason.grounds.in_force)
        second = evolve(
            base.duty,
            steps=(Step(own),),
            instead=(reason, *later),
            grounds=Grounds(in_force=in_force),
        )
        return [Scoped(scope, first), Scoped(scope, second)]

    def missed(self) -> list[Scoped]:
        """`failing which`, from the deadline that was missed."""
        shapes = ["basic", *(name for name in ("early", "later", "hours") if name in self.uses)]
        writer = evolve(self, main=self.choice(shapes))
        (first,) = getattr(writer, writer.main)()
        if not isinstance(first.duty, Do):
            return [first]
        timed = [
            n for n, it in enumerate(first.duty.steps) if not isinstance(it.timing, WithoutNumber)
        ]
        if not timed:
            return [first]
        number = self.choice(timed)
        length = self.in_hours() if writer.main == "hours" else self.duration()
        step = Step(Within(length, Missed(number)))
        clause = evolve(
            first.duty,
            steps=(step,),
            failing_which=True,
            after=first.duty,
            grounds=self.grounds(),
        )
        return [first, Scoped(first.scope, clause)]

    def hours(self) -> list[Scoped]:
        """Limits in hours, from moments that may be known or not."""
        scope, period = self.scope()
        scoped = not isinstance(scope, Always)
        step = Step(
            Within(self.in_hours(), self.anchor(scoped, period)), self.sooner_or_later(period)
        )
        lot = self.rng.randint(0, 4)
        if lot == 4:
            kind = self.choice([kind for kind in self.of_nature("event") if kind.milestones])
            act = Act(kind.name, kind.counts, kind.milestones[0].name)
            own = Step(Within(self.in_hours()), self.sooner_or_later(kind))
            return [self.do(Always(), act, own)]
        if lot == 3:
            by = By(self.in_hours(), self.anchor(scoped, period))
            return [self.do(scope, self.act(), Step(by, self.sooner_or_later(period)))]
        if lot == 2 and scoped:
            later = Step(Within(self.in_hours()), self.sooner_or_later(period))
            return [self.do(scope, self.act(), step, later)]
        return [self.do(scope, self.act(), step)]

    def in_hours(self) -> Duration:
        return Duration(self.choice((24, 72, 4, 48, 100)), "hour")

    def sooner_or_later(self, row: Kind | None) -> tuple[Unless, ...]:
        found = self.exceptions(row is not None, row)
        return tuple(
            evolve(it, then=self.in_hours()) if it.then is not None and self.chance(0.5) else it
            for it in found
        )

    def clock(self) -> list[Scoped]:
        """`by` a time of day."""
        scope, period = self.scope()
        scoped = not isinstance(scope, Always)
        at = self.choice((time(10), time(13, 30), time(0, 1)))
        days = Duration(self.choice((0, 1)), "day")
        by = By(days, self.anchor(scoped, period), at)
        return [self.do(scope, self.act(), Step(by, self.exemptions(scoped, period)))]


def random_rule(
    rng: random.Random,
    kinds: Mapping[str, Kind],
    uses: Sequence[str] = ("basic",),
    calendars: Mapping[str, Calendar] | None = None,
    duties: int = 1,
) -> Rule:
    """One made-up rule over a vocabulary, with one of the constructs at least."""
    main = rng.choice(sorted(uses, key=CONSTRUCTS.index))
    writer = Writer(rng, kinds, calendars or {}, frozenset(uses), main)
    found = [scoped for _ in range(duties) for scoped in writer.duties()]
    in_force = writer.in_force() if writer.on("dates") else InForce()
    transitional = main == "transitional" or writer.on("transitional")
    if transitional:
        in_force = evolve(writer.in_force(), end=ABOUT + timedelta(days=rng.randint(-300, 600)))
    if in_force.start and in_force.end and in_force.end < in_force.start:
        in_force = evolve(in_force, start=None)
    return Rule(
        "random", "rule", "Rule", tuple(found), in_force=in_force, transitional=transitional
    )
