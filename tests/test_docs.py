"""What the pages say is so: rules parse, links lead somewhere, every command is described."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.packs import load_policy
from duly.dsl.parser import parse_text
from duly.engine.cli.main import cli
from duly.engine.scenarios import run_scenarios
from duly.plugins.sources.ssd_episodes import PERIODS_OF_CARE
from duly.plugins.sources.ssd_tables import MAPPINGS
from tests import docs_examples

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
TUTORIAL = ROOT / "docs/tutorial/first-rule.md"
EVERY_PAGE = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))

FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s#]+)(?:#[^)]*)?\)")


def fenced(text: str, language: str) -> list[str]:
    """The code blocks of one language."""
    return [body for _, name, body in FENCE.findall(text) if name == language]


def commands(command: click.Command, name: str = "duly") -> Iterator[tuple[str, click.Command]]:
    """Every command that can be typed, by its full name."""
    if not isinstance(command, click.Group):
        yield name, command
        return
    context = click.Context(command)
    for word in command.list_commands(context):
        found = command.get_command(context, word)
        assert found is not None
        yield from commands(found, f"{name} {word}")


@EVERY_PAGE
def test_every_rule_shown_can_be_read(page: Path) -> None:
    diagnostics = Diagnostics()
    for block in fenced(page.read_text(encoding="utf-8"), "duly"):
        parse_text(block, page.name, diagnostics)
    assert diagnostics.found == []


@EVERY_PAGE
def test_every_link_to_a_file_leads_somewhere(page: Path) -> None:
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    links = [link for link in LINK.findall(prose) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_the_sentences_for_a_standard_can_be_used_as_they_stand(tmp_path: Path) -> None:
    """With the law's words and those that the page declares itself."""
    page = (ROOT / "docs/how-to/which-sentence.md").read_text(encoding="utf-8")
    inline = re.findall(r"`([^`]+)`", page)
    own = [each for each in inline if each.startswith(("event ", "period ", "add to "))]
    rules = [
        f'rule r{n} "R"\n  cite standards "1"\n  {sentence}\n'
        for n, sentence in enumerate(sentences(page))
    ]
    pack = 'pack local "Local" over statutory\nsource standards "Standards"\n'
    (tmp_path / "pack.duly").write_text("\n".join([pack, *own, *rules]), encoding="utf-8")
    loaded = load_policy(tmp_path, lambda name: ROOT / "policies" / name)
    assert len(own) == 3
    assert len(loaded.policy.packs[-1].rules) > 15
    assert loaded.diagnostics.found == []


def sentences(page: str) -> Iterator[str]:
    """The right side of the page's table; what is only a part, behind what it is a part of."""
    rows = [line.split(" | ")[1] for line in page.splitlines() if line.startswith("| ")][1:]
    for row in rows:
        said = re.findall(r"`([^`]+)`", row)
        if "on the next line" in row:
            yield "\n".join(said)
            continue
        for each in said:
            part = each.removeprefix("…")
            begun = "visit CLA every 6 weeks" if part != each else "must visit CLA "
            yield part if part.startswith("must") else begun + part


def test_the_explanations_are_those_that_come_out() -> None:
    """`python -m tests.docs_examples` writes them anew."""
    assert docs_examples.PAGE.read_text(encoding="utf-8") == docs_examples.page()


