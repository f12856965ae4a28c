"""Two states that one pack asks for, and that no child can be in together."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from attrs import frozen

from duly.dsl import policy as p
from duly.engine.clauses import standing, together
from duly.engine.lints import Finding, Linted
from duly.engine.plan import applies


@frozen
class _State:
    """A state that is asked for, on the days on which it is in force."""

    scope: p.Scope
    duty: p.Have
    in_force: p.InForce

    @property
    def moments(self) -> object:
        """When it is judged."""
        return self.scope, self.duty.throughout, self.in_force


def check(linted: Linted) -> Iterator[Finding]:
    """Pairs that are judged at the same moments, where to meet the one is to fail the other."""
    moments: dict[object, list[_State]] = {}
    for state in _states(linted.pack):
        moments.setdefault(state.moments, []).append(state)
    for states in moments.values():
        for first, last in combinations(states, 2):
            if not _can_both_be_met(first, last, linted):
                yield _finding(first, last)


def _finding(first: _State, last: _State) -> Finding:
    return Finding(
        f"`{first.duty.text}` and `{last.duty.text}` exclude each other",
        last.duty.span,
        why="whatever is recorded of a child, one of the two is not met",
        help="keep the one that the source asks for, or say in `unless` or `where` when each of "
        "them counts",
    )


def _states(pack: p.Pack) -> Iterator[_State]:
    for rule in pack.rules:
        for scoped in rule.duties:
            if isinstance(scoped.duty, p.Have):
                in_force = p.both_in_force(rule.in_force, scoped.duty.grounds.in_force)
                yield _State(scoped.scope, scoped.duty, in_force)


def _can_both_be_met(first: _State, last: _State, linted: Linted) -> bool:
    """Whether there is a case in which each of them holds or is excepted."""
    fine = [
        p.Or((each.duty.condition, *(applies(clause) for clause in each.duty.unless)))
        for each in (first, last)
    ]
    return linted.space.possible(together(standing(first.scope), *fine)) is not None
