"""A part of a rule into the versions of it that one slip of the pen would have made.

Each kind of slip is a function from one node of a duty, whatever its class, to slips in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.dsl.source import Span
from duly.engine.dates import back_table, boundary_table, deadline_table
from duly.engine.nodes import NOWHERE, children, place, put
from duly.engine.plan import anchor_text, condition_text


@frozen
class Slip:
    """One thing said otherwise; ``now`` is blank for what was left out.

    ``node`` is what was looked at, with the slip in it.  ``is_quoted`` says whether what it was
    stands in the text in these words.  ``inside`` are the words of the rule that lead to it, where
    it stands in a definition, and ``leads`` their place.  ``same`` marks what changes no date at
    all.  ``shared`` is a part that stands in several duties, as it was and with the slip.
    """

    node: Any
    was: str
    now: str = ""
    span: Span = NOWHERE
    is_quoted: bool = True
    inside: str = ""
    leads: Span = NOWHERE
    same: bool = False
    shared: tuple[object, object] | None = None


@frozen
class Around:
    """What a slip may be drawn from: the events that the rule counts from, and the kinds of fact.

    ``shared`` are acts and conditions that several duties have, ``below`` those of lower packs.
    ``text`` gives what stands in the rule files at a place.
    """

    events: tuple[p.EventDay, ...]
    scope: p.Scope
    kinds: Mapping[str, p.Kind]
    shared: frozenset[object]
    below: frozenset[object]
    text: Callable[[Span], str] = lambda span: ""

    def quoted(self, node: object) -> str:
        """The words of the rule file that a node was made of; none where it is not from there."""
        here = place(node, NOWHERE)
        return self.text(here) if here != NOWHERE else ""

    def said(self, part: p.Condition | p.Anchor) -> str:
        """A condition or an anchor in the words of the rule file, as far as it stands there."""
        words = self.quoted(part)
        if words:
            return words
        part = self._as_asked(part)
        if isinstance(part, p.Anchor):
            return anchor_text(part, self.said)
        return condition_text(part, self.said)

    def _as_asked(self, part: Any) -> Any:
        """Without the test that every row of its kind must pass to count: no rule repeats it."""
        kind = self.kinds.get(getattr(part, "event", getattr(part, "kind", "")))
        if kind is None or kind.counts is None or part.where is None:
            return part
        counts = kind.counts.parts if isinstance(kind.counts, p.And) else (kind.counts,)
        tests = part.where.parts if isinstance(part.where, p.And) else (part.where,)
        asked = tuple(test for test in tests if test not in counts)
        where = asked[0] if len(asked) == 1 else p.And(asked) if asked else None
        return evolve(part, where=where)

    def retold(self, slip: Slip, node: object) -> Slip:
        """A slip told of the condition that it is a part of: in its words, where the part has none
        of its own, and as inside it, where the part stands in a definition.
        """
        words = self.quoted(node) if isinstance(node, p.Condition) else ""
        if not words:
            return slip
        if not slip.is_quoted:
            told = _became(node, slip.node, self)
            return evolve(told, same=slip.same, shared=slip.shared)
        here = place(node, NOWHERE)
        stands = slip.span if slip.leads == NOWHERE else slip.leads
        return slip if here.covers(stands) else evolve(slip, inside=f"`{words}`", leads=here)


# ------------------------------------------------------------- lengths of time and numbers

OTHER_UNITS: Mapping[p.Unit, Sequence[tuple[p.Unit, float]]] = {
    "hour": (("day", 1 / 24),),
    "day": (("working day", 1),),
    "working day": (("day", 1),),
    "week": (("month", 1), ("day", 7)),
    "month": (("week", 1), ("week", 52 / 12)),
    "year": (("month", 12),),
}
"""What a unit is mistaken for, and how many of those one of it is taken to be."""


def lengths(node: object, around: Around) -> Iterator[Slip]:
    """One more, one less, a nought too many or too few, another unit."""
    if isinstance(node, p.Duration):
        others = (*_other_counts(node), *_other_units(node))
        for other in dict.fromkeys(others):
            if other.count > 0 and other != node:
                same = _always_the_same(node, other)
                yield evolve(_became(node, other, around), same=same)


def _other_counts(length: p.Duration) -> Iterator[p.Duration]:
    said = length.count
    for count in sorted({said - 1, said + 1}):
        yield p.Duration(count, length.unit)
    if said < 10:
        yield p.Duration(said * 10, length.unit)
    elif said % 10 == 0:
        yield p.Duration(said // 10, length.unit)


def _other_units(length: p.Duration) -> Iterator[p.Duration]:
    for unit, times in OTHER_UNITS.get(length.unit, ()):
        yield p.Duration(round(length.count * times), unit)


def _always_the_same(one: p.Duration, other: p.Duration) -> bool:
    """Whether both lead to the same day from every day of the calendar, by all date tables."""
    if one.unit == other.unit or "hour" in (one.unit, other.unit):
        return False
    tables = (deadline_table, boundary_table, back_table)
    return all(np.array_equal(table(one), table(other)) for table in tables)


def numbers(node: object, around: Around) -> Iterator[Slip]:
    """One more or one less of anything that is counted: how many, how old, which one."""
    if isinstance(node, p.Duration | p.Missed):
        return
    if isinstance(node, p.Count) and node.at_least == node.at_most:
        for count in (node.at_least - 1, node.at_least + 1):
            if count > 0:
                yield _became(node, put(put(node, "at_least", count), "at_most", count), around)
        return
    for name, value in children(node):
        if type(value) is int:
            for other in (value - 1, value + 1):
                if other > 0 and (name != "ordinal" or other <= 2):
                    yield _became(node, put(node, name, other), around)


def _became(node: object, other: object, around: Around) -> Slip:
    was, now, span = _words(node, around), _words(other, around), place(node, NOWHERE)
    return Slip(other, was, now, span, is_quoted=bool(around.quoted(node)))


def _left_out(node: object, part: p.Condition, around: Around, before: str = "") -> Slip:
    return Slip(node, f"`{before}{around.said(part)}`", span=place(part, NOWHERE))


def _words(node: object, around: Around) -> str:
    if isinstance(node, p.Duration):
        return f"`{around.quoted(node) or node}`" if node.count else "the same day"
    if isinstance(node, p.Condition | p.Anchor):
        return f"`{around.said(node)}`"
    if isinstance(node, p.Times):
        return f"`{_TIMES.get(node.count, f'{node.count} times')}`"
    numbers = [f"{n} {value}" for n, value in children(node) if type(value) is int]
    return f"`{', '.join(numbers)}`"


_TIMES = {1: "once", 2: "twice"}


# ---------------------------------------------------------------------- conditions


def joins(node: object, around: Around) -> Iterator[Slip]:
    """``and`` for ``or``, and one part forgotten."""
    if not isinstance(node, p.And | p.Or) or _is_one_test(node):
        return
    other = p.Or if isinstance(node, p.And) else p.And
    yield _became(node, other(node.parts), around)
    for number, part in enumerate(node.parts):
        rest = (*node.parts[:number], *node.parts[number + 1 :])
        left = rest[0] if len(rest) == 1 else type(node)(rest)
        yield _left_out(left, part, around)


def _is_one_test(node: p.And | p.Or) -> bool:
    """``in the first year of P`` is one test in the text, though two here."""
    match node.parts:
        case (p.Elapsed(a, p.Duration(0)), p.Not(p.Elapsed(b))):
            return a == b
        case _:
            return False


def negations(node: object, around: Around) -> Iterator[Slip]:
    """``not`` forgotten or too much; so ``under`` for ``aged … or over``, ``in`` for ``after``."""
    if isinstance(node, p.Not):
        return
    for name, part in children(node):
        if isinstance(part, p.Condition):
            other = part.part if isinstance(part, p.Not) else p.Not(part)
            yield evolve(_became(part, other, around), node=put(node, name, other))


def exceptions(node: object, around: Around) -> Iterator[Slip]:
    """An ``unless`` forgotten."""
    clauses = getattr(node, "unless", ())
    for number, clause in enumerate(clauses):
        rest = (*clauses[:number], *clauses[number + 1 :])
        words = f"`{clause.text.lstrip(', ')}`"
        yield Slip(put(node, "unless", rest), words, span=place(clause, NOWHERE))


def tests(node: object, around: Around) -> Iterator[Slip]:
    """A ``where`` forgotten; of one with several parts each is forgotten by itself."""
    where = getattr(node, "where", None)
    if where is not None and not isinstance(where, p.And):
        yield _left_out(put(node, "where", None), where, around, "where ")


def values(node: object, around: Around) -> Iterator[Slip]:
    """One of the values of ``one of (…)`` forgotten."""
    if isinstance(node, p.Is) and len(node.values) > 1:
        for value in node.values:
            rest = tuple(other for other in node.values if other != value)
            yield Slip(evolve(node, values=rest), f"`{value}`")


# ------------------------------------------------------------------------ anchors


def anchors(node: object, around: Around) -> Iterator[Slip]:
    """Another day to count from: the start for an event, the first of several, the other edge."""
    for name, anchor in children(node):
        if isinstance(anchor, p.Anchor) and not isinstance(anchor, p.Missed):
            others = _edges(anchor) if isinstance(node, p.ForEach) else _others(anchor, around)
            for other in dict.fromkeys(others):
                if other != anchor:
                    yield evolve(_became(anchor, other, around), node=put(node, name, other))


def _edges(anchor: p.Anchor) -> Iterator[p.Anchor]:
    if isinstance(anchor, p.PeriodEdge):
        yield put(anchor, "edge", "end" if anchor.edge == "start" else "start")


def _others(anchor: p.Anchor, around: Around) -> Iterator[p.Anchor]:
    yield from _edges(anchor)
    if isinstance(anchor, p.EventDay | p.PeriodEdge) and anchor.ordinal is None:
        yield put(anchor, "ordinal", 1)
    if isinstance(anchor, p.EventDay) and not isinstance(around.scope, p.Always):
        yield p.ScopeStart()
    if isinstance(anchor, p.ScopeStart) and isinstance(around.scope, p.During):
        outer = around.kinds[around.scope.period].of
        if outer is not None:
            yield p.PeriodEdge(outer, "start")
    yield from around.events


KINDS: tuple[Callable[[object, Around], Iterator[Slip]], ...] = (
    lengths,
    numbers,
    joins,
    negations,
    exceptions,
    tests,
    values,
    anchors,
)
"""The slips that are tried, a function each."""
