"""A run on a Spark cluster of separate processes: the same as on one machine, whatever happens."""

from __future__ import annotations

import csv
import os
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
from attrs import frozen

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

from duly.engine import discovery  # noqa: E402 - without pyarrow none of this is wanted
from duly.engine.compiled import compiled  # noqa: E402
from duly.engine.hookspecs import Request  # noqa: E402
from duly.engine.pipeline import Run, run  # noqa: E402
from duly.engine.raw import FactsError  # noqa: E402
from duly.plugins.sample import make_caseload  # noqa: E402
from duly.plugins.sources.csv_folder import read  # noqa: E402
from duly.plugins.sources.parquet_write import write_folder  # noqa: E402
from tests.plugins.runners.conftest import SUBJECTS, WORKERS  # noqa: E402

AS_AT = date(2026, 3, 31)
CHILDREN = 200
SOON = 120
"""Seconds that a condition is waited for."""


@frozen
class Ended:
    """A run, and the CSV file that it wrote."""

    run: Run
    csv: bytes


def tell(stage: str) -> None:
    """Nobody is told."""


@pytest.fixture(scope="module")
def ready() -> Any:
    """Local standards over the law."""
    return compiled(discovery.plugin_manager(), "enfield")


@pytest.fixture(scope="module")
def facts(ready: Any, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A caseload with what extracts have: typed columns, several files, gaps and mistakes."""
    work = tmp_path_factory.mktemp("facts")
    make_caseload(work / "csv", CHILDREN, 1, AS_AT)
    kinds = ready.policy.kinds
    folder = work / "parquet"
    write_folder(folder, read(str(work / "csv"), kinds), kinds)
    _typed(folder / "review.parquet", "date")
    _typed(folder / "visit.parquet", "seen")
    _in_files(folder / "placement.parquet")
    _without_ids(folder / "cp_plan.parquet")
    _mistaken(folder / "visit.parquet")
    said = (folder / "coverage.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in said if not line.startswith(("visit,", "review,"))]
    (folder / "coverage.csv").write_text("".join(kept), encoding="utf-8")
    calendar = "calendar,start,end\nterm,2026-01-05,2026-02-13\nterm,soon,2026-04-01\n"
    (folder / "calendar.csv").write_text(calendar, encoding="utf-8")
    return folder


def _typed(path: Path, name: str) -> None:
    """A column of dates as dates, or of answers as true or false."""
    rows = pq.read_table(path)
    cells = rows.column(name).to_pylist()
    if name == "date":
        column = pa.array([date.fromisoformat(cell) for cell in cells])
    else:
        column = pa.array([{"yes": True, "no": False}.get(cell) for cell in cells], pa.bool_())
    pq.write_table(rows.set_column(rows.column_names.index(name), name, column), path)


def _in_files(path: Path) -> None:
    """A folder of files in place of one."""
    rows = pq.read_table(path)
    path.unlink()
    half = len(rows) // 2
    folder = path.with_suffix("") / "deeper"
    folder.mkdir(parents=True)
    pq.write_table(rows.slice(0, half), folder / "b.parquet")
    pq.write_table(rows.slice(half), folder.parent / "c.parquet", row_group_size=50)


def _without_ids(path: Path) -> None:
    """Rows that are named after their place."""
    rows = pq.read_table(path)
    pq.write_table(rows.drop_columns(["id"]), path)


def _mistaken(path: Path) -> None:
    """No date, nobody, and an id for a second time."""
    rows = pq.read_table(path).to_pylist()
    rows[7] |= {"date": "31/02/2026"}
    rows[9] |= {"person_id": " "}
    rows[12] |= {**rows[11], "date": max(rows[11]["date"], rows[12]["date"])}
    pq.write_table(pa.Table.from_pylist(rows), path)


@pytest.fixture(scope="module")
def here(ready: Any, facts: Path, tmp_path_factory: pytest.TempPathFactory) -> Ended:
    """The run on this machine."""
    manager = discovery.plugin_manager()
    ended = run(ready, [f"parquet:{facts}"], manager, AS_AT)
    path = tmp_path_factory.mktemp("here") / "out.csv"
    discovery.outputs(manager)["csv"].write(ended, path)
    return Ended(ended, path.read_bytes())


Evaluate = Callable[..., tuple[Run, Sequence[str]]]


@pytest.fixture(scope="module")
def evaluate(spark: Any, ready: Any) -> Evaluate:
    """``duly run --runner spark``, as the command calls it."""
    runner = discovery.runners(discovery.plugin_manager())["spark"]
    return lambda facts, *out: runner.run(Request(ready, [facts], AS_AT, out=out), tell)


@pytest.fixture(scope="module")
def there(evaluate: Evaluate, facts: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The run on the cluster, and the folder that it wrote into."""
    folder = tmp_path_factory.mktemp("there")
    out = [f"csv:{folder}/out.csv", f"json:{folder}/out.json", f"parquet:{folder}/out"]
    ended, _ = evaluate(f"parquet:{facts}", *out)
    return Ended(ended, (folder / "out.csv").read_bytes()), folder


def told(ended: Run) -> tuple[object, ...]:
    """What the terminal shows of a run."""
    return (
        ended.summaries,
        {*ended.notes},
        ended.facts,
        ended.rows_read,
        ended.rows_used,
        ended.count,
        ended.since,
    )


def test_the_obligations_are_byte_for_byte_those_of_one_machine(here: Ended, there: Any) -> None:
    assert there[0].csv == here.csv
    assert here.csv.count(b"\n") > 1000


def test_so_are_summaries_notes_and_counts(here: Ended, there: Any) -> None:
    assert told(there[0].run) == told(here.run)


def test_a_mistake_is_quarantined_once(here: Ended, there: Any) -> None:
    found = there[0].run.quarantine
    assert sorted((row.place, row.column, row.value) for row in found) == [
        ("calendar.csv", "start", "soon"),
        ("visit.parquet", "date", "31/02/2026"),
        ("visit.parquet", "id", next(row.value for row in found if row.column == "id")),
        ("visit.parquet", "person_id", " "),
    ]
    assert {*found} == {*here.run.quarantine}


def test_formats_that_need_the_whole_have_it(here: Ended, there: Any, tmp_path: Path) -> None:
    """Their notes may stand in another order; all else is the same."""
    path = tmp_path / "out.json"
    discovery.outputs(discovery.plugin_manager())["json"].write(here.run, path)
    ours, theirs = (p.read_text(encoding="utf-8") for p in (path, there[1] / "out.json"))
    assert ours.partition('"obligations"')[2] == theirs.partition('"obligations"')[2]


def test_workers_write_the_same_rows_as_parquet(here: Ended, there: Any) -> None:
    rows = pq.read_table(there[1] / "out")
    assert as_text(rows.to_pylist()) == as_text(csv.DictReader(here.csv.decode().splitlines()))
    assert rows.schema.field("deadline").type == pa.date32()


def as_text(rows: Any) -> list[tuple[str, ...]]:
    """Rows as a CSV file has them, in an order of their own."""
    return sorted(tuple(map(_cell, row.values())) for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def test_a_worker_killed_in_the_middle_loses_nothing(
    spark: Any, evaluate: Evaluate, ready: Any, facts: Path, here: Ended, tmp_path: Path
) -> None:
    parts = -(-CHILDREN // SUBJECTS) + len(ready.policy.subjects) - 1  # one of each other kind
    with ThreadPoolExecutor(1) as pool:
        killed: Future[int] = pool.submit(kill_a_worker, spark.sparkContext, parts)
        ended, _ = evaluate(f"parquet:{facts}", f"csv:{tmp_path}/out.csv")
        stage = spark.sparkContext.statusTracker().getStageInfo(killed.result())
    assert stage.numFailedTasks or stage.currentAttemptId  # Spark has noticed, and begun again
    assert (tmp_path / "out.csv").read_bytes() == here.csv
    assert told(ended) == told(here.run)


def kill_a_worker(context: Any, parts: int) -> int:
    """Kill a worker that has a part at hand, when some parts are done and several are not.

    It is stopped first, so that it has ended nothing since: the stage is the one that lost it.
    """
    tracker = context.statusTracker()
    until = monotonic() + SOON
    while monotonic() < until:
        for number in tracker.getActiveStageIds():
            stage = tracker.getStageInfo(number)
            if stage is None or stage.numTasks != parts or not stage.numCompletedTasks:
                continue
            if parts - stage.numCompletedTasks > 2 * WORKERS:
                worker = workers(context.applicationId)[0]
                os.kill(worker, signal.SIGSTOP)
                os.kill(worker, signal.SIGKILL)
                return int(number)
        sleep(0.01)
    raise AssertionError("no part was ever done while others were at hand")


def workers(application: str) -> list[int]:
    """The processes of this machine that are workers of the application."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:  # it has ended
            continue
        if application in words and any("CoarseGrainedExecutorBackend" in word for word in words):
            found.append(int(folder.name))
    return found


def test_tables_of_the_cluster_are_read_and_written(
    spark: Any, evaluate: Evaluate, facts: Path, here: Ended
) -> None:
    """Rows of a table have no place; but for that, all is the same."""
    spark.sql("create database care")
    for path in sorted(facts.iterdir()):
        if path.suffix == ".csv":
            rows = spark.read.option("header", True).csv(str(path))
        else:
            rows = spark.read.option("recursiveFileLookup", True).parquet(str(path))
        rows.write.saveAsTable(f"care.{path.stem}")
    _, wrote = evaluate("table:care", "table:care.obligations")
    assert wrote == ["table care.obligations"]
    found = as_text(
        without_places(row.asDict() for row in spark.table("care.obligations").collect())
    )
    local = csv.DictReader(here.csv.decode().splitlines())
    assert found == as_text(without_places(local))


def without_places(rows: Any) -> Any:
    """Rows without what hangs on their number in a file, or stands in place of an id."""
    for row in rows:
        named = {name for name, value in row.items() if str(value).startswith("cp_plan-")}
        yield {name: "" if name in {*named, "source_ref"} else row[name] for name in row}


@pytest.mark.parametrize("place", ["parquet:{facts}/visit.parquet", "parquet:{facts}"])
def test_what_is_not_of_an_earlier_run_is_not_replaced(
    evaluate: Evaluate, facts: Path, place: str
) -> None:
    with pytest.raises(FactsError, match="holds something else"):
        evaluate(f"parquet:{facts}", place.format(facts=facts))
    assert (facts / "visit.parquet").is_file()


def test_what_cannot_be_read_is_said(evaluate: Evaluate, tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"Spark could not do it: .*PATH_NOT_FOUND"):
        evaluate(f"parquet:{tmp_path}/nowhere")
    with pytest.raises(FactsError, match="no source of facts `csv`"):
        evaluate(f"csv:{tmp_path}")
