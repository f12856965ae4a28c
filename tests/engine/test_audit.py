"""The audit: each verdict, each premise of *never later*, and the children shown."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta

from duly.dsl.policy import Policy
from duly.engine.audit import Audit, Audited, audit
from duly.engine.audit.auditing import one_rule
from duly.engine.audit.changes import Version, changes
from duly.engine.audit.comparing import RESTS
from duly.engine.audit.stories import as_scenario, known
from duly.engine.audit.told import announced, odds, sections
from tests.engine.conftest import read_story

WORDS = """
pack law "The law"
source act "The Act"
subject child
role IRO
period placement has type one of (foster, home)
period agreement has given_by role
event visit verb visit has seen yes/no usually yes milestone recorded_on by record
event review verb hold
event agreed
event short_stay
never some agreed and agreement
define after_first_year as after the first year
"""
CITY = 'pack city "City" over law '

AS_AT = date(2026, 11, 22)

Make = Callable[..., Policy]
Auditing = Callable[..., Audit]


@pytest.fixture
def audited(policy: Make) -> Auditing:
    """The audit of a city's rule that refines one of law, both during a placement."""

    def found(law: str, city: str, *more: str, as_at: date = AS_AT) -> Audit:
        texts = (
            f"{WORDS} rule visits {law}",
            f"{CITY} rule ours refines law.visits {city}",
            *more,
        )
        return audit(policy(*texts), as_at, date(2000, 1, 1), date(2099, 12, 31))

    return found


def only(found: Audit) -> Audited:
    (line,) = found.lines
    return line


def fails(line: Audited) -> dict[int, tuple[str, ...]]:
    """The premises that do not hold, and why."""
    assert line.compared is not None
    return {each.number: each.fails for each in line.compared.premises if not each.holds}


IN = "during placement"

VERDICTS = {
    "the same": ("visit visit every 6 weeks", "visit visit every 6 weeks", "same"),
    "fewer weeks": ("visit visit every 6 weeks", "visit visit every 4 weeks", "stricter"),
    "more weeks": ("visit visit every 6 weeks", "visit visit every 7 weeks", "later"),
    "weeks for months": ("visit visit every 6 months", "visit visit every 26 weeks", "later"),
    "fewer days than a month has": (
        "visit visit every 1 month",
        "visit visit every 28 days",
        "stricter",
    ),
    "an exception kept": (
        "visit visit every 6 weeks unless some agreed then 3 months",
        "visit visit every 6 weeks unless some agreed and agreement then 3 months",
        "stricter",
    ),
    "an exception that cannot hold": (
        "visit visit every 6 weeks",
        "visit visit every 6 weeks unless some agreed and agreement then 3 months",
        "same",
    ),
    "an exemption of its own": (
        "visit visit every 6 weeks",
        "visit visit every 6 weeks unless some agreed",
        "not-comparable",
    ),
    "an exemption of the law's": (
        "visit visit every 6 weeks unless some agreed",
        "visit visit every 6 weeks unless some agreed",
        "same",
    ),
    "an exemption fewer": (
        "visit visit every 6 weeks unless some agreed",
        "visit visit every 6 weeks",
        "stricter",
    ),
    "a number where the law has none": (
        "visit visit within a reasonable time of start",
        "visit visit within 1 week of start",
        None,
    ),
    "a decision that is left to local policy": (
        "visit visit every locally decided time",
        "visit visit every 6 weeks",
        "stricter",
    ),
    "a decision above the most that the law allows": (
        "visit visit every locally decided time, at most 8 weeks",
        "visit visit every 9 weeks",
        "later",
    ),
    "a first step that goes on for ever": (
        "visit visit every week until first review, then every 6 weeks",
        "visit visit every week",
        "stricter",
    ),
    "a first step of two weeks that goes on for ever": (
        "visit visit every week until first review, then every 6 weeks",
        "visit visit every 2 weeks",
        "later",
    ),
    "a first year that ends a day or two early": (
        "visit visit every 6 weeks unless after the first year then 3 months",
        "visit visit every 6 weeks unless after the first 52 weeks then 3 months",
        "later",
    ),
    "a longer look back": (
        "visit visit every 6 weeks unless some agreed in the last 3 months then 3 months",
        "visit visit every 6 weeks unless some agreed in the last 6 months then 3 months",
        "later",
    ),
    "another step": (
        "visit visit within 1 week of start, then every 6 weeks",
        "visit visit within 1 week of start, then every 4 weeks",
        "stricter",
    ),
    "a last step that the law goes on with": (
        "hold review within 20 days of start, then within 3 months, then every 6 months",
        "hold review within 20 days of start, then every 3 months",
        "stricter",
    ),
    "windows with more in them": (
        "visit visit at least once each month",
        "visit visit at least twice each month",
        "stricter",
    ),
    "windows with fewer in them": (
        "visit visit at least twice each month",
        "visit visit at least once each month",
        "not-comparable",
    ),
    "further ahead": (
        "hold review at least 3 working days before visit",
        "hold review at least 5 working days before visit",
        "not-comparable",
    ),
    "not so far ahead": (
        "hold review at least 5 working days before visit",
        "hold review at least 5 days before visit",
        "later",
    ),
    "only what passes a test": (
        "visit visit every 6 weeks",
        "visit visit where seen every 6 weeks",
        "stricter",
    ),
    "a state with more in it": (
        "must have agreement throughout",
        "must have agreement and some short_stay throughout",
        "stricter",
    ),
    "a state with less in it": (
        "must have agreement and some short_stay throughout",
        "must have agreement throughout",
        "not-comparable",
    ),
    "a state that cannot fail": (
        "must have placement throughout",
        "must have agreement throughout",
        "not-comparable",
    ),
    "a prohibition with an exception": (
        "must not hold review",
        "must not hold review unless some agreed",
        "not-comparable",
    ),
}


