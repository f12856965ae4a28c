"""What a condition comes to, by the truth of its leaves: in one combination, or in many at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt

from duly.dsl import policy as p
from duly.engine.plan import Group, Leaf, Part, Surely

Flags = npt.NDArray[np.bool_]


def truth_of(condition: p.Condition, region: Mapping[Leaf, bool]) -> bool | None:
    """Whether it holds where these leaves are as given; ``None`` while that is open."""
    match condition:
        case p.And(parts):
            return _joined(parts, region, False)
        case p.Or(parts):
            return _joined(parts, region, True)
        case p.Not(part):
            inner = truth_of(part, region)
            return None if inner is None else not inner
        case _:
            return region.get(condition)


def _joined(
    parts: Iterable[p.Condition], region: Mapping[Leaf, bool], decisive: bool
) -> bool | None:
    """What the parts come to together, of which one that is decisive is enough."""
    open_ = False
    for part in parts:
        truth = truth_of(part, region)
        if truth is decisive:
            return decisive
        open_ = open_ or truth is None
    return None if open_ else not decisive


def truth_in(condition: Part, columns: Mapping[Leaf, Flags]) -> Flags:
    """Where a condition holds, in columns of its leaves: bool, (combinations,)."""
    match condition:
        case p.And(parts) | p.Or(parts):
            rows = len(next(iter(columns.values()), ()))
            join = np.logical_and if isinstance(condition, p.And) else np.logical_or
            found = np.full(rows, isinstance(condition, p.And))
            for part in parts:
                found = join(found, truth_in(part, columns))
            return found
        case p.Not(part):
            return ~truth_in(part, columns)
        case Group(part) | Surely(part):
            return truth_in(part, columns)
        case leaf:
            return columns[leaf]
