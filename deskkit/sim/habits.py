"""How long things take people, and what goes wrong: every draw made while a run goes on, keyed, so that nothing shifts.

Who does what with whom stands here, the drawing itself in `deskkit.sim.luck`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.sim import luck

if TYPE_CHECKING:
    from deskkit.sim.people import Conversation, Person
    from deskkit.sim.scenario import Attention
    from deskkit.sim.workload import Workload

__all__ = ["Habits"]

_HOUR_MS: Final = 3_600_000


class Habits:
    """What people of a scenario are like.

    Parameters
    ----------
    attention : Attention
    workload : Workload
        Says what each turn needs.
    """

    def __init__(self, attention: Attention, workload: Workload) -> None:
        self.workload = workload
        self._traits = luck.traits(attention)
        self._numbers = {name: i for i, name in enumerate(attention.channels)}

    def glance_ms(self, one: Conversation) -> int:
        """Return how long an idle agent takes to see a message without any notice."""
        return luck.glance_ms(self._traits, one.key, one.turn)

    def notice_ms(self, person: Person, one: Conversation, name: str, now: int) -> int:
        """Return how long a notice on a channel takes to be noticed; -1: it is missed."""
        number = self._numbers.get(name)
        if number is None:
            return -1
        nth = len(person.alerts)
        while person.alerts and person.alerts[0] <= now - _HOUR_MS:
            person.alerts.popleft()
        if luck.is_missed(self._traits, number, one.key, one.turn, nth, len(person.alerts)):
            return -1
        return luck.latency_ms(self._traits, number, one.key, one.turn)

    def switch_ms(self, person: Person, one: Conversation, now: int) -> int:
        """Return what it costs to change to a tab: more, the longer it was not looked at."""
        away = now - person.touched.get(one.index, now)
        return luck.switch_ms(self._traits, one.key, one.turn, away)

    def handle_ms(self, person: Person, one: Conversation) -> int:
        """Return how long reading and answering takes: what is left of it, if it was begun before."""
        if one.left_ms >= 0:
            person.interrupted = True
            return one.left_ms + luck.resume_ms(self._traits, one.key, one.turn)
        needed = self.workload.turn(one.index, one.turn).handle_ms
        return luck.handle_ms(self._traits, needed, len(person.tabs), person.about.speed)

    def goes_astray(self, person: Person, one: Conversation) -> Conversation | None:
        """Return the tab into which a reply goes by mistake, or None."""
        before = person.before
        if not person.switched or before is None or before is one or before.index not in person.tabs:
            return None
        return before if luck.strays(self._traits, one.key, one.turn, int(person.interrupted)) else None

    def repair_ms(self, one: Conversation) -> int:
        """Return how long it takes to notice and mend a reply in the wrong window."""
        return luck.repair_ms(self._traits, one.key, one.turn)
