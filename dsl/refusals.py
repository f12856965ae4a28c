"""Lark's refusals into messages: what was meant, if that can be told, else what can stand there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise

from attrs import field, frozen
from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from duly.dsl.build import MONTHS, UNREAD
from duly.dsl.diagnostics import Diagnostics, did_you_mean
from duly.dsl.grammar import STATEMENTS, keywords, lark
from duly.dsl.slips import CHARACTERS, NEEDS, SLIPS
from duly.dsl.source import SourceText, Span

NEAR = 200
"""How far before the refused word a slip can stand, in characters."""


@frozen
class Refusal:
    """A statement that cannot be read: ``text`` from ``start`` on, refused at ``place`` in it."""

    error: UnexpectedInput
    source: SourceText
    start: int
    text: str
    place: int
    before: tuple[Token, ...] = field(init=False)

    @before.default
    def _before(self) -> tuple[Token, ...]:
        return tuple(lark().lex(self.text[: self.place]))

    @property
    def follows(self) -> bool:
        """Whether the refused word belongs no more to this statement."""
        return self.place >= len(self.text)

    def span(self, start: int, end: int) -> Span:
        """Where a stretch of the statement stands in the file."""
        (line, column), (end_line, end_column) = (
            self._line_and_column(self.start + offset) for offset in (start, end)
        )
        return Span(self.source.file, line, column, end_line, end_column)

    def _line_and_column(self, offset: int) -> tuple[int, int]:
        text = self.source.text
        return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


@frozen
class Mend:
    """Other words for a stretch of a statement, and the message that goes with them."""

    start: int
    end: int
    words: str
    title: str
    help: str

    def reads_on(self, refusal: Refusal) -> bool:
        """Whether with these words the reader gets beyond the refused one."""
        mended = refusal.text[: self.start] + self.words + refusal.text[self.end :]
        moved = len(self.words) - (self.end - self.start)
        return _reads_to(mended) > refusal.place + moved


def position(error: UnexpectedInput, text: str) -> int:
    """Where the text is refused; its end if it stops too soon."""
    place = error.pos_in_stream
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    return len(text) if at_end or place is None or place < 0 else place


def _reads_to(text: str) -> int:
    """How far the text can be read; beyond its end if all of it can."""
    try:
        lark().parse(text)
    except UnexpectedInput as error:
        return position(error, text)
    return len(text) + 1


def outside_quotes(text: str) -> str:
    """The text with spaces in place of comments and of words in quotation marks."""
    return re.sub(r'"[^"\n]*"|#[^\n]*', lambda found: " " * len(found[0]), text)


def report(refusal: Refusal, diagnostics: Diagnostics) -> None:
    """One message about the statement: of those that fit, the one that says most."""
    mend = next((mend for mend in _mends(refusal) if mend.reads_on(refusal)), None)
    if mend is not None:
        span, title, help = refusal.span(mend.start, mend.end), mend.title, mend.help
    else:
        span, title, help = _unfinished(refusal) or _refused(refusal)
    diagnostics.add("syntax", title, span, why=UNREAD, help=help)


# ------------------------------------------------------------------------ what was meant


def _mends(refusal: Refusal) -> Iterator[Mend]:
    yield from sorted(_slips(refusal), key=lambda mend: max(0, refusal.place - mend.end))
    error = refusal.error
    if isinstance(error, UnexpectedToken) and not (_guess(error) and not refusal.follows):
        yield from _misspelt(refusal)
        yield from _joined(refusal)


def _slips(refusal: Refusal) -> Iterator[Mend]:
    text = outside_quotes(refusal.text)
    for slip in SLIPS:
        for found in slip.pattern.finditer(text, max(0, refusal.place - NEAR), refusal.place + 60):
            mend = found.expand(slip.mend)
            words = {"found": found[0], "mend": mend, "last": found[0].split()[-1]}
            if found.start() <= refusal.place and mend != found[0]:
                yield Mend(
                    *found.span(), mend, slip.title.format(**words), slip.help.format(**words)
                )


def _misspelt(refusal: Refusal) -> Iterator[Mend]:
    """A word before the mistake that is near one of the language.

    ``unles permanent then`` is refused at ``then``, but ``unles`` is what is wrong.
    """
    names = [token for token in refusal.before if token.type == "NAME"]
    for token in reversed(names[-8:]):
        for near in get_close_matches(token.casefold(), keywords(), n=1, cutoff=0.8):
            title, help = f"`{token}` is no word of the language", f"did you mean `{near}`?"
            yield Mend(*_ends(token), near, title, help)


def _joined(refusal: Refusal) -> Iterator[Mend]:
    """Two words on one line that may be meant as one name."""
    tokens = list(refusal.before[-8:])
    if isinstance(refusal.error, UnexpectedToken) and not refusal.follows:
        word = refusal.error.token
        end = refusal.place + len(word)
        tokens.append(Token(word.type, str(word), refusal.place, end_pos=end))
    for first, second in reversed(list(pairwise(tokens))):
        (start, gap), (resumes, end) = _ends(first), _ends(second)
        names = first.type == "NAME" and (second.type == "NAME" or second == "by")
        if names and "\n" not in refusal.text[gap:resumes]:
            name = f"{first}_{second}"
            yield Mend(
                start,
                end,
                name,
                f"did not expect `{second}` after `{first}`",
                f"names are written with `_`: if it is one name, write `{name}`",
            )


def _ends(token: Token) -> tuple[int, int]:
    return token.start_pos or 0, token.end_pos or 0


# ------------------------------------------------------------------- what is not finished

Message = tuple[Span, str, str]


def _unfinished(refusal: Refusal) -> Message | None:
    """A sentence that stops, at the end of its line or of its statement, before it is whole."""
    error = refusal.error
    if not isinstance(error, UnexpectedToken) or not refusal.before:
        return None
    last = refusal.before[-1]
    word = " ".join(last.split()) if last.type == "_THEN" else " ".join(last.lstrip(",").split())
    _, end = _ends(last)
    span = refusal.span(end - len(last.lstrip(", \t\n")), end)
    breaks_off = "\n" in refusal.text[end : refusal.place] and "$END" not in _expected(error)
    if not (refusal.follows or breaks_off):
        return None
    if word in NEEDS:
        what, example = NEEDS[word]
        return span, f"`{word}` needs {what}", f"such as `{example}`"
    return span, f"the statement is not finished after `{word}`", _can_stand(error)


# --------------------------------------------------------------------- what was refused

_TERMINALS = {
    "NAME": "a name",
    "STRING": 'words in quotation marks "…"',
    "INT": "a number",
    "MONTH": "a month",
    "UNIT": "days, weeks, months or years",
    "ROW": "a row such as S-152",
    "YES_NO": "`yes/no`",
    "TAKES": "a name that ends in `_by` or `_with`",
    "FACT": "a fact with a date",
    "_ON_THE_DAY": "`on the day of`",
    "_IN_FORCE": "`in force`",
    "_THEN": "`, then`",
    "_UNLESS": "`unless`",
    "_FAILING": "`failing which`",
    "COMMA": "`,`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "COLON": "`:`",
    "DOT": "`.`",
    "$END": "the end of the file",
}

_WORDS = {
    **{name: [] for name in _TERMINALS},
    "UNIT": ["days", "weeks", "months", "years"],
    "MONTH": MONTHS,
    "_UNLESS": ["unless"],
    "_FAILING": ["failing"],
    "_IN_FORCE": ["in"],
}
"""What may be meant by a misspelt word where a terminal is expected; others say it themselves."""


def _refused(refusal: Refusal) -> Message:
    error = refusal.error
    if isinstance(error, UnexpectedCharacters):
        return _refused_character(refusal)
    if isinstance(error, UnexpectedToken):
        span = refusal.span(refusal.place, refusal.place + len(error.token))
        return span, f"did not expect `{error.token}` here", _help(error)
    raise error


def _refused_character(refusal: Refusal) -> Message:
    character = refusal.text[refusal.place]
    span = refusal.span(refusal.place, refusal.place + 1)
    if character == '"':
        return span, "a quotation mark is not closed", "close it on the same line"
    if unicodedata.category(character)[0] in "ZC":
        name = unicodedata.name(character, "control character").lower()
        name = name.replace("no-break", "non-breaking")
        return span, f"a {name} is not part of the language", "type an ordinary space in its place"
    help = CHARACTERS.get(character, "remove it, or put text in quotation marks")
    return span, f"`{character}` is not part of the language", help


def _expected(error: UnexpectedToken) -> list[str]:
    return sorted(error.accepts or error.expected)


def _guess(error: UnexpectedToken) -> str:
    """``did you mean …?`` if the word is near one that can stand there."""
    words = [word for name in _expected(error) for word in _WORDS.get(name, [name.lower()])]
    return did_you_mean(error.token, words) if error.token.type == "NAME" else ""


def _help(error: UnexpectedToken) -> str:
    token = error.token
    names_only = {"NAME"} <= set(_expected(error)) <= {"NAME", "TAKES", "FACT"}
    if names_only and token.type not in _TERMINALS and token.isidentifier():
        return f"`{token}` is a word of the language and cannot be a name: use another"
    return f"{_guess(error)} {_can_stand(error)}".strip()


def _can_stand(error: UnexpectedToken) -> str:
    statements = {*(word.upper() for word in STATEMENTS), "$END"}
    words = [
        _TERMINALS.get(name) or f"`{name.lower()}`"
        for name in _expected(error)
        if name not in statements
    ]
    shown = ", ".join(words[:14])
    return f"what can stand here: {shown}" if shown else "start the next statement"
