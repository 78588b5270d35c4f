"""The days of a run: hours of a day and the instants they are, on a wall clock that is put forward and back.

A scenario's hours are those of a clock on the wall: nine is nine on each day, also where the zone's clock was changed
in between and a day had 23 or 25 hours. Without a zone every day has 24. It knows no scenario and no policy.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]

__all__ = ["DAY_MS", "Days"]

DAY_MS: Final = 86_400_000


class Days(NamedTuple):
    """Days from a midnight on.

    Attributes
    ----------
    midnight : int
        Of the first day, milliseconds.
    zone : str
        IANA zone of its clock; empty: every day has 24 hours.
    """

    midnight: int
    zone: str = ""

    def instant(self, ms: int) -> int:
        """Return when the clock shows a time, milliseconds after the first midnight as a clock counts them.

        A time that the clock jumps over is the hour after it; of one that it shows twice it is the first.

        Examples
        --------
        >>> from deskkit.clock import instant
        >>> days = Days(instant("2026-10-31T00:00", zone="America/New_York"), "America/New_York")
        >>> (days.instant(2 * DAY_MS) - days.midnight) / 3_600_000  # on the first of November it is put back
        49.0
        """
        day, of_day = divmod(ms, DAY_MS)
        return _midnight(self, day) + of_day if _is_even(self, day) else _shown(self, day, of_day)

    def instants(self, ms: Ints) -> Ints:
        """Return the same of many times."""
        day = ms // DAY_MS
        found = ms.copy()
        for one in np.unique(day).tolist():
            mine = day == one
            if _is_even(self, one):
                found[mine] += _midnight(self, one) - one * DAY_MS
            else:
                found[mine] = [self.instant(each) for each in ms[mine].tolist()]
        return found

    def shown(self, instant: int) -> int:
        """Return what the clock shows at an instant, milliseconds after the first midnight as a clock counts them.

        Examples
        --------
        >>> days = Days(0, "Asia/Shanghai")
        >>> days.shown(days.instant(3 * DAY_MS + 5)) == 3 * DAY_MS + 5
        True
        """
        if not self.zone:
            return instant - self.midnight
        now = _local(self, instant)
        minutes = (now.hour * 60 + now.minute) * 60 + now.second
        return (now.date() - self.date()).days * DAY_MS + minutes * 1000 + instant % 1000

    def date(self) -> date:
        """Return the first day.

        Examples
        --------
        >>> Days(0, "Asia/Shanghai").date().isoformat()
        '1970-01-01'
        """
        return _local(self, self.midnight).date()

    def count_to(self, instant: int) -> int:
        """Return how many days begin before an instant; at least one.

        Examples
        --------
        >>> [Days(0).count_to(at) for at in (0, 1, DAY_MS, DAY_MS + 1)]
        [1, 1, 1, 2]
        """
        return max(1, -(-self.shown(instant) // DAY_MS))


def _local(days: Days, instant: int) -> datetime:
    return datetime.fromtimestamp(instant // 1000, tz=ZoneInfo(days.zone or "UTC"))


@lru_cache(maxsize=4_096)
def _shown(days: Days, day: int, ms: int) -> int:
    """Return when the clock shows a time of a day on which it is changed."""
    midnight = datetime.combine(days.date() + timedelta(days=day), datetime.min.time())
    seconds, rest = divmod(ms, 1000)
    # Added to a time without a zone: what the clock shows, not what passes.
    there = (midnight + timedelta(seconds=seconds)).replace(tzinfo=ZoneInfo(days.zone))
    return int(there.timestamp()) * 1000 + rest


def _midnight(days: Days, day: int) -> int:
    return _shown(days, day, 0) if days.zone else days.midnight + day * DAY_MS


@lru_cache(maxsize=4_096)
def _is_even(days: Days, day: int) -> bool:
    """Say whether a day has 24 hours."""
    return not days.zone or _midnight(days, day + 1) - _midnight(days, day) == DAY_MS
