"""What the command says of itself, and of words that it does not know."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from duly.plugins.lints import LINTS

Duly = Callable[..., Any]

COMMANDS = (
    "check",
    "format",
    "test",
    "audit",
    "trace",
    "run",
    "explain",
    "plugins",
    "demo",
    "facts",
)


def test_help_lists_every_command(duly: Duly) -> None:
    ended = duly("--help")
    listed = [line.split()[0] for line in ended.out.split("Commands:\n")[1].splitlines()]
    assert (ended.code, listed) == (0, list(COMMANDS))


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(duly: Duly, command: str) -> None:
    ended = duly(command, "--help")
    assert (ended.code, ended.out.splitlines()[0].split()[:3]) == (0, ["Usage:", "duly", command])


def test_what_is_installed(duly: Duly) -> None:
    words = [line.split()[0] for line in duly("plugins").out.splitlines()]
    lints = words.index("lints")
    assert words[:lints] == (
        "sources csv: parquet: ssd: outputs csv: html: json: parquet: runners spark "
        "packs coronavirus_2020 coronavirus_2020_no2 enfield statutory stoke".split()
    )
    assert words[lints + 1 :] == sorted(LINTS)


USAGE = {
    "rnu": "there is no command `rnu`; did you mean `run`?",
    "zzz": "there is no command `zzz`; see `duly --help`",
    "run": "Missing option '--pack'.",
    "run --pack city": "Missing option '--facts'.",
    "run --pack city --facts csv:facts": "Missing option '--as-at'.",
    "run --pack city --facts csv:facts --as-at 2024-04-31": (
        "Invalid value for '--as-at': `2024-04-31` is not a date: write 2026-03-31 or 31/03/2026"
    ),
    "run --pack city --facts csv:facts --as-at 04/20/2024": (
        "Invalid value for '--as-at': `04/20/2024` is not a date: write 2026-03-31 or 31/03/2026"
    ),
    "run --pack city --facts csv:facts --as-at tomorrow": (
        "Invalid value for '--as-at': `tomorrow` is not a date: write 2026-03-31 or 31/03/2026"
    ),
    "run --pack city --facts csv:facts --as-at 2024-04-20 --since -": (
        "Invalid value for '--since': `-` is not a date: it is blank"
    ),
    "facts sample here --children 0": (
        "Invalid value for '--children': 0 is not in the range x>=1."
    ),
    "facts template facts": "facts already holds agreed.csv: name an empty folder",
}


@pytest.mark.parametrize("typed", USAGE)
def test_a_wrong_word_is_answered_in_one_line(duly: Duly, typed: str) -> None:
    ended = duly(*typed.split())
    assert (ended.code, ended.err.splitlines()[-1]) == (2, f"Error: {USAGE[typed]}")


def test_the_installed_command_ends_with_its_exit_code() -> None:
    """Everything else is tested in this process; this is the one that a shell would start."""
    command = [sys.executable, "-m", "duly.engine.cli.main", "check", "nowhere"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (
        2,
        "error: there is no pack `nowhere`: no folder has that path either. "
        "Installed: `coronavirus_2020`, `coronavirus_2020_no2`, `enfield`, `statutory`, `stoke`\n",
    )
