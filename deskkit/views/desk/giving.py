"""What is to be known before something is given to an agent: it may be too much, or go back to the queue at once."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from deskkit.desk import cards, core
from deskkit.desk import columns as k
from deskkit.desk.events import OwnerSet, PresenceSet, Reopened, Unarchived
from deskkit.desk.resting import glance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact
    from deskkit.views.words import Words

__all__ = ["given_to", "keeps_nothing", "leaving", "offline", "owners_again", "too_much"]


def given_to(desk: Desk, plan: Sequence[Fact]) -> list[OwnerSet]:
    """Return of a plan what gives open conversations to an agent; what is over is refused, and not asked about."""
    given = [fact for fact in plan if isinstance(fact, OwnerSet) and fact.agent]
    known = [fact for fact in given if desk.conversations.find(fact.conversation) >= 0]
    rows = desk.state.conversation
    return [fact for fact in known if glance(rows, desk.exactly(fact.conversation), k.STAGE) < k.RESOLVED]


def too_much(desk: Desk, given: Sequence[OwnerSet], *, say: Words) -> str:
    """Return in words that an agent would hold more than may be; empty where all given would fit.

    Parameters
    ----------
    desk : Desk
    given : sequence of OwnerSet
        Open conversations, to one agent.
    say : Words
    """
    one, name = desk.state.agent[desk.agent(given[0].agent)], given[0].agent
    new = [desk.state.conversation[desk.conversation(fact.conversation)] for fact in given]
    units = sum(core.taken(desk.tables, row, desk.agent(name)) for row in new)
    if units == 0 or one[k.HOLDS] + units <= one[k.LIMIT]:
        return ""
    return say(
        "{agent} would hold {load} of {capacity} units.",
        agent=say.agent(desk, name), load=f"{(one[k.HOLDS] + units) / 1000:g}", capacity=f"{one[k.LIMIT] / 1000:g}",
    )  # fmt: skip


def _goes_back(desk: Desk) -> bool:
    """Say whether what an agent holds who is offline goes back to the queue at once."""
    return desk.acts and desk.tables.number[k.P_REDISTRIBUTE] == 1


def keeps_nothing(desk: Desk, agent: str) -> bool:
    """Say whether what is given to an agent goes back to the queue at once; of nobody it does not.

    Parameters
    ----------
    desk : Desk
    agent : str
    """
    return agent in desk.profiles and _goes_back(desk) and cards.agent_card(desk, agent).presence == "offline"


def offline(desk: Desk, agents: Iterable[str], *, say: Words) -> str:
    """Return in words that what is given goes back to the queue since agents are offline; empty where none does.

    Parameters
    ----------
    desk : Desk
    agents : iterable of str
        Of each conversation the one it is given to.
    say : Words
    """
    gone = {agent: n for agent, n in Counter(agents).items() if keeps_nothing(desk, agent)}
    if not gone:
        return ""
    names = ", ".join(say.agent(desk, agent) for agent in gone)
    if len(gone) > 1:
        return say("{names} are offline: what they are given goes back to the queue at once", names=names)
    if sum(gone.values()) > 1:
        return say("{agent} is offline: they go back to the queue at once", agent=names)
    return say("{agent} is offline: it goes back to the queue at once", agent=names)


def owners_again(desk: Desk, back: Sequence[Fact]) -> Iterator[str]:
    """Yield to whom an undo gives conversations: by a hand's word, or as they were before they were ended.

    Parameters
    ----------
    desk : Desk
    back : sequence of Fact
        What undoes a deed.
    """
    rows = desk.state.conversation
    for one in back:
        match one:
            case OwnerSet(agent=agent) if agent:
                yield agent
            case Reopened(undo=True, conversation=name) | Unarchived(conversation=name):
                before = k.CLOSED_FROM if isinstance(one, Reopened) else k.STAGE_BEFORE
                if glance(rows, desk.exactly(name), before) == k.ASSIGNED:
                    yield cards.conversation_card(desk, name).owner
            case Reopened(conversation=name) if glance(rows, desk.exactly(name), k.STAGE) == k.SNOOZED:
                yield cards.conversation_card(desk, name).owner


def leaving(desk: Desk, facts: Sequence[Fact], *, say: Words) -> dict[str, str] | None:
    """Return what is asked before something goes back to the queue since its agent is put offline; None else.

    Parameters
    ----------
    desk : Desk
    facts : sequence of Fact
        Of one deed.
    say : Words
    """
    for one in facts if _goes_back(desk) else ():
        if isinstance(one, PresenceSet) and one.presence == "offline":
            held = [desk.exactly(name) for name in cards.agent_card(desk, one.agent).conversations]
            n = sum(desk.state.conversation[number][k.STAGE] == k.ASSIGNED for number in held)
            agent = say.agent(desk, one.agent)
            text = say("{agent} holds {n} conversations: they go back to the queue at once", agent=agent, n=n)
            if n == 1:
                text = say("{agent} holds one conversation: it goes back to the queue at once", agent=agent)
            return {"text": text, "confirm": say("Set offline all the same")} if n else None
    return None
