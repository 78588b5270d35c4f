"""How a conversation stands in the queue: its place, what it needs, who could take it, and why nobody does.

The questions are those the desk itself asks when it assigns, put to every agent. Nothing here changes the desk.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.desk import assign, cards, choosing, core, rules
from deskkit.desk import columns as k
from deskkit.desk.asking import Asks, asked_now, asks, lessening, missing

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from deskkit.desk.desk import Desk

__all__ = [
    "CAN", "HINDRANCES", "WITHHELD", "Later", "Standing", "by_fit", "lacks", "room", "standings",
]  # fmt: skip

CAN: Final = ""
HINDRANCES: Final = ("offline", "away", "group", "skill", "language", "full", "reserved", "excluded")
"""Why an agent cannot take a conversation, the first that holds; `reserved`: what room there is, is for high levels."""
WITHHELD: Final = ("advises", "closed", "behind", "next")
"""Why the desk gives nobody what an agent could take; see `assign.withheld`, which decides it, in its order."""
_LASTING: Final = frozenset({"group", "skill", "language"})


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """Who may take a conversation that nobody can take now, once it has waited as long as the policy asks.

    It says what the rules allow from then on; to whom the desk gives it depends on who goes first.

    Attributes
    ----------
    at : int
        From when on, milliseconds; where the desk is closed by then, from its opening.
    by : {"language", "overflow"}
        Its language is asked for no longer, or further groups may take it.
    agents : tuple of str
        Those who are there and have room now.
    """

    at: int
    by: str
    agents: tuple[str, ...]


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
    withheld : str
        Why none of the `takers` is given it, one of `WITHHELD`; empty where there are none.
    opens : int or None
        Where the desk is closed, when it assigns again, milliseconds.
    behind : str
        The conversation that has to go first though nobody has room for it.
    later : Later or None
        Where there are no takers, who may take it without any change but time.
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
    withheld: str
    opens: int | None
    behind: str
    later: Later | None


def standings(desk: Desk, *, now: int, limit: int = 200, begin: int = 0) -> list[Standing]:
    """Return the waiting conversations in serving order, each with who could take it and why nobody does.

    Parameters
    ----------
    desk : Desk
    now : int
        Up to when waits are counted, milliseconds.
    limit : int, default 200
        How many.
    begin : int, default 0
        How many stand before the first of them.

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
    hindered = _Hindered(desk)
    waiting = cards.queue(desk)[begin : begin + limit]
    return [_standing(desk, name, place, now, hindered) for place, name in enumerate(waiting, begin + 1)]


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
    return _lacks(desk, number, agent, asks(desk, number))


def _lacks(desk: Desk, number: int, agent: str, asked: Asks) -> tuple[str, ...]:
    holder = desk.agent(agent)
    one = desk.state.agent[holder]
    presence = cards.PRESENCE[one[k.PRESENCE]]
    found = [] if presence == "online" else [presence]
    parts = {
        "group": rules.serves(asked.groups, 0, -1, one[k.MEMBER] | one[k.LENT_TO], 0, 0),
        "skill": rules.serves(1, asked.needs, -1, 1, one[k.SKILLS], 0),
        "language": rules.serves(1, 0, asked.language, 1, 0, one[k.SPEAKS]),
    }
    found += [part for part, can in parts.items() if can == 0]
    if (too_full := _too_full(desk, number, holder)) != CAN:
        found.append(too_full)
    return tuple(found)


def _too_full(desk: Desk, number: int, agent: int) -> str:
    """Return what keeps an agent from a conversation by weight and level, were a hand to give it; see `room`."""
    one, units = desk.state.agent[agent], core.taken(desk.tables, desk.state.conversation[number], agent)
    return room(desk, number, one, holds=one[k.HOLDS], units=units) if units > 0 else CAN


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
        ((agent, _lacks(desk, number, agent, asked)) for agent in desk.profiles if among is None or agent in among),
        key=key,
    )


