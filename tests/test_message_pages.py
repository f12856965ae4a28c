"""The pages about messages: one for each code, with examples that say what the page shows.

``pytest tests/test_message_pages.py --record`` writes what is said, and the index, anew.
"""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from duly.engine import discovery
from duly.engine.checking import check
from duly.engine.cli.formats.text import render
from tests.codes import codes, unclear

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs/reference/messages"
INDEX = FOLDER / "index.md"
PAGES = {path.stem: path for path in sorted(FOLDER.glob("*.md")) if path != INDEX}
BEGIN, END = "<!-- codes: begin (generated) -->\n", "<!-- codes: end -->\n"

BEFORE = 'pack local "Local standards" over statutory\nsource standards "Practice standards"\n'
"""What an example without a `pack` statement stands beside."""

BESIDES = {"too-many-mistakes": {"unfinished-sentence"}}
"""Codes that come with another, for the pages of which that cannot be helped."""

INSTALLED = re.compile(rf"{re.escape(str(ROOT))}/policies/(\S+?):\d+:\d+")
"""A place in an installed pack: a page names the file alone, wherever it is installed."""

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^--- (\S+)(?: saved as (\S+))?(?: repeated (\d+) times)?\n", re.MULTILINE)
EVERY_PAGE = pytest.mark.parametrize("code", PAGES)


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder for the packs of the examples."""
    monkeypatch.chdir(tmp_path)


def blocks(page: str) -> dict[str, str]:
    """The bad example, what it says, and the good example."""
    return dict(FENCE.findall(page))


def write(example: str) -> None:
    """The files of an example: those that it names, else one file, or one beside ``pack.duly``."""
    _, *pieces = HEADING.split(example)
    files = list(zip(*[iter(pieces)] * 4, strict=True))
    if not files and "pack " in example:
        files = [("local/pack.duly", None, None, example)]
    elif not files:
        files = [
            ("local/pack.duly", None, None, BEFORE),
            ("local/example.duly", None, None, example),
        ]
    for name, encoding, times, text in files:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_bytes((text * int(times or 1)).encode(encoding or "utf-8"))


def said(example: str) -> dict[str, str]:
    """What is said of an example, whole, by code; not what lints say, which have their pages."""
    write(example)
    found = check(discovery.plugin_manager(), "local", date(2025, 6, 1))
    by_code: dict[str, str] = {}
    for each in (each for each in found.messages if not each.is_lint):
        shown = INSTALLED.sub(r"\1", render(each, found.sources.get(each.span.file)) + "\n")
        by_code[each.code] = f"{by_code[each.code]}\n{shown}" if each.code in by_code else shown
    return by_code


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert codes(ROOT) == set(PAGES)


def test_every_code_can_be_found_in_the_source() -> None:
    assert unclear(ROOT) == []


@EVERY_PAGE
def test_the_bad_example_says_what_the_page_shows(
    code: str, request: pytest.FixtureRequest
) -> None:
    page = PAGES[code].read_text(encoding="utf-8")
    shown = blocks(page)
    found = said(shown["bad"])
    assert set(found) == {code, *BESIDES.get(code, ())}
    words = found[code]
    if request.config.getoption("--record"):
        page = page.replace(f"```says\n{shown['says']}```", f"```says\n{words}```")
        PAGES[code].write_text(page, encoding="utf-8")
    else:
        assert words == shown["says"]


@EVERY_PAGE
def test_nothing_is_said_of_the_good_example(code: str) -> None:
    shown = blocks(PAGES[code].read_text(encoding="utf-8"))
    good = shown["good"] if "good" in shown else shown["duly"]  # several files, or one
    assert said(good) == {}


@EVERY_PAGE
def test_a_page_is_headed_by_its_code(code: str) -> None:
    assert PAGES[code].read_text(encoding="utf-8").startswith(f"# `{code}`\n\n")


def test_the_index_lists_every_code(request: pytest.FixtureRequest) -> None:
    text = INDEX.read_text(encoding="utf-8")
    before, rest = text.split(BEGIN)
    written = f"{before}{BEGIN}\n{listed()}\n{END}{rest.split(END)[1]}"
    if request.config.getoption("--record"):
        INDEX.write_text(written, encoding="utf-8")
    else:
        assert text == written


def listed() -> str:
    """A row for each code, with the first sentence of its page."""
    rows = ["| code | in short |", "|---|---|"]
    for code, path in PAGES.items():
        prose = path.read_text(encoding="utf-8").split("\n\n")[1].replace("\n", " ")
        first = re.split(r"(?<=[.:])\s", prose)[0].rstrip(":.")
        rows.append(f"| [`{code}`]({code}.md) | {first}. |")
    return "\n".join(rows) + "\n"
