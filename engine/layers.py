"""The folders that a pack is made of, its own and those below, and what their files say now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pluggy

from duly.dsl.diagnostics import Diagnostics, PackNotFound
from duly.dsl.files import ROWS, SCENARIOS, read_text, read_texts
from duly.dsl.kept import digest
from duly.dsl.source import SourceText
from duly.engine import discovery

if TYPE_CHECKING:
    from duly.dsl.packs import LoadedPolicy

Layers = tuple[tuple[str, str], ...]
"""A pack and those that it stands over, each by the name that it was found by, with its folder."""


def layers_of(loaded: LoadedPolicy, wanted: str) -> Layers:
    """The layers of a pack that was read under a name."""
    return tuple(_layers(loaded, wanted))


def _layers(loaded: LoadedPolicy, wanted: str) -> Iterator[tuple[str, str]]:
    name: str | None = wanted
    for text, pack in zip(reversed(loaded.packs), reversed(loaded.policy.packs), strict=True):
        assert name is not None
        yield name, text.folder
        name = pack.over


def in_place(layers: Layers, manager: pluggy.PluginManager) -> bool:
    """Whether each layer is still found in its folder."""
    (wanted, own), *below = layers
    return _folder(manager, wanted) == own and all(
        _folder(manager, name, Path(own)) == folder for name, folder in below
    )


def _folder(manager: pluggy.PluginManager, name: str, top: Path | None = None) -> str | None:
    """Where a pack of this name is now, if there is one."""
    try:
        return str(discovery.find_pack(manager, name, top))
    except PackNotFound:
        return None


def sources_now(layers: Layers, scenarios: bool) -> dict[str, SourceText]:
    """What the files of these packs say now, and those of the first one's scenarios if wanted."""
    unread = Diagnostics()
    (_, own), *_ = layers
    texts = read_texts(Path(own) / SCENARIOS, unread) if scenarios else {}
    for _, folder in layers:
        texts |= read_texts(Path(folder), unread)
        rows = Path(folder) / ROWS
        if rows.is_file():
            texts[str(rows)] = read_text(rows, unread) or ""
    return {} if unread.found else {file: SourceText(file, text) for file, text in texts.items()}


def digest_of(sources: Iterable[SourceText]) -> bytes:
    """Of the texts that a pack was read from."""
    texts: Sequence[tuple[str, str]] = sorted((source.file, source.text) for source in sources)
    return digest(*(part for text in texts for part in text))
