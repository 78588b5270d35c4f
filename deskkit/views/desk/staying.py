"""What the desk gave to agents because of a deed, and what of it stays with them when the deed is undone.

Whoever undoes takes back what a hand did; what the desk decided because of it is not undone, and may be news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk import cards
from deskkit.desk import events as e
from deskkit.live.hearing import came_of
from deskkit.views.desk.painter import customer

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping

    from deskkit.desk.desk import Desk
    from deskkit.log import EventLog
    from deskkit.views.desk.undo import Done
    from deskkit.views.words import Words

__all__ = ["given", "stays"]

_NAMED: Final = 3  # conversations; the rest is counted


def given(log: EventLog, done: Done) -> Generator[float, None, dict[str, str]]:
    """Return the conversations that the desk gave because of a deed, each with its agent.

    Rests after each fact, and says how many looks into the log that took.
    """
    found: dict[str, str] = {}
    for fact in list(done.facts):
        yield 1
        decided = came_of(log, (fact.source, fact.source_id))
        found |= {one.conversation: one.agent for one in decided if isinstance(one, e.Assigned)}
    return found


def stays(desk: Desk, gave: Mapping[str, str], *, say: Words) -> list[dict[str, str]]:
    """Say what of it is still with the agent it was given to; nothing where nothing is.

    Parameters
    ----------
    desk : Desk
        After the undo.
    gave : mapping of str to str
        Conversations, each with its agent.
    say : Words
    """
    found = {name: cards.conversation_card(desk, name) for name in gave}
    still = [name for name, card in found.items() if (card.owner, card.stage) == (gave[name], "assigned")]
    if not still:
        return []
    named = ", ".join(f"{customer(desk, name, say)} → {say.agent(desk, gave[name])}" for name in still[:_NAMED])
    if len(still) > _NAMED:
        named = say("{names} and {n} more", names=named, n=len(still) - _NAMED)
    return [{"about": "", "text": say("What the desk gave because of it stays: {names}", names=named)}]
