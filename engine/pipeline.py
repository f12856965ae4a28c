"""From rule text and facts to obligations: the stages, in order.

``compiled`` → ``read`` → ``evaluate`` → ``conclude``; ``run`` is all of them, part by part.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pluggy
from attrs import evolve, field, frozen
from dateutil.relativedelta import relativedelta

from duly.dsl.policy import Kind, Policy
from duly.engine import discovery
from duly.engine.compiled import Compiled, compile_
from duly.engine.conclude import RuleSummary, together
from duly.engine.days import long_date
from duly.engine.facts import Facts, notes_together
from duly.engine.hookspecs import Stream
from duly.engine.nobody import nobody
from duly.engine.obligations import Obligations
from duly.engine.partitions import (
    PARTITION,
    Answer,
    Part,
    Question,
    answers,
    held_parts,
    parted_sources,
    stored_parts,
)
from duly.engine.plan import Plan
from duly.engine.raw import Quarantined
from duly.engine.reading import build

if TYPE_CHECKING:
    from duly.dsl.packs import LoadedPolicy

__all__ = ["RuleSummary", "Run", "asked", "concluded", "read_facts", "run", "run_facts"]

Progress = Callable[[str], None]


@frozen(eq=False)
class Run:
    """A finished run: the obligations, every rule's summary, and what was not known.

    Of obligations that went to streams alone, only their ``count`` is kept.
    """

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
    count: int = field()

    @count.default
    def _those_kept(self) -> int:
        return len(self.obligations)


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
    pack: Compiled | LoadedPolicy,
    addresses: Sequence[str],
    manager: pluggy.PluginManager,
    as_at: date,
    since: date | None = None,
    known_at: date | None = None,
    progress: Progress = lambda stage: None,
    streams: Sequence[Stream] = (),
    kept: bool = True,
    jobs: int = 1,
    size: int = PARTITION,
) -> Run:
    """Read, evaluate and conclude: what ``duly run`` does with a pack.

    Each part goes to the ``streams`` as it comes; the obligations are in the ``Run`` as well, if
    they are to be ``kept``.  Where all sources can be read in parts, no more than the parts at
    hand, of ``size`` subjects each, are in memory; ``jobs`` processes take a part each, with the
    same result.
    """
    policy, described = pack.policy, ", ".join(addresses)
    compiled = pack if isinstance(pack, Compiled) else compile_(policy)
    question = asked(compiled, as_at, since, known_at, tuple(streams), kept)
    progress("reading facts")
    sources = parted_sources(addresses, policy, manager)
    if sources:
        question = evolve(question, sources=sources)
        found = _gathered(question, stored_parts(policy, sources, size), jobs, progress)
        return concluded(question, found, described)
    facts = read_facts(addresses, policy.kinds, manager, as_at)
    found = _gathered(question, held_parts(policy, facts, size), jobs, progress)
    return concluded(question, found, described, facts)


def run_facts(
    pack: Compiled | Policy,
    facts: Facts,
    as_at: date,
    since: date | None = None,
    known_at: date | None = None,
) -> Run:
    """Evaluate and conclude facts that are already in memory."""
    ready = pack if isinstance(pack, Compiled) else compile_(pack)
    question = asked(ready, as_at, since, known_at)
    found = _gathered(question, held_parts(ready.policy, facts, PARTITION))
    return concluded(question, found, "", facts)


def asked(
    compiled: Compiled,
    as_at: date,
    since: date | None,
    known_at: date | None,
    streams: tuple[Stream, ...] = (),
    kept: bool = True,
) -> Question:
    """What is asked; without a day of its own, what was settled over a year ago is left out."""
    since = since or as_at - relativedelta(years=1)
    return Question(compiled, as_at, since, known_at, streams=streams, kept=kept)


def _gathered(
    question: Question,
    parts: Sequence[Part],
    jobs: int = 1,
    progress: Progress = lambda stage: None,
) -> list[Answer]:
    """The answers of all parts; whatever happens, no process is left behind."""
    found: list[Answer] = []
    done: Counter[str] = Counter()
    with closing(answers(question, parts, jobs)) as coming:
        for each in coming:
            found.append(each)
            done[each.subject.name] += each.subjects
            progress(f"judged {each.subject.counted(done[each.subject.name])}")
    return found


def concluded(
    question: Question, found: Sequence[Answer], described: str, facts: Facts | None = None
) -> Run:
    """The answers as one run; what was read is known of ``facts`` as a whole, or of the parts."""
    policy = question.policy
    whole = together(policy, [each.concluded for each in found])
    read: Sequence[Facts | Answer] = [facts] if facts is not None else found
    extracted = min((each.extracted for each in read if each.extracted is not None), default=None)
    rows_read = sum(each.rows_read for each in read)
    refused = (row for each in read for row in each.quarantine)
    quarantine = tuple(sorted(refused, key=lambda row: (row.place, row.row)))
    duties = tuple(duty for plan in question.compiled.plans.values() for duty in plan.duties)
    first = policy.subjects[0].name
    absent = frozenset[str]().union(*(each.absent for each in found if each.subject.name == first))
    return Run(
        policy=policy,
        obligations=whole.obligations,
        summaries=whole.summaries,
        as_at=question.as_at,
        since=question.since,
        known_at=question.known_at,
        facts=described,
        rows_read=rows_read,
        rows_used=rows_read - len(quarantine),
        quarantine=quarantine,
        notes=(
            *_extract_note(extracted, question.as_at),
            *_impossible(found),
            *notes_together((each.notes, each.counted) for each in read),
            *nobody(Plan(duties, policy), whole.summaries, absent),
        ),
        count=sum(each.count for each in found),
    )


def _extract_note(extracted: date | None, as_at: date) -> tuple[str, ...]:
    """An as-at day after the extract is said first: what fell due in between cannot be told."""
    if extracted is None or extracted >= as_at:
        return ()
    return (
        f"the extract is of {long_date(extracted)}, before the as-at day: "
        "what fell due in between cannot be told",
    )


def _impossible(found: Sequence[Answer]) -> Iterator[str]:
    """What the records say and the vocabulary says never is, of each kind of subject."""
    for subject in {each.subject.name: each.subject for each in found}.values():
        theirs = (each.contrary for each in found if each.subject.name == subject.name)
        for condition, count in sum(theirs, Counter[str]()).items():
            yield f"the records of {subject.counted(count)} say what is never so: {condition}"
