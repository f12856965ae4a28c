"""``duly check`` and ``duly test``: packs held against the language and their own scenarios."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from duly.engine import discovery
from duly.engine.hookspecs import Lint, hookimpl
from duly.engine.lints import Finding, Linted

Duly = Callable[..., Any]


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def tell_the_laws_story(desk: Path) -> None:
    write(
        desk / "law/scenarios/visits.duly",
        'scenario "six weeks, and twenty working days"\n'
        "  placement from 1 March 2024\n"
        "  as at 13 April 2024\n"
        "  expect visits overdue due 12 April 2024\n"
        "  expect first_review overdue due 2 April 2024\n",
    )


def test_a_pack_without_mistakes(duly: Duly, desk: Path) -> None:
    tell_the_laws_story(desk)
    ended = duly("check", "law", "city")
    assert (ended.code, ended.out) == (
        0,
        "law: 2 rules, 2 duties, 1 scenario: no mistakes\n"
        "city over law: 1 rule, 1 duty, 1 scenario: no mistakes\n",
    )


def test_the_packs_that_are_installed_are_meant_where_none_is_named(duly: Duly) -> None:
    ended = duly("check")
    names = [line.split(":")[0] for line in ended.out.splitlines() if " scenarios: " in line]
    assert (ended.code, names) == (
        0,
        [
            "coronavirus_2020 over statutory",
            "coronavirus_2020_no2 over coronavirus_2020",
            "enfield over statutory",
            "statutory",
            "stoke over statutory",
        ],
    )


def test_what_a_pack_is_warned_of_depends_on_the_day(duly: Duly, desk: Path) -> None:
    text = (desk / "city/pack.duly").read_text(encoding="utf-8")
    dated = text.replace("over law\n", "over law review by 30 September 2024\n", 1)
    write(desk / "city/pack.duly", dated)
    last_lines = {
        day: duly("check", "city", "--as-at", day).out.splitlines()[-1]
        for day in ("2024-09-30", "2024-10-01")
    }
    assert last_lines == {
        "2024-09-30": "city over law: 1 rule, 1 duty, 1 scenario: no mistakes",
        "2024-10-01": "city over law: 1 rule, 1 duty, 1 scenario: no mistakes, 1 warning",
    }


def test_what_a_pack_stands_over_may_lie_beside_it(
    duly: Duly, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the command is typed, and the same the second time."""
    elsewhere = desk / "elsewhere"
    elsewhere.mkdir()
    said = "city over law: 1 rule, 1 duty, 1 scenario: no mistakes\n"
    for here, pack in (
        (elsewhere, "../city"),
        (desk / "city", "."),
        (elsewhere, str(desk / "city")),
    ):
        monkeypatch.chdir(here)
        assert [duly("check", pack).out for _ in range(2)] == [said, said]


TWICE = "must hold review every 3 months must hold review every 4 months"


@pytest.mark.parametrize(
    ("law", "city"),
    [(TWICE, "must hold review every 2 months"), ("must hold review every 6 months", TWICE)],
)
def test_a_duty_that_several_could_be_paired_with(
    duly: Duly, desk: Path, law: str, city: str
) -> None:
    """Each is told once, with what to do."""
    for name, duties in (("law", law), ("city", city)):
        refines = "refines law.extra" if name == "city" else ""
        source = f"{name}_extra"
        rule = f'rule extra {refines} cite {source} "1" during placement {duties}'
        write(desk / name / "extra.duly", f'source {source} "Extra" {rule}\n')
    said = duly("check", "city").out
    assert said.count("[nothing-paired]") == city.count("hold")
    assert "is paired with nothing: 2 duties of" in said
    assert "help: give it and the duty that it refines one label" in said


def test_warnings_are_no_failure(duly: Duly, desk: Path) -> None:
    (desk / "city/scenarios/visits.duly").unlink()
    ended = duly("check", "city")
    assert (ended.code, ended.out) == (
        0,
        "warning: no scenario names rule `visits` [no-scenario]\n"
        "  --> city/pack.duly:4:6\n"
        "   |\n"
        ' 4 | rule visits "Visits to a child"\n'
        "   |      ^^^^^^\n"
        "  why:  nobody has worked out by hand when a child is due, so a slip in the sentence "
        "stays unseen\n"
        "  help: tell a child's story that ends in `expect visits …`, once on the last day and "
        "once on the day after\n"
        "  page: docs/reference/lints/no-scenario.md\n"
        "\n"
        "city over law: 1 rule, 1 duty, 0 scenarios: no mistakes, 1 warning\n",
    )


