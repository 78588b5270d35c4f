"""The end of a conversation: rating, what the customer will remember; and the conversations of the night."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskkit.feeds.sample import paces
from deskkit.feeds.sample.draw import Draw
from deskkit.feeds.sample.records import (
    ENDING,
    LEFT,
    MESSAGE,
    MINUTE,
    REMARK,
    SECOND,
    WELCOME,
    Contact,
    Message,
)
from deskkit.feeds.sample.script import phrases

if TYPE_CHECKING:
    from deskkit.feeds.sample.phrase import Said
    from deskkit.feeds.sample.records import Conversation

_BAD, _NEUTRAL, _GOOD = 0, 1, 2
_SLOW = 6 * MINUTE


def after_close(conversation: Conversation) -> None:
    """Rate, and remember the contact."""
    customer = conversation.customer
    customer.busy = False
    at = conversation.closed or conversation.opened
    if conversation.agent is not None:
        _rate(conversation, at)
    customer.contacts.append(
        Contact(
            at=at,
            agent=conversation.agent.nick if conversation.agent else "",
            article=conversation.speaker.slots["p"],
            unresolved=conversation.unresolved and conversation.agent is not None,
        )
    )


def _rate(conversation: Conversation, at: int) -> None:
    draw = Draw("rating", conversation.number, conversation.opened)
    upset = conversation.script.end == "angry" or conversation.longest_wait > _SLOW or conversation.unresolved
    share = paces.RATES * (0.5 if conversation.gone else 1.0) * (1.3 if upset else 1.0)
    never = conversation.first_reply is None or conversation.script.end == "quit"
    if never or not draw.chance(share):
        return
    weights = (0.42, 0.22, 0.36) if upset else (0.03, 0.08, 0.89)
    if conversation.gone:
        weights = (0.6, 0.25, 0.15)
    level = draw.weighted((_BAD, _NEUTRAL, _GOOD), weights)
    conversation.rating = level
    texts = phrases(conversation.script.lang)
    word = texts["rating_words"][level]
    remark = draw.pick(texts[("rated_bad", "rated_neutral", "rated_good")[level]])
    content = f"{word} {remark}".strip()
    last = max(message.at for message in conversation.messages if message.sender == "agent")
    if conversation.closed_by == "timeout":
        at = last + (10 + draw.below(90)) * SECOND
    conversation.post(Message(at - 1 - draw.below(900), "client", REMARK, "text", content))


def closed_at_night(conversation: Conversation) -> None:
    """Play a conversation with the robot: a question, an answer that does not fit, a message left."""
    draw, speaker, at = conversation.draw, conversation.speaker, conversation.opened
    manner = conversation.customer.manner
    conversation.post(_bot(at + 400, speaker.fill("{@night}"), WELCOME))
    at += draw.along(paces.FIRST_WORD)
    if not draw.chance(paces.NEVER_WRITES * 3):
        for said in speaker.messages(conversation.steps[0].wordings, manner):
            at += draw.along(paces.NEXT_IN_BURST)
            conversation.post(_client(at, said, MESSAGE))
        if draw.chance(0.6):
            conversation.post(_bot(at + 700, speaker.fill("{@night_faq}"), MESSAGE))
        if draw.chance(0.75):
            at += draw.along(paces.ANSWER)
            for said in speaker.messages(("{@night_left}",), manner):
                at += draw.along(paces.NEXT_IN_BURST)
                conversation.post(_client(at, said, LEFT))
    conversation.gone = True
    conversation.closed = at + paces.OPENED_SILENT_MS
    conversation.closed_by = "timeout"
    ending = Message(conversation.closed - SECOND // 5, "system", ENDING, "text", speaker.fill("{@timeout}"))
    conversation.post(ending)
    after_close(conversation)


def _bot(at: int, text: str, kind: int) -> Message:
    return Message(at, "bot", kind, "text", text)


def _client(at: int, said: Said, kind: int) -> Message:
    return Message(at, "client", kind, said.content_type, said.content)
