"""Section 4, deadlines: one step of a duty in one scope in, what it may ask each day out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Literal

from attrs import field, frozen

from duly.dsl.policy import (
    Aged,
    Agreed,
    Anchor,
    Birthday,
    By,
    Condition,
    Count,
    Duration,
    Elapsed,
    Every,
    InForce,
    Lasting,
    Length,
    Sooner,
    Unless,
    Within,
    WithoutNumber,
)
from tests.oracle.days import DAY, END, Instant, boundary, days_between, hours_after, last_day
from tests.oracle.moments import Moment
from tests.oracle.records import Row
from tests.oracle.truth import Leaf, holds, leaves
from tests.oracle.world import Scope, World

NotStanding = Literal["exempt", "paused", "not in force"]
Outcome = Length | WithoutNumber | Literal["stands"] | NotStanding
NOT_STANDING = ("exempt", "paused", "not in force")

NO_LIMIT: Instant = (date.max, END)

Fall = tuple[date, int, bool]
"""The day and the minute on which something falls due, and whether that was a guess."""


@frozen
class Bounds:
    """The dates that bound a duty: in force, and waived by a rule of a pack above.

    ``last_anchor`` is the last day of a rule whose duties run on under it, ``saved`` are the
    stretches waived by such a rule.
    """

    in_force: tuple[InForce, ...] = ()
    waived: tuple[InForce, ...] = ()
    last_anchor: date | None = None
    saved: tuple[InForce, ...] = ()

    def on(self, day: date) -> NotStanding | None:
        """What the dates alone make of a day."""
        if not all(covers(bounds, day) for bounds in self.in_force):
            return "not in force"
        return "exempt" if any(covers(bounds, day) for bounds in self.waived) else None

    def anchors(self, day: date | None) -> bool:
        """Whether something anchored on a day raises an obligation."""
        if day is None:
            return True
        if self.last_anchor is not None and day > self.last_anchor:
            return False
        return not any(covers(bounds, day) for bounds in self.saved)

    @property
    def dates(self) -> list[date | None]:
        return [day for it in (*self.in_force, *self.waived) for day in (it.start, it.end)]


def covers(bounds: InForce, day: date) -> bool:
    return (bounds.start is None or bounds.start <= day) and (
        bounds.end is None or day <= bounds.end
    )


@frozen
class Guard:
    """What decides on each day whether a duty stands, and by which clause.

    ``instead`` is the exception that must surely hold for a duty that stands in place of another,
    with those behind it, which win where they hold.
    """

    world: World
    scope: Scope
    bounds: Bounds
    unless: tuple[Unless, ...] = ()
    where: Condition | None = None
    instead: tuple[Unless, ...] = ()
    base: Outcome = "stands"
    judged: tuple[tuple[str, Row], ...] = ()
    any_row: bool = False
    seen: dict[date, frozenset[Outcome]] = field(factory=dict, eq=False)

    @property
    def conditions(self) -> list[Condition]:
        found = [unless.condition for unless in (*self.unless, *self.instead)]
        return found + ([self.where] if self.where is not None else [])

    def looked_at(self, day: date) -> date:
        """After the scope's last day, the value of its last day goes on."""
        return day if self.scope.end is None else min(day, self.scope.end - DAY)

    def moment(self, day: date) -> Moment:
        return Moment(self.world, self.scope, self.looked_at(day), self.judged, self.any_row)

    def outcomes(self, day: date) -> frozenset[Outcome]:
        """What the duty may ask on a day, over all completions of what is unknown."""
        day = self.looked_at(day)
        if day not in self.seen:
            self.seen[day] = self.completed(day)
        return self.seen[day]

    def completed(self, day: date) -> frozenset[Outcome]:
        moment = self.moment(day)
        if self.instead and not self.surely_instead(moment, day):
            return frozenset({"paused"})
        conditions = [unless.condition for unless in self.unless]
        conditions += [self.where] if self.where is not None else []
        return frozenset(self.outcome(day, way) for way in moment.ways(conditions))

    def surely_instead(self, moment: Moment, day: date) -> bool:
        """Whether the exception wins that names a day of its own, whatever is not known."""
        ways = moment.ways([unless.condition for unless in self.instead])
        return all(last_of(self.instead, day, way) is self.instead[0] for way in ways)

    def outcome(self, day: date, way: Mapping[Leaf, bool]) -> Outcome:
        # silent: a day that is both paused and exempt is paused.
        by_date = self.bounds.on(day)
        if by_date == "not in force":
            return by_date
        if self.where is not None and not holds(self.where, way):
            return "paused"
        if by_date is not None:
            return by_date
        unless = last_of(self.unless, day, way)
        chosen = self.base if unless is None else unless.then or "exempt"
        # silent: a step without a number has none under `unless C then D` either.
        number_lost = self.base == "stands" and chosen not in NOT_STANDING
        return "stands" if number_lost else chosen

    def standing(self, day: date) -> Literal["stands", "perhaps", "exempt", "nothing"]:
        """Whether the duty stands on a day, for what looks at that one day."""
        found = self.outcomes(day)
        if found == {"exempt"}:
            return "exempt"
        if not any(stands(outcome) for outcome in found):
            return "nothing"
        return "stands" if all(stands(outcome) for outcome in found) else "perhaps"

    def may_have_stood(self, first: date, last: date) -> bool:
        return any(
            stands(outcome) for day in days_between(first, last) for outcome in self.outcomes(day)
        )

    def surely_exempt(self, first: date, last: date) -> bool:
        return any(self.outcomes(day) == {"exempt"} for day in days_between(first, last))

    def settled(self) -> date:
        """A day from which on nothing can change any more."""
        dates = [self.world.as_at, self.scope.end, *self.bounds.dates]
        for unless in (*self.unless, *self.instead):
            dates += [unless.grounds.in_force.start, unless.grounds.in_force.end]
        for condition in (*self.conditions, *self.world.never):
            dates += [horizon(self.world, leaf) for leaf in leaves(condition)]
        return max(day for day in dates if day) + DAY


