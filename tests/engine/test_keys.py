"""Keys in order: what is looked for is found wherever it is looked for from."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pytest

from duly.engine.keys import place_of, rows_of_each


@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("known", [0, 1, 7, 300])
@pytest.mark.parametrize("wanted", [0, 1, 50, 1000])
@pytest.mark.parametrize("in_order", [True, False])
def test_a_place_is_the_same_from_either_side(
    known: int, wanted: int, in_order: bool, side: Literal["left", "right"]
) -> None:
    random = np.random.default_rng(known + wanted)
    keys = np.sort(random.integers(0, 90, known))
    needles = random.integers(0, 99, wanted)
    needles = np.sort(needles) if in_order else needles
    assert np.array_equal(place_of(keys, needles, side), np.searchsorted(keys, needles, side))


def test_the_rows_of_each_subject() -> None:
    whose, which = rows_of_each(np.array([0, 2, 2, 5]), np.array([0, 0, 1, 2, 4, 6]))
    assert (whose.tolist(), which.tolist()) == ([0, 0, 1, 2], [0, 1, 3, 3])
    nobody, none = rows_of_each(np.zeros(0, np.int32), np.array([0, 1]))
    assert (len(nobody), len(none)) == (0, 0)
