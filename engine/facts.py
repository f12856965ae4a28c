"""Text from sources into typed columns: the one boundary where untyped data comes in.

A row that cannot be read is quarantined with its place and reason; the rest is still used.  After
this module every fact is a number: days (``duly.engine.dates``), 0/1/2 for no/yes/unknown, or the
code of a value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl.policy import Attribute, Kind
from duly.engine.dates import Days
from duly.engine.days import (
    BLANK,
    EPOCH,
    FAR,
    MISSING,
    UNKNOWN,
    UNREADABLE,
    date_of,
    day_of,
    long_date,
    read_day,
    read_yes_no,
)
from duly.engine.raw import Cell, Coverage, Quarantined, RawFacts, RawTable

ANY_PARENT = -2
"""The parent of a row that names none and whose first day is blank: it may be anyone's."""


@frozen(eq=False)
class Column:
    """One attribute of a table.

    ``values``: int8 0/1/2 for yes/no; int32 days for dates and milestones, ``MISSING`` if blank;
    int32 codes into ``categories`` otherwise, -1 if blank.  ``supplied`` is false where the source
    has no such field, which is not the same as blank.
    """

    values: npt.NDArray[np.int8] | Days
    categories: tuple[str, ...] = ()
    supplied: bool = True


@frozen(eq=False)
class Table:
    """All rows of one kind, in order of subject, first day and id.

    ``subject`` int32 index into ``Facts.subjects``; ``start`` int32 days (an event's own day),
    ``MISSING`` if blank; ``end`` int32 days, ``FAR`` while running; ``parent`` int32 row of the
    table that the kind is ``of``, -1 for none, or ``ANY_PARENT``.  ``covered_from`` int32 for each
    subject: nothing is known before that day (``FAR``: nothing at all); nor after ``covered_to``.
    ``gaps`` names values of attributes whose rows no source holds.
    """

    kind: Kind
    ids: npt.NDArray[np.object_]
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
    gaps: Mapping[str, frozenset[str]] = {}

    def __len__(self) -> int:
        return len(self.subject)

    def ref(self, index: int) -> str:
        """Where the row came from: ``visit.csv, row 12``."""
        if index < 0 or not len(self.places):
            return ""
        return f"{self.places[self.place[index]]}, row {self.row[index]}"

    def take(self, keep: npt.NDArray[np.bool_] | slice) -> Table:
        """Some of the rows; whoever leaves out parents must move the links."""
        return evolve(
            self,
            ids=self.ids[keep],
            subject=self.subject[keep],
            start=self.start[keep],
            end=self.end[keep],
            parent=self.parent[keep],
            columns={n: evolve(c, values=c.values[keep]) for n, c in self.columns.items()},
            place=self.place[keep],
            row=self.row[keep],
        )


@frozen(eq=False)
class Facts:
    """A caseload: subjects in order of id, their dates of birth, and a table for each kind."""

    subjects: npt.NDArray[np.object_]
    born: Days
    columns: Mapping[str, Column]
    tables: Mapping[str, Table]
    quarantine: tuple[Quarantined, ...] = ()
    notes: tuple[str, ...] = ()
    rows_read: int = 0
    extracted: date | None = None

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
            tables[name] = evolve(
                part,
                subject=part.subject - np.int32(first),
                parent=np.where(part.parent < 0, part.parent, part.parent - before).astype(
                    np.int32
                ),
                covered_from=table.covered_from[some],
            )
        columns = {n: evolve(c, values=c.values[some]) for n, c in self.columns.items()}
        return evolve(
            self, subjects=self.subjects[some], born=self.born[some], columns=columns, tables=tables
        )

    def partitions(self, size: int) -> Iterator[Facts]:
        """The caseload in parts of so many subjects, in order."""
        for first in range(0, len(self.subjects), size):
            yield self.between(first, first + size)


# --------------------------------------------------------------------- reading cells


class _Memo(dict[Cell, int]):
    """Each distinct text is read once."""

    def __init__(self, read: Callable[[str], int]):
        super().__init__()
        self._read = read

    def __missing__(self, cell: Cell) -> int:
        text = "" if cell is None else cell.strip()
        value = self[cell] = self._read(text)
        return value


def _days(cells: Sequence[Cell], memo: _Memo) -> Days:
    return np.fromiter(map(memo.__getitem__, cells), np.int32, len(cells))


# --------------------------------------------------------------------- building tables


