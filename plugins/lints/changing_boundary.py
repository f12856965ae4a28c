"""A shorter interval that a running clock keeps after the boundary that it was bound to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from duly.dsl import policy as p
from duly.engine.clauses import StepOf, given_reason, nowhere_later
from duly.engine.families import Region
from duly.engine.lints import Finding, Linted
from duly.engine.plan import Leaf, applies, condition_text, in_force_on, leaves_of
from duly.engine.truth import truth_of


@frozen
class _Change:
    """What a step comes to before and after a boundary; ``clause`` is the exception before it."""

    clause: p.Unless | None
    before: p.Length
    after: p.Length


def check(linted: Linted) -> Iterator[Finding]:
    """Repeating steps whose interval grows with an age, after a first period or with an event.

    Not those under `reading each moment`, where a clock follows every change.

    A longer interval that an *exception* gives once time has run is a relaxation, as anybody would
    read it; but nobody decides to become older.
    """
    for at in linted.steps():
        leaves = dict.fromkeys(_leaves(at))
        for boundary in (leaf for leaf in leaves if _turns_for_good(leaf, linted)):
            for change in dict.fromkeys(_changes(at, boundary, linted)):
                if change.clause is None and not isinstance(boundary, p.Aged):
                    continue
                grows = nowhere_later(change.before, change.after)
                if grows and not given_reason(at.rule, change.before, change.after):
                    yield _finding(at, boundary, change)
                    break


def _leaves(at: StepOf) -> Iterator[Leaf]:
    if isinstance(at.step.timing, p.Every) and at.duty.reading == "strict":
        for clause in at.step.unless:
            yield from leaves_of(applies(clause))


def _turns_for_good(leaf: Leaf, linted: Linted) -> bool:
    """Whether it becomes true once, and stays so."""
    match leaf:
        case p.Aged() | p.Elapsed(p.ScopeStart()):
            return True
        case p.Count(kind, _, None, _, None, since=None):
            return linted.kinds[kind].nature == "event"
        case _:
            return False


def _changes(at: StepOf, boundary: Leaf, linted: Linted) -> Iterator[_Change]:
    """What turning true makes of the step, in every combination of its other conditions."""
    law = in_force_on(linted.pack.in_force, at.rule.in_force, at.duty.grounds.in_force)
    found = list(linted.space.regions(_leaves(at), law))  # type: ignore[arg-type]
    can_be = {frozenset(region.items()) for region in found}
    for region in found:
        turned = region | {boundary: True}
        if region[boundary] or frozenset(turned.items()) not in can_be:
            continue
        clause, before = _outcome(at, region)
        _, after = _outcome(at, turned)
        if before != after and before is not None and after is not None:
            yield _Change(clause, before, after)


def _outcome(at: StepOf, region: Region) -> tuple[p.Unless | None, p.Length | None]:
    """The exception that wins, and the interval that stands, where one does."""
    for clause in reversed(at.step.unless):
        if truth_of(applies(clause), region):
            return clause, clause.then if not isinstance(clause.then, p.WithoutNumber) else None
    assert isinstance(at.step.timing, p.Every)
    return None, at.step.timing.duration


def _finding(at: StepOf, boundary: Leaf, change: _Change) -> Finding:
    clause: Sequence[p.Unless] = [change.clause] if change.clause else at.step.unless
    words = condition_text(boundary)
    return Finding(
        f"`every {change.before}` outlasts its boundary, `{words}`",
        clause[0].span,
        why=f"a clock that began before keeps its {change.before}: what was last done for a child "
        f"on the day before is due again after {change.before}, not after {change.after}",
        help="if nobody decides the change, give each time a duty of its own, `during … where …` "
        "twice or `every … until …`, or say `reading each moment`; if it is meant, say why in a "
        f"`because` that names `{change.before}` and `{change.after}`",
    )
