"""Scopes and sentences of the syntax into the duties of a rule."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from attrs import evolve, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.conditions import OF_EACH, OF_WHILE, Conditions, Place
from duly.dsl.diagnostics import Compared
from duly.dsl.grounds import GroundsOf
from duly.dsl.names import UNREAD, Names
from duly.dsl.subjects import Whose
from duly.dsl.timings import Stand, Timings, has_own_day


@frozen
class Duties:
    """Binds duties, each in the scope that stands above it."""

    names: Names
    conditions: Conditions
    grounds: GroundsOf
    timings: Timings
    whose: Whose

    def of_rule(self, items: Sequence[ast.RuleItem]) -> Iterable[p.Scoped]:
        """The duties of one rule, as far as their scopes can be bound."""
        each_moment = any(isinstance(item, ast.EachMomentItem) for item in items)
        for scoped in self._bound(items):
            if each_moment and isinstance(scoped.duty, p.Do):
                scoped = evolve(scoped, duty=evolve(scoped.duty, reading="each moment"))
            yield scoped

    def _bound(self, items: Sequence[ast.RuleItem]) -> Iterable[p.Scoped]:
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
                case ast.ForbidDuty():
                    yield from self._forbid(item, scope, place)
                case ast.MayDuty(permission, grounds, span):
                    may = p.May(permission, self.grounds.bind(grounds), span)
                    yield p.Scoped(scope or p.Always(), may)

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
                nowhere = evolve(self.conditions.place_on(), apart=OF_WHILE)
                condition = self.conditions.bind(condition_node, nowhere)
                if condition is None:
                    return None
                about = self.conditions.place_about(self.whose.first(condition))
                return p.While(condition), evolve(about, scoped=True)
            case ast.EachScope(occasion_node, where):
                occasion = self.conditions.anchor(occasion_node, self.conditions.place_on())
                if not isinstance(occasion, p.EventDay | p.PeriodEdge):
                    return None
                name = occasion.event if isinstance(occasion, p.EventDay) else occasion.period
                place = evolve(self.conditions.place_on(self.names.kinds[name]), apart=OF_EACH)
                condition = self.conditions.bind(where, place) if where is not None else None
                previous = _previous(occasion, condition)
                return p.ForEach(occasion, condition), evolve(place, occasion=previous)

    # -- states

    def _have(self, node: ast.HaveDuty, scope: p.Scope | None, place: Place) -> Iterator[p.Scoped]:
        on_occasion = isinstance(scope, p.ForEach)
        if on_occasion == (node.when is not None) or scope is None:
            self._have_where(node, on_occasion)
            return
        if isinstance(node.when, ast.FromAfter):
            narrowed = self._from(node.when, scope, place)
            if narrowed is None:
                return
            scope = narrowed
        condition = self.conditions.bind(node.condition, place)
        stand = Stand(p.Act(""), scope, place)
        unless = self.timings.unless(node.unless, stand, None)
        if condition is not None:
            have = p.Have(
                condition,
                unless,
                throughout=node.when is not None,
                force=node.force,
                label=_text(node.label),
                owner=_text(node.owner),
                grounds=self.grounds.bind(node.grounds),
                text=node.text,
                span=node.span,
            )
            yield p.Scoped(scope, have)

    def _from(self, when: ast.FromAfter, scope: p.Scope, place: Place) -> p.Scope | None:
        """``from D after A``: the duty is paused until then."""
        anchor = self.conditions.anchor(when.anchor, place)
        if anchor is None:
            return None
        begun = p.Elapsed(anchor, self.conditions.whole_days(when.duration, "from", when.span))
        if isinstance(scope, p.During):
            where = p.all_of(p.And, [c for c in (scope.where, begun) if c is not None])
            return evolve(scope, where=where)
        self.conditions.no_scope("start", when.span, place)
        return None

    def _have_where(self, node: ast.HaveDuty, on_occasion: bool) -> None:
        if on_occasion:
            title = "`throughout` and `from` cannot stand under `for each`"
            help_text = "leave it out, or put the sentence under `during PERIOD`"
        else:
            title = "`must have` needs an occasion to be judged on"
            help_text = (
                "add a line such as `for each visit` above, or write `throughout` after it, "
                "under a line such as `during placement`"
            )
        self.names.diagnostics.add(
            "have-without-occasion",
            title,
            node.span,
            why="without one there is no day on which a child's record could fail it",
            help=help_text,
        )

    # -- prohibitions

    def _forbid(
        self, node: ast.ForbidDuty, scope: p.Scope | None, place: Place
    ) -> Iterator[p.Scoped]:
        settled = self._settled(node, scope, place)
        if settled is None:
            return
        act, scope, place = settled
        row = self.names.kinds[act.event]
        judged = place if row in place.rows else evolve(place, rows=(row, *place.rows))
        stretch = None
        if node.stretch is not None:
            stretch = self._stretch(node.stretch, place)
            if stretch is None:
                return
        yield p.Scoped(
            scope,
            p.Forbid(
                act,
                stretch,
                self.timings.unless(node.unless, Stand(act, scope, judged), None),
                node.force,
                _text(node.label),
                _text(node.owner),
                self.grounds.bind(node.grounds),
                f"{node.action.verb} {node.action.object}",
                node.text,
                node.span,
            ),
        )

    def _stretch(self, node: ast.Within | ast.Before, place: Place) -> p.Within | p.Before | None:
        assert node.anchors is not None
        anchor = self.conditions.anchors(node.anchors, place)
        if anchor is None:
            return None
        if isinstance(node, ast.Before):
            return p.Before(anchor)
        assert isinstance(node.duration, p.Duration)
        return p.Within(
            self.conditions.whole_days(node.duration, "must not … within", node.span), anchor
        )

    # -- things to do in time

    def _do(self, node: ast.DoDuty, scope: p.Scope | None, place: Place) -> Iterable[p.Scoped]:
        settled = self._settled(node, scope, place)
        if settled is None:
            return
        act, scope, place = settled
        stand = self._stand(act, scope, place, node)
        steps = tuple(
            step
            for position, clause in enumerate(node.steps)
            if (step := self.timings.step(clause, evolve(stand, position=position))) is not None
        )
        if len(steps) != len(node.steps) or not self._order(node, steps):
            return
        duty = p.Do(
            act,
            steps,
            force=node.force,
            label=_text(node.label),
            owner=_text(node.owner),
            grounds=self.grounds.bind([g for clause in node.steps for g in clause.grounds]),
            words=f"{node.action.verb} {node.action.object}",
            text=node.text,
            span=node.span,
        )
        yield p.Scoped(scope, duty)
        yield from self._instead(node, duty, stand)
        for position, clause in enumerate(node.steps):
            for failing in clause.failing:
                fallback = self._fallback(failing, duty, position, stand)
                if fallback is not None:
                    yield p.Scoped(scope, fallback)

    def _stand(self, act: p.Act, scope: p.Scope, place: Place, node: ast.DoDuty) -> Stand:
        """Where the steps stand: a clock of the act's own row looks at that row first."""
        stand = Stand(act, scope, place, 0, len(node.steps))
        row = self.names.kinds[act.event]
        if stand.own_clock and row not in place.rows:
            return evolve(stand, place=evolve(place, rows=(row, *place.rows)))
        return stand

    def _instead(self, node: ast.DoDuty, duty: p.Do, stand: Stand) -> Iterator[p.Scoped]:
        """Exceptions that name a day of their own: each stands while it surely holds, and no later
        one may."""
        for clause, step in zip(node.steps, duty.steps, strict=True):
            for number, each in enumerate(clause.unless):
                if not has_own_day(each):
                    continue
                if len(node.steps) > 1:
                    self._in_a_sequence(each)
                    continue
                timing = self.timings.timing(each.then, stand)  # type: ignore[arg-type]
                if timing is None or len(step.unless) != len(clause.unless):
                    continue
                text = each.text.lstrip(", ")
                instead = evolve(
                    duty,
                    steps=(p.Step(timing, (), False, text, each.span),),
                    instead=step.unless[number:],
                    grounds=_inside(duty.grounds, step.unless[number].grounds),
                    text=text,
                    span=each.span,
                )
                yield p.Scoped(stand.scope, instead)

    def _in_a_sequence(self, clause: ast.UnlessClause) -> None:
        self.names.diagnostics.add(
            "other-timing",
            "an exception with a day of its own cannot stand in a sequence",
            clause.span,
            why="it would be unclear from which day the child's next step is counted",
            help="make it a duty of its own, under `during … where …`",
        )

    def _fallback(
        self, node: ast.FailingClause, duty: p.Do, position: int, stand: Stand
    ) -> p.Do | None:
        """A duty of its own to do the same act; it never excuses the first."""
        anchor: p.Anchor | None = p.Missed(position)
        if node.anchors is not None:
            anchor = self.conditions.anchors(node.anchors, stand.place)
        duration = self.timings.length(node.duration, stand)
        if anchor is None or duration is None:
            return None
        if stand.own_clock and node.anchors is not None:
            ok, anchor = self.timings.of_its_own(anchor, node.span, duty.act)
            if not ok:
                return None
        text = node.text.removeprefix(",").strip()
        step = p.Step(p.Within(duration, anchor), (), False, text, node.span)
        return evolve(
            duty,
            steps=(step,),
            failing_which=True,
            after=duty if isinstance(anchor, p.Missed) else None,
            grounds=self.grounds.bind(node.grounds),
            text=text,
            span=node.span,
        )

    def _settled(
        self, node: ast.DoDuty | ast.ForbidDuty, scope: p.Scope | None, place: Place
    ) -> tuple[p.Act, p.Scope, Place] | None:
        """The act that a duty is about, with the scope that it stands in: the rule's, else its own.

        None where the act cannot be told or a ``for each`` gives its clock no day to start.
        """
        if isinstance(scope, p.ForEach):
            self.names.diagnostics.add(
                "timed-occasion",
                "a duty with a time cannot stand under `for each`",
                node.span,
                why="it would be unclear from which day the child's clock runs",
                help="write it without `for each` and name the event: "
                "`within 2 working days of visit`",
            )
            return None
        found = self._act(node.action)
        if found is None:
            return None
        act, period = found
        return (act, scope, place) if scope is not None else (act, *self._own_scope(act, period))

    def _own_scope(self, act: p.Act, period: str | None) -> tuple[p.Scope, Place]:
        """The phrase's period, else the period that the event is declared ``of``, else none."""
        name = period or self.names.kinds[act.event].of
        if act.edge == "end":
            name = act.event
        if name is None or act.milestone:
            return p.Always(), self.conditions.place_about(self.names.kinds[act.event])
        return p.During(name), self.conditions.place_during(self.names.kinds[name])

    # -- acts

    def _act(self, action: ast.Action) -> tuple[p.Act, str | None] | None:
        verb, thing = action.verb.text, action.object.text
        phrase = self.names.phrases.get((verb, thing))
        if phrase is not None:
            return self._narrow(phrase.act, action.where), phrase.period
        kind = self.names.kind(thing)
        if kind is not None and kind.nature == "event":
            milestone = next((m for m in kind.milestones if m.verb == verb), None)
            if milestone is not None or verb in kind.verbs:
                act = p.Act(kind.name, kind.counts, milestone.name if milestone else None)
                return self._narrow(act, action.where), None
            verbs = [*kind.verbs, *(m.verb for m in kind.milestones)]
            self.names.unknown(action.verb, f"verb of `{thing}`", verbs, UNREAD)
            return None
        if kind is not None and kind.nature == "period" and verb in ("start", "end"):
            act = p.Act(kind.name, edge=verb)  # type: ignore[arg-type]
            return self._narrow(act, action.where), None
        phrases = [" ".join(key) for key in self.names.phrases]
        doable = [
            f"{v} {k.name}"
            for k in self.names.kinds.values()
            for v in (*k.verbs, *(m.verb for m in k.milestones))
            if v != k.name  # `visit visit` is not how anyone would say it
        ]
        words = ast.Word(f"{verb} {thing}", action.verb.span.to(action.object.span))
        self.names.unknown(words, "phrase or verb of an event", [*phrases, *doable], UNREAD)
        return None

    def _narrow(self, act: p.Act, where: ast.Condition | None) -> p.Act:
        if where is None:
            return act
        extra = self.conditions.where(where, self.names.kinds[act.event])
        parts = tuple(part for part in (act.where, extra) if part is not None)
        return evolve(act, where=p.all_of(p.And, list(parts)))

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
                    compared=Compared(f"the step before, `{step.text}`", step.span),
                )
                return False
        return True


def _text(word: ast.Word | None) -> str | None:
    return word.text if word else None


def _inside(duty: p.Grounds, clause: p.Grounds) -> p.Grounds:
    """The grounds of a clause, which is in force on no day on which its duty is not."""
    return evolve(clause, in_force=p.both_in_force(duty.in_force, clause.in_force))


def _previous(occasion: p.EventDay | p.PeriodEdge, where: p.Condition | None) -> p.Anchor:
    """The occasion before the one that is judged."""
    tests = [test for test in (occasion.where, where) if test is not None]
    return evolve(occasion, ordinal=p.PREVIOUS, where=p.all_of(p.And, list(tests)))
