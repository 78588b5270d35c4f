"""A policy that comes in a log, read beside whoever must not wait: of a long one that takes a tenth of a second.

What customers wrote in open conversations is then searched by its signals bit by bit, with each look: of thousands of
messages that takes a second.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from itertools import accumulate
from time import monotonic
from typing import TYPE_CHECKING, Final

from deskkit.desk.checks import policy_of
from deskkit.desk.desk import tagger_of
from deskkit.desk.events import PolicyChanged
from deskkit.desk.rereading import read_ahead
from deskkit.errors import DeskkitError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.desk import Desk
    from deskkit.desk.schema import SignalDef
    from deskkit.log import EventLog

__all__ = ["Ahead"]

SEARCHED: Final = 80_000  # characters searched with one look, some thirty milliseconds
LONG_S: Final = 1.0  # after which it is worth saying


class Ahead:
    """Reads the next policy of a log on a thread, and what customers wrote by it, before the desk comes to it.

    Parameters
    ----------
    log : EventLog

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import open_log
    >>> Ahead(open_log("memory:")).upto(Desk(Policy.load("data/policies/standard.toml")), 0, 7)
    7
    """

    def __init__(self, log: EventLog) -> None:
        self._log = log
        self._next: _Next | None = None
        self._stands = False  # right before it

    @property
    def takes_long(self) -> bool:
        """Whether events wait behind a policy that is being read for more than a second."""
        return self._stands and self._next is not None and monotonic() - self._next.since > LONG_S

    def upto(self, desk: Desk, seen: int, until: int) -> int:
        """Return up to where events can be folded at once: before a policy that is not read yet.

        Parameters
        ----------
        desk : Desk
        seen, until : int
            After which event of the log the desk stands, and up to which one it is to be folded.
        """
        self._stands = False
        changes = list(self._log.read(seen, until=until, kinds=[PolicyChanged], limit=2))
        if not changes or not isinstance(first := changes[0].event, PolicyChanged):
            return until
        if self._next is None or self._next.seq != changes[0].seq:
            self._next = _Next(changes[0].seq, first.text)
        before = changes[0].seq - 1
        self._stands = seen == before and not self._next.is_read(desk)
        if seen < before or self._stands:
            return before
        return changes[1].seq - 1 if len(changes) > 1 else until


class _Next:
    """A policy that comes next, by its place in the log."""

    def __init__(self, seq: int, text: str) -> None:
        self.seq, self._text, self.since = seq, text, monotonic()
        self._signals: tuple[SignalDef, ...] | None = None
        self._left: Iterator[int] | None = None  # of what customers wrote
        self._thread = threading.Thread(target=self._parse, name="deskkit policy", daemon=True)
        self._thread.start()

    def _parse(self) -> None:
        with suppress(DeskkitError):  # who folds it reads it again, and says so
            signals = policy_of(self._text).schema.signals
            tagger_of(signals)  # which takes long, too
            self._signals = signals

    def is_read(self, desk: Desk) -> bool:
        """Read on; say whether all is read."""
        if self._thread.is_alive():
            return False
        if self._left is None and self._signals is not None:
            self._left = read_ahead(desk, tagger_of(self._signals))  # the one the desk gets: two threads may make two
        return all(done < SEARCHED for done in accumulate(self._left or ()))
