"""The line at the top of the desk: how much there is, how urgent, and what to know of the desk itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import columns as k
from deskkit.views.words import waiting_clock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.views.words import Words

__all__ = ["head"]

_URGENT: Final = 3
_TOO_LONG: Final = 600_000  # a wait of ten minutes is an alarm


def head(
    desk: Desk, every: Sequence[ConversationCard], *, say: Words, me: str, now: int, driven: str, unopened: str = ""
) -> dict[str, Any]:
    """Return the title, the counts, who looks, what to know of the desk, and why no chat can be begun, if so.

    A wait runs on in the browser, `since`.
    """
    snoozed = sum(card.snoozed_until is not None for card in every)
    waits = [card.unanswered_since for card in every if card.unanswered_since is not None and not card.snoozed_until]
    since = min(waits, default=None)
    parts = [
        _count(len(every), say("open")),
        _count(sum(card.stage == "waiting" for card in every), say("in the queue")),
        _count(sum(card.level == _URGENT for card in every), say("urgent")),
        _count(len(waits), say("unanswered")),
        _count("" if since is not None else waiting_clock(0), say("longest wait"))
        | {"since": since, "alarm": since is not None and now - since > _TOO_LONG},
    ]
    if snoozed:
        parts.insert(1, _count(snoozed, say("snoozed")))
    marks = [say("peak mode")] if desk.state.desk[k.PEAK_ON] == 1 else []
    marks += [] if desk.acts else [say("watching: the desk only advises")]
    marks += [driven] if driven else []
    return {
        "title": say("Desk"),
        "parts": parts,
        "me": say.agent(desk, me),
        "warn": " · ".join(marks),
        "unopened": unopened,
    }


def _count(number: int | str, text: str) -> dict[str, Any]:
    return {"n": str(number), "text": text, "alarm": False}
