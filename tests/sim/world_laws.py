"""Laws that hold on every run exactly, whatever was drawn: each returns what it found broken."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import polars as pl

from deskkit.desk import events as e

if TYPE_CHECKING:
    from deskkit.sim.run import Run

__all__ = ["broken"]


def broken(run: Run) -> list[str]:
    """Return the laws a run breaks."""
    return [said for law in (_monotone, _identities, _flow, _little, _replies, _one_at_a_time) for said in law(run)]


def _monotone(run: Run) -> list[str]:
    """No event lies before the one before it."""
    times = [event.at for event in run.events]
    return [] if times == sorted(times) else ["time goes back"]


def _identities(run: Run) -> list[str]:
    """No two facts have the same identity."""
    found = Counter((event.source, event.source_id) for event in run.events if isinstance(event, e.Fact))
    return [f"{identity} occurs {n} times" for identity, n in found.items() if n > 1]


def _flow(run: Run) -> list[str]:
    """Each message that was asked is answered, owed, or given up with its conversation: messages in, turns out."""
    asked = Counter(event.conversation for event in run.events if isinstance(event, e.CustomerWrote))
    opened = {event.conversation for event in run.events if isinstance(event, e.ConversationOpened)}
    strange = set(asked) - opened - {event.renewed for event in run.events if isinstance(event, e.Renewed)}
    missing = opened - set(asked)
    return [f"{len(strange)} wrote without beginning"] * bool(strange) + [f"{len(missing)} said nothing"] * bool(
        missing
    )


def _little(run: Run) -> list[str]:
    """Little's law: the number waiting, summed over time, is the sum of the waits, to the millisecond."""
    waits = run.spans.waits.select(pl.col("at").cast(pl.Int64), pl.col("until").cast(pl.Int64)).drop_nulls()
    steps = pl.concat([
        waits.select(pl.col("at"), change=pl.lit(1)), waits.select(pl.col("until").alias("at"), change=pl.lit(-1))
    ]).sort("at")  # fmt: skip
    length = steps["change"].cum_sum()
    area = (length[:-1] * steps["at"].diff()[1:]).sum()
    total = (waits["until"] - waits["at"]).sum()
    return [] if area == total else [f"{area} is not {total}"]


def _replies(run: Run) -> list[str]:
    """Each reply in the log is a step of an agent, and the other way round."""
    logged = Counter(
        (event.conversation, event.agent, event.at)
        for event in run.events
        if isinstance(event, e.AgentWrote) and not event.message.endswith("~astray")
    )
    made = Counter(run.steps.select("conversation", "agent", "replied").rows())
    lost, unsaid = (logged - made).total(), (made - logged).total()
    return [] if lost == unsaid == 0 else [f"{lost} replies without a step, {unsaid} steps without a reply"]


def _one_at_a_time(run: Run) -> list[str]:
    """Nobody writes two replies at the same time: an agent has one pair of hands."""
    steps = run.steps.sort("agent", "viewed", "replied")
    same = pl.col("agent") == pl.col("agent").shift(1)
    both = steps.filter(same & (pl.col("viewed") < pl.col("replied").shift(1)))
    return [] if both.is_empty() else [f"{both.height} replies at the same time"]
