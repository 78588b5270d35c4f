"""What a late fact may still do: messages are added, and what was newer stays as it was.

Deliveries come late, twice and out of order. State must not depend on that (P13): where two facts speak of the same
thing (the stage of a conversation, its owner, one of its tags, the presence of an agent), the one that happened later
counts, whichever came later. So a late fact that something newer has overtaken is refused, and a late message, which
may reopen or claim its conversation, is followed by what was newer, stated again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import cards, events
from deskkit.live.told import told

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact
    from deskkit.live.served import ServedDriver

__all__ = ["RECENT", "Newest", "restate"]

RECENT: Final = 20_000  # rows at the end of a log in which a new driver looks for what is known of agents and customers

_CLOSING: Final = (events.Resolved, events.CustomerLeft, events.Archived, events.Snoozed)
_STAGE: Final = (*_CLOSING, events.Unarchived, events.Reopened)
_OWNER: Final = (events.OwnerSet, events.GroupSet)
_ALIKE: Final[dict[type[events.Fact], tuple[tuple[type[events.Fact], ...], tuple[str, ...]]]] = {
    **dict.fromkeys(_STAGE, (_STAGE, ())),
    **dict.fromkeys(_OWNER, (_OWNER, ())),
    events.TagSet: ((events.TagSet,), ("facet", "tag")),
    events.PrioritySet: ((events.PrioritySet,), ()),
    events.HelperSet: ((events.HelperSet,), ("agent",)),
    events.Rated: ((events.Rated,), ()),
}
_PEOPLE: Final = (events.PresenceSet, events.AgentSet, events.CustomerSet, events.PeakSet)


class Newest:
    """Says whether something newer has overtaken a fact.

    Parameters
    ----------
    driver : ServedDriver
    """

    def __init__(self, driver: ServedDriver) -> None:
        self._driver = driver
        self._log = log = driver.log
        self._of_people: dict[tuple[str, str], int] = {}
        for stored in log.read(max(0, log.last_seq() - RECENT), kinds=_PEOPLE):
            if isinstance(stored.event, events.Fact):
                self.note(stored.event)

    @staticmethod
    def _person(fact: Fact) -> tuple[str, str] | None:
        if not isinstance(fact, _PEOPLE):
            return None
        return type(fact).__name__, str(getattr(fact, "agent", "") or getattr(fact, "customer", ""))

    def note(self, fact: Fact) -> None:
        """Remember a fact that was taken."""
        key = self._person(fact)
        if key is not None:
            self._of_people[key] = max(fact.at, self._of_people.get(key, fact.at))

    def overtook(self, fact: Fact) -> bool:
        """Say whether the log holds something newer about the same thing."""
        key = self._person(fact)
        if key is not None:
            return fact.at < self._of_people.get(key, fact.at)
        kinds, fields = _ALIKE.get(type(fact), ((), ()))
        if not kinds:
            return False
        if isinstance(fact, _CLOSING) and self._driver.desk.acts:
            kinds = (*kinds, events.CustomerWrote)  # which opened it again; where we only watch the provider says so
        found = self._later(fact, kinds)
        return any(all(getattr(one, field, None) == getattr(fact, field) for field in fields) for one in found)

    def _later(self, fact: Fact, kinds: tuple[type[events.Fact], ...]) -> list[Fact]:
        """Return the facts of these kinds about the same conversation that happened later than `fact`."""
        found, desk = [], self._driver.desk
        for stored in told(self._log, desk, getattr(fact, "conversation", ""), kinds):
            event = stored.event
            if not isinstance(event, events.Fact) or event.at <= fact.at or event.source == "late":
                continue
            if isinstance(event, events.CustomerWrote) and desk.is_courtesy(event.text):
                continue  # it reopens nothing
            found.append(event)
        return found

    def later(self, fact: Fact) -> tuple[Fact, ...]:
        """Return what is newer than a late message about the stage and the owner of its conversation, in order."""
        found = [self._later(fact, kinds)[-1:] for kinds in (_OWNER, _STAGE)]
        return tuple(sorted((one for some in found for one in some), key=lambda one: one.at))


def restate(driver: ServedDriver, newest: Newest, message: Fact, *, before: tuple[str, str]) -> None:
    """State again what a late message has undone.

    Parameters
    ----------
    driver : ServedDriver
        Which has just taken the message.
    newest : Newest
    message : Fact
    before : tuple of str
        Stage and owner of the conversation before the message.
    """
    name = getattr(message, "conversation", "")
    for number, fact in enumerate(newest.later(message)):
        if standing(driver.desk, name) == before:
            return
        driver.take(
            msgspec.structs.replace(
                fact, at=driver.desk.now, source="late", source_id=f"{message.source}:{message.source_id}#{number}"
            )
        )


def standing(desk: Desk, name: str) -> tuple[str, str]:
    """Return stage and owner of a conversation, under whatever name it goes on."""
    card = cards.conversation_card(desk, desk.goes_on_as(name))
    return card.stage, card.owner
