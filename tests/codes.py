"""The codes of messages, found in the source: every text that is given as a ``code``.

A function or class that takes a parameter or field ``code`` of type ``str`` passes a code on;
what its callers give it are the codes.  So a new message needs no list.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

FOLDERS = ("dsl", "engine", "plugins")


@frozen
class Taker:
    """Something that is given a code: at which place, and what it takes where none is given."""

    place: int
    default: ast.expr | None


METHODS = {"add": Taker(0, None)}
"""``Diagnostics.add`` is reached through a value, wherever it is."""


def codes(root: Path) -> set[str]:
    """Every code that a message of the source can have."""
    return {code for _, given in _given(root) for code in _texts(given)}


def unclear(root: Path) -> list[str]:
    """Places where a code is neither a text nor passed on under the name ``code``."""
    return [
        f"{place}: {ast.unparse(given)}"
        for place, given in _given(root)
        if not _texts(given) and not _passed_on(given)
    ]


def _given(root: Path) -> Iterator[tuple[str, ast.expr]]:
    """Every expression that is given as a code, with its place."""
    trees = {
        path.relative_to(root): ast.parse(path.read_text(encoding="utf-8"))
        for folder in FOLDERS
        for path in sorted((root / folder).rglob("*.py"))
    }
    own = {_module(path): dict(_takers(tree)) for path, tree in trees.items()}
    for path, tree in trees.items():
        takers = own[_module(path)] | dict(_imported(tree, own)) | METHODS
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and (given := _argument(node, takers)) is not None:
                yield f"{path}:{node.lineno}", given
    for module, takers in own.items():
        for name, taker in takers.items():
            if taker.default is not None:
                yield f"{module}.{name}", taker.default


def _module(path: Path) -> str:
    return ".".join(("duly", *path.with_suffix("").parts))


def _imported(tree: ast.Module, own: dict[str, dict[str, Taker]]) -> Iterator[tuple[str, Taker]]:
    """Takers of other modules, by the names that they have here."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            there = own.get(node.module or "", {})
            yield from ((a.asname or a.name, there[a.name]) for a in node.names if a.name in there)


def _takers(tree: ast.Module) -> Iterator[tuple[str, Taker]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield from _taking_function(node)
        elif isinstance(node, ast.ClassDef):
            yield from _taking_class(node)


def _taking_function(node: ast.FunctionDef) -> Iterator[tuple[str, Taker]]:
    names = [each for each in node.args.args if each.arg not in ("self", "cls")]
    defaults = [*[None] * (len(names) - len(node.args.defaults)), *node.args.defaults]
    for place, (each, default) in enumerate(zip(names, defaults, strict=False)):
        if each.arg == "code" and _is_text(each.annotation):
            yield node.name, Taker(place, default)


def _taking_class(node: ast.ClassDef) -> Iterator[tuple[str, Taker]]:
    fields = [each for each in node.body if isinstance(each, ast.AnnAssign)]
    for place, each in enumerate(fields):
        if _last_name(each.target) == "code" and _is_text(each.annotation):
            yield node.name, Taker(place, each.value)


def _is_text(annotation: ast.expr | None) -> bool:
    return isinstance(annotation, ast.Name) and annotation.id == "str"


def _argument(call: ast.Call, takers: dict[str, Taker]) -> ast.expr | None:
    taker = takers.get(_last_name(call.func))
    if taker is None or _adds_to_a_set(call):
        return None
    named = next((each.value for each in call.keywords if each.arg == "code"), None)
    if named is None and len(call.args) > taker.place:
        named = call.args[taker.place]
    return None if isinstance(named, ast.Starred) else named


def _adds_to_a_set(call: ast.Call) -> bool:
    """``Diagnostics.add`` shares its name with a set's; only one of them is told why."""
    return _last_name(call.func) == "add" and all(each.arg != "why" for each in call.keywords)


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _texts(node: ast.expr) -> list[str]:
    """The texts that the expression can come to."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    return [node.value] if isinstance(node, ast.Constant) and isinstance(node.value, str) else []


def _passed_on(node: ast.expr) -> bool:
    """Under the name ``code``; or that of a lint, whose pages are looked after elsewhere."""
    return ast.unparse(node) == "lint.name" or _last_name(node) == "code"
