"""What the workers of a cluster do: rows to the parts they belong to, and a part to its answer.

Rows travel as Arrow streams inside one column, so that tables of any shape go through one shuffle
and are never taken apart on the way.  Nothing here hangs on the order in which rows arrive.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from zlib import crc32

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from attrs import evolve, frozen

from duly.dsl.policy import Kind
from duly.engine.partitions import NOTHING, Answer, Brought, Question, answer
from duly.engine.raw import Cell, Coded, RawFacts, RawTable, id_in
from duly.engine.reading import first_days, name_for
from duly.plugins.outputs.parquet_table import table as in_arrow
from duly.plugins.sources.csv_file import plain_ids
from duly.plugins.sources.folder import id_columns
from duly.plugins.sources.parquet_file import coded, encoded

SLAB = 500_000
"""Rows of a table that are told apart at a time."""

CHUNK = 10_000
"""Obligations of a part that travel together, a subject's never apart."""

FILE, ROW = "_file", "_row"
"""The columns in front of the cells: in which file, and where there, a row stands."""

BUNDLES = pa.schema([("spot", pa.int32()), ("table", pa.int32()), ("rows", pa.binary())])
"""Rows of one table that belong to one part."""

FOUND = pa.schema(
    [
        ("subject", pa.int32()),
        ("part", pa.int32()),
        ("chunk", pa.int32()),
        ("first", pa.string()),
        ("rows", pa.binary()),
    ]
)
"""What a part came to: chunk -1 is its answer, the others its obligations in order.

``first`` is the first subject's id, by which chunks of several parts are put in order.
"""

Batches = Iterator[pa.RecordBatch]
Work = Callable[[Batches], Batches]


@frozen
class Cutting:
    """How subjects are cut into parts: those of each kind into ``parts[kind]``, by hash of the id.

    ``spots`` has a number for each part, which Spark's own hash sends to a place of its own.
    """

    subjects: tuple[Kind, ...]
    parts: tuple[int, ...]
    spots: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many parts there are."""
        return sum(self.parts)

    def first(self, subject: str | None) -> int:
        """The number of a subject's first part; ``None`` stands for the first subject."""
        return sum(self.parts[: self._number(subject)])

    def part(self, subject: str | None, id: str) -> int:
        """The part that holds somebody; rows without an id are in the first."""
        theirs = crc32(id.encode()) % self.parts[self._number(subject)] if id else 0
        return self.first(subject) + theirs

    def subject(self, part: int) -> tuple[int, Kind]:
        """Whom a part is about."""
        number = int(np.searchsorted(np.cumsum(self.parts), part, side="right"))
        return number, self.subjects[number]

    def _number(self, subject: str | None) -> int:
        return [each.subject for each in self.subjects].index(subject)


@frozen
class Table:
    """One kind's table in one source: the columns that it has, and the places of its files.

    Of ``many`` such places of the kind in all sources, the first here has the number ``number``.
    The rows of a table of the cluster have no place of their own: then ``counted`` is false.
    """

    kind: Kind
    source: int
    columns: tuple[str, ...]
    places: tuple[str, ...]
    number: int
    many: int
    counted: bool


@frozen
class Told:
    """What each source says beside its tables."""

    raw: tuple[RawFacts, ...]

    def of_part(self, tables: Mapping[int, Sequence[RawTable]], first: bool) -> list[RawFacts]:
        """The facts of a part; rows that a source itself refused are told with the first."""
        return [
            evolve(raw, tables=tuple(tables.get(n, ())), quarantine=raw.quarantine if first else ())
            for n, raw in enumerate(self.raw)
        ]


# --------------------------------------------------------------------- rows to their parts


def packing(number: int, table: Table, cutting: Cutting, files: Mapping[str, int]) -> Work:
    """Bundles of the rows of a table; ``files`` gives the number of each file's place."""

    def pack(batches: Batches) -> Batches:
        for slab in _slabs(batches):
            yield _bundled(slab, number, table, cutting, files)

    return pack


def _slabs(batches: Batches) -> Iterator[pa.Table]:
    waiting: list[pa.RecordBatch] = []
    rows = 0
    for batch in batches:
        waiting.append(batch)
        rows += len(batch)
        if rows >= SLAB:
            yield pa.Table.from_batches(waiting)
            waiting, rows = [], 0
    if rows:
        yield pa.Table.from_batches(waiting)


