"""Facts that a Spark cluster can read, as tables of Spark: folders of Parquet, and its own tables.

``parquet:PATH`` is a folder as the source of that name reads it, at any path that Spark reads.
``table:SCHEMA`` is a schema with a table, or a view, for each kind of fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from os.path import normpath
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
import pyarrow.parquet as pq
from attrs import evolve, frozen
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as everybody writes it
from pyspark.sql.pandas.types import to_arrow_type

from duly.dsl.policy import Kind
from duly.engine import discovery
from duly.engine.raw import FactsError, RawFacts
from duly.plugins.runners.spark_parts import FILE, ROW, Table
from duly.plugins.sources.csv_file import CsvFile, names_of_columns
from duly.plugins.sources.csv_file import read as read_csv
from duly.plugins.sources.folder import (
    Beside,
    Contents,
    columns_in,
    contents,
    notes,
    read_beside,
)
from duly.plugins.sources.parquet_file import read_whole, refuse_no_cells
from duly.plugins.sources.parquet_folder import ENDING, is_beside

SOURCES = ("parquet", "table")


@frozen(eq=False)
class Held:
    """One kind's table where Spark finds it; ``files`` numbers the places of its files."""

    table: Table
    rows: DataFrame
    files: Mapping[str, int]


@frozen(eq=False)
class Source:
    """The tables of one source, and what it says beside them."""

    held: Sequence[Held]
    raw: RawFacts


@frozen(eq=False)
class _Found:
    """A table that was found: its rows, where messages say it is, and its files."""

    rows: DataFrame
    where: Path
    places: tuple[str, ...]
    files: Mapping[str, int]
    counted: bool


def opened(
    spark: SparkSession, addresses: Sequence[str], kinds: Mapping[str, Kind]
) -> tuple[Source, ...]:
    """The sources, none of whose tables is read yet."""
    openers = {"parquet": _folder, "table": _schema}
    split = [discovery.split_address(each, "source of facts", SOURCES) for each in addresses]
    found = [openers[name](spark, number, at, kinds) for number, (name, at) in enumerate(split)]
    return tuple(_counted_on(found))


def _counted_on(found: Sequence[Source]) -> Iterator[Source]:
    """Each kind's places numbered through all sources, by which rows without an id are named."""
    many: dict[str, int] = {}
    for held in (held for source in found for held in source.held):
        many[held.table.kind.name] = many.get(held.table.kind.name, 0) + len(held.table.places)
    begun = dict.fromkeys(many, 0)
    for source in found:
        numbered = []
        for held in source.held:
            name = held.table.kind.name
            table = evolve(held.table, number=begun[name], many=many[name])
            begun[name] += len(table.places)
            numbered.append(evolve(held, table=table))
        yield evolve(source, held=numbered)


# ------------------------------------------------------------------ a folder of Parquet


def _folder(spark: SparkSession, number: int, location: str, kinds: Mapping[str, Kind]) -> Source:
    location = _whole(location)
    files = _files(spark, location)
    tops: dict[str, list[str]] = {}
    for name in sorted(files, key=lambda name: Path(name).parts):
        tops.setdefault(name.partition("/")[0], []).append(name)
    folder = Path(location)
    paths: list[Path] = []
    left: list[Path] = []
    for top, names in tops.items():
        read = list(filter(_is_parquet, names))
        if read or (names == [top] and is_beside(Path(top))):
            paths.append(folder / top)
            left.extend(folder / name for name in names if name not in (top, *read))
        else:
            left.append(folder / top)

    def copied(into: Path, name: str) -> Path:
        row = spark.read.format("binaryFile").load(f"{location}/{name}").select("content").first()
        assert row is not None
        copy = into / name
        copy.write_bytes(row[0])
        return copy

    def found(path: Path) -> _Found:
        names = [name for name in tops[path.name] if _is_parquet(name)]
        reader = spark.read.option("recursiveFileLookup", "true")
        if names != [path.name]:
            reader = reader.option("pathGlobFilter", f"*{ENDING}")
        if len(names) > 1:
            reader = reader.option("mergeSchema", "true")
        rows = reader.parquet(f"{location}/{path.name}")
        place = [
            F.col("_metadata.file_path").alias(FILE),
            F.col("_metadata.row_index").alias(ROW),
        ]
        numbers = {files[name]: number for number, name in enumerate(names)}
        return _Found(rows.select(*place, "*"), path, tuple(names), numbers, True)

    held = contents(folder, paths, kinds, ENDING, left)
    return _source(held, kinds, number, found, copied)


