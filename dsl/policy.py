"""The resolved policy: what rule files mean once every name is bound.

``resolve`` turns syntax (``duly.dsl.ast``) into these frozen values; ``duly.engine.lower``
turns them into a plan.  Nothing here knows how facts are stored or how dates are counted.
Spans are left out of comparison, so that the same rules laid out differently are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, time
from functools import cached_property
from typing import Literal, get_args

from attrs import field, frozen

from duly.dsl.plurals import noun
from duly.dsl.source import Span

Unit = Literal["hour", "day", "working day", "week", "month", "year"]
Force = Literal["must", "should", "standard", "aim"]
"""How much a duty binds, the firmest first."""

FIRMEST_FIRST: tuple[Force, ...] = get_args(Force)


def force_words(force: Force) -> str:
    """How a sentence says it: ``must``, ``aim to``."""
    return "aim to" if force == "aim" else force


def span_field() -> Span:
    """A span that neither equality nor ``repr`` looks at."""
    return field(eq=False, repr=False, default=Span.nowhere())


@frozen(cache_hash=True)
class Duration:
    """A length of time: ``6 weeks``, ``20 working days``, ``72 hours`` (T-01 to T-06, T-20)."""

    count: int
    unit: Unit
    span: Span = span_field()

    def __str__(self) -> str:
        return f"{self.count} {noun(self.count, self.unit)}"


@frozen(cache_hash=True)
class Agreed:
    """A length of time that a record states: an attribute of type ``duration`` (a plan's own)."""

    owner: str
    name: str

    def __str__(self) -> str:
        return f"{self.owner}.{self.name}"


@frozen(cache_hash=True)
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


BLANK = frozenset({"", "null", "na", "n/a", "none", "nan", "nat", "-"})
"""What stands in a cell that says nothing, in lower case."""


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

    ``of`` names the period that it belongs to by id, where it is declared so.  ``subject`` names
    the subject whom it concerns, itself where it is one; ``None`` stands for the first declared.
    ``joined`` is ``"always"``, the name of a yes/no attribute that says a row continues the
    one before it, or ``None`` where rows that touch stay apart.
    ``counts`` is the test that an event must pass to have been done, ``scheduled`` the one that a
    later one must pass to be still expected; ``None`` where every row is.
    """

    name: str
    nature: Literal["subject", "period", "event"]
    title: str = ""
    of: str | None = None
    subject: str | None = None
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

    @property
    def id_column(self) -> str:
        """The column that says which subject a row concerns."""
        return f"{self.subject or 'person'}_id"

    def counted(self, count: int) -> str:
        """So many of it in words: ``1 child``, ``1,200 children``."""
        word = self.name if count == 1 else self.plural or f"{self.name}s"
        return f"{count:,} {word.replace('_', ' ')}"


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


@frozen(cache_hash=True)
class And:
    parts: tuple[Condition, ...]
    span: Span = span_field()


@frozen(cache_hash=True)
class Or:
    parts: tuple[Condition, ...]
    span: Span = span_field()


@frozen(cache_hash=True)
class Not:
    part: Condition
    span: Span = span_field()


@frozen(cache_hash=True)
class Flag:
    """A yes/no attribute.  ``owner`` is the kind whose row (or subject) carries it."""

    owner: str
    name: str
    span: Span = span_field()


@frozen(cache_hash=True)
class Is:
    """An attribute equals one of the values."""

    owner: str
    name: str
    values: tuple[str, ...]
    span: Span = span_field()


@frozen(cache_hash=True)
class Compare:
    """A number attribute lies between two bounds, both included; ``None`` is open."""

    owner: str
    name: str
    at_least: int | None = None
    at_most: int | None = None
    span: Span = span_field()


@frozen(cache_hash=True)
class Includes:
    """A list of roles holds this role: ``attendees includes police``."""

    owner: str
    name: str
    role: str
    span: Span = span_field()


@frozen(cache_hash=True)
class Stated:
    """The field holds a value (``no`` included); unknown only where the source lacks the field."""

    owner: str
    name: str
    span: Span = span_field()


@frozen(cache_hash=True)
class Running:
    """A period of this kind is running: any of the subject's."""

    period: str
    where: Condition | None = None
    span: Span = span_field()


@frozen(cache_hash=True)
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
    span: Span = span_field()


@frozen(cache_hash=True)
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
    span: Span = span_field()


@frozen(cache_hash=True)
class Elapsed:
    """The boundary of ``duration`` after the latest ``anchor`` has been reached (T-10, T-24).

    False while there is no anchor at or before the moment.
    """

    anchor: Anchor
    duration: Duration
    span: Span = span_field()


@frozen(cache_hash=True)
class Aged:
    """The subject has reached this age; unknown without a date of birth (T-24)."""

    years: int
    span: Span = span_field()


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


def all_of(join: type[And] | type[Or], parts: list[Condition | None]) -> Condition | None:
    """The parts joined, nested ones of the same kind flattened; ``None`` if any part failed."""
    if not parts:
        return None
    flat: list[Condition] = []
    for part in parts:
        if part is None:
            return None
        flat.extend(part.parts if isinstance(part, join) else (part,))
    return flat[0] if len(flat) == 1 else join(tuple(flat))


# ------------------------------------------------------- anchors, acts, scopes


@frozen(cache_hash=True)
class ScopeStart:
    """The first day of the scope: of the period's row, or of the stretch."""

    span: Span = span_field()


@frozen(cache_hash=True)
class PeriodEdge:
    """The start or the end of periods of another kind."""

    period: str
    edge: Literal["start", "end"]
    ordinal: int | None = None
    where: Condition | None = None
    span: Span = span_field()


PREVIOUS = -1
"""The ordinal of the latest one before the row that is judged."""


@frozen(cache_hash=True)
class EventDay:
    """The day of an event, of each or of the n-th in the scope; or of one of its milestones."""

    event: str
    ordinal: int | None = None
    where: Condition | None = None
    milestone: str | None = None
    span: Span = span_field()


@frozen(cache_hash=True)
class Birthday:
    """The day on which the subject reaches an age (T-24)."""

    years: int
    span: Span = span_field()


@frozen(cache_hash=True)
class Becoming:
    """Each day on which the condition becomes true of the subject."""

    condition: Condition
    span: Span = span_field()


@frozen(cache_hash=True)
class AnyOf:
    """Several anchors joined by ``or``: each is one."""

    anchors: tuple[Anchor, ...]
    span: Span = span_field()


@frozen(cache_hash=True)
class Missed:
    """The deadline of the step of this number, where it was missed."""

    step: int
    span: Span = span_field()


Anchor = ScopeStart | PeriodEdge | EventDay | Birthday | Becoming | AnyOf | Missed


@frozen(cache_hash=True)
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


@frozen(cache_hash=True)
class During:
    """One scope for each row of the period; ``where`` pauses the duty while it is false."""

    period: str
    where: Condition | None = None


@frozen(cache_hash=True)
class While:
    """One scope for each unbroken stretch in which the condition is true."""

    condition: Condition


@frozen(cache_hash=True)
class ForEach:
    """One obligation for each event, or start or end of a period."""

    occasion: EventDay | PeriodEdge
    where: Condition | None = None


@frozen(cache_hash=True)
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


def both_in_force(*parts: InForce) -> InForce:
    """From the latest of the first days to the earliest of the last."""
    starts = [each.start for each in parts if each.start is not None]
    ends = [each.end for each in parts if each.end is not None]
    return InForce(max(starts, default=None), min(ends, default=None))


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

    ``after`` is how long after the anchor it begins to be owed.  ``again``: what is locally decided
    is how often, not how soon.
    """

    wording: Literal["as soon as practicable", "within a reasonable time", "locally decided"]
    anchor: Anchor | None = None
    after: Duration | None = None
    again: bool = False


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


def anchor_of(timing: Timing | None) -> Anchor | None:
    """What a timing runs from, where it says so."""
    return timing.anchor if isinstance(timing, Within | By | Before | WithoutNumber) else None


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
    missed deadline it runs from, if any.  ``instead`` marks one that stands only while an exception
    surely puts it in place of another: that exception, and those behind it, of which none may hold.
    ``reading`` says what a running clock does when its interval changes (T-09).  ``words`` are the
    two words of the act.
    """

    act: Act
    steps: tuple[Step, ...]
    force: Force = "must"
    label: str | None = None
    owner: str | None = None
    failing_which: bool = False
    after: Do | None = None
    instead: tuple[Unless, ...] = ()
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


def exceptions(duty: Duty) -> tuple[Unless, ...]:
    """The exceptions of a duty: of all its steps, where it has steps."""
    match duty:
        case Do(steps=steps):
            return tuple(unless for step in steps for unless in step.unless)
        case Have(unless=found) | Forbid(unless=found):
            return found
    return ()


def is_delegated(duty: Duty) -> bool:
    """Whether some number of it is for local policy to decide."""
    return isinstance(duty, Do) and any(step.delegated for step in duty.steps)


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

    ``transitional``: what began while the rule was in force runs on under it.  ``subject`` names
    the subject whom it concerns; ``None`` stands for the first declared.
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
    subject: str | None = None
    span: Span = span_field()

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.name}"

    @property
    def whom(self) -> str:
        """Whom it concerns, in words: ``child``, ``approved carer``."""
        return (self.subject or "child").replace("_", " ")

    @property
    def rows(self) -> tuple[str, ...]:
        """The rows that it traces, in its header and behind its clauses and exceptions."""
        return tuple(dict.fromkeys(row for each in self._grounds() for row in each.traces))

    def _grounds(self) -> Iterator[Grounds]:
        yield Grounds(traces=self.traces)
        for scoped in self.duties:
            yield scoped.duty.grounds
            yield from (unless.grounds for unless in exceptions(scoped.duty))

    @property
    def stands_for(self) -> tuple[str, ...]:
        """The rules of packs below whose duties it refines, or takes the place of."""
        refined = (self.refines,) if self.refines is not None else ()
        return (*refined, *(waiver.rule for waiver in self.waives))


