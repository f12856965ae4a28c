"""Seeded faults: a function of the evaluator in, the same function with one slip put in its place.

They show what the comparison with the oracle can see.  A fault names the function, and the words
of it that are changed; a fault whose words are no longer there says so.
"""

from __future__ import annotations

import inspect
import sys
import textwrap
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from attrs import frozen

from duly.engine import dates, deadlines, judging, lower, periods, runs, scopes, timeline


@frozen
class Fault:
    """One slip: in this function these words are written instead of those."""

    name: str
    module: ModuleType
    function: str
    right: str
    wrong: str

    def __str__(self) -> str:
        return self.name

    def seed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Put the faulty function wherever the evaluator uses the right one."""
        function = getattr(self.module, self.function)
        faulty = self.rewritten(function)
        for module in engine_modules():
            if vars(module).get(self.function) is function:
                monkeypatch.setattr(module, self.function, faulty)

    def rewritten(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function with the wrong words, among the names of its own module."""
        text = textwrap.dedent(inspect.getsource(function))
        assert text.count(self.right) == 1, f"{self.name}: `{self.right}` is not in {function}"
        made: dict[str, Callable[..., Any]] = {}
        exec(text.replace(self.right, self.wrong), vars(self.module), made)  # noqa: S102
        return made[self.function]


def engine_modules() -> Iterator[ModuleType]:
    return (module for name, module in list(sys.modules.items()) if name.startswith("duly.engine"))


def forget_tables() -> None:
    """Drop what the evaluator has looked up once: tables made by a faulty function too."""
    for module in engine_modules():
        for value in list(vars(module).values()):
            if callable(getattr(value, "cache_clear", None)):
                value.cache_clear()


FAULTS = (
    Fault(
        "deadlines are a day late",
        dates,
        "last_days",
        "days + np.int64(_DAYS[unit]) * count",
        "days + np.int64(_DAYS[unit]) * count + 1",
    ),
    Fault(
        "months run over where the month is shorter",
        dates,
        "_months_later",
        "np.minimum(of_month, length - 1)",
        "of_month",
    ),
    Fault(
        "boundaries in months are a day early",
        dates,
        "boundary_table",
        "landed + clamped",
        "landed + clamped - 1",
    ),
    Fault(
        "each moment in place of the strict reading",
        deadlines,
        "repeating",
        "own < (best if strict else never)",
        "own < never",
    ),
    Fault(
        "the due day itself is late",
        judging,
        "verdicts",
        "late = behind > 0",
        "late = behind >= 0",
    ),
    Fault(
        "a further anchor does not start the sequence again",
        runs,
        "_beginnings",
        "next_day(anchors.scope, anchors.day)",
        "np.full(len(anchors.day), FAR, np.int32)",
    ),
    Fault(
        "a segment of the timeline is lost",
        timeline,
        "timeline",
        "first_of_each(code)",
        "np.append(False, code[1:] > code[:-1])",
    ),
    Fault(
        "acts on the end day do not count",
        scopes,
        "_rows",
        "np.where(another, domain.end - 1, domain.end)",
        "np.maximum(domain.end - 1, 0)",
    ),
    Fault(
        "acts of one day are several",
        scopes,
        "acts_of",
        "first = first_of_each(key)",
        "first = np.ones(len(key), bool)",
    ),
    Fault(
        "joined rows are apart",
        periods,
        "_first_of_chain",
        "np.where(touching, before, own)",
        "own",
    ),
    Fault(
        "unknown is read as false",
        lower,
        "_table",
        "by_value[2] = by_value[0] | by_value[1]",
        "by_value[2] = by_value[0]",
    ),
    Fault(
        "exemptions are ignored",
        lower,
        "_consequence",
        "return lambda truth: EXEMPT",
        "return lambda truth: 2",
    ),
)
