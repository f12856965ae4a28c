"""The case space: from conditions to the combinations of them that some child can be in.

A guard's leaves are each true or false, but not freely.  A placement has one type; whoever is 16
or over is 5 or over; six months after the start, six weeks have run; two agreements are some.
A ``Space`` enumerates every combination of leaves that can happen on some day, so that what is
said of "every child" is decided over all of them, not over a sample:

- an attribute has one of its values (blank is one that is not known, and stated by none);
- ages, and days in force, are ordered;
- lengths of time since one anchor are ordered by the date tables, for every day it can fall on;
- counts of one kind are numbers, and what a narrower test counts is never more;
- whatever has run since an event, the event has been, and its scope began no later;
- what the vocabulary says is ``never`` together is not.

Other facts are taken to be free of each other: a combination left out cannot happen; one that is
given may still be one that nobody would record.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np
from attrs import field, frozen

from duly.dsl import policy as p
from duly.engine.dates import boundary_table
from duly.engine.days import LAST
from duly.engine.families import Region, cases, family_of
from duly.engine.plan import Leaf, leaves_of
from duly.engine.truth import Flags, truth_in, truth_of


@frozen
class Space:
    """All that can be true together of a child, by the vocabulary of a policy."""

    kinds: Mapping[str, p.Kind]
    never: tuple[p.Condition, ...] = ()
    _cases: dict[tuple[Leaf, ...], list[Region]] = field(
        factory=dict, init=False, eq=False, repr=False
    )
    """Those of families that were asked for already: few, and each in many conditions."""

    def regions(self, leaves: Iterable[Leaf], given: p.Condition | None = None) -> Iterator[Region]:
        """Every combination of the leaves that can happen, where ``given`` holds."""
        wanted = dict.fromkeys((*leaves, *leaves_of(given)))
        bounds = self._bounds(wanted, given)
        found = _combined({}, self._all_options(wanted, bounds), bounds)
        seen = ({leaf: region[leaf] for leaf in wanted} for region in found)
        return seen if not bounds.never else _once(seen)

    def table(self, leaves: Sequence[Leaf], given: p.Condition | None = None) -> Flags:
        """The same all at once: bool, a row for each combination, a column for each leaf."""
        wanted = dict.fromkeys((*leaves, *leaves_of(given)))
        bounds = self._bounds(wanted, given)
        columns = _crossed(self._all_options(wanted, bounds), tuple(bounds.conditions()))
        if not leaves:
            return np.zeros((1, 0), bool)  # there is one way to be nowhere in particular
        found: Flags = np.unique(np.stack([columns[leaf] for leaf in leaves], axis=1), axis=0)
        return found

    def _bounds(self, wanted: Iterable[Leaf], given: p.Condition | None) -> _Bounds:
        return _Bounds(given, self._never(wanted), tuple(_links(wanted)))

    def _all_options(self, wanted: Iterable[Leaf], bounds: _Bounds) -> list[Sequence[Region]]:
        """The cases of each family of leaves, those of what is excluded among them."""
        excluded = (leaf for each in bounds.never for leaf in leaves_of(each))
        families: dict[object, list[Leaf]] = {}
        for leaf in dict.fromkeys((*wanted, *excluded)):
            families.setdefault(family_of(leaf), []).append(leaf)
        return [self._options(tuple(family)) for family in families.values()]

    def possible(self, condition: p.Condition) -> Region | None:
        """A combination in which the condition holds, where there is one."""
        return next(self.regions((), condition), None)

    def implies(self, one: p.Condition | None, other: p.Condition | None) -> bool:
        """Whether the other holds wherever the one does; no condition always holds."""
        if other is None:
            return True
        parts = (p.Not(other),) if one is None else (one, p.Not(other))
        return self.possible(p.And(parts)) is None

    def _never(self, leaves: Iterable[Leaf]) -> tuple[p.Condition, ...]:
        """The exclusions that are about nothing but what these leaves are about."""
        about = {family_of(leaf) for leaf in leaves}
        return tuple(
            each for each in self.never if {family_of(leaf) for leaf in leaves_of(each)} <= about
        )

    def _options(self, family: tuple[Leaf, ...]) -> Sequence[Region]:
        """The cases of one family, each once."""
        if family not in self._cases:
            found = cases(family, self.kinds, Space(self.kinds).implies)
            self._cases[family] = list(_once(found))
        return self._cases[family]


@frozen
class _Bounds:
    """What a region must come to: what is given, what is excluded, and what brings what."""

    given: p.Condition | None
    never: tuple[p.Condition, ...]
    links: tuple[tuple[Leaf, Leaf], ...]

    def allow(self, region: Region) -> bool:
        """Whether the region, as far as it goes, can still be one of those wanted."""
        if self.given is not None and truth_of(self.given, region) is False:
            return False
        if any(truth_of(each, region) for each in self.never):
            return False
        return not any(region.get(one) and region.get(other) is False for one, other in self.links)

    def conditions(self) -> Iterator[p.Condition]:
        """The same as conditions that must all hold."""
        if self.given is not None:
            yield from self.given.parts if isinstance(self.given, p.And) else (self.given,)
        yield from (p.Not(each) for each in self.never)
        yield from (p.Or((p.Not(one), other)) for one, other in self.links)  # type: ignore[arg-type]


def _crossed(
    options: Sequence[Sequence[Region]], conditions: Sequence[p.Condition]
) -> dict[Leaf, Flags]:
    """Each case of one family with each of the others, as a column for each leaf.

    A condition is looked at as soon as all that it looks at is there, so that few are carried on.
    """
    columns: dict[Leaf, Flags] = {}
    rows, waiting = 1, list(conditions)
    for cases_of_family in options:
        every, each = np.arange(rows), np.arange(len(cases_of_family))
        every, each = np.repeat(every, len(each)), np.tile(each, len(every))
        columns = {leaf: column[every] for leaf, column in columns.items()}
        for leaf in cases_of_family[0]:
            columns[leaf] = np.array([case[leaf] for case in cases_of_family], bool)[each]
        ready = [it for it in waiting if set(leaves_of(it)) <= set(columns)]
        waiting = [it for it in waiting if it not in ready]
        keep = np.ones(len(each), bool)
        for condition in ready:
            keep &= truth_in(condition, columns)
        columns = {leaf: column[keep] for leaf, column in columns.items()}
        rows = int(keep.sum())
    return columns


def _combined(
    region: Region, options: Sequence[Sequence[Region]], bounds: _Bounds
) -> Iterator[Region]:
    """The region with one case of each further family, left as soon as it cannot be."""
    if not bounds.allow(region):
        return
    if not options:
        yield region
        return
    for case in options[0]:
        yield from _combined(region | case, options[1:], bounds)


def _once(found: Iterable[Region]) -> Iterator[Region]:
    seen = set()
    for region in found:
        key = tuple(region.values())
        if key not in seen:
            seen.add(key)
            yield region


def _links(leaves: Iterable[Leaf]) -> Iterator[tuple[Leaf, Leaf]]:
    """Pairs of leaves of different families of which the one brings the other."""
    listed = tuple(leaves)
    for one in listed:
        if isinstance(one, p.Elapsed | p.Lasting):  # nothing but time that has run brings another
            yield from ((one, other) for other in listed if _brings(one, other))


def _brings(one: Leaf, other: Leaf) -> bool:
    match one, other:
        case p.Elapsed(p.EventDay(kind, nth, where, None)), p.Count(counted, least, None, test):
            if other.window is None and other.since is None:
                return (kind, where) == (counted, test) and least <= max(nth or 1, 1)
            return False
        case p.Elapsed(p.EventDay(_, _, _, None), later), p.Elapsed(p.ScopeStart(), sooner):
            first, last = boundary_table(sooner), boundary_table(later)
            return bool((first[: LAST + 1] <= last[: LAST + 1]).all())
        case p.Elapsed(p.Birthday(reached)), p.Aged(years):
            return years <= reached
        case p.Lasting(period, _, _, None, None), p.Running(running, None):
            return bool(period == running)
        case _:
            return False