def test_a_rule_that_cannot_be_computed_is_a_mistake(duly: Duly, desk: Path) -> None:
    unless = "".join(f" unless at least {n} review then {n} weeks" for n in range(1, 13))
    rule = f'rule r cite act "1" must visit child_in_placement every 20 weeks{unless}\n'
    write(desk / "city/pack.duly", f'pack city "City" over law\n{rule}')
    (desk / "city/scenarios/visits.duly").unlink()
    ended = duly("check", "city")
    assert (ended.code, ended.out.splitlines()[-1]) == (1, "city: 1 mistake")


def test_a_plugin_adds_a_lint(duly: Duly) -> None:
    def check(linted: Linted) -> Iterator[Finding]:
        for rule in linted.pack.rules:
            yield Finding(f"`{rule.name}` is a rule", rule.span, "it is one", "think of it")

    class OfOurs:
        @hookimpl
        def register_lints(self) -> Sequence[Lint]:
            return [Lint("any-rule", "Every rule.", lambda: check)]

    manager, plugin = discovery.plugin_manager(), OfOurs()
    manager.register(plugin)
    try:
        out = duly("check", "city").out
        listed = duly("plugins").out
    finally:
        manager.unregister(plugin)
    assert out.startswith("warning: `visits` is a rule [any-rule]\n  --> city/pack.duly:4:6\n")
    assert "\n  any-rule                Every rule.\n" in listed


def test_a_mistake_in_one_pack_does_not_hide_the_others(duly: Duly, desk: Path) -> None:
    text = (desk / "city/pack.duly").read_text(encoding="utf-8")
    write(desk / "city/pack.duly", text.replace("some agreed", "some agred"))
    tell_the_laws_story(desk)
    ended = duly("check", "city", "law")
    assert (ended.code, ended.out) == (
        1,
        "error: `agred` is no event or period known here [unknown-name]\n"
        "  --> city/pack.duly:8:61\n"
        "   |\n"
        " 8 |   should visit child_in_placement every 4 weeks unless some agred then 3 months\n"
        "   |                                                             ^^^^^\n"
        "  why:  a duty that rests on an unknown name is computed for no child\n"
        "  with: known here: `agreed`, `placement`, `review`, `visit`\n"
        "  help: did you mean `agreed`?\n"
        "  page: docs/reference/messages/unknown-name.md\n"
        "\n"
        "city: 1 mistake\n"
        "law: 2 rules, 2 duties, 1 scenario: no mistakes\n",
    )


def test_a_mistake_stops_every_other_command(duly: Duly, desk: Path) -> None:
    write(desk / "city/pack.duly", 'pack city "City" over law\nrule r visit CAL every week\n')
    facts = "--pack city --facts csv:facts --as-at 2024-04-20"
    for command in ("test city", f"run {facts}", f"explain {facts} --subject 7"):
        ended = duly(*command.split())
        assert (ended.code, ended.out) == (1, "")
        assert ended.err.endswith("\n\n2 mistakes found\n")


UNKNOWN_PACKS = {
    "stok": "did you mean `stoke`? Installed: `coronavirus_2020`, "
    "`coronavirus_2020_no2`, `enfield`, `statutory`, `stoke`",
    "nowhere/at/all": "no folder has that path either. Installed: `coronavirus_2020`, "
    "`coronavirus_2020_no2`, `enfield`, `statutory`, `stoke`",
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
    assert (ended.code, ended.out) == (
        0,
        "city: 1 passed, 0 failed\n"
        "  scenarios reach 1 of 1 step (0 of 1 met, 1 of 1 missed) and 0 of 1 exception\n",
    )


def test_a_scenario_that_fails_shows_what_came_out_and_why(duly: Duly, desk: Path) -> None:
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
        "    came out: met late on 3 April 2024 due 2 April 2024 by 1 day"
        "  (hold review within 20 working days of start)\n"
        "      but met was expected, and it is met late\n"
        "      from 1 March 2024: start of placement placement-1 (line 2)\n"
        "           1 March 2024 on: 20 working days\n"
        "           working days, passing over"
        " 29 March 2024 (Good Friday), 1 April 2024 (Easter Monday)\n"
        "      done 3 April 2024 (line 3)\n"
        "      why  within 20 working days of start\n"
        "  line 7: expect no visits\n"
        "    came out: overdue due 29 March 2024 by 22 days"
        "  (visit child_in_placement every 4 weeks)\n"
        "      but no such obligation was expected\n"
        "      from 1 March 2024: start of placement placement-1 (line 2)\n"
        "           1 March 2024 on: 4 weeks\n"
        "      why  every 4 weeks\n"
        "\n"
        "FAILED  no placement, no visits\n"
        "  --> city/scenarios/more.duly:9:1\n"
        "  line 12: expect visits due\n"
        "    came out: no obligation of this rule\n"
        "      should visit child_in_placement every 4 weeks unless some agreed then 3 months\n"
        "        not in this story: during placement\n"
        "\n"
        "city: 1 passed, 2 failed\n"
        "  scenarios reach 1 of 1 step (0 of 1 met, 1 of 1 missed) and 0 of 1 exception\n",
    )


