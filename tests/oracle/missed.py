"""What was missed: the deadline of one duty is the anchor of another (section 5)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from attrs import evolve, frozen

from duly.dsl.policy import Do, Missed, Within
from tests.oracle.acts import DutyInScope
from tests.oracle.clock import Bounds
from tests.oracle.days import END
from tests.oracle.early import by_clock
from tests.oracle.records import Judged
from tests.oracle.sequences import Obligation
from tests.oracle.verdicts import FINDINGS, Bench


def step_missed(duty: Do) -> int | None:
    """The step of another duty whose missed deadline this one runs from."""
    timing = duty.steps[0].timing
    anchor = timing.anchor if isinstance(timing, Within) else None
    return anchor.step if isinstance(anchor, Missed) and duty.after is not None else None


@frozen
class Failing:
    """A duty to do the same act, some time after the deadline that was missed."""

    first: Bench
    own: Bench
    step: int

    def judged(self) -> Iterator[Judged]:
        for it, verdict in self.first.verdicts() if self.known else ():
            if it.step != self.step or verdict.deadline is None:
                continue
            found = self.of(it, verdict)
            if found is None or not self.own.owed.bounds.anchors(found.anchor_day):
                continue
            if verdict.verdict in FINDINGS:
                yield found
            elif verdict.verdict == "cannot_tell" and verdict.deadline < self.own.as_at:
                # What was not surely missed cannot be told either, but for what is exempt.
                untold = evolve(found, verdict="cannot_tell", days=None)
                yield found if found.verdict == "exempt" else untold

    @property
    def known(self) -> bool:
        return (
            self.first.owed.scope.start is not None and not self.first.judge.first_anchor_unseen()
        )

    def of(self, it: Obligation, verdict: Judged) -> Judged | None:
        """The obligation that one missed deadline raises."""
        missed = verdict.deadline
        assert missed is not None
        unsure = [] if self.first.judge.own_clock else self.first.owed.acts().unsure()
        acts = [day for day in unsure if day >= missed]
        mine = Obligation(
            step=0,
            anchor=missed,
            since=missed,
            reach=missed,
            hour=self.hour(it, missed),
            done=it.done,
            end=it.end,
            instead=tuple(day for day in acts if it.end is None or day <= it.end),
            assumed=verdict.assumed,
            judged=it.judged,
        )
        clock = self.own.judge.clock(0, it.judged)
        return self.own.verdict(mine, clock)

    def hour(self, it: Obligation, missed: date) -> tuple[int, int]:
        """The minute of the deadline that was missed; it ends its day where it has none."""
        clock = self.first.judge.clock(it.step, it.judged)
        timing = self.first.judge.steps[it.step].timing
        falls = [f for f in clock.deadlines((it.anchor, it.hour[0]), it.since) if f]
        deadline = by_clock(timing, min(falls)[:2]) if falls and it.fixed is None else None
        minute = deadline[1] if deadline and deadline[0] == missed else END
        return minute, minute


def failing(owed: DutyInScope, index: int, bench: Bench, bounds: Bounds) -> Failing:
    """The duty that a missed deadline adds, beside the duty whose deadline it was."""
    duty = owed.duty
    assert isinstance(duty, Do)
    assert duty.after is not None
    step = step_missed(duty)
    assert step is not None
    other = Bench(evolve(owed, duty=duty.after, bounds=bounds), index, bench.scope_unknown)
    return Failing(other, bench, step)
