"""A run's columns of text, to the obligations that a page shows, with whose clock each keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.dsl.policy import Do
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
    time: str
    fulfilled: date | None
    verdict: str
    days: int

    @property
    def latest(self) -> date:
        """The last day on which anything happened to it."""
        return self.fulfilled or self.deadline or self.anchor or date.max

    @property
    def due(self) -> date:
        """The last day to act, by its own clock."""
        return self.deadline or date.max


def pack_clocks(run: Run) -> Mapping[str, str]:
    """Whose clock each pack's rules keep: the law stands over nothing."""
    return {pack.name: "local" if pack.over else "law" for pack in run.policy.packs}


def labelled(run: Run) -> Mapping[tuple[str, str, str], str]:
    """What the duty of a label asks for in words, by pack, rule and label."""
    return {
        (rule.pack, rule.name, duty.label): duty.words
        for rule in run.policy.rules()
        for duty in (scoped.duty for scoped in rule.duties)
        if isinstance(duty, Do) and duty.label is not None
    }


def with_verdict(run: Run, verdict: str) -> Positions:
    """Where the obligations with a verdict stand."""
    return np.flatnonzero(run.obligations.columns["verdict"] == verdict)


def read_lines(run: Run, positions: Positions) -> list[Line]:
    """The obligations at these positions."""
    clocks = pack_clocks(run)
    acts = labelled(run)
    titles = {(each.pack, each.rule): each.title or each.rule for each in run.summaries}
    columns = {name: run.obligations.columns[name][positions].tolist() for name in COLUMNS}
    return [
        Line(
            child=row["subject_id"],
            clock=clocks[row["pack"]],
            title=titles.get((row["pack"], row["rule"]), row["rule"]),
            duty=_duty(row, acts.get((row["pack"], row["rule"], row["duty"]))),
            anchor=_day(row["anchor_date"]),
            deadline=_day(row["deadline"]),
            time=row["deadline_time"],
            fulfilled=_day(row["fulfilled_on"]),
            verdict=row["verdict"],
            days=int(row["days"] or 0),
        )
        for row in (
            dict(zip(columns, cells, strict=True)) for cells in zip(*columns.values(), strict=True)
        )
    ]


def _duty(row: Mapping[str, str], act: str | None) -> str:
    """The duty in words: a label alone says nothing, so the act and the clause stand for it."""
    return row["duty"] if act is None else f"{act} {clause(row['reason'])}"


def clause(reason: str) -> str:
    """What a reason begins with: the rule's own words that decided the deadline."""
    return reason.partition("; ")[0]


def doubt(reason: str) -> str:
    """What a reason goes on with: what is not known, where anything is."""
    following = reason.partition("; ")[2]
    return following.partition("; ")[0].removeprefix("assumed: ")


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