RowKind = Literal[
    "time",
    "each",
    "count",
    "order",
    "state",
    "attribute",
    "role",
    "prohibition",
    "unquantified",
    "judgement",
    "definition",
    "other",
]
"""What can be asked of a row: a limit with a number, something at each occasion, and so on."""


@frozen
class Row:
    """One thing that a pack's source document asks for, and where it does so."""

    id: str
    kind: RowKind
    force: str
    theme: str
    place: str

    @property
    def section(self) -> str:
        """The part of the document that it stands in: its place up to the first comma."""
        return self.place.partition(",")[0]


OmittedAs = Literal["judgement", "definition", "no_fact", "elsewhere", "permission"]


@frozen
class Omission:
    """Rows of a source table that no rule of a pack encodes, and why."""

    rows: tuple[str, ...]
    category: OmittedAs
    reason: str
    span: Span = span_field()


@frozen
class Pack:
    """One layer: its header, its rules, and the rows of its source, some of them left out."""

    name: str
    title: str
    over: str | None = None
    version: str = ""
    in_force: InForce = InForce()
    review_by: date | None = None
    sources: Mapping[str, str] = field(factory=dict)
    rules: tuple[Rule, ...] = ()
    omissions: tuple[Omission, ...] = ()
    rows: tuple[Row, ...] = ()
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

    @cached_property
    def by_name(self) -> Mapping[str, Rule]:
        """The rules, each by the name that is its own among all packs."""
        return {rule.qualified: rule for rule in self.rules()}

    def rule(self, qualified: str) -> Rule:
        return self.by_name[qualified]

    @property
    def subjects(self) -> tuple[Kind, ...]:
        """Those whom duties concern, in the order in which they are declared."""
        return tuple(kind for kind in self.kinds.values() if kind.nature == "subject")

    @property
    def subject(self) -> Kind:
        """The first of them: whom a rule concerns where nothing in it says otherwise."""
        return self.subjects[0]
