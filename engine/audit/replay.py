"""A child shown: the smallest that can be found for a difference, judged by the evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice

import numpy as np
from attrs import evolve

from duly.dsl import policy as p
from duly.dsl.subjects import kinds_in
from duly.engine.audit.attributes import CannotBuild
from duly.engine.audit.children import child
from duly.engine.audit.clocks import SOME_TIME, Clock
from duly.engine.audit.compared import ACTS, Compared, Difference
from duly.engine.audit.comparing import Terms
from duly.engine.audit.shown import Shown
from duly.engine.dates import Days
from duly.engine.days import LAST, date_of
from duly.engine.deadlines import limit_table
from duly.engine.families import Region
from duly.engine.plan import DutyPlan
from duly.engine.scenarios import Outcome, caseload_of, outcomes_of

TRIES = 24
"""Cases of one difference in which a child is looked for before it is given up."""

NOT_SHOWN = (
    "the local limit is longer, but no child was found whom the evaluator judges later by it"
)


def with_children(compared: Compared, policy: p.Policy, terms: Terms) -> Compared:
    """Each difference that needs one with its child; ``later`` is said of such alone."""
    found = (_with_child(each, compared, policy, terms) for each in compared.differences)
    return evolve(compared, differences=tuple(found))


def _with_child(
    difference: Difference, compared: Compared, policy: p.Policy, terms: Terms
) -> Difference:
    if difference.verdict not in ("later", "not-comparable"):
        return difference
    shown = show(compared, difference, policy, terms)
    if shown is None and difference.verdict == "later":
        return evolve(difference, verdict="not-comparable", reason=NOT_SHOWN)
    return evolve(difference, shown=shown)


def show(
    compared: Compared, difference: Difference, policy: p.Policy, terms: Terms
) -> Shown | None:
    """The smallest child found of whom the difference holds, dated near today."""
    policy = _about(compared, policy)
    found = (
        _tried(clock, difference, region, policy, slack)
        for region in _smallest_first(difference)
        for clock in _clocks(compared, difference, terms)
        for slack in _slacks(region)
    )
    return next((shown for shown in found if shown is not None), None)


def _smallest_first(difference: Difference) -> Iterator[Region]:
    """Cases of the difference that are tried, those with the fewest facts first."""
    order = np.argsort(difference.cases.truths.sum(axis=1), kind="stable")
    return (difference.cases.region(row) for row in order[:TRIES].tolist())


def _clocks(compared: Compared, difference: Difference, terms: Terms) -> Iterator[Clock]:
    """The clocks of the law's that are tried in each case."""
    for day in _start_days(difference, terms):
        deadlines = tuple(_deadlines(difference, day))
        yield Clock(compared.law, compared.local, difference.step, day, deadlines)


def _about(compared: Compared, policy: p.Policy) -> p.Policy:
    """The policy with no more kinds of fact than the two duties look at."""
    wanted: set[str] = set()
    for duty in (compared.law, compared.local):
        wanted |= set(kinds_in(p.Scoped(duty.scope, duty.duty)))
        wanted |= {kind for _, guard in duty.clauses for kind in kinds_in(guard.leaves)}
    kinds = {
        name: kind
        for name, kind in policy.kinds.items()
        if kind.nature == "subject" or name in wanted
    }
    never = tuple(each for each in policy.never if set(kinds_in(each)) <= set(kinds))
    return evolve(policy, kinds={n: _alone(k, kinds) for n, k in kinds.items()}, never=never)


def _alone(kind: p.Kind, kinds: Mapping[str, p.Kind]) -> p.Kind:
    """The kind, belonging to no period that is left out."""
    return kind if kind.of is None or kind.of in kinds else evolve(kind, of=None)


def _start_days(difference: Difference, terms: Terms) -> Iterator[int]:
    """Days near today on which the clock may start, not a 29 February unless no other will do.

    Last comes the nearest from which both limits end by today: rules may end soon after it.
    """
    days, (_, today) = terms.dates.days, terms.days
    over: Days = days[:0]
    if difference.apart is not None:
        days = days[difference.apart.behind > 0]
        ends = [limit_table(each)[days] for each in difference.apart.limits]
        over = days[np.maximum(*ends) <= today][-1:]
    nearest = days[np.argsort(np.abs(days.astype(np.int64) - today), kind="stable")]
    leap = [day for day in nearest[:8].tolist() if _is_leap(day)]
    yield from islice((day for day in nearest.tolist() if not _is_leap(day)), 2)
    yield from leap[:1]
    yield from over.tolist()


def _is_leap(day: int) -> bool:
    found = date_of(day)
    return (found.month, found.day) == (2, 29)


def _slacks(region: Region) -> tuple[int, ...]:
    """Some time more than what takes time must take; none where it must not take much longer."""
    timed = [true for leaf, true in region.items() if isinstance(leaf, p.Elapsed | p.Lasting)]
    return (SOME_TIME, 0) if any(timed) and not all(timed) else (SOME_TIME,)


def _tried(
    clock: Clock, difference: Difference, region: Region, policy: p.Policy, slack: int
) -> Shown | None:
    """The child of one region and one start, if the evaluator says of it what is claimed."""
    try:
        as_at = min(max(clock.day, *clock.deadlines) + 1, LAST)
        scenario = child(clock, region, policy, as_at, slack)
    except CannotBuild:
        return None
    caseload = caseload_of(policy, scenario)
    law = _obligation(clock.law, clock.day, difference.step, outcomes_of(clock.law, caseload))
    local = _obligation(
        clock.local, clock.day, difference.local_step, outcomes_of(clock.local, caseload)
    )
    if law is None or law.deadline is None or law.verdict in ("exempt", "lapsed", "cannot_tell"):
        return None
    shown = Shown(scenario, date_of(clock.day), law, local)
    return shown if _bears_out(shown, difference) else None


def _bears_out(shown: Shown, difference: Difference) -> bool:
    """Whether the evaluator says of the child what the difference claims."""
    if difference.verdict == "later":
        return shown.days > 0
    if difference.premise == ACTS:
        return shown.local is not None and shown.local.verdict == "met" and _missed(shown.law)
    return shown.local is None or shown.local.deadline is None


def _missed(outcome: Outcome) -> bool:
    return outcome.verdict in ("overdue", "not_met")


def _deadlines(difference: Difference, day: int) -> Iterator[int]:
    """The last days of both limits for a clock that starts on a day, and the day itself."""
    yield day
    limits = (difference.law.outcome, difference.local.outcome)
    for found in difference.apart.limits if difference.apart is not None else limits:
        if found.has_limit:
            yield int(limit_table(found)[day])


def _obligation(duty: DutyPlan, day: int, step: int, outcomes: Iterator[Outcome]) -> Outcome | None:
    """What a duty asks of the child for the clock that starts on a day."""
    for outcome in outcomes:
        batch, row = outcome.batch, outcome.row
        if batch.step == step and int(batch.anchor[row]) == day:
            return outcome
    return None
