"""How a conversation stands in the queue: its place, what it needs, who could take it, and why nobody does.

The questions are those the desk itself asks when it assigns, put to every agent. Nothing here changes the desk.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec
from msgspec.structs import replace

from deskkit.desk import assign, cards, choosing, core, rules
from deskkit.desk import columns as k
from deskkit.desk.asking import Asks, asked_at, asked_now, asks, lessening, missing

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from deskkit.desk.desk import Desk

__all__ = [
    "CAN", "HINDRANCES", "WITHHELD", "Later", "Standing", "by_fit", "fit_key", "lacks", "standings",
]  # fmt: skip

CAN: Final = ""
HINDRANCES: Final = ("offline", "away", "group", "skill", "language", "full", "reserved", "excluded")
"""Why an agent cannot take a conversation, the first that holds; `reserved`: what room there is, is for high levels."""
WITHHELD: Final = ("advises", "closed", "behind", "next")
"""Why the desk gives nobody what an agent could take; see `assign.withheld`, which decides it, in its order."""
_LASTING: Final = frozenset({"group", "skill", "language"})


class Later(msgspec.Struct, frozen=True, kw_only=True):
    """Who may take a conversation that nobody can take now, once it has waited as long as the policy asks.

    Attributes
    ----------
    at : int
        From when on, milliseconds.
    by : {"language", "overflow"}
        Its language is asked for no longer, or further groups may take it.
    agents : tuple of str
        Those who are there and have room now.
    behind : str
        The conversation that will have to go first though nobody has room for it.
    """

    at: int
    by: str
    agents: tuple[str, ...]
    behind: str = ""


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
    after : str
        The nearest conversation that goes first to the room named here, where that may leave none for this one.
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
    after: str = ""


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
    found = [_standing(desk, name, place, now) for place, name in enumerate(cards.queue(desk)[:limit], 1)]
    found = list(_held_up(desk, found))
    after = _after(desk, found)
    return [replace(one, after=after.get(one.conversation, "")) for one in found]


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
    row, holder, asked = desk.state.conversation[number], desk.agent(agent), asks(desk, number)
    one = desk.state.agent[holder]
    presence = cards.PRESENCE[one[k.PRESENCE]]
    found = [] if presence == "online" else [presence]
    parts = {
        "group": rules.serves(asked.groups, 0, -1, one[k.MEMBER] | one[k.LENT_TO], 0, 0),
        "skill": rules.serves(1, asked.needs, -1, 1, one[k.SKILLS], 0),
        "language": rules.serves(1, 0, asked.language, 1, 0, one[k.SPEAKS]),
    }
    found += [part for part, can in parts.items() if can == 0]
    if (room := _room(desk, number, one)) != CAN and row[k.OWNER_OF] != holder:
        found.append(room)
    return tuple(found)


def fit_key(desk: Desk, number: int) -> tuple[int | Asks, ...]:
    """Return all that `lacks` and `by_fit` look at in a conversation: of one key are those whom the same agents fit."""
    row = desk.state.conversation[number]
    return asks(desk, number), row[k.HOME], core.weigh(desk.tables, row), row[k.LEVEL], row[k.OWNER_OF]


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
    asked = asked_now(desk, number)
    why = {agent: _hindrance(desk, number, desk.agent(agent), asked) for agent in desk.profiles}
    takers = tuple(agent for agent in why if why[agent] == CAN)
    takers = takers or tuple(agent for agent in why if why[agent] == "excluded")  # rather than to nobody
    counts = Counter(why[agent] for agent in why if agent not in takers)
    withheld = WITHHELD[assign.withheld(desk.state, tables, number)] if takers else ""
    free = [agent for agent in why if why[agent] in _LASTING] if desk.acts and not takers else []
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
        later=_later(desk, number, free),
    )


class _Waits(NamedTuple):
    """What decides which of those in one lane is compared: its place, its weight; `alike`: what else they share."""

    number: int
    since: int
    units: int
    alike: tuple[int, int, int]


def _waits(desk: Desk, one: Standing) -> _Waits:
    number = desk.conversation(one.conversation)
    row = desk.state.conversation[number]
    alike = (row[k.LEVEL], one.target_ms, row[k.EXCLUDED])
    return _Waits(number, row[k.IN_LINE], core.weigh(desk.tables, row), alike)


def _held_up(desk: Desk, found: Sequence[Standing]) -> Iterator[Standing]:
    """Yield how each stands, told who will hold it up where it is promised for later.

    Of those in one lane the desk compares the first alone, see `queues`: a heavier one may fit into nobody's room.
    """
    waiting = [_waits(desk, one) for one in found]
    for one, mine in zip(found, waiting, strict=True):
        heavier = [w for w in waiting if w.units > mine.units and w.since <= mine.since and w.alike == mine.alike]
        if one.later and heavier:
            behind = _blocking(desk, mine.number, heavier, one.later.at)
            yield replace(one, later=replace(one.later, behind=behind))
        else:
            yield one


def _blocking(desk: Desk, number: int, heavier: Sequence[_Waits], at: int) -> str:
    """Return the first of these that will ask for the same then and find no room."""
    asked = asked_at(desk, number, at)
    for one in heavier:
        if asked_at(desk, one.number, at) == asked and not _has_room(desk, one.number, asked):
            return desk.conversations[one.number]
    return ""


def _has_room(desk: Desk, number: int, asked: Asks) -> bool:
    return any(_hindrance(desk, number, desk.agent(agent), asked) in {CAN, "excluded"} for agent in desk.profiles)


def _after(desk: Desk, found: Sequence[Standing]) -> dict[str, str]:
    """Return, by conversation, who goes first to the room it is promised, where it is not sure of any after that."""
    due = sorted((at, one.place, one) for one in found if (at := _due(desk, one)) is not None)
    claims = [_claim(desk, one) for _, _, one in due]
    wanting: Counter[str] = Counter()
    first = {}
    for place, claim in enumerate(claims):
        first[claim.conversation] = _first(desk, claim, claims[:place], wanting)
        wanting.update(claim.agents)
    return first


def _due(desk: Desk, one: Standing) -> int | None:
    """Return when the desk may give a conversation to one of those named, None where no instant is known."""
    if one.withheld == "next":
        return desk.now
    if one.withheld == "closed":
        return one.opens
    return one.later.at if one.later and not one.later.behind else None


class _Claim(NamedTuple):
    """What a conversation may take of the room there is: so many units of one of these agents."""

    conversation: str
    units: int
    level: int
    agents: frozenset[str]


def _claim(desk: Desk, one: Standing) -> _Claim:
    row = desk.state.conversation[desk.conversation(one.conversation)]
    agents = frozenset(one.takers or (one.later.agents if one.later else ()))
    return _Claim(one.conversation, core.weigh(desk.tables, row), row[k.LEVEL], agents)


def _first(desk: Desk, one: _Claim, before: Sequence[_Claim], wanting: Mapping[str, int]) -> str:
    """Return the last of those before who may take the same room; none where they cannot take all of it.

    Whom the desk chooses for them is not asked: each may go to any agent it could go to. So many of them are `wanting`
    an agent.
    """
    rivals = [other for other in before if not one.agents.isdisjoint(other.agents)]
    heaviest = max((other.units for other in rivals), default=0)
    if heaviest == 0:
        return ""
    filling = 0
    for agent in one.agents:
        few = _spare(desk, one, agent) // heaviest + 1  # so many at least, until this one fits no longer
        filling += few
        if few > wanting[agent] or filling > len(rivals):
            return ""
    return rivals[-1].conversation


def _spare(desk: Desk, one: _Claim, agent: str) -> int:
    """Return what room an agent would have left after this conversation."""
    row, reserve = desk.state.agent[desk.agent(agent)], desk.tables.number[k.P_RESERVE]
    spare: int = row[k.LIMIT] - (0 if one.level >= k.HIGH else reserve) - row[k.HOLDS] - one.units
    return spare


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


def _later(desk: Desk, number: int, free: Sequence[str]) -> Later | None:
    """Return who of these may take a conversation first, as time lets it ask for less."""
    for at, by, asked in lessening(desk, number) if free else ():
        if agents := tuple(agent for agent in free if _hindrance(desk, number, desk.agent(agent), asked) == CAN):
            from_then = _assigns_from(desk, at)
            return None if from_then is None else Later(at=from_then, by=by, agents=agents)
    return None


def _hindrance(desk: Desk, number: int, agent: int, asked: Asks) -> str:
    """Return what keeps an agent from taking a waiting conversation that asks for this; empty where nothing does."""
    one = desk.state.agent[agent]
    presence = cards.PRESENCE[one[k.PRESENCE]]
    if presence != "online":
        return presence
    if (lacking := missing(asked, one)) != CAN:
        return lacking
    if (room := _room(desk, number, one)) != CAN:
        return room
    return "excluded" if agent == desk.state.conversation[number][k.EXCLUDED] else CAN


def _room(desk: Desk, number: int, one: Sequence[int]) -> str:
    """Return whether an agent is too full for a conversation: the desk's own question."""
    row = desk.state.conversation[number]
    units, level = core.weigh(desk.tables, row), row[k.LEVEL]
    reserve = desk.tables.number[k.P_RESERVE]
    if rules.fits(one[k.HOLDS], units, one[k.LIMIT], reserve, level) == 1:
        return CAN
    return "reserved" if rules.fits(one[k.HOLDS], units, one[k.LIMIT], reserve, k.URGENT) == 1 else "full"
