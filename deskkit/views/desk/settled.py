"""What a kernel holds while a desk is open is left out of Python's search for rings of rubbish, which would halt it.

A full search looks at every object of the process, in whatever callback it happens to fall: measured beside 1,000 open
conversations, 70 to 95 ms. So rubbish is searched for one last time in the cell that opens a desk, and what is left is
set aside (`gc.freeze`), and again once its page has drawn it; later searches look at what came since, 3 ms. What is set
aside is freed as ever when nothing refers to it. Only what refers to itself in a ring stays, if it becomes rubbish
later: until a desk is closed, as when its cell is run again, for then all of it is searched anew.
"""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING, Final
from weakref import WeakSet

from deskkit.views.following import runs_in_loop

if TYPE_CHECKING:
    from deskkit.views.desk.view import DeskView

__all__ = ["settle", "unsettle"]

SETTLES_S: Final = 5.0  # after it was opened, when its page has drawn it
_open: Final[WeakSet[DeskView]] = WeakSet()


def settle(view: DeskView) -> None:
    """Set aside, now and in a moment, what the kernel holds; without a running loop nothing lives that could be halted.

    Parameters
    ----------
    view : DeskView
        That was opened; until it is closed, see `unsettle`.
    """
    if runs_in_loop():
        _open.add(view)
        _set_aside()  # within the cell that opens it: what the libraries brought is most of it
        _soon()


def unsettle(view: DeskView) -> None:
    """Let rubbish be searched for everywhere, for a desk is closed; others that are open settle anew."""
    if view in _open:
        _open.discard(view)
        gc.unfreeze()
        if _open and runs_in_loop():
            _soon()


def _soon() -> None:
    asyncio.get_running_loop().call_later(SETTLES_S, _set_aside)


def _set_aside() -> None:
    if _open:
        gc.collect()
        gc.freeze()
