"""Which policy a log says is in force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.desk.events import ConversationOpened, PolicyChanged
from deskkit.desk.policy import Policy

if TYPE_CHECKING:
    from deskkit.log.log import EventLog

__all__ = ["is_history", "policy_in_force"]


def policy_in_force(log: EventLog) -> Policy | None:
    """Return the last policy that was put in force on a log, or None if none ever was.

    Parameters
    ----------
    log : EventLog

    Returns
    -------
    Policy or None

    Raises
    ------
    PolicyError
        This release cannot read it.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> policy_in_force(open_log("memory:")) is None
    True
    """
    text = None
    for stored in log.read(kinds=[PolicyChanged]):
        text = getattr(stored.event, "text", None)
    return None if text is None else Policy.parse(text, place=f"the policy in force in {log.url}")


def is_history(log: EventLog) -> bool:
    """Say whether a log holds conversations from before any policy was in force on it: an import wrote them.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> _ = log.append([ConversationOpened(at=0, source="shop", source_id="1", conversation="c1", customer="zhang")],
    ...                received_at=0)
    >>> is_history(log)
    True
    """
    first = next(iter(log.read(kinds=[ConversationOpened, PolicyChanged], limit=1)), None)
    return first is not None and isinstance(first.event, ConversationOpened)
