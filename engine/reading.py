"""Text from sources into typed columns: the one boundary where untyped data comes in.

A row that cannot be read is quarantined with its place and reason; the rest is still used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl.policy import BLANK, Attribute, Kind
from duly.engine.dates import Calendar, Days
from duly.engine.days import (
    EPOCH,
    FAR,
    MISSING,
    UNKNOWN,
    UNREADABLE,
    UNTIMED,
    date_of,
    day_of,
    long_date,
    read_length,
    read_moment,
    read_number,
    read_roles,
    read_yes_no,
)
from duly.engine.facts import (
    ANY_PARENT,
    BY_DATE,
    Astray,
    Column,
    Counted,
    Facts,
    Table,
    Unlisted,
)
from duly.engine.ids import Ids
from duly.engine.keys import in_order, keys
from duly.engine.moments import Minutes
from duly.engine.raw import (
    LONGEST_BLANK,
    Cell,
    Coded,
    Coverage,
    Dated,
    Quarantined,
    RawFacts,
    RawTable,
    distinct,
    id_in,
)

_Number = TypeVar("_Number", np.int8, np.int16, np.int32)


class _Memo(dict[Cell, int]):
    """Each distinct text is read once."""

    def __init__(self, read: Callable[[str], int]):
        super().__init__()
        self._read = read

    def __missing__(self, cell: Cell) -> int:
        text = "" if cell is None else cell.strip()
        value = self[cell] = self._read(text)
        return value


def _values(cells: Sequence[Cell], memo: _Memo, dtype: type[_Number]) -> npt.NDArray[_Number]:
    """What the cells say; of coded ones each text is looked at once."""
    if isinstance(cells, Coded):
        known = np.append(_values(cells.texts, memo, dtype), dtype(memo[None]))
        return known[cells.codes]
    return np.fromiter(map(memo.__getitem__, cells), dtype, len(cells))


def _numbers(cells: Sequence[Cell], memo: _Memo) -> Days:
    return _values(cells, memo, np.int32)


def _first_come(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Coded cells with their texts in the order in which rows have them; others as they are."""
    if not isinstance(cells, Coded):
        return cells
    codes = cells.codes
    first = np.full(len(cells.texts) + 1, len(codes))  # the last is of rows with nothing
    first[codes[::-1]] = np.arange(len(codes))[::-1]  # of several rows the last one given stays
    order = np.argsort(first[:-1])
    place = np.full(len(first), -1, np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return Coded(place[codes], [cells.texts[code] for code in order.tolist()])


def _ids_in(cells: Sequence[Cell]) -> Ids:
    """The ids that stand in cells, each at least once, blank ones among them."""
    texts = distinct(cells)
    return texts if isinstance(texts, Ids) else Ids.of(map(id_in, dict.fromkeys(texts)))


@frozen(eq=False)
class _People:
    """The subjects of one kind, in order of id: each has a number."""

    ids: Ids

    def numbers(self, cells: Sequence[Cell]) -> Days:
        """Whom cells name, -1 for nobody."""
        if isinstance(cells, Coded) and isinstance(cells.texts, Ids):
            return np.append(self.ids.places(cells.texts), np.int32(-1))[cells.codes]
        return _numbers(cells, self._number)

    @cached_property
    def _number(self) -> _Memo:
        number = {id: number for number, id in enumerate(self.ids)}
        return _Memo(lambda text: number.get(text, -1))


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
        self.notes: list[str | Counted] = [note for source in sources for note in source.notes]
        self.read_by_source = len(self.quarantine)
        self.unread: dict[str, set[int]] = {name: set() for name in kinds}
        self.named: dict[str, list[Ids]] = {name: [] for name in kinds}
        self.minute_of: dict[str, int] = {}
        self.memo_day = _Memo(self._read_day)
        self.memo_minute = _Memo(lambda text: self.minute_of.get(text, UNTIMED))
        self.memo_yes = _Memo(read_yes_no)

    def facts(self, today: date | None) -> Facts:
        known = [s.extracted for s in self.sources if s.extracted is not None]
        extracted = min(known) if known else today  # later than the oldest, not all is known
        subjects = [kind for kind in self.kinds.values() if kind.nature == "subject"]
        first, *further = (self._about(kind, extracted) for kind in subjects)
        read = self.read_by_source + sum(
            len(raw.rows) for raws in self.raw.values() for raw in raws
        )
        return evolve(
            first,
            quarantine=tuple(self.quarantine),
            notes=tuple(dict.fromkeys(map(str, self.notes))),
            counted=tuple(note for note in self.notes if not isinstance(note, str)),
            rows_read=read,
            further=dict(zip((kind.name for kind in subjects[1:]), further, strict=True)),
        )

    def _about(self, subject: Kind, extracted: date | None) -> Facts:
        """The facts of one subject; what was read and what was not is counted for all together."""
        people = self._people(subject)
        tables = {
            name: self._table(kind, people)
            for name, kind in self.kinds.items()
            if kind.nature != "subject" and kind.subject == subject.subject
        }
        count = len(people.ids)
        tables = {n: self._covered(t, count, extracted) for n, t in tables.items()}
        tables = {name: self._linked(table, tables) for name, table in tables.items()}
        born, columns = self._subjects(subject, people, count)
        return Facts(
            subjects=self._told_apart(subject, people.ids.texts),
            born=born,
            columns=columns,
            tables=tables,
            extracted=extracted,
            calendars=_calendars(self.sources),
        )

    def _people(self, subject: Kind) -> _People:
        """The subjects of a kind, wherever one stands."""
        found = [
            _ids_in(raw.columns[kind.id_column])
            for kind in self.kinds.values()
            for raw in (self.raw[kind.name] if kind.subject == subject.subject else ())
        ]
        return _People(Ids.united(found))

    def _told_apart(self, subject: Kind, ids: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
        """Ids as they are shown: with the subject in front, where one could be another's too."""
        subjects = {kind.name for kind in self.kinds.values() if kind.nature == "subject"}
        if len(subjects) == 1 or not (subject.subject or ":" in "".join(ids)):
            return ids
        told = [
            f"{subject.name}:{id}" if subject.subject or id.partition(":")[0] in subjects else id
            for id in ids
        ]
        return np.array(told, object)

    def _refuse(self, raw: RawTable, bad: npt.NDArray[np.bool_], column: str, reason: str) -> None:
        cells = raw.columns.get(column)
        for number in np.flatnonzero(bad).tolist():
            value = (cells[number] if cells is not None else None) or ""
            self.quarantine.append(
                Quarantined(raw.place, int(raw.rows[number]), column, value, reason)
            )

    def _subject_numbers(self, raw: RawTable, people: _People, good: npt.NDArray[np.bool_]) -> Days:
        column = self.kinds[raw.kind].id_column
        numbers = people.numbers(raw.columns[column])
        whom = self.kinds[raw.kind].subject or "person"
        self._bad(raw, good, numbers < 0, column, f"the {whom.replace('_', ' ')} is blank")
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
        cells = raw.columns[column]
        if isinstance(cells, Dated):
            return cells.days
        days = _numbers(cells, self.memo_day)
        self._bad(
            raw, good, days == UNREADABLE, column, "not a date (write 31/01/2024 or 2024-01-31)"
        )
        return days

    def _read_day(self, text: str) -> int:
        """The day; its time, where it has one, is kept beside it."""
        day, minute = read_moment(text)
        if minute != UNTIMED:
            self.minute_of[text] = minute
        return day

    def _times(self, kind: Kind, raw: RawTable) -> dict[str, Minutes]:
        """The times of day of every date of the rows, of those columns that have any."""
        if not self.minute_of:
            return {}
        columns = {"start": "date"} if kind.nature == "event" else {"start": "start", "end": "end"}
        columns |= {milestone.name: milestone.name for milestone in kind.milestones}
        found = {
            name: _values(raw.columns[column], self.memo_minute, np.int16)
            for name, column in columns.items()
            if column in raw.columns and not isinstance(raw.columns[column], Dated)
        }
        return {name: minutes for name, minutes in found.items() if (minutes != UNTIMED).any()}

    def _subjects(self, kind: Kind, people: _People, count: int) -> tuple[Days, dict[str, Column]]:
        born = np.full(count, MISSING, np.int32)
        columns = {
            name: _absent_column(attribute, count) for name, attribute in kind.attributes.items()
        }
        listed = np.zeros(count, bool)
        for raw in self.raw[kind.name]:
            good = np.ones(len(raw.rows), bool)
            numbers = self._subject_numbers(raw, people, good)
            listed[numbers[numbers >= 0]] = True
            days = (
                self._day_column(raw, good, "born")
                if "born" in raw.columns
                else np.full(len(raw.rows), MISSING, np.int32)
            )
            self._bad(
                raw,
                good,
                _repeated(numbers),
                kind.id_column,
                f"the same {(kind.subject or 'person').replace('_', ' ')} stands in an earlier row",
            )
            read = {
                name: self._column(raw, good, attribute)
                for name, attribute in kind.attributes.items()
                if name in raw.columns
            }
            known = good & (days != MISSING)
            born[numbers[known]] = days[known]
            for name, column in read.items():
                values = columns[name].values.copy()
                values[numbers[good]] = column.values[good]
                columns[name] = evolve(column, values=values)
        further = kind.subject is not None and not self.raw[kind.name]  # often nobody lists them
        if not (listed.all() or further):
            self.notes.append(Unlisted(kind.name, kind.plural, int((~listed).sum())))
        return born, columns

    def _column(self, raw: RawTable, good: npt.NDArray[np.bool_], attribute: Attribute) -> Column:
        cells = raw.columns[attribute.name]
        if attribute.type == "yes/no":
            answers = _values(cells, self.memo_yes, np.int8)
            bad = answers == UNREADABLE
            self._bad(raw, good, bad, attribute.name, "not yes, no or blank")
            return Column(answers)
        if attribute.type in ("date", "datetime"):
            return Column(self._day_column(raw, good, attribute.name))
        if attribute.type == "one of":
            codes = {value.casefold(): code for code, value in enumerate(attribute.values)}
            memo = _Memo(lambda text: _code(text, codes))
            values = _numbers(cells, memo)
            reason = f"not one of {', '.join(attribute.values)}"
            self._bad(raw, good, values == UNREADABLE, attribute.name, reason)
            return Column(values, attribute.values)
        read, reason = _WRITTEN.get(attribute.type, (str, ""))
        found: dict[str, int] = {}
        values = _numbers(
            _first_come(cells), _Memo(lambda text: _numbered(read(text), text, found))
        )
        self._bad(raw, good, values == UNREADABLE, attribute.name, reason)
        return Column(values, tuple(found))

    def _table(self, kind: Kind, people: _People) -> Table:
        parts = [
            self._part(kind, raw, number, people) for number, raw in enumerate(self.raw[kind.name])
        ]
        places = tuple(raw.place for raw in self.raw[kind.name])
        if not parts:
            return _empty_table(kind)
        table = _concatenated(parts, places)
        repeat = table.ids.repeat  # quickly seen in the order in which sources have them
        table = _in_order(table)
        return self._without_repeats(table) if repeat else table

    def _part(self, kind: Kind, raw: RawTable, number: int, people: _People) -> Table:
        rows = len(raw.rows)
        good = np.ones(rows, bool)
        subject = self._subject_numbers(raw, people, good)
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
                else Column(_missing(rows), supplied=False)
            )
        if kind.of is not None:
            columns[_PARENT] = self._parents_named(kind, raw.columns.get(f"{kind.of}_id"), rows)
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
            times=self._times(kind, raw),
        )
        self.unread[kind.name].update(subject[~good & (subject >= 0)].tolist())
        return table if good.all() else table.take(good)

    def _parents_named(self, kind: Kind, cells: Sequence[Cell] | None, rows: int) -> Column:
        """Which of the parents' ids that were named each row has, if any."""
        if cells is None:
            return Column(_missing(rows))
        before = sum(map(len, self.named[kind.name]))
        if isinstance(cells, Coded) and isinstance(cells.texts, Ids):
            ids, values = cells.texts, cells.codes
        else:
            found: dict[str, int] = {}
            values = _numbers(cells, _Memo(lambda text: _numbered(text, text, found)))
            ids = Ids.of(found)
        self.named[kind.name].append(ids)
        return Column(np.where(values < 0, -1, values + np.int32(before)) if before else values)

    def _linked(self, table: Table, tables: Mapping[str, Table]) -> Table:
        """Each row's parent, where it names one; the others are found once the day is known."""
        if table.kind.of is None or _PARENT not in table.columns:
            return table
        parents = tables[table.kind.of]
        named: Any = table.columns[_PARENT].values
        found = _theirs(parents, table.subject, Ids.joined(self.named[table.kind.name]), named)
        theirs = found >= 0
        astray = int(np.count_nonzero(~theirs & (named >= 0)))
        if astray:
            self.notes.append(Astray(table.kind.name, parents.kind.name, astray))
        unnamed = np.where(table.start == MISSING, ANY_PARENT, BY_DATE)
        columns = {name: column for name, column in table.columns.items() if name != _PARENT}
        parent = np.where(theirs, found, unnamed).astype(np.int32)
        return evolve(table, parent=parent, columns=columns)

    def _ids(self, raw: RawTable, kind: Kind, number: int) -> Ids:
        """The rows' own ids; a row without one is named after its place."""
        prefix = name_for(kind.name, number, len(self.raw[kind.name]))
        cells = raw.columns.get("id")
        if cells is None:
            return Ids.of(f"{prefix}{row}" for row in raw.rows)
        if isinstance(cells, Ids):
            return cells
        named = np.array([text.strip() if text else "" for text in distinct(cells)], dtype=object)
        short = np.flatnonzero(np.fromiter(map(len, named), np.int32) <= LONGEST_BLANK)
        named[short] = [id_in(text) for text in named[short]]
        if isinstance(cells, Coded):
            named = named[cells.codes]
        if len(short):
            nameless = np.flatnonzero(named == "")
            named[nameless] = [f"{prefix}{raw.rows[row]}" for row in nameless.tolist()]
        return Ids(named)

    def _without_repeats(self, table: Table) -> Table:
        """Of a subject's rows with one id, the one that stands last in the source is used.

        Two subjects may share one: siblings a visit, say.
        """
        order = np.lexsort((table.row, table.place))
        named = zip(table.subject[order].tolist(), table.ids[order], strict=True)
        last = dict(zip(named, order.tolist(), strict=True))
        keep = np.zeros(len(table), bool)
        keep[list(last.values())] = True
        for position in np.flatnonzero(~keep).tolist():
            self.quarantine.append(
                Quarantined(
                    table.places[table.place[position]],
                    int(table.row[position]),
                    "id",
                    table.ids[position],
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
        table = evolve(table, gaps=gaps, unread=frozenset(self.unread[table.kind.name]))
        held = [c for c in stated if c.what != "absent"]
        if not held and (stated or not self.raw[table.kind.name]):
            return evolve(table, covered_from=np.full(people, FAR, np.int32), coverage="absent")
        held = held or [_assumed_from(table.kind.name, _first_day(table))]
        self.notes.extend(_assumed(each, extracted) for each in held if each.assumed)
        # of several sources no more is covered than each of them covers
        lasts = [day_of(last) for c in held if (last := c.last or extracted) is not None]
        covered_to = min(lasts, default=FAR)
        first = max((day_of(c.first) for c in held if c.first is not None), default=0)
        covered_from = np.full(people, first, np.int32)
        whats = {c.what for c in held}
        if "flags" in whats:
            covered_from[:] = covered_to
        elif "latest_only" in whats:
            np.maximum.at(covered_from, table.subject, table.start)
        what = next(w for w in ("flags", "latest_only", "events") if w in whats)
        return evolve(table, covered_from=covered_from, covered_to=covered_to, coverage=what)


def assumed_coverage(
    parts: Iterable[RawFacts], kinds: Mapping[str, Kind], wanted: Iterable[str]
) -> list[Coverage]:
    """What is assumed of tables that come in parts: the same as of the whole."""
    return assumed_from(wanted, (first_days(part, kinds) for part in parts))


def first_days(raw: RawFacts, kinds: Mapping[str, Kind]) -> dict[str, int]:
    """The first day of each table, ``FAR`` where there is none."""
    built = build([raw], kinds)
    return {n: _first_day(table) for facts in built.all for n, table in facts.tables.items()}


def assumed_from(wanted: Iterable[str], parts: Iterable[Mapping[str, int]]) -> list[Coverage]:
    """What is assumed of tables by the first days of their parts."""
    first = dict.fromkeys(wanted, FAR)
    for part in parts:
        first = {name: min(day, part[name]) for name, day in first.items()}
    return [_assumed_from(kind, day) for kind, day in sorted(first.items())]


def _first_day(table: Table) -> int:
    return int(np.min(table.start, where=table.start >= 0, initial=FAR))


def _assumed_from(kind: str, day: int) -> Coverage:
    """Complete from the first day that is there, or from the beginning."""
    return Coverage(kind, "events", date_of(day) if day < FAR else EPOCH, assumed=True)


def _assumed(coverage: Coverage, extracted: date | None) -> str:
    until = long_date(extracted) if extracted is not None else "the as-at day"
    return (
        f"coverage of `{coverage.kind}` is not stated: taken as complete from "
        f"{long_date(coverage.first or EPOCH)} to {until}"
    )


def name_for(kind: str, number: int, tables: int) -> str:
    """How the names begin of rows without an id: the number of the row follows."""
    return f"{kind}-{number + 1}." if tables > 1 else f"{kind}-"


def _calendars(sources: Sequence[RawFacts]) -> dict[str, Calendar]:
    """The stretches of each calendar from all sources, in order of their last day."""
    found: dict[str, set[tuple[int, int]]] = {}
    for source in sources:
        for name, stretches in source.calendars.items():
            days = {(day_of(last), day_of(first)) for first, last in stretches}
            found.setdefault(name.casefold(), set()).update(days)
    ordered = {name: np.array(sorted(days), np.int32) for name, days in found.items() if days}
    return {name: (days[:, 1], days[:, 0]) for name, days in ordered.items()}


def _holds(table: Table, attribute: str, value: str) -> bool:
    """Whether some source after all has rows with this value."""
    column = table.columns[attribute]
    return value in column.categories and column.categories.index(value) in column.values


def _code(text: str, codes: Mapping[str, int]) -> int:
    folded = text.casefold()
    return -1 if folded in BLANK else codes.get(folded, UNREADABLE)


_WRITTEN: dict[str, tuple[Callable[[str], str | None], str]] = {
    "number": (read_number, "not a whole number"),
    "duration": (read_length, "not a length of time (write 6 weeks or 20 working days)"),
    "list of role": (read_roles, ""),
}
"""How what is neither a date nor one of a few values is written, and why it cannot be read."""


def _numbered(written: str | None, text: str, found: dict[str, int]) -> int:
    """The number of a text among those found so far."""
    if text.casefold() in BLANK:
        return -1
    return UNREADABLE if written is None else found.setdefault(written, len(found))


def _repeated(numbers: Days) -> npt.NDArray[np.bool_]:
    """Rows whose number stood in an earlier row."""
    _, first = np.unique(numbers, return_index=True)
    repeated = np.ones(len(numbers), bool)
    repeated[first] = False
    return repeated


def _absent_column(attribute: Attribute, rows: int) -> Column:
    if attribute.type == "yes/no":
        return Column(np.broadcast_to(np.int8(UNKNOWN), rows), supplied=False)
    return Column(_missing(rows), attribute.values, supplied=False)


def _missing(rows: int) -> Days:
    """Blank throughout, which takes no memory."""
    return np.broadcast_to(np.int32(MISSING), rows)


def _empty_table(kind: Kind) -> Table:
    none = np.zeros(0, np.int32)
    columns = {n: _absent_column(a, 0) for n, a in kind.attributes.items()}
    columns |= {m.name: Column(none, supplied=False) for m in kind.milestones}
    return Table(
        kind,
        Ids.of(()),
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
        ids=Ids.joined([p.ids for p in parts]),
        subject=join([p.subject for p in parts]),
        start=join([p.start for p in parts]),
        end=join([p.end for p in parts]),
        parent=join([p.parent for p in parts]),
        columns=columns,
        places=places,
        place=join([p.place for p in parts]),
        row=join([p.row for p in parts]),
        times=_joined_times(parts),
    )


def _joined_times(parts: Sequence[Table]) -> dict[str, Minutes]:
    """The times of several tables' rows, one after the other."""
    names = dict.fromkeys(name for part in parts for name in part.times)
    return {
        name: np.concatenate(
            [part.times.get(name, np.full(len(part), UNTIMED, np.int16)) for part in parts]
        )
        for name in names
    }


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
    """Rows by subject, first day, and time and id where these tie, whatever their order there.

    Of one day those without a time come last.
    """
    subject, start = table.subject, table.start
    same = subject[1:] == subject[:-1]
    there = bool(((subject[1:] > subject[:-1]) | (same & (start[1:] >= start[:-1]))).all())
    order = np.arange(len(table))
    if not there:  # a blank first day comes before all others
        order = np.argsort(keys(subject, start + 1), kind="stable")
        subject, start = subject[order], start[order]
        same = subject[1:] == subject[:-1]
    tied = np.flatnonzero(same & (start[1:] == start[:-1]))
    if len(tied):
        positions = np.union1d(tied, tied + 1)
        ids = table.ids[order[positions]].cells.astype(str)
        minutes = table.times.get("start", np.full(len(table), UNTIMED, np.int16))
        minute = minutes[order[positions]].astype(np.uint16)  # none is the greatest
        within = np.lexsort((ids, minute, start[positions], subject[positions]))
        there = there and in_order(within)
        order[positions] = order[positions][within]
    return table if there else table.take(order)


def _theirs(parents: Table, subject: Days, ids: Ids, named: Days) -> Days:
    """The row of each named parent among the same subject's, -1 where there is none.

    ``named`` says which of the ids each row names, -1 for none.
    """
    if parents.ids.repeat:  # of two subjects
        of_whom = zip(parents.subject.tolist(), parents.ids, strict=True)
        row = {each: number for number, each in enumerate(of_whom)}
        texts = [*ids, None]
        sought = zip(subject.tolist(), (texts[n] for n in named.tolist()), strict=True)
        return np.array([row.get(each, -1) for each in sought], np.int32)
    found = np.append(parents.ids.places(ids), np.int32(-1))[named]
    there = found >= 0
    found[there] = np.where(parents.subject[found[there]] == subject[there], found[there], -1)
    return found.astype(np.int32)


_PARENT = "the parent that is named"
"""The column that holds it until it is looked up; no attribute has a name like this."""
