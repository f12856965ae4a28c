"""A pack whose own day of review has gone by."""

from __future__ import annotations

from collections.abc import Iterator

from duly.dsl.plurals import number_of
from duly.engine.days import long_date
from duly.engine.lints import Finding, Linted


def check(linted: Linted) -> Iterator[Finding]:
    """The pack, where it is past its ``review by`` on the day asked about."""
    pack = linted.pack
    if pack.review_by is None or linted.day <= pack.review_by:
        return
    days = (linted.day - pack.review_by).days
    yield Finding(
        f"pack `{pack.name}` was to be reviewed by {long_date(pack.review_by)}, "
        f"{number_of(days, 'day')} ago",
        pack.span,
        why="children may be held to standards that their authors no longer stand by",
        help="ask whether the document still stands, and then set a new `review by`",
    )
