"""A caseload as typed columns: subjects, and a table for each kind of fact.

Every fact is a number: days since 1900, 0/1/2 for no/yes/unknown, or the code of a value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, field, frozen

from duly.dsl.plurals import noun, number_of
from duly.dsl.policy import Kind
from duly.engine.dates import Calendar, Days
from duly.engine.days import FAR, MISSING, day_of
from duly.engine.ids import Ids
from duly.engine.keys import keys
from duly.engine.moments import Minutes
from duly.engine.periods import Periods, periods_of
from duly.engine.raw import Quarantined

ANY_PARENT = -2
"""The parent of a row that names none and whose first day is blank: it may be anyone's."""

BY_DATE = -3
"""The parent of a row that names none, until facts are cut: the period running on its day."""


@frozen(eq=False)
class Column:
    """One attribute of a table.

    ``values``: int8 0/1/2 for yes/no; int32 days for dates and milestones, ``MISSING`` if blank;
    int32 codes into ``categories`` otherwise, -1 if blank: numbers, lengths of time and lists of
    roles are kept as they would be written in a rule.  ``supplied`` is false where the source
    has no such field, which is not the same as blank.
    """

    values: npt.NDArray[np.int8] | Days
    categories: tuple[str, ...] = ()
    supplied: bool = True

    def take(self, keep: npt.NDArray[np.bool_ | np.intp] | slice, rows: int) -> Column:
        """So many of the rows; one value that stands for all of them stays one in memory."""
        values: Any = self.values  # int8 or int32, and so what is taken of it
        alike = values.strides == (0,)
        some = np.broadcast_to(values[:1], rows) if alike else values[keep]
        return Column(some, self.categories, self.supplied)


@frozen(eq=False)
class Table:
    """All rows of one kind, in order of subject, first day and id.

    ``subject`` int32 index into ``Facts.subjects``; ``start`` int32 days (an event's own day),
    ``MISSING`` if blank; ``end`` int32 days, ``FAR`` while running; ``parent`` int32 row of the
    table that the kind is ``of``, -1 for none, or ``ANY_PARENT`` or ``BY_DATE``.
    ``covered_from`` int32 for each subject: nothing is known before that day (``FAR``: nothing at
    all); nor after ``covered_to``.
    ``gaps`` names values of attributes whose rows no source holds; ``unread`` the subjects of whom
    a row is in quarantine.  ``times`` has the times of day of ``start``, ``end`` and milestones, of
    those for which a source has any.  ``parents``, once facts are cut, is the table that ``parent``
    points into.
    """

    kind: Kind
    ids: Ids
    subject: Days
    start: Days
    end: Days
    parent: Days
    columns: Mapping[str, Column]
    places: tuple[str, ...]
    place: Days
    row: Days
    covered_from: Days
    covered_to: int
    coverage: str
    gaps: Mapping[str, frozenset[str]] = field(factory=dict)
    unread: frozenset[int] = frozenset()
    times: Mapping[str, Minutes] = field(factory=dict)
    parents: Table | None = field(default=None, repr=False)

    def __len__(self) -> int:
        return len(self.subject)

    @cached_property
    def periods(self) -> Periods:
        """The rows as the periods that they make, worked out when first asked for."""
        return periods_of(self)

    def covered_for(self, milestone: str | None) -> Days:
        """From which day a milestone is known of each subject: never, without a column for it."""
        if milestone is None or self.columns[milestone].supplied:
            return self.covered_from
        return np.full(len(self.covered_from), FAR, np.int32)

    def ref(self, index: int) -> str:
        """Where the row came from: ``visit.csv, row 12``."""
        if index < 0 or not len(self.places):
            return ""
        return f"{self.places[self.place[index]]}, row {self.row[index]}"

    def refs(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.object_]:
        """Where some rows came from, as ``ref`` has it."""
        places = [f"{place}, row " for place in self.places]
        pairs = zip(self.place[rows].tolist(), self.row[rows].tolist(), strict=True)
        return np.array([f"{places[place]}{row}" for place, row in pairs], object)

    def with_rows(self, other: Table) -> Table:
        """The rows of both, in order; the other has the same columns with the same categories."""
        join = np.concatenate
        both = evolve(
            self,
            ids=Ids.joined([self.ids, other.ids]),
            subject=join([self.subject, other.subject]),
            start=join([self.start, other.start]),
            end=join([self.end, other.end]),
            parent=join([self.parent, other.parent]),
            columns={
                name: evolve(column, values=join([column.values, other.columns[name].values]))
                for name, column in self.columns.items()
            },
            place=join([self.place, other.place]),
            row=join([self.row, other.row]),
            times={name: join([each, other.times[name]]) for name, each in self.times.items()},
        )
        return both.take(np.lexsort((both.start, both.subject)))

    def take(self, keep: npt.NDArray[np.bool_ | np.intp] | slice) -> Table:
        """Some of the rows, or all in a new order; whoever moves parents must mend the links."""
        subject = self.subject[keep]
        return evolve(
            self,
            ids=self.ids[keep],
            subject=subject,
            start=self.start[keep],
            end=self.end[keep],
            parent=self.parent[keep],
            columns={n: c.take(keep, len(subject)) for n, c in self.columns.items()},
            place=self.place[keep],
            row=self.row[keep],
            times={name: minutes[keep] for name, minutes in self.times.items()},
        )


