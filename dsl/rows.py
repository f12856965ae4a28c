"""The row table of a pack, ``rows.csv``: what its source document asks for, row by row.

The table says where in the document each row stands, and never what the document says there.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import get_args

from duly.dsl.diagnostics import Diagnostics, did_you_mean
from duly.dsl.files import ROWS, read_text
from duly.dsl.policy import Row, RowKind
from duly.dsl.source import SourceText, Span

COLUMNS = ("row", "kind", "force", "theme", "place")
KINDS = get_args(RowKind)

_ID = re.compile(r"[A-Z]-[0-9]+")


def read_rows(
    folder: Path, diagnostics: Diagnostics, sources: dict[str, SourceText]
) -> tuple[Row, ...]:
    """The rows of the folder's table, in its order; none where it has no table."""
    path = folder / ROWS
    text = read_text(path, diagnostics) if path.is_file() else None
    if text is None:
        return ()
    source = sources[str(path)] = SourceText(str(path), text)
    lines = csv.reader(text.splitlines(), strict=True)
    try:
        return tuple(_rows(lines, source, diagnostics))
    except csv.Error as error:
        _wrong(source, lines.line_num, f"this is no line of a CSV file: {error}", diagnostics)
        return ()


def _rows(lines: Iterator[list[str]], source: SourceText, found: Diagnostics) -> Iterator[Row]:
    heading = next(lines, [])
    if tuple(heading) != COLUMNS:
        _wrong(source, 1, f"the columns are not `{','.join(COLUMNS)}`", found)
        return
    seen: set[str] = set()
    for number, cells in enumerate(lines, 2):
        if not cells:
            continue
        what = _mistake(cells, seen)
        if what:
            _wrong(source, number, what, found)
            continue
        seen.add(cells[0])
        yield Row(*cells)  # type: ignore[arg-type]


def _mistake(cells: Sequence[str], seen: set[str]) -> str:
    """What is wrong with a line, if anything."""
    if len(cells) != len(COLUMNS):
        return f"this line has {len(cells)} cells, and the table {len(COLUMNS)} columns"
    row, kind, *_ = cells
    if not _ID.fullmatch(row):
        return f"`{row}` is no id of a row, such as S-152"
    if row in seen:
        return f"row {row} is in the table twice"
    if kind not in KINDS:
        guess = did_you_mean(kind, KINDS)
        return f"`{kind}` is no kind of row{f': {guess}' if guess else ''}"
    return ""


def _wrong(source: SourceText, number: int, what: str, diagnostics: Diagnostics) -> None:
    width = len(source.line(number))
    diagnostics.add(
        "row-table",
        what,
        Span(source.file, number, 1, number, width + 1),
        why="an auditor could not tell which rows of the document any child is held to",
        help=f"each line has `{','.join(COLUMNS)}`; the kind is one of {', '.join(KINDS)}",
    )
