"""The Pareto picture: what is bought against what is paid, and who is beaten in both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import polars as pl

from deskkit.figures.template import HELD, PALETTE, drawn, number, safe, scale, speaker, units

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from deskkit.sim.ladders import Trade

    Box = tuple[float, float, float, float]

__all__ = ["pareto"]

# Pixels, of a picture as wide as a notebook's: enough to place names, though a reader may widen it.
_WIDTH, _HEIGHT, _LINE, _MARK, _NARROW, _WIDE = 760.0, 330.0, 16.0, 7.0, 7.0, 13.0
_CHINESE: Final = 0x2E80
_OUTSIDE: Final = ((_WIDTH, 0.0, 3 * _WIDTH, _HEIGHT), (-_WIDTH, 0.0, 0.0, _HEIGHT))


def pareto(found: Trade, *, language: str | None = None) -> go.Figure:
    """Draw speed against disturbance, one point per policy, with the front that none beats in both.

    Parameters
    ----------
    found : Trade
        Of `deskkit.sim.ladders.trade`.
    language : {"en", "zh"}, optional

    Returns
    -------
    plotly.graph_objects.Figure
        Near the lower left corner is better. A bar is the interval of what differs from the base on the same days.

    Examples
    --------
    >>> from deskkit.sim.ladders import Trade
    >>> rows = [("a", 20.0, 0.0, 9e3, 0.0, 0.1, True), ("b", 30.0, 1.0, 9.5e3, 5e2, 0.2, False)]
    >>> names = ["policy", "price", "price_half", "pace", "pace_half", "noise", "front"]
    >>> table = pl.DataFrame(rows, schema=names, orient="row")
    >>> len(pareto(Trade(table, "a", ("Time to view", "ms"), ("Notices per agent-hour", "per hour"), 0.95)).data)
    3
    """
    say, spoken = speaker(language)
    table, (pace_title, pace_unit), (price_title, price_unit) = found.table, found.pace, found.price
    divisor, pace_name = scale(table["pace"].to_list(), pace_unit)
    by, price_name = scale(table["price"].to_list(), price_unit)
    chart = drawn(
        say("Speed against disturbance"), height=460, x=units(say(price_title), price_name),
        y=units(say(pace_title), pace_name),
        note=say("lower left: faster and calmer; bars: {level} interval of the difference from “{base}”").format(
            base=safe(found.base, language=spoken), level=f"{100 * found.level:g} %"
        ),
    )  # fmt: skip
    chart.update_layout(margin_t=96)
    across, up = _span(table, "price"), _span(table, "pace")
    chart.update_xaxes(range=[end / by for end in across])
    chart.update_yaxes(range=[end / divisor for end in up])
    front = table.filter("front").sort("price")
    chart.add_scatter(
        x=[value / by for value in front["price"]], y=[value / divisor for value in front["pace"]], mode="lines",
        line={"color": PALETTE[2], "width": 1.5, "dash": "dot"}, hoverinfo="skip", showlegend=False,
    )  # fmt: skip
    places = _sides(table, across, up)
    for is_front, title, colour in (
        (True, say("on the front"), PALETTE[2]), (False, say("beaten in both"), PALETTE[5]),
    ):  # fmt: skip
        rows = table.with_columns(place=pl.Series(places)).filter(pl.col("front") == is_front)
        chart.add_scatter(
            x=[value / by for value in rows["price"]], y=[value / divisor for value in rows["pace"]], name=title,
            mode="markers+text", text=[safe(name, language=spoken) for name in rows["policy"]],
            textposition=rows["place"].to_list(), cliponaxis=False,
            marker={
                "size": 11, "color": colour if is_front else HELD, "symbol": "circle" if is_front else "circle-open",
                "line": {"width": 2, "color": colour},
            },
            error_x=_bars(rows["price_half"], by, colour), error_y=_bars(rows["pace_half"], divisor, colour),
            customdata=[
                f"{number(paid, price_unit)}<br>{number(bought, pace_unit)}<br>{say('noise')} {number(noise, 'share')}"
                for paid, bought, noise in rows.select("price", "pace", "noise").rows()
            ],
            hovertemplate="<b>%{text}</b><br>%{customdata}<extra></extra>",
        )  # fmt: skip
    return chart


def _bars(halves: pl.Series, divisor: float, colour: str) -> dict[str, Any]:
    widths = [(half or 0) / divisor for half in halves]
    return {"type": "data", "array": widths, "thickness": 1, "width": 0, "color": colour}


def _span(table: pl.DataFrame, name: str) -> tuple[float, float]:
    """Return from where to where an axis goes: all points with their bars, a little room, nothing below zero."""
    half = pl.col(f"{name}_half").fill_null(0)
    low, high = table.select((pl.col(name) - half).min(), b=(pl.col(name) + half).max()).row(0)
    room = 0.06 * (high - low) or 1.0
    return max(0.0, low - room), high + room


def _sides(table: pl.DataFrame, across: tuple[float, float], up: tuple[float, float]) -> list[str]:
    """Return on which side of its point each name stands, so that few lie over a point or over another name."""
    spots = [
        (_WIDTH * (price - across[0]) / (across[1] - across[0]), _HEIGHT * (up[1] - pace) / (up[1] - up[0]))
        for price, pace in table.select("price", "pace").rows()
    ]
    taken = [(x - _MARK, y - _MARK, x + _MARK, y + _MARK) for x, y in spots]
    found = []
    for (x, y), name in zip(spots, table["policy"], strict=True):
        long = sum(_WIDE if ord(char) >= _CHINESE else _NARROW for char in name)
        boxes = {
            f"{upper} {side}": (left, top, left + long, top + _LINE)
            for upper, top in (("top", y - _MARK - _LINE), ("bottom", y + _MARK))
            for side, left in (("right", x + _MARK), ("left", x - _MARK - long))
        }
        best = min(boxes, key=lambda side: sum(_overlap(boxes[side], one) for one in [*taken, *_OUTSIDE]))
        found.append(best)
        taken.append(boxes[best])
    return found


def _overlap(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    wide = min(one[2], other[2]) - max(one[0], other[0])
    tall = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, wide) * max(0.0, tall)
