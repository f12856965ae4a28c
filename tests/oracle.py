"""One rule on one child, slowly: rule and case in, judged obligations out.

This is a second reading of ``docs/reference/language.md``, sections 2 to 5: one row, one day
and one completion of the unknown facts at a time.  It shares nothing with the evaluator except
the classes that rules resolve to, so that where both agree, both are likely to be right.
Comments that begin with ``silent:`` mark a choice that the page leaves open.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import product
from typing import Literal

import holidays
from attrs import define, evolve, field, frozen
from dateutil.relativedelta import relativedelta

from duly.dsl.policy import (
    Aged,
    Always,
    Anchor,
    And,
    Condition,
    Count,
    Do,
    Duration,
    During,
    Elapsed,
    EventDay,
    Every,
    Flag,
    ForEach,
    Have,
    InForce,
    Is,
    Kind,
    Not,
    Or,
    PeriodEdge,
    Rule,
    Running,
    ScopeStart,
    Stated,
    Step,
    While,
    Within,
    WithoutNumber,
)

Value = bool | str | date | None
Truth = bool | None
Leaf = Flag | Is | Stated | Running | Count | Elapsed | Aged
Outcome = Duration | Literal["stands", "exempt", "paused", "not in force"]
Span = tuple[date | None, date | None]

DAY = timedelta(days=1)
LONG_AGO = date(1800, 1, 1)
FINDINGS = ("overdue", "not_met", "met_late")
BANK_HOLIDAYS = holidays.country_holidays("GB", subdiv="ENG")


# --------------------------------------------------------------- what goes in and comes out


@frozen
class Row:
    """One record: a period has ``start`` and ``end``, an event has ``on``."""

    id: str
    start: date | None = None
    end: date | None = None
    on: date | None = None
    values: Mapping[str, Value] = field(factory=dict)
    of: str | None = None


@frozen
class Case:
    """All that is recorded of one child.

    ``about`` holds attributes of the child.  ``coverage`` says for a kind what is held, from
    when and to when; a kind without an entry is held in full.
    """

    born: date | None = None
    rows: Mapping[str, Sequence[Row]] = field(factory=dict)
    coverage: Mapping[str, tuple[str, date | None, date | None]] = field(factory=dict)
    about: Mapping[str, Value] = field(factory=dict)


@frozen(order=True)
class Judged:
    """One obligation, with its verdict as at the end of a day."""

    duty: int
    step: int
    scope_ref: str
    anchor_day: date | None
    deadline: date | None
    fulfilled_on: date | None
    verdict: str
    days: int | None = None
    assumed: bool = False


# --------------------------------------------------------------- section 2: time


@cache
def is_working_day(day: date) -> bool:
    return day.weekday() < 5 and day not in BANK_HOLIDAYS


def nth_working_day(day: date, count: int, direction: int) -> date:
    """The n-th working day strictly after (or before) a day; the day itself for none."""
    while count:
        day += direction * DAY
        count -= is_working_day(day)
    return day


def calendar_step(duration: Duration) -> relativedelta:
    match duration.unit:
        case "day":
            return relativedelta(days=duration.count)
        case "week":
            return relativedelta(days=7 * duration.count)
        case "month":
            return relativedelta(months=duration.count)
        case "year":
            return relativedelta(years=duration.count)
        case unit:
            raise ValueError(f"no whole days in {unit}")


@cache
def last_day(anchor: date, duration: Duration) -> date:
    """The last day to act: the corresponding date, or the last day of a shorter month."""
    if duration.unit == "working day":
        return nth_working_day(anchor, duration.count, 1)
    return anchor + calendar_step(duration)


@cache
def boundary(anchor: date, duration: Duration) -> date:
    """The first day after the time has run: the day after the last day of a shorter month."""
    reached = last_day(anchor, duration)
    shortened = duration.unit in ("month", "year") and reached.day != anchor.day
    return reached + DAY if shortened else reached


@cache
def day_before(day: date, duration: Duration) -> date:
    """The first day of the window that ends on ``day``."""
    # silent: the day D before a day is the day minus D (31 August less 6 months is 28 February).
    if duration.unit == "working day":
        return nth_working_day(day, duration.count, -1)
    return day - calendar_step(duration)


def days_between(first: date, last: date) -> Iterator[date]:
    """Every day from the first to the last, both included."""
    while first <= last:
        yield first
        first += DAY


# --------------------------------------------------------------- what is recorded by the as-at day


@frozen
class Stretch:
    """Rows of a period that are one: a single row, or rows that touch where they are joined."""

    rows: tuple[Row, ...]

    @property
    def start(self) -> date | None:
        return self.rows[0].start

    @property
    def end(self) -> date | None:
        ends = [row.end for row in self.rows]
        return None if None in ends else max(end for end in ends if end)


@frozen
class World:
    """What a child's records say as at a day."""

    kinds: Mapping[str, Kind]
    case: Case
    as_at: date
    sorted: dict[str, list[Row]] = field(factory=dict, eq=False, repr=False)

    @property
    def subject(self) -> str:
        return next(kind.name for kind in self.kinds.values() if kind.nature == "subject")

    def rows(self, kind: str) -> list[Row]:
        """The rows of a kind that count as at the day, in order of date."""
        if kind not in self.sorted:
            known = [self.known(kind, row) for row in self.case.rows.get(kind, ())]
            held = [row for row in known if row] if self.span(kind) else []
            self.sorted[kind] = sorted(held, key=lambda row: (when(row), row.id))
        return self.sorted[kind]

    def known(self, kind: str, row: Row) -> Row | None:
        """The row without what lies after the as-at day; nothing if all of it does."""
        if when(row) > self.as_at:
            return None
        values = dict(row.values)
        for milestone in self.kinds[kind].milestones:
            reached = values.get(milestone.name)
            if isinstance(reached, date) and reached > self.as_at:
                values[milestone.name] = None
        ended = row.end is not None and row.end <= self.as_at
        return evolve(row, end=row.end if ended else None, values=values)

    def parent(self, kind: str, row: Row) -> str | None:
        """The id of the period that a row belongs to, blank for none; unknown without a date."""
        if row.of is not None:
            return row.of
        if when(row) == LONG_AGO:
            return None
        # silent: of several that are running, the one that began last.
        running = [
            period.id
            for period in self.rows(self.kinds[kind].of or "")
            if when(period) <= when(row) and (period.end is None or when(row) < period.end)
        ]
        return running[-1] if running else ""

    def stretches(self, kind: str) -> list[Stretch]:
        """The rows of a period, joined where the vocabulary says so."""
        # silent: a blank `joined` attribute does not join; where a row touches two rows, it
        # continues the one that comes first.  Edges of joined rows are those of the whole.
        joined = self.kinds[kind].joined
        groups: list[list[Row]] = []
        for row in self.rows(kind):
            continues = joined == "always" or (joined and row.values.get(joined) is True)
            before = [group for group in groups if any(other.end == row.start for other in group)]
            if continues and row.start and before:
                before[0].append(row)
            else:
                groups.append([row])
        return [Stretch(tuple(group)) for group in groups]

    def span(self, kind: str) -> Span | None:
        """The days of which this kind is known: ``None`` at an end is open, alone is nothing."""
        what, first, last = self.case.coverage.get(kind, ("events", None, None))
        dates = [when(row) for row in self.case.rows.get(kind, ())]
        match what:
            case "absent":
                return None
            case "latest_only":
                # silent: a child without a row had none at all.
                latest = max(dates, default=None)
                return max(filter(None, (first, latest)), default=None), last
            case "flags":
                recorded = max((day for day in dates if day > LONG_AGO), default=None)
                return recorded or last or self.as_at, last
            case _:
                return first, last

    def gaps(self, kind: str, first: date | None, last: date) -> list[tuple[date, date]]:
        """The stretches of days between two days of which this kind is not known."""
        low, span = first or LONG_AGO, self.span(kind)
        if span is None:
            pieces = [(low, last)]
        else:
            pieces = [(low, min(last, span[0] - DAY))] if span[0] else []
            # What is known on the as-at day stays so: no records are looked at beyond it.
            if span[1] and span[1] < self.as_at:
                pieces.append((max(low, span[1] + DAY), last))
        return [(start, end) for start, end in pieces if start <= end]


