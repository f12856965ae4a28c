"""What of a rule encodes a row of its source, and what no scenario shows of that."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from attrs import frozen

from duly.dsl import policy as p
from duly.engine.coverage import Branch, Part, Side

Seen = Collection[Branch]
"""The branches that expectations of scenarios are about."""

Wanted = Mapping[str, Sequence[Part | Side]]

TIMED: Wanted = {"met": ("kept", "due"), "missed": ("missed",)}
STATE: Wanted = {"met": ("kept",), "not met": ("missed",)}
JUDGED: Wanted = {"left to judgement": ("judged",)}
"""The outcomes that scenarios must reach of a duty, each by one of several verdicts."""


@frozen
class Encoding:
    """A duty of a rule, or one exception of it, that says what a row says."""

    rule: p.Rule
    number: int
    clause: p.Unless | None = None

    @property
    def scoped(self) -> p.Scoped:
        """The duty in its scope."""
        return self.rule.duties[self.number]

    def branch(self, step: int, part: Part | Side, clause: int = 0) -> Branch:
        """One way through the duty, as scenarios reach it."""
        return Branch(self.rule.qualified, self.number, step, part, clause)


def encodings(rule: p.Rule, row: str) -> Iterator[Encoding]:
    """What of a rule encodes the row: all its duties, where the rule as a whole traces it."""
    for each in duties_of(rule):
        duty = each.scoped.duty
        if row in (*rule.traces, *duty.grounds.traces):
            yield each
        for clause in p.exceptions(duty):
            if row in clause.grounds.traces:
                yield Encoding(rule, each.number, clause)


def duties_of(rule: p.Rule) -> Iterator[Encoding]:
    """The duties of a rule that compute something."""
    for number, scoped in enumerate(rule.duties):
        if not isinstance(scoped.duty, p.May):
            yield Encoding(rule, number)


def permissions(rule: p.Rule, row: str) -> Iterator[str]:
    """What the rule allows where it traces the row; nothing is computed of that."""
    for scoped in rule.duties:
        traces = (*rule.traces, *scoped.duty.grounds.traces)
        if isinstance(scoped.duty, p.May) and row in traces:
            yield scoped.duty.permission


def names(found: Iterable[Encoding]) -> Iterator[str]:
    """Each rule with the labels of its duties that encode the row."""
    by_rule: dict[str, list[str]] = {}
    for each in found:
        duty = each.scoped.duty
        labels = by_rule.setdefault(each.rule.qualified, [])
        if not isinstance(duty, p.May) and duty.label:
            labels.append(duty.label)
    for rule, labels in by_rule.items():
        yield f"{rule} ({', '.join(dict.fromkeys(labels))})" if labels else rule


# ------------------------------------------------------------- what no scenario shows


def untested(found: Iterable[Encoding], seen: Seen) -> Iterator[str]:
    """What no scenario shows, as sentences: of a rule that none names, one for all of it."""
    told = {branch.rule for branch in seen}
    for each in found:
        if each.rule.qualified not in told:
            yield f"no scenario expects anything of `{each.rule.qualified}`"
        elif each.clause is not None:
            yield from _undecided(each, each.clause, seen)
        else:
            yield from _one_sided(each, seen)


def _undecided(each: Encoding, clause: p.Unless, seen: Seen) -> Iterator[str]:
    """An exception must decide in some scenario."""
    duty = each.scoped.duty
    steps = [s.unless for s in duty.steps] if isinstance(duty, p.Do) else [p.exceptions(duty)]
    branches = [
        each.branch(number, "exception", place)
        for number, clauses in enumerate(steps)
        for place, other in enumerate(clauses)
        if other is clause
    ]
    if not any(branch in seen for branch in branches):
        yield f"no scenario is decided by `{clause.text.lstrip(', ')}`"


def _one_sided(each: Encoding, seen: Seen) -> Iterator[str]:
    """Each step of a duty must come out in more than one way."""
    for number, (words, wanted) in enumerate(_steps(each.scoped.duty)):
        lost = [
            outcome
            for outcome, sides in wanted.items()
            if not any(each.branch(number, side) in seen for side in sides)
        ]
        if len(lost) == len(wanted):
            yield f"no scenario comes to `{words}`"
        else:
            yield from (f"no scenario has `{words}` {outcome}" for outcome in lost)


def _steps(duty: p.Duty) -> Iterator[tuple[str, Wanted]]:
    """The steps of a duty in words, each with the outcomes that are wanted of it."""
    if isinstance(duty, p.Do):
        for step in duty.steps:
            judged = isinstance(step.timing, p.WithoutNumber)
            yield f"{duty.words} {step.text}", JUDGED if judged else TIMED
    elif isinstance(duty, p.Have | p.Forbid):
        yield duty.text, STATE


def unwaived(rule: p.Rule, seen: Seen) -> Iterator[str]:
    """A waiver must excuse somebody in a scenario, and be over in another."""
    for waiver in rule.waives:
        sides = {branch.part for branch in seen if branch.rule == waiver.rule}
        if "exempt" not in sides:
            yield f"no scenario has `{waiver.rule}` waived"
        if not sides & {"kept", "missed", "due"}:
            yield f"no scenario has `{waiver.rule}` in force again"
