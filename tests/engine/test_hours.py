"""Limits in hours and times of day, with every date worked by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from duly.engine.raw import RawTable

LAW = """
pack law "The law"
source act "An Act"
subject child "A child"
period care "Care"
  has with_parents yes/no
period missing_episode "Missing from care"
event request "Somebody asks for a visit"
event visit "A visit" verb visit
  has seen yes/no
  milestone recorded_on by record
event hearing "A hearing"
  has words number
  has attendees list of role
event report "A report" verb file
role police "The police"
"""

Rows = list[dict[str, str]]
Judge = Callable[..., Rows]


@pytest.fixture
def judge(engine: Any) -> Judge:
    """Judges one duty over tables of lines: ``judge("must …", "2024-03-10", visit=[…])``."""

    def rows(duty: str, as_at: str, **tables: list[str]) -> Rows:
        rule = f'rule duty "A duty"\n  cite act "s 1"\n  {duty}\n'
        raw = [RawTable("child", "child.csv", [2], {"person_id": ["1"]})]
        for kind, lines in tables.items():
            dates = "start end" if kind in ("care", "missing_episode") else "date"
            heading, *cells = ["person_id", *dates.split(), *(lines[0].split()[1:])], *lines[1:]
            split = [["1", *line.split("|")] for line in cells]
            columns = {name: [row[n] for row in split] for n, name in enumerate(heading)}
            raw.append(RawTable(kind, f"{kind}.csv", range(2, len(split) + 2), columns))
        found: Rows = engine(LAW + rule).rows(date.fromisoformat(as_at), *raw)
        return found

    return rows


def on(*days: str, has: str = "") -> list[str]:
    """Rows of a table: its columns beside the dates, then a row a day."""
    return [f"_ {has}", *days]


def said(rows: Rows) -> list[str]:
    """Each obligation as ``deadline time verdict days``, as far as these are there."""
    names = ("deadline", "deadline_time", "verdict", "days")
    cells = [[str(row[name]).replace("_", " ") for name in names] for row in rows]
    return [" ".join(filter(None, each)) for each in cells]


WITHIN_24 = "must visit visit within 24 hours of request"
NO_TIME = "the time of day of {} is not on record, and it decides"


@pytest.mark.parametrize(
    ("asked", "visited", "expected"),
    [
        # 24 hours after Friday 1 March 2024 at 14:30 is Saturday at 14:30.
        ("2024-03-01 14:30", "2024-03-02 14:30", "2024-03-02 14:30 met"),
        ("2024-03-01 14:30", "2024-03-02 14:31", "2024-03-02 14:30 met late 0"),
        ("2024-03-01 14:30", "2024-03-03 09:00", "2024-03-02 14:30 met late 1"),
        # A visit of Saturday, at an hour that nobody wrote down, may be in time.
        ("2024-03-01 14:30", "2024-03-02", "2024-03-02 14:30 cannot tell"),
        ("2024-03-01 14:30", "2024-03-03", "2024-03-02 14:30 met late 1"),
        # Asked at an hour that nobody wrote down: from the start of the day, so by its end.
        ("2024-03-01", "2024-03-01 23:59", "2024-03-01 met"),
        ("2024-03-01", "2024-03-01", "2024-03-01 met"),
        ("2024-03-01", "2024-03-02 00:30", "2024-03-01 cannot tell"),
        ("2024-03-01", "2024-03-02 23:59", "2024-03-01 cannot tell"),
        ("2024-03-01", "2024-03-02", "2024-03-01 cannot tell"),
        ("2024-03-01", "2024-03-03", "2024-03-01 met late 2"),
        # Noon to noon runs through the night: what ends at midnight is due that day.
        ("2024-03-01 00:00", "2024-03-01", "2024-03-01 met"),
    ],
)
def test_a_day_and_a_night(judge: Judge, asked: str, visited: str, expected: str) -> None:
    assert said(judge(WITHIN_24, "2024-03-20", request=on(asked), visit=on(visited))) == [expected]


@pytest.mark.parametrize(
    ("hours", "asked", "due"),
    [
        # Clocks went forward on Sunday 31 March 2024 at 01:00, and back on 27 October at 02:00.
        (24, "2024-03-30 14:30", "2024-03-31 15:30"),
        (24, "2024-03-31 00:30", "2024-04-01 01:30"),
        (24, "2024-03-31 02:30", "2024-04-01 02:30"),
        (1, "2024-03-31 00:30", "2024-03-31 02:30"),
        (24, "2024-10-26 14:30", "2024-10-27 13:30"),
        (24, "2024-10-27 00:30", "2024-10-27 23:30"),
        (24, "2024-10-27 01:30", "2024-10-28 00:30"),  # the first of the two: the earlier limit
        (24, "2024-10-27 03:00", "2024-10-28 03:00"),
        # 72 hours from Thursday 28 March 2024 at 17:00 end at 18:00 summer time on Easter Sunday.
        (72, "2024-03-28 17:00", "2024-03-31 18:00"),
        (72, "2024-10-25 17:00", "2024-10-28 16:00"),
        # A conference on Friday 6 September 2024 at 10:00.
        (48, "2024-09-06 10:00", "2024-09-08 10:00"),
        # Midnight is the end of the day before.
        (12, "2024-03-01 12:00", "2024-03-01"),
        (36, "2024-03-01 12:00", "2024-03-02"),
    ],
)
def test_hours_run_through_nights_weekends_and_clock_changes(
    judge: Judge, hours: int, asked: str, due: str
) -> None:
    """T-20; the two examples of 48 and 72 hours are those of the counting rules."""
    duty = f"must visit visit within {hours} hours of request"
    [row] = judge(duty, asked.split()[0], request=on(asked))
    assert f"{row['deadline']} {row['deadline_time']}".strip() == due
    over = row["deadline"] == asked.split()[0] and row["deadline_time"]  # before the day's end
    assert row["verdict"] == ("overdue" if over else "due")


def test_a_day_without_a_time_has_its_own_length(judge: Judge) -> None:
    """24 hours from the start of 31 March end at 01:00 on 1 April; of 27 October, within it."""
    rows = judge(WITHIN_24, "2024-12-01", request=on("2024-03-31", "2024-10-27"))
    assert [(r["deadline"], r["deadline_time"]) for r in rows] == [
        ("2024-04-01", "01:00"),
        ("2024-10-27", "23:00"),
    ]


def test_the_hour_that_comes_twice(judge: Judge) -> None:
    """25 hours from 01:30 summer time end at 01:30 winter time; 01:45 on record is the first."""
    duty = "must visit visit within 25 hours of request"
    asked = on("2024-10-26 01:30")
    assert said(judge(duty, "2024-12-01", request=asked, visit=on("2024-10-27 01:45"))) == [
        "2024-10-27 01:30 met"
    ]
    assert said(judge(duty, "2024-12-01", request=asked, visit=on("2024-10-27 02:00"))) == [
        "2024-10-27 01:30 met late 0"
    ]


@pytest.mark.parametrize(
    ("as_at", "asked", "expected"),
    [
        # As at the end of a day: what ended at some hour of it is over.
        ("2024-03-01", "2024-03-01 14:30", "2024-03-02 14:30 due 1"),
        ("2024-03-02", "2024-03-01 14:30", "2024-03-02 14:30 overdue 0"),
        ("2024-03-03", "2024-03-01 14:30", "2024-03-02 14:30 overdue 1"),
        # Asked at the end of the day it would be due on the second, at its start on the first.
        ("2024-03-01", "2024-03-01", "2024-03-01 due 0"),
        ("2024-03-02", "2024-03-01", "2024-03-01 cannot tell"),
        ("2024-03-03", "2024-03-01", "2024-03-01 overdue 2"),
    ],
)
def test_what_is_not_done_yet(judge: Judge, as_at: str, asked: str, expected: str) -> None:
    rows = judge(WITHIN_24, as_at, request=on(asked), visit=on("2023-01-01"))
    assert said(rows) == [expected]


def test_the_reason_names_what_has_no_time(judge: Judge) -> None:
    def reason(asked: str, *visited: str) -> str:
        [row] = judge(WITHIN_24, "2024-03-02", request=on(asked), visit=on("2023-01-01", *visited))
        return row["reason"].removeprefix("within 24 hours of request; ")

    assert reason("2024-03-01", "2024-03-02") == NO_TIME.format("`request` and of `visit`")
    assert reason("2024-03-01", "2024-03-02 09:00") == NO_TIME.format("`request`")
    assert reason("2024-03-01 14:30", "2024-03-02") == NO_TIME.format("`visit`")
    assert reason("2024-03-01") == NO_TIME.format("`request`")


def test_an_act_that_came_first_does_not_count(judge: Judge) -> None:
    """Visited in the morning, asked in the afternoon: the visit is still owed."""

    def visited(*times: str) -> list[str]:
        asked = on("2024-03-01 14:30")
        return said(judge(WITHIN_24, "2024-03-20", request=asked, visit=on(*times)))

    assert visited("2024-03-01 10:00") == ["2024-03-02 14:30 overdue 18"]
    assert visited("2024-03-01 10:00", "2024-03-04 10:00") == ["2024-03-02 14:30 met late 2"]
    assert visited("2024-03-01 14:30") == ["2024-03-02 14:30 met"]
    assert visited("2024-03-01 10:00", "2024-03-01 16:00") == ["2024-03-02 14:30 met"]
    assert visited("2024-03-01 10:00", "2024-03-01") == ["2024-03-02 14:30 met"]


@pytest.mark.parametrize(
    ("asked", "visited", "noted"),
    [
        ("2024-03-01", "2024-03-01 10:00", True),
        ("2024-03-01 14:30", "2024-03-01", True),
        ("2024-03-01 14:30", "2024-03-01 15:00", False),
        ("2024-03-01", "2024-03-02", False),
    ],
)
def test_an_order_that_is_not_known_is_said(
    judge: Judge, asked: str, visited: str, noted: bool
) -> None:
    [row] = judge(WITHIN_24, "2024-03-20", request=on(asked), visit=on(visited))
    assert row["reason"].endswith("; the order within the day is not known") is noted


def test_in_days_too_what_came_first_does_not_count(judge: Judge) -> None:
    """Seven days from the request: the visit of that morning was no answer to it."""
    duty = "must visit visit within 7 days of request"
    asked = on("2024-03-01 14:30")
    early = judge(duty, "2024-03-20", request=asked, visit=on("2024-03-01 10:00"))
    assert said(early) == ["2024-03-08 overdue 12"]
    later = judge(duty, "2024-03-20", request=asked, visit=on("2024-03-01 15:00"))
    assert (said(later), later[0]["reason"]) == (["2024-03-08 met"], "within 7 days of request")
    [row] = judge(duty, "2024-03-20", request=asked, visit=on("2024-03-01"))
    assert row["reason"] == "within 7 days of request; the order within the day is not known"


def test_of_several_visits_of_a_day_the_first_in_time_is_held(judge: Judge) -> None:
    rows = judge(
        WITHIN_24,
        "2024-03-20",
        request=on("2024-03-01 14:30"),
        visit=on("2024-03-02 18:00", "2024-03-02 09:00"),
    )
    assert said(rows) == ["2024-03-02 14:30 met"]
    assert rows[0]["fulfilled_ref"] == "visit-3"


def test_days_and_hours_in_one_duty(judge: Judge) -> None:
    """The stricter stands: a working day from Friday is Monday, but 48 hours end on Sunday."""
    duty = "must visit visit within 48 hours or 1 working day whichever is sooner of request"
    assert said(judge(duty, "2024-03-01", request=on("2024-03-01 10:00"))) == [
        "2024-03-03 10:00 due 2"
    ]
    assert said(judge(duty, "2024-03-04", request=on("2024-03-04 10:00"))) == [
        "2024-03-05 due 1"  # the working day ends on Tuesday, the hours on Wednesday
    ]


def test_an_exception_in_hours_and_one_in_days(judge: Judge) -> None:
    """What is past when the shorter time takes its place is due on that day, at its end."""
    duty = """during care
  must visit visit within 3 days of request, unless missing_episode then 4 hours"""
    care = on("2024-01-01|")
    asked = on("2024-03-01 10:00")
    known = {"care": care, "request": asked, "visit": on("2023-01-01")}
    assert said(judge(duty, "2024-03-02", **known, missing_episode=on("2024-03-02|"))) == [
        "2024-03-02 due 0"
    ]
    assert said(judge(duty, "2024-03-02", **known, missing_episode=on("2024-03-01|"))) == [
        "2024-03-01 14:00 overdue 1"
    ]
    assert said(
        judge(duty, "2024-03-02", **known, missing_episode=on("2023-03-01|2023-04-01"))
    ) == ["2024-03-04 due 2"]


def test_what_is_not_known_takes_the_earliest_hour(judge: Judge) -> None:
    """Whether the child is with parents decides between four hours and six of one day."""
    duty = """during care
  must visit visit within 6 hours of request, unless with_parents then 4 hours"""
    for answer, expected in (("yes", "14:00 no"), ("no", "16:00 no"), ("", "14:00 yes")):
        [row] = judge(
            duty,
            "2024-03-01",
            care=on(f"2024-01-01||{answer}", has="with_parents"),
            request=on("2024-03-01 10:00"),
        )
        assert f"{row['deadline_time']} {row['assumed']}" == expected


def test_periods_begin_and_end_at_an_hour(judge: Judge) -> None:
    """S-167: a visit within 24 hours of return from being missing."""
    duty = "must visit visit within 24 hours of end of missing_episode"
    rows = judge(
        duty,
        "2024-03-20",
        missing_episode=on("2024-02-27 21:15|2024-03-01 08:45", "2024-03-10|2024-03-11"),
        visit=on("2024-03-02 08:45", "2024-03-13 10:00"),
    )
    assert said(rows) == ["2024-03-02 08:45 met", "2024-03-11 met late 2"]
    started = judge(
        "during care\n  must visit visit within 72 hours of start",
        "2024-03-28",
        care=on("2024-03-28 17:00|"),
    )
    assert said(started) == ["2024-03-31 18:00 due 3"]


def test_a_missing_return_interview_is_in_time_after_72_hours(judge: Judge) -> None:
    """L-110: found on Thursday evening before Easter, when the clocks go forward."""
    duty = "should visit visit within 72 hours of end of missing_episode"
    missing = on("2024-03-20|2024-03-28 20:00")

    def interviewed(moment: str) -> list[str]:
        return said(judge(duty, "2024-04-20", missing_episode=missing, visit=on(moment)))

    assert interviewed("2024-03-31 21:00") == ["2024-03-31 21:00 met"]
    assert interviewed("2024-03-31 21:01") == ["2024-03-31 21:00 met late 0"]


def test_an_own_milestone_in_hours(judge: Judge) -> None:
    """S-584, read as a day: the record of a visit at 16:00 is due at 16:00 the day after."""
    duty = "must record visit within 24 hours"

    def recorded(moment: str) -> Rows:
        return judge(duty, "2024-03-20", visit=on(f"2024-03-01 16:00|{moment}", has="recorded_on"))

    assert said(recorded("2024-03-02 16:00")) == ["2024-03-02 16:00 met"]
    assert said(recorded("2024-03-02 16:01")) == ["2024-03-02 16:00 met late 0"]
    assert said(recorded("2024-03-02")) == ["2024-03-02 16:00 cannot tell"]
    assert said(recorded("")) == ["2024-03-02 16:00 overdue 18"]
    # a milestone counts whenever it is dated, and its order is nobody's concern
    [row] = recorded("2024-03-01 09:00")
    assert (row["verdict"], row["reason"]) == ("met", "within 24 hours")


def test_hours_after_the_step_before(judge: Judge) -> None:
    """The second step's clock runs from the moment of the first visit."""
    duty = "must visit visit within 24 hours of request, then within 72 hours"
    rows = judge(
        duty,
        "2024-03-20",
        request=on("2024-03-28 10:00".replace("28", "01")),
        visit=on("2024-03-02 09:00", "2024-03-05 09:00"),
    )
    assert said(rows) == ["2024-03-02 10:00 met", "2024-03-05 09:00 met"]


