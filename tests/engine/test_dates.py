"""Counting days: the counting rules T-01 to T-24, and a year of days counted another way."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import pytest
from dateutil.relativedelta import relativedelta
from holidays import country_holidays

from duly.dsl.policy import Duration
from duly.engine.dates import back_table, bank_holidays, boundary_table, deadline_table
from duly.engine.days import FAR, LAST, date_of, day_of

UNITS = {"d": "day", "wd": "working day", "w": "week", "m": "month", "y": "year"}


def length(text: str) -> Duration:
    """``3 m`` is three months."""
    count, unit = text.split()
    return Duration(int(count), UNITS[unit])  # type: ignore[arg-type]


def day(text: str) -> date:
    """``15 March 2024``, the weekday in front or not."""
    return date.fromisoformat(text[-10:])


DEADLINES = {
    "T-01, T-02: months end on the corresponding date": ("2024-03-15", "3 m", "2024-06-15"),
    "T-02: the anchor's own day is not counted": ("2024-03-15", "1 d", "2024-03-16"),
    "T-03: or on the last day of a shorter month": ("2022-11-30", "3 m", "2023-02-28"),
    "T-03: which may be the 29th": ("2023-11-30", "3 m", "2024-02-29"),
    "T-03: counted from the anchor, not from a shortened date": ("2024-01-31", "2 m", "2024-03-31"),
    "T-04: a short month gains nothing": ("2023-02-28", "6 m", "2023-08-28"),
    "T-04: nor in a leap year": ("2024-02-29", "6 m", "2024-08-29"),
    "T-05: a week from a Friday is the next Friday": ("Fri 2024-03-01", "1 w", "Fri 2024-03-08"),
    "T-06: four weeks are 28 days": ("2024-03-15", "4 w", "2024-04-12"),
    "T-06: and no month": ("2024-03-15", "1 m", "2024-04-15"),
    "T-06: nor 20 working days": ("2024-03-15", "20 wd", "2024-04-16"),
    "a year from 29 February": ("2024-02-29", "1 y", "2025-02-28"),
    "twelve months are a year": ("2024-02-29", "12 m", "2025-02-28"),
    "no days": ("Sun 2024-03-03", "0 d", "Sun 2024-03-03"),
    "T-14: a weekend is passed over": ("Fri 2024-03-01", "1 wd", "Mon 2024-03-04"),
    "T-14: Good Friday and Easter Monday are": ("Thu 2024-03-28", "1 wd", "Tue 2024-04-02"),
    "T-14: Christmas Day and Boxing Day are": ("Tue 2024-12-24", "1 wd", "Fri 2024-12-27"),
    "T-14: a holiday of Scotland is not": ("Mon 2024-01-01", "1 wd", "Tue 2024-01-02"),
    "T-17: the first working day after is day one": ("Wed 2024-03-06", "2 wd", "Fri 2024-03-08"),
    "T-17: from a Saturday, Monday is day one": ("Sat 2024-03-02", "1 wd", "Mon 2024-03-04"),
    "T-17: from a bank holiday, the day after is": ("Mon 2024-05-06", "1 wd", "Tue 2024-05-07"),
    "T-18: the State Funeral": ("Fri 2022-09-16", "1 wd", "Tue 2022-09-20"),
    "T-18: the Coronation": ("Fri 2023-05-05", "1 wd", "Tue 2023-05-09"),
    "T-18: a substitute for New Year's Day": ("Fri 2022-12-30", "1 wd", "Tue 2023-01-03"),
    "T-18: a holiday that was moved": ("Thu 2020-05-07", "1 wd", "Mon 2020-05-11"),
    "T-18: from where it was moved": ("Fri 2020-05-01", "1 wd", "Mon 2020-05-04"),
    "T-21: a Sunday stays": ("Sun 2024-03-03", "2 w", "Sun 2024-03-17"),
    "T-21: a bank holiday stays": ("2023-12-11", "2 w", "Mon 2023-12-25"),
    "a year of working days": ("2024-01-01", "254 wd", "2024-12-31"),
}


@pytest.mark.parametrize("rule", DEADLINES)
def test_the_last_day_to_act(rule: str) -> None:
    start, duration, last = DEADLINES[rule]
    assert date_of(deadline_table(length(duration))[day_of(day(start))]) == day(last)


BOUNDARIES = {
    "T-10: a first year ends the day before the anniversary": ("2024-03-01", "1 y", "2025-03-01"),
    "T-10: from 29 February it ends on the 28th": ("2024-02-29", "1 y", "2025-03-01"),
    "T-10: or on the 29th": ("2024-02-29", "4 y", "2028-02-29"),
    "a month too short": ("2024-01-31", "1 m", "2024-03-01"),
    "a month long enough": ("2024-01-29", "1 m", "2024-02-29"),
    "weeks": ("2024-03-01", "6 w", "2024-04-12"),
    "T-24: an age is reached on the birthday": ("2008-05-03", "16 y", "2024-05-03"),
    "T-24: born on 29 February, on 1 March": ("2008-02-29", "17 y", "2025-03-01"),
    "T-24: in a leap year, on the birthday": ("2008-02-29", "16 y", "2024-02-29"),
}


@pytest.mark.parametrize("rule", BOUNDARIES)
def test_the_first_day_after_the_time_has_run(rule: str) -> None:
    start, duration, first = BOUNDARIES[rule]
    assert date_of(boundary_table(length(duration))[day_of(day(start))]) == day(first)


BACKWARDS = {
    "weeks": ("2024-03-15", "2 w", "2024-03-01"),
    "months": ("2024-06-15", "3 m", "2024-03-15"),
    "a shorter month": ("2024-05-31", "3 m", "2024-02-29"),
    "working days, past Easter": ("Wed 2024-04-03", "2 wd", "Thu 2024-03-28"),
    "working days, from a Sunday": ("Sun 2024-03-10", "1 wd", "Fri 2024-03-08"),
}


@pytest.mark.parametrize("case", BACKWARDS)
def test_the_day_so_long_before(case: str) -> None:
    end, duration, first = BACKWARDS[case]
    assert date_of(back_table(length(duration))[day_of(day(end))]) == day(first)


# -------------------------------------------------------- a year of days, counted another way

YEAR = [date(2023, 9, 1) + timedelta(days=n) for n in range(366)]
"""1 September 2023 to 31 August 2024, a 29 February among them."""

HOLIDAYS = country_holidays("GB", subdiv="ENG", years=range(2023, 2027))


def working_days_later(start: date, count: int) -> date:
    """One day at a time."""
    current = start
    while count:
        current += timedelta(days=1)
        count -= current.weekday() < 5 and current not in HOLIDAYS
    return current


OTHERWISE: dict[str, Callable[[date], date]] = {
    "10 d": lambda start: start + timedelta(days=10),
    "6 w": lambda start: start + timedelta(weeks=6),
    "1 m": lambda start: start + relativedelta(months=1),
    "3 m": lambda start: start + relativedelta(months=3),
    "6 m": lambda start: start + relativedelta(months=6),
    "1 y": lambda start: start + relativedelta(years=1),
    "1 wd": lambda start: working_days_later(start, 1),
    "20 wd": lambda start: working_days_later(start, 20),
    "45 wd": lambda start: working_days_later(start, 45),
}


@pytest.mark.parametrize("duration", OTHERWISE)
def test_a_year_of_days_counted_another_way(duration: str) -> None:
    table = deadline_table(length(duration))
    assert [date_of(table[day_of(start)]) for start in YEAR] == [
        OTHERWISE[duration](start) for start in YEAR
    ]


@pytest.mark.parametrize("duration", ["1 m", "3 m", "1 y", "6 w", "20 wd"])
def test_a_boundary_is_never_before_the_deadline_and_at_most_a_day_after(duration: str) -> None:
    last, first = deadline_table(length(duration)), boundary_table(length(duration))
    apart = np.unique(first[:LAST] - last[:LAST])
    assert set(apart.tolist()) <= {0, 1}


@pytest.mark.parametrize("duration", [*OTHERWISE, "0 d", "100 y"])
def test_a_later_anchor_is_never_due_earlier(duration: str) -> None:
    table = deadline_table(length(duration))
    assert (np.diff(table) >= 0).all()


def test_what_ends_after_the_calendar_ends_never() -> None:
    table = deadline_table(Duration(1, "week"))
    assert (int(table[LAST - 7]), int(table[LAST - 6]), int(table[FAR])) == (LAST, FAR, FAR)


def test_bank_holidays_have_names() -> None:
    names = bank_holidays()
    assert names[day_of(date(2024, 3, 29))] == "Good Friday"
    assert day_of(date(2024, 3, 31)) not in names, "Easter Sunday is no bank holiday"
