"""A chart in a view: a place in which a figure is drawn, and drawn anew from any thread."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from plotly.io.json import to_json_plotly

if TYPE_CHECKING:
    import ipywidgets
    import plotly.graph_objects as go

__all__ = ["MIME", "draw"]

MIME: Final = "application/vnd.plotly.v1+json"


def draw(place: ipywidgets.Output, figure: go.Figure, *, text: str) -> None:
    """Draw a figure in a place, instead of what is there.

    Parameters
    ----------
    place : ipywidgets.Output
    figure : plotly.graph_objects.Figure
    text : str
        What stands there where no figure can be drawn.
    """
    data = {MIME: json.loads(to_json_plotly(figure)), "text/plain": text}
    place.outputs = ({"output_type": "display_data", "data": data, "metadata": {}},)
