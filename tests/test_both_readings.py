"""Stories that the evaluator and the oracle once told differently: what both must say of them.

``tests.agreement`` found each of them.  The words behind a story say what a source holds of a kind.
"""

from __future__ import annotations

import re
from datetime import date

import pytest
from attrs import evolve

from duly.dsl.policy import InForce, Pack, Rule, Waiver
from tests.agreement import Trial, engine_answers, oracle_answer
from tests.oracle import Case
from tests.stories import case_of, line, read

WORDS = """
pack words "Words"
source law "The law"
subject child
  has refused yes/no
  has interval duration
role IRO
period care_period joined
period placement joined where carer_continues
  has type one of (foster, other)
  has carer_continues yes/no
period short_break
period agreement
event visit verb visit
  has seen yes/no
  milestone recorded_on by record
event review verb hold
  has status one of (held, booked, cancelled)
  counts where status is held
  scheduled where status is booked
event papers verb send
event conference verb hold
event decision of placement
phrase visit child means visit
rule asked cite law "section 1"
"""

Span = tuple[date | None, date | None]


def said(
    rule: str,
    story: str,
    lacking: tuple[str, str] | None = None,
    waived: tuple[date, date] | None = None,
    **held: Span,
) -> list[str]:
    """What both sides say: one line an obligation, in the order of the days they run from.

    ``from an unknown day`` in the story leaves the start of a period blank; ``lacking`` is a
    column that the source does not have, ``waived`` when a pack above takes the rule out of force.
    """
    told, blank = re.subn("from an unknown day", "from 1 January 1901", story)
    policy, (scenario,) = read(f'{WORDS} {rule} scenario "a child" {told} expect no asked')
    (asked,) = policy.rules()
    case = case_of(policy, scenario)
    case = evolve(case, coverage={**case.coverage, **{k: ("events", *v) for k, v in held.items()}})
    case = evolve(case, lacking=frozenset([lacking] if lacking else []))
    case = without_starts(case) if blank else case
    above = relief(asked.qualified, *waived) if waived else None
    pack = Pack("words", "Words")
    trial = Trial(asked, policy.kinds, pack, "", policy.calendars, above=above)
    oracle = oracle_answer(trial, case, scenario.as_at)
    (engine,) = engine_answers(trial, [case], scenario.as_at)
    assert engine == oracle
    return [line(it) for it in engine]


def relief(rule: str, start: date, until: date) -> Pack:
    """A pack above with a rule that waives another from one day until another."""
    waiver = Waiver(rule, "a power", until)
    local = Rule("above", "relief", "Relief", (), waives=(waiver,), in_force=InForce(start))
    return Pack("above", "Above", "words", rules=(local,))


def without_starts(case: Case) -> Case:
    rows = {
        kind: [evolve(row, start=None) if row.start == date(1901, 1, 1) else row for row in found]
        for kind, found in case.rows.items()
    }
    return evolve(case, rows=rows)


# --------------------------------------------------------------- counted since, and lasting


def test_a_count_since_what_may_have_been_again_is_not_known_from_the_next_day_on() -> None:
    """A year after the visit the short break that ended may not have been the last one."""
    rule = (
        "must hold conference within 1 year of visit, unless some papers since end of short_break"
    )
    story = """
      short_break from 1 June 2024 until 4 July 2024
      visit on 25 July 2024
      papers on 26 July 2024
      as at 2 August 2026
    """
    assert said(rule, story, short_break=(date(2025, 9, 6), None)) == [
        "2024-07-25: overdue due 2025-07-25 by 373 assumed",
    ]


@pytest.mark.parametrize(
    ("audits", "verdict"), [(1, "not met"), (2, "cannot tell"), (3, "not met")]
)
def test_exactly_two_since_nobody_knows_when(audits: int, verdict: str) -> None:
    """All were on one day: since any day there were all of them, or none."""
    rule = "for each review must have exactly 2 papers since conference"
    story = f"unknown conference {'papers on 3 June 2024 ' * audits}"
    story += "review on 3 June 2024 status held as at 1 July 2024"
    assert said(rule, story) == [f"2024-06-03: {verdict} due 2024-06-03"]