def test_what_was_missed_is_owed_anew_by_the_hour(judge: Judge) -> None:
    duty = "must visit visit within 24 hours of request, failing which within 12 hours"
    known = {"request": on("2024-03-01 14:30"), "visit": on("2024-03-03 02:00")}
    assert said(judge(duty, "2024-03-20", **known)) == [
        "2024-03-02 14:30 met late 1",
        "2024-03-03 02:30 met",
    ]
    anchored = (
        "must visit visit within 24 hours of request, failing which within 36 hours of request"
    )
    assert said(judge(anchored, "2024-03-20", **known)) == [
        "2024-03-02 14:30 met late 1",
        "2024-03-03 02:30 met",
    ]


# ------------------------------------------------------------------- by a time of day


@pytest.mark.parametrize(
    ("filed", "expected"),
    [
        ("2024-03-05 12:59", "2024-03-05 13:00 met"),
        ("2024-03-05 13:00", "2024-03-05 13:00 met"),
        ("2024-03-05 13:01", "2024-03-05 13:00 met late 0"),
        ("2024-03-05", "2024-03-05 13:00 met"),  # late only if its time is known
        ("2024-03-04 18:00", "2024-03-05 13:00 met"),
        ("2024-03-06 09:00", "2024-03-05 13:00 met late 1"),
    ],
)
def test_by_a_time_of_the_day(judge: Judge, filed: str, expected: str) -> None:
    """S-638: with Legal Services by 13:00 on the day of the direction."""
    duty = "must file report by 13:00 on the day of hearing"
    assert said(judge(duty, "2024-03-20", hearing=on("2024-03-05"), report=on(filed))) == [expected]