def test_of_many_obligations_the_nearest_comes_first(duly: Duly, desk: Path) -> None:
    days = (15, 20, 22, 25, 29)
    write(
        desk / "city/scenarios/visits.duly",
        'scenario "four weeks, though fewer visits were agreed"\n'
        "  placement from 1 March 2024\n"
        "  agreed on 2 March 2024\n"
        + "".join(f"  visit on {day} March 2024\n" for day in days)
        + "  as at 20 April 2024\n"
        "  expect visits due 26 April 2024\n",
    )
    ended = duly("test", "city")
    assert (ended.code, ended.out) == (
        1,
        "FAILED  four weeks, though fewer visits were agreed\n"
        "  --> city/scenarios/visits.duly:1:1\n"
        "  line 10: expect visits due 26 April 2024\n"
        "    came out: due 29 June 2024 by 70 days  (visit child_in_placement every 4 weeks)\n"
        "      but due 26 April 2024 was expected, and it is due 29 June 2024\n"
        "      from 29 March 2024: visit visit-5 (line 8)\n"
        "           29 March 2024 on: 3 months  [some agreed]\n"
        "      why  every 4 weeks, unless some agreed then 3 months\n"
        "    and, further from it:\n"
        "      met on 15 March 2024 due 29 March 2024  (visit child_in_placement every 4 weeks)\n"
        "      met on 20 March 2024 due 15 June 2024  (visit child_in_placement every 4 weeks)\n"
        "      met on 22 March 2024 due 20 June 2024  (visit child_in_placement every 4 weeks)\n"
        "      … and 2 more\n"
        "\n"
        "city: 0 passed, 1 failed\n"
        "  scenarios reach 0 of 1 step (0 of 1 met, 0 of 1 missed) and 0 of 1 exception\n",
    )


def test_a_duty_that_is_not_in_force_says_so_where_nothing_came_out(duly: Duly, desk: Path) -> None:
    text = (desk / "city/pack.duly").read_text(encoding="utf-8")
    old = '  cite standards "page 4"\n'
    write(desk / "city/pack.duly", text.replace(old, f"{old}  in force from 1 May 2024\n"))
    write(
        desk / "city/scenarios/visits.duly",
        'scenario "a placement before its time"\n'
        "  placement from 1 March 2024 until 20 April 2024\n"
        "  as at 20 April 2024\n"
        "  expect visits not met\n",
    )
    assert duly("test", "city").out.splitlines()[3:7] == [
        "    came out: no obligation of this rule",
        "      should visit child_in_placement every 4 weeks unless some agreed then 3 months",
        "        placement placement-1 (line 2)",
        "          1 March 2024 on: not in force",
    ]


def test_one_rule_alone(duly: Duly, desk: Path) -> None:
    write(
        desk / "city/scenarios/more.duly",
        'scenario "a review in time"\n'
        "  placement from 1 March 2024\n"
        "  review on 2 April 2024\n"
        "  as at 20 April 2024\n"
        "  expect law.first_review met\n",
    )
    ended = duly("test", "city", "law", "--rule", "first_review")
    assert (ended.code, ended.out) == (
        0,
        "city: 1 passed, 0 failed\n"
        "  scenarios reach 0 of 0 steps (0 of 0 met, 0 of 0 missed) and 0 of 0 exceptions\n"
        "law: 0 passed, 0 failed\n",
    )


def test_a_rule_that_is_not_there(duly: Duly) -> None:
    ended = duly("test", "city", "--rule", "visit")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.splitlines()[-1] == (
        "Error: there is no rule `visit`; did you mean `visits` or `law.visits` or `city.visits`?"
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
        "  page: docs/reference/messages/nothing-expected.md\n"
        "\n"
        "1 mistake found\n",
    )


def test_a_pack_without_scenarios_is_no_pass(duly: Duly) -> None:
    ended = duly("test", "law")
    assert (ended.code, ended.out) == (
        3,
        "law: 0 passed, 0 failed\nnothing was checked: no scenarios found\n",
    )
