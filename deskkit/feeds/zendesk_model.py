"""The words of Zendesk Chat's incremental export: fields of a chat, kinds of history entries, ratings.

Data only; every field is optional in what was seen. What a field becomes stands in `zendesk_facts`.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "COMPARED",
    "DROPPED",
    "HISTORY",
    "HISTORY_DROPPED",
    "LISTS",
    "RATINGS",
    "STORED",
    "VISITOR",
    "VISITOR_DROPPED",
]

LISTS: Final = frozenset({"chats"})
"""Keys of a page under which its chats stand."""

STORED: Final = (
    "id", "type", "timestamp", "end_timestamp", "duration", "update_timestamp", "department_id", "department_name",
    "agent_ids", "agent_names", "started_by", "rating", "comment", "tags", "zendesk_ticket_id", "visitor", "message",
    "history",
)  # fmt: skip

COMPARED: Final = ("missed", "dropped", "triggered", "triggered_response", "count", "response_time")
"""Derived by Zendesk: held against the history and never stored."""

DROPPED: Final = (
    "session", "webpath", "conversions", "referrer_search_terms", "referrer_search_engine", "unread", "deleted",
)  # fmt: skip

VISITOR: Final = ("id", "name")
VISITOR_DROPPED: Final = ("email", "phone", "notes")

HISTORY: Final = (
    "type", "timestamp", "name", "nick", "msg", "msg_id", "options", "department_id", "department_name",
    "prev_department_id", "tags", "new_tags", "rating", "new_rating", "comment", "new_comment", "sender_type",
    "agent_id", "attachment",
)  # fmt: skip

HISTORY_DROPPED: Final = ("channel", "skills_name", "conversion", "index")

RATINGS: Final[dict[object, int]] = {"good": 1, "bad": -1, "neutral": 0, 1: 1, 0: -1}
