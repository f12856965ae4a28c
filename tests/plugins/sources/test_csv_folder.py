"""The ``csv`` source: folders as councils write them, with all that can be wrong in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

import pytest
from attrs import asdict

from duly.dsl.policy import Kind
from duly.engine.raw import Coverage, FactsError, Quarantined, RawFacts, RawTable
from duly.plugins.sources.csv_folder import read, register_fact_sources

Write = Callable[..., Path]
Kinds = Mapping[str, Kind]

VISITS = "id,person_id,date,kind,seen,seen_alone,recorded_on\n"


def only_table(facts: RawFacts) -> RawTable:
    (table,) = facts.tables
    return table


def cells(facts: RawFacts, column: str) -> list[str | None]:
    return list(only_table(facts).columns[column])


def error(folder: Path, kinds: Kinds) -> dict[str, str]:
    with pytest.raises(FactsError) as raised:
        read(str(folder), kinds)
    return asdict(raised.value)


def test_a_folder_gives_a_table_for_each_file(folder: Write, kinds: Kinds) -> None:
    facts = read(
        str(
            folder(
                child="person_id,born\n1,2012-05-03\n",
                visit=VISITS + "v1,1,2024-03-08,cla,yes,no,2024-03-09\n",
            )
        ),
        kinds,
    )
    assert facts == RawFacts(
        tables=(
            RawTable(
                "child", "child.csv", range(2, 3), {"person_id": ["1"], "born": ["2012-05-03"]}
            ),
            RawTable(
                "visit",
                "visit.csv",
                range(2, 3),
                {
                    "id": ["v1"],
                    "person_id": ["1"],
                    "date": ["2024-03-08"],
                    "kind": ["cla"],
                    "seen": ["yes"],
                    "seen_alone": ["no"],
                    "recorded_on": ["2024-03-09"],
                },
            ),
        )
    )


def test_the_source_is_registered_as_csv() -> None:
    assert [(source.name, source.read) for source in register_fact_sources()] == [("csv", read)]


@pytest.mark.parametrize("name", ["child", "person", "CLA", "Person "])
def test_a_file_may_bear_any_of_its_kinds_names(folder: Write, kinds: Kinds, name: str) -> None:
    facts = read(str(folder(**{name: "person_id,born\n1,2012-05-03\n"})), kinds)
    assert [table.kind for table in facts.tables] == ["child"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_every_encoding_that_systems_write_is_read(
    folder: Write, kinds: Kinds, encoding: str
) -> None:
    text = "person_id,born,remark\nZoë–1,2012-05-03,“x”\n".encode(encoding)
    assert cells(read(str(folder(child=text)), kinds), "person_id") == ["Zoë–1"]


def test_big_endian_utf_16_is_read(folder: Write, kinds: Kinds) -> None:
    text = b"\xfe\xff" + "person_id,born\n007,2012-05-03\n".encode("utf-16-be")
    assert cells(read(str(folder(child=text)), kinds), "person_id") == ["007"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_header_says_what_separates_cells(folder: Write, kinds: Kinds, delimiter: str) -> None:
    text = "person_id,born\r\n1,2012-05-03\r\n".replace(",", delimiter)
    assert cells(read(str(folder(child=text)), kinds), "born") == ["2012-05-03"]


@pytest.mark.parametrize(
    "header",
    [
        "Person ID ,Born",
        "person\u00a0id,born\u00a0",
        "\u201cPERSON-ID\u201d,\u2018born\u2019",
        "person   id,\ufeffBORN",
        '"Person_ID"," born "',
    ],
)
def test_headers_are_matched_however_they_are_written(
    folder: Write, kinds: Kinds, header: str
) -> None:
    facts = read(str(folder(child=f"{header}\n1,2012-05-03\n")), kinds)
    assert only_table(facts).columns == {"person_id": ["1"], "born": ["2012-05-03"]}
    assert facts.notes == ()


def test_ids_keep_leading_zeros_and_lose_point_nought(folder: Write, kinds: Kinds) -> None:
    text = "person_id,born\n00421,\n1001.0,\n1.05,\nA.0,\n"
    facts = read(str(folder(child=text)), kinds)
    assert cells(facts, "person_id") == ["00421", "1001", "1.05", "A.0"]


def test_only_ids_lose_point_nought(folder: Write, kinds: Kinds) -> None:
    facts = read(str(folder(child="person_id,born\n1,3.0\n")), kinds)
    assert cells(facts, "born") == ["3.0"]


def test_a_row_is_numbered_by_the_line_it_begins_on(folder: Write, kinds: Kinds) -> None:
    text = 'person_id,born,remark\n1,,"two\nlines"\n2,,\n\n3,,"a\r\nb\r\nc"\n4,,\n'
    facts = read(str(folder(child=text)), kinds)
    assert list(only_table(facts).rows) == [2, 4, 6, 9]
    assert cells(facts, "person_id") == ["1", "2", "3", "4"]


def test_rows_of_a_plain_file_are_numbered_from_two(folder: Write, kinds: Kinds) -> None:
    facts = read(str(folder(child="person_id,born\n1,\n2,\n")), kinds)
    assert list(only_table(facts).rows) == [2, 3]


def test_lines_before_the_header_count_as_lines(folder: Write, kinds: Kinds) -> None:
    facts = read(str(folder(child="\n\nperson_id,born\n1,\n")), kinds)
    assert list(only_table(facts).rows) == [4]


def test_short_rows_are_filled_up_and_empty_ones_skipped(folder: Write, kinds: Kinds) -> None:
    facts = read(str(folder(child="person_id,born\n1\n\n,\n  \n2,2012-05-03,\n")), kinds)
    assert only_table(facts).columns == {"person_id": ["1", "2"], "born": ["", "2012-05-03"]}
    assert list(only_table(facts).rows) == [2, 6]
    assert facts.quarantine == ()


def test_a_row_of_too_many_cells_is_quarantined(folder: Write, kinds: Kinds) -> None:
    facts = read(str(folder(child="person_id,born\n1,3,May 2012\n2,2012-05-03\n")), kinds)
    assert cells(facts, "person_id") == ["2"]
    reason = "the row has 3 cells where the header has 2"
    assert facts.quarantine == (Quarantined("child.csv", 2, "", "May 2012", reason),)


def test_a_file_with_headers_alone_is_a_kind_with_no_rows(folder: Write, kinds: Kinds) -> None:
    facts = read(str(folder(visit=VISITS)), kinds)
    assert list(only_table(facts).rows) == []
    assert cells(facts, "date") == []


def test_what_is_unknown_or_missing_is_named(folder: Write, kinds: Kinds) -> None:
    facts = read(
        str(folder(visit="Person ID,Date,kind,seen,Worker,seen alon\n1,2024-03-08,cla,yes,x,no\n")),
        kinds,
    )
    assert set(only_table(facts).columns) == {"person_id", "date", "kind", "seen"}
    assert facts.notes == (
        "`visit.csv` does not have `seen_alone`, `recorded_on`: what they would say is unknown",
        "`visit.csv` also has `Worker`, `seen alon` (did you mean `seen_alone`?): "
        "not read, the rules do not know of it",
    )


def test_a_file_that_matches_nothing_is_named(folder: Write, kinds: Kinds) -> None:
    facts = read(str(folder(child="person_id,born\n", visits=VISITS, zzz="a\n")), kinds)
    assert facts.notes == (
        "`visits.csv` was not read: no kind of fact has that name (did you mean `visit`?)",
        "`zzz.csv` was not read: no kind of fact has that name",
    )


@pytest.mark.parametrize("name", ["visit", "visit.csv.gz", "Visit.txt", "visit.parquet"])
def test_what_is_called_as_a_kind_and_not_read_is_named_first(
    folder: Write, kinds: Kinds, name: str
) -> None:
    path = folder(child="person_id\n1\n", zzz="a\n")
    for each in (name, "readme.txt", ".visit.txt"):
        (path / each).write_bytes(b"1")
    called = name.partition(".")[0]
    assert read(str(path), kinds).notes == (
        f"`{name}` is not read: what holds `{called}` must be a CSV file that is called "
        f"`{called}.csv`",
        "`zzz.csv` was not read: no kind of fact has that name",
        "`child.csv` does not have `born`: what they would say is unknown",
    )


def test_a_link_to_a_period_is_read(folder: Write, kinds: Kinds) -> None:
    text = "id,person_id,placement_id,start,end\n1,7,0012.0,2024-03-08,\n"
    facts = read(str(folder(long_term_foster=text)), kinds)
    assert cells(facts, "placement_id") == ["0012"]


# ------------------------------------------------------------------ what stops a run


def test_a_folder_of_parquet_files(tmp_path: Path, kinds: Kinds) -> None:
    for name in ("child.parquet", "visit/part-0.parquet"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"1")
    assert error(tmp_path, kinds) == {
        "what": f"no file in `{tmp_path}` holds a kind of fact that the rules know: "
        "there is only `child.parquet`, `visit`",
        "where": str(tmp_path),
        "why": "without facts nothing would be checked, and that is not a pass",
        "help": f"`parquet:{tmp_path}` reads its Parquet files",
    }


def test_a_folder_that_is_not_there(tmp_path: Path, kinds: Kinds) -> None:
    missing = tmp_path / "extract"
    assert error(missing, kinds) == {
        "what": f"there is no `{missing}`",
        "where": str(missing),
        "why": "facts are read from a folder that holds one CSV file for each kind of fact",
        "help": "give the folder that holds the files, for example `csv:extract`",
    }


def test_a_file_in_place_of_a_folder(folder: Write, kinds: Kinds) -> None:
    file = folder(child="person_id\n") / "child.csv"
    assert error(file, kinds)["what"] == f"`{file}` is not a folder"


def test_an_empty_folder(tmp_path: Path, kinds: Kinds) -> None:
    assert error(tmp_path, kinds) == {
        "what": f"no file in `{tmp_path}` holds a kind of fact that the rules know: "
        "there is no CSV file",
        "where": str(tmp_path),
        "why": "without facts nothing would be checked, and that is not a pass",
        "help": "name each file as its kind of fact, such as `person.csv`; "
        "`duly facts template DIR` writes all of them with their columns",
    }


def test_a_folder_of_other_files(folder: Write, kinds: Kinds) -> None:
    path = folder(visitz=VISITS, coverage="kind,what\n")
    assert error(path, kinds)["what"] == (
        f"no file in `{path}` holds a kind of fact that the rules know: "
        "there is only `visitz.csv` (did you mean `visit`?)"
    )


def test_two_files_of_one_kind(folder: Write, kinds: Kinds) -> None:
    path = folder(child="person_id\n1\n", person="person_id\n1\n")
    assert error(path, kinds) == {
        "what": "`child.csv` and `person.csv` both hold `child`",
        "where": str(path),
        "why": "it is not known whether one repeats the other",
        "help": "keep one of them, or put their rows together in one file",
    }


def test_a_workbook_that_calls_itself_csv(folder: Write, kinds: Kinds) -> None:
    path = folder(child=b"PK\x03\x04\x14\x00\x06\x00")
    assert error(path, kinds) == {
        "what": "`child.csv` is not a CSV file: it holds bytes that text never holds",
        "where": str(path / "child.csv"),
        "why": "nothing in it can be read, and without it its facts would seem not to exist",
        "help": "open it in the program that made it and save it as `CSV UTF-8 (comma delimited)`",
    }


@pytest.mark.parametrize("data", [b"\x81\x8d\xff,x\n", b"\xff\xfea"])
def test_bytes_that_no_encoding_explains(folder: Write, kinds: Kinds, data: bytes) -> None:
    assert error(folder(child=data), kinds)["what"] == (
        "`child.csv` is not a CSV file: it is neither UTF-8 nor UTF-16 nor Windows text"
    )


def test_a_needed_column_that_is_missing(folder: Write, kinds: Kinds) -> None:
    path = folder(visit="id,persn id,date\n1,2,2024-03-08\n")
    assert error(path, kinds) == {
        "what": "`visit.csv` has no column `person_id` (did you mean `persn_id`?)",
        "where": f"{path / 'visit.csv'}:1",
        "why": "a row of `visit` means nothing without it: it says whom the row concerns",
        "help": "add or rename the column; there are `id`, `persn id`, `date`",
    }


def test_periods_need_an_end_column(folder: Write, kinds: Kinds) -> None:
    path = folder(placement="person_id,start\n1,2024-03-08\n")
    assert error(path, kinds)["what"] == "`placement.csv` has no column `end`"


def test_an_empty_file_has_no_columns(folder: Write, kinds: Kinds) -> None:
    problem = error(folder(visit=""), kinds)
    assert problem["what"] == "`visit.csv` has no column `person_id`"
    assert problem["help"] == "add or rename the column; there are no columns"


def test_a_column_that_appears_twice(folder: Write, kinds: Kinds) -> None:
    path = folder(visit="person_id,date,Date \n1,2024-03-08,2024-03-09\n")
    assert error(path, kinds) == {
        "what": "the column `date` appears twice",
        "where": str(path / "visit.csv"),
        "why": "it is not known which of the two holds the facts",
        "help": "remove or rename one of them",
    }


def test_a_quotation_mark_that_is_never_closed(folder: Write, kinds: Kinds) -> None:
    path = folder(child='person_id,born\n1,2012-05-03\n"2,2012-05-03\n3,2012-05-03\n')
    assert error(path, kinds) == {
        "what": "`child.csv` cannot be split into rows: a quotation mark is never closed",
        "where": f"{path / 'child.csv'}:3",
        "why": "rows after this place would be read as one cell, and be missed without a word",
        "help": "close the quotation mark, or write the file again from the case system",
    }


# ------------------------------------------------------------------------- coverage


def test_coverage_and_the_day_of_the_extract(folder: Write, kinds: Kinds) -> None:
    facts = read(
        str(
            folder(
                child="person_id,born\n",
                visit="person_id,date\n",
                coverage="Kind,What,First,Last\n"
                "extract,,,31/03/2026\n"
                "visit,events,01/04/2024,2026-03-30\n"
                "Person,Latest only,,\n"
                "placement,absent\n",
            )
        ),
        kinds,
    )
    assert facts.extracted == date(2026, 3, 31)
    assert facts.coverage == (
        Coverage("visit", "events", date(2024, 4, 1), date(2026, 3, 30)),
        Coverage("child", "latest_only"),
        Coverage("placement", "absent"),
    )


@pytest.mark.parametrize(
    ("line", "what", "help"),
    [
        (
            "visits,events,,",
            "no kind of fact is called `visits` (did you mean `visit`?)",
            "use a name of the vocabulary; `duly facts describe` lists them",
        ),
        (
            "visit,event,,",
            "`event` is no word for coverage (did you mean `events`?)",
            "say one of `events`, `latest_only`, `flags`, `absent`",
        ),
        (
            "visit,events,03/31/2026,",
            "`03/31/2026` is not a date",
            "write it as 31/03/2026 or 2026-03-31, or leave it blank",
        ),
    ],
)
def test_coverage_that_cannot_be_read(
    folder: Write, kinds: Kinds, line: str, what: str, help: str
) -> None:
    path = folder(child="person_id,born\n", coverage=f"kind,what,first,last\n{line}\n")
    assert error(path, kinds) == {
        "what": what,
        "where": f"{path / 'coverage.csv'}:2",
        "why": "what a source holds decides whether a missing fact is a failing or not known",
        "help": help,
    }


def test_coverage_without_its_columns(folder: Write, kinds: Kinds) -> None:
    path = folder(child="person_id,born\n", coverage="kind,first,last\nvisit,,\n")
    assert error(path, kinds) == {
        "what": "`coverage.csv` has no column `what`",
        "where": f"{path / 'coverage.csv'}:1",
        "why": "without it no row of the file says anything",
        "help": "its columns are `kind`, `what`, `first` and `last`",
    }
