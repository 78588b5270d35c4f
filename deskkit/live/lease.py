"""The lease of a driver while it is held: renewed in the background, lost with a named error, let go with a reason.

A lease lasts five seconds and is renewed every second. Five renewals have to fail before somebody else takes over, so
a stalled disk or a busy writer (SQLite waits up to five seconds for one) costs no driver its lease at once; a driver
that was killed is followed within seconds. Time is the wall clock, which all processes of a machine share. A step of
it can end a lease too soon or too late, but never let two drivers decide: what a driver stores is checked against its
epoch in the same transaction.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Final, Protocol

from deskkit.clock import FastClock, SystemClock, WallClock
from deskkit.errors import LogError
from deskkit.log import UnavailableError

if TYPE_CHECKING:
    from deskkit.clock import Clock
    from deskkit.log import EventLog, Lease

__all__ = ["DEMO", "LEASE_MS", "RENEW_MS", "Held", "Holding", "clock_of", "is_alive", "resumed", "take_lease"]

_logger = logging.getLogger(__name__)

LEASE_MS: Final = 5_000
RENEW_MS: Final = 1_000
LOOK_S: Final = 0.05  # between two looks at a lease that somebody else holds
DEMO: Final = "demo"  # begins the name of a demo's driver, and of the cursor by which its log is known
HUNG_MS: Final = 30_000  # without a sign of life of the loop: a sender or feed that hangs must not keep the lease


def is_alive(lease: Lease, *, now: int) -> bool:
    """Say whether somebody holds a lease and may have renewed it at the instant `now`, milliseconds.

    One that ends long after it could have been renewed to is left from before the wall clock was set back: without this
    nobody would decide until the old time comes again.

    Examples
    --------
    >>> from deskkit.log import Lease
    >>> [is_alive(Lease(epoch=1, holder="a", until=until), now=1_000) for until in (1_000, 6_000, 3_600_000)]
    [False, True, False]
    """
    return lease.is_held(now) and lease.until - now <= 2 * LEASE_MS


def clock_of(lease: Lease) -> Clock:
    """Return the clock of the desk whose driver holds a lease: the system's, or the one the driver told.

    Examples
    --------
    >>> from deskkit.log import Lease
    >>> clock_of(Lease(epoch=1, holder="demo", until=9_000, desk_at=5_000, wall_at=1_000, speed=10.0)).speed
    10.0
    """
    if not lease.wall_at:
        return SystemClock()
    gone = WallClock().now() - lease.wall_at
    return FastClock(lease.desk_at + round(gone * lease.speed), speed=lease.speed)


def resumed(log: EventLog) -> Clock:
    """Return the clock for a driver that goes on with a log: the system's, or the one an earlier driver told.

    That one begins at the last event: a desk with a clock of its own has stood still while nobody decided for it.
    """
    lease, last = log.lease(), log.last()
    if not lease.wall_at or last is None:
        return SystemClock()
    return FastClock(last.event.at, speed=lease.speed)


def take_lease(
    log: EventLog,
    holder: str,
    *,
    clock: Clock | None = None,
    wait_ms: int = 0,
    ask: bool = False,
    stop: threading.Event | None = None,
) -> Holding | None:
    """Take the lease of a log and keep it renewed, or return None if somebody else holds it.

    Parameters
    ----------
    log : EventLog
    holder : str
        Who decides, for people: a name, a process.
    clock : Clock, optional
        By default the wall clock.
    wait_ms : int, milliseconds
        How long to wait for a lease that another one holds.
    ask : bool
        Ask the other one to let it go; a driver that has feeds does not, one that a view started does.
    stop : threading.Event, optional
        Ends the wait as soon as it is set.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> holding = take_lease(log, "first")
    >>> take_lease(log, "second") is None
    True
    >>> holding.end("done")
    True
    >>> log.lease().note
    'done'
    """
    clock, stop = clock or WallClock(), stop or threading.Event()
    end = time.monotonic() + wait_ms / 1000
    while True:
        now, found = clock.now(), log.lease()
        epoch = None
        if not is_alive(found, now=now):  # a look costs no writer's turn
            free_at = found.until if found.is_held(now) else now
            epoch = log.take_lease(holder, now=free_at, until=now + LEASE_MS)
        if epoch is not None:
            return Holding(log, epoch, clock=clock)
        if time.monotonic() >= end:
            return None
        if ask and not found.asked_at:
            log.ask_lease(now=now)
        if stop.wait(LOOK_S):
            return None


class Held(Protocol):
    """A lease as a driver needs it."""

    @property
    def epoch(self) -> int:
        """Goes with everything the driver stores."""
        ...

    def beat(self) -> None:
        """Take a sign of life; raise `LeaseLostError` where the lease is known to be lost."""
        ...


class Holding:
    """A lease that is held, and renewed by a thread of its own until `end`; made by `take_lease`.

    Parameters
    ----------
    log : EventLog
    epoch : int
    clock : Clock
    """

    def __init__(self, log: EventLog, epoch: int, *, clock: Clock) -> None:
        self.epoch: int = epoch
        self._log = log
        self._clock = clock
        self._over = threading.Event()
        self._problem: LogError | None = None
        self._alive_at: float | None = None  # None: still starting, which may take as long as it takes
        self._thread = threading.Thread(target=self._renew_on, name="deskkit lease", daemon=True)
        self._thread.start()

    def _renew_on(self) -> None:
        while not self._over.wait(RENEW_MS / 1000):
            alive_at = self._alive_at
            if alive_at is not None and time.monotonic() - alive_at > HUNG_MS / 1000:
                continue  # whoever takes over is right to
            try:
                self._log.renew_lease(self.epoch, until=self._clock.now() + LEASE_MS)
            except UnavailableError as error:
                _logger.warning("The lease could not be renewed just now: %s", error)
            except LogError as error:  # lost, or the log is gone: whoever beats next is told
                self._problem = error
                return

    def beat(self) -> None:
        """Give a sign of life; without one for half a minute the lease is no longer renewed.

        Raises
        ------
        LeaseLostError
            Another driver has taken over.
        LogError
            The log is gone.
        """
        if self._problem is not None:
            raise self._problem
        self._alive_at = time.monotonic()

    def end(self, note: str = "") -> bool:
        """Let go and say why; False if the lease was somebody else's by then.

        Raises
        ------
        LogError
            The log cannot say so; the lease then ends by itself.
        """
        self._over.set()
        self._thread.join()
        return self._log.release_lease(self.epoch, note=note)
