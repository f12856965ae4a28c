"""Definitions that nothing uses."""

from __future__ import annotations

from collections.abc import Callable

Says = Callable[..., list[str]]

RULE = 'rule ours cite handbook "1" during placement visit visit every 6 weeks{}\n'


def unused(messages: list[str]) -> list[str]:
    return [message.split("`")[1] for message in messages]


def test_it_marks_the_name(says: Says) -> None:
    assert says("define settled as permanent\n" + RULE.format("")) == [
        "warning: nothing uses the definition `settled` [unused-definition]\n"
        "  --> 1.duly:2:8\n"
        "   |\n"
        " 2 | define settled as permanent\n"
        "   |        ^^^^^^^\n"
        "  why:  a reader takes it for part of what decides a child's dates, and it is not\n"
        "  help: take it out, or use it in the rule that it was written for"
    ]


def test_a_definition_is_used_by_way_of_another(says: Says) -> None:
    chain = "define settled as permanent define calm as settled\n"
    assert says(chain + RULE.format(" unless calm then 8 weeks")) == []
    longer = chain + "define quiet as calm\n"
    assert says(longer + RULE.format(" unless quiet then 8 weeks")) == []
    assert unused(says(chain + RULE.format(""))) == ["settled", "calm"]
    assert unused(says(chain + RULE.format(" unless settled then 8 weeks"))) == ["calm"]


def test_a_definition_with_an_argument(says: Says) -> None:
    agreed = "define agreed_by ROLE as some agreement where given_by is ROLE\n"
    assert says(agreed + RULE.format(" unless agreed_by IRO then 8 weeks")) == []
    assert unused(says(agreed + RULE.format(""))) == ["agreed_by"]


def test_a_phrase_uses_one(says: Says) -> None:
    phrase = "define proper as kind is cla\nphrase see child means visit where proper\n"
    assert says(phrase + RULE.format("")) == []


def test_words_of_a_pack_that_stands_over_nothing_are_for_the_packs_above(says: Says) -> None:
    base = 'pack base "Base" subject child event visit verb visit define settled as some visit\n'
    rule = "rule ours visit visit within 1 week of first visit"
    assert says(base + rule, below=()) == []
