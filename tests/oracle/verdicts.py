"""Obligations of one duty in one scope in, verdicts out, in the light of what is not known."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import date

from attrs import evolve, field, frozen

from duly.dsl.policy import Before, By, WithoutNumber
from tests.oracle.acts import DutyInScope, is_later
from tests.oracle.clock import Clock, Fall, stands
from tests.oracle.days import DAY, END, Instant
from tests.oracle.early import Early, by_clock
from tests.oracle.records import Judged
from tests.oracle.sequences import Done, Obligation, Sequences

FINDINGS = ("overdue", "not_met", "met_late")


@frozen
class Bench:
    """Turns the obligations of one duty in one scope into verdicts."""

    owed: DutyInScope
    index: int
    scope_unknown: Callable[[date], bool]
    judge: Sequences = field()

    @judge.default
    def _judge(self) -> Sequences:
        return Sequences(self.owed)

    @property
    def as_at(self) -> date:
        return self.owed.world.as_at

    def obligations(self) -> Iterator[Obligation]:
        timing = self.judge.steps[0].timing
        if isinstance(timing, By | Before):
            yield from Early(self.judge).obligations()
            return
        for run in self.judge.runs():
            yield from run.obligations()

    def judged(self) -> Iterator[Judged]:
        if self.owed.scope.start is None or self.judge.first_anchor_unseen():
            yield Judged(self.index, 0, self.owed.scope.ref, None, None, None, "cannot_tell")
            return
        for it, verdict in self.verdicts():
            if self.owed.bounds.anchors(it.anchor):
                yield verdict

    def verdicts(self) -> Iterator[tuple[Obligation, Judged]]:
        for it in self.obligations():
            verdict = self.verdict(it, self.judge.clock(it.step, it.judged))
            if verdict is not None:
                yield it, verdict

    def verdict(self, it: Obligation, clock: Clock) -> Judged | None:
        """The verdict on one obligation; nothing where it did not apply."""
        done = it.done[0] if it.done else None
        life = [self.as_at, done, it.end - DAY if it.end else None]
        last = min(day for day in life if day)
        last = max(last, it.since) if it.since <= self.as_at else last
        assumed = it.assumed or self.scope_unknown(it.anchor)
        plain = Judged(
            self.index,
            it.step,
            self.owed.scope.ref,
            it.anchor,
            None,
            done,
            "exempt",
            assumed=assumed,
        )
        timing = self.judge.steps[it.step].timing
        if isinstance(timing, WithoutNumber):
            return self.without_number(it, clock, plain)
        if it.fixed is not None:
            return self.before(it, clock, plain)
        possible = clock.deadlines((it.anchor, it.hour[0]), it.since)
        falls = [fall for fall in possible if fall]
        settled = it.done is not None or (it.end is not None and it.end <= self.as_at)
        if settled and not clock.may_have_stood(it.since, max(it.since, last)):
            return self.without_deadline(it, clock, plain, last)
        if not falls:
            if clock.in_hours and self.at_other_extremes(it, clock) is not None:
                return evolve(plain, verdict="cannot_tell")
            return self.without_deadline(it, clock, plain, last)
        earliest = min(falls)
        deadline = by_clock(timing, earliest[:2])
        assert deadline is not None
        guessed = len({fall and fall[:2] for fall in possible}) > 1 or is_guess(falls, earliest)
        verdict, days = self.plain(it, deadline)
        if clock.in_hours and verdict != self.at_other_extremes(it, clock):
            verdict = "cannot_tell"
        return self.concluded(it, plain, deadline[0], (verdict, days), guessed)

    def concluded(
        self,
        it: Obligation,
        plain: Judged,
        deadline: date,
        found: tuple[str, int | None],
        guessed: bool,
    ) -> Judged:
        """The verdict, once what is not known has been weighed."""
        verdict = self.doubted(it, deadline, found[0])
        return evolve(
            plain,
            deadline=deadline,
            verdict=verdict,
            days=None if verdict == "cannot_tell" else found[1],
            assumed=plain.assumed or guessed,
        )

    # obligations that have no deadline, or one that is fixed

    def without_number(self, it: Obligation, clock: Clock, plain: Judged) -> Judged | None:
        on_the_day = clock.outcomes(it.anchor)
        if on_the_day == {"exempt"}:
            return plain
        return self.needs_judgement(it, plain) if any(map(stands, on_the_day)) else None

    def needs_judgement(self, it: Obligation, plain: Judged) -> Judged:
        elapsed = ((plain.fulfilled_on or self.as_at) - it.anchor).days
        return evolve(plain, verdict="needs_judgement", days=elapsed)

    def without_deadline(
        self, it: Obligation, clock: Clock, plain: Judged, last: date
    ) -> Judged | None:
        # silent: a length of time that nobody stated comes before an exception without a number.
        if clock.blank_at_first(it.since, max(it.since, last)):
            return evolve(plain, verdict="cannot_tell")
        if clock.surely_without_number(it.since, last):
            return self.needs_judgement(it, plain)
        return plain if clock.surely_exempt(it.since, last) else None

    def before(self, it: Obligation, clock: Clock, plain: Judged) -> Judged | None:
        """What is due before an anchor: whether it stands is looked at on the day it is due."""
        assert it.fixed is not None
        looked_at = self.owed.scope.clamp(it.fixed)
        standing = clock.standing(looked_at)
        if standing == "nothing" or (standing == "exempt" and looked_at > self.as_at):
            return None
        if standing == "exempt" or it.could_not_be_met:
            return evolve(plain, fulfilled_on=None)
        found = self.plain(it, (it.fixed, END))
        return self.concluded(it, plain, it.fixed, found, standing == "perhaps")

    # verdicts

    def plain(
        self, it: Obligation, deadline: Instant, lenient: bool = False
    ) -> tuple[str, int | None]:
        """The verdict if everything were known."""
        if it.done is not None:
            late = self.moment_of(it, it.done, lenient) > deadline or self.came_too_late(it)
            return ("met_late", (it.done[0] - deadline[0]).days) if late else ("met", None)
        if it.end is not None:
            days = (it.end - deadline[0]).days
            # What is due by the end of its own scope does not lapse with it.
            missed = days > 0 or it.anchor == self.owed.scope.end
            return ("not_met", max(days, 0)) if missed else ("lapsed", None)
        days = (deadline[0] - self.as_at).days
        is_past = deadline < (self.as_at, END)
        return ("due", days) if days >= 0 and not is_past else ("overdue", -days)

    def came_too_late(self, it: Obligation) -> bool:
        """Whether what was to be done before an anchor came after it on its own day."""
        before = isinstance(self.judge.steps[it.step].timing, Before)
        assert it.done is not None
        return before and it.done[0] == it.anchor and is_later(it.done[1], it.hour)

    def moment_of(self, it: Obligation, done: Done, lenient: bool) -> Instant:
        """When an act was: one without a time counts to the end of its day, unless by a time."""
        day, (first, last) = done
        timing = self.judge.steps[it.step].timing
        by_time = isinstance(timing, By) and timing.clock is not None
        if not self.judge.clock(it.step, it.judged).in_hours:
            # Only a time that is known makes an act late on the very day.
            return (day, last) if by_time and first == last else (day, 0)
        return day, (first if lenient else last)

    def at_other_extremes(self, it: Obligation, clock: Clock) -> str | None:
        """The verdict with the anchor at the end of its day, and the act at the start of its."""
        falls = [fall for fall in clock.deadlines((it.anchor, it.hour[1]), it.since) if fall]
        return self.plain(it, min(falls)[:2], lenient=True)[0] if falls else None

    def doubted(self, it: Obligation, deadline: date, verdict: str) -> str:
        """The verdict in the light of what is not known."""
        span = self.owed.act_span
        if span is None:
            return "cannot_tell"
        first, last = span
        uncovered = first is not None and it.reach < first
        before = it.later and (it.clouded_before or uncovered)
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


def is_guess(falls: Sequence[Fall], earliest: Fall) -> bool:
    """Whether the deadline rests on a length of time of which a part is not known."""
    return any(fall[2] for fall in falls if fall[:2] == earliest[:2])
