"""Who began each conversation of a table of messages: an agent if its first message is one by hand, else the customer.

Rows stand in any order, so this is known only when all are read. This module knows no file and no log.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

if TYPE_CHECKING:
    from deskkit.desk.events import ConversationOpened

__all__ = ["BY_AGENT", "Openers"]

BY_AGENT: Final = "an agent began it, whose message by hand is its first"
"""What is taken for given of a conversation that an agent began: no row says who began it."""

_CUSTOMER: Final = 0
_BITS: Final = 24  # of a number that holds an instant and who wrote


class Openers:
    """Remembers who wrote first in each conversation, in a few bytes for each.

    A welcome, or a word of the system, is said to a customer who has come: after it an agent begins nothing. So it is
    where an agent wrote at the same instant as anybody else.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened
    >>> opened = ConversationOpened(at=3, source="shop", source_id="1", conversation="c", customer="zhang")
    >>> openers = Openers()
    >>> openers.wrote("c", 9, agent="")
    >>> openers.wrote("c", 5, agent="ada")
    >>> begun = openers.settle(opened)
    >>> begun.origin, begun.agent
    ('agent', 'ada')
    """

    def __init__(self) -> None:
        self._first: dict[int, int] = {}  # by the hash of a name: an instant, and the number of who wrote
        self._agents: dict[str, int] = {"": _CUSTOMER}

    def wrote(self, conversation: str, at: int, *, agent: str) -> None:
        """Take note of a message that is no note; `agent` is empty unless an agent wrote it by hand."""
        who = self._agents.setdefault(agent, len(self._agents))
        key, said = hash(conversation), at << _BITS | who
        self._first[key] = min(said, self._first.get(key, said))

    def settle(self, opened: ConversationOpened) -> ConversationOpened:
        """Return a beginning with who began it; what was noted of its conversation is forgotten."""
        who = self._first.pop(hash(opened.conversation), _CUSTOMER) & (1 << _BITS) - 1
        if who == _CUSTOMER:
            return opened
        agent = next(name for name, number in self._agents.items() if number == who)
        return msgspec.structs.replace(opened, origin="agent", agent=agent)
