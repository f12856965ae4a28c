"""What each mistake in a rule file says, whole: one file of ``messages`` for each.

A case begins with a sentence on what it shows; then files, each under its name, and under
``says`` what is said of them.  ``pytest tests/dsl --record`` writes that part anew.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from duly.dsl.diagnostics import PolicyError, render
from duly.dsl.packs import LoadedPolicy

Load = Callable[[], LoadedPolicy]

MESSAGES = Path(__file__).resolve().parent / "messages"
HEADING = re.compile(r"^--- (\S+)\n", re.MULTILINE)
EVERY_CASE = pytest.mark.parametrize(
    "case", sorted(MESSAGES.glob("*.txt")), ids=lambda path: path.stem
)


def parts(case: str) -> dict[str, str]:
    """The files of a case by name; what is said of them is ``says``."""
    _, *pieces = HEADING.split(case)
    return dict(zip(pieces[::2], pieces[1::2], strict=True))


def said(load: Load) -> str:
    """Every message about the pack, in the order in which they are printed."""
    try:
        loaded = load()
        loaded.scenarios()
    except PolicyError as error:
        found, sources = error.diagnostics, error.sources
    else:
        found, sources = tuple(loaded.diagnostics.in_order()), loaded.sources
    return "\n\n".join(render(each, sources.get(each.span.file)) for each in found) + "\n"


@EVERY_CASE
def test_a_mistake_says(case: Path, desk: Path, load: Load, request: pytest.FixtureRequest) -> None:
    text = case.read_text(encoding="utf-8")
    files = parts(text)
    expected = files.pop("says")
    for name, content in files.items():
        (desk / name).parent.mkdir(parents=True, exist_ok=True)
        (desk / name).write_text(content, encoding="utf-8")
    result = said(load)
    if request.config.getoption("--record", default=False):
        case.write_text(text.removesuffix(expected) + result, encoding="utf-8")
    else:
        assert result == expected
