"""The evaluator against the oracle: rules and made-up children in, differences out.

``python -m tests.agreement --pairs N --seed S`` tries as many pairs of a rule and a child as are
asked for, over the rules of the packs and over made-up ones.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from attrs import define, evolve, field, frozen

from duly.dsl.packs import load_policy
from duly.dsl.policy import (
    Do,
    During,
    Every,
    ForEach,
    Have,
    Kind,
    Pack,
    Policy,
    Rule,
    Step,
    Timing,
    While,
    Within,
)
from duly.engine.batch import Batch
from duly.engine.days import date_of
from duly.engine.evaluate import evaluate
from duly.engine.lower import lower
from duly.engine.obligations import VERDICTS
from duly.engine.plan import Plan, anchor_text, condition_text
from duly.engine.reading import build
from tests.cases import (
    FEATURES,
    features,
    person_id,
    random_case,
    random_coverage,
    random_rule,
    raw_facts,
    seeded,
)
from tests.oracle import Case, Judged, Row, judge, order

POLICIES = Path(__file__).resolve().parent.parent / "policies"


# --------------------------------------------------------------- what is tried


@frozen(eq=False)
class Trial:
    """One rule, ready to be judged by both sides; ``text`` is how it reads."""

    rule: Rule
    kinds: Mapping[str, Kind]
    pack: Pack
    text: str

    def plan(self) -> Plan:
        """The evaluator's plan of this rule alone."""
        pack = evolve(self.pack, rules=(self.rule,))
        return lower(Policy((pack,), self.kinds, {}))


def pack_trials(*names: str) -> list[Trial]:
    """Every rule of the packs and of those that they stand over, each once."""
    found: dict[str, Trial] = {}
    for name in names:
        loaded = load_policy(POLICIES / name, lambda below: POLICIES / below)
        for pack in loaded.policy.packs:
            for rule in pack.rules:
                text = paragraph(loaded.sources[rule.span.file].text, rule.span.line)
                found[rule.qualified] = Trial(rule, loaded.policy.kinds, pack, text)
    return list(found.values())


def paragraph(text: str, line: int) -> str:
    """The lines from a line on, up to the next blank one."""
    lines = text.splitlines()[line - 1 :]
    return "\n".join(lines[: lines.index("")] if "" in lines else lines)


def random_trial(rng: random.Random, kinds: Mapping[str, Kind]) -> Trial:
    """A made-up rule, in force always."""
    trial = Trial(random_rule(rng, kinds), kinds, Pack("random", "Random"), "")
    return evolve(trial, text=in_words(trial.plan()))


def in_words(plan: Plan) -> str:
    """A plan with what a made-up rule has no text for: acts, and when each step is due."""
    lines = [plan.describe()]
    for scoped in plan.duties[0].rule.duties:
        match scoped.duty:
            case Do(act, steps):
                where = f" where {condition_text(act.where)}" if act.where is not None else ""
                lines.append(f"  act: {act.milestone or ''} {act.event}{where}")
                lines += [f"  timing: {timing_text(step.timing)}{excepted(step)}" for step in steps]
            case Have():
                lines.append(excepted(scoped.duty))
    return "\n".join(lines)


def excepted(part: Step | Have) -> str:
    """The exceptions of a step or of a state."""
    clauses = [
        f" unless {condition_text(unless.condition)} then {unless.then or 'nothing'}"
        for unless in part.unless
    ]
    return "".join(clauses)


def timing_text(timing: Timing) -> str:
    match timing:
        case Within(duration, anchor):
            return f"within {duration}" + (f" of {anchor_text(anchor)}" if anchor else "")
        case Every(duration, until):
            return f"every {duration}" + (f" until {anchor_text(until)}" if until else "")
        case _:
            return timing.wording


# --------------------------------------------------------------- both answers


def oracle_answer(trial: Trial, case: Case, as_at: date) -> list[Judged]:
    found = judge(trial.rule, trial.kinds, case, as_at, trial.pack.in_force)
    return sorted((evolve(it, days=it.days or 0) for it in found), key=order)


