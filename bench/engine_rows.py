"""The visiting rule by Duly's own engine, as the rows that the peers are held against."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from attrs import evolve

from bench.caseload import make as make_caseload
from bench.rows import SCHEMA
from duly.engine import discovery
from duly.engine.batch import Batch
from duly.engine.cli.run import cores
from duly.engine.compiled import compiled
from duly.engine.days import FAR, day_of
from duly.engine.evaluate import evaluate
from duly.engine.facts import Facts
from duly.engine.memory import keep_what_is_free
from duly.engine.obligations import VERDICTS
from duly.engine.partitions import parted_sources
from duly.engine.plan import Plan
from duly.engine.raw import Range
from duly.engine.reading import build

PACK = str(Path(__file__).parent / "pack")
RULE, STEP = "bench.visiting", "interval"
AT_A_TIME = 20_000
"""Children judged by a thread at a time: of one rule, more than a run takes of hundreds."""
_1970 = day_of(date(1970, 1, 1))


def rows(folder: Path, as_at: date) -> pa.Table:
    """Every obligation, from the folder's Parquet files, a partition on each core at a time."""
    keep_what_is_free()  # as a run does
    manager = discovery.plugin_manager()
    pack = compiled(manager, PACK)
    policy, children = pack.policy, pack.policy.subjects[0]
    plan = one_duty(pack.plans[children.name])
    (source,) = parted_sources([f"parquet:{folder}"], policy, manager)

    def part(ids: Range) -> pa.Table:
        facts = build([source.read(children, ids)], policy.kinds, as_at)
        return judged(plan, facts, as_at)

    with ThreadPoolExecutor(cores()) as pool:
        return pa.concat_tables(pool.map(part, source.parts(children, AT_A_TIME)))


def make(folder: Path, children: int, seed: int = 1) -> None:
    """The caseload that all contestants read."""
    kinds = discovery.load(discovery.plugin_manager(), PACK).policy.kinds
    make_caseload(folder, kinds, children, seed)


def one_duty(plan: Plan) -> Plan:
    """The plan with the one duty that is timed."""
    duties = (d for d in plan.duties if d.rule.qualified == RULE and d.name(0) == STEP)
    return evolve(plan, duties=tuple(duties))


def judged(plan: Plan, facts: Facts, as_at: date) -> pa.Table:
    """The obligations of a partition, its subjects by a number into their names."""
    names = pa.array(facts.subjects, pa.string())
    return pa.concat_tables(_table(batch, names) for batch in evaluate(plan, facts, as_at))


def _table(batch: Batch, names: pa.Array) -> pa.Table:
    verdicts = pa.DictionaryArray.from_arrays(batch.verdict, pa.array(VERDICTS))
    columns = {
        "subject_id": pa.DictionaryArray.from_arrays(batch.subject, names),
        "anchor": _dates(batch.anchor),
        "deadline": _dates(batch.deadline),
        "fulfilled": _dates(batch.fulfilled),
        "verdict": verdicts,
        "assumed": pa.array(batch.assumed),
    }
    assert list(columns) == SCHEMA.names
    return pa.table(columns)


def _dates(days: np.ndarray) -> pa.Array:
    return pa.array(days - np.int32(_1970), mask=(days < 0) | (days >= FAR)).view(pa.date32())
