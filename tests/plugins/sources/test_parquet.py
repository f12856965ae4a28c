"""The ``parquet`` source: the facts that a ``csv:`` folder of the same cells gives."""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from attrs import asdict
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duly.dsl.policy import Attribute, Kind
from duly.engine.facts import Facts
from duly.engine.raw import Coverage, FactsError, RawFacts, RawTable, id_in
from duly.engine.reading import build
from duly.plugins.sources import csv_folder
from duly.plugins.sources.parquet_folder import parted, read, register_fact_sources
from duly.plugins.sources.parquet_write import write_folder
from tests.facts_told import read_and_not, told

Kinds = Mapping[str, Kind]
Write = Callable[..., Path]


@pytest.fixture
def tables(tmp_path: Path) -> Write:
    """Writes Parquet files, given their columns, and gives their folder."""

    def write(**files: Mapping[str, Any]) -> Path:
        for name, columns in files.items():
            pq.write_table(pa.table(dict(columns)), tmp_path / f"{name}.parquet")
        return tmp_path

    return write


def error(folder: Path, kinds: Kinds) -> dict[str, str]:
    with pytest.raises(FactsError) as raised:
        read(str(folder), kinds)
    return asdict(raised.value)


def cells(facts: RawFacts, column: str) -> list[str | None]:
    (table,) = facts.tables
    return list(table.columns[column])


def in_parts(location: Path, kinds: Kinds, size: int) -> list[Facts]:
    """All parts of a folder, of each subject in turn."""
    source = parted(str(location), kinds)
    subjects = [kind for kind in kinds.values() if kind.nature == "subject"]
    return [
        build([source.read(subject, part)], kinds)
        for subject in subjects
        for part in source.parts(subject, size)
    ]


# --------------------------------------------------------------------------- the whole


def test_the_source_is_registered_as_parquet() -> None:
    (source,) = register_fact_sources()
    assert (source.name, source.read, source.parted) == ("parquet", read, parted)


def test_a_folder_gives_a_table_for_each_file(tables: Write, kinds: Kinds) -> None:
    folder = tables(
        child={"Person ID": ["1", "2", None]},
        visit={"person_id": ["1"], "date": ["2024-03-08"], "remark": ["x"]},
    )
    facts = read(str(folder), kinds)
    assert [(each.kind, each.place, list(each.rows)) for each in facts.tables] == [
        ("child", "child.parquet", [1, 2, 3]),
        ("visit", "visit.parquet", [1]),
    ]
    assert list(facts.tables[0].columns["person_id"]) == ["1", "2", None]
    assert facts.notes == (
        "`child.parquet` does not have `born`: what they would say is unknown",
        "`visit.parquet` does not have `kind`, `seen`, `seen_alone`, `recorded_on`: "
        "what they would say is unknown",
        "`visit.parquet` also has `remark`: not read, the rules do not know of it",
    )


SUMMER_NOON = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
TYPED = {
    "text": (["2024-03-08", None, ""], None, ["2024-03-08", None, ""]),
    "dictionary": (["a", "b", "a"], pa.dictionary(pa.int8(), pa.string()), ["a", "b", "a"]),
    "large text": (["a", None], pa.large_string(), ["a", None]),
    "bytes": ([b"a", None], pa.binary(), ["a", None]),
    "days": ([date(2024, 3, 8), None], pa.date32(), ["2024-03-08", None]),
    "moments": (
        [datetime(2024, 3, 8, 14, 30), datetime(2024, 3, 8)],
        pa.timestamp("us"),
        ["2024-03-08 14:30:00", "2024-03-08 00:00:00"],
    ),
    "fine moments": ([0, 1], pa.timestamp("ns"), ["1970-01-01 00:00:00"] * 2),
    "moments in a zone": (
        [SUMMER_NOON],
        pa.timestamp("ms", "Europe/London"),
        ["2024-07-01 12:00:00Z"],
    ),
    "yes and no": ([True, False, None], pa.bool_(), ["yes", "no", None]),
    "whole numbers": ([7, -1, None], pa.int16(), ["7", "-1", None]),
    "numbers with gaps": (
        [7.0, 1234567890.0, 1.5, None],
        pa.float64(),
        ["7", "1234567890", "1.5", None],
    ),
    "decimals": ([Decimal("7.00"), Decimal("7.50")], pa.decimal128(5, 2), ["7", "7.50"]),
    "nothing": ([None, None], pa.null(), [None, None]),
}


