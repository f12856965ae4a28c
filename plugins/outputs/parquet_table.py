"""The table of obligations in Arrow's types, and as Parquet: one file, or a folder of parts.

Text is coded as the engine has it, dates are dates, ``days`` a whole number and ``assumed`` true
or false; a blank is null.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from duly.engine.columns import Answers, Column, Dates, Numbers, Text, Texts
from duly.engine.days import MISSING
from duly.engine.obligations import ANSWERS, COLUMNS, DATES, NUMBERS, Obligations
from duly.engine.pipeline import Run
from duly.plugins.outputs.places import BESIDE, DIGITS, Parts, something_else
from duly.plugins.parquet import FIRST_DAY

TEXT = pa.dictionary(pa.int32(), pa.string())
TYPES = {
    **dict.fromkeys(DATES, pa.date32()),
    **dict.fromkeys(NUMBERS, pa.int32()),
    **dict.fromkeys(ANSWERS, pa.bool_()),
}
SCHEMA = pa.schema([(name, TYPES.get(name, TEXT)) for name in COLUMNS])
"""The columns of a file; those that are not of a type of their own are text."""


def table(obligations: Obligations) -> pa.Table:
    """The rows as an Arrow table."""
    return pa.table([_array(obligations.typed[name]) for name in COLUMNS], schema=SCHEMA)


def _array(column: Column) -> pa.Array:
    match column:
        case Texts(codes, values):
            return _texts(codes, values)
        case Dates(days):
            return pa.array((days + FIRST_DAY).astype(np.int32), mask=~column.known).cast(
                pa.date32()
            )
        case Numbers(values, known):
            return pa.array(values, mask=~known)
        case Answers(values):
            return pa.array(values)


def _texts(codes: npt.NDArray[np.int32], values: Text) -> pa.Array:
    """Text in codes, each text once: with one twice the writer would spell every cell out."""
    distinct = pa.array(values, pa.string(), mask=values == "").dictionary_encode()
    number = distinct.indices.fill_null(-1).to_numpy()[codes]
    blank = number < 0
    indices = pa.array(number, mask=blank if blank.any() else None)
    return pa.DictionaryArray.from_arrays(indices, distinct.dictionary)


def obligations(rows: pa.Table) -> Obligations:
    """The rows of an Arrow table, whether its text is coded or not."""
    return Obligations(
        {name: _column(rows.column(name), SCHEMA.field(name).type) for name in COLUMNS}
    )


def _column(cells: pa.ChunkedArray, type: pa.DataType) -> Column:
    cells = cells.cast(type).combine_chunks() if type != TEXT else cells
    if type == TEXT:
        return _coded(cells)
    if pa.types.is_boolean(type):
        return Answers(cells.to_numpy(zero_copy_only=False).astype(bool))
    known = cells.is_valid().to_numpy(zero_copy_only=False)
    numbers = cells.cast(pa.int32()).fill_null(MISSING).to_numpy()
    if pa.types.is_date(type):
        return Dates(np.where(known, numbers - np.int32(FIRST_DAY), MISSING).astype(np.int32))
    return Numbers(numbers, known)


def _coded(cells: pa.ChunkedArray) -> Texts:
    if not pa.types.is_dictionary(cells.type):
        cells = cells.dictionary_encode()
    whole = cells.unify_dictionaries().combine_chunks()
    values = np.array([*whole.dictionary.to_pylist(), ""], object)
    return Texts(whole.indices.fill_null(len(values) - 1).to_numpy(), values)


_WRITING = {
    "compression": "zstd",
    "compression_level": 1,
    "write_statistics": ["subject_id", *DATES, *NUMBERS],
    "write_batch_size": 1 << 16,
}
"""A quarter of the room of what is usual, in less time: the least and greatest text of a column
that holds sentences takes as long as writing it, and helps nobody to find a row."""

_ROW_GROUP = 1 << 22
"""Rows among which each text is spelt out once: all that a partition comes to."""


def write(run: Run, path: Path) -> Sequence[Path]:
    """Write the table: a file, or a folder of parts with one in it."""
    stream = ParquetStream(path)
    stream.part(0, run.obligations)
    return stream.whole(run)


class ParquetStream:
    """A file, or where the path has no ending a folder of files, one for each part.

    Others read such a folder as one table; to bring large parts into one file takes as long again
    as to write them.
    """

    def __init__(self, path: Path):
        self.folder = path if path.is_dir() or not path.suffix else None
        if self.folder is not None:
            _refuse_others(self.folder)
        self.parts = Parts(path, "obligations.parquet")
        self.target = self.parts.target

    def part(self, number: int, obligations: Obligations) -> None:
        if len(obligations) or number == 0:  # one file at least, with the columns
            pq.write_table(
                table(obligations), self.parts[number], row_group_size=_ROW_GROUP, **_WRITING
            )

    def whole(self, run: Run) -> Sequence[Path]:
        parts = self.parts.in_order()
        if self.folder is None:
            _united(parts, self.parts.whole).replace(self.target)
            left = [self.target]
        else:
            _cleared(self.folder)
            names = (f"{self.target.stem}-{part.name}.parquet" for part in parts)
            left = [part.rename(self.folder / n) for part, n in zip(parts, names, strict=True)]
        self.parts.remove()
        return left

    def give_up(self) -> None:
        self.parts.give_up()


def _united(parts: Sequence[Path], target: Path) -> Path:
    """Parts as one file; a single one is that file."""
    if len(parts) == 1:
        return parts[0]
    with pq.ParquetWriter(target, SCHEMA, **_WRITING) as writer:
        for part in parts:
            writer.write_table(pq.read_table(part), _ROW_GROUP)
            part.unlink()  # so that no more room is taken than the whole
    return target


def _refuse_others(folder: Path) -> None:
    """A folder that is read as one table may hold nothing but obligations."""
    there = sorted(folder.iterdir()) if folder.exists() else []
    own = (_PART, *BESIDE)
    other = [p for p in there if p.name[:1] not in "._" and not any(map(p.match, own))]
    if other:
        raise something_else(
            str(folder),
            where=str(other[0]),
            why="other programs read such a folder as one table, and would read both together",
        )


def _cleared(folder: Path) -> None:
    """Without the parts of an earlier run, which would be read with these."""
    for old in folder.glob(_PART):
        old.unlink()


_PART = f"obligations-{'[0-9]' * DIGITS}.parquet"
"""How the parts in a folder are called."""