def engine_answers(trial: Trial, cases: Sequence[Case], as_at: date) -> list[list[Judged]]:
    """What the evaluator says of each child, all in one caseload."""
    facts = build([raw_facts(cases, trial.kinds)], trial.kinds, as_at)
    assert not facts.quarantine, facts.quarantine
    found: list[list[Judged]] = [[] for _ in cases]
    for batch in evaluate(trial.plan(), facts, as_at):
        for row, subject in enumerate(batch.subject.tolist()):
            found[subject].append(judged(batch, row))
    return [sorted(answer, key=order) for answer in found]


def judged(batch: Batch, row: int) -> Judged:
    """One row of a batch in the oracle's words."""
    return Judged(
        duty=batch.duty.number,
        step=batch.step,
        scope_ref=scope_ref(batch, row),
        anchor_day=as_day(batch.anchor[row]),
        deadline=as_day(batch.deadline[row]),
        fulfilled_on=as_day(batch.fulfilled[row]),
        verdict=VERDICTS[batch.verdict[row]],
        days=int(batch.days[row]),
        assumed=bool(batch.assumed[row]),
    )


def scope_ref(batch: Batch, row: int) -> str:
    match batch.duty.scope:
        case During() | ForEach():
            assert batch.scope_table is not None
            own = batch.scope_table.ids[batch.scope_row[row]]
            return str(own).removeprefix(f"{person_id(int(batch.subject[row]))}.")
        case While():
            start = as_day(batch.scope_start[row])
            return start.isoformat() if start else ""
        case _:
            return ""


def as_day(number: int) -> date | None:
    return date_of(number) if number >= 0 else None


# --------------------------------------------------------------- differences


@frozen
class Difference:
    """One child of whom the two sides say different things."""

    trial: Trial
    case: Case
    as_at: date
    oracle: Sequence[Judged]
    engine: Sequence[Judged]

    def __str__(self) -> str:
        return "\n".join(
            (
                f"{self.trial.rule.qualified}: the evaluator and the oracle differ",
                self.trial.text,
                "",
                *story(self.case, self.trial.kinds),
                f"  as at {self.as_at:%-d %B %Y}",
                "oracle",
                *marked(self.oracle, self.engine),
                "evaluator",
                *marked(self.engine, self.oracle),
            )
        )

    def smallest(self) -> Difference:
        """The same difference with no row, value or gap more than it takes."""
        smaller = (compare(self.trial, case, self.as_at) for case in simpler(self.case))
        found = next((difference for difference in smaller if difference), None)
        return found.smallest() if found else self


def compare(trial: Trial, case: Case, as_at: date) -> Difference | None:
    """What the two sides say differently of one child."""
    (engine,) = engine_answers(trial, [case], as_at)
    oracle = oracle_answer(trial, case, as_at)
    return Difference(trial, case, as_at, oracle, engine) if oracle != engine else None


def simpler(case: Case) -> Iterator[Case]:
    """The case with one thing left out, in turn."""
    for kind in case.coverage:
        yield evolve(case, coverage={k: v for k, v in case.coverage.items() if k != kind})
    for kind, rows in case.rows.items():
        for number, row in enumerate(rows):
            before, after = rows[:number], rows[number + 1 :]
            yield evolve(case, rows={**case.rows, kind: [*before, *after]})
            if row.end is not None:
                yield evolve(
                    case, rows={**case.rows, kind: [*before, evolve(row, end=None), *after]}
                )


# --------------------------------------------------------------- words


def story(case: Case, kinds: Mapping[str, Kind]) -> list[str]:
    """The child's records as a list is read out."""
    born = f"born {case.born:%-d %B %Y}" if case.born else "born on an unknown day"
    lines = [f"  a child {born}"]
    for kind, rows in case.rows.items():
        lines += [f"  {fact(kind, row)}" for row in rows]
    for kind, (what, first, last) in case.coverage.items():
        bounds = "".join(
            f" {word} {day:%-d %B %Y}" for word, day in (("from", first), ("until", last)) if day
        )
        lines.append(f"  {kind} held: {what}{bounds}")
    return lines


def fact(kind: str, row: Row) -> str:
    """One record in the words of a scenario."""
    if row.on is not None:
        when = f"on {row.on:%-d %B %Y}"
    else:
        when = f"from {row.start:%-d %B %Y}" if row.start else "from an unknown day"
        when += f" until {row.end:%-d %B %Y}" if row.end else ""
    values = [f"{name} {'blank' if v is None else v}" for name, v in row.values.items()]
    named = [f"of {row.of}"] if row.of else []
    return f"{kind} {row.id} {when} {' '.join([*named, *values])}".rstrip()


