"""How often which rule fired, was held back and was acted on, by hour and in the last hour.

One by one only the newest notices are kept; counted are all that were read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from deskkit.views.desk.fired import Entry

__all__ = ["HOURS", "HOUR_MS", "Tallies", "Tally"]

HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000
HOURS: Final = 8  # so many are counted
_Table = dict[int, dict[tuple[str, str, int], "Tally"]]  # by hour or minute; by agent, event and level


class Tally(msgspec.Struct):
    """How many notices fired, were held back, of these by a pause; of how many one could act, and how many did."""

    fired: int = 0
    held: int = 0
    paused: int = 0
    sent: int = 0
    acted: int = 0

    def add(self, other: Tally) -> None:
        """Count what another counts."""
        self.fired += other.fired
        self.held += other.held
        self.paused += other.paused
        self.sent += other.sent
        self.acted += other.acted


class Tallies:
    """Counts of notices by hour, and by minute for the last hour.

    Examples
    --------
    >>> from deskkit.views.desk.fired import Entry
    >>> tallies = Tallies()
    >>> one = Entry(seq=1, at=0, conversation="c1", agent="chen", event="message", level=1)
    >>> tallies.count(one)
    >>> tallies.acted(one)
    >>> tallies.by_hour("")
    {0: Tally(fired=1, held=0, paused=0, sent=1, acted=1)}
    """

    def __init__(self) -> None:
        self._hours: _Table = {}
        self._minutes: _Table = {}

    def count(self, one: Entry) -> None:
        """Count a notice."""
        for tally in self._of(one):
            if one.held:
                tally.held += 1
                tally.paused += one.held == "paused"
            else:
                tally.fired += 1
                tally.sent += one.conversation != ""

    def acted(self, one: Entry) -> None:
        """Count that a notice was acted on."""
        for tally in self._of(one):
            tally.acted += 1

    def _of(self, one: Entry) -> tuple[Tally, Tally]:
        key = one.agent, one.event, one.level
        return (
            _kept(self._hours, one.at // HOUR_MS, HOURS).setdefault(key, Tally()),
            _kept(self._minutes, one.at // MINUTE_MS, 60).setdefault(key, Tally()),
        )

    def by_hour(self, agent: str) -> dict[int, Tally]:
        """Return the tallies of an agent, empty: of all, by hour since 1970."""
        found: dict[int, Tally] = {}
        for hour, tallies in self._hours.items():
            for (whose, _event, _level), one in tallies.items():
                if agent in {"", whose}:
                    found.setdefault(hour, Tally()).add(one)
        return found

    def by_rule(self, agent: str, *, now: int) -> dict[tuple[str, int], Tally]:
        """Return the tallies of the last hour, to the minute, of an agent, empty: of all, by event and level."""
        found: dict[tuple[str, int], Tally] = {}
        for minute, tallies in self._minutes.items():
            for (whose, event, level), one in tallies.items() if minute > now // MINUTE_MS - 60 else ():
                if agent in {"", whose}:
                    found.setdefault((event, level), Tally()).add(one)
        return found


def _kept(table: _Table, when: int, most: int) -> dict[tuple[str, str, int], Tally]:
    """Return the tallies of an hour or a minute; of those before, so many are kept, however long the view is open."""
    if when not in table:
        table[when] = {}
        newest = max(table)
        for old in [one for one in table if one <= newest - most and one != when]:
            del table[old]
    return table[when]