def test_by_a_time_of_the_day_after(judge: Judge) -> None:
    duty = "must file report by 10:00 on the day after hearing"
    hearing = on("2024-03-05 15:00")
    late = judge(duty, "2024-03-20", hearing=hearing, report=on("2024-03-06 10:30"))
    assert said(late) == ["2024-03-06 10:00 met late 0"]
    assert said(judge(duty, "2024-03-06", hearing=hearing)) == ["2024-03-06 10:00 overdue 0"]
    assert said(judge(duty, "2024-03-07", hearing=hearing, report=on("2023-01-01"))) == [
        "2024-03-06 10:00 met"  # met early
    ]


def test_what_came_after_the_hour_is_not_claimed_before_what_was_in_time(judge: Judge) -> None:
    rows = judge(
        "must file report by 13:00 on the day of hearing",
        "2024-03-20",
        hearing=on("2024-03-05"),
        report=on("2024-03-04", "2024-03-05 16:00"),
    )
    assert said(rows) == ["2024-03-05 13:00 met"]
    assert rows[0]["fulfilled_on"] == "2024-03-04"


@pytest.mark.parametrize(
    ("heard", "filed", "expected"),
    [
        ("2024-03-05 10:00", "2024-03-07 10:00", "2024-03-07 10:00 met"),
        ("2024-03-05 10:00", "2024-03-07 10:01", "2024-03-07 10:00 met late 0"),
        ("2024-03-05 10:00", "2024-03-07", "2024-03-07 10:00 cannot tell"),
        ("2024-03-05 10:00", "2024-03-01", "2024-03-07 10:00 met"),
        ("2024-03-05", "2024-03-06", "2024-03-06 met"),
        ("2024-03-05", "2024-03-07 08:00", "2024-03-06 cannot tell"),
        ("2024-03-05", "2024-03-08", "2024-03-06 met late 2"),
    ],
)
def test_by_hours_after(judge: Judge, heard: str, filed: str, expected: str) -> None:
    duty = "must file report by 48 hours after hearing"
    assert said(judge(duty, "2024-03-20", hearing=on(heard), report=on(filed))) == [expected]


