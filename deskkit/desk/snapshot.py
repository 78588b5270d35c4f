"""What a desk knows as bytes and back, so that a fold may begin behind it: columns and names, never pickled.

A snapshot holds numbers and names, but no text: what was written, customers' fields and agents' profiles are read
from the log again, where alone they stand (and can be forgotten). It changes speed, never results. This module knows
no file; `deskkit.live.snapshots` says when one is kept and whether it still holds.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, Final

import msgspec

from deskkit.desk import columns as k
from deskkit.desk import events, rows, state, turn
from deskkit.desk.customers import People
from deskkit.desk.desk import MANY, Desk
from deskkit.desk.messages import Messages
from deskkit.desk.names import Names, Registry
from deskkit.desk.policy import Policy
from deskkit.desk.tags import Tagged, Tags

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.events import Event

__all__ = ["RETOLD", "freeze", "retell", "thaw"]

RETOLD: Final = (
    events.CustomerWrote, events.AgentWrote, events.SystemWrote, events.NoteWritten, events.Renewed, events.CustomerSet,
    events.AgentSet,
)  # fmt: skip
"""Kinds of events that `retell` reads from the log again."""

TOGETHER: Final = 5  # times as many messages are put away at once as by a desk that lives
FAST: Final = 1  # of zlib's levels; the columns are mostly small numbers and shrink to a tenth


class _Frozen(msgspec.Struct, frozen=True):
    """A desk's columns and names, and the policy in force with the instant from which its calendar runs."""

    policy: str
    start: int | None
    groups: list[str]
    skills: list[str]
    languages: list[str]
    aliases: dict[str, str]
    conversations: list[str]
    customers: list[str]
    agents: list[str]
    tables: dict[str, list[list[int]]]
    tags: list[Tagged]


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(_Frozen).decode
_ONE_ROW: Final = ("desk", "active_lane", "dirty")
_SCRATCH: Final = "decision"


def freeze(desk: Desk) -> bytes:
    """Return what a desk knows, but for texts.

    Parameters
    ----------
    desk : Desk
        Between two passes.

    Returns
    -------
    bytes

    Examples
    --------
    >>> from deskkit.desk.policy import Policy
    >>> policy = Policy.load("data/policies/standard.toml")
    >>> desk = Desk(policy)
    >>> desk.fold([events.ConversationOpened(at=0, source="doc", source_id="1", conversation="c1", customer="zhang")])
    >>> thaw(freeze(desk), policy)
    Desk(1 conversations, 0 agents, policy 'standard')
    """
    tables = {
        name: [table] if name in _ONE_ROW else list(table)
        for name, table in desk.state._asdict().items()
        if name != _SCRATCH
    }
    frozen = _Frozen(
        policy=desk.policy.text,
        start=desk.start,
        groups=list(desk.names.groups),
        skills=list(desk.names.skills),
        languages=list(desk.names.languages),
        aliases=desk.names.aliases,
        conversations=list(desk.conversations),
        customers=list(desk.customers),
        agents=list(desk.agents),
        tables=tables,
        tags=list(desk.tags),
    )
    return zlib.compress(_encode(frozen), FAST)


def thaw(frozen: bytes, policy: Policy, *, acts: bool = True, notices: bool = True) -> Desk:
    """Return the desk that was frozen, without texts; `retell` brings them.

    Parameters
    ----------
    frozen : bytes
        What `freeze` returned under the same `acts` and `notices`, whole; who kept it answers for that.
    policy : Policy
        Spares reading the text of the policy in force where it is this one.
    acts, notices : bool
        As for `Desk`.
    """
    made = _decode(zlib.decompress(frozen))
    in_force = policy if made.policy == policy.text else Policy.parse(made.policy, place="the log's policy")
    desk = Desk(in_force, acts=acts, notices=notices)
    names = Names()
    names.groups = Registry("group", made.groups)
    names.skills = Registry("skill", made.skills, limit=names.skills.limit)
    names.languages = Registry("language", made.languages)
    names.aliases = made.aliases
    tables: dict[str, Any] = {name: table[0] if name in _ONE_ROW else table for name, table in made.tables.items()}
    desk.names = names
    lanes = state.GrowingRows(k.LANE_WIDTH, tables.pop("lane"))
    desk.state = k.State(**tables, lane=lanes, decision=state.GrowingRows(k.DECISION_WIDTH))
    desk.begin_at(made.start)
    turn.follow_calendar(desk.state, desk.tables)  # anew, since the table of time zones may be another one by now
    desk.conversations = Registry("conversation", made.conversations, limit=MANY)
    desk.customers = Registry("customer", made.customers, limit=MANY)
    desk.agents = Registry("agent", made.agents, limit=MANY)
    desk.people = People(desk.customers)
    desk.tags = Tags(made.tags)
    desk.messages = Messages(len(made.conversations))
    return desk


def retell(desk: Desk, stored: Iterable[Event]) -> None:
    """Give a thawed desk what was written, and who people are.

    Parameters
    ----------
    desk : Desk
        From `thaw`.
    stored : iterable of Event
        Every event of the kinds `RETOLD` up to the snapshot, in order.
    """
    for event in stored:
        if isinstance(event, events.CustomerSet):
            rows.remember_person(desk, event)
        elif isinstance(event, events.AgentSet):
            desk.profiles[event.agent] = event
        elif isinstance(event, events.Renewed):
            _renew(desk, event)
        elif isinstance(event, events.CustomerWrote | events.AgentWrote | events.SystemWrote | events.NoteWritten):
            desk.messages.add(desk.conversation(event.conversation), event)
            desk.pack(times=TOGETHER)


def _renew(desk: Desk, event: events.Renewed) -> None:
    """Let the last message go on in the conversation it renewed."""
    wrote = desk.messages.take_back(desk.conversation(event.conversation))
    desk.go_on(event.conversation, event.renewed)
    desk.messages.add(desk.conversation(event.renewed), wrote)
