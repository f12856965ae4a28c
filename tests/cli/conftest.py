"""The command as a user types it, in a folder with a law, a city's standards and facts."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from attrs import frozen

from duly.engine.cli.main import main

DESK = Path(__file__).resolve().parent / "desk"

AS_AT = ("--as-at", "2024-04-20")


@frozen
class Ended:
    """How a command ended: its exit code, and what it said on either channel."""

    code: int
    out: str
    err: str


Duly = Callable[..., Ended]


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the commands are typed in."""
    shutil.copytree(DESK, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def cache(desk: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this user keeps things between runs; nothing is there yet."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(desk / "cache"))
    return desk / "cache/duly"


@pytest.fixture
def duly(desk: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Duly:
    """``duly("check", "law")`` is ``duly check law``."""

    def run(*words: str) -> Ended:
        monkeypatch.setattr(sys, "argv", ["duly", *words])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        code = ended.value.code
        assert isinstance(code, int | None)
        return Ended(code or 0, said.out, said.err)

    return run


@pytest.fixture
def run(duly: Duly) -> Duly:
    """``duly run`` of the city's pack over the facts, with more options."""
    return lambda *more: duly("run", "--pack", "city", "--facts", "csv:facts", *AS_AT, *more)
