"""Syntax into policy: names bound to the vocabulary, definitions put in place, layers stacked.

Packs are resolved from the law upwards; each sees its own names and those below it, never those
above, so that a statutory rule always means what its own pack says.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

from attrs import define, evolve, field, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.diagnostics import Diagnostics, did_you_mean
from duly.dsl.source import Span

_Statement = TypeVar("_Statement", bound=ast.Statement)

DEEPEST = 50
"""Conditions inside conditions, those of definitions counted: no one can read more."""


@frozen
class PackText:
    """The documents of one pack, scenarios included or not."""

    folder: str
    documents: tuple[ast.Document, ...]

    def statements(self, kind: type[_Statement]) -> Iterator[_Statement]:
        """The statements of one kind, document by document."""
        for document in self.documents:
            yield from (s for s in document.statements if isinstance(s, kind))


@frozen
class Phrase:
    act: p.Act
    period: str | None


@define
class Names:
    """What can be named while a pack is resolved: its own names and those of the packs below."""

    kinds: dict[str, p.Kind] = field(factory=dict)
    kind_names: dict[str, str] = field(factory=dict)
    roles: dict[str, str] = field(factory=dict)
    phrases: dict[tuple[str, str], Phrase] = field(factory=dict)
    defines: dict[str, ast.DefineStatement] = field(factory=dict)
    sources: dict[str, str] = field(factory=dict)
    rules: dict[str, p.Rule] = field(factory=dict)
    owners: dict[str, str] = field(factory=dict)

    def kind(self, word: str) -> p.Kind | None:
        """The kind of this name, alias or plural."""
        return self.kinds.get(self.kind_names.get(word, ""))

    @property
    def subject(self) -> p.Kind | None:
        return next((k for k in self.kinds.values() if k.nature == "subject"), None)


@frozen
class Place:
    """Where a condition stands: whose rows its attributes belong to, and the scope around it."""

    rows: tuple[p.Kind, ...] = ()
    scoped: bool = False
    period: str | None = None
    parameters: Mapping[str, str] = field(factory=dict)
    inside: tuple[str, ...] = ()


def resolve(packs: Sequence[PackText], diagnostics: Diagnostics) -> p.Policy:
    """Bind every name of the packs, which stand in layer order, the law first."""
    names = Names()
    resolved = tuple(_Resolver(names, diagnostics).pack(text) for text in packs)
    if names.subject is None and names.rules:
        diagnostics.add(
            "no-subject",
            "no `subject` is declared",
            next(iter(names.rules.values())).span,
            why="a rule must concern somebody: a child, most often",
            help="declare one: `subject child`, or stand `over` a pack that has one",
        )
    return p.Policy(tuple(r for r in resolved if r), dict(names.kinds), dict(names.roles))


_UNREAD = "a duty that rests on an unknown name is computed for no child"


@define
class _Resolver:
    names: Names
    diagnostics: Diagnostics
    pack_name: str = ""
    _nested: int = field(default=0, init=False)
    _outermost: Span = field(default=Span.nowhere(), init=False)

    # ------------------------------------------------------------ packs, vocabulary

    def pack(self, text: PackText) -> p.Pack | None:
        headers = list(text.statements(ast.PackStatement))
        if not headers:
            self.diagnostics.add(
                "no-pack",
                f"no `pack` statement in {text.folder}",
                Span(text.folder, 0, 0, 0, 0),
                why="without its name and layer the pack cannot be held against the law",
                help='begin a file with `pack name "Title"`',
            )
            return None
        header = headers[0]
        self.pack_name = header.name.text
        for extra in headers[1:]:
            self._duplicate("pack", header.name.text, extra.span)
        for source in text.statements(ast.SourceStatement):
            self._declare_source(source)
        for role in text.statements(ast.RoleStatement):
            self._declare_role(role)
        for kind in text.statements(ast.KindStatement):
            self._declare_kind(kind)
        self._check_kinds()
        for definition in text.statements(ast.DefineStatement):
            self._declare_define(definition)
        for phrase in text.statements(ast.PhraseStatement):
            self._declare_phrase(phrase)
        rules = tuple(
            rule
            for statement in text.statements(ast.RuleStatement)
            if (rule := self._rule(statement)) is not None
        )
        if not rules and not self.diagnostics.errors:
            self.diagnostics.add(
                "no-rules",
                f"pack `{self.pack_name}` has no rules",
                header.span,
                why="checking nobody is not a pass",
                help="add a rule, or leave the pack out",
                severity="warning",
            )
        return p.Pack(
            name=self.pack_name,
            title=header.title or self.pack_name,
            over=header.over.text if header.over else None,
            version=header.version,
            in_force=header.in_force,
            review_by=header.review_by,
            sources=dict(self.names.sources),
            rules=rules,
            span=header.span,
        )

    def _duplicate(self, what: str, name: str, span: Span) -> None:
        self.diagnostics.add(
            "duplicate-name",
            f"{what} `{name}` is declared twice",
            span,
            why="two meanings under one name would leave open which one a child's deadline uses",
            help="give one of them another name, or remove it",
        )

    def _claim(self, what: str, word: ast.Word, among: str = "") -> bool:
        """Take the name, unless it is taken: a pack may not redefine what it stands over.

        Roles and sources stand where nothing else can: each are ``among`` themselves.
        """
        key = f"{among} {word.text}"
        owner = self.names.owners.get(key)
        if owner is None:
            self.names.owners[key] = self.pack_name
            return True
        if owner == self.pack_name:
            self._duplicate(what, word.text, word.span)
        else:
            self.diagnostics.add(
                "redefined-name",
                f"`{word}` already means something in pack `{owner}`",
                word.span,
                why="the law below must keep its own meaning, or the floor could move unseen",
                help="use another name",
            )
        return False

    def _declare_source(self, statement: ast.SourceStatement) -> None:
        if self._claim("source", statement.name, "source"):
            self.names.sources[statement.name.text] = statement.title

    def _declare_role(self, statement: ast.RoleStatement) -> None:
        if self._claim("role", statement.name, "role"):
            self.names.roles[statement.name.text] = statement.title

    def _declare_kind(self, statement: ast.KindStatement) -> None:
        if not self._claim(statement.nature, statement.name):
            return
        members = statement.members
        of = [m.name.text for m in members if _is(m, "of") and m.name]
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
            pack=self.pack_name,
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
            self._unknown(item.usually, "value", allowed, _UNREAD)  # type: ignore[arg-type]
        return p.Attribute(item.name.text, item.type, values, usually, item.name.span)  # type: ignore[arg-type]

    def _check_kinds(self) -> None:
        for kind in self.names.kinds.values():
            if kind.of and self.names.kind(kind.of) is None:
                word = ast.Word(kind.of, kind.span)
                self._unknown(word, "period", self.names.kind_names, _UNREAD)
            if kind.joined not in (None, "always") and kind.joined not in kind.attributes:
                word = ast.Word(str(kind.joined), kind.span)
                self._unknown(word, "attribute", kind.attributes, _UNREAD)

    def _declare_define(self, statement: ast.DefineStatement) -> None:
        if self._claim("definition", statement.name):
            self.names.defines[statement.name.text] = statement

    def _declare_phrase(self, statement: ast.PhraseStatement) -> None:
        key = (statement.verb.text, statement.object.text)
        words = ast.Word(" ".join(key), statement.verb.span.to(statement.object.span))
        if not self._claim("phrase", words, "phrase"):
            return
        event = self._kind(statement.event, "event")
        period = self._kind(statement.period, "period") if statement.period else None
        if event is None:
            return
        where = self._where(statement.where, event)
        self.names.phrases[key] = Phrase(p.Act(event.name, where), period.name if period else None)

    def _unknown(self, word: ast.Word, what: str, known: Iterable[str], why: str) -> None:
        known = sorted(set(known))
        guess = did_you_mean(word.text, known)
        listed = f"known here: {', '.join(f'`{k}`' for k in known[:12])}" if known else ""
        self.diagnostics.add(
            "unknown-name",
            f"`{word}` is no {what} known here",
            word.span,
            why=why,
            help=guess or listed or "declare it in the vocabulary",
        )

    def _kind(self, word: ast.Word, nature: str) -> p.Kind | None:
        kind = self.names.kind(word.text)
        if kind is not None and kind.nature == nature:
            return kind
        known = [
            n for n, k in self.names.kind_names.items() if self.names.kinds[k].nature == nature
        ]
        self._unknown(word, nature, known, _UNREAD)
        return None

    # ------------------------------------------------------------------- conditions

    def _where(self, condition: ast.Condition | None, row: p.Kind) -> p.Condition | None:
        return None if condition is None else self._condition(condition, self._row(row))

    def _row(self, *rows: p.Kind) -> Place:
        subject = self.names.subject
        return Place(rows=(*rows, subject) if subject else rows)

    def _condition(self, node: ast.Condition, place: Place) -> p.Condition | None:
        if self._nested == 0:
            self._outermost = node.span
        if self._nested == DEEPEST:
            self._too_deep(self._outermost)
            return None
        self._nested += 1
        try:
            return self._bound(node, place)
        finally:
            self._nested -= 1

    def _too_deep(self, span: Span) -> None:
        self.diagnostics.add(
            "too-deep",
            f"conditions stand inside one another more than {DEEPEST} deep",
            span,
            why="nobody could tell from it when a child is due",
            help="give the inner parts names of their own: `define … as …`, and use fewer of them",
        )

    def _bound(self, node: ast.Condition, place: Place) -> p.Condition | None:
        match node:
            case ast.Conjunction(parts):
                return _all(p.And, [self._condition(part, place) for part in parts])
            case ast.Disjunction(parts):
                return _all(p.Or, [self._condition(part, place) for part in parts])
            case ast.Negation(part):
                inner = self._condition(part, place)
                return None if inner is None else _negate(inner)
            case ast.Ref():
                return self._reference(node, place)
            case ast.RefWith():
                return self._defined(node.name, node.argument, place)
            case ast.IsTest():
                return self._is(node, place)
            case ast.CountTest():
                return self._count(node, place)
            case ast.TimeTest():
                return self._time(node, place)
            case ast.AgeTest(years, under):
                return p.Not(p.Aged(years)) if under else p.Aged(years)

    def _reference(self, node: ast.Ref, place: Place) -> p.Condition | None:
        name = node.name.text
        if node.owner is not None:
            return self._owned(node.owner, node.name, place)
        if name in self.names.defines:
            return self._defined(node.name, None, place)
        owner = self._owner_of(node.name, place)
        if owner is not None:
            if owner.attributes[name].type != "yes/no":
                self._not_yes_no(node.name, owner.attributes[name])
                return None
            return p.Flag(owner.name, name)
        kind = self.names.kind(name)
        if kind is not None and kind.nature == "period":
            return p.Running(kind.name)
        if kind is not None and kind.nature == "event":
            self.diagnostics.add(
                "event-as-condition",
                f"`{name}` is an event, and an event is not true or false by itself",
                node.span,
                why="whether it counts once, ever or lately changes the date a child is due",
                help=f"write `some {name}` or `no {name}`",
            )
            return None
        self._unknown(node.name, "condition", self._condition_names(place), _UNREAD)
        return None

    def _condition_names(self, place: Place) -> list[str]:
        periods = [
            n for n, k in self.names.kind_names.items() if self.names.kinds[k].nature == "period"
        ]
        attributes = [a for row in place.rows for a in row.attributes]
        return [*self.names.defines, *attributes, *periods]

    def _owner_of(self, name: ast.Word, place: Place) -> p.Kind | None:
        owners = [row for row in place.rows if name.text in row.attributes]
        if len(owners) > 1:
            self.diagnostics.add(
                "ambiguous-name",
                f"`{name}` is an attribute of {' and of '.join(f'`{o.name}`' for o in owners)}",
                name.span,
                why="the two can differ, and with them the date",
                help=f"write `{owners[0].name}.{name}`",
            )
        return owners[0] if owners else None

    def _owned(self, owner: ast.Word, name: ast.Word, place: Place) -> p.Condition | None:
        kind = self.names.kind(owner.text)
        if kind is None or name.text not in kind.attributes:
            known = kind.attributes if kind else self.names.kind_names
            self._unknown(name if kind else owner, "attribute" if kind else "kind", known, _UNREAD)
            return None
        if kind.attributes[name.text].type != "yes/no":
            self._not_yes_no(name, kind.attributes[name.text])
            return None
        return self._of_row(kind, p.Flag(kind.name, name.text), owner, place)

    def _of_row(
        self, kind: p.Kind, test: p.Condition, word: ast.Word, place: Place
    ) -> p.Condition | None:
        """A test on the judged row, or on the period of that kind that is running."""
        if kind in place.rows:
            return test
        if kind.nature == "period":
            return p.Running(kind.name, test)
        self._unknown(word, "kind whose row is judged", [row.name for row in place.rows], _UNREAD)
        return None

    def _not_yes_no(self, name: ast.Word, attribute: p.Attribute) -> None:
        example = attribute.values[0] if attribute.values else "stated"
        self.diagnostics.add(
            "not-yes-no",
            f"`{name}` is not a yes/no attribute",
            name.span,
            why="a condition must come out true or false for the child",
            help=f"compare it: `{name} is {example}`",
        )

    def _is(self, node: ast.IsTest, place: Place) -> p.Condition | None:
        name = node.ref.name
        if node.ref.owner is not None:
            owner = self.names.kind(node.ref.owner.text)
            if owner is None:
                self._unknown(node.ref.owner, "kind", self.names.kind_names, _UNREAD)
                return None
        else:
            owner = self._owner_of(name, place)
        if owner is None or name.text not in owner.attributes:
            known = owner.attributes if owner else [a for r in place.rows for a in r.attributes]
            self._unknown(name, "attribute", known, _UNREAD)
            return None
        attribute = owner.attributes[name.text]
        if node.values is None:
            return self._of_row(owner, p.Stated(owner.name, name.text), name, place)
        values = tuple(self._value(value, attribute, place) for value in node.values)
        return self._of_row(owner, p.Is(owner.name, name.text, values), name, place)

    def _value(self, word: ast.Word, attribute: p.Attribute, place: Place) -> str:
        text = place.parameters.get(word.text, word.text)
        allowed: Iterable[str] | None = {
            "one of": attribute.values,
            "role": tuple(self.names.roles),
            "yes/no": ("yes", "no"),
        }.get(attribute.type)
        if allowed is not None and text not in allowed:
            why = "a test on a value that no record can hold is never true for any child"
            self._unknown(evolve(word, text=text), f"value of `{attribute.name}`", allowed, why)
        return text

    def _defined(
        self, name: ast.Word, argument: ast.Word | None, place: Place
    ) -> p.Condition | None:
        statement = self.names.defines.get(name.text)
        if statement is None:
            self._unknown(name, "definition", self.names.defines, _UNREAD)
            return None
        if name.text in place.inside:
            self.diagnostics.add(
                "circular-definition",
                f"`{name}` is defined by itself",
                name.span,
                why="it could never be found true or false for a child",
                help=f"break the circle: {' -> '.join((*place.inside, name.text))}",
            )
            return None
        parameters = {}
        if statement.parameter is not None and argument is not None:
            given = place.parameters.get(argument.text, argument.text)
            parameters = {statement.parameter.text: given}
        inner = evolve(place, parameters=parameters, inside=(*place.inside, name.text))
        return self._condition(statement.condition, inner)

    def _count(self, node: ast.CountTest, place: Place) -> p.Condition | None:
        kind = self.names.kind(node.kind.text)
        if kind is None or kind.nature == "subject":
            known = [
                n
                for n, k in self.names.kind_names.items()
                if self.names.kinds[k].nature != "subject"
            ]
            self._unknown(node.kind, "event or period", known, _UNREAD)
            return None
        where = None
        if node.where is not None:
            inner = evolve(self._row(kind), parameters=place.parameters, inside=place.inside)
            where = self._condition(node.where, inner)
        own = place.scoped and not node.ever
        if node.at_most is not None and node.at_least == 0:
            more = p.Count(kind.name, node.at_most + 1, None, where, node.window, own)
            return p.Not(more)
        return p.Count(kind.name, node.at_least, node.at_most, where, node.window, own)

    def _time(self, node: ast.TimeTest, place: Place) -> p.Condition | None:
        anchor = self._anchor(node.anchor, place)
        if anchor is None:
            return None
        elapsed = p.Elapsed(anchor, node.duration)
        if not node.inside:
            return elapsed
        if isinstance(anchor, p.EventDay):
            some = p.Count(anchor.event, 1, None, anchor.where, None, place.scoped)
            return p.And((some, p.Not(elapsed)))
        if isinstance(anchor, p.PeriodEdge):
            return p.And((p.Running(anchor.period), p.Not(elapsed)))
        return p.Not(elapsed)

    # ---------------------------------------------------------------------- anchors

    def _anchor(self, node: ast.Anchor, place: Place) -> p.Anchor | None:
        if isinstance(node, ast.EventRef):
            event = self._kind(node.event, "event")
            if event is None:
                return None
            return p.EventDay(event.name, node.ordinal, self._where(node.where, event))
        if node.period is None:
            if not place.scoped:
                self._no_scope(node)
                return None
            return self._own_edge(node, place)
        period = self._kind(node.period, "period")
        if period is None:
            return None
        if period.name == place.period and node.ordinal is None:
            return self._own_edge(node, place)
        return p.PeriodEdge(period.name, node.edge, node.ordinal)  # type: ignore[arg-type]

    def _own_edge(self, node: ast.EdgeRef, place: Place) -> p.Anchor | None:
        if node.edge == "start":
            return p.ScopeStart()
        name = place.period or "PERIOD"
        self.diagnostics.add(
            "after-the-end",
            "nothing runs from the end of its own scope",
            node.span,
            why="the scope is over on that day, so the duty would lapse for every child",
            help=f"put the sentence before any `during` line and write `of end of {name}`",
        )
        return None

    def _no_scope(self, node: ast.EdgeRef) -> None:
        self.diagnostics.add(
            "no-scope",
            f"`{node.edge}` of what?",
            node.span,
            why="without a period around it there is no day from which a child's clock runs",
            help="add a line such as `during placement` above, or write `start of placement`",
        )

    # ------------------------------------------------------------------------ rules

    def _rule(self, statement: ast.RuleStatement) -> p.Rule | None:
        items = statement.items
        rule = p.Rule(
            pack=self.pack_name,
            name=statement.name.text,
            title=statement.title,
            duties=tuple(self._duties(items)),
            citations=tuple(self._cite(i) for i in items if isinstance(i, ast.CiteItem)),
            traces=tuple(w.text for i in items if isinstance(i, ast.TracesItem) for w in i.rows),
            refines=self._refines(items),
            unconfirmed=tuple(i.text for i in items if isinstance(i, ast.UnconfirmedItem)),
            because=tuple(i.text for i in items if isinstance(i, ast.BecauseItem)),
            in_force=next((i for i in items if isinstance(i, p.InForce)), p.InForce()),
            span=statement.name.span,
        )
        self._check_once(statement)
        if not rule.citations:
            self.diagnostics.add(
                "no-citation",
                f"rule `{rule.name}` cites nothing",
                statement.name.span,
                why="nobody can check a child's date against a source that is not named",
                help='add a line such as `cite standards "section 2"`',
                severity="warning",
            )
        if not any(isinstance(i, ast.DoDuty | ast.HaveDuty | ast.MayDuty) for i in items):
            self.diagnostics.add(
                "no-duty",
                f"rule `{rule.name}` asks for nothing",
                statement.name.span,
                why="a rule without a duty is computed for no child",
                help="add a sentence such as `must visit CLA every 6 weeks`",
                severity="warning",
            )
        if rule.qualified in self.names.rules:
            self._duplicate("rule", rule.name, statement.name.span)
            return None
        self.names.rules[rule.qualified] = rule
        return rule

    def _check_once(self, statement: ast.RuleStatement) -> None:
        """Of what a rule can have one only, the second would be passed over in silence."""
        for kind, words in ((p.InForce, "in force"), (ast.RefinesItem, "refines")):
            if sum(isinstance(item, kind) for item in statement.items) > 1:
                self.diagnostics.add(
                    "said-twice",
                    f"rule `{statement.name}` says `{words}` more than once",
                    statement.name.span,
                    why="only one of them could hold, and the reader would not know which",
                    help="keep one, or write two rules",
                )

    def _cite(self, item: ast.CiteItem) -> p.Citation:
        if item.source.text not in self.names.sources:
            why = "nobody can look up a citation whose document is not named"
            self._unknown(item.source, "source", self.names.sources, why)
        title = self.names.sources.get(item.source.text, item.source.text)
        return p.Citation(title, item.locator)

    def _refines(self, items: Sequence[ast.RuleItem]) -> str | None:
        wanted = [i.rule for i in items if isinstance(i, ast.RefinesItem)]
        if not wanted:
            return None
        name = str(wanted[0])
        if name not in self.names.rules or name.startswith(f"{self.pack_name}."):
            below = [r for r in self.names.rules if not r.startswith(f"{self.pack_name}.")]
            why = "a local rule that refines nothing could pass unseen under the law's floor"
            self._unknown(ast.Word(name, wanted[0].span), "rule of a pack below", below, why)
            return None
        return name

    def _duties(self, items: Sequence[ast.RuleItem]) -> Iterable[p.Scoped]:
        scope: p.Scope | None = None
        place = self._row()
        for item in items:
            match item:
                case ast.DuringScope() | ast.WhileScope() | ast.EachScope():
                    found = self._scope(item)
                    if found is None:
                        return
                    scope, place = found
                case ast.DoDuty():
                    yield from self._do(item, scope, place)
                case ast.HaveDuty():
                    yield from self._have(item, scope, place)
                case ast.MayDuty(permission, span):
                    yield p.Scoped(scope or p.Always(), p.May(permission, span))

    def _scope(self, node: ast.Scope) -> tuple[p.Scope, Place] | None:
        match node:
            case ast.DuringScope(word, where):
                period = self._kind(word, "period")
                if period is None:
                    return None
                place = self._during(period)
                condition = self._condition(where, place) if where is not None else None
                return p.During(period.name, condition), place
            case ast.WhileScope(condition_node):
                condition = self._condition(condition_node, self._row())
                if condition is None:
                    return None
                return p.While(condition), evolve(self._row(), scoped=True)
            case ast.EachScope(occasion_node, where):
                occasion = self._anchor(occasion_node, self._row())
                if not isinstance(occasion, p.EventDay | p.PeriodEdge):
                    return None
                name = occasion.event if isinstance(occasion, p.EventDay) else occasion.period
                place = self._row(self.names.kinds[name])
                condition = self._condition(where, place) if where is not None else None
                return p.ForEach(occasion, condition), place

    def _during(self, period: p.Kind) -> Place:
        return evolve(self._row(period), scoped=True, period=period.name)

    # ----------------------------------------------------------------------- duties

    def _have(self, node: ast.HaveDuty, scope: p.Scope | None, place: Place) -> Iterable[p.Scoped]:
        if not isinstance(scope, p.ForEach):
            self.diagnostics.add(
                "have-without-occasion",
                "`must have` needs an occasion to be judged on",
                node.span,
                why="without one there is no day on which a child's record could fail it",
                help="add a line such as `for each visit` above",
            )
            return
        condition = self._condition(node.condition, place)
        unless = self._unless(node.unless, place)
        for clause in unless:
            if clause.then is not None:
                self.diagnostics.add(
                    "duration-on-state",
                    "`must have` has no length of time that an exception could change",
                    clause.span,
                    why="the exception would change nothing for any child",
                    help="write `unless …` without `then`",
                )
        if condition is not None:
            label = node.label.text if node.label else None
            owner = node.owner.text if node.owner else None
            have = p.Have(condition, unless, node.force, label, owner, node.text, node.span)
            yield p.Scoped(scope, have)

    def _unless(self, clauses: Sequence[ast.UnlessClause], place: Place) -> tuple[p.Unless, ...]:
        return tuple(
            p.Unless(condition, clause.then, clause.text, clause.span)
            for clause in clauses
            if (condition := self._condition(clause.condition, place)) is not None
        )

    def _do(self, node: ast.DoDuty, scope: p.Scope | None, place: Place) -> Iterable[p.Scoped]:
        if isinstance(scope, p.ForEach):
            self._timed_occasion(node)
            return
        found = self._act(node.action)
        if found is None:
            return
        act, period = found
        if scope is None:
            scope, place = self._own_scope(act, period)
        steps = tuple(
            step
            for position, clause in enumerate(node.steps)
            if (step := self._step(clause, position, act, scope, place)) is not None
        )
        if len(steps) != len(node.steps) or not self._order(node, steps):
            return
        words = f"{node.action.verb} {node.action.object}"
        label = node.label.text if node.label else None
        owner = node.owner.text if node.owner else None
        common = {"force": node.force, "label": label, "owner": owner, "words": words}
        yield p.Scoped(scope, p.Do(act, steps, text=node.text, span=node.span, **common))  # type: ignore[arg-type]
        for clause in node.steps:
            for failing in clause.failing:
                anchor = self._anchor(failing.anchor, place)
                if anchor is None:
                    continue
                text = failing.text.removeprefix(",").strip()
                step = p.Step(p.Within(failing.duration, anchor), (), text, failing.span)
                fallback = p.Do(
                    act,
                    (step,),
                    failing_which=True,
                    text=text,
                    span=failing.span,
                    **common,  # type: ignore[arg-type]
                )
                yield p.Scoped(scope, fallback)

    def _timed_occasion(self, node: ast.DoDuty) -> None:
        self.diagnostics.add(
            "timed-occasion",
            "a duty with a time cannot stand under `for each`",
            node.span,
            why="it would be unclear from which day the child's clock runs",
            help="write it without `for each` and name the event: `within 2 working days of visit`",
        )

    def _own_scope(self, act: p.Act, period: str | None) -> tuple[p.Scope, Place]:
        """The phrase's period, else the period that the event is declared ``of``, else none."""
        name = period or self.names.kinds[act.event].of
        if name is None or act.milestone:
            return p.Always(), self._row()
        return p.During(name), self._during(self.names.kinds[name])

    def _act(self, action: ast.Action) -> tuple[p.Act, str | None] | None:
        verb, thing = action.verb.text, action.object.text
        phrase = self.names.phrases.get((verb, thing))
        if phrase is not None:
            return self._narrow(phrase.act, action.where), phrase.period
        kind = self.names.kind(thing)
        if kind is not None and kind.nature == "event":
            milestone = next((m for m in kind.milestones if m.verb == verb), None)
            if milestone is not None or verb in kind.verbs:
                act = p.Act(kind.name, None, milestone.name if milestone else None)
                return self._narrow(act, action.where), None
            verbs = [*kind.verbs, *(m.verb for m in kind.milestones)]
            self._unknown(action.verb, f"verb of `{thing}`", verbs, _UNREAD)
            return None
        phrases = [" ".join(key) for key in self.names.phrases]
        doable = [
            f"{v} {k.name}"
            for k in self.names.kinds.values()
            for v in (*k.verbs, *(m.verb for m in k.milestones))
        ]
        words = ast.Word(f"{verb} {thing}", action.verb.span.to(action.object.span))
        self._unknown(words, "phrase, and no verb with an event,", [*phrases, *doable], _UNREAD)
        return None

    def _narrow(self, act: p.Act, where: ast.Condition | None) -> p.Act:
        if where is None:
            return act
        extra = self._where(where, self.names.kinds[act.event])
        parts = tuple(part for part in (act.where, extra) if part is not None)
        return evolve(act, where=_all(p.And, list(parts)) if parts else None)

    def _step(
        self, clause: ast.StepClause, position: int, act: p.Act, scope: p.Scope, place: Place
    ) -> p.Step | None:
        timing = self._timing(clause.timing, position, act, scope, place)
        if timing is None:
            return None
        text = clause.text.split(" unless ")[0].split(" failing which")[0].rstrip(" ,")
        return p.Step(timing, self._unless(clause.unless, place), text, clause.span)

    def _timing(
        self, node: ast.Timing, position: int, act: p.Act, scope: p.Scope, place: Place
    ) -> p.Timing | None:
        anchor = self._anchor(node.anchor, place) if node.anchor is not None else None
        if node.anchor is not None and anchor is None:
            return None
        if node.form == "every":
            assert node.duration is not None
            if node.duration.count == 0:
                self._no_interval(node)
                return None
            if position == 0 and isinstance(scope, p.Always):
                self._no_scope(ast.EdgeRef("start", None, None, node.span))
                return None
            return p.Every(node.duration, anchor)
        needs = position == 0 and not act.milestone
        if act.milestone and anchor is not None and anchor != p.EventDay(act.event):
            self._milestone_anchor(node, act)
            return None
        if act.milestone:
            anchor = None
        if (anchor is None and needs) or (anchor is not None and position > 0):
            self._anchor_trouble(node, position)
            return None
        if node.form in ("as soon as practicable", "within a reasonable time"):
            return p.WithoutNumber(node.form, anchor)  # type: ignore[arg-type]
        assert node.duration is not None
        return p.Within(node.duration, anchor, node.form)  # type: ignore[arg-type]

    def _no_interval(self, node: ast.Timing) -> None:
        self.diagnostics.add(
            "no-interval",
            f"`every {node.duration}` leaves no time between one and the next",
            node.span,
            why="every child would be overdue the day after, whatever is done",
            help="write how long it may be, such as `every 6 weeks`",
        )

    def _milestone_anchor(self, node: ast.Timing, act: p.Act) -> None:
        self.diagnostics.add(
            "milestone-anchor",
            f"`{act.milestone}` belongs to its own `{act.event}`",
            node.span,
            why="counted from anything else it would be unclear which one a child is still owed",
            help=f"leave `of …` out, or write `of {act.event}`",
        )

    def _anchor_trouble(self, node: ast.Timing, position: int) -> None:
        if position == 0:
            title, help_text = (
                "from which day?",
                f"write `{node.form} … of start`, or name an event",
            )
        else:
            title = "a later step counts from the step before"
            help_text = "leave out `of …`, or make it a duty of its own"
        self.diagnostics.add(
            "anchor",
            title,
            node.span,
            why="a limit needs one day to be counted from",
            help=help_text,
        )

    def _order(self, node: ast.DoDuty, steps: Sequence[p.Step]) -> bool:
        """Nothing may follow a step that never ends."""
        for step, clause in zip(steps[:-1], node.steps[1:], strict=True):
            endless = isinstance(step.timing, p.Every) and step.timing.until is None
            if endless or isinstance(step.timing, p.WithoutNumber):
                self.diagnostics.add(
                    "unreachable-step",
                    "this step is never reached",
                    clause.span,
                    why="the step before it goes on for ever, so no child ever comes to this one",
                    help="give the step before an end: `every 1 week until first review`",
                )
                return False
        return True


def _is(member: object, what: str) -> bool:
    return isinstance(member, ast.MemberItem) and member.what == what


def _words(members: Iterable[object], what: str) -> list[ast.Word]:
    return [
        m.name
        for m in members
        if isinstance(m, ast.MemberItem) and m.what == what and m.name is not None
    ]


def _all(join: type[p.And] | type[p.Or], parts: list[p.Condition | None]) -> p.Condition | None:
    """The parts joined, nested ones of the same kind flattened; ``None`` if any part failed."""
    flat: list[p.Condition] = []
    for part in parts:
        if part is None:
            return None
        flat.extend(part.parts if isinstance(part, join) else (part,))
    return flat[0] if len(flat) == 1 else join(tuple(flat))


def _negate(condition: p.Condition) -> p.Condition:
    return condition.part if isinstance(condition, p.Not) else p.Not(condition)
