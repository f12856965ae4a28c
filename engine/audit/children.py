"""A child for a region: the fewest facts by which it is in that region when a clock starts.

What is built here is a guess that the evaluator then judges (``duly.engine.audit.replay``): a
child that does not come out as meant is thrown away, so nothing rests on this being right.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import define, field

from duly.dsl import policy as p
from duly.dsl.scenario import Fact, Scalar, Scenario
from duly.engine.audit.anchors import until
from duly.engine.audit.asked import free_leaves
from duly.engine.audit.attributes import CannotBuild, OnAttribute, Recording, filled, passes
from duly.engine.audit.clocks import SOME_TIME, Clock, days_before
from duly.engine.days import date_of
from duly.engine.families import Region
from duly.engine.plan import leaves_of
from duly.engine.regions import Space
from duly.engine.truth import truth_of


def child(
    clock: Clock, region: Region, policy: p.Policy, as_at: int, slack: int = SOME_TIME
) -> Scenario:
    """A child whose clock starts on the day, in the region.  Raises ``CannotBuild``.

    ``slack`` is by how many days what takes time has gone on for longer than it must.
    """
    space = Space(policy.kinds, policy.never)
    region = region | _throughout(clock.law.scope, region, space)
    recording = Recording(policy, space, date_of(clock.day))
    story = _Story(
        clock, policy, recording, clock.scope_start(region, slack), clock.birthday(region)
    )
    story.scope()
    story.periods(region)
    story.anchor()
    story.events(region)
    story.attributes(region)
    return story.told(as_at)


def _throughout(scope: p.Scope, region: Region, space: Space) -> Region:
    """One way in which the condition of the scope can hold, beside the region."""
    if not isinstance(scope, p.While):
        return {}
    fixed = tuple(leaf if true else p.Not(leaf) for leaf, true in region.items())  # type: ignore[arg-type]
    given = p.And((scope.condition, *fixed))  # type: ignore[arg-type]
    leaves = dict.fromkeys((*region, *leaves_of(scope.condition)))
    found = next(space.regions(leaves, given), None)
    if found is None:
        raise CannotBuild
    return found


@define
class _Row:
    """What is recorded of the child in one place; days are day numbers."""

    kind: p.Kind
    first: int
    last: int | None = None
    values: dict[str, Scalar] = field(factory=dict)

    def counts(self, kind: str, where: p.Condition | None, by: int) -> bool:
        """Whether it is one of a kind that passes a test, no later than a day."""
        if self.kind.name != kind or self.first > by:
            return False
        if where is None:
            return True
        known = filled(self.kind, self.values)
        return truth_of(where, {leaf: passes(leaf, known) for leaf in free_leaves([where])}) is True

    def fact(self) -> Fact:
        """The row as a scenario has it."""
        last = date_of(self.last) if self.last is not None else None
        return Fact(self.kind.name, date_of(self.first), last, filled(self.kind, self.values))


@define
class _Story:
    """The facts so far; ``start`` is the first day of the scope, ``born`` that of birth."""

    clock: Clock
    policy: p.Policy
    recording: Recording
    start: int
    born: int | None
    rows: list[_Row] = field(factory=list)
    about: dict[str, Scalar] = field(factory=dict)

    def told(self, as_at: int) -> Scenario:
        """The story as a scenario."""
        subject = self.policy.subject
        return Scenario(
            pack=self.clock.local.rule.pack,
            title="a child for whom local policy is later than the law",
            born=date_of(self.born if self.born is not None else self.start - 365 * 10),
            about=filled(subject, self.about),
            facts=tuple(row.fact() for row in sorted(self.rows, key=lambda row: row.first)),
            calendars=(),
            unknown=(),
            as_at=date_of(as_at),
            known_at=None,
            expectations=(),
            subject=subject.subject,
        )

    def _row(self, kind: str, first: int, *tests: p.Condition | None) -> _Row:
        """A row more, which passes the tests."""
        values = self.recording.passing(kind, tests)
        self.rows.append(_Row(self.policy.kinds[kind], first, None, values))
        return self.rows[-1]

    def _nature(self, kind: str) -> str:
        return self.policy.kinds[kind].nature

    # ---------------------------------------------------------------- scope and anchor

    def scope(self) -> None:
        """What the duty stands in, from the first day on."""
        match self.clock.law.scope:
            case p.During(period):
                self._row(period, self.start)
            case p.While(condition) if not isinstance(condition, p.Running | p.And | p.Or | p.Not):
                raise CannotBuild

    def anchor(self) -> None:
        """What starts the clock on its day."""
        clock, day, scope = self.clock, self.clock.day, self.clock.law.scope
        if isinstance(scope, p.ForEach):
            self._on(scope.occasion, day)
            return
        repeats = isinstance(clock.timing, p.Every)
        for number, step in enumerate(clock.law.steps[: clock.step], start=not repeats):
            self._passed(step.timing, day - (clock.step - number))
        if repeats and (clock.step > 0 or self.start < day):
            self._done(day)
        elif clock.step > 0:
            return  # the clock starts with what ended the step before
        elif clock.anchor is not None:
            if not clock.starts_with_scope:
                self._on(clock.anchor, day)
        elif isinstance(clock.timing, p.Within | p.By | p.WithoutNumber):
            self._done(day)  # a milestone, which runs from its own event

    def _passed(self, timing: p.Timing, day: int) -> None:
        """A step that was over on a day."""
        anchor = p.anchor_of(timing) or until(timing)
        if anchor is not None and not isinstance(anchor, p.ScopeStart):
            self._on(anchor, day)
        self._done(day)

    def _done(self, day: int) -> None:
        """The act that both duties ask for."""
        acts = self.clock.acts
        if not acts or any(act.event != acts[0].event for act in acts):
            raise CannotBuild
        self._row(acts[0].event, day, *(act.where for act in acts))

    def _on(self, anchor: p.Anchor, day: int) -> None:
        """What an anchor names, on a day."""
        match anchor:
            case p.EventDay(event, ordinal, where, milestone):
                if ordinal == p.PREVIOUS:
                    raise CannotBuild
                row = self._row(event, day, where)
                if milestone is not None:
                    row.first -= SOME_TIME
                    row.values[milestone] = date_of(day)
                for number in range(1, ordinal or 1):
                    self._row(event, day - number, where)
            case p.PeriodEdge(period, edge, _, where):
                row = self._row(period, day, where)
                if edge == "end":
                    row.first, row.last = day - SOME_TIME, day
            case p.Birthday(years):
                self.born = days_before(day, p.Duration(years, "year"))
            case p.AnyOf((first, *_)):
                self._on(first, day)
            case _:
                raise CannotBuild

    # ---------------------------------------------------------------- facts of the region

    def periods(self, region: Region) -> None:
        """The periods that run in the region."""
        for leaf in (leaf for leaf, true in region.items() if true):
            match leaf:
                case p.Running(period, where):
                    self._runs(period, where)
                case p.Lasting(period):
                    self._runs(period, None)
                case p.Count(kind, least, _, where) if self._nature(kind) == "period":
                    for _ in range(least):
                        self._runs(kind, where)
                case p.Elapsed(p.PeriodEdge(period, "start", _, where)):
                    self._runs(period, where)

    def _runs(self, period: str, where: p.Condition | None) -> None:
        """The period running all the while, unless one that will do does already."""
        for row in self.rows:
            if row.kind.name == period and row.last is None:
                row.values |= self.recording.passing(period, [where])
                return
        self._row(period, self.start, where)

    def events(self, region: Region) -> None:
        """The events that have been in the region."""
        for leaf in (leaf for leaf, true in region.items() if true):
            match leaf:
                case p.Count(kind, least, _, where, window) if self._nature(kind) == "event":
                    there = sum(row.counts(kind, where, self.clock.day) for row in self.rows)
                    day = self.start if window is None else self.clock.counted_on(kind, region)
                    for number in range(least - there):
                        self._row(kind, day + number, where, *_not_so(kind, region))
                case p.Elapsed(p.EventDay(event, _, where, None), duration):
                    day = days_before(self.clock.day, duration) - SOME_TIME // 2
                    self._row(event, day, where)

    def attributes(self, region: Region) -> None:
        """What is recorded in the row of the scope, of its occasion, or of the child."""
        owners = {leaf.owner: None for leaf in region if isinstance(leaf, OnAttribute)}
        for owner in owners:
            values = self.recording.solved(owner, region)
            if self._nature(owner) == "subject":
                self.about |= values
                continue
            rows = [row for row in self.rows if row.kind.name == owner]
            for row in rows or [self._row(owner, self.start)]:
                row.values |= values


def _not_so(kind: str, region: Region) -> Iterator[p.Condition]:
    """The tests that no event of a kind may pass, since in the region there is none such."""
    for leaf, true in region.items():
        match leaf:
            case p.Count(other, 1, None, p.Flag() | p.Is() as test) if other == kind and not true:
                yield p.Not(test)
