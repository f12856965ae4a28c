"""A column of the dataset, to what it says: ids, codes, flags, and rows that are no events."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol

from attrs import frozen

from duly.dsl.policy import BLANK
from duly.engine.days import read_yes_no
from duly.engine.raw import Cell
from duly.plugins.sources.csv_file import CsvFile, normal, plain_ids

Names = tuple[str, ...]
"""What case systems call one column; the first that is there is read."""


def is_blank(cell: Cell) -> bool:
    """Whether a cell says nothing."""
    return cell is None or cell.strip().casefold() in BLANK


def is_yes(cell: Cell) -> bool:
    """Whether a cell is a yes; a blank is not one."""
    return cell is not None and read_yes_no(cell.strip()) == 1


def cells(file: CsvFile, names: Names) -> Sequence[Cell] | None:
    """The column under the first of its names that the file has."""
    return next((file.columns[name] for name in names if name in file.columns), None)


def ids(file: CsvFile, names: Names) -> Sequence[str] | None:
    """A column of ids as they are compared: trimmed, blank where there is none."""
    column = cells(file, names)
    if column is None:
        return None
    return plain(column)


def plain(column: Sequence[Cell]) -> list[str]:
    """Cells that hold ids, as they are compared."""
    return ["" if is_blank(cell) else (cell or "").strip() for cell in plain_ids(column)]


# ------------------------------------------------------- where a column comes from


@frozen
class Field:
    """A column as it stands, under whichever name it has."""

    names: Names

    def read(self, file: CsvFile) -> Sequence[Cell] | None:
        return cells(file, self.names)


@frozen
class Code:
    """A column of codes (``U4``, ``U4 - Foster placement``), as the values that they stand for."""

    names: Names
    values: Mapping[str, Names]

    def read(self, file: CsvFile) -> Sequence[Cell] | None:
        column = cells(file, self.names)
        if column is None:
            return None
        known = {normal(code): value for value, codes in self.values.items() for code in codes}
        written = {cell: normal(cell) for cell in set(column) if cell}
        meaning = {cell: known.get(name, known.get(_first(name))) for cell, name in written.items()}
        return [meaning.get(cell) if cell else None for cell in column]


def _first(name: str) -> str:
    """The code in front of its words."""
    return re.split(r"[:_.]", name, maxsplit=1)[0]


@frozen
class JsonFlag:
    """A yes/no that stands inside a column of JSON."""

    names: Names
    key: str

    def read(self, file: CsvFile) -> Sequence[Cell] | None:
        column = cells(file, self.names)
        if column is None:
            return None
        pattern = re.compile(rf'"?{self.key}"?\s*:\s*"?(\w*)')
        found = (pattern.search(cell or "") for cell in column)
        return [match[1] if match else None for match in found]


Source = Field | Code | JsonFlag


def fields(**columns: str | Names | Source) -> Mapping[str, Source]:
    """Canonical columns with where each comes from; a name, or several, stands for a ``Field``."""
    return {
        name: Field((source,) if isinstance(source, str) else source)
        if isinstance(source, str | tuple)
        else source
        for name, source in columns.items()
    }


# ------------------------------------------------------------ rows that are no events


class LeftOut(Protocol):
    """Rows that are deliberately not facts, and the words that say so in a note."""

    @property
    def words(self) -> str: ...

    def rows(self, file: CsvFile) -> set[int]: ...


@frozen
class Ticked:
    """Rows with a yes, such as a review that was cancelled; a blank is no."""

    names: Names
    words: str

    def rows(self, file: CsvFile) -> set[int]:
        return {row for row, cell in enumerate(cells(file, self.names) or ()) if is_yes(cell)}


@frozen
class NextDue:
    """Rows with a due date and no date: the next one, which has not been held."""

    date: Names
    due: Names
    words: str = "a due date alone, the next one to come"

    def rows(self, file: CsvFile) -> set[int]:
        dates, due = cells(file, self.date), cells(file, self.due)
        if dates is None or due is None:
            return set()
        pairs = enumerate(zip(dates, due, strict=True))
        return {row for row, (day, until) in pairs if is_blank(day) and not is_blank(until)}
