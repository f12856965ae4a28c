"""One Parquet file, to coded columns of the text that a CSV file would hold.

Only distinct values become text, so that what they mean is still read in one place for all
sources.  A file is read by batches, and its row groups are told apart by whom they concern.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from attrs import frozen

from duly.dsl.policy import BLANK
from duly.engine.ids import Ids
from duly.engine.raw import LONGEST_BLANK, Cell, Coded, FactsError
from duly.plugins.sources.csv_file import CsvFile, names_of_columns, plain_ids

BATCH = 131_072
"""Rows decoded at a time: what a part leaves out is never in memory whole."""

Rows = npt.NDArray[np.int32]
Wanted = Callable[[Sequence[Cell]], Sequence[bool]]
"""Which of some cells are wanted."""


@frozen
class ParquetFile:
    """A file and its columns; ``groups`` are the rows of each row group.

    ``headers`` keeps each column's name as the file spells it, by its normal name.
    """

    path: Path
    place: str
    headers: Mapping[str, str]
    groups: tuple[int, ...]
    texts: tuple[str, ...]

    @property
    def first_rows(self) -> list[int]:
        """The number of each row group's first row; that of the file is 1."""
        return [1 + sum(self.groups[:number]) for number in range(len(self.groups))]


def opened(path: Path, place: str) -> ParquetFile:
    """What a file holds, from its footer."""
    try:
        with pq.ParquetFile(path) as file:
            schema, metadata = file.schema_arrow, file.metadata
            rows = tuple(metadata.row_group(n).num_rows for n in range(metadata.num_row_groups))
    except (pa.ArrowException, OSError) as error:
        raise _broken(path, error) from None
    normal_names = names_of_columns(path, schema.names)
    headers = {name: given for name, given in zip(normal_names, schema.names, strict=True) if name}
    texts = tuple(field.name for field in schema if _is_text(field.type))
    return ParquetFile(path, place, headers, rows, texts)


def read(
    file: ParquetFile,
    names: Sequence[str],
    groups: Sequence[int] | None = None,
    by: str | None = None,
    wanted: Wanted | None = None,
    apart: Collection[str] = (),
    ids: Collection[str] = (),
) -> tuple[Rows, dict[str, Sequence[Cell]]]:
    """The numbers and cells of rows, of the row groups given, or of all.

    ``wanted`` says which cells of the column ``by`` a row must have to be read.  Columns whose
    cells stand ``apart``, each unlike any other, are not coded: that would be work for nothing.
    Those that are ``ids`` are so without the ``.0`` that a spreadsheet adds.
    """
    groups = range(len(file.groups)) if groups is None else groups
    spans = [np.arange(file.groups[g], dtype=np.int32) + file.first_rows[g] for g in groups]
    numbers = np.concatenate([np.zeros(0, np.int32), *spans])
    kept: list[Rows] = []
    chunks: dict[str, list[pa.Array]] = {name: [] for name in names}
    done = 0
    for batch in _batches(file, groups, names, apart):
        rows = numbers[done : done + len(batch)]
        done += len(batch)
        columns = {
            name: _encoded_cells(file, name, batch.column(i), name not in apart)
            for i, name in enumerate(names)
        }
        if by is not None and wanted is not None:
            keep = _kept(columns[by], wanted)
            if not keep.any():
                continue
            if not keep.all():
                rows = rows[keep]
                columns = {name: each.filter(pa.array(keep)) for name, each in columns.items()}
        kept.append(rows)
        for name, column in columns.items():
            chunks[name].append(column)
    numbers = np.concatenate([np.zeros(0, np.int32), *kept])
    return numbers, {
        name: (_one_by_one if name in apart else coded)(found, name in ids)
        for name, found in chunks.items()
    }


def read_whole(path: Path) -> CsvFile:
    """A small file, as a CSV file of the same cells would be."""
    file = opened(path, path.name)
    rows, columns = read(file, list(file.headers))
    return CsvFile(path.name, rows.tolist(), columns, file.headers)


def _batches(
    file: ParquetFile, groups: Sequence[int], names: Sequence[str], apart: Collection[str]
) -> Iterator[pa.RecordBatch]:
    """The columns in order of the names given."""
    headers = [file.headers[name] for name in names]
    texts = {*file.texts}.difference(file.headers[name] for name in apart)
    coded = [header for header in headers if header in texts]
    try:
        with pq.ParquetFile(file.path, read_dictionary=coded) as opened:
            for batch in opened.iter_batches(BATCH, list(groups), columns=headers):
                yield batch.select(headers)
    except (pa.ArrowException, OSError) as error:
        raise _broken(file.path, error) from None


def _is_text(type: pa.DataType) -> bool:
    """Whether Parquet itself can hand it over as codes into texts."""
    return bool(pa.types.is_string(type) or pa.types.is_large_string(type))


def _encoded_cells(file: ParquetFile, name: str, column: pa.Array, as_codes: bool) -> pa.Array:
    refuse_no_cells(column.type, file.headers[name], file.place, str(file.path))
    return encoded(column, as_codes=as_codes)


def encoded(column: pa.Array, *, as_codes: bool = True) -> pa.Array:
    """A column as codes into its values, or as its values one after the other."""
    if pa.types.is_dictionary(column.type):
        if as_codes and column.type.index_type == pa.int32():
            return column
        column = column.dictionary_decode()
    return _by_number(column) or column.dictionary_encode() if as_codes else column


FEW = 1 << 16
"""Numbers that lie so near to one another are told apart by counting from the least."""


