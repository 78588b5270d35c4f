"""A log with the decisions a policy would have made: what imported history needs before its notices can be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.log import MemoryLog
from deskkit.measures.whatif import redecide

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskkit.desk.events import Event
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog

__all__ = ["redecided"]

_AT_ONCE: Final = 10_000  # events appended together


def redecided(log: EventLog, policy: Policy, *, progress: Callable[[int, int], None] | None = None) -> EventLog:
    """Return a log in memory: the facts of another, each followed by what the policy would have decided.

    Parameters
    ----------
    log : EventLog
        It stays as it is.
    policy : Policy
    progress : callable, optional
        Called with the events done and their total.

    Returns
    -------
    EventLog

    Raises
    ------
    LogError
        The log cannot be read.

    Notes
    -----
    Facts and owners are history, whatever the policy would have chosen: tags, levels, notices and suggestions are
    *direct* effects. Nothing is known of what would have followed from them.

    Examples
    --------
    >>> from deskkit.desk.events import ConversationOpened, CustomerWrote, Tagged
    >>> from deskkit.desk.policy import Policy
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> opened = ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang")
    >>> wrote = CustomerWrote(at=9, source="doc", source_id="2", conversation="c1", message="1", text="多少钱")
    >>> _ = log.append([opened, wrote], received_at=9)
    >>> told = redecided(log, Policy.load("data/policies/standard.toml"))
    >>> [stored.event.tag for stored in told.read(kinds=[Tagged])]
    ['product']
    """
    told = MemoryLog()
    held: list[Event] = []
    for one in redecide(log, policy, progress=progress):
        held += (one.fact, *one.decisions)
        if len(held) >= _AT_ONCE:
            told.append(held, received_at=one.fact.at)
            held = []
    if held:
        told.append(held, received_at=held[-1].at)
    return told
