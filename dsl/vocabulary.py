"""Declarations into names: sources, roles, kinds of fact, definitions and phrases of one pack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeGuard

from attrs import evolve, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.conditions import Conditions, counted
from duly.dsl.diagnostics import Compared
from duly.dsl.names import UNREAD, Names, Owner, Phrase
from duly.dsl.source import Span
from duly.dsl.subjects import Whose

ONCE = ("of", "plural", "joined")
"""What a kind says of itself no more than once."""

ADDED = ("alias", "verb")
"""Members of one name that a pack may add to a kind of a pack below."""


@frozen
class Vocabulary:
    """Declares what one pack names; it may not redefine what it stands over."""

    pack: str
    names: Names
    conditions: Conditions
    whose: Whose

    def source(self, statement: ast.SourceStatement) -> None:
        """A document that rules may cite."""
        if self._claim("source", statement.name, "source"):
            self.names.sources[statement.name.text] = statement.title

    def role(self, statement: ast.RoleStatement) -> None:
        """Somebody who may act or agree."""
        self._check_blank(statement.name, "a role")
        if self._claim("role", statement.name, "role"):
            self.names.roles[statement.name.text] = statement.title

    def kind(self, statement: ast.KindStatement) -> None:
        """A kind of fact, under its name, its plural and its aliases."""
        if not self._claim(statement.nature, statement.name):
            return
        members = statement.members
        self._check_once(statement)
        of = [word.text for word in _words(members, "of")]
        joined = [m for m in members if _is(m, "joined")]
        plural = next(iter(_words(members, "plural")), None)
        kind = p.Kind(
            name=statement.name.text,
            nature=statement.nature,  # type: ignore[arg-type]
            title=statement.title,
            of=of[0] if of else None,
            plural=plural.text if plural else None,
            joined=(joined[0].name.text if joined[0].name else "always") if joined else None,
            pack=self.pack,
            span=statement.span,
        )
        self.names.kind_names[kind.name] = kind.name
        if plural is not None and self._claim(statement.nature, plural):
            self.names.kind_names[plural.text] = kind.name
        self._extend(kind, members)

    def _check_once(self, statement: ast.KindStatement) -> None:
        """Of what a kind can have one only, the second would be passed over in silence."""
        for what in ONCE:
            said = [m for m in statement.members if _is(m, what)]
            for again in said[1:]:
                self.names.diagnostics.add(
                    "said-twice",
                    f"{statement.nature} `{statement.name}` says `{what}` more than once",
                    again.span,
                    why="only one of them could hold, and the reader would not know which",
                    help="keep one of them",
                )

    def add(self, statement: ast.AddStatement) -> None:
        """What a pack records of a kind of a pack below, beside what that asks for."""
        kind = self.names.kind(statement.name.text)
        if kind is None:
            self.names.unknown(statement.name, "kind", self.names.kind_names, UNREAD)
            return
        if kind.pack == self.pack:
            self._add_to_own(statement, kind)
        else:
            self._check_changes(statement, kind)
        self._extend(kind, statement.members)

    def _check_changes(self, statement: ast.AddStatement, kind: p.Kind) -> None:
        """What a kind means is settled where it is declared."""
        for member in statement.members:
            if isinstance(member, ast.StatusItem):
                self._changes(kind, f"{member.what} where", member.span)
            elif isinstance(member, ast.MemberItem) and member.what not in ADDED:
                self._changes(kind, member.what, member.span)

    def _extend(self, kind: p.Kind, members: Sequence[ast.Member]) -> None:
        """The kind with those of the members of which it may have several."""
        attributes = {
            m.name.text: self._attribute(m)
            for m in members
            if isinstance(m, ast.AttributeItem) and self._claim_member(kind, "attribute", m.name)
        }
        milestones = [
            p.Milestone(m.name.text, m.verb.text, m.name.span)
            for m in members
            if isinstance(m, ast.MilestoneItem)
            and self._claim_member(kind, "milestone", m.name)
            and self._claim_verb(kind, m.verb)
        ]
        verbs = [w.text for w in _words(members, "verb") if self._claim_verb(kind, w)]
        aliases = [w.text for w in _words(members, "alias") if self._claim(kind.nature, w)]
        self.names.kinds[kind.name] = evolve(
            kind,
            attributes={**kind.attributes, **attributes},
            milestones=(*kind.milestones, *milestones),
            verbs=(*kind.verbs, *verbs),
            aliases=(*kind.aliases, *aliases),
        )
        self.names.kind_names.update(dict.fromkeys(aliases, kind.name))

    def _attribute(self, item: ast.AttributeItem) -> p.Attribute:
        usually = item.usually.text if item.usually else None
        values = tuple(w.text for w in item.values)
        for word in item.values:
            self._check_blank(word, f"a value of `{item.name}`")
        allowed = {"yes/no": ("yes", "no"), "one of": values}.get(item.type)
        if usually and allowed and usually not in allowed:
            self.names.unknown(item.usually, "value", allowed, UNREAD)  # type: ignore[arg-type]
        return p.Attribute(item.name.text, item.type, values, usually, item.name.span)

    def _check_blank(self, word: ast.Word, what: str) -> None:
        """No source could say a value that it says where it knows nothing."""
        if word.text.casefold() in p.BLANK:
            self.names.diagnostics.add(
                "blank-value",
                f"`{word}` cannot be {what}: in a file of facts it is a blank",
                word.span,
                why="what is recorded of a child would be taken for what is not known",
                help="use another word, such as `none_given` or `nobody`",
            )

    def check_kinds(self) -> None:
        """What kinds say of each other, once all are declared."""
        own = [kind for kind in self.names.kinds.values() if kind.pack == self.pack]
        for kind in own:
            of, subject = self._belongs(kind)
            self.names.kinds[kind.name] = evolve(kind, of=of, subject=subject)
            if kind.joined not in (None, "always") and kind.joined not in kind.attributes:
                word = ast.Word(str(kind.joined), kind.span)
                self.names.unknown(word, "attribute", kind.attributes, UNREAD)
        for kind in own:
            whole = self._whole(self.names.kinds[kind.name])
            subject = whole.subject
            self.names.kinds[kind.name] = evolve(self.names.kinds[kind.name], subject=subject)

    def _belongs(self, kind: p.Kind) -> tuple[str | None, str | None]:
        """The period that a kind is ``of``, by its own name, and the further subject whose it is.

        What is of a period is its subject's, which is looked up once all periods have theirs.
        """
        first = next(iter(self.names.subjects), None)
        whole = self.names.kind(kind.of) if kind.of is not None else None
        if kind.nature == "subject":
            if kind.of is not None:
                self._subject_of(kind)
            return None, None if kind == first else kind.name
        if whole is not None and whole.nature == "subject":
            return None, None if whole == first else whole.name
        if whole is not None and whole.nature == "period":
            return whole.name, None
        if kind.of is not None:
            word, known = ast.Word(kind.of, kind.span), self.names.of_nature("period", "subject")
            self.names.unknown(word, "period or subject", known, UNREAD)
        return None, None

    def _whole(self, kind: p.Kind) -> p.Kind:
        """The outermost period that a kind belongs to; itself, where it belongs to none."""
        seen = {kind.name}
        while kind.of is not None and kind.of not in seen:
            seen.add(kind.of)
            kind = self.names.kinds[kind.of]
        return kind

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
                act = p.Act(kind.name, condition)
                self.whose.only([(act, item.condition.span)])
                kind = evolve(kind, **{item.what: condition})  # type: ignore[arg-type]
                self.names.kinds[kind.name] = kind

    def never(self, statement: ast.NeverStatement) -> None:
        """What cannot be true together of one subject."""
        condition = self.conditions.bind(statement.condition, self.conditions.place_on())
        if condition is not None:
            self.whose.only([(condition, statement.span)])
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
        act = p.Act(event.name, where)
        if period is not None:
            self.whose.only([((act, p.During(period.name)), statement.span)])
        self.names.phrases[key] = Phrase(act, period.name if period else None)

    def _add_to_own(self, statement: ast.AddStatement, kind: p.Kind) -> None:
        self.names.diagnostics.add(
            "add-to-own-kind",
            f"`{kind.name}` is declared in this pack",
            statement.name.span,
            why="what is recorded of it would stand in two places, and a reader would miss one",
            help=f"write these lines under `{kind.nature} {kind.name}`",
            compared=Compared(f"{kind.nature} `{kind.name}`", kind.span),
        )

    def _changes(self, kind: p.Kind, what: str, span: Span) -> None:
        self.names.diagnostics.add(
            "add-changes-kind",
            f"`{what}` would change what `{kind.name}` means in pack `{kind.pack}`",
            span,
            why="the rules of the law below must come to the same for every child, whatever "
            "a pack adds",
            help="add attributes, milestones, verbs and aliases only; for anything else declare "
            "a kind of your own",
            compared=Compared(f"{kind.nature} `{kind.name}`", kind.span),
        )

    def _subject_of(self, kind: p.Kind) -> None:
        self.names.diagnostics.add(
            "subject-of",
            f"`{kind.name}` is a subject, and cannot be `of` anything",
            kind.span,
            why="each subject has dates of its own: what belongs to another is recorded of that",
            help=f"write `subject {kind.name}` alone, or `period {kind.name} of {kind.of}`",
        )

    def _claim_verb(self, kind: p.Kind, word: ast.Word) -> bool:
        return self._claim("verb", word, f"{kind.name} verb")

    def _claim_member(self, kind: p.Kind, what: str, word: ast.Word) -> bool:
        """Take the name among the kind's own, unless a definition or a kind below would then mean
        another thing on its rows."""
        taken = self.names.owners.get(f" {word.text}")
        if taken is not None and taken.pack != self.pack:
            return self._claim(what, word)
        return self._claim(what, word, kind.name)

    def _claim(self, what: str, word: ast.Word, among: str = "") -> bool:
        """Take the name, unless it is taken: a pack may not redefine what it stands over.

        Roles and sources stand where nothing else can: each are ``among`` themselves, as are the
        members of each kind.
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


def _is(member: ast.Member, what: str) -> TypeGuard[ast.MemberItem]:
    return isinstance(member, ast.MemberItem) and member.what == what


def _words(members: Iterable[ast.Member], what: str) -> list[ast.Word]:
    return [m.name for m in members if _is(m, what) and m.name is not None]
