"""Scenarios that failed, as lines of text: what was expected, what came out, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from duly.dsl.packs import LoadedPolicy
from duly.engine.caseload import Caseload
from duly.engine.cli.explain import stretch_text
from duly.engine.days import long_date
from duly.engine.explain import Told, first_steps, told
from duly.engine.plan import DutyPlan, scope_text
from duly.engine.scenarios import Failure, Outcome, Result, differences

Duties = Mapping[str, Sequence[DutyPlan]]
"""The duties of each rule, by its qualified name."""

MOST_OTHERS = 3
"""Obligations shown beside the nearest: a history of weekly visits has dozens."""


@frozen(eq=False)
class Tested:
    """A pack, what became of its scenarios, and the duties of each rule that they may name."""

    loaded: LoadedPolicy
    results: Sequence[Result]
    duties: Duties

    @property
    def failed(self) -> int:
        return sum(not result.passed for result in self.results)


def describe(result: Result, duties: Duties) -> str:
    """A failed scenario and its place, as a block of text."""
    lines = [f"  {line}" for line in failure_lines(result, duties)]
    head = [f"FAILED  {result.scenario.title}", f"  --> {result.scenario.span}"]
    return "\n".join([*head, *lines]) + "\n"


def failure_lines(result: Result, duties: Duties) -> Iterator[str]:
    """Each expectation that did not hold, with what came out instead."""
    for failure in result.failures:
        yield f"line {failure.expectation.span.line}: {failure.expectation.text}"
        yield from (f"  {line}" for line in _instead(failure, result.caseload, duties))


def _instead(failure: Failure, caseload: Caseload, duties: Duties) -> list[str]:
    """What came out: the nearest obligation with its grounds, the others in a line each."""
    if not failure.outcomes:
        rule, label = failure.expectation.rule, failure.expectation.label
        lines = [f"came out: no obligation of this {'rule' if label is None else 'duty'}"]
        for duty in duties.get(rule, ()):
            if label in (None, duty.duty.label):
                lines += [f"  {line}" for line in _nothing(duty, caseload)]
        return lines
    nearest, *others = failure.outcomes
    lines = [f"came out: {nearest}"]
    if failure.expectation.denied:
        lines.append("  but no such obligation was expected")
    lines += [
        f"  but {each.expected} was expected, and it is {each.came_out}"
        for each in differences(failure.expectation, nearest)
    ]
    lines += [f"  {line}" for line in _grounds(told(nearest.batch, nearest.row, caseload))]
    return [*lines, *_others(others)]


def _others(others: Sequence[Outcome]) -> Iterator[str]:
    if others:
        yield "and, further from it:"
    yield from (f"  {other}" for other in others[:MOST_OTHERS])
    if len(others) > MOST_OTHERS:
        yield f"  … and {len(others) - MOST_OTHERS} more"


def _grounds(story: Told) -> Iterator[str]:
    """What the clock ran from, the clauses that stood meanwhile, and what was done."""
    o = story.obligation
    if o.anchored is not None:
        yield f"from {long_date(o.anchored)}: {_on_line(o.anchor)}"
    yield from (f"     {stretch_text(stretch)}" for stretch in story.stretches)
    if o.holidays:
        yield f"     working days, passing over {', '.join(o.holidays)}"
    if o.fulfilled:
        yield f"done {_on_line(o.fulfilled)}"
    grounds = [part for part in o.reason.split("; ") if not part.startswith("not confirmed: ")]
    yield f"why  {'; '.join(grounds)}"


def _on_line(text: str) -> str:
    """``(line 3)``: the rows of a scenario are the lines of its file."""
    return text.replace("(scenario, row ", "(line ")


def _nothing(duty: DutyPlan, caseload: Caseload) -> Iterator[str]:
    """Why a duty came to nothing: it has no scope here, or it did not stand in it."""
    yield duty.duty.text
    scopes = first_steps(duty, caseload)
    if not scopes:
        yield f"  not in this story: {scope_text(duty.scope)}"
    for name, stretches in scopes:
        yield f"  {_on_line(name)}"
        yield from (f"    {stretch_text(stretch)}" for stretch in stretches)
