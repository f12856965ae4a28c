"""Facts cut to the as-at day, and which of their rows each scope looks at."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property, partial

import numpy as np
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.dates import Days
from duly.engine.days import FAR
from duly.engine.facts import ANY_PARENT, Facts, Table
from duly.engine.keys import rows_of_each, spans
from duly.engine.lower import TruthTable, truth_table
from duly.engine.timeline import Domain


@frozen(eq=False)
class Caseload:
    """Facts cut to the as-at day, and what leaves need to look things up in them."""

    facts: Facts
    as_at: int
    policy: p.Policy

    @cached_property
    def truth_table(self) -> Callable[[p.Condition], TruthTable]:
        """Each condition's leaves and table, worked out once."""
        return cache(partial(truth_table, self.policy))

    def table(self, kind: str) -> Table:
        """All rows of a kind."""
        return self.facts.tables[kind]

    def with_table(self, table: Table) -> Caseload:
        """The same with other rows of one kind."""
        tables = {**self.facts.tables, table.kind.name: table}
        return evolve(self, facts=evolve(self.facts, tables=tables))

    def held(self, kind: str, where: p.Condition | None) -> Table:
        """The same, covered only as far as sources hold the rows that the test asks for.

        Of a child whose row of a period is in quarantine nothing is known but what is recorded.
        """
        table = self.facts.tables[kind]
        if table.unread and table.kind.nature == "period":
            covered = table.covered_from.copy()
            covered[list(table.unread)] = FAR
            table = evolve(table, covered_from=covered)
        for attribute, missing in table.gaps.items():
            asked = _asked_for(table, attribute, where)
            if asked & missing:
                nothing = np.full(len(self.facts.subjects), FAR, np.int32)
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


def pairs(domain: Domain, table: Table, own: bool) -> tuple[Days, Days]:
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
