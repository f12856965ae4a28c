"""A table's rows into periods: rows that touch are one where the vocabulary joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.engine.dates import Days
from duly.engine.days import MISSING
from duly.engine.keys import keys

if TYPE_CHECKING:
    from duly.engine.facts import Table


@frozen(eq=False)
class Periods:
    """Periods in order of subject and first day.

    ``row`` is the first row of each, ``last`` the one that ends it; ``member_period`` and
    ``member_row`` list all rows, period by period.  Rows with a blank start are periods of their
    own.
    """

    subject: Days
    start: Days
    end: Days
    row: Days
    last: Days
    member_period: Days
    member_row: Days

    def __len__(self) -> int:
        return len(self.subject)

    def edges(self, edge: str) -> tuple[Days, Days]:
        """The day on which each starts or ends, and the row that says so."""
        return (self.end, self.last) if edge == "end" else (self.start, self.row)


def periods_of(table: Table) -> Periods:
    """The table's periods as the law sees them; ``Table.periods`` keeps them."""
    first = _first_of_chain(table)
    heads = np.flatnonzero(first == np.arange(len(table))).astype(np.int32)
    number = np.full(len(table), -1, np.int32)
    number[heads] = np.arange(len(heads), dtype=np.int32)
    member = number[first]
    end = np.zeros(len(heads), np.int32)
    np.maximum.at(end, member, table.end)
    final = np.flatnonzero(table.end == end[member])[::-1]  # so that the first of them stays
    last = heads.copy()
    last[member[final]] = final
    order = np.argsort(member, kind="stable").astype(np.int32)
    return Periods(table.subject[heads], table.start[heads], end, heads, last, member[order], order)


def _first_of_chain(table: Table) -> npt.NDArray[np.intp]:
    """For each row the first row of the chain that it continues, itself where it is none."""
    own = np.arange(len(table))
    if table.kind.joined is None or not len(table):
        return own
    before = _touched(table)
    touching = (table.start != MISSING) & (before < own)
    if table.kind.joined != "always":
        touching &= table.columns[table.kind.joined].values == 1
    chain = np.where(touching, before, own)
    while True:
        further = chain[chain]
        if (further == chain).all():
            return chain
        chain = further


def _touched(table: Table) -> npt.NDArray[np.intp]:
    """The first row that ends on the day on which each starts, the number of rows for none.

    Rows that are known to be of two periods do not touch: what is approved for one placement says
    nothing of the next.
    """
    whole = _whole_parents(table)
    known, every = whole >= 0, np.ones(len(table), bool)
    passes = [(table.subject, ~known, every)]
    if known.any():
        passes += [(whole, known, known), (table.subject, every, ~known)]
    start, found = np.maximum(table.start, 0), np.full(len(table), len(table))
    for of, ending, starting in passes:
        rows, wanting = np.flatnonzero(ending), np.flatnonzero(starting)
        ends = keys(of[rows], table.end[rows])
        order = np.argsort(ends, kind="stable")
        wanted = keys(of[wanting], start[wanting])
        place = np.searchsorted(ends[order], wanted)
        there = np.append(ends[order], -1)[place] == wanted
        row = np.append(rows[order], len(table))[place]
        found[wanting] = np.minimum(found[wanting], np.where(there, row, len(table)))
    return found


def _whole_parents(table: Table) -> Days:
    """The period that each row belongs to, by the first of its joined rows; -1 for none known."""
    if table.parents is None or not len(table.parents):
        return np.full(len(table), -1, np.int32)
    periods = table.parents.periods
    whole = np.empty(len(table.parents), np.int32)
    whole[periods.member_row] = periods.row[periods.member_period]
    return np.where(table.parent >= 0, whole[np.maximum(table.parent, 0)], -1).astype(np.int32)
