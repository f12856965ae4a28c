"""The ``parquet`` output: real dates and numbers, in a file or a folder of parts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import asdict, evolve

from duly.engine.obligations import COLUMNS, Obligations
from duly.engine.pipeline import Run
from duly.engine.raw import FactsError
from duly.plugins.outputs.parquet import register_outputs
from duly.plugins.outputs.parquet_table import TYPES, ParquetStream, write


def test_it_is_registered() -> None:
    (output,) = register_outputs()
    assert output.name == "parquet"


def test_the_cells_are_those_of_the_csv_with_real_types(run: Run, tmp_path: Path) -> None:
    (path,) = write(run, tmp_path / "out.parquet")
    found = pq.read_table(path)
    assert found.column_names == list(COLUMNS)
    assert {name: found.schema.field(name).type for name in TYPES} == TYPES
    assert found.slice(3, 1).to_pylist() == [
        {
            **dict.fromkeys(COLUMNS),
            "subject_id": "SYN2",
            "pack": "law",
            "rule": "cla_visits",
            "duty": "interval",
            "anchor_date": date(2026, 3, 2),
            "deadline": date(2026, 4, 13),
            "effective_deadline": date(2026, 4, 13),
            "verdict": "due",
            "days": 13,
            "assumed": False,
            "reason": "every 6 weeks; not confirmed: read in a handbook only",
            "citation": "Regulations, regulation 28(2)",
            "as_at": date(2026, 3, 31),
        }
    ]


def test_a_folder_holds_a_file_for_each_part(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "rows"
    folder.mkdir()
    for name in ("_SUCCESS", ".part.crc"):
        (folder / name).touch()
    for parts in (3, 2):  # the second run leaves nothing of the first
        stream = ParquetStream(folder)
        for number in reversed(range(parts)):
            stream.part(number, run.obligations)
        names = [f"obligations-{number:08}.parquet" for number in range(parts)]
        assert [path.name for path in stream.whole(run)] == names
        found = sorted(path.name for path in folder.iterdir())
        assert found == [".part.crc", "_SUCCESS", *names]
    assert len(pq.read_table(folder)) == 2 * run.count


@pytest.mark.parametrize(
    "name", ["visit.parquet", "obligations-2024.parquet", "visit.csv", "year=2024/0.parquet"]
)
def test_a_folder_that_holds_something_else_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).touch()
    (tmp_path / "obligations-00000000.parquet").touch()
    before = sorted(tmp_path.iterdir())
    with pytest.raises(FactsError) as raised:
        ParquetStream(tmp_path)
    assert asdict(raised.value) == {
        "what": f"`{tmp_path}` holds something else than the obligations of an earlier run",
        "where": str(tmp_path / name.partition("/")[0]),
        "why": "other programs read such a folder as one table, and would read both together",
        "help": "name another, which need not exist yet",
    }
    assert sorted(tmp_path.iterdir()) == before


def test_parts_may_become_one_file(run: Run, tmp_path: Path) -> None:
    stream = ParquetStream(tmp_path / "one.parquet")
    for number in (1, 0):
        stream.part(number, run.obligations)
    assert stream.whole(run) == [tmp_path / "one.parquet"]
    whole = pq.read_table(write(run, tmp_path / "single.parquet")[0])
    assert pq.read_table(tmp_path / "one.parquet").to_pylist() == 2 * whole.to_pylist()
    names = ["one.parquet", "single.parquet"]
    assert sorted(path.name for path in tmp_path.iterdir()) == names


def test_a_run_without_rows_is_a_table_without_rows(run: Run, tmp_path: Path) -> None:
    nothing = Obligations.of_text({name: np.zeros(0, object) for name in COLUMNS})
    (path,) = write(evolve(run, obligations=nothing), tmp_path)
    found = pq.read_table(path)
    assert (len(found), found.schema.field("deadline").type) == (0, pa.date32())
