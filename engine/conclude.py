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
from duly.engine.columns import joined
from duly.engine.dates import Days
from duly.engine.days import FAR, MISSING, day_of
from duly.engine.facts import Facts
from duly.engine.obligations import COLUMNS, VERDICTS, Obligations
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
    kept = [
        (batch.take(keep), floor[keep])
        for batch, floor, keep in zip(batches, effective, recent, strict=True)
        if keep.any()
    ]
    obligations = written(kept, facts, as_at, known_at)
    return Concluded(obligations, tuple(_summaries(plan, batches, recent)))


def together(policy: p.Policy, parts: Sequence[Concluded]) -> Concluded:
    """The conclusions of several partitions as one, in their order; the rules in the policy's."""
    if len(parts) == 1:
        return parts[0]
    tables = [part.obligations.typed for part in parts]
    columns = {name: joined([table[name] for table in tables]) for name in COLUMNS}
    summaries: dict[str, RuleSummary] = {}
    for part in parts:
        for summary in part.summaries:
            known = summaries.get(summary.qualified)
            summaries[summary.qualified] = summary if known is None else known.plus(summary)
    ordered = (summaries.get(rule.qualified) for rule in policy.rules())
    return Concluded(Obligations(columns), tuple(each for each in ordered if each is not None))


def _recent(batch: Batch, since: int, as_at: int) -> npt.NDArray[np.bool_]:
    """Still open on ``since``, or due or fulfilled on or after it."""
    undone = batch.fulfilled == MISSING
    open_ = undone & ((batch.end > as_at) | (batch.end >= since))
    dated = np.where(batch.deadline == MISSING, batch.anchor, batch.deadline)
    recent: npt.NDArray[np.bool_] = open_ | (dated >= since) | (batch.fulfilled >= since)
    return recent


def _summaries(
    plan: Plan, batches: Sequence[Batch], recent: Sequence[npt.NDArray[np.bool_]]
) -> Iterable[RuleSummary]:
    of_rule: dict[str, list[tuple[Batch, npt.NDArray[np.bool_]]]] = {}
    rules: dict[str, p.Rule] = {}
    for duty in plan.duties:
        rules.setdefault(duty.rule.qualified, duty.rule)
    for batch, keep in zip(batches, recent, strict=True):
        of_rule.setdefault(batch.duty.rule.qualified, []).append((batch, keep))
    for name, rule in rules.items():
        found = of_rule.get(name, [])
        counts: Counter[str] = Counter()
        concerned: list[Days] = []
        earlier = 0
        for batch, keep in found:
            for code, number in enumerate(
                np.bincount(batch.verdict[keep], minlength=len(VERDICTS))
            ):
                if number:
                    counts[VERDICTS[code]] += int(number)
            concerned.append(batch.subject[keep])
            earlier += int((~keep).sum())
        forces = [s.duty.force for s in rule.duties if not isinstance(s.duty, p.May)]
        yield RuleSummary(
            rule.pack,
            rule.name,
            rule.title,
            rule.refines,
            forces[0] if forces else "",
            counts,
            _distinct(concerned),
            earlier,
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
    for group in paired_duties(plan):
        keys = {duty.key for duty in group}
        members = [n for n, batch in enumerate(batches) if batch.duty.key in keys]
        if len(members) < 2:
            continue
        subject = np.concatenate([batches[n].subject for n in members])
        anchor = np.concatenate([batches[n].anchor for n in members])
        start = np.concatenate([batches[n].scope_start for n in members])
        deadline = np.concatenate([batches[n].deadline for n in members])
        step = np.concatenate([np.full(len(batches[n]), batches[n].step) for n in members])
        order = np.lexsort((step, anchor, start, subject))
        same = np.ones(len(order), bool)
        for column in (subject, start, anchor, step):
            same[1:] &= column[order][1:] == column[order][:-1]
        first = np.flatnonzero(~same | (np.arange(len(order)) == 0))
        dated = np.where(deadline == MISSING, FAR, deadline)[order]
        least = np.minimum.reduceat(dated, first) if len(first) else dated
        spread = np.empty(len(order), np.int32)
        spread[order] = np.repeat(least, np.diff(np.append(first, len(order))))
        spread[spread == FAR] = MISSING
        for n, part in zip(
            members, _split(spread, [len(batches[m]) for m in members]), strict=True
        ):
            effective[n] = part
    return effective


def _split(values: Days, lengths: Sequence[int]) -> list[Days]:
    return np.split(values, np.cumsum(lengths)[:-1])
