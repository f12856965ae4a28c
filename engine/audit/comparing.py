"""A duty of the law and a local one that refines it, held against each other everywhere."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.audit.anchors import steps_side_by_side
from duly.engine.audit.asked import Asked, Cases, CaseSpace, ways
from duly.engine.audit.compared import ANCHORS, DATES, NAMES, SCOPE, Compared, Difference, Premise
from duly.engine.audit.limits import Range
from duly.engine.audit.outcomes import Clauses, difference, not_comparable
from duly.engine.audit.premises import Failed, beyond, failures
from duly.engine.clauses import standing, together
from duly.engine.lower import FAILED
from duly.engine.plan import EXEMPT, PAUSED, STANDS, DutyPlan
from duly.engine.truth import Flags

Numbers = npt.NDArray[np.int64]

RESTS = "the local day may fall in a time in which neither stands, and the law's own behind it"
BEFORE_ALL = (
    "the local day may lie before the scope, where it could not be met, and the law's in it"
)
NEVER_ASKS = "there is no case in which the law asks for anything"
ASKS_ELSEWHERE = "it asks for something where the law does not"


@frozen(eq=False)
class Terms:
    """On what terms duties are compared: in all cases of a vocabulary, and on which dates.

    ``days`` say which law is in force for the one and for the other, ``dates`` when clocks start.
    """

    cases: CaseSpace
    days: tuple[int, int]
    dates: Range


def compare(law: DutyPlan, local: DutyPlan, beside: Sequence[DutyPlan], terms: Terms) -> Compared:
    """Hold a local duty against the law's; ``beside`` are all that refine that duty of the law."""
    space = terms.cases.space
    failed = list(failures(law, local, beside, space))
    if any(fail.premise == ANCHORS for fail in failed):
        return Compared(law, local, _premises(failed), ())
    pairs = [Clauses(law, local, *steps) for steps in steps_side_by_side(law, local)]
    answered = [(clauses, _answers(clauses, _stands(law.scope), terms)) for clauses in pairs]
    by_step = [tuple(_differences(clauses, answers, terms)) for clauses, answers in answered]
    if not all(by_step):
        failed.append(Failed(SCOPE, NEVER_ASKS))
    differences = tuple(chain.from_iterable(by_step))
    failed += [Failed(each.premise, each.reason) for each in differences if each.premise]
    more = [*beyond(law, local, space)]
    if any(_asks_elsewhere(law, answers) for _, answers in answered):
        more.append(ASKS_ELSEWHERE)
    return Compared(law, local, _premises(failed), differences, tuple(more))


def _premises(failed: Iterable[Failed]) -> tuple[Premise, ...]:
    """All six, each with the reasons for which it fails, each once."""
    reasons: dict[int, dict[str, None]] = {number: {} for number in NAMES}
    for fail in failed:
        reasons[fail.premise][fail.reason] = None
    return tuple(Premise(number, tuple(found)) for number, found in reasons.items())


# ------------------------------------------------------------------ two clauses, case by case


@frozen(eq=False)
class _Answers:
    """What two clauses come to in each case, as the numbers of their outcomes: int64, (cases,)."""

    cases: Cases
    law: Numbers
    local: Numbers

    def where(self, chosen: Flags) -> _Answers:
        return _Answers(self.cases.where(chosen), self.law[chosen], self.local[chosen])


def _answers(clauses: Clauses, given: p.Condition, terms: Terms) -> _Answers:
    """What the two come to in every case in which ``given`` holds."""
    cases = terms.cases.of(clauses.guards, given)
    law, local = (
        cases.asked(guard, day) for guard, day in zip(clauses.guards, terms.days, strict=True)
    )
    return _Answers(cases, law, local)


def _differences(clauses: Clauses, answers: _Answers, terms: Terms) -> Iterator[Difference]:
    """One difference for each two outcomes that meet in some case in which the law asks."""
    answers = answers.where(_asks(clauses.law, answers.law))
    unmeetable = _unmeetable(clauses, terms)
    theirs, ours = clauses.guards
    for law, local in dict.fromkeys(zip(answers.law.tolist(), answers.local.tolist(), strict=True)):
        chosen = (answers.law == law) & (answers.local == local)
        found = difference(clauses, Asked(theirs, law), Asked(ours, local), terms.dates)
        if unmeetable and found.verdict == "stricter" and found.apart is not None:
            found = not_comparable(found, DATES, unmeetable)
        cases = answers.cases.where(chosen)
        yield evolve(found, cases=cases, ways=tuple(ways(chosen, answers.cases)))


def _unmeetable(clauses: Clauses, terms: Terms) -> str:
    """Why an earlier local day may be one on which the act cannot be asked for, if it may."""
    if not clauses.law.steps:
        return ""
    timing, _ = clauses.timings
    if isinstance(timing, p.Before):
        return BEFORE_ALL
    return RESTS if isinstance(timing, p.Within | p.By) and _may_rest(clauses, terms) else ""


def _may_rest(clauses: Clauses, terms: Terms) -> bool:
    """Whether the scope may last while neither stands (T-26)."""
    answers = _answers(clauses, _lasts(clauses.law.scope), terms)
    resting = (PAUSED, EXEMPT)
    return bool((np.isin(answers.law, resting) & np.isin(answers.local, resting)).any())


def _asks_elsewhere(law: DutyPlan, answers: _Answers) -> bool:
    """Whether the local clause asks for something in a case in which the law rests."""
    return bool((_asks(law, answers.local) & ~_asks(law, answers.law)).any())


def _asks(duty: DutyPlan, numbers: Numbers) -> Flags:
    """Where an outcome asks for something that can be missed."""
    match duty.duty:
        case p.Have(throughout=False) if isinstance(duty.scope, p.ForEach):
            return np.isin(numbers, FAILED)
        case p.Have():
            return np.isin(numbers, STANDS)
        case _:
            return np.isin(numbers, (PAUSED, EXEMPT), invert=True)


def _stands(scope: p.Scope) -> p.Condition:
    """What holds wherever a duty of this scope stands."""
    return together(_lasts(scope), standing(scope))


def _lasts(scope: p.Scope) -> p.Condition:
    """What holds all the while that a scope lasts."""
    match scope:
        case p.During(period):
            return p.Running(period)
        case p.While(condition):
            return condition
        case _:
            return together()
