"""Obligations: one row for each duty on one subject from one anchor, with its verdict."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from attrs import field, frozen

if TYPE_CHECKING:
    from duly.engine.columns import Column, Text

VERDICTS = (
    "met",
    "met_late",
    "overdue",
    "not_met",
    "due",
    "lapsed",
    "exempt",
    "cannot_tell",
    "needs_judgement",
)
"""Every verdict; a row's ``verdict`` code is the position here."""

FINDINGS = ("overdue", "not_met", "met_late")
"""Verdicts that say a duty was not done in time."""

COLUMNS = (
    "subject_id",
    "pack",
    "rule",
    "duty",
    "force",
    "scope_ref",
    "anchor_kind",
    "anchor_ref",
    "anchor_date",
    "deadline",
    "deadline_time",
    "effective_deadline",
    "fulfilled_on",
    "fulfilled_ref",
    "verdict",
    "days",
    "assumed",
    "reason",
    "citation",
    "team",
    "worker",
    "as_at",
    "known_at",
    "source_ref",
)
"""The columns of ``obligations.csv``, in order; others rely on names and order."""


class _InText(Mapping[str, "Text"]):
    """Columns as text, each made when it is first asked for."""

    def __init__(self, typed: Mapping[str, Column]):
        self._typed = typed
        self._made: dict[str, Text] = {}

    def __getitem__(self, name: str) -> Text:
        if name not in self._made:
            self._made[name] = self._typed[name].text()
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._typed)

    def __len__(self) -> int:
        return len(self._typed)


DATES = ("anchor_date", "deadline", "effective_deadline", "fulfilled_on", "as_at", "known_at")
NUMBERS = ("days",)
ANSWERS = ("assumed",)
"""The columns that are not text."""


@frozen(eq=False)
class Obligations:
    """A table of obligations: for each name of ``COLUMNS`` a typed column, all equally long.

    Rows stand in a stable order: the same input gives the same rows.
    """

    typed: Mapping[str, Column]
    columns: Mapping[str, Text] = field(init=False)
    """For each name an array of text, as it is written to files: dates are ISO, a blank is the
    empty string, ``days`` is a whole number, ``assumed`` is ``yes`` or ``no``."""

    @columns.default
    def _in_text(self) -> Mapping[str, Text]:
        return _InText(self.typed)

    @classmethod
    def of_text(cls, columns: Mapping[str, Text]) -> Obligations:
        """A table made of what ``columns`` would say."""
        from duly.engine.columns import read  # NumPy, which the names above do without

        return cls({name: read(name, column) for name, column in columns.items()})

    @classmethod
    def joined(cls, tables: Sequence[Obligations]) -> Obligations:
        """The rows of several, one after the other."""
        from duly.engine.columns import joined

        some = [table for table in tables if len(table)] or tables[:1]
        if len(some) == 1:
            return some[0]
        return cls({name: joined([table.typed[name] for table in some]) for name in COLUMNS})

    def __len__(self) -> int:
        return len(self.typed[COLUMNS[0]])
