"""Scopes and sentences of the syntax into the duties of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from attrs import evolve, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.conditions import Conditions, Place, all_of
from duly.dsl.names import UNREAD, Names


@frozen
class Duties:
    """Binds duties, each in the scope that stands above it."""

    names: Names
    conditions: Conditions

    def of_rule(self, items: Sequence[ast.RuleItem]) -> Iterable[p.Scoped]:
        """The duties of one rule, as far as their scopes can be bound."""
        scope: p.Scope | None = None
        place = self.conditions.place_on()
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
                period = self.names.expect(word, "period")
                if period is None:
                    return None
                place = self.conditions.place_during(period)
                condition = self.conditions.bind(where, place) if where is not None else None
                return p.During(period.name, condition), place
            case ast.WhileScope(condition_node):
                condition = self.conditions.bind(condition_node, self.conditions.place_on())
                if condition is None:
                    return None
                return p.While(condition), evolve(self.conditions.place_on(), scoped=True)
            case ast.EachScope(occasion_node, where):
                occasion = self.conditions.anchor(occasion_node, self.conditions.place_on())
                if not isinstance(occasion, p.EventDay | p.PeriodEdge):
                    return None
                name = occasion.event if isinstance(occasion, p.EventDay) else occasion.period
                place = self.conditions.place_on(self.names.kinds[name])
                condition = self.conditions.bind(where, place) if where is not None else None
                return p.ForEach(occasion, condition), place

    def _have(self, node: ast.HaveDuty, scope: p.Scope | None, place: Place) -> Iterable[p.Scoped]:
        if not isinstance(scope, p.ForEach):
            self.names.diagnostics.add(
                "have-without-occasion",
                "`must have` needs an occasion to be judged on",
                node.span,
                why="without one there is no day on which a child's record could fail it",
                help="add a line such as `for each visit` above",
            )
            return
        condition = self.conditions.bind(node.condition, place)
        unless = self._unless(node.unless, place)
        for clause in unless:
            if clause.then is not None:
                self.names.diagnostics.add(
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
            if (condition := self.conditions.bind(clause.condition, place)) is not None
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
        duty = p.Do(
            act,
            steps,
            force=node.force,
            label=node.label.text if node.label else None,
            owner=node.owner.text if node.owner else None,
            words=f"{node.action.verb} {node.action.object}",
            text=node.text,
            span=node.span,
        )
        yield p.Scoped(scope, duty)
        for clause in node.steps:
            for failing in clause.failing:
                fallback = self._fallback(failing, duty, place)
                if fallback is not None:
                    yield p.Scoped(scope, fallback)

    def _fallback(self, node: ast.FailingClause, duty: p.Do, place: Place) -> p.Do | None:
        """A duty of its own to do the same act; it never excuses the first."""
        anchor = self.conditions.anchor(node.anchor, place)
        if anchor is None:
            return None
        text = node.text.removeprefix(",").strip()
        step = p.Step(p.Within(node.duration, anchor), (), text, node.span)
        return evolve(duty, steps=(step,), failing_which=True, text=text, span=node.span)

    def _timed_occasion(self, node: ast.DoDuty) -> None:
        self.names.diagnostics.add(
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
            return p.Always(), self.conditions.place_on()
        return p.During(name), self.conditions.place_during(self.names.kinds[name])

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
            self.names.unknown(action.verb, f"verb of `{thing}`", verbs, UNREAD)
            return None
        phrases = [" ".join(key) for key in self.names.phrases]
        doable = [
            f"{v} {k.name}"
            for k in self.names.kinds.values()
            for v in (*k.verbs, *(m.verb for m in k.milestones))
            if v != k.name  # `visit visit` is not how anyone would say it
        ]
        words = ast.Word(f"{verb} {thing}", action.verb.span.to(action.object.span))
        self.names.unknown(words, "phrase, and no verb with an event,", [*phrases, *doable], UNREAD)
        return None

    def _narrow(self, act: p.Act, where: ast.Condition | None) -> p.Act:
        if where is None:
            return act
        extra = self.conditions.where(where, self.names.kinds[act.event])
        parts = tuple(part for part in (act.where, extra) if part is not None)
        return evolve(act, where=all_of(p.And, list(parts)) if parts else None)

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
        anchor = self.conditions.anchor(node.anchor, place) if node.anchor is not None else None
        if node.anchor is not None and anchor is None:
            return None
        if node.form == "every":
            assert node.duration is not None
            if node.duration.count == 0:
                self._no_interval(node)
                return None
            if position == 0 and isinstance(scope, p.Always):
                self.conditions.no_scope(ast.EdgeRef("start", None, None, node.span))
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
        self.names.diagnostics.add(
            "no-interval",
            f"`every {node.duration}` leaves no time between one and the next",
            node.span,
            why="every child would be overdue the day after, whatever is done",
            help="write how long it may be, such as `every 6 weeks`",
        )

    def _milestone_anchor(self, node: ast.Timing, act: p.Act) -> None:
        self.names.diagnostics.add(
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
        self.names.diagnostics.add(
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
                self.names.diagnostics.add(
                    "unreachable-step",
                    "this step is never reached",
                    clause.span,
                    why="the step before it goes on for ever, so no child ever comes to this one",
                    help="give the step before an end: `every 1 week until first review`",
                )
                return False
        return True
