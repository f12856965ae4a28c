"""What holds of every text that is formatted: nothing is lost, and once is enough."""

from __future__ import annotations

import re
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.formatter import format_text
from duly.dsl.grammar import lark
from duly.dsl.parser import parse_text
from tests.dsl.programs import laid_out_anew, programs

ROOT = Path(__file__).resolve().parent.parent.parent
SHIPPED = pytest.mark.parametrize(
    "path",
    sorted(path for name in ("policies", "examples") for path in (ROOT / name).rglob("*.duly")),
    ids=lambda path: str(path.relative_to(ROOT)),
)


def parsed(text: str) -> ast.Document:
    """The syntax of a text that is known to be read."""
    return parse_text(text, "rules.duly", Diagnostics())


def comments(text: str) -> list[str]:
    """Every comment, without the space at its end."""
    found = re.finditer(r'"[^"\n]*"|(#[^\n]*)', text)
    return [match[1].rstrip() for match in found if match[1]]


def articles(text: str) -> list[str]:
    """Every article."""
    return [token for token in lark().lex(text, dont_ignore=True) if token.type == "ARTICLE"]


def assert_only_the_layout_differs(before: str, after: str) -> None:
    assert parsed(after) == parsed(before)
    assert comments(after) == comments(before)
    assert articles(after) == articles(before)
    assert format_text(after, "rules.duly") == after


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(programs(), st.randoms(use_true_random=False))
def test_any_program_says_the_same_afterwards(program: str, chance: Random) -> None:
    text = laid_out_anew(program, chance)
    assert parsed(text) == parsed(program)
    assert_only_the_layout_differs(text, format_text(text, "rules.duly"))


@SHIPPED
def test_shipped_rules_in_any_layout_say_the_same_afterwards(path: Path) -> None:
    shipped = path.read_text(encoding="utf-8")
    text = laid_out_anew(shipped, Random(path.name))  # noqa: S311 (no secret)
    after = format_text(text, "rules.duly")
    assert parsed(after) == parsed(shipped)
    assert_only_the_layout_differs(text, after)


@SHIPPED
def test_shipped_rules_are_in_layout(path: Path) -> None:
    shipped = path.read_text(encoding="utf-8")
    assert format_text(shipped, "rules.duly") == shipped
    long = [line for line in shipped.split("\n") if len(line) > 100 and '"' not in line]
    assert long == []
