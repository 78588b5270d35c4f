"""Conversations open side by side as tabs: their order, which is in front, which has to go when it is full.

The tabs know panels and nothing of what stands in them; where a ninth is opened, the one longest not in front
that holds no draft gives way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskkit.views.markup import SafeHtml
    from deskkit.views.panel import Panel

from deskkit.views.markup import shown

__all__ = ["TABS", "Tabs"]

TABS: Final = 8
"""Open at once: with more, the titles are cut so far that the counts disappear."""


class Tabs:
    """The tabs of a view.

    Parameters
    ----------
    on_front : callable
        Told the name of the conversation that a click brought to the front.
    empty : SafeHtml
        What stands there while no tab is open.
    """

    def __init__(self, *, on_front: Callable[[str], None], empty: SafeHtml) -> None:
        self.panels: dict[str, Panel] = {}
        self._recent: list[str] = []  # the latest in front last
        self._on_front = on_front
        self._quiet = False
        self.widget = ipywidgets.Tab()
        self.widget.observe(self._switched, names="selected_index")
        self._empty = shown(empty)
        self.box = ipywidgets.VBox([self._empty])
        self.box.add_class("dk-right")

    @property
    def front(self) -> str | None:
        """The conversation in front, or None."""
        return self._recent[-1] if self._recent else None

    def _switched(self, change: dict[str, Any]) -> None:
        if not self._quiet and change["new"] is not None:
            name = list(self.panels)[change["new"]]
            self._on_front(name)

    def to_give_way(self) -> str | None:
        """Return the tab to close for another: longest not in front, without a draft; None if all have."""
        return next((name for name in self._recent if not self.panels[name].has_draft), None)

    @property
    def is_full(self) -> bool:
        """Whether one more tab needs another to close."""
        return len(self.panels) >= TABS

    def add(self, panel: Panel) -> None:
        """Open a tab at the end and bring it to the front."""
        self.panels[panel.name] = panel
        self.bring(panel.name)

    def bring(self, name: str) -> None:
        """Bring a tab to the front."""
        if name in self._recent:
            self._recent.remove(name)
        self._recent.append(name)
        self._arrange()

    def remove(self, name: str) -> None:
        """Close a tab; the one that was in front before comes to the front again."""
        del self.panels[name]
        self._recent.remove(name)
        self._arrange()

    def _arrange(self) -> None:
        """Let the widget show the panels as they stand now."""
        children = tuple(panel.widget for panel in self.panels.values())
        self._quiet = True
        try:
            with self.widget.hold_sync():
                if children != self.widget.children:
                    self.widget.children = children
                names = list(self.panels)
                self.widget.selected_index = names.index(self._recent[-1]) if self._recent else None
            content = (self.widget,) if children else (self._empty,)
            if content != self.box.children:
                self.box.children = content
        finally:
            self._quiet = False

    def entitle(self, titles: Mapping[str, str]) -> None:
        """Give each tab its title."""
        self.widget.titles = tuple(titles[name] for name in self.panels)
