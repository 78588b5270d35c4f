"""What people look at in Jupyter: the only place that knows ipywidgets."""

from __future__ import annotations

from deskkit.views.desk import DeskView, desk
from deskkit.views.summary import decided, first, levels, loads, overview

__all__ = ["DeskView", "decided", "desk", "first", "levels", "loads", "overview"]
