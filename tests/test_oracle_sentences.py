"""Sentences of every construct, with dates worked by hand from the page, told to the oracle.

M and A numbers are those of the review of the language's coverage.
"""

from __future__ import annotations

import pytest

from tests.stories import line, read, said, told

WORDS = """
pack law "The law"
subject child has refused yes/no usually no has contact_interval duration
role IRO "Independent reviewing officer"
role police "The police"
role health "A health visitor"
period care_period joined
period placement of care_period joined where carer_continues
  has carer_continues yes/no usually no
  has type one of (foster, parents, other) usually foster
  has not_practicable yes/no usually no
  has visit_interval duration
period agreement of placement has given_by role
period cin_plan joined
period short_break
period long_term_foster
event visit verb visit
  has kind one of (cla, cp, other) usually cla
  has seen yes/no usually yes
  milestone recorded_on by record
event review verb hold
  has status one of (booked, held, cancelled) usually held
  has attendees list of role
  milestone papers_sent_on by send_papers
  counts where status is held
  scheduled where status is booked
event papers verb send
event care_plan verb prepare
event conference
event adjournment
event core_group verb convene
event assessment plural assessments
event order_made
event record_of_adoption verb destroy
calendar term supplied
calendar season each year from 1 April to 30 June
phrase visit child means visit
phrase review child means review of care_period
"""


def tell(rule: str, story: str) -> list[str]:
    return said(f"{WORDS} rule r {rule}", story)


Told = list[str]


