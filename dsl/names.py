"""What can be named while packs are resolved, and the messages about words that name nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from attrs import define, field, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.diagnostics import Compared, Diagnostics, did_you_mean, names_known
from duly.dsl.plurals import with_article
from duly.dsl.source import Span

UNREAD = "a duty that rests on an unknown name is computed for no child"
"""Why it matters that a word names nothing."""


_DECLARATIONS = {
    "calendar": "calendar {name} supplied",
    "condition": "define {name} as …",
    "definition": "define {name} ROLE as …",
    "event": 'event {name} "what it is"',
    "event or period": 'event {name} "what it is"',
    "period": 'period {name} "what it is"',
    "role": 'role {name} "who it is"',
    "source": 'source {name} "its title"',
    "phrase or verb of an event": "phrase {name} means …",
}
"""How to declare what a word should have named."""


LONGEST_SHOWN = 60
"""Characters of a name that a message can repeat, and still be read."""


def _declare(name: str, what: str, others: bool) -> str:
    """What to do about a name that is like no other."""
    if what not in _DECLARATIONS or len(name) > LONGEST_SHOWN:
        return "use one that is known, or declare it"
    declaration = f"declare it: `{_DECLARATIONS[what].format(name=name)}`"
    return f"use one that is known, or {declaration}" if others else declaration


_INSTEAD = {
    ("event", "period"): "write `start of {name}` or `end of {name}`",
    ("event", "definition"): "write `becoming {name}`",
    ("period", "event"): "name a period: an event is of one day, and has `for each {name}`",
}
"""What to do about a name of one thing where another is wanted."""


def _instead(name: str, what: str, other: str, guess: str) -> str:
    return _INSTEAD.get((what, other), guess or f"name {with_article(what)}").format(name=name)


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
    omitted: dict[str, Span] = field(factory=dict)
    rows: dict[str, str] = field(factory=dict)
    """The rows of the tables so far, each with the pack that has it."""
    owners: dict[str, Owner] = field(factory=dict)

    def kind(self, word: str) -> p.Kind | None:
        """The kind of this name, alias or plural."""
        return self.kinds.get(self.kind_names.get(word, ""))

    @property
    def subjects(self) -> tuple[p.Kind, ...]:
        """Those whom duties concern, in the order in which they are declared."""
        return tuple(self._subjects())

    def _subjects(self) -> Iterator[p.Kind]:
        return (kind for kind in self.kinds.values() if kind.nature == "subject")

    def subject_of(self, kind: p.Kind) -> p.Kind | None:
        """The subject whom facts of this kind concern; nothing where none is declared."""
        if kind.subject is not None:
            return self.kinds[kind.subject]
        return next(self._subjects(), None)

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
        other = self._other(word.text) if what in _DECLARATIONS else None
        title = f"`{word}` is no {what} known here"
        guess = did_you_mean(word.text, known)
        self.diagnostics.add(
            "unknown-name",
            title if other is None else f"{title}, but {with_article(other)}",
            word.span,
            why=why,
            help=_instead(word.text, what, other, guess)
            if other is not None
            else guess or _declare(word.text, what, bool(known)),
            compared=names_known(word.text, known),
        )

    def table(self, pack: str, rows: Iterable[p.Row]) -> None:
        """Know the rows of a pack's table from now on."""
        self.rows.update((row.id, pack) for row in rows)

    def check_row(self, word: ast.Word) -> None:
        """A row must stand in the tables, where some table has rows of its letter."""
        if word.text in self.rows:
            return
        letter = word.text[0]
        alike = [row for row in self.rows if row[0] == letter]
        if not alike:
            return
        nearest = min(alike, key=lambda row: (abs(_number(row) - _number(word.text)), row))
        same = _number(nearest) == _number(word.text)
        self.diagnostics.add(
            "unknown-row",
            f"the table has no row {word}",
            word.span,
            why="an auditor who looks it up finds nothing that a child is held to",
            help=f"did you mean {nearest}?" if same else f"the nearest row is {nearest}",
            compared=Compared(f"rows {alike[0]} to {alike[-1]} of pack `{self.rows[nearest]}`"),
        )

    def _other(self, name: str) -> str | None:
        """What else the name is, if anything."""
        kind = self.kind(name)
        if kind is not None:
            return kind.nature
        others = (
            ("definition", name in self.defines),
            ("role", name in self.roles),
            ("calendar", name in self.calendars),
        )
        return next((what for what, is_one in others if is_one), None)

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


def _number(row: str) -> int:
    return int(row[2:])
