"""The columns that each kind of fact has in a table, from the vocabulary."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from duly.dsl.policy import Calendar, Kind

TYPES = {
    "date": "31/03/2026 or 2026-03-31; the day comes before the month. A time may follow: "
    "31/03/2026 14:30. Midnight sharp is taken for no time",
    "datetime": "the same, with its time",
    "yes/no": "Yes, No, or blank where it is not known",
    "number": "a whole number: 12",
    "duration": "a length of time: 72 hours, 10 days, 20 working days, 6 weeks, 3 months, 1 year",
    "role": "social_worker, IRO and the like, as the rules call them",
    "list of role": "several roles, split by semicolons or commas: police; health",
    "text": "anything",
    "id": "any text, the same in every file; leading zeros count, and no names are needed",
}
"""How the cells of each type are written."""


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


CALENDAR = "calendar"
"""The name of the file that holds the stretches of supplied calendars."""

CALENDAR_COLUMNS = (
    Column(CALENDAR, "one of", "which calendar the stretch is of", needed=True),
    Column("start", "date", "its first day", needed=True),
    Column("end", "date", "its last day, still inside", needed=True),
)


def describe(
    kinds: Mapping[str, Kind], calendars: Mapping[str, Calendar]
) -> tuple[Description, ...]:
    """Every kind of the vocabulary with its columns, subjects first; calendars last, if any."""
    order = sorted(kinds.values(), key=lambda kind: kind.nature != "subject")
    return (*(Description(kind, columns_of(kind)) for kind in order), *_calendars(calendars))


def _calendars(calendars: Mapping[str, Calendar]) -> Iterator[Description]:
    supplied = tuple(name for name, calendar in calendars.items() if calendar.first is None)
    if supplied:
        which, *days = CALENDAR_COLUMNS
        kind = Kind(CALENDAR, "period", title="Stretches of days that the authority sets")
        yield Description(kind, (evolve(which, values=supplied), *days))


def columns_of(kind: Kind) -> tuple[Column, ...]:
    """The columns of a kind, in the order in which a template has them."""
    return (*_own_columns(kind), *_attributes(kind))


def names_of(kind: Kind) -> tuple[str, ...]:
    """The names that a kind's file may have; that of the first subject may be ``person``."""
    is_first = kind.nature == "subject" and kind.subject is None
    return (kind.name, *kind.aliases, *(("person",) if is_first else ()))


def spaced(name: str) -> str:
    """A name as words."""
    return name.replace("_", " ")


def _own_columns(kind: Kind) -> Iterator[Column]:
    name = spaced(kind.name)
    if kind.nature == "subject":
        files = "in every file" if kind.subject is None else f"in every file about a {name}"
        yield Column(kind.id_column, "id", f"who the {name} is, {files}", needed=True)
        yield Column("born", "date", "date of birth")
        return
    yield Column("id", "id", f"a reference for the {name}, unlike that of any other")
    yield Column(kind.id_column, "id", "whom the row concerns", needed=True)
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
