"""What the law asks in some case, and what a local rule asks there: which of the two is more."""

from __future__ import annotations

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.audit.asked import Asked
from duly.engine.audit.compared import ACTS, DATES, EXEMPTIONS, SCOPE, Difference, Verdict
from duly.engine.audit.limits import Range, apart
from duly.engine.lower import ABSENT, HELD, JUDGED_EXEMPT
from duly.engine.plan import AND_HELD, EXEMPT, PAUSED, DutyPlan, Guard, Outcome

EXEMPTS = "the local rule exempts where the law does not"
DOES_NOT_STAND = "the local rule does not stand where the law does"
OTHER_STATE = "what the local rule asks for can be so, and the law's not"
OTHER_STRETCH = "the local prohibition ends at another time"
NO_LIMIT = "the law sets a limit there, and the local rule none"
NO_CLOCK = "the law names a time of the day, and the local rule none as early"
OTHER_WINDOWS = "the two count in different windows"
FEWER = "the local rule counts fewer in each window"
AS_PLANNED = "one of the two rests on a length of time that a plan states"


@frozen(eq=False)
class Clauses:
    """A clause of the law's duty and the local one held against it, by the numbers of the steps."""

    law: DutyPlan
    local: DutyPlan
    step: int
    local_step: int

    @property
    def guards(self) -> tuple[Guard, Guard]:
        """What decides in each case what the one and the other come to."""
        return self.law.clauses[self.step][1], self.local.clauses[self.local_step][1]

    @property
    def timings(self) -> tuple[p.Timing, p.Timing]:
        """The timings of both, which acts alone have."""
        return self.law.steps[self.step].timing, self.local.steps[self.local_step].timing


def difference(clauses: Clauses, law: Asked, local: Asked, dates: Range) -> Difference:
    """What lies between an outcome of the law's that asks for something and a local one."""
    plain = Difference("same", clauses.step, clauses.local_step, law, local)
    if isinstance(clauses.law.duty, p.Have):
        return _of_states(plain, clauses.law.scope)
    if local.exempt:
        return not_comparable(plain, EXEMPTIONS, EXEMPTS)
    if not local.stands:
        return not_comparable(plain, SCOPE, DOES_NOT_STAND)
    match clauses.law.duty, clauses.local.duty:
        case p.Forbid(stretch=theirs), p.Forbid(stretch=ours):
            return _of_prohibitions(plain, theirs, ours)
        case _:
            return _of_acts(plain, *clauses.timings, dates)


def not_comparable(plain: Difference, premise: int, reason: str) -> Difference:
    """The difference as one of which nothing more can be said, since a premise fails."""
    return evolve(plain, verdict="not-comparable", premise=premise, reason=reason)


def _of_states(plain: Difference, scope: p.Scope) -> Difference:
    """The law's state is missing there: what does the local rule say of it?"""
    number = plain.local.number
    if isinstance(scope, p.ForEach):
        held, exempt, absent = number == HELD, number == JUDGED_EXEMPT, number == ABSENT
    else:
        held, number = number >= AND_HELD, number % AND_HELD
        exempt, absent = number == EXEMPT, number == PAUSED
    if exempt:
        return not_comparable(plain, EXEMPTIONS, EXEMPTS)
    if absent:
        return not_comparable(plain, SCOPE, DOES_NOT_STAND)
    return not_comparable(plain, ACTS, OTHER_STATE) if held else plain


def _of_prohibitions(plain: Difference, law: object, local: object) -> Difference:
    """Both forbid, each in a stretch of time, or for as long as it stands (``None``)."""
    if law == local:
        return plain
    if local is None:
        return evolve(plain, verdict="stricter")
    return not_comparable(plain, SCOPE, OTHER_STRETCH)


def _of_acts(plain: Difference, law: p.Timing, local: p.Timing, dates: Range) -> Difference:
    """Both ask for an act: by whose limit is it due later?"""
    theirs, ours = plain.law.outcome, plain.local.outcome
    if isinstance(law, p.Times) and isinstance(local, p.Times):
        return _of_windows(plain, law, local, dates)
    if not theirs.stated or not ours.stated:
        return _of_planned(plain, _length(law), _length(local))
    if not theirs.has_limit:
        reason = "it sets a limit where the law names none"
        return evolve(plain, verdict="stricter", reason=reason) if ours.has_limit else plain
    if not ours.has_limit:
        return not_comparable(plain, DATES, NO_LIMIT)
    if _earlier_clock(law, local):
        return not_comparable(plain, DATES, NO_CLOCK)
    return _of_limits(plain, dates)


def _of_limits(plain: Difference, dates: Range) -> Difference:
    """Both set a limit, compared on every start date."""
    found = apart(plain.law.outcome, plain.local.outcome, dates)
    if found.most > 0:
        reason = "the local limit is later"
        return evolve(plain, verdict="later", apart=found, premise=DATES, reason=reason)
    verdict: Verdict = "stricter" if found.least < 0 else "same"
    return evolve(plain, verdict=verdict, apart=found)


def _of_windows(plain: Difference, law: p.Times, local: p.Times, dates: Range) -> Difference:
    """So many times in each window: in the same windows, or in longer ones from one start."""
    if law.at_most == local.at_most and law.window == local.window:
        more = local.count - law.count if not law.at_most else law.count - local.count
        if more >= 0:
            return evolve(plain, verdict="stricter" if more else "same")
        return not_comparable(plain, DATES, FEWER)
    theirs, ours = law.window, local.window
    if law.at_most or local.at_most:
        return not_comparable(plain, DATES, OTHER_WINDOWS)
    if not isinstance(theirs, p.Duration) or not isinstance(ours, p.Duration):
        return not_comparable(plain, DATES, OTHER_WINDOWS)
    found = apart(Outcome(theirs, ""), Outcome(ours, ""), dates)
    if found.most <= 0:
        return not_comparable(plain, DATES, OTHER_WINDOWS)
    reason = "the local window closes later"
    return evolve(plain, verdict="later", apart=found, premise=DATES, reason=reason)


def _of_planned(plain: Difference, law: p.Length | None, local: p.Length | None) -> Difference:
    """A length of time that a plan states is whatever the plan says."""
    if law == local:
        return plain
    if isinstance(local, p.Sooner) and law in local.parts:
        return evolve(plain, verdict="stricter")
    return not_comparable(plain, DATES, AS_PLANNED)


def _length(timing: p.Timing) -> p.Length | None:
    return timing.duration if isinstance(timing, p.Within | p.Every | p.By) else None


def _earlier_clock(law: p.Timing, local: p.Timing) -> bool:
    """Whether the law's last day ends at a time of the day before the local one's."""
    theirs, ours = (timing.clock if isinstance(timing, p.By) else None for timing in (law, local))
    return theirs is not None and (ours is None or ours > theirs)
