"""Leaves that hang together, and every way in which those of one family can be true.

``duly.engine.regions`` joins the families to the combinations that some child can be in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import product

import numpy as np
from attrs import evolve

from duly.dsl import policy as p
from duly.engine.dates import Days, back_table, boundary_table
from duly.engine.days import FAR, LAST
from duly.engine.plan import InForceOn, Leaf

Region = dict[Leaf, bool]
"""A combination: which leaves are true."""

Kinds = Mapping[str, p.Kind]

Implies = Callable[[p.Condition | None, p.Condition | None], bool]
"""Whether one test on a row brings another; handed in, since tests hold conditions like these."""


def family_of(leaf: Leaf) -> object:
    """What the truth of a leaf hangs together with; of most, nothing but itself."""
    match leaf:
        case (
            p.Flag(owner, name) | p.Is(owner, name) | p.Compare(owner, name) | p.Stated(owner, name)
        ):
            return ("attribute", owner, name)
        case p.Running(kind) | p.Count(kind):
            return ("rows", kind)
        case p.Elapsed(anchor):
            return ("time", anchor)
        case p.Aged() | InForceOn():
            return type(leaf)
        case _:
            return leaf


def cases(family: Sequence[Leaf], kinds: Kinds, implies: Implies) -> Iterable[Region]:
    """Every way in which the leaves of one family can be true together."""
    match family[0]:
        case (
            p.Flag(owner, name) | p.Is(owner, name) | p.Compare(owner, name) | p.Stated(owner, name)
        ):
            return _values(family, kinds[owner].attributes.get(name))
        case p.Running() | p.Count():
            return _counts(family, implies)
        case p.Elapsed():
            return _lengths([leaf for leaf in family if isinstance(leaf, p.Elapsed)])
        case p.Aged():
            return _ages([leaf for leaf in family if isinstance(leaf, p.Aged)])
        case InForceOn():
            return _days([leaf for leaf in family if isinstance(leaf, InForceOn)])
        case _:
            return ({family[0]: True}, {family[0]: False})


# ------------------------------------------------------------------ attributes


def _values(family: Sequence[Leaf], attribute: p.Attribute | None) -> Iterator[Region]:
    """The attribute has one value; blank, it may be any of them, and none is stated."""
    values: list[str | int] = []
    for leaf in family:
        values += leaf.values if isinstance(leaf, p.Is) else _edges(leaf)
    if attribute is not None and attribute.type in ("yes/no", "one of"):
        values = [*(attribute.values or ("yes", "no"))]
    elif attribute is None or attribute.type != "number":
        values.append("something else")
    for value, stated in product(values, (True, False)):
        yield {leaf: _has(leaf, value, stated) for leaf in family}


def _edges(leaf: Leaf) -> list[int]:
    """Numbers on either side of the bounds that the leaf names."""
    if not isinstance(leaf, p.Compare):
        return []
    bounds = [edge for edge in (leaf.at_least, leaf.at_most) if edge is not None]
    return [edge + step for edge in bounds for step in (-1, 0, 1)]


def _has(leaf: Leaf, value: str | int, stated: bool) -> bool:
    match leaf:
        case p.Compare(_, _, least, most):
            above = least is None or (isinstance(value, int) and least <= value)
            return above and (most is None or (isinstance(value, int) and value <= most))
        case p.Is(_, _, values):
            return value in values
        case p.Stated():
            return stated
        case _:
            return value == "yes"


# ---------------------------------------------------------------------- counts


def _counter(leaf: Leaf) -> p.Count:
    """What the leaf counts, whatever number it asks for."""
    if isinstance(leaf, p.Running):
        return p.Count(leaf.period, 0, None, leaf.where)
    assert isinstance(leaf, p.Count)
    return evolve(leaf, at_least=0, at_most=None)


def _bounds(leaf: Leaf) -> tuple[int, int | None]:
    return (leaf.at_least, leaf.at_most) if isinstance(leaf, p.Count) else (1, None)


def _counts(family: Sequence[Leaf], implies: Implies) -> Iterator[Region]:
    """Each counter is a number between two that some leaf asks for; no part exceeds its whole."""
    counters = list(dict.fromkeys(map(_counter, family)))
    edges: dict[p.Count, set[int]] = {counter: {0} for counter in counters}
    for leaf in family:
        least, most = _bounds(leaf)
        edges[_counter(leaf)] |= {least} if most is None else {least, most + 1}
    cells = [list(_between(sorted(edges[counter]))) for counter in counters]
    parts = [
        (one, other)
        for one, part in enumerate(counters)
        for other, whole in enumerate(counters)
        if one != other and _part_of(part, whole, implies)
    ]
    for chosen in product(*cells):
        if any(chosen[one][0] > chosen[other][1] for one, other in parts):
            continue
        number = {counter: low for counter, (low, _) in zip(counters, chosen, strict=True)}
        yield {leaf: _counted(leaf, number[_counter(leaf)]) for leaf in family}


def _between(edges: Sequence[int]) -> Iterator[tuple[int, int]]:
    """From each edge to the number before the next."""
    yield from zip(edges, (*(edge - 1 for edge in edges[1:]), FAR), strict=True)


def _counted(leaf: Leaf, number: int) -> bool:
    least, most = _bounds(leaf)
    return least <= number and (most is None or number <= most)


def _part_of(part: p.Count, whole: p.Count, implies: Implies) -> bool:
    """Whether all that the one counts is counted by the other too."""
    if (whole.own and not part.own) or whole.since not in (None, part.since):
        return False
    if whole.window is not None and part.window != whole.window:
        if part.window is None:
            return False
        if (back_table(part.window)[: LAST + 1] < back_table(whole.window)[: LAST + 1]).any():
            return False
    return implies(part.where, whole.where)


# ------------------------------------------------------------------------ time


def _lengths(family: Sequence[p.Elapsed]) -> Iterator[Region]:
    """What has run at each moment since the anchor, for every day on which it can fall."""
    if not isinstance(family[0].anchor, p.ScopeStart):
        yield dict[Leaf, bool].fromkeys(family, False)  # there has been none
    if len(family) == 1 and family[0].duration.count:
        yield {family[0]: True}
        yield {family[0]: False}
        return
    anchors = np.arange(LAST + 1, dtype=np.int32)
    boundaries = [boundary_table(leaf.duration)[: LAST + 1] for leaf in family]
    for moment in (anchors, *boundaries):
        for code in _reached(boundaries, moment):
            yield {leaf: bool(code >> place & 1) for place, leaf in enumerate(family)}


def _reached(boundaries: Sequence[Days], moment: Days) -> list[int]:
    """Which of the boundaries lie at or before the moment, as bits, each combination once."""
    codes = np.zeros(len(moment), np.int64)
    for place, boundary in enumerate(boundaries):
        codes |= (boundary <= moment).astype(np.int64) << place
    return [int(code) for code in np.unique(codes)]


def _ages(family: Sequence[p.Aged]) -> Iterator[Region]:
    for years in (0, *(leaf.years for leaf in family)):
        yield {leaf: leaf.years <= years for leaf in family}


def _days(family: Sequence[InForceOn]) -> Iterator[Region]:
    edges = {0, *(leaf.first for leaf in family), *(leaf.last + 1 for leaf in family)}
    for day in sorted(edge for edge in edges if edge <= FAR):
        yield {leaf: leaf.holds_on(day) for leaf in family}
