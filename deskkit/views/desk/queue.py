"""The queue as a board: who waits, in serving order, what each needs, who could take it and why nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import cards
from deskkit.desk.standing import standings
from deskkit.views.desk import wording
from deskkit.views.desk.fits import counted
from deskkit.views.words import level_mark, shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.desk import Desk
    from deskkit.desk.standing import Standing
    from deskkit.views.words import Words

__all__ = ["queue"]

SHOWN: Final = 200  # at once: who waits behind them is a press away
_NAMES: Final = 3  # agents named; the rest is counted
_NAME: Final = 28  # half columns


def queue(desk: Desk, *, say: Words, me: str, now: int, runs: bool = True, begin: int = 0) -> dict[str, Any]:
    """Return the board of the queue, or of a part of it.

    Parameters
    ----------
    desk : Desk
    say : Words
    me : str
        Who may take a conversation.
    now : int
        Milliseconds.
    runs : bool, default True
        Whether somebody runs the desk.
    begin : int, default 0
        How many stand before the first row.
    """
    waiting = cards.queue(desk)
    begin = max(0, min(begin, (len(waiting) - 1) // SHOWN * SHOWN))  # the queue may be shorter by now
    rows = [
        _row(desk, one, takers(desk, one, say=say, now=now, runs=runs), say=say, me=me, now=now)
        for one in standings(desk, now=now, limit=SHOWN, begin=begin)
    ]
    columns = [
        ("place", "number", say("Place")), ("level", "level", say("Level")), ("customer", "text", say("Customer")),
        ("wait", "clock", say("Waits (min:s), target")), ("why", "text", say("Why here")),
        ("needs", "chips", say("Needs")), ("takers", "text", say("Who could take it")),
    ]  # fmt: skip
    note = say("{n} wait, in the order in which they are served", n=len(waiting))
    if len(waiting) == 1:
        note = say("{n} waits", n=1)
    if len(waiting) > SHOWN:
        part = {"first": begin + 1, "last": min(begin + SHOWN, len(waiting)), "n": len(waiting)}
        note = say("{first} to {last} of {n} who wait, in the order in which they are served", **part)
    section = {
        "k": "queue", "title": say("Queue"), "note": note, "rows": rows, "begin": begin,
        "acts": _turns(begin, len(waiting), say),
        "empty": say("Nobody waits."),
        "columns": [{"k": key, "kind": kind, "text": text} for key, kind, text in columns],
    }  # fmt: skip
    return {"sections": [section]}


def _turns(begin: int, many: int, say: Words) -> list[dict[str, Any]]:
    """Return what leads to those who stand before the rows shown, and behind them."""
    turns = [
        ("before", begin - SHOWN, say("Earlier in the queue")),
        ("behind", begin + SHOWN, say("Later in the queue")),
    ]
    return [{"k": key, "text": text, "turn": at} for key, at, text in turns if 0 <= at < many]


def _row(
    desk: Desk, one: Standing, who: str, *, say: Words, me: str, now: int
) -> dict[str, Any]:  # fmt: skip
    card = cards.conversation_card(desk, one.conversation)
    needs = [say.group(desk, name) for name in one.groups] + [say.skill(name) for name in one.needs]
    needs += [say("language: {name}", name=say.spoken(one.language))] if one.language else []
    acts: list[dict[str, Any]] = []
    if me in desk.profiles:
        acts.append({"k": "take", "text": say("Take"), "deed": {"do": "assign", "agent": me}})
    acts += [
        {"k": "assign", "text": say("Assign to"), "pick": "agent", "deed": {"do": "assign"}},
        {
            "k": "priority", "text": say("Priority"), "pick": "level", "deed": {"do": "priority"},
            "options": [{"k": level, "text": say.level_title(level)} for level in (3, 2, 1, 0)],
        },
    ]  # fmt: skip
    return {
        "id": one.conversation,
        "level": card.level,
        "acts": acts,
        "cells": {
            "place": str(one.place),
            "level": f"{level_mark(card.level)} {say.level_title(card.level)}",
            "customer": shortened(say.customer(card), _NAME),
            "wait": {
                "since": card.waiting_since if card.waiting_since is not None else card.opened,
                "t": one.target_ms,
            },
            "why": " · ".join(wording.why(desk, card, say=say, now=now)),
            "needs": needs,
            "takers": who,
        },
    }


def takers(desk: Desk, one: Standing, *, say: Words, now: int, runs: bool = True) -> str:
    """Say who could take a conversation and why it is not given to them, or why nobody could.

    Parameters
    ----------
    desk : Desk
    one : Standing
    say : Words
    now : int
        Milliseconds.
    runs : bool, default True
        Whether somebody runs the desk, so that it gives anything at all.
    """
    if one.takers:
        return _withheld(desk, one, say, now, runs=runs)
    if not one.hindered:
        return say("Nobody: no agent is known")
    nobody = counted(one.hindered, say=say)
    if one.later is None or not runs:
        return nobody
    time = wording.whole_minute(one.later.at, say=say, now=now)
    parts = {"nobody": nobody, "time": time, "names": _named(desk, one.later.agents, say)}
    if one.later.by == "language":
        return say("{nobody}. From {time} on without the language; with room now: {names}", **parts)
    return say("{nobody}. From {time} on by overflow; with room now: {names}", **parts)


def _withheld(desk: Desk, one: Standing, say: Words, now: int, *, runs: bool) -> str:
    """Say who could take a conversation, and why none of them is given it."""
    names = _named(desk, one.takers, say)
    if not runs:
        return say("{names}, but nobody runs this desk", names=names)
    match one.withheld:
        case "advises":
            return say("{names}, but the desk only advises", names=names)
        case "closed":
            if one.opens is None:
                return say("{names}, but the desk is closed and assigns nothing", names=names)
            time = say.time(one.opens, now=now)
            return say("{names}, but the desk is closed and assigns nothing before {time}", names=names, time=time)
        case "behind":
            first = say.customer(cards.conversation_card(desk, one.behind))
            return say(
                "{names}, but {customer} goes first, asks for the same and fits into nobody's room",
                names=names, customer=first,
            )  # fmt: skip
    return say("{names}, but the desk has yet to look again", names=names)


def _named(desk: Desk, agents: Sequence[str], say: Words) -> str:
    named = ", ".join(say.agent(desk, name) for name in agents[:_NAMES])
    more = len(agents) - _NAMES
    return say("{names} and {n} more", names=named, n=more) if more > 0 else named
