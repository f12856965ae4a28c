"""What takes long to work out, kept in the user's cache between runs.

Each thing lies in a file of its own under the key of what it was made from: under another key it
is not found.  A file that is damaged is as good as none, and so is a cache that cannot be used.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import sys
from contextlib import suppress
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any

import attrs

_CHECKSUM = hashlib.sha256().digest_size

MOST_KEPT = 100
"""Things of one sort that are kept; beyond, the oldest make room."""


def cache_folder() -> Path:
    """Where what is costly to work out is kept between runs.  Raises ``OSError``."""
    root = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    try:
        folder = Path(root) if root else Path.home() / ".cache"
    except RuntimeError as error:
        raise OSError(str(error)) from error
    folder = folder / "duly"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def kept(sort: str, name: str, key: bytes) -> Any:
    """What was kept of this sort under the name and the very key; ``None`` where nothing was."""
    try:
        content = _place(sort, name).read_bytes()
    except OSError:
        return None
    begins = len(key) + _CHECKSUM
    head, payload = content[:begins], content[begins:]
    if head != key + hashlib.sha256(payload).digest():
        return None
    return unpacked(payload)


def keep(sort: str, name: str, key: bytes, value: object) -> None:
    """Keep it in place of what was there under the name."""
    payload = packed(value)
    with suppress(OSError):
        place = _place(sort, name)
        new = place.with_suffix(f".{os.getpid()}")
        new.write_bytes(key + hashlib.sha256(payload).digest() + payload)
        new.replace(place)  # at once, so that nobody reads half of it
        found = sorted(place.parent.glob(f"{sort}-*.pickle"), key=lambda each: each.stat().st_mtime)
        for oldest in found[:-MOST_KEPT]:
            oldest.unlink(missing_ok=True)


def packed(value: object) -> bytes:
    """A value as bytes."""
    page = BytesIO()
    _Packer(page, pickle.HIGHEST_PROTOCOL).dump(value)
    return page.getvalue()


def unpacked(content: bytes) -> Any:
    """The value that was packed: our own bytes, and whole."""
    return pickle.loads(content)  # noqa: S301


class _Packer(pickle.Pickler):
    """Notes of a value its class and fields, from which it is made again in a single call.

    That takes half the time of setting field by field, and packs are read more often than written.
    """

    def reducer_override(self, value: object) -> Any:
        kind = type(value)
        names = _positional(kind)  # type: ignore[arg-type]
        return (kind, tuple([getattr(value, name) for name in names])) if names else NotImplemented


@cache
def _positional(kind: type) -> tuple[str, ...]:
    """The fields of a class of values that it is made from, if they are all that there is."""
    fields = attrs.fields(kind) if attrs.has(kind) else ()
    whole = all(field.init and not field.kw_only for field in fields)
    return tuple(field.name for field in fields) if whole else ()


def digest(*parts: object) -> bytes:
    """Differs where one of the parts, as text, does."""
    seen = hashlib.sha256()
    for part in parts:
        text = str(part)
        seen.update(f"{len(text)}\0{text}".encode())
    return seen.digest()


@cache
def code_of(*packages: str) -> bytes:
    """Differs where a module or a grammar of these packages does, or the Python that runs them."""
    seen = hashlib.sha256(sys.version.encode())
    for package in packages:
        for path in sorted(Path(str(files(package))).rglob("*")):
            if path.suffix in (".py", ".lark"):
                seen.update(path.read_bytes())
    return seen.digest()


def _place(sort: str, name: str) -> Path:
    return cache_folder() / f"{sort}-{digest(name).hex()[:16]}.pickle"
