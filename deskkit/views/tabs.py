"""Conversations open side by side as tabs: their order, which is in front, which has to go when it is full.

The tabs know panels and nothing of what stands in them; where a ninth is opened, the one longest not in front
that holds no draft gives way. The eight tabs of the widget are made once and only ever filled and emptied: a
browser that makes tabs anew reports the one it happens to show as if it had been clicked.
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
        self._slots: list[str] = [""] * TABS  # what stands in each tab of the widget, from the left
        self._recent: list[str] = []  # the latest in front last
        self._on_front = on_front
        self._quiet = False
        boxes = tuple(ipywidgets.VBox() for _ in range(TABS))
        self.widget = ipywidgets.Tab(children=boxes, titles=("",) * TABS, selected_index=None)
        self.widget.observe(self._switched, names="selected_index")
        self._empty = shown(empty)
        self.box = ipywidgets.VBox([self._empty, self.widget])
        self.box.add_class("dk-right")
        self._arrange()

    @property
    def front(self) -> str | None:
        """The conversation in front, or None."""
        return self._recent[-1] if self._recent else None

    def _switched(self, change: dict[str, Any]) -> None:
        name = "" if self._quiet or change["new"] is None else self._slots[change["new"]]
        if name:
            self._on_front(name)

    @property
    def order(self) -> list[str]:
        """The conversations from the left to the right."""
        return [name for name in self._slots if name]

    def to_give_way(self) -> str | None:
        """Return the tab to close for another: longest not in front, without a draft; None if all have."""
        return next((name for name in self._recent if not self.panels[name].has_draft), None)

    @property
    def is_full(self) -> bool:
        """Whether one more tab needs another to close."""
        return len(self.panels) >= TABS

    def add(self, panel: Panel) -> None:
        """Open a tab in the first place that is free and bring it to the front; no other tab moves."""
        place = self._slots.index("")
        self._slots[place] = panel.name
        self.panels[panel.name] = panel
        self.widget.children[place].children = (panel.widget,)
        self.bring(panel.name)

    def bring(self, name: str) -> None:
        """Bring a tab to the front."""
        if name in self._recent:
            self._recent.remove(name)
        self._recent.append(name)
        self._arrange()

    def remove(self, name: str) -> None:
        """Close a tab; the one that was in front before comes to the front again."""
        place = self._slots.index(name)
        self._slots[place] = ""
        del self.panels[name]
        self._recent.remove(name)
        self._arrange()
        self.widget.children[place].children = ()

    def _arrange(self) -> None:
        """Let the widget show the tab in front, or what to do where none is open."""
        self._quiet = True
        try:
            self.widget.selected_index = self._slots.index(self._recent[-1]) if self._recent else None
        finally:
            self._quiet = False
        self.widget.layout.display = "" if self._recent else "none"
        self._empty.layout.display = "none" if self._recent else ""

    def entitle(self, titles: Mapping[str, str]) -> None:
        """Give each tab its title; one without is not shown."""
        self.widget.titles = tuple(titles.get(name, "") for name in self._slots)
