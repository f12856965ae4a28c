"""What ``duly check`` says beyond the mistakes in a text: of floors, of warnings, of folders."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from duly.dsl.diagnostics import PackNotFound
from duly.engine.cli.check import command

PACK = 'pack local "Local" over law source handbook "Handbook"\n'


def check(pack: str = "local") -> str:
    ended = CliRunner().invoke(command, [pack])
    if isinstance(ended.exception, PackNotFound):
        raise ended.exception
    return ended.output


def write(desk: Path, rule: str) -> None:
    text = f'{PACK}{rule}\nscenario "nobody" as at 1 March 2024 expect no ours\n'
    (desk / "local/pack.duly").write_text(text, encoding="utf-8")


def test_a_rule_that_refines_another_of_which_it_shares_no_duty(desk: Path) -> None:
    write(desk, 'rule ours cite handbook "1" refines law.reviews_held visit CLA every 4 weeks')
    assert check() == (
        "warning: no duty of `ours` is a duty of `law.reviews_held`, which it refines"
        " [nothing-paired]\n"
        "  --> local/pack.duly:2:6\n"
        "   |\n"
        ' 2 | rule ours cite handbook "1" refines law.reviews_held visit CLA every 4 weeks\n'
        "   |      ^^^^\n"
        "  why:  the law's date is no floor under a child's date here: they are counted apart\n"
        "  with: rule `law.reviews_held`, law/pack.duly:30:6\n"
        "  help: do the same act with the same kind of time, give both duties one label, "
        "or take the `refines` line out\n"
        "  page: docs/reference/messages/nothing-paired.md\n\n"
        "local over law: 1 rule, 1 duty, 1 scenario: no mistakes, 1 warning\n"
    )


def test_a_rule_that_shares_a_duty_stands_on_its_floor(desk: Path) -> None:
    write(desk, 'rule ours cite handbook "1" refines law.visits visit CLA every 4 weeks')
    assert check() == "local over law: 1 rule, 1 duty, 1 scenario: no mistakes\n"


def test_a_file_in_place_of_its_folder(desk: Path) -> None:
    told = r"`law/pack.duly`: it is a file, and a pack is a folder: give `law`$"
    with pytest.raises(PackNotFound, match=told):
        check("law/pack.duly")


def test_a_file_whose_name_an_editor_made_longer(desk: Path) -> None:
    (desk / "local/pack.duly.txt").write_text(PACK, encoding="utf-8")
    told = r"`local`: the folder holds `pack.duly.txt`: name it `pack.duly`$"
    with pytest.raises(PackNotFound, match=told):
        check()
