"""One Parquet file, to coded columns of the text that a CSV file would hold.

Only distinct values become text, so that what they mean is still read in one place for all
sources.  A file is read by batches, and its row groups are told apart by whom they concern.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from attrs import frozen

from duly.dsl.policy import BLANK
from duly.engine.days import LAST, MISSING
from duly.engine.ids import Ids
from duly.engine.keys import in_order
from duly.engine.raw import LONGEST_BLANK, Cell, Coded, Dated, FactsError, Range, id_in
from duly.plugins.parquet import FIRST_DAY
from duly.plugins.sources.csv_file import CsvFile, names_of_columns, plain_ids

BATCH = 131_072
"""Rows decoded at a time: what a part leaves out is never in memory whole."""

Rows = npt.NDArray[np.int32]


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


@frozen
class Columns:
    """The columns to read, by normal name.

    Those whose cells stand ``apart``, each unlike any other, are not coded: that would be work for
    nothing.  Those that are ``ids`` are so without the ``.0`` that a spreadsheet adds; ``by`` is
    the one of these by which rows are told apart.
    """

    names: tuple[str, ...]
    apart: frozenset[str] = frozenset()
    ids: frozenset[str] = frozenset()
    by: str = ""


@frozen(eq=False)
class Stretch:
    """Rows of a file one after the other: their numbers, and their columns, most of them coded."""

    rows: Rows
    cells: Mapping[str, pa.Array]
    by: str

    def within(self, part: Range) -> Stretch | None:
        """The rows of those in a range of ids, if there are any."""
        first, last = part
        ids, codes = self.whom
        if self._in_order:
            ends = (
                0 if first is None else ids.number_before(first),
                len(ids) if last is None else ids.number_before(last),
            )
            lo, hi = np.searchsorted(codes, ends).tolist()
            sliced = {name: _trimmed(each.slice(lo, hi - lo)) for name, each in self.cells.items()}
            return Stretch(self.rows[lo:hi], sliced, self.by) if lo < hi else None
        wanted = np.full(len(ids) + 1, first is None)  # the last is for rows with nothing
        wanted[:-1] = True if last is None else ids.before(last)
        if first is not None:
            wanted[:-1] &= ~ids.before(first)
        keep = wanted[codes]
        some = pa.array(keep)
        kept = {name: _trimmed(each.filter(some)) for name, each in self.cells.items()}
        return Stretch(self.rows[keep], kept, self.by) if keep.any() else None

    @cached_property
    def whom(self) -> tuple[Ids, Rows]:
        """The ids of those whom the rows concern, and of each row which; -1 for none."""
        column = self.cells[self.by]
        found, codes = _one_by_one([column.dictionary], ids=True), _codes(column)
        if isinstance(found, Ids):
            return found, codes
        ids = Ids.of(map(id_in, found))
        named = [number if id else -1 for number, id in enumerate(ids)]
        return ids, np.array([*named, -1], np.int32)[codes]

    @cached_property
    def _in_order(self) -> bool:
        """Whether the rows are in order of id, as bytes."""
        ids, codes = self.whom
        return (
            len(codes) > 0
            and codes[0] >= 0
            and in_order(codes)
            and ids.plain
            and in_order(ids.cells)
        )


def decoded(file: ParquetFile, columns: Columns, group: int | None = None) -> Iterator[Stretch]:
    """The rows of a row group, or of all, by batches."""
    groups = range(len(file.groups)) if group is None else [group]
    first = 1 if group is None else file.first_rows[group]
    for batch in _batches(file, groups, columns):
        cells = {
            name: _encoded_cells(file, name, batch.column(i), name not in columns.apart)
            for i, name in enumerate(columns.names)
        }
        yield Stretch(np.arange(first, first + len(batch), dtype=np.int32), cells, columns.by)
        first += len(batch)


def together(
    stretches: Iterable[Stretch], columns: Columns
) -> tuple[Rows, dict[str, Sequence[Cell]]]:
    """The numbers and cells of the rows of several stretches."""
    found = list(stretches)
    rows = np.concatenate([np.zeros(0, np.int32), *(each.rows for each in found)])
    return rows, {
        name: _joined([each.cells[name] for each in found], name, columns) for name in columns.names
    }


def _joined(chunks: Sequence[pa.Array], name: str, columns: Columns) -> Sequence[Cell]:
    if name in columns.apart:
        return _one_by_one(chunks, name in columns.ids)
    dated = _dated(chunks)
    if dated is not None:
        return dated
    return coded([encoded(each) for each in chunks], name in columns.ids)


def _dated(chunks: Sequence[pa.Array]) -> Dated | None:
    """Dates as days, where the engine's tables reach to all of them."""
    if not chunks or not all(pa.types.is_date32(each.type) for each in chunks):
        return None
    nothing = pa.scalar(FIRST_DAY + MISSING, pa.int32())
    found = [each.view(pa.int32()).fill_null(nothing).to_numpy() for each in chunks]
    days = np.concatenate(found) - np.int32(FIRST_DAY)
    empty = sum(each.null_count for each in chunks)
    reached = np.count_nonzero(days < 0) == empty and days.max(initial=MISSING) <= LAST
    return Dated(days) if reached else None


