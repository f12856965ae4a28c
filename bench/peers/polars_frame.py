"""The visiting rule in Polars: lazy frames from the files to the rows, on all cores."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa

FAR = date(9999, 1, 1)
RANKS = pl.Int8
EXEMPT = 9
"""The rank of no interval; 1 is six weeks, 2 three months, 3 six months."""

NUMBERS = ("later", "permanent", "lasting", "by_child", "by_iro", "by_whom", "away")
"""What changes the interval: each a step up or down of one of these."""

c = pl.col


def rows(folder: Path, as_at: date) -> pa.Table:
    # what is small and used again is collected, or each user would read the files anew
    members = _members(folder, as_at).collect().lazy()
    scopes = _scopes(members).collect().lazy()
    segments = _segments(_changes(folder, as_at, members, scopes), scopes, as_at).collect().lazy()
    acts = _acts(folder, as_at, scopes).collect().lazy()
    owed = _owed(segments, scopes, acts.filter(c("counts"))).collect().lazy()
    dues = _dues(owed, segments, as_at).collect().lazy()
    undecided = acts.filter(c("counts").is_null()).select("scope", "day")
    return _judged(dues, undecided, as_at).collect().to_arrow()


def _scan(folder: Path, kind: str) -> pl.LazyFrame:
    return pl.scan_parquet(folder / f"{kind}.parquet")


def _begun(folder: Path, kind: str, as_at: date) -> pl.LazyFrame:
    """Periods that had begun by the day; ends to come are not known."""
    ended = pl.when(c("end") <= as_at).then("end").otherwise(pl.lit(FAR))
    return _scan(folder, kind).filter(c("start") <= as_at).with_columns(end=ended)


def _members(folder: Path, as_at: date) -> pl.LazyFrame:
    """Placements with the number of their scope: where the carer stays, the next one goes on."""
    same_child = c("person_id") == c("person_id").shift(1)
    touches = c("end").shift(1) == c("start")
    goes_on = (same_child & touches & c("carer_continues")).fill_null(value=False)
    return (
        _begun(folder, "placement", as_at)
        .sort("person_id", "start", "id")
        .with_columns(scope=(~goes_on).cast(pl.Int32).cum_sum())
        .select("id", "person_id", "start", "end", "scope")
    )


def _scopes(members: pl.LazyFrame) -> pl.LazyFrame:
    """A visit on the day on which one ends still counts, unless another placement begins then."""
    another = members.select("person_id", end="start", another=pl.lit(value=True)).unique()
    return (
        members.group_by("scope")
        .agg(c("person_id").first(), c("start").min(), c("end").max())
        .join(another, on=["person_id", "end"], how="left")
        .with_columns(
            last_act=pl.when(c("another").is_null())
            .then("end")
            .otherwise(c("end").dt.offset_by("-1d"))
        )
        .drop("another")
    )


def _changes(
    folder: Path, as_at: date, members: pl.LazyFrame, scopes: pl.LazyFrame
) -> pl.LazyFrame:
    def change(frame: pl.LazyFrame, day: pl.Expr, **numbers: pl.Expr) -> pl.LazyFrame:
        columns = (numbers.get(name, pl.lit(0)).cast(pl.Int32).alias(name) for name in NUMBERS)
        return frame.select("scope", day.alias("day"), *columns)

    def of_placement(frame: pl.LazyFrame) -> pl.LazyFrame:
        ids = members.select("scope", placement_id="id")
        return frame.join(ids, on="placement_id")

    def up_and_down(frame: pl.LazyFrame, **numbers: pl.Expr) -> list[pl.LazyFrame]:
        down = {name: -value for name, value in numbers.items()}
        return [change(frame, c("start"), **numbers), change(frame, c("end"), **down)]

    year = c("start").dt.offset_by("1y")
    short = year.dt.day() < c("start").dt.day()
    year_over = pl.when(short).then(year.dt.offset_by("1d")).otherwise(year)
    permanence = _scan(folder, "permanence_agreed").filter(c("date") <= as_at)
    long_term = _begun(folder, "long_term_foster", as_at)
    given_by = c("given_by").cast(pl.String)
    return pl.concat(
        [
            change(scopes, c("start")),
            change(scopes, year_over, later=pl.lit(1)),
            change(of_placement(permanence), c("date"), permanent=pl.lit(1)),
            *up_and_down(of_placement(long_term), lasting=pl.lit(1)),
            *up_and_down(
                of_placement(_begun(folder, "agreement", as_at)),
                by_child=given_by.eq_missing(pl.lit("child")).cast(pl.Int32),
                by_iro=given_by.eq_missing(pl.lit("IRO")).cast(pl.Int32),
                by_whom=given_by.is_null().cast(pl.Int32),
            ),
            *up_and_down(
                _begun(folder, "away_by_agreement", as_at)
                .select("person_id", "start", "end")
                .join(scopes.select("person_id", "scope"), on="person_id"),
                away=pl.lit(1),
            ),
        ]
    )


def _segments(changes: pl.LazyFrame, scopes: pl.LazyFrame, as_at: date) -> pl.LazyFrame:
    """Stretches in which the interval stays the same: the shortest and the longest it may be."""
    away = c("away") > 0
    lasting = (c("later") > 0) & (c("lasting") > 0)
    surely = lasting & (c("by_child") > 0) & (c("by_iro") > 0)
    perhaps = lasting & (c("by_child") + c("by_whom") > 0) & (c("by_iro") + c("by_whom") > 0)
    permanent = (c("later") > 0) & (c("permanent") > 0)
    shorter = pl.when(permanent).then(2).otherwise(1)
    same = pl.all_horizontal(
        c("scope", "soonest", "latest").eq_missing(c("scope", "soonest", "latest").shift(1))
    )
    opens = (c("scope") != c("scope").shift(1)).fill_null(value=True)
    so_far = [_in_scope(c(name).cum_sum(), c(name), opens).alias(name) for name in NUMBERS]
    return (
        changes.join(scopes.select("scope", "start", "end"), on="scope")
        .filter(c("day") < c("end"), (c("day") <= as_at) | (c("later") == 1))
        .with_columns(day=pl.max_horizontal("day", "start"))
        .group_by("scope", "day")
        .agg(c(*NUMBERS).sum())
        .sort("scope", "day")
        .with_columns(so_far)
        .select(
            "scope",
            "day",
            soonest=pl.when(away).then(EXEMPT).when(surely).then(3).otherwise(shorter).cast(RANKS),
            latest=pl.when(away).then(EXEMPT).when(perhaps).then(3).otherwise(shorter).cast(RANKS),
        )
        .filter(~same)
        .with_columns(
            following=pl.when(c("scope").shift(-1) == c("scope"))
            .then(c("day").shift(-1))
            .otherwise(pl.lit(FAR))
        )
    )


def _acts(folder: Path, as_at: date, scopes: pl.LazyFrame) -> pl.LazyFrame:
    """Visits in each scope; of some it is not known whether they count."""
    return (
        _scan(folder, "visit")
        .select("person_id", day="date", counts=(c("kind").cast(pl.String) == "cla") & c("seen"))
        .filter(c("counts").is_null() | c("counts"), c("day") <= as_at)
        .join(scopes.select("person_id", "scope", "start", "last_act"), on="person_id")
        .filter(c("day").is_between("start", "last_act"))
        .select("scope", "day", "counts")
    )


def _in_scope(total: pl.Expr, own: pl.Expr, opens: pl.Expr) -> pl.Expr:
    """A running total that begins anew where a scope opens, in a frame in order of scope."""
    return total - pl.when(opens).then(total - own).forward_fill()


def _owed(segments: pl.LazyFrame, scopes: pl.LazyFrame, acts: pl.LazyFrame) -> pl.LazyFrame:
    """Each anchor with what fulfils it, and the segment in which it lies: that of the row before.

    One sort puts marks and segments in order, in place of a join by range.
    """
    marks = pl.concat([scopes.select("scope", day="start"), acts.select("scope", "day")])
    line = segments.with_columns(begins="day")
    same_scope = c("scope") == c("scope").shift(-1)
    same = same_scope & (c("day") == c("day").shift(-1))
    return (
        pl.concat([line, marks], how="diagonal")
        .sort("scope", "day", "begins", nulls_last=True)
        .with_columns(
            c("begins", "following", "soonest", "latest").forward_fill(),
            mark=c("begins").is_null(),
        )
        .filter("mark")
        .with_columns(fulfilled=pl.when(same_scope).then(c("day").shift(-1)))
        .filter(~same.fill_null(value=False))
        .select("scope", "fulfilled", "following", "soonest", "latest", anchor="day", day="begins")
        .join(scopes.select("scope", "person_id", "end", "last_act"), on="scope", how="left")
        .filter(c("anchor") < c("end"))
    )


def _limits(anchors: pl.LazyFrame) -> pl.LazyFrame:
    """A calendar of the anchors' days: when each interval has run out."""
    return (
        anchors.select("anchor")
        .unique()
        .with_columns(
            limit_1=c("anchor").dt.offset_by("6w"),
            limit_2=c("anchor").dt.offset_by("3mo"),
            limit_3=c("anchor").dt.offset_by("6mo"),
        )
    )