def last_of(clauses: Sequence[Unless], day: date, way: Mapping[Leaf, bool]) -> Unless | None:
    """The exception that wins: the last one that is in force and holds."""
    for unless in reversed(clauses):
        if covers(unless.grounds.in_force, day) and holds(unless.condition, way):
            return unless
    return None


def stands(outcome: Outcome) -> bool:
    return outcome not in NOT_STANDING


@frozen
class Clock(Guard):
    """A guard with lengths of time: when what runs from an anchor falls due."""

    once: bool = False
    each_moment: bool = False

    @property
    def lengths(self) -> list[Length]:
        named = [self.base, *(unless.then for unless in self.unless)]
        return [it for it in named if isinstance(it, Duration | Agreed | Sooner)]

    @property
    def in_hours(self) -> bool:
        return any(
            isinstance(part, Duration) and part.unit == "hour"
            for length in self.lengths
            for part in parts(length)
        )

    def limit(self, anchor: Instant, outcome: Outcome, day: date) -> Fall | None:
        """The last moment to act, by what is asked on a day; nothing where nothing is."""
        if not stands(outcome):
            return None
        if not isinstance(outcome, Duration | Agreed | Sooner):
            return (*NO_LIMIT, False)
        found = [self.ends(anchor, part, day) for part in parts(outcome)]
        known = [end for end in found if end is not None]
        return (*min(known, default=NO_LIMIT), bool(known) and len(known) < len(found))

    def ends(self, anchor: Instant, part: Duration | Agreed, day: date) -> Instant | None:
        if isinstance(part, Agreed):
            stated = self.moment(day).length(part)
            return None if stated is None else self.ends(anchor, stated, day)
        if part.unit == "hour":
            return hours_after(*anchor, part.count)
        return last_day(anchor[0], part), END

    def is_blank(self, outcome: Outcome, day: date) -> bool:
        """Whether a step asks for a length of time that no record states on a day."""
        if not isinstance(outcome, Agreed | Sooner):
            return False
        agreed = [part for part in parts(outcome) if isinstance(part, Agreed)]
        stated = [self.moment(day).length(part) for part in agreed]
        return len(agreed) == len(parts(outcome)) and not any(stated)

    def latest(self, anchor: date, day: date) -> date:
        """The last day by the latest of the step's lengths of time."""
        found = [self.limit((anchor, END), length, day) for length in self.lengths]
        return max((limit[0] for limit in found if limit), default=date.max)

    def deadlines(self, anchor: Instant, since: date) -> set[Fall | None]:
        """The deadlines that completions give, which may differ from day to day.

        A history is what an earlier day leaves behind: the least limit so far, under `reading
        each moment` the last one; ``None`` before the duty first stands.  ``None`` among the
        deadlines is a history in which nothing falls due.
        """
        found: set[Fall | None] = set()
        histories: set[Fall | None] = {None}
        for day in days_between(since, self.last_day_to_look(anchor, since)):
            going_on: set[Fall | None] = set()
            for history in histories:
                for outcome in self.outcomes(day):
                    limit = self.limit(anchor, outcome, day)
                    if limit is None and self.once and history and history[0] == day:
                        found.add(None)
                    elif limit is None:
                        going_on.add(history)
                    elif self.once and history is None and since <= limit[0] < day:
                        found.add(None)
                    else:
                        least = limit if self.each_moment else least_of(history, limit)
                        if least[0] > day:
                            going_on.add(least)
                        else:
                            found.add(least if least[0] == day else (day, END, least[2]))
            histories = going_on
            if not histories:
                return found
        return found | {None}

    def last_day_to_look(self, anchor: Instant, since: date) -> date:
        rows = [row for kind in self.world.case.rows for row in self.world.rows(kind)]
        rows += [row for _, row in self.judged] + [self.moment(self.world.as_at).about_subject()]
        stated = [value for row in rows for value in row.values.values()]
        named = [part for length in self.lengths for part in parts(length)]
        durations = {it for it in (*stated, *named) if isinstance(it, Duration)}
        ends = {last_day(anchor[0], duration) for duration in durations}
        return max(self.settled(), since, *ends, anchor[0]) + 2 * DAY

    def surely_without_number(self, first: date, last: date) -> bool:
        """Whether there was a day on which an exception surely took the number away."""
        return any(
            all(isinstance(outcome, WithoutNumber) for outcome in self.outcomes(day))
            for day in days_between(first, last)
        )

    def blank_at_first(self, first: date, last: date) -> bool:
        """Whether no length of time is stated on the first day on which the duty may stand."""
        for day in days_between(first, last):
            found = [outcome for outcome in self.outcomes(day) if stands(outcome)]
            if found:
                return any(self.is_blank(outcome, day) for outcome in found)
        return False


