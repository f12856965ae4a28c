"""A run as one page that stands alone, to look at, print or send.

No script, no network, nothing beside the file.  Ids only: there are no names in a run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from attrs import frozen

from duly.dsl.policy import Pack, Rule
from duly.engine.conclude import RuleSummary, families
from duly.engine.days import long_date
from duly.engine.obligations import VERDICTS
from duly.engine.pipeline import Run
from duly.plugins.outputs.lines import Line, doubt, pack_clocks, read_lines, with_verdict
from duly.plugins.outputs.markup import Content, Markup, element, table
from duly.plugins.outputs.places import file_at
from duly.plugins.outputs.style import CSS
from duly.plugins.outputs.timeline import BEFORE, Bar, says, timeline
from duly.plugins.outputs.words import VERDICT_WORDS

ROWS = 300
"""The longest list on the page; the rest is in ``obligations.csv``."""

WORST = 20
OPEN = ("overdue", "due")
SOON = timedelta(weeks=4)
LAST_TIME = "24:00"
CLOCKS = {"law": "the law", "local": "local"}
BY_CLOCK = {"law": "by the law", "local": "by local standard"}
DECIDED = ("met", "met_late", "overdue", "not_met")


def write(run: Run, path: Path) -> Sequence[Path]:
    """Write the report: a file, or ``report.html`` where the path is a folder."""
    target = file_at(path, "report.html")
    target.write_text(page(run), encoding="utf-8")
    return [target]


@frozen
class _Section:
    anchor: str
    title: str
    body: Callable[[Run], Iterable[Content]]


def page(run: Run) -> str:
    """The whole document."""
    title = f"Timescales as at {long_date(run.as_at)}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title),
        element("style", Markup(CSS)),
    )
    body = element("body", _header(run, title), element("main", map(_section(run), SECTIONS)))
    return f"<!DOCTYPE html>\n{element('html', head, body, lang='en-GB')}\n"


def _section(run: Run) -> Callable[[_Section], Markup]:
    return lambda section: element(
        "section",
        element("h2", section.title),
        section.body(run),
        id=section.anchor,
    )


def _header(run: Run, title: str) -> Markup:
    links = (element("a", each.title, href=f"#{each.anchor}") for each in SECTIONS)
    basis = {
        "Rules": (element("div", _pack(pack)) for pack in run.policy.packs),
        "Facts": run.facts,
        "Counted": f"what was open, due or done on or after {long_date(run.since)}",
        "As known": f"on {long_date(run.known_at)}" if run.known_at else "everything on record",
    }
    terms = ((element("dt", term), element("dd", what)) for term, what in basis.items())
    return element(
        "header",
        element("h1", title),
        element("dl", terms, class_="facts"),
        element("nav", element("ul", (element("li", link) for link in links))),
    )


def _pack(pack: Pack) -> str:
    version = f", version {pack.version}" if pack.version else ""
    return f"{pack.title or pack.name} ({pack.name}{version})"


# ------------------------------------------------------------------- summary


def _summary(run: Run) -> Iterator[Content]:
    clocks = pack_clocks(run)
    totals: dict[str, Counter[str]] = {clock: Counter() for clock in clocks.values()}
    for each in run.summaries:
        totals[clocks[each.pack]].update(each.verdicts)
    yield element(
        "p",
        "What is counted is obligations. One missed visit is one in every rule that asks for it, "
        "and one more in each local rule that refines it.",
    )
    yield element("ul", (_tile(verdict, totals) for verdict in VERDICTS), class_="tiles")


def _tile(verdict: str, totals: Mapping[str, Mapping[str, int]]) -> Markup:
    counts = (
        element("div", _clock(clock), element("strong", f"{count[verdict]:,}"))
        for clock, count in totals.items()
    )
    return element("li", _verdict(verdict), element("p", VERDICT_WORDS[verdict].means), counts)


# --------------------------------------------------------------------- rules


def _rules(run: Run) -> Iterator[Content]:
    clocks = pack_clocks(run)
    children = _children(run)
    yield element(
        "p",
        "Where a local standard refines a rule of the law, the two stand together: "
        f"each has its own clock. {_whom(run).many} are those whom the obligations counted here "
        "concern. "
        "In time is the share of met among met, met late, overdue and not met.",
    )
    verdicts = (VERDICT_WORDS[v].text for v in VERDICTS)
    headers = ["Rule", "Clock", _whom(run).many, "In time", *verdicts]
    rows = (
        _rule(each, clocks[each.pack], children[each.pack, each.rule])
        for each in families(run.summaries)
    )
    yield table("Obligations by rule and verdict", headers, rows)


def _children(run: Run) -> Mapping[tuple[str, str], int]:
    """How many children the rows of each rule concern."""
    columns = (run.obligations.columns[name].tolist() for name in ("pack", "rule", "subject_id"))
    distinct = set(zip(*columns, strict=True))
    return Counter((pack, rule) for pack, rule, _ in distinct)


def _rule(summary: RuleSummary, clock: str, children: int) -> Iterator[Content]:
    yield _title(summary)
    yield _clock(clock)
    yield children
    yield _in_time(summary.verdicts)
    yield from (summary.verdicts.get(verdict, 0) for verdict in VERDICTS)


def _title(summary: RuleSummary) -> Markup:
    under = "rule under" if summary.refines else "rule"
    return element("span", summary.title or summary.rule, class_=under)


def _in_time(verdicts: Mapping[str, int]) -> str:
    decided = sum(verdicts.get(each, 0) for each in DECIDED)
    return f"{verdicts.get('met', 0) / decided:.0%}" if decided else "–"


# --------------------------------------------------------------------- lists


def _overdue(run: Run) -> Iterator[Content]:
    lines = read_lines(run, with_verdict(run, "overdue"))
    lines.sort(key=lambda line: (-line.days, line.child, line.title))
    yield from _listed(
        "Overdue, the longest first",
        (_whom(run).one, "Days", "What", "Clock", "Was due", "From"),
        lines,
        lambda line: (
            _id(line.child),
            line.days,
            _what(line),
            _clock(line.clock),
            _due(line),
            _date(line.anchor),
        ),
        "Nothing is overdue.",
    )


def _soon(run: Run) -> Iterator[Content]:
    last = run.as_at + SOON
    lines = [
        line for line in read_lines(run, with_verdict(run, "due")) if run.as_at <= line.due <= last
    ]
    lines.sort(key=lambda line: (line.due, line.time or LAST_TIME, line.child, line.title))
    yield from _listed(
        f"Due up to {long_date(last)}, the soonest first",
        (_whom(run).one, "Due", "What", "Clock"),
        lines,
        lambda line: (
            _id(line.child),
            _due(line),
            _what(line),
            _clock(line.clock),
        ),
        "Nothing falls due in these four weeks.",
    )


def _listed(
    caption: str,
    headers: Sequence[str],
    lines: Sequence[Line],
    row: Callable[[Line], Iterable[Content]],
    nothing: str,
) -> Iterator[Content]:
    if not lines:
        yield element("p", nothing)
        return
    yield table(caption, headers, map(row, lines[:ROWS]))
    if len(lines) > ROWS:
        rest = len(lines) - ROWS
        yield element("p", f"And {rest:,} more, which the csv output lists.", class_="soft")


# ----------------------------------------------------------------- timelines


def _timelines(run: Run) -> Iterator[Content]:
    worst = _worst(run)
    if not worst:
        yield element("p", "Nobody has anything overdue.")
        return
    yield element(
        "p",
        f"{_whom(run).many} with most days overdue by the law, then by local standard; "
        "days are added up over rules. "
        "A thin line runs from what started the clock to the last day, a thick one is time "
        "after it; the broken upright is the as-at day. The marks are those of the words above.",
    )
    ids = run.obligations.columns["subject_id"]
    clocks = dict.fromkeys(pack_clocks(run).values())
    for child, days in worst:
        lines = read_lines(run, np.flatnonzero(ids == child))
        spent = ", ".join(f"{days[clock]:,} {BY_CLOCK[clock]}" for clock in clocks)
        title = f"{child}: days overdue {spent}"
        picture = timeline(title, [_bar(line) for line in _recent(lines, run.as_at)], run.as_at)
        yield element("figure", element("h3", title), picture)


def _worst(run: Run) -> list[tuple[str, Counter[str]]]:
    """Children and their days overdue on each clock, the law's weighing first."""
    days: dict[str, Counter[str]] = {}
    for line in read_lines(run, with_verdict(run, "overdue")):
        days.setdefault(line.child, Counter())[line.clock] += line.days
    ranked = sorted(days.items(), key=lambda each: (-each[1]["law"], -each[1]["local"], each[0]))
    return ranked[:WORST]


