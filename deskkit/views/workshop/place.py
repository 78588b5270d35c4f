"""Where in a notebook a view was made: the cell, and the how manieth of its run, the same after a restart.

What a page keeps for a view is kept under it, so that it comes back there and nowhere else.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from deskkit.views.desk.replaced import Run, running

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["place", "standing"]

_made: Final[dict[str, tuple[str, int]]] = {}  # by cell: in which run of it, and how many
_stands: Final[ContextVar[str | None]] = ContextVar("deskkit_place", default=None)


def place() -> str:
    """Return where the next view is made; each call is another one. Outside of a notebook nothing.

    Examples
    --------
    >>> place()
    ''
    >>> with standing("c1.1"):
    ...     place()
    'c1.1'
    """
    if (stands := _stands.get()) is not None:
        return stands
    run = running() or _counted()
    if run is None:
        return ""
    before, n = _made.get(run.cell, ("", 0))
    _made[run.cell] = run.run, (n + 1 if before == run.run else 1)
    return f"{run.cell}.{_made[run.cell][1]}"


def _counted() -> Run | None:
    """Return the run of a cell by its number, for a page that does not name cells, as one that runs all in order."""
    shell = sys.modules.get("IPython")
    found = None if shell is None else shell.get_ipython()
    return None if found is None else Run(f"In[{found.execution_count}]", "")


@contextmanager
def standing(where: str) -> Iterator[None]:
    """Make views, for a while, in a place that was asked for before, as where a cell ran whose view opens later."""
    token = _stands.set(where)
    try:
        yield
    finally:
        _stands.reset(token)
