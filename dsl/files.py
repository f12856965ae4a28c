"""A folder of rule files into their documents.

Documents without a mistake are kept in the user's cache, so that a file that has not changed since
is not parsed again, and a folder of such files needs no parser.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from duly.dsl.diagnostics import Diagnostics
from duly.dsl.kept import code_of, digest, keep, kept, packed, unpacked
from duly.dsl.source import SourceText, Span

if TYPE_CHECKING:
    from duly.dsl import ast

SCENARIOS = "scenarios"
"""The folder inside a pack whose files hold only scenarios."""

ROWS = "rows.csv"
"""The file inside a pack that is the table of its source's rows."""

LARGEST = 2_000_000
"""Bytes of one file of rules; nobody writes more, and reading would take minutes."""

SMALL = 2_000
"""Characters of a folder that is read as quickly as it is looked up."""


def read_folder(
    folder: Path, diagnostics: Diagnostics, sources: dict[str, SourceText]
) -> list[ast.Document]:
    """The documents of the folder itself, in the order of their names."""
    texts = read_texts(folder, diagnostics)
    sources.update({file: SourceText(file, text) for file, text in texts.items()})
    if sum(map(len, texts.values())) < SMALL:
        return [_parsed(file, text, diagnostics) for file, text in texts.items()]
    name, reader = str(folder.resolve()), code_of("duly.dsl")
    before: dict[bytes, bytes] = kept("documents", name, reader) or {}
    clean: dict[bytes, bytes] = {}
    documents: list[ast.Document] = []
    for file, text in texts.items():
        seen, told = digest(file, text), len(diagnostics.found)
        known = before.get(seen)
        document = unpacked(known) if known is not None else _parsed(file, text, diagnostics)
        if len(diagnostics.found) == told:
            clean[seen] = known if known is not None else packed(document)
        documents.append(document)
    if clean.keys() != before.keys():
        keep("documents", name, reader, clean)
    return documents


def read_texts(folder: Path, diagnostics: Diagnostics) -> dict[str, str]:
    """What the rule files of the folder itself say, in the order of their names."""
    paths = sorted(folder.glob("*.duly"))
    return {str(path): read_text(path, diagnostics) or "" for path in paths}


def read_text(path: Path, diagnostics: Diagnostics) -> str | None:
    """What the file says; nothing where it is no text, or too much of it."""
    if path.stat().st_size > LARGEST:
        diagnostics.add(
            "too-large",
            f"{path.name} has more than {LARGEST:,} bytes",
            Span(str(path), 0, 0, 0, 0),
            why="a rule that cannot be read protects no child",
            help="make several files of it; if it is no file of rules, take it out of the folder",
        )
        return None
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        not_text(path, diagnostics)
        return None


def not_text(path: Path, diagnostics: Diagnostics) -> None:
    """Say that a file is not in UTF-8."""
    diagnostics.add(
        "not-text",
        f"{path.name} is not UTF-8 text",
        Span(str(path), 0, 0, 0, 0),
        why="a rule that cannot be read protects no child",
        help="save it as plain text in UTF-8",
    )


def _parsed(file: str, text: str, diagnostics: Diagnostics) -> ast.Document:
    from duly.dsl.parser import parse_text  # Lark, which what is kept does not need

    return parse_text(text, file, diagnostics)