def when(row: Row) -> date:
    """The day of an event, the first day of a period; a blank one comes before all."""
    return row.on or row.start or LONG_AGO


# --------------------------------------------------------------- scopes


@frozen
class Scope:
    """A stretch of time in which a duty is owed.

    ``rows`` are the period's rows, ``judged`` the row of the occasion under ``for each``;
    ``all_count`` says that conditions look at all of the subject's records.
    """

    ref: str
    start: date | None
    end: date | None = None
    period: str | None = None
    rows: tuple[Row, ...] = ()
    judged: tuple[tuple[str, Row], ...] = ()
    all_count: bool = False
    undecided: bool = False

    def owns(self, world: World, kind: str, row: Row, day: date) -> Truth:
        """Whether what is dated on a day is of this scope: by id where declared, else by date."""
        if self.all_count:
            return True
        if self.period is None or world.kinds[kind].of != self.period:
            return self.contains(day)
        named = world.parent(kind, row)
        return None if named is None else named in {own.id for own in self.rows}

    def contains(self, day: date) -> bool:
        assert self.start is not None
        return self.start <= day and (self.end is None or day < self.end)


EVERYTHING = Scope("", LONG_AGO, all_count=True)


# --------------------------------------------------------------- section 3: conditions


def leaves(condition: Condition) -> set[Leaf]:
    match condition:
        case And(parts) | Or(parts):
            return {leaf for part in parts for leaf in leaves(part)}
        case Not(part):
            return leaves(part)
        case leaf:
            return {leaf}


def holds(condition: Condition, values: Mapping[Leaf, bool]) -> bool:
    match condition:
        case And(parts):
            return all(holds(part, values) for part in parts)
        case Or(parts):
            return any(holds(part, values) for part in parts)
        case Not(part):
            return not holds(part, values)
        case leaf:
            return values[leaf]


def completions(
    conditions: Iterable[Condition], value: Callable[[Leaf], Truth]
) -> Iterator[dict[Leaf, bool]]:
    """Every way in which the unknown leaves could turn out, each leaf one fact."""
    found = {leaf: value(leaf) for condition in conditions for leaf in leaves(condition)}
    unknown = [leaf for leaf, truth in found.items() if truth is None]
    for choice in product((False, True), repeat=len(unknown)):
        known = {leaf: truth for leaf, truth in found.items() if truth is not None}
        yield known | dict(zip(unknown, choice, strict=True))


