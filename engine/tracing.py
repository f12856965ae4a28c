"""Packs, their scenarios and their row tables into what has become of each row of a source.

A row counts as encoded where a rule traces it, a scenario has that rule met and another has it
missed; answerable, where a case system can be read for every fact that the rule looks at.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Literal, get_args

import pluggy
from attrs import evolve, field, frozen

from duly.dsl import policy as p
from duly.dsl.packs import LoadedPolicy
from duly.engine import discovery
from duly.engine.coverage import reached
from duly.engine.encodings import (
    Encoding,
    Seen,
    duties_of,
    encodings,
    names,
    permissions,
    untested,
    unwaived,
)
from duly.engine.hookspecs import FactSource
from duly.engine.needs import Need, lacking, needs_of, needs_of_exception
from duly.engine.scenarios import run_scenarios

Status = Literal["encoded", "no_source", "half_tested", "not_encoded", "nothing"]

STATUSES: Mapping[Status, str] = {
    "encoded": "encoded and answerable",
    "no_source": "encoded, no source holds it",
    "half_tested": "half-tested",
    "not_encoded": "not encoded, because",
    "nothing": "nothing",
}
"""Every status, in the words of a report."""

MAY_NOT_BE_MISSING: frozenset[p.RowKind] = frozenset(("time", "each", "count"))
"""Kinds of row of which something must be said."""


@frozen
class Traced:
    """What has become of one row.

    ``rules`` encode it, with the labels of their duties; ``sources`` are the adapters that hold
    rows of what they look at.  ``lacking`` is what none holds, ``lacking_excuses`` what none holds
    and only an exception looks at; ``untested`` what no scenario shows, in sentences.
    ``category`` says as what it is left out, and ``reason`` why.
    """

    row: p.Row
    status: Status
    rules: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    lacking: tuple[str, ...] = ()
    lacking_excuses: tuple[str, ...] = ()
    untested: tuple[str, ...] = ()
    category: p.OmittedAs | None = None
    reason: str = ""

    @property
    def is_missing(self) -> bool:
        """Whether somebody has yet to write something: a rule, a reason or a scenario."""
        return self.status in ("nothing", "half_tested")


@frozen
class Trace:
    """A pack, what has become of each row of its table, and other packs that encode them."""

    pack: p.Pack
    rows: tuple[Traced, ...]
    others: tuple[str, ...] = ()

    @property
    def kinds(self) -> tuple[p.RowKind, ...]:
        """The kinds of row that there are, those that may not be missing first."""
        there = {each.row.kind for each in self.rows}
        return tuple(kind for kind in get_args(p.RowKind) if kind in there)

    def of_kinds(self, kinds: Collection[str]) -> Trace:
        """Its rows of these kinds alone; all of them where none is named."""
        return evolve(self, rows=tuple(r for r in self.rows if not kinds or r.row.kind in kinds))

    def count_of(self, kind: p.RowKind) -> int:
        """How many rows of a kind there are."""
        return sum(each.row.kind == kind for each in self.rows)

    def count(self, status: Status, kind: p.RowKind | None = None) -> int:
        """How many rows of a kind, or of all, have come to this."""
        return sum(each.status == status and kind in (None, each.row.kind) for each in self.rows)


# ------------------------------------------------------------------- packs and tables


def trace(manager: pluggy.PluginManager, wanted: Iterable[str]) -> list[Trace]:
    """What has become of the rows of the tables of these packs, by name or as paths.

    A pack without a table adds its rules to those of the nearest pack below that has one.
    """
    by_table: dict[str, dict[str, LoadedPolicy]] = {}
    for name in wanted:
        loaded = discovery.load(manager, name)
        place = _table(loaded.policy)
        owner = loaded.policy.packs[place].name
        found = by_table.setdefault(owner, {})
        if owner not in found:
            own = owner == loaded.own
            found[owner] = loaded if own else discovery.load(manager, loaded.packs[place].folder)
        found.setdefault(loaded.own, loaded)
    sources = discovery.fact_sources(manager)
    return [_trace(tuple(found.values()), sources) for found in by_table.values()]


def _table(policy: p.Policy) -> int:
    """The place of the topmost pack that has a table; of the topmost one where none has."""
    tables = [place for place, pack in enumerate(policy.packs) if pack.rows]
    return max(tables, default=len(policy.packs) - 1)


def _trace(loaded: Sequence[LoadedPolicy], sources: Mapping[str, FactSource]) -> Trace:
    """What has become of the rows of the first pack, in its own rules and those of the others."""
    seen = {
        branch
        for each in loaded
        for branch in reached(run_scenarios(each.policy, each.scenarios()))
    }
    tracer = _Tracer(_together([each.policy for each in loaded]), seen, sources)
    pack, *others = (each.policy.packs[-1] for each in loaded)
    return Trace(pack, tuple(map(tracer.row, pack.rows)), tuple(other.name for other in others))


def _together(policies: Sequence[p.Policy]) -> p.Policy:
    """The packs of several stacks, each once, with all that they know."""
    packs = {pack.name: pack for policy in policies for pack in policy.packs}
    calendars = {name: each for policy in policies for name, each in policy.calendars.items()}
    kinds = {name: kind for policy in policies for name, kind in policy.kinds.items()}
    return p.Policy(tuple(packs.values()), kinds, policies[0].roles, calendars)


_ROW = re.compile(r"\b[A-Z]-[0-9]+\b")


@frozen
class _Tracer:
    """Says of each row what has become of it."""

    policy: p.Policy
    seen: Seen
    sources: Mapping[str, FactSource]
    omitted: Mapping[str, p.Omission] = field(init=False)
    by_row: Mapping[str, Sequence[p.Rule]] = field(init=False)

    @omitted.default
    def _omissions(self) -> dict[str, p.Omission]:
        omissions = (each for pack in self.policy.packs for each in pack.omissions)
        return {row: omission for omission in omissions for row in omission.rows}

    @by_row.default
    def _rules(self) -> dict[str, list[p.Rule]]:
        found: dict[str, list[p.Rule]] = {}
        for rule in self.policy.rules():
            for row in rule.rows:
                found.setdefault(row, []).append(rule)
        return found

    def row(self, row: p.Row) -> Traced:
        """What has become of one row."""
        rules = self.by_row.get(row.id, ())
        found = [each for rule in rules for each in encodings(rule, row.id)]
        waiving = [rule for rule in rules if rule.waives and not any(duties_of(rule))]
        if found or waiving:
            return self._encoded(row, found, waiving)
        allowed = [text for rule in rules for text in permissions(rule, row.id)]
        if allowed:
            stated = tuple(rule.qualified for rule in rules)
            reason = "; ".join(allowed)
            return Traced(row, "not_encoded", stated, category="permission", reason=reason)
        if row.id in self.omitted:
            return self._left_out(row, self.omitted[row.id])
        return Traced(row, "nothing")

    def _left_out(self, row: p.Row, omission: p.Omission) -> Traced:
        """Left out with a reason, which must hold where it names another row that says it."""
        if omission.category == "elsewhere":
            named = [each for each in _ROW.findall(omission.reason) if each != row.id]
            lost = [each for each in named if each not in self.by_row]
            if lost or not named:
                said = f"nothing encodes {', '.join(lost)}" if lost else "no row is named"
                reason = f"{omission.reason} (said to be elsewhere, but {said})"
                return Traced(row, "nothing", category="elsewhere", reason=reason)
        reason = omission.reason
        return Traced(row, "not_encoded", category=omission.category, reason=reason)

    def _encoded(self, row: p.Row, found: Sequence[Encoding], waiving: Sequence[p.Rule]) -> Traced:
        stated = dict.fromkeys((*names(found), *(rule.qualified for rule in waiving)))
        waivers = [waiver for rule in waiving for waiver in rule.waives]
        below = [each for w in waivers for each in duties_of(self.policy.rule(w.rule))]
        own, of_exceptions = self._needs([*found, *below])
        supplies = [supply for source in self.sources.values() for supply in source.supplies]
        lacks = tuple(lacking(own, supplies))
        excuses = [word for word in lacking(own | of_exceptions, supplies) if word not in lacks]
        shown = [*untested(found, self.seen), *(s for r in waiving for s in unwaived(r, self.seen))]
        status: Status = "no_source" if lacks or excuses else "encoded"
        return Traced(
            row,
            "half_tested" if shown else status,
            rules=tuple(stated),
            sources=tuple(self._holding(own | of_exceptions)),
            lacking=lacks,
            lacking_excuses=tuple(excuses),
            untested=tuple(dict.fromkeys(shown)),
        )

    def _needs(self, found: Sequence[Encoding]) -> tuple[frozenset[Need], frozenset[Need]]:
        """What the duties look at, and what their exceptions do besides."""
        own: set[Need] = set()
        of_exceptions: set[Need] = set()
        for each in found:
            own |= needs_of(self.policy, each.scoped)
            for clause in p.exceptions(each.scoped.duty):
                needs = needs_of_exception(self.policy, clause)
                (own if clause is each.clause else of_exceptions).update(needs)
        return frozenset(own), frozenset(of_exceptions)

    def _holding(self, needs: Collection[Need]) -> Iterator[str]:
        """The adapters that supply rows of some kind that is needed."""
        kinds = {need.kind for need in needs}
        for name, source in self.sources.items():
            if kinds & {supply.kind for supply in source.supplies}:
                yield name
