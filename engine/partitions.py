"""A caseload in parts of bounded size, evaluated here or in processes beside this one.

Subjects are judged apart from one another, so that a part needs nothing of the others.  What is in
memory is cut into parts; what a source can read in parts is read where it is evaluated, so that a
caseload may be larger than memory.  Answers come in the order of the parts, whoever gave them.
"""

from __future__ import annotations

import os
import signal
from collections import Counter, deque
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from itertools import islice
from multiprocessing.context import SpawnContext, SpawnProcess
from threading import Thread
from typing import Any, Protocol

import numpy as np
import pluggy
from attrs import evolve, frozen

from duly.dsl.policy import Kind, Policy
from duly.engine import discovery
from duly.engine.compiled import Compiled
from duly.engine.conclude import Concluded, conclude
from duly.engine.contradictions import contradictions
from duly.engine.evaluate import evaluate
from duly.engine.facts import Counted, Facts
from duly.engine.hookspecs import Stream
from duly.engine.memory import keep_what_is_free
from duly.engine.obligations import COLUMNS, Obligations
from duly.engine.raw import FactsError, Parted, Quarantined, RawFacts
from duly.engine.reading import build
from duly.engine.reasons import absent_kinds

PARTITION = 10_000
"""Subjects evaluated at a time: few enough for the processor's cache, many enough to be quick."""


@frozen(eq=False)
class Question:
    """What is asked of every part: a process is told it once.

    ``sources`` are those that are read in parts; ``streams`` take what comes out of each part,
    which is sent back only where it is ``kept``.
    """

    compiled: Compiled
    as_at: date
    since: date
    known_at: date | None = None
    sources: tuple[Parted, ...] = ()
    streams: tuple[Stream, ...] = ()
    kept: bool = True

    @property
    def policy(self) -> Policy:
        """What is asked, of all kinds of subject."""
        return self.compiled.policy


class Part(Protocol):
    """Some subjects of one kind, in order of id."""

    @property
    def subject(self) -> Kind:
        """What they are: children, say."""

    def facts(self, question: Question) -> Facts:
        """All that is known of them."""


@frozen(eq=False)
class Held:
    """A part of facts that are in memory."""

    subject: Kind
    held: Facts

    def facts(self, question: Question) -> Facts:
        return self.held


@frozen
class Stored:
    """The subjects with ids from ``first`` up to before ``last``, read when they are wanted."""

    subject: Kind
    first: str | None
    last: str | None

    def facts(self, question: Question) -> Facts:
        ids = self.first, self.last
        raw = [source.read(self.subject, ids) for source in question.sources]
        return Brought(self.subject, raw).facts(question)


@frozen(eq=False)
class Brought:
    """A part of which all rows were brought to this process, from each source."""

    subject: Kind
    raw: Sequence[RawFacts]

    def facts(self, question: Question) -> Facts:
        built = build(self.raw, question.policy.kinds, question.as_at)
        return evolve(
            built.about(self.subject.subject),
            quarantine=built.quarantine,
            notes=built.notes,
            counted=built.counted,
            rows_read=built.rows_read,
        )


@frozen(eq=False)
class Answer:
    """What one part came to, with what was read of it and what could not be.

    ``contrary`` counts subjects of whom something is recorded that is never so; ``absent`` are the
    kinds of fact that no source holds.
    """

    subject: Kind
    subjects: int
    count: int
    concluded: Concluded
    contrary: Counter[str]
    absent: frozenset[str]
    rows_read: int
    quarantine: tuple[Quarantined, ...]
    notes: tuple[str, ...]
    counted: tuple[Counted, ...]
    extracted: date | None


NOTHING = Obligations.of_text({name: np.zeros(0, object) for name in COLUMNS})


def held_parts(policy: Policy, facts: Facts, size: int) -> list[Part]:
    """Facts in memory, one kind of subject after the other."""
    return [
        Held(subject, part)
        for subject in policy.subjects
        for part in facts.about(subject.subject).partitions(size)
    ]


def stored_parts(policy: Policy, sources: Sequence[Parted], size: int) -> list[Part]:
    """The parts of sources, cut by the ids of the first."""
    return [
        Stored(subject, first, last)
        for subject in policy.subjects
        for first, last in sources[0].parts(subject, size)
    ]


