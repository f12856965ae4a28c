"""``ssd:DIR``: tables of the Standard Safeguarding Dataset as CSV files, to raw facts.

What each table gives is said once, in ``duly.plugins.sources.ssd_tables``.  Periods of care, and
whether the carer stays the same, are worked out of the episodes before (``ssd_episodes``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from duly.dsl.plurals import number_of
from duly.dsl.policy import Kind
from duly.engine.hookspecs import FactSource, hookimpl
from duly.engine.raw import Coverage, FactsError, RawFacts
from duly.plugins.sources.canonical import names_of
from duly.plugins.sources.coverage import COVERAGE, read_coverage
from duly.plugins.sources.csv_file import (
    CsvFile,
    csv_files,
    normal,
    perhaps,
    quoted,
)
from duly.plugins.sources.csv_file import read as read_file
from duly.plugins.sources.ssd_episodes import (
    EPISODES,
    PERIODS_OF_CARE,
    with_carers,
    with_periods_of_care,
)
from duly.plugins.sources.ssd_mapping import Extract, Mapped, apply
from duly.plugins.sources.ssd_tables import MAPPINGS


@hookimpl
def register_fact_sources() -> Sequence[FactSource]:
    """The ``ssd`` source."""
    summary = "tables of the Standard Safeguarding Dataset as CSV files"
    return [FactSource("ssd", summary, read, [mapping.supply for mapping in MAPPINGS])]


def read(location: str, kinds: Mapping[str, Kind]) -> RawFacts:
    """The facts of a folder of SSD tables; what the dataset does not hold is absent."""
    folder = Path(location)
    paths = csv_files(folder)
    wanted = {name for mapping in MAPPINGS for name in mapping.reads()} - {PERIODS_OF_CARE}
    known = {normal(path.stem): path for path in paths if normal(path.stem) in wanted}
    if not known:
        raise _nothing_to_read(folder, paths, wanted)
    files = {name: read_file(path) for name, path in known.items()}
    extract = Extract(folder, with_carers(with_periods_of_care(files)))
    mapped = [
        apply(mapping, extract, kinds[mapping.kind])
        for mapping in MAPPINGS
        if mapping.kind in kinds and kinds[mapping.kind].subject is None
    ]
    by_name = {normal(name): kind for kind in kinds.values() for name in names_of(kind)}
    coverage, extracted, unasked = read_coverage(paths, by_name)
    gaps = tuple(_gaps(files, kinds))
    return RawFacts(
        tables=tuple(each.table for each in mapped if each and each.table.columns),
        coverage=(*coverage, *gaps),
        quarantine=(
            *(row for file in files.values() for row in file.quarantine),
            *(row for each in mapped if each for row in each.quarantine),
        ),
        notes=(
            *_not_read(paths, wanted),
            *unasked,
            *_merged(extract),
            *(note for each in mapped if each for note in each.notes),
            *_not_there(gaps),
            *_unused(extract, [each for each in mapped if each]),
        ),
        extracted=extracted,
    )


def _nothing_to_read(folder: Path, paths: Sequence[Path], wanted: set[str]) -> FactsError:
    names = ", ".join(f"`{path.name}`{perhaps(path.stem, wanted)}" for path in paths)
    found = f"only {names}" if names else "no CSV file"
    return FactsError(
        what=f"`{folder}` holds no table of the dataset: there is {found}",
        where=str(folder),
        why="without facts nothing would be checked, and that is not a pass",
        help="name each file as its table, such as `ssd_person.csv` and `ssd_cla_visits.csv`",
    )


def _not_read(paths: Sequence[Path], wanted: set[str]) -> Iterator[str]:
    others = [path for path in paths if normal(path.stem) not in wanted | {COVERAGE}]
    if others:
        names = ", ".join(f"`{path.name}`{perhaps(path.stem, wanted)}" for path in others)
        yield f"not read, because the rules ask for nothing in it: {names}"


def _gaps(files: Mapping[str, CsvFile], kinds: Mapping[str, Kind]) -> Iterator[Coverage]:
    """Values of an attribute whose rows no table here holds: visits of kind `cp`, say."""
    supplied: dict[tuple[str, str], set[str]] = {}
    for mapping in MAPPINGS:
        for attribute, value in mapping.constants.items():
            found = supplied.setdefault((mapping.kind, attribute), set())
            if mapping.table in files:
                found.add(value)
    for (kind, attribute), found in supplied.items():
        if kind in kinds and found:
            for value in kinds[kind].attributes[attribute].values:
                if value not in found:
                    yield Coverage(kind, "absent", only=(attribute, value))


def _not_there(gaps: Sequence[Coverage]) -> Iterator[str]:
    values: dict[tuple[str, str], list[str]] = {}
    for gap in gaps:
        if gap.only is not None:
            values.setdefault((gap.kind, gap.only[0]), []).append(gap.only[1])
    for (kind, attribute), missing in values.items():
        yield (
            f"no table here holds a {kind} whose {attribute} is {quoted(missing)}: "
            "whether one was made cannot be told"
        )


def _merged(extract: Extract) -> Iterator[str]:
    if EPISODES in extract.files:
        episodes = extract.files[EPISODES]
        periods = len(extract.files[PERIODS_OF_CARE].rows)
        count = number_of(len(episodes.rows), "episode")
        yield f"`{episodes.place}`: {count} make up {number_of(periods, 'period')} of care"


def _unused(extract: Extract, mapped: Sequence[Mapped]) -> Iterator[str]:
    """Rows of a table that none of its mappings took, such as other legal statuses."""
    tables = dict.fromkeys(each.mapping.table for each in mapped)
    for name in tables:
        file = extract.files[name]
        taken = {row for each in mapped if each.mapping.table == name for row in each.taken}
        rest = len(file.rows) - len(taken)
        if rest:
            yield f"`{file.place}`: {number_of(rest, 'row')} not used: no rule asks for such"
