"""``duly explain``: how one child's dates came about."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import date

import click

from duly.dsl.diagnostics import did_you_mean
from duly.dsl.plurals import number_of
from duly.dsl.policy import Grounds, InForce, Policy, Rule, both_in_force
from duly.engine import discovery
from duly.engine.cli import options
from duly.engine.cli.main import NOTHING_CHECKED
from duly.engine.days import long_date
from duly.engine.explain import DutyExplained, Explained, NoSubject, Stretch, explain
from duly.engine.facts import Facts
from duly.engine.pipeline import read_facts


@click.command("explain")
@options.pack
@options.facts
@options.as_at
@options.known_at
@click.option("--subject", required=True, help="The child's id; a worker's is worker:17.")
@click.option("--rule", "rules", multiple=True, help="Only this rule; may be given several times.")
@click.option("--last", default=3, show_default=True, help="How many obligations of each duty.")
def command(
    pack: str,
    facts: tuple[str, ...],
    as_at: date,
    known_at: date | None,
    subject: str,
    rules: tuple[str, ...],
    last: int,
) -> None:
    """Show the clauses, dates and records behind one child's obligations.

    Exit code 0: shown; 2: no such child or rule, or unreadable facts; 3: no rule applied.
    """
    manager = discovery.plugin_manager()
    loaded = discovery.load(manager, pack)
    known = [rule.qualified for rule in loaded.policy.rules()]
    wanted = [name for rule in rules for name in options.rules_called(rule, known)]
    read = read_facts(facts, loaded.policy.kinds, manager, as_at)
    try:
        duties = explain(loaded.policy, read, as_at, subject, wanted, known_at)
    except NoSubject:
        whom, guess = _whom(subject, loaded.policy), _guess(subject, read)
        raise click.UsageError(f"there is no {whom} in the facts; {guess}") from None
    if not duties:
        nothing = f"nothing of {' or '.join(wanted)}" if wanted else "no rule"
        click.echo(f"{nothing} applied to {subject} as at {long_date(as_at)}")
        sys.exit(NOTHING_CHECKED)
    click.echo(f"{subject} as at {long_date(as_at)}")
    told = None
    for duty in duties:
        click.echo()
        if duty.rule is not told:
            click.echo("\n".join(heading(duty.rule, loaded.policy)))
            told = duty.rule
        click.echo("\n".join(describe(duty, last)))


def _whom(subject: str, policy: Policy) -> str:
    """Who was asked for: ``child `42```, ``worker `17```."""
    named, _, own = subject.partition(":")
    kind = next((each.subject for each in policy.subjects if each.subject == named), None)
    return f"{policy.subject.name} `{subject}`" if kind is None else f"{kind} `{own}`"


def _guess(subject: str, read: Facts) -> str:
    """Whom may be meant: another subject of the same id, else somebody of nearly the same."""
    known = [str(id) for each in read.all for id in each.subjects]
    others = [f"`{id}`" for id in known if id.endswith(f":{subject}")]
    if others:
        return f"did you mean {' or '.join(others)}?"
    return did_you_mean(subject, known) or "see the first column of its files"


def heading(rule: Rule, policy: Policy) -> list[str]:
    """A rule as lines of text: its sources, the rows that it encodes, and what it rests on."""
    lines = [*_grounds(rule), *_waivers(rule, policy)]
    return [f"{rule.qualified}: {rule.title}", *(f"  {line}" for line in lines)]


def _waivers(rule: Rule, policy: Policy) -> Iterator[str]:
    """What takes the rule out of force, by which power, and from when to when."""
    for pack in policy.packs:
        for above in pack.rules:
            for waiver in above.waives:
                if waiver.rule == rule.qualified:
                    until = InForce(None, waiver.until)
                    days = both_in_force(pack.in_force, above.in_force, until)
                    since = f" from {long_date(days.start)}" if days.start is not None else ""
                    assert days.end is not None
                    when = f"{since} until {long_date(days.end)}"
                    yield f"waived by {above.qualified} under {waiver.power}{when}"


def _grounds(of: Rule | Grounds) -> Iterator[str]:
    """Sources and rows, the reasons that are given, and what nobody has yet read at source."""
    yield from (f"source: {citation}" for citation in of.citations)
    if of.traces:
        yield f"rows: {', '.join(of.traces)}"
    yield from (f"because {text}" for text in of.because)
    yield from (f"not confirmed: {text}" for text in of.unconfirmed)


def describe(duty: DutyExplained, last: int = 3) -> list[str]:
    """One duty as lines of text: its sentence, its timelines, its latest obligations."""
    lines = [f"  {duty.text}"]
    for words, grounds in duty.grounds:
        behind = f"{words}: " if words else ""
        lines += [f"    {behind}{line}" for line in _grounds(grounds)]
    scopes = duty.stretches[-last:] if last else duty.stretches
    for title, stretches in scopes:
        lines.append(f"  {title}")
        lines += [f"    {stretch_text(stretch)}" for stretch in stretches]
    shown = duty.obligations[-last:] if last else duty.obligations
    if len(shown) < len(duty.obligations):
        lines.append(
            f"  ({len(duty.obligations) - len(shown)} earlier obligations; --last 0 shows all)"
        )
    for obligation in shown:
        lines += [f"  {line}" for line in _obligation(obligation)]
    return lines


def stretch_text(stretch: Stretch) -> str:
    """From when to when a clause stood, and what was true meanwhile."""
    until = f"to {long_date(stretch.last)}" if stretch.last is not None else "on"
    why = [*stretch.true, *(f"not known: {name}" for name in stretch.unknown)]
    grounds = f"  [{'; '.join(why)}]" if why else ""
    return f"{long_date(stretch.first)} {until}: {stretch.clause}{grounds}"


def _same_day(one: date, other: date | None) -> bool:
    return other is not None and one.toordinal() == other.toordinal()


def _obligation(o: Explained) -> Sequence[str]:
    head = f"* {o.verdict}"
    if o.days:
        head += f", {number_of(o.days, 'day')}" + {
            "due": " left",
            "needs judgement": " so far",
        }.get(o.verdict, "")
    lines = [head, f"    {o.duty}"]
    if o.anchored is not None:
        lines.append(f"    from {long_date(o.anchored)}: {o.anchor}")
    if o.window:
        lines.append(f"    window {o.window}")
    if o.deadline is not None:
        lines.append(f"    due  {o.deadline:%A} {long_date(o.deadline)}")
    if o.floor is not None and not _same_day(o.floor, o.deadline):
        lines.append(f"    floor {long_date(o.floor)}, the earlier clock of another layer")
    if o.holidays:
        lines.append(f"    working days, passing over {', '.join(o.holidays)}")
    if o.fulfilled:
        lines.append(f"    done {o.fulfilled}")
    lines.append(f"    why  {o.reason}")
    if o.latest is not None and not _same_day(o.latest, o.deadline):
        lines.append(f"    if it were known, due as late as {long_date(o.latest)}")
    if o.following:
        lines.append(f"    next {o.following}")
    return lines
