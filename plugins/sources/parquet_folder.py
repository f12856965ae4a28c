"""``parquet:DIR``: a folder with one Parquet file for each kind of fact, to raw facts.

Files and columns are named as in a ``csv:`` folder.  In place of a file there may be a folder of
files.  ``coverage`` and ``calendar`` are Parquet files, or the CSV files that ``csv:`` reads.
A folder can be read in parts, by ranges of ids, so that the whole need not be in memory.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from duly.dsl.policy import Kind
from duly.engine.hookspecs import FactSource, hookimpl
from duly.engine.raw import Parted, RawFacts
from duly.plugins.parquet import needs_pyarrow
from duly.plugins.sources.csv_file import CsvFile, normal, refuse_no_folder
from duly.plugins.sources.csv_file import read as read_csv
from duly.plugins.sources.folder import BESIDE, contents, hidden, read_beside

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
        whole: CsvFile = (parquet.read_whole if is_parquet(path) else read_csv)(path)
        return whole

    paths, left = _files(folder)
    found = contents(folder, paths, kinds, ENDING, left)
    opened: ParquetFolder = parts.open_folder(found, read_beside(found, read_file), kinds)
    return opened


def _files(folder: Path) -> tuple[list[Path], list[Path]]:
    """What may hold facts, one file or a folder of them, and what else there is."""
    files: list[Path] = []
    left: list[Path] = []
    for path in sorted(path for path in folder.iterdir() if not hidden(path)):
        within = list(_within(path))
        read = list(filter(is_parquet, within))
        if read or is_beside(path):
            files.append(path)
            left.extend(each for each in within if each not in (path, *read))
        else:
            left.append(path)
    return files, left


def is_parquet(path: Path) -> bool:
    """Whether a file is called a Parquet file."""
    return path.suffix.casefold() == ENDING


def is_beside(path: Path) -> bool:
    """Whether it is a CSV file that holds no kind of fact, as a ``csv:`` folder has it."""
    return path.suffix.casefold() == ".csv" and normal(path.stem) in BESIDE


def parquet_files(path: Path) -> list[Path]:
    """One file, or all of a folder, in order of name."""
    return sorted(filter(is_parquet, _within(path)))


def _within(path: Path) -> Iterator[Path]:
    """A file, or all files of a folder and of those in it, but for hidden ones."""
    if not path.is_dir():
        yield path
        return
    for each in sorted(path.iterdir()):
        if not hidden(each):
            yield from _within(each)
