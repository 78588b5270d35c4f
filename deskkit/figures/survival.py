"""The curve of patience: the share of customers who would wait longer, with its band, and what it was made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.figures.template import HELD, PALETTE, drawn, number, scale, speaker, units
from deskkit.measures.survival import kaplan_meier

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

    from deskkit.measures import Figure

__all__ = ["survival"]

_Z: Final = 1.959963984540054  # the 97.5 % point of the normal distribution
_MOST: Final = 400  # ticks of an outcome; more are one dark bar
_SHARE: Final = 0.99  # of the durations that the axis shows


def survival(figure: Figure, *, language: str | None = None) -> go.Figure:
    """Draw the product-limit curve of waits: who left told apart from who was served and who still waits.

    Parameters
    ----------
    figure : Figure
        Of a measure whose rows have `ms`, `ended` and `outcome`: patience in the queue, or until the first word.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure
        Above the curve with its 95 % band (Greenwood); below, a tick for each wait at its length, by how it ended.

    Examples
    --------
    >>> from deskkit.measures.patience import FIRST_WORD
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> len(survival(FIRST_WORD.of(spans(open_log("memory:")))).data)
    0
    """
    say, _ = speaker(language)
    numbers = figure.numbers
    note = say("{left} of {n} left; half would leave within {median}").format(
        left=f"{numbers['left']:,}", n=f"{numbers['n']:,}", median=number(numbers["value"], "ms")
    )
    rows = figure.rows.select("ms", "ended", pl.col("outcome").cast(pl.String)).sort("ms")
    most = rows["ms"].quantile(_SHARE) or 0.0
    divisor, name = scale([float(most)], "ms")
    chart = drawn(
        say(figure.measure.title), note=note, height=440, x=units(say("waited"), name), y=say("would wait longer (%)")
    )
    if rows.is_empty():
        return chart
    longest = max(rows["ms"].to_list())
    _curve(chart, kaplan_meier(rows.select("ms", "ended")), divisor, say, end=longest)
    _ticks(chart, rows, divisor, say)
    chart.update_xaxes(range=[0, max(float(most), 1.0) / divisor], showgrid=False)
    chart.update_yaxes(range=[0, 102], domain=[0.3, 1])
    chart.update_layout(
        yaxis2={"domain": [0, 0.2], "type": "category", "showgrid": False, "ticks": ""}, xaxis={"anchor": "y2"},
        showlegend=False, hovermode="closest",
    )  # fmt: skip
    return chart


def _curve(chart: go.Figure, curve: pl.DataFrame, divisor: float, say: Callable[[str], str], *, end: float) -> None:
    """Draw the steps and their band, from the beginning to the longest wait."""
    x = [0.0, *(ms / divisor for ms in curve["ms"]), end / divisor]
    share = [1.0, *curve["survival"]]
    errors = [0.0, *curve["error"]]
    share, errors = [*share, share[-1]], [*errors, errors[-1]]
    low = [100 * max(0.0, s - _Z * e) for s, e in zip(share, errors, strict=True)]
    high = [100 * min(1.0, s + _Z * e) for s, e in zip(share, errors, strict=True)]
    stepped: dict[str, Any] = {"x": x, "mode": "lines", "yaxis": "y"}
    edge = {"shape": "hv", "width": 0, "color": PALETTE[0]}
    chart.add_scatter(y=low, line=edge, hoverinfo="skip", **stepped)
    chart.add_scatter(y=high, line=edge, fill="tonexty", fillcolor="rgba(59,130,196,0.20)", hoverinfo="skip", **stepped)
    chart.add_scatter(
        y=[100 * value for value in share], line={"shape": "hv", "width": 2.5, "color": PALETTE[0]},
        customdata=[number(place * divisor, "ms") for place in x],
        hovertemplate=say("after {wait}: {share} would wait longer").format(wait="%{customdata}", share="%{y:.1f} %")
        + "<extra></extra>", **stepped,
    )  # fmt: skip


def _ticks(chart: go.Figure, rows: pl.DataFrame, divisor: float, say: Callable[[str], str]) -> None:
    """Draw a tick for each wait, a line for each way in which waits ended."""
    words = {
        "served": say("served"), "left": say("left"), "waiting": say("still waiting"),
        "turned_away": say("turned away"),
        "closed": say("closed"), "resolved": say("closed"), "archived": say("archived"), "snoozed": say("snoozed"),
    }  # fmt: skip
    colours = {"left": PALETTE[1], "served": PALETTE[2], "waiting": PALETTE[3]}
    for outcome in ("waiting", "snoozed", "archived", "resolved", "closed", "turned_away", "left", "served"):
        waits = rows.filter(pl.col("outcome") == outcome)["ms"]
        if waits.is_empty():
            continue
        shown = waits if waits.len() <= _MOST else waits.gather_every(-(-waits.len() // _MOST))
        title = f"{words[outcome]} ({waits.len():,})"
        chart.add_scatter(
            x=[ms / divisor for ms in shown], y=[title] * shown.len(), mode="markers", yaxis="y2",
            marker={"symbol": "line-ns", "size": 12, "line": {"width": 1.3, "color": colours.get(outcome, HELD)}},
            customdata=[number(ms, "ms") for ms in shown], hovertemplate="%{customdata}<extra></extra>",
        )  # fmt: skip
