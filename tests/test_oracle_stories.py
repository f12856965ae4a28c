"""Stories whose dates people worked out, told to the oracle: they hold there as they do in Duly."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from duly.dsl.packs import load_policy
from tests.stories import broken, read

ROOT = Path(__file__).resolve().parent.parent
LANGUAGE = ROOT / "tests/language"


@pytest.mark.parametrize("pack", ["statutory", "stoke", "enfield"])
def test_the_stories_of_the_packs_hold(pack: str) -> None:
    loaded = load_policy(ROOT / "policies" / pack, lambda below: ROOT / "policies" / below)
    scenarios = loaded.scenarios()
    assert [it for scenario in scenarios for it in broken(loaded.policy, scenario)] == []


@pytest.mark.parametrize("folder", [LANGUAGE, LANGUAGE / "meanings"])
def test_the_stories_of_every_sentence_and_meaning_hold(folder: Path) -> None:
    loaded = load_policy(folder, lambda below: LANGUAGE)
    scenarios = loaded.scenarios()
    assert [it for scenario in scenarios for it in broken(loaded.policy, scenario)] == []


def test_the_stories_of_the_specification_hold() -> None:
    page = (ROOT / "docs/reference/language.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```duly\n(.*?)```", page, re.DOTALL)
    policy, scenarios = read("\n".join(blocks))
    assert len(scenarios) > 5
    assert [it for scenario in scenarios for it in broken(policy, scenario)] == []
