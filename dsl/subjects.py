"""Whose a sentence is: the one subject whose facts a rule looks at, and a policy of that alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from attrs import evolve, frozen

from duly.dsl import ast
from duly.dsl import policy as p
from duly.dsl.diagnostics import Compared
from duly.dsl.names import Names
from duly.dsl.parts import parts
from duly.dsl.source import Span


def about(policy: p.Policy, subject: str | None) -> p.Policy:
    """What of a policy concerns one subject (``None``: the first): a policy by itself."""
    if len(policy.subjects) < 2:
        return policy
    kinds = {name: kind for name, kind in policy.kinds.items() if kind.subject == subject}
    packs = tuple(
        evolve(pack, rules=tuple(rule for rule in pack.rules if rule.subject == subject))
        for pack in policy.packs
    )
    never = tuple(c for c in policy.never if _whose(c, policy.kinds) == subject)
    return evolve(policy, packs=packs, kinds=kinds, never=never)


_NAMED = {
    **dict.fromkeys((p.Flag, p.Is, p.Compare, p.Includes, p.Stated, p.Agreed), "owner"),
    **dict.fromkeys((p.Running, p.Lasting, p.PeriodEdge, p.During), "period"),
    **dict.fromkeys((p.EventDay, p.Act), "event"),
    p.Count: "kind",
}
"""The field of a piece that names a kind of fact."""


def kinds_in(node: object) -> Iterator[str]:
    """The kinds of fact that a piece of a rule looks at, in order."""
    named = _NAMED.get(type(node))
    if named is not None:
        yield getattr(node, named)
    for part in parts(node):
        yield from kinds_in(part)


def _whose(node: object, kinds: Mapping[str, p.Kind]) -> str | None:
    return next((kinds[name].subject for name in kinds_in(node)), None)


Named = tuple[str, str | None]
"""A kind or a rule, and the subject whom it concerns; ``None`` for the first."""


def two_subjects(first: str, one: Named, other: Named) -> str:
    """What is said where two subjects stand together, the first of all being called so."""
    told = [
        f"`{subject or first}`" + (f" (`{name}`)" if name != (subject or first) else "")
        for name, subject in (one, other)
    ]
    return f"two subjects at once: {' and '.join(told)}"


@frozen
class Whose:
    """Tells whose the parts of a sentence are; two subjects in one rule are a mistake."""

    names: Names

    def first(self, node: object) -> p.Kind | None:
        """The subject of the first kind that is named, where one is."""
        kinds = self.names.kinds
        return next((self.names.subject_of(kinds[name]) for name in kinds_in(node)), None)

    def only(self, parts: Iterable[tuple[object, Span]]) -> str | None:
        """The name of the one subject that the parts, each in its place, concern."""
        if len(self.names.subjects) < 2:
            return None
        first: p.Kind | None = None
        for part, span in parts:
            for kind in (self.names.kinds[name] for name in kinds_in(part)):
                first = first or kind
                if kind.subject != first.subject:
                    told = ((first.name, first.subject), (kind.name, kind.subject))
                    self._two(*told, kind.span, span)
                    return first.subject
        return first.subject if first is not None else None

    def of_rule(
        self, name: ast.Word, duties: Sequence[p.Scoped], below: Sequence[str]
    ) -> str | None:
        """Whom a rule concerns: as its duties say, else the rules that it stands for."""
        subject = self.only((each, each.duty.span) for each in duties)
        others = [self.names.rules[each] for each in below]
        if others and next(kinds_in(tuple(duties)), None) is None:
            subject = others[0].subject
        for other in others:
            if other.subject != subject:
                told = ((name.text, subject), (other.qualified, other.subject))
                self._two(*told, other.span, name.span)
        return subject

    def _two(self, one: Named, other: Named, stands: Span, span: Span) -> None:
        first = self.names.subjects[0].name
        here = (one[1] or first).replace("_", " ")
        self.names.diagnostics.add(
            "two-subjects",
            two_subjects(first, one, other),
            span,
            why=f"a rule is worked out for one {here} at a time, by what is recorded of that "
            f"{here} alone",
            help="write a rule for each of them; what the one must know of the other is recorded "
            "as an attribute or an event of its own",
            compared=Compared(f"`{other[0]}`", stands),
        )
