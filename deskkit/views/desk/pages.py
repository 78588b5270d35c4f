"""A conversation as the page of its tab: plain data, everything already in words. Decides nothing."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from deskkit.desk import cards
from deskkit.desk.because import agent_name
from deskkit.desk.events import FACETS
from deskkit.text import visible
from deskkit.views.desk import wording
from deskkit.views.desk.deeds import listener
from deskkit.views.desk.fits import misfits
from deskkit.views.desk.lines import Lines
from deskkit.views.desk.rows import closed
from deskkit.views.words import LONGEST_FIELD, LONGEST_LINE, LONGEST_NAME, shortened, waiting_clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.views.words import Words

__all__ = ["LINES", "page", "wanted"]

_BETWEEN: Final = " / "
_LONGEST_PROMISE: Final = 1_000  # characters, so that its age is seen behind it
EARLIER: Final = 30  # conversations of the same customer that are listed
LINES: Final = 200  # latest messages of a page; more when asked for


def page(
    desk: Desk, name: str, *, say: Words, me: str, now: int, lines: int = LINES, drafting: Sequence[str] = (),
    drawn: Lines | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Return what stands in the tab of a conversation.

    Parameters
    ----------
    desk : Desk
    name : str
    say : Words
    me : str
        Who looks.
    now : int
        Milliseconds.
    lines : int, default 200
        How many of the latest messages and notes.
    drafting : sequence of str
        Who else writes here just now.
    drawn : Lines, optional
        Of this conversation, as they were drawn before.

    Returns
    -------
    dict
        Head (``n``, ``l``, ``s``, ``why``, ``chips``, ``w``, ``cl``), ``recap``, ``lines`` and whether there are
        ``more``, customer ``card``, ``earlier`` conversations, the part it goes ``on`` as, ``tags``, ``helpers``,
        ``misfits`` (to whom no rule would give it, and why), what one ``may`` do, ``hand``, ``pin`` (notes that stay),
        who is ``drafting``; which ``quick`` replies suit it, by their place among all, and what is put into their
        ``blanks``; ``to`` whom a whisper goes.
    """
    card = cards.conversation_card(desk, name)
    drawn = drawn or Lines(desk, name, say)
    shown, more = drawn.latest(lines)
    to = listener(card, me)
    return {
        "id": card.name,
        "n": say.customer(card),
        "l": card.level,
        "s": card.stage,
        "w": None if card.closed_at is not None or card.snoozed_until is not None else card.unanswered_since,
        "t": card.target_ms,
        "cl": closed(card, say=say, now=now) or None,
        "why": wording.why(desk, card, say=say, now=now),
        "chips": _chips(desk, card, say, now),
        "recap": _recap(desk, card, say, now),
        "lines": shown,
        "more": more,
        "card": [
            [shortened(one, LONGEST_FIELD) for one in (title, visible(value))]
            for title, value in wording.customer(desk, card, say=say, now=now)
        ],
        "earlier": _earlier(desk, name, say, now),
        "tags": _tags(card, say),
        "helpers": [{"k": one, "text": say.agent(desk, one)} for one in card.helpers],
        "misfits": misfits(desk, name, say=say) if card.closed_at is None else {},
        "to": {"k": to, "text": say.agent(desk, to)} if to else None,
        "on": _in_short(desk, desk.goes_on_as(name), say, now) if name in desk.going_on else None,
        "may": sorted(cards.allowed(desk, name)),
        "hand": card.level if card.by_hand else -1,
        "pin": drawn.pinned,
        "drafting": list(drafting),
        "quick": [
            place
            for place, one in enumerate(desk.policy.quick)
            if one.suits(agent=me, group=card.group, language=card.language)
        ],
        "blanks": {"customer": _to_write(card.customer_name, say), "agent": _own_name(desk, me)},
    }


