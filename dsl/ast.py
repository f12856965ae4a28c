"""Syntax: what the parser makes of rule text, before any name is bound.

Names are kept as they were written, each with its place.  Spans are left out of comparison.
"""

from __future__ import annotations

from datetime import date, time
from typing import Literal

from attrs import field, frozen

from duly.dsl.policy import AttributeType, CalendarUnit, Duration, Force, InForce, span_field
from duly.dsl.source import Span


@frozen
class Word:
    """A name as written."""

    text: str
    span: Span = span_field()

    def __str__(self) -> str:
        return self.text


# ------------------------------------------------------------------ conditions


@frozen
class Ref:
    """``seen`` or ``placement.type``: an attribute, a period or a definition."""

    name: Word
    owner: Word | None = None
    span: Span = span_field()


@frozen
class RefWith:
    """``agreed_by IRO``: a definition and its argument."""

    name: Word
    argument: Word
    span: Span = span_field()


@frozen
class IsTest:
    """``kind is one of (cla, cp)``; ``values`` is ``None`` for ``is stated``."""

    ref: Ref
    values: tuple[Word, ...] | None
    span: Span = span_field()


@frozen
class CompareTest:
    """``word_count is at least 100``; both bounds are included."""

    ref: Ref
    at_least: int | None
    at_most: int | None
    span: Span = span_field()


@frozen
class IncludesTest:
    """``attendees includes police``."""

    ref: Ref
    role: Word
    span: Span = span_field()


@frozen
class LastingTest:
    """``absence lasting more than 27 days``, ``… in the last 12 months``."""

    ref: Ref
    duration: Duration
    more: bool
    window: Window | None
    span: Span = span_field()


@frozen
class Negation:
    part: Condition
    span: Span = span_field()


@frozen
class Conjunction:
    parts: tuple[Condition, ...]
    span: Span = span_field()


@frozen
class Disjunction:
    parts: tuple[Condition, ...]
    span: Span = span_field()


@frozen
class CountTest:
    """``some``, ``no``, ``at least N`` … of a kind."""

    at_least: int
    at_most: int | None
    kind: Word
    where: Condition | None
    window: Window | None
    span: Span = span_field()


@frozen
class TimeTest:
    """Before (``inside``) or after a boundary.

    ``in the first D of P`` and ``after the first D`` (``first``), ``before``/``after D after A``.
    """

    duration: Duration
    anchor: Anchor
    inside: bool
    first: bool
    span: Span = span_field()


@frozen
class AgeTest:
    """``under N`` (``under``) or ``aged N or over``."""

    years: int
    under: bool
    span: Span = span_field()


Condition = (
    Ref
    | RefWith
    | IsTest
    | CompareTest
    | IncludesTest
    | LastingTest
    | Negation
    | Conjunction
    | Disjunction
    | CountTest
    | TimeTest
    | AgeTest
)


# ---------------------------------------------------------- anchors and scopes


@frozen
class EdgeRef:
    """``start``, ``end``, ``start of first placement``."""

    edge: str
    period: Word | None = None
    ordinal: int | None = None
    span: Span = span_field()


@frozen
class EventRef:
    """``first review``, ``notification where kind is proposal``."""

    event: Word
    ordinal: int | None = None
    where: Condition | None = None
    span: Span = span_field()


@frozen
class MilestoneRef:
    """``review.decisions_recorded_on``."""

    event: Word
    milestone: Word
    span: Span = span_field()


@frozen
class BirthdayRef:
    """``16th birthday``."""

    years: int
    span: Span = span_field()


@frozen
class BecomingRef:
    """``becoming NAME``, ``(…) becoming true``, ``reaching at least 3 assessments``."""

    condition: Condition
    span: Span = span_field()


Anchor = EdgeRef | EventRef | MilestoneRef | BirthdayRef | BecomingRef


@frozen
class InLast:
    """``in the last D``."""

    duration: Duration


@frozen
class Since:
    """``since A``."""

    anchor: Anchor


@frozen
class Ever:
    """``ever``: wherever and whenever."""


Window = InLast | Since | Ever


@frozen
class Anchors:
    """One anchor or several, joined by ``or``."""

    parts: tuple[Anchor, ...]
    span: Span = span_field()


@frozen
class DuringScope:
    period: Word
    where: Condition | None = None
    span: Span = span_field()


@frozen
class WhileScope:
    condition: Condition
    span: Span = span_field()


@frozen
class EachScope:
    occasion: Anchor
    where: Condition | None = None
    span: Span = span_field()


Scope = DuringScope | WhileScope | EachScope


# ------------------------------------------------------------- duties and rules


