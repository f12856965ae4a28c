"""What has become of the rows of a source: for a terminal, a page, a program or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import groupby

from attrs import frozen

from duly.engine.cli.formats.tables import table
from duly.engine.tracing import STATUSES, Trace, Traced

SCHEMA = 1
"""Goes up when a field is renamed, removed or given another meaning; new fields leave it."""


@frozen
class Shown:
    """A trace, of which all rows are counted, and all shown or those alone that lack something."""

    trace: Trace
    missing: bool = False

    @property
    def rows(self) -> Sequence[Traced]:
        """The rows that are shown."""
        return [row for row in self.trace.rows if row.is_missing or not self.missing]


# ---------------------------------------------------------------------- what is counted


def _counts(trace: Trace) -> list[list[str]]:
    """A line for each kind of row and one for all, with a count for each status."""
    every = [str(trace.count(status)) for status in STATUSES]
    lines = [
        [kind, *(str(trace.count(status, kind)) for status in STATUSES), str(trace.count_of(kind))]
        for kind in trace.kinds
    ]
    return [["kind", *STATUSES.values(), "rows"], *lines, ["all", *every, str(len(trace.rows))]]


def _categories(trace: Trace) -> dict[str, int]:
    """How many rows are not encoded, by the reason that is given."""
    found = Counter(row.category for row in trace.rows if row.status == "not_encoded")
    return {str(category): count for category, count in found.most_common()}


# -------------------------------------------------------------------------- text


def text(found: Iterable[Shown]) -> Iterator[str]:
    """Each row with what has become of it, and the counts."""
    for each in found:
        pack = each.trace.pack
        if not each.trace.rows:
            yield f"{pack.name}: no rows.csv says what its source asks for, so there is no row"
            continue
        for row in each.rows:
            yield f"{row.row.id}  {row.row.kind}, {row.row.force}  {row.row.place}"
            yield from (f"    {line}" for line in _told(row))
        yield ""
        beside = f", with {', '.join(each.trace.others)}" if each.trace.others else ""
        yield f"{pack.name}: {pack.title}{beside}"
        yield from _aligned(_counts(each.trace))
        categories = _categories(each.trace)
        if categories:
            counted = ", ".join(f"{category} {n}" for category, n in categories.items())
            yield f"not encoded, because: {counted}"


def _told(row: Traced) -> Iterator[str]:
    """What has become of a row, in a line or more."""
    if row.status == "nothing":
        yield row.reason or "nothing: no rule traces it, and nothing says why"
        return
    if row.status == "not_encoded":
        stated = f" ({', '.join(row.rules)})" if row.rules else ""
        yield f"not encoded: {row.category}, {row.reason}{stated}"
        return
    held = f" ({', '.join(row.sources)})" if row.status == "encoded" else ""
    yield f"{STATUSES[row.status]}{held}: {', '.join(row.rules)}"
    yield from row.untested
    if row.lacking:
        yield f"only the CSV templates hold {', '.join(row.lacking)}"
    if row.lacking_excuses:
        names = ", ".join(row.lacking_excuses)
        yield f"for its exceptions, only the CSV templates hold {names}"


def _aligned(table: Sequence[Sequence[str]]) -> Iterator[str]:
    """Names to the left, numbers to the right; a heading as wide as its column."""
    widths = [max(len(line[n]) for line in table) for n in range(len(table[0]))]
    for first, *rest in table:
        cells = (cell.rjust(width) for cell, width in zip(rest, widths[1:], strict=True))
        yield "  ".join((first.ljust(widths[0]), *cells))


# ---------------------------------------------------------------------- markdown


def markdown(found: Iterable[Shown]) -> Iterator[str]:
    """The counts, then a table for each section of the source."""
    for each in found:
        yield f"# {each.trace.pack.title}, row by row"
        yield ""
        yield from counts_page(each.trace)
        for section, rows in groupby(_by_section(each.rows), key=lambda row: row.row.section):
            yield ""
            yield f"## {section}"
            yield ""
            names = ["row", "kind", "force", "about", "where", "what has become of it"]
            yield from table(names, map(_cells, rows))


def counts_page(trace: Trace) -> Iterator[str]:
    """The counts by kind of row, and of what is not encoded the reasons."""
    heading, *lines = _counts(trace)
    yield from table(heading, lines)
    categories = _categories(trace)
    if categories:
        yield ""
        told = ([f"`{category}`", str(n)] for category, n in categories.items())
        yield from table(["not encoded, because", "rows"], told)


def _by_section(rows: Iterable[Traced]) -> list[Traced]:
    """Sections in the order in which the source first comes to them."""
    rows = list(rows)
    order = {name: n for n, name in enumerate(dict.fromkeys(row.row.section for row in rows))}
    return sorted(rows, key=lambda row: order[row.row.section])


def _cells(row: Traced) -> list[str]:
    where = row.row.place.removeprefix(row.row.section).lstrip(", ") or row.row.place
    told = "<br>".join(escape(line, quote=False) for line in _told(row))
    return [row.row.id, row.row.kind, row.row.force, row.row.theme, where, told]


# ------------------------------------------------------------------ for programs


def as_json(found: Iterable[Shown]) -> Iterator[str]:
    """The whole of it at once, so that it can be read as one value."""
    packs = [
        {
            "name": each.trace.pack.name,
            "with": list(each.trace.others),
            "counts": {
                kind: {status: each.trace.count(status, kind) for status in STATUSES}
                for kind in each.trace.kinds
            },
            "not_encoded_because": _categories(each.trace),
            "rows": [_fields(row) for row in each.rows],
        }
        for each in found
    ]
    yield json.dumps({"schema": SCHEMA, "packs": packs}, indent=2, ensure_ascii=False)


def as_csv(found: Iterable[Shown]) -> Iterator[str]:
    """One table of the rows of all packs; several values in a cell are split by semicolons."""
    lines = [
        {"pack": each.trace.pack.name, **_flat(_fields(row))} for each in found for row in each.rows
    ]
    page = io.StringIO()
    writer = csv.DictWriter(page, ["pack", *FIELDS], lineterminator="\n")
    writer.writeheader()
    writer.writerows(lines)
    yield page.getvalue().rstrip("\n")


FIELDS = (
    "row kind force theme place status category reason"
    " rules sources lacking lacking_in_exceptions untested"
).split()


def _fields(row: Traced) -> dict[str, str | list[str] | None]:
    values = (
        *(row.row.id, row.row.kind, row.row.force, row.row.theme, row.row.place),
        *(row.status, row.category, row.reason, list(row.rules), list(row.sources)),
        *(list(row.lacking), list(row.lacking_excuses), list(row.untested)),
    )
    return dict(zip(FIELDS, values, strict=True))


def _flat(fields: dict[str, str | list[str] | None]) -> dict[str, str]:
    return {
        name: "; ".join(value) if isinstance(value, list) else value or ""
        for name, value in fields.items()
    }
