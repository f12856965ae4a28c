"""A caseload in parts: the same obligations, to the byte, whoever evaluates them, and how many."""

from __future__ import annotations

import multiprocessing
import os
import select
import signal
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import pluggy
import pytest
from attrs import asdict

from duly.dsl.policy import Kind
from duly.engine import discovery, hookspecs
from duly.engine.compiled import Compiled, compiled
from duly.engine.hookspecs import Stream
from duly.engine.obligations import COLUMNS, Obligations
from duly.engine.pipeline import Run, run
from duly.engine.raw import FactsError, RawFacts
from duly.engine.streams import given_up_if_it_fails
from duly.plugins.outputs.csv_table import CsvStream
from duly.plugins.outputs.parquet_table import ParquetStream
from duly.plugins.sample import make_caseload
from duly.plugins.sources.csv_folder import read
from duly.plugins.sources.parquet_folder import parted
from duly.plugins.sources.parquet_write import write_folder

AS_AT = date(2026, 3, 31)


@pytest.fixture(autouse=True)
def _found_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that begin anew find the streams below."""
    monkeypatch.syspath_prepend(Path(__file__).resolve().parents[2])  # type: ignore[no-untyped-call]


@pytest.fixture(scope="module")
def law() -> Compiled:
    return compiled(discovery.plugin_manager(), "statutory")


@pytest.fixture(scope="module")
def caseload(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty children; a visit has a day that no calendar has, of some kinds nothing is stated."""
    folder = tmp_path_factory.mktemp("facts")
    make_caseload(folder, 60, seed=4)
    visits = folder / "visit.csv"
    first, *others = visits.read_text().splitlines()
    spoilt = others[0].split(",")
    spoilt[first.split(",").index("date")] = "31/02/2025"
    visits.write_text("\n".join([first, ",".join(spoilt), *others[1:]]) + "\n")
    coverage = folder / "coverage.csv"
    lines = coverage.read_text().splitlines()
    unstated = ("visit,", "review,")
    coverage.write_text("\n".join(line for line in lines if not line.startswith(unstated)) + "\n")
    return folder


@pytest.fixture(scope="module", params=["csv", "parquet"])
def facts(request: pytest.FixtureRequest, caseload: Path, law: Compiled) -> str:
    """The address of that caseload: read whole, or where it is evaluated."""
    if request.param == "csv":
        return f"csv:{caseload}"
    folder = caseload.with_name("as-parquet")
    write_folder(folder, read(str(caseload), law.policy.kinds), law.policy.kinds)
    return f"parquet:{folder}"


def asked(pack: Compiled, facts: str, **more: Any) -> Run:
    return run(pack, [facts], discovery.plugin_manager(), AS_AT, **more)


def told(found: Run) -> dict[str, object]:
    """All that a run says beside its rows."""
    return {**asdict(found, recurse=False), "obligations": None}


def rows(found: Run) -> list[tuple[str, ...]]:
    return list(zip(*(found.obligations.columns[name].tolist() for name in COLUMNS), strict=True))


def test_parts_come_to_what_the_whole_does(law: Compiled, facts: str) -> None:
    whole, parts = asked(law, facts), asked(law, facts, size=7)
    assert rows(parts) == rows(whole)
    assert told(parts) == told(whole)
    assert [row.value for row in parts.quarantine] == ["31/02/2025"]


def test_the_bytes_are_the_same_whatever_the_number_of_processes(
    law: Compiled, facts: str, tmp_path: Path
) -> None:
    whole = asked(law, facts)
    for jobs in (1, 2):
        streams = [CsvStream(tmp_path / f"{jobs}.csv"), ParquetStream(tmp_path / f"parts{jobs}")]
        found = asked(law, facts, size=23, jobs=jobs, streams=streams, kept=False)
        for stream in streams:
            stream.whole(found)
        assert len(found.obligations) == 0
        assert told(found) == told(whole)
    assert (tmp_path / "1.csv").read_bytes() == (tmp_path / "2.csv").read_bytes()
    once, again = (sorted((tmp_path / f"parts{jobs}").iterdir()) for jobs in (1, 2))
    assert [path.name for path in once] == [path.name for path in again]
    assert [path.read_bytes() for path in once] == [path.read_bytes() for path in again]


def written(stream: Stream, pack: Compiled, facts: str, jobs: int) -> None:
    """A run in parts into a stream that may fail."""
    with given_up_if_it_fails() as streams:
        streams.append(stream)
        asked(pack, facts, size=23, jobs=jobs, streams=streams)


class Killed(CsvStream):
    """A stream in which the process that writes the second part is killed."""

    def part(self, number: int, obligations: Obligations) -> None:
        if number == 1:
            os.kill(os.getpid(), signal.SIGKILL)
        super().part(number, obligations)


