"""Lark's tree into syntax, ``duly.dsl.ast``: one method for each rule of the grammar."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import chain
from typing import Any, TypeVar

from lark import Token, Transformer_NonRecursive, v_args
from lark.tree import Meta

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.policy import Duration, Force, InForce
from duly.dsl.source import SourceText, Span

MONTHS = (
    "January February March April May June July August September October November December"
).split()

_UNITS = {"day": "day", "week": "week", "month": "month", "year": "year"}

UNREAD = "a rule that cannot be read protects no child: nothing in this statement is in force"
"""Why a mistake of syntax matters."""


def token_span(token: Token, file: str) -> Span:
    """Where a token stands."""
    line, column = token.line or 0, token.column or 0
    return Span(file, line, column, token.end_line or line, token.end_column or column + 1)


def _of_type(children: Sequence[Any], *types: type) -> Iterator[Any]:
    return (child for child in children if isinstance(child, types))


_Node = TypeVar("_Node")


def _constant(value: object) -> Callable[[Any, list[Any]], Any]:
    """The method of a rule that says one thing only."""
    return lambda build, parts: value


def _member(what: str) -> Callable[[Any, list[Any]], ast.MemberItem]:
    """The method of a vocabulary member with one name."""
    return lambda build, parts: ast.MemberItem(what, parts[0])


class Build(Transformer_NonRecursive[Token, Any]):
    """Builds nodes bottom up; mistakes in dates and units go to the diagnostics."""

    def __init__(self, source: SourceText, diagnostics: Diagnostics):
        super().__init__(visit_tokens=True)
        self._source = source
        self._diagnostics = diagnostics

    # -- what stands for what it holds

    def where(self, parts: list[Any]) -> Any:
        """The one part, as it is."""
        return parts[0]

    usual = one = label = brackets = in_last = where

    # -- places and words

    def _span(self, meta: Meta) -> Span:
        if meta.empty:
            return Span.nowhere()
        return Span(self._source.file, meta.line, meta.column, meta.end_line, meta.end_column)

    def _text(self, meta: Meta) -> str:
        if meta.empty:
            return ""
        text = self._source.text[meta.start_pos : meta.end_pos]
        return re.sub(r"\s+", " ", re.sub(r"#[^\n]*", "", text)).strip()

    def _node(self, kind: Callable[..., _Node], meta: Meta, parts: list[Any], **more: str) -> _Node:
        """A node whose fields stand in the order of the grammar's parts."""
        return kind(*parts, span=self._span(meta), **more)

    def _word(self, token: Token) -> ast.Word:
        return ast.Word(str(token), token_span(token, self._source.file))

    def NAME(self, token: Token) -> ast.Word:  # noqa: N802 - the terminal's name
        return self._word(token)

    TAKES = FACT = ROW = NAME

    def STRING(self, token: Token) -> str:  # noqa: N802
        return str(token)[1:-1]

    def INT(self, token: Token) -> int:  # noqa: N802
        return int(token)

    @v_args(meta=True)
    def date(self, meta: Meta, parts: list[Any]) -> date:
        day, month, year = parts
        try:
            return date(year, MONTHS.index(str(month)) + 1, day)
        except ValueError:
            self._diagnostics.add(
                "no-such-date",
                f"{day} {month} {year} is not a date",
                self._span(meta),
                why="a limit that starts on a day that never was cannot be counted",
                help="check the day and the year",
            )
            return date(1900, 1, 1)

    # -- files

    def start(self, statements: list[ast.Statement]) -> ast.Document:
        return ast.Document(self._source.file, tuple(statements))

    @v_args(meta=True)
    def pack(self, meta: Meta, parts: list[Any]) -> ast.PackStatement:
        name, title, *clauses = parts
        fields: dict[str, Any] = {}
        for clause in clauses:
            key, value = ("in_force", clause) if isinstance(clause, InForce) else clause
            fields[key] = value
        return ast.PackStatement(name, title or "", span=self._span(meta), **fields)

    def over(self, parts: list[Any]) -> tuple[str, Any]:
        return "over", parts[0]

    def version(self, parts: list[Any]) -> tuple[str, Any]:
        return "version", str(parts[0])

    @v_args(meta=True)
    def review_by(self, meta: Meta, parts: list[Any]) -> tuple[str, Any]:
        word, day = parts
        if word.text != "review":
            self._diagnostics.add(
                "syntax",
                f"did not expect `{word}` here",
                word.span,
                why=UNREAD,
                help="a pack has `over`, `version`, `in force from` and `review by`",
            )
        return "review_by", day

    @v_args(meta=True)
    def in_force(self, meta: Meta, parts: list[Any]) -> InForce:
        first, last = parts
        if last is not None and last < first:
            self._diagnostics.add(
                "never-in-force",
                "it ends before it begins",
                self._span(meta),
                why="on no day would it be in force, and it would be computed for no child",
                help="change one of the two dates: `in force from FIRST DAY until LAST DAY`",
            )
        return InForce(first, last)

    @v_args(meta=True)
    def source(self, meta: Meta, parts: list[Any]) -> ast.SourceStatement:
        return self._node(ast.SourceStatement, meta, parts)

    # -- vocabulary

    @v_args(meta=True)
    def subject(self, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        return self._kind_statement("subject", meta, parts)

    @v_args(meta=True)
    def period(self, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        return self._kind_statement("period", meta, parts)

    @v_args(meta=True)
    def event(self, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        return self._kind_statement("event", meta, parts)

    def _kind_statement(self, nature: str, meta: Meta, parts: list[Any]) -> ast.KindStatement:
        name, title, *members = parts
        return ast.KindStatement(nature, name, title or "", tuple(members), self._span(meta))

    @v_args(meta=True)
    def role(self, meta: Meta, parts: list[Any]) -> ast.RoleStatement:
        return ast.RoleStatement(parts[0], parts[1] or "", self._span(meta))

    of_kind = _member("of")
    plural = _member("plural")
    alias = _member("alias")
    joined = _member("joined")
    verb = _member("verb")

    def milestone(self, parts: list[Any]) -> ast.MilestoneItem:
        return ast.MilestoneItem(*parts)

    def attribute(self, parts: list[Any]) -> ast.AttributeItem:
        name, (type_name, values), usually = parts
        return ast.AttributeItem(name, type_name, values, usually)

    yes_no_type = _constant(("yes/no", ()))
    date_type = _constant(("date", ()))
    number_type = _constant(("number", ()))
    text_type = _constant(("text", ()))
    role_type = _constant(("role", ()))

    def one_of(self, parts: list[Any]) -> tuple[str, tuple[ast.Word, ...]]:
        return "one of", tuple(parts)

    @v_args(meta=True)
    def usual_no(self, meta: Meta, _parts: list[Any]) -> ast.Word:
        return ast.Word("no", self._span(meta))

    @v_args(meta=True)
    def phrase(self, meta: Meta, parts: list[Any]) -> ast.PhraseStatement:
        return self._node(ast.PhraseStatement, meta, parts)

    @v_args(meta=True)
    def define(self, meta: Meta, parts: list[Any]) -> ast.DefineStatement:
        return ast.DefineStatement(parts[0], None, parts[1], self._span(meta))

    @v_args(meta=True)
    def define_with(self, meta: Meta, parts: list[Any]) -> ast.DefineStatement:
        return self._node(ast.DefineStatement, meta, parts)

    # -- rules

    @v_args(meta=True)
    def rule(self, meta: Meta, parts: list[Any]) -> ast.RuleStatement:
        name, title, *items = parts
        return ast.RuleStatement(name, title or "", tuple(items), self._span(meta))

    @v_args(meta=True)
    def qname(self, meta: Meta, parts: list[Any]) -> ast.Qualified:
        first, second = parts
        pack, name = (first, second) if second else (None, first)
        return ast.Qualified(name, pack, self._span(meta))

    def refines(self, parts: list[Any]) -> ast.RefinesItem:
        return ast.RefinesItem(parts[0])

    @v_args(meta=True)
    def cite(self, meta: Meta, parts: list[Any]) -> ast.CiteItem:
        return self._node(ast.CiteItem, meta, parts)

    def traces(self, parts: list[Any]) -> ast.TracesItem:
        return ast.TracesItem(tuple(parts))

    def unconfirmed(self, parts: list[Any]) -> ast.UnconfirmedItem:
        return ast.UnconfirmedItem(parts[0])

    def because(self, parts: list[Any]) -> ast.BecauseItem:
        return ast.BecauseItem(parts[0])

    @v_args(meta=True)
    def during(self, meta: Meta, parts: list[Any]) -> ast.DuringScope:
        return self._node(ast.DuringScope, meta, parts)

    @v_args(meta=True)
    def while_(self, meta: Meta, parts: list[Any]) -> ast.WhileScope:
        return ast.WhileScope(parts[0], self._span(meta))

    @v_args(meta=True)
    def for_each(self, meta: Meta, parts: list[Any]) -> ast.EachScope:
        return self._node(ast.EachScope, meta, parts)

    must = _constant("must")
    should = _constant("should")
    standard = _constant("standard")
    aim = _constant("aim")

    @v_args(meta=True)
    def action(self, meta: Meta, parts: list[Any]) -> ast.Action:
        return self._node(ast.Action, meta, parts)

    @v_args(meta=True)
    def do(self, meta: Meta, parts: list[Any]) -> ast.DoDuty:
        label, force, action, steps = parts
        return self._do(meta, label, None, force, action, steps)

    @v_args(meta=True)
    def do_owned(self, meta: Meta, parts: list[Any]) -> ast.DoDuty:
        label, owner, force, action, steps = parts
        return self._do(meta, label, owner, force, action, steps)

    def _do(
        self,
        meta: Meta,
        label: ast.Word | None,
        owner: ast.Word | None,
        force: Force | None,
        action: ast.Action,
        steps: tuple[ast.StepClause, ...],
    ) -> ast.DoDuty:
        text, span = self._text(meta), self._span(meta)
        return ast.DoDuty(action, steps, force or "must", label, owner, text, span)

    have_it = _constant(True)
    have_not = _constant(False)

    @v_args(meta=True)
    def have(self, meta: Meta, parts: list[Any]) -> ast.HaveDuty:
        label, force, *rest = parts
        return self._have(meta, label, None, force, rest)

    @v_args(meta=True)
    def have_owned(self, meta: Meta, parts: list[Any]) -> ast.HaveDuty:
        label, owner, force, *rest = parts
        return self._have(meta, label, owner, force, rest)

    def _have(
        self,
        meta: Meta,
        label: ast.Word | None,
        owner: ast.Word | None,
        force: Force,
        rest: list[Any],
    ) -> ast.HaveDuty:
        positive, condition, *unless = rest
        wanted = condition if positive else ast.Negation(condition, condition.span)
        text, span = self._text(meta), self._span(meta)
        return ast.HaveDuty(wanted, tuple(unless), force, label, owner, text, span)

    @v_args(meta=True)
    def may(self, meta: Meta, parts: list[Any]) -> ast.MayDuty:
        return ast.MayDuty(parts[0], self._span(meta))

    def timing(self, parts: list[Any]) -> tuple[ast.StepClause, ...]:
        return tuple(parts)

    @v_args(meta=True)
    def step(self, meta: Meta, parts: list[Any]) -> ast.StepClause:
        timing, *clauses = parts
        unless = tuple(_of_type(clauses, ast.UnlessClause))
        failing = tuple(_of_type(clauses, ast.FailingClause))
        return ast.StepClause(timing, unless, failing, self._text(meta), self._span(meta))

    @v_args(meta=True)
    def within(self, meta: Meta, parts: list[Any]) -> ast.Timing:
        return ast.Timing("within", parts[0], parts[1], self._span(meta))

    @v_args(meta=True)
    def on_the_day(self, meta: Meta, parts: list[Any]) -> ast.Timing:
        return ast.Timing("on the day of", Duration(0, "day"), parts[0], self._span(meta))

    @v_args(meta=True)
    def immediately(self, meta: Meta, parts: list[Any]) -> ast.Timing:
        return ast.Timing("immediately after", Duration(0, "day"), parts[0], self._span(meta))

    @v_args(meta=True)
    def every(self, meta: Meta, parts: list[Any]) -> ast.Timing:
        return ast.Timing("every", parts[0], parts[1], self._span(meta))

    @v_args(meta=True)
    def practicable(self, meta: Meta, parts: list[Any]) -> ast.Timing:
        return ast.Timing("as soon as practicable", None, parts[0], self._span(meta))

    @v_args(meta=True)
    def reasonable(self, meta: Meta, parts: list[Any]) -> ast.Timing:
        return ast.Timing("within a reasonable time", None, parts[0], self._span(meta))

    @v_args(meta=True)
    def unless(self, meta: Meta, parts: list[Any]) -> ast.UnlessClause:
        return self._node(ast.UnlessClause, meta, parts, text=self._text(meta))

    @v_args(meta=True)
    def failing(self, meta: Meta, parts: list[Any]) -> ast.FailingClause:
        return self._node(ast.FailingClause, meta, parts, text=self._text(meta))

    def duration(self, parts: list[Any]) -> Duration:
        return self._length(parts[0], str(parts[1]))

    def working_duration(self, parts: list[Any]) -> Duration:
        count, unit = parts
        if not unit.startswith("day"):
            self._diagnostics.add(
                "units",
                f"`{count} working {unit}` is not a length of time",
                token_span(unit, self._source.file),
                why="only days can be working days, so the deadline cannot be counted",
                help=f"write `{count} working days` or `{count} {unit}`",
            )
        return Duration(count, "working day")

    def one_unit(self, parts: list[Any]) -> Duration:
        return self._length(1, str(parts[0]))

    def _length(self, count: int, unit: str) -> Duration:
        singular = unit.removesuffix("s")
        if singular == "quarter":
            return Duration(3 * count, "month")
        return Duration(count, _UNITS[singular])  # type: ignore[arg-type]

    # -- anchors

    @v_args(meta=True)
    def start_of(self, meta: Meta, parts: list[Any]) -> ast.EdgeRef:
        return ast.EdgeRef("start", parts[1], parts[0], self._span(meta))

    @v_args(meta=True)
    def end_of(self, meta: Meta, parts: list[Any]) -> ast.EdgeRef:
        return ast.EdgeRef("end", parts[1], parts[0], self._span(meta))

    @v_args(meta=True)
    def event_day(self, meta: Meta, parts: list[Any]) -> ast.EventRef:
        ordinal, event, *where = parts
        return ast.EventRef(event, ordinal, where[0] if where else None, self._span(meta))

    first = _constant(1)
    second = _constant(2)

    # -- conditions

    @v_args(meta=True)
    def or_(self, meta: Meta, parts: list[Any]) -> ast.Condition:
        if len(parts) == 1:
            return parts[0]  # type: ignore[no-any-return]
        return ast.Disjunction(tuple(parts), self._span(meta))

    @v_args(meta=True)
    def and_(self, meta: Meta, parts: list[Any]) -> ast.Condition:
        if len(parts) == 1:
            return parts[0]  # type: ignore[no-any-return]
        return ast.Conjunction(tuple(parts), self._span(meta))

    @v_args(meta=True)
    def not_(self, meta: Meta, parts: list[Any]) -> ast.Negation:
        return ast.Negation(parts[0], self._span(meta))

    @v_args(meta=True)
    def ref(self, meta: Meta, parts: list[Any]) -> ast.Ref:
        first, second = parts
        owner, name = (first, second) if second else (None, first)
        return ast.Ref(name, owner, self._span(meta))

    @v_args(meta=True)
    def named_with(self, meta: Meta, parts: list[Any]) -> ast.RefWith:
        return self._node(ast.RefWith, meta, parts)

    @v_args(meta=True)
    def is_(self, meta: Meta, parts: list[Any]) -> ast.IsTest:
        subject, values = parts
        ref = subject if isinstance(subject, ast.Ref) else ast.Ref(subject, None, subject.span)
        return ast.IsTest(ref, values, self._span(meta))

    def one_value(self, parts: list[Any]) -> tuple[ast.Word, ...]:
        return (parts[0],)

    def values(self, parts: list[Any]) -> tuple[ast.Word, ...]:
        return tuple(parts)

    stated = _constant(None)

    @v_args(meta=True)
    def count_(self, meta: Meta, parts: list[Any]) -> ast.CountTest:
        (least, most), kind, where, window = parts
        duration = window if isinstance(window, Duration) else None
        ever = window is not None and duration is None
        return ast.CountTest(least, most, kind, where, duration, ever, self._span(meta))

    some = _constant((1, None))
    none = _constant((0, 0))

    def at_least(self, parts: list[Any]) -> tuple[int, int | None]:
        return parts[0], None

    def at_most(self, parts: list[Any]) -> tuple[int, int | None]:
        return 0, parts[0]

    def exactly(self, parts: list[Any]) -> tuple[int, int | None]:
        return parts[0], parts[0]

    ever = _constant("ever")

    @v_args(meta=True)
    def before(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return ast.TimeTest(parts[0], parts[1], True, False, self._span(meta))

    @v_args(meta=True)
    def after(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return ast.TimeTest(parts[0], parts[1], False, False, self._span(meta))

    @v_args(meta=True)
    def in_first(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return self._first(meta, parts, inside=True)

    @v_args(meta=True)
    def after_first(self, meta: Meta, parts: list[Any]) -> ast.TimeTest:
        return self._first(meta, parts, inside=False)

    def _first(self, meta: Meta, parts: list[Any], *, inside: bool) -> ast.TimeTest:
        duration, period = parts
        span = self._span(meta)
        return ast.TimeTest(duration, ast.EdgeRef("start", period, None, span), inside, True, span)

    def under(self, parts: list[Any]) -> ast.AgeTest:
        return ast.AgeTest(parts[0], True)

    def aged(self, parts: list[Any]) -> ast.AgeTest:
        return ast.AgeTest(parts[0], False)

    # -- scenarios

    @v_args(meta=True)
    def scenario(self, meta: Meta, parts: list[Any]) -> ast.ScenarioStatement:
        title, *lines = parts
        return ast.ScenarioStatement(title, tuple(lines), self._span(meta))

    @v_args(meta=True)
    def born(self, meta: Meta, parts: list[Any]) -> ast.FactLine:
        return ast.FactLine(parts[0], parts[1], None, "born", (), self._span(meta))

    @v_args(meta=True)
    def event_fact(self, meta: Meta, parts: list[Any]) -> ast.FactLine:
        kind, day, *values = parts
        return ast.FactLine(kind, day, None, "on", tuple(values), self._span(meta))

    @v_args(meta=True)
    def period_fact(self, meta: Meta, parts: list[Any]) -> ast.FactLine:
        kind, first, last, *values = parts
        return ast.FactLine(kind, first, last, "from", tuple(values), self._span(meta))

    def unknown_kind(self, parts: list[Any]) -> ast.UnknownLine:
        return ast.UnknownLine(parts[0])

    def as_at(self, parts: list[Any]) -> ast.AsAtLine:
        return ast.AsAtLine(parts[0])

    def bare(self, parts: list[Any]) -> ast.Value:
        return ast.Value("name", parts[0].text, parts[0].span)

    def not_word(self, parts: list[Any]) -> ast.Value:
        return ast.Value("not", parts[0].text, parts[0].span)

    @v_args(meta=True)
    def blank_word(self, meta: Meta, _parts: list[Any]) -> ast.Value:
        return ast.Value("blank", "", self._span(meta))

    @v_args(meta=True)
    def date_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("date", parts[0], self._span(meta))

    @v_args(meta=True)
    def int_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("number", str(parts[0]), self._span(meta))

    @v_args(meta=True)
    def string_word(self, meta: Meta, parts: list[Any]) -> ast.Value:
        return ast.Value("text", parts[0], self._span(meta))

    @v_args(meta=True)
    def expect(self, meta: Meta, parts: list[Any]) -> ast.ExpectLine:
        rule, verdict, *details = parts
        fields = dict(chain.from_iterable(detail.items() for detail in details))
        return ast.ExpectLine(rule, verdict, text=self._text(meta), span=self._span(meta), **fields)

    @v_args(meta=True)
    def expect_none(self, meta: Meta, parts: list[Any]) -> ast.ExpectLine:
        return ast.ExpectLine(parts[0], None, text=self._text(meta), span=self._span(meta))

    def on_date(self, parts: list[Any]) -> dict[str, Any]:
        return {"on": parts[0]}

    def due_date(self, parts: list[Any]) -> dict[str, Any]:
        return {"due": parts[0]}

    def by_days(self, parts: list[Any]) -> dict[str, Any]:
        return {"days": parts[0]}

    assumed = _constant({"assumed": True})

    met = _constant("met")
    met_late = _constant("met_late")
    overdue = _constant("overdue")
    not_met = _constant("not_met")
    due = _constant("due")
    lapsed = _constant("lapsed")
    exempt = _constant("exempt")
    cannot_tell = _constant("cannot_tell")
    needs_judgement = _constant("needs_judgement")
