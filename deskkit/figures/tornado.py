"""The tornado: what a result depends on, number by number, down and up, and what makes no difference to be seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.figures.template import INK, PALETTE, drawn, number, scale, speaker, units
from deskkit.measures.printing import signed

if TYPE_CHECKING:
    from collections.abc import Callable

    import plotly.graph_objects as go

    from deskkit.sim.sensitivity import Sensitivity

__all__ = ["tornado"]

_ROW: Final = 34  # pixels of a number, with its two bars
_ENDS: Final = (("low", PALETTE[0]), ("high", PALETTE[1]), ("other", PALETTE[2]))
_FAINT: Final = 0.16


def tornado(found: Sensitivity, *, most: int = 40, language: str | None = None) -> go.Figure:
    """Draw how much a measure depends on each number, in both directions, with intervals that hold together.

    Parameters
    ----------
    found : Sensitivity
        Of `deskkit.sim.sensitivity`.
    most : int
        Numbers shown, those that matter most.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure
        Filled bars differ from zero; hollow ones do not, and a number with none that does is marked with a circle.

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.sim.ranges import Range
    >>> from deskkit.sim.scenariofile import load_scenario
    >>> from deskkit.sim.sensitivity import sensitivity
    >>> small, standard = load_scenario("data/scenarios/small.toml"), Policy.load("data/policies/standard.toml")
    >>> one = Range("stream.handle", "Time to handle", "x 0.5", "x 2")
    >>> [bar.name for bar in tornado(sensitivity(small, standard, ranges=[one], replications=2)).data]
    ['lower', 'higher']
    """
    say, _ = speaker(language)
    names = found.frame["name"].unique(maintain_order=True).head(most).reverse().to_list()
    rows = found.frame.filter(pl.col("name").is_in(names))
    divisor, unit = scale([abs(value) for value in rows["mean"].drop_nulls()], found.unit)
    silent = set(found.crossing)
    note = say("{policy}: {base}; {n} replications, seed {seed}, intervals of {level} together; ○ crosses zero").format(
        policy=found.policy,
        base=number(found.base.mean, found.unit),
        n=found.replications,
        seed=found.seed,
        level=f"{100 * found.level:g} %",
    )
    chart = drawn(
        say("What it depends on: {measure}").format(measure=say(found.title)), note=note,
        height=170 + _ROW * max(len(names), 3),
        x=units(say("difference"), say("pts") if found.unit == "share" else unit),
    )  # fmt: skip
    titles = dict(rows.select("name", "title").unique().rows())
    places = {name: _place(say(titles[name]), crosses=name in silent) for name in names}
    for (end, colour), title in zip(_ENDS, (say("lower"), say("higher"), say("another choice")), strict=True):
        mine = rows.filter(pl.col("end") == end).with_columns(
            place=pl.col("name").replace_strict(places, return_dtype=pl.String)
        )
        if end == "other" and mine.is_empty():
            continue
        chart.add_bar(
            y=mine["place"].to_list(), name=title, orientation="h", **_bars(mine, divisor, colour, found, say)
        )
    chart.update_layout(barmode="group", bargap=0.28, bargroupgap=0.06, margin_t=96)
    chart.update_yaxes(type="category", categoryorder="array", categoryarray=list(places.values()), showgrid=False)
    chart.add_vline(x=0, line_width=1, line_color=INK)
    return chart


def _place(title: str, *, crosses: bool) -> str:
    return f"{title} ○" if crosses else title


def _bars(
    rows: pl.DataFrame, divisor: float, colour: str, found: Sensitivity, say: Callable[[str], str]
) -> dict[str, Any]:
    """Return bars with their intervals: hollow where zero is within."""
    means = [mean or 0.0 for mean in rows["mean"]]
    halves = [(high - low) / 2 if low is not None else 0.0 for low, high in rows.select("low", "high").rows()]
    red, green, blue = (int(colour[n : n + 2], 16) for n in (1, 3, 5))
    fills = [colour if differs else f"rgba({red},{green},{blue},{_FAINT})" for differs in rows["differs"]]
    texts = [
        f"{value}<br>{_signed(mean, found.unit, say)} ± {_signed(half, found.unit, say).removeprefix('+')}"
        + ("" if differs else f"<br>{say('no difference that can be seen')}")
        for value, mean, half, differs in zip(rows["value"], means, halves, rows["differs"], strict=True)
    ]
    return {
        "x": [mean / divisor for mean in means], "customdata": texts,
        "marker": {"color": fills, "line": {"width": 1.2, "color": colour}},
        "error_x": {
            "type": "data", "array": [half / divisor for half in halves], "thickness": 1, "width": 2, "color": INK,
        },
        "hovertemplate": "<b>%{y}</b><br>%{customdata}<extra></extra>",
    }  # fmt: skip


def _signed(value: float, unit: str, say: Callable[[str], str]) -> str:
    return signed(value, unit, say=say).replace("-", "−")
