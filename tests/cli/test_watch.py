"""``duly test --watch``: run again when a rule file changes, until Ctrl-C."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
import pytest

from duly.engine.cli.test import Asked, run_tests
from duly.engine.cli.watch import changed, stamps, watch


def waits(*steps: Callable[[], object]) -> Callable[[], None]:
    """Each wait does one step; the one after the last is Ctrl-C."""
    following = iter(steps)

    def wait() -> None:
        try:
            next(following)()
        except StopIteration:
            raise KeyboardInterrupt from None

    return wait


def test_files_that_are_new_gone_or_written_have_changed(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    for name in ("gone.duly", "kept.duly", "scenarios/written.duly"):
        (tmp_path / name).write_text("# text", encoding="utf-8")
    before = stamps([tmp_path])
    (tmp_path / "gone.duly").unlink()
    (tmp_path / "scenarios/written.duly").write_text("# more text", encoding="utf-8")
    (tmp_path / "new.duly").write_text("", encoding="utf-8")
    (tmp_path / "notes.txt").write_text("", encoding="utf-8")
    names = [path.name for path in changed(before, stamps([tmp_path]))]
    assert names == ["gone.duly", "new.duly", "written.duly"]


def test_a_file_of_the_same_length_that_was_written_later_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "pack.duly"
    path.write_text("6 weeks", encoding="utf-8")
    before = stamps([tmp_path])
    path.write_text("7 weeks", encoding="utf-8")
    os.utime(path, ns=(0, before[path][0] + 1))
    assert changed(before, stamps([tmp_path])) == [path]


def test_it_runs_again_after_a_change_and_ends_with_ctrl_c(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pack.duly"
    wait = waits(lambda: None, lambda: path.write_text("# text", encoding="utf-8"), lambda: None)

    def run() -> list[Path]:
        click.echo("run")
        return [tmp_path]

    watch(run, [tmp_path], wait)
    assert capsys.readouterr().out == (
        "run\n"
        "waiting for a change; Ctrl-C ends it\n"
        "\n"
        "changed: pack.duly\n"
        "run\n"
        "waiting for a change; Ctrl-C ends it\n"
        "stopped\n"
    )


def test_a_pack_below_is_watched_too(tmp_path: Path) -> None:
    own, law = tmp_path / "own", tmp_path / "law"
    law.mkdir()
    runs: list[Path] = []

    def run() -> list[Path]:
        runs.append(own)
        return [own, law]

    watch(run, [own], waits(lambda: (law / "pack.duly").write_text("", encoding="utf-8")))
    assert len(runs) == 2


def test_a_file_that_is_saved_during_a_run_is_a_change(tmp_path: Path) -> None:
    runs: list[Path] = []

    def run() -> list[Path]:
        if not runs:
            (tmp_path / "pack.duly").write_text("", encoding="utf-8")
        runs.append(tmp_path)
        return [tmp_path]

    (tmp_path / "pack.duly").write_text("# text", encoding="utf-8")
    watch(run, [tmp_path], waits(lambda: None, lambda: None))
    assert len(runs) == 2


def test_a_mistake_in_the_rules_is_shown_and_the_watch_goes_on(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pack = desk / "city/pack.duly"
    text = pack.read_text(encoding="utf-8")
    pack.write_text(text.replace("some agreed", "some agred"), encoding="utf-8")
    asked = Asked(("city",), (), False, False, None)
    mend = waits(lambda: pack.write_text(text, encoding="utf-8"))
    watch(lambda: run_tests(asked)[1], [Path("city")], mend)
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "error: `agred` is no event or period known here [unknown-name]"
    assert said[-8:] == [
        "1 mistake found",
        "waiting for a change; Ctrl-C ends it",
        "",
        "changed: pack.duly",
        "city: 1 passed, 0 failed",
        "  scenarios reach 1 of 1 step (0 of 1 met, 1 of 1 missed) and 0 of 1 exception",
        "waiting for a change; Ctrl-C ends it",
        "stopped",
    ]


def test_ctrl_c_while_the_command_waits(
    duly: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:

    def interrupted(seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", interrupted)
    ended = duly("test", "city", "--watch")
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.splitlines()[-2:] == ["waiting for a change; Ctrl-C ends it", "stopped"]
