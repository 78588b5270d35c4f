"""The sample as one CSV: a row per message, the conversation's columns repeated. Times carry their zone."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from deskkit.feeds.sample.meiqia_pages import (
    conversation_id,
    conversation_tags,
    customer_tags,
    membership,
    summary,
)
from deskkit.feeds.sample.records import ENDING, REMARK, WELCOME, Conversation, local

if TYPE_CHECKING:
    from deskkit.feeds.sample.records import Message

COLUMNS = (
    "conversation_id",
    "opened_at",
    "closed_at",
    "closed_by",
    "customer_id",
    "customer_name",
    "customer_tags",
    "orders",
    "spend",
    "last_order",
    "membership",
    "group",
    "agent",
    "agent_name",
    "conversation_tags",
    "rating",
    "summary",
    "seq",
    "sent_at",
    "sender",
    "sender_name",
    "automatic",
    "content_type",
    "text",
)


def table(conversations: list[Conversation], end: int) -> str:
    """Return the text of the CSV.

    Parameters
    ----------
    conversations : list of Conversation
        In the order of their opening.
    end : int, milliseconds UTC
        The instant of the export; what happens later is not in it.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in conversations:
        said = [message for message in sorted(one.messages, key=lambda m: m.at) if message.at < end]
        head = _head(one, said, end)
        writer.writerows(head + _row(place, message) for place, message in enumerate(said, start=1))
    return out.getvalue()


def _iso(at: int | None) -> str:
    return "" if at is None else local(at).isoformat(timespec="milliseconds")


def _head(one: Conversation, said: list[Message], end: int) -> list[str]:
    closed = one.closed if one.closed is not None and one.closed < end else None
    customer, agent = one.customer, one.agent
    known = customer.dev_client_id is not None
    return [
        str(conversation_id(one)),
        _iso(one.opened),
        _iso(closed),
        one.closed_by if closed is not None else "",
        customer.dev_client_id or str(customer.client_id),
        customer.name,
        ";".join(customer_tags(customer)),
        str(customer.orders) if known else "",
        f"{customer.spend // 100}.{customer.spend % 100:02d}" if known and customer.orders else "",
        f"{local(customer.last_order):%Y-%m-%d}" if known and customer.last_order else "",
        membership(customer) if known else "",
        one.group if agent else "",
        agent.id if agent else "",
        agent.name if agent else "",
        ";".join(conversation_tags(one, said)),
        "" if one.rating is None or closed is None else str(one.rating),
        summary(one, closed) or "",
    ]


def _row(place: int, message: Message) -> list[str]:
    automatic = message.type in {WELCOME, ENDING} or message.sender in {"system", "bot"}
    kind = "rating" if message.type == REMARK else message.content_type
    return [
        str(place),
        _iso(message.at),
        {"client": "customer"}.get(message.sender, message.sender),
        message.name or "",
        "1" if automatic else "0",
        kind,
        message.content,
    ]
