"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date

import click

from duly.dsl.diagnostics import did_you_mean
from duly.engine.days import MISSING, date_of, read_day


class Day(click.ParamType[date]):
    """A date: ``2026-03-31`` or ``31/03/2026``."""

    name = "date"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        day = read_day(str(value).strip())
        if day < 0:
            blank = "it is blank" if day == MISSING else "write 2026-03-31 or 31/03/2026"
            self.fail(f"`{value}` is not a date: {blank}", param, ctx)
        return date_of(day)


DAY = Day()

pack = click.option("--pack", "pack", required=True, help="An installed pack or a folder.")
facts = click.option(
    "--facts",
    "facts",
    required=True,
    multiple=True,
    metavar="SOURCE",
    help="Where the facts are: csv:, parquet: or ssd:FOLDER; may be given several times.",
)
as_at = click.option("--as-at", "as_at", required=True, type=DAY, help="The day asked about.")
known_at = click.option(
    "--known-at", "known_at", type=DAY, default=None, help="Only what was recorded by this day."
)

Command = Callable[..., None]


def format_(formats: Iterable[str], says: str) -> Callable[[Command], Command]:
    """``--format``, by the names of a command's formats; the first where none is asked for."""
    names = list(formats)
    return click.option(
        "--format",
        "format_",
        type=click.Choice(names),
        default=names[0],
        show_default=True,
        help=says,
    )


def rules_called(name: str, known: Iterable[str]) -> list[str]:
    """The qualified names that a rule's name stands for: in every pack, unless one is named."""
    known = list(known)
    found = [q for q in known if q == name or q.split(".")[1] == name]
    if not found:
        names = {*known, *(q.split(".")[1] for q in known)}
        guess = did_you_mean(name, names) or "see `duly check`"
        raise click.UsageError(f"there is no rule `{name}`; {guess}")
    return found
