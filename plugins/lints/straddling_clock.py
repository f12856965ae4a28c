"""Clocks that run across the day on which a rule, or the whole pack, begins or ends."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from duly.dsl import policy as p
from duly.engine.clauses import Stated, durations, given_reason, least_and_most
from duly.engine.days import long_date
from duly.engine.lints import Finding, Linted

_BEGINS = (
    "a child whose clock began before is judged by the new rule from that day: what repeats and "
    "is already past is due on that very day, a one-off that is past never"
)
_ENDS = "what is not yet due for a child on that day lapses with the rule that ends"


def check(linted: Linted) -> Iterator[Finding]:
    """For each such day the duties that it touches, until their longest clock has run out.

    A rule that gives the day in a ``because`` has thought of it.
    """
    touched: dict[tuple[date, str], list[Stated]] = {}
    for stated in linted.duties():
        for day, why in _boundaries(linted.pack, stated):
            reason = given_reason(stated.rule, long_date(day))
            if not reason and _may_still_run(stated.duty, day, linted.day):
                touched.setdefault((day, why), []).append(stated)
    for (day, why), duties in touched.items():
        yield _finding(linted.pack, duties, day, why)


def _boundaries(pack: p.Pack, stated: Stated) -> Iterator[tuple[date, str]]:
    """The first day of the duty, and the first day after it, by its own dates or the pack's.

    A transitional rule lets what it began run on.
    """
    in_force = p.both_in_force(pack.in_force, stated.in_force)
    if in_force.start is not None:
        yield in_force.start, _BEGINS
    if in_force.end is not None and not stated.rule.transitional:
        yield in_force.end + timedelta(days=1), _ENDS


def _may_still_run(duty: p.Do, boundary: date, day: date) -> bool:
    """Whether a clock that ran on the boundary may be running on the day."""
    gone = (day - boundary).days
    return any(gone <= least_and_most(limit)[1] for limit in _limits(duty))


def _limits(duty: p.Do) -> Iterator[p.Duration]:
    """Every length of time in the duty, but for what is due on its anchor's own day."""
    for step in duty.steps:
        for value in (step.timing, *(clause.then for clause in step.unless)):
            yield from (limit for limit in durations(value) if limit.count)


def _finding(pack: p.Pack, duties: list[Stated], boundary: date, why: str) -> Finding:
    day = long_date(boundary)
    names = ", ".join(f"`{each.words}` ({each.rule.name})" for each in duties)
    number = "one clock runs" if len(duties) == 1 else f"{len(duties)} clocks run"
    of_one = all(each.rule is duties[0].rule for each in duties)
    return Finding(
        f"{number} across {day}",
        duties[0].rule.span if of_one else pack.span,
        why=f"{why}: {names}",
        help=f"tell a child's story across {day} in a scenario, and say what is meant in a "
        f"`because` that names `{day}`",
    )
