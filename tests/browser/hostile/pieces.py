"""What a browser gets of a view, taken apart without a notebook: markup, own widgets, charts.

A widget of a kind that is not known here is refused: whoever adds one looks first what it does with texts.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import anywidget
import ipywidgets

from deskkit.views.chart import MIME

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Taken", "answers", "plain_widgets", "taken"]

PLAIN: Final = (
    ipywidgets.Label, ipywidgets.Button, ipywidgets.Dropdown, ipywidgets.Select, ipywidgets.SelectMultiple,
    ipywidgets.ToggleButtons, ipywidgets.ToggleButton, ipywidgets.Checkbox, ipywidgets.Text, ipywidgets.Textarea,
    ipywidgets.Combobox, ipywidgets.RadioButtons, ipywidgets.BoundedIntText, ipywidgets.BoundedFloatText,
    ipywidgets.IntText, ipywidgets.FloatText, ipywidgets.IntSlider, ipywidgets.FloatSlider, ipywidgets.FileUpload,
    ipywidgets.IntProgress, ipywidgets.FloatProgress,
)  # fmt: skip
"""Widgets that show texts as text; `test_hostile_notebook` sees them do so in JupyterLab."""


class Taken(NamedTuple):
    """What was found of a view: markup, own widgets, charts as plotly draws them."""

    markup: list[str]
    own: list[anywidget.AnyWidget]
    charts: list[dict[str, Any]]


def taken(widget: ipywidgets.Widget) -> Taken:
    """Take a view apart.

    Raises
    ------
    TypeError
        A widget is of a kind that is not known to show texts as text.
    """
    found = Taken([], [], [])
    for one in _all(widget):
        if type(one) is ipywidgets.HTML and not one.description_allow_html:
            found.markup.append(one.value)
        elif isinstance(one, anywidget.AnyWidget):
            found.own.append(one)
        elif isinstance(one, ipywidgets.Output):
            found.charts.extend(output["data"][MIME] for output in one.outputs)
        elif not isinstance(one, (ipywidgets.Box, ipywidgets.Tab, ipywidgets.Accordion, *PLAIN)):
            message = f"{type(one).__name__} is not known to show texts as text"
            raise TypeError(message)
    return found


def _all(widget: ipywidgets.Widget) -> Iterator[ipywidgets.Widget]:
    yield widget
    for child in getattr(widget, "children", ()):
        yield from _all(child)


def answers(widget: anywidget.AnyWidget, message: dict[str, Any]) -> list[dict[str, Any]]:
    """Give an own widget a message of its browser half; return what it sends, as it crosses the wire."""
    sent: list[dict[str, Any]] = []
    widget.send = lambda content, buffers=None: sent.append(json.loads(json.dumps(content)))
    widget._handle_custom_msg(message, [])  # noqa: SLF001 - as its comm does
    return sent


def plain_widgets(text: str) -> list[ipywidgets.Widget]:
    """Return ordinary widgets that hold a text wherever they can."""
    made: list[ipywidgets.Widget] = []
    for kind in PLAIN:
        words: dict[str, Any] = {"description": text, "tooltip": text, "placeholder": text}
        if issubclass(kind, ipywidgets.widgets.widget_selection._Selection | ipywidgets.SelectMultiple):  # noqa: SLF001
            words["options"] = [text]
        elif kind in {ipywidgets.Label, ipywidgets.Text, ipywidgets.Textarea, ipywidgets.Combobox}:
            words["value"] = text
        made.append(kind(**{name: value for name, value in words.items() if kind.class_traits().get(name)}))
    return made
