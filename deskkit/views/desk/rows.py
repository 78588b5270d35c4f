"""A conversation as one row of the list: plain data, short names, everything already in words.

What is empty is left out, so that a thousand rows are a small message. Waiting clocks are not counted here: a row says
since when, and the browser counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from deskkit.desk.events import FACETS
from deskkit.text import visible
from deskkit.views.desk import wording
from deskkit.views.words import shortened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.views.desk.ringing import Mark
    from deskkit.views.words import Words

__all__ = ["closed", "row"]

_NAME: Final = 28  # half columns
_LAST: Final = 72  # half columns
_TAGS: Final = dict(zip(FACETS, ("ct", "iq", "lb"), strict=True))


def row(
    card: ConversationCard, *, say: Words, now: int, mark: Mark | None = None, drafting: Sequence[str] = ()
) -> dict[str, Any]:
    """Return a conversation as a row of the list.

    Parameters
    ----------
    card : ConversationCard
    say : Words
    now : int
        Milliseconds; a day other than its own is written out.
    mark : Mark, optional
        What a notice that waits to be seen does to the row.
    drafting : sequence of str
        Who else writes here just now.

    Returns
    -------
    dict
        ``n`` name, ``l`` level, ``s`` stage, ``g`` group, ``a`` owner, ``ct``, ``iq``, ``lb`` tags by facet,
        ``u`` unread, ``w`` unanswered since (ms), ``t`` target (ms), ``tl`` waits too long, ``y`` why,
        ``x`` last message, ``fl`` flashing, ``z`` size of the icon (px), ``cl`` how and when it was closed, ``dr`` who
        drafts.
    """
    is_closed = card.closed_at is not None
    found: dict[str, Any] = {
        "n": shortened(say.customer(card), _NAME), "l": card.level, "s": card.stage, "g": card.group, "a": card.owner,
        "u": 0 if is_closed else card.unread, "t": card.target_ms, "tl": card.too_long, "y": _why(card, say, now),
        "x": say.excerpt(card.last_message, _LAST),
        "dr": list(drafting),
    }  # fmt: skip
    for facet, key in _TAGS.items():
        found[key] = sorted(visible(say.personal(tag.name)) for tag in card.tags if tag.facet == facet)
    if is_closed:
        found["cl"] = closed(card, say=say, now=now)
    elif card.unanswered_since is not None and card.snoozed_until is None:
        found["w"] = card.unanswered_since
    if mark is not None:
        found |= {"fl": mark.flashes, "z": mark.size}
    return {name: value for name, value in found.items() if value or name == "l" or (name == "w" and value == 0)}


def closed(card: ConversationCard, *, say: Words, now: int) -> str:
    """Say how and when a conversation was closed; empty where it is open."""
    return "" if card.closed_at is None else f"{say.stage(card.stage)} {say.time(card.closed_at, now=now)}"


def _why(card: ConversationCard, say: Words, now: int) -> str:
    """Say in short why a conversation stands where it stands."""
    if card.closed_at is not None:
        return ""
    if card.snoozed_until is not None:
        return say("snoozed until {time}", time=say.time(card.snoozed_until, now=now))
    reasons = [say("waits too long")] if card.too_long else []
    if card.by_hand:
        reasons.append(say("by hand"))
    elif card.why:
        reasons.append(wording.kept(card, say=say, now=now) or say.rule(card.why))
    return " · ".join(reasons)
