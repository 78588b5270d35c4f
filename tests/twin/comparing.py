"""Two runs held against each other: where their logs part, which of their spans differ."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskkit.log.spans import Spans
from deskkit.sim.run import simulate

if TYPE_CHECKING:
    from deskkit.sim.run import Run
    from tests.twin.corpus import Case

__all__ = ["both", "first_difference", "unlike"]


def both(case: Case) -> tuple[Run, Run]:
    """Live through a case with either engine."""
    slow = simulate(case.scenario, case.policy, workload=case.workload)
    return slow, simulate(case.scenario, case.policy, workload=case.workload, engine="compiled")


def first_difference(slow: Run, fast: Run) -> str:
    """Return where two runs part, empty if they do not."""
    for n, (one, other) in enumerate(zip(slow.events, fast.events, strict=False)):
        if one != other:
            return f"event {n}: {one} is not {other}"
    if len(slow.events) != len(fast.events):
        return f"{len(slow.events)} events are not {len(fast.events)}"
    if (slow.truncated, slow.left_over) != (fast.truncated, fast.left_over):
        return "only one was cut off"
    if not slow.gave_up.equals(fast.gave_up):
        return "others gave up"
    return "" if slow.steps.equals(fast.steps) else "the steps differ"


def unlike(one: Spans, other: Spans) -> list[str]:
    """Return the names of the spans that differ."""

    def plain(frame: pl.DataFrame) -> pl.DataFrame:
        names = [name for name, kind in frame.schema.items() if kind == pl.Categorical]
        lists = [name for name, kind in frame.schema.items() if kind == pl.List(pl.Categorical)]
        return frame.with_columns(pl.col(names).cast(pl.String), pl.col(lists).cast(pl.List(pl.String)))

    def same(name: str) -> bool:
        mine, theirs = getattr(one, name), getattr(other, name)
        return bool(plain(mine).equals(plain(theirs)) if isinstance(mine, pl.DataFrame) else mine == theirs)

    return [name for name in Spans._fields if not same(name)]
