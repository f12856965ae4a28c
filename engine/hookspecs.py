"""The places where a plugin adds something.  Hooks add; none rewrites."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pluggy
from attrs import frozen

if TYPE_CHECKING:
    import click

    from duly.dsl.policy import Kind
    from duly.engine.compiled import Compiled
    from duly.engine.lints import Finding, Linted
    from duly.engine.obligations import Obligations
    from duly.engine.pipeline import Run
    from duly.engine.raw import Parted, RawFacts

hookspec = pluggy.HookspecMarker("duly")
hookimpl = pluggy.HookimplMarker("duly")


@frozen
class Supply:
    """Rows of a kind that an adapter can fill: ``fields`` are columns that it has for them.

    A field has the values that it can take there (visits of kind ``cla`` alone, say), or
    ``None`` for any.
    """

    kind: str
    fields: Mapping[str, frozenset[str] | None]


@frozen
class FactSource:
    """An adapter: ``read`` takes the location (``csv:LOCATION``) and the vocabulary.

    ``supplies`` says what it finds in the system that it reads.  Files that somebody fills in
    hold whatever is written into them; their adapter declares nothing.  ``parted`` opens a source
    that can be read in parts, where it can.
    """

    name: str
    summary: str
    read: Callable[[str, Mapping[str, Kind]], RawFacts]
    supplies: Sequence[Supply] = ()
    parted: Callable[[str, Mapping[str, Kind]], Parted] | None = None


class Stream(Protocol):
    """Obligations that are written part by part, as a caseload too large for memory asks for.

    It is handed to the processes that evaluate, and so is pickled with what it needs.
    """

    def part(self, number: int, obligations: Obligations) -> None:
        """Write one part, in whatever process; parts count from 0 and come in any order."""

    def whole(self, run: Run) -> Sequence[Path]:
        """Put the parts together in their order, once all are there; the files that are left."""

    def give_up(self) -> None:
        """Remove what was written, since the run failed."""


@frozen
class Output:
    """A format: ``write`` takes a finished run and a path, and returns the files it wrote.

    One that can be written part by part has a ``stream`` to a path too.
    """

    name: str
    summary: str
    write: Callable[[Run, Path], Sequence[Path]]
    stream: Callable[[Path], Stream] | None = None


@frozen
class PackFolder:
    """A pack that is installed as a package."""

    name: str
    folder: Path


@frozen
class Command:
    """A subcommand of ``duly``; ``load`` imports it, so that listing it costs nothing."""

    name: str
    summary: str
    load: Callable[[], click.Command]


@frozen
class Lint:
    """A look at a pack for what its author may not have meant; ``load`` imports it.

    ``name`` is the code of its findings, and the name of its page.  What it finds may hang on what
    it is handed and on code alone: it is not asked again until one of them changes.
    """

    name: str
    summary: str
    load: Callable[[], Callable[[Linted], Iterable[Finding]]]


@frozen(eq=False)
class Request:
    """What a run is asked for: a pack over facts as at a day, and where to write.

    ``facts`` and ``out`` are addresses as they are typed: ``csv:LOCATION``.
    """

    pack: Compiled
    facts: Sequence[str]
    as_at: date
    since: date | None = None
    known_at: date | None = None
    out: Sequence[str] = ()


@frozen
class Runner:
    """Where the parts of a caseload are evaluated, if not on this machine.

    ``run`` reads, evaluates and writes, and tells its stages as they come; it gives the finished
    run, whose obligations may be with what was written alone, and names what it wrote.
    """

    name: str
    summary: str
    run: Callable[[Request, Callable[[str], None]], tuple[Run, Sequence[str]]]


@hookspec
def register_fact_sources() -> Sequence[FactSource]:  # type: ignore[empty-body]
    """Adapters that read facts from a case system's extract."""


@hookspec
def register_outputs() -> Sequence[Output]:  # type: ignore[empty-body]
    """Formats that a run can be written in."""


@hookspec
def register_runners() -> Sequence[Runner]:  # type: ignore[empty-body]
    """Places beyond this machine where a caseload can be evaluated."""


@hookspec
def register_packs() -> Sequence[PackFolder]:  # type: ignore[empty-body]
    """Packs of rules that can be named instead of given by folder."""


@hookspec
def register_commands() -> Sequence[Command]:  # type: ignore[empty-body]
    """Subcommands of the command line."""


@hookspec
def register_lints() -> Sequence[Lint]:  # type: ignore[empty-body]
    """What ``duly check`` warns of in a pack without mistakes."""
