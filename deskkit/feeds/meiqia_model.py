"""The words of Meiqia's API V2.0: fields of a conversation, senders, kinds of messages.

Data only. Where the documentation and what was seen differ, both are accepted, and the other form is counted
as coerced. What a field becomes stands in `meiqia_facts`.
"""

from __future__ import annotations

from typing import Final

__all__ = [
    "ACTIONS",
    "AUTOMATIC",
    "COMPARED",
    "CONTENT",
    "DROPPED",
    "ENDING",
    "HUMAN",
    "KINDS",
    "LISTS",
    "PERSONAL",
    "PLACEHOLDERS",
    "RATINGS",
    "REMARK",
    "SENDERS",
    "STORED",
]  # fmt: skip

LISTS: Final = frozenset({"result", "data"})
"""Keys of a page under which its conversations stand."""

STORED: Final = (
    "conv_id", "client_id", "dev_client_id", "client_info", "visitor_tags", "agent_account", "agent_ID",
    "agent_name", "agent_nick_name", "group_name", "group_id", "platform", "main_channel", "sub_channel",
    "conv_start_tm", "conv_end_tm", "conv_content", "conv_tags", "conv_quality_grade", "comment_level",
    "summary_content", "summary_update_at",
)  # fmt: skip

COMPARED: Final = ("conv_agent_msg_count", "conv_visitor_msg_count", "conv_first_resp_wait_in_secs", "missed")
"""Derived by Meiqia: held against the messages and never stored."""

DROPPED: Final = (
    "visitor_ip", "visitor_location", "visitor_os", "visitor_browser", "conv_leads",  # personal
    "page_from_url", "page_land_url", "page_land_title", "page_conv_url", "page_conv_title",
    "search_engine_name", "search_engine_kw", "source_type", "source_field",
    "advertiser_id", "advertiser_name", "campaign_id", "campaign_name", "creativity_id", "creativity_name",
    "agent_resp_duration", "effective", "enterprise_id",  # derived, or the same for all
)  # fmt: skip

PERSONAL: Final = frozenset(
    {"tel", "weixin", "weibo", "qq", "address", "email", "avatar", "gender", "age", "name", "visitor_name"}
)
"""Keys of `client_info` that are not stored among a customer's fields; the name is stored as the name."""

SENDERS: Final[dict[object, str]] = {
    "client": "client", "agent": "agent", "system": "system", "bot": "bot",
    0: "client", 1: "agent", 2: "system", 3: "bot",
}  # fmt: skip

HUMAN, AUTOMATIC, REMARK, ACTION = "human", "automatic", "remark", "action"

KINDS: Final[dict[object, str]] = {
    "message": HUMAN, "reply": HUMAN,  # a reply is a left message
    "welcome": AUTOMATIC, "ending": AUTOMATIC,
    "promotion": AUTOMATIC, "promotional": AUTOMATIC,
    "remark": REMARK, "client_evaluation": REMARK,
    0: HUMAN, 1: AUTOMATIC, 2: AUTOMATIC, 3: REMARK, 4: HUMAN,
}  # fmt: skip

ENDING: Final[dict[object, str]] = {"ending": "ending", 2: "ending"}
"""Kinds of the text at the end of a conversation; one from the system tells that no agent ended it."""

ACTIONS: Final = frozenset({
    "init_conv", "end_conv_agent", "end_conv_timeout", "agent_redirect", "agent_inputting",
    "invite_evaluation", "ticket_reply", "agent_update", "black_add", "black_del", "queue_add",
    "queue_remove", "withdraw_msg",
})  # fmt: skip
"""Kinds that record what happened; nobody wrote them."""

PLACEHOLDERS: Final = frozenset({"[推广消息]"})
"""What stands in an export of 2017 in the place of an automatic promotional message."""

CONTENT: Final[dict[object, str]] = {
    "text": "text", "image": "image", "photo": "image", "voice": "voice", "audio": "voice",
    "file": "file", "bot": "bot", "rich_text": "rich_text", "card": "card", "hybrid": "hybrid",
    "video": "video", 0: "text", 1: "image", 2: "voice", 3: "file", 4: "bot", 5: "rich_text", 6: "card",
    7: "hybrid", 8: "video",
}  # fmt: skip

RATINGS: Final[dict[object, int]] = {
    0: -1, 1: 0, 2: 1,
    "bad": -1, "neutral": 0, "good": 1, "差评": -1, "中评": 0, "好评": 1,
}  # fmt: skip
