"""``parquet:DIR``: a folder with one Parquet file for each kind of fact, to raw facts.

Files and columns are named as in a ``csv:`` folder.  In place of a file there may be a folder of
files.  ``coverage`` and ``calendar`` are Parquet files, or the CSV files that ``csv:`` reads.
A folder can be read in parts, by ranges of ids, so that the whole need not be in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duly.dsl.policy import Kind
from duly.engine.hookspecs import FactSource, hookimpl
from duly.engine.raw import Parted, RawFacts
from duly.plugins.parquet import needs_pyarrow
from duly.plugins.sources.csv_file import CsvFile, normal, refuse_no_folder
from duly.plugins.sources.csv_file import read as read_csv
from duly.plugins.sources.folder import BESIDE, contents, read_beside

if TYPE_CHECKING:
    from duly.plugins.sources.parquet_parts import ParquetFolder

ENDING = ".parquet"


@hookimpl
def register_fact_sources() -> Sequence[FactSource]:
    """The ``parquet`` source."""
    summary = "a folder with one Parquet file for each kind of fact"
    return [FactSource("parquet", summary, read, parted=parted)]


def read(location: str, kinds: Mapping[str, Kind]) -> RawFacts:
    """The facts of a folder, with what it does not hold."""
    return _opened(location, kinds).whole()


def parted(location: str, kinds: Mapping[str, Kind]) -> Parted:
    """A folder to be read in parts."""
    return _opened(location, kinds).with_assumed_coverage()


def _opened(location: str, kinds: Mapping[str, Kind]) -> ParquetFolder:
    folder = Path(location)
    refuse_no_folder(folder, "Parquet file", "parquet:extract")
    parquet = needs_pyarrow("sources.parquet_file", f"parquet:{folder}")
    parts = needs_pyarrow("sources.parquet_parts", f"parquet:{folder}")

    def read_file(path: Path) -> CsvFile:
        whole: CsvFile = (parquet.read_whole if path.suffix == ENDING else read_csv)(path)
        return whole

    paths, left = _files(folder)
    found = contents(folder, paths, kinds, "Parquet file")
    opened: ParquetFolder = parts.open_folder(
        found, read_beside(found, read_file), tuple(map(not_read, left)), kinds
    )
    return opened


def _files(folder: Path) -> tuple[list[Path], list[Path]]:
    """What may hold facts, and CSV files that are not read: one file, or a folder of them."""
    paths = sorted(path for path in folder.iterdir() if path.name[:1] not in "._")
    files = [p for p in paths if p.suffix.casefold() == ENDING or any(p.glob(f"**/*{ENDING}"))]
    csvs = [path for path in paths if path.suffix.casefold() == ".csv"]
    beside = [path for path in csvs if normal(path.stem) in BESIDE]
    return [*files, *beside], [path for path in csvs if path not in beside]


def not_read(path: Path) -> str:
    """What a run says of a CSV file among Parquet files."""
    return f"`{path.name}` was not read: facts in this folder are read from Parquet files"
