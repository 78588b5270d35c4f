"""Chats in the shape of Zendesk Chat's incremental export, written by hand, and a way to import them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from deskkit.clock import instant
from deskkit.feeds.zendesk import import_zendesk
from deskkit.log import MemoryLog

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog


def utc(clock: str) -> int:
    """Return an instant of 18 June 2026, UTC."""
    return instant(f"2026-06-18T{clock}Z")


def entry(kind: str, clock: str, nick: str = "", **more: object) -> dict[str, Any]:
    """Return a history entry of 18 June 2026."""
    return {"type": f"chat.{kind}", "timestamp": f"2026-06-18T{clock}Z", "nick": nick, **more}


CHAT: dict[str, Any] = {
    "id": "2606.100.abc",
    "type": "chat",
    "timestamp": "2026-06-18T10:00:00Z",
    "end_timestamp": "2026-06-18T10:10:00.500Z",
    "duration": 600,
    "department_id": 8,
    "department_name": "Billing",
    "agent_ids": ["11", "12"],
    "agent_names": ["Ada", "Bo"],
    "started_by": "visitor",
    "triggered": True,
    "triggered_response": True,
    "missed": False,
    "dropped": False,
    "unread": False,
    "rating": "good",
    "comment": "fast",
    "tags": ["refund", "vip"],
    "zendesk_ticket_id": None,
    "count": {"visitor": 2, "agent": 2, "total": 4},
    "response_time": {"first": 30, "avg": 25.0, "max": 30},
    "visitor": {"id": "v-9", "name": "Wang", "email": "wang@shop.example", "phone": "", "notes": "tall"},
    "session": {"ip": "203.0.113.7"},
    "webpath": [{"from": "", "to": "https://shop.example/"}],
    "conversions": [],
    "history": [
        entry("memberjoin", "10:00:00", "visitor", name="Wang"),
        entry("msg", "10:00:02", "agent:trigger", name="Shop", msg="Hello, anything we can do?", msg_id="m0"),
        entry("msg", "10:00:10", "visitor", name="Wang", msg="my refund?", msg_id="m1"),
        entry("memberjoin", "10:00:20", "agent:11", name="Ada"),
        entry("msg", "10:00:40.250", "agent:11", name="Ada", msg="one moment", msg_id="m2"),
        entry("change_department", "10:01:00", "agent:11", department_id=8, department_name="Billing",
              prev_department_id=7),
        entry("memberleave", "10:01:01", "agent:11", name="Ada"),
        entry("memberjoin", "10:01:30", "agent:12", name="Bo"),
        entry("msg", "10:02:00", "visitor", name="Wang", msg="still there?", msg_id="m3"),
        entry("msg", "10:02:20", "agent:12", name="Bo", msg="refunded", msg_id="m4"),
        entry("tag", "10:03:00", "agent:12", tags=[], new_tags=["refund"]),
        entry("request.rating", "10:04:00", "agent:12"),
        entry("rating", "10:05:00", "visitor", rating=None, new_rating="good"),
        entry("comment", "10:05:10", "visitor", comment=None, new_comment="fast"),
        entry("memberleave", "10:10:00", "visitor"),
        entry("memberleave", "10:10:00.400", "agent:12"),
    ],
}  # fmt: skip

MISSED: dict[str, Any] = {
    "id": "2606.101.abc",
    "type": "chat",
    "timestamp": "2026-06-18T11:00:00Z",
    "end_timestamp": "2026-06-18T11:02:00Z",
    "duration": 120,
    "agent_ids": [],
    "agent_names": [],
    "missed": True,
    "dropped": False,
    "count": {"visitor": 1, "agent": 0, "total": 1},
    "response_time": {"first": None, "avg": None, "max": None},
    "visitor": {"id": "v-10", "name": ""},
    "history": [entry("msg", "11:00:05", "visitor", msg="hello?", msg_id="x1")],
}

OFFLINE: dict[str, Any] = {
    "id": "2606.102.abc",
    "type": "offline_msg",
    "timestamp": "2026-06-18T23:00:00Z",
    "message": "call me tomorrow",
    "department_name": "Sales",
    "zendesk_ticket_id": 4711,
    "visitor": {"id": "v-9", "name": "Wang"},
    "tags": [],
}


def imported(
    folder: Path, *chats: object, log: EventLog | None = None, name: str = "chats.json"
) -> tuple[EventLog, ImportReport]:
    """Import items as one page into a log, a new one by default."""
    log = MemoryLog() if log is None else log
    path = folder / name
    path.write_text(json.dumps({"chats": chats, "count": len(chats), "next_page": None}), encoding="utf-8")
    return log, import_zendesk([path], log, received_at=0)
