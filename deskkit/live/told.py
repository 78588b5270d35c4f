"""A conversation under all its names: the desk's latest one, and those that a feed and the log go on using.

A customer who writes long after the end is in a new conversation at the desk, and in the same one for the feed.
"""

from __future__ import annotations

from heapq import merge
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

import msgspec

from deskkit.desk.events import ConversationDecision, ConversationFact

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Event
    from deskkit.log import EventLog, Stored

__all__ = ["as_told", "told"]

E = TypeVar("E", bound="Event")


def told(log: EventLog, desk: Desk, name: str, kinds: Collection[type[Event]], *, after: int = 0) -> Iterator[Stored]:
    """Yield what a log tells of a conversation under any of its names, in the order of the log.

    Parameters
    ----------
    log : EventLog
    desk : Desk
        Which has seen the whole log.
    name : str
        Any of them.
    kinds : collection of type
    after : int, default 0
        A sequence number.
    """
    names = desk.called(desk.goes_on_as(name))
    return merge(*(log.read(after, conversation=one, kinds=kinds) for one in names), key=attrgetter("seq"))


def as_told(desk: Desk, event: E) -> E:
    """Return an event with the name by which the feed of its conversation knows it.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.events import Archived
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> desk.go_on("c1", "c1~2")
    >>> as_told(desk, Archived(at=0, conversation="c1~2")).conversation
    'c1'
    """
    if not isinstance(event, ConversationFact | ConversationDecision):
        return event
    return msgspec.structs.replace(event, conversation=desk.called(event.conversation)[-1])
