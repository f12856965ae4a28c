"""The grounds of an obligation in a sentence: its clause, what is assumed, what cannot be told."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from duly.dsl import policy as p
from duly.engine import batch as b
from duly.engine import runs
from duly.engine.batch import Batch
from duly.engine.columns import numbered
from duly.engine.dates import PROCLAIMED_UNTIL
from duly.engine.days import MISSING, UNTIMED, day_of
from duly.engine.facts import Facts
from duly.engine.lower import kind_of
from duly.engine.obligations import VERDICTS
from duly.engine.plan import DutyPlan, Group, anchor_text, condition_text, leaves_of

DOUBTS = {
    b.NOT_HELD: "no source holds `{act}`",
    b.NO_COLUMN: "the record of `{act}` has no `{milestone}`",
    b.NOT_COVERED: "the record of `{act}` does not reach back to the day it counts from",
    b.AFTER_EXTRACT: "it fell due after the last day that the record of `{act}` covers",
    b.UNDECIDED_ACT: "it is not known whether {test}",
    b.UNDECIDED_ANCHOR: "it is not known whether what it counts from is there",
    b.BLANK_START: "the start is blank: fill it in",
    b.QUARANTINED: "a row of `{scope}` about this {whom} is in quarantine",
    b.BLANK_BIRTH: "it may have been so always, and the date of birth is blank",
    b.TIME_OF_DAY: "the time of day of {untimed} is not on record, and it decides",
    b.NO_ANCHOR: "no record covers what it counts from",
    b.NO_LENGTH: "the length of time that the record should state is blank",
    b.NO_CALENDAR: "no source gives the stretches of the calendar `{calendar}`",
    b.SHORT_RECORD: "the record of `{act}` ends before it is over",
}
"""Why an obligation cannot be told, for the person who can fill the gap."""


def absent_kinds(facts: Facts) -> frozenset[str]:
    """The kinds of fact of which no source holds anything."""
    return frozenset(name for name, table in facts.tables.items() if table.coverage == "absent")


def reasons(
    batch: Batch, absent: frozenset[str] = frozenset()
) -> tuple[npt.NDArray[np.int32], tuple[str, ...]]:
    """Each row's grounds in a sentence: the number of the sentence, and the sentences.

    ``absent`` are kinds that no source holds, which is then said of what is assumed.
    """
    beyond = batch.deadline > day_of(PROCLAIMED_UNTIL)
    key = batch.code.astype(np.int64)  # of eleven leaves and all that follows: 37 bits
    for column, size in (
        (batch.verdict, 16),
        (batch.doubt, 32),
        (batch.mover + 1, 16),
        (batch.assumed, 2),
        (beyond, 2),
        (_unread(batch), 2),
        (_untimed(batch), 4),
        (_order_unknown(batch), 2),
    ):
        if column.any():  # few keys are quicker, and most columns say nothing
            key = key * size + column
    distinct, number = numbered(key)
    first = np.zeros(len(distinct), np.intp)
    if len(distinct) > 1:
        first[number[::-1]] = np.arange(len(key) - 1, -1, -1)
    return number, tuple(_sentences(batch.take(first), absent))


def _unread(batch: Batch) -> npt.NDArray[np.bool_]:
    """Whether something was missed and a row about the child could not be read."""
    if batch.act_table is None or not batch.act_table.unread:
        return np.zeros(len(batch), bool)
    of_subject = np.zeros(len(batch.act_table.covered_from), bool)
    of_subject[list(batch.act_table.unread)] = True
    found: npt.NDArray[np.bool_] = _MISSED[batch.verdict] & of_subject[batch.subject]
    return found


_MISSED = np.zeros(len(VERDICTS), bool)
_MISSED[[b.OVERDUE, b.NOT_MET, b.MET_LATE]] = True


def _untimed(batch: Batch) -> npt.NDArray[np.int64]:
    """What has no time where that decides: 1 for the anchor, 2 for the act."""
    decides = batch.doubt == b.TIME_OF_DAY
    if not decides.any():
        return np.zeros(len(batch), np.int64)
    anchor = decides & (batch.anchor_minute == UNTIMED)
    act = decides & (batch.fulfilled != MISSING) & (~anchor | (batch.fulfilled_minute == UNTIMED))
    which: npt.NDArray[np.int64] = anchor.astype(np.int64) + 2 * act.astype(np.int64)
    return which


def _order_matters(batch: Batch, act: p.Act) -> bool:
    """Whether it must come before its anchor, or within a time of another event than its own."""
    timing, table = batch.duty.steps[batch.step].timing, batch.anchor_table
    if isinstance(timing, p.Before):
        return True
    if not isinstance(timing, p.Within) or timing.anchor is None or act.dated == "end":
        return False
    other = table is not None and table.kind.nature == "event" and table.kind.name != act.event
    return other and not batch.step


def _order_unknown(batch: Batch) -> npt.NDArray[np.bool_]:
    """Whether it was done on its anchor's own day, and which came first is not on record."""
    duty = batch.duty.duty
    if not isinstance(duty, p.Do) or not _order_matters(batch, duty.act):
        return np.zeros(len(batch), bool)
    same_day = (batch.fulfilled == batch.anchor) & (batch.fulfilled != MISSING)
    untimed = (batch.anchor_minute == UNTIMED) | (batch.fulfilled_minute == UNTIMED)
    unknown: npt.NDArray[np.bool_] = same_day & untimed
    return unknown


