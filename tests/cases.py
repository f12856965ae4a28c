"""Random children for a rule: vocabulary and rule in, cases and their text tables out.

A case is made for the rule that it will try: its kinds, the values that its tests name, and
dates on and beside the days on which something changes or falls due.  All children are made up.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, time, timedelta
from typing import Any, TypeGuard, get_args

from attrs import astuple, evolve, field, frozen, has
from dateutil.relativedelta import relativedelta
from hypothesis import strategies as st

from duly.dsl.policy import (
    Act,
    Aged,
    Agreed,
    Attribute,
    Before,
    Birthday,
    By,
    Compare,
    Condition,
    Count,
    Duration,
    During,
    EventDay,
    Flag,
    Includes,
    Is,
    Kind,
    Lasting,
    NamedCalendar,
    PeriodEdge,
    Rule,
    Running,
    Scope,
    Stated,
    Unless,
)
from duly.dsl.source import Span
from duly.engine.raw import Coverage, CoverageKind, RawFacts, RawTable
from tests.oracle import Case, Judged, Row, Value, boundary, last_day

CoverageOf = Mapping[str, tuple[str, date | None, date | None]]

DAY = timedelta(days=1)
LAST_READ = date(2100, 12, 31)
"""No later day is read from a source, though a limit of a hundred years ends after it."""


# --------------------------------------------------------------- what a rule looks at


def parts(value: Any) -> Iterator[object]:
    """A resolved value and everything inside it, places in files left out."""
    if isinstance(value, Span):
        return
    yield value
    members = value if isinstance(value, tuple) else ()
    if has(type(value)):
        members = astuple(value, recurse=False)
    for member in members:
        yield from parts(member)


ON_RECORD = (Duration(2, "week"), Duration(10, "working day"), Duration(2, "month"))
"""Lengths of time that records state."""


@frozen
class Interest:
    """What of the vocabulary matters to a rule."""

    kinds: tuple[str, ...]
    pausing: frozenset[str]
    scope: str | None
    acts: tuple[str, ...]
    values: Mapping[tuple[str, str], tuple[Value, ...]]
    durations: tuple[Duration, ...]
    ages: tuple[int, ...]
    ahead: bool = False
    timed: bool = False
    calendars: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()


def kinds_in(value: object) -> set[str]:
    """The kinds that a part of a rule names."""
    found: set[str] = set()
    for part in parts(value):
        match part:
            case Flag() | Is() | Stated() | Compare() | Includes() | Agreed():
                found.add(part.owner)
            case Count(kind=kind):
                found.add(kind)
            case Running() | PeriodEdge() | During() | Lasting():
                found.add(part.period)
            case EventDay(event=name) | Act(event=name) if name:
                found.add(name)
    return found


def conditions(rule: Rule) -> list[Condition]:
    """The conditions that may change what a rule asks, or when."""
    found: list[Condition] = [part.condition for part in parts(rule) if isinstance(part, Unless)]
    for scoped in rule.duties:
        where = getattr(scoped.scope, "where", None) or getattr(scoped.scope, "condition", None)
        found += [where] if where is not None else []
    return found


def is_paused(scope: Scope) -> TypeGuard[During]:
    return isinstance(scope, During) and scope.where is not None


def interest(rule: Rule, kinds: Mapping[str, Kind]) -> Interest:
    """Walk a rule for the kinds, values and lengths of time that it rests on."""
    inside = list(parts(rule.duties))
    names = kinds_in(rule.duties)
    names |= {kind.of for kind in map(kinds.__getitem__, names) if kind.of}
    scopes = [scoped.scope for scoped in rule.duties]
    periods = [scope.period for scope in scopes if isinstance(scope, During)]
    agreed = [part for part in inside if isinstance(part, Agreed)]
    durations = [part for part in inside if isinstance(part, Duration) and part.count]
    return Interest(
        kinds=tuple(sorted(name for name in names if kinds[name].nature != "subject")),
        pausing=frozenset(kinds_in(tuple(scope.where for scope in scopes if is_paused(scope)))),
        scope=periods[0] if periods else None,
        acts=tuple(part.event for part in inside if isinstance(part, Act)),
        values=tested(inside),
        durations=(*durations, *(ON_RECORD if agreed else ())),
        ages=tuple(part.years for part in inside if isinstance(part, Aged | Birthday)),
        ahead=any(isinstance(part, By | Before) for part in inside),
        timed=any(is_timed(part) for part in inside),
        calendars=tuple(part.name for part in inside if isinstance(part, NamedCalendar)),
        columns=tuple(sorted({column for part in inside for column in columns(part)})),
    )


def tested(inside: Sequence[object]) -> dict[tuple[str, str], tuple[Value, ...]]:
    """The values that the tests of a rule name, by attribute."""
    found: dict[tuple[str, str], tuple[Value, ...]] = {}
    for part in inside:
        match part:
            case Is(owner, name, values):
                found[owner, name] = (*found.get((owner, name), ()), *values)
            case Compare(owner, name, at_least, at_most):
                bounds = [bound for bound in (at_least, at_most) if bound is not None]
                named = [bound + beside for bound in bounds for beside in (0, 1, -1)]
                found[owner, name] = (*found.get((owner, name), ()), *named)
            case Includes(owner, name, role):
                found[owner, name] = (*found.get((owner, name), ()), role)
    return found


def columns(part: object) -> Iterator[tuple[str, str]]:
    """The columns that a part of a rule reads, of those that a source may not have."""
    match part:
        case Flag() | Is() | Stated() | Compare() | Includes() | Agreed():
            yield part.owner, part.name
        case Act(event=event) | EventDay(event=event) if part.milestone:
            yield event, part.milestone


def is_timed(part: object) -> bool:
    """Whether a part of a rule looks at times of day."""
    in_hours = isinstance(part, Duration) and part.unit == "hour"
    by_the_clock = isinstance(part, By) and part.clock is not None
    return in_hours or by_the_clock or isinstance(part, Before)


# --------------------------------------------------------------- random cases


FAR_AHEAD = date(2100, 6, 30)
"""No day that is told of is later: records of the next century cannot be read."""


def seeded(seed: int) -> random.Random:
    """The same choices again for the same seed."""
    return random.Random(seed)  # noqa: S311, for tests that repeat, not for secrets


@frozen
class Maker:
    """Makes one case, on and beside the days on which something happens."""

    rng: random.Random
    kinds: Mapping[str, Kind]
    about: Interest
    as_at: date
    lacking: frozenset[tuple[str, str]] = frozenset()
    calendars: Mapping[str, Sequence[tuple[date, date]]] = field(factory=dict)
    rows: dict[str, list[Row]] = field(factory=dict)

    def chance(self, likely: float) -> bool:
        # Not less than: what hypothesis makes small comes out as no.
        return self.rng.random() >= 1 - likely

    @property
    def earliest(self) -> date:
        """Far enough back for the longest interval to run out before the as-at day."""
        lengths = [last_day(self.as_at, length) - self.as_at for length in self.about.durations]
        longest = min(max(lengths, default=DAY), timedelta(days=800))
        return self.as_at - 2 * longest - timedelta(days=60)

    def any_day(self) -> date:
        span = (self.as_at - self.earliest).days
        late = 20 if self.chance(0.1) else 0
        return self.month_end(self.earliest + timedelta(days=self.rng.randint(0, span + late)))

    def month_end(self, day: date) -> date:
        """Often the last day of a month, which has no like in a shorter one."""
        return day + relativedelta(day=31) if self.chance(0.25) else day

    def near(self, day: date) -> date:
        """The day itself, a day beside it, or a day some way off."""
        return day + timedelta(days=self.rng.choice((0, 0, 0, -1, 1, self.rng.randint(-40, 40))))

    def dates(self) -> list[date]:
        """The days on which anything recorded so far begins, ends or happens."""
        rows = [row for found in self.rows.values() for row in found]
        return [day for row in rows for day in (row.start, row.end, row.on) if day]

    def telling_day(self) -> date:
        """A day on which something changes or falls due, or one beside it."""
        dates = self.dates()
        if not dates or self.chance(0.25):
            return self.any_day()
        day = self.rng.choice(dates)
        if self.about.durations and self.chance(0.6):
            day = self.rng.choice((last_day, boundary))(day, self.rng.choice(self.about.durations))
        return self.near(min(day, FAR_AHEAD))

    # rows

    def case(self, coverage: CoverageOf) -> Case:
        # Parents come first, so that what belongs to them can name them.
        order = sorted(self.about.kinds, key=self.depth)
        for kind in [name for name in order if self.kinds[name].nature == "period"]:
            if not self.is_absent(coverage, kind):
                self.rows[kind] = self.periods(kind)
        for kind in [name for name in order if self.kinds[name].nature == "event"]:
            if not self.is_absent(coverage, kind):
                self.rows[kind] = self.events(kind)
        subject = next(kind for kind in self.kinds.values() if kind.nature == "subject")
        held = {kind: self.only_latest(coverage, kind, rows) for kind, rows in self.rows.items()}
        about = self.values(subject, self.as_at)
        return Case(self.born(), held, coverage, about, self.lacking, self.calendars)

    def depth(self, kind: str) -> tuple[int, bool, str]:
        parent = self.kinds[kind].of
        above = self.depth(parent)[0] + 1 if parent in self.kinds and parent else 0
        return above, kind in self.about.acts, kind

    @staticmethod
    def is_absent(coverage: CoverageOf, kind: str) -> bool:
        return coverage.get(kind, ("events",))[0] == "absent"

    def only_latest(self, coverage: CoverageOf, kind: str, rows: Sequence[Row]) -> Sequence[Row]:
        """What a source that holds only the latest row would hold."""
        if coverage.get(kind, ("events",))[0] == "events":
            return rows
        return [row for row in rows if (row.on or row.start or self.as_at) <= self.as_at][-1:]

    def periods(self, name: str) -> list[Row]:
        """Rows one after another: touching, apart or overlapping."""
        kind = self.kinds[name]
        many = self.rng.choice((1, 2, 2, 3)) if name == self.about.scope else self.rng.randint(0, 2)
        # What may pause a duty is rare, or most rules would ask for nothing.
        if name in self.about.pausing and name != self.about.scope and self.chance(0.6):
            return []
        # The first row of the scope begins early, so that its clocks have time to run out.
        early = name == self.about.scope and self.chance(0.7)
        start = self.earliest if early else self.telling_day()
        start = self.month_end(self.near(start))
        found: list[Row] = []
        lengths = (7, 60, 200, 400, 800) if name == self.about.scope else (1, 7, 30, 90, 400)
        for number in range(many):
            end = start + timedelta(days=self.rng.randint(1, self.rng.choice(lengths)))
            ended = number + 1 < many or self.chance(0.35)
            if start > self.as_at + timedelta(days=20):
                break
            found.append(
                Row(
                    f"{name}{number}",
                    start,
                    end if ended else None,
                    values=self.values(kind, start),
                    of=self.parent(kind, start),
                    times=self.times("start", "end"),
                )
            )
            gaps = (0, 0, 0, 1, 30, -5, -40) if kind.joined else (0, 0, 1, 30, -5, -40, -100)
            gap = self.rng.choice(gaps)
            start = max(end + timedelta(days=gap), start)
        if found and self.chance(0.03):
            found[0] = evolve(found[0], start=None)
        return found

    def events(self, name: str) -> list[Row]:
        kind = self.kinds[name]
        days = self.rounds() if name in self.about.acts and self.chance(0.7) else []
        days += [self.telling_day() for _ in range(self.rng.choice((0, 1, 1, 2, 3)))]
        if days and self.chance(0.1):
            days.append(self.rng.choice(days))
        if self.chance(0.5 if self.about.ahead else 0.1):
            days.append(self.as_at + timedelta(days=self.rng.randint(0, 10)))
        if self.about.ahead and self.chance(0.2):
            days.append(self.as_at + timedelta(days=self.rng.randint(5, 100)))
        readable = sorted(day for day in days if day <= LAST_READ)
        return [self.event(kind, number, day) for number, day in enumerate(readable)]

    def event(self, kind: Kind, number: int, day: date) -> Row:
        return Row(
            f"{kind.name}{number}",
            on=day,
            values=self.values(kind, day),
            of=self.parent(kind, day),
            times=self.times("on", *(milestone.name for milestone in kind.milestones)),
        )

    def times(self, *names: str) -> dict[str, time]:
        """The times of day that are known, where the rule looks at them at all."""
        known = [name for name in names if self.about.timed and self.chance(0.6)]
        # Midnight is not among them: sources write it where they know the day alone.
        hours = (time(9), time(10), time(10, 1), time(13, 30), time(0, 1), time(23, 59))
        return {name: self.rng.choice(hours) for name in known}

    def rounds(self) -> list[date]:
        """Acts at about the intervals that the rule asks: on the day, beside it, or missed."""
        starts = [row.start for row in self.rows.get(self.about.scope or "", ()) if row.start]
        day = self.near(min(starts, default=self.any_day()))
        found: list[date] = []
        while day <= self.as_at and len(found) < 25 and not self.chance(0.08):
            found.append(day)
            ends = [last_day(day, length) for length in self.about.durations]
            following = self.rng.choice(ends or [day + timedelta(weeks=6)])
            if self.chance(0.6):
                following = max(min(ends, default=following), day + timedelta(weeks=1))
            jitter = self.rng.choice((0, 0, 1, -1, -(following - day).days // 3, 10))
            day = max(following + timedelta(days=jitter), day)
        return found

    def parent(self, kind: Kind, day: date) -> str | None:
        """The id of a period that a row belongs to; blank only where one at most is running."""
        if kind.of is None:
            return None
        rows = self.rows.get(kind.of, [])
        running = [
            row
            for row in rows
            if row.start and row.start <= day and (row.end is None or day < row.end)
        ]
        if not rows or (len(running) <= 1 and self.chance(0.4)):
            return None
        return self.rng.choice(running if running and self.chance(0.8) else rows).id

    # attributes

    def values(self, kind: Kind, day: date) -> dict[str, Value]:
        found: dict[str, Value] = {
            name: self.value(kind, attribute) for name, attribute in kind.attributes.items()
        }
        for milestone in kind.milestones:
            off = (0, 1, 2, 3, 5, 10, 30, *((-1, -3, -10) if self.about.ahead else ()))
            reached = day + timedelta(days=self.rng.choice(off))
            found[milestone.name] = None if self.chance(0.25) else reached
        return found

    def value(self, kind: Kind, attribute: Attribute) -> Value:
        # Most acts fit, or every clock would only run out.
        act = kind.name in self.about.acts
        if self.chance(0.06 if act else 0.12):
            return None
        named = self.about.values.get((kind.name, attribute.name), ())
        match attribute.type:
            case "yes/no":
                return self.chance(0.85 if act else 0.65)
            case "date":
                return self.any_day()
            case "number":
                return self.rng.choice((*named, self.rng.randint(0, 5)))
            case "duration":
                return self.rng.choice(ON_RECORD)
            case "list of role":
                roles = ("IRO", "police", "health")
                return tuple(role for role in roles if self.chance(0.5)) or roles[:1]
            case _:
                others: tuple[Value, ...] = attribute.values or ("other", *named)
                return self.rng.choice(
                    named if named and self.chance(0.9 if act else 0.6) else others
                )

    def born(self) -> date | None:
        """A birthday that makes an age in the rule fall where clocks are running."""
        if self.chance(0.08):
            return None
        years = self.rng.choice(self.about.ages or (0, 5, 10, 16))
        ago = boundary(self.earliest, Duration(1, "day")) - timedelta(days=int(365.25 * years))
        span = (self.as_at - self.earliest).days
        # Now and then it is still to come.
        last = span + self.rng.choice((-1, 60)) if years else 0
        return ago + timedelta(days=self.rng.randint(-60, max(last, 0)))


def random_case(
    rng: random.Random,
    kinds: Mapping[str, Kind],
    rule: Rule,
    as_at: date,
    coverage: CoverageOf | None = None,
) -> Case:
    """One made-up child; cases of one batch share their coverage."""
    shared = random_coverage(rng, kinds, rule, as_at) if coverage is None else coverage
    return Maker(rng, kinds, interest(rule, kinds), as_at).case(shared)


def blanked(
    rng: random.Random,
    case: Case,
    kinds: Mapping[str, Kind],
    as_at: date,
    kept: frozenset[str],
) -> Case:
    """The same child with some values, and some stretches of time, not known.

    Kinds that are kept stay held in full, their values and what joins rows included.
    """
    rows: dict[str, Sequence[Row]] = {}
    coverage = dict(case.coverage)
    for kind, found in case.rows.items():
        joins = kinds[kind].joined
        rows[kind] = found if kind in kept else [forgetful(rng, row, joins) for row in found]
        if kind in kept or rng.random() > 0.4:
            continue
        first = as_at - timedelta(days=rng.randint(0, 400))
        coverage[kind] = ("events", first, None)
        if kinds[kind].nature == "period":
            coverage[kind] = ("absent", None, None)
        rows[kind] = [row for row in rows[kind] if row.on and row.on >= first]
    born = case.born if rng.random() < 0.7 else None
    return evolve(case, born=born, rows=rows, coverage=coverage)


def forgetful(rng: random.Random, row: Row, joins: str | None) -> Row:
    """A row some of whose values are blank."""
    values = {
        name: value if name == joins or rng.random() < 0.7 else None
        for name, value in row.values.items()
    }
    return evolve(row, values=values)


def random_coverage(
    rng: random.Random, kinds: Mapping[str, Kind], rule: Rule, as_at: date
) -> CoverageOf:
    """What a source holds of the kinds that a rule looks at: mostly everything."""
    about = interest(rule, kinds)
    maker = Maker(rng, kinds, about, as_at)
    found: dict[str, tuple[str, date | None, date | None]] = {}
    for kind in about.kinds:
        lot = rng.random()
        if kind == about.scope or lot > 0.3 or len(found) == 3:
            continue
        first = maker.any_day() if rng.random() < 0.7 else None
        last = min(maker.any_day(), as_at) if first is None or rng.random() < 0.2 else None
        if first and last and last < first:
            first, last = last, first
        found[kind] = ("absent", None, None) if lot < 0.08 else ("events", first, last)
        if lot > 0.27:
            found[kind] = ("latest_only", None, None)
    return found


@st.composite
def cases(
    draw: st.DrawFn,
    kinds: Mapping[str, Kind],
    rule: Rule,
    as_at: date,
    coverage: CoverageOf | None = None,
) -> Case:
    """The same cases for hypothesis, which makes a failing one smaller."""
    rng = draw(st.randoms(use_true_random=False))
    return random_case(rng, kinds, rule, as_at, coverage)


def random_calendars(
    rng: random.Random, about: Interest, as_at: date
) -> dict[str, list[tuple[date, date]]]:
    """Stretches of the calendars that a rule names, as an authority would supply them."""
    found: dict[str, list[tuple[date, date]]] = {}
    for name in about.calendars:
        first, found[name] = as_at - timedelta(days=500), []
        while first < as_at + timedelta(days=60):
            last = first + timedelta(days=rng.randint(20, 100))
            found[name].append((first, last))
            first = last + timedelta(days=rng.randint(1, 40))
    return found


# --------------------------------------------------------------- what a case shows


FEATURES = (
    "change inside interval",
    "unknown fact",
    "exemption",
    "lapse",
    "overlap of scopes",
)


def features(case: Case, judged: Sequence[Judged], rule: Rule | None = None) -> set[str]:
    """Which of the difficult things a case shows; with a rule, only what it watches counts."""
    watched = kinds_in(tuple(conditions(rule))) if rule else set(case.rows)
    rows = [row for kind, found in case.rows.items() if kind in watched for row in found]
    changes = {day for row in rows for day in (row.start, row.end, row.on) if day}
    found = set()
    for it in judged:
        if it.anchor_day and it.deadline and any(it.anchor_day < d < it.deadline for d in changes):
            found.add("change inside interval")
        if it.assumed or it.verdict == "cannot_tell":
            found.add("unknown fact")
        if it.verdict == "exempt":
            found.add("exemption")
        if it.verdict == "lapsed":
            found.add("lapse")
    if any(overlap(refs(case, judged, kind)) for kind in case.rows):
        found.add("overlap of scopes")
    return found


def refs(case: Case, judged: Sequence[Judged], kind: str) -> list[Row]:
    """The periods that are scopes of something judged."""
    named = {it.scope_ref for it in judged}
    return [row for row in case.rows[kind] if row.id in named and row.start]


def overlap(rows: Sequence[Row]) -> bool:
    pairs = ((one, other) for one in rows for other in rows if one.id < other.id)
    return any(
        (one.end is None or other.start < one.end) and (other.end is None or one.start < other.end)
        for one, other in pairs
        if one.start and other.start
    )


# --------------------------------------------------------------- text tables


def person_id(number: int) -> str:
    return f"c{number:05d}"


def row_id(number: int, id: str) -> str:
    """Ids are made unique over all children: the child's own comes first."""
    return f"{person_id(number)}.{id}"


