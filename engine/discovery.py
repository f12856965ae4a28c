"""Plugins and packs: what is installed, found through the entry points of group ``duly``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from importlib.metadata import entry_points
from os.path import normpath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pluggy

from duly.dsl.diagnostics import PackNotFound, did_you_mean
from duly.engine import hookspecs
from duly.engine.raw import FactsError

if TYPE_CHECKING:
    from duly.dsl.packs import LoadedPolicy

GROUP = "duly"


@lru_cache(maxsize=1)
def plugin_manager() -> pluggy.PluginManager:
    """The plugins that are installed, built-in ones included."""
    manager = pluggy.PluginManager(GROUP)
    manager.add_hookspecs(hookspecs)
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        try:
            manager.register(entry.load(), name=entry.name)
        except (ImportError, AttributeError, pluggy.PluginValidationError) as error:
            raise FactsError(
                what=f"the plugin `{entry.name}` cannot be loaded: {error}",
                where=f"entry point {entry.value}",
                why="what it adds would be missing without a word",
                help="install it again, or uninstall it",
            ) from error
    return manager


def _gathered(manager: pluggy.PluginManager, hook: str) -> dict[str, Any]:
    """Everything the plugins add through one hook, by name."""
    added: Iterable[Any] = (item for items in getattr(manager.hook, hook)() for item in items)
    found: dict[str, Any] = {}
    for item in sorted(added, key=lambda item: str(item.name)):
        if item.name in found:
            raise FactsError(
                what=f"two plugins add something called `{item.name}`",
                where=f"hook {hook}; `pip list` shows what is installed",
                why="which of the two is meant would depend on their order",
                help="uninstall one of them",
            )
        found[item.name] = item
    return found


def fact_sources(manager: pluggy.PluginManager) -> Mapping[str, hookspecs.FactSource]:
    """Adapters by name."""
    return _gathered(manager, "register_fact_sources")


def outputs(manager: pluggy.PluginManager) -> Mapping[str, hookspecs.Output]:
    """Output formats by name."""
    return _gathered(manager, "register_outputs")


def runners(manager: pluggy.PluginManager) -> Mapping[str, hookspecs.Runner]:
    """Runners by name."""
    return _gathered(manager, "register_runners")


def packs(manager: pluggy.PluginManager) -> Mapping[str, hookspecs.PackFolder]:
    """Installed packs by name."""
    return _gathered(manager, "register_packs")


def commands(manager: pluggy.PluginManager) -> Mapping[str, hookspecs.Command]:
    """Subcommands by name."""
    return _gathered(manager, "register_commands")


def lints(manager: pluggy.PluginManager) -> Mapping[str, hookspecs.Lint]:
    """Lints by the code of their findings."""
    return _gathered(manager, "register_lints")


def find_pack(manager: pluggy.PluginManager, wanted: str, top: Path | None = None) -> Path:
    """The folder of a pack, given by name or as a path.  Raises ``PackNotFound``.

    One that stands under a pack in the folder ``top`` may lie beside it.
    """
    installed = packs(manager)
    if wanted in installed:
        return installed[wanted].folder
    beside = Path(normpath(top / ".." / wanted)) if top is not None else None
    folder = beside if beside is not None and beside.is_dir() else Path(wanted)
    if any(folder.glob("*.duly")):
        return folder
    from duly.dsl.packs import not_a_pack  # the parser, which a pack that is there does not need

    if folder.is_dir():
        raise PackNotFound(wanted, not_a_pack(folder) or "the folder holds no .duly files")
    if folder.exists():
        raise PackNotFound(wanted, not_a_pack(folder))
    guess = did_you_mean(wanted, installed)
    names = ", ".join(f"`{name}`" for name in installed)
    nowhere = f"no folder has that {'name beside it' if top is not None else 'path'} either."
    raise PackNotFound(wanted, f"{guess or nowhere} Installed: {names}")


def load(manager: pluggy.PluginManager, wanted: str) -> LoadedPolicy:
    """Read a pack and those it stands over, by name or as a path."""
    from duly.dsl.packs import load_policy  # the parser, which listing plugins does not need

    top = find_pack(manager, wanted)
    return load_policy(top, lambda name: find_pack(manager, name, top))


_WHY_NAMED = {
    "source of facts": "a folder can be read in more than one way",
    "output format": "the same obligations can be written in several formats",
}


def split_address(address: str, what: str, known: Iterable[str]) -> tuple[str, str]:
    """``csv:facts/`` into its name and the rest; a single letter is a Windows drive, not a name.

    ``what`` is a ``source of facts`` or an ``output format``.
    """
    name, colon, rest = address.partition(":")
    known = sorted(known)
    listed = ", ".join(f"{n}:" for n in known)
    if not colon or len(name) < 2:
        ending = address.rpartition(".")[2]
        likely = ending if ending in known else known[0]
        raise FactsError(
            what=f"`{address}` does not say which {what} it is",
            where="the command line",
            why=_WHY_NAMED[what],
            help=f"put one of {listed} in front, such as `{likely}:{address}`",
        )
    if name not in known:
        raise FactsError(
            what=f"there is no {what} `{name}`",
            where="the command line",
            why="nothing that is installed can read or write it",
            help=did_you_mean(name, known) or f"installed: {listed}",
        )
    return name, rest