class Stopped(CsvStream):
    """A stream in which Ctrl-C is pressed when the second part is written, which never ends."""

    def part(self, number: int, obligations: Obligations) -> None:
        super().part(number, obligations)
        if number == 1:
            os.kill(first_process(), signal.SIGINT)
            signal.pause()


class Orphaned(CsvStream):
    """A stream that kills the first process and never ends, in one that says who it is."""

    def part(self, number: int, obligations: Obligations) -> None:
        (self.target.parent / f"worker-{os.getpid()}").touch()
        os.kill(first_process(), signal.SIGKILL)
        signal.pause()


def first_process() -> int:
    """The process that began the others, which may be this one."""
    first = multiprocessing.parent_process()
    pid = first.pid if first is not None else os.getpid()
    assert pid is not None
    return pid


class Full(CsvStream):
    """A stream that finds no more room."""

    def part(self, number: int, obligations: Obligations) -> None:
        super().part(number, obligations)
        raise OSError(28, "No space left on device", "out.csv")


def test_of_a_process_that_was_killed_the_run_says_so_and_leaves_nothing(
    law: Compiled, facts: str, tmp_path: Path
) -> None:
    with pytest.raises(FactsError) as said:
        written(Killed(tmp_path / "out.csv"), law, facts, 2)
    assert str(said.value) == (
        "a process that evaluated a part of the caseload was stopped\n"
        "  where: one of 2 processes\n"
        "  why:   most often the memory of the machine has run out; nothing of that part is known\n"
        "  help:  run with fewer of them, such as `--jobs 1`, or a smaller `--partition-size`"
    )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_that_is_stopped_leaves_no_part_and_no_process_of_its_own(
    law: Compiled, facts: str, tmp_path: Path, jobs: int
) -> None:
    others = multiprocessing.get_context("spawn").Process(target=signal.pause)
    others.start()
    with pytest.raises(KeyboardInterrupt):
        written(Stopped(tmp_path / "out.csv"), law, facts, jobs)
    assert list(tmp_path.iterdir()) == []
    assert multiprocessing.active_children() == [others]
    others.kill()
    others.join()


def orphan(facts: str, out: Path) -> None:
    """What the process does that is killed."""
    law = compiled(discovery.plugin_manager(), "statutory")
    written(Orphaned(out), law, facts, 2)


def test_no_process_outlives_the_first(facts: str, tmp_path: Path) -> None:
    start = multiprocessing.get_context("spawn")
    first = start.Process(target=orphan, args=(facts, tmp_path / "out.csv"))
    first.start()
    first.join()
    assert first.exitcode == -signal.SIGKILL
    workers = [int(path.name.partition("-")[2]) for path in tmp_path.glob("worker-*")]
    assert workers
    for pid in workers:
        with suppress(ProcessLookupError):  # that has ended already
            ended, _, _ = select.select([os.pidfd_open(pid)], [], [], 60)
            assert ended


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_failed_run_leaves_no_part(law: Compiled, facts: str, tmp_path: Path, jobs: int) -> None:
    with pytest.raises(OSError, match="No space left"):
        written(Full(tmp_path / "out.csv"), law, facts, jobs)
    assert list(tmp_path.iterdir()) == []


def test_parts_of_a_run_that_was_killed_do_not_get_into_the_next(
    law: Compiled, facts: str, tmp_path: Path
) -> None:
    CsvStream(tmp_path / "out.csv").part(99, asked(law, facts).obligations)
    stream = CsvStream(tmp_path / "out.csv")
    found = asked(law, facts, streams=[stream])
    written: Sequence[Path] = stream.whole(found)
    assert len(written[0].read_text().splitlines()) == found.count + 1


def test_a_source_of_a_manager_of_ones_own_is_read_in_parts(
    law: Compiled, caseload: Path, tmp_path: Path
) -> None:
    write_folder(tmp_path, read(str(caseload), law.policy.kinds), law.policy.kinds)
    manager = pluggy.PluginManager("duly")
    manager.add_hookspecs(hookspecs)
    manager.register(Own())
    found = run(law, [f"own:{tmp_path}"], manager, AS_AT, size=23)
    assert told(found) == told(asked(law, f"parquet:{tmp_path}")) | {"facts": f"own:{tmp_path}"}


class Own:
    """A plugin with a source of another name."""

    @hookspecs.hookimpl
    def register_fact_sources(self) -> list[hookspecs.FactSource]:
        def whole(location: str, kinds: Mapping[str, Kind]) -> RawFacts:
            raise AssertionError("it can be read in parts")

        return [hookspecs.FactSource("own", "a folder", whole, parted=parted)]