@pytest.mark.parametrize("name", TYPED)
def test_typed_values_become_the_text_that_a_csv_file_would_hold(
    tables: Write, kinds: Kinds, name: str
) -> None:
    values, type_, texts = TYPED[name]
    folder = tables(child={"person_id": ["x"] * len(values), "born": pa.array(values, type_)})
    assert cells(read(str(folder), kinds), "born") == texts


def test_times_of_day_count_as_in_text(tables: Write, kinds: Kinds) -> None:
    moments = [datetime(2024, 7, 1, 14, 30), datetime(2024, 7, 2)]
    dates = pa.array(moments, pa.timestamp("us"))
    folder = tables(visit={"id": ["a", "b"], "person_id": ["1", "1"], "date": dates})
    visit = build([read(str(folder), kinds)], kinds).tables["visit"]
    assert visit.times["start"].tolist() == [14 * 60 + 30, -1]


def test_days_beyond_the_tables_are_quarantined_like_those_of_text(
    tables: Write, kinds: Kinds
) -> None:
    days = [date(1899, 12, 31), date(1900, 1, 1), None, date(2100, 12, 31), date(2101, 1, 1)]
    folder = tables(
        visit={"id": [*"abcde"], "person_id": ["1"] * 5, "date": pa.array(days, pa.date32())}
    )
    facts = build([read(str(folder), kinds)], kinds)
    assert facts.tables["visit"].ids.tolist() == ["b", "d"]
    assert [(row.row, row.value, row.reason) for row in facts.quarantine] == [
        (1, "1899-12-31", "not a date (write 31/01/2024 or 2024-01-31)"),
        (5, "2101-01-01", "not a date (write 31/01/2024 or 2024-01-31)"),
        (3, "", "the date is blank"),
    ]


def test_days_where_an_answer_should_be_are_quarantined(tables: Write, kinds: Kinds) -> None:
    day = pa.array([date(2024, 3, 8)], pa.date32())
    folder = tables(visit={"id": ["a"], "person_id": ["1"], "date": day, "seen": day})
    (row,) = build([read(str(folder), kinds)], kinds).quarantine
    assert (row.column, row.value, row.reason) == ("seen", "2024-03-08", "not yes, no or blank")


@pytest.mark.parametrize("column", ["person_id", "id", "date", "remark", "seen"])
@pytest.mark.parametrize("typed", [pa.binary(), pa.string(), pa.binary(4)])
def test_bytes_that_are_no_text_are_read_escaped(
    tables: Write, kinds: Kinds, column: str, typed: pa.DataType
) -> None:
    remark = Kind(
        "visit",
        "event",
        attributes={"remark": Attribute("remark", "text"), "seen": Attribute("seen", "yes/no")},
    )
    kinds = {"child": kinds["child"], "visit": remark}
    columns = {
        "id": ["a", "b", "c"],
        "person_id": ["1", "2", "3"],
        "date": ["2024-03-08"] * 3,
        "remark": ["x", "y", "z"],
        "seen": ["yes"] * 3,
    }
    odd = pa.array([b"null", b"caf\xe9", b"null"], pa.binary(4) if typed == pa.binary(4) else None)
    if typed == pa.string():
        odd = pa.StringArray.from_buffers(3, *odd.buffers()[1:], odd.buffers()[0])
    folder = tables(child={"person_id": ["1", "2"]}, visit=columns | {column: odd})
    raw = read(str(folder), kinds)
    (visits,) = (table for table in raw.tables if table.kind == "visit")
    assert visits.columns[column][1] == r"caf\xe9"
    whole = build([raw], kinds)
    refused = [(each.column, each.value) for each in whole.quarantine if each.row == 2]
    assert refused == ([(column, r"caf\xe9")] if column in ("date", "seen") else [])
    parts = in_parts(folder, kinds, 1)
    assert (told(*parts), read_and_not(*parts)) == (told(whole), read_and_not(whole))


