"""Windows (21 to 23): so many times in each, at least or at most."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from attrs import evolve, frozen

from duly.dsl.policy import Calendar, CalendarUnit, Duration, NamedCalendar, Times
from tests.oracle.acts import DutyInScope
from tests.oracle.clock import Guard
from tests.oracle.days import DAY, last_day
from tests.oracle.records import Judged

Window = tuple[date, date]
"""The first and the last day."""


@frozen
class Windows:
    """The windows of one duty in one scope, and what was done in each."""

    owed: DutyInScope
    guard: Guard
    timing: Times
    index: int
    scope_unknown: Callable[[date], bool]

    @property
    def as_at(self) -> date:
        return self.owed.world.as_at

    @property
    def start(self) -> date:
        assert self.owed.scope.start is not None
        return self.owed.scope.start

    def judged(self) -> Iterator[Judged]:
        if self.owed.scope.start is None:
            yield Judged(self.index, 0, self.owed.scope.ref, None, None, None, "cannot_tell")
            return
        if self.is_not_supplied():
            yield Judged(self.index, 0, self.owed.scope.ref, None, None, None, "cannot_tell")
            return
        judge = self.at_most if self.timing.at_most else self.at_least
        for window in self.windows():
            found = judge(window)
            if found is not None and self.owed.bounds.anchors(window[0]):
                yield found

    def is_not_supplied(self) -> bool:
        """Whether the windows are those of a calendar of which no stretch is given."""
        window = self.timing.window
        if not isinstance(window, NamedCalendar):
            return False
        supplied = self.owed.world.calendars[window.name].first is None
        return supplied and not self.owed.world.case.calendars.get(window.name)

    # the windows

    def windows(self) -> Iterator[Window]:
        match self.timing.window:
            case Duration() as duration:
                yield from self.from_start(duration)
            case window:
                for first, last in sorted(self.stretches(window)):
                    whole = isinstance(window, NamedCalendar) and window.whole
                    begins = max(first, self.start)
                    if whole and first < self.start:
                        continue
                    if begins <= min(last, self.as_at) and self.owed.scope.contains(last):
                        yield begins, last

    def from_start(self, duration: Duration) -> Iterator[Window]:
        first, number = self.start, 1
        while first <= self.as_at and self.owed.scope.contains(first):
            last = last_day(self.start, evolve(duration, count=number * duration.count))
            yield first, last
            first, number = last + DAY, number + 1

    def stretches(self, window: CalendarUnit | NamedCalendar) -> list[Window]:
        """The stretches of a calendar about the scope."""
        years = range(self.start.year - 1, self.as_at.year + 2)
        if isinstance(window, CalendarUnit):
            return [stretch for year in years for stretch in units(window.unit, year)]
        calendar = self.owed.world.calendars[window.name]
        if calendar.first is None or calendar.last is None:
            return list(self.owed.world.case.calendars.get(window.name, ()))
        return [yearly(calendar, year) for year in years]

    # what was done

    def days(self, window: Window) -> tuple[list[date], list[date]]:
        """The days in a window of what was surely done, and of what may have been."""
        acts = self.owed.acts()
        sure = [day for day in acts.days() if window[0] <= day <= window[1]]
        perhaps = [day for day in acts.unsure() if window[0] <= day <= window[1]]
        return sure, sorted({*sure, *perhaps})

    def at_least(self, window: Window) -> Judged | None:
        last = window[1]
        sure, perhaps = self.days(window)
        done = sure[self.timing.count - 1] if len(sure) >= self.timing.count else None
        plain = self.plain(window, last)
        standing = self.guard.standing(self.owed.scope.clamp(last))
        if standing == "nothing":
            return None
        if standing == "exempt":
            return self.exempt(plain, done)
        assumed = plain.assumed or standing == "perhaps"
        verdict, days = self.verdict(window, done)
        if self.is_doubtful(window, verdict, len(perhaps) >= self.timing.count):
            verdict, days = "cannot_tell", None
        return evolve(plain, fulfilled_on=done, verdict=verdict, days=days, assumed=assumed)

    def verdict(self, window: Window, done: date | None) -> tuple[str, int | None]:
        end, last = self.owed.scope.end, window[1]
        if done is not None:
            return "met", None
        if end is not None and end <= last:
            return "lapsed", None
        return ("not_met", 0) if last < self.as_at else ("due", (last - self.as_at).days)

    def is_doubtful(self, window: Window, verdict: str, may_be_enough: bool) -> bool:
        span = self.owed.act_span
        if span is None:
            return True
        begins, ends = span
        is_over = window[1] < self.as_at
        short = ends is not None and ends < window[1] and is_over
        if verdict == "not_met":
            late = begins is not None and window[0] < begins
            return may_be_enough or late or short or self.scope_unknown(window[0])
        return verdict == "lapsed" and short

    def at_most(self, window: Window) -> Judged | None:
        """Too often on the day of the first act too many; else met once the window is over."""
        first, last = window
        sure, perhaps = self.days(window)
        plain = evolve(self.plain(window, None), verdict="met")
        if len(sure) > self.timing.count:
            day = sure[self.timing.count]
            return self.too_often(evolve(plain, deadline=day), day)
        end = self.owed.scope.end
        if last >= self.as_at and end is None:
            return None
        standing = self.guard.standing(self.owed.scope.clamp(last))
        if standing == "nothing":
            return None
        if standing == "exempt":
            return self.exempt(plain, None)
        until = min(last, end - DAY) if end else last
        hidden = self.owed.act_span is None or self.owed.world.gaps(
            self.owed.duty.act.event, first, until
        )
        assumed = plain.assumed or standing == "perhaps"
        if len(perhaps) > self.timing.count or hidden:
            return evolve(plain, verdict="cannot_tell", assumed=assumed)
        return evolve(plain, assumed=assumed)

    def too_often(self, plain: Judged, day: date) -> Judged | None:
        standing = self.guard.standing(self.owed.scope.clamp(day))
        if standing == "nothing":
            return None
        if standing == "exempt":
            return self.exempt(plain, None)
        assumed = plain.assumed or standing == "perhaps"
        if self.scope_unknown(plain.anchor_day or day):
            return evolve(plain, verdict="cannot_tell", assumed=assumed)
        return evolve(plain, verdict="not_met", days=0, assumed=assumed)

    def plain(self, window: Window, deadline: date | None) -> Judged:
        assumed = self.scope_unknown(window[0])
        ref = self.owed.scope.ref
        return Judged(self.index, 0, ref, window[0], deadline, None, "due", assumed=assumed)

    def exempt(self, plain: Judged, done: date | None) -> Judged:
        return evolve(plain, deadline=None, fulfilled_on=done, verdict="exempt")


def units(unit: str, year: int) -> Iterator[Window]:
    """The weeks, months, quarters or the year of a calendar year."""
    if unit == "week":
        monday = date(year, 1, 1) - timedelta(days=date(year, 1, 1).weekday())
        while monday.year <= year:
            # The week around New Year is told by the year in which it ends.
            if (monday + 6 * DAY).year == year:
                yield monday, monday + 6 * DAY
            monday += 7 * DAY
        return
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    for month in range(1, 13, months):
        yield date(year, month, 1), month_end(year, month + months - 1)


def month_end(year: int, month: int) -> date:
    return date(year, month, monthrange(year, month)[1])


def yearly(calendar: Calendar, year: int) -> Window:
    """The stretch of a calendar that begins in a year; it may end in the next."""
    assert calendar.first is not None
    assert calendar.last is not None
    first, last = day_in(calendar.first, year), day_in(calendar.last, year)
    return first, (last if last >= first else day_in(calendar.last, year + 1))


def day_in(day: tuple[int, int], year: int) -> date:
    # silent: 29 February is the 28th in other years.
    return min(date(year, day[1], 1) + (day[0] - 1) * DAY, month_end(year, day[1]))
