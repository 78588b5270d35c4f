"""Finding one conversation among thousands by what was said, who is concerned and how it is tagged.

Texts are compared in their matching form (`text.fold_text`): width, case and invisible characters make no
difference, and a Chinese fragment is found without spaces around it. Knows no screen.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from deskkit.desk import columns as k
from deskkit.desk.because import agent_name
from deskkit.desk.hits import hits
from deskkit.text import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import CustomerSet
    from deskkit.desk.hits import Hit

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
        self._counts: list[int] = []  # of each conversation, how many messages were folded
        self._said: list[str] = []  # and their folded text, below the conversation's id
        self._people: list[tuple[CustomerSet | None, str]] = []  # of each customer: what was folded, and how it reads
        self._folded: dict[str, str] = {}  # agents' names and tags, of which there are few

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
        self.read_on(len(self._desk.messages))
        self._reread()
        found: Iterable[int] = range(len(self._said))
        for word in words:
            found = self._holding(word, found)
        rows = self._desk.state.conversation
        ordered = sorted(found, key=lambda number: (rows[number][k.TOUCHED], number), reverse=True)
        return tuple(self._desk.conversations[number] for number in ordered)

    def why(self, name: str, query: str) -> tuple[Hit, ...]:
        """Return where the words of a query stand in a conversation that was just found by it."""
        return hits(self._desk, name, query, said=self._said[self._desk.conversation(name)])

    def read_on(self, limit: int) -> bool:
        """Fold some more conversations and customers, so that the first search need not; return whether all are.

        Parameters
        ----------
        limit : int
            How many.
        """
        begin = len(self._said)
        end = min(len(self._desk.messages), begin + limit)
        for number in range(begin, end):
            self._said.append(self._text(number))
            self._counts.append(self._desk.messages.count(number))
        for _ in islice(self._customers(), len(self._people) + limit):
            pass
        return end == len(self._desk.messages) and len(self._people) == len(self._desk.customers)

    def _reread(self) -> None:
        """Fold anew what was said where messages came since."""
        count = self._desk.messages.count
        for number, before in enumerate(self._counts):
            if count(number) != before:
                self._said[number], self._counts[number] = self._text(number), count(number)

    def _text(self, number: int) -> str:
        said = [message.text for message in self._desk.messages[number] if hasattr(message, "text")]
        return "\n".join(map(fold_text, [self._desk.conversations[number], *said]))

    def _holding(self, word: str, among: Iterable[int]) -> list[int]:
        """Return the conversations that hold a word: who and what thousands share is looked at once."""
        desk = self._desk
        customers = {number for number, text in enumerate(self._customers()) if word in text}
        agents = {number for number, name in enumerate(desk.agents) if word in self._agent(name)}
        tags = {tag for tag in self._known_tags() if word in self._fold(tag)}
        rows, said = desk.state.conversation, self._said
        return [
            number
            for number in among
            if word in said[number]
            or rows[number][k.CUSTOMER] in customers
            or rows[number][k.OWNER_OF] in agents
            or (tags and self._is_tagged(number, tags))
        ]

    # ------------------------------------------------------------ what may change though no message comes

    def _is_tagged(self, number: int, tags: set[str]) -> bool:
        return any(how != "off" and tag in tags for facet in self._desk.tags[number] for tag, how in facet.items())

    def _known_tags(self) -> set[str]:
        return {tag for facets in self._desk.tags for facet in facets for tag in facet}

    def _customers(self) -> Iterator[str]:
        people = self._desk.people
        for number, customer in enumerate(self._desk.customers):
            person = people.get(customer)
            if number == len(self._people):
                self._people.append((person, _of_customer(customer, person)))
            elif self._people[number][0] is not person:
                self._people[number] = (person, _of_customer(customer, person))
            yield self._people[number][1]

    def _agent(self, agent: str) -> str:
        return f"{self._fold(agent)}\n{self._fold(agent_name(self._desk, agent))}"

    def _fold(self, text: str) -> str:
        if text not in self._folded:
            self._folded[text] = fold_text(text)
        return self._folded[text]


def _of_customer(customer: str, person: CustomerSet | None) -> str:
    parts = [customer]
    if person is not None:
        parts += [person.name, *(value for value in person.fields.values() if isinstance(value, str))]
    return "\n".join(map(fold_text, parts))
