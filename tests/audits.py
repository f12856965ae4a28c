"""The audit against the oracle: pairs of rules in, what their verdict says wrongly out.

``python -m tests.audits --pairs N --seed S`` makes as many pairs of a rule of law and a local one
that refines it, and tries those that are said to be never later on made-up children.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date

from attrs import frozen

from duly.dsl import policy as p
from duly.engine.audit.replay import with_children
from duly.engine.raw import PlanError
from tests.agreement import Trial, random_batch, story
from tests.cases import seeded
from tests.oracle import Case, Judged, judge
from tests.pairs import LAW, LOCAL, POLICY, Pair, random_pair, terms
from tests.vocabulary import CALENDARS, KINDS, NEVER

CHILDREN = 4
"""Children of whom each pair that is never later is tried."""


@frozen(eq=False)
class Contradiction:
    """A child of whom a verdict is wrong."""

    pair: Pair
    verdict: str
    case: Case
    as_at: date
    law: Judged
    local: Sequence[Judged]

    def __str__(self) -> str:
        return "\n".join(
            (
                f"said to be {self.verdict}, and this child's local deadline is later:",
                f"  law   {self.pair.law.duties[0]}",
                f"  local {self.pair.local.duties[0]}",
                *story(self.case, KINDS),
                f"  as at {self.as_at}",
                f"  law: {self.law}",
                *(f"  local: {each}" for each in self.local),
            )
        )


def contradictions(pair: Pair, verdict: str, rng: random.Random) -> Iterator[Contradiction]:
    """Children of whom the local deadline is later, or (where it is the same) another."""
    trial = Trial(pair.law, KINDS, LAW, "", CALENDARS, (NEVER,))
    other = Trial(pair.local, KINDS, LOCAL, "", CALENDARS, (NEVER,))
    for source in (trial, other):
        cases, as_at = random_batch(rng, source, CHILDREN)
        for case in filter(can_be, cases):
            law, local = (_answers(rule, case, as_at) for rule in (pair.law, pair.local))
            for one in law:
                if not _kept(one, local):
                    yield Contradiction(pair, verdict, case, as_at, one, local)
            if verdict == "same":
                for one in local:
                    if not one.assumed and not _kept(one, law):
                        yield Contradiction(pair, "same", case, as_at, one, law)


def can_be(case: Case) -> bool:
    """Whether no record says what the vocabulary says is never so: that is a mistake in them.

    Where these periods are not held in full, nobody can tell whether one does.
    """
    exclusive = ("long_term_foster", "short_break")
    if any(kind in case.coverage for kind in exclusive):
        return False
    kept, short = (case.rows.get(kind, ()) for kind in exclusive)
    return not any(
        (one.end is None or other.start is None or other.start < one.end)
        and (other.end is None or one.start is None or one.start < other.end)
        for one in kept
        for other in short
    )


def _answers(rule: p.Rule, case: Case, as_at: date) -> list[Judged]:
    return judge(rule, KINDS, case, as_at, p.InForce(), calendars=CALENDARS, never=(NEVER,))


RESTING = ("exempt", "lapsed", "cannot_tell", "needs_judgement")
"""Verdicts by which nothing is owed, or of which nothing can be said."""


def _kept(law: Judged, local: Sequence[Judged]) -> bool:
    """Whether a local clock that ran when the law's began is due no later."""
    if law.deadline is None or law.verdict in RESTING:
        return True
    deadlines = [each.deadline for each in local if _runs(each, law)]
    in_time = any(day is not None and day <= law.deadline for day in deadlines)
    # What was done in time breaches nothing; a local clock may have rested behind it.
    return in_time or (law.verdict == "met" and not any(deadlines))


def _runs(local: Judged, law: Judged) -> bool:
    """Whether the local clock is the law's own, or one from before that still runs."""
    if local.scope_ref != law.scope_ref:
        return False
    if local.anchor_day == law.anchor_day:
        return True
    if local.anchor_day is None or law.anchor_day is None or local.anchor_day > law.anchor_day:
        return False
    return local.fulfilled_on is None or local.fulfilled_on > law.anchor_day


# --------------------------------------------------------------- many pairs


@frozen(eq=False)
class Tally:
    """How many pairs came out how, and in what they differed."""

    verdicts: Counter[str]
    changed: Counter[str]
    shown: Counter[str]

    def __str__(self) -> str:
        told = (
            ", ".join(f"{count} {name}" for name, count in each.most_common())
            for each in (self.verdicts, self.changed, self.shown)
        )
        return "{}\nchanged: {}\nchildren: {}".format(*told)


def tried(pairs: int, rng: random.Random, tally: Tally) -> Iterator[Contradiction]:
    """So many pairs compared; what proves a verdict wrong."""
    for _ in range(pairs):
        pair = random_pair(rng)
        try:
            compared = pair.compared()
        except PlanError:
            tally.verdicts["too large"] += 1
            continue
        tally.verdicts[compared.verdict] += 1
        tally.changed.update(pair.changed)
        if compared.verdict in ("same", "stricter"):
            yield from contradictions(pair, compared.verdict, rng)
        elif compared.verdict == "later":
            found = with_children(compared, POLICY, terms())
            tally.shown["shown" if found.verdict == "later" else "not shown"] += 1


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.audits", description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs of rules")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--most", type=int, default=5, help="how many contradictions to show")
    options = parser.parse_args(arguments)
    tally = Tally(Counter(), Counter(), Counter())
    wrong: list[Pair] = []
    for found in tried(options.pairs, seeded(options.seed), tally):
        if found.pair not in wrong:
            wrong.append(found.pair)
            if len(wrong) <= options.most:
                print(f"{found}\n", flush=True)  # noqa: T201
    print(f"{tally}\n{len(wrong)} pairs contradicted")  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
