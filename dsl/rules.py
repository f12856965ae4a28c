"""Rule statements into rules: duties, citations, and the rule of a pack below that is refined."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.duties import Duties
from duly.dsl.names import Names


@frozen
class Rules:
    """Binds the rules of one pack."""

    pack: str
    names: Names
    duties: Duties

    def rule(self, statement: ast.RuleStatement) -> p.Rule | None:
        """The rule, known from now on to the packs above; nothing if its name is taken."""
        items = statement.items
        rule = p.Rule(
            pack=self.pack,
            name=statement.name.text,
            title=statement.title,
            duties=tuple(self.duties.of_rule(items)),
            citations=tuple(self._cite(i) for i in items if isinstance(i, ast.CiteItem)),
            traces=tuple(w.text for i in items if isinstance(i, ast.TracesItem) for w in i.rows),
            refines=self._refines(items),
            unconfirmed=tuple(i.text for i in items if isinstance(i, ast.UnconfirmedItem)),
            because=tuple(i.text for i in items if isinstance(i, ast.BecauseItem)),
            in_force=next((i for i in items if isinstance(i, p.InForce)), p.InForce()),
            span=statement.name.span,
        )
        self._check_once(statement)
        self._warn_of_gaps(rule, statement)
        if rule.qualified in self.names.rules:
            self.names.duplicate("rule", rule.name, statement.name.span)
            return None
        self.names.rules[rule.qualified] = rule
        return rule

    def _warn_of_gaps(self, rule: p.Rule, statement: ast.RuleStatement) -> None:
        """A rule that cites nothing, or asks for nothing."""
        if not rule.citations:
            self.names.diagnostics.add(
                "no-citation",
                f"rule `{rule.name}` cites nothing",
                statement.name.span,
                why="nobody can check a child's date against a source that is not named",
                help='add a line such as `cite standards "section 2"`',
                severity="warning",
            )
        duties = ast.DoDuty | ast.HaveDuty | ast.MayDuty
        if not any(isinstance(item, duties) for item in statement.items):
            self.names.diagnostics.add(
                "no-duty",
                f"rule `{rule.name}` asks for nothing",
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

    def _cite(self, item: ast.CiteItem) -> p.Citation:
        if item.source.text not in self.names.sources:
            why = "nobody can look up a citation whose document is not named"
            self.names.unknown(item.source, "source", self.names.sources, why)
        title = self.names.sources.get(item.source.text, item.source.text)
        return p.Citation(title, item.locator)

    def _refines(self, items: Sequence[ast.RuleItem]) -> str | None:
        wanted = [i.rule for i in items if isinstance(i, ast.RefinesItem)]
        if not wanted:
            return None
        name = str(wanted[0])
        if name not in self.names.rules or name.startswith(f"{self.pack}."):
            below = [r for r in self.names.rules if not r.startswith(f"{self.pack}.")]
            why = "a local rule that refines nothing could pass unseen under the law's floor"
            self.names.unknown(ast.Word(name, wanted[0].span), "rule of a pack below", below, why)
            return None
        return name
