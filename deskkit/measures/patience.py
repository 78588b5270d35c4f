"""Patience until the first word: how long customers wait for a first reply before they leave.

The queue's patience needs a queue that a feed sees; many products show none. A customer who has written and has no
reply yet waits all the same. Who is answered, who is closed unanswered and who still waits was patient at least that
long: cut off, not short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.measures.definition import Measure
from deskkit.measures.survival import patience

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices

__all__ = ["FIRST_WORD", "TIMED_OUT", "summary"]

TIMED_OUT: Final = "timeout"
"""The reason of a leaving that a product's time-out stands for: no more than a bound of the customer's patience."""

_LEFT: Final = ("customer_left", "turned_away")
_TYPES: Final[dict[str, pl.DataType]] = {
    "value": pl.Int64(), "restricted_mean": pl.Float64(), "left": pl.Int64(), "timed_out": pl.Int64(), "n": pl.Int64()
}  # fmt: skip


def _rows(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return how long each customer waited for a first word, and how the waiting ended."""
    asked = spans.conversations.filter((pl.col("origin") == "customer") & pl.col("first_message_at").is_not_null())
    answered = pl.col("first_answered_at").is_not_null()
    gone = ~answered & pl.col("closed_at").is_not_null()
    start = pl.when(answered).then(pl.coalesce("first_response_from", "first_message_at")).otherwise("first_message_at")
    rows = asked.with_columns(
        at=start,
        until=pl.coalesce("first_answered_at", "closed_at", pl.lit(spans.end, asked.schema["opened_at"])),
        outcome=pl.when(answered).then(pl.lit("served"))
        .when(gone & pl.col("closing").cast(pl.String).is_in(_LEFT)).then(pl.lit("left"))
        .when(gone).then(pl.lit("closed")).otherwise(pl.lit("waiting")),
    )  # fmt: skip
    return rows.select(
        "conversation", pl.coalesce("first_response_by", "owner").alias("agent"), "level", "at", "until", "outcome",
        (pl.col("until") - pl.col("at")).dt.total_milliseconds().clip(0).alias("ms"),
        ((pl.col("outcome") == "left") if choices.leaving_told else pl.lit(None, pl.Boolean)).alias("ended"),
        (pl.col("reason").cast(pl.String) == TIMED_OUT).fill_null(value=False).alias("timed_out"),
    )  # fmt: skip


def summary(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    """Work patience out over all rows, or over the rows of each value of the keys."""
    if not keys:
        return pl.DataFrame([_estimated(rows)], schema=_TYPES)
    parts = rows.partition_by(keys, as_dict=True, maintain_order=True)
    found = [dict(zip(keys, key, strict=True)) | _estimated(part) for key, part in parts.items()]
    return pl.DataFrame(found, schema={key: rows.schema[key] for key in keys} | _TYPES)


def _estimated(rows: pl.DataFrame) -> dict[str, float | int | None]:
    """Return the patience of rows; of those who left, a time-out stands for `timed_out`."""
    return patience(rows) | {"timed_out": int((rows["ended"] & rows["timed_out"]).sum())}


FIRST_WORD: Final = Measure(
    name="patience_first_word", title="Patience until the first word", unit="ms", rows=_rows, summarise=summary,
    start="the customer's first message (of the turn that got the first reply)",
    end="the customer's leaving, or the time-out that stands for it; whoever is answered, closed unanswered or still "
    "waits is cut off",
    counted="conversations a customer began and spoke in",
    averaged="median by Kaplan and Meier",
    source="Kaplan, Meier (1958)",
)  # fmt: skip
