"""What a child's records say as at a day: rows, what is known when, and whose they are."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Any

from attrs import define, evolve, field, frozen

from duly.dsl.policy import Calendar, Condition, Kind
from tests.oracle.days import DAY, END, Hour, hour_of
from tests.oracle.records import LONG_AGO, Case, Row, Span, Truth, when

Ran = tuple[int, date | None]
"""A number of days, and the first of the unbroken stretch that goes on at their end."""


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


@define
class Timeline:
    """What a condition comes to day by day, from a day on before which nothing changes.

    ``began`` are the first days of stretches in which it is true or may be, but of those that have
    always been so; ``perhaps`` the stretches of days any of which may be the one on which it became
    true.
    """

    first: date
    truths: list[Truth] = field(factory=list)
    began: list[tuple[date, Truth]] = field(factory=list)
    perhaps: list[tuple[date, date]] = field(factory=list)

    def goes_on(self, day: date, truth: Truth) -> None:
        """One more day."""
        before = self.truths[-1] if self.truths else truth
        if before is False and truth is not False:
            self.began.append((day, truth))
        if before is not True and truth is not False and None in (before, truth):
            self.may_begin(day if self.truths else LONG_AGO, day)
        self.truths.append(truth)

    def may_begin(self, first: date, day: date) -> None:
        if self.perhaps and self.perhaps[-1][1] == first - DAY:
            first = self.perhaps.pop()[0]
        self.perhaps.append((first, day))


@frozen
class World:
    """A child's records, by what was so on one day and known on another."""

    kinds: Mapping[str, Kind]
    case: Case
    as_at: date
    known_at: date | None = None
    never: tuple[Condition, ...] = ()
    calendars: Mapping[str, Calendar] = field(factory=dict)
    sorted: dict[str, list[Row]] = field(factory=dict, eq=False, repr=False)
    running: dict[tuple[str, date], Truth] = field(factory=dict, eq=False, repr=False)
    counted: dict[tuple[str, bool], list[Ran]] = field(factory=dict, eq=False, repr=False)
    found: dict[tuple[object, ...], tuple[Scope, Any]] = field(factory=dict, eq=False, repr=False)
    so: dict[Condition, Timeline] = field(factory=dict, eq=False, repr=False)

    @property
    def subject(self) -> str:
        return next(kind.name for kind in self.kinds.values() if kind.nature == "subject")

    def rows(self, kind: str) -> list[Row]:
        """The rows of a kind that count as at the day, in order of date."""
        if kind not in self.sorted:
            known = [self.known(kind, row) for row in self.recorded(kind) if self.is_past(row)]
            self.sorted[kind] = sorted(known, key=place)
        return self.sorted[kind]

    def scheduled(self, kind: str) -> list[Row]:
        """Events that are dated after the as-at day, in order of date."""
        found = [self.known(kind, row) for row in self.recorded(kind) if not self.is_past(row)]
        return sorted(found, key=place)

    def recorded(self, kind: str) -> list[Row]:
        """The rows that had been written down by the day asked about."""
        rows = self.case.rows.get(kind, ()) if self.span(kind) else ()
        return [
            row for row in rows if self.known_at is None or self.written(kind, row) <= self.known_at
        ]

    def written(self, kind: str, row: Row) -> date:
        """The day on which a row was recorded: `recorded_on`, else its own."""
        recorded = row.values.get("recorded_on")
        lacking = (kind, "recorded_on") in self.case.lacking
        return recorded if isinstance(recorded, date) and not lacking else when(row)

    def is_past(self, row: Row) -> bool:
        return when(row) <= self.as_at

    def known(self, kind: str, row: Row) -> Row:
        """The row without what lies after the as-at day, and without columns nobody has."""
        # silent: an end, or a milestone, after the day on which things were known was not known.
        last = min(filter(None, (self.as_at, self.known_at)))
        values = dict(row.values)
        for milestone in self.kinds[kind].milestones:
            reached = values.get(milestone.name)
            if isinstance(reached, date) and reached > last:
                values[milestone.name] = None
        for name in [name for name in values if (kind, name) in self.case.lacking]:
            del values[name]
        ended = row.end is not None and row.end <= last
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
        # Where a row touches two rows, it continues the one that comes first.
        # silent: edges of joined rows are those of the whole.
        joined = self.kinds[kind].joined
        rows, groups = self.rows(kind), list[list[Row]]()
        for number, row in enumerate(rows):
            continues = joined == "always" or (joined and row.values.get(joined) is True)
            touched = [
                other
                for other in rows[:number]
                if other.end == row.start and not self._apart(kind, other, row)
            ]
            if continues and row.start and touched:
                next(group for group in groups if touched[0] in group).append(row)
            else:
                groups.append([row])
        return [Stretch(tuple(group)) for group in groups]

    def _apart(self, kind: str, one: Row, other: Row) -> bool:
        """Whether two rows are known to belong to two periods, joined rows as one."""
        above = self.kinds[kind].of
        if above is None:
            return False
        names = {self.parent(kind, one), self.parent(kind, other)}
        wholes = [names & {row.id for row in stretch.rows} for stretch in self.stretches(above)]
        return None not in names and sum(map(bool, wholes)) == 2

    # what is covered

    def span(self, kind: str) -> Span | None:
        """The days of which this kind is known: ``None`` at an end is open, alone is nothing."""
        what, first, last = self.case.coverage.get(kind, ("events", None, None))
        dates = [day for row in self.case.rows.get(kind, ()) if (day := when(row)) > LONG_AGO]
        if self.known_at is not None:
            last = min(filter(None, (last, self.known_at)))
        match what:
            case "absent":
                return None
            case "latest_only":
                # silent: a child without a row had none at all.
                latest = max(dates, default=None)
                return max(filter(None, (first, latest)), default=None), last
            case "flags":
                return max(dates, default=None) or last or self.as_at, last
            case _:
                return first, last

    def span_of(self, kind: str, milestone: str | None) -> Span | None:
        """The same of a milestone: nothing where the source does not have its column."""
        return None if (kind, milestone) in self.case.lacking else self.span(kind)

    def gaps(
        self, kind: str, first: date | None, last: date, milestone: str | None = None
    ) -> list[tuple[date, date]]:
        """The stretches of days between two days of which this kind is not known."""
        low, span = first or LONG_AGO, self.span_of(kind, milestone)
        if span is None:
            pieces = [(low, last)]
        else:
            pieces = [(low, min(last, span[0] - DAY))] if span[0] else []
            # What is known on the as-at day stays so: no records are looked at beyond it.
            if span[1] and span[1] < self.as_at:
                pieces.append((max(low, span[1] + DAY), last))
        return [(start, end) for start, end in pieces if start <= end]

    @cached_property
    def first_date(self) -> date:
        """The day before which nothing changes."""
        return min([*self.dates(), self.as_at])

    def dates(self) -> list[date]:
        """The days on which anything recorded changes, or on which a record begins or ends."""
        rows = [row for kind in self.case.rows for row in self.rows(kind)]
        dates = [day for row in rows for day in (row.on, row.start, row.end) if day]
        spans = [span for span in map(self.span, self.kinds) if span]
        return dates + [day for span in spans for day in span if day]

    # periods, day by day

    def runs_on(self, period: str, day: date) -> Truth:
        """Whether some row of a period is running on a day."""
        if (period, day) not in self.running:
            found = [runs(row, day) for row in self.rows(period)]
            unknown = None in found or bool(self.gaps(period, day, day))
            self.running[period, day] = True in found or (None if unknown else False)
        return self.running[period, day]

    def ran(self, period: str, day: date, sure: bool) -> Ran:
        """On how many days up to one a period surely, or perhaps, ran, and since when."""
        before = self.first_date - DAY
        if day <= before:
            always = self.is_running(period, before, sure)
            return ((day - LONG_AGO).days + 1) * always, LONG_AGO if always else None
        known = self.counted.setdefault((period, sure), [self.ran(period, before, sure)])
        while len(known) <= (day - before).days:
            days, start = known[-1]
            today = before + len(known) * DAY
            runs_on = self.is_running(period, today, sure)
            known.append((days + runs_on, (start or today) if runs_on else None))
        return known[(day - before).days]

    def is_running(self, period: str, day: date, sure: bool) -> bool:
        """Whether a period surely, or perhaps, runs on a day."""
        truth = self.runs_on(period, day)
        return truth is True if sure else truth is not False


