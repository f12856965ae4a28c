"""The ids of rows: many are read, few are ever shown.

As bytes of one width ids take no Python object each, and NumPy compares them at once.  Printable
ASCII is in the same order as bytes and as text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any, overload

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.engine.dates import Days


@frozen(eq=False)
class Ids(Sequence[str]):
    """Ids with nothing to strip: ``cells`` is an array of texts, or of ASCII bytes."""

    cells: npt.NDArray[Any]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Ids:
        """Ids from texts."""
        return cls(np.array(list(texts), object))

    @classmethod
    def joined(cls, parts: Sequence[Ids]) -> Ids:
        """The ids of several, one after the other."""
        if not parts:
            return cls.of(())
        plain = all(part.plain for part in parts)
        return cls(np.concatenate([part.cells if plain else part.texts for part in parts]))

    @classmethod
    def united(cls, parts: Sequence[Ids]) -> Ids:
        """Whatever stands in any of them once, in order: most of it is in the longest."""
        longest, *others = sorted(parts, key=len, reverse=True) or [cls.of(())]
        united = longest.distinct()
        missing = [part[united.places(part) < 0] for part in others]
        return cls.joined([united, *missing]).distinct() if any(missing) else united

    @property
    def plain(self) -> bool:
        """Whether they are bytes."""
        return self.cells.dtype.kind == "S"

    @property
    def texts(self) -> npt.NDArray[np.object_]:
        """The ids as text."""
        return self.cells.astype(str).astype(object) if self.plain else self.cells

    def __len__(self) -> int:
        return len(self.cells)

    @overload
    def __getitem__(self, which: int) -> str: ...
    @overload
    def __getitem__(self, which: slice | npt.NDArray[np.bool_ | np.integer]) -> Ids: ...
    def __getitem__(self, which: Any) -> str | Ids:
        found = self.cells[which]
        if isinstance(found, np.ndarray):
            return Ids(found)
        return found.decode("ascii") if isinstance(found, bytes) else str(found)

    def __iter__(self) -> Iterator[str]:
        return iter(self.tolist())

    def tolist(self) -> list[str]:
        """All of them."""
        found: list[str] = self.texts.tolist()
        return found

    @property
    def repeat(self) -> bool:
        """Whether one stands there twice."""
        if not self.plain:
            return len(set(self.cells)) < len(self)
        if (self.cells[1:] > self.cells[:-1]).all():
            return False
        cells = np.sort(self.cells, kind="stable")
        return bool((cells[1:] == cells[:-1]).any())

    def distinct(self) -> Ids:
        """Each once, in order, without a blank one."""
        if not self.plain:
            return Ids.of(sorted(set(self.cells) - {""}))
        cells = np.sort(self.cells, kind="stable")  # quick where there are stretches in order
        first = np.ones(len(cells), bool)
        first[1:] = cells[1:] != cells[:-1]
        return Ids(cells[first])

    def before(self, text: str) -> npt.NDArray[np.bool_]:
        """Which of them come before a text."""
        return np.asarray(self.cells < self._like(text), bool)

    def number_before(self, text: str) -> int:
        """How many of them, which ascend, come before a text."""
        return int(np.searchsorted(self.cells, self._like(text)))

    def _like(self, text: str) -> npt.NDArray[Any]:
        """As it is compared with these; UTF-8 is in the same order as text, too."""
        return np.array(text.encode()) if self.plain else np.array(text, object)

    def places(self, of: Ids) -> Days:
        """Where each of some ids stands among these, of which none repeats; -1 for nowhere."""
        if not len(self) or not len(of):
            return np.full(len(of), -1, np.int32)
        if not (self.plain and of.plain):
            place = {text: number for number, text in enumerate(self)}
            return np.array([place.get(text, -1) for text in of], np.int32)
        if len(self) == len(of) and (self.cells == of.cells).all():
            return np.arange(len(of), dtype=np.int32)
        order = self._order
        found = np.searchsorted(self.cells, of.cells, sorter=order)
        np.minimum(found, len(self) - 1, out=found)
        if order is not None:
            found = order[found]
        return np.where(self.cells[found] == of.cells, found, -1).astype(np.int32)

    @cached_property
    def _order(self) -> npt.NDArray[np.intp] | None:
        """In which order they ascend, unless as they stand."""
        if (self.cells[1:] >= self.cells[:-1]).all():
            return None
        return np.argsort(self.cells, kind="stable")
