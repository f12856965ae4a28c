"""What comes with Duly to warn of: one module for each lint, imported only when it looks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING

from duly.engine.hookspecs import Lint, hookimpl

if TYPE_CHECKING:  # NumPy comes with it, which listing them does not need
    from duly.engine.lints import Finding, Linted

    Check = Callable[[Linted], Iterable[Finding]]

LINTS = {
    "age-anchor": "A clock starts at an age, inside a scope that may begin later.",
    "changing-boundary": "An age or a first period ends, and the shorter interval runs on.",
    "contradicting-duties": "Two duties of a pack ask for the same act with different limits.",
    "contradicting-states": "Two states that a pack asks for and that exclude each other.",
    "exception-never-holds": "An exception whose condition no child can meet.",
    "exception-never-wins": "An exception that a later one always takes the place of.",
    "guard-about-subject": "A limit after an event changes with the child, not with the event.",
    "in-force-gap": "Between two versions of a duty, neither is in force.",
    "no-citation": "A rule that cites nothing.",
    "no-scenario": "A rule that no scenario expects anything of.",
    "overlapping-exceptions": "Two exceptions can hold together and come to different limits.",
    "overlapping-in-force": "Two versions of a duty are in force at once.",
    "review-overdue": "A pack that should have been reviewed by now.",
    "straddling-clock": "Clocks run across the day on which a rule begins or ends.",
    "units-differ": "A limit in other units than the law's is later on some days.",
    "unused-definition": "A definition that nothing uses.",
}
"""Every lint, with what it finds.  Its module, its test and its page bear its name."""


def _load(name: str) -> Check:
    check: Check = import_module(f"duly.plugins.lints.{name.replace('-', '_')}").check
    return check


@hookimpl
def register_lints() -> Sequence[Lint]:
    """All of ``LINTS``."""
    return [Lint(name, summary, partial(_load, name)) for name, summary in LINTS.items()]
