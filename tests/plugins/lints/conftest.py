"""A pack of a few lines over a small law, and what one lint says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import pytest

from duly.dsl.diagnostics import Diagnostics, render
from duly.dsl.packs import LoadedPolicy
from duly.dsl.parser import parse_text
from duly.dsl.resolve import PackText, resolve
from duly.dsl.source import SourceText
from duly.engine import discovery
from duly.engine.lints import Linted, findings
from duly.engine.lower import lower

Lint = Callable[..., list[str]]

LAW = """
pack law "The law"
source act "The Act"
subject child "A child" alias CLA
  has detained yes/no
role IRO
period plan "A plan"
period placement "A placement"
  has type one of (foster, parents, residential)
period agreement "An agreement" of placement
  has given_by role
event visit "A visit" verb visit
  has kind one of (cla, cp)
  has seen_alone yes/no
  milestone recorded_on by record
event review "A review" verb hold
event agreed "Agreed as permanent" of placement
define permanent as some agreed

rule visits "Visits"
  cite act "section 1"
  during placement
  must visit visit every 6 weeks,
    unless permanent then 6 months

rule records "Records"
  cite act "section 2"
  must record visit within 10 working days
"""

HEADING = 'pack local "Local" over law source handbook "Handbook"'


def load(*texts: str) -> LoadedPolicy:
    """The packs from the law upwards, each as one text."""
    diagnostics = Diagnostics()
    files = [f"{number}.duly" for number in range(len(texts))]
    packs = tuple(
        PackText(file, (parse_text(text, file, diagnostics),))
        for file, text in zip(files, texts, strict=True)
    )
    policy = resolve(packs, diagnostics)
    assert diagnostics.found == []
    sources = {file: SourceText(file, text) for file, text in zip(files, texts, strict=True)}
    return LoadedPolicy(policy, policy.packs[-1].name, packs, sources, diagnostics)


@pytest.fixture
def says(request: pytest.FixtureRequest) -> Lint:
    """What the lint that the test's file is named after says of a pack over the law.

    The pack's heading is put in front where the text has none.  The last line, the lint's own
    page, is the same in each and left out.
    """
    name = request.path.stem.removeprefix("test_").replace("_", "-")
    lint = discovery.lints(discovery.plugin_manager())[name]

    def run(text: str, *, day: date = date(2025, 6, 1), below: Sequence[str] = (LAW,)) -> list[str]:
        whole = text if text.startswith("pack ") else f"{HEADING}\n{text}"
        loaded = load(*below, whole)
        linted = Linted(loaded, lower(loaded.policy), loaded.scenarios(), day)
        shown = [render(each, loaded.sources[each.span.file]) for each in findings([lint], linted)]
        page = f"\n  page: docs/reference/lints/{name}.md"
        assert all(each.endswith(page) for each in shown)
        return [each.removesuffix(page) for each in shown]

    return run