def _limit(rank: str) -> pl.Expr:
    return (
        pl.when(c(rank) == 1)
        .then("limit_1")
        .when(c(rank) == 2)
        .then("limit_2")
        .when(c(rank) == 3)
        .then("limit_3")
    )


def _dues(owed: pl.LazyFrame, segments: pl.LazyFrame, as_at: date) -> pl.LazyFrame:
    """Deadlines: most fall due before anything changes, the others look on."""
    owed = owed.join(_limits(owed), on="anchor", how="left")
    owed = owed.with_columns(deadline=_limit("soonest"), at_latest=_limit("latest"))
    soon = (c("at_latest") < c("following")).fill_null(value=False)
    kept = ["scope", "person_id", "anchor", "fulfilled", "end", "last_act", "deadline", "assumed"]
    at_once = owed.filter(soon).with_columns(assumed=c("soonest") != c("latest")).select(kept)

    later = segments.rename({"day": "begins"})
    met = (
        owed.filter(~soon)
        .drop("soonest", "latest", "following", "deadline", "at_latest")
        .join(later, on="scope")
        .filter(c("begins") >= c("day"))
        .sort("scope", "anchor", "begins")
        .with_columns(stands=c("soonest") < EXEMPT)
        .with_columns(c("soonest", "latest").cum_min().over("scope", "anchor"))
    )

    def due(rank: str) -> pl.Expr:
        day = pl.max_horizontal("begins", _limit(rank))
        return day.filter(c("stands") & _limit(rank).is_not_null() & (day < c("following"))).min()

    life = pl.max_horizontal(
        "anchor",
        pl.min_horizontal("fulfilled", c("end").dt.offset_by("-1d"), pl.lit(as_at)),
    )
    over = c("fulfilled").is_not_null() | (c("end") <= as_at)
    idle = over & (c("stood").is_null() | (c("stood") > c("life")))
    looking_on = (
        met.group_by("scope", "anchor")
        .agg(
            c("person_id", "fulfilled", "end", "last_act").first(),
            due=due("soonest"),
            at_latest=due("latest"),
            stood=c("begins").filter(c("stands")).min(),
            exempt=c("begins").filter(~c("stands")).min(),
        )
        .with_columns(life=life)
        .with_columns(deadline=pl.when(~idle).then("due"))
        .filter(c("deadline").is_not_null() | (c("exempt") <= c("life")))
        .with_columns(assumed=c("deadline").is_not_null() & c("due").ne_missing(c("at_latest")))
        .select(kept)
    )
    return pl.concat([at_once, looking_on])