@pytest.mark.parametrize("case", [name for name in VERDICTS if VERDICTS[name][2]])
def test_each_verdict(audited: Auditing, case: str) -> None:
    law, city, expected = VERDICTS[case]
    assert only(audited(f"{IN} {law}", f"{IN} {city}")).verdict == expected


def test_a_number_where_the_law_has_none_is_stricter(audited: Auditing) -> None:
    line = only(
        audited(
            f"{IN} opening: visit visit within a reasonable time of start",
            f"{IN} opening: visit visit within 1 week of start",
        )
    )
    assert line.verdict == "stricter"


# ---------------------------------------------------------------- the premises of never later

PREMISES = {
    1: (
        f"{IN} visit visit within 1 week of review",
        f"{IN} visit visit within 1 week of agreed",
        "the two run from different anchors",
    ),
    2: (
        f"{IN} visit visit where seen every 6 weeks",
        f"{IN} visit visit every 6 weeks",
        "what fulfils the local duty need not pass the other's test",
    ),
    3: (
        f"{IN} visit visit every 6 weeks",
        f"{IN} where type is foster visit visit every 6 weeks",
        "the local rule does not stand where the law does",
    ),
    4: (
        f"{IN} visit visit every 6 weeks",
        f"{IN} visit visit every 6 weeks unless agreement",
        "the local rule exempts where the law does not",
    ),
    5: (
        f"{IN} visit visit every 6 weeks",
        f"{IN} visit visit every 2 months",
        "the local limit is later",
    ),
    6: (
        f"{IN} visit visit every 6 weeks unless agreement then 3 months",
        f"reading each moment {IN} visit visit every 6 weeks unless agreement then 3 months",
        "the local reading is `each moment`, and the law's strict",
    ),
}


@pytest.mark.parametrize("number", PREMISES)
def test_each_premise_is_checked_by_itself(audited: Auditing, number: int) -> None:
    law, city, why = PREMISES[number]
    line = only(audited(law, city))
    assert fails(line) == {number: (why,)}
    assert line.verdict not in ("same", "stricter")


def test_a_duty_split_by_scope_counts_as_each_moment(audited: Auditing) -> None:
    line, other = audited(
        f"{IN} interval: visit visit every 6 weeks unless agreement then 3 months",
        f"{IN} where not agreement interval: visit visit every 6 weeks"
        f" {IN} where agreement interval: visit visit every 3 months",
    ).lines
    why = "the local rule splits the law's duty by scope, so a longer limit may win"
    assert [fails(each)[6] for each in (line, other)] == [(why,), (why,)]


