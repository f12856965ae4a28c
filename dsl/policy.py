"""The resolved policy: what rule files mean once every name is bound.

``resolve`` turns syntax (``duly.dsl.ast``) into these frozen values; ``duly.engine.lower``
turns them into a plan.  Nothing here knows how facts are stored or how dates are counted.
Spans are left out of comparison, so that the same rules laid out differently are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Literal

from attrs import field, frozen

from duly.dsl.source import Span

Unit = Literal["hour", "day", "working day", "week", "month", "year"]
Force = Literal["must", "should", "standard", "aim"]


def span_field() -> Span:
    """A span that neither equality nor ``repr`` looks at."""
    return field(eq=False, repr=False, default=Span.nowhere())


@frozen
class Duration:
    """A length of time: ``6 weeks``, ``20 working days``, ``72 hours`` (T-01 to T-06, T-20)."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


@frozen
class Agreed:
    """A length of time that a record states: an attribute of type ``duration`` (a plan's own)."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}"


@frozen
class Sooner:
    """Two lengths of time, of which the earlier date counts."""

    parts: tuple[Duration | Agreed, Duration | Agreed]

    def __str__(self) -> str:
        return f"{self.parts[0]} or {self.parts[1]} whichever is sooner"


Length = Duration | Agreed | Sooner


# ---------------------------------------------------------------- vocabulary


AttributeType = Literal[
    "yes/no",
    "date",
    "datetime",
    "duration",
    "number",
    "text",
    "role",
    "list of role",
    "one of",
]


@frozen
class Attribute:
    """A typed field of a subject, period or event.

    ``usually`` is the value that a scenario takes for granted when it does not mention it.
    """

    name: str
    type: AttributeType
    values: tuple[str, ...] = ()
    usually: str | None = None
    span: Span = span_field()


@frozen
class Milestone:
    """A date that belongs to an event and has a verb of its own (``record`` a visit)."""

    name: str
    verb: str
    span: Span = span_field()


@frozen
class Kind:
    """A kind of fact: a subject, a period (start, end) or an event (one date).

    ``of`` names the period that it belongs to by id, where it is declared so.
    ``joined`` is ``"always"``, the name of a yes/no attribute that says a row continues the
    one before it, or ``None`` where rows that touch stay apart.
    ``counts`` is the test that an event must pass to have been done, ``scheduled`` the one that a
    later one must pass to be still expected; ``None`` where every row is.
    """

    name: str
    nature: Literal["subject", "period", "event"]
    title: str = ""
    of: str | None = None
    plural: str | None = None
    aliases: tuple[str, ...] = ()
    joined: str | None = None
    attributes: Mapping[str, Attribute] = field(factory=dict)
    milestones: tuple[Milestone, ...] = ()
    verbs: tuple[str, ...] = ()
    counts: Condition | None = None
    scheduled: Condition | None = None
    pack: str = ""
    span: Span = span_field()


@frozen
class Calendar:
    """Stretches of days that windows may follow, such as terms.

    ``first`` and ``last`` are (day, month) of a stretch that comes each year; both are ``None``
    where the authority supplies the stretches.
    """

    name: str
    title: str = ""
    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None


# ---------------------------------------------------------------- conditions


@frozen
class And:
    parts: tuple[Condition, ...]


@frozen
class Or:
    parts: tuple[Condition, ...]


@frozen
class Not:
    part: Condition


@frozen
class Flag:
    """A yes/no attribute.  ``owner`` is the kind whose row (or subject) carries it."""

    owner: str
    name: str


@frozen
class Is:
    """An attribute equals one of the values."""

    owner: str
    name: str
    values: tuple[str, ...]


@frozen
class Compare:
    """A number attribute lies between two bounds, both included; ``None`` is open."""

    owner: str
    name: str
    at_least: int | None = None
    at_most: int | None = None


@frozen
class Includes:
    """A list of roles holds this role: ``attendees includes police``."""

    owner: str
    name: str
    role: str


@frozen
class Stated:
    """The field holds a value (``no`` included); unknown only where the source lacks the field."""

    owner: str
    name: str


@frozen
class Running:
    """A period of this kind is running: any of the subject's."""

    period: str
    where: Condition | None = None


@frozen
class Count:
    """How many rows there are: events up to the moment, or periods now running.

    ``at_most`` is ``None`` for no upper bound.  ``window`` limits events to the last D days
    (both ends counted), ``since`` to those on or after the latest such anchor's day (after it
    where the anchor is the previous of its kind); with no such anchor none count, but all do since
    a previous one.  ``own``: only those inside the scope; false after ``ever``.
    """

    kind: str
    at_least: int
    at_most: int | None = None
    where: Condition | None = None
    window: Duration | None = None
    own: bool = False
    since: Anchor | None = None