def place(row: Row) -> tuple[date, Hour, str]:
    """Where a row stands among those of its kind; of one day those without a time come last."""
    clock = row.times.get("on" if row.on else "start")
    return when(row), hour_of(clock) if clock else (END, END), row.id


def runs(row: Row, day: date) -> Truth:
    """Whether a period is running: unknown before the end of one whose start is blank."""
    if row.end is not None and row.end <= day:
        return False
    return None if row.start is None else row.start <= day


def hour_on(row: Row, what: str) -> Hour:
    """The time of day of a row's event, edge or milestone."""
    return hour_of(row.times.get(what))


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
        return self.names(world, kind, row)

    def names(self, world: World, kind: str, row: Row) -> Truth:
        """Whether a row belongs to the scope's period by its id."""
        if self.all_count or self.period is None or world.kinds[kind].of != self.period:
            return True
        named = world.parent(kind, row)
        return None if named is None else named in {own.id for own in self.rows}

    def contains(self, day: date) -> bool:
        assert self.start is not None
        return self.start <= day and (self.end is None or day < self.end)

    def clamp(self, day: date) -> date:
        """The day, or the scope's first or last where it lies outside."""
        assert self.start is not None
        day = max(day, self.start)
        return day if self.end is None else min(day, self.end - DAY)


EVERYTHING = Scope("", LONG_AGO, all_count=True)