def build(
    sources: Sequence[RawFacts], kinds: Mapping[str, Kind], today: date | None = None
) -> Facts:
    """Typed facts from what the sources handed over.

    ``today`` is the day of the extract where no source knows it.  Kinds that no source supplies
    are there with no rows and no coverage.
    """
    builder = _Builder(kinds, sources)
    return builder.facts(today)


class _Builder:
    def __init__(self, kinds: Mapping[str, Kind], sources: Sequence[RawFacts]):
        self.kinds = kinds
        self.raw: dict[str, list[RawTable]] = {name: [] for name in kinds}
        for source in sources:
            for table in source.tables:
                self.raw[table.kind].append(table)
        self.sources = sources
        self.quarantine = [row for source in sources for row in source.quarantine]
        self.notes = [note for source in sources for note in source.notes]
        self.read_by_source = len(self.quarantine)
        self.ids_given: dict[str, dict[tuple[int, int], str]] = {}
        self.memo_day = _Memo(read_day)
        self.memo_yes = _Memo(read_yes_no)

    def facts(self, today: date | None) -> Facts:
        subject_kind = next(kind for kind in self.kinds.values() if kind.nature == "subject")
        people = self._people()
        index = {person: number for number, person in enumerate(people)}
        known = [s.extracted for s in self.sources if s.extracted is not None]
        extracted = max(known) if known else today
        tables = {
            name: self._table(kind, index)
            for name, kind in self.kinds.items()
            if kind.nature != "subject"
        }
        tables = {n: self._covered(t, len(people), extracted) for n, t in tables.items()}
        tables = {name: _linked(table, tables, self.ids_given) for name, table in tables.items()}
        born, columns = self._subjects(subject_kind, index)
        read = self.read_by_source + sum(
            len(raw.rows) for raws in self.raw.values() for raw in raws
        )
        return Facts(
            subjects=np.array(people, dtype=object),
            born=born,
            columns=columns,
            tables=tables,
            quarantine=tuple(self.quarantine),
            notes=tuple(dict.fromkeys(self.notes)),
            rows_read=read,
            extracted=extracted,
        )

    def _people(self) -> list[str]:
        found: set[str] = set()
        for raws in self.raw.values():
            for raw in raws:
                found.update(cell.strip() for cell in raw.columns["person_id"] if cell)
        return sorted(person for person in found if person.casefold() not in BLANK)

    def _refuse(self, raw: RawTable, bad: npt.NDArray[np.bool_], column: str, reason: str) -> None:
        cells = raw.columns.get(column)
        for number in np.flatnonzero(bad).tolist():
            value = (cells[number] if cells is not None else None) or ""
            self.quarantine.append(
                Quarantined(raw.place, int(raw.rows[number]), column, value, reason)
            )

    def _subject_numbers(
        self, raw: RawTable, index: Mapping[str, int], good: npt.NDArray[np.bool_]
    ) -> Days:
        memo = _Memo(lambda text: index.get(text, -1))
        numbers = _days(raw.columns["person_id"], memo)
        self._bad(raw, good, numbers < 0, "person_id", "the person is blank")
        return numbers

    def _bad(
        self,
        raw: RawTable,
        good: npt.NDArray[np.bool_],
        bad: npt.NDArray[np.bool_],
        column: str,
        reason: str,
    ) -> None:
        """Quarantine the rows not refused already."""
        fresh = bad & good
        if fresh.any():
            self._refuse(raw, fresh, column, reason)
            good &= ~bad

    def _day_column(self, raw: RawTable, good: npt.NDArray[np.bool_], column: str) -> Days:
        days = _days(raw.columns[column], self.memo_day)
        self._bad(
            raw, good, days == UNREADABLE, column, "not a date (write 31/01/2024 or 2024-01-31)"
        )
        return days

    def _subjects(self, kind: Kind, index: Mapping[str, int]) -> tuple[Days, dict[str, Column]]:
        born = np.full(len(index), MISSING, np.int32)
        for raw in self.raw[kind.name]:
            good = np.ones(len(raw.rows), bool)
            numbers = self._subject_numbers(raw, index, good)
            days = (
                self._day_column(raw, good, "born")
                if "born" in raw.columns
                else np.full(len(raw.rows), MISSING, np.int32)
            )
            self._bad(
                raw,
                good,
                _repeated(numbers),
                "person_id",
                "the same person stands in an earlier row",
            )
            born[numbers[good]] = days[good]
        columns = {
            name: _absent_column(attribute, len(index))
            for name, attribute in kind.attributes.items()
        }
        for raw in self.raw[kind.name]:
            for name, attribute in kind.attributes.items():
                if name in raw.columns:
                    memo = _Memo(lambda text: index.get(text, -1))
                    numbers = _days(raw.columns["person_id"], memo)
                    good = numbers >= 0
                    column = self._column(raw, good, attribute)
                    values = columns[name].values.copy()
                    values[numbers[good]] = column.values[good]
                    columns[name] = evolve(column, values=values)
        return born, columns

    def _column(self, raw: RawTable, good: npt.NDArray[np.bool_], attribute: Attribute) -> Column:
        cells = raw.columns[attribute.name]
        if attribute.type == "yes/no":
            values = np.fromiter(map(self.memo_yes.__getitem__, cells), np.int8, len(cells))
            bad = values == UNREADABLE
            self._bad(raw, good, bad, attribute.name, "not yes, no or blank")
            return Column(values)
        if attribute.type == "date":
            return Column(self._day_column(raw, good, attribute.name))
        if attribute.type == "one of":
            codes = {value.casefold(): code for code, value in enumerate(attribute.values)}
            memo = _Memo(lambda text: _code(text, codes))
            values = np.fromiter(map(memo.__getitem__, cells), np.int32, len(cells))
            reason = f"not one of {', '.join(attribute.values)}"
            self._bad(raw, good, values == UNREADABLE, attribute.name, reason)
            return Column(values, attribute.values)
        found: dict[str, int] = {}
        memo = _Memo(
            lambda text: -1 if text.casefold() in BLANK else found.setdefault(text, len(found))
        )
        values = np.fromiter(map(memo.__getitem__, cells), np.int32, len(cells))
        return Column(values, tuple(found))

    def _table(self, kind: Kind, index: Mapping[str, int]) -> Table:
        parts = [
            self._part(kind, raw, number, index) for number, raw in enumerate(self.raw[kind.name])
        ]
        places = tuple(raw.place for raw in self.raw[kind.name])
        if not parts:
            return _empty_table(kind)
        table = _concatenated(parts, places)
        table = _in_order(table)
        return self._without_repeats(table)

    def _part(self, kind: Kind, raw: RawTable, number: int, index: Mapping[str, int]) -> Table:
        rows = len(raw.rows)
        good = np.ones(rows, bool)
        subject = self._subject_numbers(raw, index, good)
        if kind.nature == "period":
            start = (
                self._day_column(raw, good, "start")
                if "start" in raw.columns
                else np.full(rows, MISSING, np.int32)
            )
            end = (
                self._day_column(raw, good, "end")
                if "end" in raw.columns
                else np.full(rows, MISSING, np.int32)
            )
            end = np.where(end == MISSING, FAR, end).astype(np.int32)
            self._bad(raw, good, end < start, "end", "the end is before the start")
        else:
            start = self._day_column(raw, good, "date")
            self._bad(raw, good, start == MISSING, "date", "the date is blank")
            end = (start + 1).astype(np.int32)
        columns = {}
        for name, attribute in kind.attributes.items():
            columns[name] = (
                self._column(raw, good, attribute)
                if name in raw.columns
                else _absent_column(attribute, rows)
            )
        for milestone in kind.milestones:
            columns[milestone.name] = (
                Column(self._day_column(raw, good, milestone.name))
                if milestone.name in raw.columns
                else Column(np.full(rows, MISSING, np.int32), supplied=False)
            )
        ids = self._ids(raw, kind, number)
        table = Table(
            kind=kind,
            ids=ids,
            subject=subject,
            start=start,
            end=end,
            parent=np.full(rows, -1, np.int32),
            columns=columns,
            places=(),
            place=np.full(rows, number, np.int32),
            row=np.asarray(raw.rows, np.int32),
            covered_from=np.zeros(0, np.int32),
            covered_to=FAR,
            coverage="events",
        )
        if kind.of is not None and f"{kind.of}_id" in raw.columns:
            self._remember_links(table, raw, f"{kind.of}_id")
        return table.take(good)

    def _remember_links(self, table: Table, raw: RawTable, column: str) -> None:
        given = self.ids_given.setdefault(table.kind.name, {})
        number = int(table.place[0]) if len(table) else 0
        for row, cell in zip(raw.rows, raw.columns[column], strict=True):
            if cell and cell.strip().casefold() not in BLANK:
                given[(number, int(row))] = cell.strip()

    def _ids(self, raw: RawTable, kind: Kind, number: int) -> npt.NDArray[np.object_]:
        """The rows' own ids; a row without one is named after its place."""
        prefix = f"{kind.name}-{number + 1}." if len(self.raw[kind.name]) > 1 else f"{kind.name}-"
        cells = raw.columns.get("id")
        if cells is None:
            return np.array([f"{prefix}{row}" for row in raw.rows], dtype=object)
        blank = {cell for cell in set(cells) if cell is None or cell.strip().casefold() in BLANK}
        named = (
            f"{prefix}{row}" if cell in blank else str(cell).strip()
            for cell, row in zip(cells, raw.rows, strict=True)
        )
        return np.array(list(named), dtype=object)

    def _without_repeats(self, table: Table) -> Table:
        """Of rows with one id, the one that stands last in the source is used."""
        if len(table) == len(set(table.ids)):
            return table
        last: dict[str, int] = {}
        order = np.lexsort((table.row, table.place))
        for position in order:
            last[table.ids[position]] = int(position)
        keep = np.zeros(len(table), bool)
        keep[list(last.values())] = True
        for position in np.flatnonzero(~keep):
            self.quarantine.append(
                Quarantined(
                    table.places[table.place[position]],
                    int(table.row[position]),
                    "id",
                    str(table.ids[position]),
                    "a later row has the same id",
                )
            )
        return table.take(keep)

    def _covered(self, table: Table, people: int, extracted: date | None) -> Table:
        said = [c for s in self.sources for c in s.coverage if c.kind == table.kind.name]
        stated = [c for c in said if c.only is None]
        gaps: dict[str, frozenset[str]] = {}
        for attribute, value in (c.only for c in said if c.only is not None):
            if not _holds(table, attribute, value):
                gaps[attribute] = gaps.get(attribute, frozenset()) | {value}
        table = evolve(table, gaps=gaps)
        if not self.raw[table.kind.name] and not stated:
            return evolve(table, covered_from=np.full(people, FAR, np.int32), coverage="absent")
        coverage = stated[0] if stated else self._assumed_coverage(table, extracted)
        last = coverage.last or extracted
        covered_to = day_of(last) if last is not None else FAR
        first = day_of(coverage.first) if coverage.first is not None else 0
        covered_from = np.full(people, first, np.int32)
        if coverage.what == "absent":
            covered_from[:] = FAR
        elif coverage.what == "flags":
            covered_from[:] = covered_to
        elif coverage.what == "latest_only":
            np.maximum.at(covered_from, table.subject, table.start)
        return evolve(
            table, covered_from=covered_from, covered_to=covered_to, coverage=coverage.what
        )

    def _assumed_coverage(self, table: Table, extracted: date | None) -> Coverage:
        known = table.start[table.start >= 0]
        first = date_of(int(known.min())) if len(known) else EPOCH
        until = long_date(extracted) if extracted is not None else "the as-at day"
        self.notes.append(
            f"coverage of `{table.kind.name}` is not stated: taken as complete from "
            f"{long_date(first)} to {until}"
        )
        return Coverage(table.kind.name, "events", first, extracted, assumed=True)


