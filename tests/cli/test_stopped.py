"""A command that is stopped from outside, by Ctrl-C or by the system."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_it_says_so_and_has_an_exit_code_of_its_own(tmp_path: Path, sent: signal.Signals) -> None:
    (tmp_path / "law").mkdir()
    os.mkfifo(tmp_path / "law" / "pack.duly")  # whoever reads it waits for what is written to it
    command = [sys.executable, "-m", "duly.engine.cli.main", "check", "law"]
    with (
        subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process,
        (tmp_path / "law" / "pack.duly").open("w"),  # from here on it is read
    ):
        process.send_signal(sent)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "stopped: what was not finished is not written\n")
