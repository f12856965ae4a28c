"""Section 3: what a condition comes to on a day, inside a scope, about the rows judged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import cast

from attrs import evolve, frozen

from duly.dsl.policy import (
    PREVIOUS,
    Aged,
    Agreed,
    Anchor,
    Compare,
    Condition,
    Count,
    Duration,
    Elapsed,
    EventDay,
    Flag,
    Includes,
    Is,
    Lasting,
    PeriodEdge,
    Running,
    ScopeStart,
    Stated,
)
from tests.oracle.anchors import anchor_days, is_scope_start, unseen
from tests.oracle.days import DAY, boundary, day_before, first_counted
from tests.oracle.records import LONG_AGO, Row, Truth, Value, when
from tests.oracle.truth import Leaf, OnValue, Way, both, completions, fits, holds
from tests.oracle.world import EVERYTHING, Scope, World, runs


@frozen
class Moment:
    """A day on which conditions are looked at: inside a scope, about the rows judged.

    ``any_row``: tests on a row that is not there are unknown, for any row may yet come.
    """

    world: World
    scope: Scope
    day: date
    judged: tuple[tuple[str, Row], ...] = ()
    any_row: bool = False

    def about(self, kind: str, row: Row, day: date) -> Moment:
        """The same, about one row of a kind."""
        return Moment(self.world, self.scope, day, ((kind, row), *self.judged), self.any_row)

    def ways(self, conditions: Iterable[Condition]) -> Iterator[Way]:
        """Every way in which what is not known could turn out on this day."""
        return completions(conditions, self.value, self.values_of, self.world.never)

    def test(self, condition: Condition | None) -> Truth:
        """Whether a condition holds: unknown where its completions differ."""
        if condition is None:
            return True
        results = {holds(condition, way) for way in self.ways([condition])}
        return results.pop() if len(results) == 1 else None

    def value(self, leaf: Leaf) -> Truth:
        match leaf:
            case Flag() | Is() | Compare() | Includes():
                return self.attribute(leaf)
            case Stated(owner, name):
                return self.stated(owner, name)
            case Running(period, where):
                return self.periods(Count(period, 1, None, where))
            case Count():
                nature = self.world.kinds[leaf.kind].nature
                return self.periods(leaf) if nature == "period" else self.events(leaf)
            case Lasting():
                return self.lasting(leaf)
            case Elapsed(anchor, duration):
                return self.elapsed(anchor, duration)
            case Aged(years):
                born = self.world.case.born
                return None if born is None else self.day >= boundary(born, Duration(years, "year"))

    # attributes

    def attribute(self, leaf: Flag | Is | Compare | Includes) -> Truth:
        row = self.row(leaf.owner)
        if isinstance(row, Row):
            value = row.values.get(leaf.name)
            return None if value is None else fits(leaf, value)
        return row

    def stated(self, owner: str, name: str) -> Truth:
        row = self.row(owner)
        if isinstance(row, Row):
            return row.values[name] is not None if name in row.values else None
        return row

    def length(self, agreed: Agreed) -> Duration | None:
        """The length of time that a record states on this day."""
        row = self.row(agreed.owner)
        value = row.values.get(agreed.name) if isinstance(row, Row) else None
        return value if isinstance(value, Duration) else None

    def values_of(self, leaf: OnValue) -> Sequence[Value]:
        """The values that an attribute may have, where it is not known; ``None`` for no row."""
        nothing = () if isinstance(self.row(leaf.owner), Row) else (None,)
        return (*nothing, *self.values_in_a_row(leaf))

    def values_in_a_row(self, leaf: OnValue) -> Sequence[Value]:
        declared = self.world.kinds[leaf.owner].attributes.get(leaf.name)
        if isinstance(leaf, Compare) or (declared and declared.type == "number"):
            return ()
        if isinstance(leaf, Flag) or (declared and declared.type == "yes/no"):
            return (False, True)
        if declared and declared.type == "one of":
            return declared.values
        # Of texts and roles there are others than those that the tests name.
        return ("another",)

    def row(self, owner: str) -> Row | Truth:
        """The row that carries an attribute; no row is false, or unknown where none is held."""
        for kind, row in self.judged:
            if kind == owner:
                return row
        if owner == self.world.subject:
            return self.about_subject()
        if owner == self.scope.period:
            begun = [row for row in self.scope.rows if when(row) <= self.day]
            return begun[-1] if begun else self.scope.rows[0]
        if self.any_row:
            return None
        if self.world.kinds[owner].nature != "period":
            raise ValueError(f"no {owner} is judged here")
        return self.running_row(owner)

    def about_subject(self) -> Row:
        lacking = {name for kind, name in self.world.case.lacking if kind == self.world.subject}
        values = {k: v for k, v in self.world.case.about.items() if k not in lacking}
        return Row("", values=values)

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
        running = [row for row in rows if runs(row, self.day)]
        if running:
            return running[-1]
        unknown = any(runs(row, self.day) is None for row in rows)
        return None if unknown or self.world.gaps(owner, self.day, self.day) else False

    # counts

    def events(self, leaf: Count) -> Truth:
        """Whether so many events have been up to the day, whichever anchor it was since."""
        if leaf.since is None:
            first = first_counted(self.day, leaf.window) if leaf.window else None
            return self.events_from(leaf, first)
        options = self.since(leaf.since, self.counted_days(leaf))
        if getattr(leaf.since, "ordinal", None) == PREVIOUS:
            results = {self.events_from(leaf, day and day + DAY) for day in options}
        else:
            results = {
                self.events_from(leaf, day) if day else decide(leaf, [], False) for day in options
            }
        return results.pop() if len(results) == 1 else None

    def events_from(self, leaf: Count, first: date | None) -> Truth:
        """The same from a day on; ``None`` for all."""
        own = leaf.own and not self.scope.all_count
        looks_back_to = max(filter(None, (first, self.scope.start if own else None)), default=None)
        rows = [row for row in self.world.rows(leaf.kind) if when(row) <= self.day]
        rows = [row for row in rows if first is None or when(row) >= first]
        counted = [self.counts(leaf, own, row, when(row)) for row in rows]
        return decide(leaf, counted, bool(self.world.gaps(leaf.kind, looks_back_to, self.day)))

    def counted_days(self, leaf: Count) -> list[date]:
        return [when(row) for row in self.world.rows(leaf.kind)]

    def periods(self, leaf: Count) -> Truth:
        """Periods now running: by id where they are declared so, else all of the subject's."""
        by_id = self.scope.period and self.world.kinds[leaf.kind].of == self.scope.period
        own = leaf.own and not self.scope.all_count and bool(by_id)
        rows = [(row, runs(row, self.day)) for row in self.world.rows(leaf.kind)]
        counted = [
            both(running, self.counts(leaf, own, row, self.day))
            for row, running in rows
            if running is not False
        ]
        return decide(leaf, counted, bool(self.world.gaps(leaf.kind, self.day, self.day)))

    def counts(self, leaf: Count, own: bool, row: Row, day: date) -> Truth:
        owned = self.scope.owns(self.world, leaf.kind, row, when(row)) if own else True
        if owned is False:
            return False
        return both(owned, self.about(leaf.kind, row, day).test(leaf.where))

    # how long a period has been running

    def lasting(self, leaf: Lasting) -> Truth:
        if leaf.window is not None:
            return self.days_added_up(leaf, day_before(self.day, leaf.window))
        if leaf.since is not None:
            options = self.since(leaf.since)
            results = {self.days_added_up(leaf, day) if day else False for day in options}
            return results.pop() if len(results) == 1 else None
        now = self.world.runs_on(leaf.period, self.day)
        if now is False:
            return False
        starts = [self.world.ran(leaf.period, self.day, sure)[1] for sure in (True, False)]
        reached = [
            self.day >= boundary(start, leaf.duration) + leaf.more * DAY
            for start in starts
            if start is not None
        ]
        if not any(reached):
            return False
        return True if now and all(reached) else None

    def days_added_up(self, leaf: Lasting, first: date) -> Truth:
        """Whether a period ran on so many days from a day on, this one included."""
        wanted = leaf.duration.count * (7 if leaf.duration.unit == "week" else 1) + leaf.more
        until, before = (
            [self.world.ran(leaf.period, day, sure)[0] for sure in (True, False)]
            for day in (self.day, first - DAY)
        )
        least, most = (ran - earlier for ran, earlier in zip(until, before, strict=True))
        return True if least >= wanted else None if most >= wanted else False

    # time since

    def elapsed(self, anchor: Anchor, duration: Duration) -> Truth:
        """Whether the boundary after the latest anchor has been reached, whichever that may be."""
        options = self.since(anchor)
        results = {day is not None and self.day >= boundary(day, duration) for day in options}
        return results.pop() if len(results) == 1 else None

    def since(self, anchor: Anchor, telling: Sequence[date] = ()) -> set[date | None]:
        """The days on which the latest anchor may have been; nothing if there may be none.

        Of a stretch in which it may be only the first and last days are tried, and telling ones.
        """
        ordinal = getattr(anchor, "ordinal", None)
        if ordinal is not None and ordinal != PREVIOUS:
            return self.since_nth(cast(EventDay | PeriodEdge, anchor), ordinal, telling)
        latest, later = self.anchors_so_far(anchor)
        found = {latest}
        for first, last in later:
            beside = {day + n * DAY for day in telling for n in (-1, 0, 1)}
            found |= {first, last, *(day for day in beside if first <= day <= last)}
        return found

    def since_nth(
        self, anchor: EventDay | PeriodEdge, ordinal: int, telling: Sequence[date]
    ) -> set[date | None]:
        """The same of the first or second: an anchor not sure or not seen makes it earlier."""
        found, unseen_days = self.dated_so_far(evolve(anchor, ordinal=None))
        sure = sorted(day for day, undecided in found if not undecided)
        perhaps = {day for day, _ in found}
        for first, last in unseen_days:
            perhaps |= {first + n * DAY for n in range(ordinal) if first + n * DAY <= last}
        low = sorted(perhaps)[ordinal - 1] if len(perhaps) >= ordinal else None
        high = sure[ordinal - 1] if len(sure) >= ordinal else None
        beside = {day + n * DAY for day in telling for n in (-1, 0, 1)}
        between = {d for d in beside if low and low <= d <= (high or self.day)}
        return {low, high, *between}

    def anchors_so_far(self, anchor: Anchor) -> tuple[date | None, list[tuple[date, date]]]:
        """The latest anchor that is sure, and the stretches in which one may be that is later."""
        if is_scope_start(anchor, self.scope):
            return self.scope.start, []
        if isinstance(anchor, ScopeStart):
            return None, []
        before = isinstance(anchor, EventDay | PeriodEdge) and anchor.ordinal == PREVIOUS
        if before:
            plain = evolve(cast(EventDay, anchor), ordinal=None)
            return evolve(self, day=self.day - DAY).anchors_so_far(plain)
        found, unseen_days = self.dated_so_far(anchor)
        latest = max((day for day, undecided in found if not undecided), default=None)
        after = LONG_AGO if latest is None else latest + DAY
        perhaps = [*unseen_days, *((day, day) for day, undecided in found if undecided)]
        return latest, [(max(first, after), last) for first, last in perhaps if last >= after]

    def dated_so_far(
        self, anchor: Anchor
    ) -> tuple[list[tuple[date, bool]], list[tuple[date, date]]]:
        """Anchors up to the day, each sure or not, and the stretches in which any may be unseen."""
        inside = isinstance(anchor, EventDay) and not self.scope.all_count
        look = evolve(self, scope=self.scope if inside else EVERYTHING)
        found = [(it.day, it.undecided) for it in anchor_days(look, anchor) if it.day <= self.day]
        hidden = unseen(look, anchor, self.scope.start if inside else None, self.day)
        if isinstance(anchor, PeriodEdge) and anchor.edge == "start":
            blank = [row for row in self.world.rows(anchor.period) if row.start is None]
            ends = [row.end - DAY if row.end else self.day for row in blank]
            hidden += [(LONG_AGO, min(end, self.day)) for end in ends]
        return found, hidden


def decide(leaf: Count, counted: Sequence[Truth], more: bool) -> Truth:
    """Whether a number lies between two bounds, when some of what is counted is unknown."""
    least = sum(truth is True for truth in counted)
    most = float("inf") if more else sum(truth is not False for truth in counted)
    at_most = float("inf") if leaf.at_most is None else leaf.at_most
    if least >= leaf.at_least and most <= at_most:
        return True
    return False if most < leaf.at_least or least > at_most else None
