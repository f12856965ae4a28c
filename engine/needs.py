"""Which facts a duty looks at, and which of them no case system is read for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from duly.dsl import policy as p
from duly.engine.hookspecs import Supply
from duly.engine.nodes import children

CALENDAR = "calendar"


@frozen
class Need:
    """Rows of a kind, or a field of theirs; ``values`` are those that the field is compared with.

    A calendar that the authority supplies is a need too: of kind ``calendar``.
    """

    kind: str
    field: str = ""
    values: frozenset[str] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind}.{self.field}" if self.field else self.kind


def needs_of(policy: p.Policy, scoped: p.Scoped) -> frozenset[Need]:
    """What a duty looks at in its scope, but for its exceptions."""
    return frozenset(_needs((scoped.scope, scoped.duty), policy))


def needs_of_exception(policy: p.Policy, clause: p.Unless) -> frozenset[Need]:
    """What an exception looks at."""
    return frozenset(_needs((clause.condition, clause.then), policy))


def lacking(needs: Iterable[Need], supplies: Sequence[Supply]) -> list[str]:
    """The kinds, fields and values that none of these can fill, in the words of the rules.

    Where a duty compares a field (visits of kind ``cp``), only tables that can hold such a value
    are asked for the others, and each of those must have them.
    """
    needs = sorted(set(needs), key=lambda need: (str(need), sorted(need.values)))
    asked = {(need.kind, need.field): frozenset[str]() for need in needs if need.values}
    for need in needs:
        if need.values:
            asked[need.kind, need.field] |= need.values
    lacks = dict.fromkeys(word for need in needs for word in _lacks(need, asked, supplies))
    return [word for word in lacks if word.partition(".")[0] not in lacks or "." not in word]


def _lacks(
    need: Need, asked: Mapping[tuple[str, str], frozenset[str]], supplies: Sequence[Supply]
) -> Iterator[str]:
    if need.kind == CALENDAR:
        yield f"{CALENDAR} {need.field}"
        return
    tables = [supply for supply in supplies if supply.kind == need.kind]
    if not tables:
        yield need.kind
        return
    if not need.field:
        return
    meant = [table for table in tables if _can_be_meant(table, asked)]
    if not all(need.field in table.fields for table in meant or tables):
        yield str(need)
        return
    for value in sorted(need.values):
        if not any(_holds(table, need.field, frozenset((value,))) for table in tables):
            yield f"{need} {value}"


def _can_be_meant(table: Supply, asked: Mapping[tuple[str, str], frozenset[str]]) -> bool:
    return all(
        _holds(table, field, values)
        for (kind, field), values in asked.items()
        if kind == table.kind and field in table.fields
    )


def _holds(table: Supply, field: str, values: frozenset[str]) -> bool:
    """Whether the field can have one of the values there."""
    held = table.fields.get(field, frozenset())
    return held is None or bool(held & values)


# ------------------------------------------------------------------- what values look at


def _needs(value: object, policy: p.Policy) -> Iterator[Need]:
    match value:
        case p.Is(owner, name, values):
            yield Need(owner, name, frozenset(values))
        case (
            p.Flag(owner, name)
            | p.Compare(owner, name)
            | p.Includes(owner, name)
            | p.Stated(owner, name)
            | p.Agreed(owner, name)
        ):
            yield Need(owner, name)
        case p.Aged() | p.Birthday():
            yield Need(policy.subject.name, "born")
        case p.During(kind) | p.Running(kind) | p.Lasting(kind) | p.PeriodEdge(kind):
            yield from _rows(kind, policy)
        case p.Count(kind):
            yield from _rows(kind, policy)
        case p.EventDay(kind, milestone=milestone) | p.Act(kind, milestone=milestone):
            yield from _rows(kind, policy)
            if milestone:
                yield Need(kind, milestone)
        case p.NamedCalendar(name) if policy.calendars[name].first is None:
            yield Need(CALENDAR, name)
    for place, part in children(value):
        if place != "unless":  # what an exception looks at is asked about apart
            yield from _needs(part, policy)


def _rows(kind: str, policy: p.Policy) -> Iterator[Need]:
    """The rows of a kind, and what says which of them are one."""
    yield Need(kind)
    joined = policy.kinds[kind].joined
    if joined not in (None, "always"):
        yield Need(kind, str(joined))
