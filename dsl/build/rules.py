"""Rules: their headers, scope lines and sentences; and the rows that no rule encodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import v_args
from lark.tree import Meta

from duly.dsl import ast
from duly.dsl.build.base import Base, constant, of_type
from duly.dsl.policy import Force, InForce

GROUNDS = (ast.CiteItem, ast.TracesItem, ast.UnconfirmedItem, ast.BecauseItem, InForce)
"""What a clause may rest on."""


def keyword(word: str) -> Callable[[Any, Meta, list[Any]], ast.Word]:
    """The method of a keyword that stands where a name may."""
    return lambda build, meta, parts: ast.Word(word, build._span(meta))


def _wanted(positive: bool, condition: ast.Condition) -> ast.Condition:
    return condition if positive else ast.Negation(condition, condition.span)


class Rules(Base):
    """Builds rules."""

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
    def waives(self, meta: Meta, parts: list[Any]) -> ast.WaivesItem:
        return self._node(ast.WaivesItem, meta, parts)

    transitional = constant(ast.TransitionalItem())
    each_moment = constant(ast.EachMomentItem())

    @v_args(meta=True)
    def cite(self, meta: Meta, parts: list[Any]) -> ast.CiteItem:
        self._ground(meta)
        return self._node(ast.CiteItem, meta, parts)

    @v_args(meta=True)
    def traces(self, meta: Meta, parts: list[Any]) -> ast.TracesItem:
        self._ground(meta)
        return ast.TracesItem(tuple(parts))

    @v_args(meta=True)
    def unconfirmed(self, meta: Meta, parts: list[Any]) -> ast.UnconfirmedItem:
        self._ground(meta)
        return ast.UnconfirmedItem(parts[0])

    @v_args(meta=True)
    def because(self, meta: Meta, parts: list[Any]) -> ast.BecauseItem:
        self._ground(meta)
        return ast.BecauseItem(parts[0])

    left_to_judgement = v_args(meta=True)(keyword("judgement"))

    @v_args(meta=True)
    def omits(self, meta: Meta, parts: list[Any]) -> ast.OmitsStatement:
        *rows, category, because = parts
        return ast.OmitsStatement(tuple(rows), category, because, self._span(meta))

    @v_args(meta=True)
    def during(self, meta: Meta, parts: list[Any]) -> ast.DuringScope:
        return self._node(ast.DuringScope, meta, parts)

    @v_args(meta=True)
    def while_(self, meta: Meta, parts: list[Any]) -> ast.WhileScope:
        return ast.WhileScope(parts[0], self._span(meta))

    @v_args(meta=True)
    def for_each(self, meta: Meta, parts: list[Any]) -> ast.EachScope:
        return self._node(ast.EachScope, meta, parts)

    verb_start = v_args(meta=True)(keyword("start"))
    verb_end = v_args(meta=True)(keyword("end"))

    must = constant("must")
    should = constant("should")
    standard = constant("standard")
    aim = constant("aim")

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

    have_it = constant(True)
    have_not = constant(False)

    @v_args(meta=True)
    def have(self, meta: Meta, parts: list[Any]) -> ast.HaveDuty:
        label, force, positive, condition, *rest = parts
        return self._have(meta, label, None, force, _wanted(positive, condition), rest)

    @v_args(meta=True)
    def have_owned(self, meta: Meta, parts: list[Any]) -> ast.HaveDuty:
        label, owner, force, positive, condition, *rest = parts
        return self._have(meta, label, owner, force, _wanted(positive, condition), rest)

    @v_args(meta=True)
    def state(self, meta: Meta, parts: list[Any]) -> ast.HaveDuty:
        label, force, *rest = parts
        return self._have(meta, label, None, force, self._stated(meta, rest), rest)

    @v_args(meta=True)
    def state_owned(self, meta: Meta, parts: list[Any]) -> ast.HaveDuty:
        label, owner, force, *rest = parts
        return self._have(meta, label, owner, force, self._stated(meta, rest), rest)

    def _stated(self, meta: Meta, parts: list[Any]) -> ast.Condition:
        """``must state X and Y``: both are answered."""
        tests = [ast.IsTest(ref, None, ref.span) for ref in of_type(parts, ast.Ref)]
        return tests[0] if len(tests) == 1 else ast.Conjunction(tuple(tests), self._span(meta))

    throughout = constant("throughout")

    @v_args(meta=True)
    def from_after(self, meta: Meta, parts: list[Any]) -> ast.FromAfter:
        return self._node(ast.FromAfter, meta, parts)

    def _have(
        self,
        meta: Meta,
        label: ast.Word | None,
        owner: ast.Word | None,
        force: Force,
        wanted: ast.Condition,
        rest: list[Any],
    ) -> ast.HaveDuty:
        when = next((w for w in rest if w == "throughout" or isinstance(w, ast.FromAfter)), None)
        unless = tuple(of_type(rest, ast.UnlessClause))
        grounds = tuple(of_type(rest, *GROUNDS))
        text, span = self._text(meta), self._span(meta)
        return ast.HaveDuty(wanted, when, unless, grounds, force, label, owner, text, span)

    @v_args(meta=True)
    def forbid(self, meta: Meta, parts: list[Any]) -> ast.ForbidDuty:
        label, force, action, *rest = parts
        return self._forbid(meta, label, None, force, action, rest)

    @v_args(meta=True)
    def forbid_owned(self, meta: Meta, parts: list[Any]) -> ast.ForbidDuty:
        label, owner, force, action, *rest = parts
        return self._forbid(meta, label, owner, force, action, rest)

    def _forbid(
        self,
        meta: Meta,
        label: ast.Word | None,
        owner: ast.Word | None,
        force: Force,
        action: ast.Action,
        rest: list[Any],
    ) -> ast.ForbidDuty:
        stretch = next(of_type(rest, ast.Within, ast.Before), None)
        unless = tuple(of_type(rest, ast.UnlessClause))
        grounds = tuple(of_type(rest, *GROUNDS))
        text, span = self._text(meta), self._span(meta)
        return ast.ForbidDuty(action, stretch, unless, grounds, force, label, owner, text, span)

    @v_args(meta=True)
    def may(self, meta: Meta, parts: list[Any]) -> ast.MayDuty:
        return ast.MayDuty(parts[0], tuple(parts[1:]), self._span(meta))
