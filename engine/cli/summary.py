"""How a run came out, on the terminal: each rule on both clocks, then what was not known."""

from __future__ import annotations

import click

from duly.engine.conclude import families
from duly.engine.days import long_date
from duly.engine.obligations import VERDICTS
from duly.engine.pipeline import Run

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


def show_summary(result: Run) -> None:
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
    for summary in families(result.summaries):
        counts = "".join(f"{summary.verdicts.get(v, 0) or '.':>11}" for v in VERDICTS)
        click.echo(f"{summary.rule:<{width}}{clocks[summary.pack]:<{aside}}{counts}")
    click.echo()
    _show_rows(result)


def _show_rows(result: Run) -> None:
    click.echo(
        f"{result.rows_read:,} rows in = {result.rows_used:,} used "
        f"+ {len(result.quarantine):,} quarantined"
    )
    for row in result.quarantine[:10]:
        click.echo(f"  {row.place}, row {row.row}, {row.column} `{row.value}`: {row.reason}")
    if len(result.quarantine) > 10:
        click.echo(f"  … and {len(result.quarantine) - 10:,} more; `duly facts check` lists all")
    for note in result.notes:
        click.echo(f"note: {note}")
    earlier = sum(summary.earlier for summary in result.summaries)
    click.echo(f"{len(result.obligations):,} obligations; {earlier:,} settled earlier are left out")