class _Hindered:
    """What keeps each agent from waiting conversations; worked out once for those who ask for the same."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._agents = {agent: desk.state.agent[desk.agent(agent)] for agent in desk.profiles}
        self._known: dict[tuple[Asks, int, int], dict[str, str]] = {}

    def by(self, number: int, asked: Asks) -> dict[str, str]:
        """Return by agent the first of `HINDRANCES` that keeps them from one that asks for this, `CAN` where none."""
        desk, row = self._desk, self._desk.state.conversation[number]
        alike = (asked, core.weigh(desk.tables, row), row[k.LEVEL])
        if alike not in self._known:
            self._known[alike] = {name: _hindrance(desk, number, one, asked) for name, one in self._agents.items()}
        found = self._known[alike]
        gave_up = desk.agents[row[k.EXCLUDED]] if row[k.EXCLUDED] >= 0 else ""
        return found | {gave_up: "excluded"} if found.get(gave_up) == CAN else found


def _takers(hindered: Mapping[str, str]) -> tuple[str, ...]:
    """Return whom nothing keeps from it; where there is nobody else, who gave it up."""
    free = tuple(agent for agent, why in hindered.items() if why == CAN)
    return free or tuple(agent for agent, why in hindered.items() if why == "excluded")


def _standing(desk: Desk, name: str, place: int, now: int, hindered: _Hindered) -> Standing:
    number = desk.conversation(name)
    row, tables = desk.state.conversation[number], desk.tables
    asked = asked_now(desk, number)
    why = hindered.by(number, asked)
    takers = _takers(why)
    counts = Counter(why[agent] for agent in why if agent not in takers)
    withheld = WITHHELD[assign.withheld(desk.state, tables, number)] if takers else ""
    return Standing(
        conversation=name,
        place=place,
        waited_ms=max(0, now - row[k.IN_LINE]),
        target_ms=tables.target[row[k.HOME]][row[k.LEVEL]],
        groups=desk.names.groups.named(asked.groups),
        needs=desk.names.skills.named(asked.needs),
        language=desk.names.languages[asked.language] if asked.language >= 0 else "",
        takers=takers,
        hindered={hindering: counts[hindering] for hindering in HINDRANCES if hindering in counts},
        withheld=withheld,
        opens=_assigns_from(desk, desk.now) if withheld == "closed" else None,
        behind=desk.conversations[desk.state.lane[row[k.LANE]][k.LANE_ROOT]] if withheld == "behind" else "",
        later=_later(desk, number, hindered) if desk.acts and not _LASTING.isdisjoint(counts) and not takers else None,
    )


def _assigns_from(desk: Desk, at: int) -> int | None:
    """Return the first instant from this one on at which the desk assigns, None where no hour is known."""
    tables, is_open = desk.tables, desk.tables.number[k.P_OPEN_BIT]
    if tables.number[k.P_ASSIGN_CLOSED]:
        return at
    bits = desk.state.desk[k.CALENDAR]
    for begin, then in tables.calendar[desk.state.desk[k.CALENDAR_AT] :]:
        if begin > at and bits & is_open:
            return at
        if begin > at and then & is_open:
            return int(begin)
        bits = then
    return at if bits & is_open else None


def _later(desk: Desk, number: int, hindered: _Hindered) -> Later | None:
    """Return who may take a conversation first, as time lets it ask for less."""
    steps: dict[int, tuple[str, Asks]] = {}
    for since, by, asked in lessening(desk, number):
        if (at := _assigns_from(desk, since)) is None:
            break
        overflows = "overflow" in {by, *steps.get(at, ())[:1]}
        steps[at] = "overflow" if overflows else by, asked  # the last of several that count from one instant on
    for at, (by, asked) in steps.items():
        if agents := _takers(hindered.by(number, asked)):
            return Later(at=at, by=by, agents=agents)
    return None


def _hindrance(desk: Desk, number: int, one: Sequence[int], asked: Asks) -> str:
    """Return what keeps an agent from one that asks for this, but that they gave it up; empty where nothing does."""
    presence = cards.PRESENCE[one[k.PRESENCE]]
    if presence != "online":
        return presence
    units = core.weigh(desk.tables, desk.state.conversation[number])
    return missing(asked, one) or room(desk, number, one, holds=one[k.HOLDS], units=units)


def room(desk: Desk, number: int, one: Sequence[int], *, holds: int, units: int) -> str:
    """Return what keeps an agent who holds so much from a conversation, by its weight and level: the desk's question.

    Parameters
    ----------
    desk : Desk
    number : int
        Of the conversation.
    one : sequence of int
        The agent's row.
    holds, units : int
        What the agent has, and what the conversation would add, in thousandths of a unit.

    Returns
    -------
    str
        "full", "reserved", or `CAN`; see `HINDRANCES`.
    """
    level, reserve = desk.state.conversation[number][k.LEVEL], desk.tables.number[k.P_RESERVE]
    if rules.fits(holds, units, one[k.LIMIT], reserve, level) == 1:
        return CAN
    return "reserved" if rules.fits(holds, units, one[k.LIMIT], reserve, k.URGENT) == 1 else "full"
