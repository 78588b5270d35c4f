"""Names for what ipywidgets leaves without one, so that a screen reader says what a slider is for."""

from __future__ import annotations

from pathlib import Path

import anywidget

__all__ = ["Naming"]


class Naming(anywidget.AnyWidget):
    """Names the sliders of the view it stands in, also those that come later; itself it shows nothing.

    Examples
    --------
    >>> Naming()
    Naming()
    """

    _esm = (Path(__file__).parent / "naming.js").read_text(encoding="utf-8")

    def __repr__(self) -> str:
        return "Naming()"
