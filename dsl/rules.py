"""Rule statements into rules: duties, citations, and the rule of a pack below that is refined."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from attrs import frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.duties import Duties
from duly.dsl.grounds import GroundsOf
from duly.dsl.names import Names
from duly.dsl.subjects import Whose


@frozen
class Rules:
    """Binds the rules of one pack."""

    pack: str
    in_force: p.InForce
    names: Names
    duties: Duties
    grounds: GroundsOf
    whose: Whose

    def rule(self, statement: ast.RuleStatement) -> p.Rule | None:
        """The rule, known from now on to the packs above; nothing if its name is taken."""
        items = statement.items
        grounds = self.grounds.bind(items)
        duties = tuple(self.duties.of_rule(items))
        in_force = p.both_in_force(self.in_force, grounds.in_force)
        refines, waives = self._refines(items), tuple(self._waivers(items, in_force))
        below = [name for name in (refines, *(w.rule for w in waives)) if name is not None]
        rule = p.Rule(
            pack=self.pack,
            name=statement.name.text,
            title=statement.title,
            duties=duties,
            citations=grounds.citations,
            traces=grounds.traces,
            refines=refines,
            waives=waives,
            transitional=any(isinstance(item, ast.TransitionalItem) for item in items),
            unconfirmed=grounds.unconfirmed,
            because=grounds.because,
            in_force=grounds.in_force,
            subject=self.whose.of_rule(statement.name, duties, below),
            span=statement.name.span,
        )
        self._check_once(statement)
        self._warn_of_no_duty(rule, statement)
        if rule.qualified in self.names.rules:
            first = self.names.rules[rule.qualified].span
            self.names.duplicate("rule", rule.name, rule.span, first)
            return None
        self.names.rules[rule.qualified] = rule
        return rule

    def _warn_of_no_duty(self, rule: p.Rule, statement: ast.RuleStatement) -> None:
        """A rule that asks for nothing."""
        asks = any(isinstance(item, ast.Sentence) for item in statement.items)
        if not asks and not rule.waives:
            self.names.diagnostics.add(
                "no-duty",
                f"rule `{statement.name}` asks for nothing",
                statement.name.span,
                why="a rule without a duty is computed for no child",
                help="add a sentence such as `must visit CLA every 6 weeks`",
                severity="warning",
            )

    def _check_once(self, statement: ast.RuleStatement) -> None:
        """Of what a rule can have one only, the second would be passed over in silence."""
        for kind, words in ((p.InForce, "in force"), (ast.RefinesItem, "refines")):
            if sum(isinstance(item, kind) for item in statement.items) > 1:
                self.names.diagnostics.add(
                    "said-twice",
                    f"rule `{statement.name}` says `{words}` more than once",
                    statement.name.span,
                    why="only one of them could hold, and the reader would not know which",
                    help="keep one, or write two rules",
                )

    def _refines(self, items: Sequence[ast.RuleItem]) -> str | None:
        wanted = [i.rule for i in items if isinstance(i, ast.RefinesItem)]
        if not wanted:
            return None
        why = "a local rule that refines nothing could pass unseen under the law's floor"
        return self._rule_below(wanted[0], why)

    def _waivers(self, items: Sequence[ast.RuleItem], rule: p.InForce) -> Iterator[p.Waiver]:
        for item in items:
            if isinstance(item, ast.WaivesItem):
                why = "a waiver of nothing would leave the law's date in force for every child"
                name = self._rule_below(item.rule, why)
                if rule.start is not None and item.until < rule.start:
                    self.names.diagnostics.add(
                        "never-in-force",
                        f"the waiver of `{item.rule}` ends before its rule begins",
                        item.rule.span,
                        why="on no day would it take the rule below out of force",
                        help="let it end `until` a day on which its own rule is in force",
                    )
                if name is not None:
                    yield p.Waiver(name, item.power, item.until)

    def _rule_below(self, wanted: ast.Qualified, why: str) -> str | None:
        """The name of a rule of a pack below; nothing after a mistake."""
        name = str(wanted)
        if name not in self.names.rules or name.startswith(f"{self.pack}."):
            below = [r for r in self.names.rules if not r.startswith(f"{self.pack}.")]
            self.names.unknown(ast.Word(name, wanted.span), "rule of a pack below", below, why)
            return None
        return name
