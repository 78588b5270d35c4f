"""The heat map: when of the week something is high."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from deskkit.figures.template import drawn, scale, speaker, told, units

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    import plotly.graph_objects as go

    from deskkit.measures import Figure

__all__ = ["heat_map"]

_HOURS: Final = 24
_ROW: Final = 26  # pixels of a day
# From pale to full ink: lightness alone tells the order, on white and on black alike; the least is seen on both.
_COLOURS: Final = (
    (0.0, "rgba(59,130,196,0.30)"), (0.25, "rgba(59,130,196,0.46)"), (0.5, "rgba(59,130,196,0.64)"),
    (0.75, "rgba(200,106,24,0.86)"), (1.0, "rgba(209,112,26,1)"),
)  # fmt: skip


def heat_map(figure: Figure, *, count: bool = False, language: str | None = None) -> go.Figure:
    """Draw a measure by hour of the day and day.

    Parameters
    ----------
    figure : Figure
        Of a measure that can be broken down by day and hour.
    count : bool
        Show how many it counts, not its value.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure
        An hour in which nothing was counted stays empty.

    Raises
    ------
    MeasureError
        The measure cannot be broken down by day and hour.

    Examples
    --------
    >>> from deskkit.measures import measure
    >>> from deskkit.log import open_log
    >>> from deskkit.log.spans import spans
    >>> heat_map(measure("reply_time").of(spans(open_log("memory:")))).layout.title.text
    'Reply time'
    """
    say, _ = speaker(language)
    about = figure.measure
    unit = "count" if count else about.unit
    rows = figure.broken_down("day", "hour").filter(pl.col("n") > 0)
    found = {(day, hour): (value, n) for day, hour, value, n in rows.select("day", "hour", "value", "n").rows()}
    by, name = scale([n if count else value for value, n in found.values()], unit)
    days = sorted({day for day, _hour in found}, reverse=True)
    cells, texts = [], []
    for day in days:
        row = [found.get((day, hour), (None, 0)) for hour in range(_HOURS)]
        values = [n or None if count else value for value, n in row]
        cells.append([None if value is None else value / by for value in values])
        texts.append(told(values, [n for _value, n in row], unit, say))
    chart = drawn(
        say(about.title), height=150 + _ROW * max(len(days), 3), note=say("number") if count else "",
        x=say("hour of the day"), y="",
    )  # fmt: skip
    chart.add_heatmap(
        x=[f"{hour:02}" for hour in range(_HOURS)], y=[_weekday(day, say) for day in days], z=cells, customdata=texts,
        colorscale=[list(step) for step in _COLOURS], xgap=2, ygap=2, hoverongaps=False,
        colorbar={"title": {"text": units("", name).strip(" ()")}, "thickness": 12, "outlinewidth": 0},
        hovertemplate="%{y} %{x}:00<br>%{customdata}<extra></extra>",
    )  # fmt: skip
    chart.update_xaxes(showgrid=False, type="category")
    chart.update_yaxes(showgrid=False, type="category")
    return chart


def _weekday(day: date, say: Callable[[str], str]) -> str:
    """Return a date with its day of the week."""
    names = (
        word("Mon"), word("Tue"), word("Wed"), word("Thu"), word("Fri"), word("Sat"), word("Sun")
    )  # fmt: skip
    return f"{say(names[day.weekday()])} {day:%m-%d}"


def word(text: str) -> str:
    """Mark a text as one to translate where it is shown."""
    return text
