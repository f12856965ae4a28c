"""The visiting rule as hand-written SQL for DuckDB: sets, windows and joins, on all cores."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

SQL = Path(__file__).with_suffix(".sql")


def rows(folder: Path, as_at: date) -> pa.Table:
    with duckdb.connect() as connection:
        connection.execute("SET VARIABLE folder = $1", [str(folder)])
        connection.execute("SET VARIABLE as_at = $1", [as_at])
        connection.execute("SET preserve_insertion_order = false")
        return connection.sql(SQL.read_text("utf-8")).to_arrow_table()
