"""Declarations into names: sources, roles, kinds of fact, definitions and phrases of one pack."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.conditions import Conditions, counted
from duly.dsl.diagnostics import Compared
from duly.dsl.names import UNREAD, Names, Owner, Phrase


@frozen
class Vocabulary:
    """Declares what one pack names; it may not redefine what it stands over."""

    pack: str
    names: Names
    conditions: Conditions

    def source(self, statement: ast.SourceStatement) -> None:
        """A document that rules may cite."""
        if self._claim("source", statement.name, "source"):
            self.names.sources[statement.name.text] = statement.title

    def role(self, statement: ast.RoleStatement) -> None:
        """Somebody who may act or agree."""
        if self._claim("role", statement.name, "role"):
            self.names.roles[statement.name.text] = statement.title

    def kind(self, statement: ast.KindStatement) -> None:
        """A kind of fact, under its name, its plural and its aliases."""
        if not self._claim(statement.nature, statement.name):
            return
        members = statement.members
        of = [word.text for word in _words(members, "of")]
        joined = [m for m in members if isinstance(m, ast.MemberItem) and m.what == "joined"]
        plural = next((w.text for w in _words(members, "plural")), None)
        kind = p.Kind(
            name=statement.name.text,
            nature=statement.nature,  # type: ignore[arg-type]
            title=statement.title,
            of=of[0] if of else None,
            plural=plural,
            aliases=tuple(w.text for w in _words(members, "alias")),
            joined=(joined[0].name.text if joined[0].name else "always") if joined else None,
            attributes={
                m.name.text: self._attribute(m) for m in members if isinstance(m, ast.AttributeItem)
            },
            milestones=tuple(
                p.Milestone(m.name.text, m.verb.text, m.name.span)
                for m in members
                if isinstance(m, ast.MilestoneItem)
            ),
            verbs=tuple(w.text for w in _words(members, "verb")),
            pack=self.pack,
            span=statement.span,
        )
        self.names.kinds[kind.name] = kind
        others = (*_words(members, "alias"), *_words(members, "plural"))
        for word in (statement.name, *(w for w in others if self._claim(statement.nature, w))):
            self.names.kind_names[word.text] = kind.name

    def _attribute(self, item: ast.AttributeItem) -> p.Attribute:
        usually = item.usually.text if item.usually else None
        values = tuple(w.text for w in item.values)
        allowed = {"yes/no": ("yes", "no"), "one of": values}.get(item.type)
        if usually and allowed and usually not in allowed:
            self.names.unknown(item.usually, "value", allowed, UNREAD)  # type: ignore[arg-type]
        return p.Attribute(item.name.text, item.type, values, usually, item.name.span)

    def check_kinds(self) -> None:
        """What kinds say of each other, once all are declared."""
        for kind in tuple(self.names.kinds.values()):
            if kind.of is not None:
                period = self.names.expect(ast.Word(kind.of, kind.span), "period")
                of = period.name if period else None  # it may have been named by an alias
                self.names.kinds[kind.name] = evolve(kind, of=of)
            if kind.joined not in (None, "always") and kind.joined not in kind.attributes:
                word = ast.Word(str(kind.joined), kind.span)
                self.names.unknown(word, "attribute", kind.attributes, UNREAD)

    def define(self, statement: ast.DefineStatement) -> None:
        """A condition under a name, bound wherever it is used."""
        if self._claim("definition", statement.name):
            self.names.defines[statement.name.text] = statement

    def calendar(self, statement: ast.CalendarStatement) -> None:
        """Stretches of days that windows may follow."""
        name = statement.name.text
        if self._claim("calendar", statement.name):
            self.names.calendars[name] = p.Calendar(
                name, statement.title, statement.first, statement.last
            )

    def statuses(self, statement: ast.KindStatement) -> None:
        """Which rows of an event were done, and which are still expected."""
        kind = self.names.kinds.get(statement.name.text)
        for item in statement.members:
            if isinstance(item, ast.StatusItem) and kind is not None:
                condition = self.conditions.where(item.condition, kind)
                kind = evolve(kind, **{item.what: condition})  # type: ignore[arg-type]
                self.names.kinds[kind.name] = kind

    def never(self, statement: ast.NeverStatement) -> None:
        """What cannot be true together of one subject."""
        condition = self.conditions.bind(statement.condition, self.conditions.place_on())
        if condition is not None:
            self.names.never.append(condition)

    def phrase(self, statement: ast.PhraseStatement) -> None:
        """Two words for the events that they count."""
        key = (statement.verb.text, statement.object.text)
        words = ast.Word(" ".join(key), statement.verb.span.to(statement.object.span))
        if not self._claim("phrase", words, "phrase"):
            return
        event = self.names.expect(statement.event, "event")
        period = self.names.expect(statement.period, "period") if statement.period else None
        if event is None:
            return
        where = counted(event, self.conditions.where(statement.where, event))
        self.names.phrases[key] = Phrase(p.Act(event.name, where), period.name if period else None)

    def _claim(self, what: str, word: ast.Word, among: str = "") -> bool:
        """Take the name, unless it is taken: a pack may not redefine what it stands over.

        Roles and sources stand where nothing else can: each are ``among`` themselves.
        """
        key = f"{among} {word.text}"
        owner = self.names.owners.get(key)
        if owner is None:
            self.names.owners[key] = Owner(self.pack, word.span)
            return True
        if owner.pack == self.pack:
            self.names.duplicate(what, word.text, word.span, owner.span)
        else:
            self.names.diagnostics.add(
                "redefined-name",
                f"`{word}` already means something in pack `{owner.pack}`",
                word.span,
                why="the law below must keep its own meaning, or the floor could move unseen",
                help="use another name",
                compared=Compared(f"`{word}` of pack `{owner.pack}`", owner.span),
            )
        return False


def _is(member: object, what: str) -> bool:
    return isinstance(member, ast.MemberItem) and member.what == what


def _words(members: Iterable[object], what: str) -> list[ast.Word]:
    return [
        m.name
        for m in members
        if isinstance(m, ast.MemberItem) and m.what == what and m.name is not None
    ]
