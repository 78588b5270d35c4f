"""Who could give what to whom, so that no agent drowns beside an idle one: proposals for a supervisor, with reasons.

The desk itself never takes a conversation from an agent who is there; a person may. Nothing here changes the desk.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

import msgspec

from deskkit.desk import asking, cards, core, standing
from deskkit.desk import columns as k

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.desk import Desk

__all__ = ["AS_FULL", "Across", "Move", "Stay", "moves", "stays"]

ENOUGH: Final = 0.25  # a difference of shares of capacity below which nobody is helped by a move
FULL: Final = 0.75  # of one who holds so much of the capacity it is said why nothing is proposed
AS_FULL: Final = "as full"  # could take it, but nothing would be evened out


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that somebody else could take over.

    Attributes
    ----------
    conversation, giver, taker : str
    giver_load, giver_capacity, taker_load, taker_capacity : float
        In units, before this move and after those before it.
    unanswered_ms : int
        How long its customer has waited for an answer; 0 where nobody waits.
    across : Across or None
        Why it may leave its group, where the taker is not of it.
    """

    conversation: str
    giver: str
    taker: str
    giver_load: float
    giver_capacity: float
    taker_load: float
    taker_capacity: float
    unanswered_ms: int
    across: Across | None = None


class Across(msgspec.Struct, frozen=True, kw_only=True):
    """Why an agent may take over a conversation of a group it is not of.

    Attributes
    ----------
    group : str
        The conversation's.
    groups : tuple of str
        Those of the taker by which it may.
    by : {"loan", "peak", "routing"}
        It is lent to that group in peak mode; in peak mode its group serves this level; the routing names both groups.
    level : int
        Of the conversation.
    """

    group: str
    groups: tuple[str, ...]
    by: str
    level: int


class Stay(msgspec.Struct, frozen=True, kw_only=True):
    """Why an agent still holds much more than others once all is moved: the conversation that would go first.

    Attributes
    ----------
    conversation, giver : str
    giver_load, giver_capacity : float
        In units.
    hindered : dict of str to int
        How many of those who are freer then each hindrance keeps from it; see `standing.HINDRANCES`; `AS_FULL`
        would be no less full with it than the giver is.
    """

    conversation: str
    giver: str
    giver_load: float
    giver_capacity: float
    hindered: dict[str, int]


def moves(desk: Desk, *, now: int, limit: int = 10) -> list[Move]:
    """Propose moves from the fullest to the freest who can, one after the other, as long as one evens out the load.

    Of the fullest agent's conversations, that goes first whose customer has waited longest without an answer: it gains
    most. Who serves the group, has the skills and speaks the language can take it, within capacity and reserve; one of
    its own group before one of a further group. Nobody is given something who gives, nor gives who was given something.

    Parameters
    ----------
    desk : Desk
    now : int
        Milliseconds.
    limit : int, default 10

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> moves(Desk(Policy.load("data/policies/standard.toml")), now=0)
    []
    """
    load = {name: _row(desk, name)[k.HOLDS] for name in desk.profiles}
    givers = {name: [_held(desk, number) for number in _tabs(desk, name)] for name in desk.profiles}
    takers = _there(desk)
    found: list[Move] = []
    while len(found) < limit:
        move = _next(desk, load, takers, givers, now)
        if move is None:
            break
        _shift(desk, load, move)
        givers[move.giver] = [one for one in givers[move.giver] if one.number != desk.conversation(move.conversation)]
        givers.pop(move.taker, None)
        takers = [name for name in takers if name != move.giver]
        found.append(move)
    return found


def stays(desk: Desk, found: Sequence[Move]) -> list[Stay]:
    """Return why agents are nearly full still, once all is moved, though others are freer; the fullest first.

    Parameters
    ----------
    desk : Desk
    found : sequence of Move
        What is proposed.

    Examples
    --------
    >>> from deskkit.desk.desk import Desk
    >>> from deskkit.desk.policy import Policy
    >>> stays(Desk(Policy.load("data/policies/standard.toml")), [])
    []
    """
    load = {name: _row(desk, name)[k.HOLDS] for name in desk.profiles}
    for move in found:
        _shift(desk, load, move)
    there, giving = _there(desk), {move.giver for move in found}
    stuck = []
    for giver in sorted(there, key=lambda name: -_share(desk, name, load)):
        share, tabs = _share(desk, giver, load), _tabs(desk, giver)
        if giver in giving or share < FULL or not tabs:
            continue
        freer = [name for name in there if share - _share(desk, name, load) >= ENOUGH]
        hindered = Counter(_hindrance(desk, tabs[0], name, load, share) for name in freer)
        if hindered.keys() - {""}:
            stuck.append(
                Stay(
                    conversation=desk.conversations[tabs[0]], giver=giver, giver_load=load[giver] / 1000,
                    giver_capacity=_row(desk, giver)[k.LIMIT] / 1000,
                    hindered={why: hindered[why] for why in (*standing.HINDRANCES, AS_FULL) if why in hindered},
                )
            )  # fmt: skip
    return stuck