@pytest.mark.parametrize("page", docs_examples.AUDITED, ids=lambda page: page.name)
def test_the_audit_is_the_one_that_comes_out(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`python -m tests.docs_examples` writes it anew."""
    monkeypatch.chdir(ROOT)
    assert page.read_text(encoding="utf-8") == docs_examples.audited(page)


def test_the_specification_shows_the_grammar_as_it_stands() -> None:
    """`python -m tests.docs_examples` writes it anew."""
    shown = docs_examples.SPECIFICATION.read_text(encoding="utf-8")
    assert shown == docs_examples.specification()


def test_the_examples_of_the_specification_are_a_pack_that_holds(tmp_path: Path) -> None:
    page = docs_examples.SPECIFICATION.read_text(encoding="utf-8")
    (tmp_path / "pack.duly").write_text("\n".join(fenced(page, "duly")), encoding="utf-8")
    loaded = load_policy(tmp_path, Path)
    assert loaded.diagnostics.found == []
    failures = {
        result.scenario.title: [
            str(outcome) for each in result.failures for outcome in each.outcomes
        ]
        for result in run_scenarios(loaded.policy, loaded.scenarios())
        if not result.passed
    }
    assert failures == {}


def test_the_tutorial_shows_what_comes_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever follows the tutorial, mistakes included, sees what it says."""
    page = TUTORIAL.read_text(encoding="utf-8")
    pack, stories, mended = fenced(page, "duly")
    began = pack.index("rule our_visits")
    states = [
        (pack, ""),
        (pack.replace("permanent", "permenent"), ""),
        (pack, stories),
        (pack, stories.replace("by 4 days", "by 5 days")),
        (pack[:began] + mended, stories),
    ]
    monkeypatch.chdir(tmp_path)
    Path("first_rule/scenarios").mkdir(parents=True)
    for (rule, story), block in zip(states, fenced(page, "console"), strict=True):
        Path("first_rule/pack.duly").write_text(rule, encoding="utf-8")
        Path("first_rule/scenarios/visits.duly").write_text(story, encoding="utf-8")
        typed, shown = block.removeprefix("$ duly ").split("\n", 1)
        assert CliRunner().invoke(cli, typed.split()).output == shown


def test_the_page_about_testing_shows_what_comes_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (ROOT / "docs/how-to/test-your-rules.md").read_text(encoding="utf-8")
    shutil.copytree(ROOT / "examples/first_rule", tmp_path / "first_rule")
    monkeypatch.chdir(tmp_path)
    reached, before, after = (
        block.removeprefix("$ duly ").split("\n", 1) for block in fenced(page, "console")
    )
    for typed, shown in (reached, before):
        assert CliRunner().invoke(cli, typed.split()).output == shown
    (stories,) = fenced(page, "duly")
    with Path("first_rule/scenarios/visits.duly").open("a", encoding="utf-8") as file:
        file.write(stories)
    assert CliRunner().invoke(cli, after[0].split()).output == after[1]


@pytest.mark.parametrize("page", ["README.md", "docs/index.md", "docs/tutorial/first-rule.md"])
def test_the_pages_show_the_example_as_it_stands(page: str) -> None:
    example = (ROOT / "examples/first_rule/pack.duly").read_text(encoding="utf-8")
    assert fenced((ROOT / page).read_text(encoding="utf-8"), "duly")[0] == example


def test_the_tutorial_shows_the_stories_as_they_stand() -> None:
    stories = (ROOT / "examples/first_rule/scenarios/visits.duly").read_text(encoding="utf-8")
    assert fenced(TUTORIAL.read_text(encoding="utf-8"), "duly")[1] == stories


@pytest.mark.parametrize(
    ("found", "typed"), [(None, ".venv/bin/duly"), ("/usr/bin/duly", "duly")], ids=["no", "yes"]
)
def test_what_the_demonstration_suggests_can_be_typed_where_it_was_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, found: str | None, typed: str
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("shutil.which", lambda name: found)
    monkeypatch.setattr("sys.argv", [".venv/bin/duly", "demo"])
    shown = CliRunner().invoke(cli, ["demo", "--children", "20"]).output
    assert f"\n  {typed} check && {typed} test\n  {typed} facts template my-facts\n" in shown


def test_the_reference_names_every_table_of_the_dataset_that_is_read() -> None:
    reference = (ROOT / "docs/reference/facts.md").read_text(encoding="utf-8")
    section = reference.split("## The Standard Safeguarding Dataset")[1].split("\n## ")[0]
    shown = set(re.findall(r"`(ssd_\w+)`", section))
    assert shown == {name for each in MAPPINGS for name in each.reads()} - {PERIODS_OF_CARE}


def test_the_example_in_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (ROOT / "docs/reference/python.md").read_text(encoding="utf-8")
    example, _ = fenced(page, "python")  # the other is installed by test_packaging.py
    monkeypatch.chdir(tmp_path)
    CliRunner().invoke(cli, ["facts", "sample", "duly-demo/facts", "--children", "20"])
    exec(compile(example, "python.md", "exec"), {})  # noqa: S102 - our own page
    assert "statutory cla_visits {'met':" in capsys.readouterr().out


def test_the_reference_describes_every_command_and_its_options() -> None:
    reference = (ROOT / "docs/reference/command-line.md").read_text(encoding="utf-8")
    usage = [line for block in fenced(reference, "text") for line in block.splitlines()]
    for name, command in commands(cli):
        options = {option for each in command.params for option in each.opts if option[:2] == "--"}
        shown = [line for line in usage if f"{line} ".startswith(f"{name} ")]
        assert [set(re.findall(r"--[a-z-]+", line)) for line in shown] == [options], name