@frozen
class Lasting:
    """How long a period has been running: at least ``duration``, or more than it.

    Without ``window`` and ``since``: the unbroken stretch in which it runs now.  With one of
    them: the days on which it ran in the last D, or since the anchor, added up.
    """

    period: str
    duration: Duration
    more: bool = False
    window: Duration | None = None
    since: Anchor | None = None


@frozen
class Elapsed:
    """The boundary of ``duration`` after the latest ``anchor`` has been reached (T-10, T-24).

    False while there is no anchor at or before the moment.
    """

    anchor: Anchor
    duration: Duration


@frozen
class Aged:
    """The subject has reached this age; unknown without a date of birth (T-24)."""

    years: int


Condition = (
    And
    | Or
    | Not
    | Flag
    | Is
    | Compare
    | Includes
    | Stated
    | Running
    | Count
    | Lasting
    | Elapsed
    | Aged
)


# ------------------------------------------------------- anchors, acts, scopes


@frozen
class ScopeStart:
    """The first day of the scope: of the period's row, or of the stretch."""


@frozen
class PeriodEdge:
    """The start or the end of periods of another kind."""

    period: str
    edge: Literal["start", "end"]
    ordinal: int | None = None
    where: Condition | None = None


PREVIOUS = -1
"""The ordinal of the latest one before the row that is judged."""


@frozen
class EventDay:
    """The day of an event, of each or of the n-th in the scope; or of one of its milestones."""

    event: str
    ordinal: int | None = None
    where: Condition | None = None
    milestone: str | None = None


@frozen
class Birthday:
    """The day on which the subject reaches an age (T-24)."""

    years: int


@frozen
class Becoming:
    """Each day on which the condition becomes true of the subject."""

    condition: Condition


@frozen
class AnyOf:
    """Several anchors joined by ``or``: each is one."""

    anchors: tuple[Anchor, ...]


@frozen
class Missed:
    """The deadline of the step of this number, where it was missed."""

    step: int


Anchor = ScopeStart | PeriodEdge | EventDay | Birthday | Becoming | AnyOf | Missed


@frozen
class Act:
    """What fulfils a duty: events of this kind that pass the test, or an event's milestone.

    ``edge``: the thing to do is to start or to end a period, and ``event`` names that period.
    """

    event: str
    where: Condition | None = None
    milestone: str | None = None
    edge: Literal["start", "end"] | None = None

    @property
    def dated(self) -> str:
        """Which date of a row says when it was done; an event's own is its start."""
        return self.milestone or self.edge or "start"


@frozen
class During:
    """One scope for each row of the period; ``where`` pauses the duty while it is false."""

    period: str
    where: Condition | None = None


@frozen
class While:
    """One scope for each unbroken stretch in which the condition is true."""

    condition: Condition


@frozen
class ForEach:
    """One obligation for each event, or start or end of a period."""

    occasion: EventDay | PeriodEdge
    where: Condition | None = None


@frozen
class Always:
    """One scope for each subject, without start or end."""


Scope = During | While | ForEach | Always


# --------------------------------------------------------------- duties, rules


@frozen
class Citation:
    source: str
    locator: str

    def __str__(self) -> str:
        return f"{self.source}, {self.locator}"


@frozen
class InForce:
    """From its first day to the day before ``until``'s next: both days named are inside."""

    start: date | None = None
    end: date | None = None


@frozen
class Grounds:
    """What a clause or an exception rests on, where it says so itself."""

    citations: tuple[Citation, ...] = ()
    traces: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    in_force: InForce = InForce()


@frozen
class Unless:
    """An exception of one step: no duty (``then`` is ``None``), or another time.

    A ``WithoutNumber`` in ``then`` keeps the step's anchor and takes its number away.
    """

    condition: Condition
    then: Length | WithoutNumber | None = None
    grounds: Grounds = Grounds()
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Within:
    """Due ``duration`` after the anchor; with no anchor, after the step before was fulfilled.

    A milestone's first step has no anchor where it runs from the event itself.  In a later step
    an anchor says from when to count; the step still waits for the one before.

    ``wording`` keeps ``on the day of`` and ``immediately after`` apart in explanations; both
    have a duration of 0 days.
    """

    duration: Length
    anchor: Anchor | None = None
    wording: Literal["within", "on the day of", "immediately after"] = "within"


@frozen
class Every:
    """Due ``duration`` after the start of the step and after each act that fulfils it."""

    duration: Length
    until: Anchor | None = None


@frozen
class By:
    """Due ``duration`` after the anchor, and met early too; by a time of that day, if any."""

    duration: Length
    anchor: Anchor
    clock: time | None = None


@frozen
class Before:
    """Due on the anchor's own day, or ``lead`` before it, and met early too (T-13, T-23).

    ``clear``: neither end of the lead is counted.
    """

    anchor: Anchor
    lead: Duration | None = None
    clear: bool = True


@frozen
class WithoutNumber:
    """``as soon as practicable after A`` and ``within a reasonable time of A``: T-22.

    ``after`` is how long after the anchor it begins to be owed.
    """

    wording: Literal["as soon as practicable", "within a reasonable time", "locally decided"]
    anchor: Anchor | None = None
    after: Duration | None = None