def test_a_time_after_an_event_is_unknown_while_an_unseen_one_may_be_later() -> None:
    """One review that may not count lies in the months of which no record is held at all."""
    rule = "during placement must send papers every 6 months unless after 6 weeks after review"
    story = """
      placement from 1 March 2024
      review on 4 March 2024 status held
      review on 11 March 2024 status blank
      as at 16 September 2024
    """
    assert said(rule, story, review=(date(2024, 9, 9), None)) == [
        "2024-03-01: overdue due 2024-09-01 by 15 assumed"
    ]


# --------------------------------------------------------------- later steps

FIRST = "during placement must visit child within 1 week of start, then"
PLACED = "placement from 4 March 2024 visit on 6 March 2024"


def test_a_later_step_before_an_anchor_stands_if_it_does_on_its_day() -> None:
    """Exempt until April: the day before which the visit was wanted is what is looked at."""
    rule = f"{FIRST} before conference unless not some papers"
    story = f"{PLACED} visit on 8 March 2024 papers on 2 April 2024 conference on 8 April 2024"
    assert said(rule, f"{story} as at 1 May 2024") == [
        "2024-03-04: met due 2024-03-11 on 2024-03-06",
        "2024-04-08: met due 2024-04-08 on 2024-03-08",
    ]


def test_a_later_step_exempt_on_a_day_to_come_is_not_there_yet() -> None:
    rule = f"{FIRST} before review unless some visit"
    story = f"{PLACED} review on 3 June 2024 status booked as at 1 May 2024"
    assert said(rule, story) == ["2024-03-04: met due 2024-03-11 on 2024-03-06"]


def test_what_follows_an_anchor_that_may_not_count_cannot_be_told() -> None:
    rule = f"{FIRST} within 1 week of review, then every 2 weeks"
    story = f"{PLACED} review on 11 March 2024 status blank visit on 12 March 2024"
    assert said(rule, f"{story} as at 1 May 2024") == [
        "2024-03-04: met due 2024-03-11 on 2024-03-06",
        "2024-03-11: met due 2024-03-18 on 2024-03-12",
        "2024-03-12: cannot tell due 2024-03-26",
    ]


def test_what_follows_a_step_passed_over_for_an_anchor_that_may_not_count() -> None:
    """A review that may not have been held was over before the visit: it may not pass the step."""
    rule = f"{FIRST} within 1 day of review, then every 2 weeks"
    story = "placement from 4 March 2024 review on 4 March 2024 status blank visit on 6 March 2024"
    assert said(rule, f"{story} as at 1 May 2024") == [
        "2024-03-04: met due 2024-03-11 on 2024-03-06",
        "2024-03-06: cannot tell due 2024-03-20",
    ]


def test_an_act_that_may_not_fit_before_a_later_anchor_may_have_moved_the_sequence_on() -> None:
    """No conference: the second step runs from the start, and counts from the review."""
    rule = (
        "during placement must visit child where seen within 1 week of conference,"
        " then within 3 months of review"
    )
    story = """
      placement from 4 March 2024
      visit on 6 March 2024 seen blank
      review on 8 April 2024 status held
      as at 1 May 2024
    """
    assert said(rule, story) == ["2024-04-08: cannot tell due 2024-07-08 assumed"]


def test_nothing_follows_an_act_on_the_last_day_of_a_scope() -> None:
    """There was no review, so that the visit of the last day fulfils the step all the same."""
    rule = f"{FIRST} by 1 day after review, then every 1 year"
    story = """
      placement from 4 March 2024 until 8 April 2024
      visit on 6 March 2024
      visit on 8 April 2024
      as at 1 May 2024
    """
    assert said(rule, story) == ["2024-03-04: met due 2024-03-11 on 2024-03-06"]


# --------------------------------------------------------------- met early


def test_what_was_done_before_a_day_on_which_it_was_exempt_is_exempt() -> None:
    rule = "during placement must send papers by 1 day after conference"
    rule += " unless not after 1 day after conference"
    story = "placement from 4 March 2024 papers on 7 March 2024 conference on 8 March 2024"
    assert said(rule, f"{story} as at 1 May 2024") == ["2024-03-08: exempt"]


