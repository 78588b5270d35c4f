"""What a view notes by the way: that a conversation is looked at, that somebody writes. Nobody waits for it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING
from uuid import uuid4

from deskkit.desk.events import Viewed
from deskkit.errors import ConflictError
from deskkit.live.client import Client
from deskkit.live.drafting import tell_drafting
from deskkit.log import UnavailableError
from deskkit.views.desk.undo import identified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.events import Decision
    from deskkit.live.driver import Driver
    from deskkit.views.desk.foot import Foot
    from deskkit.views.words import Words

__all__ = ["note_draft", "note_look"]


def note_look(
    driver: Driver | Client, name: str, *, me: str, at: int, foot: Foot, say: Words
) -> Sequence[Decision]:  # fmt: skip
    """Let the log know that a conversation is looked at; return what was decided, where that is known at once."""
    if name in driver.desk.going_on:  # what goes on as a new conversation was looked up, and the new one was not
        return ()
    facts = identified([Viewed(at=0, conversation=name, agent=me)], act=uuid4().hex, by=me, at=at)
    if not isinstance(driver, Client):
        try:
            decided = driver.wake() + driver.take(facts[0])  # whatever others wrote meanwhile, it was looked at
        except ConflictError as error:  # the next look goes on from what they wrote
            foot.failed_look(error, say=say)
            return ()
        foot.looked(say=say)
        return decided
    if not driver.log.is_read_only:
        driver.give_soon(facts)
    return ()


def note_draft(driver: Driver | Client, number: int | None, *, me: str, wall: int) -> None:
    """Let others know in which conversation, by its number, somebody writes; told again every five seconds."""
    log = driver.log
    if not isinstance(driver, Client):
        with suppress(UnavailableError):
            tell_drafting(log, me, number, wall=wall)
    elif not driver.writing.is_busy:  # a log that is locked learns of the next one
        driver.writing.soon(lambda: tell_drafting(log, me, number, wall=wall), keeps=False)