def _holds(table: Table, attribute: str, value: str) -> bool:
    """Whether some source after all has rows with this value."""
    column = table.columns[attribute]
    return value in column.categories and column.categories.index(value) in column.values


def _code(text: str, codes: Mapping[str, int]) -> int:
    folded = text.casefold()
    return -1 if folded in BLANK else codes.get(folded, UNREADABLE)


def _repeated(numbers: Days) -> npt.NDArray[np.bool_]:
    """Rows whose number stood in an earlier row."""
    _, first = np.unique(numbers, return_index=True)
    repeated = np.ones(len(numbers), bool)
    repeated[first] = False
    return repeated


def _absent_column(attribute: Attribute, rows: int) -> Column:
    if attribute.type == "yes/no":
        return Column(np.full(rows, UNKNOWN, np.int8), supplied=False)
    return Column(np.full(rows, MISSING, np.int32), attribute.values, supplied=False)


def _empty_table(kind: Kind) -> Table:
    none = np.zeros(0, np.int32)
    columns = {n: _absent_column(a, 0) for n, a in kind.attributes.items()}
    columns |= {m.name: Column(none, supplied=False) for m in kind.milestones}
    return Table(
        kind,
        np.zeros(0, object),
        none,
        none,
        none,
        none,
        columns,
        (),
        none,
        none,
        none,
        FAR,
        "absent",
    )


