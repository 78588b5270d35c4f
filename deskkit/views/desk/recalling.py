"""Deeds that a view has not heard of because its desk began from a snapshot: read from the log's tail.

What undoes a deed depends on how its conversation stood before. So the few conversations that hands touched of late are
folded once more from their beginning, each fact and decision about them and what concerns agents, and nothing else.
"""

from __future__ import annotations

import heapq
from operator import attrgetter
from typing import TYPE_CHECKING, Final

from deskkit.desk import events as e
from deskkit.desk.coding import decode
from deskkit.desk.desk import Desk
from deskkit.desk.undoing import KEPT_MS, undoing
from deskkit.views.desk.undo import VIEW

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskkit.live.follower import Follower
    from deskkit.log import EventLog
    from deskkit.log.rows import Stored
    from deskkit.views.desk.undo import Undo

__all__ = ["recall"]

_UNDOABLE: Final = tuple(kind for kind in undoing.registry if issubclass(kind, e.ConversationFact))
_BY_HAND: Final = f'"source":"{VIEW}"'.encode()
_ALL: Final = (e.PolicyChanged, e.AgentSet, e.PresenceSet)  # what all conversations depend on


def recall(undo: Undo, follower: Follower) -> None:
    """Let an undo know the deeds of the last ten minutes up to where its desk stands.

    Parameters
    ----------
    undo : Undo
        Forgets what it knew before.
    follower : Follower
    """
    log, seen = follower.log, follower.seen
    undo.forget()
    names = _touched(log, since=follower.desk.now - KEPT_MS, until=seen)
    if not names:
        return
    parts = [log.read(until=seen, conversation=name) for name in names]
    told = heapq.merge(log.read(until=seen, kinds=_ALL), *parts, key=attrgetter("seq"))
    desk = Desk(follower.desk.policy, acts=follower.desk.acts, notices=False)
    desk.follow(_telling(undo, desk, told))


def _telling(undo: Undo, desk: Desk, stored: Iterable[Stored]) -> Iterator[e.Event]:
    for one in stored:
        undo.told(desk, one.event)
        yield one.event


def _touched(log: EventLog, *, since: int, until: int) -> list[str]:
    """Return the conversations that a hand in a view touched since an instant."""
    found: dict[str, None] = {}
    for row in log.rows(until=until, kinds=_UNDOABLE):
        if _BY_HAND in row.body:  # few are; the others are not decoded
            fact = decode(row.body)
            if isinstance(fact, e.ConversationFact) and fact.source == VIEW and fact.at >= since:
                found[fact.conversation] = None
    return list(found)
