"""``duly run``: a pack over facts, and the obligations written down."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import click
import pluggy

from duly.dsl.diagnostics import did_you_mean
from duly.engine import discovery
from duly.engine.cli import options
from duly.engine.cli.main import NOTHING_CHECKED
from duly.engine.cli.summary import show_summary
from duly.engine.compiled import compiled
from duly.engine.hookspecs import Request
from duly.engine.memory import keep_what_is_free
from duly.engine.partitions import PARTITION
from duly.engine.pipeline import Progress, Run, run
from duly.engine.raw import FactsError
from duly.engine.streams import given_up_if_it_fails, opened_at


@click.command("run")
@options.pack
@options.facts
@options.as_at
@click.option(
    "--since",
    type=options.DAY,
    default=None,
    help="Leave out what was settled before this day; one year before --as-at by default.",
)
@options.known_at
@click.option(
    "--out",
    multiple=True,
    metavar="FORMAT:PATH",
    help="Where to write, such as csv:obligations.csv; may be given several times.",
)
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=None,
    help="Processes to evaluate large caseloads in; one for each core by default.",
)
@click.option(
    "--partition-size",
    type=click.IntRange(1),
    default=PARTITION,
    show_default=True,
    help="Children evaluated at a time by each process; fewer take less memory.",
)
@click.option(
    "--runner",
    metavar="NAME",
    default=None,
    help="Where to evaluate, such as spark; this machine by default.",
)
@click.option("--every-note", is_flag=True, help="List every note, not the first twelve alone.")
def command(
    pack: str,
    facts: tuple[str, ...],
    as_at: date,
    since: date | None,
    known_at: date | None,
    out: tuple[str, ...],
    jobs: int | None,
    partition_size: int,
    runner: str | None,
    every_note: bool,
) -> None:
    """Run PACK over facts as at a day, show how each rule came out and write the obligations.

    Exit code 0: done; 2: something could not be read; 3: no rule applied to anyone.
    """
    manager = discovery.plugin_manager()
    runners = discovery.runners(manager)
    if runner is not None and runner not in runners:
        raise _no_runner(runner, runners)
    keep_what_is_free()
    ready = compiled(manager, pack)
    request = Request(ready, facts, as_at, since, known_at, out)
    with progress() as tell:
        if runner is not None:
            result, written = runners[runner].run(request, tell)
        else:
            result, files = _here(request, manager, jobs or cores(), partition_size, tell)
            written = [*map(str, files)]
    show_summary(result, every_note=every_note)
    for path in written:
        click.echo(f"wrote {path}")
    if not result.count and not any(s.earlier for s in result.summaries):
        click.echo("nothing was checked: no rule applied to anyone")
        sys.exit(NOTHING_CHECKED)


def _here(
    request: Request, manager: pluggy.PluginManager, jobs: int, size: int, tell: Progress
) -> tuple[Run, Sequence[Path]]:
    """The run on this machine, and the files that it wrote."""
    formats = discovery.outputs(manager)
    split = [discovery.split_address(each, "output format", formats) for each in request.out]
    targets = [(formats[name], Path(place)) for name, place in split]
    _refuse_one_place([place for _, place in targets])
    with given_up_if_it_fails() as streams:
        opened = [opened_at(format, place, streams) for format, place in targets]
        result = run(
            request.pack,
            request.facts,
            manager,
            request.as_at,
            request.since,
            request.known_at,
            tell,
            streams=streams,
            kept=None in opened,
            jobs=jobs,
            size=size,
        )
        return result, [
            path
            for (format, place), stream in zip(targets, opened, strict=True)
            for path in (stream.whole(result) if stream else format.write(result, place))
        ]


def _refuse_one_place(places: Sequence[Path]) -> None:
    for number, place in enumerate(places):
        if place.suffix and place.resolve() in {each.resolve() for each in places[:number]}:
            raise FactsError(
                what=f"two outputs go to `{place}`",
                where="--out",
                why="the one would replace the other",
                help="name another file for one of them",
            )


def _no_runner(name: str, known: Iterable[str]) -> FactsError:
    listed = ", ".join(known)
    return FactsError(
        what=f"there is no runner `{name}`",
        where="--runner",
        why="nothing that is installed evaluates a caseload there",
        help=did_you_mean(name, known)
        or (f"installed: {listed}" if listed else "leave it out to run on this machine"),
    )


def cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def progress() -> Iterator[Progress]:
    """Tells the stages on the terminal as they come, on one line; says nothing into a pipe."""
    shown = sys.stderr.isatty()

    def tell(stage: str) -> None:
        if shown:
            click.echo(f"\r\033[K{stage} ...", nl=False, err=True)

    try:
        yield tell
    finally:
        if shown:
            click.echo("\r\033[K", nl=False, err=True)
