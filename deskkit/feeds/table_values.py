"""Cells of a table read as instants, durations and words, whatever type they have.

A cell is a text (CSV), a number, or what parquet and frames hold: dates, times, durations. Nothing is guessed:
how dates are written stands in the map. This module makes no facts.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from deskkit.feeds.values import Times

__all__ = ["DAY_MS", "EARLIEST", "day_of", "duration_of", "instant_of", "on_day", "time_of_day", "word_of"]

DAY_MS: Final = 86_400_000
EARLIEST: Final = 315_532_800_000
"""1980-01-01: what is before is a database's or a spreadsheet's way to say nothing."""

_LONGEST: Final = 400 * DAY_MS
_CENTURY: Final = 70  # years written with two digits: 70 to 99 are of 1900, others of 2000
_LATEST_HOUR: Final = 48
_CLOCK: Final = re.compile(r"(\d{1,4}):(\d{1,2})(?::(\d{1,2}))?(?:[.,](\d{1,9}))?")
_PLAIN: Final = re.compile(r"[+-]?\d{1,12}(?:\.\d{1,9})?")
_DATES: Final = {
    "iso": re.compile(
        r"(?P<y>\d{4})[-/.年]?(?P<m>\d{1,2})[-/.月]?(?P<d>\d{1,2})日?(?:[T ]0{1,2}:00(?::00)?(?:\.0+)?)?"
    ),
    "yymmdd": re.compile(r"(?P<y>\d{2})(?P<m>\d{2})(?P<d>\d{2})"),
    "yyyymmdd": re.compile(r"(?P<y>\d{4})(?P<m>\d{2})(?P<d>\d{2})"),
    "dd/mm/yyyy": re.compile(r"(?P<d>\d{1,2})/(?P<m>\d{1,2})/(?P<y>\d{4}|\d{2})"),
    "mm/dd/yyyy": re.compile(r"(?P<m>\d{1,2})/(?P<d>\d{1,2})/(?P<y>\d{4}|\d{2})"),
    "dd.mm.yyyy": re.compile(r"(?P<d>\d{1,2})\.(?P<m>\d{1,2})\.(?P<y>\d{4}|\d{2})"),
}
_UNIX: Final = 10  # digits at least of Unix seconds in a text; with fewer it is a date
_DIGITS: Final = {"yymmdd": 6, "yyyymmdd": 8}


class Day(NamedTuple):
    """A calendar day; the constructor of `datetime.date` would refuse what is to be counted."""

    year: int
    month: int
    day: int


def word_of(value: object) -> str:
    """Return a cell as the text a map compares with; a whole float as an integer.

    Examples
    --------
    >>> word_of(2.0), word_of(" AGENT "), word_of(None), word_of(True)
    ('2', 'AGENT', '', 'true')
    """
    if isinstance(value, str):
        return value.strip()
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1 << 53 else str(value)
    return str(value).strip()


def day_of(value: object, form: str) -> Day | None:
    """Read a calendar day written as `form` says; None if it is none.

    Examples
    --------
    >>> day_of("990101", "yymmdd"), day_of(10203.0, "yymmdd"), day_of("1999/1/31", "iso")
    (Day(year=1999, month=1, day=1), Day(year=2001, month=2, day=3), Day(year=1999, month=1, day=31))
    """
    if isinstance(value, dt.date):  # a datetime is one too
        return Day(value.year, value.month, value.day)
    found = _DATES[form].fullmatch(word_of(value).zfill(_DIGITS.get(form, 0)))
    if found is None:
        return None
    year, month, day = int(found["y"]), int(found["m"]), int(found["d"])
    if len(found["y"]) == 2:  # noqa: PLR2004 - two digits
        year += 1900 if year >= _CENTURY else 2000
    try:
        dt.date(year, month, day)
    except ValueError:
        return None
    return Day(year, month, day)


def time_of_day(value: object) -> int | None:
    """Read a time of day as milliseconds since midnight: a clock, or a number of seconds; None if it is none.

    Examples
    --------
    >>> time_of_day("0:00:31"), time_of_day(31), time_of_day("25:00"), time_of_day("noon")
    (31000, 31000, 90000000, None)
    """
    if isinstance(value, dt.datetime | dt.time):
        return ((value.hour * 60 + value.minute) * 60 + value.second) * 1000 + value.microsecond // 1000
    if isinstance(value, dt.timedelta):
        return _within(value // dt.timedelta(milliseconds=1))
    text = word_of(value)
    found = _CLOCK.fullmatch(text)
    if found is not None:
        hours, minutes, seconds = int(found[1]), int(found[2]), int(found[3] or 0)
        good = minutes < 60 and seconds < 60  # noqa: PLR2004 - of a clock
        return _within(((hours * 60 + minutes) * 60 + seconds) * 1000 + _thousandths(found[4])) if good else None
    return _within(math.floor(float(text) * 1000)) if _PLAIN.fullmatch(text) else None


def _within(ms: int) -> int | None:
    return ms if 0 <= ms < _LATEST_HOUR * 3_600_000 else None


def _thousandths(fraction: str | None) -> int:
    return int(f"{fraction or '':0<3}"[:3])


def duration_of(value: object, unit: int) -> int | None:
    """Read a duration in milliseconds: a number in `unit` milliseconds, ``mm:ss`` or ``h:mm:ss``; None if it is none.

    Examples
    --------
    >>> duration_of("90", 1_000), duration_of("1:30", 1_000), duration_of(1.5, 60_000), duration_of("-1", 1_000)
    (90000, 90000, 90000, None)
    """
    if isinstance(value, dt.timedelta):
        ms = value // dt.timedelta(milliseconds=1)
        return ms if 0 <= ms <= _LONGEST else None
    if isinstance(value, dt.time):
        return time_of_day(value)
    text = word_of(value)
    found = _CLOCK.fullmatch(text)
    if found is not None:
        parts = [int(part) for part in found.groups()[:3] if part is not None]
        seconds = parts[-1] + 60 * parts[-2] + (3600 * parts[0] if len(parts) > 2 else 0)  # noqa: PLR2004 - with hours
        ms = seconds * 1000 + _thousandths(found[4])
    elif _PLAIN.fullmatch(text):
        ms = round(float(text) * unit)
    else:
        return None
    return ms if 0 <= ms <= _LONGEST else None


def instant_of(value: object, times: Times, form: str) -> int | None:
    """Read a date with a time of day; a number is Unix seconds or milliseconds; None if it is none.

    Examples
    --------
    >>> from deskkit.feeds.values import Times
    >>> instant_of("18/06/2026 10:30", Times("Asia/Shanghai"), "dd/mm/yyyy")
    1781749800000
    """
    if isinstance(value, dt.datetime):
        value = value.isoformat(sep=" ", timespec="microseconds")
    if isinstance(value, dt.date):
        return on_day(Day(value.year, value.month, value.day), 0, times)
    if isinstance(value, str):
        value = value.strip()
        if len(value) >= _UNIX and _PLAIN.fullmatch(value):
            value = float(value) if "." in value else int(value)
    found = times.read(value)
    if found is not None or not isinstance(value, str):
        return None if found is None else found.at
    date, _, clock = value.replace("T", " ").partition(" ")
    day = day_of(date, form)
    ms = time_of_day(clock.strip()) if clock.strip() else 0
    return None if day is None or ms is None else on_day(day, ms, times)


def on_day(day: Day, ms: int, times: Times) -> int | None:
    """Return the instant of a time of day, which may be past midnight; None if it is out of range."""
    days, ms = divmod(ms, DAY_MS)
    if days:
        after = dt.date(*day) + dt.timedelta(days=days)
        day = Day(after.year, after.month, after.day)
    minutes, ms = divmod(ms, 60_000)
    clock = f"{minutes // 60:02}:{minutes % 60:02}:{ms // 1000:02}.{ms % 1000:03}"
    found = times.read(f"{day.year:04}-{day.month:02}-{day.day:02} {clock}")
    return None if found is None else found.at
