"""The sample as Meiqia's list API gives it: pages of twenty conversations, with the traps of the real thing.

Times are Beijing times without a zone; ends are null while open; fields come and go; a few pages have the
older shape (counts as text, no groups, messages of three keys). Knows nothing of how the conversations came
about.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from deskkit.feeds.sample.cast import PEOPLE
from deskkit.feeds.sample.draw import Draw
from deskkit.feeds.sample.records import LEFT, MESSAGE, SECOND, Conversation, Customer, Message, local
from deskkit.feeds.sample.roster import GROUPS, Agent

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE = 20
_OLDER_EVERY, _OLDER_AT = 33, 7
_ENTERPRISE = 900618
_FIRST_CONVERSATION = 3_181_200_417
_SHOP = "https://www.cloudsail.example"
_MEMBERSHIP = {"vip": "gold", "buyer": "silver", "new": "none"}
_SILVER_FROM = 3  # orders
_GRADES = (("gold", 8), ("silver", 4), ("bronze", 1))
_NETS = ("192.0.2", "198.51.100", "203.0.113")


def pages(conversations: list[Conversation], end: int) -> Iterator[str]:
    """Yield the text of each page, in order.

    Parameters
    ----------
    conversations : list of Conversation
        In the order of their opening.
    end : int, milliseconds UTC
        The instant of the export; what happens later is not in it.
    """
    for number, first in enumerate(range(0, len(conversations), PAGE), start=1):
        older = number % _OLDER_EVERY == _OLDER_AT
        result = [record(one, end, older=older) for one in conversations[first : first + PAGE]]
        page: dict[str, Any] = {"errno": 0, "errmsg": "ok"} if older else {}
        page["result"] = result
        yield json.dumps(page, ensure_ascii=False, indent=1, separators=(",", ": ")) + "\n"


def conversation_id(conversation: Conversation) -> int:
    """Return Meiqia's number of a conversation."""
    return _FIRST_CONVERSATION + conversation.number * 37 + Draw("id", conversation.number).below(36)


def record(one: Conversation, end: int, *, older: bool = False) -> dict[str, Any]:
    """Return one conversation as an object of the API."""
    draw = Draw("record", one.number, one.opened)
    said = [message for message in sorted(one.messages, key=lambda m: m.at) if message.at < end]
    found: dict[str, Any] = {"enterprise_id": _ENTERPRISE, "conv_id": conversation_id(one)}
    found |= _customer(one.customer, draw) | _visit(one, draw)
    found |= _agent(one, older=older, absent=draw.chance(0.3))
    closed = one.closed if one.closed is not None and one.closed < end else None
    found["conv_start_tm"] = moment(one.opened, one.number)
    found["conv_end_tm"] = None if closed is None else moment(closed, one.number)
    found["conv_content"] = [_message(message, place, one.number, older=older) for place, message in enumerate(said)]
    found |= _counts(one, said, older=older)
    found |= _marks(one, said, closed, draw)
    return found


def moment(at: int, salt: int) -> str:
    """Return a Beijing time as Meiqia writes it; what is finer than milliseconds comes from the salt."""
    return f"{local(at):%Y-%m-%d %H:%M:%S}.{at % SECOND:03d}{(at // 7 + salt * 131) % 1000:03d}"


def _customer(customer: Customer, draw: Draw) -> dict[str, Any]:
    found: dict[str, Any] = {"client_id": customer.client_id}
    if customer.dev_client_id:
        found["dev_client_id"] = customer.dev_client_id
    found["visitor_tags"] = customer_tags(customer)
    if not draw.chance(0.06):
        found["client_info"] = client_info(customer)
    return found


