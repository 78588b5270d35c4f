"""What agents do with their time: handle time, occupancy, concurrency, load spread, attention across tabs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.measures.definition import Measure, numbers
from deskkit.measures.profile import aside, profile
from deskkit.measures.replies import between, times
from deskkit.measures.targets import with_target

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices, Summary

__all__ = ["WORK", "gini"]

_BY: Final = ("hour", "half_hour", "day", "agent")


def gini(values: pl.Expr) -> pl.Expr:
    """Return the Gini coefficient of values >= 0: 0 where all are equal, near 1 where one has all.

    Notes
    -----
    G = 2 sum(i x_i) / (n sum(x)) - (n + 1) / n, with x sorted and i from 1.

    Examples
    --------
    >>> pl.DataFrame({"x": [1, 1, 1, 1]}).select(gini(pl.col("x"))).item()
    0.0
    >>> pl.DataFrame({"x": [0, 0, 0, 4]}).select(gini(pl.col("x"))).item()
    0.75
    """
    x = values.drop_nulls().sort().cast(pl.Float64)
    n = x.len().cast(pl.Float64)
    ranked = (x * pl.int_range(1, x.len() + 1)).sum()
    return pl.when(x.sum() > 0).then(2 * ranked / (n * x.sum()) - (n + 1) / n).otherwise(0.0)


def _handled(spans: Spans, _choices: Choices) -> pl.DataFrame:
    """Return how long each owner had each conversation in hand, where it is over."""
    owned = spans.hands.filter((pl.col("role") == "owner") & pl.col("until").is_not_null())
    return owned.with_columns(ms=between("at", "until"))


def _profiled(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the slices of each agent's time; `present` is null where nothing is known of the agent's presence.

    `takes` says whether the agent could be given a conversation.
    """
    known = pl.col("agent").is_in(spans.presences["agent"].unique().implode())
    return profile(spans, choices).with_columns(pl.when(known).then("present").alias("present"), takes=_takes(spans))


def _takes(spans: Spans) -> pl.Expr:
    return ~pl.col("agent").cast(pl.String).is_in(aside(spans).implode())


def _known(value: pl.Expr) -> pl.Expr:
    """Return a sum over the time agents are present, where that of any is known."""
    return pl.when(pl.col("present").is_not_null().any()).then(value)


def _over_presence(count: str) -> Summary:
    """Return the summary of a count over the time agents are present, weighted by time."""
    there = (pl.col("present") > 0) & pl.col("takes")
    whole = pl.col("ms").filter(there).sum()
    held = (pl.col("ms") * pl.col(count)).filter(there).sum()
    return numbers(value=pl.when(whole > 0).then(held / whole), present_ms=_known(whole), n=pl.col("agent").n_unique())


def _hours() -> Summary:
    """Return the summary of how long agents are present, in hours."""
    there = pl.col("present") > 0
    hours = pl.col("ms").filter(there).sum() / 3_600_000
    return numbers(value=_known(hours), n=pl.col("agent").filter(there).n_unique())


def _in_use(count: str) -> Summary:
    """Return the summary of a count over the time in which there is at least one."""
    some = pl.col(count) > 0
    whole = pl.col("ms").filter(some).sum()
    held = (pl.col("ms") * pl.col(count)).filter(some).sum()
    return numbers(
        value=pl.when(whole > 0).then(held / whole), in_use_ms=whole, most=pl.col(count).max(),
        n=pl.col("agent").n_unique(),
    )  # fmt: skip


def _occupancy(count: str) -> Summary:
    """Return the summary of the share of present time in which there is at least one."""
    there = (pl.col("present") > 0) & pl.col("takes")
    whole = pl.col("ms").filter(there).sum()
    busy = pl.col("ms").filter(there & (pl.col(count) > 0)).sum()
    return numbers(
        value=pl.when(whole > 0).then(busy / whole),
        busy_ms=_known(busy),
        present_ms=_known(whole),
        n=pl.col("agent").n_unique(),
    )


