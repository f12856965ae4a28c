"""How one child's dates came about: the same plan run on one subject, with what it went through.

Nothing is decided here: dates and verdicts are those of ``evaluate``, read back with the timeline
that they were found on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import numpy as np
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine import conclude, deadlines
from duly.engine.batch import Batch, first_rows
from duly.engine.caseload import Caseload
from duly.engine.dates import Days, bank_holidays
from duly.engine.days import FAR, MISSING, date_of, day_of, long_date
from duly.engine.deadlines import Segments
from duly.engine.evaluate import judge, segments_of
from duly.engine.facts import Facts, cut
from duly.engine.keys import scope_of
from duly.engine.lower import lower
from duly.engine.obligations import VERDICTS
from duly.engine.plan import EXEMPT, PAUSED, DutyPlan, InForceOn, StepPlan, condition_text
from duly.engine.runs import FROM_ANCHOR, FROM_START
from duly.engine.scopes import Scopes, scopes_of


@frozen
class Stretch:
    """Days on which one clause stood, and the conditions that were true or not known."""

    first: date
    last: date | None
    clause: str
    true: tuple[str, ...]
    unknown: tuple[str, ...]


@frozen
class Explained:
    """One obligation in words; ``floor`` is the earliest deadline of all layers on its anchor."""

    scope: str
    anchor: str
    duty: str
    verdict: str
    anchored: date | None
    deadline: date | None
    floor: date | None
    fulfilled: str
    days: int
    reason: str
    holidays: tuple[str, ...]
    latest: date | None
    following: str


@frozen
class DutyExplained:
    """One duty: its text, the timelines of its scopes, and its obligations."""

    rule: p.Rule
    text: str
    stretches: tuple[tuple[str, tuple[Stretch, ...]], ...]
    obligations: tuple[Explained, ...]


class NoSubject(Exception):
    """Nobody of this id is in the facts."""


def explain(
    policy: p.Policy,
    facts: Facts,
    as_at: date,
    subject: str,
    rules: Sequence[str] = (),
    known_at: date | None = None,
) -> list[DutyExplained]:
    """Every duty of the rules (all by default) that has something to say of one subject."""
    found = np.flatnonzero(facts.subjects == subject)
    if not len(found):
        raise NoSubject(subject)
    one = facts.between(int(found[0]), int(found[0]) + 1)
    caseload = Caseload(cut(one, as_at, known_at), day_of(as_at))
    plan = lower(policy)
    judged = [batch for duty in plan.duties for batch in judge(duty, caseload)]
    floors = conclude.effective_deadlines(plan, judged)
    explained = (
        _duty(
            duty,
            caseload,
            [pair for pair in zip(judged, floors, strict=True) if pair[0].duty is duty],
        )
        for duty in plan.duties
        if not rules or duty.rule.qualified in rules
    )
    return [each for each in explained if each.obligations]


def _duty(
    duty: DutyPlan, caseload: Caseload, judged: Sequence[tuple[Batch, Days]]
) -> DutyExplained:
    lines: dict[int, Segments] = {}
    scopes: Scopes | None = None
    if not isinstance(duty.duty, p.Have):
        scopes = scopes_of(duty.scope, caseload)
        if len(scopes.domain):
            lines = {n: segments_of(step, scopes, caseload) for n, step in enumerate(duty.steps)}
    obligations = [
        _obligation(batch, row, caseload, lines, int(floor[row]))
        for batch, floor in judged
        for row in range(len(batch))
    ]
    obligations.sort(key=lambda o: o.anchored or date.min)
    stretches: tuple[tuple[str, tuple[Stretch, ...]], ...] = ()
    if scopes is not None and lines:
        stretches = tuple(_timelines(duty, scopes, lines))
    return DutyExplained(duty.rule, duty.duty.text, stretches, tuple(obligations))


# ------------------------------------------------------------------- timelines


def _timelines(
    duty: DutyPlan, scopes: Scopes, lines: dict[int, Segments]
) -> Iterator[tuple[str, tuple[Stretch, ...]]]:
    """For each scope and step the clause that stood on each day; a whole life has none to show."""
    if isinstance(duty.scope, p.Always):
        return
    for scope in range(len(scopes.domain)):
        end = int(scopes.domain.end[scope])
        until = f" to {long_date(date_of(end))}" if end < FAR else ", still running"
        start = int(scopes.domain.start[scope])
        named = _scope_name(duty, scopes, scope)
        since = f" from {long_date(date_of(start))}"
        for number, step in enumerate(duty.steps):
            stretches = tuple(_stretches(step, lines[number], scope))
            if any(stretch.clause not in ("paused", "not in force") for stretch in stretches):
                yield f"{named}{since}{until}: {step.text}", stretches


def _scope_name(duty: DutyPlan, scopes: Scopes, scope: int) -> str:
    if scopes.table is not None:
        row = int(first_rows(scopes.domain)[scope])
        return f"{scopes.table.kind.name} {scopes.table.ids[row]} ({scopes.table.ref(row)})"
    assert isinstance(duty.scope, p.While)
    return f"while {condition_text(duty.scope.condition)}"


def _stretches(step: StepPlan, line: Segments, scope: int) -> Iterator[Stretch]:
    guard = step.guard
    rows = np.flatnonzero(scope_of(line.key) == scope)
    for row in rows:
        code, mask = int(line.code[row]), int(line.mask[row])
        digits = {leaf: code // 3**n % 3 for n, leaf in enumerate(guard.leaves)}
        law = [digit for leaf, digit in digits.items() if isinstance(leaf, InForceOn)]
        facts = {leaf: d for leaf, d in digits.items() if not isinstance(leaf, InForceOn)}
        last = int(line.following[row])
        yield Stretch(
            date_of(int(line.day[row])),
            date_of(last - 1) if last < FAR else None,
            "not in force" if 0 in law else _clause(step, mask),
            tuple(condition_text(leaf) for leaf, digit in facts.items() if digit == 1),
            tuple(condition_text(leaf) for leaf, digit in facts.items() if digit == 2),
        )


def _clause(step: StepPlan, mask: int) -> str:
    outcomes = [o for n, o in enumerate(step.guard.outcomes) if mask >> n & 1]
    words = []
    for outcome in outcomes:
        if outcome is step.guard.outcomes[PAUSED] or outcome is step.guard.outcomes[EXEMPT]:
            words.append(outcome.text)
        elif outcome.duration is not None:
            words.append(str(outcome.duration))
        else:
            words.append(outcome.text)
    return " or ".join(words)


# ----------------------------------------------------------------- obligations


def _obligation(
    batch: Batch, row: int, caseload: Caseload, lines: dict[int, Segments], floor: int
) -> Explained:
    deadline = _date(int(batch.deadline[row]))
    anchor, fulfilled = int(batch.anchor[row]), int(batch.fulfilled[row])
    done = ""
    if fulfilled != MISSING:
        where = batch.act_table.ref(int(batch.act[row]))
        done = f"{long_date(date_of(fulfilled))} ({where})"
    return Explained(
        scope=_scope_ref(batch, row),
        anchor=_anchor(batch, row),
        duty=batch.duty.name(batch.step),
        verdict=VERDICTS[batch.verdict[row]].replace("_", " "),
        anchored=_date(anchor),
        deadline=deadline,
        floor=_date(floor),
        fulfilled=done,
        days=int(batch.days[row]),
        reason=conclude.reason(batch, row, conclude.absent_kinds(caseload.facts)),
        holidays=_holidays(batch, row),
        latest=_latest(batch, row, lines),
        following=_following(batch, row, caseload, lines),
    )


def _date(day: int) -> date | None:
    return None if day in (MISSING, FAR) else date_of(day)


def _scope_ref(batch: Batch, row: int) -> str:
    table, scope_row = batch.scope_table, int(batch.scope_row[row])
    return "" if table is None or scope_row < 0 else f"{table.kind.name} {table.ids[scope_row]}"


def _anchor(batch: Batch, row: int) -> str:
    """What the clock runs from, and where in the source it stands."""
    origin, place = int(batch.anchor_from[row]), int(batch.anchor_row[row])
    if origin == FROM_START:
        table, place, word = batch.scope_table, int(batch.scope_row[row]), "start of "
    else:
        table = batch.anchor_table if origin == FROM_ANCHOR else batch.act_table
        word = ""
    if table is None or place < 0:
        return "start"
    return f"{word}{table.kind.name} {table.ids[place]} ({table.ref(place)})"


def _holidays(batch: Batch, row: int) -> tuple[str, ...]:
    """Bank holidays that a count in working days passed over."""
    deadline, anchor = int(batch.deadline[row]), int(batch.anchor[row])
    if MISSING in (deadline, anchor) or isinstance(batch.duty.duty, p.Have):
        return ()
    guard = batch.duty.steps[batch.step].guard
    mask = int(guard.table[batch.code[row]])
    standing = [o.duration for n, o in enumerate(guard.outcomes) if mask >> n & 1 and o.duration]
    if not any(duration.unit == "working day" for duration in standing):
        return ()
    return tuple(
        f"{long_date(date_of(day))} ({name})"
        for day, name in bank_holidays().items()
        if anchor < day <= deadline
    )


def _latest(batch: Batch, row: int, lines: dict[int, Segments]) -> date | None:
    """Where a missing fact could move the deadline to, at the latest."""
    if not batch.assumed[row] or batch.step not in lines or batch.anchor[row] == MISSING:
        return None
    day = _due(batch, row, lines[batch.step], "latest", int(batch.anchor[row]))
    return _date(day)


def _due(batch: Batch, row: int, line: Segments, tables: str, anchor: int) -> int:
    """The deadline that a clock begun on a day would have, by the evaluator's own functions."""
    scope = batch.scope[row : row + 1]
    days = np.array([anchor], np.int32)
    first = line.at_any(scope, days)
    timing = batch.duty.steps[batch.step].timing
    table = getattr(line, tables)
    if isinstance(timing, p.Every):
        return int(deadlines.repeating(line, table, days, days, first).day[0])
    return int(deadlines.once(line, table, line.longest, days, days, first).day[0])


def _following(batch: Batch, row: int, caseload: Caseload, lines: dict[int, Segments]) -> str:
    """What would come next if it were done on the as-at day."""
    if VERDICTS[batch.verdict[row]] not in ("due", "overdue") or not lines:
        return ""
    timing = batch.duty.steps[batch.step].timing
    if isinstance(timing, p.Every):
        day = _due(batch, row, lines[batch.step], "soonest", caseload.as_at)
    elif batch.step + 1 < len(batch.duty.steps):
        day = _due(_next_step(batch), row, lines[batch.step + 1], "soonest", caseload.as_at)
    else:
        return "done, it would be settled"
    if day == FAR:
        return "done on the as-at day, nothing would follow for now"
    return f"done on the as-at day, the next would be due {long_date(date_of(day))}"


def _next_step(batch: Batch) -> Batch:
    return evolve(batch, step=batch.step + 1)
