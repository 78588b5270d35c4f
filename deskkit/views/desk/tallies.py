"""How often which rule fired, was held back and was acted on, by hour and in the last hour.

One by one only the newest notices are kept; counted are all that were read.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from deskkit.views.desk.fired import Entry

__all__ = ["HOURS", "HOUR_MS", "Tallies", "Tally"]

HOUR_MS: Final = 3_600_000
MINUTE_MS: Final = 60_000
HOURS: Final = 8  # so many are counted
K = TypeVar("K")


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


class _Key(msgspec.Struct, frozen=True):
    """Of when (a count of hours or minutes), of whom and by which rule."""

    when: int
    agent: str
    event: str
    level: int


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
        self._hours: dict[_Key, Tally] = {}
        self._minutes: dict[_Key, Tally] = {}
        self._newest = 0  # minute

    def count(self, one: Entry) -> None:
        """Count a notice."""
        made = Tally(
            fired=int(not one.held), held=int(bool(one.held)), paused=int(one.held == "paused"),
            sent=int(not one.held and bool(one.conversation)),
        )  # fmt: skip
        self._add(one, made)
        if one.at // MINUTE_MS > self._newest:
            self._newest = one.at // MINUTE_MS
            self._forget()

    def acted(self, one: Entry) -> None:
        """Count that a notice was acted on."""
        self._add(one, Tally(acted=1))

    def _add(self, one: Entry, made: Tally) -> None:
        for table, span in ((self._hours, HOUR_MS), (self._minutes, MINUTE_MS)):
            table.setdefault(_Key(one.at // span, one.agent, one.event, one.level), Tally()).add(made)

    def _forget(self) -> None:
        """Keep what is shown: memory stays as it is, however long the view is open."""
        hour = self._newest * MINUTE_MS // HOUR_MS
        self._hours = {key: one for key, one in self._hours.items() if key.when > hour - HOURS}
        self._minutes = {key: one for key, one in self._minutes.items() if key.when > self._newest - 60}

    def by_hour(self, agent: str) -> dict[int, Tally]:
        """Return the tallies of an agent, empty: of all, by hour since 1970."""
        return _summed(self._hours.items(), agent, lambda key: key.when)

    def by_rule(self, agent: str, *, now: int) -> dict[tuple[str, int], Tally]:
        """Return the tallies of the last hour, to the minute, of an agent, empty: of all, by event and level."""
        late = ((key, one) for key, one in self._minutes.items() if key.when > now // MINUTE_MS - 60)
        return _summed(late, agent, lambda key: (key.event, key.level))


def _summed(tallies: Iterable[tuple[_Key, Tally]], agent: str, by: Callable[[_Key], K]) -> dict[K, Tally]:
    found: dict[K, Tally] = {}
    for key, one in tallies:
        if agent in {"", key.agent}:
            found.setdefault(by(key), Tally()).add(one)
    return found