# ---------------------------------------------------------------- numbers and roles


@pytest.mark.parametrize(
    ("test", "words", "expected"),
    [
        ("words is at least 100", "100", "met"),
        ("words is at least 100", "99", "not_met"),
        ("words is more than 100", "100", "not_met"),
        ("words is at most 100", "100", "met"),
        ("words is less than 100", "100", "not_met"),
        ("words is less than 100", "-5", "met"),
        ("words is at least 100", "", "cannot_tell"),
    ],
)
def test_numbers_are_compared(judge: Judge, test: str, words: str, expected: str) -> None:
    heard = on(f"2024-03-05|{words}", has="words")
    [row] = judge(f"for each hearing\n  must have {test}", "2024-03-20", hearing=heard)
    assert row["verdict"] == expected


@pytest.mark.parametrize(
    ("attendees", "expected"),
    [
        ("police", "met"),
        ("health; police", "met"),
        ("health", "not_met"),
        ("police-liaison", "not_met"),
        ("", "cannot_tell"),
    ],
)
def test_a_list_includes_a_role(judge: Judge, attendees: str, expected: str) -> None:
    heard = on(f"2024-03-05|{attendees}", has="attendees")
    duty = "for each hearing\n  must have attendees includes police"
    [row] = judge(duty, "2024-03-20", hearing=heard)
    assert row["verdict"] == expected