def test_an_earlier_day_on_which_neither_stands_frees_nobody(audited: Auditing) -> None:
    """Within 1 week lies in the stay, and within 2 weeks behind it: by law alone it is due."""
    paused = f"{IN} where not agreement visit visit within"
    line = only(audited(f"{paused} 2 weeks of start", f"{paused} 1 week of start"))
    assert (line.verdict, fails(line)) == ("not-comparable", {5: (RESTS,)})


def test_narrower_acts_move_what_follows_them(audited: Auditing) -> None:
    steps = "within 20 days of start, then within 10 days"
    line = only(audited(f"{IN} visit visit {steps}", f"{IN} visit visit where seen {steps}"))
    assert fails(line) == {2: ("the law's next step can begin with an act that the local omits",)}


# ---------------------------------------------------------------- what no local rule refines


def test_a_law_that_nothing_refines_is_missing_and_a_rule_of_its_own_additional(
    policy: Make,
) -> None:
    law = f"{WORDS} rule visits {IN} visit visit every 6 weeks"
    city = f"{CITY} rule ours {IN} hold review every 6 months"
    found = audit(policy(law, city), AS_AT, date(2000, 1, 1), date(2099, 12, 31))
    assert [line.verdict for line in found.lines] == ["missing", "additional"]


def test_what_a_refining_rule_does_not_mention_is_the_laws_own(audited: Auditing) -> None:
    law = f"{IN} near: visit visit within 1 week of start far: visit visit every 6 weeks"
    found = audited(law, f"{IN} far: visit visit every 4 weeks")
    assert [line.verdict for line in found.lines] == ["same", "stricter"]
    assert found.lines[0].inherited is not None


WAIVER = 'pack relief "Relief" over city rule relief waives law.visits under "a power" until {} '


@pytest.mark.parametrize(
    ("day", "verdict"), [("21 November 2026", "same"), ("22 November 2026", "waived")]
)
def test_a_waiver_counts_to_its_last_day(audited: Auditing, day: str, verdict: str) -> None:
    duty = f"{IN} visit visit every 6 weeks"
    found = audited(duty, duty, WAIVER.format(day))
    assert found.lines[0].verdict == verdict


def test_what_the_law_permits_is_cited(audited: Auditing) -> None:
    found = audited(
        f'{IN} visit visit every 6 weeks may "visit less often while abroad"',
        f"{IN} visit visit every 2 months",
    )
    assert found.lines[0].permissions == ("visit less often while abroad",)


ENDED = f"in force from 1 January 2020 until 31 December 2025 {IN} visit visit every 6 weeks"


@pytest.mark.parametrize(
    ("day", "law", "local"),
    [(date(2025, 12, 31), "same", "same"), (date(2026, 1, 1), "additional", "missing")],
)
def test_what_is_not_in_force_is_left_out(
    audited: Auditing, day: date, law: str, local: str
) -> None:
    """What refines law that has ended is the pack's own; what has ended itself refines nothing."""
    duty = f"{IN} visit visit every 6 weeks"
    assert only(audited(ENDED, duty, as_at=day)).verdict == law
    assert only(audited(duty, ENDED, as_at=day)).verdict == local


# ---------------------------------------------------------------- several layers

TOWN = f'pack town "Town" over city rule theirs refines city.ours {IN} visit visit every week'


def test_a_middle_pack_is_held_against_by_those_above_it_alone(policy: Make) -> None:
    reviews = f"rule reviews {IN} hold review every year"
    law = f"{WORDS} rule visits {IN} visit visit every 6 weeks {reviews}"
    city = (
        f"{CITY} rule ours refines law.visits {IN} visit visit every 4 weeks"
        f" rule reviews refines law.reviews {IN} hold review every 6 months"
    )
    found = audit(policy(law, city, TOWN), AS_AT, date(2000, 1, 1), date(2099, 12, 31), "city")
    assert [
        (line.verdict, line.law.rule.qualified if line.law is not None else "")
        for line in found.lines
    ] == [
        ("stricter", "law.visits"),
        ("missing", "law.reviews"),
        ("stricter", "city.ours"),
        ("missing", "city.reviews"),
    ]


