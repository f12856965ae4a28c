"""What ``duly check`` finds in a pack, and finds again while nothing has changed.

What was found in a pack that can be used is kept in the user's cache, with all that it was made
from: the text of every file of the pack, of its scenarios and of the packs below; the day; what is
installed; and every module that took part, those of plugins among them.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from types import ModuleType

import pluggy
from attrs import evolve, field, frozen

from duly.dsl.diagnostics import Diagnostic
from duly.dsl.kept import code_of, digest, keep, kept
from duly.dsl.source import SourceText
from duly.engine import discovery
from duly.engine.layers import Layers, digest_of, in_place, sources_now

_BEGAN = time.time_ns()
"""A module that was written since then may not be the one that is running."""

Stamp = tuple[int, int]
"""When a file was last written, and how long it is."""


@frozen
class Size:
    """A pack's name and the one that it stands over, and how much there is in it of its own."""

    name: str | None = None
    over: str | None = None
    rules: int = 0
    duties: int = 0
    scenarios: int = 0


@frozen
class Checked:
    """A pack held against the language; ``pack`` is missing where it cannot be used."""

    wanted: str
    messages: tuple[Diagnostic, ...]
    sources: Mapping[str, SourceText] = field(repr=False)
    pack: Size | None = None
    layers: Layers = ()

    def count(self, severity: str) -> int:
        """How many of its messages are errors, or warnings."""
        return sum(message.severity == severity for message in self.messages)


@frozen
class _Kept:
    """What was found, and what it was made from: texts by their digest, modules by their stamp."""

    checked: Checked
    texts: bytes
    modules: Mapping[str, Stamp | None]


def checked(manager: pluggy.PluginManager, wanted: str, day: date) -> Checked:
    """All that is to be said of a pack on a day: what was kept, or else what is found now."""
    name = str(discovery.find_pack(manager, wanted).resolve())
    key = _key(manager, wanted, day)
    was: _Kept | None = kept("checked", name, key)
    again = _again(was, manager) if was is not None else None
    if again is not None:
        return again
    from duly.engine.checking import check  # NumPy, which what is kept does not need

    found = check(manager, wanted, day)
    modules = {file: _stamp(file) for file in _modules()}
    texts = digest_of(found.sources.values())
    if found.pack is not None and all(s is not None and s[0] < _BEGAN for s in modules.values()):
        keep("checked", name, key, _Kept(evolve(found, sources={}), texts, modules))
    return found


def _again(was: _Kept, manager: pluggy.PluginManager) -> Checked | None:
    """What was kept, if it was made from what is there now."""
    if any(_stamp(file) != stamp for file, stamp in was.modules.items()):
        return None
    if not in_place(was.checked.layers, manager):
        return None
    found = evolve(was.checked, sources=sources_now(was.checked.layers, scenarios=True))
    return found if digest_of(found.sources.values()) == was.texts else None


# ------------------------------------------------------------ what it is made from


def _key(manager: pluggy.PluginManager, wanted: str, day: date) -> bytes:
    """What is asked, and of whom: Duly's own code, its plugins, and what is installed beside."""
    code = code_of("duly.dsl", "duly.engine")
    plugins = sorted(name for name, _ in manager.list_name_plugin())
    return digest(code, wanted, day, plugins, list(discovery.lints(manager)), _installed())


def _installed() -> list[str]:
    """Every package that could be imported, with its version."""
    return sorted(
        found.name
        for folder in map(Path, sys.path)
        if folder.is_dir()
        for found in folder.iterdir()
        if found.suffix in (".dist-info", ".egg-info")
    )


def _modules() -> Iterator[str]:
    """The file of every module that has been imported."""
    for module in list(sys.modules.values()):
        file = vars(module).get("__file__") if isinstance(module, ModuleType) else None
        if file:
            yield file


def _stamp(file: str) -> Stamp | None:
    """A file as it is now; nothing where it is gone."""
    try:
        status = Path(file).stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