@frozen
class Moment:
    """A day on which conditions are looked at: inside a scope, about the rows judged."""

    world: World
    scope: Scope
    day: date
    judged: tuple[tuple[str, Row], ...] = ()

    def about(self, kind: str, row: Row, day: date) -> Moment:
        """The same, about one row of a kind."""
        return evolve(self, day=day, judged=((kind, row), *self.judged))

    def test(self, condition: Condition | None) -> Truth:
        """Whether a condition holds: unknown where its completions differ."""
        if condition is None:
            return True
        results = {holds(condition, values) for values in completions([condition], self.value)}
        return results.pop() if len(results) == 1 else None

    def value(self, leaf: Leaf) -> Truth:
        match leaf:
            case Flag(owner, name):
                return self.attribute(owner, name, lambda value: value is True)
            case Is(owner, name, values):
                return self.attribute(owner, name, lambda value: as_text(value) in values)
            case Stated(owner, name):
                return self.stated(owner, name)
            case Running(period, where):
                return self.periods(Count(period, 1, None, where))
            case Count():
                nature = self.world.kinds[leaf.kind].nature
                return self.periods(leaf) if nature == "period" else self.events(leaf)
            case Elapsed(anchor, duration):
                return self.elapsed(anchor, duration)
            case Aged(years):
                born = self.world.case.born
                return None if born is None else self.day >= boundary(born, Duration(years, "year"))

    # attributes

    def attribute(self, owner: str, name: str, fits: Callable[[Value], bool]) -> Truth:
        row = self.row(owner)
        if isinstance(row, Row):
            value = row.values.get(name)
            return None if value is None else fits(value)
        return row

    def stated(self, owner: str, name: str) -> Truth:
        row = self.row(owner)
        if isinstance(row, Row):
            return row.values[name] is not None if name in row.values else None
        return row

    def row(self, owner: str) -> Row | Truth:
        """The row that carries an attribute; no row is false, or unknown where none is held."""
        for kind, row in self.judged:
            if kind == owner:
                return row
        if owner == self.world.subject:
            return Row("", values=self.world.case.about)
        if owner == self.scope.period:
            begun = [row for row in self.scope.rows if when(row) <= self.day]
            return begun[-1] if begun else self.scope.rows[0]
        if self.world.kinds[owner].nature != "period":
            raise ValueError(f"no {owner} is judged here")
        return self.running_row(owner)

    def running_row(self, owner: str) -> Row | Truth:
        # silent: `placement.type` outside a placement scope is that of the placement the judged
        # row belongs to, else of the one running; of several the latest; without one, false.
        rows = self.world.rows(owner)
        parents = {
            self.world.parent(kind, row)
            for kind, row in self.judged
            if self.world.kinds[kind].of == owner
        }
        for row in rows:
            if row.id in parents:
                return row
        running = [row for row in rows if self.runs(row)]
        if running:
            return running[-1]
        unknown = any(self.runs(row) is None for row in rows)
        return None if unknown or self.world.gaps(owner, self.day, self.day) else False

    # counts

    def events(self, leaf: Count) -> Truth:
        own = leaf.own and not self.scope.all_count
        first = self.scope.start if own else None
        if leaf.window:
            first = max(filter(None, (first, day_before(self.day, leaf.window))))
        rows = [row for row in self.world.rows(leaf.kind) if when(row) <= self.day]
        if leaf.window:
            rows = [row for row in rows if when(row) >= day_before(self.day, leaf.window)]
        counted = [self.counts(leaf, own, row, when(row)) for row in rows]
        return decide(leaf, counted, bool(self.world.gaps(leaf.kind, first, self.day)))

    def periods(self, leaf: Count) -> Truth:
        """Periods now running: by id where they are declared so, else all of the subject's."""
        by_id = self.scope.period and self.world.kinds[leaf.kind].of == self.scope.period
        own = leaf.own and not self.scope.all_count and bool(by_id)
        rows = [(row, self.runs(row)) for row in self.world.rows(leaf.kind)]
        counted = [
            both(runs, self.counts(leaf, own, row, self.day))
            for row, runs in rows
            if runs is not False
        ]
        return decide(leaf, counted, bool(self.world.gaps(leaf.kind, self.day, self.day)))

    def counts(self, leaf: Count, own: bool, row: Row, day: date) -> Truth:
        owned = self.scope.owns(self.world, leaf.kind, row, when(row)) if own else True
        if owned is False:
            return False
        return both(owned, self.about(leaf.kind, row, day).test(leaf.where))

    def runs(self, row: Row) -> Truth:
        """Whether a period is running: unknown before the end of one whose start is blank."""
        if row.end is not None and row.end <= self.day:
            return False
        return None if row.start is None else row.start <= self.day

    # time since

    def elapsed(self, anchor: Anchor, duration: Duration) -> Truth:
        """Whether the boundary after the latest anchor has been reached, whichever that may be."""
        if isinstance(anchor, EventDay | PeriodEdge) and anchor.ordinal is not None:
            return self.elapsed_since_nth(anchor, anchor.ordinal, duration)
        latest, later = self.anchors_so_far(anchor)
        options = {latest, *later}
        results = {day is not None and self.day >= boundary(day, duration) for day in options}
        return results.pop() if len(results) == 1 else None

    def elapsed_since_nth(
        self, anchor: EventDay | PeriodEdge, ordinal: int, duration: Duration
    ) -> Truth:
        """The same of the first or second: an anchor not sure or not seen makes it earlier."""
        found, unseen = self.dated_so_far(evolve(anchor, ordinal=None))
        sure = {day for day, undecided in found if not undecided}
        perhaps = {day for day, _ in found}
        for first, last in unseen:
            perhaps |= {first + n * DAY for n in range(ordinal) if first + n * DAY <= last}
        if len(sure) >= ordinal and self.day >= boundary(sorted(sure)[ordinal - 1], duration):
            return True
        if len(perhaps) < ordinal or self.day < boundary(sorted(perhaps)[ordinal - 1], duration):
            return False
        return None

    def anchors_so_far(self, anchor: Anchor) -> tuple[date | None, list[date]]:
        """The latest anchor that is sure, and the first and last days of any that may be later."""
        if is_scope_start(anchor, self.scope):
            return self.scope.start, []
        if isinstance(anchor, ScopeStart):
            return None, []
        found, unseen = self.dated_so_far(anchor)
        latest = max((day for day, undecided in found if not undecided), default=None)
        after = LONG_AGO if latest is None else latest + DAY
        perhaps = [*unseen, *((day, day) for day, undecided in found if undecided)]
        return latest, [
            day for first, last in perhaps if last >= after for day in (max(first, after), last)
        ]

    def dated_so_far(
        self, anchor: EventDay | PeriodEdge
    ) -> tuple[list[tuple[date, bool]], list[tuple[date, date]]]:
        """Anchors up to the day, each sure or not, and the stretches in which any may be unseen."""
        # silent: events are those inside the scope, periods all of the subject's.
        kind, inside = kind_of(anchor), isinstance(anchor, EventDay) and not self.scope.all_count
        scope = self.scope if inside else EVERYTHING
        found = [it for it in anchor_days(self.world, scope, anchor) if it[0] <= self.day]
        unseen = self.world.gaps(kind, self.scope.start if inside else None, self.day)
        if isinstance(anchor, PeriodEdge) and anchor.edge == "start":
            blank = [row for row in self.world.rows(kind) if row.start is None]
            ends = [row.end - DAY if row.end else self.day for row in blank]
            unseen += [(LONG_AGO, min(end, self.day)) for end in ends]
        return found, unseen


