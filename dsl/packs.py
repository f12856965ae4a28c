"""Packs on disk: a folder of ``.duly`` files, and the packs that it stands over."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from attrs import frozen

from duly.dsl import ast
from duly.dsl.diagnostics import Compared, Diagnostics, PackNotFound, PolicyError
from duly.dsl.files import SCENARIOS, read_folder
from duly.dsl.policy import Policy
from duly.dsl.resolve import PackText, resolve
from duly.dsl.rows import read_rows
from duly.dsl.scenario import Scenario, resolve_scenarios
from duly.dsl.source import SourceText, Span


@frozen
class LoadedPolicy:
    """A policy with the texts that it came from; ``own`` is the pack that was asked for."""

    policy: Policy
    own: str
    packs: tuple[PackText, ...]
    sources: dict[str, SourceText]
    diagnostics: Diagnostics

    def words(self, span: Span) -> str:
        """What stands in one of the rule files at a place."""
        source = self.sources.get(span.file)
        return source.words(span) if source is not None else ""

    def scenarios(self) -> list[Scenario]:
        """The scenarios of the pack that was asked for."""
        own = next(t for t in self.packs if _header(t) and _header(t).name.text == self.own)  # type: ignore[union-attr]
        folder = Path(own.folder) / SCENARIOS
        documents = [*own.documents, *read_folder(folder, self.diagnostics, self.sources)]
        scenarios = resolve_scenarios(self.policy, self.own, documents, self.diagnostics)
        if self.diagnostics.errors:
            raise PolicyError(self.diagnostics.in_order(), self.sources)
        return scenarios


def load_policy(folder: Path, find: Callable[[str], Path]) -> LoadedPolicy:
    """Read the pack in ``folder`` and those it stands over, which ``find`` looks up by name.

    Raises ``PolicyError`` with every mistake.
    """
    diagnostics = Diagnostics()
    sources: dict[str, SourceText] = {}
    packs: list[PackText] = []
    seen: set[Path] = set()
    current: Path | None = folder
    over: ast.Word | None = None
    while current is not None:
        resolved = current.resolve()
        if resolved in seen:
            _circle(packs[0], diagnostics)
            raise PolicyError(diagnostics.in_order(), sources)
        seen.add(resolved)
        documents = read_folder(current, diagnostics, sources)
        rows = read_rows(current, diagnostics, sources)
        text = PackText(str(current), tuple(documents), rows)
        packs.insert(0, text)
        header = _header(text)
        if header is None and diagnostics.errors:  # what it stands over cannot be known either
            raise PolicyError(diagnostics.in_order(), sources)
        if header is not None and over is not None and header.name.text != over.text:
            _other_name(over, header.name, diagnostics)
        over = header.over if header is not None else None
        current = _below(over, find, diagnostics, sources)
    policy = resolve(packs, diagnostics)
    if diagnostics.errors and len(policy.packs) < len(packs):
        raise PolicyError(diagnostics.in_order(), sources)
    own = policy.packs[-1].name
    loaded = LoadedPolicy(policy, own, tuple(packs), sources, diagnostics)
    if diagnostics.errors:
        loaded.scenarios()  # raises, with the mistakes of the scenarios among the rest
    return loaded


def _below(
    over: ast.Word | None,
    find: Callable[[str], Path],
    diagnostics: Diagnostics,
    sources: dict[str, SourceText],
) -> Path | None:
    """The folder of the pack that an ``over`` names, if there is one.  Raises ``PolicyError``."""
    if over is None:
        return None
    try:
        return find(over.text)
    except PackNotFound as error:
        diagnostics.add(
            "no-such-pack",
            f"there is no pack `{over}` to stand over",
            over.span,
            why="the words of these rules are not known without it, so no child's date is computed",
            help=error.help,
        )
        raise PolicyError(diagnostics.in_order(), sources) from error


def _other_name(over: ast.Word, name: ast.Word, diagnostics: Diagnostics) -> None:
    diagnostics.add(
        "no-such-pack",
        f"what is found as `{over}` calls itself `{name}`",
        over.span,
        why="one pack under two names could be taken for two, and its rules not be found",
        help=f"write `over {name}` and let its folder be called so, or rename the pack",
        compared=Compared(f"pack `{name}`", name.span),
    )


def not_a_pack(path: Path) -> str:
    """What to do where a path does not lead to a pack, if that can be told; else nothing."""
    if path.is_file():
        return f"it is a file, and a pack is a folder: give `{path.parent}`"
    misnamed = next(iter(sorted(path.glob("*.duly.*"))), None)
    if misnamed is not None:
        name = misnamed.name.partition(".duly")[0]
        return f"the folder holds `{misnamed.name}`: name it `{name}.duly`"
    return ""


def _header(text: PackText) -> ast.PackStatement | None:
    return next(text.statements(ast.PackStatement), None)


def _circle(text: PackText, diagnostics: Diagnostics) -> None:
    header = _header(text)
    diagnostics.add(
        "circular-layers",
        "these packs stand over each other in a circle",
        header.span if header else Span.nowhere(),
        why="no pack would be the law, and no deadline the floor",
        help="take the `over` line out of the lowest pack",
    )
