"""Finding one conversation among thousands by what was said, who is concerned and how it is tagged.

Texts are compared in their matching form (`text.fold_text`): width, case and invisible characters make no
difference, and a Chinese fragment is found without spaces around it. Knows no screen.
"""

from __future__ import annotations

import re
from array import array
from functools import partial
from heapq import nlargest
from typing import TYPE_CHECKING, Final

from deskkit.desk import columns as k
from deskkit.desk.because import agent_name
from deskkit.desk.events import FACETS
from deskkit.desk.hits import hits
from deskkit.desk.resting import glance
from deskkit.desk.texts import Texts
from deskkit.text import LIMIT as LONGEST
from deskkit.text import fold_text

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import CustomerSet
    from deskkit.desk.hits import Hit

__all__ = ["LIMIT", "Index", "long_numbers"]

LIMIT = 200
_NUMBER: Final = re.compile(r"\d{6,}")  # an order number, or part of one; in folded texts alone, where it is linear
_GROUPED: Final = re.compile(r"(?<!\d)\d+(?:[ -]\d+)+")
_JOINED: Final = range(7, 21)  # digits of a number that is written in groups; less are sizes, more is a table
_GROUP: Final = 4  # digits that the longest group has: 165 170 175 are sizes
_DATE: Final = re.compile(r"(?<!\d)(?:19|20)\d\d-[01]?\d-[0-3]?\d(?!\d)")
LINE: Final = 30  # characters that take as long to fold as it takes to come to a message
FOUND: Final = 100  # customers that are found while one would look into the log once
READ: Final = 300_000  # characters that are folded at once while somebody waits, some ten milliseconds


