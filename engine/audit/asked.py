"""The cases that a child can be in, and what a guard's table asks in each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from attrs import field, frozen

from duly.dsl import policy as p
from duly.engine.families import Region
from duly.engine.plan import EXEMPT, PAUSED, Group, Guard, InForceOn, Leaf, Outcome, Part, Surely
from duly.engine.plan import leaves_of as parts_of
from duly.engine.regions import Space
from duly.engine.truth import Flags, truth_in


@frozen(eq=False)
class Asked:
    """One outcome of a guard; ``number`` is its place among the outcomes."""

    guard: Guard
    number: int

    @property
    def outcome(self) -> Outcome:
        return self.guard.outcomes[self.number]

    @property
    def stands(self) -> bool:
        """Whether the duty stands there."""
        return self.number not in (PAUSED, EXEMPT)

    @property
    def exempt(self) -> bool:
        """Whether an exception or a waiver frees from the duty there."""
        return self.number == EXEMPT


@frozen(eq=False)
class Cases:
    """Every combination of some leaves that can happen: bool, a row for each, a column a leaf."""

    leaves: tuple[Leaf, ...]
    truths: Flags

    def region(self, row: int) -> Region:
        """One combination."""
        return dict(zip(self.leaves, self.truths[row].tolist(), strict=True))

    def where(self, chosen: Flags) -> Cases:
        """Some of them."""
        return Cases(self.leaves, self.truths[chosen])

    def asked(self, guard: Guard, day: int) -> npt.NDArray[np.int64]:
        """The outcome of a guard in each case, by the law in force on a day.

        Lengths of time that a record would state are blank.
        """
        columns = dict(zip(self.leaves, self.truths.T, strict=True))
        code, worth = np.zeros(len(self.truths), np.int64), 1
        for leaf, values in zip(guard.leaves, guard.values, strict=True):
            code += worth * _digits(leaf, values, columns, day)
            worth *= values
        return np.log2(guard.table[code].astype(np.float64)).astype(np.int64)


def _digits(
    leaf: Leaf, values: int, columns: Mapping[Leaf, Flags], day: int
) -> npt.NDArray[np.int64] | int:
    match leaf:
        case InForceOn():
            return int(leaf.holds_on(day))
        case p.Agreed():
            return values - 1
        case Group(condition) | Surely(condition):
            return truth_in(condition, columns).astype(np.int64)
        case _:
            return columns[leaf].astype(np.int64)


@frozen(eq=False)
class CaseSpace:
    """The cases by the vocabulary of a policy; those worked out once are kept."""

    space: Space
    kept: dict[object, Cases] = field(factory=dict)

    def of(self, guards: Iterable[Guard], given: p.Condition | None) -> Cases:
        """Every combination of what these guards look at, where ``given`` holds."""
        leaves = tuple(free_leaves(leaf for guard in guards for leaf in guard.leaves))
        key = (leaves, given)
        if key not in self.kept:
            self.kept[key] = Cases(leaves, self.space.table(leaves, given))
        return self.kept[key]


def free_leaves(parts: Iterable[Part | Leaf]) -> Iterator[Leaf]:
    """The leaves that a child's facts decide, what is grouped included, each once."""
    yield from dict.fromkeys(leaf for part in parts for leaf in _free(part))


def _free(part: Part | Leaf) -> Iterator[Leaf]:
    for leaf in parts_of(part):  # type: ignore[arg-type]
        match leaf:
            case Group(condition) | Surely(condition):
                yield from _free(condition)
            case InForceOn() | p.Agreed():
                continue
            case _:
                yield leaf


# ------------------------------------------------------------------------ cases in words


def ways(chosen: Flags, cases: Cases) -> Iterator[Region]:
    """The chosen cases among all, as few ways to be in them as can be, each short.

    A way is a choice of truths that no other case has: whatever else is so does not matter.
    """
    truths, left = cases.truths, chosen.copy()
    while left.any():
        row = int(np.flatnonzero(left)[truths[left].sum(axis=1).argmin()])
        way = _shortest(row, chosen, truths)
        left &= ~_in_way(way, row, truths)
        yield {cases.leaves[place]: bool(truths[row, place]) for place in way}


def _shortest(row: int, chosen: Flags, truths: Flags) -> list[int]:
    """The leaves of a case that tell it, left out one by one, those that are false first."""
    way = list(range(truths.shape[1]))
    for place in sorted(way, key=lambda leaf: bool(truths[row, leaf])):
        fewer = [leaf for leaf in way if leaf != place]
        if chosen[_in_way(fewer, row, truths)].all():
            way = fewer
    return way


def _in_way(way: Sequence[int], row: int, truths: Flags) -> Flags:
    same: Flags = (truths[:, way] == truths[row, way]).all(axis=1)
    return same
