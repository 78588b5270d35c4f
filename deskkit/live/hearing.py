"""What becomes of facts that were given to a driver, heard of some at a time.

A deed for hundreds of conversations is stored as one, but what came of each is looked up one by one: who must not
wait, a notebook's kernel, does that in slices and goes on between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk.events import Decision
from deskkit.errors import FactError
from deskkit.live.outdated import cause_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.events import Fact
    from deskkit.log import EventLog

__all__ = ["SLICE", "Hearing", "came_of", "set_aside"]

SLICE: Final = 100  # looks into the log at once, each a third of a millisecond


class Hearing:
    """Hear what becomes of facts.

    Parameters
    ----------
    log : EventLog
    facts : sequence of Fact
        As they were given, in their order.

    Attributes
    ----------
    decided : list of Decision
        What was decided about them, as far as it was heard.
    """

    def __init__(self, log: EventLog, facts: Sequence[Fact]) -> None:
        self._log, self._facts = log, tuple(facts)
        self._taken = self._told = 0
        self.decided: list[Decision] = []

    @property
    def is_taken(self) -> bool:
        """Whether the driver has taken all of them."""
        return self._taken == len(self._facts)

    @property
    def is_over(self) -> bool:
        """Whether it is known what came of all."""
        return self._told == len(self._facts)

    def hear(self, most: int = SLICE) -> int:
        """Go on where the last time ended, unless one is waited for; return how many looks into the log it took.

        Raises
        ------
        FactError
            The driver could not take one of them.
        LogError
            The log cannot be read.
        """
        looks = 0
        while not self.is_taken and looks < most:
            looks += 1
            if not self._is_taken(self._facts[self._taken]):
                return looks
            self._taken += 1
        while self.is_taken and not self.is_over and looks < most:
            looks += 1
            fact = self._facts[self._told]
            self.decided += came_of(self._log, (fact.source, fact.source_id))
            self._told += 1
        return looks

    def _is_taken(self, fact: Fact) -> bool:
        state, because = self._log.answer(fact.source, fact.source_id) or ("aside", "it is not in the inbox")
        if state == "aside":
            raise set_aside(self._log, type(fact).__name__, because=because)
        return state != "waiting"


def set_aside(log: EventLog, fact: str, *, because: str) -> FactError:
    """Return what to say of a fact, by the name of its kind, that the driver set aside."""
    return FactError(
        f"The driver could not take this: {because.rstrip('.')}.", place=log.url, value=fact,
        expected="something the desk knows", example="open the conversation again and repeat",
    )  # fmt: skip


def came_of(log: EventLog, identity: tuple[str, str]) -> list[Decision]:
    """Return the decisions about a fact: what stands in the log right behind it, or that it was refused.

    Right behind may also stand that a fact of somebody else was refused, which is not in the log itself.

    Parameters
    ----------
    log : EventLog
    identity : pair of str
        Source and source_id of the fact.
    """
    seq = log.find(*identity)
    decided: list[Decision] = []
    for stored in () if seq is None else log.read(seq - 1):
        event = stored.event
        if isinstance(event, Decision) and cause_of(event) == identity:
            decided.append(event)
        elif stored.seq != seq:
            break
    return decided
