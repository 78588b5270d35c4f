"""Finding one conversation among thousands by what was said, who is concerned and how it is tagged.

Texts are compared in their matching form (`text.fold_text`): width, case and invisible characters make no
difference, and a Chinese fragment is found without spaces around it. Knows no screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.desk import columns as k
from deskkit.desk.because import agent_name
from deskkit.text import fold_text

if TYPE_CHECKING:
    from deskkit.desk.desk import Desk

__all__ = ["LIMIT", "Index"]

LIMIT = 200


class Index:
    """What was said in each conversation of a desk, folded once and again only where messages came.

    Parameters
    ----------
    desk : Desk

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.events import ConversationOpened, CustomerWrote
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> _ = desk.step(ConversationOpened(at=0, conversation="c1", customer="zhang"))
    >>> _ = desk.step(CustomerWrote(at=0, conversation="c1", message="m1", text="请问这双鞋有货吗"))
    >>> Index(desk).find("有货")
    ('c1',)
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._said: list[tuple[int, str]] = []  # of each conversation: how many messages, their folded text

    def find(self, query: str, *, limit: int = LIMIT) -> tuple[str, ...]:
        """Return the conversations, open and closed, in which every word of the query occurs; newest first.

        Parameters
        ----------
        query : str
            Looked for in messages and notes, the customer's name, id and fields (such as the account), tags, the
            owner's name and id, and the conversation's id; without a word nothing is found.
        limit : int, default 200
        """
        return self.all(query)[:limit]

    def all(self, query: str) -> tuple[str, ...]:
        """Return all conversations that `find` chooses among."""
        words = fold_text(query).split()
        if not words:
            return ()
        rows = self._desk.state.conversation
        found = [number for number in range(len(rows)) if self._holds(number, words)]
        found.sort(key=lambda number: (-rows[number][k.TOUCHED], -number))
        return tuple(self._desk.conversations[number] for number in found)

    def _holds(self, number: int, words: list[str]) -> bool:
        said = self._text(number)
        left = [word for word in words if word not in said]
        if not left:
            return True
        about = self._about(number)
        return all(word in about for word in left)

    def _text(self, number: int) -> str:
        messages = self._desk.messages[number]
        while len(self._said) <= number:
            self._said.append((0, ""))
        count, text = self._said[number]
        if count != len(messages):
            text = "\n".join(fold_text(message.text) for message in messages if hasattr(message, "text"))
            self._said[number] = (len(messages), text)
        return text

    def _about(self, number: int) -> str:
        """Return what may change though no message comes: names, owner, tags."""
        desk = self._desk
        row = desk.state.conversation[number]
        parts = [desk.conversations[number]]
        if row[k.CUSTOMER] >= 0:
            customer = desk.customers[row[k.CUSTOMER]]
            person = desk.people.get(customer)
            parts.append(customer)
            if person is not None:
                parts += [person.name, *(value for value in person.fields.values() if isinstance(value, str))]
        if row[k.OWNER_OF] >= 0:
            agent = desk.agents[row[k.OWNER_OF]]
            parts += [agent, agent_name(desk, agent)]
        parts += [tag for tags in desk.tags[number] for tag, how in tags.items() if how != "off"]
        return "\n".join(fold_text(part) for part in parts)