def _there(desk: Desk) -> list[str]:
    return [name for name in desk.profiles if cards.PRESENCE[_row(desk, name)[k.PRESENCE]] == "online"]


def _shift(desk: Desk, load: dict[str, int], move: Move) -> None:
    """Let a move be done."""
    row = desk.state.conversation[desk.conversation(move.conversation)]
    load[move.giver] -= row[k.LOAD]
    load[move.taker] += core.taken(desk.tables, row, desk.agent(move.taker))


def _row(desk: Desk, name: str) -> list[int]:
    row: list[int] = desk.state.agent[desk.agent(name)]
    return row


def _tabs(desk: Desk, name: str) -> list[int]:
    """Return the conversations of an agent by number, the longest unanswered first."""
    rows = desk.state.conversation
    held = [desk.conversation(one) for one in cards.agent_card(desk, name).conversations]
    held = [number for number in held if rows[number][k.STAGE] == k.ASSIGNED]
    return sorted(held, key=lambda number: (rows[number][k.UNANSWERED] < 0, rows[number][k.UNANSWERED], number))


class _Held(NamedTuple):
    """A conversation, what it asks of a taker, and who helps in it."""

    number: int
    asks: tuple[asking.Asks, int, int, int]
    helpers: list[str]


def _held(desk: Desk, number: int) -> _Held:
    row = desk.state.conversation[number]
    asks = asking.asks(desk, number), row[k.HOME], row[k.LEVEL], core.weigh_handed(desk.tables, row)
    return _Held(number, asks, [desk.agents[one] for one in row[k.HELPER0 : k.HELPER0 + k.HELPERS_MAX] if one >= 0])


def _share(desk: Desk, name: str, load: dict[str, int]) -> float:
    return load[name] / max(_row(desk, name)[k.LIMIT], 1)


def _next(desk: Desk, load: dict[str, int], there: list[str], tabs: dict[str, list[_Held]], now: int) -> Move | None:
    """Return the move that helps most now; givers may be away, takers have to be there."""
    share = {name: _share(desk, name, load) for name in load}
    givers = sorted((name for name in tabs if tabs[name]), key=lambda name: -share[name])
    takers = sorted(there, key=lambda name: share[name])
    for giver in givers:
        freer = [name for name in takers if share[giver] - share[name] >= ENOUGH and name != giver]
        refused = set()  # what none of them takes, none takes of what asks for the same, but who helps in it may
        for number, asks, helpers in tabs[giver] if freer else ():
            home = desk.state.conversation[number][k.HOME]
            asked = freer if asks not in refused else [name for name in helpers if name in freer]
            for taker in sorted(asked, key=lambda name: not _is_home(desk, home, name)):
                if not _hindrance(desk, number, taker, load, share[giver]):
                    return _move(desk, number, giver, taker, load, now)
            refused.add(asks)
    return None


def _hindrance(desk: Desk, number: int, taker: str, load: dict[str, int], most: float) -> str:
    """Return what keeps an agent from relieving one who is so full of a conversation; empty where nothing does."""
    one = _row(desk, taker)
    units = core.taken(desk.tables, desk.state.conversation[number], desk.agent(taker))
    lacking = asking.missing(asking.asks(desk, number), one)
    lacking = lacking or standing.room(desk, number, one, holds=load[taker], units=units)
    if lacking != standing.CAN:
        return lacking
    return AS_FULL if (load[taker] + units) / one[k.LIMIT] >= most else standing.CAN


def _is_home(desk: Desk, home: int, taker: str) -> bool:
    """Say whether an agent is of the group a conversation belongs to."""
    return bool(_row(desk, taker)[k.MEMBER] >> home & 1)


def _move(desk: Desk, number: int, giver: str, taker: str, load: dict[str, int], now: int) -> Move:
    since = desk.state.conversation[number][k.UNANSWERED]
    return Move(
        conversation=desk.conversations[number],
        giver=giver,
        taker=taker,
        giver_load=load[giver] / 1000,
        giver_capacity=_row(desk, giver)[k.LIMIT] / 1000,
        taker_load=load[taker] / 1000,
        taker_capacity=_row(desk, taker)[k.LIMIT] / 1000,
        unanswered_ms=now - since if since >= 0 else 0,
        across=_across(desk, number, taker),
    )


def _across(desk: Desk, number: int, taker: str) -> Across | None:
    """Return why an agent may take over a conversation of another group; None where it is of the same."""
    row, one = desk.state.conversation[number], _row(desk, taker)
    home, names = 1 << row[k.HOME], desk.names.groups
    if one[k.MEMBER] & home:
        return None
    own, peak = row[k.GROUPS] or home, asking.asks(desk, number).groups
    by, groups = "peak", (one[k.MEMBER] | one[k.LENT_TO]) & peak
    if one[k.LENT_TO] & home:
        by, groups = "loan", one[k.MEMBER]
    elif (one[k.MEMBER] | one[k.LENT_TO]) & own:
        by, groups = "routing", (one[k.MEMBER] | one[k.LENT_TO]) & own
    return Across(group=names[row[k.HOME]], groups=names.named(groups), by=by, level=row[k.LEVEL])
