"""Elements of HTML and SVG from Python values; text is escaped wherever it stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape

VOID = frozenset({"meta", "br", "line", "circle", "path", "rect"})
"""Elements that may stand without content."""

Content = object
"""What an element may hold: text, numbers, ``Markup``, or an iterable of these."""


class Markup(str):
    """Text that is markup already, and is not escaped again."""

    __slots__ = ()


def element(tag: str, /, *content: Content, **attributes: object) -> Markup:
    """``element("td", 3, class_="number")`` is ``<td class="number">3</td>``.

    ``None`` leaves an attribute out; underscores of its name become hyphens.
    """
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in VOID and not content:
        return Markup(f"<{tag}{given}/>")
    return Markup(f"<{tag}{given}>{join(content)}</{tag}>")


def join(content: Content) -> Markup:
    """Content as markup, one piece after the other."""
    if isinstance(content, Markup):
        return content
    if isinstance(content, Iterable) and not isinstance(content, str):
        return Markup("".join(map(join, content)))
    return Markup(escape(str(content)))


def table(caption: str, headers: Sequence[str], rows: Iterable[Iterable[Content]]) -> Markup:
    """A table with a caption whose first cell of each row names the row; numbers stand right."""
    lines = [list(row) for row in rows]
    numbers = [isinstance(cell, int) for cell in lines[0]] if lines else [False] * len(headers)
    head = (
        element("th", header, scope="col", class_="number" if number else None)
        for header, number in zip(headers, numbers, strict=True)
    )
    body = (element("tr", _cells(line)) for line in lines)
    parts = element("thead", element("tr", head)), element("tbody", body)
    # focusable, so that a table wider than the screen scrolls from the keyboard too
    return element(
        "div",
        element("table", element("caption", caption), parts),
        class_="table",
        role="region",
        aria_label=caption,
        tabindex=0,
    )


def _cells(line: Iterable[Content]) -> Iterator[Markup]:
    for position, cell in enumerate(line):
        kind = None if not isinstance(cell, int) else "number" if cell else "number nought"
        if position:
            yield element("td", cell, class_=kind)
        else:
            yield element("th", cell, scope="row", class_=kind)
