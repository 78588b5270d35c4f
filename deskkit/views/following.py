"""A view that follows a live desk: it looks at the log again and again, while it is shown and a kernel runs it."""

from __future__ import annotations

import asyncio
import weakref
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    import ipywidgets

__all__ = ["Following", "follow", "runs_in_loop"]

LOOK_S: Final = 0.1
REST_S: Final = 2.0  # of a view that no browser shows any more


class Following(Protocol):
    """A view that can be asked to look at its log.

    Attributes
    ----------
    widget : ipywidgets.Widget
        Closed, it has no comm any more, and nobody looks at the log for it.
    """

    widget: ipywidgets.Widget

    @property
    def rests(self) -> bool:
        """Whether no browser shows it any more: then it looks rarely."""
        ...

    def catch_up(self) -> bool:
        """Look at the log, and show what is new."""
        ...


def runs_in_loop() -> bool:
    """Say whether there is a running loop, as in a notebook: what waits there holds up everything."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:  # a plain interpreter
        return False
    return True


def follow(view: Following) -> None:
    """Let a view draw itself anew when its log has grown; without a running loop it waits to be asked.

    Parameters
    ----------
    view : Following
        Followed until it is closed, as long as somebody else holds it.
    """
    if not runs_in_loop():
        return
    loop = asyncio.get_running_loop()
    held = weakref.ref(view)

    def look() -> None:
        view = held()
        if view is None or view.widget.comm is None:
            return
        try:
            view.catch_up()
        finally:  # whatever went wrong, and is told by the loop, it is looked again
            loop.call_later(REST_S if view.rests else LOOK_S, look)

    loop.call_later(LOOK_S, look)
