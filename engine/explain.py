"""How one child's dates came about: the same plan run on one subject, with what it went through.

Nothing is decided here: dates and verdicts are those of ``evaluate``, read back with the timeline
that they were found on.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import chain

import numpy as np
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.dsl.plurals import number_of
from duly.dsl.subjects import about
from duly.engine import deadlines
from duly.engine.batch import Batch
from duly.engine.caseload import Caseload
from duly.engine.conclude import effective_deadlines
from duly.engine.conditions import guarded
from duly.engine.dates import Days, bank_holidays
from duly.engine.days import FAR, MISSING, UNTIMED, date_of, day_of, long_date, moment_of
from duly.engine.deadlines import Segments, segments
from duly.engine.evaluate import judge, with_lengths
from duly.engine.facts import Facts, cut
from duly.engine.hours import extremes, in_hours
from duly.engine.judging import segments_of
from duly.engine.keys import scope_of
from duly.engine.lower import lower
from duly.engine.moments import hours_at
from duly.engine.obligations import VERDICTS
from duly.engine.plan import DutyPlan, Guard, InForceOn, condition_text, law_of
from duly.engine.prohibitions import standing
from duly.engine.reasons import absent_kinds, anchor_in_words, reason
from duly.engine.runs import FROM_ANCHOR, FROM_ITSELF, FROM_START
from duly.engine.scopes import Scopes, scopes_of
from duly.engine.windows import done_in_windows


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
    """One obligation in words; ``floor`` is the earliest deadline of all layers on its anchor.

    Days have their times where the duty looks at them.
    """

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
    window: str
    holidays: tuple[str, ...]
    latest: date | None
    following: str


@frozen
class DutyExplained:
    """One duty with its text, the timelines of its scopes, and its obligations.

    ``grounds`` are those that stand behind the duty itself, and behind each exception in its words.
    """

    rule: p.Rule
    text: str
    grounds: tuple[tuple[str, p.Grounds], ...]
    stretches: tuple[tuple[str, tuple[Stretch, ...]], ...]
    obligations: tuple[Explained, ...]


@frozen
class Told:
    """One obligation, and what stood from its anchor to its deadline, else to the as-at day."""

    obligation: Explained
    stretches: tuple[Stretch, ...]


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
    policy, one = _one(policy, facts, subject)
    plan = lower(policy)
    caseload = Caseload(cut(one, as_at, known_at), day_of(as_at), policy)
    judged = [list(judge(duty, caseload)) for duty in plan.duties]
    floors = iter(effective_deadlines(plan, list(chain.from_iterable(judged))))
    explained = [
        _duty(with_lengths(duty, caseload), caseload, found)
        for duty, batches in zip(plan.duties, judged, strict=True)
        if (found := [(batch, next(floors)) for batch in batches])
        and (not rules or duty.rule.qualified in rules)
    ]
    return [each for each in explained if each.obligations]


def _one(policy: p.Policy, facts: Facts, subject: str) -> tuple[p.Policy, Facts]:
    """The facts of one subject, by its id as obligations have it, and the rules that concern it."""
    for kind in policy.subjects:
        theirs = facts.about(kind.subject)
        found = np.flatnonzero(theirs.subjects == subject)
        if len(found):
            return about(policy, kind.subject), theirs.between(int(found[0]), int(found[0]) + 1)
    raise NoSubject(subject)


def told(batch: Batch, row: int, caseload: Caseload) -> Told:
    """One obligation of a scenario in words."""
    deadline, anchor = int(batch.deadline[row]), int(batch.anchor[row])
    lines: dict[int, Segments] = {}
    if anchor != MISSING and not isinstance(batch.duty.scope, p.ForEach):
        scopes = evolve(scopes_of(batch.duty.scope, caseload), domain=batch.domain)
        lines = _lines(batch.duty, scopes, caseload, max(anchor, caseload.as_at))
    stretches: tuple[Stretch, ...] = ()
    if lines:
        until = date_of(deadline if deadline != MISSING else caseload.as_at)
        _, guard = batch.duty.clauses[batch.step]
        line = _stretches(batch.duty, guard, lines[batch.step], int(batch.scope[row]))
        stretches = tuple(_between(date_of(anchor), until, line))
    return Told(_obligation(batch, row, caseload, lines, deadline), stretches)


def _between(first: date, until: date, line: Iterator[Stretch]) -> Iterator[Stretch]:
    """What stood in the time from one day to another."""
    for stretch in line:
        last = stretch.last
        if stretch.first <= until and (last is None or last >= first):
            ends = last if last is not None and last < until else None
            yield evolve(stretch, first=max(stretch.first, first), last=ends)


def first_steps(duty: DutyPlan, caseload: Caseload) -> list[tuple[str, tuple[Stretch, ...]]]:
    """Each scope of a duty, and what stood of its first step: why nothing may have come of it."""
    if isinstance(duty.scope, p.ForEach | p.Always):
        return []
    duty = with_lengths(duty, caseload)
    scopes, (_, guard) = scopes_of(duty.scope, caseload), duty.clauses[0]
    lines = _lines(duty, scopes, caseload)
    return [
        (_scope_name(duty, scopes, scope), tuple(_stretches(duty, guard, lines[0], scope)))
        for scope in range(len(scopes.domain))
    ]


def _lines(
    duty: DutyPlan, scopes: Scopes, caseload: Caseload, last_anchor: int | None = None
) -> dict[int, Segments]:
    """The timeline of each step, or of a duty without steps; without a scope there is none."""
    if not len(scopes.domain) or isinstance(duty.scope, p.ForEach):
        return {}
    if duty.guard is not None:
        if isinstance(duty.duty, p.Forbid):
            line = standing(duty, scopes.domain, caseload)
        else:
            line = guarded(duty.guard, scopes.domain, caseload)
        return {0: segments(line, duty.guard, caseload.as_at)}
    return {
        number: segments_of(step, scopes, caseload, last_anchor)
        for number, step in enumerate(duty.steps)
    }


def _duty(
    duty: DutyPlan, caseload: Caseload, judged: Sequence[tuple[Batch, Days]]
) -> DutyExplained:
    scopes = scopes_of(duty.scope, caseload)
    lines = _lines(duty, scopes, caseload)
    obligations = [
        _obligation(batch, row, caseload, lines, int(floor[row]))
        for batch, floor in judged
        for row in range(len(batch))
    ]
    obligations.sort(key=lambda o: (o.anchored or date.min).toordinal())
    stretches: tuple[tuple[str, tuple[Stretch, ...]], ...] = ()
    if lines:
        stretches = tuple(_timelines(duty, scopes, lines))
    return DutyExplained(
        duty.rule, duty.duty.text, _grounds(duty.duty), stretches, tuple(obligations)
    )


def _grounds(duty: p.Do | p.Have | p.Forbid) -> tuple[tuple[str, p.Grounds], ...]:
    """Why a duty is as it is, where it says so behind its own clauses."""
    clauses = [(clause.text.lstrip(", "), clause.grounds) for clause in p.exceptions(duty)]
    found = [("", duty.grounds), *clauses]
    return tuple((words, grounds) for words, grounds in found if grounds != p.Grounds())


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
        for number, (text, guard) in enumerate(duty.clauses):
            stretches = tuple(_stretches(duty, guard, lines[number], scope))
            if any(stretch.clause not in ("paused", "not in force") for stretch in stretches):
                yield f"{named}{since}{until}: {text}", stretches


def _scope_name(duty: DutyPlan, scopes: Scopes, scope: int) -> str:
    if scopes.table is not None:
        row = int(scopes.domain.first_row[scope])
        return f"{scopes.table.kind.name} {scopes.table.ids[row]} ({scopes.table.ref(row)})"
    assert isinstance(duty.scope, p.While)
    return f"while {condition_text(duty.scope.condition)}"


def _stretches(duty: DutyPlan, guard: Guard, line: Segments, scope: int) -> Iterator[Stretch]:
    law = law_of(duty.pack, duty.rule, duty.duty)
    rows = np.flatnonzero(scope_of(line.key) == scope)
    for row in rows:
        code, mask = int(line.code[row]), int(line.mask[row])
        digits = {k: v for k, v in guard.digits(code).items() if not isinstance(k, p.Agreed)}
        lawless = law is not None and digits.get(law) == 0
        facts = {leaf: d for leaf, d in digits.items() if not isinstance(leaf, InForceOn)}
        last = int(line.following[row])
        yield Stretch(
            date_of(int(line.day[row])),
            date_of(last - 1) if last < FAR else None,
            "not in force" if lawless else _clause(guard, mask),
            tuple(condition_text(leaf) for leaf, digit in facts.items() if digit == 1),
            tuple(condition_text(leaf) for leaf, digit in facts.items() if digit == 2),
        )


def _clause(guard: Guard, mask: int) -> str:
    outcomes = [o for n, o in enumerate(guard.outcomes) if mask >> n & 1]
    words = [o.text if o.duration is None else str(o.duration) for o in outcomes]
    return " or ".join(dict.fromkeys(words))


# ----------------------------------------------------------------- obligations


def _obligation(
    batch: Batch, row: int, caseload: Caseload, lines: dict[int, Segments], floor: int
) -> Explained:
    done = ""
    if (fulfilled := _date(batch.fulfilled[row], batch.fulfilled_minute[row])) is not None:
        done = long_date(fulfilled)
        if batch.act_table is not None:
            done += f" ({batch.act_table.ref(int(batch.act[row]))})"
    return Explained(
        scope=_scope_ref(batch, row),
        anchor=_anchor(batch, row),
        duty=batch.duty.name(batch.step),
        verdict=VERDICTS[batch.verdict[row]].replace("_", " "),
        anchored=_date(batch.anchor[row], batch.anchor_minute[row]),
        deadline=_date(batch.deadline[row], batch.deadline_minute[row]),
        floor=_date(floor),
        fulfilled=done,
        days=int(batch.days[row]),
        reason=reason(batch, row, absent_kinds(caseload.facts)),
        window=_window(batch, row, caseload),
        holidays=_holidays(batch, row),
        latest=_latest(batch, row, lines),
        following=_following(batch, row, caseload, lines),
    )


def _date(day: int, minute: int = UNTIMED) -> date | None:
    return None if day in (MISSING, FAR) else moment_of(int(day), int(minute))


def _scope_ref(batch: Batch, row: int) -> str:
    table, scope_row = batch.scope_table, int(batch.scope_row[row])
    return "" if table is None or scope_row < 0 else f"{table.kind.name} {table.ids[scope_row]}"


def _anchor(batch: Batch, row: int) -> str:
    """What the clock runs from, and where in the source it stands."""
    origin, place = int(batch.anchor_from[row]), int(batch.anchor_row[row])
    if origin == FROM_ITSELF:
        return f"first day of the {'window' if batch.duty.steps else 'stretch'}"
    if origin == FROM_START:
        table, place, word = batch.scope_table, int(batch.scope_row[row]), "start of "
    else:
        table = batch.anchor_table if origin == FROM_ANCHOR else batch.act_table
        word = ""
    if table is None or place < 0:
        return anchor_in_words(batch) if origin == FROM_ANCHOR else "start"
    return f"{word}{table.kind.name} {table.ids[place]} ({table.ref(place)})"


def _window(batch: Batch, row: int, caseload: Caseload) -> str:
    """The days of a window, and how often it was done in them."""
    first, steps = int(batch.anchor[row]), batch.duty.steps
    if first == MISSING or not steps or not isinstance(steps[0].timing, p.Times):
        return ""
    last, count = done_in_windows(batch.duty, caseload)[int(batch.scope[row]), first]
    days = f"{long_date(date_of(first))} to {long_date(date_of(last))}"
    assert batch.act_table is not None
    kind = batch.act_table.kind
    return f"{days}: {number_of(count, kind.name, kind.plural or kind.name)}"


def _holidays(batch: Batch, row: int) -> tuple[str, ...]:
    """Bank holidays that a count in working days passed over."""
    deadline, anchor = int(batch.deadline[row]), int(batch.anchor[row])
    if MISSING in (deadline, anchor) or not batch.duty.steps:
        return ()
    guard = batch.duty.steps[batch.step].guard
    mask = int(guard.table[batch.code[row]])
    standing = [outcome for n, outcome in enumerate(guard.outcomes) if mask >> n & 1]
    if not any(outcome.in_working_days for outcome in standing):
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
    if not _runs(batch):
        return None
    day = _due(batch, row, lines[batch.step], "latest", int(batch.anchor[row]))
    return _date(day)


def _runs(batch: Batch) -> bool:
    """Whether a clock runs from a day: not in windows, and not for what has no time."""
    steps = batch.duty.steps
    return bool(steps) and not isinstance(steps[batch.step].timing, p.Times)


def _due(batch: Batch, row: int, line: Segments, tables: str, anchor: int) -> int:
    """The deadline that a clock begun on a day would have, by the evaluator's own functions."""
    scope = batch.scope[row : row + 1]
    days = place = np.array([anchor], np.int32)
    first = line.at(scope, days)
    if in_hours(batch.duty.steps[batch.step]) and anchor == batch.anchor[row]:
        hours = hours_at(batch.anchor_minute[row : row + 1])
        clocks, _ = extremes(line, batch.duty.steps[batch.step].guard, days, hours)
        line, place = clocks.line, clocks.place
    timing = batch.duty.steps[batch.step].timing
    table = getattr(line, tables)
    assert isinstance(batch.duty.duty, p.Do)
    strict = batch.duty.duty.reading == "strict"
    if isinstance(timing, p.Every):
        due = deadlines.repeating(line, table, place, days, first, strict=strict)
    elif tables == "soonest":
        due, _ = deadlines.once_of_any(line, place, days, first, strict=strict)
    else:
        due = deadlines.once(line, table, place, days, first, strict=strict)
    return min(int(due.day[0]), FAR) if due.day[0] < deadlines.UNLIMITED else FAR


def _following(batch: Batch, row: int, caseload: Caseload, lines: dict[int, Segments]) -> str:
    """What would come next if it were done on the as-at day."""
    if VERDICTS[batch.verdict[row]] not in ("due", "overdue") or not lines or not _runs(batch):
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
