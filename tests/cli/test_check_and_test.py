"""``duly check`` and ``duly test``: packs held against the language and their own scenarios."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def test_a_pack_without_mistakes(duly: Duly) -> None:
    ended = duly("check", "law", "city")
    assert (ended.code, ended.out) == (
        0,
        "law: 2 rules, 2 duties, 0 scenarios: no mistakes\n"
        "city over law: 1 rule, 1 duty, 1 scenario: no mistakes\n",
    )


def test_the_packs_that_are_installed_are_meant_where_none_is_named(duly: Duly) -> None:
    ended = duly("check")
    names = [line.split(":")[0] for line in ended.out.splitlines()]
    assert (ended.code, names) == (0, ["statutory", "stoke over statutory"])


def test_a_mistake_in_one_pack_does_not_hide_the_others(duly: Duly, desk: Path) -> None:
    text = (desk / "city/pack.duly").read_text(encoding="utf-8")
    write(desk / "city/pack.duly", text.replace("some agreed", "some agred"))
    ended = duly("check", "city", "law")
    assert (ended.code, ended.out) == (
        1,
        "error: `agred` is no event or period known here [unknown-name]\n"
        "  --> city/pack.duly:8:61\n"
        "   |\n"
        " 8 |   should visit child_in_placement every 4 weeks unless some agred then 3 months\n"
        "   |                                                             ^^^^^\n"
        "  why:  a duty that rests on an unknown name is computed for no child\n"
        "  help: did you mean `agreed`?\n"
        "\n"
        "city: 1 mistake\n"
        "law: 2 rules, 2 duties, 0 scenarios: no mistakes\n",
    )


def test_a_mistake_stops_every_other_command(duly: Duly, desk: Path) -> None:
    write(desk / "city/pack.duly", 'pack city "City" over law\nrule r visit CAL every week\n')
    facts = "--pack city --facts csv:facts --as-at 2024-04-20"
    for command in ("test city", f"run {facts}", f"explain {facts} --subject 7"):
        ended = duly(*command.split())
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.endswith("\n\n2 mistakes found\n")


UNKNOWN_PACKS = {
    "stok": "did you mean `stoke`? Installed: `statutory`, `stoke`",
    "nowhere/at/all": "no folder has that path either. Installed: `statutory`, `stoke`",
    "facts": "the folder holds no .duly files",
    "law/pack.duly": "it is a file, and a pack is a folder: give `law`",
}


@pytest.mark.parametrize("name", UNKNOWN_PACKS)
@pytest.mark.parametrize("command", ["check", "test"])
def test_a_pack_that_is_not_there(duly: Duly, command: str, name: str) -> None:
    ended = duly(command, name)
    told = f"error: there is no pack `{name}`: {UNKNOWN_PACKS[name]}\n"
    assert (ended.code, ended.err) == (2, told)


def test_a_pack_without_rules_is_no_pass(duly: Duly, desk: Path) -> None:
    write(desk / "bare/pack.duly", 'pack bare "Bare" over law\n')
    ended = duly("check", "bare")
    assert (ended.code, ended.out.splitlines()[-2:]) == (
        3,
        [
            "bare over law: 0 rules, 0 duties, 0 scenarios: no mistakes, 1 warning",
            "nothing was checked: no rules found",
        ],
    )


def test_scenarios_that_hold(duly: Duly) -> None:
    ended = duly("test", "city")
    assert (ended.code, ended.out) == (0, "city: 1 passed, 0 failed\n")


def test_a_scenario_that_fails_shows_what_came_out(duly: Duly, desk: Path) -> None:
    write(
        desk / "city/scenarios/more.duly",
        'scenario "a review too late"\n'
        "  placement from 1 March 2024\n"
        "  review on 3 April 2024\n"
        "  as at 20 April 2024\n"
        "  expect law.first_review met on 3 April 2024\n"
        "  expect law.first_review met late by 1 days\n"
        "  expect no visits\n"
        "\n"
        'scenario "no placement, no visits"\n'
        "  review on 3 April 2024\n"
        "  as at 20 April 2024\n"
        "  expect visits due\n",
    )
    ended = duly("test", "city")
    assert (ended.code, ended.out) == (
        1,
        "FAILED  a review too late\n"
        "  --> city/scenarios/more.duly:1:1\n"
        "  line 5: expect law.first_review met on 3 April 2024\n"
        "    came out:\n"
        "      met late on 3 April 2024 due 2 April 2024 by 1 days"
        "  (hold review within 20 working days of start)\n"
        "  line 7: expect no visits\n"
        "    came out:\n"
        "      overdue due 29 March 2024 by 22 days  (visit child_in_placement every 4 weeks)\n"
        "\n"
        "FAILED  no placement, no visits\n"
        "  --> city/scenarios/more.duly:9:1\n"
        "  line 12: expect visits due\n"
        "    came out: no obligation of this rule\n"
        "\n"
        "city: 1 passed, 2 failed\n",
    )


def test_a_scenario_that_expects_nothing_is_a_mistake(duly: Duly, desk: Path) -> None:
    write(
        desk / "city/scenarios/more.duly",
        'scenario "idle"\n  placement from 1 March 2024\n  as at 20 April 2024\n',
    )
    ended = duly("test", "city")
    assert (ended.code, ended.err) == (
        1,
        "error: scenario `idle` expects nothing [nothing-expected]\n"
        "  --> city/scenarios/more.duly:1:1\n"
        "   |\n"
        ' 1 | scenario "idle"\n'
        "   | ^^^^^^^^^^^^^^^\n"
        "  why:  a scenario that asserts nothing passes whatever the rules say\n"
        "  help: add a line such as `expect cla_visits met`\n"
        "\n"
        "1 mistake found\n",
    )


def test_a_pack_without_scenarios_is_no_pass(duly: Duly) -> None:
    ended = duly("test", "law")
    assert (ended.code, ended.out) == (
        3,
        "law: 0 passed, 0 failed\nnothing was checked: no scenarios found\n",
    )