def customer_tags(customer: Customer) -> list[str]:
    """Return the tags agents have given this customer."""
    draw = Draw("customer tags", customer.number)
    tags = []
    if customer.kind == "vip" and draw.chance(0.9):
        tags.append("VIP")
    if customer.kind == "new" and draw.chance(0.4):
        tags.append(draw.pick(("新客", "潜在")))
    if customer.kind == "buyer" and draw.chance(0.3):
        tags.append("售后")
    if customer.lang == "en" and draw.chance(0.5):
        tags.append("海外")
    if draw.chance(0.03):
        tags.append(draw.pick(("领队", "企业", "易怒", "KOL")))
    return tags


def membership(customer: Customer) -> str:
    """Return gold, silver or none."""
    if customer.kind == "buyer" and customer.orders < _SILVER_FROM:
        return "none"
    return _MEMBERSHIP[customer.kind]


def client_info(customer: Customer) -> dict[str, Any]:
    """Return the free-form object: predefined keys, and the shop's purchase fields where it knows them."""
    draw = Draw("client info", customer.number)
    info: dict[str, Any] = {"_m_track_id": f"t{customer.client_id:x}{draw.below(1 << 28):07x}"}
    if draw.chance(0.85) or customer.name[0] in "<=\u202e无R👨":
        info["name"] = customer.name
    if draw.chance(0.5):
        info["visitor_name"] = f"{customer.location.split()[-1]}访客{draw.below(900) + 100}"
    if customer.lang == "zh" and draw.chance(0.55 if customer.orders else 0.2):
        info["tel"] = customer.tel
    if customer.dev_client_id is None:
        return info
    as_text = draw.chance(0.3)
    info["orders"] = str(customer.orders) if as_text else customer.orders
    info["membership"] = membership(customer)
    if customer.orders:
        yuan = f"{customer.spend // 100}.{customer.spend % 100:02d}"
        info["spend"] = yuan if as_text or customer.spend % 10 else customer.spend // 10 / 10
        info["last_order"] = f"{local(customer.last_order or 0):%Y-%m-%d}"
    if draw.chance(0.04):
        info["comment"] = draw.pick(("回访过一次", "喜欢电话沟通", "常带队", "注意语气"))
    return info


def _visit(one: Conversation, draw: Draw) -> dict[str, Any]:
    """Return pages, search, device and channel; personal where they begin with `visitor_`."""
    person = Draw("device", one.customer.number)
    article = one.speaker.slots.get("zh", "云帆")
    found: dict[str, Any] = {}
    if draw.chance(0.7):
        found["page_land_url"] = _SHOP + draw.pick(("/", "/618", "/new", "/tents", "/watch"))
        found["page_land_title"] = "云帆户外官网" if one.script.lang == "zh" else "Cloudsail Outdoor"
    if draw.chance(0.8):
        found["page_conv_url"] = f"{_SHOP}/p/{1000 + sum(map(ord, article)) % 9000}"
        found["page_conv_title"] = one.speaker.slots.get("full", article)
    if draw.chance(0.2):
        engine = draw.pick(PEOPLE["searches"])
        words = PEOPLE["keywords" if one.script.lang == "zh" else "keywords_en"]
        found |= {"page_from_url": f"https://{engine}.example/s", "search_engine_name": engine}
        found["search_engine_kw"] = draw.pick(words)
    found["visitor_ip"] = f"{person.pick(_NETS)}.{1 + person.below(254)}"
    found["visitor_location"] = one.customer.location
    found["visitor_os"] = person.pick(PEOPLE["systems"])
    found["visitor_browser"] = person.pick(PEOPLE["browsers"])
    rank = person.below(len(PEOPLE["platforms"]))
    found["platform"] = PEOPLE["platforms"][rank]
    found["main_channel"] = PEOPLE["channels"][rank]
    if draw.chance(0.5):
        found["sub_channel"] = "商品页" if "page_conv_url" in found else "首页"
    return found


