"""A pack that is checked again: the answer is as quick as it can be, and never yesterday's."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]


def written(cache: Path) -> dict[str, int]:
    """What is kept of checks, and when it was written."""
    return {path.name: path.stat().st_mtime_ns for path in cache.glob("checked-*")}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("format_", ["text", "json", "github"])
def test_what_was_found_is_found_again(duly: Duly, desk: Path, cache: Path, format_: str) -> None:
    change(desk / "city/pack.duly", "every 4 weeks", "every 4 week")
    first = duly("check", "law", "city", "--format", format_)
    before = written(cache)
    assert "unit-number" in first.out
    assert len(before) == 2
    assert duly("check", "law", "city", "--format", format_) == first
    assert written(cache) == before


def of_the_pack(desk: Path) -> None:
    change(desk / "city/pack.duly", "every 4 weeks", "every 4 week")


def of_the_pack_below(desk: Path) -> None:
    change(desk / "law/pack.duly", "rule visits", "rule visiting")


def of_the_vocabulary_below(desk: Path) -> None:
    change(desk / "law/pack.duly", "event agreed", "event settled")


def of_a_scenario(desk: Path) -> None:
    change(desk / "city/scenarios/visits.duly", "expect visits", "expect visit")


def a_file_more(desk: Path) -> None:
    (desk / "city/more.duly").write_text("rule reviews must hold reviews", encoding="utf-8")


def a_file_less(desk: Path) -> None:
    (desk / "city/scenarios/visits.duly").unlink()


def a_table_of_rows(desk: Path) -> None:
    (desk / "city/rows.csv").write_text("row,kind\n", encoding="utf-8")


def a_file_that_is_no_text(desk: Path) -> None:
    (desk / "city/empty.duly").write_bytes(b"\xff")


def the_pack_below_gone(desk: Path) -> None:
    (desk / "law").rename(desk / "old_law")


CHANGES = [
    of_the_pack,
    of_the_pack_below,
    of_the_vocabulary_below,
    of_a_scenario,
    a_file_more,
    a_file_less,
    a_table_of_rows,
    a_file_that_is_no_text,
    the_pack_below_gone,
]


@pytest.mark.parametrize("changed", CHANGES, ids=lambda each: each.__name__)
def test_a_change_is_seen(
    duly: Duly,
    desk: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    changed: Callable[[Path], None],
) -> None:
    (desk / "city/empty.duly").write_text("", encoding="utf-8")
    first = duly("check", "city")
    assert duly("check", "city") == first
    changed(desk)
    again = duly("check", "city")
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "nothing kept"))
    assert again == duly("check", "city")
    assert again != first


def test_what_is_put_back_is_found_as_it_was(duly: Duly, desk: Path, cache: Path) -> None:
    first = duly("check", "city")
    change(desk / "city/pack.duly", "every 4 weeks", "every 4 week")
    assert duly("check", "city") != first
    change(desk / "city/pack.duly", "every 4 week", "every 4 weeks")
    assert duly("check", "city") == first


def test_each_day_is_another_question(duly: Duly, desk: Path, cache: Path) -> None:
    change(desk / "city/pack.duly", "over law", "over law review by 1 May 2024")
    early, late = (
        ("check", "city", "--as-at", "2024-05-01"),
        ("check", "city", "--as-at", "2024-05-09"),
    )
    for _ in range(2):
        assert "review-overdue" not in duly(*early).out
        assert "8 days ago" in duly(*late).out


def test_the_same_name_in_another_folder_is_another_pack(
    duly: Duly, desk: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a pack stands over is looked for beside it, then where the command is typed."""
    city = str(desk / "city")
    assert duly("check", city).code == 0
    (desk / "elsewhere").mkdir()
    (desk / "law").rename(desk / "elsewhere/law")
    assert "there is no pack `law`" in duly("check", city).out
    monkeypatch.chdir(desk / "elsewhere")
    assert duly("check", city).code == 0


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_cache_is_passed_over(
    duly: Duly, desk: Path, cache: Path, damage: bytes | None
) -> None:
    first = duly("check", "city")
    (place,) = cache.glob("checked-*")
    place.write_bytes(place.read_bytes()[:-1] if damage is None else damage)
    assert duly("check", "city") == first


# ---------------------------------------------------------------------- plugins

PLUGIN = """
from duly.engine.hookspecs import Lint, hookimpl

def load():
    from ours_lint import check
    return check

@hookimpl
def register_lints():
    return [Lint("ours", "Ours.", load)]
"""
LINT = """
from duly.engine.lints import Finding

def check(linted):
    yield Finding("{title}", linted.pack.span, "it is one", "think of it")
"""


@pytest.fixture
def installed(desk: Path) -> Path:
    """A folder beside what is installed, with a plugin of somebody else's in it."""
    folder = desk / "site"
    (folder / "ours-1.dist-info").mkdir(parents=True)
    (folder / "ours-1.dist-info/METADATA").write_text("Name: ours\nVersion: 1\n", encoding="utf-8")
    points = "[duly]\nours = ours_plugin\n"
    (folder / "ours-1.dist-info/entry_points.txt").write_text(points, encoding="utf-8")
    (folder / "ours_plugin.py").write_text(PLUGIN, encoding="utf-8")
    (folder / "ours_lint.py").write_text(LINT.format(title="as it was"), encoding="utf-8")
    return folder


def in_a_process_of_its_own(site: Path) -> str:
    command = [str(Path(sys.executable).parent / "duly"), "check", "city"]
    env = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True, text=True).stdout


def test_a_plugin_that_changes_is_asked_again(desk: Path, cache: Path, installed: Path) -> None:
    first = in_a_process_of_its_own(installed)
    assert "as it was" in first
    before = written(cache)
    assert in_a_process_of_its_own(installed) == first
    assert written(cache) == before
    change(installed / "ours_lint.py", "as it was", "as it now is")
    assert "as it now is" in in_a_process_of_its_own(installed)


def test_a_plugin_that_goes_is_heard_no_more(desk: Path, cache: Path, installed: Path) -> None:
    assert "as it was" in in_a_process_of_its_own(installed)
    (installed / "ours-1.dist-info/entry_points.txt").unlink()
    assert "as it was" not in in_a_process_of_its_own(installed)


def test_what_else_is_installed_may_matter(desk: Path, cache: Path, installed: Path) -> None:
    in_a_process_of_its_own(installed)
    before = written(cache)
    (installed / "ours-1.dist-info").rename(installed / "ours-2.dist-info")
    in_a_process_of_its_own(installed)
    assert written(cache) != before
