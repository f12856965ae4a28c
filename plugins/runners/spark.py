"""``--runner spark``: a caseload on a Spark cluster, registered; PySpark is imported in a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING

from duly.engine.hookspecs import Request, Runner, hookimpl
from duly.engine.raw import FactsError

if TYPE_CHECKING:
    from duly.engine.pipeline import Run


@hookimpl
def register_runners() -> Sequence[Runner]:
    """The ``spark`` runner."""
    return [Runner("spark", "the machines of a Spark cluster, by way of PySpark", _run)]


def _run(request: Request, tell: Callable[[str], None]) -> tuple[Run, Sequence[str]]:
    for package in ("pyspark", "pyarrow"):
        if find_spec(package) is None:
            raise _not_installed(package)
    from duly.plugins.runners.spark_run import run

    return run(request, tell)


def _not_installed(package: str) -> FactsError:
    return FactsError(
        what=f"the runner `spark` needs the package `{package}`, which is not installed",
        where="--runner spark",
        why="it is large, and nothing that runs on one machine needs it",
        help='install it: `pip install "duly[spark]"`, with Java 17 or later beside it; '
        "or leave `--runner` out to run on this machine",
    )
