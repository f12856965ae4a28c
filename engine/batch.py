"""Judged obligations as columns, and the codes that their verdicts and doubts have."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.engine.dates import Days
from duly.engine.facts import Table
from duly.engine.keys import Flags
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
) = range(11)
"""Why an obligation is ``cannot tell``."""


@frozen(eq=False)
class Batch:
    """The obligations of one step of one duty; arrays of equal length, days as int32.

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
    anchor_table: Table | None
    act_table: Table
    scope_table: Table | None

    def __len__(self) -> int:
        return len(self.scope)

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
        return first_rows(self.domain)[self.scope]

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> Batch:
        """Some of the rows."""
        return evolve(self, **{name: getattr(self, name)[keep] for name in _COLUMNS})


_COLUMNS = (
    "scope",
    "anchor",
    "anchor_from",
    "anchor_row",
    "deadline",
    "fulfilled",
    "act",
    "end",
    "verdict",
    "days",
    "assumed",
    "mover",
    "doubt",
    "code",
)


def first_rows(domain: Domain) -> Days:
    """The first table row of each scope, -1 where it is not made of rows."""
    first = np.full(len(domain), -1, np.int32)
    first[domain.member_scope[::-1]] = domain.member_row[::-1]
    return first
