"""The rows of obligations that a run writes, as typed columns: dates, codes and references."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence, Sized
from datetime import date
from itertools import chain, pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl import policy as p
from duly.engine import batch as b
from duly.engine import runs
from duly.engine.batch import Batch
from duly.engine.columns import Answers, Dates, Numbers, Text, Texts, numbered, one_text
from duly.engine.dates import Days, iso_texts
from duly.engine.days import LAST, MISSING, UNTIMED, day_of
from duly.engine.facts import Facts, Table
from duly.engine.obligations import VERDICTS, Obligations
from duly.engine.plan import DutyPlan
from duly.engine.reasons import absent_kinds, anchor_kinds, reasons

_VERDICTS = np.array(VERDICTS, object)
_CLOCK = np.array([*(f"{h:02}:{m:02}" for h in range(24) for m in range(60)), "", ""], object)
_NUMBER = np.dtype(np.int32)


class _Pool:
    """Texts of several tables one after the other, each table's once; the first is blank.

    No text is made before it is known which of them are wanted.
    """

    def __init__(self) -> None:
        self._texts: list[Callable[[npt.NDArray[np.integer]], Text]] = []
        self._starts = [1]
        self._start: dict[int, int] = {}
        self._known: list[Sized] = []

    def codes(
        self,
        of: Sized,
        texts: Callable[[npt.NDArray[np.integer]], Text],
        which: npt.NDArray[np.integer],
    ) -> Days:
        """Which text of the pool each row has, blank for -1; ``of`` has as many as there are."""
        start = self._start.get(id(of))
        if start is None:
            start = self._start[id(of)] = self._starts[-1]
            self._known.append(of)  # held, so that nothing else has its id
            self._texts.append(texts)
            self._starts.append(start + len(of))
        codes: Days = np.where(which < 0, 0, which + start).astype(np.int32)
        return codes

    def column(self, codes: Days) -> Texts:
        """The column of so many codes, with the texts that these name alone."""
        used, number = numbered(codes)
        bounds = np.searchsorted(used, self._starts).tolist()
        blank = np.full(bounds[0], "", object)
        some = (
            texts(used[first:last] - start)
            for texts, start, (first, last) in zip(
                self._texts, self._starts, pairwise(bounds), strict=False
            )
        )
        return Texts(number, np.concatenate([blank, *some]))


@frozen(eq=False)
class _Rows:
    """The rows of several batches one after the other, in the order in which they are written."""

    batches: Sequence[Batch]
    order: npt.NDArray[np.intp]
    batch: Days

    @classmethod
    def of(cls, batches: Sequence[Batch]) -> _Rows:
        """Subject by subject, and for each in the order of the plan."""
        lengths = [len(batch) for batch in batches]
        subject = np.concatenate([np.zeros(0, np.int32), *(batch.subject for batch in batches)])
        if subject.max(initial=0) < 1 << 16:
            subject = subject.astype(np.uint16)  # so short that they are sorted by counting
        order = np.argsort(subject, kind="stable")
        batch = np.repeat(np.arange(len(batches), dtype=np.int32), lengths)[order]
        return cls(batches, order, batch)

    def column(
        self, parts: Iterable[npt.NDArray[Any]], dtype: np.dtype[Any] = _NUMBER
    ) -> npt.NDArray[Any]:
        """What each batch has of a column, in the order of the rows."""
        return np.concatenate([np.zeros(0, dtype), *parts])[self.order]

    def same(self, texts: Iterable[str]) -> Texts:
        """A text for each batch, the same in all its rows."""
        return Texts(self.batch, np.array([*texts, ""], object))


def written(
    kept: Sequence[tuple[Batch, Days]], facts: Facts, as_at: date, known_at: date | None
) -> Obligations:
    """Batches, each with its earliest deadlines of all layers, as the table of obligations."""
    batches = [batch for batch, _ in kept]
    duties = [batch.duty for batch in batches]
    rows = _Rows.of(batches)
    count = len(rows.order)
    known = MISSING if known_at is None else day_of(known_at)
    ids, sources = _Pool(), _Pool()
    scopes = rows.column([_scope_refs(batch, facts, ids) for batch in batches])
    acts = rows.column([_ids(batch.act_table, batch.act, ids) for batch in batches])
    kinds, refs, places = _anchors(rows, ids, sources)
    verdict = rows.column(each.verdict for each in batches)
    return Obligations(
        {
            "subject_id": Texts(rows.column(each.subject for each in batches), facts.subjects),
            "pack": rows.same(duty.rule.pack for duty in duties),
            "rule": rows.same(duty.rule.name for duty in duties),
            "duty": rows.same(each.duty.name(each.step) for each in batches),
            "force": rows.same(duty.duty.force for duty in duties),
            "scope_ref": ids.column(scopes),
            "anchor_kind": kinds,
            "anchor_ref": ids.column(refs),
            "anchor_date": Dates(rows.column(each.anchor for each in batches)),
            "deadline": Dates(rows.column(each.deadline for each in batches)),
            "deadline_time": _times(rows),
            "effective_deadline": Dates(rows.column(floor for _, floor in kept)),
            "fulfilled_on": Dates(rows.column(each.fulfilled for each in batches)),
            "fulfilled_ref": ids.column(acts),
            "verdict": Texts(verdict, _VERDICTS),
            "days": Numbers(
                rows.column(each.days for each in batches),
                _COUNTED[verdict],
            ),
            "assumed": Answers(rows.column((each.assumed for each in batches), np.dtype(bool))),
            "reason": _reasons(rows, absent_kinds(facts)),
            "citation": rows.same("; ".join(map(str, _citations(duty))) for duty in duties),
            "team": one_text("", count),
            "worker": one_text("", count),
            "as_at": Dates(np.full(count, day_of(as_at), np.int32)),
            "known_at": Dates(np.full(count, known, np.int32)),
            "source_ref": sources.column(places),
        }
    )


def _citations(duty: DutyPlan) -> tuple[p.Citation, ...]:
    """What the rule and the duty cite."""
    return tuple(dict.fromkeys((*duty.rule.citations, *duty.duty.grounds.citations)))


_COUNTED = np.zeros(len(VERDICTS), bool)
_COUNTED[[b.MET_LATE, b.OVERDUE, b.NOT_MET, b.DUE, b.NEEDS_JUDGEMENT]] = True


def _times(rows: _Rows) -> Texts:
    """The time of each deadline, blank where it is the end of the day."""
    if all((batch.deadline_minute == UNTIMED).all() for batch in rows.batches):
        return one_text("", len(rows.order))
    minute = rows.column(
        np.where(batch.deadline == MISSING, UNTIMED, batch.deadline_minute).astype(np.int32)
        for batch in rows.batches
    )
    return Texts(np.where(minute < 0, len(_CLOCK) - 1, minute).astype(np.int32), _CLOCK)


def _reasons(rows: _Rows, absent: frozenset[str]) -> Texts:
    """The grounds of each row."""
    sentences, numbers = [""], []
    for batch in rows.batches:
        number, found = reasons(batch, absent)
        numbers.append(number + np.int32(len(sentences)))
        sentences += found
    return Texts(rows.column(numbers), np.array(sentences, object))


# ---------------------------------------------------------------------- references


def _ids(table: Table | None, rows: Days, ids: _Pool) -> Days:
    if table is None:
        return np.zeros(len(rows), np.int32)
    return ids.codes(table.ids, lambda some: table.ids[some].texts, rows)


def _scope_refs(batch: Batch, facts: Facts, ids: _Pool) -> Days:
    """The scope's first row; for a stretch the day it began; for a whole life the subject."""
    if batch.scope_table is not None:
        return _ids(batch.scope_table, batch.scope_row, ids)
    if isinstance(batch.duty.scope, p.While):
        start = batch.scope_start
        return ids.codes(iso_texts(), iso_texts().__getitem__, np.where(start > LAST, -1, start))
    return ids.codes(facts.subjects, facts.subjects.__getitem__, batch.subject)