def _bundled(
    slab: pa.Table, number: int, table: Table, cutting: Cutting, files: Mapping[str, int]
) -> pa.RecordBatch:
    cells = {name: _cells(slab.column(name)) for name in table.columns}
    for name in id_columns(table.kind) & cells.keys():
        cells[name] = Coded(cells[name].codes, plain_ids(cells[name].texts))
    whom = cells[table.kind.id_column]
    subject = table.kind.subject
    parts = np.array([cutting.part(subject, id_in(text)) for text in (*whom.texts, None)], np.int32)
    part = parts[whom.codes]
    order = np.argsort(part, kind="stable")
    rows = pa.table(_places(slab, files) | {n: _plain(each) for n, each in cells.items()})
    rows = rows.take(pa.array(order))
    there, starts = np.unique(part[order], return_index=True)
    ends = [*starts[1:], len(order)]
    bundles = [written(rows.slice(a, b - a)) for a, b in zip(starts, ends, strict=True)]
    spots = [cutting.spots[each] for each in there]
    return pa.record_batch([spots, [number] * len(spots), bundles], schema=BUNDLES)


def _places(slab: pa.Table, files: Mapping[str, int]) -> dict[str, pa.Array]:
    """The numbers of each row's file and of the row in it, from 1; both 0 in a table."""
    if FILE not in slab.column_names:
        none = pa.array(np.zeros(len(slab), np.int32))
        return {FILE: none, ROW: none}
    paths = _cells(slab.column(FILE))
    numbers = np.array([files[path or ""] for path in paths.texts], np.int32)
    row = slab.column(ROW).to_numpy().astype(np.int32) + np.int32(1)
    return {FILE: pa.array(numbers[paths.codes]), ROW: pa.array(row)}


def _cells(column: pa.ChunkedArray) -> Coded:
    return coded([encoded(chunk) for chunk in column.chunks])


def _plain(cells: Coded) -> pa.Array:
    """The cells one by one; a code of -1 is the last, which is blank."""
    texts = pa.array([*cells.texts, None], pa.string())
    return texts.take(pa.array(np.where(cells.codes < 0, len(cells.texts), cells.codes)))


# --------------------------------------------------------------------- a part to its answer


def judging(question: Question, tables: Sequence[Table], told: Told, cutting: Cutting) -> Work:
    """The answers of the parts whose bundles come in."""

    def judge(batches: Batches) -> Batches:
        for part, raw in _parts(batches, tables, told, cutting):
            number, subject = cutting.subject(part)
            found = answer(question, part, Brought(subject, raw))
            yield _found(found, number, part, len(cutting.subjects) > 1)

    return judge


def dating(
    kinds: Mapping[str, Kind], tables: Sequence[Table], told: Told, cutting: Cutting
) -> Work:
    """The first day of each source's tables, in the parts whose bundles come in."""

    def date(batches: Batches) -> Batches:
        for part, raw in _parts(batches, tables, told, cutting):
            days = pickle.dumps([first_days(each, kinds) for each in raw])
            yield pa.record_batch([[part], [0], [days]], schema=BUNDLES)

    return date


def unpacking(batches: Batches) -> Batches:
    """The rows of chunks of obligations."""
    for batch in batches:
        for chunk in batch.column(batch.schema.get_field_index("rows")):
            yield from read(chunk.as_py()).to_batches()


def _parts(
    batches: Batches, tables: Sequence[Table], told: Told, cutting: Cutting
) -> Iterator[tuple[int, list[RawFacts]]]:
    """The parts whose bundles come in, each with the facts of every source."""
    part_at = {spot: part for part, spot in enumerate(cutting.spots)}
    bundles: dict[int, dict[int, list[bytes]]] = {}
    for batch in batches:
        for spot, number, rows in zip(*(column.to_pylist() for column in batch), strict=True):
            held = bundles.setdefault(part_at[spot], {})
            if number >= 0:  # otherwise it says no more than that there is such a part
                held.setdefault(number, []).append(rows)
    for part in sorted(bundles):
        held = bundles.pop(part)
        _, subject = cutting.subject(part)
        raw: dict[int, list[RawTable]] = {}
        for number, table in enumerate(tables):
            if table.kind.subject == subject.subject:
                raw.setdefault(table.source, []).extend(_raw(table, held.pop(number, [])))
        yield part, told.of_part(raw, part == 0)


