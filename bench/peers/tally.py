"""How many decisions an engine of decisions was asked for, and how long it took over them."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping

import pyarrow as pa

from bench.peers.python_loop import Decide, Moment

KEY = b"decisions"


class Tally:
    """A decision that counts itself."""

    def __init__(self, decide: Decide):
        self._decide = decide
        self.decisions = 0
        self.seconds = 0.0

    def __call__(self, moment: Moment) -> str:
        began = time.perf_counter()
        decided = self._decide(moment)
        self.seconds += time.perf_counter() - began
        self.decisions += 1
        return decided

    def noted_in(self, table: pa.Table) -> pa.Table:
        """The table, with the tally among its metadata."""
        told = {"decisions": self.decisions, "seconds": self.seconds}
        return table.replace_schema_metadata({KEY: json.dumps(told)})


def tally_of(table: pa.Table) -> Mapping[str, float]:
    """What was noted; nothing where no engine of decisions was asked."""
    told = (table.schema.metadata or {}).get(KEY)
    return json.loads(told) if told else {}
