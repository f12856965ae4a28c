"""Episodes of care, to what the dataset does not state: whole periods of care, the same carer.

An episode begins whenever anything changes: the placement, the legal status, the need.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import evolve, frozen

from duly.engine.raw import Cell
from duly.plugins.sources.csv_file import CsvFile, day, normal
from duly.plugins.sources.ssd_columns import cells, ids, is_blank

EPISODES = "ssd_cla_episodes"
PLACEMENT = "ssd_cla_placement"
PERIODS_OF_CARE = "periods of care"
CARER_CONTINUES = "carer continues"
"""Names with a space: no table or column of a file can have them."""

ANOTHER_FOLLOWS = "x1"
SAME_CARER = {"t": "yes", "u": "yes", "l": "yes", "s": "no", "p": "no", "b": "no"}
STATUS_ONLY = "place"

Files = Mapping[str, CsvFile]


@frozen
class _Episode:
    """One row of the table; ``position`` is its place among the rows."""

    position: int
    care: str
    person: str
    placement: str
    entered: Cell
    start: Cell
    reason: str
    ceased: Cell
    ceased_reason: str

    @property
    def first_day(self) -> date:
        return day(self.start) or date.max

    @property
    def last_day(self) -> date:
        return day(self.ceased) or date.max


def with_periods_of_care(files: Files) -> Files:
    """Add a table of periods of care: the episodes of each, from entering care to leaving it."""
    if EPISODES not in files:
        return files
    file = files[EPISODES]
    periods: dict[str, list[_Episode]] = {}
    for episode in _episodes(file):
        key = episode.care or f"{episode.person} {episode.entered or episode.position}"
        periods.setdefault(key, []).append(episode)
    care = list(periods.values())
    table = CsvFile(
        place=file.place,
        rows=[file.rows[episodes[0].position] for episodes in care],
        columns={
            "id": [episodes[0].care for episodes in care],
            "person": [episodes[0].person for episodes in care],
            "start": [_start(episodes) for episodes in care],
            "end": [_end(episodes) for episodes in care],
        },
        headers={},
    )
    return {**files, PERIODS_OF_CARE: table}


def with_carers(files: Files) -> Files:
    """Add to the placements whether each goes on with the carer of the one before it.

    The first episode of a placement says so by its reason; else the placement before it, where
    only its status changed.
    """
    if PLACEMENT not in files:
        return files
    file = files[PLACEMENT]
    placements = ids(file, ("clap_cla_placement_id",))
    reasons = cells(file, ("clap_cla_placement_change_reason",))
    first = _first_reasons(files[EPISODES]) if EPISODES in files else {}
    if placements is None or not (first or reasons):
        return files
    before = _status_changes(file, reasons)
    known = [
        SAME_CARER.get(first.get(placement, "")) or status
        for placement, status in zip(placements, before, strict=True)
    ]
    return {**files, PLACEMENT: evolve(file, columns={**file.columns, CARER_CONTINUES: known})}


def _episodes(file: CsvFile) -> list[_Episode]:
    blank = [""] * len(file.rows)
    columns: list[Sequence[Cell]] = [
        ids(file, ("clae_cla_id",)) or blank,
        ids(file, ("clae_person_id",)) or blank,
        ids(file, ("clae_cla_placement_id",)) or blank,
        _column(file, "clae_entered_care_date"),
        _column(file, "clae_cla_episode_start_date"),
        _column(file, "clae_cla_episode_start_reason"),
        _column(file, "clae_cla_episode_ceased_date"),
        _column(file, "clae_cla_episode_ceased_reason"),
    ]
    return [
        _Episode(
            position=position,
            care=care or "",
            person=person or "",
            placement=placement or "",
            entered=entered,
            start=start,
            reason=normal(reason or "")[:1],
            ceased=ceased,
            ceased_reason=normal(ceased_reason or ""),
        )
        for position, care, person, placement, entered, start, reason, ceased, ceased_reason in zip(
            range(len(file.rows)), *columns, strict=True
        )
    ]


def _column(file: CsvFile, name: str) -> Sequence[Cell]:
    found = file.columns.get(name, [""] * len(file.rows))
    return [None if is_blank(cell) else cell for cell in found]


def _start(episodes: Sequence[_Episode]) -> Cell:
    entered = next((episode.entered for episode in episodes if episode.entered), None)
    return entered or min(episodes, key=lambda episode: episode.first_day).start


def _end(episodes: Sequence[_Episode]) -> Cell:
    """The last episode's end, unless it says that another follows."""
    last = max(episodes, key=lambda episode: (episode.last_day, episode.first_day))
    return None if last.ceased_reason.startswith(ANOTHER_FOLLOWS) else last.ceased


def _first_reasons(file: CsvFile) -> Mapping[str, str]:
    """The reason for which the first episode of each placement began."""
    episodes = sorted(_episodes(file), key=lambda episode: episode.first_day, reverse=True)
    return {episode.placement: episode.reason for episode in episodes if episode.placement}


def _status_changes(file: CsvFile, reasons: Sequence[Cell] | None) -> list[Cell]:
    """``yes`` where the placement before ended with a change of its status only."""
    care = ids(file, ("clap_cla_id",))
    starts = cells(file, ("clap_cla_placement_start_date",))
    ends = cells(file, ("clap_cla_placement_end_date",))
    if reasons is None or care is None or starts is None or ends is None:
        return [None] * len(file.rows)
    ended = {
        (period, day(end)): "yes" if normal(reason or "").startswith(STATUS_ONLY) else "no"
        for period, end, reason in zip(care, ends, reasons, strict=True)
        if day(end) and not is_blank(reason)
    }
    return [ended.get((period, day(start))) for period, start in zip(care, starts, strict=True)]
