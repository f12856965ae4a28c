"""Section 4, sequences: a duty in a scope in, one obligation for each step and anchor out."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from datetime import date

from attrs import define, evolve, field, frozen

from duly.dsl.policy import (
    Anchor,
    Before,
    By,
    Do,
    EventDay,
    Every,
    PeriodEdge,
    ScopeStart,
    Step,
    Timing,
    Within,
    WithoutNumber,
)
from tests.oracle.acts import Acts, Deed, DutyInScope
from tests.oracle.anchors import (
    Occasion,
    anchor_spans,
    each_own,
    expected,
    is_scope_start,
    occasions,
)
from tests.oracle.clock import Clock, base_of, is_once
from tests.oracle.days import ANY_HOUR, DAY, Hour, boundary, lead_day
from tests.oracle.records import LONG_AGO, Row, Span, when
from tests.oracle.world import EVERYTHING, hour_on

Done = tuple[date, Hour]


@frozen
class Obligation:
    """One step from one anchor, before its deadline is known.

    ``since`` is the day from which on the step stands, ``reach`` the day back to which acts must
    be recorded.  ``instead`` holds the days of acts that may not fit and could have fulfilled it;
    ``clouded_before`` says that one lies earlier in its sequence.  ``fixed`` is the deadline of
    what is due before an anchor, ``earliest`` the first day on which an act counts for it.
    """

    step: int
    anchor: date
    since: date
    reach: date
    hour: Hour = ANY_HOUR
    done: Done | None = None
    end: date | None = None
    instead: tuple[date, ...] = ()
    clouded_before: bool = False
    later: bool = False
    undecided: bool = False
    assumed: bool = False
    fixed: date | None = None
    earliest: date = LONG_AGO
    could_not_be_met: bool = False
    judged: tuple[tuple[str, Row], ...] = ()


@define
class Run:
    """The steps of one duty in one scope, from one anchor on.

    ``restart`` is the day of a further anchor, which ends what later steps left open;
    ``at_any_time`` that acts count whenever they are dated.
    """

    judge: Sequences
    acts: Acts
    first_anchor: date
    first_step: int = 0
    hour: Hour = ANY_HOUR
    restart: date | None = None
    undecided: bool = False
    assumed: bool = False
    own_day_counts: bool = True
    at_any_time: bool = False
    never_ends: bool = False
    judged: tuple[tuple[str, Row], ...] = ()

    @property
    def owed(self) -> DutyInScope:
        return self.judge.owed

    def obligations(self) -> Iterator[Obligation]:
        """Each step in turn, while the one before was fulfilled."""
        before: Done = (self.first_anchor, self.hour)
        since = self.first_anchor
        for index in range(self.first_step, len(self.judge.steps)):
            timing = self.judge.steps[index].timing
            if isinstance(timing, Every):
                until = self.judge.until(timing, before[0])
                if until == before[0]:
                    continue
                before = yield from self.repeat(index, before, since, timing, until)
                if until is None or (self.restart and until >= self.restart):
                    return
                since = until
                continue
            start = Occasion(before[0], hour=before[1])
            own = self.judge.own_anchor(index, timing)
            if own is not None:
                found = self.judge.first_from(timing, own, self.first_anchor)
                if found is None:
                    # Nothing is owed, but the next act fulfils the step all the same.
                    last = self.limits(None, self.restart)[1]
                    skipped = self.followed(
                        first_after(self.acts, before[0], index == self.first_step, last)
                    )
                    if skipped is None:
                        return
                    before, since = skipped, skipped[0]
                    continue
                start = found
                # silent: an anchor that may not count clouds its own step and what follows.
                self.undecided = self.undecided or start.undecided
                if self.judge.passed_over(index, start.day, since):
                    continue
            done = self.followed((yield from self.once(index, before, start, since)))
            if done is None:
                return
            before, since = done, done[0]

    def followed(self, done: Done | None) -> Done | None:
        """What fulfilled a step, if the next begins with it: not where the sequence has ended."""
        ends = [day for day in (self.restart, self.owed.scope.end) if day]
        return None if done is None or any(done[0] >= day for day in ends) else done

    def once(
        self, index: int, before: Done, start: Occasion, since: date
    ) -> Generator[Obligation, None, Done | None]:
        same_day = index == self.first_step and self.own_day_counts
        # The first step stays owed when the sequence starts again.
        end, last = self.limits(None, None if index == 0 else self.restart)
        timing = self.judge.steps[index].timing
        # silent: rule 31 is not for what counts whenever it is dated (9).
        is_within = isinstance(timing, Within) and not self.at_any_time
        acts = self.acts.not_before(*before) if is_within and same_day else self.acts
        earliest = LONG_AGO if self.at_any_time else before[0]
        done = first_after(acts, earliest, same_day, last)
        plain = self.obligation(index, before[0], since, same_day, done, end, last, acts)
        fixed = lead_day(start.day, timing) if isinstance(timing, Before) else None
        since = max(since, start.day)
        yield evolve(plain, anchor=start.day, hour=start.hour, since=since, fixed=fixed)
        return done

    def repeat(
        self, index: int, start: Done, since: date, timing: Every, until: date | None
    ) -> Generator[Obligation, None, Done]:
        """One obligation an anchor day; returns the last act, or the step's anchor."""
        end, last = self.limits(until, self.restart)
        anchor = start
        while True:
            done = first_after(self.acts, anchor[0], False, last)
            plain = self.obligation(index, anchor[0], since, False, done, end, last, self.acts)
            over = min([day for day in (done and done[0], end) if day], default=None)
            ended = self.judge.may_have_ended(timing, start[0], over)
            yield evolve(plain, undecided=self.undecided or ended)
            if done is None:
                return anchor
            anchor, since = done, max(since, done[0])
            if end is not None and done[0] >= end:
                return anchor

    def limits(self, until: date | None, restart: date | None) -> tuple[date | None, date | None]:
        """The end of an obligation, and the last day on which an act still fulfils it."""
        if self.never_ends:
            return None, None
        scope_end, scope_last = self.owed.scope_limits
        scope_last = None if self.at_any_time else scope_last
        before_restart = restart - DAY if restart else None
        ends = [day for day in (scope_end, until, restart) if day]
        lasts = [day for day in (scope_last, until, before_restart) if day]
        return min(ends, default=None), min(lasts, default=None)

    def obligation(
        self,
        index: int,
        after: date,
        since: date,
        same_day: bool,
        done: Done | None,
        end: date | None,
        last: date | None,
        acts: Acts,
    ) -> Obligation:
        timing = self.judge.steps[index].timing
        later = index > 0 and isinstance(timing, Within | By | Before)
        unsure = acts.unsure()
        own = self.judge.own_anchor(index, timing)
        found = self.judge.first_from(timing, own, self.first_anchor) if own is not None else None
        up_to = max(after, found.day) if found else after
        return Obligation(
            step=index,
            anchor=after,
            since=since,
            reach=self.first_anchor if later else after,
            done=done,
            end=end,
            instead=tuple(
                day
                for day in unsure
                if (day > after or (same_day and day == after)) and (last is None or day <= last)
            ),
            clouded_before=any(self.first_anchor <= day <= up_to for day in unsure),
            later=later,
            undecided=self.undecided,
            assumed=self.assumed,
            judged=self.judged,
        )


