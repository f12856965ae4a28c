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

from attrs import frozen

from duly.dsl import policy as p
from duly.engine.dates import boundary_table
from duly.engine.days import LAST
from duly.engine.families import Region, cases, family_of
from duly.engine.plan import Leaf, leaves_of


@frozen
class Space:
    """All that can be true together of a child, by the vocabulary of a policy."""

    kinds: Mapping[str, p.Kind]
    never: tuple[p.Condition, ...] = ()

    def regions(self, leaves: Iterable[Leaf], given: p.Condition | None = None) -> Iterator[Region]:
        """Every combination of the leaves that can happen, where ``given`` holds."""
        wanted = dict.fromkeys((*leaves, *leaves_of(given)))
        never = self._never(wanted)
        families: dict[object, list[Leaf]] = {}
        for leaf in dict.fromkeys((*wanted, *(leaf for each in never for leaf in leaves_of(each)))):
            families.setdefault(family_of(leaf), []).append(leaf)
        options = [list(self._options(family)) for family in families.values()]
        found = _combined({}, options, _Bounds(given, never, tuple(_links(wanted))))
        seen = ({leaf: region[leaf] for leaf in wanted} for region in found)
        return seen if not never else _once(seen)

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

    def _options(self, family: Sequence[Leaf]) -> Iterable[Region]:
        """The cases of one family, each once."""
        return _once(cases(family, self.kinds, Space(self.kinds).implies))


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


def truth_of(condition: p.Condition, region: Mapping[Leaf, bool]) -> bool | None:
    """Whether it holds where these leaves are as given; ``None`` while that is open."""
    match condition:
        case p.And(parts):
            return _joined([truth_of(part, region) for part in parts], False)
        case p.Or(parts):
            return _joined([truth_of(part, region) for part in parts], True)
        case p.Not(part):
            inner = truth_of(part, region)
            return None if inner is None else not inner
        case _:
            return region.get(condition)


def _joined(parts: Sequence[bool | None], decisive: bool) -> bool | None:
    if decisive in parts:
        return decisive
    return None if None in parts else not decisive


def _links(leaves: Iterable[Leaf]) -> Iterator[tuple[Leaf, Leaf]]:
    """Pairs of leaves of different families of which the one brings the other."""
    listed = tuple(leaves)
    for one in listed:
        for other in listed:
            if _brings(one, other):
                yield one, other


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
