"""Where an output is written: a path on the command line, to a file."""

from __future__ import annotations

from pathlib import Path


def file_at(path: Path, name: str) -> Path:
    """The path itself, or the file of that name where it is a folder; its folder is made."""
    target = path / name if path.is_dir() or not path.suffix else path
    target.parent.mkdir(parents=True, exist_ok=True)
    return target