@frozen
class AgreedLength:
    """A duration that a record states: ``every agreed_interval``."""

    ref: Ref
    span: Span = span_field()


@frozen
class LocallyDecided:
    """``a locally decided time``, with the most that the law allows."""

    at_most: Duration | None
    span: Span = span_field()


@frozen
class SoonerLength:
    """``20 working days or visit_interval whichever is sooner``."""

    parts: tuple[Length, Length]
    span: Span = span_field()


Length = Duration | AgreedLength | LocallyDecided | SoonerLength


@frozen
class Within:
    """``within D of A``, ``on the day of A``, ``immediately after A``."""

    form: Literal["within", "on the day of", "immediately after"]
    duration: Length
    anchors: Anchors | None = None
    span: Span = span_field()


@frozen
class Every:
    """``every D until A``."""

    duration: Length
    until: Anchors | None = None
    span: Span = span_field()


@frozen
class By:
    """``by A``, ``by D after A``, ``by 13:00 on the day of A``."""

    duration: Duration
    anchors: Anchors
    clock: time | None = None
    span: Span = span_field()


@frozen
class Before:
    """``before A``, ``at least D before A``."""

    lead: Duration | None
    clear: bool
    anchors: Anchors
    span: Span = span_field()


@frozen
class NoNumber:
    """``as soon as practicable after A``, ``within a reasonable time of A``."""

    form: Literal["as soon as practicable", "within a reasonable time"]
    after: Duration | None = None
    anchors: Anchors | None = None
    span: Span = span_field()


@frozen
class Named:
    """A calendar of the vocabulary."""

    name: Word
    whole: bool = False


@frozen
class Times:
    """``at least twice each year``, ``at most once each term``."""

    count: int
    at_most: bool
    window: Duration | CalendarUnit | Named
    span: Span = span_field()


Timing = Within | Every | By | Before | NoNumber | Times


@frozen
class UnlessClause:
    condition: Condition
    then: Length | Timing | None = None
    grounds: tuple[Ground, ...] = ()
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class FailingClause:
    duration: Length
    anchors: Anchors | None
    grounds: tuple[Ground, ...] = ()
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class StepClause:
    timing: Timing
    grounds: tuple[Ground, ...] = ()
    unless: tuple[UnlessClause, ...] = ()
    failing: tuple[FailingClause, ...] = ()
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Action:
    """The two words of an act, with its own test; the verb may be ``start`` or ``end``."""

    verb: Word
    object: Word
    where: Condition | None = None
    span: Span = span_field()


@frozen
class DoDuty:
    action: Action
    steps: tuple[StepClause, ...]
    force: Force = "must"
    label: Word | None = None
    owner: Word | None = None
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class FromAfter:
    """``from 3 months after start``."""

    duration: Duration
    anchor: Anchor
    span: Span = span_field()


Throughout = Literal["throughout"]


@frozen
class HaveDuty:
    """``when`` is ``None`` where the state is judged on each occasion of ``for each``."""

    condition: Condition
    when: Throughout | FromAfter | None = None
    unless: tuple[UnlessClause, ...] = ()
    grounds: tuple[Ground, ...] = ()
    force: Force = "must"
    label: Word | None = None
    owner: Word | None = None
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class ForbidDuty:
    """``must not destroy adoption_record within 100 years of adoption_order``."""

    action: Action
    stretch: Within | Before | None = None
    unless: tuple[UnlessClause, ...] = ()
    grounds: tuple[Ground, ...] = ()
    force: Force = "must"
    label: Word | None = None
    owner: Word | None = None
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class MayDuty:
    permission: str
    grounds: tuple[Ground, ...] = ()
    span: Span = span_field()


@frozen
class Qualified:
    """``cla_visits`` or ``statutory.cla_visits``."""

    name: Word
    pack: Word | None = None
    span: Span = span_field()

    def __str__(self) -> str:
        return f"{self.pack}.{self.name}" if self.pack else str(self.name)


@frozen
class CiteItem:
    source: Word
    locator: str
    span: Span = span_field()


@frozen
class TracesItem:
    rows: tuple[Word, ...]


@frozen
class RefinesItem:
    rule: Qualified


@frozen
class UnconfirmedItem:
    text: str


@frozen
class BecauseItem:
    text: str


@frozen
class WaivesItem:
    """``waives statutory.x under "power" until D``."""

    rule: Qualified
    power: str
    until: date
    span: Span = span_field()


@frozen
class TransitionalItem:
    """``transitional``: what began in its time runs on under it."""


@frozen
class EachMomentItem:
    """``reading each moment``."""


