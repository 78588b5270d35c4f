"""Who fits a conversation and who does not, in words: for the menus that give it to somebody, and before it is done.

The questions are those of the assignment; a hand that is sure gives it to whom it likes.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

import msgspec

from deskkit.desk import columns as k
from deskkit.desk.asking import asks
from deskkit.desk.balancing import AS_FULL
from deskkit.desk.events import OwnerSet
from deskkit.desk.standing import by_fit, fit_key, lacks

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deskkit.desk.asking import Asks
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact
    from deskkit.views.words import Words

__all__ = ["Offered", "counted", "misfit", "misfits"]

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


class Offered:
    """The agents to choose from on a board, by fit to each conversation, with load or why not.

    They are worked out and sent once for all that ask for the same: two hundred who wait before eighty agents were
    16,000 names, made anew every second.

    Parameters
    ----------
    desk : Desk
    among : iterable of str
        Who is offered.
    say : Words

    Attributes
    ----------
    lists : dict of str to list of dict
        What was offered so far, as a board shows it. One that changed has another name.
    """

    def __init__(self, desk: Desk, among: Iterable[str], *, say: Words) -> None:
        self._desk, self._say = desk, say
        self._loads = {agent: self._loaded(agent) for agent in among}
        self._names: dict[tuple[int | str | Asks, ...], str] = {}
        self.lists: dict[str, list[dict[str, str]]] = {}

    def _loaded(self, agent: str) -> str:
        row = self._desk.state.agent[self._desk.agent(agent)]
        load = self._say("{load} of {capacity}", load=f"{row[k.HOLDS] / 1000:g}", capacity=f"{row[k.LIMIT] / 1000:g}")
        return f"{self._say.agent(self._desk, agent)} · {load}"

    def to(self, name: str) -> str:
        """Return the name of the list of agents for a conversation."""
        number = self._desk.exactly(name)
        key = fit_key(self._desk, number, self._loads)
        if key not in self._names:
            made = [
                {
                    "k": agent,
                    "text": " · ".join((self._loads[agent], *_lacking(self._desk, number, lacking, self._say))),
                }
                for agent, lacking in by_fit(self._desk, number, self._loads)
            ]
            self._names[key] = blake2b(msgspec.json.encode(made), digest_size=8).hexdigest()
            self.lists[self._names[key]] = made
        return self._names[key]


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
