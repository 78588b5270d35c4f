"""The tabs of the desk, of which every page chooses its own, and what the pages that show it have before them.

One kernel may be shown by several pages: a wall screen has the wallboard in front while somebody works at the desk.
So which tab is in front stays in the page; the kernel is told of it, so that it draws what somebody looks at and
nothing else. A page that went without a word, as when its browser was closed, is forgotten after a while.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ipywidgets
import msgspec
import traitlets

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Fronts", "OwnTabs"]

FORGOTTEN_MS: Final = 150_000  # browsers let the timers of a page behind others run once a minute
MOST: Final = 50  # pages at once: whoever sends invented ones fills no memory


class OwnTabs(ipywidgets.Tab):  # type: ignore[misc]  # it has no types
    """Tabs whose selection is no state of the kernel: it goes neither from page to page nor back on a reconnection."""

    selected_index = traitlets.CInt(default_value=None, allow_none=True)  # as that of `ipywidgets.Tab`, but not synced


class _Page(msgspec.Struct):
    """What one page has before it: the number of the tab in front, and of the desk what is open and has the focus.

    `lines`: how many it reads of what is open, where these are more than of others.
    """

    heard: int
    at: int = 0
    names: Sequence[str] = ()
    focus: str | None = None
    lines: dict[str, int] = {}


class Fronts:
    """What every page has in front.

    Examples
    --------
    >>> fronts = Fronts()
    >>> fronts.hear("a", real=0, names=["c1", "c2"], focus="c1")
    >>> fronts.hear("wall", real=0, at=4)
    >>> fronts.shown(real=1_000), fronts.names(real=1_000), fronts.focus(real=1_000)
    ([0, 4], ['c1', 'c2'], 'c1')
    >>> fronts.hear("a", real=140_000)
    >>> fronts.shown(real=160_000)
    [0]
    """

    def __init__(self) -> None:
        self._pages: dict[str, _Page] = {}

    def hear(self, page: str, *, real: int, **changes: Any) -> None:
        """Take what a page says it has before it.

        Parameters
        ----------
        page : str
            By what it calls itself.
        real : int
            The wall's clock, milliseconds.
        **changes
            `at`, `names` or `focus`; what is not told of stays as it was.
        """
        known = self._pages.pop(page, None) or _Page(real)  # the one heard last stands last
        made = self._pages[page] = msgspec.structs.replace(known, heard=real, **changes)
        made.lines = {name: lines for name, lines in known.lines.items() if name in made.names}
        if len(self._pages) > MOST:
            del self._pages[next(iter(self._pages))]

    def focused(self, page: str) -> str | None:
        """Return the conversation that a page said it has in focus."""
        return self._pages[page].focus if page in self._pages else None

    def read(self, page: str, name: str, lines: int) -> None:
        """Take how many lines of an open conversation a page reads: nobody else's reading takes them away."""
        if page in self._pages and name in self._pages[page].names:
            self._pages[page].lines[name] = lines

    def lines(self, *, real: int) -> dict[str, int]:
        """Return of each open conversation, as `names` does, how many lines are read on some page; 0: as ever.

        Examples
        --------
        >>> fronts = Fronts()
        >>> for page, lines in (("a", 600), ("b", 400)):
        ...     fronts.hear(page, real=0, names=["c1", "c2"])
        ...     fronts.read(page, "c1", lines)
        >>> fronts.read("a", "c1", 0)
        >>> fronts.lines(real=0)
        {'c1': 400, 'c2': 0}
        """
        there = self._there(real)
        return {name: max(one.lines.get(name, 0) for one in there) for name in self.names(real=real)}

    def leave(self, page: str) -> None:
        """Forget a page that shows the desk no more."""
        self._pages.pop(page, None)

    def _there(self, real: int) -> list[_Page]:
        self._pages = {name: one for name, one in self._pages.items() if real - one.heard < FORGOTTEN_MS}
        return list(self._pages.values())

    def pages(self, *, real: int) -> frozenset[str]:
        """Return the pages that are still there, by what they call themselves."""
        self._there(real)
        return frozenset(self._pages)

    def shown(self, *, real: int) -> list[int]:
        """Return the numbers of the tabs that some page has in front; the desk's is 0."""
        return sorted({one.at for one in self._there(real)})

    def names(self, *, real: int) -> list[str]:
        """Return the conversations that are open on some page, those of the page heard last first."""
        return list(dict.fromkeys(name for one in reversed(self._there(real)) for name in one.names))

    def focus(self, *, real: int) -> str | None:
        """Return the conversation that the page heard last, of those that show the desk, has in focus."""
        return next((one.focus for one in reversed(self._there(real)) if not one.at and one.focus), None)
