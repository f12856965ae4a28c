"""A rule that no scenario expects anything of."""

from __future__ import annotations

from collections.abc import Iterator

from duly.dsl import policy as p
from duly.dsl.plurals import with_article
from duly.engine.lints import Finding, Linted

_WHY = "nobody has worked out by hand when {} is due, so a slip in the sentence stays unseen"


def check(linted: Linted) -> Iterator[Finding]:
    """Rules that compute something, and that no scenario names; of none at all, one finding."""
    told = {expected.rule for scenario in linted.scenarios for expected in scenario.expectations}
    rules = [rule for rule in linted.pack.rules if _computes(rule)]
    untold = [rule for rule in rules if rule.qualified not in told]
    if len(rules) > 1 and untold == rules:
        yield Finding(
            f"pack `{linted.pack.name}` has no scenario for any of its {len(rules)} rules",
            linted.pack.span,
            _WHY.format("a child"),
            help="tell a child's story for each in a folder `scenarios`, with the dates on both "
            "sides of its last day",
        )
        return
    for rule in untold:
        whom = with_article(rule.whom)
        yield Finding(
            f"no scenario names rule `{rule.name}`",
            rule.span,
            _WHY.format(whom),
            help=f"tell {whom}'s story that ends in `expect {rule.name} …`, once on the last day "
            "and once on the day after",
        )


def _computes(rule: p.Rule) -> bool:
    return any(not isinstance(scoped.duty, p.May) for scoped in rule.duties)
