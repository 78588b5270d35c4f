"""Calendar windows of a policy as instants: opening hours, quiet hours, hours and days of conditions.

Time enters the model only as durations and as these windows, worked out beforehand: rows (instant, bits of the windows
open from then on). Zones and daylight saving are dealt with here and nowhere else.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo

from deskkit.desk.schema import Schema, Window

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["DAYS", "Calendar"]

DAYS = 400
ALL_DAYS = 127
_MINUTE = timedelta(minutes=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Windows: TypeAlias = "tuple[Sequence[Window], tuple[date, ...], bool]"  # on none of these days, or on these alone


class Calendar:
    """The windows of a policy from the day before `start`, for `days` days.

    Bits are given on demand by `bit`; `rows` works the instants out once all are asked for.
    """

    def __init__(self, schema: Schema, start: int, *, days: int = DAYS) -> None:
        self._zone = ZoneInfo(schema.zone)
        self._days = days
        self._first = (_EPOCH + timedelta(milliseconds=start)).astimezone(self._zone).date() - timedelta(days=1)
        holidays = tuple(date.fromisoformat(day) for day in schema.hours.holidays)
        self._windows: list[_Windows] = [
            (schema.hours.open, holidays, False),
            (schema.notify.quiet, (), False),
        ]
        self._bits: dict[tuple[str, int | str], int] = {("open", 1): 1, ("open", 0): 1, ("quiet", 1): 2}

    @property
    def end(self) -> int:
        """The instant up to which the calendar is worked out, milliseconds."""
        return _instant(self._zone, self._first + timedelta(days=self._days), 0)

    def bit(self, key: str, value: int | str) -> int:
        """Return the bit of a window: ``open``, ``quiet``, an ``hour`` "540-720", a ``day`` mask or ISO date."""
        found = self._bits.get((key, value))
        if found is None:
            found = 1 << len(self._windows)
            self._bits[key, value] = found
            self._windows.append(self._read(key, value))
        return found

    @staticmethod
    def _read(key: str, value: int | str) -> _Windows:
        if key == "hour":
            start, end = str(value).split("-")
            return (Window(ALL_DAYS, int(start), int(end)),), (), False
        if isinstance(value, int):
            return (Window(value, 0, 1440),), (), False
        return (Window(ALL_DAYS, 0, 1440),), (date.fromisoformat(value),), True

    def rows(self) -> list[list[int]]:
        """Return rows (instant in milliseconds, bits open from then on), in order, without repetitions."""
        windows = tuple((tuple(some), days, only) for some, days, only in self._windows)
        return [list(row) for row in _rows(self._zone, self._first, self._days, windows)]


@lru_cache(maxsize=64)  # a run begins with a policy lowered two or three times, and a study runs it often
def _rows(zone: ZoneInfo, first: date, days: int, opened: tuple[_Windows, ...]) -> tuple[tuple[int, int], ...]:
    """Work the instants out."""
    minutes = sorted({0}.union(*({one.start, one.end % 1440} for windows, _, _ in opened for one in windows)))
    rows: list[tuple[int, int]] = []
    for n in range(days):
        day = first + timedelta(days=n)
        for minute in minutes:
            bits = _open(opened, day, minute)
            if not rows or rows[-1][1] != bits:
                rows.append((_instant(zone, day, minute), bits))
    return tuple(rows)


def _open(opened: tuple[_Windows, ...], day: date, minute: int) -> int:
    bits = 0
    for i, (windows, days, only) in enumerate(opened):
        if (day in days) != only:
            continue
        if any(w.days >> day.weekday() & 1 and w.start <= minute < w.end for w in windows):
            bits |= 1 << i
    return bits


def _instant(zone: ZoneInfo, day: date, minute: int) -> int:
    """Return when a minute of the day comes; one the clocks leave out comes with the first that they show."""
    wanted = datetime(day.year, day.month, day.day, minute // 60, minute % 60)  # noqa: DTZ001  the wall's clock
    local = wanted.replace(tzinfo=zone)
    before, after = local.replace(fold=1).astimezone(UTC), local.astimezone(UTC)
    while after - before > _MINUTE:  # only where the clocks are put forward over it, somewhere between the two
        middle = before + (after - before) // _MINUTE // 2 * _MINUTE
        if middle.astimezone(zone).replace(tzinfo=None) < wanted:
            before = middle
        else:
            after = middle
    return (after - _EPOCH) // timedelta(milliseconds=1)