def test_a_period_of_which_only_the_end_is_known_was_before_this_one_all_the_same() -> None:
    """Papers sent while the period before was running are not for this one."""
    rule = "during short_break must send papers by start"
    story = """
      short_break from an unknown day until 8 April 2024
      short_break from 8 April 2024
      papers on 2 April 2024
      as at 1 May 2024
    """
    assert said(rule, story) == [
        "cannot tell",
        "2024-04-08: overdue due 2024-04-08 by 23",
    ]


def test_what_is_booked_belongs_to_the_placement_running_as_far_as_is_known() -> None:
    """That the placement ends on the day of the decision is not known on 1 May."""
    rule = "during placement must send papers by decision"
    story = "placement from 4 March 2024 until 3 June 2024 decision on 3 June 2024"
    assert said(rule, f"{story} as at 1 May 2024") == ["2024-06-03: due due 2024-06-03 by 33"]


def test_a_milestone_of_what_is_booked_is_no_anchor_yet() -> None:
    rule = "during placement must send papers by 1 day after visit.recorded_on"
    story = "placement from 4 March 2024 visit on 3 June 2024 recorded_on 8 April 2024"
    assert said(rule, f"{story} as at 1 May 2024") == []


@pytest.mark.parametrize("day", ["before conference", "at least once each calendar month"])
def test_what_is_paused_or_else_exempt_is_not_owed(day: str) -> None:
    """Nobody knows whether the child was on a short break; either way nothing was to be done."""
    rule = f"during placement where short_break must send papers {day} unless some visit"
    story = """
      unknown short_break
      placement from 4 March 2024
      visit on 4 March 2024
      conference on 8 April 2024
      as at 1 May 2024
    """
    assert said(rule, story) == []


def test_what_is_paused_or_else_exempt_is_not_forbidden() -> None:
    rule = "during placement where short_break must not send papers unless some visit"
    story = "unknown short_break placement from 4 March 2024 visit on 4 March 2024"
    assert said(rule, f"{story} papers on 8 April 2024 as at 1 May 2024") == []


def test_by_a_time_of_a_day_that_is_over_is_overdue() -> None:
    rule = "during placement must send papers by 10:00 on the day after start"
    story = "placement from 4 March 2024"
    assert said(rule, f"{story} as at 5 March 2024") == ["2024-03-04: overdue due 2024-03-05"]


# --------------------------------------------------------------- what was missed

SOON = "must visit child where seen every 2 weeks, failing which within 2 working days"


def test_an_act_that_may_not_fit_may_have_met_what_was_owed_after_a_miss() -> None:
    """A visit the day after the missed day: the child may have been seen."""
    story = """
      placement from 4 March 2024
      visit on 19 March 2024 seen blank
      visit on 2 April 2024 seen
      as at 3 April 2024
    """
    assert said(f"during placement {SOON}", story) == [
        "2024-03-04: met late due 2024-03-18 on 2024-04-02 by 15",
        "2024-04-02: due due 2024-04-16 by 13",
        "2024-03-18: cannot tell due 2024-03-20 on 2024-04-02",
    ]


def test_a_milestone_of_another_event_meets_nothing_that_was_missed() -> None:
    rule = "must record visit where seen within 2 days, failing which within 1 week"
    story = """
      visit on 4 March 2024 seen
      visit on 7 March 2024 seen blank recorded_on 8 March 2024
      as at 1 April 2024
    """
    assert said(rule, story) == [
        "2024-03-04: overdue due 2024-03-06 by 26",
        "2024-03-07: met due 2024-03-09 on 2024-03-08",
        "2024-03-06: overdue due 2024-03-13 by 19",
    ]


def test_what_may_have_been_missed_is_exempt_where_nothing_is_owed_after_it() -> None:
    rule = "must visit child where seen within 2 days of papers, failing which within 1 week"
    story = "papers on 4 March 2024 visit on 5 March 2024 seen blank as at 1 April 2024"
    assert said(rule, story) == [
        "2024-03-04: cannot tell due 2024-03-06",
        "2024-03-06: cannot tell due 2024-03-13",
    ]
    assert said(rule, story, waived=(date(2024, 3, 8), date(2024, 3, 20))) == [
        "2024-03-04: cannot tell due 2024-03-06",
        "2024-03-06: exempt",
    ]


