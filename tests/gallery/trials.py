"""What figures of trials are drawn of in the gallery: results made by hand, in which every name is hostile."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from deskkit import figures
from deskkit.sim.estimates import Estimate
from deskkit.sim.ladders import Trade
from deskkit.sim.sensitivity import Sensitivity

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

__all__ = ["drawn_trials"]


def drawn_trials(hostile: str) -> dict[str, Callable[[str], go.Figure]]:
    """Return a maker of each figure of a trial, by name, given a language."""
    return {
        "pareto": lambda language: figures.pareto(bought(hostile), language=language),
        "concurrency": lambda language: figures.concurrency(
            gained(hostile), exact=[1.0, 1.8], practice=[1.0, 1.7], language=language
        ),
        "tornado": lambda language: figures.tornado(depends(), language=language),
    }


def bought(hostile: str) -> Trade:
    """Return what four policies buy and pay; the first, the base, has no interval, and one is beaten."""
    rows = [
        (hostile, 20.0, 0.0, 40_000.0, 0.0, 0.1, True), ("b", 21.0, 1.0, 41_000.0, 900.0, 0.2, False),
        ("c", 60.0, None, 30_000.0, None, None, True), ("安静", 5.0, 2.0, 90_000.0, 4_000.0, 0.0, True),
    ]  # fmt: skip
    names = ["policy", "price", "price_half", "pace", "pace_half", "noise", "front"]
    table = pl.DataFrame(rows, schema=names, orient="row")
    return Trade(table, hostile, ("Time to view: high", "ms"), ("Notices per agent-hour", "per hour"), 0.95)


def gained(hostile: str) -> pl.DataFrame:
    """Return throughput of two mechanisms, one of which nobody could have named."""
    rows = [(name, tabs, 0.9 * tabs, 0.1, 4) for name in ("switch 4 s", hostile) for tabs in (1, 2)]
    return pl.DataFrame(rows, schema=["mechanism", "tabs", "gain", "half_width", "n"], orient="row")


def depends() -> Sensitivity:
    """Return numbers: one matters, one does not, one goes one way only, of one nothing is known."""
    rows = [
        ("a", "Glance at a badge", "low", "× 0.5", -9e3, -1.2e4, -6e3, True),
        ("a", "Glance at a badge", "high", "× 2", 7e3, 1e3, 1.3e4, True),
        ("b", "Time to mend one", "low", "× 0.5", -40.0, -900.0, 820.0, False),
        ("b", "Time to mend one", "high", "× 2", 0.0, 0.0, 0.0, False),
        ("c", "Attention lost per tab", "high", "0.04", 2e3, -5e3, 9e3, False),
        ("d", "Turns", "low", "× 0.8", None, None, None, False),
    ]
    names = ["name", "title", "end", "value", "mean", "low", "high", "differs"]
    frame = pl.DataFrame(rows, schema=names, orient="row").with_columns(is_assumed=pl.lit(value=True))
    base = Estimate(mean=64_000.0, half_width=7_000.0, level=0.95, estimator="ratio", n=10, counted=10)
    return Sensitivity(
        measure="to_reply", title="Time to reply", unit="ms", base=base, frame=frame, scenario="rush",
        policy="standard", seed=7, replications=10, level=0.95,
    )  # fmt: skip
