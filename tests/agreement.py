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
from typing import Any

from attrs import Attribute, define, evolve, field, frozen, has
from attrs import fields as attrs_fields
from hypothesis import strategies as st

from duly.dsl.packs import load_policy
from duly.dsl.policy import (
    And,
    Calendar,
    Condition,
    Duration,
    During,
    ForEach,
    InForce,
    Kind,
    Not,
    Or,
    Pack,
    Policy,
    Rule,
    Sooner,
    Unless,
    Waiver,
    While,
)
from duly.dsl.subjects import about
from duly.engine.batch import Batch
from duly.engine.days import date_of
from duly.engine.evaluate import evaluate
from duly.engine.lower import lower
from duly.engine.obligations import VERDICTS
from duly.engine.plan import Plan
from duly.engine.raw import PlanError
from duly.engine.reading import build
from tests.cases import (
    FEATURES,
    Maker,
    features,
    interest,
    kinds_in,
    person_id,
    random_calendars,
    random_coverage,
    raw_facts,
    seeded,
)
from tests.oracle import Case, Judged, Row, judge, order
from tests.vocabulary import CALENDARS, KINDS, NEVER, ROLES
from tests.writer import ABOUT, CONSTRUCTS, random_rule

POLICIES = Path(__file__).resolve().parent.parent / "policies"


# --------------------------------------------------------------- what is tried


@frozen(eq=False)
class Trial:
    """One rule, ready to be judged by both sides; ``text`` is how it reads.

    ``above`` is a pack that waives it, ``lacking`` are columns that no source has.
    """

    rule: Rule
    kinds: Mapping[str, Kind]
    pack: Pack
    text: str
    calendars: Mapping[str, Calendar] = field(factory=dict)
    never: tuple[Condition, ...] = ()
    above: Pack | None = None
    lacking: frozenset[tuple[str, str]] = frozenset()
    known_at: timedelta | None = None

    def plan(self) -> Plan:
        """The evaluator's plan of this rule alone."""
        packs = (evolve(self.pack, rules=(self.rule,)), *filter(None, (self.above,)))
        plan = lower(Policy(packs, self.kinds, ROLES, self.calendars, self.never))
        duties = tuple(duty for duty in plan.duties if duty.rule is self.rule)
        return evolve(plan, duties=duties)

    def waived(self, *, saved: bool = False) -> list[InForce]:
        """The stretches of days on which a rule of the pack above takes this one out of force.

        ``saved``: those alone in which what begins is for that rule.
        """
        rules = [it for it in (self.above.rules if self.above else ()) if it.transitional >= saved]
        return [
            InForce(
                max(filter(None, (rule.in_force.start, self.above.in_force.start)), default=None),
                min(filter(None, (rule.in_force.end, self.above.in_force.end, waiver.until))),
            )
            for rule in rules
            for waiver in rule.waives
            if self.above and waiver.rule == self.rule.qualified
        ]


def pack_trials(*names: str) -> list[Trial]:
    """Every rule of the packs and of those that they stand over, each once."""
    found: dict[str, Trial] = {}
    for name in names:
        loaded = load_policy(POLICIES / name, lambda below: POLICIES / below)
        for pack in loaded.policy.packs:
            for rule in pack.rules:
                text = paragraph(loaded.sources[rule.span.file].text, rule.span.line)
                policy = about(loaded.policy, rule.subject)
                found[rule.qualified] = Trial(
                    rule, policy.kinds, pack, text, policy.calendars, policy.never
                )
    return list(found.values())


def paragraph(text: str, line: int) -> str:
    """The lines from a line on, up to the next blank one."""
    lines = text.splitlines()[line - 1 :]
    return "\n".join(lines[: lines.index("")] if "" in lines else lines)


def random_trial(rng: random.Random, uses: Sequence[str] = CONSTRUCTS) -> Trial:
    """A made-up rule, with what it needs beside."""
    rule = random_rule(rng, KINDS, uses, CALENDARS)
    trial = Trial(rule, KINDS, Pack("random", "Random"), "", CALENDARS)
    wanted = [name for name in uses if len(uses) == 1 or rng.random() < 0.5]
    if "waives" in wanted:
        trial = evolve(trial, above=waiving(rng, rule))
    if "never" in wanted:
        trial = evolve(trial, never=(NEVER,))
    if "columns" in wanted:
        found = interest(rule, KINDS).columns
        trial = evolve(trial, lacking=frozenset(rng.sample(found, min(len(found), 1))))
    if "known_at" in wanted:
        trial = evolve(trial, known_at=timedelta(days=rng.randint(0, 200)))
    return evolve(trial, text="\n".join(in_words(trial)))


