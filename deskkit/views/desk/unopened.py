"""Why nobody can begin a chat here, known before a whole form is written. Knows no widget."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from deskkit.errors import LogError
from deskkit.live.client import Client
from deskkit.live.opening import can_open

if TYPE_CHECKING:
    from deskkit.live.driver import Driver
    from deskkit.views.words import Words

__all__ = ["unopened"]


def unopened(driver: Driver | Client, *, me: str, say: Words) -> str:
    """Return why this person cannot begin a chat at a desk; empty: it can be tried.

    Parameters
    ----------
    driver : Driver or Client
        Of the view.
    me : str
    say : Words
    """
    if me not in driver.desk.profiles:
        return say("Only an agent of this desk can begin a conversation")
    if not driver.desk.acts:
        return say("The desk only watches, and opens nothing")
    if isinstance(driver, Client):  # who decides by itself has no feed, and nobody to be told
        with suppress(LogError):  # of a log that cannot be read others tell
            if not can_open(driver.log):
                return say(
                    "No connected chat system lets you begin a chat from here. "
                    "Wait until the customer writes, or begin it there"
                )
    return ""
