"""The trend: a measure over days, or over the hours of the day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import polars as pl

from deskkit.figures.template import PALETTE, drawn, number, scale, speaker, told, units

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from deskkit.measures import Figure

__all__ = ["trend"]


def trend(figure: Figure, *, by: Literal["day", "hour"] = "day", language: str | None = None) -> go.Figure:
    """Draw a measure over time, with the median or the interval where the measure has one.

    Parameters
    ----------
    figure : Figure
    by : {"day", "hour"}
        Days one after the other, or hours of the day over all days.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    MeasureError
        The measure cannot be broken down by it.

    Examples
    --------
    >>> from deskkit.measures import measure
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> trend(measure("csat").of(spans(open_log("memory:")))).layout.yaxis.title.text
    'Satisfaction (%)'
    """
    say, _ = speaker(language)
    about = figure.measure
    rows = figure.broken_down(by).filter(pl.col(by).is_not_null())
    values = rows["value"].cast(pl.Float64).to_list()
    divisor, name = scale(values, about.unit)
    title = say(about.title)
    chart = drawn(title, x=say("hour of the day") if by == "hour" else say("day"), y=units(title, name))
    places = [f"{hour:02}" for hour in rows[by].to_list()] if by == "hour" else rows[by].to_list()
    if {"low", "high"} <= set(rows.columns):
        low, high = ([None if v is None else v / divisor for v in rows[end].to_list()] for end in ("low", "high"))
        band = {"x": places, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        chart.add_scatter(y=low, **band)
        chart.add_scatter(y=high, fill="tonexty", fillcolor="rgba(59,130,196,0.18)", **band)
    marked = {"color": PALETTE[0], "size": 7}
    chart.add_scatter(
        x=places, y=[None if value is None else value / divisor for value in values], mode="lines+markers",
        name=say("mean") if about.unit == "ms" else title, line={"color": PALETTE[0], "width": 2}, marker=marked,
        customdata=told(values, rows["n"].to_list(), about.unit, say),
        hovertemplate="%{x}<br>%{customdata}<extra></extra>",
    )  # fmt: skip
    if "median" in rows.columns:
        medians = rows["median"].to_list()
        chart.add_scatter(
            x=places, y=[None if value is None else value / divisor for value in medians], mode="lines+markers",
            name=say("median"), line={"color": PALETTE[1], "width": 2, "dash": "dot"},
            marker={"color": PALETTE[1], "size": 7, "symbol": "diamond"},
            customdata=[number(value, about.unit) for value in medians],
            hovertemplate="%{x}<br>%{customdata}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(showlegend="median" in rows.columns)
    chart.update_yaxes(rangemode="tozero")
    if by == "hour":
        chart.update_xaxes(type="category")
    return chart
