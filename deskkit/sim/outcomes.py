"""What a run is judged by: each measure as a numerator and a denominator, so that replications can be put together.

The measures are those of `deskkit.measures`, worked out on the run's own log; what only a simulation knows (how a
reply's time is made up, replies in the wrong window, who had given up, what it cost) comes from the run itself.
"""

from __future__ import annotations

import math
from array import array
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from deskkit.measures import report_of
from deskkit.measures.report import choices_of
from deskkit.sim.parts import PARTS
from deskkit.sim.shifts import days_lived, paid_ms, there
from deskkit.sim.speeds import HIGH, SPEEDS, sampled_speeds, speeds
from deskkit.sim.untold import ABANDONMENT

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from deskkit.measures import Figure
    from deskkit.sim.run import Run
    from deskkit.sim.scenario import Scenario

    Ratio = tuple[float, float]

__all__ = ["MEASURED", "OF_RUN", "SAMPLED", "judged", "outcomes", "saturated"]

MEASURED: Final = (
    "first_response", "reply_time", "answered_within", "service_level", "queue_wait", "queue_service_level",
    "abandonment", "abandonment_queue", "abandonment_service", "abandonment_silent", "turned_away",
    "occupancy_assigned", "occupancy_actionable", "concurrency_assigned", "load_spread", "late_behind_lower", "missed",
    "transfer", "sla_first_response", "notices_per_agent_hour", "notice_noise", "notice_time_to_view",
)  # fmt: skip
OF_RUN: Final[dict[str, tuple[str, str]]] = {
    "gave_up": ("Customers who gave up", "share"),
    "part_queue": ("Reply time: in the queue", "ms"), "part_notice": ("Reply time: until noticed", "ms"),
    "part_attention": ("Reply time: while writing other replies", "ms"), "part_switch": ("Reply time: switching", "ms"),
    "part_handle": ("Reply time: reading and writing", "ms"), "wrong_window": ("Replies in the wrong window", "share"),
    "reply_p90": ("Reply time, 90th percentile of a day", "ms"),
    "vip_gap": ("Reply time, asked at low/normal minus high", "ms"),
    "resolved": ("Conversations resolved", "count"), "cost_per_resolved": ("Cost per resolved conversation", "mean"),
    "conversations": ("Conversations", "count"),
    "loud_per_agent_hour": ("Notices louder than a badge, per agent-hour", "per hour"),
}  # fmt: skip
"""Title and unit of what only a run knows; replies without a queue have a part of zero in it."""

SAMPLED: Final = ("first_response", "reply_time", "queue_wait")
"""Of these the single times are kept, as of the speeds by level (`deskkit.sim.speeds`)."""

_ALWAYS: Final = (*SAMPLED, "notices_per_agent_hour")
_MEANS: Final = {"load_spread", "missed", "notices_per_agent_hour", "concurrency_assigned"}
_HOUR_MS: Final = 3_600_000
_LOST: Final = 1 / 3
_QUARTERS: Final = 4
_SOME: Final = 20  # without an answer: fewer are no trend
_UNDONE: Final = 0.1  # of what a quarter brings, over two quarters


def outcomes(run: Run) -> dict[str, Ratio]:
    """Return every measure of a run as a numerator and a denominator."""
    return judged(run)[0]