def _loads(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return each time an agent took a conversation, and a row without one for who was present and took none."""
    took = spans.hands.filter(pl.col("role") == "owner").select("conversation", "agent", "at", took=pl.lit(1, pl.Int64))
    present = spans.presences.filter((pl.col("presence") == "online") & _takes(spans))
    if choices.begin is not None:
        present = present.filter(pl.col("until").is_null() | (pl.col("until") > choices.begin))
        present = present.with_columns(
            pl.max_horizontal("at", pl.lit(choices.begin).dt.cast_time_unit("ms")).alias("at")
        )
    idle = present.select(
        pl.lit(None, took.schema["conversation"]).alias("conversation"), "agent", "at", took=pl.lit(0, pl.Int64)
    )
    return pl.concat([took, idle.cast({"at": took.schema["at"]})])


def _spread(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Work out how unevenly stints fell on agents."""
    each = rows.group_by(*keys, "agent").agg(pl.col("took").sum())
    figures = numbers(
        value=gini(pl.col("took")), fewest=pl.col("took").min(), most=pl.col("took").max(), n=pl.col("agent").count()
    )
    return figures(each, keys)


def _gaps(spans: Spans, _choices: Choices) -> pl.DataFrame:
    """Return for each conversation in an owner's hands the longest time in which the owner did not look at it."""
    owned = (
        spans.hands.filter(pl.col("role") == "owner")
        .with_columns(pl.col("until").fill_null(spans.end))
        .with_row_index("hand")
    )
    looks = spans.views.select(
        "agent", "conversation", pl.col("at").alias("seen"), pl.col("until").fill_null(spans.end).alias("left")
    )
    seen = owned.join(looks, on=["agent", "conversation"], how="inner").filter(
        (pl.col("left") >= pl.col("at")) & (pl.col("seen") <= pl.col("until"))
    )
    points = pl.concat([
        owned.select("hand", pl.col("at").alias("from_"), pl.col("at").alias("to_")),
        seen.select(
            "hand", pl.max_horizontal("seen", "at").alias("from_"), pl.min_horizontal("left", "until").alias("to_")
        ),
        owned.select("hand", pl.col("until").alias("from_"), pl.col("until").alias("to_")),
    ]).sort("hand", "from_", "to_")  # fmt: skip
    away = (pl.col("from_") - pl.col("to_").cum_max().shift(1).over("hand")).dt.total_milliseconds()
    longest = points.with_columns(ms=away).group_by("hand").agg(pl.col("ms").max().clip(0))
    return owned.join(longest, on="hand", maintain_order="left").select("conversation", "agent", "at", "until", "ms")


def _late_behind_lower(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the late replies; `hit` where their agent answered a lower priority in the meantime."""
    answered = with_target(spans.turns.filter(pl.col("outcome") == "answered"), choices).with_row_index("turn")
    late = answered.filter((pl.col("until") - pl.col("at")).dt.total_milliseconds() > pl.col("target"))
    other = answered.select("agent", pl.col("until").alias("said"), pl.col("level").alias("lower"))
    late = late.with_columns(due=pl.col("at") + pl.duration(milliseconds="target"))
    hits = pl.concat([
        _answered_before(late.filter(pl.col("level") == level), other.filter(pl.col("lower") < level))
        for level in (1, 2, 3)
    ])  # fmt: skip
    joined = late.join(hits, on="turn", how="left", maintain_order="left")
    return joined.select(
        "conversation", "agent", "level", "at", "until", pl.col("hit").fill_null(value=False).alias("hit")
    )


def _answered_before(late: pl.DataFrame, other: pl.DataFrame) -> pl.DataFrame:
    """Say of late replies whether their agent sent one of `other` after they were due and before they came."""
    last = other.sort("said").select("agent", pl.col("said").alias("until"), pl.col("said").alias("before"))
    found = late.sort("until").join_asof(
        last, on="until", by="agent", allow_exact_matches=False, check_sortedness=False
    )
    return found.select("turn", hit=(pl.col("before") >= pl.col("due")).fill_null(value=False))


_TIME: Final[dict[str, Any]] = {
    "start": "each instant of presence (online or away)",
    "end": "the next change",
    "counted": "the time agents were present who could be given a conversation",
    "each": "agents",
    "by": _BY,
    "rows": _profiled,
    "sliced": True,
}

WORK: Final = (
    Measure(
        name="handle_time", title="Handle time per stint", unit="ms", rows=_handled, summarise=times(), each="stints",
        start="the assignment to an agent, or the reply that took it",
        end="the close, the transfer to another, or being put aside",
        counted="stints: each time an agent had a conversation in hand, once more where the same agent has it again "
        "after a reopening or a transfer back", averaged="mean over stints",
        source="chatwoot issue 13262",
    ),
    Measure(
        name="agent_hours", title="Agent-hours", unit="mean", summarise=_hours(),
        **_TIME | {"counted": "the time agents were present"}, averaged="hours, summed",
    ),
    Measure(
        name="occupancy_assigned", title="Occupancy, assigned", unit="share", summarise=_occupancy("held"), **_TIME,
        averaged="time with at least one conversation in hand / time present",
        source="Amazon Connect: active / (active + idle)",
    ),
    Measure(
        name="occupancy_actionable", title="Occupancy, actionable", unit="share", summarise=_occupancy("owed"), **_TIME,
        averaged="time with at least one customer waiting for the agent / time present",
    ),
    Measure(
        name="concurrency_assigned", title="Concurrency, assigned", unit="mean", summarise=_over_presence("held"),
        **_TIME, averaged="conversations in hand, weighted by time present",
    ),
    Measure(
        name="concurrency_actionable", title="Concurrency, actionable", unit="mean", summarise=_over_presence("owed"),
        **_TIME, averaged="conversations whose customer waits for the agent, weighted by time present",
    ),
    Measure(
        name="concurrency_in_use", title="Concurrency while busy", unit="mean", summarise=_in_use("held"),
        **_TIME | {"start": "each instant with a conversation in hand", "counted": "the time with one or more in hand"},
        averaged="conversations in hand, weighted by time",
    ),
    Measure(
        name="load_spread", title="Load spread (Gini)", unit="mean", rows=_loads, summarise=_spread,
        start="each assignment", end="the same instant", counted="agents online or with a conversation", each="agents",
        averaged="Gini coefficient of stints begun per agent (a conversation taken again counts again)",
        by=("hour", "half_hour", "day"),
        source="Gini (1912); 0: all alike",
    ),
    Measure(
        name="longest_gap", title="Longest gap without a look", unit="ms", rows=_gaps, summarise=times(),
        start="the end of the owner's last look (the next look at another), or the assignment",
        end="the next look, or the end of the assignment",
        counted="conversations in an owner's hands", averaged="mean over them of the longest gap",
    ),
    Measure(
        name="late_behind_lower", title="Late behind a lower priority", unit="share", rows=_late_behind_lower,
        summarise=numbers(value=pl.col("hit").mean(), hits=pl.col("hit").sum(), n=pl.len()),
        start="the instant a reply was due", end="the late reply",
        counted="replies later than the target of their level", each="late replies", level_of="moment",
        averaged="share whose agent answered a lower priority in the meantime",
    ),
)  # fmt: skip
