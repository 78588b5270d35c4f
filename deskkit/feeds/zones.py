"""The zone in which a log's imports read times without one: the same for ever, or every fact would come twice.

The identity of a fact holds the instant it happened, so the same export read in another zone would be other
facts. A log therefore remembers, as a cursor of its own, the zone of each source. This module knows no product.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo, available_timezones

from deskkit.errors import FeedError

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.log import EventLog

__all__ = ["check_zone", "declared_zone", "remember_zone"]

_FIRST: Final = 50  # events

# Zones that agree in the middle of each month of these years are one zone under several names.
_SAMPLE: Final = tuple(datetime(year, month, 15, tzinfo=UTC) for year in range(2010, 2036) for month in range(1, 13))


def check_zone(log: EventLog, source: str, zone: str, *, example: Callable[[str], str]) -> None:
    """Refuse a zone other than that of the earlier imports of a source into this log.

    Parameters
    ----------
    log : EventLog
    source : str
    zone : str
        IANA zone, which exists.
    example : callable
        Returns the corrected command or call for the zone of the earlier imports.

    Raises
    ------
    FeedError
        Earlier imports read their times in another zone.
    """
    if log.last_seq() == 0 or log.cursor(_name(source, zone)):
        return
    for other in sorted(available_timezones() - {zone}):
        if log.cursor(_name(source, other)) and not _is_same(zone, other):
            raise FeedError(
                "Earlier imports into this log read times in another zone; in this one everything would come twice.",
                place="zone",
                value=zone,
                expected=f"{other} (if that was the wrong one, import everything into a new log)",
                example=example(other),
            )


def remember_zone(log: EventLog, source: str, zone: str) -> None:
    """Note that facts of a source are stored whose times were read in a zone."""
    if not log.cursor(_name(source, zone)):
        log.set_cursor(_name(source, zone), 1)


def declared_zone(log: EventLog) -> str | None:
    """Return the zone in which the source of a log's first events read times; None if it declared none.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> declared_zone(open_log("memory:")) is None
    True
    """
    sources = {stored.event.source for stored in log.read(limit=_FIRST)}
    found = {zone for source in sources for zone in available_timezones() if log.cursor(_name(source, zone))}
    return found.pop() if len(found) == 1 else None


def _name(source: str, zone: str) -> str:
    return f"zone of {source}: {zone}"


def _is_same(one: str, other: str) -> bool:
    first, second = ZoneInfo(one), ZoneInfo(other)
    return all(first.utcoffset(at.astimezone(first)) == second.utcoffset(at.astimezone(second)) for at in _SAMPLE)
