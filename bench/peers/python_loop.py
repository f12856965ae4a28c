"""The visiting rule child by child, in plain Python with dateutil.

``decide`` says which interval holds by the facts of one moment; a decision engine can stand there.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
from attrs import frozen
from dateutil.relativedelta import relativedelta
from pyarrow import parquet

from bench.rows import SCHEMA

FAR = date.max
DAY = timedelta(days=1)

Moment = Mapping[str, bool]
Decide = Callable[[Moment], str]
Row = dict[str, Any]

LENGTHS = {
    "6 weeks": relativedelta(weeks=6),
    "3 months": relativedelta(months=3),
    "6 months": relativedelta(months=6),
}
EXEMPT = "exempt"


def interval(moment: Moment) -> str:
    """The rule's sentence: of the exceptions that hold, the last one counts."""
    if moment["away"]:
        return EXEMPT
    if (
        moment["long_term_foster"]
        and not moment["first_year"]
        and moment["child_agreed"]
        and moment["iro_agreed"]
    ):
        return "6 months"
    if moment["permanent"] and not moment["first_year"]:
        return "3 months"
    return "6 weeks"


@frozen
class Stretch:
    """Days on which the facts stay the same, and the interval: the shortest that they may ask."""

    first: date
    following: date
    shortest: str
    longest: str


@frozen
class Scope:
    """Placements in which the carer stays the same."""

    ids: frozenset[str]
    start: date
    end: date
    last_act: date


def rows(folder: Path, as_at: date, decide: Decide = interval) -> pa.Table:
    people = parquet.read_table(folder / "child.parquet")["person_id"].to_pylist()
    placements = _by_child(folder / "placement.parquet")
    visits = _by_child(folder / "visit.parquet")
    permanence = _by_child(folder / "permanence_agreed.parquet")
    long_term = _by_child(folder / "long_term_foster.parquet")
    agreements = _by_child(folder / "agreement.parquet")
    away = _by_child(folder / "away_by_agreement.parquet")
    found: list[tuple[object, ...]] = []
    for person in people:
        for scope in _scopes(placements[person], as_at):
            stretches = _stretches(
                scope,
                _of(scope, permanence[person]),
                _of(scope, long_term[person]),
                _of(scope, agreements[person]),
                away[person],
                as_at,
                decide,
            )
            owed = _obligations(scope, stretches, visits[person], as_at)
            found.extend((person, *obligation) for obligation in owed)
    columns = list(zip(*found, strict=True)) or [()] * len(SCHEMA)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, SCHEMA, strict=True)]
    return pa.table(arrays, schema=SCHEMA)


def _by_child(path: Path) -> dict[str, list[Row]]:
    found = defaultdict(list)
    for row in parquet.read_table(path).to_pylist():
        found[row["person_id"]].append(row)
    return found


def _of(scope: Scope, some: Sequence[Row]) -> list[Row]:
    return [row for row in some if row["placement_id"] in scope.ids]


def _end(row: Row, as_at: date) -> date:
    """The day on which a period ended; ends to come are not known."""
    return row["end"] if row["end"] is not None and row["end"] <= as_at else FAR


def _scopes(placements: Sequence[Row], as_at: date) -> list[Scope]:
    begun = sorted(
        (row for row in placements if row["start"] <= as_at),
        key=lambda row: (row["start"], row["id"]),
    )
    chains: list[list[Row]] = []
    for row in begun:
        if row["carer_continues"] and chains and _end(chains[-1][-1], as_at) == row["start"]:
            chains[-1].append(row)
        else:
            chains.append([row])
    starts = {row["start"] for row in begun}
    scopes = []
    for chain in chains:
        end = _end(chain[-1], as_at)
        last_act = end - DAY if end in starts else end
        ids = frozenset(row["id"] for row in chain)
        scopes.append(Scope(ids, chain[0]["start"], end, last_act))
    return scopes


def _after_a_year(start: date) -> date:
    """The first day after the first year: 1 March for what began on 29 February."""
    later = start + relativedelta(years=1)
    return later + DAY if later.day < start.day else later


