"""Conditions and anchors with every name bound, and definitions put in their place."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from attrs import define, evolve, field, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.diagnostics import Compared
from duly.dsl.limits import DEEPEST
from duly.dsl.names import UNREAD, Names
from duly.dsl.source import Span

MOST = 10_000
"""Parts of one condition, those of definitions counted each time that they are used."""


@frozen
class Place:
    """Where a condition stands: whose rows its attributes belong to, and the scope around it.

    ``occasion`` is the one before the row that is judged, under ``for each``.  ``apart`` says why
    a condition looks at no scope, even where one stands around it: ``around`` names its period.
    """

    rows: tuple[p.Kind, ...] = ()
    scoped: bool = False
    period: str | None = None
    occasion: p.Anchor | None = None
    parameters: Mapping[str, ast.Word] = field(factory=dict)
    inside: tuple[str, ...] = ()
    apart: str | None = None
    around: str | None = None

    def set_apart(self, place: Place, why: str) -> Place:
        """This place, for a condition inside another that stands in ``place``."""
        return evolve(self, apart=why, around=place.period or place.around)


_OF_A_ROW = "a test on a row is about that row alone, whatever period the duty stands in"
_OF_BECOMING = (
    "what becomes true is looked for in all that is known of the child, whatever period the duty "
    "stands in"
)
OF_EACH = "under `for each` every occasion is looked at by itself, with no period around it"
OF_WHILE = "a `while` makes its own scope, so there is none yet whose start could be meant"


@define
class Conditions:
    """Binds conditions, by the names known so far."""

    names: Names
    _nested: int = field(default=0, init=False)
    _parts: int = field(default=0, init=False)
    _outermost: Span = field(default=Span.nowhere(), init=False)

    def where(self, condition: ast.Condition | None, row: p.Kind) -> p.Condition | None:
        """A test on a row of this kind, where there is one."""
        return None if condition is None else self.bind(condition, self.place_on(row))

    def place_on(self, *rows: p.Kind) -> Place:
        """Where these rows are judged, and then their subject; any, where there are no rows."""
        return self.place_about(rows[0], rows) if rows else Place(self.names.subjects)

    def place_about(self, kind: p.Kind | None, rows: tuple[p.Kind, ...] = ()) -> Place:
        """Where rows are judged, and then the subject whom facts of this kind concern."""
        if kind is None:
            return self.place_on()
        subject = self.names.subject_of(kind)
        return Place((*rows, subject) if subject else rows)

    def place_during(self, period: p.Kind) -> Place:
        """Inside a scope that is a row of the period."""
        return evolve(self.place_on(period), scoped=True, period=period.name)

    def bind(self, node: ast.Condition, place: Place) -> p.Condition | None:
        """The condition as it is meant in this place; nothing after a mistake."""
        if self._nested == 0:
            self._outermost, self._parts = node.span, 0
        self._parts += 1
        if self._nested == DEEPEST:
            self._too_much(
                "too-deep", f"conditions stand more than {DEEPEST} deep inside one another"
            )
            return None
        if self._parts > MOST:
            self._too_much("too-long", f"this condition has more than {MOST:,} parts")
            return None
        self._nested += 1
        try:
            bound = self._bound(node, place)
        finally:
            self._nested -= 1
        return None if bound is None else evolve(bound, span=node.span)

    def _too_much(self, code: str, title: str) -> None:
        self.names.diagnostics.add(
            code,
            title,
            self._outermost,
            why="nobody could tell from it when a child is due",
            help="say it with fewer, or make several rules of it",
        )

    def _bound(self, node: ast.Condition, place: Place) -> p.Condition | None:
        match node:
            case ast.Conjunction(parts):
                return p.all_of(p.And, [self.bind(part, place) for part in parts])
            case ast.Disjunction(parts):
                return p.all_of(p.Or, [self.bind(part, place) for part in parts])
            case ast.Negation(part):
                inner = self.bind(part, place)
                return None if inner is None else _negate(inner)
            case ast.Ref():
                return self._reference(node, place)
            case ast.RefWith():
                return self._defined(node.name, node.argument, place)
            case ast.IsTest():
                return self._is(node, place)
            case ast.CompareTest() | ast.IncludesTest():
                return self._typed(node, place)
            case ast.LastingTest():
                return self._lasting(node, place)
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
        owners = _owners(node.name, place)
        if len(owners) > 1:
            self._ambiguous(node.name, owners)
            return None
        if owners:
            (owner,) = owners
            if owner.attributes[name].type != "yes/no":
                self._not_yes_no(node.name, owner.attributes[name])
                return None
            return p.Flag(owner.name, name)
        kind = self.names.kind(name)
        if kind is not None and kind.nature == "period":
            return p.Running(kind.name)
        if kind is not None and kind.nature == "event":
            self.names.diagnostics.add(
                "event-as-condition",
                f"`{name}` is an event, and an event is not true or false by itself",
                node.span,
                why="whether it counts once, ever or lately changes the date a child is due",
                help=f"write `some {name}` or `no {name}`",
                compared=Compared(f"event `{kind.name}`", kind.span),
            )
            return None
        self.names.unknown(node.name, "condition", self._condition_names(place), UNREAD)
        return None

    def _condition_names(self, place: Place) -> list[str]:
        periods = self.names.of_nature("period")
        held = (attribute for row in place.rows for attribute in row.attributes.values())
        answers = [attribute.name for attribute in held if attribute.type == "yes/no"]
        return [*self.names.defines, *answers, *periods]

    def _ambiguous(self, name: ast.Word, owners: Sequence[p.Kind]) -> None:
        self.names.diagnostics.add(
            "ambiguous-name",
            f"`{name}` is an attribute of {' and of '.join(f'`{o.name}`' for o in owners)}",
            name.span,
            why="the two can differ, and with them the date",
            help=f"write {' or '.join(f'`{o.name}.{name}`' for o in owners)}",
        )

    def _owned(self, owner: ast.Word, name: ast.Word, place: Place) -> p.Condition | None:
        kind = self.names.kind(owner.text)
        if kind is None or name.text not in kind.attributes:
            if kind is None:
                self.names.unknown(owner, "kind", self.names.kind_names, UNREAD)
            else:
                self.names.unknown(name, "attribute", kind.attributes, UNREAD)
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
        judged = [row.name for row in place.rows]
        self.names.unknown(word, "kind whose row is judged", judged, UNREAD)
        return None

    def _not_yes_no(self, name: ast.Word, attribute: p.Attribute) -> None:
        example = attribute.values[0] if attribute.values else "stated"
        self.names.diagnostics.add(
            "not-yes-no",
            f"`{name}` is not a yes/no attribute",
            name.span,
            why="a condition must come out true or false for the child",
            help=f"compare it: `{name} is {example}`",
            compared=Compared(f"`has {attribute.name} {attribute.type}`", attribute.span),
        )

    def _is(self, node: ast.IsTest, place: Place) -> p.Condition | None:
        name, owner = node.ref.name, self.attribute_owner(node.ref, place)
        if owner is None:
            return None
        attribute = owner.attributes[name.text]
        if node.values is None:
            return self._of_row(owner, p.Stated(owner.name, name.text), name, place)
        values = tuple(self._value(value, attribute, place) for value in node.values)
        return self._of_row(owner, p.Is(owner.name, name.text, values), name, place)

    def attribute_owner(self, ref: ast.Ref, place: Place) -> p.Kind | None:
        """The kind whose rows carry the attribute; nothing after a mistake."""
        name = ref.name
        if ref.owner is not None:
            owner = self.names.kind(ref.owner.text)
            if owner is None:
                self.names.unknown(ref.owner, "kind", self.names.kind_names, UNREAD)
                return None
        else:
            owners = _owners(name, place)
            if len(owners) > 1:
                self._ambiguous(name, owners)
                return None
            owner = owners[0] if owners else None
        if owner is None or name.text not in owner.attributes:
            known = owner.attributes if owner else [a for r in place.rows for a in r.attributes]
            self.names.unknown(name, "attribute", known, UNREAD)
            return None
        return owner

    def _value(self, word: ast.Word, attribute: p.Attribute, place: Place) -> str:
        given = place.parameters.get(word.text, word)
        allowed: Iterable[str] | None = {
            "one of": attribute.values,
            "role": tuple(self.names.roles),
            "yes/no": ("yes", "no"),
        }.get(attribute.type)
        if allowed is not None and given.text not in allowed:
            why = "a test on a value that no record can hold is never true for any child"
            self.names.unknown(given, f"value of `{attribute.name}`", allowed, why)
        return given.text

    def _defined(
        self, name: ast.Word, argument: ast.Word | None, place: Place
    ) -> p.Condition | None:
        statement = self.names.defines.get(name.text)
        if statement is None:
            self.names.unknown(name, "definition", self.names.defines, UNREAD)
            return None
        if name.text in place.inside:
            self.names.diagnostics.add(
                "circular-definition",
                f"`{name}` is defined by itself",
                name.span,
                why="it could never be found true or false for a child",
                help=f"break the circle: {' -> '.join((*place.inside, name.text))}",
                compared=Compared(f"the definition of `{name}`", statement.name.span),
            )
            return None
        parameters = {}
        if statement.parameter is not None and argument is not None:
            given = place.parameters.get(argument.text, argument)
            parameters = {statement.parameter.text: given}
        inner = evolve(place, parameters=parameters, inside=(*place.inside, name.text))
        return self.bind(statement.condition, inner)

    def _count(self, node: ast.CountTest, place: Place) -> p.Condition | None:
        kind = self.names.kind(node.kind.text)
        if kind is None or kind.nature == "subject":
            known = self.names.of_nature("event", "period")
            self.names.unknown(node.kind, "event or period", known, UNREAD)
            return None
        where = None
        if node.where is not None:
            inner = evolve(self.place_on(kind), parameters=place.parameters, inside=place.inside)
            inner = inner.set_apart(place, _OF_A_ROW)
            where = self.bind(node.where, inner)
        window, since = self._window(node.window, place)
        if isinstance(node.window, ast.Since) and since is None:
            return None
        if kind.nature == "period" and (window or since):
            self._window_on_period(node, kind)
            return None
        if node.window is None and kind.nature == "event":
            since = place.occasion
        own = place.scoped and not isinstance(node.window, ast.Ever)
        where = counted(kind, where)
        if node.at_most is not None and node.at_least == 0:
            more = p.Count(kind.name, node.at_most + 1, None, where, window, own, since)
            return p.Not(more)
        return p.Count(kind.name, node.at_least, node.at_most, where, window, own, since)

    def _window(
        self, node: ast.Window | None, place: Place
    ) -> tuple[p.Duration | None, p.Anchor | None]:
        match node:
            case ast.InLast(duration):
                return self.whole_days(duration, "the last", self._outermost), None
            case ast.Since(anchor):
                return None, self.anchor(anchor, place, previous=True)
            case _:
                return None, None

    def _window_on_period(self, node: ast.CountTest, kind: p.Kind) -> None:
        self.names.diagnostics.add(
            "window-on-period",
            f"`{kind.name}` is a period: it is running or it is not",
            node.span,
            why="a window would leave open whether a day inside it is enough for a child",
            help="leave the window out, or write "
            f"`{kind.name} lasting at least 1 day in the last …`",
        )

    def whole_days(self, duration: p.Duration, what: str, span: Span) -> p.Duration:
        """A length of time in whole days; hours make a mistake."""
        if duration.unit == "hour":
            self.names.diagnostics.add(
                "units",
                f"`{what} {duration}`: this is looked at day by day",
                span,
                why="hours would be rounded, and a child's date could move by a day",
                help="write it in days",
            )
            return p.Duration(1, "day")
        return duration

    def _lasting(self, node: ast.LastingTest, place: Place) -> p.Condition | None:
        period = self.names.expect(node.ref.name, "period")
        if period is None:
            return None
        window, since = self._window(node.window, place)
        if isinstance(node.window, ast.Since) and since is None:
            return None
        duration = self.whole_days(node.duration, "lasting", node.span)
        if (window or since) and duration.unit not in ("day", "week"):
            self.names.diagnostics.add(
                "units",
                f"days added up cannot be held against {duration}",
                node.span,
                why="months are not equally long, so the same days would be enough or not",
                help="write it in days or weeks",
            )
            return None
        return p.Lasting(period.name, duration, node.more, window, since)

    def _typed(self, node: ast.CompareTest | ast.IncludesTest, place: Place) -> p.Condition | None:
        """A test that only one type of attribute can take."""
        wanted: p.AttributeType = "number" if isinstance(node, ast.CompareTest) else "list of role"
        name = node.ref.name
        owner = self.attribute_owner(node.ref, place)
        if owner is None:
            return None
        attribute = owner.attributes[name.text]
        if attribute.type != wanted:
            self._wrong_type(name, attribute, wanted)
            return None
        if isinstance(node, ast.CompareTest):
            test: p.Condition = p.Compare(owner.name, name.text, node.at_least, node.at_most)
        else:
            role = place.parameters.get(node.role.text, node.role)
            if role.text not in self.names.roles:
                why = "a role that nobody has is in no record of any child"
                self.names.unknown(role, "role", self.names.roles, why)
            test = p.Includes(owner.name, name.text, role.text)
        return self._of_row(owner, test, name, place)

    def _wrong_type(self, name: ast.Word, attribute: p.Attribute, wanted: str) -> None:
        self.names.diagnostics.add(
            "wrong-type",
            f"`{name}` is of type `{attribute.type}`, and this test is for `{wanted}`",
            name.span,
            why="the test could be true or false for no child",
            help=f"test another attribute, or declare it as `has {name} {wanted}`",
        )

    def _time(self, node: ast.TimeTest, place: Place) -> p.Condition | None:
        if node.first and _is_own_start(node.anchor) and not place.scoped:
            self.no_scope(f"the first {_length(node.duration)}", node.anchor.span, place)
            return None
        anchor = self.anchor(node.anchor, place)
        if anchor is None:
            return None
        elapsed = p.Elapsed(anchor, self.whole_days(node.duration, "after", node.span))
        if not node.inside:
            return elapsed
        if isinstance(anchor, p.ScopeStart):
            return p.Not(elapsed)
        has_been = p.Elapsed(anchor, p.Duration(0, "day"))
        return p.And((has_been, p.Not(elapsed)))

    def anchors(self, node: ast.Anchors, place: Place, *, own_end: bool = False) -> p.Anchor | None:
        """One anchor, or any of several; nothing after a mistake.

        ``own_end`` says whether the end of the scope's own period may be meant.
        """
        found = [
            evolve(self._scope_end(place), span=part.span)
            if own_end and _is_own_end(part, place, self.names)
            else self.anchor(part, place)
            for part in node.parts
        ]
        if len(found) == 1:
            return found[0]
        known = tuple(anchor for anchor in found if anchor is not None)
        return p.AnyOf(known, node.span) if len(known) == len(found) else None

    def anchor(self, node: ast.Anchor, place: Place, *, previous: bool = False) -> p.Anchor | None:
        """The days that a clock runs from; nothing after a mistake.

        ``previous`` says whether the latest before the row judged may be meant.
        """
        bound = self._anchor(node, place, previous=previous)
        return None if bound is None else evolve(bound, span=node.span)

    def _anchor(self, node: ast.Anchor, place: Place, *, previous: bool) -> p.Anchor | None:
        match node:
            case ast.BirthdayRef(years):
                return p.Birthday(years)
            case ast.BecomingRef(condition_node):
                subjects = tuple(row for row in place.rows if row.nature == "subject")
                alone = Place(subjects).set_apart(place, _OF_BECOMING)
                condition = self.bind(condition_node, alone)
                return None if condition is None else p.Becoming(condition)
            case ast.MilestoneRef():
                return self._milestone(node)
        if node.ordinal == p.PREVIOUS and not previous:
            self._no_previous(node)
            return None
        if isinstance(node, ast.EventRef):
            event = self.names.expect(node.event, "event")
            if event is None:
                return None
            where = counted(event, self.where(node.where, event))
            return p.EventDay(event.name, node.ordinal, where)
        if node.period is None:
            if not place.scoped:
                self.no_scope(node.edge, node.span, place)
                return None
            return self._own_edge(node, place)
        period = self.names.expect(node.period, "period")
        if period is None:
            return None
        if period.name == place.period and node.ordinal is None:
            return self._own_edge(node, place)
        return p.PeriodEdge(period.name, node.edge, node.ordinal)  # type: ignore[arg-type]

    def _scope_end(self, place: Place) -> p.Anchor:
        assert place.period is not None
        return p.PeriodEdge(place.period, "end")

    def _milestone(self, node: ast.MilestoneRef) -> p.Anchor | None:
        event = self.names.expect(node.event, "event")
        if event is None:
            return None
        milestones = [m.name for m in event.milestones]
        if node.milestone.text not in milestones:
            self.names.unknown(node.milestone, f"milestone of `{event.name}`", milestones, UNREAD)
            return None
        return p.EventDay(event.name, None, event.counts, node.milestone.text)

    def _no_previous(self, node: ast.EdgeRef | ast.EventRef) -> None:
        self.names.diagnostics.add(
            "no-previous",
            "`previous` can only stand after `since`",
            node.span,
            why="a clock that runs from the one before would have run out for every child already",
            help="name the event without `previous`: each one starts a clock of its own",
        )

    def _own_edge(self, node: ast.EdgeRef, place: Place) -> p.Anchor | None:
        if node.edge == "start":
            return p.ScopeStart()
        name = place.period or "PERIOD"
        self.names.diagnostics.add(
            "after-the-end",
            "nothing runs from the end of its own scope",
            node.span,
            why="the scope is over on that day, so the duty would lapse for every child",
            help=f"put the sentence before any `during` line and write `of end of {name}`",
        )
        return None

    def no_scope(self, words: str, span: Span, place: Place) -> None:
        """A ``start``, ``end`` or ``first year`` where there is no scope that it could be of."""
        periods = [kind.name for kind in self.names.kinds.values() if kind.nature == "period"]
        usual = ["placement"] if "placement" in periods else [*periods, "PERIOD"]
        period = place.around or usual[0]
        named = f"`{words} of {period}`"
        self.names.diagnostics.add(
            "no-scope",
            f"`{words}` of what?",
            span,
            why=place.apart
            or "without a period around it there is no day from which a child's clock runs",
            help=f"name the period: {named}"
            if place.apart
            else f"add a line such as `during {period}` above, or write {named}",
            compared=Compared(f"`{place.inside[0]}`, used here", self._outermost)
            if place.inside
            else None,
        )


def _owners(name: ast.Word, place: Place) -> list[p.Kind]:
    """The kinds of the place that have an attribute of this name."""
    return [row for row in place.rows if name.text in row.attributes]


def _is_own_start(node: ast.Anchor) -> bool:
    return isinstance(node, ast.EdgeRef) and node.period is None


def _length(duration: p.Duration) -> str:
    return duration.unit if duration.count == 1 else str(duration)


def _is_own_end(node: ast.Anchor, place: Place, names: Names) -> bool:
    """Whether an anchor is the end of the period that the scope is a row of."""
    if not isinstance(node, ast.EdgeRef) or node.edge != "end" or place.period is None:
        return False
    named = names.kind(node.period.text) if node.period is not None else None
    return node.ordinal is None and (
        node.period is None or (named is not None and named.name == place.period)
    )


def counted(kind: p.Kind, where: p.Condition | None) -> p.Condition | None:
    """The test on a row of this kind, and that the row counts as done."""
    return p.all_of(p.And, [part for part in (kind.counts, where) if part is not None])


def _negate(condition: p.Condition) -> p.Condition:
    return condition.part if isinstance(condition, p.Not) else p.Not(condition)
