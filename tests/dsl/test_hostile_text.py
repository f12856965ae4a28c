"""Files that are no rule files, or that nobody would write: a message, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from duly.dsl.diagnostics import Diagnostic, PolicyError, render
from duly.dsl.packs import LoadedPolicy

Load = Callable[[], LoadedPolicy]

PACK = 'pack local "Local" over law source handbook "Handbook"\n'
HEAD = f'{PACK}rule ours cite handbook "1"'


@pytest.fixture
def mistakes(desk: Path, load: Load) -> Callable[[str | bytes], list[Diagnostic]]:
    """What is said of a pack of one file."""

    def found(content: str | bytes) -> list[Diagnostic]:
        data = content if isinstance(content, bytes) else content.encode()
        (desk / "local/pack.duly").write_bytes(data)
        try:
            return load().diagnostics.errors
        except PolicyError as error:
            return list(error.diagnostics)

    return found


Mistakes = Callable[[str | bytes], list[Diagnostic]]


def test_a_file_that_is_not_utf_8(mistakes: Mistakes) -> None:
    (message,) = mistakes(b'pack local "Caf\xe9" over law')
    assert render(message, None) == (
        "error: pack.duly is not UTF-8 text [not-text]\n"
        "  why:  a rule that cannot be read protects no child\n"
        "  help: save it as plain text in UTF-8\n"
        "  page: docs/reference/messages/not-text.md"
    )


@pytest.mark.parametrize("ends", ["\r\n", "\r", "\n"])
def test_line_ends_of_every_system_are_read(mistakes: Mistakes, ends: str) -> None:
    text = f"\ufeff{HEAD}# a comment\n visit CLA every 6 weeks\n"
    assert mistakes(text.replace("\n", ends)) == []


JUNK = {
    b"\x00" * 40: "unknown-character",
    b"PK\x03\x04 zip": "misspelt-word",
    b"{}": "unknown-character",
    b"<html></html>": "symbol",
    b"-": "unknown-character",
    b"A letter, not a rule.": "unexpected-word",
}


@pytest.mark.parametrize("junk", JUNK)
def test_what_is_no_rule_file_is_refused(mistakes: Mistakes, junk: bytes) -> None:
    assert [message.code for message in mistakes(junk)] == [JUNK[junk]]


def test_a_long_name_is_told_in_short(mistakes: Mistakes) -> None:
    (message,) = mistakes(f"{HEAD} visit CLA every week unless {'x' * 10_000} then 1 day")
    shown = render(message, None)
    assert shown.startswith("error: `xxxxx")
    assert len(shown) < 600


MEGABYTES = {
    "a name": "x" * 1_000_000,
    "conditions": " or ".join(["permanent"] * 80_000),
    "brackets": "(" * 100_000 + "permanent" + ")" * 100_000,
    "open brackets": "(" * 1_000_000,
    "not": "not " * 250_000,
    "quotation marks": '"' * 1_000_000,
    "nothing": " " * 1_000_000,
}


@pytest.mark.parametrize("what", MEGABYTES)
def test_a_megabyte_in_one_line_is_refused(mistakes: Mistakes, what: str) -> None:
    (message,) = mistakes(f"{HEAD} visit CLA every week unless {MEGABYTES[what]} then 1 day")
    assert message.code == "too-long"


def test_fifty_brackets_are_read(mistakes: Mistakes) -> None:
    deep = "(" * 50 + "permanent" + ")" * 50
    assert mistakes(f"{HEAD} visit CLA every week unless {deep} then 2 weeks") == []


@pytest.mark.parametrize("many", [51, 500])
@pytest.mark.parametrize(
    ("opening", "closing"),
    [("not ", ""), ("(", ")"), ("(", " or plan)"), ("(permanent and not (", "))"), ("(", "")],
)
def test_conditions_nested_too_deep_are_refused(
    mistakes: Mistakes, opening: str, closing: str, many: int
) -> None:
    deep = f"{opening * many}permanent{closing * many}"
    (message,) = mistakes(f"{HEAD} visit CLA every week unless {deep} then 2 weeks")
    assert (message.code, message.title) == (
        "too-deep",
        "conditions stand more than 50 deep inside one another",
    )


def test_brackets_beside_one_another_are_not_deep(mistakes: Mistakes) -> None:
    wide = " or ".join(["not (permanent)"] * 200)
    assert mistakes(f"{HEAD} visit CLA every week unless {wide} then 2 weeks") == []


def test_definitions_nested_too_deep_are_refused(mistakes: Mistakes) -> None:
    chain = "".join(f"define d{n + 1} as not d{n} " for n in range(1, 500))
    rule = "rule ours visit CLA every week unless d500 then 2 weeks"
    found = mistakes(f'pack local "Local" over law define d1 as permanent {chain} {rule}')
    assert [message.code for message in found if message.severity == "error"] == ["too-deep"]


def test_definitions_that_double_each_time_are_refused(mistakes: Mistakes) -> None:
    doubling = "".join(f"define d{n + 1} as d{n} or not d{n} " for n in range(1, 15))
    rule = "rule ours visit CLA every week unless d15 then 2 weeks"
    found = mistakes(f'pack local "Local" over law define d1 as permanent {doubling} {rule}')
    assert [message.title for message in found if message.severity == "error"] == [
        "this condition has more than 10,000 parts"
    ]


def test_one_open_bracket_too_many(mistakes: Mistakes) -> None:
    (message,) = mistakes(f"{HEAD} visit CLA every week unless ((permanent) then 1 day")
    assert message.title == "did not expect `then` here"


def test_a_file_that_is_too_large_is_not_read(mistakes: Mistakes) -> None:
    (message,) = mistakes(b"# a comment\n" * 900_000)
    assert (message.code, message.title) == ("too-large", "pack.duly has more than 2,000,000 bytes")


def test_of_many_unreadable_statements_the_first_hundred_are_told(mistakes: Mistakes) -> None:
    text = PACK + "rule ours visit CLA evry 6 weeks\n" * 10_000
    codes = [message.code for message in mistakes(text)]
    assert codes == [*["misspelt-word"] * 100, "too-many-mistakes"]


def test_every_name_of_a_thousand_statements_that_is_unknown_is_told(mistakes: Mistakes) -> None:
    rules = (f"rule r{n} visit CLA every 6 weeks unless permanant\n" for n in range(1_000))
    found = [message.code for message in mistakes(PACK + "".join(rules))]
    assert found.count("unknown-name") == 1_000


def test_a_pack_below_that_is_not_there(desk: Path, load: Load) -> None:
    (desk / "local/pack.duly").write_text('pack local "Local" over lore', encoding="utf-8")
    with pytest.raises(PolicyError) as ended:
        load()
    (message,) = ended.value.diagnostics
    assert (message.code, message.title) == (
        "no-such-pack",
        "there is no pack `lore` to stand over",
    )
    assert (message.span.line, message.span.column) == (1, 25)
    assert message.help == "no folder has that name"
