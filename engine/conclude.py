"""Judged batches into the table of obligations: both clocks paired, reasons put into words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine import batch as b
from duly.engine import runs
from duly.engine.batch import Batch
from duly.engine.dates import PROCLAIMED_UNTIL, Days, iso
from duly.engine.days import FAR, MISSING, UNTIMED, day_of
from duly.engine.facts import Facts, Table
from duly.engine.lower import kind_of
from duly.engine.obligations import COLUMNS, VERDICTS, Obligations
from duly.engine.pairs import paired_duties
from duly.engine.plan import DutyPlan, Group, Plan, anchor_text, condition_text, leaves_of

Text = npt.NDArray[np.object_]


@frozen
class RuleSummary:
    """How one rule came out.

    ``verdicts`` count obligations that are still open or fell due, or were fulfilled, on or after
    the run's ``since``, ``subjects`` whom these concern; ``earlier`` counts those before.
    """

    pack: str
    rule: str
    title: str
    refines: str | None
    force: str
    verdicts: Mapping[str, int]
    subjects: int
    earlier: int

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.rule}"

    @property
    def total(self) -> int:
        return sum(self.verdicts.values())

    def plus(self, other: RuleSummary) -> RuleSummary:
        """The same rule over more subjects."""
        return evolve(
            self,
            verdicts=Counter(self.verdicts) + Counter(other.verdicts),
            subjects=self.subjects + other.subjects,
            earlier=self.earlier + other.earlier,
        )


def families(summaries: Sequence[RuleSummary]) -> Iterator[RuleSummary]:
    """Each rule, followed by those that refine it."""
    names = {summary.qualified for summary in summaries}

    def below(name: str) -> Iterator[RuleSummary]:
        for summary in summaries:
            if summary.refines == name:
                yield summary
                yield from below(summary.qualified)

    for summary in summaries:
        if summary.refines not in names:
            yield summary
            yield from below(summary.qualified)


@frozen(eq=False)
class Concluded:
    """What a run comes to: the rows to write and a summary for each rule."""

    obligations: Obligations
    summaries: tuple[RuleSummary, ...]


def conclude(
    plan: Plan,
    batches: Sequence[Batch],
    facts: Facts,
    as_at: date,
    since: date,
    known_at: date | None,
) -> Concluded:
    """The table of obligations from ``since`` on, subject by subject, and every rule's counts."""
    effective = effective_deadlines(plan, batches)
    day = day_of(since)
    recent = [_recent(batch, day, day_of(as_at)) for batch in batches]
    parts = [
        _rows(batch.take(keep), floor[keep], facts, as_at, known_at)
        for batch, floor, keep in zip(batches, effective, recent, strict=True)
        if keep.any()
    ]
    columns = {
        name: np.concatenate([part[name] for part in parts]) if parts else np.zeros(0, object)
        for name in COLUMNS
    }
    if parts:
        kept = [b.subject[keep] for b, keep in zip(batches, recent, strict=True) if keep.any()]
        by_subject = np.argsort(np.concatenate(kept), kind="stable")
        columns = {name: column[by_subject] for name, column in columns.items()}
    return Concluded(Obligations(columns), tuple(_summaries(plan, batches, recent)))


def together(policy: p.Policy, parts: Sequence[Concluded]) -> Concluded:
    """The conclusions of several partitions as one, in their order; the rules in the policy's."""
    if len(parts) == 1:
        return parts[0]
    columns = {
        name: np.concatenate([part.obligations.columns[name] for part in parts] or [_NO_TEXT])
        for name in COLUMNS
    }
    summaries: dict[str, RuleSummary] = {}
    for part in parts:
        for summary in part.summaries:
            known = summaries.get(summary.qualified)
            summaries[summary.qualified] = summary if known is None else known.plus(summary)
    ordered = (summaries.get(rule.qualified) for rule in policy.rules())
    return Concluded(Obligations(columns), tuple(each for each in ordered if each is not None))


_NO_TEXT = np.zeros(0, object)


