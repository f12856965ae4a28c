"""One child's obligations, to a picture: a lane for each duty, a mark for each outcome."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from attrs import frozen

from duly.dsl.plurals import number_of
from duly.engine.days import long_date
from duly.plugins.outputs.lines import Line
from duly.plugins.outputs.markup import Markup, element
from duly.plugins.outputs.words import VERDICT_WORDS

LABELS, WIDTH, TOP, LANE = 320, 1120, 24, 26
LETTERS = 44
"""As many of a lane's name as stand beside it."""

LAST_MONTH = 40
"""The room that the name of a month needs at the right edge."""

BEFORE, AFTER = timedelta(days=365), timedelta(days=35)


@frozen
class Bar:
    """One obligation as it is drawn."""

    lane: str
    clock: str
    anchor: date | None
    deadline: date | None
    fulfilled: date | None
    verdict: str
    says: str


@frozen
class _Scale:
    """Days to places from left to right; what lies outside is drawn at the edge."""

    first: date
    last: date

    def x(self, day: date) -> int:
        share = (day - self.first) / (self.last - self.first)
        return round(LABELS + min(max(share, 0), 1) * (WIDTH - LABELS - 12))


def timeline(title: str, bars: Sequence[Bar], as_at: date) -> Markup:
    """The year before the as-at day and the weeks after it, as an inline SVG."""
    scale = _Scale(as_at - BEFORE, as_at + AFTER)
    lanes = list(dict.fromkeys((bar.lane, bar.clock) for bar in bars))
    height = TOP + LANE * len(lanes) + 6
    return element(
        "svg",
        element("title", title),
        _grid(scale, height),
        _today(scale.x(as_at), height),
        (_lane(name, clock, TOP + LANE * row) for row, (name, clock) in enumerate(lanes)),
        (
            _bar(bar, scale, as_at, TOP + LANE * lanes.index((bar.lane, bar.clock)) + 13)
            for bar in bars
        ),
        viewBox=f"0 0 {WIDTH} {height}",
        role="img",
    )


def _grid(scale: _Scale, height: int) -> Iterator[Markup]:
    for month in _months(scale.first, scale.last):
        x = scale.x(month)
        yield element("line", x1=x, x2=x, y1=TOP - 4, y2=height, class_="grid")
        if x < WIDTH - LAST_MONTH:
            name = f"{month:%b %Y}" if month.month == 1 else f"{month:%b}"
            yield element("text", name, x=x + 3, y=12)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        if month >= first:
            yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _today(x: int, height: int) -> Markup:
    return element("line", x1=x, x2=x, y1=TOP - 10, y2=height, class_="today")


def _lane(name: str, clock: str, y: int) -> Iterator[Markup]:
    short = name if len(name) <= LETTERS else f"{name[: LETTERS - 1]}…"
    full = element("title", f"{name} ({clock})")
    yield element("text", f"{short} ({clock})", full, x=0, y=y + 17, class_="lane")
    yield element("line", x1=LABELS, x2=WIDTH - 12, y1=y + LANE, y2=y + LANE, class_="grid")


def _bar(bar: Bar, scale: _Scale, as_at: date, y: int) -> Markup:
    """Thin up to the deadline, thick after it, and the outcome's own mark."""
    word = VERDICT_WORDS[bar.verdict]
    end = bar.fulfilled or (as_at if bar.verdict == "overdue" else bar.deadline)
    pieces = [element("title", bar.says)]
    if bar.anchor and bar.deadline:
        pieces.append(_line(scale.x(bar.anchor), scale.x(bar.deadline), y, "span"))
    if bar.deadline and end and end > bar.deadline:
        pieces.append(_line(scale.x(bar.deadline), scale.x(end), y, "over"))
    place = end or bar.anchor
    if place:
        pieces.append(_mark(bar.verdict, scale.x(place), y))
    return element("g", *pieces, class_=word.tone)


def _line(x1: int, x2: int, y: int, kind: str) -> Markup:
    return element("line", x1=x1, x2=x2, y1=y, y2=y, class_=kind)


def _mark(verdict: str, x: int, y: int) -> Markup:
    """A shape of its own for each outcome, so that colour says nothing alone."""
    match verdict:
        case "met":
            return element("circle", cx=x, cy=y, r=4, class_="mark full")
        case "met_late":
            return element("path", d=f"M{x} {y - 6}l6 6l-6 6l-6-6z", class_="mark full")
        case "overdue":
            return element("path", d=f"M{x - 5} {y - 5}l10 10m0-10l-10 10", class_="mark")
        case "not_met":
            return element("rect", x=x - 5, y=y - 5, width=10, height=10, class_="mark full")
        case "exempt":
            return element("rect", x=x - 5, y=y - 5, width=10, height=10, class_="mark")
        case "due":
            return element("circle", cx=x, cy=y, r=5, class_="mark")
        case "cannot_tell":
            return element("path", d=f"M{x} {y - 6}l6 11h-12z", class_="mark")
        case "needs_judgement":
            return element("path", d=f"M{x} {y - 6}l6 6l-6 6l-6-6z", class_="mark")
        case _:
            return element("line", x1=x, x2=x, y1=y - 6, y2=y + 6, class_="mark")


def says(line: Line) -> str:
    """What a bar means, in a sentence."""
    parts = [f"{line.title}: {VERDICT_WORDS[line.verdict].text}"]
    if line.days:
        parts.append(number_of(line.days, "day"))
    if line.deadline:
        time = f" at {line.time}" if line.time else ""
        parts.append(f"due {long_date(line.deadline)}{time}")
    if line.fulfilled:
        parts.append(f"done {long_date(line.fulfilled)}")
    return ", ".join(parts)
