"""Facts as plain values: what is known of each subject, to compare two ways of reading them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from duly.engine.days import MISSING
from duly.engine.facts import Column, Facts, Table, notes_together


def told(*parts: Facts) -> dict[str, Any]:
    """What each subject's records say, of facts that may come in parts."""
    found: dict[str, Any] = {}
    for part in parts:
        for facts in part.all:
            for number, subject in enumerate(facts.subjects.tolist()):
                assert subject not in found, "nobody is in two parts"
                found[subject] = {
                    "born": int(facts.born[number]),
                    "attributes": _values(facts.columns, number),
                    "tables": {n: _rows(facts, t, number) for n, t in facts.tables.items()},
                }
    return found


def read_and_not(*parts: Facts) -> tuple[int, list[str], list[str]]:
    """How many rows were read, which of them are in quarantine, and what was noted."""
    quarantine = sorted(str(row) for part in parts for row in part.quarantine)
    notes = sorted(notes_together((part.notes, part.counted) for part in parts))
    return sum(part.rows_read for part in parts), quarantine, notes


def _rows(facts: Facts, table: Table, subject: int) -> dict[str, Any]:
    rows = (table.subject == subject).nonzero()[0].tolist()
    parents = facts.tables[table.kind.of].ids if table.kind.of else ()
    return {
        "coverage": (table.coverage, int(table.covered_from[subject]), table.covered_to),
        "gaps": table.gaps,
        "unread": subject in table.unread,
        "rows": [
            {
                "id": table.ids[row],
                "from": table.ref(row),
                "days": (int(table.start[row]), int(table.end[row])),
                "parent": _parent(int(table.parent[row]), parents),
                "columns": _values(table.columns, row),
                "times": {n: int(m[row]) for n, m in table.times.items() if m[row] != MISSING},
            }
            for row in rows
        ],
    }


def _parent(row: int, parents: Sequence[str]) -> int | str:
    return row if row < 0 else parents[row]


def _values(columns: Any, row: int) -> dict[str, Any]:
    return {name: (_value(column, row), column.supplied) for name, column in columns.items()}


def _value(column: Column, row: int) -> int | str:
    value = int(column.values[row])
    return column.categories[value] if column.categories and value >= 0 else value