def waiving(rng: random.Random, rule: Rule) -> Pack:
    """A pack above with a rule that takes another out of force for a time."""
    start = ABOUT + timedelta(days=rng.randint(-300, 500))
    until = start + timedelta(days=rng.randint(0, 400))
    waiver = Waiver(rule.qualified, "a power", until)
    local = Rule(
        "above",
        "relief",
        "Relief",
        (),
        waives=(waiver,),
        in_force=InForce(start),
        transitional=rng.random() < 0.3,
    )
    return Pack("above", "Above", "random", rules=(local,))


def in_words(trial: Trial) -> Iterator[str]:
    """A made-up rule, of which there is no text: its parts as they are, what is usual left out."""
    yield f"rule {shown(trial.rule.in_force)}{' transitional' if trial.rule.transitional else ''}"
    for scoped in trial.rule.duties:
        yield f"  {shown(scoped.scope)}"
        yield f"    {shown(scoped.duty)}"
    if trial.known_at is not None:
        yield f"  known {trial.known_at.days} days before the as-at day"
    for waived in trial.waived():
        saved = waived in trial.waived(saved=True)
        yield f"  waived {shown(waived)}{' and saved' if saved else ''}"
    for condition in trial.never:
        yield f"  never {shown(condition)}"
    for kind, column in sorted(trial.lacking):
        yield f"  no column {column} of {kind}"


def shown(value: object) -> str:
    """A part of a rule with the fields that are not as usual."""
    if isinstance(value, tuple):
        return f"({', '.join(map(shown, value))})"
    if isinstance(value, Duration) or not has(type(value)):
        return str(value)
    told = [
        f"{it.name}={shown(getattr(value, it.name))}"
        for it in attrs_fields(type(value))  # type: ignore[arg-type]
        if it.name not in ("span", "text", "words") and not is_usual(it, getattr(value, it.name))
    ]
    return f"{type(value).__name__}({', '.join(told)})"


def is_usual(attribute: Attribute[object], value: object) -> bool:
    return value == attribute.default


# --------------------------------------------------------------- both answers


def oracle_answer(trial: Trial, case: Case, as_at: date) -> list[Judged]:
    found = judge(
        trial.rule,
        trial.kinds,
        case,
        as_at,
        trial.pack.in_force,
        calendars=trial.calendars,
        never=trial.never,
        waived=trial.waived(),
        saved=trial.waived(saved=True),
        known_at=as_at - trial.known_at if trial.known_at is not None else None,
    )
    return sorted((comparable(it) for it in found), key=order)


def comparable(it: Judged) -> Judged:
    """What both sides must say; when a thing was done that nobody had to do is not part of it."""
    done = None if it.verdict == "exempt" else it.fulfilled_on
    return evolve(it, days=it.days or 0, fulfilled_on=done)


def engine_answers(trial: Trial, cases: Sequence[Case], as_at: date) -> list[list[Judged]]:
    """What the evaluator says of each child, all in one caseload."""
    facts = build([raw_facts(cases, trial.kinds)], trial.kinds, as_at)
    assert not facts.quarantine, facts.quarantine
    found: list[list[Judged]] = [[] for _ in cases]
    known_at = as_at - trial.known_at if trial.known_at is not None else None
    for batch in evaluate(trial.plan(), facts, as_at, known_at):
        for row, subject in enumerate(batch.subject.tolist()):
            found[subject].append(comparable(judged(batch, row)))
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
        """The same difference with no row, value, gap or clause more than it takes."""
        smaller = (compare(self.trial, case, self.as_at) for case in simpler(self.case))
        found = next((difference for difference in smaller if difference), None)
        if found is None and not self.trial.pack.rules:
            found = next(self.of_simpler_rules(), None)
        return found.smallest() if found else self

    def of_simpler_rules(self) -> Iterator[Difference]:
        """The difference under made-up rules with something left out."""
        for duties in simpler_parts(self.trial.rule.duties):
            rule = evolve(self.trial.rule, duties=duties)
            trial = evolve(self.trial, rule=rule)
            try:
                found = compare(
                    evolve(trial, text="\n".join(in_words(trial))), self.case, self.as_at
                )
            except (ValueError, TypeError, KeyError, AttributeError, AssertionError, IndexError):
                continue  # not everything that can be left out leaves a rule
            if found:
                yield found


