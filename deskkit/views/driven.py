"""Who runs a desk and by which clock, where that is worth a line. Knows no widget.

Nobody runs it, or not the demo that made its log; the disk has no room for a driver's work; or the log is ahead of the
clock, for that once stood wrong.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from deskkit.clock import WallClock
from deskkit.errors import LogError
from deskkit.live.client import Client
from deskkit.live.lease import DEMO, LEASE_MS, is_alive
from deskkit.log import FullError

if TYPE_CHECKING:
    from deskkit.clock import Clock
    from deskkit.live.driver import Driver
    from deskkit.log import EventLog, Lease
    from deskkit.views.words import Words

__all__ = ["ahead", "driven", "driven_by", "runs"]

_DAY: Final = 10  # characters of a date
_MINUTE_MS: Final = 60_000
AHEAD_MS: Final = 2 * _MINUTE_MS  # by so much may the clocks of other machines, whose facts come in, be fast


def driven_by(driver: Driver | Client, *, say: Words) -> str:
    """Return what is to be said of who decides for a view, and by which clock; empty where all is as it should be.

    Parameters
    ----------
    driver : Driver or Client
        Of the view. One that is being started is waited for before anything is said of it.
    say : Words
    """
    parts = []
    if isinstance(driver, Client) and not driver.is_starting:
        parts.append(driven(driver.log, driver.lease, say=say))
        if isinstance(driver.unstarted, FullError):
            parts.append(say("No driver can be started: the disk is full or failing"))
    parts.append(ahead(driver.desk.now, driver.clock, say=say))
    return " · ".join(part for part in parts if part)


def runs(driver: Driver | Client) -> bool:
    """Say whether somebody decides for a view; one that is being started does not yet."""
    return not isinstance(driver, Client) or is_alive(driver.lease, now=WallClock().now())


def ahead(at: int, clock: Clock, *, say: Words) -> str:
    """Return in words that a desk stands still until its clock comes to where its log is already.

    Parameters
    ----------
    at : int, milliseconds
        The instant of the desk: that of its newest event.
    clock : Clock
        By which it goes on.
    say : Words

    Returns
    -------
    str
        Empty where it goes on, and for a clock that stands, as on history.

    Examples
    --------
    >>> from deskkit.clock import FastClock
    >>> from deskkit.views.words import Words
    >>> ahead(86_430_000, FastClock(0, speed=1.0), say=Words("en"))
    'Until 01-02 00:00 this desk stands still: its newest event is 1 d ahead of the clock, which once stood wrong. ...'
    >>> ahead(60_000, FastClock(0, speed=1.0), say=Words("en"))
    ''
    """
    now = clock.now()
    if clock.speed <= 0 or at - now < AHEAD_MS:
        return ""
    return say(
        "Until {time} this desk stands still: its newest event is {span} ahead of the clock, which once stood wrong. "
        "Till then no wait grows, nothing falls due and nothing rings",
        time=say.time(at, now=now),
        span=say.span((at - now) // _MINUTE_MS * _MINUTE_MS),
    )


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