def _concatenated(parts: Sequence[Table], places: tuple[str, ...]) -> Table:
    if len(parts) == 1:
        return evolve(parts[0], places=places)
    join = np.concatenate
    columns = {}
    for name in parts[0].columns:
        columns[name] = _joined_column([part.columns[name] for part in parts])
    return evolve(
        parts[0],
        ids=join([p.ids for p in parts]),
        subject=join([p.subject for p in parts]),
        start=join([p.start for p in parts]),
        end=join([p.end for p in parts]),
        parent=join([p.parent for p in parts]),
        columns=columns,
        places=places,
        place=join([p.place for p in parts]),
        row=join([p.row for p in parts]),
    )


def _joined_column(columns: Sequence[Column]) -> Column:
    """One column of several; free texts get one list of categories."""
    categories = tuple(dict.fromkeys(value for c in columns for value in c.categories))
    code = {value: number for number, value in enumerate(categories)}
    parts: list[Any] = []  # int8 throughout or int32 throughout
    for column in columns:
        if column.categories and column.categories != categories:
            translate = np.array([code[v] for v in column.categories] + [-1], np.int32)
            parts.append(translate[column.values])
        else:
            parts.append(column.values)
    supplied = any(column.supplied for column in columns)
    return Column(np.concatenate(parts), categories, supplied)