def both(left: Truth, right: Truth) -> Truth:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def decide(leaf: Count, counted: Sequence[Truth], more: bool) -> Truth:
    """Whether a number lies between two bounds, when some of what is counted is unknown."""
    least = sum(truth is True for truth in counted)
    most = float("inf") if more else sum(truth is not False for truth in counted)
    at_most = float("inf") if leaf.at_most is None else leaf.at_most
    if least >= leaf.at_least and most <= at_most:
        return True
    return False if most < leaf.at_least or least > at_most else None


def as_text(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


# --------------------------------------------------------------- anchors


def kind_of(anchor: EventDay | PeriodEdge) -> str:
    return anchor.event if isinstance(anchor, EventDay) else anchor.period


def is_scope_start(anchor: Anchor | None, scope: Scope) -> bool:
    """`start`, or the start of the scope's own period."""
    # silent: the edges of the scope's own period are those of the scope.
    own = isinstance(anchor, PeriodEdge) and anchor.period == scope.period
    return isinstance(anchor, ScopeStart) or (own and plain_edge(anchor) == "start")


def is_scope_end(anchor: Anchor | None, scope: Scope) -> bool:
    own = isinstance(anchor, PeriodEdge) and anchor.period == scope.period
    return own and plain_edge(anchor) == "end"


def plain_edge(anchor: Anchor | None) -> str | None:
    plain = isinstance(anchor, PeriodEdge) and anchor.ordinal is None and anchor.where is None
    return anchor.edge if isinstance(anchor, PeriodEdge) and plain else None


def dated_rows(world: World, anchor: EventDay | PeriodEdge) -> list[tuple[date, Row]]:
    """The events, or the starts or ends of periods, with the row that carries the attributes."""
    if isinstance(anchor, EventDay):
        return [(when(row), row) for row in world.rows(anchor.event)]
    found = []
    for stretch in world.stretches(anchor.period):
        if anchor.edge == "start" and stretch.start is not None:
            found.append((stretch.start, stretch.rows[0]))
        if anchor.edge == "end" and stretch.end is not None:
            found.append((stretch.end, stretch.rows[-1]))
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def occasions(
    world: World, scope: Scope, anchor: EventDay | PeriodEdge, where: Condition | None = None
) -> list[tuple[date, Row, bool]]:
    """Each anchor of a kind inside a scope, and whether it cannot be decided."""
    kind = kind_of(anchor)
    found = []
    for day, row in dated_rows(world, anchor):
        moment = Moment(world, scope, day, scope.judged).about(kind, row, day)
        inside = both(scope.contains(day), scope.owns(world, kind, row, day))
        fits = both(inside, both(moment.test(anchor.where), moment.test(where)))
        if fits is not False:
            found.append((day, row, fits is None))
    if anchor.ordinal is None:
        return found
    # Several of one day are one; where one before is not sure, neither is this.
    days = sorted({day for day, _, _ in found})
    counted = days[: anchor.ordinal]
    sure = {day for day, _, undecided in found if not undecided}
    nth = [it for it in found if it[0] in counted[anchor.ordinal - 1 :]]
    return [(day, row, not sure.issuperset(counted)) for day, row, _ in nth[:1]]


def anchor_days(
    world: World, scope: Scope, anchor: EventDay | PeriodEdge
) -> list[tuple[date, bool]]:
    """The days of an anchor, each once; a day is decided if one anchor on it is."""
    days: dict[date, bool] = {}
    for day, _, undecided in occasions(world, scope, anchor):
        days[day] = days.get(day, True) and undecided
    return sorted(days.items())


# --------------------------------------------------------------- section 4: scopes


def scopes(world: World, scope: During | While | ForEach | Always) -> list[Scope]:
    match scope:
        case Always():
            # silent: what a scope without start or end is called.
            return [EVERYTHING]
        case During(period):
            return [
                Scope(stretch.rows[0].id, stretch.start, stretch.end, period, stretch.rows)
                for stretch in world.stretches(period)
            ]
        case While(condition):
            return stretches_of(world, condition)
        case ForEach(occasion, where):
            kind = kind_of(occasion)
            found = [
                Scope(row.id, day, judged=((kind, row),), all_count=True, undecided=undecided)
                for day, row, undecided in occasions(world, EVERYTHING, occasion, where)
            ]
            return found + blank_occasions(world, occasion)


def blank_occasions(world: World, occasion: EventDay | PeriodEdge) -> list[Scope]:
    """`for each start of PERIOD` where the start is blank."""
    # silent: as for a scope whose start is blank.
    if isinstance(occasion, EventDay) or occasion.edge == "end" or occasion.ordinal:
        return []
    blank = [stretch for stretch in world.stretches(occasion.period) if stretch.start is None]
    return [Scope(stretch.rows[0].id, None) for stretch in blank]


def stretches_of(world: World, condition: Condition) -> list[Scope]:
    """The unbroken stretches in which a condition is not surely false."""

    def possible(day: date) -> bool:
        return Moment(world, EVERYTHING, day).test(condition) is not False

    rows = [row for kind in world.case.rows for row in world.rows(kind)]
    dates = [day for row in rows for day in (row.on, row.start, row.end) if day]
    dates += [day for span in map(world.span, world.kinds) if span for day in span if day]
    if any(isinstance(leaf, Aged) for leaf in leaves(condition)) and world.case.born:
        dates.append(world.case.born)
    first = min([day for day in dates if day <= world.as_at], default=world.as_at)
    # silent: what has always been so starts with the child's birth, or has a blank start.
    always = possible(first - DAY)
    if always and world.case.born:
        first = min(first, world.case.born)
    found: list[Scope] = []
    start: date | None = world.case.born if always else None
    inside = always
    for day in days_between(first, world.as_at):
        if possible(day) and not inside:
            start, inside = day, True
        elif inside and not possible(day):
            found.append(Scope(start.isoformat() if start else "", start, day))
            inside = False
    if inside:
        found.append(Scope(start.isoformat() if start else "", start))
    return [scope for scope in found if scope.start is None or is_there(scope, scope.start, world)]


def is_there(scope: Scope, start: date, world: World) -> bool:
    """Whether a stretch begins by the as-at day, and not after its own end."""
    return start <= world.as_at and (scope.end is None or start < scope.end)


# --------------------------------------------------------------- section 4: deadlines


@frozen
class Clock:
    """One step of a duty in one scope: on each day, what it may ask."""

    world: World
    scope: Scope
    step: Step
    where: Condition | None
    in_force: tuple[InForce, ...]
    judged: tuple[tuple[str, Row], ...]
    seen: dict[date, frozenset[Outcome]] = field(factory=dict, eq=False)

    @property
    def base(self) -> Outcome:
        timing = self.step.timing
        return "stands" if isinstance(timing, WithoutNumber) else timing.duration

    @property
    def durations(self) -> list[Duration]:
        named = [self.base, *(unless.then for unless in self.step.unless)]
        return [duration for duration in named if isinstance(duration, Duration)]

    def outcomes(self, day: date) -> frozenset[Outcome]:
        """What the duty may ask on a day, over all completions of what is unknown.

        After the scope's last day, the value of its last day goes on.
        """
        scope_end = self.scope.end
        looked_at = day if scope_end is None else min(day, scope_end - DAY)
        if not all(covers(bounds, looked_at) for bounds in self.in_force):
            return frozenset({"not in force"})
        if looked_at not in self.seen:
            self.seen[looked_at] = self.completed(looked_at)
        return self.seen[looked_at]

    def completed(self, day: date) -> frozenset[Outcome]:
        moment = Moment(self.world, self.scope, day, self.judged)
        conditions = [unless.condition for unless in self.step.unless]
        if self.where is not None:
            conditions.append(self.where)
        return frozenset(self.outcome(values) for values in completions(conditions, moment.value))

    def outcome(self, values: Mapping[Leaf, bool]) -> Outcome:
        # silent: a day that is both paused and exempt is paused.
        if self.where is not None and not holds(self.where, values):
            return "paused"
        chosen = self.base
        for unless in self.step.unless:
            if holds(unless.condition, values):
                chosen = unless.then or "exempt"
        # silent: a step without a number has none under `unless C then D` either.
        number_lost = self.base == "stands" and isinstance(chosen, Duration)
        return "stands" if number_lost else chosen

    def settled(self) -> date:
        """A day from which on nothing can change any more."""
        dates = [self.world.as_at, self.scope.end]
        dates += [day for bounds in self.in_force for day in (bounds.start, bounds.end)]
        conditions = [unless.condition for unless in self.step.unless]
        conditions += [self.where] if self.where is not None else []
        for condition in conditions:
            dates += [horizon(self.world, leaf) for leaf in leaves(condition)]
        return max(day for day in dates if day) + DAY

    def deadlines(self, anchor: date, since: date) -> set[date | None]:
        """The deadlines that completions give, which may differ from day to day.

        Each history is the least ``a + D(s)`` so far, ``None`` before the duty first stands.  A
        deadline of ``None`` is a history in which nothing falls due.
        """
        once = isinstance(self.step.timing, Within)
        ends = {last_day(anchor, duration) for duration in self.durations}
        horizon = max(self.settled(), since, *ends) + DAY
        found: set[date | None] = set()
        histories: set[date | None] = {None}
        for day in days_between(since, horizon):
            going_on: set[date | None] = set()
            for history in histories:
                for outcome in self.outcomes(day):
                    if isinstance(outcome, Duration):
                        limit = last_day(anchor, outcome)
                        least = limit if history is None else min(history, limit)
                        if least > day:
                            going_on.add(least)
                        elif once and history is None and since <= least < day:
                            found.add(None)
                        else:
                            found.add(day)
                    elif once and history == day:
                        found.add(None)
                    else:
                        going_on.add(history)
            histories = going_on
            if not histories:
                return found
        return found | {None}

    def may_have_stood(self, first: date, last: date) -> bool:
        return any(
            isinstance(outcome, Duration)
            for day in days_between(first, last)
            for outcome in self.outcomes(day)
        )

    def surely_exempt(self, first: date, last: date) -> bool:
        return any(self.outcomes(day) == {"exempt"} for day in days_between(first, last))


def covers(bounds: InForce, day: date) -> bool:
    return (bounds.start is None or bounds.start <= day) and (
        bounds.end is None or day <= bounds.end
    )


def horizon(world: World, leaf: Leaf) -> date | None:
    """The last day on which time alone may change a leaf."""
    match leaf:
        case Aged(years) if world.case.born:
            return boundary(world.case.born, Duration(years, "year"))
        case Elapsed(_, duration):
            return boundary(world.as_at, duration)
        case Count(window=Duration() as window):
            return last_day(world.as_at, window) + timedelta(days=5)
        case _:
            return None


# --------------------------------------------------------------- section 4: acts and sequences


@frozen
class Acts:
    """The days on which a duty was done in a scope, or may have been."""

    sure: tuple[date, ...]
    perhaps: tuple[date, ...]

    def first(self, anchor: date, same_day: bool, last: date | None) -> date | None:
        """The first act after the anchor (or on it), up to a last day."""
        for day in self.sure:
            if (day > anchor or (same_day and day == anchor)) and (last is None or day <= last):
                return day
        return None


@define
class Run:
    """The steps of one duty in one scope, from one anchor on.

    ``restart`` is the day of a further anchor, which ends what later steps left open;
    ``at_any_time`` that acts count whenever they are dated.
    """

    judge: DutyInScope
    acts: Acts
    first_anchor: date
    first_step: int = 0
    restart: date | None = None
    undecided: bool = False
    assumed: bool = False
    own_day_counts: bool = True
    at_any_time: bool = False
    judged: tuple[tuple[str, Row], ...] = ()

    def obligations(self) -> Iterator[Obligation]:
        """Each step in turn, while the one before was fulfilled."""
        anchor, since = self.first_anchor, self.first_anchor
        for index in range(self.first_step, len(self.judge.duty.steps)):
            timing = self.judge.duty.steps[index].timing
            if isinstance(timing, Every):
                until = self.judge.until(timing, anchor)
                if until == anchor:
                    continue
                anchor = yield from self.repeat(index, anchor, since, timing, until)
                if until is None or (self.restart and until >= self.restart):
                    return
                since = until
                continue
            done = yield from self.once(index, anchor, since)
            over = [day for day in (self.restart, self.judge.scope.end) if day]
            if done is None or any(done >= day for day in over):
                return
            anchor = since = done

    def once(
        self, index: int, anchor: date, since: date
    ) -> Generator[Obligation, None, date | None]:
        same_day = index == self.first_step and self.own_day_counts
        # The first step stays owed when the sequence starts again.
        end, last = self.limits(None, None if index == 0 else self.restart)
        earliest = LONG_AGO if self.at_any_time else anchor
        done = self.acts.first(earliest, same_day, last)
        yield self.obligation(index, anchor, since, same_day, done, end, last)
        return done

    def repeat(
        self, index: int, anchor: date, since: date, timing: Every, until: date | None
    ) -> Generator[Obligation, None, date]:
        """One obligation an anchor day; returns the last act, or the step's anchor."""
        end, last = self.limits(until, self.restart)
        begun = anchor
        while True:
            done = self.acts.first(anchor, False, last)
            plain = self.obligation(index, anchor, since, False, done, end, last)
            over = min(filter(None, (done, end)), default=None)
            unsure = self.undecided or self.judge.may_have_ended(timing, begun, over)
            yield evolve(plain, undecided=unsure)
            if done is None:
                return anchor
            anchor, since = done, max(since, done)
            if end is not None and done >= end:
                return anchor

    def limits(self, until: date | None, restart: date | None) -> tuple[date | None, date | None]:
        """The end of an obligation, and the last day on which an act still fulfils it."""
        scope_end, scope_last = self.judge.scope_limits
        scope_last = None if self.at_any_time else scope_last
        before_restart = restart - DAY if restart else None
        ends = [day for day in (scope_end, until, restart) if day]
        lasts = [day for day in (scope_last, until, before_restart) if day]
        return min(ends, default=None), min(lasts, default=None)

    def obligation(
        self,
        index: int,
        anchor: date,
        since: date,
        same_day: bool,
        done: date | None,
        end: date | None,
        last: date | None,
    ) -> Obligation:
        return Obligation(
            step=index,
            anchor=anchor,
            since=since,
            done=done,
            end=end,
            instead=tuple(
                day
                for day in self.acts.perhaps
                if (day > anchor or (same_day and day == anchor)) and (last is None or day <= last)
            ),
            clouded_before=any(self.first_anchor <= day <= anchor for day in self.acts.perhaps),
            first_anchor=self.first_anchor,
            undecided=self.undecided,
            assumed=self.assumed,
            judged=self.judged,
        )


@frozen
class Obligation:
    """One step from one anchor, before its deadline is known.

    ``since`` is the day from which on the step stands.  ``instead`` holds the days of acts that
    may not fit and could have fulfilled it; ``clouded_before`` says that one lies earlier in its
    sequence.
    """

    step: int
    anchor: date
    since: date
    done: date | None
    end: date | None
    instead: tuple[date, ...]
    clouded_before: bool
    first_anchor: date
    undecided: bool
    assumed: bool
    judged: tuple[tuple[str, Row], ...]


@frozen
class DutyInScope:
    """One duty to do something, in one scope."""

    world: World
    scope: Scope
    duty: Do
    where: Condition | None
    in_force: tuple[InForce, ...]

    @property
    def scope_limits(self) -> tuple[date | None, date | None]:
        """The end of the scope, and the last day on which an act counts."""
        end = self.scope.end
        if end is None or self.scope.period is None:
            return end, end
        like = any(row.start == end for row in self.world.rows(self.scope.period))
        return end, end - DAY if like else end

    @property
    def last_day(self) -> date:
        end = self.scope.end
        return self.world.as_at if end is None else end - DAY

    def acts(self) -> Acts:
        """Acts inside the scope by date, and by id where they are declared so."""
        act, last = self.duty.act, self.scope_limits[1]
        assert self.scope.start is not None
        sure, perhaps = [], []
        for row in self.world.rows(act.event):
            day = when(row)
            if day < self.scope.start or (last and day > last):
                continue
            # An act on the end day is not dated inside the scope, and counts all the same.
            owned = self.scope.owns(self.world, act.event, row, min(day, self.last_day))
            fits = both(owned, self.fits(row))
            sure += [day] if fits is True else []
            perhaps += [day] if fits is None else []
        return Acts(tuple(sorted(set(sure))), tuple(sorted(set(perhaps))))

    def fits(self, row: Row) -> Truth:
        """Whether the test on an act holds, on the day of the act."""
        act = self.duty.act
        moment = Moment(self.world, self.scope, when(row))
        return moment.about(act.event, row, when(row)).test(act.where)

    def anchors(self, anchor: Anchor) -> list[tuple[date, bool]]:
        """The days from which a step runs, and whether each cannot be decided."""
        if is_scope_start(anchor, self.scope):
            assert self.scope.start is not None
            return [(self.scope.start, False)]
        if is_scope_end(anchor, self.scope):
            return []
        assert isinstance(anchor, EventDay | PeriodEdge)
        return anchor_days(self.world, self.scope, anchor)

    def until(self, timing: Every, anchor: date) -> date | None:
        """The first day of the anchor that surely ends a repeating step."""
        if timing.until is None:
            return None
        days = [day for day, undecided in self.anchors(timing.until) if not undecided]
        return next((day for day in days if day >= anchor), None)

    def may_have_ended(self, timing: Every, begun: date, over: date | None) -> bool:
        """Whether a repeating step may have ended on a day of which nobody can be sure.

        ``over`` is the day of fulfilment or the step's sure end, whichever is first.
        """
        until = timing.until
        if not isinstance(until, EventDay | PeriodEdge):
            return False
        undecided = [day for day, unsure in self.anchors(until) if unsure and day >= begun]
        if any(over is None or day <= over for day in undecided):
            return True
        covered = self.world.span(kind_of(until))
        if covered is None:
            return True
        first, last = covered
        if first is not None and begun < first:
            return True
        return last is not None and last < self.world.as_at and (over is None or over > last)

    def first_anchor_unseen(self) -> bool:
        """Whether no first anchor is held, and one may have gone unrecorded."""
        timing = self.duty.steps[0].timing
        anchor = None if isinstance(timing, Every) else timing.anchor
        if not isinstance(anchor, EventDay | PeriodEdge) or self.scope == EVERYTHING:
            return False
        start = self.scope.start
        assert start is not None
        return not self.anchors(anchor) and bool(self.world.gaps(kind_of(anchor), start, start))

    def sequences(self) -> list[Run]:
        """One sequence for each anchor of the first step."""
        timing = self.duty.steps[0].timing
        if self.duty.act.milestone is not None:
            return self.milestones()
        assert self.scope.start is not None
        start = Run(self, self.acts(), self.scope.start)
        if isinstance(timing, Every) or timing.anchor is None:
            return [start]
        anchors = self.anchors(timing.anchor)
        recorded = isinstance(timing.anchor, EventDay | PeriodEdge)
        if recorded and not anchors and self.has_second_step:
            return [evolve(start, first_step=1, assumed=True)]
        following = [*(day for day, _ in anchors), None][1:]
        return [
            evolve(
                start,
                first_anchor=day,
                restart=restart,
                undecided=undecided,
                own_day_counts=not self.anchored_on_act(timing.anchor),
            )
            for (day, undecided), restart in zip(anchors, following, strict=True)
        ]

    @property
    def has_second_step(self) -> bool:
        return len(self.duty.steps) > 1 and self.scope != EVERYTHING

    def anchored_on_act(self, anchor: Anchor) -> bool:
        """Whether acts and anchors are the same kind of event."""
        act = self.duty.act
        return isinstance(anchor, EventDay) and anchor.event == act.event and not act.milestone

    def milestones(self) -> list[Run]:
        """One sequence for each event, which its own milestone fulfils."""
        act = self.duty.act
        assert act.milestone is not None
        found = []
        for day, row, undecided in occasions(
            self.world, self.scope, EventDay(act.event), act.where
        ):
            reached = row.values.get(act.milestone)
            found.append(
                Run(
                    self,
                    Acts((reached,) if isinstance(reached, date) else (), ()),
                    day,
                    undecided=undecided,
                    at_any_time=True,
                    judged=((act.event, row),),
                )
            )
        return found


# --------------------------------------------------------------- verdicts


@frozen
class Bench:
    """Turns the obligations of one duty in one scope into verdicts."""

    owed: DutyInScope
    index: int
    scope_unknown: Callable[[date], bool]

    @property
    def as_at(self) -> date:
        return self.owed.world.as_at

    def judged(self) -> Iterator[Judged]:
        if self.owed.scope.start is None or self.owed.first_anchor_unseen():
            yield Judged(self.index, 0, self.owed.scope.ref, None, None, None, "cannot_tell")
            return
        clocks: dict[tuple[int, tuple[str, ...]], Clock] = {}
        for sequence in self.owed.sequences():
            for obligation in sequence.obligations():
                rows = tuple(row.id for _, row in obligation.judged)
                clock = clocks.setdefault(
                    (obligation.step, rows), self.clock(obligation.step, obligation.judged)
                )
                verdict = self.verdict(obligation, clock)
                if verdict is not None:
                    yield verdict

    def clock(self, step: int, judged: tuple[tuple[str, Row], ...]) -> Clock:
        owed = self.owed
        return Clock(
            owed.world, owed.scope, owed.duty.steps[step], owed.where, owed.in_force, judged
        )

    def verdict(self, it: Obligation, clock: Clock) -> Judged | None:
        """The verdict on one obligation; nothing where it did not apply."""
        # silent: the life of a step that stands only from a later day begins on that day.
        life = [self.as_at, it.done, it.end - DAY if it.end else None]
        last = min(day for day in life if day)
        assumed = it.assumed or self.scope_unknown(it.anchor)
        result = Judged(
            self.index,
            it.step,
            self.owed.scope.ref,
            it.anchor,
            None,
            it.done,
            "exempt",
            assumed=assumed,
        )
        if isinstance(clock.step.timing, WithoutNumber):
            on_the_day = clock.outcomes(it.anchor)
            elapsed = ((it.done or self.as_at) - it.anchor).days
            judgement = evolve(result, verdict="needs_judgement", days=elapsed)
            if on_the_day <= {"paused", "not in force"}:
                return None
            return result if on_the_day == {"exempt"} else judgement
        possible = clock.deadlines(it.anchor, it.since)
        deadline = min((day for day in possible if day), default=None)
        settled = it.done is not None or (it.end is not None and it.end <= self.as_at)
        if settled and not clock.may_have_stood(it.since, max(it.since, last)):
            deadline = None
        if deadline is None:
            return result if clock.surely_exempt(it.since, last) else None
        verdict, days = self.plain(it, deadline)
        verdict = self.doubted(it, deadline, verdict)
        return evolve(
            result,
            deadline=deadline,
            verdict=verdict,
            days=None if verdict == "cannot_tell" else days,
            assumed=assumed or len(possible) > 1,
        )

    def plain(self, it: Obligation, deadline: date) -> tuple[str, int | None]:
        """The verdict if everything were known."""
        if it.done is not None:
            days = (it.done - deadline).days
            return ("met_late", days) if days > 0 else ("met", None)
        if it.end is not None:
            days = (it.end - deadline).days
            return ("not_met", days) if days > 0 else ("lapsed", None)
        days = (deadline - self.as_at).days
        return ("due", days) if days >= 0 else ("overdue", -days)

    def doubted(self, it: Obligation, deadline: date, verdict: str) -> str:
        """The verdict in the light of what is not known."""
        timing = self.owed.duty.steps[it.step].timing
        between = it.step > 0 and isinstance(timing, Within)
        span = self.owed.world.span(self.owed.duty.act.event)
        if span is None:
            return "cannot_tell"
        first, last = span
        anchor = it.first_anchor if between else it.anchor
        uncovered = first is not None and anchor < first
        before = between and (it.clouded_before or uncovered)
        in_time = it.done is None or any(day <= deadline for day in it.instead)
        may_be_done = bool(it.instead) and in_time
        there = it.undecided or self.scope_unknown(it.anchor)
        if verdict in FINDINGS and (may_be_done or there or uncovered or before):
            return "cannot_tell"
        if verdict == "due" and before:
            return "cannot_tell"
        if it.done is None and last is not None and last < deadline < self.as_at:
            return "cannot_tell"
        return verdict


def judge_have(
    world: World, index: int, duty: Have, where: Condition | None, scope: Scope
) -> Judged:
    """A state on the day of an occasion, which is its deadline."""
    if scope.start is None:
        return Judged(index, 0, scope.ref, None, None, None, "cannot_tell")
    moment = Moment(world, scope, scope.start, scope.judged)
    exceptions = [unless.condition for unless in duty.unless]
    occasion = [where] if where is not None else []
    ways = [
        way
        for way in completions([duty.condition, *exceptions, *occasion], moment.value)
        if where is None or holds(where, way)
    ]
    met = [holds(duty.condition, way) for way in ways]
    excused = [any(holds(condition, way) for condition in exceptions) for way in ways]
    result = Judged(index, 0, scope.ref, scope.start, scope.start, None, "cannot_tell")
    if all(met):
        return evolve(result, verdict="met", fulfilled_on=scope.start)
    if all(kept or let_off for kept, let_off in zip(met, excused, strict=True)):
        return evolve(result, verdict="exempt", deadline=None)
    if any(met) or any(excused) or scope.undecided:
        return result
    # silent: the occasion's day is the end too, so nothing lies between.
    return evolve(result, verdict="not_met", days=0)


def judge(
    rule: Rule,
    kinds: Mapping[str, Kind],
    case: Case,
    as_at: date,
    pack_in_force: InForce | None = None,
) -> list[Judged]:
    """Every obligation that a rule puts on one child as at a day, in a fixed order."""
    world = World(kinds, case, as_at)
    in_force = (rule.in_force, pack_in_force or InForce())
    found: list[Judged] = []
    for index, scoped in enumerate(rule.duties):
        duty, stated = scoped.duty, scoped.scope
        where = stated.where if isinstance(stated, During) else None
        for scope in scopes(world, stated):
            if isinstance(duty, Have):
                day = scope.start
                if day is None or all(covers(bounds, day) for bounds in in_force):
                    occasion = stated.where if isinstance(stated, ForEach) else None
                    found.append(judge_have(world, index, duty, occasion, scope))
            elif isinstance(duty, Do):
                owed = DutyInScope(world, scope, duty, where, in_force)
                found += Bench(owed, index, unknown_on(world, stated)).judged()
    return sorted(found, key=order)


def unknown_on(world: World, scope: During | While | ForEach | Always) -> Callable[[date], bool]:
    """Whether the condition of a `while` is unknown on a day."""
    if not isinstance(scope, While):
        return lambda _: False
    return lambda day: Moment(world, EVERYTHING, day).test(scope.condition) is None


def order(row: Judged) -> tuple[object, ...]:
    return (
        row.duty,
        row.scope_ref,
        row.step,
        row.anchor_day or date.min,
        row.deadline or date.min,
        row.fulfilled_on or date.min,
        row.verdict,
    )
