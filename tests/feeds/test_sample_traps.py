"""The sample's pages have the traps of the real product's pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.feeds.sample_files import Record, is_open, records

if TYPE_CHECKING:
    from collections.abc import Callable

HUMAN = {0, 4}

TRAPS: dict[str, Callable[[Record], bool]] = {
    "open, end is null": is_open,
    "no first response where nobody replied": lambda r: "conv_first_resp_wait_in_secs" not in r,
    "count as integer": lambda r: isinstance(r["conv_agent_msg_count"], int),
    "count as text": lambda r: isinstance(r["conv_agent_msg_count"], str),
    "count of zero beside an automatic agent message": lambda r: (
        r["conv_agent_msg_count"] == 0 and any(m["from"] == "agent" for m in r["conv_content"])
    ),
    "welcome": lambda r: any(m.get("type") == 1 for m in r["conv_content"]),
    "ending": lambda r: any(m.get("type") == 2 for m in r["conv_content"]),
    "evaluation": lambda r: any(m.get("type") == 3 for m in r["conv_content"]) and "comment_level" in r,
    "left message": lambda r: any(m.get("type") == 4 for m in r["conv_content"]),
    "bot": lambda r: any(m["from"] == "bot" for m in r["conv_content"]),
    "system": lambda r: any(m["from"] == "system" for m in r["conv_content"]),
    "image": lambda r: any(m.get("content_type") == "image" for m in r["conv_content"]),
    "file": lambda r: any(m.get("content_type") == "file" for m in r["conv_content"]),
    "messages of three keys": lambda r: any("type" not in m for m in r["conv_content"]),
    "agent null": lambda r: "agent_account" in r and r["agent_account"] is None,
    "agent absent": lambda r: "agent_account" not in r,
    "group absent though there is an agent": lambda r: bool(r.get("agent_ID")) and "group_id" not in r,
    "no tags field": lambda r: "conv_tags" not in r,
    "empty tags": lambda r: r.get("conv_tags") == [],
    "hand-made tags": lambda r: bool(r.get("conv_tags")),
    "wrap-up": lambda r: "summary_content" in r and "summary_update_at" in r,
    "no client_info": lambda r: "client_info" not in r,
    "no dev_client_id": lambda r: "dev_client_id" not in r,
    "empty visitor_tags": lambda r: r["visitor_tags"] == [],
    "missed": lambda r: r.get("missed") is True,
    "invalid": lambda r: r.get("effective") == "invalid",
    "transferred": lambda r: any(
        m["content"].startswith(("对话已由", "Conversation transf")) for m in r["conv_content"]
    ),
    "never wrote": lambda r: not any(m["from"] == "client" for m in r["conv_content"]),
    "asked and never answered": lambda r: (
        bool(r["conv_content"])
        and r.get("conv_visitor_msg_count") in {1, "1"}
        and r["conv_agent_msg_count"] in {2, "2"}
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_trap_occurs(trap: str) -> None:
    """Each trap of the documented format occurs, and is not the rule for all conversations."""
    found = sum(map(TRAPS[trap], records()))
    assert 5 <= found < len(records())


def test_times_have_no_zone() -> None:
    """Times are texts of microseconds without a zone; messages have no id."""
    shape = re.compile(r"2026-06-\d\d \d\d:\d\d:\d\d\.\d{6}")
    assert all(shape.fullmatch(record["conv_start_tm"]) for record in records())
    assert all(shape.fullmatch(m["timestamp"]) for record in records() for m in record["conv_content"])
    assert not any({"id", "msg_id", "message_id"} & set(m) for r in records() for m in r["conv_content"])
    assert all(
        m["agent_name"] is None for r in records() for m in r["conv_content"] if m["from"] == "client" and "type" in m
    )


def test_counts_leave_out_automatic_messages() -> None:
    """Counts are those of messages typed by people; where types are missing they are smaller or equal."""
    for record in records():
        for sender, key in (("agent", "conv_agent_msg_count"), ("client", "conv_visitor_msg_count")):
            typed = [m for m in record["conv_content"] if m["from"] == sender and m.get("type", 0) in HUMAN]
            if all("type" in m for m in record["conv_content"]):
                assert record[key] == len(typed), record["conv_id"]
            else:
                assert int(record[key]) <= len(typed), record["conv_id"]


def test_messages_are_in_order_and_inside() -> None:
    """Messages follow one another, none before the opening, none after the close."""
    for record in records():
        stamps = [m["timestamp"] for m in record["conv_content"]]
        assert stamps == sorted(stamps), record["conv_id"]
        assert stamps[0] >= record["conv_start_tm"], record["conv_id"]
        assert is_open(record) or stamps[-1] <= record["conv_end_tm"], record["conv_id"]
