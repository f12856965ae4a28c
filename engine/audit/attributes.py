"""What may be recorded in a row, so that tests on its attributes come out as wanted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

from attrs import frozen

from duly.dsl import policy as p
from duly.dsl.scenario import Scalar, usual
from duly.engine.families import Region
from duly.engine.plan import Leaf
from duly.engine.regions import Space

OnAttribute = p.Flag | p.Is | p.Compare | p.Includes | p.Stated
"""Leaves that test an attribute of a row."""


class CannotBuild(Exception):
    """A region of which no child can be told this way."""


def filled(kind: p.Kind, values: Mapping[str, Scalar]) -> dict[str, Scalar]:
    """All attributes of a row: what is said, and otherwise what is usual."""
    return {name: usual(attribute) for name, attribute in kind.attributes.items()} | dict(values)


def passes(leaf: Leaf, values: Mapping[str, Scalar]) -> bool:
    """Whether a row with these values passes a test on one attribute."""
    value = values.get(getattr(leaf, "name", ""))
    match leaf:
        case p.Flag():
            return value is True
        case p.Is(_, _, wanted):
            return value in wanted
        case p.Stated():
            return value is not None
        case p.Includes(_, _, role):
            return isinstance(value, str) and role in value.split("; ")
        case p.Compare(_, _, least, most):
            if not isinstance(value, str) or not value.lstrip("-").isdigit():
                return False
            return (least is None or least <= int(value)) and (most is None or int(value) <= most)
        case _:
            return False


@frozen(eq=False)
class Recording:
    """What rows of a policy's kinds may say, those that hold a date that of one day."""

    policy: p.Policy
    space: Space
    day: date

    def passing(self, kind: str, tests: Iterable[p.Condition | None]) -> dict[str, Scalar]:
        """Values by which a row passes all tests.  Raises ``CannotBuild``."""
        found = [test for test in tests if test is not None]
        return self.solved(kind, self._likeliest(kind, found)) if found else {}

    def _likeliest(self, kind: str, tests: Sequence[p.Condition]) -> Region:
        """Truths by which a row passes all tests, as near to what is usual as can be."""
        found = list(self.space.regions((), p.And(tuple(tests))))
        if not found:
            raise CannotBuild
        likely = filled(self.policy.kinds[kind], {})
        return min(found, key=lambda way: sum(passes(leaf, likely) != way[leaf] for leaf in way))

    def solved(self, kind: str, wanted: Region) -> dict[str, Scalar]:
        """Values by which the leaves about a kind are as wanted.  Raises ``CannotBuild``."""
        by_name: dict[str, Region] = {}
        for leaf, true in wanted.items():
            if isinstance(leaf, OnAttribute) and leaf.owner == kind:
                by_name.setdefault(leaf.name, {})[leaf] = true
        return {name: self._value(kind, name, leaves) for name, leaves in by_name.items()}

    def _value(self, kind: str, name: str, wanted: Region) -> Scalar:
        for value in self._candidates(self.policy.kinds[kind].attributes.get(name), wanted):
            if all(passes(leaf, {name: value}) == true for leaf, true in wanted.items()):
                return value
        raise CannotBuild

    def _candidates(
        self, attribute: p.Attribute | None, leaves: Iterable[Leaf]
    ) -> Iterator[Scalar]:
        """What an attribute, or else a milestone, may say: the likeliest first, blank last."""
        if attribute is None:
            yield self.day
        else:
            if usual(attribute) is not None:
                yield usual(attribute)
            yield from self._of_type(attribute, leaves)
        yield None

    def _of_type(self, attribute: p.Attribute, leaves: Iterable[Leaf]) -> Iterator[Scalar]:
        match attribute.type:
            case "yes/no":
                yield from (False, True)
            case "one of":
                yield from attribute.values
            case "role" | "list of role":
                yield from self.policy.roles
            case "number":
                for leaf in leaves:
                    if isinstance(leaf, p.Compare):
                        yield from _around(leaf)
            case "date" | "datetime":
                yield self.day
            case _:
                for leaf in leaves:
                    if isinstance(leaf, p.Is):
                        yield from leaf.values


def _around(leaf: p.Compare) -> Iterator[str]:
    """Numbers at the bounds of a comparison, and next to them."""
    for bound in (leaf.at_least, leaf.at_most):
        if bound is not None:
            yield from (str(bound), str(bound - 1), str(bound + 1))
