"""A policy that comes in a log, read beside whoever must not wait: of a long one that takes a tenth of a second."""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

from deskkit.desk.checks import policy_of
from deskkit.desk.events import PolicyChanged
from deskkit.errors import DeskkitError

if TYPE_CHECKING:
    from deskkit.log import EventLog

__all__ = ["Ahead"]


class Ahead:
    """Reads the next policy of a log on a thread, before the desk comes to it.

    Parameters
    ----------
    log : EventLog

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> Ahead(open_log("memory:")).upto(0, 7)
    7
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._text = ""
        self._thread: threading.Thread | None = None

    def upto(self, seen: int, until: int) -> int:
        """Return up to where events can be folded at once: before a policy that is not read yet.

        Parameters
        ----------
        seen, until : int
            After which event of the log, and up to which one.
        """
        changes = list(self._log.read(seen, until=until, kinds=[PolicyChanged], limit=2))
        if not changes:
            return until
        first = changes[0].event
        if isinstance(first, PolicyChanged) and (self._thread is None or first.text != self._text):
            self._text = first.text
            self._thread = threading.Thread(target=_read, args=(first.text,), name="deskkit policy", daemon=True)
            self._thread.start()
        if self._thread is not None and self._thread.is_alive():
            return changes[0].seq - 1
        return changes[1].seq - 1 if len(changes) > 1 else until


def _read(text: str) -> None:
    with suppress(DeskkitError):  # who folds it reads it again, and says so
        policy_of(text)
