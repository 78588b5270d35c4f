"""How long things take people, and what goes wrong: every draw made while a run goes on, keyed, so that nothing shifts.

A draw is a hash of (seed, replication, conversation, purpose, turn), and a duration the entry of an integer table: the
same numbers in Python and compiled, whatever happened before.
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import TYPE_CHECKING, Final

from deskkit.desk.rules import draw
from deskkit.sim.laws import table

if TYPE_CHECKING:
    from deskkit.sim.people import Conversation, Person
    from deskkit.sim.scenario import Attention, Law
    from deskkit.sim.workload import Workload

__all__ = ["Habits", "Purpose"]

_HALF: Final = 1 << 31  # draws are 0 to 2**31 - 1
_INDEX: Final = 19  # bits a draw has more than a table of 4,096
_HOUR_MS: Final = 3_600_000
_MANY: Final = 1 << 16


class Purpose(IntEnum):
    """What is drawn while the world runs; a further one shifts no other."""

    GLANCE = 1
    UNFOCUSED = 2
    UNFOCUSED_LATENCY = 3
    SWITCH = 4
    WRONG_WINDOW = 5
    REPAIR = 6
    RESUME = 7
    MISSED = 16  # and the channel
    LATENCY = 48  # and the channel


class Habits:
    """What people of a scenario are like.

    Parameters
    ----------
    attention : Attention
    workload : Workload
        Says what each turn needs.
    """

    def __init__(self, attention: Attention, workload: Workload) -> None:
        self.attention, self.workload = attention, workload
        self._numbers = {name: i for i, name in enumerate(attention.channels)}
        self._tables: dict[Law, tuple[int, ...]] = {}

    def glance_ms(self, one: Conversation) -> int:
        """Return how long an idle agent takes to see a message without any notice."""
        about = self.attention
        if about.unfocused > 0 and self._chance(one, Purpose.UNFOCUSED) < about.unfocused * _HALF:
            return self._ms(about.unfocused_latency, one, Purpose.UNFOCUSED_LATENCY)
        return self._ms(about.glance, one, Purpose.GLANCE)

    def notice_ms(self, person: Person, one: Conversation, name: str, now: int) -> int:
        """Return how long a notice on a channel takes to be noticed; -1: it is missed."""
        about = self.attention.channels.get(name)
        if about is None:
            return -1
        number = self._numbers[name]
        nth = len(person.alerts) + _MANY * number
        while person.alerts and person.alerts[0] <= now - _HOUR_MS:
            person.alerts.popleft()
        missed = about.missed
        if self.attention.habituation > 0 and missed > 0:
            missed **= 1 / (1 + self.attention.habituation * len(person.alerts))
        if draw(one.key, (Purpose.MISSED + number) * _MANY + one.turn + 31 * nth) < missed * _HALF:
            return -1
        return self._ms(about.latency, one, Purpose.LATENCY + number)

    def switch_ms(self, person: Person, one: Conversation, now: int) -> int:
        """Return what it costs to change to a tab: more, the longer it was not looked at."""
        about = self.attention
        ms = self._ms(about.switch, one, Purpose.SWITCH)
        if about.switch_away_ms > 0:
            away = now - person.touched.get(one.index, now)
            ms += round(about.switch_away_ms * -math.expm1(-away / about.switch_recover_ms))
        return ms

    def handle_ms(self, person: Person, one: Conversation) -> int:
        """Return how long reading and answering takes: what is left of it, if it was begun before."""
        if one.left_ms >= 0:
            person.interrupted = True
            return one.left_ms + self._ms(self.attention.resume, one, Purpose.RESUME)
        slower = 1 + self.attention.per_tab * (len(person.tabs) - 1)
        return round(self.workload.turn(one.index, one.turn).handle_ms * slower / person.about.speed)

    def goes_astray(self, person: Person, one: Conversation) -> Conversation | None:
        """Return the tab into which a reply goes by mistake, or None."""
        before = person.before
        if not person.switched or before is None or before is one or before.index not in person.tabs:
            return None
        chance = self.attention.wrong_window
        if person.interrupted:
            chance *= self.attention.wrong_after_interruption
        return before if self._chance(one, Purpose.WRONG_WINDOW) < chance * _HALF else None

    def repair_ms(self, one: Conversation) -> int:
        """Return how long it takes to notice and mend a reply in the wrong window."""
        return self._ms(self.attention.repair, one, Purpose.REPAIR)

    def _chance(self, one: Conversation, purpose: int) -> int:
        return draw(one.key, purpose * _MANY + one.turn)

    def _ms(self, law: Law | None, one: Conversation, purpose: int) -> int:
        if law is None:
            return 0
        known = self._tables.get(law)
        if known is None:
            known = self._tables[law] = table(law)
        return known[self._chance(one, purpose) >> _INDEX]