def test_ids_that_are_numbers_are_read_as_text(tables: Write, kinds: Kinds) -> None:
    folder = tables(
        child={"person_id": [7, 10]},
        placement={"id": ["p"], "person_id": ["7.0"], "start": ["2024-01-01"], "end": [""]},
        visit={"person_id": [10.0, 7.0], "date": ["2024-01-01"] * 2},
    )
    whole = build([read(str(folder), kinds)], kinds)
    assert whole.subjects.tolist() == ["10", "7"]
    assert told(*in_parts(folder, kinds, 1)) == told(whole)


def test_values_of_no_use_are_refused(tables: Write, kinds: Kinds) -> None:
    folder = tables(child={"person_id": ["1"], "Born": [["2012-05-03"]]})
    assert error(folder, kinds) == {
        "what": "the column `Born` of `child.parquet` holds `list<element: string>`",
        "where": str(folder / "child.parquet"),
        "why": "a fact is a text, a date, a time, a whole number or yes/no",
        "help": "write the column as text, in the way that `duly facts describe` shows",
    }


def test_a_folder_may_stand_for_a_file(tmp_path: Path, kinds: Kinds) -> None:
    for name, person in (("b", "1"), ("a", "2")):
        (tmp_path / "visit").mkdir(exist_ok=True)
        rows = pa.table({"person_id": [person, "3"], "date": ["2024-03-08", "soon"]})
        pq.write_table(rows, tmp_path / "visit" / f"{name}.parquet")
    facts = build([read(str(tmp_path), kinds)], kinds)
    assert facts.subjects.tolist() == ["1", "2", "3"]
    assert [(row.place, row.row) for row in facts.quarantine] == [
        ("visit/a.parquet", 2),
        ("visit/b.parquet", 2),
    ]
    assert told(*in_parts(tmp_path, kinds, 1)) == told(facts)


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_coverage_and_calendars_stand_beside(tables: Write, kinds: Kinds, ending: str) -> None:
    coverage = {
        "kind": ["extract", "visit"],
        "what": ["", "events"],
        "first": ["", "2024-01-01"],
        "last": ["2024-03-31", ""],
    }
    calendar = {
        "calendar": ["term", "term"],
        "start": ["2024-01-08", "x"],
        "end": ["2024-02-09"] * 2,
    }
    folder = tables(visit={"person_id": ["1", "2"], "date": ["2024-03-08"] * 2})
    if ending == "parquet":
        tables(coverage=coverage, calendar=calendar)
    else:
        for name, columns in (("coverage", coverage), ("calendar", calendar)):
            lines = [",".join(columns), *map(",".join, zip(*columns.values(), strict=True))]
            (folder / f"{name}.csv").write_text("\n".join(lines), encoding="utf-8")
    facts = read(str(folder), kinds)
    assert facts.extracted == date(2024, 3, 31)
    assert facts.coverage == (Coverage("visit", "events", date(2024, 1, 1)),)
    assert facts.calendars == {"term": [(date(2024, 1, 8), date(2024, 2, 9))]}
    whole = build([facts], kinds)
    parts = in_parts(folder, kinds, 1)
    assert (told(*parts), read_and_not(*parts)) == (told(whole), read_and_not(whole))


