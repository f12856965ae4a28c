"""``duly run``: what it shows, what it writes, and what its options change."""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]

SUMMARY = """\
As at 20 April 2024, obligations open or settled since 20 April 2023; facts from csv:facts

rule          clock              met       late    overdue    not met        due     lapsed     exempt can't tell      judge
visits        law                  3          .          1          .          1          .          .          .          .
visits        local city           2          1          1          .          1          .          .          .          .
first_review  law                  1          1          .          .          .          .          .          .          .

10 rows in = 10 used + 0 quarantined
12 obligations; 0 settled earlier are left out
wrote out.csv
"""  # noqa: E501 - as wide as the terminal shows it


def rows(path: str = "out.csv") -> list[dict[str, str]]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def brief(path: str = "out.csv", **where: str) -> list[str]:
    """The rows' anchor, deadline, effective deadline, fulfilment and verdict, as a line each."""
    columns = ("anchor_date", "deadline", "effective_deadline", "fulfilled_on", "verdict", "days")
    return [
        " ".join(row[name] or "-" for name in columns)
        for row in rows(path)
        if all(row[name] == value for name, value in where.items())
    ]


def test_the_summary_sets_each_rule_under_the_law_that_it_refines(run: Duly) -> None:
    ended = run("--out", "csv:out.csv")
    assert (ended.code, ended.out) == (0, SUMMARY)


def test_every_obligation_is_a_row_with_both_clocks(run: Duly) -> None:
    """Worked by hand: 1 March 2024 is a Friday; Easter takes 29 March and 1 April."""
    run("--out", "csv:out.csv")
    assert brief(subject_id="0042", pack="law") == [
        "2024-03-01 2024-04-12 2024-03-29 2024-03-05 met -",
        "2024-03-05 2024-04-16 2024-04-02 2024-04-02 met -",
        "2024-04-02 2024-05-14 2024-04-30 - due 24",
        "2024-03-01 2024-04-02 2024-04-02 2024-04-03 met_late 1",
    ]
    assert brief(subject_id="7", pack="city") == [
        "2024-01-08 2024-02-05 2024-02-05 2024-02-12 met_late 7",
        "2024-02-12 2024-03-11 2024-03-11 - overdue 40",
    ]


def test_ids_keep_their_noughts(run: Duly) -> None:
    run("--out", "csv:out.csv")
    assert {row["subject_id"] for row in rows()} == {"0042", "7"}


def test_a_row_says_where_its_clock_comes_from(run: Duly) -> None:
    run("--out", "csv:out.csv")
    assert {name: rows()[1][name] for name in ("anchor_kind", "anchor_ref", "source_ref")} == {
        "anchor_kind": "visit",
        "anchor_ref": "v1",
        "source_ref": "visit.csv, row 2",
    }


def test_the_same_input_gives_the_same_bytes(run: Duly) -> None:
    for folder in ("first", "second"):
        run(*(f"--out={name}:{folder}/out.{name}" for name in ("csv", "json", "html")))
    for name in ("csv", "json", "html"):
        assert Path(f"first/out.{name}").read_bytes() == Path(f"second/out.{name}").read_bytes()


def test_the_order_of_rows_in_a_file_means_nothing(run: Duly, desk: Path) -> None:
    """But for the places in the source, which move with their rows."""

    def told() -> list[dict[str, str]]:
        run("--out", "csv:out.csv")
        return [row | {"source_ref": ""} for row in rows()]

    before = told()
    shuffle = random.Random(5)  # noqa: S311 - no secret
    for path in (desk / "facts").glob("*.csv"):
        heading, *lines = path.read_text(encoding="utf-8").splitlines()
        shuffle.shuffle(lines)
        path.write_text("\n".join([heading, *lines, ""]), encoding="utf-8")
    assert told() == before


def test_since_leaves_out_what_was_settled_before(run: Duly) -> None:
    ended = run("--out", "csv:out.csv", "--since", "2024-04-01")
    assert "8 obligations; 4 settled earlier are left out\n" in ended.out
    assert brief(pack="city") == [
        "2024-03-05 2024-04-02 2024-04-02 2024-04-02 met -",
        "2024-04-02 2024-04-30 2024-04-30 - due 10",
        "2024-02-12 2024-03-11 2024-03-11 - overdue 40",
    ]


