"""What a fact source hands over: text as it stood in the source, under canonical names.

A source reads and renames; it never interprets.  Dates, yes/no values, ids and links are read
in one place for all sources, ``duly.engine.reading``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol, overload

from attrs import field, frozen

from duly.dsl.policy import BLANK, Kind
from duly.engine.days import date_of

if TYPE_CHECKING:  # every command begins with this module, few come to have arrays
    import numpy as np
    import numpy.typing as npt

Cell = str | None
CoverageKind = Literal["events", "latest_only", "flags", "absent"]

LONGEST_BLANK = max(map(len, BLANK))


def id_in(cell: Cell) -> str:
    """The id that a cell holds, or nothing."""
    text = cell.strip() if cell else ""
    return "" if len(text) <= LONGEST_BLANK and text.casefold() in BLANK else text


@frozen(eq=False)
class Coded(Sequence[Cell]):
    """Cells of which many are alike: ``codes`` has one for each row, into ``texts``.

    Every text stands in some row; a row with nothing may have -1.  Whoever reads a ``Coded``
    reads its texts alone.
    """

    codes: npt.NDArray[np.int32]
    texts: Sequence[Cell]

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, which: int) -> Cell: ...
    @overload
    def __getitem__(self, which: slice) -> Coded: ...
    def __getitem__(self, which: int | slice) -> Cell | Coded:
        if isinstance(which, slice):
            import numpy as np

            codes, inverse = np.unique(self.codes[which], return_inverse=True)
            return Coded(inverse.astype(np.int32), [self._text(int(code)) for code in codes])
        return self._text(int(self.codes[which]))

    def __iter__(self) -> Iterator[Cell]:
        return map([*self.texts, None].__getitem__, self.codes.tolist())

    def _text(self, code: int) -> Cell:
        return self.texts[code] if code >= 0 else None


@frozen(eq=False)
class Dated(Sequence[Cell]):
    """Cells that are dates without a time, or empty: int32 ``days`` since 1900, -1 where empty.

    For sources that know types: a day need not become text to be read again.  As cells they are
    ISO dates, like those of a file of text.
    """

    days: npt.NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.days)

    @overload
    def __getitem__(self, which: int) -> Cell: ...
    @overload
    def __getitem__(self, which: slice) -> Dated: ...
    def __getitem__(self, which: int | slice) -> Cell | Dated:
        if isinstance(which, slice):
            return Dated(self.days[which])
        return _iso(int(self.days[which]))

    def __iter__(self) -> Iterator[Cell]:
        return map(_iso, self.days.tolist())


def _iso(day: int) -> Cell:
    return date_of(day).isoformat() if day >= 0 else None


def distinct(cells: Sequence[Cell]) -> Sequence[Cell]:
    """The texts of cells, each at least once; of coded ones each once."""
    return cells.texts if isinstance(cells, Coded) else cells


@frozen
class RawTable:
    """Rows of one kind of fact, column by column.

    ``kind`` is a name of the vocabulary (``visit``).  Canonical columns are ``person_id``
    (``worker_id`` where a further subject, ``worker``, is concerned); ``id``; ``start`` and
    ``end`` for periods, ``date`` for events, ``born`` for a subject; ``<period>_id`` where the
    kind is ``of`` a period; and attributes and milestones by name.
    All columns have as many cells as ``rows``, which holds each row's number in ``place``.
    A column may be ``Coded`` or ``Dated``: what is read of it is the same as of a list of its
    cells.  Ids, and the texts of coded ones, may be ``Ids`` where none is blank and none needs
    stripping.
    """

    kind: str
    place: str
    rows: Sequence[int] | npt.NDArray[np.int32]
    columns: dict[str, Sequence[Cell]]


@frozen
class Coverage:
    """What a source holds of one kind: ``None`` is open at that end.

    ``only`` is an attribute and a value of it: then this says that rows with that value are
    ``absent`` (visits of kind ``cp``, say), whatever is held of the others.
    ``assumed`` is what nobody stated: the run says so.
    """

    kind: str
    what: CoverageKind
    first: date | None = None
    last: date | None = None
    assumed: bool = False
    only: tuple[str, str] | None = None


@frozen
class Quarantined:
    """A row that could not be read: where, which column and value, and why."""

    place: str
    row: int
    column: str
    value: str
    reason: str


@frozen
class RawFacts:
    """Everything one source supplied.

    ``extracted`` is the day of the extract, where the source knows it.  ``quarantine`` holds
    rows that the source itself could not make sense of; ``notes`` is for the person who runs it.
    ``calendars`` are stretches that windows may follow, first and last day, by name.
    """

    tables: tuple[RawTable, ...] = ()
    coverage: tuple[Coverage, ...] = ()
    quarantine: tuple[Quarantined, ...] = ()
    notes: tuple[str, ...] = ()
    extracted: date | None = field(default=None)
    calendars: Mapping[str, Sequence[tuple[date, date]]] = field(factory=dict)


Range = tuple[str | None, str | None]
"""Ids from the first up to, and without, the last; ``None`` is open at that end."""


class Parted(Protocol):
    """A source that can be read by ranges of subjects, so that not all need be in memory.

    It is handed to the processes that evaluate, and so is pickled.

    What is derived of a whole table is stated here and not left to ``build``: the coverage of
    every kind that has rows (``assumed`` where nobody stated it), with no ``only``.
    """

    def parts(self, subject: Kind, size: int) -> Sequence[Range]:
        """Ranges in order of id (stripped, by code point), each of about ``size`` subjects.

        They leave nobody out; rows without an id are in the first, which is open.
        """

    def read(self, subject: Kind, part: Range) -> RawFacts:
        """The tables of one subject, all of them, with the rows of those in the range alone.

        Rows that the source itself refused come with the first range of the first subject.
        """


@frozen
class FactsError(Exception):
    """Something that stops a run before it starts, told to the person who can mend it."""

    what: str
    where: str
    why: str
    help: str

    def __str__(self) -> str:
        return f"{self.what}\n  where: {self.where}\n  why:   {self.why}\n  help:  {self.help}"


class PlanError(Exception):
    """A duty that cannot be computed; the message says which and why."""