def _raw(table: Table, bundles: Sequence[bytes]) -> Iterator[RawTable]:
    """The rows of a table in a part, file by file; with none, a table that has none."""
    if not bundles:
        none = Coded(np.zeros(0, np.int32), [])
        columns = dict.fromkeys(table.columns, none)
        yield RawTable(table.kind.name, table.places[0], np.zeros(0, np.int32), dict(columns))
        return
    rows = pa.concat_tables([read(each) for each in bundles])
    rows = _numbered(rows, table).combine_chunks()
    files = rows.column(FILE).to_numpy()
    for file in np.unique(files).tolist():
        start, end = np.searchsorted(files, [file, file + 1]).tolist()
        some = rows.slice(start, end - start)
        numbers = some.column(ROW).to_numpy()
        columns = {name: _cells(some.column(name)) for name in table.columns}
        given: dict[str, Sequence[Cell]] = dict(columns)
        if table.kind.nature != "subject":
            prefix = name_for(table.kind.name, table.number + file, table.many)
            given["id"] = _named(columns, prefix, numbers, table)
        yield RawTable(table.kind.name, table.places[file], numbers, given)


def _numbered(rows: pa.Table, table: Table) -> pa.Table:
    """Rows in the order of their files; of a table, in that of their cells, for each subject."""
    if table.counted:
        order = np.lexsort((rows.column(ROW).to_numpy(), rows.column(FILE).to_numpy()))
        return rows.take(pa.array(order))
    whom = table.kind.id_column
    keys = [whom, *(name for name in table.columns if name != whom)]
    rows = rows.sort_by([(name, "ascending") for name in keys])
    ids = _cells(rows.column(whom))
    subject = np.unique([id_in(text) for text in (*ids.texts, None)], return_inverse=True)[1][
        ids.codes
    ]
    order = np.argsort(subject, kind="stable")
    subject = subject[order]
    numbers = np.arange(1, len(subject) + 1) - np.searchsorted(subject, subject)
    place = rows.column_names.index(ROW)
    return rows.take(pa.array(order)).set_column(place, ROW, pa.array(numbers, pa.int32()))


def _named(
    columns: Mapping[str, Coded], prefix: str, numbers: npt.NDArray[np.int32], table: Table
) -> Sequence[Cell]:
    """The rows' ids; a row without one is named as in a run on one machine, after its place.

    A place in a table of the cluster is the number among the subject's rows.
    """
    ids = columns.get("id")
    if ids is not None and (ids.codes >= 0).all() and all(map(id_in, ids.texts)):
        return ids
    own = map(id_in, ids) if ids is not None else [""] * len(numbers)
    whom = [f"{id_in(id)}." for id in columns[table.kind.id_column]]
    within = whom if not table.counted else [""] * len(numbers)
    given = zip(own, within, numbers.tolist(), strict=True)
    return [id or f"{prefix}{subject}{row}" for id, subject, row in given]


def _found(answer: Answer, number: int, part: int, several: bool) -> pa.RecordBatch:
    """An answer as rows: what it says, and its obligations in chunks."""
    obligations = answer.concluded.obligations
    said = evolve(answer, concluded=evolve(answer.concluded, obligations=NOTHING))
    firsts, chunks = [""], [pickle.dumps(said)]
    rows = in_arrow(obligations)
    whom = obligations.columns["subject_id"]
    for start, end in _cuts(whom):
        id = whom[start]
        firsts.append(id.removeprefix(f"{answer.subject.name}:") if several else id)
        chunks.append(written(plain(rows.slice(start, end - start))))
    count = len(chunks)
    chunk = range(-1, count - 1)
    columns = [[number] * count, [part] * count, chunk, firsts, chunks]
    return pa.record_batch([pa.array(each) for each in columns], FOUND.names).cast(FOUND)


def _cuts(whom: npt.NDArray[np.object_]) -> Iterable[tuple[int, int]]:
    """Where chunks begin and end: where another subject does."""
    changes = np.flatnonzero(np.concatenate([[True], whom[1:] != whom[:-1]])[: len(whom)])
    cuts: list[int] = []
    for start in changes.tolist():
        if not cuts or start - cuts[-1] >= CHUNK:
            cuts.append(start)
    return zip(cuts, [*cuts[1:], len(whom)], strict=False)


def plain(rows: pa.Table) -> pa.Table:
    """Without codes: text as text."""
    types = [f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in rows.schema]
    return rows.cast(pa.schema(list(zip(rows.column_names, types, strict=True))))


def written(rows: pa.Table) -> bytes:
    """Rows as an Arrow stream."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.ipc.new_stream(sink, rows.schema, options=options) as stream:
        stream.write_table(rows)
    return bytes(sink.getvalue())


def read(rows: bytes) -> pa.Table:
    """The rows of an Arrow stream."""
    with pa.ipc.open_stream(rows) as stream:
        return stream.read_all()
