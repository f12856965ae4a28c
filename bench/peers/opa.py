"""The rule's exceptions in Rego, by a binding of its C++ interpreter, asked by ``python_loop``.

As with ``zen``, the policy decides from the facts of one moment; the rest is the loop's.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import regopy

from bench.peers import python_loop
from bench.peers.python_loop import Decide, Moment
from bench.peers.tally import Tally

POLICY = """
package visiting

relaxed if {
    input.permanent
    not input.first_year
}

agreed if {
    input.long_term_foster
    not input.first_year
    input.child_agreed
    input.iro_agreed
}

interval := "exempt" if {
    input.away
} else := "6 months" if {
    agreed
} else := "3 months" if {
    relaxed
} else := "6 weeks"
"""

ENTRY = "visiting/interval"


def rows(folder: Path, as_at: date) -> pa.Table:
    tally = Tally(decider())
    return tally.noted_in(python_loop.rows(folder, as_at, tally))


def decider() -> Decide:
    """The policy compiled once, and asked for each moment."""
    interpreter = regopy.Interpreter()
    interpreter.add_module("visiting", POLICY)
    bundle = interpreter.build(None, [ENTRY])

    def decide(moment: Moment) -> str:
        interpreter.set_input(dict(moment))
        (interval,) = interpreter.query_bundle_entrypoint(bundle, ENTRY).results[0].expressions
        return str(interval)

    return decide