def _whole(location: str) -> str:
    """A path as Spark lists it: a folder of this machine from its root, others as they are."""
    here = Path(location)
    plain = location if ":" in location else normpath(location)
    return str(here.resolve()) if here.is_dir() else plain.rstrip("/")


def _files(spark: SparkSession, location: str) -> dict[str, str]:
    """The files of a folder: Spark's address of each by its path from there."""
    listing = spark.read.format("binaryFile").option("recursiveFileLookup", "true").load(location)
    listed = listing.select("path", "_metadata.file_path").collect()
    within = f"/{location.partition(':')[2].lstrip('/') or location.lstrip('/')}/"
    return {path.partition(within)[2]: address for path, address in listed}


def _is_parquet(name: str) -> bool:
    return name.casefold().endswith(ENDING)


# ------------------------------------------------------------------ tables of the cluster


def _schema(spark: SparkSession, number: int, location: str, kinds: Mapping[str, Kind]) -> Source:
    names = sorted(table.name for table in spark.catalog.listTables(location))
    schema = Path(location)

    def copied(into: Path, name: str) -> Path:
        rows = spark.table(_quoted(location, name))
        types = pa.schema([(each.name, to_arrow_type(each.dataType)) for each in rows.schema])
        copy = into / f"{name}{ENDING}"
        pq.write_table(pa.Table.from_pylist([r.asDict() for r in rows.collect()], types), copy)
        return copy

    def found(path: Path) -> _Found:
        rows = spark.table(_quoted(location, path.name))
        return _Found(rows, path, (f"{location}.{path.name}",), {}, False)

    held = contents(schema, [schema / name for name in names], kinds, "")
    return _source(held, kinds, number, found, copied)


def _quoted(*names: str) -> str:
    return ".".join(f"`{part}`" for name in names for part in name.split("."))


# ------------------------------------------------------------------ what both have


def _source(
    found: Contents,
    kinds: Mapping[str, Kind],
    number: int,
    open_: Callable[[Path], _Found],
    copied: Callable[[Path, str], Path],
) -> Source:
    beside = _beside(found, copied)
    each = [(kind, open_(path)) for path, kind in found.known.items()]
    held = [_held(kind, number, table) for kind, table in each]
    told = dict.fromkeys(
        note
        for kind, table in each
        for place in table.places
        for note in notes(place, _headers(table), kind)
    )
    raw = RawFacts(
        coverage=beside.coverage,
        quarantine=beside.quarantine,
        notes=(*beside.notes, *told),
        extracted=beside.extracted,
        calendars=beside.calendars,
    )
    return Source(held, raw)


def _held(kind: Kind, source: int, found: _Found) -> Held:
    """A kind's table, with the columns of the vocabulary alone, under their names there."""
    headers = _headers(found)
    names = columns_in(found.where, headers, kind)
    types = {field.name: field.dataType for field in found.rows.schema}
    for name in names.values():
        header = headers[name]
        refuse_no_cells(to_arrow_type(types[header]), header, found.where.name, str(found.where))
    cells = [F.col(_quoted_column(headers[name])).alias(own) for own, name in names.items()]
    place = [F.col(FILE), F.col(ROW)] if found.counted else []
    table = Table(kind, source, tuple(names), found.places, 0, 1, found.counted)
    return Held(table, found.rows.select(*place, *cells), found.files)


def _headers(found: _Found) -> dict[str, str]:
    headers = [name for name in found.rows.columns if name not in (FILE, ROW)]
    normal_names = names_of_columns(found.where, headers)
    return {name: given for name, given in zip(normal_names, headers, strict=True) if name}


def _quoted_column(name: str) -> str:
    return f"`{name.replace('`', '``')}`"


def _beside(found: Contents, copied: Callable[[Path, str], Path]) -> Beside:
    """What stands beside the tables, small enough to be read here."""
    with TemporaryDirectory() as folder:
        read = partial(_read_copy, Path(folder), copied)
        return read_beside(found, read)


def _read_copy(folder: Path, copied: Callable[[Path, str], Path], path: Path) -> CsvFile:
    copy = copied(folder, path.name)
    try:
        return read_whole(copy) if copy.suffix == ENDING else read_csv(copy)
    except FactsError as error:
        raise evolve(error, where=error.where.replace(str(copy), str(path))) from None
