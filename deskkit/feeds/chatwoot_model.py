"""The words of Chatwoot's API and webhooks: fields of conversations and messages, kinds, levels.

Data only; every field is optional, for versions and forks differ. What a field becomes stands in
`chatwoot_facts` and `chatwoot_messages`.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "CONVERSATION", "CONVERSATION_DROPPED", "EVENTS", "LISTS", "MESSAGE", "MESSAGE_DROPPED", "MESSAGE_TYPES",
    "PERSONAL", "PRIORITIES", "STARS", "STATUSES", "TIMES",
]  # fmt: skip

LISTS: Final = frozenset({"payload", "data.payload"})
"""Keys of a page under which its conversations or messages stand."""

EVENTS: Final = frozenset({
    "conversation_created", "conversation_updated", "conversation_status_changed", "message_created",
    "message_updated",
})  # fmt: skip

CONVERSATION: Final = (
    "id", "account_id", "account", "status", "priority", "labels", "messages", "meta", "snoozed_until", "created_at",
    "updated_at", "last_activity_at", "timestamp", "changed_attributes", "channel", "event",
)  # fmt: skip

CONVERSATION_DROPPED: Final = (
    "uuid", "inbox_id", "unread_count", "can_reply", "additional_attributes", "custom_attributes", "contact_inbox",
    "first_reply_created_at", "waiting_since", "agent_last_seen_at", "assignee_last_seen_at", "contact_last_seen_at",
    "last_non_activity_message", "muted", "sla_policy_id", "applied_sla", "sla_events",
)  # fmt: skip

TIMES: Final = frozenset({
    "snoozed_until", "created_at", "updated_at", "last_activity_at", "timestamp", "first_reply_created_at",
    "waiting_since", "agent_last_seen_at", "assignee_last_seen_at", "contact_last_seen_at",
})  # fmt: skip
"""Fields in which 0 stands for never."""

MESSAGE: Final = (
    "id", "account_id", "account", "content", "conversation_id", "conversation", "message_type", "content_type",
    "status", "content_attributes", "created_at", "updated_at", "private", "sender", "sender_type", "attachments",
    "event",
)  # fmt: skip

MESSAGE_DROPPED: Final = (
    "inbox_id", "inbox", "source_id", "echo_id", "sender_id", "external_source_ids", "additional_attributes",
    "processed_message_content", "sentiment",
)  # fmt: skip

PERSONAL: Final = frozenset({"email", "phone_number", "phone", "ip", "city", "country", "address", "birthday"})
"""Keys of a contact's own attributes that are not stored."""

STATUSES: Final[dict[object, str]] = {
    "open": "open", "resolved": "resolved", "pending": "pending", "snoozed": "snoozed",
    0: "open", 1: "resolved", 2: "pending", 3: "snoozed",
}  # fmt: skip

PRIORITIES: Final[dict[object, int]] = {"low": 0, "medium": 1, "high": 2, "urgent": 3, 0: 0, 1: 1, 2: 2, 3: 3}

MESSAGE_TYPES: Final[dict[object, str]] = {
    "incoming": "incoming", "outgoing": "outgoing", "activity": "activity", "template": "template",
    0: "incoming", 1: "outgoing", 2: "activity", 3: "template",
}  # fmt: skip

STARS: Final[dict[object, int]] = {1: -1, 2: -1, 3: 0, 4: 1, 5: 1}
"""A satisfaction survey has 1 to 5 stars: 1 and 2 are bad, 3 is neutral, 4 and 5 are good."""
