"""Files that change, and what is run again when they do."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import click

from duly.dsl.diagnostics import PackNotFound, PolicyError
from duly.dsl.files import SCENARIOS
from duly.engine.cli.mistakes import show_mistakes
from duly.engine.raw import PlanError

Stamps = Mapping[Path, tuple[int, int]]
"""When each rule file was last written, and how long it is."""

PAUSE = 0.5
"""Seconds between two looks: quick for whoever saves a file, and next to nothing to do."""


def stamps(folders: Iterable[Path]) -> Stamps:
    """The rule files of packs, and of their scenarios, as they are now."""
    found = {}
    for folder in folders:
        for path in (*folder.glob("*.duly"), *folder.glob(f"{SCENARIOS}/*.duly")):
            status = path.stat()
            found[path] = (status.st_mtime_ns, status.st_size)
    return found


def changed(before: Stamps, now: Stamps) -> list[Path]:
    """Files that are new, gone, or written since."""
    return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))


def watch(
    run: Callable[[], Iterable[Path]],
    folders: Iterable[Path],
    wait: Callable[[], None] = lambda: time.sleep(PAUSE),
) -> None:
    """Run now, and again after each change in the folders, until Ctrl-C.

    ``run`` returns the folders that it depended on; ``wait`` lets some time pass.
    """
    known = set(folders)
    before = stamps(known)
    try:
        while True:
            known |= _run(run)
            before = {**stamps(known), **before}  # what was written meanwhile is a change
            before = _next_change(before, known, wait)
    except KeyboardInterrupt:
        click.echo("stopped")


def _run(run: Callable[[], Iterable[Path]]) -> set[Path]:
    """Run once; a mistake in the rules is shown, to be mended while the watch goes on."""
    try:
        folders = set(run())
    except PolicyError as error:
        click.echo(f"{show_mistakes(error)} found")
        folders = set()
    except (PlanError, PackNotFound) as error:
        click.echo(f"error: {error}")
        folders = set()
    click.echo("waiting for a change; Ctrl-C ends it")
    return folders


def _next_change(before: Stamps, known: Iterable[Path], wait: Callable[[], None]) -> Stamps:
    """Wait until a file differs, and say which."""
    while True:
        wait()
        now = stamps(known)
        if files := changed(before, now):
            click.echo(f"\nchanged: {', '.join(path.name for path in files)}")
            return now
