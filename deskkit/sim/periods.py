"""A run through its day: what each half-hour brought, and the conversations behind it.

Every conversation, reply and notice belongs to one period only, that in which it began. The periods are those in which
customers may begin: what the last of them ask afterwards is in the measures of the day, and in no period. What lasts
(waiting, agents there) is a mean over the period's time. A warm-up is left out: its periods hold nothing.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from deskkit.errors import ScenarioError
from deskkit.measures.profile import aside
from deskkit.measures.report import choices_of
from deskkit.measures.targets import with_target
from deskkit.sim.outcomes import OF_RUN
from deskkit.sim.parts import PARTS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from deskkit.sim.run import Run

    Series = list[tuple[float, float]]

__all__ = ["BETTER", "PERIODICAL", "PERIOD_MS", "behind", "by_period"]

PERIOD_MS: Final = 1_800_000
PERIODICAL: Final[dict[str, tuple[str, str]]] = {
    "arrivals": ("Conversations begun", "count"),
    "present": ("Agents there", "mean"),
    "queued": ("Customers in the queue", "mean"),
    "unanswered": ("Customers without an answer", "mean"),
    "held": ("Conversations held by an agent", "mean"),
    "busy": ("Agents' time spent answering", "share"),
    "reply_time": ("Reply time", "ms"),
    "queue_wait": ("Wait in the queue", "ms"),
    "left": ("Customers who left", "share"),
    "in_target": ("Replies within the target of their level", "share"),
    "notices_per_agent_hour": ("Notices per agent-hour", "per hour"),
} | {part: OF_RUN[part] for part in PARTS}
"""Title and unit of what is known of each period."""
BETTER: Final = ("arrivals", "present", "in_target")
"""Of these more is not worse."""


class _Day:
    """The periods of a run, and how instants and intervals fall into them."""

    def __init__(self, run: Run) -> None:
        begin, end = run.workload.begin, run.workload.end
        self.edges: NDArray[np.int64] = np.arange(begin, max(end, begin + 1) + PERIOD_MS, PERIOD_MS, dtype=np.int64)
        if self.edges[-2] >= end > begin:
            self.edges = self.edges[:-1]
        self.count = len(self.edges) - 1
        self._last = int(run.spans.end.timestamp() * 1000)

    def sums(self, at: pl.Series, values: pl.Series | None = None) -> NDArray[np.float64]:
        """Add up what began in each period: values, or ones."""
        weights = None if values is None else values.cast(pl.Float64).to_numpy()
        found, _ = np.histogram(_instants(at), bins=self.edges, weights=weights)
        return found.astype(np.float64)

    def lasting(self, spans: pl.DataFrame) -> NDArray[np.float64]:
        """Return for each period for how many milliseconds the intervals of a table lasted in it, together."""
        at = _instants(spans["at"])
        until = spans["until"].cast(pl.Int64).fill_null(self._last).to_numpy()
        starts, ends = self.edges[:-1, None], self.edges[1:, None]
        inside = np.minimum(until, ends) - np.maximum(at, starts)
        whole: NDArray[np.float64] = np.clip(inside, 0, None).sum(axis=1).astype(np.float64)
        return whole


def _instants(column: pl.Series) -> NDArray[np.int64]:
    return column.cast(pl.Int64).to_numpy()


def by_period(run: Run) -> dict[str, Series]:
    """Return each of `PERIODICAL` as numerator and denominator for every half-hour in which customers may begin.

    Parameters
    ----------
    run : Run

    Returns
    -------
    dict of str to list of (float, float)
    """
    day, found = _Day(run), run.spans
    opened, turns = found.conversations, found.turns.filter(pl.col("outcome") == "answered")
    online = found.presences.filter(pl.col("presence").cast(pl.String) == "online")
    there = day.lasting(online)
    takers = day.lasting(online.filter(~pl.col("agent").cast(pl.String).is_in(aside(found).implode())))
    steps = run.steps
    went = found.notices.filter(pl.col("held").is_null())
    waited = found.waits.filter(pl.col("outcome") == "served")
    ones, whole = np.ones(day.count), np.full(day.count, float(PERIOD_MS))
    busy = steps.select(at="viewed", until="replied")
    owned = day.lasting(found.hands.filter(pl.col("role") == "owner"))
    left = opened.filter(pl.col("closing").is_in(["customer_left", "turned_away"]))
    n = day.sums(steps["asked"])
    ended = with_target(found.turns.filter(pl.col("outcome").is_in(["answered", "left"])), choices_of(run.policy))
    good = ended.filter((pl.col("outcome") == "answered") & (_lasted(ended) <= ended["target"]))
    series = {
        "arrivals": (day.sums(opened["opened_at"]), ones),
        "present": (there, whole),
        "queued": (day.lasting(found.waits), whole),
        "unanswered": (day.lasting(found.turns), whole),
        "held": (owned, takers),
        "busy": (day.lasting(busy), takers),
        "reply_time": (day.sums(turns["at"], _lasted(turns)), day.sums(turns["at"])),
        "queue_wait": (day.sums(waited["at"], _lasted(waited)), day.sums(waited["at"])),
        "left": (day.sums(left["opened_at"]), day.sums(opened["opened_at"])),
        "in_target": (day.sums(good["at"]), day.sums(ended["at"])),
        "notices_per_agent_hour": (day.sums(went["at"]) * 3_600_000, there),
    } | {name: (day.sums(steps["asked"], steps[name]), n) for name in PARTS}
    cold = day.edges[1:] <= run.workload.begin + run.scenario.warm_up_ms
    return {
        name: list(zip(np.where(cold, 0, top).tolist(), np.where(cold, 0, below).tolist(), strict=True))
        for name, (top, below) in series.items()
    }


def _lasted(spans: pl.DataFrame) -> pl.Series:
    return (spans["until"] - spans["at"]).dt.total_milliseconds()


def behind(run: Run, period: int) -> pl.DataFrame:
    """Return the conversations behind a period: those that began in it, or waited for an answer in it.

    Parameters
    ----------
    run : Run
        For example ``simulate(study.scenario, policy, seed=study.seed, replication=worst.replication)``, of given
        customers with ``workload=study.workload``.
    period : int
        From 0.

    Returns
    -------
    DataFrame, one row per conversation, the longest wait for an answer first
        `conversation`, `customer`, `level`, `owner`, `opened_at`, `stage`, `closing`, `turns` (in that period),
        `longest_ms` (for an answer), and of the slowest reply its parts: `queue_ms`, `notice_ms`, `attention_ms`,
        `switch_ms`, `handle_ms` (null where none came).
    """
    day = _Day(run)
    if not 0 <= period < day.count:
        raise ScenarioError(
            "The day has no such half-hour.",
            place="period",
            value=period,
            expected=f"0 to {day.count - 1}",
            example="0",
        )
    first, last = (int(day.edges[period + n]) for n in (0, 1))
    begin, end = (datetime.fromtimestamp(instant / 1000, tz=UTC) for instant in (first, last))
    over = run.spans.end
    name = pl.col("conversation").cast(pl.String)
    asked = (
        run.spans.turns.filter((pl.col("at") < end) & (pl.col("until").fill_null(over) >= begin))
        .with_columns(name, ms=(pl.col("until").fill_null(over) - pl.col("at")).dt.total_milliseconds())
        .group_by("conversation").agg(turns=pl.len(), longest_ms=pl.col("ms").max())
    )  # fmt: skip
    steps = run.steps.filter((pl.col("asked") < last) & (pl.col("replied") >= first))
    parts = [pl.col(part).alias(f"{part.removeprefix('part_')}_ms") for part in PARTS]
    slowest = (
        steps.sort(pl.col("replied") - pl.col("asked"), descending=True)
        .group_by("conversation", maintain_order=True).first().select("conversation", *parts)
    )  # fmt: skip
    words = ("customer", "owner")
    return (
        run.spans.conversations.select(
            name, *(pl.col(word).cast(pl.String) for word in words), "level", "opened_at", "stage", "closing"
        )
        .join(asked, on="conversation", how="inner").join(slowest, on="conversation", how="left")
        .sort(["longest_ms", "conversation"], descending=[True, False])
        .select("conversation", "customer", "level", "owner", "opened_at", "stage", "closing", "turns", "longest_ms",
                *(f"{part.removeprefix('part_')}_ms" for part in PARTS))
    )  # fmt: skip
