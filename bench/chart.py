"""A chart of lines with logarithmic axes as SVG, for light pages and dark ones."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from html import escape

from attrs import frozen

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 210, 20, 50
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#b8860b", "#7f7f7f", "#56b4e9", "#8c564b")
"""Told apart by people who do not see all colours, and legible on white and on black."""

STYLE = """\
text { font: 13px sans-serif; fill: #333 } .grid { stroke: #ddd } .axis { stroke: #666 }
@media (prefers-color-scheme: dark) { text { fill: #ddd } .grid { stroke: #444 } }"""


@frozen
class Line:
    """A name, and points from left to right."""

    name: str
    points: Sequence[tuple[float, float]]


@frozen
class _Axis:
    """Where numbers stand between two ends, by powers of ten."""

    low: float
    high: float
    first: float
    last: float

    def at(self, number: float) -> float:
        share = (math.log10(number) - self.low) / (self.high - self.low)
        return self.first + share * (self.last - self.first)

    def powers(self) -> Iterator[float]:
        for power in range(math.ceil(self.low), math.floor(self.high) + 1):
            yield 10.0**power


def chart(lines: Sequence[Line], across: str, up: str) -> str:
    """The chart; points of one line are joined, and each is marked."""
    xs, ys = ([point[which] for line in lines for point in line.points] for which in (0, 1))
    x = _axis(xs, LEFT, WIDTH - RIGHT)
    y = _axis(ys, HEIGHT - BOTTOM, TOP)
    body = [*_grid(x, y, across, up)]
    names: list[tuple[float, str, str]] = []
    for line, colour in zip(lines, COLOURS, strict=False):
        body += _drawn(line, x, y, colour)
        names.append((y.at(line.points[-1][1]), line.name, colour))
    body += _named(names)
    title = f"{up} against {across}, both by powers of ten"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n" + "\n".join(body) + "\n</svg>\n"
    )


def _axis(numbers: Sequence[float], first: float, last: float) -> _Axis:
    """From half a step below the least to half a step above the greatest."""
    return _Axis(math.log10(min(numbers)) - 0.15, math.log10(max(numbers)) + 0.15, first, last)


def _grid(x: _Axis, y: _Axis, across: str, up: str) -> Iterator[str]:
    bottom, right = HEIGHT - BOTTOM, WIDTH - RIGHT
    for number in x.powers():
        place = f"{x.at(number):.1f}"
        yield f'<line class="grid" x1="{place}" y1="{TOP}" x2="{place}" y2="{bottom}"/>'
        yield f'<text x="{place}" y="{bottom + 18}" text-anchor="middle">{number:,.0f}</text>'
    for number in y.powers():
        place = f"{y.at(number):.1f}"
        yield f'<line class="grid" x1="{LEFT}" y1="{place}" x2="{right}" y2="{place}"/>'
        yield f'<text x="{LEFT - 8}" y="{place}" dy="4" text-anchor="end">{number:g}</text>'
    yield f'<path class="axis" fill="none" d="M{LEFT} {TOP}V{bottom}H{right}"/>'
    middle = (TOP + bottom) / 2
    yield f'<text x="{(LEFT + right) / 2}" y="{HEIGHT - 8}" text-anchor="middle">{across}</text>'
    turned = f'transform="rotate(-90 18 {middle})"'
    yield f'<text x="18" y="{middle}" text-anchor="middle" {turned}>{up}</text>'


def _drawn(line: Line, x: _Axis, y: _Axis, colour: str) -> Iterator[str]:
    places = [(x.at(one), y.at(other)) for one, other in line.points]
    joined = " ".join(f"{one:.1f},{other:.1f}" for one, other in places)
    yield f'<polyline fill="none" stroke="{colour}" stroke-width="2" points="{joined}"/>'
    for one, other in places:
        yield f'<circle cx="{one:.1f}" cy="{other:.1f}" r="4" fill="{colour}"/>'


def _named(names: Sequence[tuple[float, str, str]]) -> Iterator[str]:
    """Names beside the chart, at the height of the last point or as near as there is room."""
    free = float(TOP)
    for height, name, colour in sorted(names):
        place = max(height, free)
        free = place + 20
        left = WIDTH - RIGHT + 14
        yield f'<circle cx="{left}" cy="{place:.1f}" r="4" fill="{colour}"/>'
        yield f'<text x="{left + 10}" y="{place:.1f}" dy="4">{escape(name)}</text>'
