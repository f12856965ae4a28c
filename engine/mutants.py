"""Rules into mutants: each is a rule with one slip of the pen in it.

The walk is over the fields of whatever classes a duty is made of: a class that is added to the
language is searched too, for the lengths, conditions, anchors and numbers in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.dsl.source import Span
from duly.engine.nodes import NOWHERE, children, place, put
from duly.engine.slips import KINDS, Around, Slip


@frozen
class Mutant:
    """A rule's duties with one slip in them; ``label`` is that of the duty in which it is."""

    rule: p.Rule
    duties: tuple[p.Scoped, ...]
    slip: Slip
    label: str | None = None


def mutants(
    policy: p.Policy, rules: Sequence[p.Rule], text: Callable[[Span], str] = lambda span: ""
) -> Iterator[Mutant]:
    """Every version of each rule with one slip, told in the words that ``text`` finds.

    A condition or an act that a rule of a pack below has too is that pack's own to try.
    """
    own = {rule.pack for rule in rules}
    below = (rule for pack in policy.packs if pack.name not in own for rule in pack.rules)
    uses = Counter(part for rule in rules for part in _parts(rule.duties))
    shared = frozenset(part for part, number in uses.items() if number > 1)
    inherited = frozenset(part for rule in below for part in _parts(rule.duties))
    for rule in rules:
        events = tuple(dict.fromkeys(_events(rule.duties)))
        for scope in dict.fromkeys(scoped.scope for scoped in rule.duties):
            around = Around(events, scope, policy.kinds, shared, inherited, text)
            yield from _of_scope(rule, scope, around)


def _of_scope(rule: p.Rule, scope: p.Scope, around: Around) -> Iterator[Mutant]:
    """Slips in a scope, once for all the duties that stand in it, and in each of these."""
    for slip in slips(scope, rule.span, around):
        yield Mutant(rule, tuple(_with_scope(rule.duties, scope, slip.node)), slip)
    for number, scoped in enumerate(rule.duties):
        if scoped.scope == scope:
            label = None if isinstance(scoped.duty, p.May) else scoped.duty.label
            for slip in slips(scoped.duty, rule.span, around):
                duties = tuple(_with_duty(rule.duties, number, slip.node))
                yield Mutant(rule, duties, slip, label)


def _with_scope(duties: Iterable[p.Scoped], scope: p.Scope, other: p.Scope) -> Iterator[p.Scoped]:
    for scoped in duties:
        yield evolve(scoped, scope=other) if scoped.scope == scope else scoped


def _with_duty(duties: Sequence[p.Scoped], number: int, other: Any) -> Iterator[p.Scoped]:
    """The duties with another in that place, also for those that follow it when it is missed."""
    was = duties[number].duty
    for place_of, scoped in enumerate(duties):
        if place_of == number:
            yield evolve(scoped, duty=other)
        elif isinstance(scoped.duty, p.Do) and scoped.duty.after == was:
            yield evolve(scoped, duty=evolve(scoped.duty, after=other))
        else:
            yield scoped


def slips(node: object, span: Span, around: Around) -> Iterator[Slip]:
    """Every slip in a node and in what it is made of; ``span`` is the nearest place known."""
    is_part = isinstance(node, p.Act | p.Condition)
    if is_part and node in around.below:
        return
    for slip in _inside(node, place(node, span), around):
        yield evolve(slip, shared=(node, slip.node)) if is_part and node in around.shared else slip


def _inside(node: object, span: Span, around: Around) -> Iterator[Slip]:
    for kind in KINDS:
        for slip in kind(node, around):
            placed = evolve(slip, span=span) if slip.span == NOWHERE else slip
            yield around.retold(placed, node)
    for name, child in children(node):
        for slip in slips(child, span, around):
            yield around.retold(evolve(slip, node=put(node, name, slip.node)), node)


def _parts(node: object) -> Iterator[object]:
    """Every act and condition in a node."""
    if isinstance(node, p.Act | p.Condition):
        yield node
    for _, child in children(node):
        yield from _parts(child)


def _events(node: object) -> Iterator[p.EventDay]:
    """Every event that something in a node is counted from, but for the previous of its kind."""
    if isinstance(node, p.EventDay) and node.ordinal != p.PREVIOUS:
        yield node
    for _, child in children(node):
        yield from _events(child)
