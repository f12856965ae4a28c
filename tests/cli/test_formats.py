"""``duly check --format``: the same findings for a terminal, a pipe, a program and GitHub."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from duly.engine.cli.check import command

Duly = Callable[..., Any]

MISTAKEN = """\
pack city "City"
  over law

rule ours
  cite act "1"
  must visit child_in_placment every 6 week
"""
ERROR = "`visit child_in_placment` is no phrase or verb of an event known here"
KNOWN = "known here: `hold review`, `record visit`, `visit child_in_placement`"


@pytest.fixture
def mistaken(desk: Path) -> None:
    """A city whose one rule has a mistake and a warning."""
    (desk / "city/scenarios/visits.duly").unlink()
    (desk / "city/pack.duly").write_text(MISTAKEN, encoding="utf-8")


def checked(*words: str, color: bool = False, **env: str) -> str:
    return CliRunner().invoke(command, words, color=color, env=env).output


@pytest.mark.usefixtures("mistaken")
@pytest.mark.parametrize("format_", ["text", "plain", "json", "github"])
@pytest.mark.parametrize(("pack", "code"), [("law", 0), ("city", 1), ("cite", 2), ("bare", 3)])
def test_the_exit_code_is_the_same_in_every_format(
    duly: Duly, desk: Path, pack: str, code: int, format_: str
) -> None:
    (desk / "bare").mkdir()
    (desk / "bare/pack.duly").write_text('pack bare "Bare" over law\n', encoding="utf-8")
    assert duly("check", pack, "--format", format_).code == code


@pytest.mark.usefixtures("mistaken")
def test_a_terminal_shows_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    shown = checked("city", color=True)
    assert shown.startswith(f"\x1b[31m\x1b[1merror:\x1b[0m \x1b[1m{ERROR}\x1b[0m [unknown-name]\n")
    assert "\x1b[33m\x1b[1mwarning:\x1b[0m" in shown


@pytest.mark.usefixtures("mistaken")
def test_colour_can_be_left_out() -> None:
    asked_for = checked("city", "--format", "plain", color=True)
    assert "\x1b" not in asked_for
    assert checked("city", color=True, NO_COLOR="1") == asked_for
    assert checked("city") == asked_for  # no terminal


@pytest.mark.usefixtures("mistaken")
def test_one_object_of_json() -> None:
    assert json.loads(checked("city", "--format", "json")) == {
        "schema": 1,
        "errors": 1,
        "warnings": 1,
        "packs": [
            {
                "wanted": "city",
                "name": None,
                "over": None,
                "rules": 0,
                "duties": 0,
                "scenarios": 0,
            },
        ],
        "messages": [
            {
                "pack": "city",
                "code": "unknown-name",
                "severity": "error",
                "title": ERROR,
                "file": "city/pack.duly",
                "line": 6,
                "column": 8,
                "end_line": 6,
                "end_column": 31,
                "why": "a duty that rests on an unknown name is computed for no child",
                "compared": {
                    "words": KNOWN,
                    "file": None,
                    "line": None,
                    "column": None,
                    "end_line": None,
                    "end_column": None,
                },
                "help": "did you mean `visit child_in_placement`?",
                "page": "docs/reference/messages/unknown-name.md",
            },
            {
                "pack": "city",
                "code": "unit-number",
                "severity": "warning",
                "title": "`6 week` is read as `6 weeks`",
                "file": "city/pack.duly",
                "line": 6,
                "column": 38,
                "end_line": 6,
                "end_column": 44,
                "why": "read aloud it leaves a doubt by which day a child must be seen",
                "compared": None,
                "help": "write `6 weeks`",
                "page": "docs/reference/messages/unit-number.md",
            },
        ],
    }


@pytest.mark.usefixtures("desk")
def test_the_size_of_each_pack_is_in_json() -> None:
    law, city = json.loads(checked("law", "city", "--format", "json"))["packs"]
    size = {"rules": 2, "duties": 2, "scenarios": 0}
    assert law == {"wanted": "law", "name": "law", "over": None, **size}
    size = {"rules": 1, "duties": 1, "scenarios": 1}
    assert city == {"wanted": "city", "name": "city", "over": "law", **size}


@pytest.mark.usefixtures("mistaken")
def test_annotations_on_github() -> None:
    assert checked("city", "--format", "github") == (
        "::error file=city/pack.duly,line=6,endLine=6,col=8,endColumn=30,"
        "title=`visit child_in_placment` is no phrase "
        "or verb of an event known here [unknown-name]"
        "::why: a duty that rests on an unknown name is computed for no child"
        f"%0Awith: {KNOWN}"
        "%0Ahelp: did you mean `visit child_in_placement`?"
        "%0Apage: docs/reference/messages/unknown-name.md\n"
        "::warning file=city/pack.duly,line=6,endLine=6,col=38,endColumn=43,"
        "title=`6 week` is read as `6 weeks` [unit-number]"
        "::why: read aloud it leaves a doubt by which day a child must be seen"
        "%0Ahelp: write `6 weeks`"
        "%0Apage: docs/reference/messages/unit-number.md\n"
        "city: 1 mistake\n"
    )


def test_annotations_escape_what_github_would_read(desk: Path) -> None:
    text = 'pack city "City" over law\nrule ours cite act "1" visit CLA every 100%, week\n'
    (desk / "city/pack.duly").write_text(text, encoding="utf-8")
    command, _, said = checked("city", "--format", "github").partition("::why: ")
    assert command == (
        "::error file=city/pack.duly,line=2,endLine=2,col=43,endColumn=43,"
        "title=`%25` is not part of the language [unknown-character]"
    )
    assert "%0Ahelp: remove it, or put text in quotation marks%0A" in said


def test_annotations_name_files_from_the_folder_they_are_asked_in(desk: Path) -> None:
    (desk / "city/pack.duly").write_text('pack city "City" over law\n', encoding="utf-8")
    assert checked(str(desk / "city"), "--format", "github").startswith(
        "::warning file=city/pack.duly,line=1,"
    )