BEFORE = "must file report before hearing"
NOT_KNOWN = "before hearing; the order within the day is not known"


@pytest.mark.parametrize(
    ("filed", "heard", "expected", "reason"),
    [
        ("2024-03-04 10:00", "2024-03-04 14:30", "2024-03-04 met", "before hearing"),
        ("2024-03-04 14:30", "2024-03-04 14:30", "2024-03-04 met", "before hearing"),
        ("2024-03-04 14:31", "2024-03-04 14:30", "2024-03-04 not met 1", "before hearing"),
        ("2024-03-04", "2024-03-04 14:30", "2024-03-04 met", NOT_KNOWN),
        ("2024-03-04 14:31", "2024-03-04", "2024-03-04 met", NOT_KNOWN),
        ("2024-03-03", "2024-03-04", "2024-03-04 met", "before hearing"),
    ],
)
def test_what_must_come_before_is_told_by_the_hour(
    judge: Judge, filed: str, heard: str, expected: str, reason: str
) -> None:
    """T-23: on the same day the times decide, where both are known."""
    rows = judge(BEFORE, "2024-03-20", report=on(filed), hearing=on(heard))
    assert (said(rows), rows[0]["reason"]) == ([expected], reason)


def test_what_came_too_late_for_the_lead_came_before_all_the_same(judge: Judge) -> None:
    duty = BEFORE.replace("before", "at least 2 working days before")
    early = judge(duty, "2024-03-20", report=on("2024-03-08 10:00"), hearing=on("2024-03-08 14:30"))
    assert said(early) == ["2024-03-05 met late 3"]
    later = judge(duty, "2024-03-20", report=on("2024-03-08 15:00"), hearing=on("2024-03-08 14:30"))
    assert said(later) == ["2024-03-05 not met 4"]