def test_known_at_takes_away_what_was_recorded_later(run: Duly) -> None:
    """The visit of 2 April was written down on 19 April."""
    run("--out", "csv:out.csv", "--known-at", "18/04/2024")
    assert brief(subject_id="0042", rule="visits", pack="law") == [
        "2024-03-01 2024-04-12 2024-03-29 2024-03-05 met -",
        "2024-03-05 2024-04-16 2024-04-02 - overdue 4",
    ]
    run("--out", "csv:out.csv", "--known-at", "19/04/2024")
    assert brief(subject_id="0042", rule="visits", pack="law")[1] == (
        "2024-03-05 2024-04-16 2024-04-02 2024-04-02 met -"
    )
    assert {row["known_at"] for row in rows()} == {"2024-04-19"}


def test_as_at_takes_away_what_happened_later(run: Duly) -> None:
    run("--out", "csv:out.csv", "--as-at", "01/04/2024")
    assert brief(subject_id="0042", rule="visits", pack="law") == [
        "2024-03-01 2024-04-12 2024-03-29 2024-03-05 met -",
        "2024-03-05 2024-04-16 2024-04-02 - due 15",
    ]


def test_facts_may_come_from_several_places(duly: Duly, desk: Path) -> None:
    (desk / "more").mkdir()
    for name in ("review.csv", "agreed.csv"):
        (desk / "facts" / name).rename(desk / "more" / name)
    words = ("run", "--pack", "city", "--as-at", "2024-04-20", "--out", "csv:out.csv")
    ended = duly(*words, "--facts", "csv:facts", "--facts", "csv:more")
    assert ended.code == 0
    assert len(rows()) == 12


@pytest.mark.parametrize("place", ["new", "new/deep/", "new/deep/out.{}"])
def test_of_a_run_that_fails_nothing_is_left(duly: Duly, desk: Path, place: str) -> None:
    before = sorted(desk.rglob("*"))
    outs = (f"{each}:{place.format(each)}" for each in ("csv", "parquet", "html"))
    words = ("run", "--pack", "city", "--as-at", "2024-04-20", "--facts", "csv:nope")
    assert duly(*words, *(word for out in outs for word in ("--out", out))).code == 2
    assert sorted(desk.rglob("*")) == before


def test_facts_are_not_mixed_with_what_they_come_to(duly: Duly, desk: Path) -> None:
    before = sorted(desk.rglob("*"))
    words = ("run", "--pack", "city", "--as-at", "2024-04-20", "--facts", "csv:facts")
    ended = duly(*words, "--out", "csv:new/out.csv", "--out", "parquet:facts")
    assert (ended.code, ended.out) == (2, "")
    assert "`facts` holds something else than the obligations of an earlier run" in ended.err
    assert sorted(desk.rglob("*")) == before


def test_several_formats_into_one_folder_are_replaced_together(duly: Duly, desk: Path) -> None:
    words = ("run", "--pack", "city", "--as-at", "2024-04-20", "--facts", "csv:facts")
    outs = [word for each in ("csv", "html", "json", "parquet") for word in ("--out", f"{each}:o")]
    (first, again) = (duly(*words, *outs) for _ in range(2))
    assert (again.code, again.out) == (0, first.out)
    assert len(sorted((desk / "o").iterdir())) == 4


def test_a_file_that_is_not_read_is_told_before_columns_are(duly: Duly, desk: Path) -> None:
    more = desk / "more"
    more.mkdir()
    (desk / "facts/review.csv").rename(more / "review.csv.gz")
    (desk / "facts/agreed.csv").rename(more / "agreed.csv")
    words = ("run", "--pack", "city", "--as-at", "2024-04-20", "--facts", "csv:more")
    notes = [line for line in duly(*words).out.splitlines() if "note:" in line]
    assert notes[0] == (
        "note: `review.csv.gz` is not read: what holds `review` must be a CSV file that is called "
        "`review.csv`"
    )


