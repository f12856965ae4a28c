"""Words into lines: each as long as it may be, broken where it is broken most readily."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate, pairwise, starmap

from attrs import field, frozen

from duly.dsl.breaks import Break
from duly.dsl.words import Word

WIDTH = 100
INDENT = 2

Line = tuple[int, int, int]
"""How far in a line begins, its first word, and the first word after it."""


@frozen
class Folding:
    """The words of a text, and for each how readily it begins a line."""

    words: Sequence[Word]
    strengths: Sequence[int]
    _gaps: Sequence[str] = field(init=False)
    _ends: Sequence[int] = field(init=False)
    _comments: Sequence[int] = field(init=False)

    @_gaps.default
    def _gaps_between(self) -> list[str]:
        return ["", *starmap(_gap, pairwise(self.words))]

    @_ends.default
    def _columns(self) -> list[int]:
        """Where each word would end if all stood on one line."""
        parts = zip(self._gaps, self.words, strict=True)
        return list(accumulate(len(gap) + len(word.text) for gap, word in parts))

    @_comments.default
    def _comments_so_far(self) -> list[int]:
        return list(accumulate(len(word.comments) for word in self.words))

    def text(self, first: int, last: int) -> str:
        """The words from ``first`` up to ``last``, with one space where one belongs."""
        rest = range(first + 1, last)
        return self.words[first].text + "".join(self._gaps[n] + self.words[n].text for n in rest)

    def lines(self, indent: int, first: int, last: int) -> Iterator[Line]:
        """The lines that these words take; those after the first are further in."""
        waiting = [(indent, first, last)]
        while waiting:
            indent, first, last = waiting.pop()
            cuts = [] if self._fits(indent, first, last) else self._cuts(indent, first, last)
            if not cuts:
                yield indent, first, last
                continue
            inner = [(indent + INDENT, *piece) for piece in pairwise([*cuts, last])]
            waiting += [*reversed(inner), (indent, first, cuts[0])]

    def _fits(self, indent: int, first: int, last: int) -> bool:
        start = self._ends[first] - len(self.words[first].text)
        one_piece = self._comments[last - 1] == self._comments[first]
        return one_piece and indent + self._ends[last - 1] - start <= WIDTH

    def _cuts(self, indent: int, first: int, last: int) -> list[int]:
        """The words that begin a line of their own, all of one strength."""
        strength = min(self.strengths[first + 1 : last], default=Break.NEVER)
        if strength == Break.NEVER:
            return []
        cuts = [at for at in range(first + 1, last) if self.strengths[at] == strength]
        return self._needed(cuts, indent, first, last) if strength >= Break.CONDITION else cuts

    def _needed(self, cuts: list[int], indent: int, first: int, last: int) -> list[int]:
        """Of the cuts those without which a line would be too long."""
        needed = []
        for cut, end in pairwise([*cuts, last]):
            if not self._fits(indent, first, end):
                needed.append(cut)
                first = cut
                indent += INDENT if len(needed) == 1 else 0
        return needed


def _gap(before: Word, word: Word) -> str:
    """What stands between two words of a line."""
    return "" if before.text in ("(", ".") or word.text in (",", ".", ":", ")") else " "
