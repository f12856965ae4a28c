"""The one layout: where lines begin and end, and what becomes of comments and blank lines."""

from __future__ import annotations

from textwrap import dedent

import pytest

from duly.dsl.diagnostics import PolicyError
from duly.dsl.formatter import format_text


def formatted(text: str) -> str:
    """The text in the one layout; what the tests show is indented as they are."""
    return format_text(dedent(text), "rules.duly")


def test_each_part_of_a_rule_has_a_line_and_words_one_space() -> None:
    text = """
    rule   visits "Visits"  cite   act "s. 1"  traces S-1 ,S-2
          during placement where not( seen or  kind   is one of ( cla,cp ) )
    early : must visit CLA within 1   week of  start of placement . must visit CLA every month
    """
    assert formatted(text.replace(" . ", "\n")) == dedent(
        """\
        rule visits "Visits"
          cite act "s. 1"
          traces S-1, S-2
          during placement where not (seen or kind is one of (cla, cp))
          early: must visit CLA within 1 week of start of placement
          must visit CLA every month
        """
    )


def test_a_sentence_that_fits_stays_on_its_line() -> None:
    text = """\
        rule ours
          visit CLA every 6 weeks unless permanent and agreed_by IRO then 6 months
        """
    assert formatted(text) == dedent(text)


def test_a_long_sentence_has_a_line_for_each_exception() -> None:
    text = """\
        rule visits
          must visit CLA every 6 weeks, unless permanent and not first_year then 3 months, unless
          placed_long_term and agreed_by child then 6 months
        """
    assert formatted(text) == dedent(
        """\
        rule visits
          must visit CLA every 6 weeks,
            unless permanent and not first_year then 3 months,
            unless placed_long_term and agreed_by child then 6 months
        """
    )


def test_steps_share_a_line_as_long_as_they_fit() -> None:
    text = """\
        rule meetings
          must hold core_group within 10 working days of initial_conference, then every 4 weeks,
            failing which within 5 working days of chair_decision
        """
    assert formatted(text) == dedent(text)


def test_a_step_after_an_exception_is_not_read_as_part_of_it() -> None:
    text = """\
        rule reviews
          must review CLA within 20 working days of start, unless emergency then 10 working days,
            then every 3 months
        """
    assert formatted(text) == dedent(
        """\
        rule reviews
          must review CLA within 20 working days of start,
            unless emergency then 10 working days,
            then every 3 months
        """
    )


def test_the_order_of_exceptions_is_the_authors() -> None:
    """The last one that holds wins: another order would say something else."""
    text = """\
        rule visits
          must supervise the worker every month, unless in the first 6 months then 2 weeks,
          unless in the first 6 weeks then 1 week
        """
    assert formatted(text) == dedent(
        """\
        rule visits
          must supervise the worker every month,
            unless in the first 6 months then 2 weeks,
            unless in the first 6 weeks then 1 week
        """
    )


def test_long_conditions_are_broken_at_their_outermost_and_or_or() -> None:
    text = (
        "define visited_elsewhere as placed_for_adoption and (temporarily_approved or "
        "with_parents_on_order and some long_term_foster where agreed) and other_arrangement"
    )
    assert formatted(text) == dedent(
        """\
        define visited_elsewhere as placed_for_adoption
          and (temporarily_approved or with_parents_on_order and some long_term_foster where agreed)
          and other_arrangement
        """
    )


def test_members_share_the_line_of_their_kind_and_attributes_have_their_own() -> None:
    text = """\
        event visit "A visit to a child" plural visits verb visit has kind one of (cla, cp)
        has seen yes/no usually yes milestone recorded_on by record
        event initial_conference "An initial child protection conference" plural initial_conferences
            verb hold
        """
    assert formatted(text) == dedent(
        """\
        event visit "A visit to a child" plural visits verb visit
          has kind one of (cla, cp)
          has seen yes/no usually yes
          milestone recorded_on by record
        event initial_conference "An initial child protection conference"
          plural initial_conferences verb hold
        """
    )


def test_a_long_list_is_broken_between_its_names() -> None:
    names = ", ".join(f"way_of_placing_{number}" for number in range(7))
    assert formatted(f"period placement has type one of ({names})") == dedent(
        """\
        period placement
          has type one of (way_of_placing_0, way_of_placing_1, way_of_placing_2, way_of_placing_3,
            way_of_placing_4, way_of_placing_5, way_of_placing_6)
        """
    )


