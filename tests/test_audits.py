"""What the audit claims of made-up pairs of rules, no made-up child contradicts."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.audits import Contradiction, Tally, tried
from tests.cases import seeded
from tests.pairs import CHANGES

PAIRS = 250


@pytest.fixture(scope="module")
def tally() -> Tally:
    return Tally(Counter(), Counter(), Counter())


@pytest.fixture(scope="module")
def found(tally: Tally) -> list[Contradiction]:
    return list(tried(PAIRS, seeded(1), tally))


def test_no_child_contradicts_what_is_said_to_be_never_later(
    found: list[Contradiction],
) -> None:
    assert not found, str(found[0])


def test_pairs_differ_in_everything_and_come_out_every_way(
    found: list[Contradiction], tally: Tally, capsys: pytest.CaptureFixture[str]
) -> None:
    with capsys.disabled():
        print(f"\n{tally}")  # noqa: T201, so that everybody sees what was compared
    assert [name for name in CHANGES if tally.changed[name] < PAIRS / 10] == []
    verdicts = ("same", "stricter", "later", "not-comparable")
    assert [name for name in verdicts if tally.verdicts[name] < PAIRS / 50] == []
    assert tally.shown["shown"] > 0
