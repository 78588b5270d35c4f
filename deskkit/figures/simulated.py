"""Figures of studies: a measure through the day, what replies are made of, policies against each other, and load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.figures.template import INK, PALETTE, drawn, number, safe, scale, speaker, units

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import plotly.graph_objects as go

__all__ = ["effects", "load", "parts", "through_the_day"]

_BANDS: Final = (
    "rgba(59,130,196,0.18)", "rgba(209,112,26,0.18)", "rgba(28,154,120,0.18)", "rgba(181,101,167,0.18)",
    "rgba(138,138,74,0.18)", "rgba(127,135,148,0.18)",
)  # fmt: skip
_HOUR_MS: Final = 3_600_000
_LEGEND: Final = 92  # pixels above, where a legend stands under the note


def _clock(rows: pl.DataFrame) -> list[str]:
    return [f"{at // _HOUR_MS:02}:{at % _HOUR_MS // 60_000:02}" for at in rows["at_ms"].to_list()]


def _scaled(column: pl.Series, divisor: float) -> list[float | None]:
    return [None if value is None else value / divisor for value in column.to_list()]


def through_the_day(found: Mapping[str, pl.DataFrame], *, language: str | None = None) -> go.Figure:
    """Draw a measure in each half-hour of the day, with the interval of its mean.

    Parameters
    ----------
    found : mapping of str to DataFrame
        By the name of the line, for example of a policy: what `deskkit.sim.study.Study.periods` returns.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure

    Examples
    --------
    >>> rows = pl.DataFrame({"title": ["Reply time"], "unit": ["ms"], "at_ms": [36_000_000], "mean": [30_000.0],
    ...                      "low": [20_000.0], "high": [40_000.0], "n": [9]})
    >>> figure = through_the_day({"standard": rows})
    >>> figure.layout.yaxis.title.text, figure.data[-1].x, figure.data[-1].y
    ('Reply time (s)', ('10:00',), (30.0,))
    """
    say, spoken = speaker(language)
    first = next(iter(found.values()))
    title, unit = first["title"][0], first["unit"][0]
    title = say(title)
    divisor, short = scale([value for rows in found.values() for value in rows["mean"].to_list()], unit)
    note = say("mean of {n} replications and its interval").format(n=first["n"].max())
    chart = drawn(title, note=note, x=say("time of day"), y=units(title, short))
    for place, (name, rows) in enumerate(found.items()):
        color = place % len(PALETTE)
        x = _clock(rows)
        band: dict[str, Any] = {"x": x, "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip", "showlegend": False}
        chart.add_scatter(y=_scaled(rows["low"], divisor), **band)
        chart.add_scatter(y=_scaled(rows["high"], divisor), fill="tonexty", fillcolor=_BANDS[color], **band)
        chart.add_scatter(
            x=x, y=_scaled(rows["mean"], divisor), mode="lines+markers", name=safe(say(name), language=spoken),
            line={"color": PALETTE[color], "width": 2}, marker={"size": 6},
            customdata=[number(value, unit) for value in rows["mean"].to_list()],
            hovertemplate="%{x}<br>%{customdata}<extra></extra>",
        )  # fmt: skip
    chart.update_layout(showlegend=len(found) > 1, margin_t=_LEGEND if len(found) > 1 else None)
    chart.update_xaxes(type="category", tickangle=0, nticks=12)
    chart.update_yaxes(rangemode="tozero")
    return chart


def parts(found: Sequence[pl.DataFrame], *, language: str | None = None) -> go.Figure:
    """Draw what the time of a reply is made of, in each half-hour: queue, noticing, attention, switching, handling.

    Parameters
    ----------
    found : sequence of DataFrame
        ``[study.periods(part) for part in PARTS]``.
    language : {"en", "zh"}, optional
    """
    say, _ = speaker(language)
    columns = zip(*(rows["mean"].fill_null(0.0).to_list() for rows in found), strict=True)
    divisor, short = scale([sum(column) for column in columns], "ms")
    title, note = say("What a reply's time is made of"), say("mean by half-hour in which the customer wrote")
    chart = drawn(title, note=note, x=say("time of day"), y=units(say("Reply time"), short))
    whole = say("Reply time")
    for place, rows in enumerate(found):
        part = rows["title"][0]
        chart.add_bar(
            x=_clock(rows), y=_scaled(rows["mean"], divisor), marker={"color": PALETTE[place]},
            name=say(part).removeprefix(whole).lstrip(":： "),
            customdata=[number(value, "ms") for value in rows["mean"].to_list()],
            hovertemplate="%{x}<br>%{customdata}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    chart.update_layout(barmode="stack", margin_t=_LEGEND)
    chart.update_xaxes(type="category", tickangle=0, nticks=12)
    return chart


def effects(differences: pl.DataFrame, *, title: str = "", language: str | None = None) -> go.Figure:
    """Draw paired differences as shares of what they are compared with, each with its interval.

    Parameters
    ----------
    differences : DataFrame
        As of `deskkit.sim.study.Study.differences`.
    title : str
        Our own words.
    language : {"en", "zh"}, optional

    Notes
    -----
    Grey and hollow where the interval holds zero.
    """
    say, spoken = speaker(language)
    found = differences.filter((pl.col("base_mean") != 0) & pl.col("mean").is_not_null())
    several = found["policy"].n_unique() > 1
    names = [
        safe(f"{say(title)} · {policy}" if several else say(title), language=spoken)
        for title, policy in found.select("title", "policy").iter_rows()
    ]
    shares = found.select(pl.col("mean", "low", "high") / pl.col("base_mean").abs() * 100, "differs")
    base = differences["base"][0] if differences.height else ""
    note = say("difference from {base}; hollow: the interval holds zero").format(base=safe(base, language=spoken))
    height = 150 + 30 * max(3, found.height)
    chart = drawn(
        safe(title, language=spoken) or say("What differs"), note=note, x=say("difference (%)"), height=height
    )
    for name, (mean, low, high, differs) in zip(names, shares.iter_rows(), strict=True):
        color = PALETTE[0] if differs else INK
        reach = {"array": [0.0 if high is None else high - mean], "arrayminus": [0.0 if low is None else mean - low]}
        chart.add_scatter(
            x=[mean], y=[name], mode="markers", showlegend=False,
            marker={"color": color, "size": 10, "symbol": "circle" if differs else "circle-open", "line": {"width": 2}},
            error_x={"type": "data", "color": color, "thickness": 2} | reach,
            hovertemplate="%{y}<br>%{x:.1f} %<extra></extra>",
        )  # fmt: skip
    chart.add_vline(x=0, line={"color": INK, "width": 1, "dash": "dot"})
    chart.update_yaxes(categoryorder="array", categoryarray=names[::-1])
    return chart


def load(found: pl.DataFrame, *, language: str | None = None) -> go.Figure:
    """Draw measures against the load, each as a share of its limit.

    Parameters
    ----------
    found : DataFrame
        As of `deskkit.sim.stress.against`.
    language : {"en", "zh"}, optional
    """
    say, _ = speaker(language)
    note = say("each as a share of its limit, with intervals; what passes 1 first breaks first")
    chart = drawn(say("What breaks first"), note=note, height=440, x=say("load (times as many customers)"),
                  y=say("share of the limit"))  # fmt: skip
    of = ("title", "unit", "limit", "is_most")
    for place, ((title, unit, limit, is_most), rows) in enumerate(found.group_by(of, maintain_order=True)):
        color, reach = PALETTE[place % len(PALETTE)], (rows["high"] - rows["mean"]).fill_null(0.0) / limit
        chart.add_scatter(
            x=rows["load"].to_list(), y=_scaled(rows["mean"], limit), mode="lines+markers",
            name=f"{say(title)} ({'≤' if is_most else '≥'} {number(limit, unit)})", line={"color": color, "width": 2},
            error_y={"type": "data", "array": reach.to_list(), "color": color},
            customdata=[number(value, unit) for value in rows["mean"].to_list()],
            hovertemplate="%{x} ×<br>%{customdata}<extra>%{fullData.name}</extra>",
        )  # fmt: skip
    chart.update_layout(margin_t=_LEGEND)
    chart.add_hline(y=1, line={"color": INK, "width": 1, "dash": "dash"})
    chart.update_yaxes(rangemode="tozero")
    return chart
