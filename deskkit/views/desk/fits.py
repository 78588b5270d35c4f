"""Who fits a conversation and who does not, in words: for the menus that give it to somebody, and before it is done.

The questions are those of the assignment; a hand that is sure gives it to whom it likes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.desk import columns as k
from deskkit.desk.asking import asks
from deskkit.desk.balancing import AS_FULL
from deskkit.desk.events import OwnerSet
from deskkit.desk.standing import by_fit, lacks

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact
    from deskkit.views.words import Words

__all__ = ["counted", "misfit", "misfits", "offered"]

_LASTING = ("group", "skill", "language")  # what no waiting brings


def _lacking(desk: Desk, number: int, lacking: Sequence[str], say: Words) -> list[str]:
    """Return in words what an agent lacks for a conversation."""
    return [_word(desk, number, why, say) for why in lacking]


def _word(desk: Desk, number: int, why: str, say: Words) -> str:
    match why:
        case "full":
            return say("full")
        case "reserved":
            return say("room for high priority only")
        case "group":
            return say(
                "not in {group}", group=say.group(desk, desk.names.groups[desk.state.conversation[number][k.HOME]])
            )
        case "skill":
            needs = desk.names.skills.named(asks(desk, number).needs)
            return say("without the skill: {skills}", skills=", ".join(map(say.skill, needs)))
        case "language":
            language = desk.names.languages[asks(desk, number).language]
            return say("does not speak {language}", language=say.spoken(language))
    return say.presence(why)


def misfits(desk: Desk, name: str, *, say: Words) -> dict[str, str]:
    """Return the agents whom the rules would never give a conversation, each with why, who lacks least first.

    Load and presence are not among it: they change by the second, and are the same for all conversations.

    Parameters
    ----------
    desk : Desk
    name : str
    say : Words
    """
    number = desk.exactly(name)
    return {
        agent: " · ".join(_lacking(desk, number, lasting, say))
        for agent, lacking in by_fit(desk, number)
        if (lasting := [why for why in lacking if why in _LASTING])
    }


def offered(desk: Desk, name: str, among: Collection[str], *, say: Words) -> list[dict[str, str]]:
    """Return the agents to choose from for a conversation, by fit, each with load or why not.

    Worked out when somebody is about to choose: it is true then, and two hundred who wait before eighty agents are
    16,000 entries that nobody looks at.

    Parameters
    ----------
    desk : Desk
    name : str
    among : collection of str
        Who is offered.
    say : Words
    """
    number = desk.exactly(name)
    return [
        {"k": agent, "text": " · ".join((_loaded(desk, agent, say), *_lacking(desk, number, lacking, say)))}
        for agent, lacking in by_fit(desk, number, among)
    ]


def _loaded(desk: Desk, agent: str, say: Words) -> str:
    row = desk.state.agent[desk.agent(agent)]
    load = say("{load} of {capacity}", load=f"{row[k.HOLDS] / 1000:g}", capacity=f"{row[k.LIMIT] / 1000:g}")
    return f"{say.agent(desk, agent)} · {load}"


def misfit(desk: Desk, facts: Sequence[Fact], *, me: str, say: Words) -> str:
    """Return in words that an agent is given what the rules would not give it; empty where nothing speaks against it.

    Parameters
    ----------
    desk : Desk
    facts : sequence of Fact
        Of one deed.
    me : str
        Whose deed it is: whoever takes something knows what it can do, and is not asked.
    say : Words
    """
    for fact in facts:
        if not isinstance(fact, OwnerSet) or fact.agent in {"", me} or desk.conversations.find(fact.conversation) < 0:
            continue
        number = desk.conversation(fact.conversation)
        lacking = [why for why in lacks(desk, number, fact.agent) if why in _LASTING]
        if lacking and desk.state.conversation[number][k.OWNER_OF] != desk.agent(fact.agent):
            why = ", ".join(_lacking(desk, number, lacking, say))
            return say("{agent}: {why}.", agent=say.agent(desk, fact.agent), why=why)
    return ""


def counted(hindered: Mapping[str, int], *, say: Words) -> str:
    """Say how many agents each hindrance keeps from a conversation.

    Parameters
    ----------
    hindered : mapping of str to int
        See `deskkit.desk.standing.HINDRANCES`, and `AS_FULL`.
    say : Words
    """
    word = say.translate
    words = {
        "offline": word("{n} offline"), "away": word("{n} away"), "group": word("{n} of other groups"),
        "skill": word("{n} without the skill"), "language": word("{n} without the language"), "full": word("{n} full"),
        "reserved": word("{n} with room for high priority only"), "excluded": word("{n} had it before"),
        AS_FULL: word("{n} would be as full"),
    }  # fmt: skip
    reasons = [words[why].format(n=count) for why, count in hindered.items()]
    return say("Nobody: {reasons}", reasons=", ".join(reasons))
