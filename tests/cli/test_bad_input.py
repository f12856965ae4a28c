"""Input that cannot be used: what, where, why and what to do, exit code 2, never a traceback."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Duly = Callable[..., Any]

FOLDER_OF_FILES = (
    "  why:   facts are read from a folder that holds one CSV file for each kind of fact\n"
    "  help:  give the folder that holds the files, for example `csv:extract`\n"
)
NO_SUCH_FORMAT = (
    "  where: the command line\n  why:   nothing that is installed can read or write it\n"
)

FACTS = {
    "csv:nowhere": "error: there is no `nowhere`\n  where: nowhere\n" + FOLDER_OF_FILES,
    "csv:facts/visit.csv": (
        "error: `facts/visit.csv` is not a folder\n  where: facts/visit.csv\n" + FOLDER_OF_FILES
    ),
    "csv:law": (
        "error: no file in `law` holds a kind of fact that the rules know: there is no CSV file\n"
        "  where: law\n"
        "  why:   without facts nothing would be checked, and that is not a pass\n"
        "  help:  name each file as its kind of fact, such as `person.csv`; "
        "`duly facts template DIR` writes all of them with their columns\n"
    ),
    "cvs:facts": (
        f"error: there is no source of facts `cvs`\n{NO_SUCH_FORMAT}  help:  did you mean `csv`?\n"
    ),
    "facts": (
        "error: `facts` does not say which source of facts it is\n"
        "  where: the command line\n"
        "  why:   a folder can be read in more than one way\n"
        "  help:  put one of csv:, parquet:, ssd: in front, such as `csv:facts`\n"
    ),
    r"C:\facts": (
        r"error: `C:\facts` does not say which source of facts it is" + "\n"
        "  where: the command line\n"
        "  why:   a folder can be read in more than one way\n"
        r"  help:  put one of csv:, parquet:, ssd: in front, such as `csv:C:\facts`" + "\n"
    ),
    r"csv:C:\facts": ("error: there is no `C:\\facts`\n  where: C:\\facts\n" + FOLDER_OF_FILES),
}


@pytest.mark.parametrize("address", FACTS)
def test_a_source_that_cannot_be_read(duly: Duly, address: str) -> None:
    ended = duly("run", "--pack", "city", "--facts", address, "--as-at", "2024-04-20")
    assert (ended.code, ended.out, ended.err) == (2, "", FACTS[address])


FILES = {
    "a column is missing": (
        "id,person_id,seen\nv1,0042,yes\n",
        "error: `visit.csv` has no column `date`\n"
        "  where: facts/visit.csv:1\n"
        "  why:   a row of `visit` means nothing without it: it says the day on which it happened\n"
        "  help:  add or rename the column; there are `id`, `person_id`, `seen`\n",
    ),
    "it is no CSV file": (
        "PK\x03\x04\x14\x00\x81\x8d\x8f",
        "error: `visit.csv` is not a CSV file: it holds bytes that text never holds\n",
    ),
    "it is empty": (
        "",
        "error: `visit.csv` has no column `person_id`\n"
        "  where: facts/visit.csv:1\n"
        "  why:   a row of `visit` means nothing without it: it says whom the row concerns\n"
        "  help:  add or rename the column; there are no columns\n",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_file_that_cannot_be_read(run: Duly, desk: Path, case: str) -> None:
    content, told = FILES[case]
    (desk / "facts/visit.csv").write_bytes(content.encode("latin-1"))
    ended = run()
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(told)


QUARANTINED = {
    "v9,0042,31/02/2024,yes,": "date `31/02/2024`: not a date (write 31/01/2024 or 2024-01-31)",
    "v9,0042,2024-13-01,yes,": "date `2024-13-01`: not a date (write 31/01/2024 or 2024-01-31)",
    "v9,0042,03/20/2024,yes,": "date `03/20/2024`: not a date (write 31/01/2024 or 2024-01-31)",
    "v9,0042,in March,yes,": "date `in March`: not a date (write 31/01/2024 or 2024-01-31)",
    "v9,0042,,yes,": "date ``: the date is blank",
    "v9,,2024-03-03,yes,": "person_id ``: the person is blank",
    "v9,0042,2024-03-03,perhaps,": "seen `perhaps`: not yes, no or blank",
    "v9,0042,2024-03-03,yes,tomorrow": (
        "recorded_on `tomorrow`: not a date (write 31/01/2024 or 2024-01-31)"
    ),
}


@pytest.mark.parametrize("row", QUARANTINED)
def test_a_row_that_cannot_be_read_is_put_aside_and_told(run: Duly, desk: Path, row: str) -> None:
    with (desk / "facts/visit.csv").open("a", encoding="utf-8") as file:
        file.write(row + "\n")
    ended = run()
    assert ended.code == 0
    assert (
        f"11 rows in = 10 used + 1 quarantined\n  visit.csv, row 6, {QUARANTINED[row]}\n"
    ) in ended.out


def test_many_are_told_by_their_columns_and_reasons(run: Duly, desk: Path) -> None:
    with (desk / "facts/visit.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"w{number},7,yesterday,yes,\n" for number in range(12))
        file.write("x,,2024-03-01,yes,\n")
    assert (
        "23 rows in = 10 used + 13 quarantined\n"
        "  visit.csv, date: not a date (write 31/01/2024 or 2024-01-31): "
        "12 rows, the first row 6 `yesterday`\n"
        "  visit.csv, person_id: the person is blank: row 18 ``\n"
        "  `duly facts check` lists them all\n"
    ) in run().out


OUTPUTS = {
    "xls:out.xls": (
        f"error: there is no output format `xls`\n{NO_SUCH_FORMAT}"
        "  help:  installed: csv:, html:, json:, parquet:\n"
    ),
    "cvs:out.csv": (
        f"error: there is no output format `cvs`\n{NO_SUCH_FORMAT}  help:  did you mean `csv`?\n"
    ),
    "out.csv": (
        "error: `out.csv` does not say which output format it is\n"
        "  where: the command line\n"
        "  why:   the same obligations can be written in several formats\n"
        "  help:  put one of csv:, html:, json:, parquet: in front, such as `csv:out.csv`\n"
    ),
}


@pytest.mark.parametrize("address", OUTPUTS)
def test_an_output_that_is_not_known(run: Duly, address: str) -> None:
    ended = run("--out", address)
    assert (ended.code, ended.out, ended.err) == (2, "", OUTPUTS[address])


@pytest.mark.parametrize("output", ["csv", "html", "json"])
def test_an_output_that_cannot_be_written(run: Duly, output: str) -> None:
    ended = run("--out", f"{output}:city/pack.duly/out")
    assert (ended.code, ended.err) == (
        2,
        "error: `city/pack.duly/out` cannot be used: Not a directory\n"
        "  help:  check that it is there, and that you may read or write it\n",
    )


@pytest.mark.parametrize("command", ["sample", "template"])
def test_facts_that_cannot_be_written(duly: Duly, command: str) -> None:
    ended = duly("facts", command, "city/pack.duly")
    assert (ended.code, ended.err.splitlines()[0]) == (
        2,
        "error: `city/pack.duly` cannot be used: File exists",
    )
