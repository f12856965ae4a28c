"""A pack that is run again: it need not be read again, and is never yesterday's."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]


def written(cache: Path) -> dict[str, int]:
    """What is kept of packs that were run, and when it was written."""
    return {path.name: path.stat().st_mtime_ns for path in cache.glob("compiled-*")}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def obligations(run: Duly) -> tuple[Any, str]:
    """What a run says, and the rows that it writes."""
    ended = run("--out", "csv:out.csv")
    return ended, Path("out.csv").read_text(encoding="utf-8")


READS = """
import sys
from duly.engine.cli.main import cli

cli("run --pack city --facts csv:facts --as-at 2024-04-20".split(), standalone_mode=False)
print("rules were read" if "duly.dsl.packs" in sys.modules else "no rule was read")
"""


def test_what_a_pack_came_to_is_used_again(desk: Path, cache: Path) -> None:
    first, second = (
        subprocess.run([sys.executable, "-c", READS], capture_output=True, check=True, text=True)
        for _ in range(2)
    )
    assert "\nrules were read" in first.stdout
    assert second.stdout == first.stdout.replace("\nrules were read", "\nno rule was read")


def test_it_is_written_once(run: Duly, cache: Path) -> None:
    first = obligations(run)
    before = written(cache)
    assert len(before) == 1
    assert obligations(run) == first
    assert written(cache) == before


def of_the_pack(desk: Path) -> None:
    change(desk / "city/pack.duly", "every 4 weeks", "every 3 weeks")


def of_the_pack_below(desk: Path) -> None:
    change(desk / "law/pack.duly", "every 6 weeks", "every 5 weeks")


def a_file_more(desk: Path) -> None:
    text = (desk / "law/pack.duly").read_text(encoding="utf-8")
    rule = text[text.index("rule visits") :].split("\n\n")[0].replace("rule visits", "rule again")
    (desk / "law/more.duly").write_text(rule, encoding="utf-8")


def the_pack_below_gone(desk: Path) -> None:
    (desk / "law").rename(desk / "old_law")


def a_mistake(desk: Path) -> None:
    change(desk / "city/pack.duly", "every 4 weeks", "every 4 fortnights")


CHANGES = [of_the_pack, of_the_pack_below, a_file_more, the_pack_below_gone, a_mistake]


@pytest.mark.parametrize("changed", CHANGES, ids=lambda each: each.__name__)
def test_a_change_is_seen(
    run: Duly,
    desk: Path,
    cache: Path,
    monkeypatch: pytest.MonkeyPatch,
    changed: Callable[[Path], None],
) -> None:
    first = obligations(run)
    assert obligations(run) == first
    changed(desk)
    again = obligations(run)
    assert again != first
    assert obligations(run) == again
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "nothing kept"))
    assert obligations(run) == again


def test_a_pack_with_mistakes_is_not_kept(run: Duly, desk: Path, cache: Path) -> None:
    a_mistake(desk)
    assert run().code != 0
    assert not written(cache)


def test_what_is_put_back_is_found_as_it_was(run: Duly, desk: Path, cache: Path) -> None:
    first = obligations(run)
    change(desk / "city/pack.duly", "every 4 weeks", "every 3 weeks")
    assert obligations(run) != first
    change(desk / "city/pack.duly", "every 3 weeks", "every 4 weeks")
    assert obligations(run) == first


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_cache_is_passed_over(run: Duly, cache: Path, damage: bytes | None) -> None:
    first = obligations(run)
    (place,) = cache.glob("compiled-*")
    place.write_bytes(place.read_bytes()[:-1] if damage is None else damage)
    assert obligations(run) == first
    assert place.stat().st_size > 1000  # and made anew


def test_processes_beside_are_told_what_is_kept(run: Duly, cache: Path) -> None:
    first = obligations(run)
    again = run("--out", "csv:parts.csv", "--jobs", "2", "--partition-size", "1")
    assert again.code == 0
    assert Path("parts.csv").read_text(encoding="utf-8") == first[1]