def marked(answer: Sequence[Judged], other: Sequence[Judged]) -> list[str]:
    """An answer line by line; what the other side does not say is marked."""
    missing = Counter(answer) - Counter(other)
    return [f"{'>' if it in missing else ' '} {line(it)}" for it in answer] or ["  nothing"]


def line(it: Judged) -> str:
    parts = [f"duty {it.duty} step {it.step} of {it.scope_ref or 'no scope'}:"]
    parts += [f"anchor {it.anchor_day}, deadline {it.deadline}, done {it.fulfilled_on},"]
    parts += [f"{it.verdict} {it.days}", "assumed" if it.assumed else ""]
    return " ".join(parts).rstrip()


# --------------------------------------------------------------- many cases


@frozen(eq=False)
class Tried:
    """A caseload of one rule, with the oracle's answers; it can be put to the evaluator again."""

    trial: Trial
    cases: Sequence[Case]
    as_at: date
    oracle: Sequence[Sequence[Judged]]

    def differences(self) -> Iterator[Difference]:
        answers = engine_answers(self.trial, self.cases, self.as_at)
        for case, oracle, engine in zip(self.cases, self.oracle, answers, strict=True):
            if oracle != engine:
                yield Difference(self.trial, case, self.as_at, oracle, engine)


BATCH = 12
"""Children of one caseload; they share their coverage and their as-at day."""


def random_batch(rng: random.Random, trial: Trial) -> tuple[list[Case], date]:
    """Made-up children for a rule, and a day to judge them on."""
    as_at = date(2024, 7, 1) + timedelta(days=rng.randint(0, 900))
    coverage = random_coverage(rng, trial.kinds, trial.rule, as_at)
    cases = [random_case(rng, trial.kinds, trial.rule, as_at, coverage) for _ in range(BATCH)]
    return cases, as_at


def tries(trials: Iterator[Trial], pairs: int, rng: random.Random) -> Iterator[Tried]:
    """So many pairs of a rule and a child, judged by the oracle."""
    for trial in islice(trials, -(-pairs // BATCH)):
        cases, as_at = random_batch(rng, trial)
        yield Tried(trial, cases, as_at, [oracle_answer(trial, case, as_at) for case in cases])


@define
class Tally:
    """How many pairs were tried, and how many of them showed each difficult thing."""

    pairs: int = 0
    obligations: int = 0
    shown: Counter[str] = field(factory=Counter)

    def add(self, tried: Tried) -> None:
        for case, answer in zip(tried.cases, tried.oracle, strict=True):
            self.pairs += 1
            self.obligations += len(answer)
            self.shown.update(features(case, answer, tried.trial.rule))

    def share(self, feature: str) -> float:
        return self.shown[feature] / max(self.pairs, 1)

    def __str__(self) -> str:
        shares = ", ".join(f"{name} {self.share(name):.0%}" for name in FEATURES)
        return f"{self.pairs} cases, {self.obligations} obligations: {shares}"


def round_robin(trials: Sequence[Trial], rng: random.Random, made_up: float) -> Iterator[Trial]:
    """The rules of the packs in turn, with a share of made-up ones between them."""
    while True:
        for trial in trials:
            while rng.random() < made_up:
                yield random_trial(rng, trial.kinds)
            yield trial


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs of a rule and a child")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--made-up", type=float, default=0.3, help="share of made-up rules")
    parser.add_argument("--rule", default="", help="only rules whose name contains this")
    options = parser.parse_args(arguments)
    rng = seeded(options.seed)
    trials = [t for t in pack_trials("stoke") if options.rule in t.rule.qualified]
    tally, differing = Tally(), 0
    for tried in tries(round_robin(trials, rng, options.made_up), options.pairs, rng):
        tally.add(tried)
        found = list(tried.differences())
        differing += len(found)
        for difference in found[:1]:
            print(f"{difference.smallest()}\n", flush=True)  # noqa: T201
    print(f"{tally}; {differing} differ")  # noqa: T201
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