def judged(run: Run, wanted: Collection[str] = ()) -> tuple[dict[str, Ratio], dict[str, array[int]]]:
    """Return measures of a run as a numerator and a denominator, and the single times of some for quantiles.

    Parameters
    ----------
    run : Run
    wanted : collection of str
        Those that somebody waits for: of the others what takes long is left out. By default all.

    Notes
    -----
    What began in the warm-up is in none of them. Abandonment is what the run's log tells, which does not see who gave
    up without a word and was answered after all; `gave_up` is what the run itself knows. Neither is told where the log
    that the customers come from did not tell how long they wait.
    """
    begin = datetime.fromtimestamp(_since(run) / 1000, tz=UTC) if run.scenario.warm_up_ms else None
    needed = {*wanted, *_ALWAYS, *(("abandonment",) if "gave_up" in wanted else ())}
    names = [name for name in MEASURED if not wanted or name in needed]
    found = report_of(run.spans, measures=names, choices=choices_of(run.policy, begin=begin))
    measures: dict[str, Ratio] = {}
    for name, figure in found.figures.items():
        measures[name] = _ratio(figure)
        if name == "abandonment":
            measures["gave_up"] = _gave_up(run, figure)
    by_level = not wanted or not {*SPEEDS, "vip_gap"}.isdisjoint(wanted)
    asked = speeds(run) if by_level else None
    measures |= _parts(run) | ({} if asked is None else {"vip_gap": _gap(asked)}) | _whole(run)
    if "leaving" in run.workload.unknown:
        measures |= dict.fromkeys(ABANDONMENT, (0.0, 0.0))
    present_ms = found["notices_per_agent_hour"].numbers["present_ms"] or 0
    measures["loud_per_agent_hour"] = (_loud(run), float(present_ms) / _HOUR_MS)
    samples = {name: array("q", found[name].rows["ms"].drop_nulls().to_list()) for name in SAMPLED}
    return measures, samples | ({} if asked is None else sampled_speeds(asked))


def _since(run: Run) -> int:
    """Return from when on a run is measured, milliseconds."""
    return run.workload.begin + run.scenario.warm_up_ms


def _ratio(figure: Figure) -> Ratio:
    """Return a measure as a ratio: of sums where it counts things, else as one number of the day."""
    numbers, name = figure.numbers, figure.measure.name
    value, n = numbers["value"], numbers["n"]
    if value is None or math.isnan(value) or not n:
        return 0.0, 0.0
    if name.startswith("occupancy"):
        return float(numbers["busy_ms"] or 0), float(numbers["present_ms"] or 0)
    if name in _MEANS:
        return float(value), 1.0
    return float(value) * float(n), float(n)


def _gave_up(run: Run, abandonment: Figure) -> Ratio:
    """Return how many of the conversations that abandonment is of had a customer who gave up, told or not."""
    rows = abandonment.rows["conversation"].cast(pl.String)
    return float(rows.is_in(run.gave_up.implode()).sum()), float(len(rows))


def _gap(asked: pl.DataFrame) -> Ratio:
    """Return how much sooner messages that came at a high level get their replies, of a table as of `speeds`."""
    is_high = pl.col("level") >= HIGH
    high, low = (asked.filter(rows)["to_reply"].mean() for rows in (is_high, ~is_high))
    return (float(low) - float(high), 1.0) if isinstance(low, float) and isinstance(high, float) else (0.0, 0.0)


def _parts(run: Run) -> dict[str, Ratio]:
    """Return how the time of a reply is made up, and what went wrong."""
    steps = run.steps.filter(pl.col("asked") >= _since(run))
    n = float(steps.height)
    found = {name: (float(steps[name].sum()), n) for name in PARTS}
    astray = (run.astray >= _since(run)).sum()
    times = (steps["replied"] - steps["asked"]).quantile(0.9)
    return found | {"wrong_window": (float(astray), n), "reply_p90": (float(times or 0), 1.0 if n else 0.0)}


def _loud(run: Run) -> float:
    """Return how many notices rang, popped up or went to a telephone: a badge disturbs nobody."""
    rings = run.policy.schema.notify.rings
    loud = [number for number, ring in enumerate(rings) if ring.channels != ("badge",)]
    return float(run.rings.filter((pl.col("at") >= _since(run)) & pl.col("ring").is_in(loud)).height)


def _whole(run: Run) -> dict[str, Ratio]:
    """Return counts of the day, and its cost."""
    resolved = float((_conversations(run)["closing"].cast(pl.String) == "resolved").sum())
    return {
        "resolved": (resolved, 1.0),
        "cost_per_resolved": (_cost(run), resolved) if _costs(run.scenario) else (0.0, 0.0),
        "conversations": (float((run.workload.conversations["at"] >= _since(run)).sum()), 1.0),
    }  # fmt: skip


def _conversations(run: Run) -> pl.DataFrame:
    """Return the conversations opened after the warm-up."""
    return run.spans.conversations.filter(pl.col("opened_at").cast(pl.Int64) >= _since(run))


