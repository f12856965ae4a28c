"""Two versions of a pack held against each other: what changes, and for whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date

from attrs import evolve, frozen

from duly.dsl import policy as p
from duly.dsl.subjects import about
from duly.engine.audit.asked import CaseSpace
from duly.engine.audit.auditing import Audit, Audited, in_force
from duly.engine.audit.comparing import Terms, compare
from duly.engine.audit.limits import Range, start_dates
from duly.engine.audit.replay import with_children
from duly.engine.days import day_of
from duly.engine.lower import lower
from duly.engine.pairs import in_place, shape
from duly.engine.plan import DutyPlan
from duly.engine.regions import Space


@frozen(eq=False)
class Version:
    """A pack of a policy as it is in force on a day."""

    policy: p.Policy
    pack: p.Pack
    as_at: date

    def __str__(self) -> str:
        return f"{self.pack.name} {self.pack.version}".rstrip()


def changes(old: Version, new: Version, first: date, last: date) -> Audit:
    """What the new version asks against the old one, duty by duty of the same rule."""
    dates = start_dates(first, last)
    lines = [
        line for subject in new.policy.subjects for line in _of_subject(subject, old, new, dates)
    ]
    return Audit(new.policy, old.pack, (new.pack,), new.as_at, dates, tuple(lines), True)


def _of_subject(subject: p.Kind, old: Version, new: Version, dates: Range) -> Iterator[Audited]:
    policy = about(new.policy, subject.subject)
    days = day_of(old.as_at), day_of(new.as_at)
    terms = Terms(CaseSpace(Space(policy.kinds, policy.never)), days, dates)
    before, after = _duties(old, subject), _duties(new, subject)
    for key, duty in before.items():
        now = after.get(key)
        if now is None:
            yield Audited("missing", duty)
            continue
        found = compare(duty, now, (now,), terms)
        found = with_children(found, policy, terms)
        yield Audited(found.verdict, duty, now, found)
    for key, duty in after.items():
        if key not in before:
            yield Audited("additional", local=duty)


def _duties(version: Version, subject: p.Kind) -> Mapping[object, DutyPlan]:
    """The duties of the pack that are in force on its day, by what tells them apart in a rule."""
    whole = about(version.policy, subject.subject)
    own = tuple(evolve(pack, rules=_own(pack, version)) for pack in whole.packs)
    found: dict[object, DutyPlan] = {}
    like: Counter[object] = Counter()
    for duty in lower(evolve(whole, packs=own)).duties:
        if in_force(duty, day_of(version.as_at)):
            key = (duty.rule.name, duty.duty.label or shape(duty), in_place(duty))
            found[key, like[key]] = duty
            like[key] += 1
    return found


def _own(pack: p.Pack, version: Version) -> tuple[p.Rule, ...]:
    return pack.rules if pack.name == version.pack.name else ()
