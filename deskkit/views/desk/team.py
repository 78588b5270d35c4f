"""The team as a board: agents with load, room and presence, groups, what could be moved, what is to be handed over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import balancing, cards
from deskkit.desk import columns as k
from deskkit.desk.cards import PRESENCE
from deskkit.views.desk.fits import counted
from deskkit.views.words import level_mark, shortened, waiting_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.cards import AgentCard
    from deskkit.desk.desk import Desk
    from deskkit.views.words import Words

__all__ = ["online", "team"]

_NAME: Final = 28  # half columns
_MATTER: Final = 60  # half columns
_MINUTE: Final = 60_000  # milliseconds


def team(desk: Desk, *, say: Words, now: int) -> dict[str, Any]:
    """Return the board of the team; what could be done stands right below the agents, of whom few show at once.

    Parameters
    ----------
    desk : Desk
    say : Words
    now : int
        Milliseconds.
    """
    people = [one for one in cards.agents(desk) if one.agent in desk.profiles]
    people.sort(key=lambda one: (-PRESENCE.index(one.presence), -one.load / max(one.capacity, 0.001), one.agent))
    return {"sections": [
        _peak(desk, say), _agents(desk, people, say), _moves(desk, say, now), _handing_over(desk, people, say, now),
        _groups(desk, people, say),
    ]}  # fmt: skip


def online(desk: Desk) -> list[str]:
    """Return the agents who are there, to whom something can be handed over."""
    return [one.agent for one in cards.agents(desk) if one.agent in desk.profiles and one.presence == "online"]


def _section(
    key: str, title: str, columns: Sequence[tuple[str, str, str]], rows: list[dict[str, Any]], *, empty: str = "",
    note: str = "", acts: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:  # fmt: skip
    named = [{"k": name, "kind": kind, "text": text} for name, kind, text in columns]
    return {
        "k": key, "title": title, "note": note, "columns": named, "rows": rows, "empty": empty, "acts": list(acts),
    }  # fmt: skip


# ---------------------------------------------------------------- peak mode


def _peak(desk: Desk, say: Words) -> dict[str, Any]:
    """Return peak mode's state, the loans it made, and the switch."""
    is_on = desk.state.desk[k.PEAK_ON] == 1
    loans = [
        {
            "id": one.agent, "acts": [],
            "cells": {"agent": say.agent(desk, one.agent), "to": [say.group(desk, group) for group in one.lent_to]},
        }
        for one in cards.agents(desk)
        if one.lent_to
    ]  # fmt: skip
    word = say("Leave peak mode") if is_on else say("Enter peak mode")
    return _section(
        "peak", say("Peak mode: on") if is_on else say("Peak mode: off"),
        [("agent", "text", say("Agent")), ("to", "chips", say("Lent to"))], loans, empty=say("Nobody is lent."),
        acts=[{"k": "peak", "text": word, "deed": {"do": "peak", "on": not is_on}}],
    )  # fmt: skip


# ---------------------------------------------------------------- agents and groups


def _agents(desk: Desk, people: Sequence[AgentCard], say: Words) -> dict[str, Any]:
    columns = [
        ("agent", "text", say("Agent")), ("presence", "text", say("Presence")), ("load", "share", say("Load (units)")),
        ("tabs", "number", say("Conversations")), ("unanswered", "number", say("Unanswered")),
        ("groups", "chips", say("Groups")), ("skills", "text", say("Skills, languages")),
    ]  # fmt: skip
    return _section("agents", say("Agents"), columns, [_agent(desk, one, say) for one in people], empty=say("Nobody."))


def _agent(desk: Desk, one: AgentCard, say: Words) -> dict[str, Any]:
    known = [f"{say.skill(name)} {level}" for name, level in sorted(one.skills.items())]
    known += map(say.spoken, one.languages)
    presences = [{"k": name, "text": say.presence(name)} for name in reversed(PRESENCE) if name != one.presence]
    unanswered = sum(desk.state.conversation[desk.conversation(name)][k.UNANSWERED] >= 0 for name in one.conversations)
    return {
        "id": one.agent,
        "tone": one.presence,
        "opens": list(one.conversations),
        "acts": [{
            "k": "presence", "text": say("Set presence"), "pick": "presence", "options": presences,
            "deed": {"do": "presence", "agent": one.agent},
        }],
        "cells": {
            "agent": say.agent(desk, one.agent),
            "presence": say.presence(one.presence),
            "load": _load(one.load, one.capacity, say),
            "tabs": str(len(one.conversations)),
            "unanswered": str(unanswered),
            "groups": [say.group(desk, name) for name in one.groups],
            "skills": ", ".join(known),
        },
    }  # fmt: skip


def _load(load: float, capacity: float, say: Words) -> dict[str, Any]:
    text = say("{load} of {capacity}", load=f"{load:g}", capacity=f"{capacity:g}")
    return {"share": min(1.0, load / capacity) if capacity > 0 else float(load > 0), "text": text}


def _groups(desk: Desk, people: Sequence[AgentCard], say: Words) -> dict[str, Any]:
    columns = [
        ("group", "text", say("Group")), ("load", "share", say("Load (units)")),
        ("there", "number", say("Agents online")), ("waiting", "number", say("In queue")),
    ]  # fmt: skip
    waiting = [cards.conversation_card(desk, name).group for name in cards.queue(desk)]
    rows = []
    for group in desk.policy.schema.groups:
        members = [one for one in people if group.name in one.groups and one.presence == "online"]
        load, capacity = sum(one.load for one in members), sum(one.capacity for one in members)
        rows.append({
            "id": group.name, "acts": [],
            "cells": {
                "group": say.group(desk, group.name), "load": _load(load, capacity, say), "there": str(len(members)),
                "waiting": str(waiting.count(group.name)),
            },
        })  # fmt: skip
    return _section("groups", say("Groups"), columns, rows)


