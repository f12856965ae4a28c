"""What every contestant comes to: the obligations of the visiting rule, as an Arrow table.

Text may be plain or a dictionary, whichever is the cheaper for the tool; blanks are nulls.
"""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
from pyarrow import compute, parquet

SCHEMA = pa.schema(
    {
        "subject_id": pa.string(),
        "anchor": pa.date32(),
        "deadline": pa.date32(),
        "fulfilled": pa.date32(),
        "verdict": pa.string(),
        "assumed": pa.bool_(),
    }
)


def in_order(table: pa.Table) -> pa.Table:
    """The same rows in one form and order; several of one child and anchor are told apart too."""
    plain = pa.table(
        [table[field.name].cast(field.type) for field in SCHEMA], schema=SCHEMA
    ).combine_chunks()
    return plain.sort_by([(name, "ascending") for name in SCHEMA.names])


def save(table: pa.Table, path: Path) -> None:
    parquet.write_table(in_order(table), path, compression="zstd")


def difference(expected: pa.Table, found: pa.Table, shown: int = 5) -> str:
    """How the rows of one differ from those of another, both in order; nothing where they agree."""
    if expected.equals(found):
        return ""
    if len(expected) != len(found):
        missing = _others(expected, found)
        added = _others(found, expected)
        return (
            f"{len(found):,} rows in place of {len(expected):,}\n"
            f"missing: {missing[:shown]}\nadded: {added[:shown]}"
        )
    unlike = pa.array([False] * len(expected))
    for name in SCHEMA.names:
        same = compute.fill_null(compute.equal(expected[name], found[name]), False)
        both_blank = compute.and_(compute.is_null(expected[name]), compute.is_null(found[name]))
        unlike = compute.or_(unlike, compute.invert(compute.or_(same, both_blank)))
    one, other = expected.filter(unlike), found.filter(unlike)
    pairs = zip(one[:shown].to_pylist(), other[:shown].to_pylist(), strict=True)
    told = "\n".join(f"{left}\n  {right}" for left, right in pairs)
    return f"{len(one):,} rows differ, the first of them:\n{told}"


def _others(some: pa.Table, others: pa.Table) -> list[tuple[object, ...]]:
    known = {tuple(row.values()) for row in others.to_pylist()}
    return [row for row in (tuple(each.values()) for each in some.to_pylist()) if row not in known]
