"""The grammar holds no conflict that a default would settle unseen."""

from __future__ import annotations

from lark import Lark

from duly.dsl.grammar import STATEMENTS, grammar_text


def test_no_two_ways_to_read_one_text() -> None:
    """``strict`` refuses shift/reduce conflicts, and terminals that match the same text."""
    Lark(grammar_text(), parser="lalr", lexer="basic", strict=True)


def test_every_statement_is_known_to_the_recovery_from_mistakes() -> None:
    lark = Lark(grammar_text(), parser="lalr", lexer="basic")
    accepted = lark.parse_interactive("").accepts()
    assert accepted - {"$END"} == {word.upper() for word in STATEMENTS}