Ground = CiteItem | TracesItem | UnconfirmedItem | BecauseItem | InForce
Header = RefinesItem | WaivesItem | TransitionalItem | EachMomentItem | Ground
Sentence = DoDuty | HaveDuty | ForbidDuty | MayDuty
RuleItem = Header | Scope | Sentence


@frozen
class RuleStatement:
    name: Word
    title: str
    items: tuple[RuleItem, ...]
    span: Span = span_field()


# ------------------------------------------------------- packs and vocabulary


@frozen
class PackStatement:
    name: Word
    title: str
    over: Word | None = None
    version: str = ""
    in_force: InForce = InForce()
    review_by: date | None = None
    span: Span = span_field()


@frozen
class SourceStatement:
    name: Word
    title: str
    dated: date | None = None
    span: Span = span_field()


@frozen
class AttributeItem:
    name: Word
    type: AttributeType
    values: tuple[Word, ...] = ()
    usually: Word | None = None


@frozen
class MilestoneItem:
    name: Word
    verb: Word


@frozen
class MemberItem:
    """``of``, ``plural``, ``alias``, ``joined`` and ``verb``, with their one name."""

    what: str
    name: Word | None = None
    span: Span = span_field()


@frozen
class StatusItem:
    """``counts where C`` and ``scheduled where C``."""

    what: Literal["counts", "scheduled"]
    condition: Condition
    span: Span = span_field()


Member = AttributeItem | MilestoneItem | MemberItem | StatusItem


@frozen
class KindStatement:
    nature: str
    name: Word
    title: str
    members: tuple[Member, ...] = ()
    span: Span = span_field()


@frozen
class AddStatement:
    """``add to visit``, and what a pack adds to a kind of a pack below."""

    name: Word
    members: tuple[Member, ...] = ()
    span: Span = span_field()


@frozen
class RoleStatement:
    name: Word
    title: str
    span: Span = span_field()


@frozen
class CalendarStatement:
    """``first`` and ``last`` are (day, month), ``None`` where the stretches are supplied."""

    name: Word
    title: str
    first: tuple[int, int] | None = None
    last: tuple[int, int] | None = None
    span: Span = span_field()


@frozen
class NeverStatement:
    """What cannot be true together."""

    condition: Condition
    span: Span = span_field()


@frozen
class OmitsStatement:
    """``omits S-006, S-023 as judgement because "only a person can judge it"``."""

    rows: tuple[Word, ...]
    category: Word
    because: BecauseItem
    span: Span = span_field()


@frozen
class PhraseStatement:
    verb: Word
    object: Word
    event: Word
    period: Word | None
    where: Condition | None
    span: Span = span_field()


@frozen
class DefineStatement:
    name: Word
    parameter: Word | None
    condition: Condition
    span: Span = span_field()


# -------------------------------------------------------------------- scenarios


@frozen
class Moment:
    """A day, with the time of it where that is known."""

    day: date
    clock: time | None = None


@frozen
class Value:
    """One word of a fact: ``form`` is ``name not blank date number length list`` or ``text``."""

    form: str
    value: str | Moment | Duration | tuple[Word, ...]
    span: Span = span_field()


@frozen
class FactLine:
    """``placement from 1 March 2024 type foster``, ``visit on …``, ``child born …``."""

    kind: Word
    first: Moment
    last: Moment | None
    form: str
    values: tuple[Value, ...] = ()
    span: Span = span_field()


@frozen
class UnknownLine:
    kind: Word


@frozen
class AsAtLine:
    day: date


@frozen
class KnownAtLine:
    day: date


@frozen
class ExpectLine:
    """What a rule must come to, or, where that is ``denied``, must not.

    ``named`` is the rule, with its pack in front of it and the label of a duty behind it where
    they are told.  Without a ``verdict`` every obligation is meant.
    """

    named: tuple[Word, ...]
    verdict: str | None
    denied: bool = False
    on: Moment | None = None
    due: Moment | None = None
    days: int | None = None
    assumed: bool = False
    text: str = field(default="", eq=False)
    span: Span = span_field()


Given = FactLine | UnknownLine | AsAtLine | KnownAtLine | ExpectLine


@frozen
class ScenarioStatement:
    title: str
    lines: tuple[Given, ...]
    span: Span = span_field()


Statement = (
    PackStatement
    | SourceStatement
    | KindStatement
    | AddStatement
    | RoleStatement
    | CalendarStatement
    | PhraseStatement
    | DefineStatement
    | NeverStatement
    | OmitsStatement
    | RuleStatement
    | ScenarioStatement
)


@frozen
class Document:
    """One file, statement by statement."""

    file: str
    statements: tuple[Statement, ...]