def raw_facts(
    cases: Sequence[Case], kinds: Mapping[str, Kind], extracted: date | None = None
) -> RawFacts:
    """Several children as the text that a source would hand over."""
    first = cases[0] if cases else Case()
    absent = {kind for kind, (what, _, _) in first.coverage.items() if what == "absent"}
    return RawFacts(
        tables=tuple(
            without(
                subject_table(kind, cases) if kind.nature == "subject" else table(kind, cases),
                first.lacking,
            )
            for kind in kinds.values()
            if kind.name not in absent
        ),
        coverage=tuple(covered(kind, first.coverage) for kind in kinds),
        extracted=extracted,
        calendars=first.calendars,
    )


def without(table: RawTable, lacking: frozenset[tuple[str, str]]) -> RawTable:
    """A table as a source hands it over that does not have some of its columns."""
    held = {
        name: cells for name, cells in table.columns.items() if (table.kind, name) not in lacking
    }
    return evolve(table, columns=held)


def covered(kind: str, coverage: CoverageOf) -> Coverage:
    what, first, last = coverage.get(kind, ("events", None, None))
    known: tuple[CoverageKind, ...] = get_args(CoverageKind)
    return Coverage(kind, known[known.index(what)], first, last)


def subject_table(kind: Kind, cases: Sequence[Case]) -> RawTable:
    columns: dict[str, Sequence[str | None]] = {
        kind.id_column: [person_id(number) for number, _ in enumerate(cases)],
        "born": [as_cell(case.born) for case in cases],
    }
    for name in kind.attributes:
        columns[name] = [as_cell(case.about.get(name)) for case in cases]
    return RawTable(kind.name, f"{kind.name}.csv", range(2, len(cases) + 2), columns)