@frozen
class CalendarUnit:
    """Weeks from Monday, months, quarters or years of the calendar."""

    unit: Literal["week", "month", "quarter", "year"]


@frozen
class NamedCalendar:
    """The stretches of a calendar of the vocabulary; ``whole``: only those that the scope holds."""

    name: str
    whole: bool = False


Window = Duration | CalendarUnit | NamedCalendar
"""A duration: windows from the start of the scope, each as long."""


@frozen
class Times:
    """At least (or ``at_most``) so many times in each window (T-11, T-12)."""

    count: int
    window: Window
    at_most: bool = False


Timing = Within | Every | By | Before | WithoutNumber | Times


@frozen
class Step:
    """One link of a sequence, with the exceptions bound to it.

    ``delegated``: the number is for local policy to decide, up to the one given.
    """

    timing: Timing
    unless: tuple[Unless, ...] = ()
    delegated: bool = False
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Do:
    """Do an event in time: ``must visit CLA every 6 weeks``.

    ``failing_which`` marks a duty that a ``failing which`` clause adds, ``after`` the duty whose
    missed deadline it runs from, if any.  ``when`` marks one that stands only while an exception
    surely puts it in place of another.  ``reading`` says what a running clock does when its
    interval changes (T-09).  ``words`` are the two words of the act.
    """

    act: Act
    steps: tuple[Step, ...]
    force: Force = "must"
    label: str | None = None
    owner: str | None = None
    failing_which: bool = False
    after: Do | None = None
    when: Condition | None = None
    reading: Literal["strict", "each moment"] = "strict"
    grounds: Grounds = Grounds()
    words: str = field(default="", eq=False)
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Have:
    """Be in a state on the day of each occasion, or ``throughout`` the scope."""

    condition: Condition
    unless: tuple[Unless, ...] = ()
    throughout: bool = False
    force: Force = "must"
    label: str | None = None
    owner: str | None = None
    grounds: Grounds = Grounds()
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Forbid:
    """Do not do an event: at all, ``before`` an anchor, or within a time of one."""

    act: Act
    stretch: Within | Before | None = None
    unless: tuple[Unless, ...] = ()
    force: Force = "must"
    label: str | None = None
    owner: str | None = None
    grounds: Grounds = Grounds()
    words: str = field(default="", eq=False)
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class May:
    """A permission or discretion that the law gives; no deadline."""

    permission: str
    grounds: Grounds = Grounds()
    span: Span = span_field()


Duty = Do | Have | Forbid | May


@frozen
class Scoped:
    """A duty and the scope that it stands in."""

    scope: Scope
    duty: Duty


@frozen
class Waiver:
    """A rule of a pack below that does not stand until a day, and the power that says so."""

    rule: str
    power: str
    until: date


@frozen
class Rule:
    """Citations and one or more duties, under a name that is unique in its pack.

    ``transitional``: what began while the rule was in force runs on under it.
    """

    pack: str
    name: str
    title: str
    duties: tuple[Scoped, ...]
    citations: tuple[Citation, ...] = ()
    traces: tuple[str, ...] = ()
    refines: str | None = None
    waives: tuple[Waiver, ...] = ()
    transitional: bool = False
    unconfirmed: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    in_force: InForce = InForce()
    span: Span = span_field()

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.name}"

    @property
    def delegates(self) -> bool:
        """Whether some number of it is for local policy to decide."""
        steps = [s for d in self.duties if isinstance(d.duty, Do) for s in d.duty.steps]
        return any(step.delegated for step in steps)

    @property
    def stands_for(self) -> tuple[str, ...]:
        """The rules of packs below whose duties it refines, or takes the place of."""
        refined = (self.refines,) if self.refines is not None else ()
        return (*refined, *(waiver.rule for waiver in self.waives))


@frozen
class Pack:
    """One layer: its header and its rules."""

    name: str
    title: str
    over: str | None = None
    version: str = ""
    in_force: InForce = InForce()
    review_by: date | None = None
    sources: Mapping[str, str] = field(factory=dict)
    rules: tuple[Rule, ...] = ()
    span: Span = span_field()


@frozen
class Policy:
    """Packs in layer order, the law first, with the vocabulary that they share."""

    packs: tuple[Pack, ...]
    kinds: Mapping[str, Kind]
    roles: Mapping[str, str]
    calendars: Mapping[str, Calendar] = field(factory=dict)
    never: tuple[Condition, ...] = ()

    def rules(self) -> Iterator[Rule]:
        for pack in self.packs:
            yield from pack.rules

    def rule(self, qualified: str) -> Rule:
        return next(rule for rule in self.rules() if rule.qualified == qualified)

    @property
    def subject(self) -> Kind:
        """The subject whom duties concern: the first one declared."""
        return next(kind for kind in self.kinds.values() if kind.nature == "subject")
