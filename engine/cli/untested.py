"""What scenarios leave untested, as sentences with their place in the rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from duly.dsl.source import Span
from duly.engine.coverage import Coverage, Part
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
        f"scenarios reach {of('step')} {_plural('step', steps)} ({sides}) "
        f"and {of('exception')} {_plural('exception', exceptions)}"
    )


def survivor_lines(trial: Trial) -> Iterator[str]:
    """Each slip that no scenario notices, those of one place together, and the count."""
    places: dict[tuple[str, str, Span, bool], list[Survivor]] = {}
    for left in trial.survivors:
        slip = left.slip
        key = (left.rules[0].qualified, slip.was, slip.span, bool(slip.now))
        places.setdefault(key, []).append(left)
    for lefts in places.values():
        yield f"no scenario notices if {_said(lefts)} ({_rules(lefts[0])})"
    for rule in trial.untold:
        text = "no scenario names this rule, so no slip in it is noticed"
        yield f"{text} ({rule.name}, {place(rule.span)})"
    yield (
        f"{trial.tried} {_plural('mutant', trial.tried)}: {trial.noticed} noticed, "
        f"{trial.same} equivalent left out, "
        f"{len(trial.survivors)} {_plural('survivor', len(trial.survivors))}"
    )


def _said(lefts: list[Survivor]) -> str:
    was = _cut(lefts[0].slip.was)
    if not lefts[0].slip.now:
        return f"{was} were left out"
    *others, last = dict.fromkeys(_cut(left.slip.now) for left in lefts)
    return f"{was} became {', '.join(others)}{' or ' if others else ''}{last}"


def _cut(words: str) -> str:
    return words if len(words) <= LONGEST else f"{words[: LONGEST - 20]} … {words[-15:]}"


def _rules(left: Survivor) -> str:
    first, *others = left.rules
    more = f" and {len(others)} other {_plural('rule', len(others))}" if others else ""
    return f"{first.name}{more}, {place(left.slip.span)}"


def place(span: Span) -> str:
    """File and line, from the folder in which the command was typed, where it is inside it."""
    path = Path(span.file)
    if path.is_relative_to(Path.cwd()):
        path = path.relative_to(Path.cwd())
    return f"{path}:{span.line}"


def _plural(word: str, count: int) -> str:
    return word if count == 1 else f"{word}s"
