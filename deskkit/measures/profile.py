"""What each agent had in hand at each instant: slices of time in which nothing about it changed.

One sweep over everything that begins or ends gives presence, conversations in hand and conversations that wait for
the agent side by side; occupancy, concurrency and load are sums over its slices, never over instants sampled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices

__all__ = ["owed", "profile"]

COUNTS: Final = ("present", "held", "owed", "helped")


def profile(spans: Spans, choices: Choices, *, of: Sequence[str] = COUNTS) -> pl.DataFrame:
    """Return the slices of every agent's time, cut at full hours too.

    Parameters
    ----------
    spans : Spans
    choices : Choices
        Its zone says where hours begin, its period what is cut off.
    of : sequence of str
        What is counted; by default everything.

    Returns
    -------
    DataFrame, one row per slice
        `agent`, `at`, `until`, `ms` and how many there are of: `present` (1 while online or away), `held`
        (conversations owned and assigned), `owed` (of these, with a customer who waits for an answer), `helped`.
    """
    end = spans.end
    parts: dict[str, Callable[[], pl.DataFrame]] = {
        "present": lambda: spans.presences.filter(pl.col("presence") != "offline"),
        "held": lambda: spans.hands.filter(pl.col("role") == "owner"),
        "owed": lambda: owed(spans),
        "helped": lambda: spans.hands.filter(pl.col("role") == "helper"),
    }
    closed = {
        name: parts[name]().select("agent", "at", pl.col("until").fill_null(end)).filter(pl.col("at") < pl.col("until"))
        for name in of
    }
    points = pl.concat(
        [_points(part, name) for name, part in closed.items()] + [_cuts(pl.concat(closed.values()), choices)],
        how="diagonal",
    )
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


def _cuts(parts: pl.DataFrame, choices: Choices) -> pl.DataFrame:
    """Return each agent's full hours, and the ends of the period: instants at which slices are cut."""
    local = parts.select("agent", pl.col("at", "until").dt.convert_time_zone(choices.zone))
    ranges = local.group_by("agent").agg(
        pl.col("at").min().dt.truncate("1h"), pl.col("until").max()
    ).select("agent", pl.datetime_ranges("at", "until", "1h").alias("at"))  # fmt: skip
    hours = ranges.explode("at").select("agent", pl.col("at").dt.convert_time_zone("UTC"))
    within = parts.group_by("agent").agg(pl.col("at").min().alias("first"), pl.col("until").max().alias("last"))
    for instant in (choices.begin, choices.end):
        if instant is not None:
            inside = within.filter(pl.lit(instant).is_between("first", "last"))
            extra = inside.select(
                "agent", pl.lit(instant).dt.cast_time_unit("ms").dt.convert_time_zone("UTC").alias("at")
            )
            hours = pl.concat([hours, extra])
    return hours.join(within, on="agent").filter(pl.col("at").is_between("first", "last")).select("agent", "at")
