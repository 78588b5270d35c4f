"""How fast agents were, reply by reply: until the message was noticed, until its tab was looked at, until the reply.

Each reply counts at the level its message had when it came, which is what the notices went by; later waiting may have
raised it, and slow replies must not all count as high ones.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.desk import events as e

if TYPE_CHECKING:
    from deskkit.sim.run import Run

__all__ = ["HIGH", "SPEEDS", "sampled_speeds", "speed_name", "speeds"]

TITLES: Final = {"to_notice": "Time to notice", "to_view": "Time to view", "to_reply": "Time to reply"}
HIGH: Final = e.LEVELS.index("high")
"""From this level on a message is a high one."""
_NORMAL: Final = e.LEVELS.index("normal")  # where a desk begins that gives no level


def speed_name(what: str, level: str = "") -> str:
    """Return the name of a speed of one level, or of all.

    Examples
    --------
    >>> speed_name("to_view", "urgent"), speed_name("to_reply")
    ('to_view_urgent', 'to_reply')
    """
    return f"{what}_{level}" if level else what


SPEEDS: Final = {
    speed_name(what, level): f"{title}: {level}" if level else title
    for what, title in TITLES.items()
    for level in ("", *e.LEVELS)
}
"""Title of each; all are in milliseconds."""


def speeds(run: Run) -> pl.DataFrame:
    """Return how long each reply took.

    Parameters
    ----------
    run : Run

    Returns
    -------
    DataFrame, one row per reply to a message that came after the warm-up
        `conversation`, `agent`, `level` (0 to 3, when the message came), and in milliseconds `to_notice` and `to_view`
        (from when the agent had the message: the queue is no matter of notices) and `to_reply` (from the message).

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.run import simulate
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> run = simulate(load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml"), seed=7)
    >>> found = speeds(run)
    >>> found.height == run.steps.height, (found["to_notice"] <= found["to_view"]).all()
    (True, True)
    """
    since = run.workload.begin + run.scenario.warm_up_ms
    steps = run.steps.filter(pl.col("asked") >= since).sort("asked")
    rows = steps.join_asof(_levels(run), left_on="asked", right_on="at", by="conversation", check_sortedness=False)
    return rows.select(
        "conversation", "agent", pl.col("level").fill_null(_NORMAL),
        to_notice=(pl.col("noticed") - pl.col("given")).clip(0), to_view=(pl.col("viewed") - pl.col("given")).clip(0),
        to_reply=pl.col("replied") - pl.col("asked"),
    )  # fmt: skip


def sampled_speeds(rows: pl.DataFrame) -> dict[str, array[int]]:
    """Return the single times of a table as of `speeds`, by the names of `SPEEDS`; a level without replies has none."""
    found: dict[str, array[int]] = {}
    for level, name in enumerate(("", *e.LEVELS), start=-1):
        mine = rows.filter(pl.col("level") == level) if name else rows
        found |= {speed_name(what, name): array("q", mine[what].to_list()) for what in TITLES}
    return found


def _levels(run: Run) -> pl.DataFrame:
    """Return from when on a conversation had which level, by instant; the last said at an instant holds."""
    return run.levels.unique(["conversation", "at"], keep="last").sort("at")
