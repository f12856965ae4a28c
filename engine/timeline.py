"""Step functions over a caseload.

A *domain* is a set of scopes (or of single days).  A condition becomes rows
``(scope, day, value)``: from that day on it has that value, 0 false, 1 true, 2 unknown.  A guard
of several leaves becomes one timeline of codes in base 3, one digit a leaf, by one sort and one
cumulative sum; nothing loops over children.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.engine.dates import Days
from duly.engine.days import UNKNOWN
from duly.engine.facts import Table
from duly.engine.keys import (
    Flags,
    Keys,
    day_in,
    first_of_each,
    in_order,
    keys,
    last_of_each,
    place_of,
    scope_of,
    spans,
    total_in_scope,
)

Values = npt.NDArray[np.int8]


_DELTA_BITS = 20


@frozen(eq=False)
class Domain:
    """Scopes, in order of subject and first day: ``[start, end)``, ``end`` ``FAR`` while running.

    ``period`` names the kind whose rows the scopes are (``None`` for stretches and for whole
    lives); ``member_scope`` and ``member_row`` list the rows that each scope was joined of.  A
    domain of ``single`` days has one member each, the row judged on it; it is ``whole`` where
    these are all rows of the table in order.  ``event`` is the table of the events that the
    scopes are about, one each, where they are made for events, and ``event_row`` the row of each.
    """

    subject: Days
    start: Days
    end: Days
    period: str | None = None
    member_scope: Days = np.zeros(0, np.int32)
    member_row: Days = np.zeros(0, np.int32)
    single: bool = False
    whole: bool = False
    event: Table | None = None
    event_row: Days = np.zeros(0, np.int32)

    def __len__(self) -> int:
        return len(self.subject)

    @cached_property
    def every(self) -> Days:
        """The numbers of all scopes."""
        return np.arange(len(self), dtype=np.int32)

    @cached_property
    def key(self) -> Keys:
        """The keys of the scopes on their first days."""
        return keys(self.every, self.start)

    @cached_property
    def first_row(self) -> Days:
        """The first table row of each scope, -1 where it is not made of rows."""
        if self.single:
            return self.member_row
        first = np.full(len(self), -1, np.int32)
        first[self.member_scope[::-1]] = self.member_row[::-1]
        return first


@frozen(eq=False)
class Steps:
    """Rows of a step function, in order of scope and day; before the first row it is false."""

    scope: Days
    day: Days
    value: Values


@frozen(eq=False)
class Timeline:
    """Codes over a domain: ``key`` holds scope and day, sorted; each scope has a first row."""

    key: Keys
    code: npt.NDArray[np.int32]

    @property
    def day(self) -> Days:
        return day_in(self.key)

    @property
    def scope(self) -> Days:
        return scope_of(self.key)

    def first(self, marked: Flags, scopes: int) -> tuple[Flags, npt.NDArray[np.int32]]:
        """Which of so many scopes have a marked segment, and the code of its first; else 0."""
        some = np.flatnonzero(marked)[::-1]  # so that the first stays
        there, code = np.zeros(scopes, bool), np.zeros(scopes, np.int32)
        there[self.scope[some]], code[self.scope[some]] = True, self.code[some]
        return there, code

    def at(self, scope: Days, day: Days) -> npt.NDArray[np.int32]:
        """The code of each scope on a day."""
        return self.code[place_of(self.key, keys(scope, day), side="right") - 1]


def timeline(
    domain: Domain, leaves: Sequence[Steps], values: Sequence[int] | None = None
) -> Timeline:
    """All leaves of a guard as one timeline of codes; ``values`` are the sizes of the digits."""
    at_start, changing = np.zeros(len(domain), np.int32), []
    for place, steps in zip(places(values or (3,) * len(leaves)), leaves, strict=True):
        if steps.scope is domain.every and steps.day is domain.start:  # it never changes
            at_start += steps.value * np.int32(place)
        else:
            changing.append((place, steps))
    if not changing:
        return Timeline(domain.key, at_start)
    (place, steps), *more = changing
    scope, key = steps.scope, keys(steps.scope, steps.day)
    if not more and _are_whole(steps, key, domain):
        code = at_start[scope] + steps.value * np.int32(place)
    else:
        key, code = _summed(domain, at_start, changing)
        scope = scope_of(key)
    changed = first_of_each(scope) | first_of_each(code)
    return Timeline(key[changed], code[changed])


def _are_whole(steps: Steps, key: Keys, domain: Domain) -> bool:
    """Whether the steps of each scope begin on its first day, and no two are of one day."""
    begins = np.flatnonzero(first_of_each(steps.scope))
    there = len(begins) == len(domain) and bool((steps.day[begins] == domain.start).all())
    return there and bool((key[1:] > key[:-1]).all())


def _summed(
    domain: Domain, at_start: npt.NDArray[np.int32], changing: Sequence[tuple[int, Steps]]
) -> tuple[Keys, npt.NDArray[np.int32]]:
    """The digits of leaves that change, each worth its place, as one code a day."""
    packed = [_packed(domain.key, at_start.astype(np.int64))]
    for place, steps in changing:
        value = steps.value.astype(np.int64)
        change = value.copy()
        same = steps.scope[1:] == steps.scope[:-1]
        change[1:] -= np.where(same, value[:-1], 0)
        packed.append(_packed(keys(steps.scope, steps.day), change * place))
    rows = np.concatenate(packed)
    rows.sort(kind="stable")
    key = rows >> _DELTA_BITS
    change = (rows & ((1 << _DELTA_BITS) - 1)) - (1 << (_DELTA_BITS - 1))
    last = last_of_each(key)
    code = total_in_scope(scope_of(key), change)[last]
    return key[last], code.astype(np.int32)


def places(values: Sequence[int]) -> list[int]:
    """What each digit of a code is worth."""
    return [math.prod(values[:digit]) for digit in range(len(values))]


def _packed(key: Keys, change: npt.NDArray[np.int64]) -> Keys:
    return (key << _DELTA_BITS) | (change + (1 << (_DELTA_BITS - 1)))


def clipped(domain: Domain, scope: Days, day: Days, value: Values) -> Steps:
    """Rows in any order into steps inside each scope: what was so before counts at the start."""
    inside = day < domain.end[scope]
    if not inside.all():
        scope, day, value = scope[inside], day[inside], value[inside]
    key = keys(scope, np.maximum(day, 0))
    if not in_order(key):
        order = np.argsort(key, kind="stable")
        scope, day, value = scope[order], day[order], value[order]
    day = np.maximum(day, domain.start[scope])
    last = last_of_each(keys(scope, day))
    return Steps(scope[last], day[last].astype(np.int32), value[last])


def between(domain: Domain, may: Steps, must: Steps) -> Steps:
    """True where it must be, false where it may not be, else unknown; what must be may be."""
    line = timeline(domain, [may, must])
    return Steps(line.scope, line.day, _MAY_MUST[line.code])


_MAY_MUST = np.array([0, UNKNOWN, 0, 0, 1], np.int8)
"""False, may be, -, -, must be: two digits in base 3."""


def constant(domain: Domain, value: Values) -> Steps:
    """One value for the whole of each scope."""
    return Steps(domain.every, domain.start, value)


def counted(
    domain: Domain,
    scope: Days,
    day: Days,
    sure: npt.NDArray[np.integer],
    possible: npt.NDArray[np.integer],
    least: int,
    most: int | None,
) -> Steps:
    """Rows that change how many there surely and possibly are, into ``at least`` / ``at most``."""
    inside = day < domain.end[scope]
    scope, day, sure, possible = scope[inside], day[inside], sure[inside], possible[inside]
    day = np.maximum(day, domain.start[scope])
    base = domain.every
    scope = np.concatenate([base, scope])
    key = keys(scope, np.concatenate([domain.start, day]))
    order = np.argsort(key, kind="stable")
    key, scope = key[order], scope[order]
    nothing = np.zeros(len(base), np.int64)
    surely, possibly = (
        total_in_scope(scope, np.concatenate([nothing, change])[order])
        for change in (sure, possible)
    )
    true = surely >= least
    false = possibly < least
    if most is not None:
        true &= possibly <= most
        false |= surely > most
    value = np.where(true, 1, np.where(false, 0, UNKNOWN)).astype(np.int8)
    last = last_of_each(key)
    return Steps(scope[last], day_in(key[last]), value[last])


def of_events(domain: Domain, scope: Days, table: Table, row: Days) -> Domain:
    """A scope for each event, as long as the scope that it lies in."""
    lo = np.searchsorted(domain.member_scope, scope, side="left")
    hi = np.searchsorted(domain.member_scope, scope, side="right")
    member, place = spans(lo, hi)
    return Domain(
        domain.subject[scope],
        domain.start[scope],
        domain.end[scope],
        domain.period,
        member,
        domain.member_row[place],
        event=table,
        event_row=row,
    )


def on_days(subject: Days, day: Days, period: str | None, row: Days) -> Domain:
    """Single days as scopes one day long, each with the table row that is judged on it."""
    every = np.arange(len(subject), dtype=np.int32)
    return Domain(subject, day, (day + 1).astype(np.int32), period, every, row, single=True)
