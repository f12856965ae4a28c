"""The whole audit: every duty of the law, what refines it, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.dsl.subjects import about
from duly.engine.audit.asked import CaseSpace
from duly.engine.audit.compared import Compared, Difference, Verdict
from duly.engine.audit.comparing import Terms, compare
from duly.engine.audit.limits import Range, start_dates
from duly.engine.audit.mending import Mend, mend
from duly.engine.audit.replay import with_children
from duly.engine.clauses import Stated, alike, stated
from duly.engine.days import day_of
from duly.engine.lower import lower
from duly.engine.pairs import in_place, paired_duties
from duly.engine.plan import DutyPlan, InForceOn, Plan, in_force_on
from duly.engine.regions import Space


@frozen(eq=False)
class Audited:
    """One line of an audit: a duty of the law, or a local one, or both, and the verdict.

    ``inherited``: the local rule does not mention the duty, so that the law's own stands;
    ``waiver`` is what takes the law's rule out of force, ``permissions`` what the law allows,
    ``mended`` what to write so that it is later no more.
    """

    verdict: Verdict
    law: DutyPlan | None = None
    local: DutyPlan | None = None
    compared: Compared | None = None
    inherited: p.Rule | None = None
    waiver: p.Waiver | None = None
    permissions: tuple[str, ...] = ()
    mended: Mend | None = None

    @property
    def differences(self) -> tuple[Difference, ...]:
        return self.compared.differences if self.compared is not None else ()


@frozen(eq=False)
class Audit:
    """What local packs come to against the law, duty by duty; or one version against another.

    ``at_odds`` are duties of one local pack that ask for the same act by different limits.
    """

    policy: p.Policy
    law: p.Pack
    local: tuple[p.Pack, ...]
    as_at: date
    dates: Range
    lines: tuple[Audited, ...]
    of_versions: bool = False
    at_odds: tuple[tuple[Stated, Stated], ...] = ()


def audit(
    policy: p.Policy, as_at: date, first: date, last: date, against: str | None = None
) -> Audit:
    """Hold the packs of a policy that stand above another against it; by default the lowest.

    ``as_at`` says which law is in force; clocks start on every day from ``first`` to ``last``.
    """
    names = [pack.name for pack in policy.packs]
    floor = names.index(against) if against is not None else 0
    dates = start_dates(first, last)
    lines = [
        line
        for subject in policy.subjects
        for line in _of_subject(about(policy, subject.subject), floor, day_of(as_at), dates)
    ]
    law, *local = policy.packs[floor:]
    at_odds = [pair for pack in local for pair in _at_odds(pack, as_at)]
    return Audit(policy, law, tuple(local), as_at, dates, tuple(lines), at_odds=tuple(at_odds))


def _at_odds(pack: p.Pack, as_at: date) -> Iterator[tuple[Stated, Stated]]:
    """Pairs of duties in force that are one but for their limits: both are asked for."""
    day = day_of(as_at)
    standing = [each for each in stated(pack) if _is_law(in_force_on(each.in_force), day)]
    for group in alike(standing):
        for one, other in combinations(group, 2):
            if one.limits != other.limits:
                yield one, other


def one_rule(policy: p.Policy, named: Iterable[str]) -> p.Policy:
    """The policy with these rules alone, those that refine them and those that they refine."""
    wanted = set(named)
    wanted |= {
        name for rule in policy.rules() if rule.qualified in wanted for name in rule.stands_for
    }
    wanted |= {rule.qualified for rule in policy.rules() if wanted & set(rule.stands_for)}
    packs = tuple(
        evolve(pack, rules=tuple(rule for rule in pack.rules if rule.qualified in wanted))
        for pack in policy.packs
    )
    return evolve(policy, packs=packs)


def _of_subject(policy: p.Policy, floor: int, day: int, dates: Range) -> Iterator[Audited]:
    """The lines about the rules that concern one subject."""
    plan = lower(policy)
    terms = Terms(CaseSpace(Space(policy.kinds, policy.never)), (day, day), dates)
    below = {pack.name for pack in policy.packs[: floor + 1]}
    law, local = _in_force(plan, below, day)
    refined = _refined(plan, below, day)
    waived = dict(_waivers(policy, day))
    refining = _refining(policy.packs[floor + 1 :], day)
    for duty in law:
        name = duty.rule.qualified
        line = Audited("missing", duty, permissions=tuple(_permissions(duty.rule)))
        if name in waived:
            yield evolve(line, verdict="waived", waiver=waived[name])
        elif refined.get(duty):
            for each in refined[duty]:
                yield _held(line, compare(duty, each, refined[duty], terms), policy, terms)
        elif name in refining:
            yield evolve(line, verdict="same", inherited=refining[name])
        else:
            yield line
    refine_one = {each for found in refined.values() for each in found}
    yield from (Audited("additional", local=duty) for duty in local if duty not in refine_one)


def _held(line: Audited, compared: Compared, policy: p.Policy, terms: Terms) -> Audited:
    """The line of two duties that were compared, with the children shown and the mend."""
    found = with_children(compared, policy, terms)
    mended = mend(found, policy, terms)
    return evolve(line, verdict=found.verdict, local=found.local, compared=found, mended=mended)


def _in_force(plan: Plan, below: set[str], day: int) -> tuple[list[DutyPlan], list[DutyPlan]]:
    """The law's duties on a day, and the local ones."""
    current = [duty for duty in plan.duties if in_force(duty, day)]
    law = [duty for duty in current if duty.rule.pack in below]
    return law, [duty for duty in current if duty.rule.pack not in below]


def _refined(plan: Plan, below: set[str], day: int) -> dict[DutyPlan, list[DutyPlan]]:
    """The local duties that refine each duty of the law on a day: what has ended holds nobody."""
    found: dict[DutyPlan, list[DutyPlan]] = {}
    for group in paired_duties(plan):
        current = [duty for duty in group if in_force(duty, day)]
        law = [duty for duty in current if duty.rule.pack in below]
        local = [duty for duty in current if duty.rule.pack not in below]
        for duty in law:
            found[duty] = [each for each in local if in_place(each) == in_place(duty)]
    return found


def _refining(packs: Iterable[p.Pack], day: int) -> dict[str, p.Rule]:
    """By the rules that they refine, the rules of local packs that are in force on a day."""
    return {
        rule.refines: rule
        for pack in packs
        for rule in pack.rules
        if rule.refines is not None and _is_law(in_force_on(pack.in_force, rule.in_force), day)
    }


def _waivers(policy: p.Policy, day: int) -> Iterator[tuple[str, p.Waiver]]:
    """The rules that are out of force on a day because a pack above waives them."""
    for pack in policy.packs:
        for rule in pack.rules:
            for waiver in rule.waives:
                until = p.InForce(None, waiver.until)
                if _is_law(in_force_on(pack.in_force, rule.in_force, until), day):
                    yield waiver.rule, waiver


def _permissions(rule: p.Rule) -> Iterator[str]:
    for scoped in rule.duties:
        if isinstance(scoped.duty, p.May):
            yield scoped.duty.permission


def in_force(duty: DutyPlan, day: int) -> bool:
    """Whether a duty is law on a day."""
    law = in_force_on(duty.pack.in_force, duty.rule.in_force, duty.duty.grounds.in_force)
    return _is_law(law, day)


def _is_law(dates: InForceOn | None, day: int) -> bool:
    return dates is None or dates.holds_on(day)