def test_an_extract_older_than_the_day_asked_about_is_told_first(run: Duly) -> None:
    notes = [line for line in run("--as-at", "2024-05-01").out.splitlines() if "note:" in line]
    assert notes[0] == (
        "note: the extract is of 20 April 2024, before the as-at day: "
        "what fell due in between cannot be told"
    )


def test_a_rule_that_applied_to_no_one_is_named(run: Duly, desk: Path) -> None:
    with (desk / "law/pack.duly").open("a", encoding="utf-8") as file:
        file.write('rule second_review cite act "3" hold review within 1 week of second review\n')
    assert "note: applied to no one: law.second_review\n" in run().out


def test_what_no_source_holds_is_named_with_the_rules_that_wait_for_it(
    run: Duly, desk: Path
) -> None:
    """No file says whether anybody asked for a visit; the review of the second rule was held."""
    with (desk / "law/pack.duly").open("a", encoding="utf-8") as file:
        file.write(
            "event visit_request period short_break\n"
            'rule requests cite act "3" must visit visit within 2 days of visit_request\n'
            'rule answers cite act "4" must visit visit within 2 days of review\n'
            "  must visit visit within 2 days of visit_request\n"
            'rule breaks cite act "5" during short_break must visit visit every 6 weeks\n'
        )
    notes = [line for line in run().out.splitlines() if "applied to no one" in line]
    assert notes == [
        "note: applied to no one, since no source holds `short_break`: law.breaks",
        "note: applied to no one, since no source holds `visit_request`: law.requests, "
        "law.answers (`visit visit within 2 days of visit_request`)",
    ]


def test_a_run_that_checked_nobody_is_no_pass(run: Duly, desk: Path) -> None:
    (desk / "facts/placement.csv").write_text("person_id,start,end\n", encoding="utf-8")
    ended = run("--out", "csv:out.csv")
    assert (ended.code, ended.out.splitlines()[-1]) == (
        3,
        "nothing was checked: no rule applied to anyone",
    )


def test_a_pack_without_rules_checks_nobody(duly: Duly, desk: Path) -> None:
    (desk / "law/pack.duly").write_text(
        'pack law "The law" subject child period placement event visit', encoding="utf-8"
    )
    ended = duly("run", "--pack", "law", "--facts", "csv:facts", "--as-at", "2024-04-20")
    assert (ended.code, ended.out.splitlines()[-1]) == (
        3,
        "nothing was checked: no rule applied to anyone",
    )


def test_a_runner_that_is_not_there(run: Duly) -> None:
    ended = run("--runner", "sparks")
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith("error: there is no runner `sparks`")
    assert "did you mean `spark`?" in ended.err


def test_a_runner_whose_package_is_not_installed(
    run: Duly, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    ended = run("--runner", "spark", "--out", "csv:out.csv")
    assert (ended.code, ended.out) == (2, "")
    assert "needs the package `pyspark`, which is not installed" in ended.err
    assert 'pip install "duly[spark]"' in ended.err
    assert not Path("out.csv").exists()


def test_two_outputs_to_one_place_are_refused(run: Duly, desk: Path) -> None:
    ended = run("--out", "csv:out.csv", "--out", "json:./out.csv")
    assert (ended.code, ended.err) == (
        2,
        "error: two outputs go to `out.csv`\n"
        "  where: --out\n"
        "  why:   the one would replace the other\n"
        "  help:  name another file for one of them\n",
    )


def test_where_an_output_cannot_be_written_nothing_of_another_is_left(
    run: Duly, desk: Path
) -> None:
    before = sorted(desk.rglob("*"))
    for second in ("csv:facts/visit.csv/out.csv", "json:facts/visit.csv/out.json"):
        ended = run("--out", "csv:out.csv", "--out", second)
        assert ended.code == 2
        assert "`facts/visit.csv` cannot be used" in ended.err
    assert [path for path in sorted(desk.rglob("*")) if path not in before] == [desk / "out.csv"]
