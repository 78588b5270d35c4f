"""What views share that speak two languages: a switch that builds everything anew, and how a notebook shows them."""

from __future__ import annotations

import logging
from threading import RLock
from typing import TYPE_CHECKING, Any, Final

import ipywidgets

from deskkit.locale import LANGUAGES
from deskkit.views.markup import bundled, markup, shown, stylesheet
from deskkit.views.words import Words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskkit.errors import DeskkitError
    from deskkit.views.markup import Bundle

__all__ = ["LANGUAGE_NAMES", "Spoken", "button"]

LANGUAGE_NAMES: Final = {"en": "English", "zh": "中文"}
_logger = logging.getLogger(__name__)


def button(text: str, press: Callable[[], Any], *, icon: str = "", style: str = "") -> ipywidgets.Button:
    """Return a button that calls `press`; its text is read aloud too."""
    made = ipywidgets.Button(description=text, tooltip=text, icon=icon, button_style=style)
    made.on_click(lambda _button: press())
    return made


class Spoken:
    """A view with a head, a switch of languages, and parts that a subclass makes in `parts`.

    Attributes
    ----------
    widget : ipywidgets.Widget
        The whole, to be put into other widgets.
    faults : int
        Errors shown so far.
    """

    def __init__(self, *, language: str | None, zone: str = "UTC", masked: bool = True) -> None:
        self.faults = 0
        self._lock = RLock()  # which thread a callback is on depends on the kernel
        self.widget = ipywidgets.VBox()
        self.widget.add_class("dk-desk")
        self._build(Words(language, zone=zone, masked=masked))

    def title(self) -> str:
        """Return what stands in the head."""
        raise NotImplementedError

    def parts(self) -> Sequence[ipywidgets.Widget]:
        """Make the widgets under the head, in the language of `self._say`."""
        raise NotImplementedError

    def _build(self, say: Words) -> None:
        self._say = say
        self.language = ipywidgets.ToggleButtons(
            options=[(LANGUAGE_NAMES[name], name) for name in LANGUAGES], value=say.language
        )
        self.language.add_class("dk-languages")
        self.language.observe(self._speak, names="value")
        head = shown(markup("<div class='dk-bar'><span class='dk-title'>{title}</span></div>", title=self.title()))
        top = ipywidgets.HBox([head, self.language])
        top.add_class("dk-top")
        self.widget.children = (shown(stylesheet()), top, *self.parts())

    def _speak(self, change: dict[str, Any]) -> None:
        with self._lock:
            self._build(Words(change["new"], zone=self._say.zone, masked=self._say.masked))

    def _failed(self, error: DeskkitError) -> str:
        """Count and log an error, and return its words to be shown."""
        self.faults += 1
        _logger.warning("%s: %s", type(error).__name__, error)
        return str(error)

    def _repr_mimebundle_(self, **kwargs: object) -> Bundle:
        """Return what a notebook shows: the widget, and in words its `repr`."""
        return bundled(self.widget, repr(self), **kwargs)