def test_a_report_after_the_hearing_is_one_for_the_next(judge: Judge) -> None:
    hearings = on("2024-03-04 14:30", "2024-03-05 09:00")
    assert said(judge(BEFORE, "2024-03-20", report=on("2024-03-04 18:00"), hearing=hearings)) == [
        "2024-03-04 not met 1",
        "2024-03-05 met",
    ]
    assert said(judge(BEFORE, "2024-03-20", report=on("2024-03-04"), hearing=hearings)) == [
        "2024-03-04 met",
        "2024-03-05 not met 1",
    ]


def test_only_what_may_have_come_before_makes_it_doubtful(judge: Judge) -> None:
    """Of a visit in the evening it need not be known whether the child was seen."""
    duty = "must visit visit where seen before hearing"
    for hour, expected in (("10:00", "cannot tell"), ("18:00", "not met 1"), ("", "cannot tell")):
        visit = on(f"2024-03-04 {hour}|".strip(), has="seen")
        rows = judge(duty, "2024-03-20", visit=visit, hearing=on("2024-03-04 14:30"))
        assert said(rows) == [f"2024-03-04 {expected}"]


def test_a_milestone_that_came_after_its_own_event(judge: Judge) -> None:
    duty = "must record visit before visit"
    for hour, expected in (("13:00", "met"), ("15:00", "not met 1")):
        visit = on(f"2024-03-04 14:30|2024-03-04 {hour}", has="recorded_on")
        assert said(judge(duty, "2024-03-20", visit=visit)) == [f"2024-03-04 {expected}"]


def test_before_the_end_of_a_stay_the_hour_of_it_counts(judge: Judge) -> None:
    duty = "during care must file report before end"
    care = on("2024-01-01|2024-03-04 14:30")
    for hour, expected in (("13:00", "met"), ("15:00", "not met 1")):
        rows = judge(duty, "2024-03-20", care=care, report=on(f"2024-03-04 {hour}"))
        assert said(rows) == [f"2024-03-04 {expected}"]


def test_what_is_forbidden_before_an_event_is_forbidden_till_its_hour(judge: Judge) -> None:
    duty = "must not file report before hearing"
    for filed, expected in (
        ("2024-03-04 14:29", "2024-03-04 not met"),
        ("2024-03-04 14:30", "met"),
        ("2024-03-04", "met"),
    ):
        rows = judge(duty, "2024-03-20", report=on(filed), hearing=on("2024-03-04 14:30"))
        assert [line.removesuffix(" 0") for line in said(rows)] == [expected]
