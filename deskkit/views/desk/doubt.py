"""Whether a reply may be in the wrong tab: it names another open customer, or another conversation's number.

Asked once before it is sent; whoever is sure sends it all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskkit.desk import cards
from deskkit.text import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.views.words import Words

__all__ = ["doubt"]

NUMBER: Final = re.compile(r"\d{6,}")  # an order number, or part of one; matched against texts of our own side only
SHORTEST_NAME: Final = 2


def doubt(desk: Desk, name: str, text: str, others: Iterable[ConversationCard], *, say: Words) -> str:
    """Return in words why a reply may not be meant for this conversation; empty where nothing speaks for it.

    Parameters
    ----------
    desk : Desk
    name : str
        The conversation the reply is to go to.
    text : str
    others : iterable of ConversationCard
        The open conversations; this one among them is passed over.
    say : Words
    """
    folded = fold_text(text)
    own = cards.conversation_card(desk, name)
    here = _said(desk, name) + fold_text(own.customer_name)
    numbers = [number for number in NUMBER.findall(folded) if number not in here]
    for card in others:
        if card.name == own.name or card.customer == own.customer:
            continue
        other = fold_text(card.customer_name)
        if len(other) >= SHORTEST_NAME and other in folded and other not in here:
            return say("The text names {customer}, who has another open conversation.", customer=say.customer(card))
        if numbers and (found := next((one for one in numbers if one in _said(desk, card.name)), "")):
            return say(
                "The text has the number {number}, which belongs to the conversation of {customer}.",
                number=say.personal(found), customer=say.customer(card),
            )  # fmt: skip
    return ""


def _said(desk: Desk, name: str) -> str:
    messages = desk.messages[desk.conversation(name)]
    return "\n".join(fold_text(message.text) for message in messages if hasattr(message, "text"))
