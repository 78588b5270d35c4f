"""The concurrency curve: throughput by number of tabs, simulated, exact, and as practitioners report it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.figures.template import HELD, INK, PALETTE, drawn, safe, speaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

__all__ = ["concurrency"]

_MARKS: Final = ("circle", "square", "triangle-up", "x")


def concurrency(
    found: pl.DataFrame,
    *,
    exact: Sequence[float] = (),
    practice: Sequence[float] = (),
    language: str | None = None,
) -> go.Figure:
    """Draw throughput by number of tabs.

    Parameters
    ----------
    found : DataFrame
        Of `deskkit.sim.concurrency.gains`.
    exact : sequence of float
        The exact curve, a number for each number of tabs in `found`.
    practice : sequence of float
        What is reported of 1, 2, 3, ... tabs.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> rows = [("switch 4 s", 1, 1.0, 0.05, 4), ("switch 4 s", 2, 1.8, 0.05, 4)]
    >>> names = ["mechanism", "tabs", "gain", "half_width", "n"]
    >>> frame = pl.DataFrame(rows, schema=names, orient="row")
    >>> [trace.name for trace in concurrency(frame, exact=[1.0, 1.81], practice=[1.0, 1.7]).data]
    ['switch 4 s', 'exact', 'practitioners']
    """
    say, spoken = speaker(language)
    tabs = found["tabs"].unique().sort().to_list()
    chart = drawn(
        say("What further tabs bring"), height=430, x=say("tabs"), y=say("throughput (of one undisturbed tab)"),
        note=say("bars: interval of each point alone"),
    )  # fmt: skip
    for n, name in enumerate(found["mechanism"].unique(maintain_order=True)):
        rows, colour = found.filter(pl.col("mechanism") == name).sort("tabs"), PALETTE[n % len(PALETTE)]
        chart.add_scatter(
            x=rows["tabs"].to_list(), y=rows["gain"].to_list(), name=safe(say(name), language=spoken),
            mode="lines+markers", line={"color": colour, "width": 2},
            marker={"size": 9, "symbol": _MARKS[n % len(_MARKS)], "color": colour},
            error_y={
                "type": "data", "symmetric": False, "array": rows["half_width"].to_list(), "thickness": 1, "width": 3,
                "arrayminus": rows.select(pl.min_horizontal("half_width", "gain")).to_series().to_list(),
                "color": colour,
            },
            hovertemplate="%{x}: %{y:.2f} ± %{error_y.array:.2f}<extra></extra>",
        )  # fmt: skip
    if exact:
        chart.add_scatter(
            x=tabs, y=list(exact), name=say("exact"), mode="lines", line={"color": INK, "width": 1.5, "dash": "dot"},
            hovertemplate="%{x}: %{y:.4f}<extra></extra>",
        )  # fmt: skip
    if practice:
        chart.add_scatter(
            x=list(range(1, len(practice) + 1)), y=list(practice), name=say("practitioners"), mode="markers",
            marker={"size": 12, "symbol": "diamond-open", "color": PALETTE[3], "line": {"width": 2}},
            hovertemplate="%{x}: %{y}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(margin_t=110)
    chart.update_yaxes(rangemode="tozero")
    chart.update_xaxes(tickvals=tabs, zerolinecolor=HELD)
    return chart
