"""Deadlines that an early act meets (16 to 20): `by` and `before` in a first step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import evolve, field, frozen

from duly.dsl.policy import Before, By
from tests.oracle.acts import Acts, came_after, deeds
from tests.oracle.anchors import Occasion
from tests.oracle.days import DAY, END, Instant, lead_day, minute_of
from tests.oracle.records import LONG_AGO
from tests.oracle.sequences import Done, Obligation, Sequences
from tests.oracle.truth import both
from tests.oracle.world import EVERYTHING


@frozen
class Early:
    """The obligations of a step that may be met before its anchor."""

    judge: Sequences
    claimed: set[date] = field(factory=set)

    @property
    def timing(self) -> By | Before:
        timing = self.judge.steps[0].timing
        assert isinstance(timing, By | Before)
        return timing

    def obligations(self) -> Iterator[Obligation]:
        if self.judge.own_clock:
            yield from self.own()
            return
        anchors = self.judge.owed.anchors(self.timing.anchor, scheduled=True)
        acts = [self.acts_for(number, anchors) for number in range(len(anchors))]
        plain = [self.obligation(number, anchors, acts[number]) for number in range(len(anchors))]
        due = [
            (deadline, number)
            for number, it in enumerate(plain)
            if (deadline := self.deadline(it)) is not None
        ]
        done: dict[date, Done] = {}
        for deadline, number in sorted(due, key=lambda pair: (pair[0][0], plain[pair[1]].anchor)):
            it = plain[number]
            claim = self.claim(it, deadline, acts[number])
            if claim is not None:
                done[it.anchor] = claim
        for it in plain:
            yield self.weighed(evolve(it, done=done.get(it.anchor)))

    # acts

    def acts(self) -> Acts:
        """All that the subject did that passes the test, inside the scope or not."""
        owed = self.judge.owed
        last = owed.scope_limits[1]
        found = []
        for deed in deeds(owed.world, owed.duty.act):
            named = owed.scope.names(owed.world, owed.duty.act.event, deed.row)
            if last is None or deed.day <= last:
                found.append((deed, both(named, owed.fits(deed))))
        return Acts.of(found)

    def acts_for(self, number: int, anchors: list[Occasion]) -> Acts:
        """What lies between an anchor and the one before, by their hours where they are known."""
        acts, it = self.acts(), anchors[number]
        if not isinstance(self.timing, Before):
            return acts
        acts = acts.before(it.day, it.hour)
        return acts.after(anchors[number - 1].day, anchors[number - 1].hour) if number else acts

    def from_day(self, number: int, anchors: list[Occasion]) -> date:
        """The first day on which an act counts for an obligation."""
        if number:
            by_the_hour = isinstance(self.timing, Before)
            return anchors[number - 1].day + (0 if by_the_hour else 1) * DAY
        # silent: the previous like period is the one that ended last by the day on which this
        # scope began; of the stretches of a `while` none is like another.
        owed = self.judge.owed
        if owed.scope.period is None:
            return LONG_AGO
        ends = [it.end for it in owed.world.stretches(owed.scope.period)]
        start = owed.scope.start
        assert start is not None
        return max([end for end in ends if end and end <= start], default=LONG_AGO)

    def last_claim(self, anchor: date) -> date | None:
        last = self.judge.owed.scope_limits[1]
        if isinstance(self.timing, Before):
            return anchor if last is None else min(anchor, last)
        return last

    def claim(self, it: Obligation, deadline: Instant, acts: Acts) -> Done | None:
        """The last act in time that nothing has claimed, else the first one after it."""
        free = [
            acts.done(day)
            for day in acts.days()
            if day not in self.claimed and self.may_claim(it, day)
        ]
        in_time = [done for done in free if self.moment_of(done) <= deadline]
        chosen = in_time[-1] if in_time else free[0] if free else None
        if chosen is not None and not in_time and self.could_not_be_met(deadline):
            return None
        if chosen is not None:
            self.claimed.add(chosen[0])
        return chosen

    def may_claim(self, it: Obligation, day: date) -> bool:
        last = self.last_claim(it.anchor)
        return it.earliest <= day and (last is None or day <= last)

    def moment_of(self, done: Done) -> Instant:
        """When an act counts: by a time of day at once, in hours at the latest it may have been."""
        day, (first, last) = done
        return day, (last if first == last or self.in_hours else 0)

    # deadlines

    @property
    def in_hours(self) -> bool:
        return self.judge.clock(0).in_hours

    def could_not_be_met(self, deadline: Instant) -> bool:
        start = self.judge.owed.scope.start
        return start is not None and deadline[0] < start

    def deadline(self, it: Obligation) -> Instant | None:
        """The day by which an obligation claims an act; nothing where it has none."""
        clock = self.judge.clock(0)
        if it.fixed is not None:
            stands = clock.standing(self.judge.owed.scope.clamp(it.fixed))
            return (it.fixed, END) if stands in ("stands", "perhaps") else None
        possible = clock.deadlines((it.anchor, it.hour[0]), it.since)
        found = min((fall[:2] for fall in possible if fall), default=None)
        return by_clock(self.timing, found)

    # obligations

    def obligation(self, number: int, anchors: list[Occasion], acts: Acts) -> Obligation:
        it, owed = anchors[number], self.judge.owed
        is_before = isinstance(self.timing, Before)
        after_it = it.day + DAY if is_before and it.day < owed.world.as_at else None
        last = owed.scope_limits[0]
        if after_it is not None and last == it.day:
            last = None  # counted from the end of the scope itself, it ends with that day
        ends = [day for day in (last, after_it) if day]
        scope_start = it.day if owed.scope == EVERYTHING else owed.scope.start
        assert scope_start is not None
        plain = Obligation(
            step=0,
            anchor=it.day,
            since=it.day,
            reach=anchors[number - 1].day if number else scope_start,
            hour=it.hour,
            end=min(ends, default=None),
            # An anchor that may not count clouds all later ones of the scope.
            undecided=any(other.undecided for other in anchors[: number + 1]),
            fixed=lead_day(it.day, self.timing) if isinstance(self.timing, Before) else None,
            earliest=self.from_day(number, anchors),
        )
        instead = tuple(day for day in acts.unsure() if self.may_claim(plain, day))
        return evolve(plain, instead=instead)

    def weighed(self, it: Obligation) -> Obligation:
        """Whether what could not be met was met all the same."""
        missed = it.done is None or (it.fixed is not None and it.done[0] > it.fixed)
        outside = it.fixed is not None and self.could_not_be_met((it.fixed, END))
        return evolve(it, could_not_be_met=outside and missed)

    def own(self) -> Iterator[Obligation]:
        """One for each event, which its own milestone fulfils, also while the event is ahead."""
        act = self.judge.duty.act
        for it in self.judge.own_events(scheduled=True):
            assert it.row is not None
            plain = self.obligation(0, [it], Acts())
            deed = self.judge.own_deed(it)
            last = it.day if isinstance(self.timing, Before) else None
            counts = deed is not None and (last is None or deed.day <= last)
            if deed is not None and isinstance(self.timing, Before):
                counts = counts and not came_after(deed, it.day, it.hour)
            done = (deed.day, deed.hour) if deed is not None and counts else None
            it_own = evolve(plain, done=done, reach=it.day, judged=((act.event, it.row),))
            yield self.weighed(it_own)


def by_clock(timing: object, deadline: Instant | None) -> Instant | None:
    """The deadline at a time of its day, where the step names one."""
    if deadline is not None and isinstance(timing, By) and timing.clock is not None:
        return deadline[0], minute_of(timing.clock)
    return deadline
