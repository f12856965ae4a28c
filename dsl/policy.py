"""The resolved policy: what rule files mean once every name is bound.

``resolve`` turns syntax (``duly.dsl.ast``) into these frozen values; ``duly.engine.lower``
turns them into a plan.  Nothing here knows how facts are stored or how dates are counted.
Spans are left out of comparison, so that the same rules laid out differently are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Literal

from attrs import field, frozen

from duly.dsl.source import Span

Unit = Literal["day", "working day", "week", "month", "year"]
Force = Literal["must", "should", "standard", "aim"]


def span_field() -> Span:
    """A span that neither equality nor ``repr`` looks at."""
    return field(eq=False, repr=False, default=Span.nowhere())


@frozen
class Duration:
    """A length of time: ``6 weeks``, ``20 working days``, ``3 months``."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"


# ---------------------------------------------------------------- vocabulary


@frozen
class Attribute:
    """A typed field of a subject, period or event.

    ``usually`` is the value that a scenario takes for granted when it does not mention it.
    """

    name: str
    type: Literal["yes/no", "date", "number", "text", "role", "one of"]
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
    pack: str = ""
    span: Span = span_field()


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
    (both ends counted).  ``own``: only those inside the scope; false after ``ever``.
    """

    kind: str
    at_least: int
    at_most: int | None = None
    where: Condition | None = None
    window: Duration | None = None
    own: bool = False


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


Condition = And | Or | Not | Flag | Is | Stated | Running | Count | Elapsed | Aged


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


@frozen
class EventDay:
    """The day of an event: of each, or of the n-th in the scope."""

    event: str
    ordinal: int | None = None
    where: Condition | None = None


Anchor = ScopeStart | PeriodEdge | EventDay


@frozen
class Act:
    """What fulfils a duty: events of this kind that pass the test, or an event's milestone."""

    event: str
    where: Condition | None = None
    milestone: str | None = None


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
class Unless:
    """An exception of one step: no duty (``then`` is ``None``), or another duration."""

    condition: Condition
    then: Duration | None = None
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Within:
    """Due ``duration`` after the anchor; with no anchor, after the step before was fulfilled.

    A milestone's first step has no anchor where it runs from the event itself.

    ``wording`` keeps ``on the day of`` and ``immediately after`` apart in explanations; both
    have a duration of 0 days.
    """

    duration: Duration
    anchor: Anchor | None = None
    wording: Literal["within", "on the day of", "immediately after"] = "within"


@frozen
class Every:
    """Due ``duration`` after the start of the step and after each act that fulfils it."""

    duration: Duration
    until: Anchor | None = None


@frozen
class WithoutNumber:
    """``as soon as practicable after A`` and ``within a reasonable time of A``: T-22."""

    wording: Literal["as soon as practicable", "within a reasonable time"]
    anchor: Anchor | None = None


Timing = Within | Every | WithoutNumber


@frozen
class Step:
    """One link of a sequence, with the exceptions bound to it."""

    timing: Timing
    unless: tuple[Unless, ...] = ()
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Do:
    """Do an event in time: ``must visit CLA every 6 weeks``.

    ``failing_which`` marks a duty that a ``failing which`` clause adds; ``words`` are the two
    words of the act.
    """

    act: Act
    steps: tuple[Step, ...]
    force: Force = "must"
    label: str | None = None
    owner: str | None = None
    failing_which: bool = False
    words: str = field(default="", eq=False)
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Have:
    """Be in a state on the day of each occasion: ``for each visit must have seen_alone``."""

    condition: Condition
    unless: tuple[Unless, ...] = ()
    force: Force = "must"
    label: str | None = None
    owner: str | None = None
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class May:
    """A permission or discretion that the law gives; no deadline."""

    permission: str
    span: Span = span_field()


Duty = Do | Have | May


@frozen
class Scoped:
    """A duty and the scope that it stands in."""

    scope: Scope
    duty: Duty


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
class Rule:
    """Citations and one or more duties, under a name that is unique in its pack."""

    pack: str
    name: str
    title: str
    duties: tuple[Scoped, ...]
    citations: tuple[Citation, ...] = ()
    traces: tuple[str, ...] = ()
    refines: str | None = None
    unconfirmed: tuple[str, ...] = ()
    because: tuple[str, ...] = ()
    in_force: InForce = InForce()
    span: Span = span_field()

    @property
    def qualified(self) -> str:
        return f"{self.pack}.{self.name}"


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

    def rules(self) -> Iterator[Rule]:
        for pack in self.packs:
            yield from pack.rules

    def rule(self, qualified: str) -> Rule:
        return next(rule for rule in self.rules() if rule.qualified == qualified)

    @property
    def subject(self) -> Kind:
        """The subject whom duties concern: the first one declared."""
        return next(kind for kind in self.kinds.values() if kind.nature == "subject")