def _by_number(column: pa.Array) -> pa.DictionaryArray | None:
    """Days and answers as codes, which are numbers already and so need not be looked up."""
    types, type = pa.types, column.type
    if types.is_boolean(type):
        return pa.DictionaryArray.from_arrays(column.cast(pa.int32()), _ANSWERS)
    if not types.is_date32(type) or column.null_count == len(column):
        return None
    days = column.view(pa.int32())
    ends = pc.min_max(days)
    least, most = ends["min"].as_py(), ends["max"].as_py()
    if most - least >= FEW:
        return None
    between = pa.array(np.arange(least, most + 1, dtype=np.int32)).view(pa.date32())
    return pa.DictionaryArray.from_arrays(pc.subtract(days, pa.scalar(least, pa.int32())), between)


_ANSWERS = pa.array([False, True])


def _kept(column: pa.DictionaryArray, wanted: Wanted) -> npt.NDArray[np.bool_]:
    values = column.dictionary
    cells = [*_texts(values), None]
    codes: Rows = column.indices.fill_null(len(values)).to_numpy()
    return np.array(wanted(cells), bool)[codes]


def coded(chunks: Sequence[pa.DictionaryArray], ids: bool = False) -> Coded:
    """Chunks of a column as one; texts that no row has are left out."""
    if not chunks:
        return Coded(np.zeros(0, np.int32), [])
    whole = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of no rows at all
        whole = whole.chunk(0)
    values = whole.dictionary
    codes: Rows = (whole.indices.fill_null(-1) if whole.null_count else whole.indices).to_numpy()
    used = _used(codes, len(values))
    if not used.all():
        place = np.cumsum(used, dtype=np.int32) - 1
        codes = np.append(place, np.int32(-1))[codes]
        values = values.filter(pa.array(used))
    return Coded(codes, _one_by_one([values], ids))


def _used(codes: Rows, values: int) -> npt.NDArray[np.bool_]:
    """Which of so many values some row has: often the first rows have them all."""
    used = np.zeros(values + 1, bool)  # the last is for rows with nothing
    for first in range(0, len(codes), BATCH):
        used[codes[first : first + BATCH]] = True
        if used[:-1].all():
            break
    return used[:-1]


def _one_by_one(chunks: Sequence[pa.Array], ids: bool) -> Sequence[Cell]:
    """The cells of chunks of a column, one after the other."""
    if not ids:
        return [cell for each in chunks for cell in _texts(each)]
    plain = [_plain(each) for each in chunks]
    if plain and all(each is not None for each in plain):
        return Ids.joined([each for each in plain if each is not None])
    return plain_ids([cell for each in chunks for cell in _texts(each)])


WIDEST = 64
"""So many letters has the longest id that is kept as bytes."""


def _plain(values: pa.Array) -> Ids | None:
    """Ids as bytes, where all are there, and are printable ASCII without a blank or a point."""
    types, type = pa.types, values.type
    if types.is_large_string(type) or types.is_integer(type):
        values = values.cast(pa.string())
    if not types.is_string(values.type) or values.null_count or not len(values):
        return None
    offsets = np.frombuffer(values.buffers()[1], np.int32)[values.offset :][: len(values) + 1]
    lengths = np.diff(offsets)
    least, most = int(lengths.min()), int(lengths.max())
    if most > WIDEST or (least <= LONGEST_BLANK and _any_blank(values)):
        return None
    letters = np.frombuffer(values.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    if letters.min() <= ord(" ") or letters.max() > ord("~") or (letters == ord(".")).any():
        return None
    if least < most:
        letters = np.frombuffer(pc.ascii_rpad(values, most, "\0").buffers()[2], np.uint8)
    return Ids(letters[: len(values) * most].view(f"S{most}"))


def _any_blank(values: pa.StringArray) -> bool:
    short = values.filter(pc.less_equal(pc.binary_length(values), LONGEST_BLANK))
    return bool(pc.any(pc.is_in(pc.utf8_lower(short), pa.array(sorted(BLANK)))).as_py())


def _texts(values: pa.Array) -> list[Cell]:
    """Values as a CSV file would hold them."""
    types, type = pa.types, values.type
    if types.is_boolean(type):
        values = pc.if_else(values, "yes", "no")
    elif types.is_timestamp(type):
        zone = "UTC" if type.tz else None
        values = values.cast(pa.timestamp("s", zone), safe=False).cast(pa.string())
    elif types.is_floating(type) or types.is_decimal(type):
        return [None if value is None else _number(value) for value in values.to_pylist()]
    else:
        values = values.cast(pa.string())
    found: list[Cell] = values.to_numpy(zero_copy_only=False).tolist()
    return found


def _number(value: object) -> str:
    """A number that need not be whole, without the point where it is."""
    text = str(value)
    stem, point, rest = text.partition(".")
    return stem if point and not rest.strip("0") else text


def _broken(path: Path, error: Exception) -> FactsError:
    found = str(error).partition("\n")[0].strip().rstrip(".")
    return FactsError(
        what=f"`{path.name}` cannot be read as Parquet: {found}",
        where=str(path),
        why="nothing in it can be used, and without it its facts would seem not to exist",
        help="write the file again; a copy that was cut short ends like this",
    )


def refuse_no_cells(type: pa.DataType, header: str, place: str, where: str) -> None:
    """A column of a type that no cell of a table has stops the run."""
    types = pa.types
    if types.is_nested(type) or types.is_time(type) or types.is_duration(type):
        raise FactsError(
            what=f"the column `{header}` of `{place}` holds `{type}`",
            where=where,
            why="a fact is a text, a date, a time, a whole number or yes/no",
            help="write the column as text, in the way that `duly facts describe` shows",
        )
