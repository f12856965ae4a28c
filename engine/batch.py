"""Judged obligations as columns, and the codes that their verdicts and doubts have."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNTIMED
from duly.engine.facts import Table
from duly.engine.keys import Flags
from duly.engine.moments import Minutes
from duly.engine.obligations import VERDICTS
from duly.engine.plan import DutyPlan
from duly.engine.timeline import Domain

(
    MET,
    MET_LATE,
    OVERDUE,
    NOT_MET,
    DUE,
    LAPSED,
    IS_EXEMPT,
    CANNOT_TELL,
    NEEDS_JUDGEMENT,
) = range(len(VERDICTS))

(
    NO_DOUBT,
    NOT_HELD,
    NOT_COVERED,
    AFTER_EXTRACT,
    UNDECIDED_ACT,
    UNDECIDED_ANCHOR,
    BLANK_START,
    NO_ANCHOR,
    QUARANTINED,
    BLANK_BIRTH,
    NO_COLUMN,
    NO_LENGTH,
    NO_CALENDAR,
    UNDECIDED_STATE,
    SHORT_RECORD,
    TIME_OF_DAY,
) = range(16)
"""Why an obligation is ``cannot tell``."""


@frozen(eq=False)
class Tables:
    """What the rows of a batch point into: acts, anchors, and the rows that scopes are made of."""

    act: Table | None
    anchor: Table | None = None
    scope: Table | None = None


@frozen(eq=False)
class Batch:
    """The obligations of one step of one duty; arrays of equal length, days as int32.

    ``anchor_minute``, ``deadline_minute`` and ``fulfilled_minute`` are the times of day of steps
    that look at them, ``UNTIMED`` where there is none (1,440 is the end of the day).
    ``act`` is the fulfilling row (-1 for none), ``end`` the day on which the obligation ended
    (``FAR`` while it runs), ``doubt`` why it cannot be told, ``code`` the state of the guard's
    leaves that decided the deadline, ``mover`` a leaf that is not known and would move it (-1 for
    none).
    """

    duty: DutyPlan
    step: int
    domain: Domain
    scope: Days
    anchor: Days
    anchor_from: npt.NDArray[np.int8]
    anchor_row: Days
    deadline: Days
    fulfilled: Days
    act: Days
    end: Days
    verdict: npt.NDArray[np.int8]
    days: Days
    assumed: Flags
    mover: npt.NDArray[np.int8]
    doubt: npt.NDArray[np.int8]
    code: npt.NDArray[np.int32]
    anchor_minute: Minutes
    deadline_minute: Minutes
    fulfilled_minute: Minutes
    anchor_table: Table | None
    act_table: Table | None
    scope_table: Table | None

    def __len__(self) -> int:
        return len(self.scope)

    @classmethod
    def of(
        cls,
        duty: DutyPlan,
        domain: Domain,
        scope: Days,
        tables: Tables,
        *,
        step: int = 0,
        **columns: npt.NDArray[np.generic],
    ) -> Batch:
        """A batch of which only some columns have something to say; the others are blank.

        What is the same in all rows takes the room of one.
        """
        count = len(scope)
        filled: dict[str, Any] = {}
        for name, (dtype, blank) in _BLANKS.items():
            given: Any = columns.pop(name, blank)
            column: Any = np.asarray(given, dtype)
            filled[name] = column if column.ndim else _same_in_all(column, count)
        assert not columns, columns
        return cls(
            duty,
            step,
            domain,
            scope,
            **filled,
            anchor_table=tables.anchor,
            act_table=tables.act,
            scope_table=tables.scope,
        )

    @property
    def subject(self) -> Days:
        """Whom each obligation concerns."""
        return self.domain.subject[self.scope]

    @property
    def scope_start(self) -> Days:
        """The first day of each obligation's scope."""
        return self.domain.start[self.scope]

    @property
    def scope_row(self) -> Days:
        """The first table row of each obligation's scope, -1 where it is not made of rows."""
        return self.domain.first_row[self.scope]

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> Batch:
        """Some of the rows, each once."""
        if keep.dtype == bool and keep.all():
            return self
        rows: npt.NDArray[Any] = np.flatnonzero(keep) if keep.dtype == bool else keep
        assert len(rows) <= len(self)  # what is the same in all rows is cut to so many
        some: dict[str, Any] = {name: _some(getattr(self, name), rows) for name in _COLUMNS}
        return evolve(self, **some)

    def put(self, some: Flags | npt.NDArray[np.intp], **values: npt.ArrayLike) -> Batch:
        """The same with other values in some of the rows; columns are never written to."""
        columns: dict[str, Any] = {name: getattr(self, name).copy() for name in values}
        for name, value in values.items():
            columns[name][some] = value
        return evolve(self, **columns)


def _some(
    column: npt.NDArray[np.generic], rows: npt.NDArray[np.integer]
) -> npt.NDArray[np.generic]:
    """Some rows of a column; what is the same in all stays in the room of one."""
    return column[: len(rows)] if column.strides == (0,) else column[rows]


def _same_in_all(one: npt.NDArray[np.generic], count: int) -> npt.NDArray[np.generic]:
    """A column of one value, in the room of one, and closed to writing."""
    column = np.ndarray(count, one.dtype, one, strides=(0,))
    column.flags.writeable = False
    return column


_BLANKS: dict[str, tuple[type, int]] = {
    "anchor": (np.int32, MISSING),
    "anchor_from": (np.int8, 0),
    "anchor_row": (np.int32, -1),
    "deadline": (np.int32, MISSING),
    "fulfilled": (np.int32, MISSING),
    "act": (np.int32, -1),
    "end": (np.int32, FAR),
    "verdict": (np.int8, 0),
    "days": (np.int32, 0),
    "assumed": (np.bool_, 0),
    "mover": (np.int8, -1),
    "doubt": (np.int8, 0),
    "code": (np.int32, 0),
    "anchor_minute": (np.int16, UNTIMED),
    "deadline_minute": (np.int16, UNTIMED),
    "fulfilled_minute": (np.int16, UNTIMED),
}
"""The columns of a batch beside ``scope``, with their types and what stands where nothing is."""

_COLUMNS = ("scope", *_BLANKS)
