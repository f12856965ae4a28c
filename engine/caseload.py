"""Facts cut to the as-at day, and what many duties look up in them, worked out once.

Hundreds of duties, of the law and of local policy, stand on the same scopes and occasions, run from
the same anchors, are fulfilled by the same acts and ask the same conditions.  A function marked
``shared`` works such a thing out the first time that it is asked of a caseload; whoever asks for
the same again is given the same.  What is asked for is told by the function and by what it is
given beside the caseload: nodes of the policy, which are the same where they say the same
wherever they stand, and domains and tables, which are the same only where they are one.  So what
is shared of a scope can be shared of all that is looked up in it.

A caseload is a partition of the facts: what has been found goes when the partition is done with.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from functools import cache, wraps
from operator import attrgetter
from typing import Any, ParamSpec, TypeVar

import numpy as np
from attrs import evolve, field, frozen

from duly.dsl import policy as p
from duly.engine.dates import Days
from duly.engine.days import FAR
from duly.engine.facts import ANY_PARENT, Facts, Table
from duly.engine.keys import rows_of_each, spans
from duly.engine.lower import truth_table
from duly.engine.plan import TruthTable
from duly.engine.timeline import Domain

Asked = ParamSpec("Asked")
Found = TypeVar("Found")


def shared(function: Callable[Asked, Found]) -> Callable[Asked, Found]:
    """The function, worked out once for the same things asked of the same caseload, its last.

    What it finds belongs to all who ask, so nobody may write to it.
    """

    @wraps(function)
    def once(*asked: Asked.args, **how: Asked.kwargs) -> Found:
        *things, caseload = asked
        assert isinstance(caseload, Caseload)
        key = (function, *things, *how.items())
        found: Found | None = caseload.found.get(key)
        if found is None:
            found = caseload.found[key] = _sealed(function(*asked, **how))
        return found

    return once


def _sealed(found: Found) -> Found:
    """What was found, its columns closed to writing."""
    for column in _parts_of(type(found))(found):  # type: ignore[arg-type]
        if isinstance(column, np.ndarray):
            column.setflags(write=False)
    return found


@cache
def _parts_of(kind: type) -> Callable[[Any], Iterable[Any]]:
    """What takes something of a kind apart: a tuple is its parts, a class its fields."""
    names = [field.name for field in getattr(kind, "__attrs_attrs__", ())]
    if issubclass(kind, tuple):
        return iter
    if len(names) > 1:
        return attrgetter(*names)
    return lambda found: (getattr(found, names[0]) if names else found,)


@frozen(eq=False)
class Caseload:
    """Facts cut to the as-at day, and what has been found in them so far."""

    facts: Facts
    as_at: int
    policy: p.Policy
    tables: dict[p.Condition, TruthTable] = field(factory=dict, repr=False)
    found: dict[Hashable, Any] = field(init=False, factory=dict, repr=False)

    def truth_table(self, condition: p.Condition) -> TruthTable:
        """A condition's leaves and table, worked out once for all caseloads of a plan."""
        if condition not in self.tables:
            self.tables[condition] = truth_table(self.policy, condition)
        return self.tables[condition]

    def table(self, kind: str) -> Table:
        """All rows of a kind."""
        return self.facts.tables[kind]

    def with_table(self, table: Table) -> Caseload:
        """The same with other rows of one kind; what is found in them is shared as well."""
        return _with_table(table, self)

    def held(self, kind: str, where: p.Condition | None) -> Table:
        """The same, covered only as far as sources hold the rows that the test asks for.

        Of a child whose row of a period is in quarantine nothing is known but what is recorded.
        """
        return _held(kind, where, self)


@shared
def _with_table(table: Table, caseload: Caseload) -> Caseload:
    tables = {**caseload.facts.tables, table.kind.name: table}
    return evolve(caseload, facts=evolve(caseload.facts, tables=tables))


@shared
def _held(kind: str, where: p.Condition | None, caseload: Caseload) -> Table:
    table = caseload.facts.tables[kind]
    if table.unread and table.kind.nature == "period":
        covered = table.covered_from.copy()
        covered[list(table.unread)] = FAR
        table = evolve(table, covered_from=covered)
    for attribute, missing in table.gaps.items():
        asked = _asked_for(table, attribute, where)
        if asked & missing:
            nothing = np.full(len(caseload.facts.subjects), FAR, np.int32)
            coverage = table.coverage if asked - missing else "absent"
            table = evolve(table, covered_from=nothing, coverage=coverage)
    return table


def _of_members(domain: Domain, table: Table) -> tuple[Days, Days]:
    """By id, where several scopes are made of the same rows; rows of anyone's are each scope's."""
    order = np.argsort(domain.member_row, kind="stable")
    rows = np.flatnonzero((table.parent >= 0) | (table.parent == ANY_PARENT)).astype(np.int32)
    parent = domain.member_row[order]
    lo = np.searchsorted(parent, table.parent[rows], side="left")
    hi = np.searchsorted(parent, table.parent[rows], side="right")
    which, place = spans(lo, hi)
    scope, row = domain.member_scope[order][place], rows[which]
    anyones = rows[table.parent[rows] == ANY_PARENT]
    whose, some = rows_of_each(domain.subject, table.subject[anyones])
    return np.concatenate([scope, whose]), np.concatenate([row, anyones[some]])


def _asked_for(table: Table, attribute: str, where: p.Condition | None) -> frozenset[str]:
    """The values of an attribute that a test lets through; all, where it does not look at it."""
    tests = where.parts if isinstance(where, p.And) else (where,)
    for test in tests:
        if isinstance(test, p.Is) and (test.owner, test.name) == (table.kind.name, attribute):
            return frozenset(test.values)
    return frozenset(table.kind.attributes[attribute].values)


@shared
def pairs(domain: Domain, table: Table, own: bool, caseload: Caseload) -> tuple[Days, Days]:
    """Which rows each scope looks at: by id where it is so declared, else its subject's."""
    if own and domain.period is not None and table.kind.of == domain.period:
        if domain.event is not None:
            return _of_members(domain, table)
        scope_of = np.full(int(domain.member_row.max(initial=-1)) + 2, -1, np.int32)
        scope_of[domain.member_row] = domain.member_scope
        named = (table.parent >= 0) & (table.parent < len(scope_of) - 1)
        scope = scope_of[np.where(named, table.parent, -1)]
        rows = np.flatnonzero(scope >= 0).astype(np.int32)
        anyones = np.flatnonzero(table.parent == ANY_PARENT).astype(np.int32)
        whose, which = rows_of_each(domain.subject, table.subject[anyones])
        return (
            np.concatenate([scope[rows].astype(np.int32), whose]),
            np.concatenate([rows, anyones[which]]),
        )
    return rows_of_each(domain.subject, table.subject)