def test_two_local_packs_that_refine_each_other_alone_are_additional(policy: Make) -> None:
    law = f"{WORDS} rule reviews {IN} hold review every year"
    city = f"{CITY} rule ours {IN} visit visit every 4 weeks"
    found = audit(policy(law, city, TOWN), AS_AT, date(2000, 1, 1), date(2099, 12, 31))
    assert [line.verdict for line in found.lines] == ["missing", "additional", "additional"]


RELIEF = (
    'pack relief "Relief" over city rule fewer waives law.visits under "a power"'
    " until 30 June 2026 in force from 1 April 2026 until 31 May 2026"
    f" {IN} visit visit every 8 weeks"
)


@pytest.mark.parametrize(
    ("day", "against_law", "against_city"),
    [
        (date(2026, 3, 31), ["stricter"], ["missing", "missing"]),
        (date(2026, 4, 1), ["waived"], ["waived", "later"]),
        (date(2026, 5, 31), ["waived"], ["waived", "later"]),
        (date(2026, 6, 1), ["stricter"], ["missing", "missing"]),
    ],
)
def test_a_temporary_pack_counts_while_it_is_in_force(
    audited: Auditing, day: date, against_law: list[str], against_city: list[str]
) -> None:
    """Its limit, on the last day too, is shown by a child whose clock ended before it did."""
    law, city = f"{IN} visit visit every 6 weeks", f"{IN} visit visit every 4 weeks"
    found = audited(law, city, RELIEF, as_at=day)
    assert [line.verdict for line in found.lines] == against_law
    held = audit(found.policy, day, date(2000, 1, 1), date(2099, 12, 31), "city")
    assert [line.verdict for line in held.lines] == against_city


# ---------------------------------------------------------------- by how much, and for whom

LATER = (
    f"{IN} visit visit every 6 weeks unless agreement and after_first_year then 3 months",
    f"{IN} visit visit every 6 weeks unless agreement then 6 months",
)


def test_how_much_later_and_on_what_share_of_days(audited: Auditing) -> None:
    line = only(audited(f"{IN} visit visit every 6 months", f"{IN} visit visit every 26 weeks"))
    (difference,) = line.differences
    found = difference.apart
    assert found is not None
    first, count = date(2000, 1, 1), 36525
    days = [first + timedelta(days=n) for n in range(count)]
    behind = [(d + timedelta(weeks=26) - (d + relativedelta(months=6))).days for d in days]
    assert (found.least, found.most) == (min(behind), max(behind)) == (-2, 1)
    assert found.later == pytest.approx(sum(each > 0 for each in behind) / count)
    assert found.earlier == pytest.approx(sum(each < 0 for each in behind) / count)


def test_the_child_shown_is_small_near_today_and_replayed(audited: Auditing) -> None:
    found = audited(*LATER)
    first = next(each for each in only(found).differences if each.verdict == "later")
    assert first.shown is not None
    assert list(known(first.shown.scenario, found.policy))[1:] == [
        "placement from 22 November 2026",
        "agreement from 22 November 2026",
    ]
    law, local = first.shown.law, first.shown.local
    assert local is not None
    assert (law.deadline, local.deadline) == (date(2027, 1, 3), date(2027, 5, 22))
    assert first.shown.days == 139


def test_the_child_kept_as_a_scenario_comes_out_as_it_says(audited: Auditing) -> None:
    found = audited(*LATER)
    for difference in only(found).differences:
        if difference.verdict == "later":
            assert difference.shown is not None
            lines = as_scenario(difference.shown, found.policy, "later").splitlines()
            told = " ".join(line for line in lines[1:] if "expect" not in line)
            deadline = difference.shown.law.deadline
            assert any(
                f"overdue due {deadline}" in line
                for line in read_story(f"{WORDS} rule visits {LATER[0]}", told)
            )


def test_the_mend_keeps_the_exception_under_the_laws_own_guard(audited: Auditing) -> None:
    line = only(
        audited(
            f"{IN} visit visit every 6 weeks unless agreement and after_first_year then 6 months",
            f"{IN} visit visit every 6 weeks unless some agreed then 6 months",
        )
    )
    assert line.mended is not None
    assert line.mended.write == (
        "unless some agreed and agreement and after_first_year then 6 months"
    )