# ---------------------------------------------------------------- moving


def _moves(desk: Desk, say: Words, now: int) -> dict[str, Any]:
    columns = [
        ("customer", "text", say("Customer")), ("giver", "text", say("From")), ("taker", "text", say("To")),
        ("why", "text", say("Why")),
    ]  # fmt: skip
    rows = []
    found = balancing.moves(desk, now=now)
    before: set[str] = set()  # whose load is another once those above are done
    for move in found:
        is_later = not before.isdisjoint({move.giver, move.taker})
        before |= {move.giver, move.taker}
        loads = {
            "giver": say.agent(desk, move.giver), "held": f"{move.giver_load:g}", "room": f"{move.giver_capacity:g}",
            "taker": say.agent(desk, move.taker), "holds": f"{move.taker_load:g}", "limit": f"{move.taker_capacity:g}",
        }  # fmt: skip
        why = say("{giver} holds {held} of {room}, {taker} {holds} of {limit}", **loads)
        if is_later:
            why = say("after the moves above: {why}", why=why)
        if move.unanswered_ms >= _MINUTE:
            why = say("{why}; unanswered for {span}", why=why, span=say.span(move.unanswered_ms // _MINUTE * _MINUTE))
        if move.across is not None:
            why = say("{one}; {two}", one=why, two=_across(desk, move.across, say))
        card = cards.conversation_card(desk, move.conversation)
        act = {"k": "move", "text": say("Move"), "deed": {"do": "assign", "agent": move.taker}}
        rows.append({
            "id": move.conversation, "opens": [move.conversation], "acts": [] if is_later else [act],
            "cells": {
                "customer": shortened(say.customer(card), _NAME), "giver": loads["giver"], "taker": loads["taker"],
                "why": why,
            },
        })  # fmt: skip
    rows += [_stay(desk, one, say, is_later=bool(found)) for one in balancing.stays(desk, found)]
    return _section("moves", say("To even out the load"), columns, rows, empty=say("The load is even."))


def _across(desk: Desk, across: balancing.Across, say: Words) -> str:
    """Say that another group is meant than the conversation's, and what allows it."""
    told = {
        "group": say.group(desk, across.group), "level": say.level_title(across.level),
        "other": ", ".join(say.group(desk, name) for name in across.groups),
    }  # fmt: skip
    match across.by:
        case "loan":
            return say("another group: {other}, lent to {group} in peak mode", **told)
        case "peak":
            return say("another group: in peak mode {other} also takes {level} conversations of {group}", **told)
    return say("another group: by the routing {other} also takes this of {group}", **told)


def _stay(desk: Desk, one: balancing.Stay, say: Words, *, is_later: bool) -> dict[str, Any]:
    """Return the row of an agent who holds much and whom nobody can relieve: no proposal, and why."""
    giver = say.agent(desk, one.giver)
    why = say("{giver} holds {held} of {room}", giver=giver, held=f"{one.giver_load:g}", room=f"{one.giver_capacity:g}")
    why = say("{one}; {two}", one=why, two=counted(one.hindered, say=say))
    if is_later:
        why = say("after the moves above: {why}", why=why)
    card = cards.conversation_card(desk, one.conversation)
    return {
        "id": f"stay {one.conversation}", "open": one.conversation, "opens": [one.conversation], "acts": [],
        "cells": {
            "customer": shortened(say.customer(card), _NAME), "giver": giver, "taker": "–",
            "why": why,
        },
    }  # fmt: skip


# ---------------------------------------------------------------- handing over


def _handing_over(desk: Desk, people: Sequence[AgentCard], say: Words, now: int) -> dict[str, Any]:
    """Return what those who are not there any more still hold, the longest unanswered first."""
    columns = [
        ("agent", "text", say("Agent")), ("level", "level", say("Level")), ("customer", "text", say("Customer")),
        ("wait", "text", say("Unanswered (min:s)")), ("matter", "text", say("Matter")),
        ("promise", "text", say("Promised")),
    ]  # fmt: skip
    held = [
        (one, cards.conversation_card(desk, name))
        for one in people
        if one.presence != "online"
        for name in one.conversations
    ]
    held.sort(key=lambda pair: (pair[1].unanswered_since is None, pair[1].unanswered_since or 0))
    rows = []
    for one, card in held:
        known = cards.recap(desk, card.name)
        wait = "" if card.unanswered_since is None else waiting_clock(now - card.unanswered_since)
        rows.append({
            "id": card.name, "level": card.level, "opens": [card.name],
            "acts": [
                {"k": "assign", "text": say("Hand over to"), "pick": "agent", "deed": {"do": "assign"}},
                {"k": "queue", "text": say("To the queue"), "deed": {"do": "assign", "agent": ""}},
            ],
            "cells": {
                "agent": say.agent(desk, one.agent), "level": f"{level_mark(card.level)} {say.level_title(card.level)}",
                "customer": shortened(say.customer(card), _NAME), "wait": wait,
                "matter": say.excerpt(known.first, _MATTER),
                "promise": say.excerpt(known.promise, _MATTER),
            },
        })  # fmt: skip
    note = say("what agents who are away or offline still hold, the longest unanswered first")
    return _section("over", say("To hand over"), columns, rows, note=note, empty=say("Nothing is left behind."))
