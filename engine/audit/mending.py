"""A local rule mended: its exception kept only where the law allows as long."""

from __future__ import annotations

import re
from collections.abc import Sequence

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.engine.audit.compared import Compared, Difference
from duly.engine.audit.comparing import Terms, compare
from duly.engine.audit.limits import Range, apart
from duly.engine.lower import Lowering
from duly.engine.plan import DutyPlan, Outcome, applies


@frozen
class Mend:
    """What to write in place of a local clause, so that the rule is later nowhere."""

    instead_of: str
    write: str


def mend(compared: Compared, policy: p.Policy, terms: Terms) -> Mend | None:
    """A mend of what is later, where one clause is at fault and the mended rule is later nowhere.

    An exception is kept under the law's own condition for a limit as long; a rule's own limit
    gives way to the law's.
    """
    later = [found for found in compared.differences if found.verdict == "later"]
    if not later or not isinstance(compared.local.duty, p.Do):
        return None
    mended = _mended(compared, later[0], terms.dates)
    if mended is None:
        return None
    step, found = mended
    place = later[0].local_step
    steps = compared.local.duty.steps
    local = _with_steps(compared.local, (*steps[:place], step, *steps[place + 1 :]), policy)
    anew = compare(compared.law, local, (local,), terms)
    return None if any(each.verdict == "later" for each in anew.differences) else found


def _mended(compared: Compared, later: Difference, dates: Range) -> tuple[p.Step, Mend] | None:
    """The local step with the clause mended that the difference comes from."""
    assert isinstance(compared.law.duty, p.Do)
    assert isinstance(compared.local.duty, p.Do)
    law = compared.law.duty.steps[later.step]
    local = compared.local.duty.steps[later.local_step]
    for clause in local.unless:
        if clause.text == later.local.outcome.text:
            return _with_exception_kept(clause, local, law, later.local.outcome, dates)
    if later.law.outcome.text != law.text:
        return None
    return evolve(local, timing=law.timing), Mend(local.text, law.text)


def _with_exception_kept(
    clause: p.Unless, local: p.Step, law: p.Step, limit: Outcome, dates: Range
) -> tuple[p.Step, Mend] | None:
    """The local step with an exception kept where the law allows a limit as long."""
    guard = _guard(law, limit, dates)
    if guard is None:
        return None
    condition, words = guard
    kept = evolve(clause, condition=p.And((clause.condition, condition)))
    unless = tuple(kept if each is clause else each for each in local.unless)
    write = f"unless {_bracketed(_words(clause))} and {words} then {clause.then}"
    return evolve(local, unless=unless), Mend(clause.text.lstrip(", "), write)


def _guard(law: p.Step, limit: Outcome, dates: Range) -> tuple[p.Condition, str] | None:
    """When the law allows a limit as long as the local one, and how the law says so."""
    allowed = [clause for clause in law.unless if _allows(clause, limit, dates)]
    ways = [_way(clause, law, allowed) for clause in allowed]
    if not ways:
        return None
    if len(ways) == 1:
        condition, words = ways[0]
        return condition, _bracketed(words)
    either = p.Or(tuple(condition for condition, _ in ways))
    return either, f"({' or '.join(_bracketed(words) for _, words in ways)})"


def _way(clause: p.Unless, law: p.Step, allowed: Sequence[p.Unless]) -> tuple[p.Condition, str]:
    """When an exception of the law's is the one that counts, and how the law says so.

    The exceptions after it win over it, which does not matter of those allowed as well.
    """
    after = law.unless[law.unless.index(clause) + 1 :]
    winning = [each for each in after if each not in allowed]
    words = [_words(clause), *(f"not ({_words(each)})" for each in winning)]
    condition = p.And((applies(clause), *(p.Not(applies(each)) for each in winning)))
    return condition, " and ".join(words)


def _allows(clause: p.Unless, local: Outcome, dates: Range) -> bool:
    """Whether the limit of a clause of the law is nowhere before the local one."""
    if not isinstance(clause.then, p.Duration):
        return False
    return apart(Outcome(clause.then, clause.text), local, dates).most <= 0


_CONDITION = re.compile(r"^,?\s*unless\s+(.*?)(?:\s+then\s+.*)?$", re.DOTALL)


def _words(clause: p.Unless) -> str:
    """The condition of an exception as its rule file has it."""
    found = _CONDITION.match(clause.text)
    return found[1] if found else clause.text


def _bracketed(words: str) -> str:
    return f"({words})" if " or " in words else words


def _with_steps(local: DutyPlan, steps: tuple[p.Step, ...], policy: p.Policy) -> DutyPlan:
    """The local duty with other steps, lowered anew."""
    assert isinstance(local.duty, p.Do)
    scoped = p.Scoped(local.scope, evolve(local.duty, steps=steps))
    return Lowering(policy).duty(local.pack, local.rule, local.number, scoped)
