"""Instants of a day and lengths of time as a scenario writes them, and back: "09:00", "09:00:30", "3.8 s".

Plain text in, milliseconds out; a text that says nothing gives None. Where a policy counts whole minutes of a day, a
scenario may go down to the millisecond: a trace is one. Nothing here knows files.
"""

from __future__ import annotations

import re
from decimal import Decimal
from math import isfinite
from typing import Final

from deskkit.desk.policyfile.quantities import read_duration, show_duration

__all__ = ["DAY_MS", "guess_moment", "read_amount", "read_moment", "read_range", "show_amount", "show_moment"]

DAY_MS: Final = 86_400_000

_CLOCK: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{1,3}))?)?", re.ASCII)
_LOOSE_CLOCK: Final = re.compile(r"\D*(\d{1,2})(?:[:.h：](\d{1,2}))?\D*", re.ASCII)
_AMOUNT: Final = re.compile(r"(\d{1,9}(?:\.\d{1,9})?) ?(s|min|h|days?)", re.ASCII)
_UNITS: Final = {"s": 1_000, "min": 60_000, "h": 3_600_000, "day": DAY_MS, "days": DAY_MS}


def read_moment(text: str) -> int | None:
    """Return the milliseconds of "09:00", "09:00:30.250" or "90 s" since midnight (or since the run began).

    Examples
    --------
    >>> read_moment("09:00"), read_moment("00:00:01.5"), read_moment("90 s"), read_moment("9:00")
    (32400000, 1500, 90000, None)
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        return read_duration(text)
    hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
    ms = (hours * 60 + minutes) * 60_000 + seconds * 1_000 + int((found[4] or "").ljust(3, "0"))
    return ms if ms <= DAY_MS else None


def show_moment(ms: int) -> str:
    """Write an instant as `read_moment` reads it: as a clock up to 24:00, later as a length of time.

    Examples
    --------
    >>> show_moment(32_400_000), show_moment(1_500), show_moment(90_000_000)
    ('09:00', '00:00:01.500', '25 h')
    """
    if not 0 <= ms <= DAY_MS:
        return show_duration(ms)
    minutes, rest = divmod(ms, 60_000)
    shown = f"{minutes // 60:02}:{minutes % 60:02}"
    if rest:
        shown += f":{rest // 1000:02}" + (f".{rest % 1000:03}" if rest % 1000 else "")
    return shown


def guess_moment(text: str) -> str:
    """Return the instant a wrong one probably means.

    Examples
    --------
    >>> guess_moment("9:30"), guess_moment("9"), guess_moment("noon")
    ('09:30', '09:00', '09:00')
    """
    found = _LOOSE_CLOCK.fullmatch(text)
    hours, minutes = (int(found[1]), int(found[2] or 0)) if found else (9, 0)
    shown = f"{hours:02}:{minutes:02}"
    return shown if max(shown, "00:00") <= "23:59" and minutes in range(60) else "09:00"


def read_range(text: str) -> tuple[int, int] | None:
    """Return the beginning and end of "09:00-18:00" or "0 s - 480 min"; the end may stand before the beginning.

    Examples
    --------
    >>> read_range("09:00-18:00"), read_range("0 s - 90 s"), read_range("9-18")
    ((32400000, 64800000), (0, 90000), None)
    """
    first, dash, last = text.partition("-")
    begin, end = read_moment(first.strip()), read_moment(last.strip())
    return None if begin is None or end is None or not dash else (begin, end)


def read_amount(text: str) -> float | None:
    """Return the milliseconds of a mean such as "20 s" or "3.8 s"; finer than a millisecond, for it is only a mean.

    Examples
    --------
    >>> read_amount("3.8 s"), read_amount("0.0005 s"), read_amount("20")
    (3800.0, 0.5, None)
    """
    found = _AMOUNT.fullmatch(text)
    return None if found is None else float(Decimal(found[1]) * _UNITS[found[2]])


def show_amount(ms: float) -> str:
    """Write a mean as `read_amount` reads it, to within a millionth of a millisecond.

    Examples
    --------
    >>> show_amount(3_800.0), show_amount(300_000.0), show_amount(1234.5678)
    ('3.8 s', '5 min', '1.2345678 s')
    """
    if isfinite(ms) and ms == int(ms):
        return show_duration(int(ms))
    return f"{round(Decimal(ms) / 1000, 9).normalize():f} s"
