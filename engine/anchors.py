"""From when clocks run: the days that an anchor names in each scope, and the rows that say so."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.caseload import Caseload, pairs, shared
from duly.engine.conditions import birthdays, row_days, stretches, tested, truth_on
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, UNKNOWN
from duly.engine.facts import Table
from duly.engine.hours import anchor_minutes, last_rows, minutes_in
from duly.engine.ids import Ids
from duly.engine.keys import Flags, Keys, first_of_each, keys, place_in_scope, rows_of_each
from duly.engine.lower import kinds_of
from duly.engine.moments import Hours, any_hour, hours_at, joined
from duly.engine.plan import leaves_of
from duly.engine.timeline import Domain, Values, on_days


@frozen(eq=False)
class Anchors:
    """Days from which a clock runs, in order of scope and day, one for each day of a scope.

    ``row`` points into ``table``, -1 where no row says so; ``at_start``: they are the scope's
    start.  ``hours`` says when each may have been on its day, where a source has times.
    """

    scope: Days
    day: Days
    row: Days
    doubtful: Flags
    table: Table | None
    at_start: bool = False
    hours: Hours | None = None

    def take(self, keep: Flags | npt.NDArray[np.intp]) -> Anchors:
        """Some of the anchors."""
        return Anchors(
            self.scope[keep],
            self.day[keep],
            self.row[keep],
            self.doubtful[keep],
            self.table,
            self.at_start,
            self.hours[keep] if self.hours is not None else None,
        )


@shared
def anchors_of(
    anchor: p.Anchor, domain: Domain, caseload: Caseload, *, ahead: bool = False
) -> Anchors:
    """Every anchor dated inside its scope; ``ahead``: scheduled ones and later birthdays too."""
    match anchor:
        case p.ScopeStart():
            every = np.arange(len(domain), dtype=np.int32)
            starts = _without_rows(every, domain.start, np.zeros(len(domain), bool))
            hours = _hours_of_starts(domain, caseload)
            return evolve(starts, at_start=True, hours=hours)
        case p.Birthday(years):
            day = birthdays(years, caseload)[domain.subject]
            inside = (day >= domain.start) & (day < domain.end)
            inside &= ahead | (day <= caseload.as_at)
            scope = np.flatnonzero(inside).astype(np.int32)
            return _without_rows(scope, day[scope], np.zeros(len(scope), bool))
        case p.Becoming(condition):
            return _becoming(condition, domain, caseload)
        case p.AnyOf(parts):
            found = [anchors_of(part, domain, caseload, ahead=ahead) for part in parts]
            return _any_of(found)
        case p.PeriodEdge(period, "end") if period == domain.period and anchor.ordinal is None:
            return _scope_ends(domain, caseload)
        case p.EventDay() | p.PeriodEdge():
            return _dated(anchor, domain, caseload, ahead=ahead)
        case p.Missed():
            raise NotImplementedError("what was missed is anchored on obligations")


@shared
def of_kind(anchor: p.Anchor, kind: str, domain: Domain, caseload: Caseload) -> Keys:
    """The scopes and days on which an event (or a period's start) of this kind is an anchor."""
    match anchor:
        case p.EventDay(event) | p.PeriodEdge(event, "start") if event == kind:
            found = anchors_of(anchor, domain, caseload, ahead=True)
            return keys(found.scope, found.day)
        case p.AnyOf(parts):
            return np.sort(np.concatenate([of_kind(x, kind, domain, caseload) for x in parts]))
        case _:
            return np.zeros(0, np.int64)


@shared
def coverage_of(anchor: p.Anchor, caseload: Caseload) -> tuple[Days, int]:
    """From which day on, for each subject, and to which all that an anchor looks at is covered."""
    count = len(caseload.facts.subjects)
    always = np.zeros(count, np.int32)
    match anchor:
        case p.ScopeStart() | p.Missed():
            return always, FAR
        case p.Birthday():
            unborn = caseload.facts.born == MISSING
            return np.where(unborn, FAR, 0).astype(np.int32), FAR
        case p.EventDay(event, where=where, milestone=milestone):
            table = caseload.held(event, where)
            return table.covered_for(milestone), table.covered_to
        case p.PeriodEdge(period, where=where):
            table = caseload.held(period, where)
            return table.covered_from, table.covered_to
        case p.Becoming(condition):
            tables = [caseload.held(kind, None) for kind in sorted(kinds_of(condition))]
            held = [(table.covered_from, table.covered_to) for table in tables]
            if any(isinstance(leaf, p.Aged) for leaf in leaves_of(condition)):
                held.append(coverage_of(p.Birthday(0), caseload))
        case p.AnyOf(parts):
            held = [coverage_of(part, caseload) for part in parts]
    starts = np.max([always, *(first for first, _ in held)], axis=0)
    return starts.astype(np.int32), min((last for _, last in held), default=FAR)


@frozen(eq=False)
class Occasions:
    """The days on which a state may be judged, each with its row.

    ``fits`` says of each whether it is an occasion: 0, 1, or 2 for unknown.  One of which the day
    is blank is judged on day 0; ``day`` is ``MISSING`` there.
    """

    domain: Domain
    table: Table
    fits: Values
    day: Days


@shared
def occasions(occasion: p.EventDay | p.PeriodEdge, caseload: Caseload) -> Occasions:
    """Every row of an occasion, or the n-th of each subject."""
    if occasion.ordinal is not None:
        return nth_occasions(occasion, None, caseload)
    table, domain = _days_of_all(occasion, caseload)
    blank = np.flatnonzero(_dates_of(occasion, table)[domain.member_row] == MISSING)
    day = domain.start
    if len(blank):
        day = day.copy()
        day[blank] = MISSING
    if occasion.where is None:
        return Occasions(domain, table, np.ones(len(domain), np.int8), day)
    fits = truth_on(occasion.where, domain, caseload)
    return Occasions(domain, table, np.where(day == MISSING, UNKNOWN, fits).astype(np.int8), day)


def nth_occasions(
    occasion: p.EventDay | p.PeriodEdge, before: Days | None, caseload: Caseload
) -> Occasions:
    """The n-th of each subject; so many of each came ``before``."""
    assert occasion.ordinal is not None
    every = occasions(evolve(occasion, ordinal=None), caseload)
    some = np.flatnonzero((every.fits != 0) & (every.day != MISSING))
    domain, table, doubtful = every.domain, every.table, every.fits[some] == UNKNOWN
    days = domain.subject[some], domain.start[some], domain.member_row[some]
    nth = _nth(Anchors(*days, doubtful, table), occasion.ordinal, before)
    domain = on_days(nth.scope, nth.day, table.kind.name, nth.row)
    return Occasions(domain, table, np.where(nth.doubtful, UNKNOWN, 1).astype(np.int8), nth.day)


def _days_of_all(occasion: p.EventDay | p.PeriodEdge, caseload: Caseload) -> tuple[Table, Domain]:
    """All rows that may be occasions, in order of subject and day."""
    found = _candidates(occasion, caseload)
    if isinstance(occasion, p.EventDay):
        return found.table, row_days(found.table, caseload)
    return found.table, _in_order(found, caseload)


@shared
def _in_order(found: _Candidates, caseload: Caseload) -> Domain:
    """Days that have come as single days, in order."""
    rows = np.flatnonzero(found.day < FAR)
    day = np.maximum(found.day, 0)
    rows = rows[np.argsort(keys(found.subject[rows], day[rows]), kind="stable")]
    return on_days(found.subject[rows], day[rows], found.table.kind.name, found.row[rows])


def _dates_of(occasion: p.EventDay | p.PeriodEdge, table: Table) -> Days:
    """The day of each row of an occasion."""
    ends = isinstance(occasion, p.PeriodEdge) and occasion.edge == "end"
    return table.end if ends else table.start


# -------------------------------------------------------------------- without rows


def _hours_of_starts(domain: Domain, caseload: Caseload) -> Hours | None:
    if domain.period is None or "start" not in caseload.table(domain.period).times:
        return None
    table = caseload.table(domain.period)
    return hours_at(minutes_in(table, "start", domain.first_row))


def _without_rows(scope: Days, day: Days, doubtful: Flags) -> Anchors:
    return Anchors(scope, day, np.full(len(scope), -1, np.int32), doubtful, None)


def _scope_ends(domain: Domain, caseload: Caseload) -> Anchors:
    """The end of each scope's own period, once it has ended."""
    assert domain.period is not None
    scope = np.flatnonzero(domain.end < FAR).astype(np.int32)
    ends = _without_rows(scope, domain.end[scope], np.zeros(len(scope), bool))
    table = caseload.table(domain.period)
    if "end" not in table.times:
        return ends
    minute = minutes_in(table, "end", last_rows(table, domain.first_row))
    return evolve(ends, hours=hours_at(minute[scope]))


def _becoming(condition: p.Condition, domain: Domain, caseload: Caseload) -> Anchors:
    """The first day of each stretch, but of those that have always been so."""
    found = stretches(condition, caseload)
    began = np.flatnonzero((found.start > 0) & (found.start <= caseload.as_at))
    subject, day = found.subject[began], found.start[began]
    scope, which = _of_subjects(domain, subject)
    inside = (day[which] >= domain.start[scope]) & (day[which] < domain.end[scope])
    scope, which = scope[inside], which[inside]
    return _without_rows(scope, day[which], ~found.sure[began][which])


def _of_subjects(domain: Domain, subject: Days) -> tuple[Days, Days]:
    """Which of some subjects' rows, in order of subject, concern each scope."""
    return rows_of_each(domain.subject, subject)


# --------------------------------------------------------------------- dated by rows


def _dated(
    anchor: p.EventDay | p.PeriodEdge, domain: Domain, caseload: Caseload, *, ahead: bool
) -> Anchors:
    anchors = _in_rows(anchor, domain, caseload)
    if ahead and isinstance(anchor, p.EventDay) and anchor.milestone is None:
        anchors = _with_scheduled(anchors, anchor, domain, caseload)
    return anchors if anchor.ordinal is None else _nth(anchors, anchor.ordinal)


@shared
def every_row(anchor: p.EventDay | p.PeriodEdge, domain: Domain, caseload: Caseload) -> Anchors:
    """Each row that an anchor names, several of one day among them, in order of scope and day."""
    candidates = _candidates(anchor, caseload)
    fits = expected(anchor.where, candidates.table, caseload)
    scope, found = _within(domain, candidates, caseload)
    row, day, table = candidates.row[found], candidates.day[found], candidates.table
    fits = fits[row]
    if not fits.all():
        some = fits != 0
        scope, day, row, fits = scope[some], day[some], row[some], fits[some]
    hours = hours_at(anchor_minutes(anchor, table, row)) if table.times else None
    return Anchors(scope, day, row, fits == UNKNOWN, table, hours=hours)


@shared
def every_named_row(anchor: p.EventDay, domain: Domain, caseload: Caseload) -> Anchors:
    """The same, but of an anchor with a number only those on the day of the n-th."""
    rows = every_row(anchor, domain, caseload)
    if anchor.ordinal is None:
        return rows
    nth = _nth(rows, anchor.ordinal)
    place = np.searchsorted(nth.scope, rows.scope)
    on_its_day = keys(rows.scope, rows.day) == np.append(keys(nth.scope, nth.day), -1)[place]
    doubtful = rows.doubtful | np.append(nth.doubtful, False)[place]
    return evolve(rows, doubtful=doubtful).take(on_its_day)


def _in_rows(anchor: p.EventDay | p.PeriodEdge, domain: Domain, caseload: Caseload) -> Anchors:
    return _one_a_day(every_row(anchor, domain, caseload))


def _with_scheduled(
    anchors: Anchors, anchor: p.EventDay, domain: Domain, caseload: Caseload
) -> Anchors:
    """The anchors, and the events after the as-at day: not done, but still expected."""
    later = caseload.facts.later.get(anchor.event)
    if later is None:
        return anchors
    return _any_of([anchors, _in_rows(anchor, domain, caseload.with_table(later))])


def with_those_to_come(event: str, caseload: Caseload) -> Caseload:
    """The caseload with the scheduled events of a kind among those that have been."""
    if event not in caseload.facts.later:
        return caseload
    return caseload.with_table(_with_later(event, caseload))


@shared
def _with_later(event: str, caseload: Caseload) -> Table:
    return caseload.table(event).with_rows(caseload.facts.later[event])


@shared
def expected(where: p.Condition | None, table: Table, caseload: Caseload) -> Values:
    """Whether each row passes the test; of those to come, whether they still may."""
    ahead = table.start > caseload.as_at
    done = tested(where, table, caseload)
    if not ahead.any():
        return done
    to_come = tested(still_expected(where, table.kind), table, caseload)
    return np.where(ahead, to_come, done).astype(np.int8)


def still_expected(where: p.Condition | None, kind: p.Kind) -> p.Condition | None:
    """The test on an event to come: as on one that was done, but for what says that it was."""
    done = kind.counts.parts if isinstance(kind.counts, p.And) else (kind.counts,)
    asked = where.parts if isinstance(where, p.And) else (where,)
    own = [test for test in asked if test is not None]
    for test in done:
        if test in own:
            own.remove(test)  # once: what a rule asks besides is asked of those to come as well
    tests = (*own, kind.scheduled) if kind.scheduled is not None else tuple(own)
    return p.And(tests) if len(tests) > 1 else next(iter(tests), None)


def _one_a_day(anchors: Anchors) -> Anchors:
    """In order of scope and day; of several of one day, one that surely counts if there is one."""
    key = keys(anchors.scope, anchors.day)
    order = np.argsort(key * 2 + anchors.doubtful, kind="stable")
    first = np.flatnonzero(first_of_each(key[order]))
    found = anchors.take(order[first])
    if anchors.hours is None or len(first) == len(order):
        return found
    hours = anchors.hours[order]
    soonest = (np.minimum.reduceat(each, first) for each in (hours.first, hours.last))
    return evolve(found, hours=Hours(*soonest))


def _nth(anchors: Anchors, ordinal: int, before: Days | None = None) -> Anchors:
    """The n-th of each scope, those of one day as one; so many of each scope came ``before``."""
    anchors = _one_a_day(anchors)
    place = place_in_scope(anchors.scope)
    doubtful = _doubtful_so_far(anchors.doubtful, place)
    if before is not None:
        place = place + before[anchors.scope]
    return evolve(anchors, doubtful=doubtful).take(place == ordinal)


def _doubtful_so_far(doubtful: Flags, place: npt.NDArray[np.intp]) -> Flags:
    """Whether any anchor of the scope up to this one may not count: then it may not be the n-th."""
    total = np.cumsum(doubtful)
    start = np.arange(len(place)) - (place - 1)
    before: Flags = total - (total[start] - doubtful[start]) > 0
    return before


@frozen(eq=False)
class _Candidates:
    """Days that an anchor names, whatever the scope, in order of subject."""

    table: Table
    subject: Days
    day: Days
    row: Days


def _candidates(anchor: p.EventDay | p.PeriodEdge, caseload: Caseload) -> _Candidates:
    if isinstance(anchor, p.EventDay):
        return _dates(caseload.held(anchor.event, anchor.where), anchor.milestone, caseload)
    return _edges(caseload.held(anchor.period, anchor.where), anchor.edge, caseload)


@shared
def _dates(table: Table, milestone: str | None, caseload: Caseload) -> _Candidates:
    """The days of events, or of a milestone of theirs."""
    rows = np.arange(len(table), dtype=np.int32)
    day = table.columns[milestone].values if milestone else table.start
    return _Candidates(table, table.subject, day.astype(np.int32), rows)


@shared
def _edges(table: Table, edge: str, caseload: Caseload) -> _Candidates:
    """The days on which periods start or end."""
    day, row = table.periods.edges(edge)
    return _Candidates(table, table.periods.subject, day, row)


@shared
def _within(domain: Domain, candidates: _Candidates, caseload: Caseload) -> tuple[Days, Days]:
    """Which candidates are dated inside each scope, and name it where they name a period.

    They are in order of scope and day.
    """
    table = candidates.table
    if domain.period is not None and table.kind.of == domain.period:
        scope, row = pairs(domain, table, True, caseload)
        place = np.full(len(table), -1, np.int32)
        place[candidates.row] = np.arange(len(candidates.row), dtype=np.int32)
        found = place[row]
        scope, found = scope[found >= 0], found[found >= 0]
    else:
        scope, found = _of_subjects(domain, candidates.subject)
    day = candidates.day[found]
    keep = (day >= domain.start[scope]) & (day < domain.end[scope])
    keep &= (day != MISSING) & (day < FAR)
    scope, found = scope[keep], found[keep]
    order = np.argsort(keys(scope, day[keep]), kind="stable")
    return scope[order], found[order]


# ------------------------------------------------------------------------ several


def _any_of(parts: Sequence[Anchors]) -> Anchors:
    """Anchors joined by ``or``, with one table that holds the rows of all."""
    tables = [part.table for part in parts if part.table is not None]
    hours = [part.hours if part.hours is not None else any_hour(len(part.day)) for part in parts]
    before, shifted = 0, []
    for part in parts:
        shifted.append(np.where(part.row >= 0, part.row + before, -1))
        before += len(part.table) if part.table is not None else 0
    return _one_a_day(
        Anchors(
            np.concatenate([part.scope for part in parts]),
            np.concatenate([part.day for part in parts]),
            np.concatenate(shifted).astype(np.int32),
            np.concatenate([part.doubtful for part in parts]),
            _united(tables) if tables else None,
            hours=joined(hours) if any(part.hours is not None for part in parts) else None,
        )
    )


def _united(tables: Sequence[Table]) -> Table:
    """The rows of several tables one after the other, to be pointed at: ids and places only."""
    first = tables[0]
    places = tuple(place for table in tables for place in table.places)
    offsets = np.cumsum([0, *(len(table.places) for table in tables[:-1])])
    shifted = [t.place + offset for t, offset in zip(tables, offsets, strict=True)]
    name = " or ".join(dict.fromkeys(table.kind.name for table in tables))
    join = np.concatenate
    return evolve(
        first,
        kind=evolve(first.kind, name=name),
        ids=Ids.joined([table.ids for table in tables]),
        subject=join([table.subject for table in tables]),
        start=join([table.start for table in tables]),
        end=join([table.end for table in tables]),
        parent=join([table.parent for table in tables]),
        columns={},
        times={},
        places=places,
        place=join(shifted).astype(np.int32),
        row=join([table.row for table in tables]),
    )
