"""How a run came out, on the terminal: each rule on both clocks, then what was not known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import click

from duly.dsl.plurals import noun, number_of
from duly.engine.conclude import RuleSummary, families
from duly.engine.days import long_date
from duly.engine.obligations import VERDICTS
from duly.engine.pipeline import Run
from duly.engine.raw import Quarantined

_HEADINGS = {
    "met": "met",
    "met_late": "late",
    "overdue": "overdue",
    "not_met": "not met",
    "due": "due",
    "lapsed": "lapsed",
    "exempt": "exempt",
    "cannot_tell": "can't tell",
    "needs_judgement": "judge",
}

_FEW, _FEW_ROWS, _SEVERAL = 5, 10, 12
"""How many names, quarantined rows and notes are told before the rest is counted."""


def show_summary(result: Run, *, every_note: bool = False) -> None:
    """Print rules as lines, a local rule under the law that it refines."""
    law = next(iter(result.policy.packs)).name
    click.echo(
        f"As at {long_date(result.as_at)}, obligations open or settled since "
        f"{long_date(result.since)}; facts from {result.facts}"
    )
    click.echo()
    clocks = {
        pack.name: "law" if pack.name == law else f"local {pack.name}"
        for pack in result.policy.packs
    }
    width = max((len(s.rule) for s in result.summaries), default=10) + 2
    aside = max(len(clock) for clock in ("clock", *clocks.values())) + 1
    headings = "".join(f"{_HEADINGS[v]:>11}" for v in VERDICTS)
    click.echo(f"{'rule':<{width}}{'clock':<{aside}}{headings}")
    listed, untold = _divided(families(result.summaries))
    for summary in listed:
        counts = "".join(f"{summary.verdicts.get(v, 0) or '.':>11}" for v in VERDICTS)
        click.echo(f"{summary.rule:<{width}}{clocks[summary.pack]:<{aside}}{counts}")
    click.echo()
    _show_untold(untold)
    _show_rows(result, len(result.notes) if every_note else _SEVERAL)


def _divided(summaries: Iterable[RuleSummary]) -> tuple[list[RuleSummary], list[RuleSummary]]:
    """Rules that came to something, and those of which, for all their obligations, nothing is told.

    A rule that has no obligation is in neither: the notes name it.
    """
    owed = [summary for summary in summaries if summary.total]
    untold = [s for s in owed if s.verdicts.get("cannot_tell", 0) == s.total]
    return [summary for summary in owed if summary not in untold], untold


def _show_untold(untold: Sequence[RuleSummary]) -> None:
    if untold:
        names = _some([summary.qualified for summary in untold])
        owed = number_of(sum(summary.total for summary in untold), "obligation")
        click.echo(f"nothing can be told of {number_of(len(untold), 'rule')}, {owed}: {names}")


def _some(names: Sequence[str]) -> str:
    """The first few names, and how many more there are."""
    more = f" and {len(names) - _FEW:,} more" if len(names) > _FEW else ""
    return f"{', '.join(names[:_FEW])}{more}"


def _show_rows(result: Run, notes: int) -> None:
    click.echo(
        f"{number_of(result.rows_read, 'row')} in = {result.rows_used:,} used "
        f"+ {len(result.quarantine):,} quarantined"
    )
    _show_quarantine(result.quarantine)
    for note in result.notes[:notes]:
        click.echo(f"note: {note}")
    if len(result.notes) > notes:
        more = number_of(len(result.notes) - notes, "more note")
        click.echo(f"… and {more}; a run with `--every-note` lists all")
    earlier = sum(summary.earlier for summary in result.summaries)
    owed = number_of(result.count, "obligation")
    click.echo(f"{owed}; {earlier:,} settled earlier {noun(earlier, 'is', 'are')} left out")


def _show_quarantine(refused: Sequence[Quarantined]) -> None:
    """Each row while they are few; else, of each column and reason, how many there are."""
    if len(refused) <= _FEW_ROWS:
        for row in refused:
            click.echo(f"  {row.place}, row {row.row}, {row.column} `{row.value}`: {row.reason}")
        return
    alike: dict[tuple[str, str, str], list[Quarantined]] = {}
    for row in refused:
        alike.setdefault((row.place, row.column, row.reason), []).append(row)
    for (place, column, reason), rows in alike.items():
        first = f"row {rows[0].row} `{rows[0].value}`"
        those = first if len(rows) == 1 else f"{number_of(len(rows), 'row')}, the first {first}"
        click.echo(f"  {place}, {column}: {reason}: {those}")
    click.echo("  `duly facts check` lists them all")
