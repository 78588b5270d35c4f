"""Who writes a reply just now, so that two who write in the same conversation see each other.

A mark per agent beside the log, good for some seconds: it is no event, for nobody counts drafts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from deskkit.log import EventLog

__all__ = ["GOOD_S", "drafting", "tell_drafting"]

PREFIX: Final = "inbox drafting "  # a cursor of the inbox's kind: it may count what is no number of the log
GOOD_S: Final = 12
_MOST: Final = 10_000_000  # conversations of a desk


def tell_drafting(log: EventLog, agent: str, conversation: int | None, *, wall: int) -> None:
    """Tell that an agent writes in a conversation, by its number at the desk, or does not write any more.

    Parameters
    ----------
    log : EventLog
    agent : str
    conversation : int or None
    wall : int
        The wall clock, milliseconds.

    Raises
    ------
    LogError
        The log cannot be written.
    """
    mark = 0 if conversation is None else wall // 1_000 * _MOST + conversation
    log.set_cursor(PREFIX + agent, mark)


def drafting(log: EventLog, *, wall: int) -> dict[int, list[str]]:
    """Return who writes at an instant of the wall clock, milliseconds, by the conversation's number.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> tell_drafting(log, "chen", 4, wall=60_000)
    >>> drafting(log, wall=65_000), drafting(log, wall=90_000)
    ({4: ['chen']}, {})
    """
    found: dict[int, list[str]] = {}
    for agent, mark in log.cursors(PREFIX).items():
        since, conversation = divmod(mark, _MOST)
        if wall // 1_000 - since <= GOOD_S:
            found.setdefault(conversation, []).append(agent)
    return found