def test_what_was_missed_after_a_transitional_rule_ended_adds_nothing() -> None:
    rule = "transitional in force from 1 January 2020 until 8 March 2024 during placement"
    rule += " must visit child within 1 week of start, failing which within 2 days"
    story = "placement from 4 March 2024 as at 1 April 2024"
    assert said(rule, story) == ["2024-03-04: overdue due 2024-03-11 by 21"]


# --------------------------------------------------------------- occasions

JOINED = """
  placement from 4 March 2024 until 8 April 2024 type other
  placement from 8 April 2024 until 3 June 2024 type foster carer_continues
  as at 1 July 2024
"""


def test_the_end_of_joined_rows_is_the_end_of_the_last_one() -> None:
    rule = "for each end of placement where type is foster must have some visit"
    assert said(rule, JOINED) == ["2024-06-03: not met due 2024-06-03"]
    rule = "during care_period must not end placement where type is other"
    assert said(rule, f"care_period from 1 March 2024 {JOINED}") == ["2024-03-01: met"]


def test_an_attribute_that_is_not_known_cannot_pass_two_tests_that_exclude_each_other() -> None:
    rule = "for each review where status is cancelled must have some visit"
    assert said(rule, "review on 8 April 2024 status blank as at 1 May 2024") == []
    assert said(rule, "review on 8 April 2024 status blank as at 1 April 2024") == []


def test_what_is_booked_does_not_pass_a_test_that_it_was_held() -> None:
    rule = "for each review where status is held must have some visit"
    assert said(rule, "review on 8 April 2024 status booked as at 1 April 2024") == []


def test_the_second_of_some_occasions_is_the_second_that_passes() -> None:
    """Two on one day are one; the second of those that were seen is the third visit."""
    rule = "for each second visit where seen must have some papers"
    story = """
      visit on 4 March 2024 seen
      visit on 4 March 2024 seen
      visit on 8 April 2024 not seen
      visit on 6 May 2024 seen
      as at 1 July 2024
    """
    assert said(rule, story) == ["2024-05-06: not met due 2024-05-06"]


def test_a_second_occasion_that_is_booked_is_due() -> None:
    rule = "for each second review must have some papers"
    story = "review on 4 March 2024 status held review on 3 June 2024 status booked"
    assert said(rule, f"{story} as at 1 May 2024") == ["2024-06-03: due due 2024-06-03 by 33"]


# --------------------------------------------------------------- what became so

ENDING = "during placement must visit child every 6 weeks until (not care_period) becoming true"


def test_a_step_may_have_ended_with_what_may_have_become_so_unseen() -> None:
    story = "placement from 4 March 2024 as at 1 July 2024"
    assert said(ENDING, story, care_period=(None, date(2024, 4, 1))) == [
        "2024-03-04: cannot tell due 2024-04-15"
    ]


def test_a_step_until_an_age_may_have_ended_where_the_birth_is_not_known() -> None:
    rule = "during placement must visit child every 6 weeks until (aged 16 or over) becoming true"
    story = "placement from 4 March 2024 as at 1 July 2024"
    assert said(rule, story) == ["2024-03-04: cannot tell due 2024-04-15"]


def test_what_may_have_become_so_on_any_day_may_have_been_the_last_time() -> None:
    """Nobody knows when a short break began: a visit may have been since."""
    rule = (
        "during placement must send papers every 3 months,"
        " unless some visit since short_break becoming true then 1 week"
    )
    story = "unknown short_break placement from 4 March 2024 visit on 6 March 2024"
    assert said(rule, f"{story} as at 1 May 2024") == [
        "2024-03-04: overdue due 2024-03-11 by 51 assumed"
    ]


def test_before_what_may_have_become_so_it_may_be_allowed() -> None:
    rule = "during placement must not send papers before short_break becoming true"
    story = "placement from 4 March 2024 papers on 8 April 2024 as at 1 May 2024"
    assert said(rule, story) == ["2024-04-08: not met due 2024-04-08"]
    held = (date(2024, 4, 1), None)
    assert said(rule, story, short_break=held) == ["2024-04-08: cannot tell due 2024-04-08"]