def reason(batch: Batch, row: int, absent: frozenset[str] = frozenset()) -> str:
    """The grounds of one obligation."""
    (sentence,) = _sentences(batch.take(np.array([row])), absent)
    return sentence


def _sentences(batch: Batch, absent: frozenset[str]) -> Iterator[str]:
    """The grounds of each row, worked out one by one."""
    unread, disordered, untimed = _unread(batch), _order_unknown(batch), _untimed(batch)
    for row in range(len(batch)):
        parts = [_clause(batch, row)]
        if batch.doubt[row] == b.UNDECIDED_STATE:
            parts.append(_missing_fact(batch, row, absent))
        elif batch.doubt[row] != b.NO_DOUBT:
            parts.append(_doubt(batch, row, int(untimed[row])))
        elif batch.assumed[row]:
            parts.append(f"assumed: {_missing_fact(batch, row, absent)}")
        if unread[row] and batch.act_table is not None:
            row_of = f"a row of `{batch.act_table.kind.name}` about this {batch.duty.rule.whom}"
            parts.append(f"{row_of} is in quarantine")
        if disordered[row]:
            parts.append("the order within the day is not known")
        parts.extend(f"not confirmed: {text}" for text in _unconfirmed(batch, row))
        if batch.deadline[row] > day_of(PROCLAIMED_UNTIL) and _working_days(batch.duty):
            parts.append(f"bank holidays are proclaimed only to {PROCLAIMED_UNTIL:%Y}")
        yield "; ".join(part for part in parts if part)


def _unconfirmed(batch: Batch, row: int) -> tuple[str, ...]:
    """What nobody has yet read at source, of all that the verdict rests on."""
    duty = batch.duty
    found = [*duty.rule.unconfirmed, *duty.duty.grounds.unconfirmed]
    if duty.steps:
        guard = duty.steps[batch.step].guard
        mask = int(guard.table[batch.code[row]])
        standing = [outcome for n, outcome in enumerate(guard.outcomes) if mask >> n & 1]
        found.extend(text for outcome in standing for text in outcome.grounds.unconfirmed)
    if batch.verdict[row] == b.IS_EXEMPT:
        exempting = _exempting(duty.duty)
        found.extend(text for clause in exempting for text in clause.grounds.unconfirmed)
    return tuple(dict.fromkeys(found))


def _exempting(duty: p.Do | p.Have | p.Forbid) -> list[p.Unless]:
    """The exceptions under which there is no duty."""
    return [clause for clause in p.exceptions(duty) if clause.then is None]