@frozen
class Astray:
    """Rows of a kind that name a parent which the same person does not have: the note on them."""

    kind: str
    parent: str
    count: int

    def __str__(self) -> str:
        counted = number_of(self.count, "row")
        return (
            f"{counted} of `{self.kind}` {noun(self.count, 'names', 'name')} "
            f"a {self.parent} that is not among the same person's: "
            "taken to belong to the one running on its day"
        )


@frozen
class Unlisted:
    """Subjects whom rows name and their own table does not have: the note on them."""

    kind: str
    plural: str | None
    count: int

    def __str__(self) -> str:
        counted = number_of(self.count, self.kind, self.plural).replace("_", " ")
        return (
            f"{counted} {noun(self.count, 'has', 'have')} no row in `{self.kind}`: "
            "what stands there is not known of them"
        )


Counted = Astray | Unlisted
"""A note with a number in it, of which parts of a caseload have a share each."""


def notes_together(
    parts: Iterable[tuple[Sequence[str], Sequence[Counted]]],
) -> tuple[str, ...]:
    """The notes of facts that come in parts, each once; what is counted is so over all parts.

    What is counted is of somebody's records, and comes before what is missing of everybody's.
    """
    told: dict[str, None] = {}
    counts: Counter[Counted] = Counter()
    for notes, counted in parts:
        texts = set(map(str, counted))
        told.update((note, None) for note in notes if note not in texts)
        counts.update({evolve(each, count=0): each.count for each in counted})
    whole = (evolve(each, count=count) for each, count in counts.items())
    return (*sorted(map(str, whole), key=_without_number), *told)


def _without_number(note: str) -> str:
    """What the order of notes goes by, so that one row more does not change it."""
    return note.lstrip("0123456789, ")


@frozen(eq=False)
class Facts:
    """A caseload: subjects in order of id, their dates of birth, and a table for each kind.

    Of facts that are cut, ``later`` holds the events after the as-at day: what is scheduled.
    ``calendars`` are the stretches of calendars that a source supplied, by name.
    Where the vocabulary has several subjects, these are the facts of the first, and ``further``
    holds those of each other by its name; what was read, and what not, is counted here for all.
    ``counted`` are those of the notes that have a number in them.
    """

    subjects: npt.NDArray[np.object_]
    born: Days
    columns: Mapping[str, Column]
    tables: Mapping[str, Table]
    quarantine: tuple[Quarantined, ...] = ()
    notes: tuple[str, ...] = ()
    counted: tuple[Counted, ...] = ()
    rows_read: int = 0
    extracted: date | None = None
    later: Mapping[str, Table] = field(factory=dict)
    calendars: Mapping[str, Calendar] = field(factory=dict)
    further: Mapping[str, Facts] = field(factory=dict)

    def about(self, subject: str | None) -> Facts:
        """The facts of one subject; ``None`` stands for the first."""
        return self if subject is None else self.further[subject]

    @property
    def all(self) -> tuple[Facts, ...]:
        """The facts of every subject, the first's first."""
        return (self, *self.further.values())

    @property
    def rows_used(self) -> int:
        return self.rows_read - len(self.quarantine)

    def between(self, first: int, last: int) -> Facts:
        """The same caseload with the subjects ``first:last`` and their rows; nothing is copied."""
        some = slice(first, last)
        ranges = {
            name: tuple(np.searchsorted(table.subject, (first, last)).tolist())
            for name, table in self.tables.items()
        }
        tables = {}
        for name, table in self.tables.items():
            part = table.take(slice(*ranges[name]))
            before = ranges[table.kind.of][0] if table.kind.of is not None else 0
            parent = part.parent
            if before:
                parent = np.where(parent < 0, parent, parent - np.int32(before))
            tables[name] = evolve(
                part,
                subject=part.subject - np.int32(first) if first else part.subject,
                parent=parent,
                covered_from=table.covered_from[some],
                unread=frozenset(s - first for s in table.unread if first <= s < last),
            )
        columns = {n: evolve(c, values=c.values[some]) for n, c in self.columns.items()}
        return evolve(
            self,
            subjects=self.subjects[some],
            born=self.born[some],
            columns=columns,
            tables=tables,
            further={},
        )

    def partitions(self, size: int) -> Iterator[Facts]:
        """The caseload in parts of so many subjects, in order; nobody is one part."""
        if len(self.subjects) <= size:
            yield evolve(self, further={})
            return
        for first in range(0, len(self.subjects), size):
            yield self.between(first, first + size)


