"""The look of all figures: one template for light and dark, colours, and how text and numbers are written."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go
import plotly.io as pio

from deskkit.locale import chosen, translator
from deskkit.measures.printing import shown
from deskkit.privacy import mask
from deskkit.text import visible

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "GRID",
    "HELD",
    "INK",
    "LEVELS",
    "PALETTE",
    "TEMPLATE",
    "drawn",
    "number",
    "safe",
    "scale",
    "speaker",
    "told",
    "units",
]

TEMPLATE: Final = "deskkit"
INK: Final = "#7a7a7a"
"""Of all text: as readable on white as on the dark theme's black. Where a view of deskkit is on the page, its styles
give text of exactly this colour the theme's own (`deskkit/views/look.css`)."""
GRID: Final = "rgba(122,122,122,0.22)"
PALETTE: Final = ("#3b82c4", "#d1701a", "#1c9a78", "#b565a7", "#8a8a4a", "#7f8794")
"""Blue, orange, green, pink, olive, grey: 3 : 1 against white and black, and told apart by the colour-blind."""
LEVELS: Final = ("#7f8794", "#3b82c4", "#c27a12", "#dd4540")
"""Of low, normal, high and urgent."""
HELD: Final = "rgba(127,135,148,0.55)"
_FONT: Final = "system-ui, -apple-system, 'Segoe UI', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif"
_LONGEST: Final = 160  # characters of a text within a figure
_MS: Final = {"s": 1_000, "min": 60_000, "h": 3_600_000}


def _template() -> go.layout.Template:
    axis = {
        "gridcolor": GRID, "linecolor": GRID, "zerolinecolor": GRID, "automargin": True, "title": {"standoff": 8},
        "ticks": "outside", "tickcolor": GRID, "ticklen": 4,
    }  # fmt: skip
    return go.layout.Template(
        layout={
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": _FONT, "size": 13, "color": INK},
            "colorway": list(PALETTE),
            "title": {
                "x": 0, "xref": "paper", "xanchor": "left", "y": 1, "yref": "container", "yanchor": "top",
                "pad": {"t": 14}, "font": {"size": 16},
            },
            "margin": {"l": 64, "r": 24, "t": 64, "b": 56},
            "xaxis": axis,
            "yaxis": axis,
            "legend": {
                "orientation": "h", "x": 0, "xanchor": "left", "y": 1.02, "yanchor": "bottom", "font": {"size": 12},
            },
            "hoverlabel": {
                "bgcolor": "#24292f", "bordercolor": "#24292f", "align": "left",
                "font": {"family": _FONT, "size": 13, "color": "#ffffff"},
            },
            "bargap": 0.25,
            "height": 380,
        }
    )  # fmt: skip


pio.templates[TEMPLATE] = _template()


def drawn(title: str, *, note: str = "", height: int | None = None, x: str = "", y: str = "") -> go.Figure:
    """Return an empty figure on the template, with a title, a line under it and titles of the axes.

    Parameters
    ----------
    title, note, x, y : str
        Our own words, or text made `safe`.
    height : int, optional
        Pixels.
    """
    figure = go.Figure()
    whole = f"{title}<br><span style='font-size:12px'>{note}</span>" if note else title
    figure.update_layout(template=TEMPLATE, title_text=whole, height=height)
    figure.update_xaxes(title_text=x)
    figure.update_yaxes(title_text=y)
    return figure


def safe(text: str, *, masked: bool = True, language: str = "en") -> str:
    """Return a text from anywhere as a figure may show it: escaped, masked, cut, hidden characters made visible.

    Notes
    -----
    Plotly reads tags and entities in texts, hands what stands between dollar signs to a formula setter, and fills in
    ``%{...}`` where a text is a template; so give this to `text` and `customdata`, never to a template.

    Examples
    --------
    >>> safe("<img src=x onerror=alert(1)> $x$")
    '&lt;img src=x onerror=alert(1)&gt; &#36;x&#36;'
    >>> safe("call 13800138000")
    'call [phone]'
    """
    whole = mask(text, language=language) if masked else text
    cut = whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]}…"
    return escape(visible(cut), quote=False).replace("$", "&#36;").replace("\n", " ")


def speaker(language: str | None) -> tuple[Callable[[str], str], str]:
    """Return what gives an English text in a language, and the language."""
    spoken = chosen(language)
    return translator(spoken), spoken


def scale(values: Sequence[float | None], unit: str) -> tuple[float, str]:
    """Return what durations are divided by so that the largest reads well, and the name of that unit.

    Examples
    --------
    >>> scale([4_000.0, 90_000.0], "ms"), scale([0.2], "share"), scale([3.0], "mean")
    ((1000, 's'), (0.01, '%'), (1, ''))
    """
    if unit == "share":
        return 0.01, "%"
    if unit != "ms":
        return 1, {"per hour": "/h"}.get(unit, "")
    most = max((value for value in values if value is not None), default=0)
    name = "s" if most < 3 * _MS["min"] else "min" if most < 3 * _MS["h"] else "h"
    return _MS[name], name


def units(title: str, name: str) -> str:
    """Return the title of an axis with its unit."""
    return f"{title} ({name})" if name else title


def told(values: Sequence[float | None], counts: Sequence[int], unit: str, say: Callable[[str], str]) -> list[str]:
    """Return what a hover label says of each number: the number with its unit, and how many it counts."""
    counted = say("{n} counted")
    return [f"{number(value, unit)} · {counted.format(n=n or 0)}" for value, n in zip(values, counts, strict=True)]


def number(value: Any, unit: str) -> str:  # noqa: ANN401 - whatever a frame holds
    """Return a number with its unit, for hover texts; nan is none."""
    return shown(None if value is None else float(value), unit)
