"""The invented caseload of the demo, for as many children as a country has, as Parquet facts.

Made twenty-five thousand children at a time, each time with other dice; what the files hold is
what ``duly facts convert`` would make of the CSV files of the whole.
"""

from __future__ import annotations

from pathlib import Path
from shutil import copyfile
from tempfile import TemporaryDirectory

import pyarrow as pa
from pyarrow import compute, csv, parquet

from duly.plugins.sample import make_caseload
from duly.plugins.sample.book import TABLES

AT_A_TIME = 25_000
ROW_GROUP = 100_000


def make(folder: Path, children: int) -> int:
    """Write so many children, and say how many rows there are of all kinds."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {
        kind: parquet.ParquetWriter(folder / f"{kind}.parquet", _schema(kind)) for kind in TABLES
    }
    rows = 0
    with TemporaryDirectory() as desk:
        for number, first in enumerate(range(0, children, AT_A_TIME)):
            make_caseload(Path(desk), min(AT_A_TIME, children - first), seed=number + 1)
            for kind, file in files.items():
                table = _read(Path(desk) / f"{kind}.csv", kind, f"{number:03}-")
                file.write_table(table, row_group_size=ROW_GROUP)
                rows += len(table)
        copyfile(Path(desk) / "coverage.csv", folder / "coverage.csv")
    for file in files.values():
        file.close()
    return rows


def _schema(kind: str) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in TABLES[kind]])


def _read(path: Path, kind: str, prefix: str) -> pa.Table:
    """A file's text, with the prefix before every id that is there."""
    types = dict.fromkeys(TABLES[kind], pa.string())
    table = csv.read_csv(path, convert_options=csv.ConvertOptions(column_types=types))
    for place, name in enumerate(table.column_names):
        if name.endswith("id"):
            named = compute.binary_join_element_wise(prefix, table[name], "")
            blank = compute.equal(table[name], "")
            table = table.set_column(place, name, compute.if_else(blank, "", named))
    return table