def first_after(acts: Acts, anchor: date, same_day: bool, last: date | None) -> Done | None:
    """The first act after the anchor (or on it), up to a last day."""
    for day in acts.days():
        if (day > anchor or (same_day and day == anchor)) and (last is None or day <= last):
            return acts.done(day)
    return None


@frozen
class Sequences:
    """The steps of one duty in one scope, from each anchor of the first."""

    owed: DutyInScope
    clocks: dict[object, Clock] = field(factory=dict)

    @property
    def duty(self) -> Do:
        assert isinstance(self.owed.duty, Do)
        return self.owed.duty

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.duty.steps

    def clock(self, step: int, judged: tuple[tuple[str, Row], ...] = ()) -> Clock:
        """The clock of a step; each row of its own that is judged has one."""
        key = step, tuple(row.id for _, row in judged)
        if key not in self.clocks:
            owed, duty = self.owed, self.duty
            self.clocks[key] = Clock(
                owed.world,
                owed.scope,
                owed.bounds,
                duty.steps[step].unless,
                owed.where,
                duty.instead,
                base_of(duty.steps[step].timing),
                judged,
                once=is_once(duty.steps[step].timing),
                each_moment=duty.reading == "each moment",
            )
        return self.clocks[key]

    # anchors of later steps

    def own_anchor(self, index: int, timing: Timing) -> Anchor | None:
        """The anchor that a later step names."""
        # silent: a later step without a number that names an anchor counts from it too.
        return getattr(timing, "anchor", None) if index > 0 else None

    def first_from(self, timing: Timing, anchor: Anchor, first: date) -> Occasion | None:
        """The first such anchor on or after a day; the scope's start counts whatever the day."""
        if isinstance(anchor, ScopeStart):
            (start,) = self.owed.anchors(anchor)
            return start
        anchors = self.owed.anchors(anchor, scheduled=isinstance(timing, By | Before))
        return next((it for it in anchors if it.day >= first), None)

    def passed_over(self, index: int, anchor: date, since: date) -> bool:
        """Whether a later step was over before it began."""
        timing = self.steps[index].timing
        if isinstance(timing, Before):
            return lead_day(anchor, timing) < since
        if isinstance(timing, WithoutNumber):
            return False
        return self.clock(index).latest(anchor, since) < since

    # repeating steps

    def until(self, timing: Every, anchor: date) -> date | None:
        """The first day of the anchor that surely ends a repeating step."""
        if timing.until is None:
            return None
        days = [it.day for it in self.owed.anchors(timing.until) if not it.undecided]
        return next((day for day in days if day >= anchor), None)

    def may_have_ended(self, timing: Every, begun: date, over: date | None) -> bool:
        """Whether a repeating step may have ended on a day of which nobody can be sure.

        ``over`` is the day of fulfilment or the step's sure end, whichever is first.
        """
        until = timing.until
        if until is None or is_scope_start(until, self.owed.scope):
            return False
        anchors = self.owed.anchors(until)
        if any(
            it.undecided and it.day >= begun and (over is None or it.day <= over) for it in anchors
        ):
            return True
        spans = anchor_spans(self.owed.moment, until)
        return any(self.may_be_hidden(span, begun, over) for span in spans)

    def may_be_hidden(self, span: Span | None, begun: date, over: date | None) -> bool:
        if span is None:
            return True
        first, last = span
        if first is not None and begun < first:
            return True
        as_at = self.owed.world.as_at
        return last is not None and last < as_at and (over is None or over > last)

    # where sequences begin

    def first_anchor_unseen(self) -> bool:
        """Whether no first anchor is held, and one may have gone unrecorded."""
        anchor = getattr(self.steps[0].timing, "anchor", None)
        if anchor is None or self.owed.scope == EVERYTHING:
            return False
        scheduled = isinstance(self.steps[0].timing, By | Before)
        if self.own_clock:
            own = self.duty.act.edge is None and anchor.milestone is not None
            if not own or each_own(self.owed.moment, anchor, scheduled):
                return False
        elif self.owed.anchors(anchor, scheduled):
            return False
        first = self.owed.scope.start
        assert first is not None
        spans = anchor_spans(self.owed.moment, anchor)
        return any(
            span is None or not known_on(span, first, self.owed.world.as_at) for span in spans
        )

    @property
    def own_clock(self) -> bool:
        """Whether the clock runs from the act's own row: its milestone, or its end."""
        act, timing = self.duty.act, self.steps[0].timing
        anchor = getattr(timing, "anchor", None)
        if act.edge == "end":
            return anchor is None and isinstance(timing, Within)
        return act.milestone is not None and (
            anchor is None or (isinstance(anchor, EventDay) and anchor.event == act.event)
        )

    def runs(self) -> list[Run]:
        """One sequence for each anchor of the first step."""
        timing = self.steps[0].timing
        if self.own_clock:
            return self.own_runs()
        assert self.owed.scope.start is not None
        (begun,) = self.owed.anchors(ScopeStart())
        start = Run(self, self.owed.acts(), self.owed.scope.start, hour=begun.hour)
        if isinstance(timing, Every):
            return [start]
        anchor = getattr(timing, "anchor", None)
        assert anchor is not None
        anchors = self.owed.anchors(anchor)
        if not anchors and self.has_second_step and is_recorded(anchor):
            return [evolve(start, first_step=1, assumed=True)]
        # What is put off runs from no event of that day.
        by_acts = set() if is_put_off(timing) else self.owed.anchored_on_acts(anchor)
        anchors = [it for each in anchors for it in self.put_off(timing, each)]
        following = [*(it.day for it in anchors), None][1:]
        return [
            evolve(
                start,
                first_anchor=it.day,
                hour=it.hour,
                restart=restart,
                undecided=it.undecided,
                own_day_counts=it.day not in by_acts,
            )
            for it, restart in zip(anchors, following, strict=True)
        ]

    def put_off(self, timing: Timing, anchor: Occasion) -> Iterator[Occasion]:
        """The anchor of what is owed only some time after it, once that time has run."""
        # silent: a step without a number `after D after A` is anchored on the boundary of D after
        # A; before that day, or where the scope has ended by then, there is no obligation.
        after = timing.after if isinstance(timing, WithoutNumber) else None
        day = boundary(anchor.day, after) if after else anchor.day
        if day <= self.owed.world.as_at and self.owed.scope.contains(day):
            yield evolve(anchor, day=day)

    @property
    def has_second_step(self) -> bool:
        return len(self.steps) > 1 and self.owed.scope != EVERYTHING

    def own_runs(self) -> list[Run]:
        """One sequence for each event that its milestone fulfils, or period that its end does."""
        act, timing = self.duty.act, self.steps[0].timing
        found = []
        for it in (put_off for own in self.own_rows() for put_off in self.put_off(timing, own)):
            assert it.row is not None
            deed = self.own_deed(it)
            found.append(
                Run(
                    self,
                    Acts((deed,) if deed else ()),
                    it.day,
                    hour=it.hour,
                    undecided=it.undecided,
                    at_any_time=True,
                    never_ends=act.edge is not None,
                    # Of the scope's own rows each is looked at for its own days.
                    judged=() if act.event == self.owed.scope.period else ((act.event, it.row),),
                )
            )
        return found

    def own_rows(self) -> list[Occasion]:
        """The events or periods that each owe something of their own."""
        act, scope = self.duty.act, self.owed.scope
        if act.edge is None:
            return self.own_events(scheduled=False)
        start = PeriodEdge(act.event, "start")
        if not is_scope_start(start, scope):
            return occasions(self.owed.moment, start, act.where)
        assert scope.start is not None
        row = scope.rows[0]
        about = self.owed.moment.about(act.event, row, scope.start)
        fits = about.test(act.where)
        own = Occasion(scope.start, fits is None, hour_on(row, "start"), act.event, row)
        return [own] if fits is not False else []

    def own_events(self, scheduled: bool) -> list[Occasion]:
        """The events that a milestone's anchor names, those that the act is about among them."""
        act, moment = self.duty.act, self.owed.moment
        anchor = getattr(self.steps[0].timing, "anchor", None) or EventDay(act.event)
        found = []
        for it in each_own(moment, anchor, scheduled):
            assert it.row is not None
            kind, test = moment.world.kinds[act.event], act.where
            test = test if moment.world.is_past(it.row) else expected(kind, test)
            fits = moment.about(act.event, it.row, when(it.row)).test(test)
            if fits is not False:
                found.append(evolve(it, undecided=it.undecided or fits is None))
        return found

    def own_deed(self, it: Occasion) -> Deed | None:
        act = self.duty.act
        assert it.row is not None
        if act.edge is None:
            reached = it.row.values.get(act.milestone or "")
            hour = hour_on(it.row, act.milestone or "")
            return Deed(reached, hour, it.row, it.day) if isinstance(reached, date) else None
        stretches = self.owed.world.stretches(act.event)
        own = next(stretch for stretch in stretches if it.row in stretch.rows)
        if own.end is None:
            return None
        last = next(row for row in own.rows if row.end == own.end)
        return Deed(own.end, hour_on(last, "end"), it.row, it.day)


def is_put_off(timing: Timing) -> bool:
    return isinstance(timing, WithoutNumber) and timing.after is not None


def is_recorded(anchor: Anchor | None) -> bool:
    """Whether an anchor is an event or an edge of a period, or several of these."""
    return all(
        isinstance(it, EventDay | PeriodEdge) for it in getattr(anchor, "anchors", (anchor,))
    )


def known_on(span: Span, day: date, as_at: date) -> bool:
    """Whether a day is one of those covered; what is known on the as-at day stays so."""
    first, last = span
    return (first is None or first <= day) and (last is None or last >= min(day, as_at))
