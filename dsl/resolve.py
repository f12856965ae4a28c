"""Syntax into policy: names bound to the vocabulary, definitions put in place, layers stacked.

Packs are resolved from the law upwards; each sees its own names and those below it, never those
above, so that a statutory rule always means what its own pack says.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

from attrs import frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.conditions import Conditions
from duly.dsl.diagnostics import Diagnostics
from duly.dsl.duties import Duties
from duly.dsl.grounds import GroundsOf
from duly.dsl.names import Names
from duly.dsl.omissions import Omissions
from duly.dsl.rules import Rules
from duly.dsl.source import Span
from duly.dsl.subjects import Whose
from duly.dsl.timings import Timings
from duly.dsl.vocabulary import Vocabulary

_Statement = TypeVar("_Statement", bound=ast.Statement)


@frozen
class PackText:
    """The documents of one pack, scenarios included or not, and the row table of its source."""

    folder: str
    documents: tuple[ast.Document, ...]
    rows: tuple[p.Row, ...] = ()

    def statements(self, kind: type[_Statement]) -> Iterator[_Statement]:
        """The statements of one kind, document by document."""
        for document in self.documents:
            yield from (s for s in document.statements if isinstance(s, kind))


def resolve(packs: Sequence[PackText], diagnostics: Diagnostics) -> p.Policy:
    """Bind every name of the packs, which stand in layer order, the law first."""
    names = Names(diagnostics)
    resolved = tuple(_pack(text, names) for text in packs)
    kinds = names.kinds.values()
    if kinds and not names.subjects and not diagnostics.unread:
        diagnostics.add(
            "no-subject",
            "no `subject` is declared",
            next((each.span for each in names.rules.values()), next(iter(kinds)).span),
            why="a rule must concern somebody: a child, most often",
            help="declare one: `subject child`, or stand `over` a pack that has one",
        )
    return p.Policy(
        tuple(r for r in resolved if r),
        dict(names.kinds),
        dict(names.roles),
        dict(names.calendars),
        tuple(names.never),
    )


def _pack(text: PackText, names: Names) -> p.Pack | None:
    """One pack bound; what it declares stays in ``names`` for the packs that stand over it."""
    header = _header(text, names)
    if header is None:
        return None
    name = header.name.text
    names.table(name, text.rows)
    conditions = Conditions(names)
    whose = Whose(names)
    _declare(text, Vocabulary(name, names, conditions, whose))
    if not names.kinds and not names.diagnostics.unread:
        _no_vocabulary(header, names)
        return None
    grounds = GroundsOf(names)
    timings = Timings(names, conditions, grounds)
    duties = Duties(names, conditions, grounds, timings, whose)
    rules = Rules(name, header.in_force, names, duties, grounds, whose)
    bound = [rules.rule(statement) for statement in text.statements(ast.RuleStatement)]
    omissions = Omissions(names)
    left_out = [omissions.bind(statement) for statement in text.statements(ast.OmitsStatement)]
    pack = p.Pack(
        name=name,
        title=header.title or name,
        over=header.over.text if header.over else None,
        version=header.version,
        in_force=header.in_force,
        review_by=header.review_by,
        sources=dict(names.sources),
        rules=tuple(rule for rule in bound if rule is not None),
        omissions=tuple(omission for omission in left_out if omission is not None),
        rows=text.rows,
        span=header.span,
    )
    if not pack.rules and not names.diagnostics.errors:
        names.diagnostics.add(
            "no-rules",
            f"pack `{name}` has no rules",
            header.span,
            why="checking nobody is not a pass",
            help="add a rule, or leave the pack out",
            severity="warning",
        )
    return pack


def _header(text: PackText, names: Names) -> ast.PackStatement | None:
    """The pack's one ``pack`` statement."""
    headers = list(text.statements(ast.PackStatement))
    if not headers:
        names.diagnostics.add(
            "no-pack",
            f"no `pack` statement in {text.folder}",
            Span(text.folder, 0, 0, 0, 0),
            why="without its name and layer the pack cannot be held against the law",
            help='begin a file with `pack name "Title"`',
        )
        return None
    for extra in headers[1:]:
        names.duplicate("pack", headers[0].name.text, extra.span, headers[0].span)
    return headers[0]


def _no_vocabulary(header: ast.PackStatement, names: Names) -> None:
    """One message in place of one for every word of every rule."""
    names.diagnostics.add(
        "no-vocabulary",
        f"pack `{header.name}` knows no subject, period or event",
        header.span,
        why="no rule of it can be computed for any child",
        help="put `over statutory` after its title, or declare them: `subject child`",
    )


def _declare(text: PackText, vocabulary: Vocabulary) -> None:
    """All that a pack declares, in an order in which each finds what it names."""
    for source in text.statements(ast.SourceStatement):
        vocabulary.source(source)
    for role in text.statements(ast.RoleStatement):
        vocabulary.role(role)
    for kind in text.statements(ast.KindStatement):
        vocabulary.kind(kind)
    for addition in text.statements(ast.AddStatement):
        vocabulary.add(addition)
    vocabulary.check_kinds()
    for calendar in text.statements(ast.CalendarStatement):
        vocabulary.calendar(calendar)
    for definition in text.statements(ast.DefineStatement):
        vocabulary.define(definition)
    for kind in text.statements(ast.KindStatement):
        vocabulary.statuses(kind)
    for phrase in text.statements(ast.PhraseStatement):
        vocabulary.phrase(phrase)
    for exclusion in text.statements(ast.NeverStatement):
        vocabulary.never(exclusion)
