"""A run on a Spark cluster: facts to parts, parts to answers, answers to a run and what it wrote.

Every step is a table of Spark, of which a piece that is lost with its worker is computed again;
a piece comes to the same whoever computes it.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Callable, Sequence
from functools import reduce
from typing import Any

from attrs import evolve
from py4j.protocol import Py4JError
from pyspark import SparkConf, StorageLevel
from pyspark.errors import PySparkException
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.pandas.types import from_arrow_schema

from duly.dsl.policy import Kind, Policy
from duly.engine.hookspecs import Request
from duly.engine.partitions import Answer, Question
from duly.engine.pipeline import Run, asked, concluded
from duly.engine.raw import FactsError
from duly.engine.reading import assumed_from
from duly.plugins.runners.spark_facts import Held, Source, opened
from duly.plugins.runners.spark_outputs import targets, write
from duly.plugins.runners.spark_parts import (
    BUNDLES,
    FOUND,
    Cutting,
    Told,
    dating,
    judging,
    packing,
)

SUBJECTS = "spark.duly.subjects"
"""The setting of Spark that says how many subjects a part has, about."""

_SUBJECTS = 10_000
"""Few enough for a worker of a gigabyte, and that a hundred thousand keep ten of them busy."""


def run(request: Request, tell: Callable[[str], None]) -> tuple[Run, Sequence[str]]:
    """Read, evaluate and write, where Spark's session is; the run, and what was written."""
    tell("starting Spark")
    try:
        return _run(session(), request, tell)
    except (PySparkException, Py4JError) as error:
        raise _failed(error) from error


def session() -> SparkSession:
    """The session that there is, as on Databricks and Fabric, or one as Spark is configured."""
    if SparkSession.getActiveSession() is None and _here(SparkConf().get("spark.master", "local")):
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    return SparkSession.builder.appName("duly").getOrCreate()


def _here(master: str | None) -> bool:
    """Whether workers are processes of this machine, which have the Python of this one."""
    return master is None or master.startswith("local")


def _run(
    spark: SparkSession, request: Request, tell: Callable[[str], None]
) -> tuple[Run, Sequence[str]]:
    policy = request.pack.policy
    wanted = targets(spark, request.out)
    question = asked(request.pack, request.as_at, request.since, request.known_at)
    tell("reading facts")
    sources = opened(spark, request.facts, policy.kinds)
    cutting = _cutting(spark, sources, policy)
    kept: list[DataFrame] = []
    try:
        found = _judged(_bundles(spark, sources, cutting), sources, question, cutting, kept)
        tell("judging")
        said = sorted(found.where("chunk < 0").select("part", "rows").collect())
        answers: list[Answer] = [pickle.loads(rows) for _, rows in said]  # noqa: S301 - our workers'
        result = concluded(question, answers, ", ".join(request.facts))
        tell("writing")
        return write(found, result, wanted)
    finally:
        for each in kept:
            each.unpersist()


def _judged(
    bundles: DataFrame,
    sources: Sequence[Source],
    question: Question,
    cutting: Cutting,
    kept: list[DataFrame],
) -> DataFrame:
    """What each part comes to; what workers keep on their disks meanwhile is added to ``kept``."""
    held = [each.table for source in sources for each in source.held]
    if any(_unstated(source) for source in sources):
        kept.append(bundles.persist(StorageLevel.DISK_ONLY))
        told = Told(tuple(source.raw for source in sources))
        dated = dating(question.policy.kinds, held, told, cutting)
        sources = _with_assumed_coverage(sources, bundles.mapInArrow(dated, _types(BUNDLES)))
    told = Told(tuple(source.raw for source in sources))
    found = bundles.mapInArrow(judging(question, held, told, cutting), _types(FOUND))
    kept.append(found.persist(StorageLevel.DISK_ONLY))
    return found


def _cutting(spark: SparkSession, sources: Sequence[Source], policy: Policy) -> Cutting:
    """Parts of about the size that is asked for, by how many subjects there are."""
    size = int(spark.conf.get(SUBJECTS, str(_SUBJECTS)) or _SUBJECTS)
    parts = tuple(-(-_how_many(sources, each) // size) or 1 for each in policy.subjects)
    cutting = Cutting(tuple(policy.subjects), parts)
    return evolve(cutting, spots=_spots(spark, cutting.count))


def _how_many(sources: Sequence[Source], subject: Kind) -> int:
    """The rows of the subject's own tables; without any, whoever the other tables speak of."""
    held = [each for source in sources for each in source.held]
    own = [each.rows for each in held if each.table.kind.name == subject.name]
    if own:
        return sum(rows.count() for rows in own)
    about = [each for each in held if each.table.kind.subject == subject.subject]
    ids = [each.rows.select(each.table.kind.id_column) for each in about]
    return reduce(DataFrame.union, ids).distinct().count() if ids else 0


def _spots(spark: SparkSession, parts: int) -> tuple[int, ...]:
    """For each part a number whose hash in Spark is its own, so that no two share a place.

    Where too few numbers were tried two may share one, which only takes longer.
    """
    tried = spark.range(64 + 20 * parts)
    placed = tried.selectExpr(
        "cast(id as int) as spot", f"pmod(hash(cast(id as int)), {parts}) as p"
    )
    spots = {row.p: row.spot for row in placed.collect()}
    spare = iter(set(range(64 + 20 * parts)) - set(spots.values()))
    return tuple(spots[part] if part in spots else next(spare) for part in range(parts))


def _bundles(spark: SparkSession, sources: Sequence[Source], cutting: Cutting) -> DataFrame:
    """The rows of all tables, each part's in one place; there is a part even of nobody."""
    firsts = [cutting.first(subject.subject) for subject in cutting.subjects]
    empty = [(cutting.spots[part], -1, b"") for part in firsts]
    held = [each for source in sources for each in source.held]
    packed = [_packed(number, each, cutting) for number, each in enumerate(held)]
    rows = reduce(DataFrame.union, packed, spark.createDataFrame(empty, _types(BUNDLES)))
    return rows.repartition(cutting.count, "spot")


def _packed(number: int, held: Held, cutting: Cutting) -> DataFrame:
    work = packing(number, held.table, cutting, dict(held.files))
    return held.rows.mapInArrow(work, _types(BUNDLES))


def _types(schema: Any) -> Any:
    return from_arrow_schema(schema)


def _unstated(source: Source) -> set[str]:
    """The kinds of which a source has rows and does not say what they cover."""
    kinds = {each.table.kind.name for each in source.held if each.table.kind.nature != "subject"}
    return kinds - {each.kind for each in source.raw.coverage}


def _with_assumed_coverage(sources: Sequence[Source], days: DataFrame) -> tuple[Source, ...]:
    """The same, with the coverage stated that is otherwise assumed of the whole tables."""
    parts = [pickle.loads(row.rows) for row in days.collect()]  # noqa: S301 - our workers'
    covered = []
    for number, source in enumerate(sources):
        found = assumed_from(_unstated(source), (part[number] for part in parts))
        raw = evolve(source.raw, coverage=(*source.raw.coverage, *found))
        covered.append(evolve(source, raw=raw))
    return tuple(covered)


def _failed(error: Exception) -> FactsError:
    told = [line.strip() for line in str(error).splitlines() if line.strip()]
    return FactsError(
        what=f"Spark could not do it: {told[0] if told else type(error).__name__}",
        where="--runner spark",
        why="outputs that were written before this one stay; of the others there is nothing",
        help=told[-1] if len(told) > 1 else "the log of the Spark driver says more",
    )
