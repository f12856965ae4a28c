"""Which truths of leaves can hold together: one value an attribute, and no ``never`` true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from attrs import evolve

from duly.dsl import policy as p
from duly.engine.plan import Leaf, leaves_of

Truth = Mapping[Leaf, int]
"""1 or 0 for true or false; for a length of time that a record states, the number of its value."""

Feasible = Callable[[Truth], bool]

_OTHER = object()
"""Some value that no test names."""


def feasible(leaves: Sequence[Leaf], policy: p.Policy) -> Feasible:
    """A test of whether the leaves can have these truth values together."""
    groups = [tests for tests in _tests_of_one_attribute(leaves).values() if len(tests) > 1]
    values = [_values(tests, policy) for tests in groups]
    never = [c for c in policy.never if set(leaves_of(c)) <= _known(leaves)]

    def test(truth: Truth) -> bool:
        for tests, possible in zip(groups, values, strict=True):
            if not any(all(truth[t] == _is(t, value) for t in tests) for value in possible):
                return False
        return not any(_surely(condition, truth) for condition in never)

    return test


def entailed_leaves(leaves: Sequence[Leaf], policy: p.Policy) -> list[Leaf]:
    """Further leaves that a ``never`` ties to some of these."""
    known = _known(leaves)
    found: list[Leaf] = []
    for condition in policy.never:
        parts = list(leaves_of(condition))
        if known & set(parts):
            found.extend(part for part in parts if part not in known)
    return found


def _tests_of_one_attribute(leaves: Sequence[Leaf]) -> dict[tuple[str, str], list[Leaf]]:
    found: dict[tuple[str, str], list[Leaf]] = {}
    for leaf in leaves:
        if isinstance(leaf, p.Flag | p.Is):
            found.setdefault((leaf.owner, leaf.name), []).append(leaf)
    return found


def _values(tests: Sequence[Leaf], policy: p.Policy) -> list[object]:
    """The values that the tested attribute can have; one that no test names stands for the rest."""
    first = tests[0]
    assert isinstance(first, p.Flag | p.Is)
    attribute = policy.kinds[first.owner].attributes[first.name]
    match attribute.type:
        case "yes/no":
            return ["yes", "no"]
        case "one of":
            return list(attribute.values)
        case "role":
            return [*policy.roles, _OTHER]  # a record may name somebody else
        case _:
            named = [v for t in tests if isinstance(t, p.Is) for v in t.values]
            return [*dict.fromkeys(named), _OTHER]


def _is(test: Leaf, value: object) -> bool:
    return value in test.values if isinstance(test, p.Is) else value == "yes"


def _known(leaves: Sequence[Leaf]) -> set[Leaf]:
    """The leaves, and those that are true where one of them is: a count in the scope, and any."""
    return {*leaves, *(evolve(leaf, own=False) for leaf in leaves if isinstance(leaf, p.Count))}


def _surely(condition: p.Condition, truth: Truth, *, wanted: bool = True) -> bool:
    """Whether these truth values make the condition true (or false, where that is ``wanted``)."""
    match condition:
        case p.And(parts):
            join = all if wanted else any
            return join(_surely(part, truth, wanted=wanted) for part in parts)
        case p.Or(parts):
            join = any if wanted else all
            return join(_surely(part, truth, wanted=wanted) for part in parts)
        case p.Not(part):
            return _surely(part, truth, wanted=not wanted)
        case leaf:
            if leaf in truth:
                return truth[leaf] == wanted
            narrower = [t for t in truth if isinstance(t, p.Count) and evolve(t, own=False) == leaf]
            return wanted and any(truth[t] for t in narrower)
