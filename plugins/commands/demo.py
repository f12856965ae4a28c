"""``duly demo``: the whole of it on an invented caseload."""

from __future__ import annotations

import shlex
import shutil
import sys
from datetime import date
from pathlib import Path

import click

from duly.dsl.plurals import number_of
from duly.engine import discovery
from duly.engine.cli.run import progress
from duly.engine.cli.summary import show_summary
from duly.engine.compiled import compiled
from duly.engine.obligations import Obligations
from duly.engine.pipeline import run
from duly.plugins.sample import make_caseload

AS_AT = date(2026, 3, 31)


@click.command("demo")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("duly-demo"),
    show_default=True,
    help="Where to write.",
)
@click.option("--children", default=3000, show_default=True, type=click.IntRange(1))
@click.option("--seed", default=1, show_default=True)
def command(folder: Path, children: int, seed: int) -> None:
    """Invent a caseload, run the Stoke pack over the law on it, and write list and report."""
    facts = folder / "facts"
    with progress() as tell:
        sample = make_caseload(
            facts,
            children,
            seed,
            AS_AT,
            progress=lambda done, of: tell(f"inventing child {done} of {of}"),
        )
        invented = number_of(sample.children, "child", "children")
        click.echo(f"invented {invented} with six years of history in {facts}")
        manager = discovery.plugin_manager()
        result = run(compiled(manager, "stoke"), [f"csv:{facts}"], manager, AS_AT, progress=tell)
    show_summary(result)
    formats = discovery.outputs(manager)
    for name, file in (("csv", "obligations.csv"), ("html", "report.html")):
        for path in formats[name].write(result, folder / file):
            click.echo(f"wrote {path}")
    overdue = _first_overdue(result.obligations)
    duly = _typed()
    click.echo("\nwhat to try next:")
    click.echo(f"  open {folder / 'report.html'} in a browser")
    if overdue:
        click.echo(
            f"  {duly} explain --pack stoke --facts csv:{facts} --as-at {AS_AT} --subject {overdue}"
        )
    click.echo(f"  {duly} check && {duly} test")
    click.echo(f"  {duly} facts template my-facts")


def _typed() -> str:
    """What to type for this command where it was started: its path if its name is not found."""
    return "duly" if shutil.which("duly") else shlex.quote(sys.argv[0])


def _first_overdue(obligations: Obligations) -> str:
    """A child with something overdue, to explain; blank if there is none."""
    pairs = zip(obligations.columns["subject_id"], obligations.columns["verdict"], strict=True)
    return next((str(subject) for subject, verdict in pairs if verdict == "overdue"), "")
