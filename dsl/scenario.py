"""Scenarios: a small child's history in words, and what a rule must make of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property

from attrs import define, field, frozen

from duly.dsl import ast
from duly.dsl.diagnostics import Diagnostics, did_you_mean, names_known
from duly.dsl.plurals import with_article
from duly.dsl.policy import Attribute, Duration, Kind, May, Policy, Rule, span_field
from duly.dsl.source import Span
from duly.dsl.subjects import two_subjects

Scalar = bool | str | date | None


@frozen
class Fact:
    """One row: a period's first and last day, an event's day, and its attributes.

    A ``datetime`` is a day whose time is known.  Values are yes/no as ``True``/``False``, dates
    for milestones, text otherwise; ``None`` is blank.
    """

    kind: str
    first: date
    last: date | None
    values: Mapping[str, Scalar]
    span: Span = span_field()


@frozen
class Expectation:
    """What must come out, or, where that is ``denied``, must not.

    Of a rule with a ``label`` the duty of that label is meant; without a ``verdict`` every
    obligation is.
    """

    rule: str
    verdict: str | None
    on: date | None
    due: date | None
    days: int | None
    assumed: bool
    label: str | None = None
    denied: bool = False
    text: str = field(default="", eq=False)
    span: Span = span_field()


@frozen
class Stretch:
    """A stretch of a calendar that an authority supplies; both days named are inside."""

    calendar: str
    first: date
    last: date


@frozen
class Scenario:
    """A child, what is known of it, and what is expected as at a day.

    ``subject`` names another subject of whom the story tells; ``None`` stands for the first.
    """

    pack: str
    title: str
    born: date | None
    about: Mapping[str, Scalar]
    facts: tuple[Fact, ...]
    calendars: tuple[Stretch, ...]
    unknown: tuple[str, ...]
    as_at: date
    known_at: date | None
    expectations: tuple[Expectation, ...]
    subject: str | None = None
    span: Span = span_field()


@define
class _Told:
    """Whom a story tells of, as its lines say one after the other."""

    first: Kind | Rule | None = None
    other: tuple[Kind | Rule, Span] | None = None

    def line(self, found: Kind | Rule | None, span: Span) -> None:
        """A line that is about a kind of fact, or about a rule."""
        self.first = self.first or found
        if found is not None and self.first is not None and found.subject != self.first.subject:
            self.other = self.other or (found, span)

    @property
    def subject(self) -> str | None:
        return self.first.subject if self.first is not None else None


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

    @cached_property
    def _kinds(self) -> Mapping[str, Kind]:
        """What a fact may be called, by each of its names."""
        return {
            name: kind
            for kind in self.policy.kinds.values()
            for name in (kind.name, *kind.aliases, *((kind.plural,) if kind.plural else ()))
        }

    @cached_property
    def _usual(self) -> Mapping[str, Mapping[str, Scalar]]:
        """What is taken for granted of a fact of each kind."""
        return {
            kind.name: {name: usual(attribute) for name, attribute in kind.attributes.items()}
            for kind in self.policy.kinds.values()
        }

    def _mistake(self, title: str, span: Span, help: str, code: str = "scenario") -> None:
        self.diagnostics.add(code, title, span, why=_WHY, help=help)

    def _unknown(self, title: str, word: str, span: Span, known: Iterable[str]) -> None:
        known = sorted(known)
        self.diagnostics.add(
            "unknown-name",
            title,
            span,
            why=_WHY,
            help=did_you_mean(word, known) or "use one that is known, or declare it",
            compared=names_known(word, known),
        )

    def scenario(self, node: ast.ScenarioStatement) -> Scenario | None:
        born: date | None = None
        about: dict[str, Scalar] = {}
        facts: list[Fact] = []
        calendars: list[Stretch] = []
        known_at: date | None = None
        unknown: list[str] = []
        as_at: date | None = None
        expectations: list[Expectation] = []
        told = _Told()
        for line in node.lines:
            match line:
                case ast.FactLine(form="born"):
                    subject = self._subject(line)
                    told.line(subject, line.span)
                    born = line.first.day
                    if subject is not None:
                        about = self._values(subject, line.values)
                case ast.FactLine() if line.kind.text in self.policy.calendars:
                    calendars.extend(self._stretch(line))
                case ast.FactLine():
                    found = self._fact(line)
                    facts.extend(found)
                    for fact in found:
                        told.line(self.policy.kinds[fact.kind], line.span)
                case ast.UnknownLine(word):
                    for kind in self._kind(word):
                        unknown.append(kind.name)
                        told.line(kind, word.span)
                case ast.AsAtLine(day):
                    as_at = day
                case ast.KnownAtLine(day):
                    known_at = day
                case ast.ExpectLine():
                    found_rules = self._expectation(line)
                    expectations.extend(found_rules)
                    for each in found_rules:
                        told.line(self.policy.rule(each.rule), line.span)
        self._check_one_subject(told)
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
            about,
            tuple(facts),
            tuple(calendars),
            tuple(unknown),
            as_at,
            known_at,
            tuple(expectations),
            told.subject,
            node.span,
        )

    def _subject(self, line: ast.FactLine) -> Kind | None:
        """The subject who is born; somebody else's word for it is a mistake."""
        subjects = {
            name: kind for kind in self.policy.subjects for name in (kind.name, *kind.aliases)
        }
        if line.kind.text not in subjects and not self.diagnostics.follows_from_another(
            line.kind.text
        ):
            title = f"`{line.kind}` is no subject, and only a subject is born"
            self._unknown(title, line.kind.text, line.kind.span, subjects)
        return subjects.get(line.kind.text)

    def _check_one_subject(self, told: _Told) -> None:
        if told.other is None or told.first is None:
            return
        other, span = told.other
        first = self.policy.subject.name
        here = (told.first.subject or first).replace("_", " ")
        named = ((each.name, each.subject) for each in (told.first, other))
        self.diagnostics.add(
            "two-subjects",
            two_subjects(first, *named),
            span,
            why=f"a rule sees one {here} at a time, by what is recorded of that {here} alone",
            help="tell a story of its own for each of them",
        )

    def _kind(self, word: ast.Word) -> list[Kind]:
        known = self._kinds
        if word.text in known:
            return [known[word.text]]
        if self.diagnostics.follows_from_another(word.text):
            return []
        self._unknown(f"`{word}` is no kind of fact", word.text, word.span, known)
        return []

    def _fact(self, line: ast.FactLine) -> list[Fact]:
        found = self._kind(line.kind)
        if not found:
            return []
        kind = found[0]
        wanted = {"on": "event", "from": "period"}[line.form]
        if kind.nature != wanted:
            right = "on" if kind.nature == "event" else "from"
            self._mistake(
                f"`{kind.name}` is {with_article(kind.nature)}",
                line.span,
                f"write `{kind.name} {right} 1 March 2024`",
            )
            return []
        if line.last is not None and line.last.day < line.first.day:
            self._mistake(
                f"`{kind.name}` ends before it starts",
                line.span,
                "change one of the two dates: `from FIRST DAY until LAST DAY`",
            )
            return []
        last = _date(line.last) if line.last else None
        values = self._values(kind, line.values)
        return [Fact(kind.name, _date(line.first), last, values, line.span)]

    def _stretch(self, line: ast.FactLine) -> list[Stretch]:
        if line.last is None:
            name = line.kind.text
            self._mistake(
                f"`{name}` needs its last day",
                line.span,
                f"write `{name} from 4 September 2024 until 20 December 2024`",
            )
            return []
        return [Stretch(line.kind.text, line.first.day, line.last.day)]

    def _values(self, kind: Kind, words: Sequence[ast.Value]) -> dict[str, Scalar]:
        values = dict(self._usual[kind.name])
        known = {*kind.attributes, *(m.name for m in kind.milestones)}
        remaining = list(words)
        while remaining:
            word = remaining.pop(0)
            if word.form not in ("name", "not") or word.value not in known:
                title = f"`{word.value}` is no attribute of `{kind.name}`"
                self._unknown(title, str(word.value), word.span, known)
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
        match word.value:
            case ast.Moment() as moment:
                return _date(moment)
            case Duration() as duration:
                return str(duration)
            case tuple() as words:
                return "; ".join(self._role(each) for each in words)
            case str() as text:
                return self._text(attribute, text, word.span)

    def _role(self, word: ast.Word) -> str:
        if word.text not in self.policy.roles:
            self._unknown(f"`{word}` is no role", word.text, word.span, self.policy.roles)
        return word.text

    def _text(self, attribute: Attribute | None, text: str, span: Span) -> Scalar:
        allowed: Sequence[str] = ()
        if attribute is not None:
            roles = attribute.type in ("role", "list of role")
            allowed = tuple(self.policy.roles) if roles else attribute.values
        if allowed and text not in allowed:
            title = f"`{text}` is no value of `{attribute.name if attribute else ''}`"
            self._unknown(title, text, span, allowed)
        return text

    def _expectation(self, line: ast.ExpectLine) -> list[Expectation]:
        rule, label = self._named(line.named)
        if rule is None or (label is not None and not self._has_label(rule, label)):
            return []
        return [
            Expectation(
                rule.qualified,
                line.verdict,
                _date(line.on) if line.on else None,
                _date(line.due) if line.due else None,
                line.days,
                line.assumed,
                label.text if label is not None else None,
                line.denied,
                line.text,
                line.span,
            )
        ]

    def _named(self, words: Sequence[ast.Word]) -> tuple[Rule | None, ast.Word | None]:
        """The rule that words name, and the label of its duty; a pack's name goes first."""
        rules = self.policy.by_name
        for rule, labels in ((words[:2], words[2:]), (words[:1], words[1:])):
            pack = "" if len(rule) == 2 else f"{self.pack}."
            found = rules.get(pack + ".".join(word.text for word in rule))
            if found is not None and len(labels) < 2:
                return found, labels[0] if labels else None
        if not any(self.diagnostics.follows_from_another(word.text) for word in words):
            whole, span = ".".join(map(str, words)), words[0].span.to(words[-1].span)
            own = f"{self.pack}."
            meant = ".".join(map(str, words[:2])).removeprefix(own)
            short = [name.removeprefix(own) for name in rules]
            self._unknown(f"`{whole}` is no rule", meant, span, short)
        return None, None

    def _has_label(self, rule: Rule, label: ast.Word) -> bool:
        labels = {each.duty.label for each in rule.duties if not isinstance(each.duty, May)}
        if label.text in labels:
            return True
        known = sorted(each for each in labels if each is not None)
        instead = f"write the label in front of the duty that is meant: `{label}: must …`"
        if rule.pack != self.pack:
            instead = "leave the label out: then every duty of the rule is looked at"
        self.diagnostics.add(
            "unknown-name",
            f"no duty of `{rule.qualified}` has the label `{label}`",
            label.span,
            why=_WHY,
            help=did_you_mean(label.text, known) or instead,
            compared=names_known(label.text, known),
        )
        return False


def _date(moment: ast.Moment) -> date:
    """The day; with its time, where that is known."""
    if moment.clock is None:
        return moment.day
    return datetime.combine(moment.day, moment.clock)


def usual(attribute: Attribute) -> Scalar:
    """What a scenario takes for granted of an attribute that it does not mention."""
    if attribute.type == "yes/no":
        return {"yes": True, "no": False, None: None}[attribute.usually]
    return attribute.usually
