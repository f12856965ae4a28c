"""States: what held on the day of an occasion, and from when to when it did not hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from attrs import evolve

from duly.dsl import policy as p
from duly.engine.anchors import nth_occasions, occasions, still_expected
from duly.engine.batch import (
    BLANK_START,
    CANNOT_TELL,
    DUE,
    IS_EXEMPT,
    MET,
    NO_DOUBT,
    NOT_MET,
    UNDECIDED_ACT,
    UNDECIDED_STATE,
    Batch,
    Tables,
)
from duly.engine.caseload import Caseload
from duly.engine.conditions import codes_on, guarded
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNKNOWN
from duly.engine.doubts import where_scopes_are_sure
from duly.engine.facts import Table
from duly.engine.judging import verdicts
from duly.engine.keys import Flags, keys, next_day, scope_of
from duly.engine.lower import ABSENT, FAILED, HELD, JUDGED_EXEMPT
from duly.engine.plan import AND_HELD, EXEMPT, STANDS, DutyPlan, Group, Guard, leaves_of
from duly.engine.runs import FROM_ANCHOR, FROM_ITSELF, FROM_START
from duly.engine.scopes import Scopes
from duly.engine.timeline import Domain, Timeline, places

# ------------------------------------------------------------------- on an occasion


def to_come(duty: DutyPlan, caseload: Caseload) -> Iterator[Batch]:
    """Scheduled occasions: due on their day, whatever is on record of them by now."""
    assert isinstance(duty.scope, p.ForEach)
    assert duty.guard is not None
    named = duty.scope.occasion
    if not isinstance(named, p.EventDay) or named.event not in caseload.facts.later:
        return
    occasion = _to_come(duty.scope)
    assert isinstance(occasion, p.EventDay)
    later = caseload.facts.later[occasion.event]
    expected = evolve(occasion, where=still_expected(occasion.where, later.kind))
    scheduled = caseload.with_table(later)
    if occasion.ordinal is None:
        found = occasions(expected, scheduled)
    else:
        found = nth_occasions(expected, _so_far(occasion, caseload), scheduled)
    code = _codes_to_come(duty.guard, found.domain, caseload, later)
    there = (found.fits != 0) & (duty.guard.table[code] != 1 << ABSENT)
    scope = np.flatnonzero(there).astype(np.int32)
    day = found.domain.start[scope]
    yield Batch.of(
        duty,
        found.domain,
        scope,
        Tables(later, later, later),
        anchor=day,
        anchor_from=np.array(FROM_ANCHOR),
        anchor_row=found.domain.member_row[scope],
        deadline=day,
        end=found.domain.end[scope],
        verdict=np.array(DUE),
        days=day - caseload.as_at,
        code=code[scope],
    )


@lru_cache(maxsize=1 << 12)
def _each(scope: p.ForEach) -> p.EventDay | p.PeriodEdge:
    """The occasion with all that is asked of it."""
    tests = [test for test in (scope.occasion.where, scope.where) if test is not None]
    return evolve(scope.occasion, where=p.all_of(p.And, [*tests]))


def _to_come(scope: p.ForEach) -> p.EventDay | p.PeriodEdge:
    """The occasion with what is asked of its own row; what else is asked is in the guard.

    Which is the first, though, all tests together tell.
    """
    if scope.occasion.ordinal is not None or not isinstance(scope.occasion, p.EventDay):
        return _each(scope)
    kind = scope.occasion.event
    parts = scope.where.parts if isinstance(scope.where, p.And) else (scope.where,)
    own = [part for part in parts if part is not None and _is_about(part, kind)]
    return _each(evolve(scope, where=p.all_of(p.And, [*own]) if own else None))


def _is_about(condition: p.Condition, kind: str) -> bool:
    """Whether it looks at nothing but the row of a kind itself."""
    return all(getattr(leaf, "owner", None) == kind for leaf in leaves_of(condition))


def _so_far(occasion: p.EventDay, caseload: Caseload) -> Days:
    """On how many days each subject had such an occasion by the as-at day."""
    found = occasions(evolve(occasion, ordinal=None), caseload)
    some, domain = found.fits != 0, found.domain
    days = scope_of(np.unique(keys(domain.subject[some], domain.start[some])))
    return np.bincount(days, minlength=len(caseload.facts.subjects)).astype(np.int32)


def _codes_to_come(
    guard: Guard, domain: Domain, caseload: Caseload, later: Table
) -> npt.NDArray[np.int32]:
    """The codes on the days to come: what is so by now, and what the occasion's own row says."""
    code = np.zeros(len(domain), np.int32)
    scheduled = caseload.with_table(later)
    for place, leaf in zip(places(guard.values), guard.leaves, strict=True):
        parts = leaves_of(leaf.condition) if isinstance(leaf, Group) else [leaf]
        own = any(getattr(part, "owner", None) == later.kind.name for part in parts)
        code += codes_on([leaf], domain, scheduled if own else caseload) * np.int32(place)
    return code