def table(kind: Kind, cases: Sequence[Case]) -> RawTable:
    rows = [
        (number, row) for number, case in enumerate(cases) for row in case.rows.get(kind.name, ())
    ]
    columns: dict[str, Sequence[str | None]] = {
        kind.id_column: [person_id(number) for number, _ in rows],
        "id": [row_id(number, row.id) for number, row in rows],
    }
    if kind.nature == "period":
        columns["start"] = [as_cell(row.start, row.times.get("start")) for _, row in rows]
        columns["end"] = [as_cell(row.end, row.times.get("end")) for _, row in rows]
    else:
        columns["date"] = [as_cell(row.on, row.times.get("on")) for _, row in rows]
    if kind.of:
        columns[f"{kind.of}_id"] = [row_id(n, row.of) if row.of else "" for n, row in rows]
    for name in (*kind.attributes, *(milestone.name for milestone in kind.milestones)):
        columns[name] = [as_cell(row.values.get(name), row.times.get(name)) for _, row in rows]
    return RawTable(kind.name, f"{kind.name}.csv", range(2, len(rows) + 2), columns)


def as_cell(value: Value, clock: time | None = None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case date():
            return value.isoformat() + (f"T{clock:%H:%M}" if clock else "")
        case tuple():
            return "; ".join(value)
        case _:
            return str(value)
