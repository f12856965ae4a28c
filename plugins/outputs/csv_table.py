"""The table of obligations as a CSV file, whole or part by part."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from shutil import copyfileobj

import numpy as np
from attrs import evolve

from duly.engine.columns import Column, Texts
from duly.engine.obligations import COLUMNS, Obligations
from duly.engine.pipeline import Run
from duly.plugins.outputs.places import Parts, file_at

HEADINGS = ",".join(COLUMNS) + "\n"


def write(run: Run, path: Path) -> Sequence[Path]:
    """Write the table as CSV: a file, or ``obligations.csv`` where the path is a folder."""
    target = file_at(path, "obligations.csv")
    with target.open("w", encoding="utf-8", newline="") as file:
        file.write(HEADINGS)
        file.writelines(_lines(run.obligations))
    return [target]


class CsvStream:
    """The same file, made of the rows of each part."""

    def __init__(self, path: Path):
        self.parts = Parts(path, "obligations.csv")
        self.target = self.parts.target

    def part(self, number: int, obligations: Obligations) -> None:
        with self.parts[number].open("w", encoding="utf-8", newline="") as file:
            file.writelines(_lines(obligations))

    def whole(self, run: Run) -> Sequence[Path]:
        parts, whole = self.parts.in_order(), self.parts.whole
        with whole.open("wb") as file:
            file.write(HEADINGS.encode())
            for path in parts:
                with path.open("rb") as part:
                    copyfileobj(part, file, 1 << 20)
                path.unlink()  # so that no more room is taken than the whole
        whole.replace(self.target)
        self.parts.remove()
        return [self.target]

    def give_up(self) -> None:
        self.parts.give_up()


def _lines(obligations: Obligations) -> Iterator[str]:
    columns = [_cells(obligations.typed[name]) for name in COLUMNS]
    return (f"{line}\n" for line in map(",".join, zip(*columns, strict=True)))


def _cells(column: Column) -> list[str]:
    """Cells as CSV has them; a text that many rows share is looked at once."""
    if isinstance(column, Texts):
        values = np.array([_quote(text) for text in column.values.tolist()], object)
        column = evolve(column, values=values)
    cells: list[str] = column.text().tolist()
    return cells


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


_SPECIAL = re.compile(r'[",\r\n]')
