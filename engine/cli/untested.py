"""What scenarios leave untested, as sentences with their place in the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from duly.dsl.plurals import noun, number_of
from duly.dsl.source import Span
from duly.engine.coverage import Coverage, Part
from duly.engine.nodes import NOWHERE
from duly.engine.survivors import Survivor, Trial

LONGEST = 120
"""Words of a rule are cut to this length: some conditions fill a screen."""


def coverage_lines(found: Coverage, every: bool) -> Iterator[str]:
    """What no scenario reaches, if ``every`` gap is asked for, and how much is reached."""
    if every:
        for gap in found.gaps:
            yield f"{gap.text} ({gap.rule.split('.')[1]}, {place(gap.span)})"

    def of(part: Part) -> str:
        return f"{found.reached[part]} of {found.there[part]}"

    sides = f"{of('kept')} met, {of('missed')} missed"
    steps, exceptions = found.there["step"], found.there["exception"]
    yield (
        f"scenarios reach {of('step')} {noun(steps, 'step')} ({sides}) "
        f"and {of('exception')} {noun(exceptions, 'exception')}"
    )


def survivor_lines(trial: Trial) -> Iterator[str]:
    """Each slip that no scenario notices, those of one place together, and the count."""
    places: dict[tuple[str, str, Span, bool], list[Survivor]] = {}
    for left in trial.survivors:
        slip = left.slip
        key = (_where(left), slip.was, slip.span, bool(slip.now))
        places.setdefault(key, []).append(left)
    for (where, _, span, _), lefts in places.items():
        leads = lefts[0].slip.leads  # to a definition, which another pack may have written
        at = place(span if leads == NOWHERE else leads)
        yield f"no scenario notices if {_said(lefts, where)} ({at})"
    for rule in trial.untold:
        text = "no scenario names this rule, so no slip in it is noticed"
        yield f"{text} ({rule.name}, {place(rule.span)})"
    yield (
        f"{number_of(trial.tried, 'mutant')}: {trial.noticed} noticed, "
        f"{trial.same} equivalent left out, "
        f"{number_of(len(trial.survivors), 'survivor')}"
    )


def _said(lefts: list[Survivor], where: str) -> str:
    was = _cut(lefts[0].slip.was)
    if not lefts[0].slip.now:
        return f"{was} were left out of {where}"
    *others, last = dict.fromkeys(_cut(left.slip.now) for left in lefts)
    return f"{was} became {', '.join(others)}{' or ' if others else ''}{last} in {where}"


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 20]} … {words[-15:]}"


def _where(left: Survivor) -> str:
    """The rule and the label of its duty, or how many rules there are."""
    first, *others = left.rules
    inside = f"{left.slip.inside} in " if left.slip.inside else ""
    if others:
        return f"{inside}{first.name} and {number_of(len(others), 'other rule')}"
    return f"{inside}{first.name}, {left.label}" if left.label else f"{inside}{first.name}"


def place(span: Span) -> str:
    """File and line, from the folder in which the command was typed, where it is inside it."""
    path = Path(span.file)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return f"{path}:{span.line}"
