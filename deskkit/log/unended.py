"""Imports that began to store and did not end: cut off by a full disk, a kill, an interruption.

What they stored is sound and looks like a whole, so the log remembers each until it ends. The mark is a cursor of its
own name, written in the transactions that store the facts: it stands exactly while a part is stored. This module
knows no product.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from deskkit.desk.events import ConversationFact

if TYPE_CHECKING:
    from deskkit.log.log import EventLog

__all__ = ["Unended", "first_conversation", "note_ended", "note_unended", "unended"]

_PREFIX: Final = "import under way of "


class Unended(NamedTuple):
    """An import that stored a part of its facts.

    Attributes
    ----------
    source : str
    first, last : int
        The instants of its earliest and its latest fact, milliseconds UTC.
    facts : int
        How many it laid out.
    began : int
        The end of the log before it.
    stored : int
        How many of them it stored.
    """

    source: str
    first: int
    last: int
    facts: int
    began: int
    stored: int = 0

    @property
    def name(self) -> str:
        """The name of its cursor."""
        return f"{_PREFIX}{self.source}: {self.first} {self.last} {self.facts} {self.began}"

    def is_within(self, other: Unended) -> bool:
        """Tell whether another import reaches as far back and forth as this one, and holds no fewer facts."""
        spanned = other.first <= self.first and self.last <= other.last
        return self.source == other.source and spanned and self.facts <= other.facts


def note_unended(log: EventLog, one: Unended) -> None:
    """Note how much an import stored so far; inside `batch`, in the transaction that stores it.

    Examples
    --------
    >>> from deskkit.desk.events import PeakSet
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> with log.batch():
    ...     _ = log.append([PeakSet(at=0, source="shop", source_id="1", on=True)], received_at=0)
    ...     note_unended(log, Unended("shop", 0, 9, facts=4, began=0, stored=1))
    >>> unended(log)
    [Unended(source='shop', first=0, last=9, facts=4, began=0, stored=1)]
    >>> note_ended(log, *unended(log))
    >>> unended(log)
    []
    """
    log.set_cursor(one.name, one.stored)


def note_ended(log: EventLog, one: Unended) -> None:
    """Note that what an import stored is whole."""
    log.set_cursor(one.name, 0)


def unended(log: EventLog) -> list[Unended]:
    """Return the imports into a log that did not end."""
    found = []
    for name, stored in log.cursors(_PREFIX).items():
        source, _, numbers = name.rpartition(": ")
        if stored:
            first, last, facts, began = map(int, numbers.split())
            found.append(Unended(source, first, last, facts, began, stored))
    return found


def first_conversation(log: EventLog, one: Unended) -> str:
    """Return the conversation of the first fact an import stored of any; empty if it stored none of one."""
    events = (stored.event for stored in log.read(one.began))
    own = (event for event in events if isinstance(event, ConversationFact) and event.source == one.source)
    return next((event.conversation for event in own), "")
