"""Two duties of one pack that ask for the same act and differ in limit or in force."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from duly.dsl import policy as p
from duly.dsl.source import Span
from duly.engine.clauses import Stated, durations, nowhere_later
from duly.engine.lints import Finding, Linted


def check(linted: Linted) -> Iterator[Finding]:
    """Pairs of like duties that stand at the same time and differ.

    Two labelled duties of one rule are meant: that is how to write down a source that says both.
    So is a softer duty that asks for more: the law's limit, and good practice.
    """
    for duties in linted.alike():
        for first, last in combinations(duties, 2):
            meant = _labelled(first, last) or _soft_asks_for_more(first, last)
            if first.in_force == last.in_force and not meant:
                yield from _of_pair(first, last)


def _labelled(first: Stated, last: Stated) -> bool:
    labels = {first.duty.label, last.duty.label}
    return first.rule == last.rule and None not in labels and len(labels) == 2


def _soft_asks_for_more(first: Stated, last: Stated) -> bool:
    """Whether the softer of the two begins with a limit that is nowhere the later one."""
    firm, soft = sorted((first, last), key=lambda each: p.FIRMEST_FIRST.index(each.duty.force))
    limits = [next(durations(each.duty.steps[0].timing), None) for each in (firm, soft)]
    differ = firm.duty.force != soft.duty.force and limits[0] != limits[1]
    return differ and nowhere_later(limits[1], limits[0])


def _of_pair(first: Stated, last: Stated) -> Iterator[Finding]:
    sentences = (_sentence(first), _sentence(last))
    if first.limits != last.limits:
        yield _finding(*sentences, last.duty.span, "one act with different limits")
    elif first.duty.force != last.duty.force:
        yield _finding(*sentences, last.duty.span, "one act with different force")


def _finding(first: str, last: str, span: Span, what: str) -> Finding:
    return Finding(
        f"`{first}` and `{last}` ask for {what}",
        span,
        why="a child can be in time by one and overdue by the other, and nobody can tell which "
        "was meant",
        help="keep the one that the source asks for; if it asks for both, write them into one "
        "rule, each with a label of its own",
    )


def _sentence(stated: Stated) -> str:
    return f"{p.force_words(stated.duty.force)} {stated.words}"
