"""An audit for a terminal, a page, one file to send, or a program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from html import escape

from attrs import asdict

from duly.engine.audit import Audit
from duly.engine.audit.told import Part, Section, announced, counts, odds, sections
from duly.engine.cli.formats.tables import table
from duly.engine.days import date_of, long_date

SCHEMA = 1
"""Goes up when a field is renamed, removed or given another meaning; new fields leave it."""

ROOM = 96
"""Columns of a line, which stands four columns in."""

BRIEF = ("same", "missing", "additional")
"""Verdicts of which a line each is enough, and that are left out unless all are asked for."""

AT_ODDS = "at odds inside the pack: both are asked for, and the stricter decides"

MEANS = {
    "later": "the local rule allows more time than the law, for at least one child",
    "not-comparable": "it could not be shown that the local rule is never later",
    "waived": "the law is out of force for a time",
    "missing": "no local rule: the law's own clock runs",
    "stricter": "never later, and somewhere earlier or more",
    "same": "never later and never earlier, or left to the law",
    "additional": "asked by local policy alone",
}
"""The verdicts, for a reader of a page who has nothing else at hand."""

OF_THE_WHOLE = ("1 ", "2 ", "6 ")
"""Premises that are about two duties as a whole, so that no single case shows where they fail."""


def heading(audit: Audit) -> str:
    """What was held against what, and for which days."""
    if audit.of_versions:
        return f"From {long_date(audit.as_at)}, clocks that start from {audit.dates}"
    local = ", ".join(pack.name for pack in audit.local)
    return (
        f"{local} against {audit.law.name}: the law in force on {long_date(audit.as_at)}, "
        f"clocks that start from {audit.dates}"
    )


def title(audit: Audit) -> str:
    """What a page is called."""
    titles = ", ".join(pack.title for pack in audit.local)
    return f"{titles}: what changes" if audit.of_versions else f"{titles}, against the law"


def tally(audit: Audit) -> str:
    """How many duties came out how."""
    return ", ".join(f"{count} {verdict}" for verdict, count in counts(audit).items())


# ---------------------------------------------------------------------- text


def text(audit: Audit, *, everything: bool = False) -> Iterator[str]:
    """Each duty with its verdict, in full where it is not the law's own.

    Of two versions, what changes, as an entry of a changelog.
    """
    if audit.of_versions:
        yield from [f"{heading(audit)}:", ""]
        for sentence in _changed(audit):
            yield from _folded("- ", sentence.split())
        return
    yield from _folded("", _clauses(heading(audit)))
    for section in _shown(audit, everything):
        yield ""
        yield _title(section)
        yield from (f"    {line}" for line in _body(section))
    if audit.at_odds:
        yield ""
        yield AT_ODDS
        for sentence in odds(audit):
            yield from (f"    {line}" for line in _folded("", sentence.split()))
    yield ""
    yield tally(audit)


def _shown(audit: Audit, everything: bool) -> Iterable[Section]:
    return (each for each in sections(audit) if everything or each.verdict not in BRIEF)


def _title(section: Section) -> str:
    names = [name for name in (section.law, section.local) if name]
    return f"{section.verdict}  {'  by  '.join(names)}"


def _body(section: Section) -> Iterator[str]:
    yield from _cited("law    " if section.law else "local  ", section.provisions)
    yield from _cited("local  ", section.local_provisions)
    failing = _failing(section)
    for line in failing:
        yield from _folded("", line.split())
    parts = [part for part in section.parts if part.verdict != "same"]
    if not parts or any(line.startswith(OF_THE_WHOLE) for line in failing):
        yield from _asked(section)
    for part in parts:
        yield from _of_part(part)
    if section.mended is not None:
        yield from _folded("write       ", section.mended.write.split())
        yield from _folded("instead of  ", section.mended.instead_of.split())
        left = "no date is later; what fails above is left" if failing else "it is nowhere later"
        yield f"            and {left}"
    for note in section.notes:
        yield from _folded("", note.split())
    if section.verdict in ("later", "not-comparable"):
        for line in section.unconfirmed:
            yield from _folded("unconfirmed: ", line.split())


def _cited(lead: str, provisions: Iterable[str]) -> Iterator[str]:
    for provision in provisions:
        yield from _folded(lead, _clauses(provision))


def _failing(section: Section) -> list[str]:
    """The premises that fail; of what is later, those that its parts do not show."""
    if section.verdict not in ("later", "not-comparable"):
        return []
    shown = "5 " if section.verdict == "later" else ()
    return [line for line in section.premises if ": fails, " in line and not line.startswith(shown)]


def _asked(section: Section) -> Iterator[str]:
    """What the two ask, in their own words."""
    if section.law_asks:
        yield from _folded("  law    ", section.law_asks.split())
    if section.local_asks:
        yield from _folded("  local  ", section.local_asks.split())


def _of_part(part: Part) -> Iterator[str]:
    why = [part.by, part.reason] if part.verdict == "not-comparable" else [part.by or part.reason]
    yield from _folded(f"{part.verdict}: ", "; ".join(filter(None, why)).split())
    yield from _folded("  law    ", part.law.split())
    yield from _folded("  local  ", part.local.split())
    for number, way in enumerate(part.where):
        yield from _folded("  where " if number == 0 else "     or ", _joined(way))
    if part.more_ways:
        yield f"     or {part.more_ways} more"
    for number, line in enumerate(part.child):
        yield from _folded("  shown by " if number == 0 else " " * 11, line.split())
    if part.comes_out:
        last = len(part.comes_out) - 1
        pieces = (f"{each}{';' * (n < last)}" for n, each in enumerate(part.comes_out))
        yield from _folded(" " * 11, pieces)


def _clauses(line: str) -> list[str]:
    return re.split(r"(?<=,) ", line)


def _joined(conditions: Iterable[str]) -> Iterator[str]:
    return (f"{'and ' * (n > 0)}{each}" for n, each in enumerate(conditions))


def _folded(lead: str, pieces: Iterable[str]) -> Iterator[str]:
    """The pieces behind the lead, in lines that end between two of them.

    A piece that is longer than a line ends where its words do.
    """
    line = lead
    room = ROOM - max(len(lead), 2)
    for piece in (
        part for each in pieces for part in (each.split() if len(each) > room else [each])
    ):
        if len(line) + len(piece) > ROOM and len(line) > len(lead):
            yield line.rstrip()
            line = " " * max(len(lead), 2)
        line += f"{piece} "
    yield line.rstrip()


def _changed(audit: Audit) -> list[str]:
    """What a new version changes, a sentence each."""
    return list(dict.fromkeys(announced(audit))) or ["Nothing changes."]


# ---------------------------------------------------------------------- markdown


def markdown(audit: Audit, *, everything: bool = False) -> Iterator[str]:
    """The same as a page."""
    yield f"# {title(audit)}"
    yield ""
    if audit.of_versions:
        yield from text(audit)
        return
    yield f"{heading(audit)}."
    yield ""
    told = ([verdict, str(count), MEANS[verdict]] for verdict, count in counts(audit).items())
    yield from table(["verdict", "duties", "means"], told)
    for section in _shown(audit, everything):
        yield ""
        yield f"## {_title(section)}"
        yield ""
        yield "```text"
        yield from _body(section)
        yield "```"
    if audit.at_odds:
        yield from ["", f"## {AT_ODDS.capitalize()}", ""]
        yield from (f"- {sentence}" for sentence in odds(audit))


# ---------------------------------------------------------------------- html


def html(audit: Audit, *, everything: bool = False) -> Iterator[str]:
    """The same as one file that stands alone."""
    yield "<!doctype html>"
    yield f'<html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title(audit))}</title>'
    yield f"<style>{STYLE}</style></head><body><main>"
    yield f"<h1>{escape(title(audit))}</h1><p>{escape(heading(audit))}.</p>"
    if audit.of_versions:
        yield "<ul>"
        yield from (f"<li>{escape(sentence)}</li>" for sentence in _changed(audit))
        yield "</ul>"
    else:
        yield from _details(audit, everything)
    yield "</main></body></html>"


def _details(audit: Audit, everything: bool) -> Iterator[str]:
    """A table of the counts, and each duty to be opened."""
    yield "<table><thead><tr><th>verdict</th><th>duties</th><th>means</th></tr></thead><tbody>"
    for verdict, count in counts(audit).items():
        cells = "".join(f"<td>{cell}</td>" for cell in (verdict, count, escape(MEANS[verdict])))
        yield f'<tr class="{verdict}">{cells}</tr>'
    yield "</tbody></table>"
    for section in _shown(audit, everything):
        opened = " open" if section.verdict == "later" else ""
        yield f'<details class="{section.verdict}"{opened}>'
        yield f"<summary>{escape(_title(section))}</summary>"
        yield f"<pre>{escape(chr(10).join(_body(section)))}</pre></details>"
    if audit.at_odds:
        yield f"<h2>{AT_ODDS.capitalize()}</h2><ul>"
        yield from (f"<li>{escape(sentence)}</li>" for sentence in odds(audit))
        yield "</ul>"


STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;margin:2rem}main{max-width:60rem;margin:auto}"
    "table{border-collapse:collapse}td,th{padding:.2rem 1rem .2rem 0;text-align:left}"
    "summary{cursor:pointer;padding:.4rem}"
    "pre{font-size:.875rem;white-space:pre-wrap;margin:0 1rem 1rem}"
    "details{border-left:.4rem solid #888;margin:.5rem 0}"
    "details.later{border-color:#b10e1e}details.waived,details.not-comparable{border-color:#b58840}"
    "details.stricter{border-color:#00703c}"
)


# ------------------------------------------------------------------ for programs


def as_json(audit: Audit, *, everything: bool = True) -> Iterator[str]:
    """Every duty, as one value."""
    yield json.dumps(
        {
            "schema": SCHEMA,
            "law": audit.law.name,
            "local": [pack.name for pack in audit.local],
            "as_at": audit.as_at.isoformat(),
            "first_start": date_of(audit.dates.first).isoformat(),
            "last_start": date_of(audit.dates.last).isoformat(),
            "counts": counts(audit),
            "at_odds": odds(audit),
            "duties": [asdict(section) for section in sections(audit)],
        },
        indent=2,
    )
