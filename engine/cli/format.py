"""``duly format``: bring rule files into their one layout."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from difflib import unified_diff
from io import StringIO
from pathlib import Path
from tempfile import mkstemp

import click
from attrs import frozen

from duly.dsl.diagnostics import Diagnostics, PolicyError
from duly.dsl.files import not_text
from duly.dsl.formatter import format_text
from duly.dsl.plurals import number_of
from duly.engine.cli.main import FINDINGS, NOTHING_CHECKED
from duly.engine.cli.mistakes import show_mistakes

CHANGED, WOULD_CHANGE = "changed", "would change"


@frozen
class Change:
    """A file's text as it is and in its one layout."""

    path: Path
    before: str
    after: str

    def is_one(self) -> bool:
        """Whether anything changes."""
        return self.before != self.after

    def show(self) -> None:
        """Print the lines that change, as ``diff -u`` does."""
        before, after = (StringIO(text, "\n").readlines() for text in (self.before, self.after))
        for line in unified_diff(before, after, str(self.path), str(self.path)):
            click.echo(line.removesuffix("\n"))
            if not line.endswith("\n"):
                click.echo("\\ No newline at end of file")


@click.command("format")
@click.argument(
    "paths",
    nargs=-1,
    required=True,
    metavar="PATH ...",
    type=click.Path(exists=True, path_type=Path),
)
@click.option("--check", is_flag=True, help="Change nothing; list the files that would change.")
@click.option("--diff", is_flag=True, help="Change nothing; show what would change.")
def command(paths: tuple[Path, ...], check: bool, diff: bool) -> None:
    """Bring the rule files at PATHs (.duly files, or folders with all below them) into one layout.

    Words, comments and their order stay as they are; so does a file that cannot be read.

    Exit code 0: fine; 1: a file cannot be read, or with --check or --diff would change;
    2: a path could not be found; 3: there were no rule files.
    """
    files = list(dict.fromkeys(file for path in paths for file in _rule_files(path)))
    if not files:
        click.echo("nothing was formatted: no .duly files found")
        sys.exit(NOTHING_CHECKED)
    changes = _read(files)
    for change in filter(Change.is_one, changes):
        _carry_out(change, check=check, diff=diff)
    changed = sum(map(Change.is_one, changes))
    if not diff:
        looked_at = number_of(len(files), "rule file")
        click.echo(f"{looked_at}: {changed} {WOULD_CHANGE if check else CHANGED}")
    if len(changes) < len(files) or (changed and (check or diff)):
        sys.exit(FINDINGS)


def _carry_out(change: Change, *, check: bool, diff: bool) -> None:
    if diff:
        change.show()
    elif check:
        click.echo(f"{WOULD_CHANGE} {change.path}")
    else:
        _replace(change.path, change.after)
        click.echo(f"{CHANGED} {change.path}")


def _rule_files(path: Path) -> list[Path]:
    """The file, or those in the folder and below it, hidden folders left out."""
    if path.is_dir():
        found = sorted(path.rglob("*.duly"))
        hidden = [any(p.startswith(".") for p in f.relative_to(path).parts) for f in found]
        return [file for file, is_hidden in zip(found, hidden, strict=True) if not is_hidden]
    if path.suffix != ".duly":
        raise click.BadParameter(f"`{path}` is no rule file: their names end in `.duly`")
    return [path]


def _read(files: Iterable[Path]) -> list[Change]:
    """What becomes of each file; one with mistakes is left out, and its messages shown."""
    changes = []
    for path in files:
        try:
            before = _text(path)
            changes.append(Change(path, before, format_text(before, str(path))))
        except PolicyError as error:
            click.echo(f"{path}: {show_mistakes(error)}: left as it is")
    return changes


def _text(path: Path) -> str:
    """The text with its line ends as they are.  Raises ``PolicyError``."""
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        diagnostics = Diagnostics()
        not_text(path, diagnostics)
        raise PolicyError(diagnostics.found, {}) from error


def _replace(path: Path, text: str) -> None:
    """Write the file whole, so that whatever happens meanwhile it is the old one or the new."""
    path = path.resolve()  # a link stays a link
    handle, name = mkstemp(prefix=f".{path.name}.", dir=path.parent)
    fresh = Path(name)
    try:
        os.close(handle)
        fresh.write_text(text, encoding="utf-8", newline="")
        shutil.copymode(path, fresh)
        fresh.replace(path)
    finally:
        fresh.unlink(missing_ok=True)