def _recent(lines: Iterable[Line], as_at: date) -> list[Line]:
    """Lines that touch the year drawn, those of one duty together."""
    first = as_at - BEFORE
    kept = [line for line in lines if line.verdict in OPEN or line.latest >= first]
    return sorted(kept, key=lambda line: (line.title, line.clock, line.anchor or date.min))


def _bar(line: Line) -> Bar:
    sentence = says(line)
    return Bar(
        lane=line.title,
        clock=line.clock,
        anchor=line.anchor,
        deadline=line.deadline,
        fulfilled=line.fulfilled,
        verdict=line.verdict,
        says=sentence,
    )


# ------------------------------------------------------------- what is not known


def _unknown(run: Run) -> Iterator[Content]:
    yield element(
        "p",
        f"Of {run.rows_read:,} rows read, {run.rows_used:,} were used and "
        f"{len(run.quarantine):,} could not be read.",
    )
    yield from _missing(run)
    if run.quarantine:
        yield table(
            "Rows that could not be read",
            ("File", "Line", "Column", "Value", "Why"),
            ((q.place, q.row, q.column, q.value, q.reason) for q in run.quarantine[:ROWS]),
        )
    if run.notes:
        yield element("h3", "Notes")
        yield element("ul", (element("li", note) for note in run.notes))


