"""Lark's refusals into messages: a sentence that is not finished, or a word that cannot stand."""

from __future__ import annotations

import unicodedata

from attrs import field, frozen
from lark import Token
from lark.exceptions import UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from duly.dsl.build import MONTHS
from duly.dsl.diagnostics import did_you_mean
from duly.dsl.grammar import STATEMENTS, lark
from duly.dsl.slips import CHARACTERS, NEEDS, Stray
from duly.dsl.source import SourceText, Span


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
        return self.source.span(self.start + start, self.start + end)


@frozen
class Told:
    """What is said of a statement that cannot be read."""

    code: str
    span: Span
    title: str
    help: str


def position(error: UnexpectedInput, text: str) -> int:
    """Where the text is refused; its end if it stops too soon."""
    place = error.pos_in_stream
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    return len(text) if at_end or place is None or place < 0 else place


def ends(token: Token) -> tuple[int, int]:
    """Where a word begins and ends in its statement."""
    return token.start_pos or 0, token.end_pos or 0


# ------------------------------------------------------------------- what is not finished


def unfinished(refusal: Refusal) -> Told | None:
    """A sentence that stops, at the end of its line or of its statement, before it is whole."""
    error = refusal.error
    if not isinstance(error, UnexpectedToken) or not refusal.before:
        return None
    last = refusal.before[-1]
    word = " ".join(last.split()) if last.type == "_THEN" else " ".join(last.lstrip(",").split())
    _, end = ends(last)
    span = refusal.span(end - len(last.lstrip(", \t\n")), end)
    breaks_off = "\n" in refusal.text[end : refusal.place] and "$END" not in _expected(error)
    if not (refusal.follows or breaks_off):
        return None
    need = NEEDS.get(f"{refusal.before[0]} … {word}", NEEDS.get(word))
    if need is not None:
        return Told(need.code, span, f"`{word}` needs {need.what}", f"such as `{need.example}`")
    title = f"the statement is not finished after `{word}`"
    return Told("unfinished-sentence", span, title, _can_stand(error))


# ------------------------------------------------------- words that cannot be names


_DECLARING = {*STATEMENTS, "has", "milestone", "plural", "alias"} - {"add", "never", "omits"}
"""Words behind which an author gives a name, rather than use one."""


def reserved(refusal: Refusal) -> Told | None:
    """A word of the language, or an ending of it, where the author gives a name."""
    error = refusal.error
    if not isinstance(error, UnexpectedToken) or refusal.follows or not refusal.before:
        return _without_argument(refusal)
    before, end = refusal.before[-1], refusal.place + len(error.token)
    is_label = "NAME" in _expected(error) and refusal.text[end:].startswith(":")
    is_name = before in _DECLARING and refusal.text[ends(before)[1] : refusal.place].isspace()
    if is_label or (is_name and "NAME" in _expected(error)):
        return _cannot_be(refusal, error.token, "a label" if is_label else "a name")
    return _without_argument(refusal)


def _cannot_be(refusal: Refusal, token: Token, what: str) -> Told | None:
    """What is wrong with a name, where the name is what is wrong."""
    span = refusal.span(refusal.place, refusal.place + len(token))
    if token.type == "TAKES":
        ending = token[token.rindex("_") :]
        title = f"`{token}` cannot be {what}: `{ending}` ends names that take an argument"
        return Told("reserved-word", span, title, _standing_alone(token, refusal.before[-1]))
    if token.type in _TERMINALS or not token.isidentifier():
        return None
    title = f"`{token}` is a word of the language and cannot be {what}"
    return Told("reserved-word", span, title, _another(token, refusal.before))


def _without_argument(refusal: Refusal) -> Told | None:
    """A name that ends in ``_by`` or ``_with``, and nothing behind it that it could take."""
    if not refusal.before or refusal.before[-1].type != "TAKES":
        return None
    last = refusal.before[-1]
    ending = last[last.rindex("_") :]
    title = f"`{last}` needs an argument: `{ending}` ends names that take one"
    if refusal.before[0] == "define":
        help = f"write `define {last} ROLE as …`, or use a name with another ending"
    else:
        help = f"write `{last} IRO` if it is a definition, `{last} is yes` if it is an attribute"
    return Told("reserved-word", refusal.span(*ends(last)), title, help)


def _standing_alone(word: str, before: str) -> str:
    """How to say it of an attribute of such a name; anything else needs another name."""
    match before:
        case ".":
            return f"leave out what stands in front of the dot: `{word} is …`"
        case "state":
            return f"write `must have {word} is stated`"
        case _:
            return "use a name with another ending"


def _another(word: str, before: tuple[Token, ...]) -> str:
    """A name that says the same, such as ``visit_date`` for the ``date`` of a visit."""
    owner = before[1] if len(before) > 1 and before[1].type == "NAME" else "our"
    return f"use another name, such as `{owner}_{word}`"


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


def refused(refusal: Refusal) -> Told:
    """The word or the character that cannot stand where it does."""
    error = refusal.error
    if isinstance(error, UnexpectedToken):
        return _refused_word(refusal, error)
    assert isinstance(error, UnexpectedCharacters)
    return _refused_character(refusal)


def _refused_word(refusal: Refusal, error: UnexpectedToken) -> Told:
    token = error.token
    span = refusal.span(refusal.place, refusal.place + len(token))
    if {"NAME"} <= set(_expected(error)) <= {"NAME", "TAKES", "FACT"}:
        told = _cannot_be(refusal, token, "a name")
        if told is not None:
            return told
    title, guess = f"did not expect `{token}` here", guessed(error)
    if guess:
        return Told("misspelt-word", span, title, f"{guess} {_can_stand(error)}")
    return Told("unexpected-word", span, title, _can_stand(error))


def _refused_character(refusal: Refusal) -> Told:
    character = refusal.text[refusal.place]
    span = refusal.span(refusal.place, refusal.place + 1)
    if character == '"':
        title, help = "a quotation mark is not closed", "close it on the same line"
        return Told("quotation-marks", span, title, help)
    if unicodedata.category(character)[0] in "ZC":
        name = unicodedata.name(character, "control character").lower()
        name = name.replace("no-break", "non-breaking")
        title, help = f"a {name} is not part of the language", "type an ordinary space in its place"
        return Told("unknown-character", span, title, help)
    stray = CHARACTERS.get(character, Stray("remove it, or put text in quotation marks"))
    return Told(stray.code, span, f"`{character}` is not part of the language", stray.help)


def _expected(error: UnexpectedToken) -> list[str]:
    return sorted(error.accepts or error.expected)


def guessed(error: UnexpectedToken) -> str:
    """``did you mean …?`` if the word is near one that can stand there."""
    words = [word for name in _expected(error) for word in _WORDS.get(name, [name.lower()])]
    return did_you_mean(error.token, words) if error.token.type == "NAME" else ""


def _can_stand(error: UnexpectedToken) -> str:
    statements = {*(word.upper() for word in STATEMENTS), "$END"}
    words = [
        _TERMINALS.get(name) or f"`{name.lower()}`"
        for name in _expected(error)
        if name not in statements
    ]
    shown = ", ".join(words[:14])
    return f"what can stand here: {shown}" if shown else "start the next statement"
