"""A rule that names no source."""

from __future__ import annotations

from collections.abc import Iterator

from duly.engine.lints import Finding, Linted


def check(linted: Linted) -> Iterator[Finding]:
    """Rules that cite nothing, neither for themselves nor for one of their duties."""
    for rule in linted.pack.rules:
        if not rule.citations and not any(each.duty.grounds.citations for each in rule.duties):
            yield Finding(
                f"rule `{rule.name}` cites nothing",
                rule.span,
                why="nobody can check a child's date against a source that is not named",
                help='add a line such as `cite standards "section 2"`',
            )
