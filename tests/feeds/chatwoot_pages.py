"""Conversations and messages in the shapes Chatwoot sends, written by hand, and a way to import them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from deskkit.clock import instant
from deskkit.feeds.chatwoot import import_chatwoot
from deskkit.log import MemoryLog

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog


def seconds(clock: str) -> int:
    """Return an instant of 18 June 2026 as Unix seconds."""
    return instant(f"2026-06-18T{clock}Z") // 1000


ADA = {"id": 11, "name": "Ada", "type": "user"}
BO = {"id": 12, "name": "Bo", "type": "user"}
WANG = {
    "id": 501,
    "name": "Wang",
    "email": "wang@shop.example",
    "phone_number": "+8613800000000",
    "identifier": "u-778",
    "custom_attributes": {"orders": "3", "membership": "gold", "phone": "13800000000"},
    "type": "contact",
}
BOT = {"id": 3, "name": "Robo", "type": "agent_bot"}


def message(number: int, kind: str | int, clock: str, content: str | None, **more: object) -> dict[str, Any]:
    """Return a message of conversation 7, as the API lists it."""
    return {
        "id": number,
        "content": content,
        "inbox_id": 1,
        "conversation_id": 7,
        "message_type": kind,
        "content_type": "text",
        "status": "sent",
        "content_attributes": {},
        "created_at": seconds(clock),
        "private": False,
        "source_id": None,
        **more,
    }


SURVEY: dict[str, Any] = {"csat_survey_response": {"rating": 5, "feedback_message": "thanks"}}

MESSAGES: list[dict[str, Any]] = [
    message(900, 0, "10:00:00", "where is my order?", sender=WANG),
    message(901, 3, "10:00:00", "We are here soon", sender=None),
    message(902, 2, "10:00:20", "Assigned to Ada", sender=None),
    message(903, 1, "10:00:25", "ask the warehouse first", private=True, sender=ADA),
    message(904, 1, "10:00:40", "let me look", sender=ADA),
    message(905, 0, "10:01:00", None, sender=WANG, attachments=[
        {"id": 1, "file_type": "image", "data_url": "https://shop.example/blobs/x/box%201.png?sig=1", "file_size": 9},
    ]),
    message(906, 1, "10:02:00", "sent again", sender=ADA),
    message(907, 1, "10:02:01", "Anything else?", sender=BOT),
    message(908, 3, "10:05:00", "Please rate", content_type="input_csat", sender=None,
            content_attributes={"submitted_values": SURVEY}),
]  # fmt: skip

CONVERSATION: dict[str, Any] = {
    "id": 7,
    "account_id": 1,
    "inbox_id": 1,
    "uuid": "aa-bb",
    "status": "resolved",
    "priority": "high",
    "labels": ["refund", "vip"],
    "messages": [MESSAGES[6]],
    "meta": {
        "sender": WANG,
        "channel": "Channel::WebWidget",
        "assignee": ADA,
        "assignee_type": "User",
        "team": {"id": 4, "name": "after-sales"},
        "hmac_verified": False,
    },
    "unread_count": 0,
    "can_reply": True,
    "additional_attributes": {"browser": {}},
    "custom_attributes": {},
    "snoozed_until": None,
    "first_reply_created_at": seconds("10:00:40"),
    "waiting_since": 0,
    "agent_last_seen_at": seconds("10:05:00"),
    "contact_last_seen_at": 0,
    "last_activity_at": seconds("10:05:00"),
    "timestamp": seconds("10:05:00"),
    "created_at": seconds("10:00:00"),
    "updated_at": seconds("10:05:30") + 0.25,
}


def hook(event: str, record: dict[str, Any], **more: object) -> dict[str, Any]:
    """Return a webhook about a record."""
    return {**record, "event": event, "account": {"id": 1, "name": "Shop"}, **more}


def page(*conversations: object) -> dict[str, Any]:
    """Return a list of conversations as the API answers."""
    return {"data": {"meta": {"all_count": len(conversations)}, "payload": list(conversations)}}


def thread(*messages: object) -> dict[str, Any]:
    """Return a list of messages as the API answers."""
    return {"meta": {"labels": []}, "payload": list(messages)}


def imported(
    folder: Path, *values: object, log: EventLog | None = None, name: str = "saved.jsonl", **more: Any
) -> tuple[EventLog, ImportReport]:
    """Import values as JSON lines into a log, a new one by default."""
    log = MemoryLog() if log is None else log
    path = folder / name
    path.write_text("\n".join(json.dumps(value, ensure_ascii=False) for value in values), encoding="utf-8")
    return log, import_chatwoot([path], log, received_at=0, **more)