def _recent(batch: Batch, since: int, as_at: int) -> npt.NDArray[np.bool_]:
    """Still open on ``since``, or due or fulfilled on or after it."""
    undone = batch.fulfilled == MISSING
    open_ = undone & ((batch.end > as_at) | (batch.end >= since))
    dated = np.where(batch.deadline == MISSING, batch.anchor, batch.deadline)
    recent: npt.NDArray[np.bool_] = open_ | (dated >= since) | (batch.fulfilled >= since)
    return recent


def _summaries(
    plan: Plan, batches: Sequence[Batch], recent: Sequence[npt.NDArray[np.bool_]]
) -> Iterable[RuleSummary]:
    of_rule: dict[str, list[tuple[Batch, npt.NDArray[np.bool_]]]] = {}
    rules: dict[str, p.Rule] = {}
    for duty in plan.duties:
        rules.setdefault(duty.rule.qualified, duty.rule)
    for batch, keep in zip(batches, recent, strict=True):
        of_rule.setdefault(batch.duty.rule.qualified, []).append((batch, keep))
    for name, rule in rules.items():
        found = of_rule.get(name, [])
        counts: Counter[str] = Counter()
        subjects: set[int] = set()
        earlier = 0
        for batch, keep in found:
            for code, number in enumerate(
                np.bincount(batch.verdict[keep], minlength=len(VERDICTS))
            ):
                if number:
                    counts[VERDICTS[code]] += int(number)
            subjects.update(np.unique(batch.subject[keep]).tolist())
            earlier += int((~keep).sum())
        forces = [s.duty.force for s in rule.duties if not isinstance(s.duty, p.May)]
        yield RuleSummary(
            rule.pack,
            rule.name,
            rule.title,
            rule.refines,
            forces[0] if forces else "",
            counts,
            len(subjects),
            earlier,
        )


# ------------------------------------------------------------------- the floor


def effective_deadlines(plan: Plan, batches: Sequence[Batch]) -> list[Days]:
    """For each obligation the earliest deadline of all layers, of the same step and anchor."""
    effective = [batch.deadline for batch in batches]
    for group in paired_duties(plan):
        keys = {duty.key for duty in group}
        members = [n for n, batch in enumerate(batches) if batch.duty.key in keys]
        if len(members) < 2:
            continue
        subject = np.concatenate([batches[n].subject for n in members])
        anchor = np.concatenate([batches[n].anchor for n in members])
        start = np.concatenate([batches[n].scope_start for n in members])
        deadline = np.concatenate([batches[n].deadline for n in members])
        step = np.concatenate([np.full(len(batches[n]), batches[n].step) for n in members])
        order = np.lexsort((step, anchor, start, subject))
        same = np.ones(len(order), bool)
        for column in (subject, start, anchor, step):
            same[1:] &= column[order][1:] == column[order][:-1]
        first = np.flatnonzero(~same | (np.arange(len(order)) == 0))
        dated = np.where(deadline == MISSING, FAR, deadline)[order]
        least = np.minimum.reduceat(dated, first) if len(first) else dated
        spread = np.empty(len(order), np.int32)
        spread[order] = np.repeat(least, np.diff(np.append(first, len(order))))
        spread[spread == FAR] = MISSING
        for n, part in zip(
            members, _split(spread, [len(batches[m]) for m in members]), strict=True
        ):
            effective[n] = part
    return effective


def _split(values: Days, lengths: Sequence[int]) -> list[Days]:
    return np.split(values, np.cumsum(lengths)[:-1])


# -------------------------------------------------------------------- rows as text