@pytest.mark.parametrize("length", range(10, 60))
def test_no_line_is_longer_than_it_may_be(length: int) -> None:
    word = "x" * length
    lines = formatted(f"define all as {' or '.join([word] * 20)}").splitlines()
    assert max(map(len, lines)) <= 100
    assert min(map(len, lines[:-1])) > 100 - len(f" or {word}") - 2


def test_words_in_quotation_marks_are_never_broken() -> None:
    line = f'because "two  spaces # and {"a very long reason " * 9}"'
    assert formatted(f"rule visits {line}") == f"rule visits\n  {line}\n"


def test_rows_left_out_stand_one_under_the_other() -> None:
    text = """\
        omits S-006 as
          judgement because "quality: only a person can judge it"
        omits S-023,S-024 as no_fact
        because "why a visit was made, in the worker's own words for each of these days"
        """
    assert formatted(text) == dedent(
        """\
        omits S-006 as judgement because "quality: only a person can judge it"
        omits S-023, S-024 as no_fact
          because "why a visit was made, in the worker's own words for each of these days"
        """
    )


def test_comments_stay_where_they_were_said() -> None:
    text = """\
        # what follows is the law
          # and more

        rule visits "Visits"#whole
           #   why it is cited
           cite act "s. 1"   # or s. 2
           must visit CLA every 6 weeks  # since 2011
           # the law's own guard
           , unless permanent then 3 months,   # S-154

            # S-155

            unless agreed then 6 months   # last
           # ends the rule
        # begins the next
        rule other
        # ends the file
        """
    assert formatted(text) == dedent(
        """\
        # what follows is the law
        # and more

        rule visits "Visits"  #whole
          #   why it is cited
          cite act "s. 1"  # or s. 2
          must visit CLA every 6 weeks,  # since 2011
            # the law's own guard
            unless permanent then 3 months,  # S-154
            # S-155
            unless agreed then 6 months  # last
          # ends the rule

        # begins the next
        rule other

        # ends the file
        """
    )


def test_paragraphs_stay_and_rules_stand_apart() -> None:
    text = """\


        define early as seen
        define late_on as seen



        define later as seen
        rule visits
          during placement

          must visit CLA every week
        scenario "in time"
          visit on 3 May 2024


          as at 4 May 2024

        """
    assert formatted(text) == dedent(
        """\
        define early as seen
        define late_on as seen

        define later as seen

        rule visits
          during placement

          must visit CLA every week

        scenario "in time"
          visit on 3 May 2024

          as at 4 May 2024
        """
    )


def test_articles_stay_and_go_with_their_word() -> None:
    text = "rule visits during the\nplacement\nthe IRO must visit the CLA every week"
    assert formatted(text) == dedent(
        """\
        rule visits
          during the placement
          the IRO must visit the CLA every week
        """
    )


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_and_byte_order_marks_of_every_system_become_one(ends: str) -> None:
    text = "\ufeff# café\n\nrule visits\n  must visit CLA every week".replace("\n", ends)
    assert formatted(text) == "# café\n\nrule visits\n  must visit CLA every week\n"


@pytest.mark.parametrize(
    ("text", "expected"), [("", ""), (" \n\n", ""), ("  # only this ", "# only this\n")]
)
def test_a_file_without_rules(text: str, expected: str) -> None:
    assert format_text(text, "rules.duly") == expected


def test_a_text_with_mistakes_is_refused_with_all_of_them() -> None:
    with pytest.raises(PolicyError) as refused:
        formatted("rule one must visit CLA\nrule two\nrule three cite act")
    assert [(m.code, m.span.line) for m in refused.value.diagnostics] == [
        ("reserved-word", 1),
        ("unfinished-sentence", 3),
    ]


@pytest.mark.parametrize(
    ("opening", "closing"), [("not ", ""), ("(", ")"), ("(p or ", ")"), ("some p where (", ")")]
)
def test_no_nesting_is_too_deep(opening: str, closing: str) -> None:
    text = f"define deep as {opening * 5_000}seen{closing * 5_000}"
    assert "".join(formatted(text).split()) == text.replace(" ", "")