def wanted(desk: Desk, message: Mapping[str, Any], *, before: int) -> int:
    """Return how many of the latest lines a browser asks for.

    Parameters
    ----------
    desk : Desk
    message : mapping
        "less" asks for as many as ever; "more" for more than before, or, where it names a ``line``, as they are called
        in a page, for so many that it is among them.
    before : int
        How many it has.
    """
    if message["type"] == "less":
        return LINES
    if "line" not in message:
        return before + LINES
    line = str(message["line"])
    if not line.isdecimal() or desk.conversations.find(message["id"]) < 0:
        return before  # no page shows such a line
    behind = len(desk.messages[desk.exactly(message["id"])]) - int(line)
    return max(before, -(-behind // LINES) * LINES)


def _to_write(name: str, say: Words) -> str:
    """Return a name as it may stand in a text to the customer: what is a number, or no name, is better left out."""
    return name if len(name) <= LONGEST_NAME and name == visible(say.personal(name)) else ""


def _own_name(desk: Desk, me: str) -> str:
    profile = desk.profiles.get(me)
    return (profile.nick if profile else "") or agent_name(desk, me)


def _chips(desk: Desk, card: ConversationCard, say: Words, now: int) -> list[str]:
    chips = [say.stage(card.stage), say.group(desk, card.group)]
    chips.append(say.agent(desk, card.owner) if card.owner else say("no owner"))
    chips += [say("helper: {agent}", agent=say.agent(desk, one)) for one in card.helpers]
    if card.snoozed_until is not None:
        chips.append(say("until {time}", time=say.time(card.snoozed_until, now=now)))
    return chips


def _recap(desk: Desk, card: ConversationCard, say: Words, now: int) -> list[list[str]]:
    """Return what one needs on switching back: the matter, what is unanswered, the promise and its age."""
    known = cards.recap(desk, card.name)
    rows = [[say("Matter"), say.personal(known.first, LONGEST_LINE)]]
    if known.unanswered:
        rows.append([say("Unanswered"), _joined(known.unanswered, say)])
    if known.promised_at is not None:
        promise = say.personal(known.promise, _LONGEST_PROMISE)
        rows.append([say("Promised"), f"{promise} ({say.ago(now - known.promised_at)})"])
    if known.waiting_since is not None and card.closed_at is None:
        target = waiting_clock(card.target_ms)
        since = say.time(known.waiting_since, now=now)
        rows.append([say("Waits"), say("since {time}, target {target}", time=since, target=target)])
    return [[title, visible(value)[:LONGEST_LINE]] for title, value in rows if value]


def _joined(texts: Sequence[str], say: Words) -> str:
    """Return the beginning of several texts, as much as one line may hold; what stands behind it is not looked at."""
    parts: list[str] = []
    left = LONGEST_LINE
    for text in texts:
        if left > 0:
            parts.append(say.personal(text, left))
            left -= len(text) + len(_BETWEEN)
    return _BETWEEN.join(parts)


def _earlier(desk: Desk, name: str, say: Words, now: int) -> list[dict[str, str]]:
    """Return the customer's latest conversations before this one, each with its id; without one: that there are more.

    A feed that tells no visitor from another gives one customer thousands.
    """
    names = list(islice(cards.earlier(desk, name), EARLIER + 1))
    shown = [_in_short(desk, one, say, now) for one in names[:EARLIER]]
    return shown if len(names) <= EARLIER else [*shown, {"k": "", "text": say("Older ones are found by a search")}]


def _in_short(desk: Desk, name: str, say: Words, now: int) -> dict[str, str]:
    """Return another conversation of the customer, or another part of this one, as it is to be opened."""
    card = cards.conversation_card(desk, name)
    owner = say.agent(desk, card.owner) if card.owner else "–"
    return {"k": card.name, "text": f"{say.time(card.opened, now=now)} · {say.stage(card.stage)} · {owner}"}


def _tags(card: ConversationCard, say: Words) -> list[dict[str, Any]]:
    ordered = sorted(card.tags, key=lambda tag: (FACETS.index(tag.facet), tag.name))
    shown = [(tag, visible(say.personal(tag.name))) for tag in ordered]
    return [{"f": tag.facet, "k": key, "text": say.tag(tag.name), "hand": tag.by_hand} for tag, key in shown]
