"""A run's columns of text, to the obligations that a page shows, with whose clock each keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.engine.obligations import COLUMNS
from duly.engine.pipeline import Run

Positions = npt.NDArray[np.intp]


@frozen
class Line:
    """One obligation as the page shows it."""

    child: str
    clock: str
    title: str
    duty: str
    anchor: date | None
    deadline: date | None
    effective: date | None
    fulfilled: date | None
    verdict: str
    days: int
    citation: str

    @property
    def latest(self) -> date:
        """The last day on which anything happened to it."""
        return self.fulfilled or self.deadline or self.anchor or date.max

    @property
    def due(self) -> date:
        """The last day to act, with the law as a floor."""
        return self.effective or self.deadline or date.max


def pack_clocks(run: Run) -> Mapping[str, str]:
    """Whose clock each pack's rules keep: the law stands over nothing."""
    return {pack.name: "local" if pack.over else "law" for pack in run.policy.packs}


def with_verdict(run: Run, verdict: str) -> Positions:
    """Where the obligations with a verdict stand."""
    return np.flatnonzero(run.obligations.columns["verdict"] == verdict)


def read_lines(run: Run, positions: Positions) -> list[Line]:
    """The obligations at these positions."""
    clocks = pack_clocks(run)
    titles = {(each.pack, each.rule): each.title or each.rule for each in run.summaries}
    columns = {name: run.obligations.columns[name][positions].tolist() for name in COLUMNS}
    return [
        Line(
            child=row["subject_id"],
            clock=clocks[row["pack"]],
            title=titles.get((row["pack"], row["rule"]), row["rule"]),
            duty=row["duty"],
            anchor=_day(row["anchor_date"]),
            deadline=_day(row["deadline"]),
            effective=_day(row["effective_deadline"]),
            fulfilled=_day(row["fulfilled_on"]),
            verdict=row["verdict"],
            days=int(row["days"] or 0),
            citation=row["citation"],
        )
        for row in (
            dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)
        )
    ]


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
