"""``visit CLA every 6 weeks unless permanent and agreed_by IRO then 6 months``, read and run.

The dates are worked by hand: six weeks after Tuesday 5 March 2024 is Tuesday 16 April, six months
after it is Thursday 5 September.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from duly.dsl.packs import LoadedPolicy, load_policy
from duly.dsl.policy import Act, And, Count, Do, Duration, During, Every, Flag, Is, Step, Unless
from duly.engine.scenarios import run_scenarios

ROOT = Path(__file__).resolve().parent.parent.parent
SENTENCE = "visit CLA every 6 weeks unless permanent and agreed_by IRO then 6 months"
PACK = f"""
pack ours "Ours" over statutory
source handbook "Handbook"
rule visits cite handbook "section 4"
  {SENTENCE}
"""

Judge = Callable[[str], str]


def load(folder: Path) -> LoadedPolicy:
    return load_policy(folder, lambda name: ROOT / "policies" / name)


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Runs a child's story, and says what is wrong with what it expects."""

    def said(story: str) -> str:
        (tmp_path / "pack.duly").write_text(f'{PACK}\nscenario "one"\n{story}', encoding="utf-8")
        loaded = load(tmp_path)
        (result,) = run_scenarios(loaded.policy, loaded.scenarios())
        return "; ".join(
            f"{failure.expectation.text}: {' | '.join(map(str, failure.outcomes))}"
            for failure in result.failures
        )

    return said


def test_it_reads_as_it_says(tmp_path: Path) -> None:
    (tmp_path / "pack.duly").write_text(PACK, encoding="utf-8")
    (scoped,) = load(tmp_path).policy.rule("ours.visits").duties
    permanent = Count("permanence_agreed", 1, own=True)
    agreed = Count("agreement", 1, where=Is("agreement", "given_by", ("IRO",)), own=True)
    assert scoped.scope == During("placement")
    assert scoped.duty == Do(
        act=Act("visit", And((Is("visit", "kind", ("cla",)), Flag("visit", "seen")))),
        steps=(
            Step(
                Every(Duration(6, "week")),
                (Unless(And((permanent, agreed)), Duration(6, "month")),),
            ),
        ),
        words="visit CLA",
    )


PLACED = "placement from 1 March 2024 visit on 5 March 2024"
PERMANENT = "permanence_agreed on 2 March 2024"
AGREED = "agreement from 3 March 2024 given_by IRO"

SIX_WEEKS = {
    "a visit starts its own six weeks": (
        "visit on 16 April 2024 as at 20 April 2024",
        "met on 16 April 2024 due 16 April 2024",
    ),
    "the last day is in time": ("as at 16 April 2024", "due 16 April 2024"),
    "the day after is not": ("as at 17 April 2024", "overdue due 16 April 2024 by 1 days"),
    "a visit the day after is late": (
        "visit on 17 April 2024 as at 20 April 2024",
        "met late on 17 April 2024 due 16 April 2024 by 1 days",
    ),
    "a visit at which the child was not seen is none": (
        "visit on 10 April 2024 not seen as at 17 April 2024",
        "overdue due 16 April 2024 by 1 days",
    ),
    "permanence alone changes nothing": (
        f"{PERMANENT} as at 17 April 2024",
        "overdue due 16 April 2024 by 1 days",
    ),
    "the agreement alone changes nothing": (
        f"{AGREED} as at 17 April 2024",
        "overdue due 16 April 2024 by 1 days",
    ),
    "the parent's agreement is not the IRO's": (
        f"{PERMANENT} agreement from 3 March 2024 given_by parent as at 17 April 2024",
        "overdue due 16 April 2024 by 1 days",
    ),
    "an agreement that comes later does not put back what is running": (
        f"{PERMANENT} agreement from 2 April 2024 given_by IRO as at 17 April 2024",
        "overdue due 16 April 2024 by 1 days",
    ),
    "what nobody recorded relaxes nothing": (
        f"{PERMANENT} unknown agreement as at 17 April 2024",
        "overdue due 16 April 2024 by 1 days assumed",
    ),
}
SIX_MONTHS = {
    "the last day is in time": ("as at 5 September 2024", "due 5 September 2024"),
    "the day after is not": ("as at 6 September 2024", "overdue due 5 September 2024 by 1 days"),
    "a visit on the last day is in time": (
        "visit on 5 September 2024 as at 1 October 2024",
        "met on 5 September 2024 due 5 September 2024",
    ),
    "a short month ends on its last day": (
        "visit on 31 August 2024 as at 1 March 2025",
        "overdue due 28 February 2025 by 1 days",
    ),
}


@pytest.mark.parametrize("case", SIX_WEEKS)
def test_every_six_weeks(judge: Judge, case: str) -> None:
    story, verdict = SIX_WEEKS[case]
    assert judge(f"{PLACED} {story} expect visits {verdict}") == ""


@pytest.mark.parametrize("case", SIX_MONTHS)
def test_every_six_months_once_both_are_there(judge: Judge, case: str) -> None:
    story, verdict = SIX_MONTHS[case]
    assert judge(f"{PLACED} {PERMANENT} {AGREED} {story} expect visits {verdict}") == ""


def test_what_is_past_when_the_agreement_ends_is_due_that_day(judge: Judge) -> None:
    agreed = "agreement from 3 March 2024 until 1 June 2024 given_by IRO"
    story = f"{PLACED} {PERMANENT} {agreed} as at 2 June 2024"
    assert judge(f"{story} expect visits overdue due 1 June 2024 by 1 days") == ""
