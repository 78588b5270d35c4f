"""Clocks: the only place where deskkit asks what time it is.

The model never reads a clock: `at` is a field of every event. Drivers and views take a `Clock`; tests and
notebooks on history give a `ManualClock`.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from deskkit.arguments import TEXT, WHOLE, expect
from deskkit.errors import DeskkitError

__all__ = [
    "Clock",
    "FastClock",
    "ForwardClock",
    "ManualClock",
    "PacedClock",
    "SystemClock",
    "WallClock",
    "instant",
    "moment",
]


class Clock(Protocol):
    """Anything that says what time it is, and how many times as fast as life it runs: 0 where it stands still."""

    speed: float

    def now(self) -> int:
        """Return the present instant, integer milliseconds since the UTC epoch."""
        ...


class SystemClock:
    """The wall clock, anchored once to UTC and driven by the monotonic clock.

    A step of the system's wall clock therefore never makes a wait negative or a timer fire twice.
    """

    speed = 1.0

    def __init__(self) -> None:
        self._anchor = time.time_ns() // 1_000_000 - time.monotonic_ns() // 1_000_000

    def now(self) -> int:
        """Return the present instant, integer milliseconds since the UTC epoch."""
        return self._anchor + time.monotonic_ns() // 1_000_000


class WallClock:
    """The wall clock as it is, steps and all: for what several processes have to agree about.

    Examples
    --------
    >>> WallClock().now() > 1_700_000_000_000
    True
    """

    speed = 1.0

    def now(self) -> int:
        """Return the present instant, integer milliseconds since the UTC epoch."""
        return time.time_ns() // 1_000_000


class ForwardClock:
    """A clock for who measures how long ago something was: set back it goes on all the same, after a sleep it is ahead.

    Of the wall clock, which a hand or a time server may set, and the monotonic one, which may stand still while a
    computer sleeps, the one that moved further since the last look counts.

    Examples
    --------
    >>> clock = ForwardClock()
    >>> clock.now() <= clock.now()
    True
    """

    speed = 1.0

    def __init__(self) -> None:
        self._wall, self._steady = time.time_ns(), time.monotonic_ns()
        self._at = self._wall

    def now(self) -> int:
        """Return milliseconds, about those since the UTC epoch where nobody sets the clock back; never fewer."""
        wall, steady = time.time_ns(), time.monotonic_ns()
        self._at += max(wall - self._wall, steady - self._steady, 0)
        self._wall, self._steady = wall, steady
        return self._at // 1_000_000


class FastClock:
    """A clock that begins at an instant and runs so many times as fast as life: for a demo.

    Parameters
    ----------
    at : int, milliseconds since the UTC epoch
    speed : float

    Examples
    --------
    >>> FastClock(1_000, speed=10.0).now() >= 1_000
    True
    """

    def __init__(self, at: int, *, speed: float) -> None:
        self.speed = speed
        self._at, self._begun = at, time.monotonic_ns()

    def now(self) -> int:
        """Return the present instant, integer milliseconds since the UTC epoch."""
        return self._at + int((time.monotonic_ns() - self._begun) * self.speed / 1_000_000)


class PacedClock(FastClock):
    """A fast clock that waits for who goes by it: between two calls of `go_on` no more than a step passes.

    Who is too slow for its speed, or was stopped for a while, so lives through every step, and later; what it cannot
    make up for is left out and counted.

    Parameters
    ----------
    at : int, milliseconds since the UTC epoch
    speed : float
    step_ms : int
        Of the desk's time.
    most_ms : int
        Of the desk's time: how much is made up for.

    Attributes
    ----------
    left_out_ms : int
        Of the desk's time: what was not made up for.

    Examples
    --------
    >>> clock = PacedClock(1_000, speed=1e9, step_ms=500, most_ms=2_000)
    >>> found = []
    >>> for _ in range(3):
    ...     _ = clock.go_on()
    ...     time.sleep(0.001)
    ...     found.append(clock.now())
    >>> found, clock.left_out_ms > 0
    ([1500, 2000, 2500], True)
    """

    def __init__(self, at: int, *, speed: float, step_ms: int, most_ms: int) -> None:
        super().__init__(at, speed=speed)
        self._limit, self._step_ms, self._most_ms = at, step_ms, most_ms
        self._goes = False
        self.left_out_ms = 0

    def now(self) -> int:
        """Return the present instant, integer milliseconds since the UTC epoch."""
        return min(super().now(), self._limit)

    @property
    def is_behind(self) -> bool:
        """Whether a further step is due already."""
        return super().now() > self._limit

    def go_on(self) -> bool:
        """Let the next step pass; say whether the time that others know by this clock is no longer right."""
        if not self._goes:
            self._goes, self._begun = True, time.monotonic_ns()
        left_out = max(0, super().now() - self._limit - self._most_ms)
        self._at -= left_out
        self.left_out_ms += left_out
        self._limit = self.now() + self._step_ms
        return left_out > 0


class ManualClock:
    """A clock that stands still until told to move.

    Parameters
    ----------
    at : int, milliseconds since the UTC epoch

    Examples
    --------
    >>> clock = ManualClock(1_000)
    >>> clock.advance(500)
    >>> clock.now()
    1500
    """

    speed = 0.0

    def __init__(self, at: int) -> None:
        self._at = at

    def now(self) -> int:
        """Return the instant the clock was last set to, milliseconds."""
        return self._at

    def advance(self, ms: int) -> None:
        """Move forward by `ms` milliseconds (>= 0)."""
        if ms < 0:
            raise DeskkitError("A clock never goes back.", value=ms, expected="ms >= 0", example="advance(1_000)")
        self._at += ms

    def __repr__(self) -> str:
        return f"ManualClock({moment(self._at)})"


def instant(text: str, *, zone: str | None = None) -> int:
    """Read an ISO date-time as milliseconds since the UTC epoch.

    Parameters
    ----------
    text : str
        ISO 8601, for example ``2026-06-18T10:30`` or ``2026-06-18 10:30:00.250+08:00``.
    zone : str, optional
        IANA zone for a text without offset; without it such a text is refused.

    Returns
    -------
    int, milliseconds since the UTC epoch

    Raises
    ------
    DeskkitError
        The text is no date-time, or has no offset and no zone was declared.

    Examples
    --------
    >>> instant("2026-06-18T10:30", zone="Asia/Shanghai")
    1781749800000
    """
    expect(TEXT, "instant", text=text)
    try:
        stamp = datetime.fromisoformat(text)
    except ValueError as error:
        raise DeskkitError(
            "This is no date and time.", value=text, expected="ISO 8601", example="2026-06-18T10:30"
        ) from error
    if stamp.tzinfo is None:
        if zone is None:
            raise DeskkitError(
                "This time has no zone and none was declared.",
                value=text,
                expected="an offset, or zone=",
                example="instant('2026-06-18T10:30', zone='Asia/Shanghai')",
            )
        stamp = stamp.replace(tzinfo=ZoneInfo(zone))
    delta = stamp - datetime(1970, 1, 1, tzinfo=UTC)
    return (delta.days * 86_400 + delta.seconds) * 1000 + delta.microseconds // 1000


def moment(at: int, *, zone: str = "UTC") -> str:
    """Write an instant (milliseconds since the UTC epoch) as ``YYYY-MM-DD HH:MM:SS`` in `zone`.

    Examples
    --------
    >>> moment(1781749800000, zone="Asia/Shanghai")
    '2026-06-18 10:30:00'
    """
    expect(WHOLE, "moment", at=at)
    return datetime.fromtimestamp(at // 1000, tz=ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")
