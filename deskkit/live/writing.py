"""What a hand at the desk has to write, written by a thread: a notebook's kernel waits for no log that is locked.

One thing after the other, in the order in which they were brought, so that no deed overtakes an earlier one. What the
log cannot take now is tried again until it can, or until it is known that it never will.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

from deskkit.errors import DeskkitError, LogError
from deskkit.log import UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["Writing", "Written"]

AT_ONCE_S: Final = 0.05  # a log that nobody holds has taken it sooner, mostly
AGAIN_S: Final = 1  # after a log that was locked, or a disk that was full


class Written:
    """Something that is to be written; made by `Writing`.

    Parameters
    ----------
    write : callable
    keeps : bool
        Whether it is tried again.

    Attributes
    ----------
    error : DeskkitError or None
        Why it will never be written.
    trouble : UnavailableError or None
        Why it is not written yet, as far as it was tried.
    """

    def __init__(self, write: Callable[[], None], *, keeps: bool) -> None:
        self.error: DeskkitError | None = None
        self.trouble: UnavailableError | None = None
        self._write, self._keeps = write, keeps
        self._over = threading.Event()

    @property
    def is_over(self) -> bool:
        """Whether it is written, or known that it never will be."""
        return self._over.is_set()

    def wait(self, timeout_s: float) -> None:
        """Wait for that."""
        self._over.wait(timeout_s)

    def run(self) -> None:
        """Write it, as often as it takes."""
        while not self._has_tried():
            time.sleep(AGAIN_S)
        self._over.set()

    def _has_tried(self) -> bool:
        try:
            self._write()
        except UnavailableError as error:
            self.trouble, self.error = error, None if self._keeps else error
            return not self._keeps
        except DeskkitError as error:
            self.error = error
        except Exception as error:  # noqa: BLE001 -- else the thread ends, and writes nothing of what waits behind
            self.error = LogError("This could not be stored.", value=f"{type(error).__name__}: {error}")
        return True


class Writing:
    """A thread that writes while there is something to write, and ends with the process.

    Examples
    --------
    >>> kept = []
    >>> one = Writing().soon(lambda: kept.append("a deed"))
    >>> one.wait(10), one.is_over, one.error, kept
    (None, True, None, ['a deed'])
    """

    def __init__(self) -> None:
        self._waiting: deque[Written] = deque()
        self._lock = threading.Lock()

    @property
    def is_busy(self) -> bool:
        """Whether something is not written yet."""
        return bool(self._waiting)

    def soon(self, write: Callable[[], None], *, keeps: bool = True, waits: bool = True) -> Written:
        """Have something written, and wait no longer than a log takes that nobody holds.

        Parameters
        ----------
        write : callable
        keeps : bool, default True
            Whether it is tried again where the log cannot take it now.
        waits : bool, default True
            Whether to wait at all: in vain, where it is much.
        """
        one = Written(write, keeps=keeps)
        with self._lock:
            is_first = not self._waiting
            self._waiting.append(one)
            if is_first:
                threading.Thread(target=self._run, name="deskkit writing", daemon=True).start()
        if is_first and waits:  # behind another one there is no use in waiting
            one.wait(AT_ONCE_S)
        return one

    def _run(self) -> None:
        is_left = True
        while is_left:
            self._waiting[0].run()
            with self._lock:
                self._waiting.popleft()
                is_left = bool(self._waiting)