def _agent(one: Conversation, *, older: bool, absent: bool) -> dict[str, Any]:
    agent: Agent | None = one.agent
    if agent is None and (older or absent):
        return {}
    found: dict[str, Any] = {
        "agent_account": agent.id if agent else None,
        "agent_ID": agent.number if agent else None,
        "agent_name": agent.name if agent else None,
        "agent_nick_name": agent.nick if agent else None,
    }
    if agent and not older:
        found["group_id"], found["group_name"] = GROUPS[one.group]
    return found


def _message(message: Message, place: int, salt: int, *, older: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"from": message.sender, "timestamp": moment(message.at, salt + place)}
    found["content"] = message.content
    if not older:
        found |= {"content_type": message.content_type, "type": message.type, "agent_name": message.name}
    return found


def human(said: list[Message], sender: str) -> list[Message]:
    """Return the messages that a person of this side typed."""
    return [message for message in said if message.sender == sender and message.type in {MESSAGE, LEFT}]


def _counts(one: Conversation, said: list[Message], *, older: bool) -> dict[str, Any]:
    by_agent, by_customer = human(said, "agent"), human(said, "client")
    counts: dict[str, Any] = {
        "conv_agent_msg_count": len(by_agent),
        "conv_visitor_msg_count": len(by_customer),
    }
    if older:
        counts = {key: str(value) for key, value in counts.items()}
    if by_agent:
        counts["conv_first_resp_wait_in_secs"] = (by_agent[0].at - one.opened) // SECOND
    if not older:
        counts["effective"] = "valid" if by_agent and by_customer else "invalid"
        counts["missed"] = bool(by_customer) and not by_agent
        if waits := _waits(said):
            counts["agent_resp_duration"] = f"{sum(waits) // len(waits) / 1000:.1f}"
    return counts


def _waits(said: list[Message]) -> list[int]:
    """Return, per turn, milliseconds from the customer's first message to the agent's first."""
    waits, since = [], None
    for message in said:
        if message.type != MESSAGE or message.sender not in {"client", "agent"}:
            continue
        if message.sender == "client":
            since = message.at if since is None else since
        elif since is not None:
            waits.append(message.at - since)
            since = None
    return waits


def conversation_tags(one: Conversation, said: list[Message]) -> list[str]:
    """Return the tags the agent gave by hand: now and then none, now and then one that does not fit."""
    draw = Draw("tags", one.number, one.opened)
    if not human(said, "agent") or not draw.chance(0.45 if one.closed is None else 0.72):
        return []
    tags = [tag for tag in one.script.mark if draw.chance(0.75)]
    if one.unresolved and draw.chance(0.5):
        tags.append("跟进中" if one.script.lang == "zh" else "follow-up")
    if draw.chance(0.03):
        tags.append(draw.pick(("退款", "物流", "urgent", "重要", "尺码", "其他")))
    return list(dict.fromkeys(tags))


def summary(one: Conversation, closed: int | None) -> str | None:
    """Return the agent's wrap-up text, where one was written."""
    if closed is None or one.agent is None or not one.script.note or one.first_reply is None:
        return None
    draw = Draw("summary", one.number)
    return one.speaker.fill(one.script.note) if draw.chance(0.38) else None


def _marks(one: Conversation, said: list[Message], closed: int | None, draw: Draw) -> dict[str, Any]:
    """Return what people added: tags, wrap-up, grade, evaluation, leads."""
    found: dict[str, Any] = {}
    tags = conversation_tags(one, said)
    if tags or draw.chance(0.5):
        found["conv_tags"] = tags
    text = summary(one, closed)
    if text is not None and closed is not None:
        found["summary_content"] = text
        found["summary_update_at"] = moment(closed + 4 * SECOND + draw.below(90 * SECOND), one.number)
    turns = len(_waits(said))
    grade = next((name for name, least in _GRADES if turns >= least), "")
    found["conv_quality_grade"] = grade
    if one.rating is not None and closed is not None:
        found["comment_level"] = str(one.rating)
    if any(one.customer.tel in message.content for message in said):
        found["conv_leads"] = one.customer.tel
    return found
