"""Bars: agents with intervals, tags by facet, two periods, and what another policy would touch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.figures.template import PALETTE, drawn, number, safe, scale, speaker, told, units
from deskkit.measures.tables import named

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

    from deskkit.measures import Figure, Report
    from deskkit.measures.summary import Summary

__all__ = ["agents", "comparison", "differences", "tags"]

_ROW: Final = 24  # pixels of a bar
_KINDS: Final = ("tag", "priority", "notice", "assignment", "tidying")


def agents(figure: Figure, *, language: str | None = None) -> go.Figure:
    """Draw a measure agent by agent, with its interval where it has one, else with the median.

    Parameters
    ----------
    figure : Figure
        Of a measure that can be broken down by agent.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure

    Raises
    ------
    MeasureError
        The measure cannot be broken down by agent.

    Examples
    --------
    >>> from deskkit.measures import measure
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> agents(measure("handle_time").of(spans(open_log("memory:")))).layout.title.text
    'Handle time per stint'
    """
    say, spoken = speaker(language)
    about = figure.measure
    rows = figure.broken_down("agent").filter(pl.col("agent").is_not_null() & pl.col("value").is_not_null())
    rows = named(rows, figure.spans).sort("value", "agent")
    values = rows["value"].cast(pl.Float64).to_list()
    divisor, name = scale(values, about.unit)
    has_interval = {"low", "high"} <= set(rows.columns)
    note = say("bars: 95 % interval") if has_interval else ""
    title = say(about.title)
    chart = drawn(title, note=note, height=130 + _ROW * max(rows.height, 3), x=units(title, name))
    texts = told(values, rows["n"].to_list(), about.unit, say)
    spread: dict[str, Any] = {}
    if has_interval:
        ends = [(value - low, high - value) for value, low, high in zip(values, rows["low"], rows["high"], strict=True)]
        spread = {"error_x": {
            "type": "data", "symmetric": False, "arrayminus": [max(low, 0) / divisor for low, _ in ends],
            "array": [max(high, 0) / divisor for _, high in ends], "thickness": 1.5, "width": 4, "color": PALETTE[0],
        }}  # fmt: skip
    names = [safe(agent, language=spoken) for agent in rows["agent"]]
    chart.add_scatter(
        x=[value / divisor for value in values], y=names, mode="markers",
        marker={"size": 10, "color": PALETTE[0]}, name=say("mean") if about.unit == "ms" else title, customdata=texts,
        hovertemplate="%{y}<br>%{customdata}<extra></extra>", **spread,
    )  # fmt: skip
    if "median" in rows.columns:
        medians = rows["median"].to_list()
        chart.add_scatter(
            x=[None if value is None else value / divisor for value in medians],
            y=names, mode="markers", name=say("median"),
            marker={"size": 9, "color": PALETTE[1], "symbol": "diamond-open", "line": {"width": 2}},
            customdata=[number(value, about.unit) for value in medians],
            hovertemplate="%{y}<br>%{customdata}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(showlegend="median" in rows.columns)
    chart.update_xaxes(rangemode="tozero")
    chart.update_yaxes(type="category")
    return chart


def tags(table: pl.DataFrame, *, facet: str = "inquiry", most: int = 15, language: str | None = None) -> go.Figure:
    """Draw the most frequent tags of a facet: how many conversations bear them, put on by rule and by hand.

    Parameters
    ----------
    table : DataFrame
        Of `deskkit.measures.tables.tags`.
    facet : {"customer", "inquiry", "label"}
    most : int
        Tags shown.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> table = pl.DataFrame({"facet": ["label"], "tag": ["<b>"], "by_hand": [1], "by_rule": [0], "share": [0.5]})
    >>> tags(table, facet="label").data[0].y
    ('&lt;b&gt;',)
    """
    say, spoken = speaker(language)
    words = {"customer": say("Customer tags"), "inquiry": say("Inquiry tags"), "label": say("Labels")}
    rows = table.filter(pl.col("facet") == facet).head(most).reverse()
    chart = drawn(words[facet], height=150 + _ROW * max(rows.height, 3), x=say("conversations"))
    names = [safe(tag, language=spoken) for tag in rows["tag"]]
    texts = [number(share, "share") for share in rows["share"]]
    of = say("{share} of conversations").format(share="%{customdata}")
    for column, title, colour in (("by_rule", say("by rule"), PALETTE[0]), ("by_hand", say("by hand"), PALETTE[1])):
        chart.add_bar(
            x=rows[column].to_list(), y=names, orientation="h", name=title, marker_color=colour, customdata=texts,
            hovertemplate=f"%{{y}}<br>{title}: %{{x:,}}<br>{of}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(barmode="stack")
    chart.update_yaxes(type="category")
    return chart


def comparison(this: Report, other: Report, *, names: tuple[str, str], language: str | None = None) -> go.Figure:
    """Draw how each measure of a report changed against another period, in per cent of the other.

    Parameters
    ----------
    this, other : Report
        Of the same measures, not broken down.
    names : tuple of str
        What the two periods are called.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure
        A measure without a number in either period, or with nothing in the other, is left out.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> from deskkit.measures import report
    >>> none = report(open_log("memory:"))
    >>> len(comparison(none, none, names=("this week", "last week")).data[0].x)
    0
    """
    say, spoken = speaker(language)
    rows = this.versus(other).filter(pl.col("ratio").is_finite()).reverse()
    first, second = (safe(name, language=spoken) for name in names)
    chart = drawn(
        say("{this} against {other}").format(this=first, other=second), height=130 + _ROW * max(rows.height, 3),
        x=say("change (%)"),
    )  # fmt: skip
    changes = [100 * (ratio - 1) for ratio in rows["ratio"]]
    texts = [
        f"{first}: {number(value, unit)}<br>{second}: {number(before, unit)}"
        for value, before, unit in rows.select("value", "other", "unit").rows()
    ]
    chart.add_bar(
        x=changes, y=[say(title) for title in rows["title"]], orientation="h", customdata=texts,
        text=[f"{change:+.0f} %" for change in changes], textposition="outside", cliponaxis=False,
        marker_color=[PALETTE[1] if change > 0 else PALETTE[0] for change in changes],
        hovertemplate="%{y}: %{x:+.1f} %<br>%{customdata}<extra></extra>",
    )  # fmt: skip
    chart.update_yaxes(type="category")
    if changes:  # room for the words beside the longest bars
        low, high = min(0.0, *changes), max(0.0, *changes)
        room = 0.14 * max(high - low, 1.0)
        chart.update_xaxes(range=[low - room * (low < 0), high + room])
    chart.add_vline(x=0, line_width=1)
    return chart


def differences(summary: Summary, *, language: str | None = None) -> go.Figure:
    """Draw how many conversations another policy would touch, by what it would decide otherwise.

    Parameters
    ----------
    summary : Summary
        Of `deskkit.measures.whatif.replay`.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure
    """
    say, spoken = speaker(language)
    words = _kinds(say)
    kinds = [kind for kind in reversed(_KINDS) if kind in summary.touched_by]
    touched = [summary.touched_by[kind] for kind in kinds]
    names = {"after": safe(summary.after, language=spoken), "before": safe(summary.before, language=spoken)}
    chart = drawn(
        say("Direct effects: {after} instead of {before}").format(**names),
        note=summary.reach(say),
        height=300,
        x=say("conversations"),
    )
    chart.add_bar(
        x=touched, y=[words[kind] for kind in kinds], orientation="h", marker_color=PALETTE[0],
        text=[f"{n:,}" for n in touched], textposition="outside", cliponaxis=False,
        customdata=[say("{n} differences").format(n=f"{summary.differences[kind]:,}") for kind in kinds],
        hovertemplate="%{y}: %{x:,}<br>%{customdata}<extra></extra>",
    )  # fmt: skip
    return chart


def _kinds(say: Callable[[str], str]) -> dict[str, str]:
    return {
        "tag": say("Tags"), "priority": say("Priority"), "notice": say("Notices"), "assignment": say("Assignment"),
        "tidying": say("Tidying"),
    }  # fmt: skip
