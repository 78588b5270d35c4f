"""The queue as a board: who waits, in serving order, what each needs, who could take it and why nobody does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import cards
from deskkit.desk.standing import standings
from deskkit.views.desk import wording
from deskkit.views.desk.fits import counted, loads, options
from deskkit.views.words import level_mark, shortened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.desk.desk import Desk
    from deskkit.desk.standing import Standing
    from deskkit.views.words import Words

__all__ = ["queue"]

SHOWN: Final = 200
_NAMES: Final = 3  # agents named; the rest is counted
_NAME: Final = 28  # half columns


def queue(desk: Desk, *, say: Words, me: str, now: int) -> dict[str, Any]:
    """Return the board of the queue.

    Parameters
    ----------
    desk : Desk
    say : Words
    me : str
        Who may take a conversation.
    now : int
        Milliseconds.
    """
    waiting = cards.queue(desk)
    offered = loads(desk, desk.profiles, say=say)
    rows = [_row(desk, one, offered, say, me) for one in standings(desk, now=now, limit=SHOWN)]
    columns = [
        ("place", "number", say("Place")), ("level", "level", say("Level")), ("customer", "text", say("Customer")),
        ("wait", "clock", say("Waits (min:s), target")), ("why", "text", say("Why here")),
        ("needs", "chips", say("Needs")), ("takers", "text", say("Who could take it")),
    ]  # fmt: skip
    note = say("{n} wait, in the order in which they are served", n=len(waiting))
    if len(waiting) > SHOWN:
        note = say(
            "the first {shown} of {n} who wait, in the order in which they are served", shown=SHOWN, n=len(waiting)
        )
    section = {
        "k": "queue", "title": say("Queue"), "note": note, "rows": rows, "empty": say("Nobody waits."),
        "columns": [{"k": key, "kind": kind, "text": text} for key, kind, text in columns],
    }  # fmt: skip
    return {"sections": [section]}


def _row(desk: Desk, one: Standing, offered: Mapping[str, str], say: Words, me: str) -> dict[str, Any]:
    card = cards.conversation_card(desk, one.conversation)
    needs = [say.group(desk, name) for name in one.groups] + [say.skill(name) for name in one.needs]
    needs += [say("language: {name}", name=say.spoken(one.language))] if one.language else []
    acts: list[dict[str, Any]] = []
    if me in desk.profiles:
        acts.append({"k": "take", "text": say("Take"), "deed": {"do": "assign", "agent": me}})
    acts += [
        {
            "k": "assign", "text": say("Assign to"), "pick": "agent", "deed": {"do": "assign"},
            "options": options(desk, one.conversation, offered, say=say),
        },
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
            "why": " · ".join(wording.why(desk, card, say=say)),
            "needs": needs,
            "takers": takers(desk, one, say=say),
        },
    }


def takers(desk: Desk, one: Standing, *, say: Words) -> str:
    """Say who could take a conversation, or why nobody does."""
    if one.takers:
        named = ", ".join(say.agent(desk, name) for name in one.takers[:_NAMES])
        more = len(one.takers) - _NAMES
        text = say("{names} and {n} more", names=named, n=more) if more > 0 else named
        if one.closed:
            return say("{names}, but the desk is closed and assigns nothing", names=text)
        return text if desk.acts else say("{names}, but the desk only advises", names=text)
    if not one.hindered:
        return say("Nobody: no agent is known")
    return counted(one.hindered, say=say)
