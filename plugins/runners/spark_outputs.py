"""Where the obligations that a Spark cluster found go: to its own storage, or in order to here.

``parquet:PATH`` and ``table:NAME`` are written by the workers; any other format by this process,
to which the rows come a few thousand at a time in the order of a run on one machine.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from attrs import evolve, frozen
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql import functions as F  # noqa: N812 - as everybody writes it
from pyspark.sql.pandas.types import from_arrow_schema

from duly.dsl.policy import Kind
from duly.engine import discovery
from duly.engine.hookspecs import Output
from duly.engine.obligations import COLUMNS, Obligations
from duly.engine.pipeline import Run
from duly.engine.streams import given_up_if_it_fails, opened_at
from duly.plugins.outputs.parquet_table import SCHEMA, obligations
from duly.plugins.outputs.places import something_else
from duly.plugins.runners.spark_parts import plain, read, unpacking

ROWS = 50_000
"""Rows that wait here at least before those of which all are there go on."""

_ON_CLUSTER = ("parquet", "table")
_PLAIN = plain(SCHEMA.empty_table()).schema


@frozen(eq=False)
class Targets:
    """What is to be written on the cluster, and what here, checked before anything is computed."""

    on_cluster: Sequence[tuple[str, str]]
    here: Sequence[tuple[Output, Path]]


def targets(spark: SparkSession, addresses: Sequence[str]) -> Targets:
    """Where to write; what holds something else is refused."""
    formats = discovery.outputs(discovery.plugin_manager())
    known = {*formats, *_ON_CLUSTER}
    split = [discovery.split_address(each, "output format", known) for each in addresses]
    for name, place in split:
        if name in _ON_CLUSTER:
            _refuse_others(spark, name, place)
    return Targets(
        [(name, place) for name, place in split if name in _ON_CLUSTER],
        [(formats[name], Path(place)) for name, place in split if name not in _ON_CLUSTER],
    )


def _refuse_others(spark: SparkSession, name: str, place: str) -> None:
    """Spark replaces a folder or table whole, so that it may hold nothing but obligations."""
    try:
        there = spark.table(place) if name == "table" else spark.read.parquet(place)
    except PySparkException as error:
        if any(f"[{each}" in str(error) for each in _NOT_THERE):
            return
        there = None
    if there is None or tuple(there.columns) != COLUMNS:
        raise something_else(
            place,
            where=f"{name}:{place}",
            why="a run on Spark replaces a whole folder or table, and what is there would be lost",
        )


_NOT_THERE = ("PATH_NOT_FOUND", "TABLE_OR_VIEW_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA")
"""What Spark says of a path or table that does not exist, or of a folder that is empty."""


def write(found: DataFrame, run: Run, wanted: Targets) -> tuple[Run, list[str]]:
    """Write what was found; the run has its obligations where some format asked for them."""
    chunks = found.where(F.col("chunk") >= 0)
    left = [_on_cluster(chunks, name, place) for name, place in wanted.on_cluster]
    if not wanted.here:
        return run, left
    with given_up_if_it_fails() as streams:
        opened = [opened_at(output, place, streams) for output, place in wanted.here]
        kept: list[Obligations] = []
        for number, rows in enumerate(in_order(chunks, run.policy.subjects)):
            part = obligations(rows)
            for stream in streams:
                stream.part(number, part)
            if None in opened:
                kept.append(part)
        if kept:
            run = evolve(run, obligations=Obligations.joined(kept))
        for (output, place), own in zip(wanted.here, opened, strict=True):
            left += map(str, own.whole(run) if own else output.write(run, place))
    return run, left


def _on_cluster(chunks: DataFrame, name: str, place: str) -> str:
    rows = chunks.mapInArrow(unpacking, from_arrow_schema(_PLAIN)).write.mode("overwrite")
    if name == "table":
        rows.saveAsTable(place)
        return f"table {place}"
    rows.parquet(place)
    return place


def in_order(chunks: DataFrame, subjects: Sequence[Kind]) -> Iterator[pa.Table]:
    """All rows by subject, as a run on one machine has them; one table at least, if empty.

    Chunks come in the order of their first subjects, so that of whoever stands before the first of
    the next one all rows are there.
    """
    prefix = [f"{each.name}:" if len(subjects) > 1 else "" for each in subjects]
    waiting: list[pa.Table] = []
    about, count, enough, some = 0, 0, ROWS, False
    for chunk in chunks.orderBy("subject", "first", "part", "chunk").toLocalIterator(True):
        if waiting and (chunk.subject != about or count >= enough):
            before = chunk.first if chunk.subject == about else None
            whole, rest = _divided(waiting, prefix[about], before)
            waiting, count = [rest] if len(rest) else [], len(rest)
            enough = ROWS + 2 * count
            if len(whole):
                some = True
                yield whole
        about = chunk.subject
        waiting.append(read(chunk.rows))
        count += len(waiting[-1])
    if waiting or not some:
        yield _divided(waiting, prefix[about], None)[0]


def _divided(
    waiting: Sequence[pa.Table], prefix: str, before: str | None
) -> tuple[pa.Table, pa.Table]:
    """Tables as one in order of subject: those before an id, and the rest."""
    rows = pa.concat_tables([_PLAIN.empty_table(), *waiting]).combine_chunks()
    whom = rows.column("subject_id").combine_chunks().dictionary_encode()
    ids = np.array([id.removeprefix(prefix) for id in whom.dictionary.to_pylist()], object)
    ordered = np.argsort(ids, kind="stable")
    rank = np.empty(len(ids), np.int64)
    rank[ordered] = np.arange(len(ids))
    ranks = rank[whom.indices.to_numpy()]
    order = np.argsort(ranks, kind="stable")
    rows = rows.take(pa.array(order))
    first = len(ids) if before is None else int(np.searchsorted(ids[ordered], before))
    cut = int(np.searchsorted(ranks[order], first))
    return rows.slice(0, cut), rows.slice(cut)