def _clause(batch: Batch, row: int) -> str:
    duty = batch.duty
    if not isinstance(duty.duty, p.Do):
        return duty.duty.text
    guard = duty.steps[batch.step].guard
    mask = int(guard.table[batch.code[row]])
    standing = [o.text for n, o in enumerate(guard.outcomes) if mask >> n & 1 and o.duration]
    if batch.verdict[row] == b.IS_EXEMPT:
        clauses = [clause.text.lstrip(", ") for clause in _exempting(duty.duty)]
        return ", ".join([duty.steps[batch.step].text, *clauses])
    own = duty.steps[batch.step].text
    if not standing or own in standing:
        return own
    return f"{own}, {standing[0].lstrip(', ')}"


def _doubt(batch: Batch, row: int, untimed: int) -> str:
    duty, test = batch.duty.duty, "the record says enough"
    if isinstance(duty, p.Have):
        test = condition_text(duty.condition)
    elif duty.act.where is not None:
        test = condition_text(duty.act.where)
    return DOUBTS[int(batch.doubt[row])].format(
        act=batch.act_table.kind.name if batch.act_table is not None else "",
        test=test,
        scope=batch.scope_table.kind.name if batch.scope_table is not None else "",
        whom=batch.duty.rule.whom,
        milestone="" if isinstance(duty, p.Have) else duty.act.milestone,
        calendar=_calendar(batch.duty),
        untimed=_names_untimed(batch, row, untimed),
    )


def _calendar(duty: DutyPlan) -> str:
    """The name of the calendar that a duty's windows follow."""
    timing = duty.steps[0].timing if duty.steps else None
    named = isinstance(timing, p.Times) and isinstance(timing.window, p.NamedCalendar)
    return timing.window.name if named else ""  # type: ignore[union-attr]


def _names_untimed(batch: Batch, row: int, untimed: int) -> str:
    """What has no time of day, in words."""
    names = [anchor_kinds(batch)[batch.anchor_from[row]] or "start"] if untimed & 1 else []
    if untimed & 2 and batch.act_table is not None:
        names.append(batch.act_table.kind.name)
    return " and of ".join(f"`{name}`" for name in names)


def _missing_fact(batch: Batch, row: int, absent: frozenset[str]) -> str:
    """The fact that would move the verdict: a kind that nobody holds, a condition, a blank."""
    guard = batch.duty.guard or batch.duty.steps[batch.step].guard
    mover = int(batch.mover[row])
    if mover < 0 and guard.table[batch.code[row]] & guard.guessed:
        return " and ".join(f"`{leaf}` is blank" for leaf in guard.blank(int(batch.code[row])))
    if mover < 0:
        return "it is not known whether what it counts from is there"
    leaf = guard.leaves[mover]
    leaves = leaves_of(leaf.condition) if isinstance(leaf, Group) else [leaf]
    held_nowhere = sorted({kind for part in leaves if (kind := kind_of(part)) in absent})
    if held_nowhere:
        return f"no source holds {', '.join(f'`{kind}`' for kind in held_nowhere)}"
    return f"it is not known whether {condition_text(leaf)}"


def _working_days(duty: DutyPlan) -> bool:
    return any(outcome.in_working_days for step in duty.steps for outcome in step.guard.outcomes)


def anchor_in_words(batch: Batch) -> str:
    """The anchor of a batch's step, as the rule names it."""
    if not batch.duty.steps:
        return ""
    anchor = p.anchor_of(batch.duty.steps[batch.step].timing)
    return anchor_text(anchor) if anchor is not None else "start"


def anchor_kinds(batch: Batch) -> list[str]:
    """What a clock runs from, for each origin that the anchors of a batch may have."""
    names = [""] * 4
    names[runs.FROM_ITSELF] = "window" if batch.duty.steps else "stretch"
    scope, anchor, act = batch.scope_table, batch.anchor_table, batch.act_table
    names[runs.FROM_START] = "start" if scope is None else f"start of {scope.kind.name}"
    names[runs.FROM_ANCHOR] = anchor_in_words(batch) if anchor is None else anchor.kind.name
    names[runs.FROM_ACT] = "" if act is None else act.kind.name
    return names
