"""Decisions of one's own to begin from: which unread tab an agent turns to, instead of what the policy's order says.

Each is given to ``simulate(..., pick=...)``; write another the same way, in a file or in a cell:

    def newest_first(agent, unread, now):
        return max(unread, key=lambda one: one.asked)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.sim.people import Conversation, Person

__all__ = ["newest_first", "oldest_first"]


def newest_first(_agent: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
    """Turn to whoever wrote last.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> newest_first(None, [SimpleNamespace(asked=n, index=n) for n in (3, 7)], 9).asked
    7
    """
    return max(unread, key=lambda one: (one.asked, -one.index))


def oldest_first(_agent: Person, unread: Sequence[Conversation], _now: int) -> Conversation:
    """Turn to whoever has waited longest, whatever their level.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> oldest_first(None, [SimpleNamespace(asked=n, index=n) for n in (3, 7)], 9).asked
    3
    """
    return min(unread, key=lambda one: (one.asked, one.index))
