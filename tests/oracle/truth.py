"""Three-valued truth: conditions and what is not known in, every way it could turn out, out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import product

from duly.dsl.policy import (
    Aged,
    And,
    Compare,
    Condition,
    Count,
    Elapsed,
    Flag,
    Includes,
    Is,
    Lasting,
    Not,
    Or,
    Running,
    Stated,
)
from tests.oracle.records import Truth, Value

Leaf = Flag | Is | Compare | Includes | Stated | Running | Count | Lasting | Elapsed | Aged
OnValue = Flag | Is | Compare
Way = dict[Leaf, bool]


@cache
def leaves(condition: Condition) -> frozenset[Leaf]:
    match condition:
        case And(parts) | Or(parts):
            return frozenset(leaf for part in parts for leaf in leaves(part))
        case Not(part):
            return leaves(part)
        case leaf:
            return frozenset([leaf])


def holds(condition: Condition, values: Mapping[Leaf, bool]) -> bool:
    match condition:
        case And(parts):
            return all(holds(part, values) for part in parts)
        case Or(parts):
            return any(holds(part, values) for part in parts)
        case Not(part):
            return not holds(part, values)
        case leaf:
            return values[leaf]


def both(left: Truth, right: Truth) -> Truth:
    if left is False or right is False:
        return False
    return None if left is None or right is None else True


def completions(
    conditions: Iterable[Condition],
    value: Callable[[Leaf], Truth],
    values_of: Callable[[OnValue], Sequence[Value]],
    never: Sequence[Condition] = (),
) -> Iterator[Way]:
    """Every way in which the unknown leaves could turn out, each leaf one fact.

    An attribute takes one of its values at a time; a way in which a ``never`` is true does not
    count, unless there is no other.
    """
    wanted = frozenset[Leaf]().union(*map(leaves, conditions))
    excluded = list(touching(never, wanted))
    found = {leaf: value(leaf) for leaf in wanted.union(*map(leaves, excluded))}
    unknown = [leaf for leaf, truth in found.items() if truth is None]
    known = {leaf: truth for leaf, truth in found.items() if truth is not None}
    if not unknown:
        yield known
        return
    ways = [
        known | {leaf: truth for part in choice for leaf, truth in part.items()}
        for choice in product(*options(unknown, values_of))
    ]
    possible = [way for way in ways if not any(holds(condition, way) for condition in excluded)]
    yield from possible or ways


def touching(never: Sequence[Condition], known: frozenset[Leaf]) -> Iterator[Condition]:
    """Those exclusions that bear on what is looked at, or on another that does."""
    left = list(never)
    while near := [condition for condition in left if leaves(condition) & known]:
        yield from near
        known = known.union(*map(leaves, near))
        left = [condition for condition in left if condition not in near]


def options(
    unknown: list[Leaf], values_of: Callable[[OnValue], Sequence[Value]]
) -> list[list[Way]]:
    """For each unknown fact, what it may make of the leaves that rest on it."""
    # silent: tests on the rows that are counted are facts of their own, whatever they say of a row.
    tests: dict[tuple[str, str], list[OnValue]] = {}
    found: list[list[Way]] = []
    for leaf in unknown:
        if isinstance(leaf, OnValue):
            tests.setdefault((leaf.owner, leaf.name), []).append(leaf)
        else:
            found.append([{leaf: False}, {leaf: True}])
    for on_value in tests.values():
        named = [value for leaf in on_value for value in named_by(leaf)]
        ways: list[Way] = []
        for value in (*values_of(on_value[0]), *named):
            way: Way = {leaf: fits(leaf, value) for leaf in on_value}
            ways += [] if way in ways else [way]
        found.append(ways)
    return found


def named_by(leaf: OnValue) -> Sequence[Value]:
    """The values that a test names; of numbers those beside its bounds too."""
    if not isinstance(leaf, Compare):
        return leaf.values if isinstance(leaf, Is) else ()
    bounds = [bound for bound in (leaf.at_least, leaf.at_most) if bound is not None]
    return [bound + beside for bound in bounds for beside in (-1, 0, 1)]


def fits(leaf: Leaf, value: Value) -> bool:
    """Whether a value of an attribute passes a test on it; nothing passes none."""
    if value is None:
        return False
    match leaf:
        case Flag():
            return value is True or value == "yes"
        case Is(_, _, values):
            return as_text(value) in values
        case Compare(_, _, at_least, at_most):
            assert isinstance(value, int)
            return (at_least is None or value >= at_least) and (at_most is None or value <= at_most)
        case Includes(_, _, role):
            assert isinstance(value, tuple)
            return role in value
        case _:
            raise ValueError(f"{leaf} is no test on a value")


def as_text(value: Value) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
