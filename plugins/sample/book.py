"""What is written down about invented children: rows of text by kind of fact, in order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from random import Random

Day = int
"""A date as its ordinal number, so that days are added as numbers."""

WEEKEND = {6: 1, 0: 2}
"""Saturday and Sunday, with the days since Friday."""

PERIOD = ("id", "person_id", "start", "end")
IN_PLACEMENT = ("id", "person_id", "placement_id", "start", "end")
EVENT = ("id", "person_id", "date")

TABLES: Mapping[str, tuple[str, ...]] = {
    "child": ("person_id", "born"),
    "care_period": PERIOD,
    "placement": (
        "id", "person_id", "care_period_id", "start", "end", "type", "carer_continues",
    ),
    "temporary_approval": IN_PLACEMENT,
    "pending_assessment": IN_PLACEMENT,
    "intention_until_18": IN_PLACEMENT,
    "long_term_foster": IN_PLACEMENT,
    "agreement": (*IN_PLACEMENT, "given_by"),
    "permanence_agreed": ("id", "person_id", "placement_id", "date"),
    "care_order": PERIOD,
    "interim_care_order": PERIOD,
    "assessment_direction": PERIOD,
    "other_living_arrangement": PERIOD,
    "registration_notification": EVENT,
    "review": EVENT,
    "cp_plan": PERIOD,
    "strategy_discussion": (*EVENT, "conference_needed"),
    "initial_conference": EVENT,
    "review_conference": EVENT,
    "core_group": (*EVENT, "plan_updated_on", "plan_circulated_on"),
    "missed_core_group_decision": EVENT,
    "cin_plan": PERIOD,
    "reduced_visiting": ("id", "person_id", "cin_plan_id", "start", "end", "given_by"),
    "private_fostering": PERIOD,
    "notification": (*EVENT, "kind"),
    "visit": (*EVENT, "kind", "seen", "seen_alone", "reason_not_alone", "recorded_on"),
    "visit_request": (*EVENT, "made_by", "reasonably_made"),
}  # fmt: skip
"""The columns of each table that a caseload has."""


class Book:
    """The rows so far, the dice, and the day on which the last of them can be."""

    def __init__(self, dice: Random, today: Day) -> None:
        self.dice = dice
        self.today = today
        self.rows: dict[str, list[Sequence[str]]] = {kind: [] for kind in TABLES}
        self._written: dict[Day, str] = {}

    def date(self, day: Day | None) -> str:
        """A day as it stands in a file; nothing for what has not happened by today."""
        if day is None or day > self.today:
            return ""
        text = self._written.get(day)
        if text is None:
            text = self._written[day] = date.fromordinal(day).isoformat()
        return text

    def add(self, kind: str, *cells: str) -> str:
        """A row under a new id, which is given back."""
        rows = self.rows[kind]
        key = f"{kind}-{len(rows) + 1:06}"
        rows.append((key, *cells))
        return key

    def event(self, kind: str, person: str, day: Day, *cells: str) -> None:
        """Something that happened, unless that is still to come."""
        if day <= self.today:
            self.add(kind, person, self.date(day), *cells)

    def period(self, kind: str, person: str, start: Day, end: Day | None, *cells: str) -> str:
        """Something that ran for a time, unless that is still to come."""
        if start > self.today:
            return ""
        return self.add(kind, person, self.date(start), self.date(end), *cells)

    def within_care(self, kind: str, person: str, start: Day, end: Day) -> None:
        """A period that belongs to the child and must end with another one."""
        if start < end:
            self.period(kind, person, start, end)

    def within(
        self, kind: str, person: str, owner: str, start: Day, end: Day | None, *cells: str
    ) -> None:
        """A period that belongs to another one."""
        if start <= self.today and (end is None or start < end):
            self.add(kind, person, owner, self.date(start), self.date(end), *cells)

    def chance(self, share: float) -> bool:
        """Whether something that happens in this share of cases happens now."""
        return self.dice.random() < share

    def between(self, low: int, high: int) -> int:
        """A whole number, both ends counted."""
        return low + int(self.dice.random() * (high - low + 1))

    def one_of(self, shares: Mapping[str, float]) -> str:
        """One of several, as often as its share says."""
        left = self.dice.random() * sum(shares.values())
        for name, share in shares.items():
            left -= share
            if left < 0:
                return name
        return name


def working_days(day: Day, count: int) -> Day:
    """The day so many Mondays to Fridays later; holidays are not looked at."""
    while count:
        day += 1
        count -= day % 7 not in WEEKEND
    return day


def weekday(day: Day) -> Day:
    """The day itself, or the Friday before it."""
    return day - WEEKEND.get(day % 7, 0)