def _costs(scenario: Scenario) -> bool:
    """Say whether a scenario names any cost; without one what is resolved costs nobody knows what."""
    return scenario.cost.per_lost > 0 or any(agent.cost > 0 for agent in scenario.agents)


def _paid(run: Run) -> pl.DataFrame:
    """Return for how long each agent is paid; who is always there, as long as customers may begin or are served."""
    there_at = run.spans.presences.filter(pl.col("presence").cast(pl.String) != "offline").select(
        pl.col("agent").cast(pl.String), begin=pl.col("at").cast(pl.Int64),
        end=pl.col("until").fill_null(run.spans.end).cast(pl.Int64),
    )  # fmt: skip
    present: dict[str, list[tuple[int, int]]] = {name: [] for name in run.roster}
    for agent, begin, end in there_at.iter_rows():
        present[agent].append((begin, end))
    workload, days = run.workload, days_lived(run.scenario, run.workload)
    since = _since(run) if run.scenario.warm_up_ms else None
    rows = []
    for agent, about in run.roster.items():
        planned = there(about, workload.days, days) if about.shifts else [(workload.begin, workload.end)]
        rows.append((agent, paid_ms(planned, present[agent], since=since)))
    return pl.DataFrame(rows, schema={"agent": pl.String, "ms": pl.Int64}, orient="row")


def _cost(run: Run) -> float:
    """Return what the agents and the conversations lost cost."""
    rates = {person: about.cost for person, about in run.roster.items()}
    hours = _paid(run)
    paid = sum(rates.get(agent, 0.0) * ms / _HOUR_MS for agent, ms in hours.iter_rows())
    return float(paid + run.scenario.cost.per_lost * _lost(run, _conversations(run)))


def _lost(run: Run, opened: pl.DataFrame) -> int:
    """Return how many of some conversations lost their customer, whatever the log says of their end.

    Who gave up without a word is lost, also where an answer came to nobody and the log calls it resolved.
    """
    told = opened["closing"].cast(pl.String).is_in(["customer_left", "turned_away"]).fill_null(value=False)
    return int((told | opened["conversation"].cast(pl.String).is_in(run.gave_up.implode())).sum())


def saturated(run: Run) -> bool:
    """Say whether a run was more than the desk could bear: many lost, or ever more without an answer, or cut off.

    *Many lost*: more than a third of those who came gave up, with a word or without, or left, or were turned away, also
    where an answer came to nobody and the log says that it is resolved. *Ever more without an answer*: of the
    four quarters in which customers begin (a warm-up left out), the mean number of messages without an answer is larger
    in the third than in the second and largest in the last; and from the second to the last it grows by 20 at least and
    by one in ten of those written in a quarter, so that a twentieth of what is asked is never caught up with. A stable
    desk's number goes up and down by chance, but not so far. *Cut off*: as `Run.truncated` says.
    """
    opened = run.spans.conversations
    return run.truncated or _lost(run, opened) > _LOST * max(1, len(opened)) or _grows(*_unanswered(run))


def _unanswered(run: Run) -> tuple[list[float], float]:
    """Return the mean number without an answer in each quarter, and how many messages a later quarter brings."""
    edges = np.linspace(_since(run), max(run.workload.end, _since(run) + 1), _QUARTERS + 1)
    turns = run.spans.turns.select(pl.col("at").cast(pl.Int64), pl.col("until").cast(pl.Int64).fill_null(edges[-1]))
    at, until = turns["at"].to_numpy(), turns["until"].to_numpy()
    means = [
        float(np.clip(np.minimum(until, end) - np.maximum(at, begin), 0, None).sum() / (end - begin))
        for begin, end in pairwise(edges)
    ]
    return means, float(((at >= edges[1]) & (at < edges[-1])).sum()) / (_QUARTERS - 1)


def _grows(means: Sequence[float], asked: float) -> bool:
    """Say whether a number grew through the later quarters, far enough against how many were asked in each.

    Examples
    --------
    >>> _grows([3, 10, 40, 70], 300), _grows([3, 40, 38, 70], 300), _grows([3, 10, 18, 26], 300)
    (True, False, False)
    """
    _, second, third, last = means
    return second < third < last and last - second >= max(_SOME, _UNDONE * asked)
