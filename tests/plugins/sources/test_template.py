"""Empty files to fill in, and what the vocabulary says of each column."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from duly.dsl.policy import Kind
from duly.plugins.sources.canonical import Column, describe
from duly.plugins.sources.csv_folder import read
from duly.plugins.sources.template import write_template

Kinds = Mapping[str, Kind]


def test_a_template_has_a_file_for_each_kind(tmp_path: Path, kinds: Kinds) -> None:
    written = write_template(tmp_path / "new", kinds, {})
    assert {path.name: path.read_text() for path in written if path.suffix == ".csv"} == {
        "child.csv": "person_id,born\n",
        "placement.csv": "id,person_id,start,end,type,carer_continues\n",
        "long_term_foster.csv": "id,person_id,placement_id,start,end\n",
        "visit.csv": "id,person_id,date,kind,seen,seen_alone,recorded_on\n",
        "coverage.csv": "kind,what,first,last\n",
    }


def test_a_template_says_in_words_what_each_column_holds(tmp_path: Path, kinds: Kinds) -> None:
    readme = write_template(tmp_path, kinds, {})[-1]
    assert readme.name == "README.txt"
    assert (
        "visit.csv  A visit to a child\n"
        "  id           a reference for the visit, unlike that of any other (id)\n"
        "  person_id    whom the row concerns (id, needed)\n"
        "  date         the day on which it happened (date, needed)\n"
        "  kind         kind (one of cla, cp, cin)\n"
        "  seen         seen (yes/no)\n"
        "  seen_alone   seen alone (yes/no)\n"
        "  recorded_on  the day on which it was done: record (date)\n"
    ) in readme.read_text()


def test_an_empty_template_is_a_folder_without_facts(tmp_path: Path, kinds: Kinds) -> None:
    write_template(tmp_path, kinds, {})
    facts = read(str(tmp_path), kinds)
    assert [(table.kind, len(table.rows)) for table in facts.tables] == [
        ("child", 0),
        ("long_term_foster", 0),
        ("placement", 0),
        ("visit", 0),
    ]
    assert facts.notes == ()


def test_kinds_are_described_with_subjects_first(kinds: Kinds) -> None:
    reversed_kinds = dict(reversed(kinds.items()))
    first, *_ = describe(reversed_kinds, {})
    assert first.file == "child.csv"
    assert first.columns == (
        Column("person_id", "id", "who the child is, in every file", needed=True),
        Column("born", "date", "date of birth"),
    )
