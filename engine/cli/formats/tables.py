"""Tables of a Markdown page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence


def table(heading: Sequence[str], lines: Iterable[Iterable[str]]) -> Iterator[str]:
    """A table, line by line."""
    yield _line(heading)
    yield f"|{'---|' * len(heading)}"
    yield from map(_line, lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"
