"""When a duty falls due: timings, exceptions and lengths of time, with every name bound."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.conditions import Conditions, Place
from duly.dsl.grounds import GroundsOf
from duly.dsl.names import Names
from duly.dsl.source import Span


@frozen
class Stand:
    """Where a step stands: the act that it asks for, its scope, and its place in the sequence."""

    act: p.Act
    scope: p.Scope
    place: Place
    position: int = 0
    steps: int = 1

    @property
    def own_clock(self) -> bool:
        """Whether the clock runs from the act's own row: its milestone, or its end."""
        return self.act.milestone is not None or self.act.edge == "end"


@frozen
class Timings:
    """Binds the timing of each step of a duty."""

    names: Names
    conditions: Conditions
    grounds: GroundsOf

    def step(self, clause: ast.StepClause, stand: Stand) -> p.Step | None:
        """One step of a sequence, with its exceptions."""
        timing = self.timing(clause.timing, stand)
        if timing is None:
            return None
        unless = self.unless(clause.unless, stand, timing)
        text = clause.text.split(" unless ")[0].split(" failing which")[0].rstrip(" ,")
        return p.Step(timing, unless, _is_delegated(clause.timing), text, clause.span)

    # -- exceptions

    def unless(
        self, clauses: Sequence[ast.UnlessClause], stand: Stand, timing: p.Timing | None
    ) -> tuple[p.Unless, ...]:
        """The exceptions of a step, or of a duty without a time (``timing`` is ``None``).

        One that names a day of its own relieves here, and is a duty of its own besides.
        """
        found = []
        for clause in clauses:
            condition = self.conditions.bind(clause.condition, stand.place)
            then = None
            if clause.then is not None and not has_own_day(clause):
                then = self._consequence(clause, stand, timing)
            grounds = self.grounds.bind(clause.grounds)
            if condition is not None:
                span = clause.condition.span.to(clause.span)
                found.append(p.Unless(condition, then, grounds, clause.text, span))
        return tuple(found)

    def _consequence(
        self, clause: ast.UnlessClause, stand: Stand, timing: p.Timing | None
    ) -> p.Length | p.WithoutNumber | None:
        """What an exception puts in the place of a step's length of time."""
        if timing is None or isinstance(timing, p.Times | p.Before):
            self._no_length(clause)
            return None
        match clause.then:
            case ast.NoNumber(form, None, None):
                return p.WithoutNumber(form)
            case ast.Within(_, duration, None):
                return self.length(duration, stand)
            case ast.Every(duration, None) if isinstance(timing, p.Every):
                return self.length(duration, stand)
            case ast.Within() | ast.Every() | ast.By() | ast.Before() | ast.Times():
                self._other_kind(clause)
                return None
            case ast.NoNumber():
                self._other_kind(clause)
                return None
            case None:
                return None
            case length:
                return self.length(length, stand)

    def _no_length(self, clause: ast.UnlessClause) -> None:
        self.names.diagnostics.add(
            "no-length-to-change",
            "there is no length of time here that an exception could change",
            clause.span,
            why="the exception would change nothing for any child",
            help="write `unless …` without `then`",
        )

    def _other_kind(self, clause: ast.UnlessClause) -> None:
        self.names.diagnostics.add(
            "other-timing",
            "this exception asks for another kind of time than the step that it follows",
            clause.span,
            why="it would be unclear from which day the child's clock runs while it holds",
            help="give a length of time, or make it a duty of its own: "
            "`during … where …` and the other sentence",
        )

    # -- timings

    def timing(self, node: ast.Timing, stand: Stand) -> p.Timing | None:
        """When the step falls due; nothing after a mistake."""
        if stand.own_clock and (stand.position > 0 or isinstance(node, ast.Every)):
            self._only_once(node, stand.act)
            return None
        match node:
            case ast.Every(duration, until):
                return self._every(node, duration, until, stand)
            case ast.Within(form, duration, _):
                return self._within(node, form, duration, stand)
            case ast.NoNumber(form, after, _):
                ok, anchor = self._anchor(node, stand)
                if after is not None:
                    after = self.conditions.whole_days(after, "after", node.span)
                return p.WithoutNumber(form, anchor, after) if ok else None
            case ast.By(duration, anchors, clock):
                anchor = self.conditions.anchors(anchors, stand.place, own_end=True)
                if anchor is None or not self._may_stand(anchor, node, stand):
                    return None
                return p.By(duration, anchor, clock)
            case ast.Before(lead, clear, anchors):
                anchor = self.conditions.anchors(anchors, stand.place, own_end=True)
                if anchor is None or not self._may_stand(anchor, node, stand):
                    return None
                if lead is not None:
                    lead = self.conditions.whole_days(lead, "at least", node.span)
                return p.Before(anchor, lead, clear)
            case ast.Times():
                return self._times(node, stand)

    def _every(
        self, node: ast.Every, length: ast.Length, until: ast.Anchors | None, stand: Stand
    ) -> p.Timing | None:
        if isinstance(length, ast.LocallyDecided) and length.at_most is None:
            return p.WithoutNumber("locally decided", p.ScopeStart(), again=True)
        duration = self.length(length, stand)
        if duration is None:
            return None
        if isinstance(duration, p.Duration) and duration.count == 0:
            self._no_interval(node)
            return None
        if _in_hours(duration):
            self._hours(node.span, "every")
            return None
        if stand.position == 0 and isinstance(stand.scope, p.Always):
            self.conditions.no_scope("start", node.span, stand.place)
            return None
        if until is None:
            return p.Every(duration)
        anchor = self.conditions.anchors(until, stand.place)
        return None if anchor is None else p.Every(duration, anchor)

    def _within(
        self, node: ast.Within, form: str, length: ast.Length, stand: Stand
    ) -> p.Timing | None:
        ok, anchor = self._anchor(node, stand)
        if not ok:
            return None
        if isinstance(length, ast.LocallyDecided) and length.at_most is None:
            return p.WithoutNumber("locally decided", anchor)
        duration = self.length(length, stand)
        if duration is None:
            return None
        return p.Within(duration, anchor, form)  # type: ignore[arg-type]

    def _anchor(
        self, node: ast.Within | ast.NoNumber, stand: Stand
    ) -> tuple[bool, p.Anchor | None]:
        """Whether the anchor is right for this place, and the anchor."""
        anchor = None
        if node.anchors is not None:
            anchor = self.conditions.anchors(node.anchors, stand.place)
            if anchor is None:
                return False, None
        if stand.own_clock:
            return self.of_its_own(anchor, node.span, stand.act)
        if anchor is None and stand.position == 0:
            self._from_which_day(node)
            return False, None
        return True, anchor

    def of_its_own(
        self, anchor: p.Anchor | None, span: Span, act: p.Act
    ) -> tuple[bool, p.Anchor | None]:
        """Whether a clock of the act's own row may run from an anchor, and the anchor.

        It runs from a day of that row alone; without one, from its event or its start.
        """
        if anchor is None or (act.edge is not None and _is_own_start(anchor, act)):
            return True, None
        if not _is_own_day(anchor, act):
            self._milestone_anchor(span, act)
            return False, None
        return self._is_another(anchor, span, act), anchor

    def _is_another(self, anchor: p.Anchor, span: Span, act: p.Act) -> bool:
        """Whether a milestone is counted from something else than itself."""
        itself = isinstance(anchor, p.EventDay) and anchor.milestone == act.milestone
        if itself:
            self.names.diagnostics.add(
                "milestone-anchor",
                f"`{act.milestone}` is counted from itself",
                span,
                why="it would be in time for every child, whenever it is done",
                help=f"name the `{act.event}`, or another of its dates",
            )
        return not itself

    def _may_stand(self, anchor: p.Anchor, node: ast.By | ast.Before, stand: Stand) -> bool:
        """Whether a step that may be met early can stand here, and run from this anchor."""
        act = stand.act
        if not self._may_be_early(node, stand):
            return False
        if act.milestone is None:
            return True
        if isinstance(anchor, p.AnyOf) and any(_is_own_day(it, act) for it in anchor.anchors):
            self.names.diagnostics.add(
                "milestone-anchor",
                f"`{act.milestone}` belongs to its own `{act.event}`",
                node.span,
                why="with another day beside that it would be unclear which one a child is still "
                "owed",
                help="write a sentence for each of these days",
            )
            return False
        return not _is_own_day(anchor, act) or self._is_another(anchor, node.span, act)

    def _may_be_early(self, node: ast.By | ast.Before, stand: Stand) -> bool:
        """Whether a step that may be met early can stand here."""
        if stand.position == 0 and stand.steps > 1:
            self.names.diagnostics.add(
                "early-first-step",
                "a step that can be met early cannot begin a sequence",
                node.span,
                why="the next step would have no day to be counted from for a child seen early",
                help="make it a duty of its own: one sentence for it, one for what follows",
            )
            return False
        if isinstance(node, ast.By) and node.duration.unit == "hour" and stand.position > 0:
            self._hours(node.span, "a later step")
            return False
        return True

    def _times(self, node: ast.Times, stand: Stand) -> p.Times | None:
        if stand.steps > 1 or isinstance(stand.scope, p.Always | p.ForEach):
            self.names.diagnostics.add(
                "window-place",
                "`each` counts in windows of one period, and cannot stand here",
                node.span,
                why="it would be unclear on which day the child's first window begins",
                help="put it under `during PERIOD`, in a sentence of its own",
            )
            return None
        match node.window:
            case ast.Named(name, whole):
                if name.text not in self.names.calendars:
                    why = "without its dates no window of any child begins or ends"
                    self.names.unknown(name, "calendar", self.names.calendars, why)
                    return None
                return p.Times(node.count, p.NamedCalendar(name.text, whole), node.at_most)
            case p.Duration(unit="hour"):
                self._hours(node.span, "each")
                return None
            case p.Duration(count=0):
                self._no_interval(node)
                return None
            case window:
                return p.Times(node.count, window, node.at_most)

    # -- lengths of time

    def length(self, node: ast.Length, stand: Stand) -> p.Length | None:
        """A length of time; nothing after a mistake."""
        match node:
            case ast.AgreedLength(ref):
                return self._agreed(ref, stand)
            case ast.LocallyDecided(at_most):
                return at_most
            case ast.SoonerLength((one, other)):
                return self._sooner(one, other, stand)
            case duration:
                return duration

    def _sooner(self, one: ast.Length, other: ast.Length, stand: Stand) -> p.Length | None:
        first, second = self.length(one, stand), self.length(other, stand)
        if first is None or second is None:
            return None
        assert not isinstance(first, p.Sooner)
        assert not isinstance(second, p.Sooner)
        return p.Sooner((first, second))

    def _agreed(self, ref: ast.Ref, stand: Stand) -> p.Length | None:
        owner = self.conditions.attribute_owner(ref, stand.place)
        if owner is None:
            return None
        if owner.attributes[ref.name.text].type != "duration" or owner not in stand.place.rows:
            self.names.diagnostics.add(
                "not-a-duration",
                f"`{ref.name}` is not a length of time that this duty's own record states",
                ref.span,
                why="without one no deadline can be counted for any child",
                help="name an attribute of the period around the duty, declared as "
                f"`has {ref.name} duration`",
            )
            return None
        return p.Agreed(owner.name, ref.name.text)

    # -- mistakes

    def _no_interval(self, node: ast.Every | ast.Times) -> None:
        self.names.diagnostics.add(
            "no-interval",
            "this leaves no time between one and the next",
            node.span,
            why="every child would be overdue the day after, whatever is done",
            help="write how long it may be, such as `every 6 weeks`",
        )

    def _hours(self, span: object, what: str) -> None:
        self.names.diagnostics.add(
            "units",
            f"hours cannot stand after `{what}`",
            span,  # type: ignore[arg-type]
            why="what repeats is counted from day to day, whatever the hour of a visit",
            help="write it in days",
        )

    def _only_once(self, node: ast.Timing, act: p.Act) -> None:
        self.names.diagnostics.add(
            "milestone-once",
            f"`{act.milestone or act.edge}` is one date of each `{act.event}`: nothing repeats or "
            "follows it",
            node.span,
            why="beyond its first limit nothing would be counted for any child",
            help="write a sentence for each limit, such as `within 2 working days`",
        )

    def _milestone_anchor(self, span: Span, act: p.Act) -> None:
        own = f"start of {act.event}" if act.edge else act.event
        self.names.diagnostics.add(
            "milestone-anchor",
            f"`{act.milestone or act.edge}` belongs to its own `{act.event}`",
            span,
            why="counted from anything else it would be unclear which one a child is still owed",
            help=f"leave `of …` out, or write `of {own}`",
        )

    def _from_which_day(self, node: ast.Within | ast.NoNumber) -> None:
        self.names.diagnostics.add(
            "anchor",
            "from which day?",
            node.span,
            why="a limit needs one day to be counted from",
            help=f"write `{node.form} … of start`, or name an event",
        )


def has_own_day(clause: ast.UnlessClause) -> bool:
    """Whether an exception names the day that its own time is counted from."""
    match clause.then:
        case ast.Within(anchors=anchors) | ast.NoNumber(anchors=anchors):
            return anchors is not None
        case ast.By() | ast.Before():
            return True
        case _:
            return False


def _is_own_start(anchor: p.Anchor, act: p.Act) -> bool:
    """Whether an anchor is the start of the act's own period."""
    return anchor in (p.ScopeStart(), p.PeriodEdge(act.event, "start"))


def _is_own_day(anchor: p.Anchor, act: p.Act) -> bool:
    """Whether an anchor is the day of the act's own event, or one of its milestones."""
    return isinstance(anchor, p.EventDay) and anchor.event == act.event


def _in_hours(length: p.Length) -> bool:
    return isinstance(length, p.Duration) and length.unit == "hour"


def _is_delegated(node: ast.Timing) -> bool:
    return isinstance(node, ast.Within | ast.Every) and isinstance(
        node.duration, ast.LocallyDecided
    )
