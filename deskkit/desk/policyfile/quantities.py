"""Times, days and comparisons as a supervisor writes them, and back: "5 min", "mon-fri 09:00-18:00", ">= 12".

Plain text in, integers out; a text that says nothing gives None, and the caller says what was expected. Where
it can be guessed what was meant ("5 mins"), `guess_duration` and its like give the text that would have been
right. This module knows nothing of files and policies.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Final

__all__ = [
    "DAYS",
    "DAY_MINUTES",
    "day_mask",
    "guess_duration",
    "guess_window",
    "in_units",
    "iso_date",
    "minute_range",
    "read_duration",
    "scaled",
    "show_days",
    "show_duration",
    "show_hours",
    "show_scaled",
    "split_comparison",
]

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES: Final = 1440

_UNITS: Final = {"s": 1_000, "min": 60_000, "h": 3_600_000, "days": 86_400_000, "day": 86_400_000}
_MEANT: Final = {
    "s": ("s", "sec", "secs", "second", "seconds", "秒"),
    "min": ("min", "m", "mins", "minute", "minutes", "分", "分钟"),
    "h": ("h", "hr", "hrs", "hour", "hours", "小时"),
    "days": ("d", "day", "days", "天"),
    "weeks": ("w", "week", "weeks", "周"),
}
_DURATION: Final = re.compile(r"(\d{1,9}(?:\.\d{1,3})?) ?(s|min|h|days?)", re.ASCII)
_LOOSE: Final = re.compile(r"\s*(-?\d{1,9}(?:\.\d{1,3})?)\s*([^\W\d_]*)\s*")
_CLOCK: Final = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)", re.ASCII)
_LOOSE_CLOCK: Final = re.compile(r"(\d{1,2})(?::([0-5]\d))?\s*(?:-|–|to)\s*(\d{1,2})(?::([0-5]\d))?(?!\d)", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,12}(?:\.\d{1,9})?", re.ASCII)
_SIGNS: Final = (">=", "<=", "≥", "≤", "!=", "==", "=>", "=<", ">", "<", "=")
_OPERATORS: Final = {
    ">=": "ge",
    "≥": "ge",
    "<=": "le",
    "≤": "le",
    ">": "gt",
    "<": "lt",
    "=": "eq",
}


def read_duration(text: str) -> int | None:
    """Return the milliseconds of "30 s", "5 min", "1.5 h" or "30 days"; None for anything else.

    Examples
    --------
    >>> read_duration("5 min"), read_duration("5 mins")
    (300000, None)
    """
    found = _DURATION.fullmatch(text)
    if found is None:
        return None
    ms = Decimal(found[1]) * _UNITS[found[2]]
    return int(ms) if ms == int(ms) else None


def guess_duration(text: str, *, unit: str = "min") -> str:
    """Return what a wrong duration probably meant, or an empty text.

    Examples
    --------
    >>> guess_duration("5 mins"), guess_duration("90"), guess_duration("2 weeks"), guess_duration("soon")
    ('5 min', '90 min', '14 days', '')
    """
    found = _LOOSE.fullmatch(text)
    if found is None:
        return ""
    number, name = Decimal(found[1].lstrip("-")), found[2].lower()
    for meant, names in _MEANT.items():
        if name in names or (not name and meant == unit):
            weeks = meant == "weeks"
            return f"{(number * (7 if weeks else 1)).normalize():f} {'days' if weeks else meant}"
    return ""


def show_duration(ms: int) -> str:
    """Write milliseconds as `read_duration` reads them, in the largest unit that fits.

    Examples
    --------
    >>> show_duration(90_000), show_duration(300_000), show_duration(86_400_000), show_duration(2_592_000_000)
    ('90 s', '5 min', '24 h', '30 days')
    """
    if ms >= 2 * _UNITS["days"] and ms % _UNITS["days"] == 0:
        return f"{ms // _UNITS['days']} days"
    for unit in ("h", "min"):
        if ms and ms % _UNITS[unit] == 0:
            return f"{ms // _UNITS[unit]} {unit}"
    return f"{(Decimal(ms) / 1000).normalize():f} s"


def day_mask(text: str) -> int | None:
    """Return days as a bit mask, Monday = 1: "sat" is 32, "mon-fri" is 31; None for anything else.

    Examples
    --------
    >>> day_mask("mon-fri"), day_mask("sat"), day_mask("sat-mon"), day_mask("monday")
    (31, 32, 97, None)
    """
    first, dash, last = text.partition("-")
    if first not in DAYS or (dash and last not in DAYS):
        return None
    start, end = DAYS.index(first), DAYS.index(last or first)
    span = range(start, end + 1) if start <= end else [*range(start, 7), *range(end + 1)]
    return sum(1 << day for day in span)


def show_days(mask: int) -> str:
    """Write a bit mask of days, runs as "mon-fri".

    Examples
    --------
    >>> show_days(31), show_days(33), show_days(127)
    ('mon-fri', 'mon, sat', 'mon-sun')
    """
    parts: list[str] = []
    day = 0
    while day < len(DAYS):
        end = day
        while mask >> end & 1:
            end += 1
        if end > day:
            parts.append(DAYS[day] if end == day + 1 else f"{DAYS[day]}-{DAYS[end - 1]}")
        day = end + 1
    return ", ".join(parts)


def minute_range(text: str) -> tuple[int, int] | None:
    """Return "09:00-12:00" as minutes of the day; 24:00 is 1440; None for anything else.

    The end may stand before the beginning: the caller refuses that with better words.

    Examples
    --------
    >>> minute_range("09:00-12:00"), minute_range("9-12")
    ((540, 720), None)
    """
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hours, minutes, end_hours, end_minutes = (int(part) for part in found.groups())
    start, end = hours * 60 + minutes, end_hours * 60 + end_minutes
    return (start, end) if start < DAY_MINUTES and end <= DAY_MINUTES else None


def show_hours(start: int, end: int) -> str:
    """Write minutes of the day as `minute_range` reads them.

    Examples
    --------
    >>> show_hours(540, 1440)
    '09:00-24:00'
    """
    return f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"


def guess_window(text: str, *, days: bool) -> str:
    """Return what a wrong window probably meant, on one day.

    Examples
    --------
    >>> guess_window("9-18", days=True), guess_window("mon-fri 9:00 to 18:00", days=True)
    ('mon-sun 09:00-18:00', 'mon-fri 09:00-18:00')
    >>> guess_window("09:00-25:00", days=False)
    '09:00-24:00'
    """
    found = _LOOSE_CLOCK.search(text)
    words = [word for word in text.lower().split() if day_mask(word)]
    start, end = (540, 1080)
    if found is not None:
        first, minute, last, end_minute = (int(part or 0) for part in found.groups())
        start, end = first * 60 + minute, last * 60 + end_minute
        end = min(end, DAY_MINUTES)
        if not start < end:
            start, end = (540, 1080)
    shown = show_hours(start, end)
    return f"{words[0] if words else 'mon-sun'} {shown}" if days else shown


def iso_date(text: str) -> str | None:
    """Return the text if it is a date like 2026-11-11, else None.

    Examples
    --------
    >>> iso_date("2026-11-11"), iso_date("2026-02-30"), iso_date("20261111")
    ('2026-11-11', None, None)
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return text if found.isoformat() == text else None