def _rows(
    batch: Batch, floor: Days, facts: Facts, as_at: date, known_at: date | None
) -> dict[str, Text]:
    duty, count = batch.duty, len(batch)

    def same(text: str) -> Text:
        return np.full(count, text, object)

    kind, ref, source = _anchors(batch)
    number, sentences = reasons(batch, absent_kinds(facts))
    return {
        "subject_id": facts.subjects[batch.subject],
        "pack": same(duty.rule.pack),
        "rule": same(duty.rule.name),
        "duty": same(duty.name(batch.step)),
        "force": same(duty.duty.force),
        "scope_ref": _scope_refs(batch, facts),
        "anchor_kind": kind,
        "anchor_ref": ref,
        "anchor_date": iso(batch.anchor).astype(object),
        "deadline": iso(batch.deadline).astype(object),
        "deadline_time": _times(batch),
        "effective_deadline": iso(floor).astype(object),
        "fulfilled_on": iso(batch.fulfilled).astype(object),
        "fulfilled_ref": _ids(batch.act_table, batch.act),
        "verdict": np.array(VERDICTS, object)[batch.verdict],
        "days": np.where(_countable(batch), batch.days.astype(object), ""),
        "assumed": np.where(batch.assumed, "yes", "no").astype(object),
        "reason": np.array(sentences, dtype=object)[number],
        "citation": same("; ".join(map(str, _citations(duty)))),
        "team": same(""),
        "worker": same(""),
        "as_at": same(as_at.isoformat()),
        "known_at": same(known_at.isoformat() if known_at is not None else ""),
        "source_ref": source,
    }


def _citations(duty: DutyPlan) -> tuple[p.Citation, ...]:
    """What the rule and the duty cite."""
    return tuple(dict.fromkeys((*duty.rule.citations, *duty.duty.grounds.citations)))


_CLOCK = np.array([*(f"{h:02}:{m:02}" for h in range(24) for m in range(60)), "", ""], object)


def _times(batch: Batch) -> Text:
    """The time of each deadline, blank where it is the end of the day."""
    if (batch.deadline_minute == UNTIMED).all():
        return np.full(len(batch), "", object)
    times: Text = _CLOCK[np.where(batch.deadline == MISSING, UNTIMED, batch.deadline_minute)]
    return times


def _countable(batch: Batch) -> npt.NDArray[np.bool_]:
    return np.isin(batch.verdict, (b.MET_LATE, b.OVERDUE, b.NOT_MET, b.DUE, b.NEEDS_JUDGEMENT))


def _ids(table: Table | None, rows: Days) -> Text:
    if table is None:
        return np.full(len(rows), "", object)
    return np.append(table.ids, "")[rows]


def _scope_refs(batch: Batch, facts: Facts) -> Text:
    """The scope's first row; for a stretch the day it began; for a whole life the subject."""
    if batch.scope_table is not None:
        return _ids(batch.scope_table, batch.scope_row)
    if isinstance(batch.duty.scope, p.While):
        return iso(batch.scope_start).astype(object)
    return facts.subjects[batch.subject]


def _anchors(batch: Batch) -> tuple[Text, Text, Text]:
    """What each clock runs from: its kind, its id, and where in the source it stands."""
    kind, ref, source = (np.full(len(batch), "", object) for _ in range(3))
    kind[batch.anchor_from == runs.FROM_ITSELF] = "window" if batch.duty.steps else "stretch"
    tables = {
        runs.FROM_START: (batch.scope_table, batch.scope_row, "start"),
        runs.FROM_ANCHOR: (batch.anchor_table, batch.anchor_row, ""),
        runs.FROM_ACT: (batch.act_table, batch.anchor_row, ""),
    }
    for origin, (table, rows, word) in tables.items():
        some = np.flatnonzero(batch.anchor_from == origin)
        if not len(some):
            continue
        name = f"{word} of {table.kind.name}" if word and table is not None else word
        without_row = anchor_in_words(batch) if origin == runs.FROM_ANCHOR else ""
        kind[some] = name or (table.kind.name if table is not None else without_row)
        if table is not None:
            ref[some] = _ids(table, rows[some])
            source[some] = source_refs(table, rows[some])
    return kind, ref, source


def anchor_in_words(batch: Batch) -> str:
    """The anchor of a batch's step, as the rule names it."""
    if not batch.duty.steps:
        return ""
    timing = batch.duty.steps[batch.step].timing
    anchor = None if isinstance(timing, p.Every | p.Times) else timing.anchor
    return anchor_text(anchor) if anchor is not None else "start"


