"""What is read off a run of an exact case, by the names of the table of exact values.

A reading is a few numbers of one replication (mostly a numerator and a denominator) and how a value comes from their
sums over all replications. Times are milliseconds here; `unit` turns them into those of the table.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from deskkit.sim.run import Run

    Numbers = tuple[float, ...]

__all__ = ["READINGS", "UNITS", "Reading", "estimate", "quotient"]

UNITS: Final = {"s": 1_000, "min": 60_000, "h": 3_600_000, "day": 86_400_000}
_SIX_MS: Final = 6 * UNITS["h"]
_DAY_MS: Final = UNITS["day"]


def quotient(sums: Sequence[float]) -> float:
    """Return a numerator divided by its denominator."""
    return sums[0] / sums[1]


class Reading(NamedTuple):
    """What is read off a run, given a unit (ms) and a time within which (ms), and what comes of the sums."""

    of: Callable[[Run, int, int], Numbers]
    value: Callable[[Sequence[float]], float] = quotient


def estimate(found: Sequence[Numbers], value: Callable[[Sequence[float]], float]) -> tuple[float, float]:
    """Return a function of expectations and its standard error, by the jackknife."""
    parts = np.asarray(found, dtype=np.float64)
    sums, n = parts.sum(axis=0), len(parts)
    without = np.asarray([value((sums - one).tolist()) for one in parts])
    return value(sums.tolist()), float(np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()))


def window(run: Run) -> tuple[int, int]:
    """Return from when to when is measured: after the warm-up, and not as long at the end, where much is unfinished."""
    begin, end, warm = run.workload.begin, run.workload.end, run.scenario.warm_up_ms
    return begin + warm, end if run.scenario.drain else end - warm


def _length(run: Run) -> float:
    from_, to_ = window(run)
    return float(to_ - from_)


def _clipped(run: Run, rows: pl.DataFrame, begin: str, end: str) -> pl.DataFrame:
    """Return intervals as far as they lie in the window, in milliseconds `a` to `b`."""
    from_, to_ = window(run)
    cut = rows.select(a=pl.col(begin).cast(pl.Int64).clip(from_, to_), b=pl.col(end).cast(pl.Int64).clip(from_, to_))
    return cut.filter(pl.col("b") > pl.col("a"))


def _sum(run: Run, rows: pl.DataFrame, begin: str, end: str) -> float:
    return float(_clipped(run, rows, begin, end).select((pl.col("b") - pl.col("a")).sum()).item())


def _covered(run: Run, rows: pl.DataFrame, begin: str, end: str) -> float:
    """Return for how much of the window at least one interval lasts."""
    cut = _clipped(run, rows, begin, end).sort("a")
    a, b = cut["a"].to_numpy(), cut["b"].to_numpy()
    before: NDArray[np.int64] = np.concatenate([[window(run)[0]], np.maximum.accumulate(b)[:-1]]) if len(b) else b
    return float(np.maximum(b - np.maximum(a, before), 0).sum())


# ---------------------------------------------------------------- waits, as the ordinary measures read them


def _waits(run: Run, stream: str = "") -> pl.DataFrame:
    """Return the waits begun in the window that ended, in milliseconds."""
    begun = pl.col("at").cast(pl.Int64).is_between(*window(run))
    of_stream = pl.col("conversation").cast(pl.String).str.starts_with(stream)
    return run.spans.waits.filter(begun & of_stream & (pl.col("outcome") != "waiting")).select(
        "outcome", ms=(pl.col("until") - pl.col("at")).dt.total_milliseconds()
    )


def wait(outcome: str = "", stream: str = "") -> Reading:
    """Read the mean wait of all who were not turned away, or of those with an outcome, of a stream."""

    def of(run: Run, unit: int, _within: int) -> Numbers:
        found = _waits(run, stream).filter(pl.col("outcome") != "turned_away")
        if outcome:
            found = found.filter(pl.col("outcome") == outcome)
        return float(found["ms"].sum()) / unit, found.height

    return Reading(of)


def share(outcome: str, stream: str = "") -> Reading:
    """Read the share of an outcome."""

    def of(run: Run, _unit: int, _within: int) -> Numbers:
        found = _waits(run, stream)
        return float((found["outcome"] == outcome).sum()), found.height

    return Reading(of)


def _delayed(run: Run, _unit: int, _within: int) -> Numbers:
    found = _waits(run)
    return float((found["ms"] > 0).sum()), found.height


def _served_within(run: Run, _unit: int, within: int) -> Numbers:
    found = _waits(run)
    return float(((found["outcome"] == "served") & (found["ms"] <= within)).sum()), found.height


def _waits_longer(run: Run, _unit: int, within: int) -> Numbers:
    found = _waits(run)
    return float((found["ms"] > within).sum()), found.height


def _queue(run: Run, _unit: int, _within: int) -> Numbers:
    ended = run.spans.waits.with_columns(pl.col("until").fill_null(run.spans.end))
    return _sum(run, ended, "at", "until"), _length(run)


# ---------------------------------------------------------------- replies


def _steps(run: Run, stream: str = "") -> pl.DataFrame:
    """Return the replies to messages written in the window."""
    return run.steps.filter(pl.col("asked").is_between(*window(run)) & pl.col("conversation").str.starts_with(stream))


def between(begin: str, end: str, stream: str = "", *, from_tab: bool = False) -> Reading:
    """Read the mean time between two instants of a reply; `from_tab`: of a message that queued, from its assignment."""

    def of(run: Run, unit: int, _within: int) -> Numbers:
        steps = _steps(run, stream)
        since = pl.max_horizontal(begin, "assigned") if from_tab else pl.col(begin)
        return float(steps.select((pl.col(end) - since).sum()).item()) / unit, steps.height

    return Reading(of)


def busy(agents: str = "") -> Reading:
    """Read the share of the time of agents (whose names begin so) spent on answering."""

    def of(run: Run, _unit: int, _within: int) -> Numbers:
        there = sum(agent.count for agent in run.scenario.agents if agent.name.startswith(agents))
        steps = run.steps.filter(pl.col("agent").str.starts_with(agents))
        return _sum(run, steps, "viewed", "replied"), there * _length(run)

    return Reading(of)


def rate(stream: str = "") -> Reading:
    """Read replies per unit of time."""

    def of(run: Run, unit: int, _within: int) -> Numbers:
        replied = pl.col("replied").is_between(*window(run)) & pl.col("conversation").str.starts_with(stream)
        return float(run.steps.filter(replied).height), _length(run) / unit

    return Reading(of)


def _idle(run: Run, _unit: int, _within: int) -> Numbers:
    return _length(run) - _covered(run, run.steps, "asked", "replied"), _length(run)


def _lost(run: Run, _unit: int, _within: int) -> Numbers:
    """Something waits and nobody answers: the agent turns to a tab, or has not noticed."""
    answering = _covered(run, run.steps, "viewed", "replied")
    return _covered(run, run.steps, "asked", "replied") - answering, _length(run)


def _present(run: Run, _unit: int, _within: int) -> Numbers:
    return _sum(run, run.steps, "asked", "replied"), _length(run)


def _slowdown(run: Run, unit: int, within: int) -> Numbers:
    time, n = between("asked", "replied").of(run, unit, within)
    return time, n * run.scenario.streams[0].handle.mean / unit


def _gain(run: Run, unit: int, within: int) -> Numbers:
    replies, time = rate().of(run, unit, within)
    stream = run.scenario.streams[0]
    return replies * (stream.handle.mean + stream.think.mean) / unit, time


# ---------------------------------------------------------------- conversations and waves


def _duration(run: Run, unit: int, _within: int) -> Numbers:
    done = run.spans.conversations.filter(
        pl.col("opened_at").cast(pl.Int64).is_between(*window(run)) & (pl.col("closing").cast(pl.String) == "resolved")
    )
    return float((done["closed_at"] - done["assigned_at"]).dt.total_milliseconds().sum()) / unit, done.height


def _tabs(run: Run, _unit: int, _within: int) -> Numbers:
    held = run.spans.conversations.filter(pl.col("assigned_at").is_not_null())
    held = held.with_columns(pl.col("closed_at").fill_null(run.spans.end))
    return _sum(run, held, "assigned_at", "closed_at"), _length(run)


def _load(run: Run, _unit: int, _within: int) -> Numbers:
    """Count who is in service at six o'clock of each day after the first."""
    from_, to_ = window(run)
    at = np.arange(from_ + _SIX_MS, to_, _DAY_MS)
    begun, ended = (np.sort(run.steps[name].to_numpy()) for name in ("viewed", "replied"))
    there = np.searchsorted(begun, at, side="right") - np.searchsorted(ended, at, side="right")
    return float(there.sum()), float(len(at))