def split_comparison(text: str) -> tuple[str, str]:
    """Split ">= 12" into operator and rest; no operator gives an empty one, a wrong one itself.

    Examples
    --------
    >>> split_comparison(">= 12"), split_comparison("gold"), split_comparison("!= 3")
    (('ge', '12'), ('', 'gold'), ('!=', '3'))
    """
    stripped = text.strip()
    sign = next((sign for sign in _SIGNS if stripped.startswith(sign)), "")
    return _OPERATORS.get(sign, sign), stripped.removeprefix(sign).strip()


def scaled(value: object, scale: int) -> int | None:
    """Return a number (or its text) as an exact integer multiple of 1/scale; None if it is none.

    Examples
    --------
    >>> scaled(0.3, 1000), scaled("5", 1), scaled(0.0005, 1000), scaled(True, 1)
    (300, 5, None, None)
    """
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    text = value.strip() if isinstance(value, str) else repr(value)
    if not _NUMBER.fullmatch(text):
        return None
    exact = Decimal(text) * scale
    return int(exact) if exact == int(exact) else None


def show_scaled(value: int, scale: int) -> str:
    """Write what `scaled` reads, with commas in thousands.

    Examples
    --------
    >>> show_scaled(500_000, 100), show_scaled(300, 1000)
    ('5,000', '0.3')
    """
    number = Decimal(value) / scale
    return f"{int(number):,}" if number == int(number) else f"{number.normalize():,f}"


def in_units(thousandths: int) -> int | float:
    """Return thousandths as the file writes them.

    Examples
    --------
    >>> in_units(5000), in_units(300)
    (5, 0.3)
    """
    return thousandths // 1000 if thousandths % 1000 == 0 else thousandths / 1000
