"""Whether somebody at a desk can begin a conversation: its driver knows the feeds, and tells it beside the log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from deskkit.log import EventLog

__all__ = ["can_open", "tell_opening"]

_NAME: Final = "inbox opens"  # a cursor of the inbox's kind: it counts no events of the log
_CAN, _CANNOT = 1, 2


def tell_opening(log: EventLog, *, can: bool) -> None:
    """Tell whether a feed of the desk can open a conversation; what is known already is not written again.

    Parameters
    ----------
    log : EventLog
    can : bool

    Raises
    ------
    LogError
        The log cannot be written.

    Examples
    --------
    >>> from deskkit.log import open_log
    >>> log = open_log("memory:")
    >>> tell_opening(log, can=False)
    >>> can_open(log)
    False
    """
    if can_open(log) != can:
        log.set_cursor(_NAME, _CAN if can else _CANNOT)


def can_open(log: EventLog) -> bool:
    """Say whether the driver of a log, or the one that served it last, can open conversations; so as long as none told.

    Parameters
    ----------
    log : EventLog

    Raises
    ------
    LogError
        The log cannot be read.
    """
    return log.cursor(_NAME) != _CANNOT
