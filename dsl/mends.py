"""A statement that cannot be read into the words that were meant, where that can be told.

A mend is believed only if with it the reader gets beyond the refused word.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise

from attrs import frozen
from lark import Token
from lark.exceptions import UnexpectedInput, UnexpectedToken

from duly.dsl.build import MONTHS
from duly.dsl.grammar import keywords, lark
from duly.dsl.refusals import Refusal, Told, ends, guessed, position
from duly.dsl.slips import SLIPS, UNITS
from duly.dsl.source import outside_quotes

NEAR = 200
"""How far from the refused word a slip can stand, in characters."""


@frozen
class Mend:
    """Other words for a stretch of a statement, and the message that goes with them."""

    code: str
    start: int
    end: int
    words: str
    title: str
    help: str

    def reads_on(self, refusal: Refusal) -> bool:
        """Whether with these words the reader gets beyond the refused one."""
        mended = refusal.text[: self.start] + self.words + refusal.text[self.end :]
        before = self.start <= refusal.place
        moved = len(self.words) - (self.end - self.start) if before else 0
        return _reads_to(mended) > refusal.place + moved

    def distance(self, place: int) -> int:
        """How far from this place the stretch is."""
        return max(0, place - self.end, self.start - place)


def mended(refusal: Refusal) -> Told | None:
    """What was meant; of several mends that let the reader go on, the nearest to the mistake."""
    mend = next((mend for mend in _mends(refusal) if mend.reads_on(refusal)), None)
    if mend is None:
        return None
    return Told(mend.code, refusal.span(mend.start, mend.end), mend.title, mend.help)


def _reads_to(text: str) -> int:
    """How far the text can be read; beyond its end if all of it can."""
    try:
        lark().parse(text)
    except UnexpectedInput as error:
        return position(error, text)
    return len(text) + 1


def _mends(refusal: Refusal) -> Iterator[Mend]:
    yield from sorted(_slips(refusal), key=lambda mend: mend.distance(refusal.place))
    yield from _capitals(refusal)
    error = refusal.error
    if isinstance(error, UnexpectedToken) and not (guessed(error) and not refusal.follows):
        yield from _misspelt(refusal)
        yield from _two_words(refusal)


def _slips(refusal: Refusal) -> Iterator[Mend]:
    text = outside_quotes(refusal.text)
    for slip in SLIPS:
        for found in slip.pattern.finditer(
            text, max(0, refusal.place - NEAR), refusal.place + NEAR
        ):
            words = slip.mend(found) if callable(slip.mend) else found.expand(slip.mend)
            if words != found[0]:
                said = {"found": found[0], "mend": words, "last": found[0].split()[-1]}
                parts = (found[0], *found.groups())
                title, help = slip.title.format(*parts, **said), slip.help.format(*parts, **said)
                yield Mend(slip.code, *found.span(), words, title, help)


def _near(refusal: Refusal) -> list[Token]:
    """The last words before the mistake, and the refused one."""
    tokens = list(refusal.before[-8:])
    if isinstance(refusal.error, UnexpectedToken) and not refusal.follows:
        word = refusal.error.token
        end = refusal.place + len(word)
        tokens.append(Token(word.type, str(word), refusal.place, end_pos=end))
    return tokens


def _capitals(refusal: Refusal) -> Iterator[Mend]:
    """A word of the language that is not in small letters, or a month that is."""
    written = {word.casefold(): word for word in (*keywords(), *UNITS, *MONTHS)}
    for token in reversed(_near(refusal)):
        right = written.get(token.casefold(), token)
        if right != token:
            title = f"`{token}` is written `{right}`"
            help = "months begin with a capital letter; the words of the language have small ones"
            yield Mend("capital-letter", *ends(token), right, title, help)


def _misspelt(refusal: Refusal) -> Iterator[Mend]:
    """A word before the mistake that is near one of the language.

    ``unles permanent then`` is refused at ``then``, but ``unles`` is what is wrong.
    """
    names = [token for token in refusal.before if token.type == "NAME"]
    for token in reversed(names[-8:]):
        for near in get_close_matches(token.casefold(), keywords(), n=1, cutoff=0.75):
            title, help = f"`{token}` is no word of the language", f"did you mean `{near}`?"
            yield Mend("misspelt-word", *ends(token), near, title, help)


def _two_words(refusal: Refusal) -> Iterator[Mend]:
    """Two words on one line that may be meant as one name."""
    for first, second in reversed(list(pairwise(_near(refusal)))):
        (start, gap), (resumes, end) = ends(first), ends(second)
        names = first.type == "NAME" and (second.type == "NAME" or second == "by")
        if names and "\n" not in refusal.text[gap:resumes]:
            name = f"{first}_{second}"
            title = f"`{first} {second}` is two words, and a name is one"
            help = f"if it is one name, write `{name}`"
            yield Mend("name-form", start, end, name, title, help)
