"""The packs that come with Duly: one folder each under ``duly.policies``."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from duly.engine.hookspecs import PackFolder, hookimpl


@hookimpl
def register_packs() -> Sequence[PackFolder]:
    """Every folder beside ``duly/policies/__init__.py`` that holds a ``pack.duly``."""
    root = Path(str(files("duly.policies")))
    return [PackFolder(path.parent.name, path.parent) for path in sorted(root.glob("*/pack.duly"))]
