"""A local limit in other units than the law's, which on some start days is the later one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import product

import numpy as np
from attrs import frozen

from duly.dsl import policy as p
from duly.dsl.plurals import number_of
from duly.dsl.source import Span
from duly.engine.clauses import given_reason, least_and_most
from duly.engine.dates import deadline_table
from duly.engine.days import date_of, day_of, long_date
from duly.engine.lints import Finding, Linted
from duly.engine.pairs import paired_duties

FIRST, LAST = day_of(date(1999, 1, 1)), day_of(date(2026, 12, 31))
"""28 years: every weekday of every year, leap or not, and bank holidays that are proclaimed."""


@frozen
class _Difference:
    """How much later and earlier the one is than the other; of the latest, the last start day."""

    later: float
    earlier: float
    most: int
    start: int


def check(linted: Linted) -> Iterator[Finding]:
    """Limits that are now later, now not, than one of the duty of the law that is refined."""
    for group in paired_duties(linted.plan):
        for local in (each for each in group if each.pack is linted.pack):
            for law in (each for each in group if each.pack is not linted.pack):
                yield from _of_pair(local.rule, local.duty, law.duty)


def _of_pair(rule: p.Rule, local: p.Duty, law: p.Duty) -> Iterator[Finding]:
    if not isinstance(local, p.Do) or not isinstance(law, p.Do):
        return
    for ours, theirs in zip(local.steps, law.steps, strict=False):
        for (limit, span), (other, _) in product(_limits(ours), _limits(theirs)):
            if _may_cross(limit, other) and not given_reason(rule, limit, other):
                found = _difference(limit, other)
                if found is not None:
                    yield _finding(limit, other, span, found)


def _limits(step: p.Step) -> Iterator[tuple[p.Duration, Span]]:
    """The limits of a step and its exceptions that are one length in days, each with its place."""
    own = step.timing.duration if isinstance(step.timing, p.Within | p.Every | p.By) else None
    places = [(own, step.span), *((clause.then, clause.span) for clause in step.unless)]
    for limit, span in places:
        if isinstance(limit, p.Duration) and limit.unit != "hour":
            yield limit, span


def _may_cross(limit: p.Duration, other: p.Duration) -> bool:
    """Whether they are so near that each may be the later one; tables take time to make."""
    (least, most), (other_least, other_most) = map(least_and_most, (limit, other))
    return limit.unit != other.unit and least <= other_most and other_least < most


def _difference(limit: p.Duration, other: p.Duration) -> _Difference | None:
    """How they differ; nothing where one is never, or always, the later one."""
    later = deadline_table(limit)[FIRST : LAST + 1] - deadline_table(other)[FIRST : LAST + 1]
    if later.max() <= 0 or later.min() > 0:
        return None
    start = LAST - int(later[::-1].argmax())
    return _Difference(
        float(np.mean(later > 0)), float(np.mean(later < 0)), int(later.max()), start
    )


def _finding(limit: p.Duration, other: p.Duration, span: Span, found: _Difference) -> Finding:
    earlier = f" (and earlier on {_share(found.earlier)})" if found.earlier else ""
    ours, law = (long_date(date_of(deadline_table(each)[found.start])) for each in (limit, other))
    return Finding(
        f"`{limit}` is later than the law's `{other}` on {_share(found.later)} of start days, "
        f"by up to {number_of(found.most, 'day')}",
        span,
        why=f"a clock that starts on {long_date(date_of(found.start))} runs to {ours} here, and "
        f"to {law} in law{earlier}",
        help=f"write `{other}`, or say why not in a `because` that names `{limit}` and `{other}`; "
        "the law's date stands as the floor either way",
    )


def _share(part: float) -> str:
    return f"{part:.0%}" if part >= 0.01 else "fewer than 1%"