@pytest.mark.parametrize(
    "condition",
    ["at least 2 visit since start of second agreement", "agreement lasting at least 2 weeks"],
)
def test_what_may_always_have_been_so_is_so_from_birth(condition: str) -> None:
    rule = f"while {condition} must send papers every 3 months"
    story = "unknown agreement unknown visit child born 1 August 2015 as at 1 May 2024"
    assert said(rule, story) == ["2015-08-01: cannot tell due 2015-11-01 assumed"]


def test_what_may_have_been_exempt_until_a_longer_time_ran_may_still_fall_due() -> None:
    """If the agreement ran until May: by then three months were running, and cut short in time."""
    rule = "during placement must visit child within 2 weeks of start"
    rule += ", unless care_period then 3 months, unless short_break, unless agreement"
    story = """
      unknown agreement
      placement from 4 March 2024
      short_break from 4 March 2024 until 1 April 2024
      care_period from 1 May 2024 until 10 May 2024
      as at 1 July 2024
    """
    assert said(rule, story) == ["2024-03-04: overdue due 2024-05-10 by 52 assumed"]


# --------------------------------------------------------------- the anchor's own day


def test_an_act_on_the_day_of_another_kind_of_anchor_counts() -> None:
    rule = "during placement must visit child within 2 weeks of conference or second visit"
    story = "placement from 4 March 2024 conference on 8 April 2024 visit on 8 April 2024"
    assert said(rule, f"{story} as at 1 May 2024") == [
        "2024-04-08: met due 2024-04-22 on 2024-04-08"
    ]


def test_an_act_on_the_day_on_which_it_is_first_owed_counts() -> None:
    rule = "during placement must visit child as soon as practicable after 1 week after first visit"
    story = "placement from 4 March 2024 visit on 4 March 2024 visit on 11 March 2024"
    assert said(rule, f"{story} as at 1 May 2024") == ["2024-03-11: needs judgement on 2024-03-11"]


def test_of_rows_that_begin_on_one_day_the_one_of_the_earlier_hour_goes_on() -> None:
    rule = "during placement must visit child within 1 week of start"
    story = """
      placement from 4 March 2024 at 10:01 until 8 April 2024
      placement from 4 March 2024 at 10:00 until 8 April 2024
      placement from 8 April 2024 carer_continues
      as at 1 May 2024
    """
    assert sorted(said(rule, story)) == [
        "2024-03-04: not met due 2024-03-11 by 28",
        "2024-03-04: overdue due 2024-03-11 by 51",
    ]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        ("must send papers by 2 days after visit.recorded_on", "cannot tell"),
        (
            "must send papers every 3 months unless not after 1 week after visit.recorded_on",
            "2024-03-04: overdue due 2024-06-04 by 27 assumed",
        ),
    ],
)
def test_a_milestone_that_a_source_has_no_column_for_may_have_been(rule: str, told: str) -> None:
    story = "placement from 4 March 2024 visit on 6 March 2024 as at 1 July 2024"
    lacking = ("visit", "recorded_on")
    assert said(f"during placement {rule}", story, lacking=lacking) == [told]


# --------------------------------------------------------------- lengths on record


def test_a_length_not_on_record_that_changes_no_date_is_no_guess() -> None:
    """Whether there were two visits on the first day or not, ten days end on the same day."""
    rule = (
        "during care_period must visit child within 1 day of start,"
        " then within 10 days unless not at least 2 visit then interval"
    )
    story = """
      care_period from 26 April 2024
      visit on 27 April 2024
      visit on 28 April 2024
      as at 1 July 2024
    """
    assert said(rule, story, visit=(date(2024, 6, 1), None)) == [
        "2024-04-26: met due 2024-04-27 on 2024-04-27",
        "2024-04-27: met due 2024-05-07 on 2024-04-28",
    ]


def test_what_fails_after_a_length_on_record_is_owed_too() -> None:
    rule = "must visit child every interval, failing which within 2 working days"
    story = "child born 1 March 2014 interval 2 weeks placement from 4 March 2024"
    assert said(f"during placement {rule}", f"{story} as at 20 March 2024") == [
        "2024-03-04: overdue due 2024-03-18 by 2",
        "2024-03-18: due due 2024-03-20",
    ]