def test_one_rule_is_audited_with_what_it_refines(policy: Make) -> None:
    duty = f"{IN} visit visit every 6 weeks"
    law = f"{WORDS} rule visits {duty} rule reviews {IN} hold review every 6 months"
    whole = policy(law, f"{CITY} rule ours refines law.visits {duty} rule further {duty}")
    chosen = one_rule(whole, ["city.ours"])
    assert [rule.qualified for rule in chosen.rules()] == ["law.visits", "city.ours"]


# ---------------------------------------------------------------- two versions


def test_what_changes_is_said_as_a_changelog_has_it(policy: Make) -> None:
    rule = 'rule visits "Visits" {} during placement visit visit every 6 weeks{}'
    versions = [
        policy(WORDS + rule.format("", exception))
        for exception in ("", ", unless agreement then 6 months in force from 1 April 2015")
    ]
    old, new = (
        Version(each, each.packs[0], day)
        for each, day in zip(versions, (date(2015, 3, 31), date(2015, 4, 1)), strict=True)
    )
    found = changes(old, new, date(2000, 1, 1), date(2099, 12, 31))
    assert list(announced(found)) == [
        "Visits: 6 months instead of every 6 weeks, where agreement "
        "(139 to 142 days later on every start date)."
    ]


def test_one_pack_on_two_days(policy: Make) -> None:
    duty = "during placement visit visit every"
    text = (
        f'{WORDS} rule visits "Visits" {duty} 6 weeks, '
        "unless agreement then 6 months in force from 1 April 2015"
        f' rule reviews "Reviews" in force from 1 April 2015 {IN} hold review every 6 months'
    )
    whole = policy(text)
    old, new = (
        Version(whole, whole.packs[0], day) for day in (date(2015, 3, 31), date(2015, 4, 1))
    )
    assert list(announced(changes(old, new, date(2000, 1, 1), date(2099, 12, 31)))) == [
        "Visits: 6 months instead of every 6 weeks, where agreement "
        "(139 to 142 days later on every start date).",
        "New: Reviews (hold review every 6 months).",
    ]
    assert list(announced(changes(new, new, date(2000, 1, 1), date(2099, 12, 31)))) == []


def test_every_line_has_its_words(audited: Auditing) -> None:
    (section,) = sections(audited(*LATER))
    assert section.verdict == "later"
    assert len(section.premises) == 6
    assert {part.verdict for part in section.parts} == {"later", "stricter", "same"} - {"stricter"}


def test_duties_of_one_pack_that_differ_in_their_limits_are_at_odds(policy: Make) -> None:
    law = f"{WORDS} rule visits {IN} visit visit every 6 weeks"
    twice = "hold review by 20 days after start hold review by 2 weeks after start"
    later = f"rule theirs in force from 1 January 2030 {IN} hold review by 1 month after start"
    city = f"{CITY} rule ours {IN} {twice} {later}"
    found = audit(policy(law, city), AS_AT, date(2000, 1, 1), date(2099, 12, 31))
    assert odds(found) == [
        "city.ours asks to hold review by 20 days after start, "
        "and to hold review by 2 weeks after start"
    ]


def test_a_child_of_whom_the_law_misses_something_is_told_so(audited: Auditing) -> None:
    """The law's day has passed, and by the local rule all is well."""
    (section,) = sections(
        audited(
            "for each review must have some visit where seen",
            "for each review must have some visit",
        )
    )
    part = next(each for each in section.parts if each.child)
    assert (part.law, part.local) == ("what it asks for is not so", "what it asks for is so")
    assert part.comes_out == (
        "by law not met by Sunday 22 November 2026",
        "by the local rule met",
    )


def test_a_child_is_found_for_a_step_in_the_middle(audited: Auditing) -> None:
    steps = "hold review within 4 weeks of start, then within {}, then every 6 months"
    line = only(audited(f"{IN} {steps.format('3 months')}", f"{IN} {steps.format('13 weeks')}"))
    assert line.verdict == "later"
    found = {(each.step, each.shown is not None) for each in line.differences}
    assert found == {(0, False), (1, True), (2, False)}


def test_a_softer_word_than_the_laws_is_noted(audited: Auditing) -> None:
    (section,) = sections(
        audited(f"{IN} visit visit every week", f"{IN} should visit visit every week")
    )
    assert section.notes[-1] == "the local rule says `should` where the law says `must`"
