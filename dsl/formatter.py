"""Rule text into the same text in its one layout: every word and comment kept, in order.

Line ends are ``\\n``, the last line has one too, and there is no mark of byte order.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, takewhile

from attrs import define, evolve, field
from lark.exceptions import UnexpectedInput

from duly.dsl.breaks import Break, strengths
from duly.dsl.diagnostics import Diagnostics, PolicyError
from duly.dsl.folding import INDENT, Folding
from duly.dsl.grammar import lark
from duly.dsl.parser import parse_text
from duly.dsl.source import SourceText
from duly.dsl.words import Comment, Word, words_of


def format_text(text: str, file: str) -> str:
    """The text in its one layout.  Raises ``PolicyError`` if it cannot be read."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    try:
        tree = lark().parse(text)
    except UnexpectedInput as error:
        diagnostics = Diagnostics()
        parse_text(text, file, diagnostics)
        raise PolicyError(diagnostics.in_order(), {file: SourceText(file, text)}) from error
    words = words_of(text)
    page = _Page(Folding(words, strengths(tree, words)))
    page.fill()
    return "".join(f"{line}\n" for line in page.lines)


@define
class _Page:
    """The lines so far; ``before`` is the kind of statement that they end with."""

    folding: Folding
    lines: list[str] = field(factory=list)
    before: int | None = None

    def fill(self) -> None:
        """Put every word and comment on a line."""
        strengths = self.folding.strengths
        starts = [at for at, strength in enumerate(strengths) if strength <= Break.ITEM]
        for first, last in pairwise([*starts, len(strengths)]):
            word = self.folding.words[first]
            if strengths[first] == Break.ITEM:
                self._comments(word.comments, INDENT)
                self._words(INDENT, first, last, apart=word.after_blank)
            else:
                apart = self._between(word, strengths[first])
                self._words(0, first, last, apart=apart or word.after_blank)

    def _between(self, word: Word, kind: int) -> bool:
        """The comments between two statements; whether a blank line has still to follow."""
        apart = self.before is not None and Break.BLOCK in (self.before, kind)
        ends = self._ends_of_statement(word) if self.before is not None else 0
        self._comments(word.comments[:ends], INDENT)
        self.before = kind
        if ends == len(word.comments):
            return apart
        self._comments(word.comments[ends:], 0, apart=apart)
        return False

    def _ends_of_statement(self, word: Word) -> int:
        """How many comments belong to the statement before: those further in than the next."""
        margin = word.indent or 0
        own = takewhile(lambda c: c.indent is None or c.indent > margin, word.comments)
        return len(list(own))

    def _comments(self, comments: Sequence[Comment], indent: int, *, apart: bool = False) -> None:
        for comment in comments:
            if comment.indent is None:
                self.lines[-1] += f"  {comment.text}"
            else:
                self._line(indent, comment.text, apart=apart or comment.after_blank)
            apart = False

    def _words(self, indent: int, first: int, last: int, *, apart: bool) -> None:
        for inner, begin, end in self.folding.lines(indent, first, last):
            if begin != first:
                remarks = [evolve(c, after_blank=False) for c in self.folding.words[begin].comments]
                self._comments(remarks, inner)
            self._line(inner, self.folding.text(begin, end), apart=apart and begin == first)

    def _line(self, indent: int, text: str, *, apart: bool) -> None:
        if apart and self.lines and text:
            self.lines.append("")
        if text:
            self.lines.append(" " * indent + text)
