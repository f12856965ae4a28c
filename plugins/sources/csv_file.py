"""One CSV file, as councils' systems write them, to columns of text under normal names.

Bytes become text (UTF-8, UTF-16 or cp1252), text becomes rows (comma, semicolon or tab), rows
become columns.  A row that is too long is quarantined; nothing is interpreted.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from itertools import islice, repeat
from pathlib import Path

from attrs import frozen

from duly.dsl.plurals import number_of
from duly.engine.days import date_of, read_day
from duly.engine.raw import Cell, Coded, FactsError, Quarantined

QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛`´", "'"))
INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u00ad"))
BYTE_ORDER_MARKS = {
    b"\xef\xbb\xbf": "utf-8-sig",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


HANDFUL = 1_000
"""Rows are turned into columns by handfuls: a whole file's rows would not stay in the cache."""

_Row = tuple[int, list[str]]


@frozen
class CsvFile:
    """The columns of one file by normal name; ``rows`` are line numbers, as an editor shows them.

    ``headers`` keeps each column's name as the file spells it.
    """

    place: str
    rows: Sequence[int]
    columns: Mapping[str, Sequence[Cell]]
    headers: Mapping[str, str]
    quarantine: tuple[Quarantined, ...] = ()


def normal(name: str) -> str:
    """A header or file name as it is compared: ``" Person\\xa0ID "`` is ``person_id``."""
    plain = name.translate(INVISIBLE).translate(QUOTES).casefold()
    return re.sub(r"[\s\-_]+", "_", plain).strip("_\"'").strip("_")


def perhaps(name: str, known: Iterable[str]) -> str:
    """`` (did you mean `visit`?)``, or nothing where no known name is near.

    Names of files and columns look much alike, so that only the nearest is worth naming.
    """
    near = get_close_matches(normal(name), list(known), n=1, cutoff=0.75)
    return f" (did you mean `{near[0]}`?)" if near else ""


def quoted(names: Iterable[str]) -> str:
    """Names of the user's, marked as such: ```a`, `b```."""
    return ", ".join(f"`{name}`" for name in names)


def plain_ids(cells: Sequence[Cell]) -> Sequence[Cell]:
    """Ids without the ``.0`` that a spreadsheet adds to numbers; leading zeros stay."""
    if isinstance(cells, Coded):
        return Coded(cells.codes, plain_ids(cells.texts))
    if ".0" not in "\n".join(filter(None, cells)):
        return cells
    return [_plain_id(cell) if cell else cell for cell in cells]


def _plain_id(cell: str) -> str:
    stem, point, rest = cell.strip().rpartition(".")
    return stem if point and rest == "0" and stem.isdigit() else cell


def day(text: Cell) -> date | None:
    """A date, as the engine reads dates; ``None`` for a blank and for anything else."""
    number = read_day((text or "").strip())
    return date_of(number) if number >= 0 else None


def refuse_no_folder(folder: Path, what: str, example: str) -> None:
    """A location that is no folder stops the run; ``what`` it should hold one of for each kind."""
    if not folder.is_dir():
        raise FactsError(
            what=f"`{folder}` is not a folder" if folder.exists() else f"there is no `{folder}`",
            where=str(folder),
            why=f"facts are read from a folder that holds one {what} for each kind of fact",
            help=f"give the folder that holds the files, for example `{example}`",
        )


def csv_files(folder: Path) -> tuple[Path, ...]:
    """The CSV files of a folder, in order of name."""
    refuse_no_folder(folder, "CSV file", "csv:extract")
    return tuple(sorted(path for path in folder.iterdir() if path.suffix.casefold() == ".csv"))


def read(path: Path) -> CsvFile:
    """A CSV file's columns, with the rows that could not be read set aside."""
    text = _text(path)
    delimiter = max(",;\t", key=_first_line(text).count)
    grid = _plain_grid(text, delimiter) or _grid(path, text, delimiter)
    names = names_of_columns(path, grid.headers)
    headers = zip(names, map(str.strip, grid.headers), strict=True)
    columns = zip(names, grid.columns, strict=True)
    return CsvFile(
        place=path.name,
        rows=grid.rows,
        columns={name: cells for name, cells in columns if name},
        headers={name: header for name, header in headers if name},
        quarantine=grid.quarantine,
    )


@frozen
class _Grid:
    """A file's cells, column by column, below its headers."""

    headers: Sequence[str]
    rows: Sequence[int]
    columns: Sequence[Sequence[Cell]]
    quarantine: tuple[Quarantined, ...] = ()


