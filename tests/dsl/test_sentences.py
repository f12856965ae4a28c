"""Each sentence of the language, and what it comes to once its names are bound.

A case is two lines in a table: the words, and the value.  The words stand over the small law of
the folder ``law``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.parser import parse_text
from duly.dsl.policy import (
    PREVIOUS,
    Act,
    Aged,
    Always,
    And,
    Attribute,
    Citation,
    Condition,
    Count,
    Do,
    Duration,
    During,
    Duty,
    Elapsed,
    EventDay,
    Every,
    Flag,
    ForEach,
    Have,
    InForce,
    Is,
    Kind,
    May,
    Milestone,
    Not,
    Omission,
    Or,
    PeriodEdge,
    Policy,
    Rule,
    Running,
    Scoped,
    ScopeStart,
    Stated,
    Step,
    Unless,
    While,
    Within,
    WithoutNumber,
)
from duly.dsl.resolve import PackText, resolve
from duly.dsl.scenario import Expectation, Fact, Scenario, resolve_scenarios

LAW = Path(__file__).resolve().parent / "law/pack.duly"

PERMANENT = Count("agreed", 1, own=True)
"""What ``permanent`` comes to inside a scope."""

SEEN_CLA = And((Is("visit", "kind", ("cla",)), Flag("visit", "seen")))
"""What the phrase ``visit CLA`` asks of a visit."""

Resolve = Callable[[str], Policy]


@pytest.fixture(scope="module")
def law() -> ast.Document:
    diagnostics = Diagnostics()
    document = parse_text(LAW.read_text(encoding="utf-8"), "law", diagnostics)
    assert not diagnostics.found
    return document


@pytest.fixture
def resolved(law: ast.Document) -> Resolve:
    """The policy of a pack ``local`` with these statements, over the law."""

    def policy(statements: str) -> Policy:
        diagnostics = Diagnostics()
        header = 'pack local "Local" over law source book "Book"'
        document = parse_text(f"{header}\n{statements}", "local", diagnostics)
        packs = [PackText("law", (law,)), PackText("local", (document,))]
        policy = resolve(packs, diagnostics)
        assert diagnostics.errors == []
        return policy

    return policy


def rule_of(resolved: Resolve, lines: str) -> Rule:
    return resolved(f'rule ours cite book "1"\n{lines}').rule("local.ours")


def scoped(resolved: Resolve, lines: str) -> Scoped:
    """The only duty of a rule with these lines."""
    (duty,) = rule_of(resolved, lines).duties
    return duty


def duty_of(resolved: Resolve, lines: str) -> Duty:
    return scoped(resolved, lines).duty


def steps_of(resolved: Resolve, lines: str) -> tuple[Step, ...]:
    duty = duty_of(resolved, lines)
    assert isinstance(duty, Do)
    return duty.steps


# ------------------------------------------------------------------------------- timing

DURATIONS = {
    "1 day": Duration(1, "day"),
    "20 working days": Duration(20, "working day"),
    "1 working day": Duration(1, "working day"),
    "6 weeks": Duration(6, "week"),
    "3 months": Duration(3, "month"),
    "2 years": Duration(2, "year"),
    "2 quarters": Duration(6, "month"),
    "month": Duration(1, "month"),
    "a year": Duration(1, "year"),
    "the week": Duration(1, "week"),
}


@pytest.mark.parametrize("words", DURATIONS)
def test_a_length_of_time(resolved: Resolve, words: str) -> None:
    (step,) = steps_of(resolved, f"visit CLA every {words}")
    assert step.timing == Every(DURATIONS[words])


WEEK = Duration(1, "week")
DAY_ITSELF = Duration(0, "day")
REVIEW = EventDay("review")

FIRST_STEPS = {
    "within 1 week of start": Within(WEEK, ScopeStart()),
    "within 1 week of the start": Within(WEEK, ScopeStart()),
    "within 1 week of review": Within(WEEK, REVIEW),
    "within 1 week of first review": Within(WEEK, EventDay("review", 1)),
    "within 1 week of the second review": Within(WEEK, EventDay("review", 2)),
    "within 1 week of visit where seen": Within(
        WEEK, EventDay("visit", None, Flag("visit", "seen"))
    ),
    "within 1 week of first visit where (seen and kind is cp)": Within(
        WEEK, EventDay("visit", 1, And((Flag("visit", "seen"), Is("visit", "kind", ("cp",)))))
    ),
    "within 1 week of start of plan": Within(WEEK, PeriodEdge("plan", "start")),
    "within 1 week of end of plan": Within(WEEK, PeriodEdge("plan", "end")),
    "within 1 week of end of second plan": Within(WEEK, PeriodEdge("plan", "end", 2)),
    "within 1 week of start of placement": Within(WEEK, ScopeStart()),
    "within 1 week of start of first placement": Within(WEEK, PeriodEdge("placement", "start", 1)),
    "on the day of review": Within(DAY_ITSELF, REVIEW, "on the day of"),
    "on day of start": Within(DAY_ITSELF, ScopeStart(), "on the day of"),
    "immediately after review": Within(DAY_ITSELF, REVIEW, "immediately after"),
    "every 1 week": Every(WEEK),
    "every week until first review": Every(WEEK, EventDay("review", 1)),
    "as soon as practicable after review": WithoutNumber("as soon as practicable", REVIEW),
    "within a reasonable time of review": WithoutNumber("within a reasonable time", REVIEW),
}


@pytest.mark.parametrize("words", FIRST_STEPS)
def test_a_step(resolved: Resolve, words: str) -> None:
    (step,) = steps_of(resolved, f"during placement must visit CLA {words}")
    assert step.timing == FIRST_STEPS[words]


def test_a_sequence(resolved: Resolve) -> None:
    steps = steps_of(
        resolved,
        "during placement hold review within 20 working days of start, then within 3 months, "
        "then every 6 months",
    )
    assert steps == (
        Step(Within(Duration(20, "working day"), ScopeStart())),
        Step(Within(Duration(3, "month"))),
        Step(Every(Duration(6, "month"))),
    )


def test_an_exception_belongs_to_the_step_it_follows(resolved: Resolve) -> None:
    first, second = steps_of(
        resolved,
        "visit CLA every week until first review unless plan, then every 6 weeks, "
        "unless permanent then 3 months unless plan",
    )
    assert first.unless == (Unless(Running("plan")),)
    assert second.unless == (
        Unless(PERMANENT, Duration(3, "month")),
        Unless(Running("plan")),
    )


def test_failing_which_adds_a_duty_to_do_the_same_act(resolved: Resolve) -> None:
    rule = rule_of(resolved, "visit CLA every week, failing which within 2 working days of review")
    first, second = (each.duty for each in rule.duties)
    assert isinstance(first, Do)
    assert isinstance(second, Do)
    assert second.act == first.act
    assert second.failing_which
    assert second.steps == (Step(Within(Duration(2, "working day"), REVIEW)),)


def test_a_milestone_runs_from_its_own_event(resolved: Resolve) -> None:
    assert duty_of(resolved, "must record visit within 2 working days") == Do(
        Act("visit", None, "recorded_on"),
        (Step(Within(Duration(2, "working day"))),),
        words="record visit",
    )


# --------------------------------------------------------------------------- duties, scopes

SCOPES = {
    "visit CLA every week": During("placement"),
    "during plan visit CLA every week": During("plan"),
    "during placement where type is foster visit CLA every week": During(
        "placement", Is("placement", "type", ("foster",))
    ),
    "while plan and placement visit CLA every week": While(
        And((Running("plan"), Running("placement")))
    ),
    "hold review within 1 week of visit": Always(),
    "for each visit must have seen": ForEach(EventDay("visit")),
    "for each first visit must have seen": ForEach(EventDay("visit", 1)),
    "for each visit where kind is cp must have seen": ForEach(
        EventDay("visit"), Is("visit", "kind", ("cp",))
    ),
    "for each start of placement must have plan": ForEach(PeriodEdge("placement", "start")),
    "for each end of placement must have plan": ForEach(PeriodEdge("placement", "end")),
}


@pytest.mark.parametrize("words", SCOPES)
def test_a_scope(resolved: Resolve, words: str) -> None:
    assert scoped(resolved, words).scope == SCOPES[words]


def test_a_scope_line_holds_to_the_next(resolved: Resolve) -> None:
    rule = rule_of(
        resolved,
        "visit CLA every week during plan visit CLA every week hold review every month "
        "for each visit must have seen",
    )
    assert [each.scope for each in rule.duties] == [
        During("placement"),
        During("plan"),
        During("plan"),
        ForEach(EventDay("visit")),
    ]


FORCES = {
    "visit CLA every week": ("must", None, None),
    "must visit CLA every week": ("must", None, None),
    "should visit CLA every week": ("should", None, None),
    "standard visit CLA every week": ("standard", None, None),
    "aim to visit CLA every week": ("aim", None, None),
    "the IRO must visit CLA every week": ("must", "IRO", None),
    "interval: must visit CLA every week": ("must", None, "interval"),
    "interval: the IRO should visit CLA every week": ("should", "IRO", "interval"),
    "interval: visit CLA every week": ("must", None, "interval"),
}


@pytest.mark.parametrize("words", FORCES)
def test_force_owner_and_label(resolved: Resolve, words: str) -> None:
    duty = duty_of(resolved, words)
    assert isinstance(duty, Do)
    assert (duty.force, duty.owner, duty.label) == FORCES[words]


def test_a_state_on_an_occasion(resolved: Resolve) -> None:
    duty = duty_of(resolved, "for each visit seen: the IRO should not have seen unless kind is cp")
    assert duty == Have(
        Not(Flag("visit", "seen")),
        (Unless(Is("visit", "kind", ("cp",))),),
        force="should",
        label="seen",
        owner="IRO",
    )


def test_a_permission_computes_nothing(resolved: Resolve) -> None:
    assert duty_of(resolved, 'may "agree to fewer visits"') == May("agree to fewer visits")


ACTS = {
    "visit CLA": Act("visit", SEEN_CLA),
    "visit CLA where kind is cp": Act(
        "visit", And((*SEEN_CLA.parts, Is("visit", "kind", ("cp",))))
    ),
    "visit visit": Act("visit"),
    "visit visits": Act("visit"),
    "hold review": Act("review"),
    "hold review where review.allocated": Act("review", Flag("review", "allocated")),
}


@pytest.mark.parametrize("words", ACTS)
def test_an_act(resolved: Resolve, words: str) -> None:
    duty = duty_of(resolved, f"during placement must {words} every week")
    assert isinstance(duty, Do)
    assert duty.act == ACTS[words]


# ------------------------------------------------------------------------------ conditions

YEAR = Duration(1, "year")
FOSTER = Is("placement", "type", ("foster",))
IN_PLACEMENT = Elapsed(ScopeStart(), YEAR)

CONDITIONS: dict[str, Condition] = {
    "allocated": Flag("child", "allocated"),
    "child.allocated": Flag("child", "allocated"),
    "type is foster": FOSTER,
    "placement.type is foster": FOSTER,
    "type is one of (foster, parents)": Is("placement", "type", ("foster", "parents")),
    "type is stated": Stated("placement", "type"),
    "plan": Running("plan"),
    "permanent": PERMANENT,
    "not permanent": Not(PERMANENT),
    "not not permanent": PERMANENT,
    "permanent and plan or allocated": Or(
        (And((PERMANENT, Running("plan"))), Flag("child", "allocated"))
    ),
    "permanent and (plan or allocated)": And(
        (PERMANENT, Or((Running("plan"), Flag("child", "allocated"))))
    ),
    "some visit": Count("visit", 1, own=True),
    "some visits": Count("visit", 1, own=True),
    "no visit": Not(Count("visit", 1, own=True)),
    "at least 2 visits": Count("visit", 2, own=True),
    "at most 2 visits": Not(Count("visit", 3, own=True)),
    "exactly 2 visits": Count("visit", 2, 2, own=True),
    "exactly 0 visits": Not(Count("visit", 1, own=True)),
    "some visit where seen": Count("visit", 1, where=Flag("visit", "seen"), own=True),
    "some visit where not seen": Count("visit", 1, where=Not(Flag("visit", "seen")), own=True),
    "some visit where kind is cp and plan": And(
        (Count("visit", 1, where=Is("visit", "kind", ("cp",)), own=True), Running("plan"))
    ),
    "some visit where (seen and kind is cp)": Count(
        "visit",
        1,
        where=And((Flag("visit", "seen"), Is("visit", "kind", ("cp",)))),
        own=True,
    ),
    "some visit in the last 3 months": Count("visit", 1, window=Duration(3, "month"), own=True),
    "some visit ever": Count("visit", 1),
    "some plan": Count("plan", 1, own=True),
    "in the first year": Not(IN_PLACEMENT),
    "after the first year": IN_PLACEMENT,
    "after the first 3 months": Elapsed(ScopeStart(), Duration(3, "month")),
    "in the first year of placement": Not(IN_PLACEMENT),
    "in the first year of plan": And(
        (
            Elapsed(PeriodEdge("plan", "start"), Duration(0, "day")),
            Not(Elapsed(PeriodEdge("plan", "start"), YEAR)),
        )
    ),
    "after the first year of plan": Elapsed(PeriodEdge("plan", "start"), YEAR),
    "after 1 year after review": Elapsed(REVIEW, YEAR),
    "before 1 year after review": And(
        (Elapsed(REVIEW, Duration(0, "day")), Not(Elapsed(REVIEW, YEAR)))
    ),
    "after a week after second review": Elapsed(EventDay("review", 2), WEEK),
    "after a year after start of plan": Elapsed(PeriodEdge("plan", "start"), YEAR),
    "under 16": Not(Aged(16)),
    "aged 16 or over": Aged(16),
}


@pytest.mark.parametrize("words", CONDITIONS)
def test_a_condition(resolved: Resolve, words: str) -> None:
    (step,) = steps_of(
        resolved, f"during placement visit CLA every 6 weeks unless {words} then 3 months"
    )
    assert step.unless == (Unless(CONDITIONS[words], Duration(3, "month")),)


def test_on_an_occasion_what_came_since_the_one_before_counts(resolved: Resolve) -> None:
    duty = duty_of(resolved, "for each visit must have some review")
    assert duty == Have(Count("review", 1, since=EventDay("visit", PREVIOUS)))


def test_ever_all_of_the_child_counts(resolved: Resolve) -> None:
    assert duty_of(resolved, "for each visit must have some review ever") == Have(
        Count("review", 1)
    )


def test_a_definition_with_an_argument(resolved: Resolve) -> None:
    policy = resolved(
        "period consent of placement has given_by role "
        "define agreed_by ROLE as some consent where given_by is ROLE "
        'rule ours cite book "1" visit CLA every week unless agreed_by IRO then 2 weeks'
    )
    duty = policy.rule("local.ours").duties[0].duty
    assert isinstance(duty, Do)
    (clause,) = duty.steps[0].unless
    by_iro = Is("consent", "given_by", ("IRO",))
    assert clause.condition == Count("consent", 1, where=by_iro, own=True)


# ---------------------------------------------------------------------- packs, vocabulary


def test_a_pack(resolved: Resolve) -> None:
    diagnostics = Diagnostics()
    document = parse_text(
        'pack local "Local" over law version 6 in force from 23 May 2024 until 1 June 2025 '
        "review by 30 September 2024",
        "local",
        diagnostics,
    )
    assert document.statements == (
        ast.PackStatement(
            ast.Word("local"),
            "Local",
            over=ast.Word("law"),
            version="6",
            in_force=InForce(date(2024, 5, 23), date(2025, 6, 1)),
            review_by=date(2024, 9, 30),
        ),
    )
    assert diagnostics.found == []


KINDS = {
    'event call "A call" plural calls alias ring verb make verb take': Kind(
        "call",
        "event",
        "A call",
        plural="calls",
        aliases=("ring",),
        verbs=("make", "take"),
        pack="local",
    ),
    "event call milestone noted_on by note": Kind(
        "call", "event", milestones=(Milestone("noted_on", "note"),), pack="local"
    ),
    "period stay of placement joined": Kind(
        "stay", "period", of="placement", joined="always", pack="local"
    ),
    "period stay joined where again has again yes/no usually no": Kind(
        "stay",
        "period",
        joined="again",
        attributes={"again": Attribute("again", "yes/no", usually="no")},
        pack="local",
    ),
    "event call has at_night yes/no has booked date has minutes number has about text": Kind(
        "call",
        "event",
        attributes={
            "at_night": Attribute("at_night", "yes/no"),
            "booked": Attribute("booked", "date"),
            "minutes": Attribute("minutes", "number"),
            "about": Attribute("about", "text"),
        },
        pack="local",
    ),
    "event call has made_by role usually IRO has sort one of (new, old) usually old": Kind(
        "call",
        "event",
        attributes={
            "made_by": Attribute("made_by", "role", usually="IRO"),
            "sort": Attribute("sort", "one of", ("new", "old"), "old"),
        },
        pack="local",
    ),
}


@pytest.mark.parametrize("words", KINDS)
def test_a_kind_of_fact(resolved: Resolve, words: str) -> None:
    kind = KINDS[words]
    assert resolved(words).kinds[kind.name] == kind


def test_a_rule_says_where_it_comes_from(resolved: Resolve) -> None:
    rule = rule_of(
        resolved,
        'refines law.visits cite act "section 1" traces S-152, S-153 unconfirmed "not read" '
        'because "it says so" in force from 1 May 2024 until 31 May 2024 visit CLA every week',
    )
    assert rule.refines == "law.visits"
    assert rule.citations == (Citation("Book", "1"), Citation("The Act", "section 1"))
    assert rule.traces == ("S-152", "S-153")
    assert rule.unconfirmed == ("not read",)
    assert rule.because == ("it says so",)
    assert rule.in_force == InForce(date(2024, 5, 1), date(2024, 5, 31))


SAME = (
    "during the placement must visit a CLA every 6 weeks, unless permanent then 3 months",
    "during placement\n\n# a comment\nmust\n  visit CLA every 6 weeks\nunless permanent\n"
    "then 3 months",
    "during placement  # unless “quoted”\n must visit CLA every the 6 weeks unless the permanent "
    "then 3 months",
)


@pytest.mark.parametrize("words", SAME)
def test_layout_articles_and_comments_mean_nothing(resolved: Resolve, words: str) -> None:
    assert rule_of(resolved, words) == rule_of(resolved, SAME[0])


# --------------------------------------------------------- rows traced, and rows left out


def test_rows_left_out_have_a_category_and_a_reason(resolved: Resolve) -> None:
    words = 'omits S-006, S-023 as judgement because "quality" rule r visit CLA every week'
    policy = resolved(words)
    assert policy.packs[-1].omissions == (Omission(("S-006", "S-023"), "judgement", "quality"),)


def test_a_rule_has_the_rows_of_its_clauses_too(resolved: Resolve) -> None:
    rule = rule_of(
        resolved,
        "traces S-001 visit CLA every week traces S-002, S-001"
        " unless permanent then 2 weeks traces S-003"
        ' failing which within 2 days traces S-004 may "agree otherwise" traces S-005',
    )
    assert rule.rows == ("S-001", "S-002", "S-003", "S-004", "S-005")


# ------------------------------------------------------------------------------- scenarios


def scenario(resolved: Resolve, lines: str) -> Scenario:
    text = f'scenario "a child" {lines} as at 1 May 2024 expect no ours'
    policy = resolved('rule ours cite book "1" visit CLA every week')
    diagnostics = Diagnostics()
    document = parse_text(text, "local", diagnostics)
    (found,) = resolve_scenarios(policy, "local", [document], diagnostics)
    assert diagnostics.found == []
    return found


MARCH = date(2024, 3, 1)
USUAL_VISIT = {"kind": None, "seen": True}

FACTS = {
    "placement from 1 March 2024": Fact("placement", MARCH, None, {"type": None}),
    "placement from 1 March 2024 until 4 March 2024 type foster": Fact(
        "placement", MARCH, date(2024, 3, 4), {"type": "foster"}
    ),
    "visit on 1 March 2024": Fact("visit", MARCH, None, USUAL_VISIT),
    "visits on 1 March 2024 kind cp not seen": Fact(
        "visit", MARCH, None, {"kind": "cp", "seen": False}
    ),
    "visit on 1 March 2024 seen blank": Fact("visit", MARCH, None, USUAL_VISIT | {"seen": None}),
    "visit on 1 March 2024 seen kind cla recorded_on 2 March 2024": Fact(
        "visit", MARCH, None, {"kind": "cla", "seen": True, "recorded_on": date(2024, 3, 2)}
    ),
}


@pytest.mark.parametrize("words", FACTS)
def test_a_fact_of_a_scenario(resolved: Resolve, words: str) -> None:
    assert scenario(resolved, words).facts == (FACTS[words],)


def test_what_a_scenario_says_besides(resolved: Resolve) -> None:
    found = scenario(resolved, "child born 3 May 2012 unknown plan unknown reviews")
    assert found.born == date(2012, 5, 3)
    assert found.unknown == ("plan", "review")
    assert found.as_at == date(2024, 5, 1)


EXPECTATIONS = {
    "no ours": Expectation("local.ours", None, None, None, None, False, denied=True),
    "no ours on 1 March 2024": Expectation(
        "local.ours", None, MARCH, None, None, False, denied=True
    ),
    "no ours overdue due 1 March 2024": Expectation(
        "local.ours", "overdue", None, MARCH, None, False, denied=True
    ),
    "ours met on 1 March 2024": Expectation("local.ours", "met", MARCH, None, None, False),
    "ours met late by 3 days": Expectation("local.ours", "met_late", None, None, 3, False),
    "ours overdue due 1 March 2024 by 4 days assumed": Expectation(
        "local.ours", "overdue", None, MARCH, 4, True
    ),
    "ours not met": Expectation("local.ours", "not_met", None, None, None, False),
    "ours due 1 March 2024": Expectation("local.ours", "due", None, MARCH, None, False),
    "ours lapsed": Expectation("local.ours", "lapsed", None, None, None, False),
    "ours exempt": Expectation("local.ours", "exempt", None, None, None, False),
    "ours cannot tell": Expectation("local.ours", "cannot_tell", None, None, None, False),
    "law.visits needs judgement": Expectation(
        "law.visits", "needs_judgement", None, None, None, False
    ),
}


@pytest.mark.parametrize("words", EXPECTATIONS)
def test_an_expectation(resolved: Resolve, words: str) -> None:
    assert scenario(resolved, f"expect {words}").expectations[0] == EXPECTATIONS[words]
