"""What each agent had in hand at each instant: slices of time in which nothing about it changed.

One sweep over everything that begins or ends gives presence, conversations in hand and conversations that wait for
the agent side by side; occupancy, concurrency and load are sums over its slices, never over instants sampled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.errors import MeasureError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices

__all__ = ["aside", "cut", "owed", "profile"]

MOST_HOURS: Final = 5_000_000  # of all agents together; 500 agents over a year are 4,380,000
COUNTS: Final = ("present", "held", "owed", "helped")


def profile(spans: Spans, choices: Choices, *, of: Sequence[str] = COUNTS) -> pl.DataFrame:
    """Return the slices of every agent's time.

    Parameters
    ----------
    spans : Spans
    choices : Choices
        Its period says what is cut off.
    of : sequence of str
        What is counted; by default everything.

    Returns
    -------
    DataFrame, one row per slice
        `agent`, `at`, `until`, `ms` and how many there are of: `present` (1 while online or away), `held`
        (conversations owned and assigned), `owed` (of these, with a customer who waits for an answer), `helped`.
    """
    parts: dict[str, Callable[[], pl.DataFrame]] = {
        "present": lambda: spans.presences.filter(pl.col("presence") != "offline"),
        "held": lambda: spans.hands.filter(pl.col("role") == "owner"),
        "owed": lambda: owed(spans),
        "helped": lambda: spans.hands.filter(pl.col("role") == "helper"),
    }
    begin = spans.begin if choices.begin is None else choices.begin
    end = spans.end if choices.end is None else choices.end
    closed = [_within(parts[name](), spans, begin=begin, end=end).pipe(_points, name) for name in of]
    points = pl.concat(closed, how="diagonal")
    swept = (
        points.group_by("agent", "at").agg(pl.col(*of).sum())
        .sort("agent", "at").with_columns(pl.col(*of).cum_sum().over("agent"))
    )  # fmt: skip
    slices = swept.with_columns(
        until=pl.when(pl.col("agent").eq_missing(pl.col("agent").shift(-1))).then(pl.col("at").shift(-1))
    ).filter(pl.col("until").is_not_null() & pl.any_horizontal(pl.col(*of) > 0))
    return slices.select(
        "agent", "at", "until", (pl.col("until") - pl.col("at")).dt.total_milliseconds().alias("ms"), *of
    )


def aside(spans: Spans) -> pl.Series:
    """Return who could be given no conversation and had none: no capacity, or a supervisor in no group.

    Such people are there, but none of their time is idle time of the desk.

    Examples
    --------
    >>> from deskkit.desk.events import AgentSet
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> log, lead = open_log("memory:"), {"at": 0, "source": "doc", "role": "supervisor"}
    >>> facts = [AgentSet(source_id=name, agent=name, groups=of, **lead) for name, of in (("lead", ()), ("li", ("a",)))]
    >>> _ = log.append(facts, received_at=0)
    >>> aside(spans(log)).to_list()
    ['lead']
    """
    in_none = (pl.col("role").cast(pl.String) == "supervisor") & (pl.col("groups").list.len().fill_null(0) == 0)
    idle = spans.agents.filter(in_none.fill_null(value=False) | (pl.col("capacity") == 0).fill_null(value=False))
    return idle.join(spans.hands, on="agent", how="anti")["agent"].cast(pl.String)


def owed(spans: Spans) -> pl.DataFrame:
    """Return from when to when each owner had an unanswered customer: `agent`, `conversation`, `at`, `until`."""
    turns = spans.turns.filter(pl.col("outcome") != "after_close").select(
        "conversation", pl.col("at").alias("asked"), pl.col("until").fill_null(spans.end).alias("told")
    )
    owned = spans.hands.filter(pl.col("role") == "owner").with_columns(pl.col("until").fill_null(spans.end))
    both = owned.join(turns, on="conversation", how="inner")
    both = both.select(
        "agent", "conversation", pl.max_horizontal("at", "asked").alias("at"),
        pl.min_horizontal("until", "told").alias("until"),
    )  # fmt: skip
    return both.filter(pl.col("at") < pl.col("until"))


def _points(part: pl.DataFrame, name: str) -> pl.DataFrame:
    begins = part.select("agent", "at", pl.lit(1, pl.Int32).alias(name))
    ends = part.select("agent", pl.col("until").alias("at"), pl.lit(-1, pl.Int32).alias(name))
    return pl.concat([begins, ends])


def _within(part: pl.DataFrame, spans: Spans, *, begin: datetime, end: datetime) -> pl.DataFrame:
    """Cut off what lies outside the period; what lasts, lasts to the end of the log."""
    clipped = part.select(
        "agent",
        pl.max_horizontal("at", pl.lit(begin).cast(part.schema["at"])),
        pl.min_horizontal(pl.col("until").fill_null(spans.end), pl.lit(end).cast(part.schema["at"])).alias("until"),
    )
    return clipped.filter(pl.col("at") < pl.col("until"))


def cut(rows: pl.DataFrame, zone: str, *, every: str = "1h") -> pl.DataFrame:
    """Cut slices at full hours, or half hours, local to a zone.

    Parameters
    ----------
    rows : DataFrame
        With `at`, `until` and `ms`.
    zone : str
    every : {"1h", "30m"}

    Raises
    ------
    MeasureError
        The slices last so long that one date of the log is probably wrong.
    """
    local = [pl.col(name).dt.convert_time_zone(zone) for name in ("at", "until")]
    rows = rows.with_columns(first=local[0].dt.truncate(every), last=local[1])
    hours = rows.select((pl.col("last") - pl.col("first")).dt.total_hours().sum()).item() or 0
    if hours > MOST_HOURS:
        begin, end = rows.select(pl.col("at").min(), pl.col("until").max()).row(0)
        raise MeasureError(
            "The time to be cut into hours is too long: one date of the log may be wrong.", place="by hour or day",
            value=f"{begin} to {end}", expected=f"at most {MOST_HOURS:,} hours of agents",
            example="--from 2026-06-15 --to 2026-06-22",
        )  # fmt: skip
    starts = rows.with_columns(hour=pl.datetime_ranges("first", "last", every)).explode("hour")
    starts = starts.with_columns(pl.col("hour").dt.convert_time_zone("UTC"))
    after = pl.col("hour").dt.offset_by(every)
    pieces = starts.with_columns(at=pl.max_horizontal("at", "hour"), until=pl.min_horizontal("until", after))
    kept = pieces.filter((pl.col("at") < pl.col("until")) | (pl.col("ms") == 0)).drop("first", "last", "hour")
    return kept.with_columns(ms=(pl.col("until") - pl.col("at")).dt.total_milliseconds())
