"""Two versions of a duty with days between them on which neither is in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from duly.engine.clauses import Stated, given_reason
from duly.engine.days import long_date
from duly.engine.lints import Finding, Linted


def check(linted: Linted) -> Iterator[Finding]:
    """Gaps between what has ended so far and the next version to begin."""
    for versions in linted.alike():
        in_order = sorted(versions, key=lambda each: each.in_force.start or date.min)
        covered = in_order[0].in_force.end or date.max
        for before, after in pairwise(in_order):
            start = after.in_force.start or date.min
            if covered < date.max and start > covered + timedelta(days=1):
                yield from _finding(before, after, covered, start)
            covered = max(covered, after.in_force.end or date.max)


def _finding(before: Stated, after: Stated, ended: date, start: date) -> Iterator[Finding]:
    first, last = long_date(ended + timedelta(days=1)), long_date(start - timedelta(days=1))
    if given_reason(after.rule, first):
        return
    yield Finding(
        f"no version of `{after.duty.words}` is in force from {first} to {last}",
        after.rule.span,
        why=f"nothing falls due for a child between the end of `{before.rule.name}` and the start "
        f"of `{after.rule.name}`",
        help="let the one begin on the day after the other ends, or say why not in a `because` "
        f"that names `{first}`",
    )
