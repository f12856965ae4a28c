"""What can be named while packs are resolved, and the messages about words that name nothing."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import define, field, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.diagnostics import Compared, Diagnostics, did_you_mean, names_known
from duly.dsl.source import Span

UNREAD = "a duty that rests on an unknown name is computed for no child"
"""Why it matters that a word names nothing."""


@frozen
class Phrase:
    """What the two words of a phrase count, and the period that they bring with them."""

    act: p.Act
    period: str | None


@frozen
class Owner:
    """The pack that declared a name, and where."""

    pack: str
    span: Span


@define
class Names:
    """The names of the pack that is being resolved and of those below it, with who owns them."""

    diagnostics: Diagnostics
    kinds: dict[str, p.Kind] = field(factory=dict)
    kind_names: dict[str, str] = field(factory=dict)
    roles: dict[str, str] = field(factory=dict)
    phrases: dict[tuple[str, str], Phrase] = field(factory=dict)
    defines: dict[str, ast.DefineStatement] = field(factory=dict)
    sources: dict[str, str] = field(factory=dict)
    calendars: dict[str, p.Calendar] = field(factory=dict)
    never: list[p.Condition] = field(factory=list)
    rules: dict[str, p.Rule] = field(factory=dict)
    owners: dict[str, Owner] = field(factory=dict)

    def kind(self, word: str) -> p.Kind | None:
        """The kind of this name, alias or plural."""
        return self.kinds.get(self.kind_names.get(word, ""))

    @property
    def subject(self) -> p.Kind | None:
        """The subject whom duties concern, where one is declared."""
        return next((k for k in self.kinds.values() if k.nature == "subject"), None)

    def of_nature(self, *natures: str) -> list[str]:
        """The names, aliases and plurals of all kinds of these natures."""
        return [
            name for name, kind in self.kind_names.items() if self.kinds[kind].nature in natures
        ]

    def expect(self, word: ast.Word, nature: str) -> p.Kind | None:
        """The kind that the word must name; where it does not, that is a mistake."""
        kind = self.kind(word.text)
        if kind is not None and kind.nature == nature:
            return kind
        self.unknown(word, nature, self.of_nature(nature), UNREAD)
        return None

    def unknown(self, word: ast.Word, what: str, known: Iterable[str], why: str) -> None:
        """A word that names nothing here, with the nearest that does."""
        if self.diagnostics.follows_from_another(word.text):
            return
        known = sorted(set(known))
        self.diagnostics.add(
            "unknown-name",
            f"`{word}` is no {what} known here",
            word.span,
            why=why,
            help=did_you_mean(word.text, known) or "use one that is known, or declare it",
            compared=names_known(word.text, known),
        )

    def duplicate(self, what: str, name: str, span: Span, first: Span) -> None:
        """A second declaration of one name in one pack."""
        self.diagnostics.add(
            "duplicate-name",
            f"{what} `{name}` is declared twice",
            span,
            why="two meanings under one name would leave open which one a child's deadline uses",
            help="give one of them another name, or remove it",
            compared=Compared(f"the first {what} `{name}`", first),
        )
