"""An audit in words: plain values that every format of it shows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from attrs import frozen

from duly.dsl import policy as p
from duly.dsl.plurals import number_of
from duly.engine.audit.auditing import Audit, Audited
from duly.engine.audit.compared import (
    ACTS,
    ANCHORS,
    GRAVEST_FIRST,
    READING,
    Compared,
    Difference,
    Premise,
    Verdict,
)
from duly.engine.audit.limits import Apart
from duly.engine.audit.mending import Mend
from duly.engine.audit.stories import known, verdicts
from duly.engine.days import long_date
from duly.engine.plan import DutyPlan, Leaf, Outcome, condition_text, scope_text

WAYS = 3
"""Ways to be in a difference that are told; the rest are counted."""

AT_REST = {
    "paused": "does not stand here",
    "exempt": "exempts here",
    "no duty": "asks nothing here",
}
"""Outcomes in which a duty has no clause that speaks."""

STATES = {"held": "so", "failed": "not so", "not held": "not so"}
"""Outcomes of what asks for a state."""


@frozen
class Behind:
    """By how many days the local day lies behind the law's, and on what shares of start dates.

    Less than none is earlier; shares lie between 0 and 1.
    """

    least: int
    most: int
    later_on: float
    earlier_on: float


@frozen
class Part:
    """One difference of a pair of duties in words.

    ``where`` has the ways to be in it, each as the conditions that hold together.
    """

    verdict: Verdict
    law: str
    local: str
    by: str
    behind: Behind | None
    where: tuple[tuple[str, ...], ...]
    more_ways: int
    reason: str
    child: tuple[str, ...]
    comes_out: tuple[str, ...]


@frozen
class Section:
    """One line of an audit in words: a duty of the law, or a local one, or both.

    ``provisions`` are the law's, or those of a local duty that stands alone; ``asks`` are the
    sentences of the two, empty where there is none.
    """

    verdict: Verdict
    law: str
    local: str
    law_asks: str
    local_asks: str
    provisions: tuple[str, ...]
    local_provisions: tuple[str, ...]
    unconfirmed: tuple[str, ...]
    premises: tuple[str, ...]
    notes: tuple[str, ...]
    parts: tuple[Part, ...]
    mended: Mend | None = None


def counts(audit: Audit) -> dict[str, int]:
    """How many lines there are of each verdict, the gravest first."""
    found = Counter(line.verdict for line in audit.lines)
    return {verdict: found[verdict] for verdict in GRAVEST_FIRST}


def odds(audit: Audit) -> list[str]:
    """The duties of a local pack that are at odds with each other, a sentence for each two."""
    return [
        f"{one.rule.qualified} asks to {one.words}, and "
        f"{'' if other.rule is one.rule else f'{other.rule.qualified} '}to {other.words}"
        for one, other in audit.at_odds
    ]


def sections(audit: Audit) -> list[Section]:
    """Every line in words, the gravest first."""
    lines = sorted(audit.lines, key=lambda line: GRAVEST_FIRST.index(line.verdict))
    return [_section(line, audit.policy, audit.of_versions) for line in lines]


def _section(line: Audited, policy: p.Policy, of_versions: bool) -> Section:
    return Section(
        line.verdict,
        _duty(line.law),
        line.inherited.qualified if line.inherited is not None else _duty(line.local),
        _asks(line.law, beside=line.local),
        _asks(line.local, beside=line.law),
        tuple(_provisions(line.law or line.local, policy)),
        tuple(_provisions(line.local, policy)) if line.law is not None else (),
        line.law.rule.unconfirmed if line.law is not None else (),
        tuple(map(_premise, line.compared.premises)) if line.compared is not None else (),
        tuple(_notes(line, of_versions)),
        tuple(_part(each, policy) for each in line.differences),
        line.mended,
    )


def announced(audit: Audit) -> Iterator[str]:
    """What a new version changes, a sentence each, as a changelog has it."""
    for line in audit.lines:
        if line.compared is not None:
            title = line.compared.local.rule.title
            yield from (f"{title}: {change}." for change in _changes(line.compared))
        elif line.law is not None:
            yield f"No longer asked: {line.law.rule.title} ({line.law.duty.text})."
        elif line.local is not None:
            yield f"New: {line.local.rule.title} ({line.local.duty.text})."


def _changes(compared: Compared) -> Iterator[str]:
    """What has changed in a duty that both versions have."""
    for premise in compared.premises:
        if premise.number in (ANCHORS, ACTS, READING) and not premise.holds:
            yield "; ".join(premise.fails)
    yield from (_changed(each) for each in compared.differences if each.verdict != "same")


def _changed(difference: Difference) -> str:
    """What is asked now instead of before, of whom."""
    told = [" and ".join(conditions(way)) for way in difference.ways if way]
    of_whom = f", where {'; or '.join(told[:WAYS])}" if told else ""
    by = f" ({by_text(difference.apart)})" if difference.apart is not None else ""
    before, now = (_limit(asked.outcome) for asked in (difference.law, difference.local))
    return f"{now} instead of {before}{of_whom}{by}"


def _limit(outcome: Outcome) -> str:
    """What a clause comes to: an exception by its limit alone, a step by its words."""
    text = outcome.text.lstrip(", ")
    if text in AT_REST:
        return "no duty"
    if text.startswith("unless "):
        return str(outcome.duration) if outcome.duration is not None else "no duty"
    return text


def _duty(duty: DutyPlan | None) -> str:
    if duty is None:
        return ""
    label = duty.duty.label
    return f"{duty.rule.qualified}, {label}" if label else duty.rule.qualified


def _asks(duty: DutyPlan | None, beside: DutyPlan | None) -> str:
    """A duty as a sentence; beside another, with where it stands."""
    if duty is None:
        return ""
    text = duty.duty.text.removeprefix(f"{duty.duty.label}: ")
    if beside is None or isinstance(duty.scope, p.Always):
        return text
    return f"{scope_text(duty.scope)}: {text}"


def _provisions(duty: DutyPlan | None, policy: p.Policy) -> Iterator[str]:
    """The citations with their documents' titles."""
    if duty is None:
        return
    for citation in (*duty.rule.citations, *duty.duty.grounds.citations):
        yield f"{_document(citation.source, policy)}, {citation.locator}"


