"""A folder of rule files into their documents.

Documents without a mistake are kept in the user's cache, so that what has not changed since is
neither parsed again nor needs the parser.
"""

from __future__ import annotations

import hashlib
import os
import pickle
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.grammar import cache_folder
from duly.dsl.source import SourceText, Span

LARGEST = 2_000_000
"""Bytes of one file of rules; nobody writes more, and reading would take minutes."""

SMALL = 2_000
"""Characters of a folder that is read as quickly as it is looked up."""

MOST_KEPT = 100
"""Folders whose documents are kept; beyond, the oldest make room."""


def read_folder(
    folder: Path, diagnostics: Diagnostics, sources: dict[str, SourceText]
) -> list[ast.Document]:
    """The documents of the folder itself, in the order of their names."""
    texts = {str(path): _text(path, diagnostics) for path in sorted(folder.glob("*.duly"))}
    sources.update({file: SourceText(file, text) for file, text in texts.items()})
    if sum(map(len, texts.values())) < SMALL:
        return _parsed(texts, diagnostics)
    place = _place(folder)
    known = _kept(place, texts)
    if known is not None:
        return known
    before = len(diagnostics.found)
    documents = _parsed(texts, diagnostics)
    if len(diagnostics.found) == before:
        _keep(place, texts, documents)
    return documents


def _text(path: Path, diagnostics: Diagnostics) -> str:
    """What the file says; nothing where it is no text, or too much of it."""
    if path.stat().st_size > LARGEST:
        diagnostics.add(
            "too-large",
            f"{path.name} has more than {LARGEST:,} bytes",
            Span(str(path), 0, 0, 0, 0),
            why="a rule that cannot be read protects no child",
            help="make several files of it; if it is no file of rules, take it out of the folder",
        )
        return ""
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        not_text(path, diagnostics)
        return ""


def not_text(path: Path, diagnostics: Diagnostics) -> None:
    """Say that a file is not in UTF-8."""
    diagnostics.add(
        "not-text",
        f"{path.name} is not UTF-8 text",
        Span(str(path), 0, 0, 0, 0),
        why="a rule that cannot be read protects no child",
        help="save it as plain text in UTF-8",
    )


def _parsed(texts: Mapping[str, str], diagnostics: Diagnostics) -> list[ast.Document]:
    from duly.dsl.parser import parse_text  # Lark, which what is kept does not need

    return [parse_text(text, file, diagnostics) for file, text in texts.items()]


# ---------------------------------------------------------------------- kept between runs


def _place(folder: Path) -> Path | None:
    """Where the documents of this folder are kept; nothing where nothing can be."""
    name = hashlib.sha256(str(folder.resolve()).encode()).hexdigest()[:16]
    try:
        return cache_folder() / f"documents-{name}.pickle"
    except OSError:
        return None


def _kept(place: Path | None, texts: Mapping[str, str]) -> list[ast.Document] | None:
    """The documents, if they were kept whole, of these very texts, by this very version."""
    if place is None:
        return None
    try:
        content = place.read_bytes()
    except OSError:
        return None
    head = _fingerprint(texts)
    payload = content[len(head) + 32 :]
    if content[: len(head) + 32] != head + hashlib.sha256(payload).digest():
        return None
    documents: list[ast.Document] = pickle.loads(payload)  # noqa: S301 - our own, and whole
    return documents


def _keep(place: Path | None, texts: Mapping[str, str], documents: list[ast.Document]) -> None:
    if place is None:
        return
    payload = pickle.dumps(documents, pickle.HIGHEST_PROTOCOL)
    with suppress(OSError):
        new = place.with_suffix(f".{os.getpid()}")
        new.write_bytes(_fingerprint(texts) + hashlib.sha256(payload).digest() + payload)
        new.replace(place)  # at once, so that nobody reads half of it
        kept = sorted(
            place.parent.glob("documents-*.pickle"), key=lambda each: each.stat().st_mtime
        )
        for oldest in kept[:-MOST_KEPT]:
            oldest.unlink(missing_ok=True)


def _fingerprint(texts: Mapping[str, str]) -> bytes:
    """Differs where a text, its name, or the code that reads it does."""
    seen = hashlib.sha256()
    for path in sorted(Path(__file__).parent.rglob("*")):
        if path.suffix in (".py", ".lark"):
            seen.update(path.read_bytes())
    for file, text in texts.items():
        seen.update(f"{file}\0{len(text)}\0{text}".encode())
    return seen.digest()