def cut(facts: Facts, as_at: date, known_at: date | None = None) -> Facts:
    """What was so by the end of ``as_at``, by what had been recorded by ``known_at``.

    Events and periods that begin later are left out, later ends and milestones are open; later
    events are kept aside.
    """
    day = day_of(as_at)
    known = day_of(known_at) if known_at is not None else None
    tables = {}
    later = {}
    seen_to = day if known is None else min(day, known)
    kept_rows: dict[str, npt.NDArray[np.bool_]] = {}
    for name, table in facts.tables.items():
        keep = table.start <= day
        recorded = table.columns.get("recorded_on")
        if known is not None:
            stamp = (
                table.start
                if recorded is None
                else np.where(recorded.values >= 0, recorded.values, table.start)
            )
            keep &= stamp <= known
            table = evolve(table, covered_to=min(table.covered_to, known))
        ahead = table.start > day
        if known is not None:
            ahead &= stamp <= known
        if table.kind.nature == "event" and ahead.any():
            later[name] = _cut_table(table.take(ahead), seen_to)
        kept_rows[name] = keep
        tables[name] = _cut_table(table if keep.all() else table.take(keep), seen_to)
    for some in (tables, later):
        for name in sorted(some, key=lambda name: _generation(name, tables)):
            kind = some[name].kind
            if kind.of is not None:
                some[name] = _linked(some[name], kept_rows[kind.of], tables[kind.of])
    return evolve(facts, tables=tables, later=later)


def _generation(name: str, tables: Mapping[str, Table]) -> int:
    """How many kinds a kind is ``of``, one above the other: parents are linked first."""
    above = tables[name].kind.of
    return 0 if above is None else 1 + _generation(above, tables)


def _linked(table: Table, kept: npt.NDArray[np.bool_], parents: Table) -> Table:
    """The table with its parents among those that are kept, found by date where none is named."""
    parent = table.parent
    if not kept.all():
        moved = np.where(kept, np.cumsum(kept) - 1, -1)
        parent = np.where(parent >= 0, moved[np.maximum(parent, 0)], parent)
    by_date = np.flatnonzero(parent == BY_DATE)
    if len(by_date):
        parent = parent.copy()
        parent[by_date] = _running_on(parents, table.subject[by_date], table.start[by_date])
    return evolve(table, parent=parent.astype(np.int32, copy=False), parents=parents)


def _running_on(periods: Table, subject: Days, day: Days) -> Days:
    """The latest period of the subject that had started by the day and was still running."""
    if not len(periods):
        return np.full(len(subject), -1, np.int32)
    begins = keys(periods.subject, np.maximum(periods.start, 0))
    found = np.searchsorted(begins, keys(subject, day), side="right") - 1
    while True:  # back past periods that have ended, to one that began earlier and still runs
        safe = np.maximum(found, 0)
        theirs = (found >= 0) & (periods.subject[safe] == subject)
        ended = theirs & (periods.end[safe] <= day)
        if not ended.any():
            return np.where(theirs, found, -1).astype(np.int32)
        found = np.where(ended, found - 1, found)


def _cut_table(table: Table, day: int) -> Table:
    columns = dict(table.columns)
    for milestone in table.kind.milestones:
        column = columns[milestone.name]
        late = column.values > day
        if late.any():
            columns[milestone.name] = evolve(
                column, values=np.where(late, MISSING, column.values).astype(np.int32)
            )
    end = table.end
    if table.kind.nature == "period" and (end > day).any():
        end = np.where(end > day, FAR, end).astype(np.int32)
    return evolve(table, end=end, columns=columns)
