"""What one person has read: of a conversation that somebody else has, the desk only knows that its owner looked.

The desk counts as unread what came since the owner or a helper looked or replied, and for a new owner it begins anew,
also where a closed conversation is reopened for the one who just read it. Here what this person looked at is taken off.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deskkit.desk import columns as k

if TYPE_CHECKING:
    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk

__all__ = ["Looks"]


class Looks:
    """The looks of one person, as far as this view saw them; those of a supervisor the desk knows besides.

    Parameters
    ----------
    me : str

    Examples
    --------
    >>> looks = Looks("qin")
    >>> looks.at("c1", now=5), sorted(looks.at("c2", now=9))
    ({'c1'}, ['c1', 'c2'])
    """

    def __init__(self, me: str) -> None:
        self._me = me
        self._looked: dict[str, int] = {}
        self._looking: str | None = None

    def at(self, name: str | None, *, now: int) -> set[str]:
        """Let the person look at a conversation, or at none; return those whose unread count may be another."""
        seen = {one for one in (self._looking, name) if one is not None}
        self._looked |= dict.fromkeys(seen, now)
        self._looking = name
        return seen

    def read(self, desk: Desk, card: ConversationCard) -> ConversationCard:
        """Return a card with what this person has not read as unread."""
        if not card.unread:
            return card
        number = desk.exactly(card.name)
        seen = self._looked.get(card.name, k.NEVER)
        profile = desk.profiles.get(self._me)
        is_own = self._me in {card.owner, *card.helpers}  # of these the desk knows that nobody else's look counts
        if profile is not None and profile.role == "supervisor" and not is_own:
            seen = max(seen, desk.state.conversation[number][k.WATCHED])
        since = desk.messages[number].unread(seen)
        return card if since >= card.unread else msgspec.structs.replace(card, unread=since)
