"""Syntax: what the parser makes of rule text, before any name is bound.

Names are kept as they were written, each with its place.  Spans are left out of comparison.
"""

from __future__ import annotations

from datetime import date

from attrs import field, frozen

from duly.dsl.policy import Duration, Force, InForce, span_field
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
    """``some``, ``no``, ``at least N`` … of a kind; ``ever`` lifts scope and window."""

    at_least: int
    at_most: int | None
    kind: Word
    where: Condition | None
    window: Duration | None
    ever: bool
    span: Span = span_field()


@frozen
class TimeTest:
    """Before (``inside``) or after a boundary.

    ``in the first D of P`` and ``after the first D`` (``first``), ``before``/``after D after A``.
    """

    duration: Duration
    anchor: EdgeRef | EventRef
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
    Ref | RefWith | IsTest | Negation | Conjunction | Disjunction | CountTest | TimeTest | AgeTest
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


Anchor = EdgeRef | EventRef


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
class UnlessClause:
    condition: Condition
    then: Duration | None = None
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class FailingClause:
    duration: Duration
    anchor: Anchor
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Timing:
    """One base timing: ``form`` is its keyword, ``duration`` and ``anchor`` where it has them."""

    form: str
    duration: Duration | None = None
    anchor: Anchor | None = None
    span: Span = span_field()


@frozen
class StepClause:
    timing: Timing
    unless: tuple[UnlessClause, ...] = ()
    failing: tuple[FailingClause, ...] = ()
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Action:
    """The two words of an act, with its own test."""

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
class HaveDuty:
    condition: Condition
    unless: tuple[UnlessClause, ...] = ()
    force: Force = "must"
    label: Word | None = None
    owner: Word | None = None
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class MayDuty:
    permission: str
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


RuleItem = (
    CiteItem
    | TracesItem
    | RefinesItem
    | UnconfirmedItem
    | BecauseItem
    | InForce
    | Scope
    | DoDuty
    | HaveDuty
    | MayDuty
)


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
    type: str
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


@frozen
class KindStatement:
    nature: str
    name: Word
    title: str
    members: tuple[AttributeItem | MilestoneItem | MemberItem, ...] = ()
    span: Span = span_field()


@frozen
class RoleStatement:
    name: Word
    title: str
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
class Value:
    """One word of a fact: ``form`` is ``name not blank date number`` or ``text``."""

    form: str
    value: str | date
    span: Span = span_field()


@frozen
class FactLine:
    """``placement from 1 March 2024 type foster``, ``visit on …``, ``child born …``."""

    kind: Word
    first: date
    last: date | None
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
class ExpectLine:
    """``verdict`` is ``None`` for ``expect no RULE``."""

    rule: Qualified
    verdict: str | None
    on: date | None = None
    due: date | None = None
    days: int | None = None
    assumed: bool = False
    text: str = field(default="", eq=False)
    span: Span = span_field()


Given = FactLine | UnknownLine | AsAtLine | ExpectLine


@frozen
class ScenarioStatement:
    title: str
    lines: tuple[Given, ...]
    span: Span = span_field()


Statement = (
    PackStatement
    | SourceStatement
    | KindStatement
    | RoleStatement
    | PhraseStatement
    | DefineStatement
    | RuleStatement
    | ScenarioStatement
)


@frozen
class Document:
    """One file, statement by statement."""

    file: str
    statements: tuple[Statement, ...]