def _missing(run: Run) -> Iterator[Content]:
    """What is not on record, with how many obligations and children hang on it."""
    columns = run.obligations.columns
    open_ = (columns["verdict"] == "cannot_tell") | (columns["assumed"] == "yes")
    names = ("reason", "verdict", "subject_id")
    children: dict[tuple[str, str], Counter[str]] = {}
    for reason, verdict, child in zip(*(columns[n][open_].tolist() for n in names), strict=True):
        outcome = "cannot tell" if verdict == "cannot_tell" else "assumed"
        children.setdefault((doubt(reason), outcome), Counter())[child] += 1
    if not children:
        yield element("p", "Nothing that any verdict here hangs on is missing.")
        return
    yield element(
        "p",
        "Without these facts a verdict cannot be told, or the earliest deadline that they allow "
        "is assumed.",
    )
    rows = sorted(
        ((what, outcome, whom.total(), len(whom)) for (what, outcome), whom in children.items()),
        key=lambda row: (-row[2], row[:2]),
    )
    headers = ("What", "So", "Obligations", _whom(run).many)
    yield table("Facts that are missing", headers, rows[:ROWS])


# ------------------------------------------------------------------------ grounds


def _grounds(run: Run) -> Iterator[Content]:
    """What each rule cites, here once, so that no list has to say it again."""
    clocks = pack_clocks(run)
    rules = {rule.qualified: rule for rule in run.policy.rules()}
    rows = (
        (_title(each), _clock(clocks[each.pack]), _cited(rules[each.qualified]))
        for each in families(run.summaries)
        if each.qualified in rules
    )
    yield table("Sources, and what of them is not confirmed", ("Rule", "Clock", "Grounds"), rows)


def _cited(rule: Rule) -> Iterator[Content]:
    yield from (element("div", str(citation)) for citation in rule.citations)
    yield from (
        element("small", f"not confirmed: {text}", class_="soft note") for text in rule.unconfirmed
    )


SECTIONS = (
    _Section("summary", "In short", _summary),
    _Section("rules", "Rule by rule", _rules),
    _Section("overdue", "Overdue", _overdue),
    _Section("soon", "The next four weeks", _soon),
    _Section("timelines", "Most days overdue", _timelines),
    _Section("unknown", "What is not known", _unknown),
    _Section("grounds", "What the rules rest on", _grounds),
)


# --------------------------------------------------------------------- pieces


@frozen
class _Whom:
    """What those are called whom obligations concern."""

    one: str
    many: str


def _whom(run: Run) -> _Whom:
    several = len(run.policy.subjects) > 1
    return _Whom("Whom", "Those concerned") if several else _Whom("Child", "Children")


def _date(day: date | None) -> Content:
    return element("time", f"{day.day} {day:%b %Y}", datetime=day.isoformat()) if day else "–"


def _due(line: Line) -> Content:
    if not line.time or line.deadline is None:
        return _date(line.deadline)
    day = f"{line.deadline.day} {line.deadline:%b %Y}"
    return element("time", f"{day}, {line.time}", datetime=f"{line.deadline}T{line.time}")


def _id(child: str) -> Markup:
    return element("span", child, class_="id")


def _what(line: Line) -> Content:
    duty = (
        (element("br"), element("small", line.duty.replace("_", " "), class_="soft"))
        if line.duty
        else ""
    )
    return line.title, duty


def _clock(clock: str) -> Markup:
    return element("span", CLOCKS[clock], class_=f"clock {clock}")


def _verdict(verdict: str) -> Markup:
    word = VERDICT_WORDS[verdict]
    sign = element("span", word.sign, aria_hidden="true")
    return element("span", sign, f" {word.text}", class_=f"verdict {word.tone}")
