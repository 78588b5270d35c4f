"""What an undo leaves as it is: what the desk gave because of the deed, and a helper who went offline since.

Whoever undoes takes back what a hand did; what the desk decided because of it is not undone, and may be news.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskkit.desk import cards
from deskkit.desk import columns as k
from deskkit.desk import events as e
from deskkit.desk.resting import glance
from deskkit.live.hearing import came_of
from deskkit.views.desk.giving import keeps_nothing
from deskkit.views.desk.painter import customer

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.log import EventLog
    from deskkit.views.desk.undo import Done
    from deskkit.views.words import Words

__all__ = ["given", "possible", "stays"]

_NAMED: Final = 3  # conversations; the rest is counted


def given(log: EventLog, done: Done) -> Generator[float, None, dict[str, e.Assigned]]:
    """Return by conversation what the desk gave because of a deed.

    Rests after each fact, and says how many looks into the log that took.
    """
    found: dict[str, e.Assigned] = {}
    for fact in list(done.facts):
        yield 1
        decided = came_of(log, (fact.source, fact.source_id))
        found |= {one.conversation: one for one in decided if isinstance(one, e.Assigned)}
    return found


def stays(desk: Desk, gave: Mapping[str, e.Assigned], *, say: Words) -> str:
    """Say what of it is still with the agent it was given to; empty where nothing is.

    Parameters
    ----------
    desk : Desk
        After the undo.
    gave : mapping of str to Assigned
        As `given` returned it.
    say : Words
    """
    still = [one for one in gave.values() if _is_so(desk, one)]
    if not still:
        return ""
    named = ", ".join(
        f"{customer(desk, one.conversation, say)} → {say.agent(desk, one.agent)}" for one in still[:_NAMED]
    )
    if len(still) > _NAMED:
        named = say("{names} and {n} more", names=named, n=len(still) - _NAMED)
    return say("what the desk gave because of it stays: {names}", names=named)


def possible(desk: Desk, back: Sequence[e.Fact], *, say: Words) -> tuple[list[e.Fact], str]:
    """Return of what undoes a deed what can be, and in words what cannot.

    What nobody has, or who is offline, the desk gives before it sleeps again: it stays awake.

    Parameters
    ----------
    desk : Desk
    back : sequence of Fact
        What undoes it.
    say : Words
    """
    rest: list[e.Fact] = []
    gone, awake = dict[str, None](), dict[str, None]()
    moved = {one.conversation for one in back if isinstance(one, e.GroupSet)}  # may be given to who helps, meanwhile
    owners = {one.conversation: one.agent for one in back if isinstance(one, e.OwnerSet)}
    for one in back:
        match one:
            case e.HelperSet(on=True, agent=agent) if cards.agent_card(desk, agent).presence == "offline":
                gone[say.agent(desk, agent)] = None
            case e.HelperSet(on=True, agent=agent, conversation=name) if name not in moved and _helps(
                desk, name, agent
            ):
                pass
            case e.OwnerSet(agent=agent, conversation=name) if name not in moved and _holds(desk, name, agent):
                pass
            case e.Snoozed(conversation=name) if keeps_nothing(desk, owners.get(name, "")):
                pass
            case e.Snoozed(conversation=name) if desk.acts and not owners.get(name) and name in moved | owners.keys():
                awake[customer(desk, name, say)] = None
            case _:
                rest.append(one)
    if not rest:  # the desk says why that alone cannot be
        return list(back), ""
    offline = say("Offline, so does not help again: {names}", names=", ".join(gone)) if gone else ""
    nobodys = say("Nobody had it, so it is awake: {names}", names=", ".join(awake)) if awake else ""
    return rest, " · ".join(filter(None, (offline, nobodys)))


def _holds(desk: Desk, name: str, agent: str) -> bool:
    return agent != "" and cards.conversation_card(desk, name).owner == agent


def _helps(desk: Desk, name: str, agent: str) -> bool:
    return agent in cards.conversation_card(desk, name).helpers


def _is_so(desk: Desk, given: e.Assigned) -> bool:
    """Say whether its agent holds a conversation since then, and nobody let go of it in between."""
    rows, number = desk.state.conversation, desk.exactly(given.conversation)
    holder, since = (glance(rows, number, column) for column in (k.HELD_BY, k.GIVEN))
    return (holder, since) == (desk.agent(given.agent), given.at)