def least_of(history: Fall | None, limit: Fall) -> Fall:
    """The earlier limit; of two that are the same, the one that ran first."""
    return limit if history is None or limit[:2] < history[:2] else history


def parts(length: Length) -> Sequence[Duration | Agreed]:
    return length.parts if isinstance(length, Sooner) else (length,)


def horizon(world: World, leaf: Leaf) -> date | None:
    """The last day on which time alone may change a leaf."""
    match leaf:
        case Aged(years) if world.case.born:
            return boundary(world.case.born, Duration(years, "year"))
        case Elapsed(anchor, duration):
            return boundary(latest_start(world, anchor), duration)
        case Lasting(duration=duration, window=window, since=since):
            ends = [boundary(latest_start(world, since), it) for it in (duration, window) if it]
            return max(ends) + timedelta(days=5)
        case Count(window=Duration() as window):
            return last_day(world.as_at, window) + timedelta(days=5)
        case Count(since=since):
            return latest_start(world, since)
        case _:
            return None


def latest_start(world: World, anchor: Anchor | None) -> date:
    """The last day from which time may run: only birthdays are known of before they come."""
    if isinstance(anchor, Birthday) and world.case.born:
        return max(world.as_at, boundary(world.case.born, Duration(anchor.years, "year")))
    return world.as_at


def is_once(timing: object) -> bool:
    return isinstance(timing, Within | By)


def base_of(timing: object) -> Outcome:
    """What a step asks for while no exception holds."""
    return timing.duration if isinstance(timing, Within | By | Every) else "stands"
