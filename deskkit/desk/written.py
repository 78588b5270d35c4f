"""Who wrote what last: the words a row shows, and the agent a customer last heard from."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from deskkit.desk.events import AgentWrote, CustomerWrote, NoteWritten, SystemWrote

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.messages import Written

__all__ = ["asked_last", "last_words", "last_writer"]

LOOKED_AT: Final = 20  # latest conversations of a customer


def last_words(said: Sequence[Written], *, is_owed: bool) -> str:
    """Return the text a row shows: while an answer is owed the customer's latest, else the latest of anybody.

    What a machine says hides nobody's words.

    Examples
    --------
    >>> asked = CustomerWrote(at=0, conversation="c1", message="m1", text="在吗")
    >>> greeted = AgentWrote(at=1, conversation="c1", agent="chen", message="m2", text="您好", automatic=True)
    >>> last_words([asked, greeted], is_owed=True), last_words([greeted], is_owed=False), last_words([], is_owed=False)
    ('在吗', '您好', '')
    """
    best: Written | None = None
    for one in reversed(said):
        if isinstance(one, NoteWritten):
            continue
        if isinstance(one, CustomerWrote) if is_owed else not _is_automatic(one):
            return one.text
        if best is None or (_is_automatic(best) and not _is_automatic(one)):
            best = one
    return best.text if best is not None else ""


def asked_last(desk: Desk, conversation: str) -> str:
    """Return the customer's own latest words in a conversation; empty where there are none.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.desk.events import ConversationOpened
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> begun = ConversationOpened(at=0, conversation="c1", customer="li")
    >>> asked = CustomerWrote(at=0, conversation="c1", message="m1", text="在吗")
    >>> told = AgentWrote(at=1, conversation="c1", agent="chen", message="m2", text="在的")
    >>> desk.follow([begun, asked, told])
    >>> asked_last(desk, "c1")
    '在吗'
    """
    said = reversed(desk.messages[desk.exactly(conversation)])
    return next((str(one.text) for one in said if isinstance(one, CustomerWrote)), "")


def _is_automatic(one: Written) -> bool:
    return isinstance(one, SystemWrote) or (isinstance(one, AgentWrote) and one.automatic)


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
        for one in reversed(desk.messages[desk.exactly(name)]):
            if isinstance(one, AgentWrote) and not one.automatic:
                return one.agent
    return ""
