"""A small vocabulary, and folders of small files."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from duly.dsl.policy import Attribute, Kind, Milestone

Write = Callable[..., Path]


def _attributes(**types: str | tuple[str, ...]) -> dict[str, Attribute]:
    return {
        name: Attribute(name, "one of", type_)
        if isinstance(type_, tuple)
        else Attribute(name, type_)  # type: ignore[arg-type]
        for name, type_ in types.items()
    }


@pytest.fixture
def kinds() -> Mapping[str, Kind]:
    """Children, their placements, and visits that may be written down later."""
    kinds = (
        Kind("child", "subject", title="A child or young person", aliases=("CLA",)),
        Kind(
            "placement",
            "period",
            title="A placement",
            attributes=_attributes(type=("foster", "parents"), carer_continues="yes/no"),
        ),
        Kind("long_term_foster", "period", of="placement"),
        Kind(
            "visit",
            "event",
            title="A visit to a child",
            attributes=_attributes(kind=("cla", "cp", "cin"), seen="yes/no", seen_alone="yes/no"),
            milestones=(Milestone("recorded_on", "record"),),
        ),
    )
    return {kind.name: kind for kind in kinds}


@pytest.fixture
def folder(tmp_path: Path) -> Write:
    """Writes files by name, text or bytes, and gives their folder."""

    def write(**files: str | bytes) -> Path:
        for name, content in files.items():
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / f"{name}.csv").write_bytes(data)
        return tmp_path

    return write
