"""The rule's exceptions as a decision table of zen-engine, asked by the loop of ``python_loop``.

The engine decides from the facts of one moment and knows neither dates nor blanks: anchors, what
fulfils them, deadlines and verdicts are the loop's.  It is asked twice for each stretch of days on
which no fact changes: with what is not known taken as no, and as yes.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pyarrow as pa
import zen

from bench.peers import python_loop
from bench.peers.python_loop import EXEMPT, Decide, Moment
from bench.peers.tally import Tally

FACTS = ("away", "long_term_foster", "first_year", "permanent", "child_agreed", "iro_agreed")

TABLE = (  # the first row that fits counts: the exceptions in reverse
    ({"away": "true"}, EXEMPT),
    (
        {
            "long_term_foster": "true",
            "first_year": "false",
            "child_agreed": "true",
            "iro_agreed": "true",
        },
        "6 months",
    ),
    ({"permanent": "true", "first_year": "false"}, "3 months"),
    ({}, "6 weeks"),
)


def rows(folder: Path, as_at: date) -> pa.Table:
    tally = Tally(decider())
    return tally.noted_in(python_loop.rows(folder, as_at, tally))


def rows_simply(folder: Path, as_at: date) -> pa.Table:
    """The same asked in the way that one finds first, ``create_decision``."""
    tally = Tally(_simple_decider())
    return tally.noted_in(python_loop.rows(folder, as_at, tally))


def _simple_decider() -> Decide:
    decision = zen.ZenEngine().create_decision(json.dumps(_model()))

    def decide(moment: Moment) -> str:
        interval: str = decision.evaluate(moment)["result"]["interval"]
        return interval

    return decide


def decider() -> Decide:
    """The table, compiled once by a static loader: many times quicker than ``create_decision``."""
    engine = zen.ZenEngine({"loader": {"type": "static", "content": {"interval": _model()}}})

    def decide(moment: Moment) -> str:
        interval: str = engine.evaluate("interval", moment)["result"]["interval"]
        return interval

    return decide


def _model() -> dict[str, object]:
    """The table as a model of JSON decisions: input, table, output."""
    nodes = [
        {"id": "input", "name": "facts", "type": "inputNode"},
        {"id": "table", "name": "interval", "type": "decisionTableNode", "content": _content()},
        {"id": "output", "name": "answer", "type": "outputNode"},
    ]
    edges = [
        {"id": f"{one}-{other}", "type": "edge", "sourceId": one, "targetId": other}
        for one, other in (("input", "table"), ("table", "output"))
    ]
    return {"nodes": nodes, "edges": edges}


def _content() -> dict[str, object]:
    return {
        "hitPolicy": "first",
        "inputs": [
            {"id": fact, "name": fact, "type": "expression", "field": fact} for fact in FACTS
        ],
        "outputs": [
            {"id": "interval", "name": "interval", "type": "expression", "field": "interval"}
        ],
        "rules": [
            {"_id": str(number), "interval": json.dumps(interval)}
            | {fact: tests.get(fact, "") for fact in FACTS}
            for number, (tests, interval) in enumerate(TABLE)
        ],
    }
