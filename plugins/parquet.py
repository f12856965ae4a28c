"""What Parquet needs beyond the core, asked for when it is used."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

from duly.engine.days import EPOCH
from duly.engine.raw import FactsError

FIRST_DAY = (EPOCH - EPOCH.replace(year=1970)).days
"""The first day of the engine's tables, as Arrow and Parquet count days."""


def needs_pyarrow(name: str, where: str) -> ModuleType:
    """A module here that needs the library for Parquet, which not every installation has."""
    try:
        return import_module(f"duly.plugins.{name}")
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "pyarrow":
            raise
        raise FactsError(
            what="Parquet needs the package `pyarrow`, which is not installed",
            where=where,
            why="it is large, and nothing else here needs it",
            help='install it: `pip install "duly[parquet]"`; or use CSV files',
        ) from None