def source_refs(table: Table, rows: Days) -> Text:
    """``visit.csv, row 12`` for each row, blank for -1."""
    if not len(table):
        return np.full(len(rows), "", object)
    places = [f"{place}, row " for place in table.places]
    text = [
        f"{places[place]}{row}"
        for place, row in zip(table.place[rows].tolist(), table.row[rows].tolist(), strict=True)
    ]
    return np.where(rows < 0, "", np.array(text, dtype=object))


# ------------------------------------------------------------------------ reasons

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
    distinct, number = _numbered(key)
    first = np.zeros(len(distinct), np.intp)
    first[number[::-1]] = np.arange(len(key) - 1, -1, -1)
    return number, tuple(reason(batch, int(row), absent) for row in first)


def _unread(batch: Batch) -> npt.NDArray[np.bool_]:
    """Whether something was missed and a row about the child could not be read."""
    if batch.act_table is None or not batch.act_table.unread:
        return np.zeros(len(batch), bool)
    missed = np.isin(batch.verdict, (b.OVERDUE, b.NOT_MET, b.MET_LATE))
    unread: npt.NDArray[np.bool_] = missed & np.isin(batch.subject, list(batch.act_table.unread))
    return unread


def _untimed(batch: Batch) -> npt.NDArray[np.int64]:
    """What has no time where that decides: 1 for the anchor, 2 for the act."""
    decides = batch.doubt == b.TIME_OF_DAY
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


def _numbered(
    key: npt.NDArray[np.int64],
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """The distinct keys, and each row's place among them; few keys are counted, many sorted."""
    if not len(key) or key.max() > 1 << 24:
        distinct, number = np.unique(key, return_inverse=True)
        return distinct, number.astype(np.int32)
    seen = np.zeros(int(key.max()) + 1, bool)
    seen[key] = True
    distinct = np.flatnonzero(seen)
    place = np.zeros(len(seen), np.int32)
    place[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct, place[key]


def reason(batch: Batch, row: int, absent: frozenset[str] = frozenset()) -> str:
    """The grounds of one obligation: its clause, what was assumed, what cannot be told."""
    one = batch.take(np.array([row]))
    parts = [_clause(batch, row)]
    if batch.doubt[row] == b.UNDECIDED_STATE:
        parts.append(_missing_fact(batch, row, absent))
    elif batch.doubt[row] != b.NO_DOUBT:
        parts.append(_doubt(batch, row))
    elif batch.assumed[row]:
        parts.append(f"assumed: {_missing_fact(batch, row, absent)}")
    if batch.act_table is not None and _unread(one).any():
        row_of = f"a row of `{batch.act_table.kind.name}` about this {batch.duty.rule.whom}"
        parts.append(f"{row_of} is in quarantine")
    if _order_unknown(one).any():
        parts.append("the order within the day is not known")
    parts.extend(f"not confirmed: {text}" for text in _unconfirmed(batch, row))
    if batch.deadline[row] > day_of(PROCLAIMED_UNTIL) and _working_days(batch.duty):
        parts.append(f"bank holidays are proclaimed only to {PROCLAIMED_UNTIL:%Y}")
    return "; ".join(part for part in parts if part)


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


def _doubt(batch: Batch, row: int) -> str:
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
        untimed=_names_untimed(batch, row),
    )


def _calendar(duty: DutyPlan) -> str:
    """The name of the calendar that a duty's windows follow."""
    timing = duty.steps[0].timing if duty.steps else None
    named = isinstance(timing, p.Times) and isinstance(timing.window, p.NamedCalendar)
    return timing.window.name if named else ""  # type: ignore[union-attr]


def _names_untimed(batch: Batch, row: int) -> str:
    """What has no time of day, in words."""
    which = int(_untimed(batch.take(np.array([row])))[0])
    anchor, _, _ = _anchors(batch.take(np.array([row])))
    names = [anchor[0] or "start"] if which & 1 else []
    if which & 2 and batch.act_table is not None:
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
