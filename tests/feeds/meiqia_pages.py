"""Conversations in the shapes Meiqia has sent, written by hand, and a way to import them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from deskkit.feeds.meiqia import import_meiqia
from deskkit.log import MemoryLog

if TYPE_CHECKING:
    from pathlib import Path

    from deskkit.desk.events import Event
    from deskkit.feeds.report import ImportReport
    from deskkit.log import EventLog

ZONE = "Asia/Shanghai"

# As of 2017: no group, no count but integers, messages of three fields, a promotion nobody typed.
OLD: dict[str, Any] = {
    "enterprise_id": 40001,
    "page_land_url": "http://shop.example/land",
    "search_engine_name": "baidu",
    "visitor_ip": "203.0.113.64",
    "visitor_location": "北京",
    "visitor_os": "Windows XP",
    "visitor_browser": "Chrome",
    "visitor_tags": [],
    "client_id": 50000043,
    "client_info": {"_m_track_id": "0145b7", "visitor_name": "#79253"},
    "agent_account": "qian@shop.example",
    "agent_name": "倩倩",
    "agent_ID": "100006",
    "conv_id": 68000008,
    "conv_start_tm": "2017-04-20 10:42:33.465659",
    "conv_end_tm": "2017-04-20 10:43:05.976460",
    "conv_content": [
        {"from": "agent", "timestamp": "2017-04-20 10:42:35.494490", "content": "[推广消息]"},
    ],
    "conv_agent_msg_count": 0,
    "conv_visitor_msg_count": 0,
}


def said(sender: str | int, clock: str, content: object, **more: object) -> dict[str, Any]:
    """Return a message of 18 June 2026 in the shape of 2026; `clock` is like ``10:30:00.5``."""
    seconds, _, fraction = clock.partition(".")
    message: dict[str, Any] = {
        "from": sender,
        "timestamp": f"2026-06-18 {seconds}.{fraction:0<6}",
        "content": content,
        "content_type": "text",
        "type": "message",
        "agent_name": "陈晨" if sender == "agent" else None,
    }
    return message | more


# As of 2026: groups, channels, wrap-up, typed messages.
NEW: dict[str, Any] = {
    "enterprise_id": 40001,
    "dev_client_id": "u-778",
    "visitor_ip": "203.0.113.7",
    "visitor_tags": ["VIP", "老客户"],
    "client_id": 50000077,
    "client_info": {
        "name": "王小姐",
        "tel": "13800000000",
        "orders": "12",
        "spend": "¥3,400.50",
        "last_order": "2026-06-01 09:00:00",
        "membership": "gold",
        "shoe_size": 38,
    },
    "agent_account": "chen@shop.example",
    "agent_name": "陈晨",
    "agent_nick_name": "小晨",
    "agent_ID": "100009",
    "group_id": "31",
    "group_name": "售后",
    "conv_id": 68000100,
    "conv_start_tm": "2026-06-18 10:30:00.000000",
    "conv_end_tm": "2026-06-18 10:40:00.000000",
    "conv_first_resp_wait_in_secs": 31,
    "conv_content": [
        said("system", "10:30:00.1", "欢迎", type="welcome"),
        said("agent", "10:30:01", "您好，请问有什么可以帮您？", type="welcome"),
        said("client", "10:30:10.123999", "订单还没到"),
        said("agent", "10:30:31", "我查一下"),
        said("client", "10:31:00", "https://img.example/a/b/receipt.png?sig=1", content_type="image"),
        said("agent", "10:32:00", "已经补发"),
        said("agent", "10:39:59", "感谢咨询", type="ending"),
    ],
    "conv_agent_msg_count": 2,
    "conv_visitor_msg_count": 2,
    "conv_tags": ["补发"],
    "conv_quality_grade": "金牌",
    "comment_level": 2,
    "summary_content": "包裹丢失，补发",
    "summary_update_at": "2026-06-18 10:41:00",
    "platform": "web",
    "main_channel": "官网",
}


def saved(folder: Path, *values: object, name: str = "page.json") -> Path:
    """Write values into one file, as JSON lines if there are several."""
    path = folder / name
    path.write_text("\n".join(json.dumps(value, ensure_ascii=False) for value in values), encoding="utf-8")
    return path


def imported(
    folder: Path, *values: object, log: EventLog | None = None, name: str = "page.json", **more: Any
) -> tuple[EventLog, ImportReport]:
    """Import values into a log, a new one by default."""
    log = MemoryLog() if log is None else log
    report = import_meiqia([saved(folder, *values, name=name)], log, zone=ZONE, received_at=0, **more)
    return log, report


def facts(log: EventLog, *kinds: type[Event]) -> list[Any]:
    """Return the events of a log, of some kinds or all."""
    return [stored.event for stored in log.read(kinds=kinds or None)]


def without(conversation: dict[str, Any], *fields: str) -> dict[str, Any]:
    """Return a conversation without some of its fields."""
    return {key: value for key, value in conversation.items() if key not in fields}
