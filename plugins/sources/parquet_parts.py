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
from duly.engine.ids import Ids
from duly.engine.raw import Coverage, Range, RawFacts, RawTable
from duly.engine.reading import assumed_coverage
from duly.plugins.sources.csv_file import normal
from duly.plugins.sources.folder import (
    Beside,
    Contents,
    columns_in,
    id_columns,
    notes,
)
from duly.plugins.sources.parquet_file import (
    Columns,
    ParquetFile,
    Stretch,
    decoded,
    opened,
    together,
)
from duly.plugins.sources.parquet_folder import parquet_files

HELD = 1 << 20
"""Rows of a row group that is held in memory: most programs write no larger ones."""

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

    ids: Ids
    groups: Mapping[Path, Sequence[_Group]]


@frozen(eq=False)
class ParquetFolder:
    """The files of each kind, and what the folder says of itself."""

    kinds: Mapping[str, Kind]
    files: Sequence[tuple[Kind, ParquetFile]]
    beside: Beside
    notes: tuple[str, ...]
    _found: dict[str | None, _Index] = field(factory=dict, repr=False)
    _held: dict[Path, tuple[int, Sequence[Stretch]]] = field(factory=dict, init=False)

    def whole(self) -> RawFacts:
        """All of it."""
        tables = (
            _table(kind, file, columns, decoded(file, columns))
            for kind, file in self.files
            for columns in [_columns(kind, file)]
        )
        return self._raw(tables, first=True)

    def parts(self, subject: Kind, size: int) -> Sequence[Range]:
        """Ranges of ids with about so many subjects each."""
        starts = self._index(subject).ids[size::size].tolist()
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
        for kind, file in self._of(subject):
            if only is None or kind.name in only:
                columns = _columns(kind, file)
                found = (
                    stretch.within(part)
                    for group in index.groups[file.path]
                    if group.may_have(part)
                    for stretch in self._stretches(file, columns, group.number)
                )
                yield _table(kind, file, columns, filter(None, found))

    def _stretches(self, file: ParquetFile, columns: Columns, group: int) -> Iterable[Stretch]:
        """The rows of a row group; of each file the last is held, where the next part begins."""
        number, held = self._held.get(file.path, (-1, ()))
        if number == group:
            return held
        found = decoded(file, columns, group)
        if file.groups[group] > HELD:
            return found
        _, kept = self._held[file.path] = group, list(found)
        return kept

    def _index(self, subject: Kind) -> _Index:
        """Whom each row group concerns, looked up once."""
        if subject.subject not in self._found:
            ids: list[Ids] = []
            groups = {file.path: list(_groups(kind, file, ids)) for kind, file in self._of(subject)}
            self._found[subject.subject] = _Index(Ids.joined(ids).distinct(), groups)
        return self._found[subject.subject]


def open_folder(found: Contents, beside: Beside, kinds: Mapping[str, Kind]) -> ParquetFolder:
    """A folder's files with their columns, none of which is read yet."""
    files = [(kind, file) for path, kind in found.known.items() for file in _files(path)]
    told = dict.fromkeys(
        note for kind, file in files for note in notes(file.place, file.headers, kind)
    )
    for kind, file in files:
        columns_in(file.path, file.headers, kind)
    return ParquetFolder(kinds, files, beside, (*beside.notes, *told))


def _files(path: Path) -> list[ParquetFile]:
    files = parquet_files(path)
    return [opened(each, each.relative_to(path.parent).as_posix()) for each in files]


def _columns(kind: Kind, file: ParquetFile) -> Columns:
    names = columns_in(file.path, file.headers, kind)
    return Columns(
        tuple(names.values()),
        apart=frozenset(header for name, header in names.items() if name == "id"),
        ids=frozenset(names[name] for name in id_columns(kind) & names.keys()),
        by=names[kind.id_column],
    )


def _table(
    kind: Kind, file: ParquetFile, columns: Columns, stretches: Iterable[Stretch]
) -> RawTable:
    rows, found = together(stretches, columns)
    names = columns_in(file.path, file.headers, kind)
    cells = {name: found[header] for name, header in names.items()}
    return RawTable(kind.name, file.place, rows, cells)


def _groups(kind: Kind, file: ParquetFile, ids: list[Ids]) -> Iterator[_Group]:
    """The row groups of a file; the ids in them are added to those given."""
    name = normal(kind.id_column)
    for number in range(len(file.groups)):
        whom = [each.whom for each in decoded(file, Columns((name,), by=name), number)]
        theirs = Ids.joined([ids for ids, _ in whom]).distinct()
        ids.append(theirs)
        first, last = (theirs[0], theirs[-1]) if len(theirs) else ("", "")
        yield _Group(number, first, last, any((codes < 0).any() for _, codes in whom))