def _stretches(
    scope: Scope,
    permanence: Sequence[Row],
    long_term: Sequence[Row],
    agreements: Sequence[Row],
    away: Sequence[Row],
    as_at: date,
    decide: Decide,
) -> list[Stretch]:
    year_over = _after_a_year(scope.start)
    agreed = [row["date"] for row in permanence if row["date"] <= as_at]
    lasting, given, absent = (
        [(row["start"], _end(row, as_at), row) for row in some if row["start"] <= as_at]
        for some in (long_term, agreements, away)
    )
    changes = {scope.start, year_over, *agreed}
    for start, end, _ in (*lasting, *given, *absent):
        changes |= {start, end}
    days = sorted(day for day in changes if scope.start <= day < scope.end)
    if days[0] > scope.start:
        days.insert(0, scope.start)

    def asked(day: date, unknown: bool) -> str:
        givers = {row["given_by"] for start, end, row in given if start <= day < end}
        perhaps = unknown and None in givers
        return decide(
            {
                "away": any(start <= day < end for start, end, _ in absent),
                "long_term_foster": any(start <= day < end for start, end, _ in lasting),
                "first_year": day < year_over,
                "permanent": any(each <= day for each in agreed),
                "child_agreed": "child" in givers or perhaps,
                "iro_agreed": "IRO" in givers or perhaps,
            }
        )

    following = [*days[1:], FAR]
    return [
        Stretch(day, after, asked(day, unknown=False), asked(day, unknown=True))
        for day, after in zip(days, following, strict=True)
    ]


def _obligations(
    scope: Scope, stretches: Sequence[Stretch], visits: Sequence[Row], as_at: date
) -> Iterator[tuple[object, ...]]:
    inside = [
        row
        for row in visits
        if row["date"] <= as_at and scope.start <= row["date"] <= scope.last_act
    ]
    acts = {row["date"] for row in inside if row["kind"] == "cla" and row["seen"]}
    undecided = [row["date"] for row in inside if row["kind"] == "cla" and row["seen"] is None]
    chain = sorted({scope.start} | acts)
    firsts = [stretch.first for stretch in stretches]
    for place, anchor in enumerate(chain):
        if anchor >= scope.end:
            continue
        fulfilled = chain[place + 1] if place + 1 < len(chain) else None
        rest = stretches[bisect_right(firsts, anchor) - 1 :]
        deadline = _deadline(anchor, rest, "shortest")
        over = fulfilled is not None or scope.end <= as_at
        life = max(anchor, min(fulfilled or FAR, scope.end - DAY, as_at))
        lived = [stretch.shortest for stretch in rest if stretch.first <= life]
        if over and all(each == EXEMPT for each in lived):
            deadline = None
        if deadline is None:
            if EXEMPT in lived:
                yield anchor, None, fulfilled, "exempt", False
            continue
        verdict = _verdict(deadline, fulfilled, scope.end, as_at)
        if verdict in ("met_late", "not_met", "overdue"):
            last = deadline if fulfilled is not None else FAR
            if any(anchor < day <= last for day in undecided):
                verdict = "cannot_tell"
        assumed = _deadline(anchor, rest, "longest") != deadline
        yield anchor, deadline, fulfilled, verdict, assumed


def _deadline(anchor: date, stretches: Sequence[Stretch], which: str) -> date | None:
    """The first day on which the duty stands and some interval since the anchor has run out."""
    soonest = FAR
    for stretch in stretches:
        asked = getattr(stretch, which)
        if asked == EXEMPT:
            continue
        soonest = min(soonest, anchor + LENGTHS[asked])
        day = max(stretch.first, soonest)
        if day < stretch.following:
            return day
    return None


def _verdict(deadline: date, fulfilled: date | None, end: date, as_at: date) -> str:
    if fulfilled is not None:
        return "met" if fulfilled <= deadline else "met_late"
    if end <= as_at:
        return "lapsed" if deadline >= end else "not_met"
    return "due" if deadline >= as_at else "overdue"