class Index:
    """What was said in each conversation of a desk: each message is folded once, and anew only where late ones came.

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
        self._next = 0  # the number of the conversation that is read on next
        self._has_read = False  # whether all that there were have been read on once
        self._counts = array("q")  # of each conversation, how many messages were folded; -1 where it is not begun
        self._taken: dict[int, int] = {}  # and how often one had been taken away by then
        self._said = Texts()  # and their folded text, a line for each, below the conversation's id
        self._numbers: dict[int, str] = {}  # and what long numbers stand there, where somebody asked
        self._known = Texts()  # what is known of each customer, folded
        self._told = array("q")  # and how often something had been told of one by then
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
        self._meet(len(self._desk.customers))
        found: Iterable[int] = range(len(self._desk.messages))
        for number in found:  # what was said since
            self.look(number)
        for word in words:
            found = self._holding(word, found) if found else ()
        return self._newest_first(found)

    def every(self) -> tuple[str, ...]:
        """Return all conversations, open and closed, newest first."""
        return self._newest_first(range(len(self._desk.conversations)))

    def _newest_first(self, numbers: Iterable[int]) -> tuple[str, ...]:
        rows = self._desk.state.conversation
        ordered = sorted(numbers, key=lambda number: (glance(rows, number, k.TOUCHED), number), reverse=True)
        return tuple(self._desk.conversations[number] for number in ordered)

    def why(self, name: str, query: str) -> tuple[Hit, ...]:
        """Return where the words of a query stand in a conversation that was just found by it."""
        return hits(self._desk, name, query, said=self.said(self._desk.exactly(name)))

    def said(self, number: int) -> str:
        """Return what was said in a conversation, of this number: a line for each message with a text, folded."""
        self.look(number)
        return self._said[number].partition("\n")[2].removesuffix("\n")

    def numbers(self, number: int) -> str:
        """Return the long numbers that stand in what was said in a conversation: six digits or more, a line for each.

        Examples
        --------
        >>> from deskkit.desk.desk import Desk
        >>> from deskkit.desk.events import ConversationOpened, CustomerWrote
        >>> from deskkit.desk.policy import Policy
        >>> desk = Desk(Policy.load("data/policies/standard.toml"))
        >>> _ = desk.step(ConversationOpened(at=0, conversation="c1", customer="zhang"))
        >>> _ = desk.step(CustomerWrote(at=0, conversation="c1", message="m1", text="订单 ４８２１３３７７，共 2 件"))
        >>> Index(desk).numbers(0)
        '48213377'
        """
        self.look(number)
        if number not in self._numbers:
            self._numbers[number] = "\n".join(long_numbers(self._said[number].partition("\n")[2]))
        return self._numbers[number]

    def read_on(self, limit: int, *, characters: int = READ) -> bool:
        """Fold some more of what was said and of who is known, round and round; return whether a search finds all read.

        What is said since is little, where whoever waits for none reads on with each look.

        Parameters
        ----------
        limit : int
            How many conversations and customers at most.
        characters : int, default 300,000
            After which the rest is left for another time.
        """
        done, numbers = 0, len(self._desk.messages)
        for _ in range(min(limit, numbers)):
            if done >= characters:
                break
            done += self.look(self._next, characters=characters - done)
            if self._counts[self._next] == self._desk.messages.count(self._next):
                self._next = (self._next + 1) % numbers
                self._has_read |= self._next == 0
        self._meet(limit)
        return (self._has_read or not numbers) and self.has_met_all

    @property
    def has_met_all(self) -> bool:
        """Whether every customer is known here, so that `called` leaves none out."""
        return len(self._told) == len(self._desk.customers)

    def meet_all(self) -> None:
        """Fold what is known of each customer, where somebody waits for it."""
        self._meet(len(self._desk.customers))

    def called(self, query: str, *, limit: int) -> Generator[float, None, tuple[list[int], int]]:
        """Look for customers whose id or name holds a text; give the numbers of some, and how many there are.

        Those come first who are called exactly so, then those whose id or name begins so; of these, who has a
        conversation open, and of these who wrote last. Where nobody is called so, whoever holds each word of it: who
        knows name and number writes both.

        Parameters
        ----------
        query : str
        limit : int
            How many are given at most.

        Yields
        ------
        float
            After each bit of work how much it was: so many times what looking into the log once is.
        """
        sought = fold_text(query)
        best, count = yield from self._best(sought, limit)
        if count or " " not in sought:
            return best, count
        *words, last = dict.fromkeys(sought.split())
        among: set[int] | None = None
        for word in words:
            among = yield from self._among(word, among)
        return (yield from self._best(last, limit, among))

    def _best(
        self, sought: str, limit: int, among: set[int] | None = None
    ) -> Generator[float, None, tuple[list[int], int]]:  # fmt: skip
        """Give those, perhaps of some, who come first among whose id or name holds a text, and how many they are."""
        best, known = dict[int, int](), set[int]()
        for found in self._known.ranked(sought, first=2) if sought else ():
            ranks = found if among is None else {number: found[number] for number in found.keys() & among}
            known.update(ranks)
            best |= ranks
            best = {number: best[number] for number in nlargest(limit, best, key=partial(self._nearly, best))}
            yield 1 + len(found) / FOUND
        return list(best), len(known)

    def _among(self, word: str, among: set[int] | None) -> Generator[float, None, set[int]]:
        """Give those, perhaps of some, whose id or name holds a word."""
        known: set[int] = set()
        for found in self._known.ranked(word, first=2):
            known |= found.keys() if among is None else found.keys() & among
            yield 1 + len(found) / FOUND
        return known

    def _nearly(self, ranks: dict[int, int], customer: int) -> tuple[int, bool, int, int]:
        return -ranks[customer], *self._lately(customer)

    def _lately(self, customer: int) -> tuple[bool, int, int]:
        rows = self._desk.state.customer
        return glance(rows, customer, k.OPEN_NOW) > 0, glance(rows, customer, k.LATEST), customer

    def look(self, number: int, *, characters: int = 0) -> int:
        """Fold what was said in a conversation since the last time; return how many characters' work that took.

        Parameters
        ----------
        number : int
            Of the conversation.
        characters : int, default 0
            After which the rest is left for another time; 0: never.
        """
        if number >= len(self._counts):
            self._counts.extend([-1] * (number + 1 - len(self._counts)))
        messages = self._desk.messages
        before, now, taken = self._counts[number], messages.count(number), messages.taken(number)
        if before == now and taken == self._taken.get(number, 0):
            return 0
        if before < 0 or taken != self._taken.get(number, 0):
            self._said.begin(number, fold_text(self._desk.conversations[number]))
            self._numbers.pop(number, None)
            before = 0
        lines: list[str] = []
        done = 0
        for one in messages[number].forth(begin=before):
            lines.append(fold_text(one.text[:LONGEST]))
            done += len(lines[-1]) + LINE
            if 0 < characters <= done:
                break
        self._said.add(number, lines)
        self._counts[number] = before + len(lines)
        if taken:
            self._taken[number] = taken
        if number in self._numbers:
            self._numbers[number] = "\n".join(long_numbers("\n".join([self._numbers[number], *lines])))
        return done

    def _holding(self, word: str, among: Iterable[int]) -> list[int]:
        """Return the conversations that hold a word: who and what thousands share is looked at once."""
        desk = self._desk
        customers = self._known.holding(word)
        agents = {number for number, name in enumerate(desk.agents) if word in self._agent(name)}
        tags = {tag for tag in desk.tags.known() if word in self._fold(tag)}
        rows, said = desk.state.conversation, self._said.holding(word)
        return [
            number
            for number in among
            if number in said
            or glance(rows, number, k.CUSTOMER) in customers
            or glance(rows, number, k.OWNER_OF) in agents
            or (tags and self._is_tagged(number, tags))
        ]

    # ------------------------------------------------------------ what may change though no message comes

    def _is_tagged(self, number: int, tags: set[str]) -> bool:
        return any(self._desk.tags.bears(number, facet, tags) for facet in range(len(FACETS)))

    def _meet(self, limit: int) -> None:
        """Fold what is known of some more customers, and anew of those of whom something was told since."""
        people, customers = self._desk.people, self._desk.customers
        self._told.extend([-1] * min(limit, len(customers) - len(self._told)))
        for number, told in enumerate(self._told):
            if told != people.told(number):
                self._told[number] = people.told(number)
                customer = customers[number]
                self._known.begin(number, _of_customer(customer, people.get(customer)))

    def _agent(self, agent: str) -> str:
        return f"{self._fold(agent)}\n{self._fold(agent_name(self._desk, agent))}"

    def _fold(self, text: str) -> str:
        if text not in self._folded:
            self._folded[text] = fold_text(text)
        return self._folded[text]


def long_numbers(said: str) -> tuple[str, ...]:
    """Return the numbers of six digits or more in a folded text, as they stand and with their groups of digits joined.

    A date in figures is no number.

    Examples
    --------
    >>> long_numbers("order 700-1234, call 138 0013 8000 on 2026-06-18")
    ('7001234', '13800138000')
    """
    groups = [re.split("[ -]", one) for one in _GROUPED.findall(_DATE.sub("", said))]
    joined = ["".join(one) for one in groups if max(map(len, one)) >= _GROUP]
    return tuple(dict.fromkeys([*_NUMBER.findall(said), *(one for one in joined if len(one) in _JOINED)]))


def _of_customer(customer: str, person: CustomerSet | None) -> str:
    parts = [customer]
    if person is not None:
        parts += [person.name, *(value for value in person.fields.values() if isinstance(value, str))]
    return "\n".join(map(fold_text, parts))
