"""What judged batches come to: layers' clocks paired, rows to write, each rule's counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.batch import Batch
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, day_of
from duly.engine.facts import Facts
from duly.engine.keys import Keys, first_of_each, keys
from duly.engine.obligations import VERDICTS, Obligations
from duly.engine.pairs import paired_duties
from duly.engine.plan import Plan
from duly.engine.rows import written


@frozen
class RuleSummary:
    """How one rule came out.

    ``verdicts`` count obligations that are still open or fell due, or were fulfilled, on or after
    the run's ``since``, ``subjects`` whom these concern; ``earlier`` counts those before.
    """

    pack: str
    rule: str
    title: str
    refines: str | None
    force: str
    verdicts: Mapping[str, int]
    subjects: int
    earlier: int

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.rule}"

    @property
    def total(self) -> int:
        return sum(self.verdicts.values())

    def plus(self, other: RuleSummary) -> RuleSummary:
        """The same rule over more subjects."""
        return evolve(
            self,
            verdicts=Counter(self.verdicts) + Counter(other.verdicts),
            subjects=self.subjects + other.subjects,
            earlier=self.earlier + other.earlier,
        )


def families(summaries: Sequence[RuleSummary]) -> Iterator[RuleSummary]:
    """Each rule, followed by those that refine it."""
    names = {summary.qualified for summary in summaries}

    def below(name: str) -> Iterator[RuleSummary]:
        for summary in summaries:
            if summary.refines == name:
                yield summary
                yield from below(summary.qualified)

    for summary in summaries:
        if summary.refines not in names:
            yield summary
            yield from below(summary.qualified)


@frozen(eq=False)
class Concluded:
    """What a run comes to: the rows to write and a summary for each rule."""

    obligations: Obligations
    summaries: tuple[RuleSummary, ...]


def conclude(
    plan: Plan,
    batches: Sequence[Batch],
    facts: Facts,
    as_at: date,
    since: date,
    known_at: date | None,
) -> Concluded:
    """The table of obligations from ``since`` on, subject by subject, and every rule's counts."""
    effective = effective_deadlines(plan, batches)
    recent = [_recent(batch, day_of(since), day_of(as_at)) for batch in batches]
    kept = [batch.take(keep) for batch, keep in zip(batches, recent, strict=True)]
    rows = [
        (batch, floor[keep])
        for batch, floor, keep in zip(kept, effective, recent, strict=True)
        if len(batch)
    ]
    earlier = [len(batch) - len(later) for batch, later in zip(batches, kept, strict=True)]
    summaries = tuple(_summaries(plan, kept, earlier))
    return Concluded(written(rows, facts, as_at, known_at), summaries)


def together(policy: p.Policy, parts: Sequence[Concluded]) -> Concluded:
    """The conclusions of several partitions as one, in their order; the rules in the policy's."""
    if len(parts) == 1:
        return parts[0]
    obligations = Obligations.joined([part.obligations for part in parts])
    summaries: dict[str, RuleSummary] = {}
    for part in parts:
        for summary in part.summaries:
            known = summaries.get(summary.qualified)
            summaries[summary.qualified] = summary if known is None else known.plus(summary)
    ordered = (summaries.get(rule.qualified) for rule in policy.rules())
    return Concluded(obligations, tuple(each for each in ordered if each is not None))


def _recent(batch: Batch, since: int, as_at: int) -> npt.NDArray[np.bool_]:
    """Still open on ``since``, or due or fulfilled on or after it."""
    undone = batch.fulfilled == MISSING
    open_ = undone & ((batch.end > as_at) | (batch.end >= since))
    dated = np.where(batch.deadline == MISSING, batch.anchor, batch.deadline)
    recent: npt.NDArray[np.bool_] = open_ | (dated >= since) | (batch.fulfilled >= since)
    return recent


def _summaries(plan: Plan, kept: Sequence[Batch], earlier: Sequence[int]) -> Iterable[RuleSummary]:
    """Each rule's counts, from the batches that are written and how many rows came before."""
    of_rule: dict[str, list[tuple[Batch, int]]] = {}
    rules: dict[str, p.Rule] = {}
    for duty in plan.duties:
        rules.setdefault(duty.rule.qualified, duty.rule)
    for batch, before in zip(kept, earlier, strict=True):
        of_rule.setdefault(batch.duty.rule.qualified, []).append((batch, before))
    for name, rule in rules.items():
        found = of_rule.get(name, [])
        counted = np.zeros(len(VERDICTS), np.int64)
        for batch, _ in found:
            counted += np.bincount(batch.verdict, minlength=len(VERDICTS))
        counts = Counter({VERDICTS[n]: int(counted[n]) for n in np.flatnonzero(counted)})
        forces = [s.duty.force for s in rule.duties if not isinstance(s.duty, p.May)]
        yield RuleSummary(
            rule.pack,
            rule.name,
            rule.title,
            rule.refines,
            forces[0] if forces else "",
            counts,
            _distinct([batch.subject for batch, _ in found]),
            sum(before for _, before in found),
        )


def _distinct(concerned: Sequence[Days]) -> int:
    """How many subjects there are among those of several batches."""
    seen = np.zeros(max((int(each.max(initial=-1)) for each in concerned), default=-1) + 1, bool)
    for subject in concerned:
        seen[subject] = True
    return int(seen.sum())


# ------------------------------------------------------------------- the floor


def effective_deadlines(plan: Plan, batches: Sequence[Batch]) -> list[Days]:
    """For each obligation the earliest deadline of all layers, of the same step and anchor."""
    effective = [batch.deadline for batch in batches]
    of_duty: dict[tuple[str, int], list[int]] = {}
    for number, batch in enumerate(batches):
        of_duty.setdefault(batch.duty.key, []).append(number)
    for group in paired_duties(plan):
        members = sorted(n for duty in group for n in of_duty.get(duty.key, ()))
        if len(members) > 1:
            some = [batches[n] for n in members]
            for n, least in zip(members, _earliest(some), strict=True):
                effective[n] = least
    return effective


def _earliest(batches: Sequence[Batch]) -> list[Days]:
    """For each row the earliest deadline of those in all batches with its scope, anchor, step."""
    key = np.concatenate([_place(batch) for batch in batches])
    deadline = np.concatenate([batch.deadline for batch in batches])
    order = np.argsort(key, kind="stable")
    first = np.flatnonzero(first_of_each(key[order]))
    least = np.where(deadline == MISSING, FAR, deadline)[order]
    if len(first):
        rows = np.diff(np.append(first, len(order)))
        least = np.repeat(np.minimum.reduceat(least, first), rows)
    spread = np.empty(len(order), np.int32)
    spread[order] = np.where(least == FAR, MISSING, least)
    return np.split(spread, np.cumsum([len(batch) for batch in batches])[:-1])


def _place(batch: Batch) -> Keys:
    """One number for the scope, the anchor and the step of each row; a blank day comes first."""
    assert batch.step < 1 << _STEP_BITS
    scope = keys(batch.subject, batch.scope_start + 1)
    place: Keys = keys(scope, batch.anchor + 1) << _STEP_BITS | batch.step
    return place


_STEP_BITS = 4
