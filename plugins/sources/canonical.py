"""The columns that each kind of fact has in a table, from the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import frozen

from duly.dsl.policy import Kind


@frozen
class Column:
    """One column of a kind's table.  A ``needed`` one must be there for the table to be read."""

    name: str
    type: str
    what: str
    values: tuple[str, ...] = ()
    needed: bool = False


@frozen
class Description:
    """One kind of fact: the name of its file and its columns."""

    kind: Kind
    columns: tuple[Column, ...]

    @property
    def file(self) -> str:
        return f"{self.kind.name}.csv"


def describe(kinds: Mapping[str, Kind]) -> tuple[Description, ...]:
    """Every kind of the vocabulary with its columns, subjects first."""
    order = sorted(kinds.values(), key=lambda kind: kind.nature != "subject")
    return tuple(Description(kind, columns_of(kind)) for kind in order)


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind, in the order in which a template has them."""
    return (*_own_columns(kind), *_attributes(kind))


def names_of(kind: Kind) -> tuple[str, ...]:
    """The names that a kind's file may have; a subject's may always be called ``person``."""
    return (kind.name, *kind.aliases, *(("person",) if kind.nature == "subject" else ()))


def spaced(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


def _own_columns(kind: Kind) -> Iterator[Column]:
    name = spaced(kind.name)
    if kind.nature == "subject":
        yield Column("person_id", "id", f"who the {name} is, in every file", needed=True)
        yield Column("born", "date", "date of birth")
        return
    yield Column("id", "id", f"a reference for the {name}, unlike that of any other")
    yield Column("person_id", "id", "whom the row concerns", needed=True)
    if kind.of:
        yield Column(
            f"{kind.of}_id", "id", f"the `id` of its {spaced(kind.of)}; blank: the one of that day"
        )
    if kind.nature == "period":
        yield Column("start", "date", "its first day", needed=True)
        yield Column("end", "date", "the day it was over; blank: still running", needed=True)
    else:
        yield Column("date", "date", "the day on which it happened", needed=True)


def _attributes(kind: Kind) -> Iterator[Column]:
    for attribute in kind.attributes.values():
        yield Column(attribute.name, attribute.type, spaced(attribute.name), attribute.values)
    for milestone in kind.milestones:
        yield Column(milestone.name, "date", f"the day on which it was done: {milestone.verb}")
