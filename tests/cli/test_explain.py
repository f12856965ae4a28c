"""``duly explain``: how one child's dates came about."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]


@pytest.fixture
def explain(duly: Duly) -> Duly:
    words = ("explain", "--pack", "city", "--facts", "csv:facts", "--as-at", "2024-04-20")
    return lambda *more: duly(*words, *more)


def test_a_rule_in_working_days_says_which_holidays_it_passed_over(explain: Duly) -> None:
    ended = explain("--subject", "0042", "--rule", "first_review")
    assert (ended.code, ended.out) == (
        0,
        """\
0042 as at 20 April 2024

law.first_review: The first review
  source: The Act, section 2
  must hold review within 20 working days of start
  placement p1 (placement.csv, row 2) from 1 March 2024, still running: \
within 20 working days of start
    1 March 2024 on: 20 working days
  * met late, 1 day
      hold review within 20 working days of start
      from 1 March 2024: start of placement p1 (placement.csv, row 2)
      due  Tuesday 2 April 2024
      working days, passing over 29 March 2024 (Good Friday), 1 April 2024 (Easter Monday)
      done 3 April 2024 (review.csv, row 2)
      why  within 20 working days of start
""",
    )


def test_what_is_open_says_what_comes_next(explain: Duly) -> None:
    ended = explain("--subject", "0042", "--rule", "city.visits", "--last", "1")
    assert ended.out == (
        """\
0042 as at 20 April 2024

city.visits: Visits to a child
  source: Standards, page 4
  should visit child_in_placement every 4 weeks unless some agreed then 3 months
  placement p1 (placement.csv, row 2) from 1 March 2024, still running: every 4 weeks
    1 March 2024 on: 4 weeks
  (2 earlier obligations; --last 0 shows all)
  * due, 10 days left
      visit child_in_placement every 4 weeks
      from 2 April 2024: visit v2 (visit.csv, row 3)
      due  Tuesday 30 April 2024
      why  every 4 weeks
      next done on the as-at day, the next would be due 18 May 2024
"""
    )


def test_an_exception_is_shown_with_the_day_on_which_it_began(explain: Duly, desk: Path) -> None:
    (desk / "facts/agreed.csv").write_text("id,person_id,date\na1,7,2024-03-01\n", encoding="utf-8")
    out = explain("--subject", "7", "--rule", "city.visits").out
    assert (
        "    8 January 2024 to 29 February 2024: 4 weeks\n"
        "    1 March 2024 on: 3 months  [some agreed]\n"
    ) in out


def test_a_rule_without_a_pack_is_that_of_every_layer(explain: Duly) -> None:
    out = explain("--subject", "7", "--rule", "visits").out
    assert [line for line in out.splitlines() if line.endswith(": Visits to a child")] == [
        "law.visits: Visits to a child",
        "city.visits: Visits to a child",
    ]


def test_what_was_not_known_yet_is_not_used(explain: Duly) -> None:
    words = ("--subject", "0042", "--rule", "city.visits", "--last", "1")
    assert "  * overdue, 18 days\n" in explain(*words, "--known-at", "2024-04-18").out


def test_a_child_to_whom_nothing_applied(explain: Duly, desk: Path) -> None:
    with (desk / "facts/child.csv").open("a", encoding="utf-8") as file:
        file.write("9,2015-01-01\n")
    ended = explain("--subject", "9")
    assert (ended.code, ended.out) == (3, "no rule applied to 9 as at 20 April 2024\n")


UNKNOWN = {
    ("42",): "there is no child `42` in the facts; did you mean `0042`?",
    ("Smith",): "there is no child `Smith` in the facts; see the first column of its files",
    ("7", "--rule", "visit"): "there is no rule `visit`; did you mean `visits`"
    " or `law.visits` or `city.visits`?",
    ("7", "--rule", "tea"): "there is no rule `tea`; see `duly check`",
}


@pytest.mark.parametrize("words", UNKNOWN)
def test_a_child_or_rule_that_is_not_there(explain: Duly, words: tuple[str, ...]) -> None:
    ended = explain("--subject", *words)
    assert (ended.code, ended.err.splitlines()[-1]) == (2, f"Error: {UNKNOWN[words]}")


def test_of_one_rule_that_did_not_apply_it_is_said_which(explain: Duly, desk: Path) -> None:
    with (desk / "facts/child.csv").open("a", encoding="utf-8") as file:
        file.write("9,2015-01-01\n")
    ended = explain("--subject", "9", "--rule", "city.visits")
    assert (ended.code, ended.out) == (
        3,
        "nothing of city.visits applied to 9 as at 20 April 2024\n",
    )


RELIEF = """
pack relief "Relief" over city
source order "The order"
rule fewer_visits "Fewer visits" waives law.visits under "the order, article 2" until 14 April 2024
  cite order "article 2"
  in force from 20 March 2024
  during placement
  must visit child_in_placement every 8 weeks
"""


def test_a_waiver_is_told_with_its_power_and_its_days(duly: Duly, desk: Path) -> None:
    """After its last day the law is the floor again: what was past by then is due the day after."""
    (desk / "relief").mkdir()
    (desk / "relief/pack.duly").write_text(RELIEF, encoding="utf-8")
    words = ("explain", "--pack", "relief", "--facts", "csv:facts", "--as-at", "2024-04-20")
    told = duly(*words, "--subject", "7", "--rule", "law.visits").out
    waived = "waived by relief.fewer_visits under the order, article 2"
    assert f"  {waived} from 20 March 2024 until 14 April 2024\n" in told
    assert "    20 March 2024 to 14 April 2024: exempt\n    15 April 2024 on: 6 weeks\n" in told
    assert "      due  Monday 15 April 2024\n" in told
