"""Where an output is written: a path on the command line, to a file, and the parts of one."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree


def file_at(path: Path, name: str) -> Path:
    """The path itself, or the file of that name where it is a folder; its folder is made."""
    target = path / name if path.is_dir() or not path.suffix else path
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


DIGITS = 8
"""So many that the order of parts as text is that of their numbers."""


class Parts:
    """The parts of a file until it is whole, in a folder of their own beside it."""

    def __init__(self, target: Path):
        self._folder = target.with_name(f".{target.name}.parts")
        self.remove()  # those of a run that was killed
        self._folder.mkdir()

    def __getitem__(self, number: int) -> Path:
        return self._folder / f"{number:0{DIGITS}}"

    @property
    def whole(self) -> Path:
        """Where they are put together, so that the file itself is never half there."""
        return self._folder / "whole"

    def in_order(self) -> list[Path]:
        """Those that are there."""
        return sorted(self._folder.iterdir())

    def remove(self) -> None:
        """Leave nothing of them."""
        if self._folder.exists():
            rmtree(self._folder)
