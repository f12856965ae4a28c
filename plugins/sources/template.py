"""The vocabulary, to a folder of empty CSV files that the ``csv`` source reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from textwrap import wrap

from duly.dsl.policy import Calendar, Kind
from duly.plugins.sources.canonical import TYPES, Column, Description, describe

INTRODUCTION = """\
FACTS FOR DULY

Each file in this folder holds one kind of fact: one line for each thing that happened, or
that ran for a time. Fill in what you have. Leave a file out if nobody records that kind of
fact; delete a column if your system does not have it. What is missing is treated as unknown,
never as done and never as allowed.

{types}

coverage.csv says what each file holds, so that a gap in the records is not taken for a gap in
the work. One line a kind:

  kind     The name of the file without .csv; or extract, whose last day is the day on which
           all of this was taken from the case system.
  what     events (every one), latest_only (only the newest of each person), flags (only
           whether it is so now) or absent (nothing).
  first    The first day from which everything is there. Blank: from the beginning.
  last     The last such day. Blank: up to the extract.
"""


def write_template(
    folder: Path, kinds: Mapping[str, Kind], calendars: Mapping[str, Calendar]
) -> list[Path]:
    """Write one CSV with headers for each kind, ``coverage.csv`` and ``README.txt``."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptions = describe(kinds, calendars)
    files = [
        _write_csv(folder / each.file, [[column.name for column in each.columns]])
        for each in descriptions
    ]
    coverage = _write_csv(folder / "coverage.csv", [["kind", "what", "first", "last"]])
    readme = folder / "README.txt"
    introduction = INTRODUCTION.format(types="\n".join(_types()))
    readme.write_text("\n".join([introduction, *map(_explain, descriptions)]), encoding="utf-8")
    return [*files, coverage, readme]


def _types() -> Iterator[str]:
    width = max(map(len, TYPES)) + 2
    for name, how in TYPES.items():
        lines = wrap(f"{how}.", 94 - width)
        yield f"  {name:<{width}}{lines[0][:1].upper()}{lines[0][1:]}"
        yield from (f"  {'':<{width}}{line}" for line in lines[1:])


def _write_csv(path: Path, rows: Sequence[Sequence[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)
    return path


def _explain(description: Description) -> str:
    width = max(len(column.name) for column in description.columns)
    title = description.kind.title or description.kind.name.replace("_", " ")
    lines = [f"  {column.name:<{width}}  {_meaning(column)}" for column in description.columns]
    return "\n".join([f"{description.file}  {title}", *lines, ""])


def _meaning(column: Column) -> str:
    values = ", ".join(column.values)
    kind = f"one of {values}" if values else column.type
    return f"{column.what} ({kind}{', needed' if column.needed else ''})"
