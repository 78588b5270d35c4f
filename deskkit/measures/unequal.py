"""Whether two periods that are compared are as long as one another, as far as the log goes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.measures.report import Report

__all__ = ["unequal"]

_ALIKE: Final = 0.01  # a log ends with its last event, a little before the day does


def unequal(report: Report, other: Report, *, say: Callable[[str], str] = str) -> str:
    """Say that counts of two periods cannot be compared, where one is longer; empty where they are alike.

    Parameters
    ----------
    report, other : Report
        Of the same log.
    say : callable
        Gives a text in another language, for example `deskkit.locale.translator("zh")`.

    Returns
    -------
    str

    Examples
    --------
    >>> from datetime import UTC, datetime
    >>> from deskkit.desk.events import PresenceSet
    >>> from deskkit.log import open_log
    >>> from deskkit.measures import report
    >>> log = open_log("memory:")
    >>> came = [
    ...     PresenceSet(at=n * 3_600_000, source="doc", source_id=str(n), agent="chen", presence="online")
    ...     for n in range(37)
    ... ]
    >>> _ = log.append(came, received_at=0)
    >>> days = [datetime(1970, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    >>> first, second = (report(log, begin=days[n], end=days[n + 1], measures=["missed"]) for n in (0, 1))
    >>> unequal(second, first)
    'The log ends 1970-01-02 12:00 (UTC); the two spans are of unequal length, so counts cannot be compared.'
    >>> unequal(first, first)
    ''
    """
    last = next(iter(report.figures.values())).spans.end
    lengths = [(min(one.end, last) - one.begin).total_seconds() for one in (report, other)]
    if abs(lengths[0] - lengths[1]) <= _ALIKE * max(lengths):
        return ""
    if max(report.end, other.end) <= last:
        return say("The two spans are of unequal length, so counts cannot be compared.")
    zone = report.choices.zone
    return say(
        "The log ends {end} ({zone}); the two spans are of unequal length, so counts cannot be compared."
    ).format(end=f"{last.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}", zone=zone)