@pytest.mark.parametrize(
    "name",
    ["visit.csv", "visit", "visit.parq", "Visit.parquet.gz", "visit/part-0", "visit.parquet/0"],
)
def test_what_is_called_as_a_kind_and_not_read_is_named_first(
    tables: Write, kinds: Kinds, name: str
) -> None:
    folder = tables(child={"person_id": ["1"]}, zzz={"a": ["1"]})
    for each in (name, "zzz.csv", "readme.txt", ".visit", "_visit/part-0.parquet"):
        (folder / each).parent.mkdir(exist_ok=True)
        (folder / each).write_bytes(b"1")
    top = name.partition("/")[0]
    called = top.partition(".")[0]
    assert read(str(folder), kinds).notes == (
        f"`{top}` is not read: what holds `{called}` must be a Parquet file that is called "
        f"`{called}.parquet`, or files in a folder `{called}` whose names end so",
        "`zzz.parquet` was not read: no kind of fact has that name",
        "`zzz.csv` was not read: no kind of fact has that name",
        "`child.parquet` does not have `born`: what they would say is unknown",
    )


def test_a_part_that_is_not_read_is_named(tables: Write, kinds: Kinds) -> None:
    folder = tables(visit={"person_id": ["1"], "date": ["2024-03-08"]})
    for name in ("visit/_temporary/0.parquet", "visit/_SUCCESS", "visit/old/part-1"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"1")
    (folder / "visit.parquet").rename(folder / "visit/part-0.parquet")
    facts = read(str(folder), kinds)
    assert [each.place for each in facts.tables] == ["visit/part-0.parquet"]
    assert facts.notes[0] == (
        "`visit/old/part-1` is not read: what holds `visit` must be a Parquet file that is called "
        "`visit.parquet`, or files in a folder `visit` whose names end so"
    )


# ----------------------------------------------------------------- what stops a run


def test_a_folder_without_parquet_files(tmp_path: Path, kinds: Kinds) -> None:
    problem = error(tmp_path, kinds)
    assert problem["what"].endswith("there is no Parquet file")
    assert "`person.parquet`" in problem["help"]


def test_a_folder_of_csv_files(tmp_path: Path, kinds: Kinds) -> None:
    for name in ("child.csv", "visits.csv", "coverage.csv"):
        (tmp_path / name).write_text("", encoding="utf-8")
    assert error(tmp_path, kinds) == {
        "what": f"no file in `{tmp_path}` holds a kind of fact that the rules know: "
        "there is only `child.csv`, `visits.csv` (did you mean `visit`?)",
        "where": str(tmp_path),
        "why": "without facts nothing would be checked, and that is not a pass",
        "help": f"`csv:{tmp_path}` reads its CSV files",
    }


def test_a_folder_in_which_only_names_are_wrong(tmp_path: Path, kinds: Kinds) -> None:
    (tmp_path / "visit").mkdir()
    (tmp_path / "visit/part-0").write_bytes(b"1")
    (tmp_path / "coverage.csv").write_text("kind,what\n", encoding="utf-8")
    problem = error(tmp_path, kinds)
    assert problem["what"].endswith("there is only `visit`")
    assert problem["help"] == (
        "name each file as its kind of fact, such as `person.parquet`; "
        "`duly facts template DIR` writes all of them with their columns"
    )


def test_a_needed_column_that_is_missing(tables: Write, kinds: Kinds) -> None:
    folder = tables(visit={"persn id": ["1"], "date": ["2024-03-08"]})
    assert error(folder, kinds) == {
        "what": "`visit.parquet` has no column `person_id` (did you mean `persn_id`?)",
        "where": str(folder / "visit.parquet"),
        "why": "a row of `visit` means nothing without it: it says whom the row concerns",
        "help": "add or rename the column; there are `persn id`, `date`",
    }


@pytest.mark.parametrize(
    "cut", [lambda data: data[:-9], lambda data: b"", lambda data: b"a,b\n" * 9]
)
def test_a_file_that_is_cut_short_or_is_not_parquet(
    tables: Write, kinds: Kinds, cut: Callable[[bytes], bytes]
) -> None:
    path = tables(child={"person_id": ["1"]}) / "child.parquet"
    path.write_bytes(cut(path.read_bytes()))
    problem = error(path.parent, kinds)
    start = "`child.parquet` cannot be read as Parquet: Parquet "
    assert problem.pop("what").startswith(start)
    assert problem == {
        "where": str(path),
        "why": "nothing in it can be used, and without it its facts would seem not to exist",
        "help": "write the file again: it is not Parquet, or a copy that was cut short",
    }