def _in_order(table: Table) -> Table:
    """Rows by subject, first day, and id where these tie, whatever their order in the file."""
    order = np.lexsort((table.start, table.subject))
    subject, start = table.subject[order], table.start[order]
    tied = np.flatnonzero((subject[1:] == subject[:-1]) & (start[1:] == start[:-1]))
    if len(tied):
        positions = np.union1d(tied, tied + 1)
        ids = table.ids[order[positions]].astype(str)
        within = np.lexsort((ids, start[positions], subject[positions]))
        order[positions] = order[positions][within]
    return _reordered(table, order)


def _reordered(table: Table, order: npt.NDArray[np.intp]) -> Table:
    return evolve(
        table,
        ids=table.ids[order],
        subject=table.subject[order],
        start=table.start[order],
        end=table.end[order],
        parent=table.parent[order],
        columns={n: evolve(c, values=c.values[order]) for n, c in table.columns.items()},
        place=table.place[order],
        row=table.row[order],
    )


def _linked(
    table: Table,
    tables: Mapping[str, Table],
    given: Mapping[str, Mapping[tuple[int, int], str]],
) -> Table:
    """Each row's parent: by the id it names, else the one running on its first day."""
    if table.kind.of is None or not len(table):
        return table
    parents = tables[table.kind.of]
    by_date = _running_on(parents, table.subject, table.start)
    by_date[table.start == MISSING] = ANY_PARENT
    named = given.get(table.kind.name, {})
    if not named:
        return evolve(table, parent=by_date)
    row_of = {identifier: row for row, identifier in enumerate(parents.ids)}
    parent = by_date.copy()
    for number, key in enumerate(zip(table.place.tolist(), table.row.tolist(), strict=True)):
        if key in named:
            parent[number] = row_of.get(named[key], -1)
    return evolve(table, parent=parent)


def _running_on(periods: Table, subject: Days, day: Days) -> Days:
    """The latest period of the subject that had started by the day and was still running."""
    if not len(periods):
        return np.full(len(subject), -1, np.int32)
    keys = (periods.subject.astype(np.int64) << 17) | np.maximum(periods.start, 0)
    wanted = (subject.astype(np.int64) << 17) | np.maximum(day, 0)
    found = np.searchsorted(keys, wanted, side="right") - 1
    safe = np.maximum(found, 0)
    fits = (found >= 0) & (periods.subject[safe] == subject) & (periods.end[safe] > day)
    return np.where(fits, found, -1).astype(np.int32)


# --------------------------------------------------------------------- as at, known at


def cut(facts: Facts, as_at: date, known_at: date | None = None) -> Facts:
    """What was so by the end of ``as_at``, by what had been recorded by ``known_at``.

    Events and periods that begin later are left out, later ends and milestones are open.
    """
    day = day_of(as_at)
    known = day_of(known_at) if known_at is not None else None
    tables = {}
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
        kept_rows[name] = keep
        tables[name] = _cut_table(table if keep.all() else table.take(keep), day)
    for name, table in tables.items():
        if table.kind.of is not None and len(table):
            keep = kept_rows[table.kind.of]
            if not keep.all():
                moved = np.where(keep, np.cumsum(keep) - 1, -1).astype(np.int32)
                linked = moved[np.maximum(table.parent, 0)] if len(moved) else table.parent
                parent = np.where(table.parent >= 0, linked, table.parent).astype(np.int32)
                tables[name] = evolve(table, parent=parent)
    return evolve(facts, tables=tables)


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


def supplied_kinds(facts: Facts) -> Iterable[str]:
    """Kinds of which some source holds something."""
    return (name for name, table in facts.tables.items() if table.coverage != "absent")
