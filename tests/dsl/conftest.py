"""Packs written for one test, over a small law."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from duly.dsl.diagnostics import PackNotFound
from duly.dsl.packs import LoadedPolicy, load_policy

HERE = Path(__file__).resolve().parent

Load = Callable[[], LoadedPolicy]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that packs are written in, with the law beside them; names are its folders."""
    shutil.copytree(HERE / "law", tmp_path / "law")
    (tmp_path / "local").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def load(desk: Path) -> Load:
    """Loads the pack ``local``."""

    def find(name: str) -> Path:
        if not (desk / name).is_dir():
            raise PackNotFound(name, "no folder has that name")
        return Path(name)

    return lambda: load_policy(Path("local"), find)