def parted_sources(
    addresses: Sequence[str], policy: Policy, manager: pluggy.PluginManager
) -> tuple[Parted, ...]:
    """The sources, opened to be read in parts; none where one of them cannot be."""
    known = discovery.fact_sources(manager)
    split = [discovery.split_address(each, "source of facts", known) for each in addresses]
    openers = [(known[name].parted, location) for name, location in split]
    if any(opener is None for opener, _ in openers):
        return ()
    return tuple(opener(place, policy.kinds) for opener, place in openers if opener is not None)


def answer(question: Question, number: int, part: Part) -> Answer:
    """Evaluate and conclude one part."""
    facts = part.facts(question)
    plan = question.compiled.plans[part.subject.name]
    as_at, known_at = question.as_at, question.known_at
    batches = list(evaluate(plan, facts, as_at, known_at))
    concluded = conclude(plan, batches, facts, as_at, question.since, known_at)
    del batches  # the memory that formats need
    for stream in question.streams:
        stream.part(number, concluded.obligations)
    return Answer(
        subject=part.subject,
        subjects=len(facts.subjects),
        count=len(concluded.obligations),
        concluded=concluded if question.kept else evolve(concluded, obligations=NOTHING),
        contrary=contradictions(plan.policy, facts, as_at, known_at),
        absent=absent_kinds(facts),
        rows_read=facts.rows_read,
        quarantine=facts.quarantine,
        notes=facts.notes,
        counted=facts.counted,
        extracted=facts.extracted,
    )


def answers(
    question: Question, parts: Sequence[Part], jobs: int = 1
) -> Generator[Answer, None, None]:
    """The answers of the parts in their order, from so many processes at once.

    Where nobody's caseload is in several parts this process does it all: others would take longer
    to begin.
    """
    if jobs == 1 or len(parts) <= len(question.policy.subjects):
        return (answer(question, number, part) for number, part in enumerate(parts))
    return _from_processes(question, enumerate(parts), jobs)


_asked: Question
"""What this process, one of several, was told to ask."""


def _begin(question: Question) -> None:
    global _asked
    _asked = question
    keep_what_is_free()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})
    Thread(target=_end_with_the_first, daemon=True).start()


def _end_with_the_first() -> None:
    """However the first process ends, this one does not outlive it."""
    from multiprocessing import parent_process

    first = parent_process()
    if first is not None:
        first.join()
        os._exit(1)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """For beginning processes: none is left half begun.

    Ctrl-C stays for the first alone, which ends the run and says so.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield  # what begins now inherits it
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(number: int, part: Part) -> Answer:
    return answer(_asked, number, part)


class _Begun(SpawnContext):
    """Begins processes and knows which: whoever calls may have others of their own."""

    def __init__(self) -> None:
        self._processes: list[SpawnProcess] = []

    def Process(self, *asked: Any, **how: Any) -> SpawnProcess:  # type: ignore[override] # noqa: N802
        process = super().Process(*asked, **how)
        self._processes.append(process)
        return process

    def terminate(self) -> None:
        """Ends them all: nobody waits for what they are at.

        A pool whose process was killed ends only those that had begun by then, and waits for the
        others for ever.
        """
        for process in self._processes:
            if process.is_alive():
                process.terminate()


def _from_processes(
    question: Question, parts: Iterator[tuple[int, Part]], jobs: int
) -> Generator[Answer, None, None]:
    """A few parts ahead of what is taken, so that neither these nor answers pile up."""
    from concurrent.futures import Future, ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    begun = _Begun()
    pool = ProcessPoolExecutor(jobs, begun, _begin, (question,))
    waiting: deque[Future[Answer]] = deque()
    try:
        while True:
            room = jobs + 1 - len(waiting)
            with _uninterrupted():
                waiting.extend(pool.submit(_answer, *each) for each in islice(parts, room))
            if not waiting:
                return
            yield waiting.popleft().result()
    except BaseException as error:
        begun.terminate()
        if isinstance(error, BrokenProcessPool):
            raise _killed(jobs) from error
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _killed(jobs: int) -> FactsError:
    return FactsError(
        what="a process that evaluated a part of the caseload was stopped",
        where=f"one of {jobs} processes",
        why="most often the memory of the machine has run out; nothing of that part is known",
        help="run with fewer of them, such as `--jobs 1`, or a smaller `--partition-size`",
    )
