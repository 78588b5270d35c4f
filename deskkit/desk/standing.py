"""How a conversation stands in the queue: its place, what it needs, who could take it, and why nobody does.

The questions are those the desk itself asks when it assigns, put to every agent. Nothing here changes the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import assign, cards, core, rules
from deskkit.desk import columns as k

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.desk import Desk

__all__ = ["CAN", "HINDRANCES", "Standing", "hindrance", "standings"]

CAN: Final = ""
HINDRANCES: Final = ("offline", "away", "group", "skill", "language", "full", "reserved", "excluded")
"""Why an agent cannot take a conversation, the first that holds; `reserved`: what room there is, is for high levels."""


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A waiting conversation in its place.

    Attributes
    ----------
    conversation : str
    place : int
        In serving order, from 1.
    waited_ms, target_ms : int
        In the queue with credit, and the target of its group and level.
    groups, needs : tuple of str
        Which groups may take it by now, and the skills asked for.
    language : str
        Asked for by now; empty: any.
    takers : tuple of str
        The agents who could take it now, as the desk sees it.
    hindered : dict of str to int
        How many of the other agents each hindrance keeps from it; see `HINDRANCES`.
    closed : bool
        The desk assigns nothing at this hour.
    """

    conversation: str
    place: int
    waited_ms: int
    target_ms: int
    groups: tuple[str, ...]
    needs: tuple[str, ...]
    language: str
    takers: tuple[str, ...]
    hindered: dict[str, int]
    closed: bool


def standings(desk: Desk, *, now: int, limit: int = 200) -> list[Standing]:
    """Return the waiting conversations in serving order, each with who could take it and why nobody does.

    Parameters
    ----------
    desk : Desk
    now : int
        Up to when waits are counted, milliseconds.
    limit : int, default 200
        How many, from the first.

    Examples
    --------
    >>> from deskkit.desk import events as e
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> _ = desk.step(e.AgentSet(at=0, agent="chen", groups=("presales",)))
    >>> _ = desk.step(e.ConversationOpened(at=0, conversation="c1", customer="zhang"))
    >>> _ = desk.step(e.CustomerWrote(at=0, conversation="c1", message="m1", text="在吗"))
    >>> [(one.place, one.takers, one.hindered) for one in standings(desk, now=60_000)]
    [(1, (), {'offline': 1})]
    """
    return [_standing(desk, name, place, now) for place, name in enumerate(cards.queue(desk)[:limit], 1)]


def _standing(desk: Desk, name: str, place: int, now: int) -> Standing:
    number = desk.conversation(name)
    row, tables = desk.state.conversation[number], desk.tables
    lane = desk.state.lane[row[k.LANE]]
    takers: list[str] = []
    hindered: dict[str, int] = {}
    for agent in desk.profiles:
        why = hindrance(desk, number, agent)
        if why == CAN:
            takers.append(agent)
        else:
            hindered[why] = hindered.get(why, 0) + 1
    asked = lane[k.LANE_LANGUAGE]
    return Standing(
        conversation=name,
        place=place,
        waited_ms=max(0, now - row[k.IN_LINE]),
        target_ms=tables.target[row[k.HOME]][row[k.LEVEL]],
        groups=desk.names.groups.named(lane[k.LANE_GROUPS]),
        needs=desk.names.skills.named(lane[k.LANE_NEEDS]),
        language=desk.names.languages[asked] if asked >= 0 else "",
        takers=tuple(takers),
        hindered={why: hindered[why] for why in HINDRANCES if why in hindered},
        closed=assign.assigns_now(desk.state, tables) == 0,
    )


def hindrance(desk: Desk, number: int, agent: str) -> str:
    """Return what keeps an agent from taking a waiting conversation, by its number; empty where nothing does."""
    row, one = desk.state.conversation[number], desk.state.agent[desk.agent(agent)]
    lane = desk.state.lane[row[k.LANE]]
    presence = cards.PRESENCE[one[k.PRESENCE]]
    if presence != "online":
        return presence
    if (missing := _missing(lane, one)) != CAN:
        return missing
    if desk.agent(agent) == lane[k.LANE_EXCLUDED]:
        return "excluded"
    units, level = core.weigh(desk.tables, row), row[k.LEVEL]
    reserve = desk.tables.number[k.P_RESERVE]
    if rules.fits(one[k.HOLDS], units, one[k.LIMIT], reserve, level) == 1:
        return CAN
    return "reserved" if rules.fits(one[k.HOLDS], units, one[k.LIMIT], reserve, k.URGENT) == 1 else "full"


def _missing(lane: Sequence[int], one: Sequence[int]) -> str:
    """Return what an agent lacks of what a lane asks for: the desk's own question, part by part."""
    groups, skills, speaks = one[k.MEMBER] | one[k.LENT_TO], one[k.SKILLS], one[k.SPEAKS]
    asked = lane[k.LANE_GROUPS], lane[k.LANE_NEEDS], lane[k.LANE_LANGUAGE]
    if rules.serves(*asked, groups, skills, speaks) == 1:
        return CAN
    if rules.serves(asked[0], 0, -1, groups, skills, speaks) == 0:
        return "group"
    return "skill" if rules.serves(*asked[:2], -1, groups, skills, speaks) == 0 else "language"
