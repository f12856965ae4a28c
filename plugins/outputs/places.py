"""Where an output is written: a path on the command line, to a file, and the parts of one."""

from __future__ import annotations

from pathlib import Path
from shutil import rmtree

from duly.engine.raw import FactsError


def file_at(path: Path, name: str) -> Path:
    """The path itself, or the file of that name where it is a folder; its folder is made."""
    target = _at(path, name)
    target.parent.mkdir(parents=True, exist_ok=True)
    return target


def _at(path: Path, name: str) -> Path:
    return path / name if path.is_dir() or not path.suffix else path


def something_else(place: str, where: str, why: str) -> FactsError:
    """A place where obligations would be written over or among what they are not."""
    return FactsError(
        what=f"`{place}` holds something else than the obligations of an earlier run",
        where=where,
        why=why,
        help="name another, which need not exist yet",
    )


BESIDE = ("obligations.csv", "obligations.json", "report.html")
"""What formats write into a folder, of those that write one file."""

DIGITS = 8
"""So many that the order of parts as text is that of their numbers."""


class Parts:
    """The parts of a file, the ``target``, until it is whole: in a folder of their own beside it.

    The target is the path, or the file of that name where the path is a folder.
    """

    def __init__(self, path: Path, name: str):
        self._made = [each for each in _at(path, name).parents if not each.exists()]
        self.target = file_at(path, name)
        self._folder = self.target.with_name(f".{self.target.name}.parts")
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

    def give_up(self) -> None:
        """Leave nothing of them, nor of the folders that were made for the target."""
        self.remove()
        for folder in self._made:
            if any(folder.iterdir()):
                break
            folder.rmdir()
