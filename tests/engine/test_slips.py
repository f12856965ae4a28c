"""Which slips of the pen are tried on a part of a rule, and which change no date at all."""

from __future__ import annotations

import pytest
from attrs import frozen

from duly.dsl import policy as p
from duly.dsl.source import Span
from duly.engine.mutants import mutants, slips
from duly.engine.slips import Around, Slip

PLACE = Span("visits.duly", 14, 3, 14, 40)
REVIEW = p.EventDay("review", 1)
DURING = p.During("placement")
KINDS = {
    "placement": p.Kind("placement", "period", of="care_period"),
    "care_period": p.Kind("care_period", "period"),
}


def tried(node: object, *events: p.EventDay, scope: p.Scope = DURING) -> list[Slip]:
    around = Around(events, scope, KINDS, frozenset(), frozenset())
    return list(slips(node, PLACE, around))


def said(node: object, *events: p.EventDay, scope: p.Scope = DURING) -> list[tuple[str, str]]:
    return [(slip.was, slip.now) for slip in tried(node, *events, scope=scope)]


LENGTHS = {
    p.Duration(1, "week"): ["2 weeks", "10 weeks", "1 month", "= 7 days"],
    p.Duration(6, "month"): ["5 months", "7 months", "60 months", "6 weeks", "26 weeks"],
    p.Duration(1, "year"): ["2 years", "10 years", "= 12 months"],
    p.Duration(20, "working day"): [
        "19 working days",
        "21 working days",
        "2 working days",
        "20 days",
    ],
    p.Duration(12, "week"): ["11 weeks", "13 weeks", "12 months", "= 84 days"],
    p.Duration(0, "day"): ["1 day"],
    p.Duration(72, "hour"): ["71 hours", "73 hours", "3 days"],
}


@pytest.mark.parametrize("length", LENGTHS, ids=str)
def test_a_length_of_time_is_one_more_or_less_ten_times_or_another_unit(
    length: p.Duration,
) -> None:
    """What the date tables prove to be the same day, always, is marked."""
    found = [("= " if s.same else "") + s.now.strip("`") for s in tried(length)]
    assert found == LENGTHS[length]


def test_a_condition_loses_a_part_a_join_or_a_not() -> None:
    agreed, under_five = p.Running("agreement"), p.Not(p.Aged(5))
    clause = p.Unless(p.And((agreed, under_five)), text=", unless agreed and under 5")
    assert said(clause) == [
        (
            "`agreement and under 5`",
            "`not (agreement and under 5)`",
        ),
        ("`agreement and under 5`", "`agreement or under 5`"),
        ("`agreement`", ""),
        ("`under 5`", ""),
        ("`agreement`", "`not agreement`"),
        ("`under 5`", "`aged 5 or over`"),
        ("`aged 5 or over`", "`aged 4 or over`"),
        ("`aged 5 or over`", "`aged 6 or over`"),
    ]


def test_in_the_first_year_of_a_period_is_one_test() -> None:
    """It is two here, and in the text nothing could be left out of it."""
    start = p.PeriodEdge("placement", "start")
    day, year = p.Duration(0, "day"), p.Duration(1, "year")
    test = p.And((p.Elapsed(start, day), p.Not(p.Elapsed(start, year))))
    whole = [slip for slip in tried(test) if isinstance(slip.node, p.Or | p.Not | p.Elapsed)]
    assert whole == []


def test_an_exception_is_forgotten_at_its_own_place() -> None:
    place = Span("visits.duly", 15, 5, 15, 40)
    clause = p.Unless(p.Running("agreement"), text=", unless agreement", span=place)
    step = p.Step(p.Every(p.Duration(6, "week")), (clause,), span=PLACE)
    forgotten = [slip for slip in tried(step) if slip.node == p.Step(step.timing)]
    assert [(s.was, s.now, s.span) for s in forgotten] == [("`unless agreement`", "", place)]


def test_a_clock_runs_from_another_day() -> None:
    from_start = p.Within(p.Duration(0, "day"), p.ScopeStart(), "on the day of")
    assert [slip for slip in said(from_start, REVIEW) if "start" in slip[0]] == [
        ("`start`", "`start of care_period`"),
        ("`start`", "`first review`"),
    ]
    from_review = p.Within(p.Duration(0, "day"), p.EventDay("review"))
    assert [slip for slip in said(from_review) if "review" in slip[0]] == [
        ("`review`", "`first review`"),
        ("`review`", "`start`"),
    ]


def test_without_a_scope_there_is_no_start_to_count_from() -> None:
    timing = p.Within(p.Duration(0, "day"), p.EventDay("review"))
    assert ("`review`", "`start`") not in said(timing, scope=p.Always())


def test_one_of_several_values_is_forgotten() -> None:
    assert said(p.Is("placement", "type", ("residential", "secure"))) == [
        ("`residential`", ""),
        ("`secure`", ""),
    ]


@frozen
class AtLeast:
    """A timing that the language does not have yet."""

    times: int
    window: p.Duration


def test_what_is_added_to_the_language_is_searched_too() -> None:
    timing = AtLeast(2, p.Duration(1, "year"))
    assert said(timing) == [
        ("`times 2`", "`times 1`"),
        ("`times 2`", "`times 3`"),
        ("`1 year`", "`2 years`"),
        ("`1 year`", "`10 years`"),
        ("`1 year`", "`12 months`"),
    ]
    assert tried(timing)[-1].node == AtLeast(2, p.Duration(12, "month"))


def test_what_follows_a_missed_deadline_follows_it_with_its_slip() -> None:
    """The length that was missed stands once in the text, and is mistaken once for both."""
    start = p.Within(p.Duration(1, "week"), p.ScopeStart())
    first = p.Do(p.Act("visit"), (p.Step(start),))
    made_good = p.Within(p.Duration(2, "day"), p.Missed(0))
    second = p.Do(p.Act("visit"), (p.Step(made_good),), failing_which=True, after=first)
    rule = p.Rule("law", "visits", "", (p.Scoped(DURING, first), p.Scoped(DURING, second)))
    policy = p.Policy((p.Pack("law", "", rules=(rule,)),), KINDS, {})
    found = {(m.slip.was, m.slip.now): [s.duty for s in m.duties] for m in mutants(policy, [rule])}
    longer, follower = found["`1 week`", "`2 weeks`"]
    assert (longer, follower) == (
        p.Do(p.Act("visit"), (p.Step(p.Within(p.Duration(2, "week"), p.ScopeStart())),)),
        p.Do(p.Act("visit"), (p.Step(made_good),), failing_which=True, after=longer),
    )
    assert not any("missed" in was for was, _ in found)
