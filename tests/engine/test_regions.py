"""The case space holds every combination that can happen, and none of those that cannot."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from itertools import product
from random import Random

import pytest
from attrs import frozen

from duly.dsl import policy as p
from duly.engine.dates import back_table, boundary_table
from duly.engine.days import day_of
from duly.engine.families import Region
from duly.engine.plan import InForceOn, Leaf
from duly.engine.regions import Space

KINDS = {
    "placement": p.Kind(
        "placement",
        "period",
        attributes={
            "type": p.Attribute("type", "one of", ("foster", "parents", "residential")),
            "settled": p.Attribute("settled", "yes/no"),
            "made_by": p.Attribute("made_by", "role"),
            "distance": p.Attribute("distance", "number"),
        },
    ),
    "visit": p.Kind(
        "visit", "event", attributes={"kind": p.Attribute("kind", "one of", ("cla", "cp"))}
    ),
}
SPACE = Space(KINDS)
START, VISIT, CP = p.ScopeStart(), p.EventDay("visit"), p.Is("visit", "kind", ("cp",))


def days(count: int) -> p.Duration:
    return p.Duration(count, "day")


def weeks(count: int) -> p.Duration:
    return p.Duration(count, "week")


def months(count: int) -> p.Duration:
    return p.Duration(count, "month")


def type_is(*values: str) -> p.Is:
    return p.Is("placement", "type", values)


def told(leaves: Iterable[Leaf]) -> set[tuple[bool, ...]]:
    listed = list(leaves)
    return {tuple(region[leaf] for leaf in listed) for region in SPACE.regions(listed)}


FAMILIES: dict[str, tuple[list[Leaf], set[str]]] = {
    "one value": ([type_is("foster"), type_is("parents")], {"10", "01", "00"}),
    "no value is left over": (
        [type_is("foster", "parents"), type_is("residential")],
        {"10", "01"},
    ),
    "a role may be another": (
        [p.Is("placement", "made_by", ("IRO",)), p.Is("placement", "made_by", ("child",))],
        {"00", "10", "01"},
    ),
    "yes, no and blank": (
        [p.Flag("placement", "settled"), p.Stated("placement", "settled")],
        {"11", "01", "10", "00"},  # a blank one may be either, and is not known
    ),
    "ages": ([p.Aged(16), p.Aged(5)], {"00", "01", "11"}),
    "lengths in order": (
        [p.Elapsed(START, weeks(6)), p.Elapsed(START, weeks(2))],
        {"00", "01", "11"},
    ),
    "a month may be four weeks, never fewer": (
        [p.Elapsed(START, months(1)), p.Elapsed(START, weeks(4))],
        {"00", "01", "11"},
    ),
    "a month may be more than thirty days, and fewer": (
        [p.Elapsed(START, months(1)), p.Elapsed(START, days(30))],
        {"00", "01", "10", "11"},
    ),
    "the start has been": ([p.Elapsed(START, days(0))], {"1"}),
    "an event may not have been": ([p.Elapsed(VISIT, days(0))], {"0", "1"}),
    "numbers": (
        [p.Count("visit", 1), p.Count("visit", 3), p.Count("visit", 2, 2)],
        {"000", "100", "101", "110"},
    ),
    "a part and its whole": (
        [p.Count("visit", 1, where=CP), p.Count("visit", 1)],
        {"00", "01", "11"},
    ),
    "a window": (
        [p.Count("visit", 1, window=days(7)), p.Count("visit", 1, window=weeks(2))],
        {"00", "01", "11"},
    ),
    "running is some": (
        [p.Running("placement", type_is("foster")), p.Count("placement", 1)],
        {"00", "01", "11"},
    ),
    "what has run since an event, it has been": (
        [p.Elapsed(VISIT, weeks(2)), p.Count("visit", 1)],
        {"00", "01", "11"},
    ),
    "an event of the scope comes no earlier": (
        [p.Elapsed(VISIT, weeks(2)), p.Elapsed(START, weeks(2))],
        {"00", "01", "11"},
    ),
    "in force": ([InForceOn(100, 200), InForceOn(150, 300)], {"00", "10", "11", "01"}),
    "in force, one after the other": (
        [InForceOn(100, 200), InForceOn(201, 300)],
        {"00", "10", "01"},
    ),
    "numbers between bounds": (
        [p.Compare("placement", "distance", 20), p.Compare("placement", "distance", None, 10)],
        {"00", "01", "10"},
    ),
    "an age since a birthday": (
        [p.Elapsed(p.Birthday(16), weeks(6)), p.Aged(5)],
        {"00", "01", "11"},
    ),
    "what has lasted is running": (
        [p.Lasting("placement", weeks(13)), p.Running("placement")],
        {"00", "01", "11"},
    ),
    "facts of different kinds": (
        [p.Running("placement"), p.Count("visit", 1)],
        {"00", "01", "10", "11"},
    ),
}


@pytest.mark.parametrize(("leaves", "expected"), FAMILIES.values(), ids=FAMILIES)
def test_what_can_be_together(leaves: list[Leaf], expected: set[str]) -> None:
    assert told(leaves) == {tuple(bit == "1" for bit in bits) for bits in expected}


def test_what_is_given_holds_in_each() -> None:
    foster, five, sixteen = type_is("foster"), p.Aged(5), p.Aged(16)
    assert list(SPACE.regions([sixteen], p.And((p.Not(foster), five)))) == [
        {foster: False, five: True, sixteen: True},
        {foster: False, five: True, sixteen: False},
    ]


def test_what_is_never_together() -> None:
    young, foster, settled = p.Not(p.Aged(5)), type_is("foster"), p.Flag("placement", "settled")
    space = Space(KINDS, (p.And((young, foster)), p.And((settled, p.Running("visit")))))
    assert space.possible(p.And((p.Not(p.Aged(3)), foster))) is None
    assert space.possible(p.And((p.Not(p.Aged(10)), foster))) is not None
    assert space.possible(p.And((settled, foster))) is not None
    assert list(space.regions([p.Aged(3), foster])) == [
        {p.Aged(3): False, foster: False},
        {p.Aged(3): True, foster: False},
        {p.Aged(3): True, foster: True},
    ]


def test_one_condition_implies_another() -> None:
    foster, settled = type_is("foster"), p.Flag("placement", "settled")
    assert SPACE.implies(p.And((foster, settled)), foster)
    assert SPACE.implies(foster, p.Not(type_is("parents")))
    assert not SPACE.implies(foster, settled)
    assert SPACE.implies(None, p.Or((settled, p.Not(settled))))
    assert not SPACE.implies(None, settled)
    assert SPACE.possible(p.And((foster, p.Not(foster)))) is None


@frozen
class _Life:
    """A child on one day: everything that the leaves below look at."""

    day: int
    start: int
    years: int
    type: str
    settled: bool
    visits: tuple[tuple[int, str], ...]

    def __contains__(self, leaf: Leaf) -> bool:
        match leaf:
            case p.Aged(years):
                return self.years >= years
            case p.Is(_, _, values):
                return self.type in values
            case p.Flag():
                return self.settled
            case p.Elapsed(p.ScopeStart(), duration):
                return bool(boundary_table(duration)[self.start] <= self.day)
            case p.Elapsed(p.EventDay(), duration):
                latest = max((day for day, _ in self.visits), default=None)
                return latest is not None and bool(boundary_table(duration)[latest] <= self.day)
            case p.Count(_, least, most, where, window):
                since = 0 if window is None else back_table(window)[self.day]
                number = sum(
                    day >= since and (where is None or kind == "cp") for day, kind in self.visits
                )
                return least <= number and (most is None or number <= most)
            case _:
                raise AssertionError(leaf)


LEAVES: list[Leaf] = [
    *map(p.Aged, (5, 16)),
    *(type_is(*values) for values in (("foster",), ("foster", "parents"), ("residential",))),
    p.Flag("placement", "settled"),
    *(p.Elapsed(*pair) for pair in product((START, VISIT), (days(30), months(1), weeks(2)))),
    p.Elapsed(VISIT, days(0)),
    p.Count("visit", 1),
    p.Count("visit", 2, 2),
    p.Count("visit", 2, where=CP),
    p.Count("visit", 1, window=weeks(1)),
    p.Count("visit", 1, window=months(1), where=CP),
]


def _life(random: Random) -> _Life:
    start = day_of(date(2024, 1, 1)) + random.randrange(400)
    day = start + random.randrange(45)
    visits = tuple(
        (random.randrange(start, day + 1), random.choice(("cla", "cp")))
        for _ in range(random.randrange(4))
    )
    kind = random.choice(("foster", "parents", "residential"))
    return _Life(day, start, random.randrange(18), kind, random.random() < 0.5, visits)


@pytest.mark.parametrize("seed", range(40))
def test_no_childs_case_is_left_out(seed: int) -> None:
    random = Random(seed)  # noqa: S311 - no secret
    leaves = random.sample(LEAVES, 6)
    known = {frozenset(region.items()) for region in SPACE.regions(leaves)}
    for _ in range(200):
        life = _life(random)
        case: Region = {leaf: leaf in life for leaf in leaves}
        assert frozenset(case.items()) in known, life
