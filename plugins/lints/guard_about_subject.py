"""A limit that runs from an event, but changes with the child, not with the event."""

from __future__ import annotations

from collections.abc import Iterator

from duly.dsl import policy as p
from duly.engine.clauses import StepOf, given_reason, outcome_text
from duly.engine.lints import Finding, Linted
from duly.engine.plan import condition_text, leaves_of


def check(linted: Linted) -> Iterator[Finding]:
    """Other limits of a one-off after an event, given while a period of the child runs."""
    for at in linted.steps():
        event = _event(at)
        for clause in at.step.unless if event is not None else ():
            about = next(
                (leaf for leaf in leaves_of(clause.condition) if _is_running(leaf, linted)), None
            )
            if clause.then is None or about is None:
                continue
            instead = outcome_text(clause)
            if given_reason(at.rule, instead):
                continue
            words = condition_text(about)
            yield Finding(
                f"`{words}` is looked at on each day, not on that of the `{event}`",
                clause.span,
                why=f"it can begin after the {event}, and then changes to {instead} a limit "
                "that is running for a child already",
                help=f"test the `{event}` itself if that is meant, such as `kind is …`, or say why "
                f"not in a `because` that names `{instead}`",
            )


def _event(at: StepOf) -> str | None:
    """The event that the step runs from, where it is a one-off."""
    timing = at.step.timing
    if not isinstance(timing, p.Within | p.By):
        return None
    if isinstance(timing.anchor, p.EventDay):
        return timing.anchor.event
    return at.duty.act.event if at.duty.act.milestone else None


def _is_running(leaf: object, linted: Linted) -> bool:
    """Whether the leaf asks what is running for the child."""
    if isinstance(leaf, p.Count):
        return linted.kinds[leaf.kind].nature == "period"
    return isinstance(leaf, p.Running)
