"""Dates worked by hand from the language page, held against the oracle itself."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from attrs import evolve
from hypothesis import given, settings

from duly.dsl.policy import (
    Act,
    Aged,
    Always,
    Anchor,
    And,
    Attribute,
    Condition,
    Count,
    Do,
    Duration,
    During,
    Elapsed,
    EventDay,
    Every,
    Flag,
    ForEach,
    Have,
    InForce,
    Is,
    Kind,
    Milestone,
    Not,
    Or,
    PeriodEdge,
    Rule,
    Running,
    Scope,
    Scoped,
    ScopeStart,
    Step,
    Unless,
    While,
    Within,
    WithoutNumber,
)
from tests.cases import blanked, cases, random_case, seeded
from tests.oracle import Case, Judged, Row, boundary, judge, last_day
from tests.writer import Writer, random_rule

KINDS = {
    kind.name: kind
    for kind in (
        Kind("child", "subject"),
        Kind("care_period", "period", joined="always"),
        Kind(
            "placement",
            "period",
            joined="carer_continues",
            attributes={
                "carer_continues": Attribute("carer_continues", "yes/no"),
                "type": Attribute("type", "one of", ("foster", "parents")),
            },
        ),
        Kind("agreement", "period", of="placement"),
        Kind(
            "visit",
            "event",
            attributes={"seen": Attribute("seen", "yes/no")},
            milestones=(Milestone("recorded_on", "record"),),
        ),
        Kind("review", "event"),
        Kind("conference", "event"),
        Kind("core_group", "event"),
        Kind("permanence", "event", of="placement"),
    )
}

SEEN = Flag("visit", "seen")
PERMANENT = Count("permanence", 1, own=True)
FIRST_YEAR = Not(Elapsed(ScopeStart(), Duration(1, "year")))


def day(text: str) -> date:
    """A day written as in the worked examples: `12 Apr 2025`."""
    number, month, year = text.split()
    months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    return date(int(year), months.index(month) + 1, int(number))


def length(text: str) -> Duration:
    count, unit = text.split(" ", 1)
    return Duration(int(count), unit.removesuffix("s"))  # type: ignore[arg-type]


def within(duration: str, anchor: Anchor | None = None, *unless: Unless) -> Step:
    return Step(Within(length(duration), anchor), unless)


def every(duration: str, *unless: Unless, until: Anchor | None = None) -> Step:
    return Step(Every(length(duration), until), unless)


def unless(condition: Condition, then: str | None = None) -> Unless:
    return Unless(condition, length(then) if then else None)


PLACEMENT = During("placement")
VISIT = Act("visit")
ALWAYS = InForce()


def rule(
    *steps: Step, scope: Scope = PLACEMENT, act: Act = VISIT, in_force: InForce = ALWAYS
) -> Rule:
    return Rule("test", "rule", "Rule", (Scoped(scope, Do(act, steps)),), in_force=in_force)


def placement(start: str, end: str | None = None, id: str = "p1", **values: bool | str) -> Row:
    return Row(id, day(start), day(end) if end else None, values=values)


def events(kind: str, *days: str, **values: bool | str | None) -> list[Row]:
    return [Row(f"{kind}{n}", on=day(text), values=values) for n, text in enumerate(days)]


def child(*placements: Row, **records: Sequence[Row]) -> Case:
    return Case(day("1 May 2012"), {"placement": list(placements), **records})


def lines(found: Sequence[Judged]) -> list[str]:
    """Obligations as a list is read out: anchor, deadline, verdict, days."""
    return [
        " ".join(
            str(part)
            for part in (
                f"{it.step}:",
                it.anchor_day,
                it.deadline,
                it.verdict,
                it.days,
                "assumed" if it.assumed else None,
            )
            if part is not None
        )
        for it in found
    ]


def verdicts(rule: Rule, case: Case, as_at: str) -> list[str]:
    return lines(judge(rule, KINDS, case, day(as_at)))


# --------------------------------------------------------------- time


@pytest.mark.parametrize(
    ("anchor", "duration", "last"),
    [
        ("15 Mar 2024", "3 months", "15 Jun 2024"),  # T-02, Dodds v Walker
        ("30 Sep 2024", "4 months", "30 Jan 2025"),
        ("30 Nov 2024", "3 months", "28 Feb 2025"),  # T-03
        ("31 Aug 2024", "6 months", "28 Feb 2025"),
        ("29 Feb 2024", "12 months", "28 Feb 2025"),
        ("28 Feb 2025", "6 months", "28 Aug 2025"),  # T-04
        ("20 Dec 2024", "1 week", "27 Dec 2024"),  # T-05
        ("27 Dec 2024", "6 weeks", "7 Feb 2025"),  # T-06
        ("11 Dec 2024", "20 working days", "13 Jan 2025"),  # T-17
        ("11 Dec 2024", "28 days", "8 Jan 2025"),
        ("4 Sep 2024", "20 working days", "2 Oct 2024"),
        ("28 Mar 2024", "10 working days", "15 Apr 2024"),  # Easter
        ("28 Mar 2024", "5 working days", "8 Apr 2024"),
        ("6 Sep 2024", "2 working days", "10 Sep 2024"),
        ("20 Dec 2024", "7 working days", "3 Jan 2025"),
        ("2 Sep 2024", "45 working days", "4 Nov 2024"),
        ("16 Sep 2022", "1 working day", "20 Sep 2022"),  # T-18, a day of mourning
        ("7 Sep 2024", "1 working day", "9 Sep 2024"),
        ("1 Sep 2024", "2 weeks", "15 Sep 2024"),  # T-21, a Sunday stays
    ],
)
def test_the_last_day_to_act(anchor: str, duration: str, last: str) -> None:
    assert last_day(day(anchor), length(duration)) == day(last)


@pytest.mark.parametrize(
    ("anchor", "duration", "first_day_after"),
    [
        ("29 Feb 2024", "1 year", "1 Mar 2025"),  # T-10
        ("10 Mar 2024", "1 year", "10 Mar 2025"),
        ("29 Feb 2008", "16 years", "29 Feb 2024"),
        ("29 Feb 2008", "18 years", "1 Mar 2026"),  # T-24
        ("31 Aug 2024", "6 months", "1 Mar 2025"),
        ("2 Sep 2024", "2 weeks", "16 Sep 2024"),
    ],
)
def test_the_first_day_after_a_time_has_run(
    anchor: str, duration: str, first_day_after: str
) -> None:
    assert boundary(day(anchor), length(duration)) == day(first_day_after)


# --------------------------------------------------------------- within


FIRST_WEEK = rule(within("1 week", ScopeStart()))


@pytest.mark.parametrize(
    ("visits", "line"),
    [
        (["20 Dec 2024"], "0: 2024-12-20 2024-12-27 met"),  # the anchor's own day
        (["27 Dec 2024"], "0: 2024-12-20 2024-12-27 met"),  # the last day
        (["28 Dec 2024"], "0: 2024-12-20 2024-12-27 met_late 1"),
        (["19 Dec 2024"], "0: 2024-12-20 2024-12-27 overdue 14"),  # before it began
        (["11 Jan 2025"], "0: 2024-12-20 2024-12-27 overdue 14"),  # after the as-at day
    ],
)
def test_a_first_visit(visits: list[str], line: str) -> None:
    case = child(placement("20 Dec 2024"), visit=events("visit", *visits))
    assert verdicts(FIRST_WEEK, case, "10 Jan 2025") == [line]


def test_an_act_on_the_end_day_fulfils_unless_a_like_period_starts_that_day() -> None:
    old = placement("20 Dec 2024", "27 Dec 2024")
    visit = events("visit", "27 Dec 2024")
    alone = child(old, visit=visit)
    moved = child(old, placement("27 Dec 2024", id="p2"), visit=visit)
    assert verdicts(FIRST_WEEK, alone, "10 Jan 2025") == ["0: 2024-12-20 2024-12-27 met"]
    assert verdicts(FIRST_WEEK, moved, "10 Jan 2025") == [
        "0: 2024-12-20 2024-12-27 lapsed",
        "0: 2024-12-27 2025-01-03 met",
    ]


def test_not_done_when_the_scope_ended_is_not_met() -> None:
    case = child(placement("20 Dec 2024", "28 Dec 2024"))
    assert verdicts(FIRST_WEEK, case, "10 Jan 2025") == ["0: 2024-12-20 2024-12-27 not_met 1"]
    assert verdicts(FIRST_WEEK, case, "27 Dec 2024") == ["0: 2024-12-20 2024-12-27 due 0"]
    assert verdicts(FIRST_WEEK, case, "28 Dec 2024") == ["0: 2024-12-20 2024-12-27 not_met 1"]


def test_joined_rows_are_one_scope() -> None:
    rows = [
        placement("1 Mar 2024", "5 Mar 2024"),
        placement("5 Mar 2024", id="p2", carer_continues=True),
    ]
    case = child(*rows, visit=events("visit", "8 Mar 2024"))
    assert verdicts(FIRST_WEEK, case, "1 Apr 2024") == ["0: 2024-03-01 2024-03-08 met"]


def test_ten_working_days_over_easter() -> None:
    core = rule(
        within("10 working days", EventDay("conference")),
        every("4 weeks"),
        act=Act("core_group"),
    )
    case = child(
        placement("1 Mar 2024"),
        conference=events("conference", "28 Mar 2024"),
        core_group=events("core_group", "15 Apr 2024"),
    )
    assert verdicts(core, case, "14 May 2024") == [
        "0: 2024-03-28 2024-04-15 met",
        "1: 2024-04-15 2024-05-13 overdue 1",
    ]


def test_acts_of_the_anchors_kind_count_from_the_next_day() -> None:
    again = rule(within("6 weeks", EventDay("visit")))
    case = child(
        placement("1 Jan 2024"), visit=events("visit", "1 Jan 2024", "1 Jan 2024", "12 Feb 2024")
    )
    assert verdicts(again, case, "13 Feb 2024") == [
        "0: 2024-01-01 2024-02-12 met",
        "0: 2024-02-12 2024-03-25 due 41",
    ]


# --------------------------------------------------------------- every


VISITS = rule(every("6 weeks", unless(And((PERMANENT, Not(FIRST_YEAR))), "3 months")))


def test_one_obligation_an_anchor_day() -> None:
    case = child(placement("1 Jan 2024"), visit=events("visit", "1 Jan 2024", "12 Feb 2024"))
    assert verdicts(VISITS, case, "1 Mar 2024") == [
        "0: 2024-01-01 2024-02-12 met",
        "0: 2024-02-12 2024-03-25 due 24",
    ]


def test_crossing_the_first_anniversary_is_read_strictly() -> None:
    case = child(
        placement("10 Mar 2024"),
        permanence=events("permanence", "1 Oct 2024"),
        visit=events("visit", "1 Mar 2025"),
    )
    assert verdicts(VISITS, case, "1 Apr 2025")[-1] == "0: 2025-03-01 2025-04-12 due 11"


def test_a_longer_interval_counts_from_the_next_anchor() -> None:
    case = child(
        placement("10 Mar 2024"),
        permanence=events("permanence", "1 Oct 2024"),
        visit=events("visit", "10 Mar 2025"),
    )
    assert verdicts(VISITS, case, "1 Apr 2025")[-1] == "0: 2025-03-10 2025-06-10 due 70"


def test_what_is_past_when_an_interval_shortens_is_due_that_day() -> None:
    agreed = Count("agreement", 1, own=True)
    relaxed = rule(every("6 weeks", unless(agreed, "3 months")))
    case = child(
        placement("1 Jan 2024"),
        agreement=[Row("a", day("1 Jan 2024"), day("1 Mar 2024"), of="p1")],
    )
    assert verdicts(relaxed, case, "1 Mar 2024") == ["0: 2024-01-01 2024-03-01 due 0"]


def test_an_agreement_about_another_placement_changes_nothing() -> None:
    relaxed = rule(every("6 weeks", unless(Count("agreement", 1, own=True), "3 months")))
    case = child(
        placement("1 Jan 2024"),
        agreement=[Row("a", day("1 Jan 2024"), of="p0")],
    )
    assert verdicts(relaxed, case, "1 Mar 2024") == ["0: 2024-01-01 2024-02-12 overdue 18"]


def test_the_first_year_from_29_february_ends_on_28_february() -> None:
    yearly = rule(every("1 week", unless(Not(FIRST_YEAR), "6 weeks")))
    for last_visit, deadline in (("28 Feb 2025", "2025-03-07"), ("1 Mar 2025", "2025-04-12")):
        case = child(placement("29 Feb 2024"), visit=events("visit", last_visit))
        assert judge(yearly, KINDS, case, day("5 Mar 2025"))[-1].deadline == date.fromisoformat(
            deadline
        )


# --------------------------------------------------------------- exempt, paused, not in force


EXEMPT = unless(Count("agreement", 1, own=True))


def exempted(start: str, end: str | None) -> Case:
    agreement = Row("a", day(start), day(end) if end else None, of="p1")
    return child(placement("1 Jan 2024"), agreement=[agreement])


def test_a_within_whose_last_day_is_exempt_is_never_due_again() -> None:
    once = rule(within("1 week", ScopeStart(), EXEMPT))
    assert verdicts(once, exempted("8 Jan 2024", "9 Jan 2024"), "1 Feb 2024") == [
        "0: 2024-01-01 exempt"
    ]
    assert verdicts(once, exempted("2 Jan 2024", "8 Jan 2024"), "1 Feb 2024") == [
        "0: 2024-01-01 2024-01-08 overdue 24"
    ]
    assert verdicts(once, exempted("1 Jan 2024", "9 Jan 2024"), "1 Feb 2024") == [
        "0: 2024-01-01 exempt"
    ]


def test_an_every_that_is_past_when_the_exemption_ends_is_due_that_day() -> None:
    weekly = rule(every("1 week", EXEMPT))
    case = exempted("5 Jan 2024", "20 Jan 2024")
    assert verdicts(weekly, case, "21 Jan 2024") == ["0: 2024-01-01 2024-01-20 overdue 1"]
    assert verdicts(weekly, case, "19 Jan 2024") == ["0: 2024-01-01 exempt"]


def test_a_paused_duty_without_a_deadline_is_no_obligation() -> None:
    parents = During("placement", Is("placement", "type", ("parents",)))
    weekly = rule(every("1 week"), scope=parents)
    assert verdicts(weekly, child(placement("1 Jan 2024", type="foster")), "1 Feb 2024") == []


def test_nothing_falls_due_outside_the_dates_in_force() -> None:
    dated = InForce(day("1 Feb 2024"), day("29 Feb 2024"))
    case = child(placement("1 Jan 2024"))
    assert verdicts(rule(every("1 week"), in_force=dated), case, "2 Feb 2024") == [
        "0: 2024-01-01 2024-02-01 overdue 1"
    ]
    assert verdicts(rule(every("9 weeks"), in_force=dated), case, "2 Apr 2024") == []


# --------------------------------------------------------------- sequences


REVIEWS = rule(
    within("20 working days", ScopeStart()),
    within("3 months"),
    every("6 months"),
    scope=During("care_period"),
    act=Act("review"),
)


def test_reviews_follow_one_another() -> None:
    case = Case(
        rows={
            "care_period": [Row("c", day("11 Dec 2024"))],
            "review": events("review", "13 Jan 2025", "14 Apr 2025"),
        }
    )
    assert verdicts(REVIEWS, case, "1 Oct 2025") == [
        "0: 2024-12-11 2025-01-13 met",
        "1: 2025-01-13 2025-04-13 met_late 1",
        "2: 2025-04-14 2025-10-14 due 13",
    ]


CORE_GROUPS = rule(
    within("2 weeks", EventDay("conference")), every("4 weeks"), act=Act("core_group")
)


def test_a_further_anchor_starts_the_sequence_again() -> None:
    case = child(
        placement("1 Jan 2024"),
        conference=events("conference", "1 Jan 2024", "1 Feb 2024"),
        core_group=events("core_group", "10 Jan 2024", "1 Feb 2024"),
    )
    assert verdicts(CORE_GROUPS, case, "10 Feb 2024") == [
        "0: 2024-01-01 2024-01-15 met",
        "0: 2024-02-01 2024-02-15 met",
        "1: 2024-01-10 2024-02-07 lapsed",
        "1: 2024-02-01 2024-02-29 due 19",
    ]


def test_a_first_step_stays_owed_after_a_further_anchor() -> None:
    case = child(
        placement("1 Jan 2024"),
        conference=events("conference", "1 Jan 2024", "1 Feb 2024"),
        core_group=events("core_group", "5 Feb 2024"),
    )
    assert verdicts(CORE_GROUPS, case, "10 Feb 2024") == [
        "0: 2024-01-01 2024-01-15 met_late 21",
        "0: 2024-02-01 2024-02-15 met",
        "1: 2024-02-05 2024-03-04 due 23",
    ]


def test_without_an_anchor_the_second_step_runs_from_the_start_assumed() -> None:
    case = child(placement("1 Jan 2024"))
    assert verdicts(CORE_GROUPS, case, "10 Jan 2024") == ["1: 2024-01-01 2024-01-29 due 19 assumed"]


UNTIL = rule(every("1 week", until=EventDay("review", 1)), every("4 weeks"))


def test_a_step_ends_on_the_day_of_its_anchor_and_the_next_counts_from_its_last_act() -> None:
    case = child(
        placement("1 Jan 2024"),
        review=events("review", "22 Jan 2024"),
        visit=events("visit", "8 Jan 2024", "22 Jan 2024"),
    )
    assert verdicts(UNTIL, case, "30 Jan 2024") == [
        "0: 2024-01-01 2024-01-08 met",
        "0: 2024-01-08 2024-01-15 met_late 7",
        "1: 2024-01-22 2024-02-19 due 20",
    ]


def test_a_step_that_would_end_on_its_own_anchors_day_is_passed_over() -> None:
    case = child(
        placement("1 Jan 2024"),
        review=events("review", "1 Jan 2024"),
        visit=events("visit", "1 Jan 2024"),
    )
    assert verdicts(UNTIL, case, "22 Jan 2024") == ["1: 2024-01-01 2024-01-29 due 7"]


def test_the_next_step_stands_only_once_the_one_before_has_ended() -> None:
    case = child(placement("1 Jan 2024"), review=events("review", "1 Mar 2024"))
    assert verdicts(UNTIL, case, "2 Mar 2024") == [
        "0: 2024-01-01 2024-01-08 not_met 53",
        "1: 2024-01-01 2024-03-01 overdue 1",
    ]


# --------------------------------------------------------------- other scopes and duties


def test_while_starts_on_the_day_the_condition_became_true() -> None:
    both = While(And((Running("placement"), Aged(12))))
    weekly = rule(within("1 week", ScopeStart()), scope=both)
    case = child(placement("1 Apr 2024", "20 May 2024"))
    found = judge(weekly, KINDS, case, day("1 Jun 2024"))
    assert found == [
        Judged(0, 0, "2024-05-01", day("1 May 2024"), day("8 May 2024"), None, "not_met", 12)
    ]


def test_a_milestone_fulfils_its_own_event() -> None:
    record = rule(within("2 working days"), act=Act("visit", None, "recorded_on"))
    visits = [
        Row("v1", on=day("6 Sep 2024"), values={"recorded_on": day("11 Sep 2024")}),
        Row("v2", on=day("9 Sep 2024"), values={"recorded_on": None}),
    ]
    case = child(placement("1 Sep 2024"), visit=visits)
    assert verdicts(record, case, "11 Sep 2024") == [
        "0: 2024-09-06 2024-09-10 met_late 1",
        "0: 2024-09-09 2024-09-11 due 0",
    ]


def test_a_step_without_a_number_needs_judgement() -> None:
    soon = rule(Step(WithoutNumber("as soon as practicable", EventDay("conference"))))
    case = child(placement("1 Jan 2024"), conference=events("conference", "5 Jan 2024"))
    assert verdicts(soon, case, "8 Jan 2024") == ["0: 2024-01-05 needs_judgement 3"]


def test_nothing_runs_from_the_end_of_its_own_scope() -> None:
    case = child(placement("1 Jan 2024", "1 Feb 2024"), visit=events("visit", "9 Feb 2024"))
    inside = rule(within("1 week", PeriodEdge("placement", "end")))
    outside = rule(within("1 week", PeriodEdge("placement", "end")), scope=Always())
    assert verdicts(inside, case, "10 Feb 2024") == []
    assert verdicts(outside, case, "10 Feb 2024") == ["0: 2024-02-01 2024-02-08 met_late 1"]


def test_a_milestone_counts_whenever_it_is_dated() -> None:
    record = rule(within("2 working days"), act=Act("visit", None, "recorded_on"))
    visit = Row("v", on=day("6 Sep 2024"), values={"recorded_on": day("9 Sep 2024")})
    ended = child(placement("1 Sep 2024", "7 Sep 2024"), visit=[visit])
    assert verdicts(record, ended, "20 Sep 2024") == ["0: 2024-09-06 2024-09-10 met"]


def test_a_step_without_a_number_looks_at_the_anchors_day_only() -> None:
    agreed = Count("agreement", 1, own=True)
    soon = rule(
        Step(WithoutNumber("as soon as practicable", EventDay("conference")), (unless(agreed),))
    )
    case = child(
        placement("1 Jan 2024"),
        conference=events("conference", "5 Jan 2024", "8 Jan 2024"),
        agreement=[Row("a", day("6 Jan 2024"), of="p1")],
    )
    assert verdicts(soon, case, "10 Jan 2024") == [
        "0: 2024-01-05 needs_judgement 5",
        "0: 2024-01-08 exempt",
    ]


def test_first_counts_within_the_scope() -> None:
    first = rule(
        within("5 working days", PeriodEdge("placement", "start", 1)),
        scope=During("care_period"),
    )
    case = Case(
        rows={
            "care_period": [Row("c", day("1 Jan 2024"))],
            "placement": [
                Row("p0", day("1 Dec 2023"), day("3 Jan 2024")),
                Row("p1", day("3 Jan 2024"), day("5 Jan 2024")),
                Row("p2", day("8 Jan 2024")),
            ],
        }
    )
    assert verdicts(first, case, "4 Jan 2024") == ["0: 2024-01-03 2024-01-10 due 6"]


def test_a_state_is_judged_on_the_day_of_its_occasion() -> None:
    refused = Is("visit", "reason", ("refused",))
    have = Have(SEEN, (Unless(refused),))
    seen = Rule("test", "rule", "Rule", (Scoped(ForEach(EventDay("visit")), have),))
    rows = [
        Row("v1", on=day("1 Jan 2024"), values={"seen": True, "reason": None}),
        Row("v2", on=day("2 Jan 2024"), values={"seen": False, "reason": "refused"}),
        Row("v3", on=day("3 Jan 2024"), values={"seen": False, "reason": "other"}),
        Row("v4", on=day("4 Jan 2024"), values={"seen": False, "reason": None}),
        Row("v5", on=day("5 Jan 2024"), values={"seen": None, "reason": "other"}),
        Row("v6", on=day("6 Jan 2024"), values={"seen": None, "reason": "refused"}),
    ]
    found = judge(seen, KINDS, Case(rows={"visit": rows}), day("9 Jan 2024"))
    assert [it.verdict for it in found] == [
        "met",
        "exempt",
        "not_met",
        "cannot_tell",
        "cannot_tell",
        "exempt",
    ]


# --------------------------------------------------------------- what is not known


def test_an_unknown_condition_takes_the_earliest_deadline_and_says_so() -> None:
    young = rule(within("1 month", ScopeStart(), unless(Aged(5), "2 months")))
    case = Case(None, {"placement": [placement("1 Jan 2024")]})
    assert verdicts(young, case, "10 Jan 2024") == ["0: 2024-01-01 2024-02-01 due 22 assumed"]


def test_periods_that_began_before_the_scope_count_while_they_run() -> None:
    in_care = rule(every("6 weeks", unless(Count("care_period", 1, own=True), "3 months")))
    case = child(placement("1 Jan 2024"), care_period=[Row("c", day("1 Dec 2023"))])
    assert verdicts(in_care, case, "1 Feb 2024") == ["0: 2024-01-01 2024-04-01 due 60"]


def test_dates_in_force_after_the_last_day_of_a_scope_are_not_looked_at() -> None:
    dated = InForce(day("1 Jan 2024"), day("10 Jan 2024"))
    case = child(placement("1 Jan 2024", "9 Jan 2024"))
    weeks = rule(every("2 weeks"), in_force=dated)
    assert verdicts(weeks, case, "1 Mar 2024") == ["0: 2024-01-01 2024-01-15 lapsed"]


def test_a_fact_used_twice_is_one_fact() -> None:
    either = unless(Or((Aged(5), Not(Aged(5)))), "2 months")
    case = Case(None, {"placement": [placement("1 Jan 2024")]})
    assert verdicts(rule(within("1 month", ScopeStart(), either)), case, "10 Jan 2024") == [
        "0: 2024-01-01 2024-03-01 due 51"
    ]


def test_an_act_that_may_not_fit_leaves_no_finding() -> None:
    seen = rule(within("1 week", ScopeStart()), act=Act("visit", SEEN))
    case = child(placement("1 Jan 2024"), visit=events("visit", "5 Jan 2024", seen=None))
    assert verdicts(seen, case, "20 Jan 2024") == ["0: 2024-01-01 2024-01-08 cannot_tell"]
    assert verdicts(seen, case, "6 Jan 2024") == ["0: 2024-01-01 2024-01-08 due 2"]


def test_an_act_that_may_not_fit_makes_late_uncertain_only_where_it_was_in_time() -> None:
    seen = rule(within("1 week", ScopeStart()), act=Act("visit", SEEN))
    for unsure, line in (("8 Jan 2024", "cannot_tell"), ("9 Jan 2024", "met_late 4")):
        visits = [
            Row("v1", on=day(unsure), values={"seen": None}),
            Row("v2", on=day("12 Jan 2024"), values={"seen": True}),
        ]
        case = child(placement("1 Jan 2024"), visit=visits)
        assert verdicts(seen, case, "20 Jan 2024") == [f"0: 2024-01-01 2024-01-08 {line}"]


def test_a_stretch_that_may_not_be_there_leaves_no_finding() -> None:
    may_be = While(And((Running("placement"), Aged(5))))
    weekly = rule(within("1 week", ScopeStart()), scope=may_be)
    case = Case(None, {"placement": [placement("1 Jan 2024")]})
    assert verdicts(weekly, case, "1 Feb 2024") == ["0: 2024-01-01 2024-01-08 cannot_tell assumed"]


def test_a_step_that_may_have_ended_leaves_no_finding() -> None:
    until = rule(every("1 week", until=EventDay("review")))
    case = Case(
        rows={"placement": [placement("1 Jan 2024")], "visit": events("visit", "12 Jan 2024")},
        coverage={"review": ("events", None, day("11 Jan 2024"))},
    )
    assert verdicts(until, case, "1 Feb 2024") == [
        "0: 2024-01-01 2024-01-08 cannot_tell",
        "0: 2024-01-12 2024-01-19 cannot_tell",
    ]
    held = evolve(case, coverage={"review": ("events", None, day("12 Jan 2024"))})
    assert verdicts(until, held, "1 Feb 2024")[0] == "0: 2024-01-01 2024-01-08 met_late 4"


def test_a_first_anchor_that_nobody_may_have_recorded_cannot_be_told() -> None:
    case = Case(
        rows={"placement": [placement("1 Jan 2024")]},
        coverage={"conference": ("events", day("2 Jan 2024"), None)},
    )
    assert verdicts(CORE_GROUPS, case, "1 Feb 2024") == ["0: cannot_tell"]


def test_an_anchor_that_may_not_count_leaves_no_finding() -> None:
    again = rule(within("1 week", EventDay("visit", None, SEEN)), act=Act("review"))
    case = child(placement("1 Jan 2024"), visit=events("visit", "5 Jan 2024", seen=None))
    assert verdicts(again, case, "20 Jan 2024") == ["0: 2024-01-05 2024-01-12 cannot_tell"]


@pytest.mark.parametrize(
    ("coverage", "line"),
    [
        (("absent", None, None), "0: 2024-01-01 2024-01-08 cannot_tell"),
        (("events", day("2 Jan 2024"), None), "0: 2024-01-01 2024-01-08 cannot_tell"),
        (("events", day("1 Jan 2024"), None), "0: 2024-01-01 2024-01-08 overdue 12"),
        (("events", None, day("7 Jan 2024")), "0: 2024-01-01 2024-01-08 cannot_tell"),
        (("events", None, day("8 Jan 2024")), "0: 2024-01-01 2024-01-08 overdue 12"),
        (("latest_only", None, None), "0: 2024-01-01 2024-01-08 overdue 12"),
    ],
)
def test_what_is_not_covered_is_no_finding(
    coverage: tuple[str, date | None, date | None], line: str
) -> None:
    case = Case(
        rows={"placement": [placement("1 Jan 2024")], "visit": []}, coverage={"visit": coverage}
    )
    assert verdicts(FIRST_WEEK, case, "20 Jan 2024") == [line]


def test_a_scope_without_a_start_cannot_be_told() -> None:
    case = Case(rows={"placement": [Row("p1")]})
    assert judge(FIRST_WEEK, KINDS, case, day("1 Jan 2024")) == [
        Judged(0, 0, "p1", None, None, None, "cannot_tell")
    ]


def test_conditions_are_unknown_outside_the_days_covered() -> None:
    case = Case(
        rows={"placement": [placement("1 Jan 2024")]},
        coverage={"agreement": ("absent", None, None)},
    )
    relaxed = rule(every("6 weeks", unless(Count("agreement", 1, own=True), "3 months")))
    assert verdicts(relaxed, case, "1 Feb 2024") == ["0: 2024-01-01 2024-02-12 due 11 assumed"]


# --------------------------------------------------------------- laws

AS_AT = day("1 Oct 2024")
KEPT = frozenset({"placement", "core_group"})


def timed_rule(rng: random.Random) -> Rule:
    """A rule whose anchors and acts are all known, so that only its intervals can be unknown."""
    writer = Writer(rng, KINDS)
    timing = rng.choice((Every(writer.duration()), Within(writer.duration(), ScopeStart())))
    exceptions = writer.exceptions(True, KINDS["placement"])
    return rule(Step(timing, exceptions), act=Act("core_group"))


def deadlines(found: Sequence[Judged]) -> dict[tuple[str, date | None], date | None]:
    return {(it.scope_ref, it.anchor_day): it.deadline for it in found}


@pytest.mark.parametrize("seed", range(150))
def test_a_missing_fact_never_relaxes_a_duty(seed: int) -> None:
    rng = seeded(seed)
    rule = timed_rule(rng)
    case = random_case(rng, KINDS, rule, AS_AT, coverage={})
    known = deadlines(judge(rule, KINDS, case, AS_AT))
    for it in judge(rule, KINDS, blanked(rng, case, KINDS, AS_AT, KEPT), AS_AT):
        if it.deadline is None:
            continue
        truth = known.get((it.scope_ref, it.anchor_day))
        assert truth is None or it.deadline <= truth
        assert it.assumed or it.deadline == truth


@pytest.mark.parametrize("seed", range(60))
def test_the_order_of_rows_changes_nothing(seed: int) -> None:
    rng = seeded(seed)
    rule = random_rule(rng, KINDS, duties=2)
    case = random_case(rng, KINDS, rule, AS_AT)
    reversed_rows = {kind: tuple(rows)[::-1] for kind, rows in case.rows.items()}
    shuffled = evolve(case, rows=reversed_rows)
    assert judge(rule, KINDS, shuffled, AS_AT) == judge(rule, KINDS, case, AS_AT)


@pytest.mark.parametrize("seed", range(60))
def test_what_is_dated_after_the_as_at_day_changes_nothing(seed: int) -> None:
    rng = seeded(seed)
    rule = random_rule(rng, KINDS, duties=2)
    # What is scheduled is due on its day, where something is owed for each.
    on_occasions = [it for it in rule.duties if isinstance(it.scope, ForEach)]
    rule = evolve(rule, duties=tuple(it for it in rule.duties if it not in on_occasions))
    case = random_case(rng, KINDS, rule, AS_AT, coverage={})
    cut = {
        kind: [row for row in rows if (row.on or row.start or AS_AT) <= AS_AT]
        for kind, rows in case.rows.items()
    }
    assert judge(rule, KINDS, evolve(case, rows=cut), AS_AT) == judge(rule, KINDS, case, AS_AT)


@pytest.mark.parametrize("seed", range(40))
def test_splitting_a_joined_period_changes_nothing(seed: int) -> None:
    rng = seeded(seed)
    care = Step(Every(Duration(6, "week")), (unless(Aged(5), "3 months"), EXEMPT))
    rule_of_care = rule(care, scope=During("care_period"))
    case = random_case(rng, KINDS, rule_of_care, AS_AT, coverage={})
    split: list[Row] = []
    for row in case.rows.get("care_period", ()):
        middle = row.start and row.start + timedelta(days=rng.randint(1, 50))
        # Where another row begins or ends on the day, the parts would continue that one as well.
        two = any(middle in (other.start, other.end) for other in case.rows["care_period"])
        if two or middle is None or (row.end is not None and middle >= row.end):
            split.append(row)
        else:
            split += [evolve(row, end=middle), evolve(row, id=f"{row.id}z", start=middle)]
    parts = evolve(case, rows={**case.rows, "care_period": split})
    assert judge(rule_of_care, KINDS, parts, AS_AT) == judge(rule_of_care, KINDS, case, AS_AT)


@settings(max_examples=50, derandomize=True, deadline=None)
@given(case=cases(KINDS, VISITS, AS_AT))
def test_a_verdict_of_met_means_by_the_deadline(case: Case) -> None:
    for it in judge(VISITS, KINDS, case, AS_AT):
        if it.deadline and it.fulfilled_on and it.verdict != "cannot_tell":
            assert (it.verdict == "met") == (it.fulfilled_on <= it.deadline)
