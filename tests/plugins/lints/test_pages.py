"""Every lint is one module, one test and one page of its name, whose examples behave."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.packs import LoadedPolicy
from duly.dsl.parser import parse_text
from duly.dsl.resolve import PackText, resolve
from duly.engine import discovery
from duly.engine.lints import Linted, findings
from duly.engine.lower import lower
from duly.plugins import lints
from duly.plugins.lints import LINTS

HERE = Path(__file__).resolve().parent
MODULES = Path(lints.__file__).parent
PAGES = HERE.parents[2] / "docs/reference/lints"
AS_AT = date(2026, 3, 31)
HEADING = 'pack example "Example" over statutory\nsource handbook "Our handbook"\n'


def names(folder: Path, pattern: str, prefix: str = "") -> set[str]:
    stems = (path.stem.removeprefix(prefix) for path in folder.glob(pattern))
    return {stem.replace("_", "-") for stem in stems}


def test_module_test_and_page_bear_the_name_of_the_lint() -> None:
    assert names(MODULES, "*.py") - {"--init--"} == set(LINTS)
    assert names(HERE, "test_*.py", "test_") - {"pages"} == set(LINTS)
    assert names(PAGES, "*.md") - {"index"} == set(LINTS)


def test_the_index_has_a_line_for_each() -> None:
    rows = re.findall(
        r"^\| \[(.+?)\]\((.+?)\.md\) \| (.*) \|$", (PAGES / "index.md").read_text("utf-8"), re.M
    )
    assert rows == [(name, name, summary) for name, summary in LINTS.items()]


def codes(text: str, lint: str) -> list[str]:
    """What all lints find in an example, framed as the index of the pages says."""
    whole = text if text.startswith("pack ") else HEADING + text
    if lint != "no-scenario":
        whole += "".join(_stories(text))
    law = discovery.load(discovery.plugin_manager(), "statutory").packs
    diagnostics = Diagnostics()
    own = PackText("example", (parse_text(whole, "example", diagnostics),))
    policy = resolve((*law, own), diagnostics)
    assert diagnostics.found == []
    loaded = LoadedPolicy(policy, "example", (*law, own), {}, diagnostics)
    linted = Linted(loaded, lower(policy), loaded.scenarios(), AS_AT)
    found = findings(discovery.lints(discovery.plugin_manager()).values(), linted)
    return [each.code for each in found]


def _stories(text: str) -> Iterator[str]:
    for rule in re.findall(r"^rule (\w+)", text, re.MULTILINE):
        yield f'\nscenario "{rule}" as at 1 January 2026 expect no {rule}\n'


@pytest.mark.parametrize("lint", LINTS)
def test_what_to_avoid_is_found_and_what_to_prefer_is_not(lint: str) -> None:
    page = (PAGES / f"{lint}.md").read_text(encoding="utf-8")
    avoid, prefer = re.findall(r"^```duly\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    assert page.startswith(f"# {lint}\n\n{LINTS[lint]}\n")
    assert (codes(avoid, lint), codes(prefer, lint)) == ([lint], [])
