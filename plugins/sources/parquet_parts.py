"""A folder of Parquet files, whole or by ranges of ids.

For each row group the ids that it spans are found once: a range is read from the row groups that
may have some of it.  Where files are sorted by id those are few.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from attrs import evolve, field, frozen

from duly.dsl.policy import Kind
from duly.engine.raw import Cell, Coverage, Range, RawFacts, RawTable, distinct, id_in
from duly.engine.reading import assumed_coverage
from duly.plugins.sources.csv_file import normal, plain_ids
from duly.plugins.sources.folder import (
    Beside,
    Contents,
    columns_in,
    id_columns,
    notes,
)
from duly.plugins.sources.parquet_file import ParquetFile, Wanted, opened, read

STEP = 25_000
"""Subjects read at a time to find the first day of tables whose coverage nobody stated."""


@frozen
class _Group:
    """A row group: the least and greatest id in it, blank where none has any."""

    number: int
    first: str
    last: str
    nameless: bool

    def may_have(self, part: Range) -> bool:
        """Whether rows of the range may be in it; those without an id are in the first."""
        first, last = part
        if self.nameless and first is None:
            return True
        return self.last >= (first or "\0") and (last is None or self.first < last)


@frozen(eq=False)
class _Index:
    """Where the rows of a subject are: the ids of all, and the row groups of each file."""

    ids: Sequence[str]
    groups: Mapping[Path, Sequence[_Group]]


@frozen(eq=False)
class ParquetFolder:
    """The files of each kind, and what the folder says of itself."""

    kinds: Mapping[str, Kind]
    files: Sequence[tuple[Kind, ParquetFile]]
    beside: Beside
    notes: tuple[str, ...]
    _found: dict[str | None, _Index] = field(factory=dict, init=False)

    def whole(self) -> RawFacts:
        """All of it."""
        return self._raw((_table(kind, file) for kind, file in self.files), first=True)

    def parts(self, subject: Kind, size: int) -> Sequence[Range]:
        """Ranges of ids with about so many subjects each."""
        starts = self._index(subject).ids[size::size]
        return list(pairwise((None, *starts, None)))

    def read(self, subject: Kind, part: Range) -> RawFacts:
        """The rows of the subjects in the range."""
        first = part[0] is None and subject.subject is None
        return self._raw(self._tables(subject, part), first)

    def with_assumed_coverage(self) -> ParquetFolder:
        """The same, with the coverage stated that is otherwise assumed of the whole tables."""
        stated = {each.kind for each in self.beside.coverage}
        rest = {kind.name for kind, _ in self.files if kind.nature != "subject"} - stated
        found: list[Coverage] = []
        for subject in self.kinds.values() if rest else ():
            if subject.nature == "subject":
                about = {name for name in rest if self.kinds[name].subject == subject.subject}
                parts = (
                    RawFacts(tuple(self._tables(subject, part, about)))
                    for part in (self.parts(subject, STEP) if about else ())
                )
                found.extend(assumed_coverage(parts, self.kinds, about))
        beside = evolve(self.beside, coverage=(*self.beside.coverage, *found))
        return evolve(self, beside=beside)

    def _raw(self, tables: Iterable[RawTable], first: bool) -> RawFacts:
        return RawFacts(
            tables=tuple(tables),
            coverage=self.beside.coverage,
            quarantine=self.beside.quarantine if first else (),
            notes=self.notes,
            extracted=self.beside.extracted,
            calendars=self.beside.calendars,
        )

    def _of(self, subject: Kind) -> Iterator[tuple[Kind, ParquetFile]]:
        return ((kind, file) for kind, file in self.files if kind.subject == subject.subject)

    def _tables(
        self, subject: Kind, part: Range, only: set[str] | None = None
    ) -> Iterator[RawTable]:
        index = self._index(subject)
        wanted = _within(part)
        for kind, file in self._of(subject):
            if only is None or kind.name in only:
                may = [group for group in index.groups[file.path] if group.may_have(part)]
                yield _table(kind, file, [group.number for group in may], wanted)

    def _index(self, subject: Kind) -> _Index:
        """Whom each row group concerns, looked up once."""
        if subject.subject not in self._found:
            ids: set[str] = set()
            groups = {file.path: list(_groups(kind, file, ids)) for kind, file in self._of(subject)}
            self._found[subject.subject] = _Index(sorted(ids), groups)
        return self._found[subject.subject]


def open_folder(
    found: Contents, beside: Beside, unread: tuple[str, ...], kinds: Mapping[str, Kind]
) -> ParquetFolder:
    """A folder's files with their columns, none of which is read yet."""
    files = [(kind, file) for path, kind in found.known.items() for file in _files(path)]
    told = dict.fromkeys(
        note for kind, file in files for note in notes(file.place, file.headers, kind)
    )
    for kind, file in files:
        columns_in(file.path, file.headers, kind)
    return ParquetFolder(kinds, files, beside, (*beside.notes, *unread, *told))


def _files(path: Path) -> list[ParquetFile]:
    """One file, or all of a folder, in order of name."""
    if not path.is_dir():
        return [opened(path, path.name)]
    files = sorted(each for each in path.rglob("*.parquet") if each.name[:1] not in "._")
    return [opened(each, each.relative_to(path.parent).as_posix()) for each in files]


def _table(
    kind: Kind,
    file: ParquetFile,
    groups: Sequence[int] | None = None,
    wanted: Wanted | None = None,
) -> RawTable:
    names = columns_in(file.path, file.headers, kind)
    by = names[kind.id_column] if wanted is not None else None
    apart = {header for name, header in names.items() if name == "id"}
    ids = {names[name] for name in id_columns(kind) & names.keys()}
    rows, columns = read(file, list(names.values()), groups, by, wanted, apart, ids)
    cells = {name: columns[header] for name, header in names.items()}
    return RawTable(kind.name, file.place, rows, cells)


def _groups(kind: Kind, file: ParquetFile, ids: set[str]) -> Iterator[_Group]:
    """The row groups of a file; the ids in them are added to those given."""
    name = normal(kind.id_column)
    for number in range(len(file.groups)):
        _, columns = read(file, [name], [number])
        theirs = _ids(distinct(columns[name]))
        nameless = "" in theirs or None in columns[name]
        theirs.discard("")
        ids |= theirs
        yield _Group(number, min(theirs, default=""), max(theirs, default=""), nameless)


def _ids(cells: Sequence[Cell]) -> set[str]:
    return set(map(id_in, plain_ids(cells)))


def _within(part: Range) -> Wanted:
    """Whether cells hold an id in the range."""
    first, last = part

    def wanted(cells: Sequence[Cell]) -> list[bool]:
        ids = map(id_in, plain_ids(cells))
        return [(first is None or id >= first) and (last is None or id < last) for id in ids]

    return wanted