def read_whole(path: Path) -> CsvFile:
    """A small file, as a CSV file of the same cells would be."""
    file = opened(path, path.name)
    columns = Columns(tuple(file.headers))
    rows, cells = together(decoded(file, columns), columns)
    return CsvFile(path.name, rows.tolist(), cells, file.headers)


def _batches(
    file: ParquetFile, groups: Sequence[int], columns: Columns
) -> Iterator[pa.RecordBatch]:
    """The columns in order of their names."""
    headers = [file.headers[name] for name in columns.names]
    texts = {*file.texts}.difference(file.headers[name] for name in columns.apart)
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
    return column if pa.types.is_date32(column.type) else encoded(column, as_codes=as_codes)


def encoded(column: pa.Array, *, as_codes: bool = True) -> pa.Array:
    """A column as codes into its values, or as its values one after the other."""
    if pa.types.is_dictionary(column.type):
        if as_codes and column.type.index_type == pa.int32():
            return column
        column = column.dictionary_decode()
    if not as_codes:
        return column
    if pa.types.is_boolean(column.type):  # answers are numbers already
        return pa.DictionaryArray.from_arrays(column.cast(pa.int32()), _ANSWERS)
    return column.dictionary_encode()


_ANSWERS = pa.array([False, True])


def _codes(column: pa.DictionaryArray) -> Rows:
    indices = column.indices
    codes: Rows = (indices.fill_null(-1) if indices.null_count else indices).to_numpy()
    return codes


def coded(chunks: Sequence[pa.DictionaryArray], ids: bool = False) -> Coded:
    """Chunks of a column as one; texts that no row has are left out."""
    if not chunks:
        return Coded(np.zeros(0, np.int32), [])
    whole = pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):  # of no rows at all
        whole = whole.chunk(0)
    whole = _trimmed(whole)
    return Coded(_codes(whole), _one_by_one([whole.dictionary], ids))


def _trimmed(column: pa.Array) -> pa.Array:
    """The same, with those values alone that some row has."""
    if not pa.types.is_dictionary(column.type):
        return column
    codes, values = _codes(column), column.dictionary
    used = _used(codes, len(values))
    if used.all():
        return column
    place = np.append(np.cumsum(used, dtype=np.int32) - 1, np.int32(-1))[codes]
    kept = values.filter(pa.array(used))
    return pa.DictionaryArray.from_arrays(pa.array(place, mask=place < 0), kept)


def _used(codes: Rows, values: int) -> npt.NDArray[np.bool_]:
    """Which of so many values some row has: often the first rows have them all."""
    used = np.zeros(values + 1, bool)  # the last is for rows with nothing
    first, last = 0, BATCH // 16
    while first < len(codes) and not used[:-1].all():
        used[codes[first:last]] = True
        first, last = last, 4 * last
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
    if not 0 < most <= WIDEST:
        return None
    letters = np.frombuffer(values.buffers()[2], np.uint8)[offsets[0] : offsets[-1]]
    if letters.min() <= ord(" ") or letters.max() > ord("~") or (letters == ord(".")).any():
        return None
    if least <= LONGEST_BLANK and _any_blank(values):
        return None
    if least < most:
        letters = np.frombuffer(pc.ascii_rpad(values, most, "\0").buffers()[2], np.uint8)
    return Ids(letters[: len(values) * most].view(f"S{most}"))


def _any_blank(values: pa.StringArray) -> bool:
    short = values.filter(pc.less_equal(pc.binary_length(values), LONGEST_BLANK))
    return bool(pc.any(pc.is_in(pc.utf8_lower(short), pa.array(sorted(BLANK)))).as_py())


def _texts(values: pa.Array) -> list[Cell]:
    """Values as a CSV file would hold them; bytes that are no text are escaped."""
    types, type = pa.types, values.type
    if types.is_boolean(type):
        values = pc.if_else(values, "yes", "no")
    elif types.is_timestamp(type):
        zone = "UTC" if type.tz else None
        values = values.cast(pa.timestamp("s", zone), safe=False).cast(pa.string())
    elif _is_bytes(type):
        text = _utf8(values)
        if text is None:
            held = values.cast(pa.large_binary()).to_pylist()
            return [each if each is None else each.decode(errors=_ESCAPED) for each in held]
        values = text
    elif types.is_floating(type) or types.is_decimal(type):
        return [None if value is None else _number(value) for value in values.to_pylist()]
    else:
        values = values.cast(pa.string())
    found: list[Cell] = values.to_numpy(zero_copy_only=False).tolist()
    return found


_ESCAPED = "backslashreplace"


def _is_bytes(type: pa.DataType) -> bool:
    """Whether values are bytes, called text or not: those of either need not be text."""
    types = pa.types
    fixed = types.is_fixed_size_binary(type)
    return bool(_is_text(type) or types.is_binary(type) or types.is_large_binary(type) or fixed)


def _utf8(values: pa.Array) -> pa.Array | None:
    """The text that bytes are, if all of them are text."""
    try:
        return values.cast(pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return None


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
        help="write the file again: it is not Parquet, or a copy that was cut short",
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