def _document(source: str, policy: p.Policy) -> str:
    """The title of a document that is cited, or else the name it is cited by."""
    titles = (pack.sources[source] for pack in policy.packs if source in pack.sources)
    return next(titles, "") or source


def _premise(premise: Premise) -> str:
    holds = "holds" if premise.holds else f"fails, {'; '.join(premise.fails)}"
    return f"{premise.number} {premise.name}: {holds}"


def _notes(line: Audited, of_versions: bool) -> Iterator[str]:
    """What else is to be said of a line, a sentence each."""
    if line.inherited is not None:
        yield "the local rule does not mention this duty, so the law's own stands"
    if line.waiver is not None:
        yield f"waived under {line.waiver.power} until {long_date(line.waiver.until)}"
    if line.verdict == "missing" and of_versions:
        yield "the new version no longer asks for it"
    elif line.verdict == "missing":
        yield "no local rule refines it: the law's own clock runs"
    if line.compared is not None and line.verdict == "stricter":
        yield from (f"stricter: {reason}" for reason in line.compared.beyond)
    if line.law is not None and p.is_delegated(line.law.duty):
        yield "the law leaves the time to local policy"
    elif line.verdict == "stricter":
        yield "stricter by choice: the law asks for no more than its own limit"
    if line.verdict in ("stricter", "same") and line.compared is not None:
        yield "never later: all six premises hold"
    if line.law is not None and line.local is not None:
        yield from _softer(line.law.duty.force, line.local.duty.force)
    for permission in line.permissions:
        yield f"the law permits: {permission}"


def _softer(law: p.Force, local: p.Force) -> Iterator[str]:
    """That a local rule says less firmly what the law asks."""
    if p.FIRMEST_FIRST.index(local) > p.FIRMEST_FIRST.index(law):
        ours, theirs = p.force_words(local), p.force_words(law)
        yield f"the local rule says `{ours}` where the law says `{theirs}`"


def _part(difference: Difference, policy: p.Policy) -> Part:
    shown = difference.shown
    told = [tuple(conditions(way)) for way in difference.ways if way]
    return Part(
        difference.verdict,
        asked_text(difference.law.outcome),
        asked_text(difference.local.outcome),
        by_text(difference.apart) if difference.apart is not None else "",
        _behind(difference.apart),
        tuple(told[:WAYS]),
        max(len(told) - WAYS, 0),
        difference.reason,
        tuple(known(shown.scenario, policy)) if shown is not None else (),
        tuple(verdicts(shown)) if shown is not None else (),
    )


def _behind(found: Apart | None) -> Behind | None:
    return Behind(found.least, found.most, found.later, found.earlier) if found else None


def asked_text(outcome: Outcome) -> str:
    """What a clause asks, in its own words; or what became of the duty, where none speaks."""
    text = outcome.text.lstrip(", ")
    if text in STATES:
        return f"what it asks for is {STATES[text]}"
    return AT_REST.get(text, text)


def conditions(way: Mapping[Leaf, bool]) -> Iterator[str]:
    """What holds together in one way to be in a region."""
    for leaf, true in way.items():
        yield condition_text(leaf if true else p.Not(leaf))  # type: ignore[arg-type]


def by_text(found: Apart) -> str:
    """By how many days the local limit is later or earlier, and on what share of start dates."""
    parts = []
    if found.most > 0:
        least = max(found.least, 1)
        parts.append(f"{_days(least, found.most)} later on {_share(found.later)}")
    if found.least < 0:
        most = min(found.most, -1)
        parts.append(f"{_days(-most, -found.least)} earlier on {_share(found.earlier)}")
    return ", ".join(parts)


def _days(least: int, most: int) -> str:
    return number_of(least, "day") if least == most else f"{least} to {number_of(most, 'day')}"


def _share(share: float) -> str:
    """A share in percent, never rounded to none or to all."""
    if share == 1:
        return "every start date"
    percent = min(max(100 * share, 0.1), 99.9)
    return f"{percent:.1f}% of start dates"