def _anchors(rows: _Rows, ids: _Pool, sources: _Pool) -> tuple[Texts, Days, Days]:
    """What each clock runs from: its kind, its id, and where in the source it stands."""
    kinds = [anchor_kinds(batch) for batch in rows.batches]
    origin = rows.column((each.anchor_from for each in rows.batches), np.dtype(np.int8))
    found = [_anchor_rows(batch, ids, sources) for batch in rows.batches]
    return (
        Texts(rows.batch * np.int32(4) + origin, np.array([*chain(*kinds), ""], object)),
        rows.column(ref for ref, _ in found),
        rows.column(place for _, place in found),
    )


def _anchor_rows(batch: Batch, ids: _Pool, sources: _Pool) -> tuple[Days, Days]:
    """Of each row the id and the place of what it counts from."""
    ref, place = np.zeros(len(batch), np.int32), np.zeros(len(batch), np.int32)
    for origin, table in (
        (runs.FROM_START, batch.scope_table),
        (runs.FROM_ANCHOR, batch.anchor_table),
        (runs.FROM_ACT, batch.act_table),
    ):
        if table is None:
            continue
        some = np.flatnonzero(batch.anchor_from == origin)
        if len(some):
            row = (batch.scope_row if origin == runs.FROM_START else batch.anchor_row)[some]
            ref[some] = _ids(table, row, ids)
            place[some] = sources.codes(table.row, table.refs, row)
    return ref, place
