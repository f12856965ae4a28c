"""Documents kept between runs: what comes of a pack is the same, whatever the cache holds."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from duly.dsl.packs import LoadedPolicy

Load = Callable[[], LoadedPolicy]

PACK = 'pack local "Local" over law source handbook "Handbook"\n'
RULES = "".join(
    f'rule r{n} cite handbook "{n}" visit CLA every 6 weeks unless permanent\n' for n in range(40)
)


@pytest.fixture
def cache(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache of its own, and a pack that is large enough to be kept."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "cache"))
    (desk / "local/pack.duly").write_text(PACK + RULES, encoding="utf-8")
    return desk / "cache/duly"


def kept(cache: Path) -> list[Path]:
    return sorted(cache.glob("documents-*"))


def test_the_second_time_gives_the_same_policy(cache: Path, load: Load) -> None:
    first = load()
    (place,) = kept(cache)
    written = place.stat().st_mtime_ns
    again = load()
    assert place.stat().st_mtime_ns == written
    assert again.policy == first.policy
    spans = [[rule.span for rule in each.policy.rules()] for each in (first, again)]
    assert spans[0] == spans[1]


def test_a_changed_file_is_read_anew(cache: Path, desk: Path, load: Load) -> None:
    load()
    changed = (PACK + RULES).replace("6 weeks", "4 weeks")
    (desk / "local/pack.duly").write_text(changed, encoding="utf-8")
    (duty, *_) = load().policy.packs[-1].rules[0].duties
    assert duty.duty.text == "visit CLA every 4 weeks unless permanent"
    assert len(kept(cache)) == 1


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_cache_is_passed_over(cache: Path, load: Load, damage: bytes | None) -> None:
    first = load()
    (place,) = kept(cache)
    place.write_bytes(place.read_bytes()[:-1] if damage is None else damage)
    assert load().policy == first.policy


def test_what_is_warned_of_is_warned_of_again(cache: Path, desk: Path, load: Load) -> None:
    text = (PACK + RULES).replace("6 weeks", "6 week", 1)
    (desk / "local/pack.duly").write_text(text, encoding="utf-8")
    codes = [[message.code for message in load().diagnostics.found] for _ in range(2)]
    assert codes == [["unit-number"], ["unit-number"]]
    assert kept(cache) == []


def test_a_warning_costs_its_own_file_alone(cache: Path, desk: Path, load: Load) -> None:
    warned = 'rule another cite handbook "7" visit CLA every 6 week\n'
    (desk / "local/more.duly").write_text(warned, encoding="utf-8")
    first = load()
    (place,) = kept(cache)
    written = place.stat().st_mtime_ns
    again = load()
    assert again.policy == first.policy
    assert [message.code for message in again.diagnostics.found] == ["unit-number"]
    assert place.stat().st_mtime_ns == written


def test_a_file_by_another_name_is_another_file(cache: Path, desk: Path, load: Load) -> None:
    load()
    (desk / "local/pack.duly").rename(desk / "local/rules.duly")
    files = {rule.span.file for rule in load().policy.packs[-1].rules}
    assert files == {"local/rules.duly"}


def test_a_file_that_is_gone_is_forgotten(cache: Path, desk: Path, load: Load) -> None:
    more = 'rule another cite handbook "7" visit CLA every 6 weeks\n'
    (desk / "local/more.duly").write_text(more, encoding="utf-8")
    assert "local.another" in load().policy.by_name
    (desk / "local/more.duly").unlink()
    assert "local.another" not in load().policy.by_name


def test_a_cache_that_cannot_be_written_is_done_without(
    cache: Path, load: Load, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = load()
    monkeypatch.setenv("XDG_CACHE_HOME", str(kept(cache)[0]))
    assert load().policy == first.policy


def test_no_more_than_a_hundred_folders_are_kept(cache: Path, load: Load) -> None:
    cache.mkdir(parents=True)
    for number in range(100):
        (cache / f"documents-{number}.pickle").touch()
    load()
    assert len(kept(cache)) == 100
