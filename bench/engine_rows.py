"""The visiting rule by Duly's own engine, as the rows that the peers are held against."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np
import pluggy
import pyarrow as pa
from attrs import evolve

from bench.caseload import MADE, caseload
from bench.caseload import make as make_caseload
from bench.rows import SCHEMA
from duly.dsl.policy import Kind
from duly.engine import discovery
from duly.engine.batch import Batch
from duly.engine.days import FAR, day_of
from duly.engine.evaluate import evaluate
from duly.engine.facts import Facts
from duly.engine.lower import lower
from duly.engine.obligations import VERDICTS
from duly.engine.pipeline import PARTITION
from duly.engine.plan import Plan

PACK = str(Path(__file__).parent / "pack")
RULE, STEP = "bench.visiting", "interval"
_1970 = day_of(date(1970, 1, 1))


def rows(folder: Path, as_at: date) -> pa.Table:
    manager = discovery.plugin_manager()
    policy = discovery.load(manager, PACK).policy
    return judged(one_duty(lower(policy)), facts_in(folder, policy.kinds, manager), as_at)


def make(folder: Path, children: int) -> None:
    """The caseload that all contestants read."""
    kinds = discovery.load(discovery.plugin_manager(), PACK).policy.kinds
    make_caseload(folder, kinds, children)


def one_duty(plan: Plan) -> Plan:
    """The plan with the one duty that is timed."""
    duties = (d for d in plan.duties if d.rule.qualified == RULE and d.name(0) == STEP)
    return evolve(plan, duties=tuple(duties))


def facts_in(folder: Path, kinds: Mapping[str, Kind], manager: pluggy.PluginManager) -> Facts:
    """The facts of the folder: made again in memory, since no source reads Parquet yet."""
    # to read them from disk: return read_facts([f"parquet:{folder}"], kinds, manager)
    return caseload(kinds, **json.loads((folder / MADE).read_text("utf-8")))


def judged(plan: Plan, facts: Facts, as_at: date) -> pa.Table:
    """Every obligation, its subject by a number into the names of all."""
    names = pa.array(facts.subjects, pa.string())
    done, parts = 0, []
    for part in facts.partitions(PARTITION):
        parts.extend(_table(batch, done, names) for batch in evaluate(plan, part, as_at))
        done += len(part.subjects)
    return pa.concat_tables(parts)


def _table(batch: Batch, first: int, names: pa.Array) -> pa.Table:
    verdicts = pa.DictionaryArray.from_arrays(batch.verdict, pa.array(VERDICTS))
    columns = {
        "subject_id": pa.DictionaryArray.from_arrays(batch.subject + np.int32(first), names),
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
