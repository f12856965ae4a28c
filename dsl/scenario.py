"""Scenarios: a small child's history in words, and what a rule must make of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import define, field, frozen

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics, did_you_mean
from duly.dsl.policy import Attribute, Kind, Policy, span_field
from duly.dsl.source import Span

Scalar = bool | str | date | None


@frozen
class Fact:
    """One row: a period's first and last day, an event's day, and its attributes.

    Values are yes/no as ``True``/``False``, dates for milestones, text otherwise; ``None`` is
    blank.
    """

    kind: str
    first: date
    last: date | None
    values: Mapping[str, Scalar]


@frozen
class Expectation:
    """What must come out; ``verdict`` is ``None`` where no obligation of the rule may exist."""

    rule: str
    verdict: str | None
    on: date | None
    due: date | None
    days: int | None
    assumed: bool
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Scenario:
    """A child, what is known of it, and what is expected as at a day."""

    pack: str
    title: str
    born: date | None
    facts: tuple[Fact, ...]
    unknown: tuple[str, ...]
    as_at: date
    expectations: tuple[Expectation, ...]
    span: Span = span_field()


def resolve_scenarios(
    policy: Policy, pack: str, documents: Sequence[ast.Document], diagnostics: Diagnostics
) -> list[Scenario]:
    """The scenarios of a pack's documents, bound to the policy's vocabulary and rules."""
    reader = _Reader(policy, pack, diagnostics)
    return [
        scenario
        for document in documents
        for statement in document.statements
        if isinstance(statement, ast.ScenarioStatement)
        and (scenario := reader.scenario(statement)) is not None
    ]


_WHY = "the scenario would test another child than the one it tells of"


@define
class _Reader:
    policy: Policy
    pack: str
    diagnostics: Diagnostics

    def _mistake(self, title: str, span: Span, help: str, code: str = "scenario") -> None:
        self.diagnostics.add(code, title, span, why=_WHY, help=help)

    def scenario(self, node: ast.ScenarioStatement) -> Scenario | None:
        born: date | None = None
        facts: list[Fact] = []
        unknown: list[str] = []
        as_at: date | None = None
        expectations: list[Expectation] = []
        for line in node.lines:
            match line:
                case ast.FactLine(form="born"):
                    born = line.first
                case ast.FactLine():
                    facts.extend(self._fact(line))
                case ast.UnknownLine(kind):
                    unknown.extend(k.name for k in self._kind(kind))
                case ast.AsAtLine(day):
                    as_at = day
                case ast.ExpectLine():
                    expectations.extend(self._expectation(line))
        if as_at is None:
            self._mistake(
                "no day to judge it", node.span, "add a line such as `as at 20 April 2024`"
            )
            return None
        if not any(isinstance(line, ast.ExpectLine) for line in node.lines):
            self.diagnostics.add(
                "nothing-expected",
                f"scenario `{node.title}` expects nothing",
                node.span,
                why="a scenario that asserts nothing passes whatever the rules say",
                help="add a line such as `expect cla_visits met`",
            )
        return Scenario(
            self.pack,
            node.title,
            born,
            tuple(facts),
            tuple(unknown),
            as_at,
            tuple(expectations),
            node.span,
        )

    def _kind(self, word: ast.Word) -> list[Kind]:
        known = {
            name: kind
            for kind in self.policy.kinds.values()
            for name in (kind.name, *kind.aliases, *((kind.plural,) if kind.plural else ()))
        }
        if word.text in known:
            return [known[word.text]]
        if self.diagnostics.follows_from_another(word.text):
            return []
        guess = did_you_mean(word.text, known) or "declare it in the vocabulary"
        self._mistake(f"`{word}` is no kind of fact", word.span, guess, "unknown-name")
        return []

    def _fact(self, line: ast.FactLine) -> list[Fact]:
        found = self._kind(line.kind)
        if not found:
            return []
        kind = found[0]
        wanted = {"on": "event", "from": "period"}[line.form]
        if kind.nature != wanted:
            right = "on" if kind.nature == "event" else "from"
            article = "an event" if kind.nature == "event" else f"a {kind.nature}"
            self._mistake(
                f"`{kind.name}` is {article}",
                line.span,
                f"write `{kind.name} {right} 1 March 2024`",
            )
            return []
        return [Fact(kind.name, line.first, line.last, self._values(kind, line.values))]

    def _values(self, kind: Kind, words: Sequence[ast.Value]) -> dict[str, Scalar]:
        values: dict[str, Scalar] = {
            name: _usual(attribute) for name, attribute in kind.attributes.items()
        }
        known = {*kind.attributes, *(m.name for m in kind.milestones)}
        remaining = list(words)
        while remaining:
            word = remaining.pop(0)
            if word.form not in ("name", "not") or word.value not in known:
                guess = did_you_mean(str(word.value), known)
                known_list = "known: " + ", ".join(f"`{name}`" for name in sorted(known))
                self._mistake(
                    f"`{word.value}` is no attribute of `{kind.name}`",
                    word.span,
                    guess or known_list,
                    "unknown-name",
                )
                return values
            name = str(word.value)
            attribute = kind.attributes.get(name)
            if word.form == "not":
                values[name] = False
            elif remaining and remaining[0].form == "blank":
                remaining.pop(0)
                values[name] = None
            elif attribute is not None and attribute.type == "yes/no":
                values[name] = True
            elif remaining:
                values[name] = self._value(attribute, remaining.pop(0))
            else:
                self._mistake(f"`{name}` needs a value", word.span, f"write `{name} VALUE`")
        return values

    def _value(self, attribute: Attribute | None, word: ast.Value) -> Scalar:
        allowed: Sequence[str] = ()
        if attribute is not None:
            allowed = tuple(self.policy.roles) if attribute.type == "role" else attribute.values
        if allowed and word.value not in allowed:
            guess = did_you_mean(str(word.value), allowed)
            self._mistake(
                f"`{word.value}` is no value of `{attribute.name if attribute else ''}`",
                word.span,
                guess or "known: " + ", ".join(f"`{value}`" for value in allowed),
                "unknown-name",
            )
        return word.value

    def _expectation(self, line: ast.ExpectLine) -> list[Expectation]:
        rules = {rule.qualified for rule in self.policy.rules()}
        name = str(line.rule) if line.rule.pack else f"{self.pack}.{line.rule.name}"
        if name not in rules:
            if self.diagnostics.follows_from_another(line.rule.name.text):
                return []
            short = [r.removeprefix(f"{self.pack}.") for r in rules]
            guess = did_you_mean(str(line.rule), short) or "name a rule of this pack or below"
            self._mistake(f"`{line.rule}` is no rule", line.rule.span, guess, "unknown-name")
            return []
        return [
            Expectation(
                name, line.verdict, line.on, line.due, line.days, line.assumed, line.text, line.span
            )
        ]


def _usual(attribute: Attribute) -> Scalar:
    if attribute.type == "yes/no":
        return {"yes": True, "no": False, None: None}[attribute.usually]
    return attribute.usually
