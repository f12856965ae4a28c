"""Two versions of a duty that are in force on the same days."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations

from duly.engine.clauses import Stated
from duly.engine.days import long_date
from duly.engine.lints import Finding, Linted


def check(linted: Linted) -> Iterator[Finding]:
    """Pairs of like duties whose dates differ, and yet share days."""
    for versions in linted.alike():
        in_order = sorted(versions, key=lambda each: each.in_force.start or date.min)
        for before, after in combinations(in_order, 2):
            if before.in_force != after.in_force:
                yield from _of_pair(before, after)


def _of_pair(before: Stated, after: Stated) -> Iterator[Finding]:
    first = after.in_force.start or date.min
    last = min(each.in_force.end or date.max for each in (before, after))
    if first > last:
        return
    until = f" to {long_date(last)}" if last < date.max else " on"
    yield Finding(
        f"`{before.rule.name}` and `{after.rule.name}` are both in force "
        f"from {long_date(first)}{until}",
        after.rule.span,
        why=f"on those days a child is under two versions of `{after.duty.words}` at once, with "
        "two findings for one visit or meeting that was missed",
        help="end the earlier one on the day before the later one begins: `in force … until …`",
    )
