"""Rule text that nobody would write: programs after the grammar, and any text laid out anew."""

from __future__ import annotations

import re
from functools import cache
from itertools import count, zip_longest
from random import Random
from string import printable

from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark, Token
from lark.exceptions import UnexpectedInput
from lark.lexer import PatternStr, TerminalDef

from duly.dsl.build import MONTHS
from duly.dsl.grammar import grammar_text, lark

NAMES = ["visit", "x", "long_term_foster_placement", "placement", "thereafter", "CLA", "review"]

WORDS: dict[str, st.SearchStrategy[str]] = {
    "NAME": st.sampled_from(NAMES),
    "FACT": st.sampled_from(NAMES),
    "TAKES": st.sampled_from(["agreed_by", "living_with"]),
    "INT": st.integers(0, 40).map(str),
    "MONTH": st.sampled_from(MONTHS),
    "STRING": st.text("ab #,.'(unless then) \t—", max_size=80).map('"{}"'.format),
}
"""What stands for a terminal where its pattern alone would give words that read as others."""

DATE = re.compile(rf"(\d+) ({'|'.join(MONTHS)}) (\d+)")

SPACE = [" ", "   ", "\n", "\t\n  ", "\n\n\n"]
ARTICLES = [" the ", "\nan\n"]
REMARKS = ["  # {}\n", "\n# {}\n", "\n\n    # {}\n\n  # {} \n\n", "\n  #{}\t\n"]


@cache
def programs() -> st.SearchStrategy[str]:
    """Texts of a few statements that the reader accepts, whatever their words may mean."""
    unskipped = re.sub(r"^%ignore.*", "", grammar_text(), flags=re.MULTILINE)
    grammar = Lark(unskipped, parser="lalr")
    statements = _texts(grammar, "statement") | _texts(grammar, "rule")
    return st.lists(statements, max_size=4).map("".join).map(_with_dates).filter(is_read)


def _texts(grammar: Lark, start: str) -> st.SearchStrategy[str]:
    terminals, _, _ = grammar.grammar.compile([start], ())
    return from_lark(grammar, start=start, explicit={each.name: _word(each) for each in terminals})


def _word(terminal: TerminalDef) -> st.SearchStrategy[str]:
    if isinstance(terminal.pattern, PatternStr):
        return st.just(f"{terminal.pattern.value} ")
    pattern = re.compile(terminal.pattern.to_regexp())
    characters = st.sampled_from(printable.replace("\r", ""))  # the reader never sees one
    made = st.from_regex(pattern, fullmatch=True, alphabet=characters)
    return WORDS.get(terminal.name, made).map("{} ".format)


def _with_dates(text: str) -> str:
    """A date is known by a day of two figures and a year of four."""
    return DATE.sub(lambda date: f"{int(date[1]) % 28 + 1} {date[2]} {2000 + int(date[3])}", text)


def is_read(text: str) -> bool:
    """Whether the text has no mistake of syntax."""
    try:
        lark().parse(text)
    except UnexpectedInput:
        return False
    return True


def laid_out_anew(text: str, chance: Random) -> str:
    """The same words with other space, and with articles and numbered comments in between."""
    tokens = list(lark().lex(text))
    number = count(1)
    laid = [chance.choice(ARTICLES)]
    only_space = 0
    for token, after in zip_longest(tokens, tokens[1:]):
        only_space = 4 if token.type == "FACT" else only_space - 1  # it is known by its date
        before_date = after in ("on", "from", "born")  # where an article reads as a fact
        noise = REMARKS if before_date else [*REMARKS, *ARTICLES]
        gap = chance.choice(SPACE if only_space > 0 else [*SPACE * 3, *noise])
        if {token[-1], (after or " ")[0]} & set(',.:()"') and chance.random() < 0.3:
            gap = ""
        laid += [_spaced(token, chance), re.sub("{}", lambda _: str(next(number)), gap)]
    return "".join(laid)


def _spaced(token: Token, chance: Random) -> str:
    """A token of several words with other space between them."""
    whole = token.startswith('"') or "#" in token
    return token if whole else re.sub(r"\s+", lambda _: chance.choice(SPACE), token)