def test_two_coverage_files(tables: Write, kinds: Kinds) -> None:
    folder = tables(child={"person_id": ["1"]}, coverage={"kind": ["x"], "what": ["events"]})
    (folder / "coverage.csv").write_text("kind,what\n", encoding="utf-8")
    assert error(folder, kinds)["what"] == (
        "`coverage.csv` and `coverage.parquet` both hold `coverage`"
    )


def test_without_the_library_it_is_said_how_to_get_it(
    tables: Write, kinds: Kinds, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tables(child={"person_id": ["1"]})
    for name in [name for name in sys.modules if name.partition(".")[0] == "pyarrow"]:
        monkeypatch.delitem(sys.modules, name)
    for name in ("parquet_file", "parquet_parts"):
        monkeypatch.delitem(sys.modules, f"duly.plugins.sources.{name}", raising=False)
    found = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.partition(".")[0] == "pyarrow":
            raise ModuleNotFoundError(f"No module named '{name}'", name=name)
        return found(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    problem = error(folder, kinds)
    assert problem["what"] == "Parquet needs the package `pyarrow`, which is not installed"
    assert 'pip install "duly[parquet]"' in problem["help"]


# ------------------------------------------------------------------------- in parts


SEVERAL: Kinds = {
    kind.name: kind
    for kind in (
        Kind("child", "subject"),
        Kind(
            "placement",
            "period",
            attributes={"carer_continues": Attribute("carer_continues", "yes/no")},
        ),
        Kind("visit", "event", of="placement", attributes={"about": Attribute("about", "text")}),
        Kind("worker", "subject", subject="worker"),
        Kind("training", "event", subject="worker"),
    )
}
PEOPLE = ["1", " 1", "10", "2", "2.0", "é", "visit", "", None, "n/a"]
DAYS = ["2024-03-01", "01/03/2024", "2024-02-01 10:15", "soon", "2023-01-01", "", None]
COLUMNS: Mapping[str, Mapping[str, Sequence[str | None]]] = {
    "child": {"person_id": PEOPLE, "born": DAYS},
    "placement": {"person_id": PEOPLE, "start": DAYS, "end": DAYS, "carer_continues": ["yes", "x"]},
    "visit": {
        "person_id": PEOPLE,
        "placement_id": ["placement-1", "placement-3", "astray", None],
        "date": DAYS,
        "about": ["a", "b", None],
    },
    "training": {"worker_id": PEOPLE, "date": DAYS},
}
COVERAGE = [
    None,
    "visit,latest_only,,",
    "visit,events,2024-02-01,\nplacement,flags,,",
    "visit,absent,,",
]


@st.composite
def folders(draw: st.DrawFn) -> tuple[dict[str, pa.Table], str | None]:
    found = {}
    for kind in draw(st.lists(st.sampled_from(sorted(COLUMNS)), min_size=1, unique=True)):
        rows = draw(st.integers(0, 10))
        columns = {
            name: draw(st.lists(st.sampled_from(some), min_size=rows, max_size=rows))
            for name, some in COLUMNS[kind].items()
        }
        if draw(st.booleans()):  # rows of one person may have the same id, those of two have not
            whom = columns[SEVERAL[kind].id_column]
            columns["id"] = [f"{id_in(cell)}/{draw(st.integers(0, 2))}" for cell in whom]
        found[kind] = pa.table({n: pa.array(each, pa.string()) for n, each in columns.items()})
    return found, draw(st.sampled_from(COVERAGE))


@given(
    folder=folders(),
    size=st.integers(1, 4),
    group=st.integers(1, 4),
    in_order=st.booleans(),
)
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_parts_together_are_the_whole(
    tmp_path_factory: pytest.TempPathFactory,
    folder: tuple[dict[str, pa.Table], str | None],
    size: int,
    group: int,
    in_order: bool,
) -> None:
    files, coverage = folder
    path = tmp_path_factory.mktemp("extract")
    for kind, table in files.items():
        by = SEVERAL[kind].id_column
        rows = table.sort_by(by) if in_order else table
        pq.write_table(rows, path / f"{kind}.parquet", row_group_size=group)
    if coverage is not None:
        (path / "coverage.csv").write_text(f"kind,what,first,last\n{coverage}\n", encoding="utf-8")
    whole = build([read(str(path), SEVERAL)], SEVERAL)
    parts = in_parts(path, SEVERAL, size)
    assert told(*parts) == told(whole)
    assert read_and_not(*parts) == read_and_not(whole)


def test_a_part_holds_so_many(tables: Write, kinds: Kinds) -> None:
    folder = tables(
        child={"person_id": ["b", "a", "d"]},
        visit={"person_id": ["c", "e", "a"], "date": ["2024-01-01"] * 3},
    )
    source = parted(str(folder), kinds)
    assert source.parts(kinds["child"], 2) == [(None, "c"), ("c", "e"), ("e", None)]
    middle = source.read(kinds["child"], ("c", "e"))
    assert [(each.kind, list(each.rows)) for each in middle.tables] == [
        ("child", [3]),
        ("visit", [1]),
    ]


def test_nobody_is_one_part(tables: Write, kinds: Kinds) -> None:
    folder = tables(child={"person_id": pa.array([], pa.string())})
    assert parted(str(folder), kinds).parts(kinds["child"], 10) == [(None, None)]


# ------------------------------------------------------------------------ converting


CHILDREN = "person_id,born\nb,2012-05-03\na,\n"
VISITS = (
    "id,person_id,date,kind\nv1,b,2024-03-08,cla\n,a,2024-03-09,cp\nv3,b,soon,cla\n,,2024-03-01,\n"
)


def test_what_is_converted_says_the_same(tmp_path: Path, kinds: Kinds) -> None:
    given, made = tmp_path / "given", tmp_path / "made"
    given.mkdir()
    for name, text in {
        "child": CHILDREN,
        "visit": VISITS,
        "coverage": "kind,what,first,last\nextract,,,2024-03-31\nvisit,latest_only,,\n",
        "calendar": "calendar,start,end\nterm,2024-01-08,2024-02-09\n",
    }.items():
        (given / f"{name}.csv").write_text(text, encoding="utf-8")
    before = csv_folder.read(str(given), kinds)
    write_folder(made, before, kinds)
    after = read(str(made), kinds)
    assert (after.extracted, after.coverage) == (before.extracted, before.coverage)
    assert after.calendars == before.calendars
    assert list(after.tables[1].columns["person_id"]) == ["", "a", "b", "b"]

    def known(facts: Facts) -> dict[str, Any]:
        found = told(facts)
        for each in found.values():
            for table in each["tables"].values():
                for row in table["rows"]:
                    del row["from"]  # the place is another
        return found

    assert known(build([after], kinds)) == known(build([before], kinds))


def test_tables_of_one_kind_become_one(tmp_path: Path, kinds: Kinds) -> None:
    day = ["2024-03-08"]
    first = RawTable("visit", "a.csv", [2], {"person_id": ["2"], "date": day, "seen": ["yes"]})
    second = RawTable("visit", "b.csv", [2], {"person_id": ["1"], "date": day})
    write_folder(tmp_path / "made", RawFacts((first, second)), kinds)
    (table,) = read(str(tmp_path / "made"), kinds).tables
    assert {name: list(cells) for name, cells in table.columns.items()} == {
        "id": ["visit-2.2", "visit-1.2"],
        "person_id": ["1", "2"],
        "date": ["2024-03-08"] * 2,
        "seen": [None, "yes"],
    }


def test_a_gap_that_the_folder_could_not_tell_is_refused(tmp_path: Path, kinds: Kinds) -> None:
    gap = Coverage("visit", "absent", only=("kind", "cp"))
    with pytest.raises(FactsError, match="no `visit` whose kind is `cp` is held there"):
        write_folder(tmp_path / "made", RawFacts(coverage=(gap,)), kinds)
