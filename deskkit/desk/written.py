"""Who wrote what last: the words a row shows, and the agent a customer last heard from."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from deskkit.desk.messages import ANYBODY, ASKED, BY_HAND

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.desk import Desk
    from deskkit.desk.messages import Said

__all__ = ["asked_last", "last_words", "last_writer"]

LOOKED_AT: Final = 20  # latest conversations of a customer


def last_words(said: Said, *, is_owed: bool) -> str:
    """Return the text a row shows: while an answer is owed the customer's latest, else the latest of anybody.

    What a machine says hides nobody's words.

    Examples
    --------
    >>> from deskkit.desk.events import AgentWrote, CustomerWrote
    >>> from deskkit.desk.messages import Messages
    >>> said = Messages(1)
    >>> said.add(0, CustomerWrote(at=0, conversation="c1", message="m1", text="在吗"))
    >>> said.add(0, AgentWrote(at=1, conversation="c1", agent="chen", message="m2", text="您好", automatic=True))
    >>> said.add(0, AgentWrote(at=2, conversation="c1", agent="chen", message="m3", text="在的"))
    >>> last_words(said[0], is_owed=True), last_words(said[0], is_owed=False)
    ('在吗', '在的')
    """
    for who in ((ASKED,) if is_owed else ()) + (ASKED | BY_HAND, ANYBODY):
        if (last := next(said.back(who), None)) is not None:
            return last.text
    return ""


def asked_last(desk: Desk, conversation: str) -> str:
    """Return the customer's own latest words in a conversation; empty where there are none.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.desk.events import AgentWrote, ConversationOpened, CustomerWrote
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> begun = ConversationOpened(at=0, conversation="c1", customer="li")
    >>> asked = CustomerWrote(at=0, conversation="c1", message="m1", text="在吗")
    >>> told = AgentWrote(at=1, conversation="c1", agent="chen", message="m2", text="在的")
    >>> desk.follow([begun, asked, told])
    >>> asked_last(desk, "c1")
    '在吗'
    """
    said = desk.messages[desk.exactly(conversation)]
    return next((one.text for one in said.back(ASKED)), "")


def last_writer(desk: Desk, conversations: Iterable[str]) -> str:
    """Return the agent who last wrote in a customer's conversations, the latest first; empty where none did.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> last_writer(Desk(Policy.load("data/policies/standard.toml")), [])
    ''
    """
    for name in islice(conversations, LOOKED_AT):
        for one in desk.messages[desk.exactly(name)].by_hand():
            return one.agent
    return ""
