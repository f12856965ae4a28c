"""Section 4, acts: what was done, when, and whether it counts for a duty in a scope."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date

from attrs import frozen

from duly.dsl.policy import (
    Act,
    Anchor,
    Condition,
    Do,
    EventDay,
    Forbid,
    PeriodEdge,
)
from tests.oracle.anchors import Occasion, anchor_days, edges
from tests.oracle.clock import Bounds
from tests.oracle.days import DAY, Hour, earliest
from tests.oracle.moments import Moment
from tests.oracle.records import Row, Span, Truth, when
from tests.oracle.truth import both
from tests.oracle.world import EVERYTHING, Scope, World, hour_on


@frozen
class Deed:
    """Something that was done on a day; its row is tested on a day of its own."""

    day: date
    hour: Hour
    row: Row
    tested_on: date


@frozen
class Acts:
    """What fulfils a duty in a scope, and what may: in order of date."""

    sure: tuple[Deed, ...] = ()
    perhaps: tuple[Deed, ...] = ()

    @classmethod
    def of(cls, weighed: Iterable[tuple[Deed, Truth]]) -> Acts:
        found = sorted(weighed, key=lambda it: (it[0].day, it[0].row.id))
        return cls(
            tuple(deed for deed, fits in found if fits),
            tuple(deed for deed, fits in found if fits is None),
        )

    def done(self, day: date) -> tuple[date, Hour]:
        """What was surely done on a day, as one."""
        hours = [deed.hour for deed in self.sure if deed.day == day]
        hour = hours[0]
        for other in hours[1:]:
            hour = earliest(hour, other)
        return day, hour

    def days(self) -> list[date]:
        return sorted({deed.day for deed in self.sure})

    def unsure(self) -> list[date]:
        return sorted({deed.day for deed in self.perhaps})

    def not_before(self, day: date, hour: Hour) -> Acts:
        """Without what was done on an anchor's own day, but surely came first."""
        return self.which(lambda deed: not came_first(deed, day, hour))

    def before(self, day: date, hour: Hour) -> Acts:
        """Without what was done on an anchor's own day, but surely came after it."""
        return self.which(lambda deed: not came_after(deed, day, hour))

    def after(self, day: date, hour: Hour) -> Acts:
        """Without what was done on an anchor's own day, unless it surely came after it."""
        return self.which(lambda deed: deed.day != day or came_after(deed, day, hour))

    def which(self, counts: Callable[[Deed], bool]) -> Acts:
        return Acts(tuple(filter(counts, self.sure)), tuple(filter(counts, self.perhaps)))


def came_after(deed: Deed, day: date, hour: Hour) -> bool:
    return deed.day == day and is_later(deed.hour, hour)


def is_later(one: Hour, other: Hour) -> bool:
    """Whether both times are known, and the one is later."""
    return one[0] == one[1] and other[0] == other[1] and one[0] > other[0]


def came_first(deed: Deed, day: date, hour: Hour) -> bool:
    return deed.day == day and is_later(hour, deed.hour)


def deeds(world: World, act: Act) -> Iterator[Deed]:
    """All that was done of a kind: events, milestones of events, edges of periods."""
    if act.edge is not None:
        look = Moment(world, EVERYTHING, world.as_at)
        for day, hour, row in edges(look, act.event, act.edge):
            yield Deed(day, hour, row, day)
        return
    for row in world.rows(act.event):
        if act.milestone is None:
            yield Deed(when(row), hour_on(row, "on"), row, when(row))
            continue
        reached = row.values.get(act.milestone)
        if isinstance(reached, date):
            yield Deed(reached, hour_on(row, act.milestone), row, when(row))


@frozen
class DutyInScope:
    """One duty to do something, or not to do it, in one scope."""

    world: World
    scope: Scope
    duty: Do | Forbid
    where: Condition | None
    bounds: Bounds

    @property
    def moment(self) -> Moment:
        """Where anchors are looked for."""
        return Moment(self.world, self.scope, self.world.as_at, self.scope.judged)

    @property
    def act_span(self) -> Span | None:
        return self.world.span_of(self.duty.act.event, self.duty.act.milestone)

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
        return Acts.of((deed, self.inside(deed)) for deed in deeds(self.world, self.duty.act))

    def inside(self, deed: Deed) -> Truth:
        """Whether a deed counts in the scope."""
        last = self.scope_limits[1]
        assert self.scope.start is not None
        if deed.day < self.scope.start or (last and deed.day > last):
            return False
        # An act on the end day is not dated inside the scope, and counts all the same.
        day = min(deed.day, self.last_day)
        owned = self.scope.owns(self.world, self.duty.act.event, deed.row, day)
        return both(owned, self.fits(deed))

    def fits(self, deed: Deed) -> Truth:
        """Whether the test on an act holds, on the day of the act."""
        moment = Moment(self.world, self.scope, deed.tested_on)
        about = moment.about(self.duty.act.event, deed.row, deed.tested_on)
        return about.test(self.duty.act.where)

    def anchors(self, anchor: Anchor, scheduled: bool = False) -> list[Occasion]:
        """The days from which a step runs, and whether each cannot be decided."""
        return anchor_days(self.moment, anchor, scheduled)

    def anchored_on_acts(self, anchor: Anchor) -> set[date]:
        """The days on which an anchor is an event of the act's own kind."""
        parts = getattr(anchor, "anchors", (anchor,))
        return {it.day for part in parts if self.is_act(part) for it in self.anchors(part)}

    def is_act(self, anchor: Anchor) -> bool:
        """Whether acts and anchors are the same kind of event."""
        act = self.duty.act
        if act.edge is not None:
            own = isinstance(anchor, PeriodEdge) and anchor.period == act.event
            return own and anchor.edge == act.edge
        return isinstance(anchor, EventDay) and anchor.event == act.event
