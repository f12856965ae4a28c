"""From rule text and facts to obligations: the stages, in order.

``load`` → ``lower`` → ``read`` → ``evaluate`` → ``conclude``; ``run`` is all of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

import pluggy
from attrs import frozen
from dateutil.relativedelta import relativedelta

from duly.dsl.packs import LoadedPolicy
from duly.dsl.policy import Kind, Policy
from duly.dsl.subjects import about
from duly.engine import discovery
from duly.engine.conclude import Concluded, RuleSummary, conclude, together
from duly.engine.contradictions import contradictions
from duly.engine.days import long_date
from duly.engine.evaluate import evaluate
from duly.engine.facts import Facts
from duly.engine.lower import lower
from duly.engine.nobody import nobody
from duly.engine.obligations import Obligations
from duly.engine.plan import DutyPlan, Plan
from duly.engine.raw import Quarantined
from duly.engine.reading import build
from duly.engine.reasons import absent_kinds

__all__ = ["RuleSummary", "Run", "read_facts", "run", "run_facts"]

Progress = Callable[[str], None]

PARTITION = 25_000
"""Subjects evaluated at a time: few enough for the processor's cache, many enough to be quick."""


@frozen(eq=False)
class Run:
    """A finished run: the obligations written, every rule's summary, and what was not known."""

    policy: Policy
    obligations: Obligations
    summaries: tuple[RuleSummary, ...]
    as_at: date
    since: date
    known_at: date | None
    facts: str
    rows_read: int
    rows_used: int
    quarantine: tuple[Quarantined, ...]
    notes: tuple[str, ...]


def read_facts(
    addresses: Sequence[str],
    kinds: Mapping[str, Kind],
    manager: pluggy.PluginManager,
    today: date | None = None,
) -> Facts:
    """Facts from every source, ``adapter:location``, as one caseload."""
    sources = discovery.fact_sources(manager)
    raw = []
    for address in addresses:
        name, location = discovery.split_address(address, "source of facts", sources)
        raw.append(sources[name].read(location, kinds))
    return build(raw, kinds, today)


def run(
    loaded: LoadedPolicy,
    addresses: Sequence[str],
    manager: pluggy.PluginManager,
    as_at: date,
    since: date | None = None,
    known_at: date | None = None,
    progress: Progress = lambda stage: None,
) -> Run:
    """Read, evaluate and conclude: what ``duly run`` does."""
    progress("reading facts")
    facts = read_facts(addresses, loaded.policy.kinds, manager, as_at)
    return run_facts(loaded.policy, facts, as_at, since, known_at, ", ".join(addresses), progress)


def run_facts(
    policy: Policy,
    facts: Facts,
    as_at: date,
    since: date | None = None,
    known_at: date | None = None,
    described: str = "",
    progress: Progress = lambda stage: None,
) -> Run:
    """Evaluate and conclude facts that are already in memory."""
    since = since or as_at - relativedelta(years=1)
    parts: list[Concluded] = []
    duties: list[DutyPlan] = []
    impossible: list[str] = []
    for subject in policy.subjects:
        own, theirs = about(policy, subject.subject), facts.about(subject.subject)
        plan = lower(own)
        duties.extend(plan.duties)
        contrary: Counter[str] = Counter()
        done = 0
        for part in theirs.partitions(PARTITION):
            batches = list(evaluate(plan, part, as_at, known_at))
            parts.append(conclude(plan, batches, part, as_at, since, known_at))
            contrary += contradictions(own, part, as_at, known_at)
            done += len(part.subjects)
            progress(f"judged {done:,} of {subject.counted(len(theirs.subjects))}")
        impossible.extend(_impossible(contrary, subject))
    concluded = together(policy, parts)
    return Run(
        policy=policy,
        obligations=concluded.obligations,
        summaries=concluded.summaries,
        as_at=as_at,
        since=since,
        known_at=known_at,
        facts=described,
        rows_read=facts.rows_read,
        rows_used=facts.rows_used,
        quarantine=facts.quarantine,
        notes=(
            *_extract_note(facts, as_at),
            *facts.notes,
            *impossible,
            *nobody(Plan(tuple(duties), policy), concluded.summaries, absent_kinds(facts)),
        ),
    )


def _extract_note(facts: Facts, as_at: date) -> tuple[str, ...]:
    """An as-at day after the extract is said first: what fell due in between cannot be told."""
    if facts.extracted is None or facts.extracted >= as_at:
        return ()
    return (
        f"the extract is of {long_date(facts.extracted)}, before the as-at day: "
        "what fell due in between cannot be told",
    )


def _impossible(found: Counter[str], subject: Kind) -> Iterator[str]:
    """What the records say and the vocabulary says never is."""
    for condition, count in found.items():
        if count:
            yield f"the records of {subject.counted(count)} say what is never so: {condition}"
