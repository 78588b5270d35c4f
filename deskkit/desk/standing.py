"""How a conversation stands in the queue: its place, what it needs, who could take it, and why nobody does.

The questions are those the desk itself asks when it assigns, put to every agent. Nothing here changes the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from deskkit.desk import assign, cards, choosing, core, rules
from deskkit.desk import columns as k

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from deskkit.desk.desk import Desk

__all__ = ["CAN", "HINDRANCES", "Asks", "Standing", "asks", "by_fit", "hindrance", "lacks", "standings"]

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


class Asks(NamedTuple):
    """What a conversation asks for, as `rules.serves` takes it: bits of groups and skills, a language (-1: any)."""

    groups: int
    needs: int
    language: int


def asks(desk: Desk, number: int) -> Asks:
    """Return what the rules ask for whoever gets a conversation, by its number, from whatever hand.

    Unlike its lane it asks for the language even where it has waited so long that the desk would do without: a hand
    is not in that need.
    """
    row, tables = desk.state.conversation[number], desk.tables
    groups = row[k.GROUPS] or 1 << row[k.HOME]
    groups = rules.group_wide(groups, desk.state.desk[k.PEAK_ON], tables.send[row[k.LEVEL]])
    language = row[k.LANGUAGE] if tables.number[k.P_LANGUAGE] > 0 else -1
    return Asks(groups, row[k.NEEDS], language)


def lacks(desk: Desk, number: int, agent: str) -> tuple[str, ...]:
    """Return everything that speaks against giving a conversation to an agent; see `HINDRANCES`.

    Examples
    --------
    >>> from deskkit.desk import events as e
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> desk = Desk(Policy.load("data/policies/standard.toml"))
    >>> _ = desk.step(e.AgentSet(at=0, agent="chen", groups=("aftersales",)))
    >>> _ = desk.step(e.ConversationOpened(at=0, conversation="c1", customer="zhang", group="presales"))
    >>> lacks(desk, 0, "chen")
    ('offline', 'group')
    """
    row, one, asked = desk.state.conversation[number], desk.state.agent[desk.agent(agent)], asks(desk, number)
    presence = cards.PRESENCE[one[k.PRESENCE]]
    found = [] if presence == "online" else [presence]
    parts = {
        "group": rules.serves(asked.groups, 0, -1, one[k.MEMBER] | one[k.LENT_TO], 0, 0),
        "skill": rules.serves(1, asked.needs, -1, 1, one[k.SKILLS], 0),
        "language": rules.serves(1, 0, asked.language, 1, 0, one[k.SPEAKS]),
    }
    found += [part for part, can in parts.items() if can == 0]
    if (room := _room(desk, number, agent)) != CAN and row[k.OWNER_OF] != desk.agent(agent):
        found.append(room)
    return tuple(found)


def by_fit(desk: Desk, number: int, among: Collection[str] | None = None) -> list[tuple[str, tuple[str, ...]]]:
    """Return every agent, or those `among` it, with what it `lacks`; whoever could be given a conversation first.

    Of those who lack nothing first who is of its own group, then as the desk ranks them; of the others, who lacks
    least of what no time brings: language, skill, group.
    """
    row, state = desk.state.conversation[number], desk.state
    home, asked = 1 << row[k.HOME], asks(desk, number)
    by_skill = desk.tables.number[k.P_STRATEGY] == k.BEST_SKILL

    def key(pair: tuple[str, tuple[str, ...]]) -> tuple[int, ...]:
        one, lacking = state.agent[desk.agent(pair[0])], pair[1]
        skill = choosing.skill_of(one, asked.needs, k.SKILL0) if by_skill else 0
        never = sum(why in {"group", "skill", "language"} for why in lacking)
        is_there = "offline" not in lacking and "away" not in lacking
        is_home = home & (one[k.MEMBER] | one[k.LENT_TO]) != 0
        return (len(lacking) > 0, never, not is_there, len(lacking), not is_home, -skill, one[k.IN_LINE])

    return sorted(
        ((agent, lacks(desk, number, agent)) for agent in desk.profiles if among is None or agent in among), key=key
    )


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
    asked = Asks(lane[k.LANE_GROUPS], lane[k.LANE_NEEDS], lane[k.LANE_LANGUAGE])
    presence = cards.PRESENCE[one[k.PRESENCE]]
    if presence != "online":
        return presence
    if (missing := _missing(asked, one)) != CAN:
        return missing
    if desk.agent(agent) == lane[k.LANE_EXCLUDED]:
        return "excluded"
    return _room(desk, number, agent)


def _room(desk: Desk, number: int, agent: str) -> str:
    """Return whether an agent is too full for a conversation: the desk's own question."""
    row, one = desk.state.conversation[number], desk.state.agent[desk.agent(agent)]
    units, level = core.weigh(desk.tables, row), row[k.LEVEL]
    reserve = desk.tables.number[k.P_RESERVE]
    if rules.fits(one[k.HOLDS], units, one[k.LIMIT], reserve, level) == 1:
        return CAN
    return "reserved" if rules.fits(one[k.HOLDS], units, one[k.LIMIT], reserve, k.URGENT) == 1 else "full"


def _missing(asked: Asks, one: Sequence[int]) -> str:
    """Return what an agent lacks of what is asked for: the desk's own question, part by part."""
    groups, skills, speaks = one[k.MEMBER] | one[k.LENT_TO], one[k.SKILLS], one[k.SPEAKS]
    if rules.serves(*asked, groups, skills, speaks) == 1:
        return CAN
    if rules.serves(asked.groups, 0, -1, groups, skills, speaks) == 0:
        return "group"
    return "skill" if rules.serves(asked.groups, asked.needs, -1, groups, skills, speaks) == 0 else "language"