def on_occasions(duty: DutyPlan, caseload: Caseload) -> Iterator[Batch]:
    """``for each X must have C``: what held on each X's own day."""
    assert isinstance(duty.scope, p.ForEach)
    assert duty.guard is not None
    found = occasions(_each(duty.scope), caseload)
    domain, table = found.domain, found.table
    if not len(domain):
        return
    code = codes_on(duty.guard.leaves, domain, caseload, duty.guard.values)
    verdict = _VERDICTS[duty.guard.table][code]
    doubtful = (found.fits == UNKNOWN) & (verdict == NOT_MET)
    verdict[doubtful | (found.day == MISSING)] = CANNOT_TELL
    there = (found.fits != 0) & (verdict != _NO_DUTY)
    scope, day, end, row = domain.every, found.day, domain.end, domain.member_row
    if not there.all():
        scope = np.flatnonzero(there).astype(np.int32)
        day, end, row = day[scope], end[scope], row[scope]
        verdict, code = verdict[scope], code[scope]
    held = verdict == MET
    doubt, unsure = np.array(NO_DOUBT), verdict == CANNOT_TELL
    if unsure.any():
        why = np.where(day == MISSING, BLANK_START, UNDECIDED_ACT)
        doubt = np.where(unsure, why, NO_DOUBT)
    yield Batch.of(
        duty,
        domain,
        scope,
        Tables(table, table, table),
        anchor=day,
        anchor_from=np.array(FROM_ANCHOR),
        anchor_row=row,
        deadline=np.where(verdict == IS_EXEMPT, MISSING, day),
        fulfilled=np.where(held, day, MISSING),
        act=np.where(held, row, -1),
        end=end,
        verdict=verdict,
        doubt=doubt,
        code=code,
    )


_NO_DUTY = -1
"""What stands for a verdict where there is nothing to judge."""


def _verdict_of(outcomes: int) -> int:
    """The verdict on a state that comes to one of a set of outcomes."""
    if outcomes == 1 << ABSENT:
        return _NO_DUTY
    match outcomes & ~(1 << ABSENT):
        case there if there == 1 << HELD:
            return MET
        case there if there & ~(1 << HELD) == 1 << JUDGED_EXEMPT:
            return IS_EXEMPT
        case _:
            return NOT_MET if outcomes == 1 << FAILED else CANNOT_TELL


_VERDICTS = np.array([_verdict_of(outcomes) for outcomes in range(16)], np.int8)
"""The verdict on each set of the four outcomes."""


# ----------------------------------------------------------------------- throughout

FAILING = 1 << STANDS
"""The outcomes of a day on which the state surely fails, and the duty surely stands."""

HOLDS = 1 << STANDS + AND_HELD | 1 << EXEMPT + AND_HELD | 1 << AND_HELD
"""The outcomes of days on which the state holds."""

EXCUSED = 1 << EXEMPT | 1 << EXEMPT + AND_HELD
"""The outcomes of days on which the duty is exempt."""


