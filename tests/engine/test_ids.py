"""Ids as bytes: what is asked of them is answered as of the same texts."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from duly.engine.ids import Ids

NAMES = st.lists(st.from_regex(r"(visit-)?[0ab~]{1,9}", fullmatch=True), max_size=12)


def as_bytes(names: list[str]) -> Ids:
    return Ids(np.array(names or [""]).astype(bytes)[: len(names)])


@given(names=NAMES, others=NAMES)
def test_bytes_are_as_the_texts(names: list[str], others: list[str]) -> None:
    texts, more = Ids.of(names), Ids.of([*others, ""])
    for ids, asked in [(as_bytes(names), as_bytes(others)), (as_bytes(names), more)]:
        assert (list(ids), len(ids), ids.repeat) == (names, len(names), texts.repeat)
        assert ids.distinct().tolist() == texts.distinct().tolist() == sorted(set(names))
        assert Ids.joined([ids, asked]).tolist() == [*names, *asked]
        assert Ids.united([ids, asked]).tolist() == sorted({*names, *others})
        every = ids.distinct()
        place = {name: number for number, name in enumerate(every)}
        assert every.places(asked).tolist() == [place.get(name, -1) for name in asked]
        for name in others:
            assert ids.before(name).tolist() == [each < name for each in names]
            assert every.number_before(name) == sum(each < name for each in every)


@given(names=NAMES, turned=st.randoms(use_true_random=False))
def test_the_order_of_ids_does_not_matter(names: list[str], turned: Random) -> None:
    some = sorted(set(names))
    turned.shuffle(some)
    assert as_bytes(some).places(as_bytes(names)).tolist() == [some.index(n) for n in names]


@pytest.mark.parametrize("ids", [Ids.of(["a", "b"]), as_bytes(["a", "b"])], ids=["text", "bytes"])
def test_a_row_has_its_id_as_text(ids: Ids) -> None:
    assert (ids[0], ids[np.int32(1)], ids[-1]) == ("a", "b", "b")
    assert ids[np.array([1, 0])].tolist() == ["b", "a"]
    assert ids[1:].texts.tolist() == ["b"]


def test_a_later_name_need_not_be_ascii() -> None:
    assert as_bytes(["a", "z"]).before("\u00e9").all()
