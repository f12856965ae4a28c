"""Places in rule text: which file, from where to where."""

from __future__ import annotations

import re

from attrs import field, frozen


@frozen
class Span:
    """A stretch of one file; lines and columns count from 1, ``end_column`` is exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def nowhere(cls) -> Span:
        """For values that were not read from text."""
        return cls("", 0, 0, 0, 0)

    def to(self, other: Span) -> Span:
        """From the start of this one to the end of the other."""
        return Span(self.file, self.line, self.column, other.end_line, other.end_column)

    def covers(self, other: Span) -> bool:
        """Whether the other lies within this one."""
        first, last = (self.line, self.column), (self.end_line, self.end_column)
        begins, ends = (other.line, other.column), (other.end_line, other.end_column)
        return self.file == other.file and first <= begins and ends <= last

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class SourceText:
    """A file's name and its text, kept to mark words in messages."""

    file: str
    text: str = field(repr=False)
    _lines: list[str] = field(init=False, repr=False, eq=False)

    @_lines.default
    def _split(self) -> list[str]:
        return self.text.split("\n")  # the only end of a line that the parser counts

    def line(self, number: int) -> str:
        """One line, counted from 1; nothing beyond the last."""
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def words(self, span: Span) -> str:
        """What stands there, on one line and without its comments."""
        lines = [self.line(number) for number in range(span.line, span.end_line + 1)]
        if not lines:
            return ""
        lines[-1] = lines[-1][: span.end_column - 1]
        lines[0] = lines[0][span.column - 1 :]
        return one_line("\n".join(lines))

    def span(self, start: int, end: int) -> Span:
        """The stretch between two offsets."""
        return Span(self.file, *self._place(start), *self._place(end))

    def _place(self, offset: int) -> tuple[int, int]:
        return self.text.count("\n", 0, offset) + 1, offset - self.text.rfind("\n", 0, offset)


def one_line(text: str) -> str:
    """The words of a text on one line and without its comments."""
    return " ".join(re.sub(r'("[^"\n]*")|#[^\n]*', r"\1", text).split())


def outside_quotes(text: str) -> str:
    """The text with spaces in place of comments and of what stands in quotation marks."""
    return re.sub(r'"[^"\n]*"|#[^\n]*', _spaces, text)


def _spaces(found: re.Match[str]) -> str:
    inner = " " * (len(found[0]) - 2)
    return f'"{inner}"' if found[0][0] == '"' else " " * len(found[0])