def throughout(duty: DutyPlan, scopes: Scopes, caseload: Caseload) -> Iterator[Batch]:
    """``must have C throughout``: each unbroken stretch on which C may fail, and the other scopes.

    Days after the as-at day are looked at only for the end of a stretch that has begun.
    """
    assert duty.guard is not None
    line = guarded(duty.guard, scopes.domain, caseload)
    mask = duty.guard.table[line.code]
    begun = (line.day <= caseload.as_at) & (line.day < scopes.domain.end[line.scope])
    failing = (mask & FAILING != 0) & (line.day < scopes.domain.end[line.scope])
    first, last = _unbroken(line.scope, failing)
    some = begun[first] & duty.may_begin(line.day[first])
    yield _failed(duty, line, mask, first[some], last[some], scopes, caseload)
    spoilt = np.zeros(len(scopes.domain), bool)
    spoilt[line.scope[first[some]]] = True
    yield _kept(duty, line, mask, begun & ~spoilt[line.scope], scopes)


def _unbroken(scope: Days, marked: Flags) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The first and the last row of each run of marked ones in one scope."""
    same = scope[1:] == scope[:-1]
    goes_on = np.append(same & marked[1:], False)
    came_on = np.append(False, same & marked[:-1])
    return np.flatnonzero(marked & ~came_on), np.flatnonzero(marked & ~goes_on)


def _failed(
    duty: DutyPlan,
    line: Timeline,
    mask: npt.NDArray[np.int64],
    first: npt.NDArray[np.intp],
    last: npt.NDArray[np.intp],
    scopes: Scopes,
    caseload: Caseload,
) -> Batch:
    """One obligation for each stretch, due on its first day."""
    assert duty.guard is not None
    scope, day = line.scope[first], line.day[first]
    after = next_day(line.scope, line.day)[last]
    held = np.append(mask, 0)[last + 1] & ~HOLDS == 0
    there = after < FAR
    end = np.where(there, after, scopes.domain.end[scope]).astype(np.int32)
    fulfilled = np.where(there & held & (after <= caseload.as_at), after, FAR)
    verdict, days = verdicts(day, fulfilled.astype(np.int32), end, caseload.as_at)
    sure = (mask == FAILING) & (line.day <= caseload.as_at)
    so_far = np.concatenate([[0], np.cumsum(sure)])
    surely = so_far[last + 1] > so_far[first]
    code = line.code[first]
    batch = Batch.of(
        duty,
        scopes.domain,
        scope,
        Tables(None, None, scopes.table),
        anchor=day,
        anchor_from=np.array(FROM_ITSELF),
        deadline=day,
        fulfilled=np.where(fulfilled < FAR, fulfilled, MISSING),
        end=end,
        verdict=np.where(surely, verdict, CANNOT_TELL),
        days=np.where(surely, days, 0),
        assumed=surely & ~sure[first],
        mover=duty.guard.mover[code],
        doubt=np.where(surely, NO_DOUBT, UNDECIDED_STATE),
        code=code,
    )
    return where_scopes_are_sure(batch, scopes)


def _kept(
    duty: DutyPlan,
    line: Timeline,
    mask: npt.NDArray[np.int64],
    looked_at: Flags,
    scopes: Scopes,
) -> Batch:
    """One ``met`` for each other scope in which the state held, or one ``exempt``."""
    held = np.zeros(len(scopes.domain), bool)
    held[line.scope[looked_at & (mask == 1 << STANDS + AND_HELD)]] = True
    exempt, code = line.first(looked_at & (mask & ~EXCUSED == 0), len(scopes.domain))
    scope = np.flatnonzero(held | exempt).astype(np.int32)
    batch = Batch.of(
        duty,
        scopes.domain,
        scope,
        Tables(None, None, scopes.table),
        anchor=scopes.domain.start[scope],
        anchor_from=np.array(FROM_START),
        end=scopes.domain.end[scope],
        verdict=np.where(held[scope], MET, IS_EXEMPT),
        code=np.where(held, 0, code)[scope],
    )
    return where_scopes_are_sure(batch, scopes)
