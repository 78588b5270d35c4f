"""What is asked once before it is done: a reply that may be in the wrong tab, more work than an agent may hold.

Whoever is sure does it all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskkit.desk import cards, core
from deskkit.desk import columns as k
from deskkit.desk.events import OwnerSet
from deskkit.desk.tagging import LOOKED_AT
from deskkit.text import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deskkit.desk.cards import ConversationCard
    from deskkit.desk.desk import Desk
    from deskkit.desk.events import Fact
    from deskkit.views.words import Words

__all__ = ["doubt", "too_much"]

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
    return "\n".join(fold_text(message.text[:LOOKED_AT]) for message in messages if hasattr(message, "text"))


def too_much(desk: Desk, facts: Sequence[Fact], *, say: Words) -> str:
    """Return in words that an agent would hold more than may be; empty where all given would fit.

    Parameters
    ----------
    desk : Desk
    facts : sequence of Fact
        Of one deed.
    say : Words
    """
    given = [fact for fact in facts if isinstance(fact, OwnerSet) and fact.agent]
    if not given:
        return ""
    one, name = desk.state.agent[desk.agent(given[0].agent)], given[0].agent
    new = [desk.state.conversation[desk.conversation(fact.conversation)] for fact in given]
    units = sum(core.weigh(desk.tables, row) for row in new if row[k.OWNER_OF] != desk.agent(name))
    if units == 0 or one[k.HOLDS] + units <= one[k.LIMIT]:
        return ""
    return say(
        "{agent} would hold {load} of {capacity} units.",
        agent=say.agent(desk, name), load=f"{(one[k.HOLDS] + units) / 1000:g}", capacity=f"{one[k.LIMIT] / 1000:g}",
    )  # fmt: skip
