"""``duly format``: what it changes, what it leaves, and what it says of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from duly.dsl.build import UNREAD
from tests.cli.conftest import Duly

UNTIDY = 'rule visits "Visits"   cite act "s. 1"\nmust visit CLA every week   # each'
TIDY = 'rule visits "Visits"\n  cite act "s. 1"\n  must visit CLA every week  # each\n'
BROKEN = 'rule visits "Visits"\n  cite act'


@pytest.fixture
def rules(desk: Path) -> Path:
    """A folder with an untidy file, a tidy one below it, and one that is hidden."""
    for name, text in {
        "rules/untidy.duly": UNTIDY,
        "rules/scenarios/tidy.duly": TIDY,
        "rules/.old/untidy.duly": UNTIDY,
        "rules/notes.md": UNTIDY,
    }.items():
        (desk / name).parent.mkdir(parents=True, exist_ok=True)
        (desk / name).write_text(text, encoding="utf-8", newline="")
    return desk / "rules"


def texts(folder: Path) -> dict[str, bytes]:
    """Every file of the folder."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_files_are_brought_into_layout_where_they_are(duly: Duly, rules: Path) -> None:
    before = texts(rules)
    said = duly("format", "rules")
    assert (said.code, said.out) == (
        0,
        "changed rules/untidy.duly\n2 rule files: 1 changed\n",
    )
    assert texts(rules) == before | {"untidy.duly": TIDY.encode()}


def test_once_is_enough(duly: Duly, rules: Path) -> None:
    duly("format", "rules")
    assert duly("format", "rules").out == "2 rule files: 0 changed\n"


def test_check_changes_nothing_and_lists_what_would_change(duly: Duly, rules: Path) -> None:
    before = texts(rules)
    said = duly("format", "--check", "rules", "rules/untidy.duly")
    assert (said.code, said.out) == (
        1,
        "would change rules/untidy.duly\n2 rule files: 1 would change\n",
    )
    assert texts(rules) == before


def test_check_is_content_with_what_is_in_layout(duly: Duly, rules: Path) -> None:
    said = duly("format", "--check", "rules/scenarios/tidy.duly")
    assert (said.code, said.out) == (0, "1 rule file: 0 would change\n")


def test_diff_changes_nothing_and_shows_what_would_change(duly: Duly, rules: Path) -> None:
    before = texts(rules)
    said = duly("format", "--diff", "rules")
    assert said.code == 1
    assert said.out == (
        "--- rules/untidy.duly\n"
        "+++ rules/untidy.duly\n"
        "@@ -1,2 +1,3 @@\n"
        '-rule visits "Visits"   cite act "s. 1"\n'
        "-must visit CLA every week   # each\n"
        "\\ No newline at end of file\n"
        '+rule visits "Visits"\n'
        '+  cite act "s. 1"\n'
        "+  must visit CLA every week  # each\n"
    )
    assert texts(rules) == before


def test_line_ends_of_another_system_are_a_change(duly: Duly, rules: Path) -> None:
    tidy = rules / "scenarios/tidy.duly"
    tidy.write_bytes(b"\xef\xbb\xbf" + TIDY.replace("\n", "\r\n").encode())
    assert duly("format", str(tidy)).code == 0
    assert tidy.read_bytes() == TIDY.encode()


def test_a_file_with_mistakes_is_left_as_it_is_and_the_others_are_not(
    duly: Duly, rules: Path
) -> None:
    (rules / "broken.duly").write_text(BROKEN, encoding="utf-8")
    (rules / "foreign.duly").write_bytes(b"rule caf\xe9")
    said = duly("format", "rules")
    assert said.code == 1
    assert said.out == (
        "error: the statement is not finished after `act` [unfinished-sentence]\n"
        "  --> rules/broken.duly:2:8\n"
        "   |\n"
        " 2 |   cite act\n"
        "   |        ^^^\n"
        f"  why:  {UNREAD}\n"
        '  help: what can stand here: words in quotation marks "…"\n'
        "  page: docs/reference/messages/unfinished-sentence.md\n"
        "\n"
        "rules/broken.duly: 1 mistake: left as it is\n"
        "error: foreign.duly is not UTF-8 text [not-text]\n"
        "  why:  a rule that cannot be read protects no child\n"
        "  help: save it as plain text in UTF-8\n"
        "  page: docs/reference/messages/not-text.md\n"
        "\n"
        "rules/foreign.duly: 1 mistake: left as it is\n"
        "changed rules/untidy.duly\n"
        "4 rule files: 1 changed\n"
    )
    assert (rules / "broken.duly").read_text(encoding="utf-8") == BROKEN
    assert (rules / "foreign.duly").read_bytes() == b"rule caf\xe9"


def test_a_link_stays_a_link_and_permissions_stay(duly: Duly, rules: Path) -> None:
    untidy, link = rules / "untidy.duly", rules / "link.duly"
    untidy.chmod(0o640)
    link.symlink_to(untidy)
    duly("format", str(link))
    assert link.is_symlink()
    assert untidy.read_text(encoding="utf-8") == TIDY
    assert untidy.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("path", "code", "message"),
    [
        ("nowhere", 2, "Path 'nowhere' does not exist."),
        ("rules/notes.md", 2, "`rules/notes.md` is no rule file: their names end in `.duly`"),
        ("facts", 3, "nothing was formatted: no .duly files found\n"),
    ],
)
def test_paths_without_rules(duly: Duly, rules: Path, path: str, code: int, message: str) -> None:
    said = duly("format", path)
    assert said.code == code
    assert message in said.out + said.err