def _wave(run: Run, unit: int, _within: int) -> Numbers:
    """Return length and the integrals of the number in service times 1, cosine and sine of the day."""
    cut = _clipped(run, run.steps, "viewed", "replied")
    turn = 2 * math.pi / _DAY_MS
    a, b = cut["a"].to_numpy(), cut["b"].to_numpy()
    cosine = ((np.sin(turn * b) - np.sin(turn * a)) / turn).sum()
    sine = ((np.cos(turn * a) - np.cos(turn * b)) / turn).sum()
    return _length(run) / unit, float((b - a).sum()) / unit, float(cosine) / unit, float(sine) / unit


def _peak(sums: Sequence[float]) -> float:
    length, all_, cosine, sine = sums
    return all_ / length + 2 * math.hypot(cosine, sine) / length


def _lag(sums: Sequence[float]) -> float:
    """Return how many hours the number in service is behind the arrivals, which go as a sine."""
    _, _, cosine, sine = sums
    return math.atan2(-cosine, sine) * 12 / math.pi


READINGS: Final[dict[str, Reading]] = {
    "p_wait": Reading(_delayed), "p_block": share("turned_away"), "p_lost": share("turned_away"),
    "p_abandon": share("left"), "wait": wait(), "wait_served": wait("served"), "wait_abandoned": wait("left"),
    "within": Reading(_served_within), "served_within": Reading(_served_within), "waits_longer": Reading(_waits_longer),
    "wait_1": wait("served", "first"), "wait_2": wait("served", "second"), "wait_3": wait("served", "third"),
    "queue": Reading(_queue), "present": Reading(_present), "stay": between("asked", "replied"),
    "stay_1": between("asked", "replied", "first"), "stay_2": between("asked", "replied", "second"),
    "occupancy": busy(), "specialists": busy("specialist"), "generalists": busy("generalist"),
    "p_lost_first": share("turned_away", "first"), "p_lost_second": share("turned_away", "second"),
    "empty": Reading(_idle), "idle": Reading(_idle), "lost": Reading(_lost), "rate": rate(),
    "rate_vip": rate("vip"), "rate_regular": rate("regular"), "reply": between("asked", "replied", from_tab=True),
    "reply_vip": between("asked", "replied", "vip"), "reply_regular": between("asked", "replied", "regular"),
    "slowdown": Reading(_slowdown), "gain": Reading(_gain), "duration": Reading(_duration), "tabs": Reading(_tabs),
    "load": Reading(_load), "peak": Reading(_wave, _peak), "lag": Reading(_wave, _lag),
    "viewed": between("asked", "viewed"),
}  # fmt: skip
