"""Who runs a desk, where that is worth a line: nobody, or not the demo that made its log. Knows no widget."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from deskkit.clock import WallClock
from deskkit.errors import LogError
from deskkit.live.client import Client
from deskkit.live.lease import DEMO, LEASE_MS, is_alive

if TYPE_CHECKING:
    from deskkit.live.driver import Driver
    from deskkit.log import EventLog, Lease
    from deskkit.views.words import Words

__all__ = ["driven", "driven_by"]

_DAY: Final = 10  # characters of a date


def driven_by(driver: Driver | Client, *, say: Words) -> str:
    """Return what is to be said of who decides for a view; empty where the view does, or a driver is being started.

    Parameters
    ----------
    driver : Driver or Client
        Of the view.
    say : Words
    """
    if not isinstance(driver, Client) or driver.is_starting:
        return ""
    return driven(driver.log, driver.lease, say=say)


def driven(log: EventLog, lease: Lease, *, say: Words) -> str:
    """Return in words that nobody runs a desk, and since when; or that another driver goes on with a demo.

    Parameters
    ----------
    log : EventLog
    lease : Lease
        As it was found last.
    say : Words

    Returns
    -------
    str
        Empty where all is as it should be, and for a log that no driver ever served, as an import.

    Examples
    --------
    >>> from deskkit.log import Lease, open_log
    >>> from deskkit.views.words import Words
    >>> log, killed = open_log("memory:"), Lease(epoch=1, holder="process 7", until=6_000)
    >>> driven(log, killed, say=Words("en"))
    'Nobody runs this desk since 1970-01-01 00:00:01: nothing is assigned, nobody is notified'
    >>> driven(log, Lease(), say=Words("en"))
    ''
    """
    now = WallClock().now()
    if not lease.epoch:
        return ""
    if not is_alive(lease, now=now):
        return say(
            "Nobody runs this desk since {time}: nothing is assigned, nobody is notified", time=_ended(lease, now, say)
        )
    with suppress(LogError):  # of a log that cannot be read others tell
        if not lease.holder.startswith(DEMO) and log.cursors(f"{DEMO} "):
            return say(
                "The demo has ended and {who} runs this desk: no more simulated customers come, and nobody answers",
                who=lease.holder,
            )
    return ""


def _ended(lease: Lease, now: int, say: Words) -> str:
    """Return when a driver was heard last, by the clock of its desk, which the view shows too."""
    at = lease.until - LEASE_MS
    if lease.wall_at:  # a desk with a clock of its own stands at that instant
        now = at = lease.desk_at + round((at - lease.wall_at) * lease.speed)
    then, today = say.clock(at), say.clock(now)
    return then[_DAY + 1 :] if then[:_DAY] == today[:_DAY] else then
