"""A log with the tags, levels and notices a policy would have decided: what imported history lacks.

What became of a conversation stays as it happened: who had it, when it was closed or put away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk.events import Assigned, Tidied, TurnedAway
from deskkit.log import MemoryLog
from deskkit.log.unended import note_unended, unended
from deskkit.measures.whatif import redecide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskkit.desk.events import Decision, Event
    from deskkit.desk.policy import Policy
    from deskkit.log import EventLog
    from deskkit.measures.whatif import Redecided

__all__ = ["redecided"]

_AT_ONCE: Final = 10_000  # events appended together
_LAST: Final = (Assigned, TurnedAway, Tidied)  # what the desk does at the end of a pass


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
    Facts, owners and what a desk closed or put away are history, whatever the policy would have chosen: tags, levels
    and notices are *direct* effects, and what it would have put away is a suggestion. So every time, occupancy among
    them, is that of the log itself. Where nobody decided, a message to a conversation closed for longer than the
    policy's `reopen_within` begins a new one. Nothing is known of what would have followed.

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
    for one in redecide(log, policy, whole=True, progress=progress):
        held += (one.fact, *_in_order(one))
        if len(held) >= _AT_ONCE:
            told.append(held, received_at=one.fact.at)
            held = []
    if held:
        told.append(held, received_at=held[-1].at)
    for cut in unended(log):  # a part stays a part, whoever decides about it
        note_unended(told, cut)
    return told


def _in_order(one: Redecided) -> Iterator[Decision]:
    """Yield what is kept and what is decided anew as a desk would have: who waits is queued before it is given."""
    yield from (kept for kept in one.history if not isinstance(kept, _LAST))
    yield from (_anew(made) for made in one.decisions if made not in one.history)
    yield from (kept for kept in one.history if isinstance(kept, _LAST))


def _anew(decision: Decision) -> Decision:
    """Return a decision under a name that none of the log has; what would be put away is a suggestion: it was not."""
    named = msgspec.structs.replace(decision, source="redecided")
    return msgspec.structs.replace(named, action="suggest") if isinstance(named, Tidied) else named