def _judged(dues: pl.LazyFrame, undecided: pl.LazyFrame, as_at: date) -> pl.LazyFrame:
    verdict = (
        pl.when(c("deadline").is_null())
        .then(pl.lit("exempt"))
        .when(c("fulfilled") <= c("deadline"))
        .then(pl.lit("met"))
        .when(c("fulfilled").is_not_null())
        .then(pl.lit("met_late"))
        .when((c("end") <= as_at) & (c("deadline") >= c("end")))
        .then(pl.lit("lapsed"))
        .when(c("end") <= as_at)
        .then(pl.lit("not_met"))
        .when(c("deadline") < as_at)
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("due"))
    )
    last = pl.when(c("fulfilled").is_null()).then("last_act").otherwise("deadline")
    missed = c("verdict").is_in(["met_late", "not_met", "overdue"])
    words = pl.Enum(
        ["met", "met_late", "overdue", "not_met", "due", "lapsed", "exempt", "cannot_tell"]
    )
    judged = dues.with_columns(verdict=verdict)
    doubtful = (
        judged.filter(missed)
        .join(undecided, on="scope")
        .filter(c("day") > c("anchor"), c("day") <= pl.min_horizontal(last, "last_act"))
        .select("scope", "anchor", doubtful=pl.lit(value=True))
        .unique()
    )
    return judged.join(doubtful, on=["scope", "anchor"], how="left").select(
        "anchor",
        "deadline",
        "fulfilled",
        "assumed",
        subject_id="person_id",
        verdict=pl.when("doubtful").then(pl.lit("cannot_tell")).otherwise("verdict").cast(words),
    )
