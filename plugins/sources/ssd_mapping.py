"""How a table of the dataset becomes one kind of fact: a mapping is data, ``apply`` reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from attrs import field, frozen

from duly.dsl.plurals import number_of
from duly.dsl.policy import Kind
from duly.engine.hookspecs import Supply
from duly.engine.raw import Cell, FactsError, Quarantined, RawTable
from duly.plugins.sources.canonical import Column, columns_of, spaced
from duly.plugins.sources.csv_file import CsvFile, perhaps, quoted
from duly.plugins.sources.ssd_columns import Code, LeftOut, Names, Source, ids, plain


@frozen
class Extract:
    """The dataset's tables that were found, by name."""

    folder: Path
    files: Mapping[str, CsvFile]


@frozen
class Link:
    """The child by way of another table: this table's key, that table, its key and its child."""

    key: Names
    table: str
    their_key: Names
    person: Names


@frozen
class TableMapping:
    """One table as one kind of fact.

    ``only`` takes the rows whose code means the kind; ``prefix`` keeps apart ids that several
    tables share.
    """

    table: str
    kind: str
    columns: Mapping[str, Source]
    links: tuple[Link, ...] = ()
    constants: Mapping[str, str] = field(factory=dict)
    only: Code | None = None
    left_out: tuple[LeftOut, ...] = ()
    prefix: str = ""

    @property
    def supply(self) -> Supply:
        """What it can fill, beside the ids of the row and of what it belongs to."""
        constants = {name: frozenset((value,)) for name, value in self.constants.items()}
        columns = {
            name: frozenset(source.values) if isinstance(source, Code) else None
            for name, source in self.columns.items()
            if name != "id" and not name.endswith("_id")
        }
        return Supply(self.kind, columns | constants)

    def reads(self) -> set[str]:
        """The tables that it needs."""
        return {self.table, *(link.table for link in self.links)}


@frozen
class Mapped:
    """What one mapping made, and which rows of the table it accounts for."""

    mapping: TableMapping
    table: RawTable
    taken: frozenset[int]
    quarantine: tuple[Quarantined, ...]
    notes: tuple[str, ...]


def apply(mapping: TableMapping, extract: Extract, kind: Kind) -> Mapped | None:
    """The kind's facts out of its table, or nothing where the table is not there."""
    file = extract.files.get(mapping.table)
    if file is None:
        return None
    taken = _chosen(mapping, file)
    aside = [(rule.words, rule.rows(file) & taken) for rule in mapping.left_out]
    events = sorted(taken.difference(*(rows for _, rows in aside)))
    people = _people(mapping, extract, file, kind)
    lost = [row for row in events if not people[row]]
    kept = [row for row in events if people[row]]
    columns, missing = _columns(mapping, extract, file, kind)
    every = {**columns, "person_id": people}
    return Mapped(
        mapping=mapping,
        table=RawTable(
            kind.name,
            file.place,
            [file.rows[row] for row in kept],
            {name: [column[row] for row in kept] for name, column in every.items()},
        ),
        taken=frozenset(taken),
        quarantine=tuple(_nobody(mapping, file, row) for row in lost),
        notes=(*_left_out_notes(file, aside), *_missing_notes(file, missing)),
    )


def _chosen(mapping: TableMapping, file: CsvFile) -> set[int]:
    if mapping.only is None:
        return set(range(len(file.rows)))
    return {row for row, kind in enumerate(mapping.only.read(file) or ()) if kind == mapping.kind}


def _people(mapping: TableMapping, extract: Extract, file: CsvFile, kind: Kind) -> list[str]:
    """Each row's child: named on the row, else found by the first link that leads to one."""
    source = mapping.columns["person_id"]
    own = ids(file, source.names)
    keyed = [(link, ids(file, link.key)) for link in mapping.links if link.table in extract.files]
    ways = [
        (_index(extract.files[link.table], link), keys) for link, keys in keyed if keys is not None
    ]
    if own is None and not ways:
        raise _missing_column(mapping, extract, file, kind, "person_id")
    people = list(own if own is not None else [""] * len(file.rows))
    for index, keys in ways:
        people = [person or index.get(key, "") for person, key in zip(people, keys, strict=True)]
    return people


def _index(file: CsvFile, link: Link) -> Mapping[str, str]:
    keys, people = ids(file, link.their_key), ids(file, link.person)
    if keys is None or people is None:
        return {}
    return {key: person for key, person in zip(keys, people, strict=True) if key and person}


def _columns(
    mapping: TableMapping, extract: Extract, file: CsvFile, kind: Kind
) -> tuple[dict[str, Sequence[Cell]], list[str]]:
    """The kind's columns other than the child, and the optional ones that the table lacks."""
    columns: dict[str, Sequence[Cell]] = {}
    missing = []
    for column in columns_of(kind):
        source = mapping.columns.get(column.name)
        if column.name in mapping.constants:
            columns[column.name] = [mapping.constants[column.name]] * len(file.rows)
        elif source is None or column.name == "person_id":
            continue
        elif (found := source.read(file)) is not None:
            columns[column.name] = _clean(column, found, mapping.prefix)
        elif column.needed:
            raise _missing_column(mapping, extract, file, kind, column.name)
        else:
            missing.append(source.names[0])
    return columns, missing


def _clean(column: Column, found: Sequence[Cell], prefix: str) -> Sequence[Cell]:
    """Ids as they are compared, the row's own with its table's prefix; other cells as they are."""
    if column.type != "id":
        return found
    before = prefix if column.name == "id" else ""
    return [f"{before}{id}" if id else None for id in plain(found)]


def _missing_column(
    mapping: TableMapping, extract: Extract, file: CsvFile, kind: Kind, name: str
) -> FactsError:
    names = mapping.columns[name].names
    keys = tuple(key for link in mapping.links for key in link.key) if name == "person_id" else ()
    near = perhaps(names[0], file.columns)
    return FactsError(
        what=f"`{file.place}` has none of {quoted((*names, *keys))}{near}",
        where=f"{extract.folder / file.place}:1",
        why=f"no {spaced(kind.name)} can be made of a row without it",
        help="export the table with the column names of the dataset",
    )


def _nobody(mapping: TableMapping, file: CsvFile, row: int) -> Quarantined:
    """A row whose child nobody can tell, with the key that led nowhere."""
    for link in mapping.links:
        keys = ids(file, link.key)
        if keys is not None and keys[row]:
            reason = f"`{link.table}` has no such row, so it is not known whose this is"
            return Quarantined(file.place, file.rows[row], link.key[0], keys[row], reason)
    name = mapping.columns["person_id"].names[0]
    return Quarantined(file.place, file.rows[row], name, "", "it is not said whose this is")


def _left_out_notes(file: CsvFile, aside: Sequence[tuple[str, set[int]]]) -> list[str]:
    return [
        f"`{file.place}`: {number_of(len(rows), 'row')} left out as no event: {words}"
        for words, rows in aside
        if rows
    ]


def _missing_notes(file: CsvFile, missing: Sequence[str]) -> list[str]:
    if not missing:
        return []
    return [f"`{file.place}` does not have {quoted(missing)}: what they would say is unknown"]
