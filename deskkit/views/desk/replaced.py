"""Desks that an earlier run of a cell opened: closed once nobody shows them, so that running it again keeps no memory.

A notebook keeps what cells ended in, and the widgets of a kernel live until they are closed. So a desk of an earlier
run of the very same cell is closed as soon as no page shows it; one that is shown elsewhere, as by another cell, stays.
"""

from __future__ import annotations

import asyncio
import sys
import weakref
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskkit.views.following import REST_S, runs_in_loop

if TYPE_CHECKING:
    from deskkit.views.desk.view import DeskView

__all__ = ["Run", "running", "succeed"]

_opened: Final[dict[str, list[tuple[str, weakref.ref[DeskView]]]]] = {}  # by cell: in which run of it, and what


class Run(NamedTuple):
    """Which cell runs, and which run of it, both as the page names them."""

    cell: str
    run: str


def running() -> Run | None:
    """Return the run of a cell that goes on; None outside of a notebook, or where its page does not name cells."""
    shell = sys.modules.get("IPython")  # a notebook's kernel has it; nobody else needs it
    kernel = None if shell is None else getattr(shell.get_ipython(), "kernel", None)
    if kernel is None:
        return None
    parent: dict[str, Any] = kernel.get_parent("shell")
    cell, run = parent.get("metadata", {}).get("cellId", ""), parent.get("header", {}).get("msg_id", "")
    return Run(cell, run) if cell and run else None


def succeed(view: DeskView, run: Run | None) -> None:
    """Note which run of a cell opened a desk, and close those of its earlier runs once nobody shows them.

    Parameters
    ----------
    view : DeskView
    run : Run or None
        As `running` gives it.
    """
    if run is None or not runs_in_loop():
        return
    before = _opened.get(run.cell, [])
    _opened[run.cell] = [one for one in before if one[1]() is not None] + [(run.run, weakref.ref(view))]
    for old, held in before:
        if old != run.run:
            _close_unshown(held)


def _close_unshown(held: weakref.ref[DeskView]) -> None:
    """Look now and then whether a desk is still needed."""
    loop = asyncio.get_running_loop()

    def look() -> None:
        view = held()
        if view is None or view.widget.comm is None:
            return
        if view.is_needed:
            loop.call_later(REST_S, look)
        else:
            view.close()

    loop.call_later(REST_S, look)
