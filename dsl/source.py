"""Places in rule text: which file, from where to where."""

from __future__ import annotations

from attrs import frozen


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

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@frozen
class SourceText:
    """A file's name and its text, kept to mark words in messages."""

    file: str
    text: str

    def line(self, number: int) -> str:
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""
