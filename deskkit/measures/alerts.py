"""Notices: how many an agent gets, how many are acted on, how long until they are, and the noise.

A notice is acted on if its recipient views that conversation within two minutes and had not since the customer's
last message; every other one is noise, and a repetition counts like the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.measures.definition import Measure, numbers
from deskkit.measures.profile import profile
from deskkit.measures.replies import between

if TYPE_CHECKING:
    from deskkit.log.spans import Spans
    from deskkit.measures.definition import Choices, Summary

__all__ = ["ALERTS"]


def _sent(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return the notices that went out, and whether they were acted on."""
    sent = spans.notices.filter(pl.col("held").is_null()).with_columns(ms=between("at", "viewed_at"))
    acted = pl.col("fresh") & (pl.col("ms") <= choices.acted_ms).fill_null(value=False)
    return sent.select(
        "conversation", "agent", pl.col("level").cast(pl.Int8), "at", "event", "rung", "ms", acted.alias("acted"),
        (~acted).alias("hit"),
    )  # fmt: skip


def _viewed(spans: Spans, choices: Choices) -> pl.DataFrame:
    return _sent(spans, choices).filter("acted")


def _held(spans: Spans, _choices: Choices) -> pl.DataFrame:
    """Return all notices that were due, and whether they were held back."""
    return spans.notices.select(
        "conversation", "agent", pl.col("level").cast(pl.Int8), "at", "held", pl.col("held").is_not_null().alias("hit")
    )


def _load(spans: Spans, choices: Choices) -> pl.DataFrame:
    """Return notices, and slices of the time agents were present; none of either where nobody counted notices."""
    sent = _sent(spans, choices).select(
        "conversation", "agent", "at", pl.col("at").alias("until"), sent=pl.lit(1, pl.Int64), ms=pl.lit(0, pl.Int64)
    )
    slices = profile(spans, choices, of=("present",)).filter((pl.col("present") > 0) & choices.notices_told)
    time = slices.select(
        pl.lit(None, sent.schema["conversation"]).alias("conversation"),
        "agent",
        "at",
        "until",
        sent=pl.lit(0, pl.Int64),
        ms="ms",
    )
    return pl.concat([sent, time])


def _per_hour() -> Summary:
    sent, ms = pl.col("sent").sum(), pl.col("ms").sum()
    return numbers(value=pl.when(ms > 0).then(sent * 3_600_000 / ms), notices=sent, present_ms=ms, n=sent)


_NOTICE: Final[dict[str, Any]] = {
    "each": "notices",
    "start": "the notice",
    "end": "its recipient's next view of that conversation",
    "level_of": "moment",
}

ALERTS: Final = (
    Measure(
        name="notices_per_agent_hour", title="Notices per agent-hour", unit="per hour", rows=_load,
        summarise=_per_hour(), **_NOTICE, counted="notices that went out",
        averaged="notices / hours agents were present", by=("hour", "half_hour", "day", "agent"), sliced=True,
    ),
    Measure(
        name="notice_noise", title="Noise among notices", unit="share", rows=_sent,
        summarise=numbers(
            value=pl.col("hit").mean(), noise=pl.col("hit").sum(), acted=pl.col("acted").sum(), n=pl.len()
        ),
        **_NOTICE, counted="notices that went out, repetitions too",
        averaged="share not acted on: no view within the time, or one since the customer's last message before",
    ),
    Measure(
        name="notice_time_to_view", title="Time from notice to view", unit="ms", rows=_viewed,
        summarise=numbers(
            value=pl.col("ms").mean(), median=pl.col("ms").median(), p90=pl.col("ms").quantile(0.9, "linear"),
            n=pl.len(),
        ),
        **_NOTICE, counted="notices acted on", averaged="mean over them",
    ),
    Measure(
        name="notice_held", title="Notices held back", unit="share", rows=_held,
        summarise=numbers(value=pl.col("hit").mean(), held=pl.col("hit").sum(), n=pl.len()),
        **_NOTICE | {"end": "the same instant"}, counted="notices that were due",
        averaged="share held back by a limit, quiet hours, a look, or merged",
    ),
)  # fmt: skip
