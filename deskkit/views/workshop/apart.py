"""What a workshop is asked for, one after the other: on a thread of its own beside a notebook's loop, else at once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Apart"]


class Apart:
    """One thread that does it all, so that nothing else waits for a lock.

    Parameters
    ----------
    beside : bool
        Whether there is a thread; without one, and once it ended, all is done at once.

    Examples
    --------
    >>> done = []
    >>> apart = Apart(beside=True)
    >>> apart.later(lambda: done.append("first"))
    >>> apart.wait(60)
    >>> apart.close()
    >>> apart.later(lambda: done.append("second"))
    >>> done, apart.is_beside
    (['first', 'second'], False)
    """

    def __init__(self, *, beside: bool) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="deskkit rules") if beside else None

    @property
    def is_beside(self) -> bool:
        """Whether there is a thread."""
        return self._thread is not None

    def later(self, do: Callable[[], None]) -> None:
        """Do something after what was asked for before."""
        if self._thread is None:
            do()
        else:
            self._thread.submit(do)

    def wait(self, timeout_s: float) -> None:
        """Wait until all is done that was asked for."""
        if self._thread is not None:
            self._thread.submit(int).result(timeout_s)

    def close(self) -> None:
        """End the thread as soon as it did what it was asked for, and do not wait for that."""
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.shutdown(wait=False)