def cases(*found: tuple[str, str, Told]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(("rule", "story", "lines"), found)


# --------------------------------------------------------------- deadlines met early (16 to 20)

PAPERS = "must send papers at least 3 working days before review"
BY_START = "during care_period must prepare care_plan by 10 working days after start"
FIRST_PLACEMENT = "during care_period must prepare care_plan before start of first placement"


@cases(
    # M1: Monday 13 January 2025; the fourth working day before it is Tuesday the 7th.
    (
        PAPERS,
        "review on 13 January 2025 papers on 7 January 2025 as at 14 January 2025",
        ["2025-01-13: met due 2025-01-07 on 2025-01-07"],
    ),
    (
        PAPERS,
        "review on 13 January 2025 papers on 8 January 2025 as at 14 January 2025",
        ["2025-01-13: met late due 2025-01-07 on 2025-01-08 by 1"],
    ),
    # M1: Thursday 10 July 2025: Friday the 4th; last year's papers are used up.
    (
        PAPERS,
        "review on 13 January 2025 review on 10 July 2025 papers on 7 January 2025 as at"
        " 9 July 2025",
        ["2025-01-13: met due 2025-01-07 on 2025-01-07"],
    ),
    (
        PAPERS,
        "review on 13 January 2025 review on 10 July 2025 status booked papers on 7 January 2025"
        " as at 9 July 2025",
        [
            "2025-01-13: met due 2025-01-07 on 2025-01-07",
            "2025-07-10: overdue due 2025-07-04 by 5",
        ],
    ),
    # What was not sent by the day itself can no longer be: the obligation ended the day after.
    (
        PAPERS,
        "review on 10 July 2025 as at 10 July 2025",
        ["2025-07-10: overdue due 2025-07-04 by 6"],
    ),
    (
        PAPERS,
        "review on 10 July 2025 papers on 11 July 2025 as at 12 July 2025",
        ["2025-07-10: not met due 2025-07-04 by 7"],
    ),
    # Ordinary working days: the third before Monday 13 January is Wednesday the 8th.
    (
        "must send papers at least 3 ordinary working days before review",
        "review on 13 January 2025 papers on 8 January 2025 as at 14 January 2025",
        ["2025-01-13: met due 2025-01-08 on 2025-01-08"],
    ),
    # Six clear weeks before 1 March 2024: 42 days back is 19 January; the day before that.
    (
        "must send papers at least 6 weeks before review",
        "review on 1 March 2024 papers on 19 January 2024 as at 2 March 2024",
        ["2024-03-01: met late due 2024-01-18 on 2024-01-19 by 1"],
    ),
    # Nothing that was called off is still expected.
    (PAPERS, "review on 10 July 2025 status cancelled as at 1 July 2025", []),
    (PAPERS, "review on 10 July 2025 as at 1 July 2025", []),
)
def test_papers_before_a_review(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


@cases(
    # M9: placed Monday 3 March 2025, the plan was done on the Friday before.
    (
        BY_START,
        "care_period from 3 March 2025 care_plan on 28 February 2025 as at 1 April 2025",
        ["2025-03-03: met due 2025-03-17 on 2025-02-28"],
    ),
    (
        BY_START,
        "care_period from 3 March 2025 care_plan on 18 March 2025 as at 1 April 2025",
        ["2025-03-03: met late due 2025-03-17 on 2025-03-18 by 1"],
    ),
    (
        BY_START,
        "care_period from 3 March 2025 as at 17 March 2025",
        ["2025-03-03: due due 2025-03-17"],
    ),
    # A plan for the care period before does not count; one on the day on which it ended does.
    (
        BY_START,
        "care_period from 1 May 2024 until 1 August 2024 care_plan on 31 July 2024"
        " care_period from 3 March 2025 as at 18 March 2025",
        [
            "2024-05-01: met late due 2024-05-16 on 2024-07-31 by 76",
            "2025-03-03: overdue due 2025-03-17 by 1",
        ],
    ),
    (
        BY_START,
        "care_period from 1 May 2024 until 1 August 2024 care_plan on 1 August 2024"
        " care_period from 3 March 2025 as at 18 March 2025",
        [
            "2024-05-01: met late due 2024-05-16 on 2024-08-01 by 77",
            "2025-03-03: met due 2025-03-17 on 2024-08-01",
        ],
    ),
    (
        FIRST_PLACEMENT,
        "care_period from 3 March 2025 placement from 5 March 2025 placement from 9 March 2025"
        " care_plan on 5 March 2025 as at 1 April 2025",
        ["2025-03-05: met due 2025-03-05 on 2025-03-05"],
    ),
    (
        FIRST_PLACEMENT,
        "care_period from 3 March 2025 placement from 5 March 2025"
        " care_plan on 6 March 2025 as at 1 April 2025",
        ["2025-03-05: not met due 2025-03-05 by 1"],
    ),
    # M11: the first review, Wednesday 2 October 2024, in care from 4 September: twenty clear
    # working days before is Tuesday 3 September, which could not be met.
    (
        "during care_period must send papers at least 20 working days before review",
        "care_period from 4 September 2024 review on 2 October 2024 as at 3 October 2024",
        ["2024-10-02: exempt"],
    ),
    (
        "during care_period must send papers at least 20 working days before review",
        "care_period from 4 September 2024 review on 2 October 2024 papers on 3 September 2024"
        " as at 3 October 2024",
        ["2024-10-02: met due 2024-09-03 on 2024-09-03"],
    ),
    # Whether it stands is looked at on the day itself alone.
    (
        f"{FIRST_PLACEMENT} unless refused",
        "child born 1 May 2012 refused care_period from 3 March 2025 placement from 5 March 2025"
        " as at 1 April 2025",
        ["2025-03-05: exempt"],
    ),
    (
        f"{FIRST_PLACEMENT} unless refused",
        "child born 1 May 2012 refused blank care_period from 3 March 2025"
        " placement from 5 March 2025 as at 1 April 2025",
        ["2025-03-05: not met due 2025-03-05 by 1 assumed"],
    ),
    # A milestone is that of its own review, also while the review is still ahead.
    (
        "must send_papers review at least 3 working days before review",
        "review on 13 January 2025 status booked papers_sent_on 7 January 2025 as at 8"
        " January 2025",
        ["2025-01-13: met due 2025-01-07 on 2025-01-07"],
    ),
)
def test_plans_that_may_come_first(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


def test_undecided_papers_leave_no_finding() -> None:
    rule = "must send papers before review where attendees includes police"
    story = "review on 13 January 2025 attendees blank as at 20 January 2025"
    assert tell(rule, story) == ["2025-01-13: cannot tell due 2025-01-13"]


def test_papers_that_nobody_may_have_recorded_leave_no_finding() -> None:
    story = "unknown papers review on 13 January 2025 as at 20 January 2025"
    assert tell(PAPERS, story) == ["2025-01-13: cannot tell due 2025-01-07"]


# --------------------------------------------------------------- later steps, anchors (15)

THEN_PAPERS = (
    "during care_period must visit child within 1 week of start,"
    " then within 2 weeks of first review, then every 6 weeks"
)


@cases(
    # Waiting for the review: no obligation, whatever is done.
    (
        THEN_PAPERS,
        "care_period from 1 January 2024 visit on 3 January 2024 as at 1 February 2024",
        ["2024-01-01: met due 2024-01-08 on 2024-01-03"],
    ),
    (
        THEN_PAPERS,
        "care_period from 1 January 2024 visit on 3 January 2024 review on 29 January 2024"
        " visit on 12 February 2024 as at 13 February 2024",
        [
            "2024-01-01: met due 2024-01-08 on 2024-01-03",
            "2024-01-29: met due 2024-02-12 on 2024-02-12",
            "2024-02-12: due due 2024-03-25 by 41",
        ],
    ),
    # The first visit came on 1 March: two weeks after the review were over, the step is passed.
    (
        THEN_PAPERS,
        "care_period from 1 January 2024 review on 29 January 2024 visit on 1 March 2024"
        " as at 2 March 2024",
        [
            "2024-01-01: met late due 2024-01-08 on 2024-03-01 by 53",
            "2024-03-01: due due 2024-04-12 by 41",
        ],
    ),
    # The visit that takes the place of the waiting step is on the last day: nothing runs from it.
    (
        THEN_PAPERS,
        "care_period from 1 January 2024 until 1 February 2024 visit on 3 January 2024"
        " visit on 1 February 2024 as at 1 June 2024",
        ["2024-01-01: met due 2024-01-08 on 2024-01-03"],
    ),
    # M19: sixteen on 1 May 2024, in care only from 1 November: it became so on that day.
    (
        "must visit child within 3 months of (care_period and aged 16 or over) becoming true",
        "child born 1 May 2008 care_period from 1 November 2024 as at 1 February 2025",
        ["2024-11-01: due due 2025-02-01"],
    ),
    # T-24: born on 29 February, sixteen on 29 February 2024; fifteen on 1 March 2023.
    (
        "must visit child within 3 months of 16th birthday",
        "child born 29 February 2008 as at 30 May 2024",
        ["2024-02-29: overdue due 2024-05-29 by 1"],
    ),
    (
        "must visit child within 3 months of 15th birthday",
        "child born 29 February 2008 as at 1 June 2023",
        ["2023-03-01: due due 2023-06-01"],
    ),
    # Two anchors on one day are one; each of the others owes its own.
    (
        "must visit child within 5 days of order_made or conference",
        "order_made on 1 March 2024 conference on 1 March 2024 conference on 4 March 2024"
        " visit on 5 March 2024 as at 6 March 2024",
        [
            "2024-03-01: met due 2024-03-06 on 2024-03-05",
            "2024-03-04: met due 2024-03-09 on 2024-03-05",
        ],
    ),
    # A milestone as the anchor: the papers' own day, not the review's.
    (
        "must visit child within 1 week of review.papers_sent_on",
        "review on 13 January 2025 papers_sent_on 7 January 2025 as at 15 January 2025",
        ["2025-01-07: overdue due 2025-01-14 by 1"],
    ),
    # The third assessment in two years is the day from which it runs.
    (
        "must visit child within 10 working days of reaching at least 3 assessments in"
        " the last 2 years",
        "assessment on 1 March 2023 assessment on 1 March 2024 assessment on 3 February 2025"
        " as at 18 February 2025",
        ["2025-02-03: overdue due 2025-02-17 by 1"],
    ),
    # What has always been so never became so.
    (
        "must visit child within 1 week of (no review) becoming true",
        "child born 1 May 2012 review on 1 March 2024 as at 1 April 2024",
        [],
    ),
)
def test_what_a_clock_may_run_from(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


def test_a_birthday_without_a_date_of_birth_cannot_be_told() -> None:
    rule = "during care_period must visit child within 3 months of 16th birthday"
    assert tell(rule, "care_period from 1 November 2024 as at 1 March 2025") == ["cannot tell"]


# --------------------------------------------------------------- windows (21 to 23)

QUARTERLY = "during care_period must visit child at least once each 3 months"
TERMLY = "during placement must visit child at least once each term"
WHOLE = "during placement must visit child at least once each whole term"
TERMS = (
    "term from 4 September 2024 until 20 December 2024 term from 6 January 2025 until 4 April 2025"
)


@cases(
    # From the start, never chained: to 30 April, 31 July, 31 October, whatever the month.
    (
        QUARTERLY,
        "care_period from 31 January 2024 visit on 30 April 2024 visit on 1 May 2024"
        " as at 1 August 2024",
        [
            "2024-01-31: met due 2024-04-30 on 2024-04-30",
            "2024-05-01: met due 2024-07-31 on 2024-05-01",
            "2024-08-01: due due 2024-10-31 by 91",
        ],
    ),
    # Not done: not met by 0 days once its last day is over, lapsed where the scope ends in it.
    (
        QUARTERLY,
        "care_period from 31 January 2024 until 31 July 2024 as at 1 August 2024",
        ["2024-01-31: not met due 2024-04-30", "2024-05-01: lapsed due 2024-07-31"],
    ),
    (
        QUARTERLY,
        "care_period from 31 January 2024 as at 30 April 2024",
        ["2024-01-31: due due 2024-04-30"],
    ),
    # Two acts of one day are one.
    (
        "during care_period must visit child at least twice each month",
        "care_period from 1 March 2024 visit on 8 March 2024 visit on 8 March 2024"
        " visit on 1 April 2024 as at 2 April 2024",
        ["2024-03-01: met due 2024-04-01 on 2024-04-01", "2024-04-02: due due 2024-05-01 by 29"],
    ),
    # A8: a term counts if the scope runs on its last day; a whole one if on its first as well.
    (
        TERMLY,
        f"placement from 1 October 2024 until 1 March 2025 {TERMS} as at 5 April 2025",
        ["2024-10-01: not met due 2024-12-20"],
    ),
    (WHOLE, f"placement from 1 October 2024 until 1 March 2025 {TERMS} as at 5 April 2025", []),
    (
        WHOLE,
        f"placement from 4 September 2024 {TERMS} visit on 6 January 2025 as at 5 January 2025",
        ["2024-09-04: not met due 2024-12-20"],
    ),
    # Part of a calendar week at the start, from Thursday to Sunday; the running week is due.
    (
        "during care_period must visit child at least once each calendar week",
        "care_period from 4 July 2024 visit on 7 July 2024 as at 8 July 2024",
        ["2024-07-04: met due 2024-07-07 on 2024-07-07", "2024-07-08: due due 2024-07-14 by 6"],
    ),
    (
        "during care_period must visit child at least once each season",
        "care_period from 1 May 2023 as at 1 April 2024",
        ["2023-05-01: not met due 2023-06-30", "2024-04-01: due due 2024-06-30 by 90"],
    ),
    # L-062: the day that is looked at is the last of the window: five on 10 March 2025.
    (
        "during care_period must visit child at least once each 6 months unless aged 5 or over",
        "child born 10 March 2020 care_period from 9 September 2024 as at 1 April 2025",
        ["2024-09-09: not met due 2025-03-09", "2025-03-10: exempt"],
    ),
    # The day on which it was once too often; before a window is over there is nothing to say.
    (
        "during care_period must visit child at most twice each calendar month",
        "care_period from 1 March 2024 visit on 4 March 2024 visit on 5 March 2024"
        " visit on 6 March 2024 visit on 7 March 2024 as at 30 April 2024",
        ["2024-03-01: not met due 2024-03-06"],
    ),
    (
        "during care_period must visit child at most twice each calendar month",
        "care_period from 1 March 2024 visit on 4 March 2024 as at 1 April 2024",
        ["2024-03-01: met"],
    ),
)
def test_so_many_times_in_each_window(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


# --------------------------------------------------------------- states throughout (24)

ALLOCATED = "during care_period must have exactly 1 placement throughout"
RECENT = "during care_period must have some care_plan in the last 6 months from 1 month after start"


@cases(
    # S-670, A20: each gap is one obligation; the first is over on the day it holds again.
    (
        ALLOCATED,
        "care_period from 1 March 2024 placement from 4 March 2024 until 1 May 2024"
        " as at 3 May 2024",
        [
            "2024-03-01: met late due 2024-03-01 on 2024-03-04 by 3",
            "2024-05-01: overdue due 2024-05-01 by 2",
        ],
    ),
    (
        ALLOCATED,
        "care_period from 1 March 2024 until 8 March 2024 as at 3 May 2024",
        ["2024-03-01: not met due 2024-03-01 by 7"],
    ),
    (
        ALLOCATED,
        "care_period from 1 March 2024 placement from 1 March 2024 as at 3 May 2024",
        ["2024-03-01: met"],
    ),
    (
        ALLOCATED,
        "care_period from 1 March 2024 as at 1 March 2024",
        ["2024-03-01: due due 2024-03-01"],
    ),
    # Six months before 2 October 2024 is 2 April: the plan of 1 April is too old on that day.
    (
        RECENT,
        "care_period from 1 March 2024 care_plan on 1 April 2024 care_plan on 3 October 2024"
        " as at 10 October 2024",
        ["2024-10-02: met late due 2024-10-02 on 2024-10-03 by 1"],
    ),
    # Exempt on the day after the gap: it ends there, and nobody ever made it good.
    (
        f"{ALLOCATED} unless cin_plan",
        "care_period from 1 March 2024 cin_plan from 5 March 2024 as at 1 May 2024",
        ["2024-03-01: not met due 2024-03-01 by 4"],
    ),
    (
        f"{ALLOCATED} unless cin_plan",
        "care_period from 1 March 2024 cin_plan from 1 March 2024 as at 1 May 2024",
        ["2024-03-01: exempt"],
    ),
    (
        "during care_period must have some agreement throughout",
        "unknown agreement care_period from 1 March 2024 as at 1 May 2024",
        ["2024-03-01: cannot tell due 2024-03-01"],
    ),
    # 1, 2, 6 and 7 March are four; on the 17th only three of the five lie in the last fortnight.
    (
        "during care_period must not have short_break lasting more than 3 days in the last 2 weeks"
        " throughout",
        "care_period from 1 March 2024 short_break from 1 March 2024 until 3 March 2024"
        " short_break from 6 March 2024 until 9 March 2024 as at 20 March 2024",
        ["2024-03-07: met late due 2024-03-07 on 2024-03-17 by 10"],
    ),
)
def test_what_must_be_so_throughout(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


# --------------------------------------------------------------- prohibitions (25 to 27)

BEFORE_REVIEW = "during care_period must not destroy record_of_adoption before review"


@cases(
    (
        "must not destroy record_of_adoption within 100 years of order_made",
        "order_made on 1 March 2020 record_of_adoption on 1 March 2024 as at 2 March 2024",
        ["2024-03-01: not met due 2024-03-01"],
    ),
    (
        "must not destroy record_of_adoption within 2 weeks of order_made",
        "order_made on 1 March 2024 record_of_adoption on 15 March 2024"
        " record_of_adoption on 16 March 2024 as at 20 March 2024",
        ["2024-03-15: not met due 2024-03-15"],
    ),
    # The review's own day is no longer before it.
    (
        BEFORE_REVIEW,
        "care_period from 1 March 2024 record_of_adoption on 4 March 2024 review on 5 March 2024"
        " record_of_adoption on 5 March 2024 as at 20 March 2024",
        ["2024-03-04: not met due 2024-03-04"],
    ),
    (
        BEFORE_REVIEW,
        "care_period from 1 March 2024 review on 5 March 2024 as at 20 March 2024",
        ["2024-03-01: met"],
    ),
    (
        BEFORE_REVIEW,
        "care_period from 1 March 2024 record_of_adoption on 4 March 2024"
        " review on 3 March 2024 status blank as at 20 March 2024",
        ["2024-03-04: cannot tell due 2024-03-04"],
    ),
    (
        "must not destroy record_of_adoption before end of cin_plan",
        "cin_plan from 1 March 2024 until 1 May 2024 record_of_adoption on 30 April 2024"
        " record_of_adoption on 1 May 2024 as at 2 May 2024",
        ["2024-04-30: not met due 2024-04-30"],
    ),
    (
        "during care_period must not visit child where not seen unless refused",
        "child born 1 May 2012 refused care_period from 1 March 2024 visit on 4 March 2024 not seen"
        " as at 20 March 2024",
        ["2024-03-04: exempt"],
    ),
    (
        "during care_period must not visit child where not seen",
        "care_period from 1 March 2024 visit on 4 March 2024 seen blank as at 20 March 2024",
        ["2024-03-04: cannot tell due 2024-03-04"],
    ),
    (
        "during care_period must not visit child where not seen",
        "unknown visit care_period from 1 March 2024 as at 20 March 2024",
        ["2024-03-01: cannot tell"],
    ),
    # L-050: a placement that ends without a review since it began.
    (
        "must not end placement where no review since start of placement",
        "placement from 1 March 2024 until 1 May 2024 placement from 2 May 2024 until 1 July 2024"
        " review on 3 May 2024 as at 2 July 2024",
        ["2024-05-01: not met due 2024-05-01", "2024-05-02: met"],
    ),
)
def test_what_must_not_be_done(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


# --------------------------------------------------------------- ends and starts of periods (28)

END_BREAK = "must end short_break within 17 days of start of short_break"


@cases(
    (
        END_BREAK,
        "short_break from 1 March 2024 until 18 March 2024 as at 1 May 2024",
        ["2024-03-01: met due 2024-03-18 on 2024-03-18"],
    ),
    (
        END_BREAK,
        "short_break from 1 March 2024 until 19 March 2024 as at 1 May 2024",
        ["2024-03-01: met late due 2024-03-18 on 2024-03-19 by 1"],
    ),
    (
        END_BREAK,
        "short_break from 1 March 2024 as at 19 March 2024",
        ["2024-03-01: overdue due 2024-03-18 by 1"],
    ),
    # It never lapses, though the care period around it is over.
    (
        "during care_period must end short_break within 17 days",
        "care_period from 1 February 2024 until 5 March 2024 short_break from 1 March 2024"
        " as at 19 March 2024",
        ["2024-03-01: overdue due 2024-03-18 by 1"],
    ),
    (
        "must start cin_plan within 10 working days of conference",
        "conference on 28 March 2024 cin_plan from 15 April 2024 as at 1 May 2024",
        ["2024-03-28: met due 2024-04-15 on 2024-04-15"],
    ),
)
def test_periods_that_must_start_or_end(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


# --------------------------------------------------------------- conditions

AGREED = (
    "during placement must visit child every 6 weeks,"
    " unless some agreement where given_by is IRO and after the first year then 6 months"
)


@cases(
    # M3: agreed for placement A; B began on 10 March 2024, nobody agreed for it.
    (
        AGREED,
        "placement from 1 January 2023 until 10 March 2024 agreement from 10 January"
        " 2023 given_by IRO"
        " placement from 10 March 2024 visit on 10 March 2025 as at 11 March 2025",
        [
            "2023-01-01: not met due 2023-02-12 by 392",
            "2024-03-10: met late due 2024-04-21 on 2025-03-10 by 323",
            "2025-03-10: due due 2025-04-21 by 41",
        ],
    ),
    # M7: under the strict reading the sooner date, though it comes after the fifth birthday.
    (
        "during care_period must visit child every 12 months unless under 5 then 6 months",
        "child born 10 March 2020 care_period from 2 December 2024 as at 1 June 2025",
        ["2024-12-02: due due 2025-06-02 by 1"],
    ),
    (
        "reading each moment during care_period must visit child every 12 months"
        " unless under 5 then 6 months",
        "child born 10 March 2020 care_period from 2 December 2024 as at 1 June 2025",
        ["2024-12-02: due due 2025-12-02 by 184"],
    ),
    # M8: the visit itself is tested; the plan that came after it changes nothing.
    (
        "must record visit within 2 working days unless kind is cp then 1 day",
        "visit on 6 September 2024 cin_plan from 9 September 2024 as at 11 September 2024",
        ["2024-09-06: overdue due 2024-09-10 by 1"],
    ),
    (
        "must record visit within 2 working days unless kind is cp then 1 day",
        "visit on 6 September 2024 kind cp as at 8 September 2024",
        ["2024-09-06: overdue due 2024-09-07 by 1"],
    ),
    # M5: exempt on its last day, 2 October 2024: exempt for good.
    (
        "during care_period must prepare care_plan within 20 working days of start unless cin_plan",
        "care_period from 4 September 2024 cin_plan from 10 September 2024 until 3 February 2025"
        " as at 4 February 2025",
        ["2024-09-04: exempt"],
    ),
    # S-560: at most one adjournment since the review before.
    (
        "for each review must have at most 1 adjournment",
        "adjournment on 1 March 2024 review on 8 March 2024 adjournment on 8 March 2024"
        " adjournment on 9 March 2024 adjournment on 12 March 2024 review on 12 March 2024"
        " as at 1 April 2024",
        ["2024-03-08: not met due 2024-03-08", "2024-03-12: not met due 2024-03-12"],
    ),
    (
        "for each review must have some conference",
        "conference on 8 March 2024 review on 8 March 2024 review on 12 March 2024"
        " as at 1 April 2024",
        ["2024-03-08: met due 2024-03-08 on 2024-03-08", "2024-03-12: not met due 2024-03-12"],
    ),
    # Since the day of the review itself.
    (
        "during care_period must visit child every 1 week unless some visit since review"
        " then 2 weeks",
        "care_period from 1 March 2024 review on 4 March 2024 visit on 4 March 2024 as"
        " at 5 March 2024",
        ["2024-03-01: met due 2024-03-08 on 2024-03-04", "2024-03-04: due due 2024-03-18 by 13"],
    ),
    # L-054: thirteen weeks since the fourteenth birthday, the moment's own day included:
    # 1 May is the first of 91 days, 30 July the last.
    (
        "must visit child within 1 week of (care_period lasting at least 13 weeks since"
        " 14th birthday)"
        " becoming true",
        "child born 1 May 2010 care_period from 1 March 2024 as at 1 August 2024",
        ["2024-07-30: due due 2024-08-06 by 5"],
    ),
    # Unbroken, touching rows as one: 27 days from 1 March are over on 28 March, more on the 29th.
    (
        "must visit child within 1 week of (short_break lasting at least 27 days) becoming true",
        "short_break from 1 March 2024 until 11 March 2024 short_break from 11 March 2024"
        " as at 1 April 2024",
        ["2024-03-28: due due 2024-04-04 by 3"],
    ),
    (
        "must visit child within 1 week of (short_break lasting more than 27 days) becoming true",
        "short_break from 1 March 2024 until 11 March 2024 short_break from 11 March 2024"
        " as at 1 April 2024",
        ["2024-03-29: due due 2024-04-05 by 4"],
    ),
    (
        "for each review must have attendees includes police",
        "review on 4 March 2024 attendees (police, IRO) review on 5 March 2024 attendees (IRO)"
        " review on 6 March 2024 attendees blank as at 1 April 2024",
        [
            "2024-03-04: met due 2024-03-04 on 2024-03-04",
            "2024-03-05: not met due 2024-03-05",
            "2024-03-06: cannot tell due 2024-03-06",
        ],
    ),
    # One value at a time: whichever type it is, one of the two exceptions holds.
    (
        "during placement must visit child every 1 week unless type is foster then 2 weeks"
        " unless type is parents then 2 weeks unless type is other then 2 weeks",
        "placement from 1 March 2024 type blank as at 9 March 2024",
        ["2024-03-01: due due 2024-03-15 by 6"],
    ),
)
def test_conditions_of_every_kind(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


def test_what_can_never_be_true_together_is_no_completion() -> None:
    """A child in a foster placement for good is on no short break: no shorter time can run."""
    rule = (
        "during care_period must visit child every 6 weeks unless long_term_foster then 3 months,"
        " unless short_break then 1 week"
    )
    story = (
        "unknown short_break care_period from 1 March 2024 long_term_foster from 1 March 2024"
        " as at 4 March 2024"
    )
    assert tell(rule, story) == ["2024-03-01: due due 2024-03-08 by 4 assumed"]
    never = f"{WORDS} never long_term_foster and short_break rule r {rule}"
    assert said(never, story) == ["2024-03-01: due due 2024-06-01 by 89"]


# --------------------------------------------------------------- lengths of time, exceptions

SOONER = (
    "during placement must visit child every 20 working days or visit_interval whichever is sooner"
)
FAILING = (
    "during care_period must convene core_group every 4 weeks, failing which within 5 working days"
)


@cases(
    # S-130: two weeks are sooner than twenty working days, four weeks later.
    (
        SOONER,
        "placement from 2 September 2024 visit_interval 2 weeks as at 3 September 2024",
        ["2024-09-02: due due 2024-09-16 by 13"],
    ),
    (
        SOONER,
        "placement from 2 September 2024 visit_interval 2 months as at 3 September 2024",
        ["2024-09-02: due due 2024-09-30 by 27"],
    ),
    (
        SOONER,
        "placement from 2 September 2024 visit_interval blank as at 3 September 2024",
        ["2024-09-02: due due 2024-09-30 by 27 assumed"],
    ),
    (
        "during placement must visit child every visit_interval",
        "placement from 2 September 2024 visit_interval blank as at 3 September 2024",
        ["2024-09-02: cannot tell"],
    ),
    # L-121: not practicable: no number; the days that have gone by.
    (
        "during placement must visit child every 6 weeks, unless not_practicable"
        " then as soon as practicable",
        "placement from 1 March 2024 not_practicable as at 1 May 2024",
        ["2024-03-01: needs judgement by 61"],
    ),
    # L-042, as in section 2.6: before the placement, or within ten working days of its start.
    (
        "during placement must prepare care_plan before start"
        " unless not_practicable then within 10 working days of start",
        "placement from 4 March 2024 not_practicable care_plan on 18 March 2024 as at 1 April 2024",
        ["2024-03-04: exempt", "2024-03-04: met due 2024-03-18 on 2024-03-18"],
    ),
    (
        "during placement must prepare care_plan before start"
        " unless not_practicable then within 10 working days of start",
        "placement from 4 March 2024 not_practicable blank as at 1 April 2024",
        ["2024-03-04: not met due 2024-03-04 by 1 assumed"],
    ),
    # The clause's own dates bound it, those of its duty too.
    (
        "during placement must prepare care_plan before start, unless not_practicable"
        " then within 10 working days of start in force from 5 March 2024",
        "placement from 4 March 2024 not_practicable care_plan on 18 March 2024 as at 1 April 2024",
        [
            "2024-03-04: not met due 2024-03-04 by 1",
            "2024-03-04: met due 2024-03-18 on 2024-03-18",
        ],
    ),
    (
        "during placement must prepare care_plan before start in force from 1 June 2024,"
        " unless not_practicable then within 10 working days of start",
        "placement from 4 March 2024 not_practicable care_plan on 18 March 2024 as at 1 April 2024",
        [],
    ),
    # M10, A9: missed on Tuesday 4 June; five working days later is the 11th, or the 17th from
    # the chair's decision on the 10th.
    (
        FAILING,
        "care_period from 7 May 2024 core_group on 12 June 2024 as at 13 June 2024",
        [
            "2024-05-07: met late due 2024-06-04 on 2024-06-12 by 8",
            "2024-06-12: due due 2024-07-10 by 27",
            "2024-06-04: met late due 2024-06-11 on 2024-06-12 by 1",
        ],
    ),
    (
        "during care_period must convene core_group every 4 weeks,"
        " failing which within 5 working days of conference",
        "care_period from 7 May 2024 conference on 10 June 2024 core_group on 17 June 2024"
        " as at 18 June 2024",
        [
            "2024-05-07: met late due 2024-06-04 on 2024-06-17 by 13",
            "2024-06-17: due due 2024-07-15 by 27",
            "2024-06-10: met due 2024-06-17 on 2024-06-17",
        ],
    ),
    (
        FAILING,
        "care_period from 7 May 2024 as at 5 June 2024",
        [
            "2024-05-07: overdue due 2024-06-04 by 1",
            "2024-06-04: due due 2024-06-11 by 6",
        ],
    ),
    # Not missed as long as it can be done in time.
    (
        FAILING,
        "care_period from 7 May 2024 as at 4 June 2024",
        ["2024-05-07: due due 2024-06-04"],
    ),
    (
        FAILING,
        "unknown core_group care_period from 7 May 2024 as at 5 June 2024",
        ["2024-05-07: cannot tell due 2024-06-04", "2024-06-04: cannot tell due 2024-06-11"],
    ),
)
def test_lengths_of_time_and_what_follows(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


# --------------------------------------------------------------- times of day (29 to 31)

DAY_LONG = "must visit child within 24 hours of order_made"
BY_TEN = "must visit child by 10:00 on the day after order_made"


@cases(
    (
        DAY_LONG,
        "order_made on 1 March 2024 at 14:30 visit on 2 March 2024 at 14:30 as at 3 March 2024",
        ["2024-03-01: met due 2024-03-02 on 2024-03-02"],
    ),
    (
        DAY_LONG,
        "order_made on 1 March 2024 at 14:30 visit on 2 March 2024 at 14:31 as at 3 March 2024",
        ["2024-03-01: met late due 2024-03-02 on 2024-03-02"],
    ),
    # Over the night in which the clocks go forward.
    (
        DAY_LONG,
        "order_made on 30 March 2024 at 14:30 visit on 31 March 2024 at 15:30 as at 1 April 2024",
        ["2024-03-30: met due 2024-03-31 on 2024-03-31"],
    ),
    # M23: without a time, from the start of its day: 24 hours are over with that day.
    (
        DAY_LONG,
        "order_made on 1 March 2024 visit on 1 March 2024 as at 3 March 2024",
        ["2024-03-01: met due 2024-03-01 on 2024-03-01"],
    ),
    (
        DAY_LONG,
        "order_made on 1 March 2024 visit on 2 March 2024 at 9:00 as at 3 March 2024",
        ["2024-03-01: cannot tell due 2024-03-01 on 2024-03-02"],
    ),
    (
        DAY_LONG,
        "order_made on 1 March 2024 visit on 3 March 2024 at 9:00 as at 3 March 2024",
        ["2024-03-01: met late due 2024-03-01 on 2024-03-03 by 2"],
    ),
    (
        DAY_LONG,
        "order_made on 1 March 2024 at 14:30 visit on 2 March 2024 as at 3 March 2024",
        ["2024-03-01: cannot tell due 2024-03-02 on 2024-03-02"],
    ),
    # What surely came first on the day does not count.
    (
        DAY_LONG,
        "order_made on 1 March 2024 at 14:30 visit on 1 March 2024 at 14:29 as at 3 March 2024",
        ["2024-03-01: overdue due 2024-03-02 by 1"],
    ),
    (
        BY_TEN,
        "order_made on 1 March 2024 visit on 2 March 2024 at 10:00 as at 3 March 2024",
        ["2024-03-01: met due 2024-03-02 on 2024-03-02"],
    ),
    (
        BY_TEN,
        "order_made on 1 March 2024 visit on 2 March 2024 at 10:01 as at 3 March 2024",
        ["2024-03-01: met late due 2024-03-02 on 2024-03-02"],
    ),
    (
        BY_TEN,
        "order_made on 1 March 2024 visit on 2 March 2024 as at 3 March 2024",
        ["2024-03-01: met due 2024-03-02 on 2024-03-02"],
    ),
    # S-723: by 72 hours after the start, and sooner.
    (
        "during placement must visit child by 72 hours after start",
        "placement from 1 March 2024 at 10:00 visit on 4 March 2024 at 9:59 as at 5 March 2024",
        ["2024-03-01: met due 2024-03-04 on 2024-03-04"],
    ),
)
def test_hours_and_times_of_day(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


# --------------------------------------------------------------- law over time

YEARLY = "during care_period must visit child every 12 months"


@cases(
    # What is anchored after its last day raises nothing; what began before runs on.
    (
        f"transitional in force from 1 January 2023 until 31 March 2024 {YEARLY}",
        "care_period from 1 March 2024 visit on 1 July 2024 as at 1 August 2025",
        ["2024-03-01: met due 2025-03-01 on 2024-07-01"],
    ),
    (
        f"in force from 1 January 2023 until 31 March 2024 {YEARLY}",
        "care_period from 1 March 2024 as at 1 August 2025",
        [],
    ),
    # M22: the rule ended on 23 April 2020, before 29 April: nothing fell due under it.
    (
        "in force from 1 April 2011 until 23 April 2020 during placement must visit"
        " child within 5 working days of start",
        "placement from 22 April 2020 as at 1 May 2020",
        [],
    ),
    # An exception bounded by dates of its own.
    (
        "during placement must visit child within 5 working days of start"
        " unless type is foster in force from 24 April 2020 until 30 April 2020",
        "placement from 22 April 2020 as at 1 May 2020",
        ["2020-04-22: exempt"],
    ),
)
def test_law_that_begins_and_ends(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


def test_a_rule_is_waived_for_a_time() -> None:
    """While it is waived nothing falls due; what is past then is due on the day after."""
    law = f"{WORDS} rule r {YEARLY} rule weekly during care_period must visit child every 1 week"
    local = (
        'pack local "Local" over law rule relief waives law.weekly under "a power"'
        " until 30 April 2024 in force from 1 March 2024 during care_period"
        " must visit child every 2 weeks"
    )
    story = "care_period from 1 March 2024 as at 3 May 2024"
    policy, (scenario,) = read(law, f'{local} scenario "s" {story} expect no relief')
    assert [line(it) for it in told(policy, "law.weekly", scenario)] == [
        "2024-03-01: overdue due 2024-05-01 by 2"
    ]
    assert [line(it) for it in told(policy, "local.relief", scenario)] == [
        "2024-03-01: overdue due 2024-03-15 by 49"
    ]


@cases(
    # Recorded on the 20th: by what was known on the 15th there was no visit, and none is missed.
    (
        "during care_period must visit child within 1 week of start",
        "care_period from 1 March 2024 visit on 8 March 2024 recorded_on 20 March 2024"
        " as at 15 March 2024 known at 15 March 2024",
        ["2024-03-01: overdue due 2024-03-08 by 7"],
    ),
    (
        "during care_period must visit child within 1 week of start",
        "care_period from 1 March 2024 visit on 8 March 2024 recorded_on 20 March 2024"
        " as at 21 March 2024 known at 15 March 2024",
        ["2024-03-01: overdue due 2024-03-08 by 13"],
    ),
    (
        "during care_period must visit child within 1 week of start",
        "care_period from 1 March 2024 as at 21 March 2024 known at 7 March 2024",
        ["2024-03-01: cannot tell due 2024-03-08"],
    ),
)
def test_what_was_known_on_a_day(rule: str, story: str, lines: Told) -> None:
    assert tell(rule, story) == lines


def test_one_role_at_a_time_gave_an_agreement() -> None:
    """Who gave it is not known: if it was the reviewing officer, the police did not."""
    rule = (
        "during agreement where given_by is police must visit child every 1 week,"
        " unless given_by is IRO"
    )
    assert tell(rule, "agreement from 1 March 2024 given_by blank as at 9 March 2024") == [
        "2024-03-01: overdue due 2024-03-08 by 1 assumed"
    ]
