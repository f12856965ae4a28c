"""Obligations: one row for each duty on one subject from one anchor, with its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    import numpy as np

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


@frozen
class Obligations:
    """A table of obligations: for each name of ``COLUMNS`` an array of text, all equally long.

    Dates are ISO, a blank is the empty string, ``days`` is a whole number as text, ``assumed``
    is ``yes`` or ``no``.  Rows stand in a stable order: the same input gives the same rows.
    """

    columns: Mapping[str, np.ndarray]

    def __len__(self) -> int:
        return len(self.columns["subject_id"])
