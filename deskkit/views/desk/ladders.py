"""What rings by the policy in force, whom and when: a section of the Alerts tab, there before anything has rung."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.desk import columns as k
from deskkit.views.words import level_mark

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskkit.desk.desk import Desk
    from deskkit.desk.schema import Ladder, Ring, Rung
    from deskkit.views.words import Words

__all__ = ["ladders", "why_nothing"]


def why_nothing(desk: Desk, *, say: Words) -> str:
    """Say that nothing rang, and why it cannot where that is so."""
    nothing = say("Nothing fired or was held back.")
    if desk.state.desk[k.QUIETLY] == 0:
        return nothing
    because = say("Here nothing rings: the clock stands still, or the desk only watches.")
    because = say("{one} {two}", one=because, two=say("To see and hear it ring, run: deskkit demo"))
    return say("{one} {two}", one=nothing, two=because)


def ladders(desk: Desk, channels: Mapping[str, str], *, say: Words) -> dict[str, Any]:
    """Return the section: a row for each ladder, with its rungs.

    Parameters
    ----------
    desk : Desk
    channels : mapping of str to str
        The words for the channels of a ring.
    say : Words
    """
    notify = desk.policy.schema.notify
    rings = {ring.name: ring for ring in notify.rings}
    rows = [_row(number, one, rings, channels, say) for number, one in enumerate(notify.ladders)]
    columns = [("rule", say("Rule")), ("rungs", say("Who is told, and how"))]
    return {
        "k": "ladders", "title": say("What rings, and when"), "note": say("by the policy in force; see Rules, Notices"),
        "columns": [{"k": key, "kind": "text", "text": text} for key, text in columns], "rows": rows,
        "empty": say("The policy has no ladder: nothing rings."), "acts": [],
    }  # fmt: skip


def _row(
    number: int, ladder: Ladder, rings: Mapping[str, Ring], channels: Mapping[str, str], say: Words
) -> dict[str, Any]:
    levels = ", ".join(f"{level_mark(level)} {say.level_title(level)}" for level in reversed(ladder.levels))
    cells = {
        "rule": say("{event} · {level}", event=say.event(ladder.event), level=levels),
        "rungs": " → ".join(_rung(rung, rings[rung.ring], channels, say) for rung in ladder.rungs),
    }
    return {"id": f"ladder {number}", "acts": [], "cells": cells}


def _rung(rung: Rung, ring: Ring, channels: Mapping[str, str], say: Words) -> str:
    recipient = {
        "owner": say("owner"),
        "helpers": say("helpers"),
        "group": say("group"),
        "supervisor": say("supervisor"),
    }
    after = say("after {span}", span=say.span(rung.after_ms)) if rung.after_ms else say("at once")
    how = ", ".join(channels[name] for name in ring.channels)
    told = say("{after} the {who}: {how}", after=after, who=recipient[rung.to], how=how)
    return say("{told}, {n} times more", told=told, n=rung.times) if rung.times else told