def simpler_parts(value: Any) -> Iterator[Any]:
    """A part of a rule with one thing left out, in turn."""
    if isinstance(value, tuple) and not any(isinstance(part, str) for part in value):
        for number, part in enumerate(value):
            before, after = value[:number], value[number + 1 :]
            if len(value) > 1 or isinstance(part, Unless):
                yield (*before, *after)
            yield from ((*before, less, *after) for less in simpler_parts(part))
    elif isinstance(value, And | Or):
        yield from value.parts
        yield from (evolve(value, parts=parts) for parts in simpler_parts(value.parts))
    elif isinstance(value, Sooner):
        yield from value.parts
    elif isinstance(value, Not):
        yield value.part
        yield from (Not(part) for part in simpler_parts(value.part))
    elif has(type(value)) and not isinstance(value, Duration):
        for it in attrs_fields(type(value)):
            own = getattr(value, it.name)
            if it.name in ("span", "text", "words", "edge", "milestone", "after", "instead"):
                continue  # without them it would be another duty, or none
            if it.default is None and own is not None:
                yield evolve(value, **{it.name: None})
            yield from (evolve(value, **{it.name: less}) for less in simpler_parts(own))


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
            if any(row.id == other.of for found in case.rows.values() for other in found):
                continue  # no row may name a period that is not there
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
    about = [f"{name} {'blank' if v is None else v}" for name, v in case.about.items()]
    lines[0] += " ".join(["", *about])
    for name, stretches in case.calendars.items():
        lines += [f"  {name} from {first} until {last}" for first, last in stretches]
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
    times = [f"{name} at {clock:%H:%M}" for name, clock in row.times.items()]
    return f"{kind} {row.id} {when} {' '.join([*named, *values, *times])}".rstrip()


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


def random_batch(
    rng: random.Random, trial: Trial, children: int = BATCH
) -> tuple[list[Case], date]:
    """Made-up children for a rule, and a day to judge them on."""
    as_at = ABOUT + timedelta(days=rng.randint(0, 900))
    coverage = random_coverage(rng, trial.kinds, trial.rule, as_at)
    # What a `never` excludes matters too, though the rule need not name it.
    about = interest(trial.rule, trial.kinds)
    kinds = {*about.kinds, *(kind for it in trial.never for kind in kinds_in(it))}
    named = tuple(name for name in about.calendars if trial.calendars[name].first is None)
    about = evolve(about, kinds=tuple(sorted(kinds)), calendars=named)
    calendars = random_calendars(rng, about, as_at)
    makers = [
        Maker(rng, trial.kinds, about, as_at, trial.lacking, calendars) for _ in range(children)
    ]
    return [maker.case(coverage) for maker in makers], as_at


@st.composite
def programs(draw: st.DrawFn, uses: Sequence[str]) -> tuple[Trial, Case, date]:
    """A made-up rule and a child for hypothesis, which makes a pair that differs smaller."""
    rng = draw(st.randoms(use_true_random=False))
    trial = random_trial(rng, uses)
    (case,), as_at = random_batch(rng, trial, children=1)
    return trial, case, as_at


def tries(
    trials: Iterator[Trial], pairs: int, rng: random.Random, children: int = BATCH
) -> Iterator[Tried]:
    """So many pairs of a rule and a child, judged by the oracle; so many children for a rule."""
    for trial in islice(trials, -(-pairs // children)):
        cases, as_at = random_batch(rng, trial, children)
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


def round_robin(
    trials: Sequence[Trial], rng: random.Random, made_up: float, uses: Sequence[str] = CONSTRUCTS
) -> Iterator[Trial]:
    """The rules of the packs in turn, with a share of made-up ones between them."""
    while True:
        for trial in trials:
            while rng.random() < made_up:
                yield random_trial(rng, uses)
            yield trial


def made_up_only(rng: random.Random, uses: Sequence[str]) -> Iterator[Trial]:
    while True:
        yield random_trial(rng, uses)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.agreement", description=__doc__)
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs of a rule and a child")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--made-up", type=float, default=0.3, help="share of made-up rules")
    parser.add_argument("--rule", default="", help="only rules whose name contains this")
    parser.add_argument(
        "--only", default="", help=f"only made-up rules, of these: {', '.join(CONSTRUCTS)}"
    )
    parser.add_argument("--most", type=int, default=10, help="how many differences to show")
    options = parser.parse_args(arguments)
    rng = seeded(options.seed)
    trials = [t for t in pack_trials("stoke") if options.rule in t.rule.qualified]
    wanted = round_robin(trials, rng, options.made_up)
    if options.only:
        wanted = made_up_only(rng, options.only.split(","))
    tally, differing, told = Tally(), 0, 0
    too_large = 0
    for tried in tries(wanted, options.pairs, rng):
        try:
            found = list(tried.differences())
        except PlanError:  # too many lengths of time on record for a plan to weigh
            too_large += 1
            continue
        tally.add(tried)
        differing += len(found)
        for difference in found[: 1 if told < options.most else 0]:
            told += 1
            print(f"{difference.smallest()}\n", flush=True)  # noqa: T201
    print(f"{tally}; {differing} differ, {too_large} rules too large")  # noqa: T201
    return 1 if differing else 0


if __name__ == "__main__":
    sys.exit(main())