def _text(path: Path) -> str:
    data = path.read_bytes()
    marked = next((name for mark, name in BYTE_ORDER_MARKS.items() if data.startswith(mark)), None)
    if marked is None and b"\0" in data:
        raise _not_csv(path, "it holds bytes that text never holds")
    for encoding in (marked,) if marked else ("utf-8", "cp1252"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise _not_csv(path, "it is neither UTF-8 nor UTF-16 nor Windows text")


def _not_csv(path: Path, found: str) -> FactsError:
    return FactsError(
        what=f"`{path.name}` is not a CSV file: {found}",
        where=str(path),
        why="nothing in it can be read, and without it its facts would seem not to exist",
        help="open it in the program that made it and save it as `CSV UTF-8 (comma delimited)`",
    )


def _first_line(text: str) -> str:
    return next(filter(str.strip, io.StringIO(text, newline="")), "")


def _plain_grid(text: str, delimiter: str) -> _Grid | None:
    """The usual file, in a third of the time: no quotation marks, lines of one length."""
    text = text.replace("\r\n", "\n").removesuffix("\n")
    lines = text.split("\n")
    if '"' in text or "\r" in text or len(set(map(str.count, lines, repeat(delimiter)))) > 1:
        return None
    width = lines[0].count(delimiter) + 1
    if f"\n{delimiter * (width - 1)}\n" in f"\n{text}\n":
        return None
    cells = text.replace("\n", delimiter).split(delimiter)
    columns = [cells[width + index :: width] for index in range(width)]
    return _Grid(cells[:width], range(2, len(lines) + 1), columns)


def _grid(path: Path, text: str, delimiter: str) -> _Grid:
    """Any file: quoted cells, rows over several lines, rows of unequal length, blank lines."""
    rows = _rows(path, text, delimiter)
    headers = next((row for _, row in rows if any(map(str.strip, row))), [])
    numbers: list[int] = []
    columns: list[list[Cell]] = [[] for _ in headers]
    quarantine: list[Quarantined] = []
    while handful := list(islice(rows, HANDFUL)):
        kept = _rectangle(path.name, handful, len(headers), quarantine)
        numbers.extend(number for number, _ in kept)
        if kept:
            for column, cells in zip(
                columns, zip(*(row for _, row in kept), strict=True), strict=True
            ):
                column.extend(cells)
    return _Grid(headers, numbers, columns, tuple(quarantine))


def _rows(path: Path, text: str, delimiter: str) -> Iterator[_Row]:
    """Each row, the header among them, with the line that it begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    line = last = 1
    try:
        for row in reader:
            yield line, row
            last, line = line, reader.line_num + 1
    except csv.Error as error:
        raise _broken(path, line, str(error)) from None
    if line - last > 1 and _never_closed(text, delimiter):
        raise _broken(path, last, "a quotation mark is never closed")


def _never_closed(text: str, delimiter: str) -> bool:
    """Only a ``strict`` reader minds that a quotation mark has swallowed the rest of the file."""
    try:
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error as error:
        return "unexpected end of data" in str(error)
    return False


def _broken(path: Path, line: int, found: str) -> FactsError:
    return FactsError(
        what=f"`{path.name}` cannot be split into rows: {found}",
        where=f"{path}:{line}",
        why="rows after this place would be read as one cell, and be missed without a word",
        help="close the quotation mark, or write the file again from the case system",
    )


def names_of_columns(path: Path, headers: Sequence[str]) -> tuple[str, ...]:
    """The normal names of a file's columns, of which no two are alike."""
    names = tuple(map(normal, headers))
    twice = next((name for name in names if name and names.count(name) > 1), None)
    if twice:
        raise FactsError(
            what=f"the column `{twice}` appears twice",
            where=str(path),
            why="it is not known which of the two holds the facts",
            help="remove or rename one of them",
        )
    return names


def _rectangle(
    place: str, rows: list[_Row], width: int, quarantine: list[Quarantined]
) -> list[_Row]:
    """Rows of one width: short ones filled up, empty ones skipped, long ones quarantined."""
    if all(len(row) == width and any(row) for _, row in rows):
        return rows
    kept: list[_Row] = []
    for number, row in rows:
        extra = [cell for cell in row[width:] if cell.strip()]
        if extra:
            reason = f"the row has {number_of(len(row), 'cell')} where the header has {width}"
            quarantine.append(Quarantined(place, number, "", extra[0], reason))
        elif any(map(str.strip, row)):
            kept.append((number, (row + [""] * (width - len(row)))[:width]))
    return kept
