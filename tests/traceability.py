"""The pages that say what has become of each row of the sources of the packs.

``python -m tests.traceability`` writes them anew; ``tests/test_traceability.py`` compares.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from duly.engine import discovery
from duly.engine.cli.formats.rows import Shown, markdown
from duly.engine.tracing import Trace, trace

FOLDER = Path(__file__).parent.parent / "docs/reference/traceability"

INTRODUCTION = (
    "Made by `duly trace {packs} --format markdown` from the rules of the packs, their scenarios "
    "and the table of rows; not written by hand. [How to read it](index.md) says what each column "
    "and each answer means."
)


@cache
def traces() -> dict[str, Trace]:
    """What has become of the rows of all packs that are installed, by the pack with the table."""
    manager = discovery.plugin_manager()
    return {each.pack.name: each for each in trace(manager, discovery.packs(manager)) if each.rows}


def page_of(pack: str) -> Path:
    """The page about a pack."""
    return FOLDER / f"{pack}.md"


def written(found: Trace) -> str:
    """What the page about a pack has to say now."""
    title, *rest = markdown([Shown(found)])
    packs = " ".join((found.pack.name, *found.others))
    return "\n".join([title, "", INTRODUCTION.format(packs=packs), *rest, ""])


def main() -> None:
    """Write every page."""
    for pack, found in traces().items():
        page_of(pack).write_text(written(found), encoding="utf-8")


if __name__ == "__main__":
    main()
