"""Typed columns of a table of results, and the text that each would be in a file.

A caseload's obligations hold few texts many times; kept as numbers they take a tenth of the room,
and formats that know types are written without a text in between.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
from attrs import frozen

from duly.engine.dates import Days, iso_texts
from duly.engine.days import LAST, MISSING, day_of
from duly.engine.keys import Flags
from duly.engine.obligations import ANSWERS, DATES, NUMBERS

Text = npt.NDArray[np.object_]


@frozen(eq=False)
class Texts:
    """Text of which each is one of ``values``: int32 ``codes`` into these."""

    codes: npt.NDArray[np.int32]
    values: Text

    def __len__(self) -> int:
        return len(self.codes)

    def text(self) -> Text:
        return self.values[self.codes]


@frozen(eq=False)
class Dates:
    """Days since 1900, int32; those before it and ``FAR`` are blank."""

    days: Days

    def __len__(self) -> int:
        return len(self.days)

    @property
    def known(self) -> Flags:
        return (self.days >= 0) & (self.days <= LAST)

    def text(self) -> Text:
        """ISO dates."""
        texts: Text = iso_texts()[np.where(self.known, self.days, -1)]
        return texts


@frozen(eq=False)
class Numbers:
    """Whole numbers, int32, blank where not ``known``."""

    values: npt.NDArray[np.int32]
    known: Flags

    def __len__(self) -> int:
        return len(self.values)

    def text(self) -> Text:
        distinct, number = numbered(np.where(self.known, self.values, 0))
        texts = np.array([*map(str, distinct.tolist()), ""], object)
        return texts[np.where(self.known, number, -1)]


@frozen(eq=False)
class Answers:
    """``yes`` or ``no``."""

    values: Flags

    def __len__(self) -> int:
        return len(self.values)

    def text(self) -> Text:
        return _NO_YES[self.values.view(np.int8)]


_NO_YES = np.array(["no", "yes"], object)

Column = Texts | Dates | Numbers | Answers


def read(name: str, text: Text) -> Column:
    """A column of obligations from its text."""
    if name in DATES:
        days = [day_of(date.fromisoformat(cell)) if cell else MISSING for cell in text]
        return Dates(np.array(days, np.int32))
    if name in NUMBERS:
        numbers = np.array([int(cell or 0) for cell in text], np.int32)
        return Numbers(numbers, text != "")
    if name in ANSWERS:
        return Answers(text == "yes")
    return Texts(np.arange(len(text), dtype=np.int32), text)


def one_text(text: str, count: int) -> Texts:
    """The same text in so many rows."""
    return Texts(np.zeros(count, np.int32), np.array([text], object))


def joined(columns: Sequence[Column]) -> Column:
    """Columns of one type one after the other."""
    join = np.concatenate
    match columns[0]:
        case Texts():
            texts = [each for each in columns if isinstance(each, Texts)]
            starts = np.cumsum([0, *(len(each.values) for each in texts)])
            codes = [each.codes + np.int32(s) for each, s in zip(texts, starts, strict=False)]
            return Texts(join(codes), join([each.values for each in texts]))
        case Dates():
            return Dates(join([each.days for each in columns if isinstance(each, Dates)]))
        case Numbers():
            numbers = [each for each in columns if isinstance(each, Numbers)]
            return Numbers(join([n.values for n in numbers]), join([n.known for n in numbers]))
        case Answers():
            return Answers(join([each.values for each in columns if isinstance(each, Answers)]))


def numbered(key: npt.NDArray[np.integer]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """The distinct keys, and each row's place among them; few keys are counted, many sorted."""
    least, most = (int(key.min()), int(key.max())) if len(key) else (0, 0)
    if least == most:
        return key[:1].astype(np.int64), np.zeros(len(key), np.int32)
    if most - least > 1 << 24:
        distinct, number = np.unique(key, return_inverse=True)
        return distinct, number.astype(np.int32)
    key = key - least
    seen = np.zeros(most - least + 1, bool)
    seen[key] = True
    distinct = np.flatnonzero(seen)
    place = np.zeros(len(seen), np.int32)
    place[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct + least, place[key]
