"""The worked examples of data/examples: small exports as Chatwoot, Zendesk and a call centre write them.

``python -m tests.feeds.examples`` writes the files anew; a test holds them against this text, and another runs the
commands of data/examples/README.md. Every person, shop and word is invented. One day of a small shop, 18 June 2026.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any, Final

from deskkit.clock import instant

__all__ = ["FOLDER", "files"]

FOLDER: Final = Path(__file__).resolve().parents[2] / "data" / "examples"
_AGENTS: Final = {21: "Mara Lindqvist", 22: "陈雨桐", 23: "Tomás Ferreira"}
_TEAMS: Final = {"orders": 4, "technical": 5}


def files() -> dict[str, str]:
    """Return what each example file holds, by its path within `FOLDER`."""
    return {**_chatwoot(), **_zendesk(), "calls.csv": _calls(), "calls.toml": _CALLS_MAP}


def _unix(clock: str) -> int:
    return instant(f"2026-06-18T{clock}Z") // 1000


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


# ---------------------------------------------------------------- Chatwoot

# Number, customer, status, priority, labels, agent, team; then what was said: clock, who (c customer, a number an
# agent, n an internal note, e an activity, t a template, b a bot, r a rating), words.
_CHATWOOT: Final[tuple[tuple[Any, ...], ...]] = (
    (101, "Ingrid Solberg", "resolved", "high", ["order", "vip"], 21, "orders", (
        ("08:00:00", "c", "Hello, order 4711 has not arrived"), ("08:00:00", "t", "Thanks, we are with you shortly"),
        ("08:00:20", "e", "Assigned to Mara Lindqvist"), ("08:01:10", 21, "Let me look for it"),
        ("08:02:00", "n", "the carrier lost two parcels this week"), ("08:06:40", 21, "A new one leaves today"),
        ("08:07:30", "c", "Thank you!"), ("08:10:00", "r", "5"),
    )),
    (102, "李晓雯", "resolved", None, ["order"], 22, "orders", (
        ("08:05:00", "c", "请问可以改收货地址吗"), ("08:05:30", 22, "可以的, 请发一下新地址"),
        ("08:07:00", "c", "北京路1号"), ("08:07:45", 22, "已经改好了"),
    )),
    (103, "Owen Clarke", "open", "urgent", ["complaint"], 21, "orders", (
        ("08:20:00", "c", "Third time I write. I want my money back now"), ("08:34:00", 21, "I am sorry, I check it"),
        ("08:36:00", "c", "and?"),
    )),
    (104, "周明", "open", None, [], None, None, (("08:40:00", "c", "有人吗"),)),
    (105, "Pia Novak", "pending", None, [], None, None, (
        ("08:41:00", "c", "opening hours?"), ("08:41:01", "b", "We are here from 9 to 18. Does that help?"),
    )),
    (106, "Hugo Martin", "snoozed", "low", ["product"], 23, "technical", (
        ("08:45:00", "c", "Does the tent fit four?"), ("08:47:00", 23, "I ask the maker and come back tomorrow"),
    )),
)  # fmt: skip
_WORDS: Final = {"c": 0, "n": 1, "e": 2, "t": 3, "r": 3, "b": 1}


def _chatwoot() -> dict[str, str]:
    page = {"data": {"meta": {"all_count": len(_CHATWOOT)}, "payload": [_conversation(*one) for one in _CHATWOOT]}}
    threads = {
        f"chatwoot/messages-{one[0]}.json": _text({"meta": {"labels": one[4]}, "payload": _messages(one)})
        for one in _CHATWOOT
    }
    # A webhook comes when something changed: conversation 103 was Tomás's before it was Mara's.
    before = _conversation(103, *_CHATWOOT[2][1:5], 23, "orders", _CHATWOOT[2][7][:1])
    hook = before | {"event": "conversation_updated", "account": {"id": 1, "name": "Cloudsail Outdoor"},
                     "updated_at": _unix("08:22:00") + 0.5, "last_activity_at": _unix("08:20:00")}  # fmt: skip
    hooks = json.dumps(hook, ensure_ascii=False) + "\n"
    return {"chatwoot/conversations.json": _text(page), **threads, "chatwoot/webhooks.jsonl": hooks}


def _messages(one: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [_message(one, number, *said) for number, said in enumerate(one[7])]


def _message(one: tuple[Any, ...], number: int, clock: str, who: str | int, words: str) -> dict[str, Any]:
    agent = int(who) if isinstance(who, int) else int(one[5] or 0)
    person = {"id": agent, "name": _AGENTS.get(agent, ""), "type": "user"}
    sender = {"c": _contact(one), "b": {"id": 3, "name": "Sail", "type": "agent_bot"}, "e": None, "t": None, "r": None}
    answers: dict[str, Any] = {"csat_survey_response": {"rating": int(words)}} if who == "r" else {}
    return {
        "id": one[0] * 100 + number, "content": "Please rate our conversation" if answers else words, "inbox_id": 1,
        "conversation_id": one[0], "message_type": _WORDS.get(str(who), 1),
        "content_type": "input_csat" if answers else "text", "status": "sent",
        "content_attributes": {"submitted_values": answers} if answers else {}, "created_at": _unix(clock),
        "private": who == "n", "source_id": None, "sender": sender.get(str(who), person),
    }  # fmt: skip


def _contact(one: tuple[Any, ...]) -> dict[str, Any]:
    return {"id": 500 + one[0], "name": one[1], "email": f"c{one[0]}@customers.example", "phone_number": None,
            "identifier": None, "custom_attributes": {"orders": str(one[0] % 7)}, "type": "contact"}  # fmt: skip


def _conversation(number: int, *rest: Any) -> dict[str, Any]:
    name, status, priority, labels, agent, team, said = rest
    one = (number, name, status, priority, labels, agent, team, said)
    messages = _messages(one)
    replies = [found["created_at"] for found in messages if found["message_type"] == 1 and not found["private"]]
    assignee = {"id": agent, "name": _AGENTS[agent], "type": "user"} if agent else None
    last = messages[-1]["created_at"]
    return {
        "id": number, "account_id": 1, "inbox_id": 1, "status": status, "priority": priority, "labels": labels,
        "messages": messages[-1:],
        "meta": {"sender": _contact(one), "channel": "Channel::WebWidget", "assignee": assignee,
                 "assignee_type": "User" if agent else None, "hmac_verified": False,
                 "team": {"id": _TEAMS[team], "name": team} if team else None},
        "unread_count": 0, "can_reply": True, "additional_attributes": {}, "custom_attributes": {},
        "snoozed_until": _unix("23:00:00") if status == "snoozed" else None,
        "first_reply_created_at": replies[0] if replies and agent else None, "waiting_since": 0,
        "agent_last_seen_at": last if agent else 0, "contact_last_seen_at": 0, "last_activity_at": last,
        "timestamp": last, "created_at": messages[0]["created_at"], "updated_at": last + 0.25,
    }  # fmt: skip


# ---------------------------------------------------------------- Zendesk

_PEOPLE: Final = {"31": "Aoife Byrne", "32": "Jonas Weber", "33": "Marta Kowalska"}
# Who came, went, wrote and moved it: kind, clock, nick, words (of a department: its id, its name and where it was).
_ASKED: Final[tuple[tuple[Any, ...], ...]] = (
    ("memberjoin", "10:00:00", "visitor", ""), ("msg", "10:00:01", "agent:trigger", "Hello, can we help?"),
    ("msg", "10:00:20", "visitor", "My refund for order 812?"), ("memberjoin", "10:00:35", "agent:31", ""),
    ("msg", "10:01:00", "agent:31", "One moment, please"), ("change_department", "10:02:00", "agent:31", "8,Billing,7"),
    ("memberleave", "10:02:05", "agent:31", ""), ("memberjoin", "10:02:40", "agent:32", ""),
    ("msg", "10:03:10", "agent:32", "It was paid out on Monday"), ("msg", "10:03:40", "visitor", "Found it, thanks"),
    ("rating", "10:05:00", "visitor", "good"), ("memberleave", "10:05:30", "visitor", ""),
    ("memberleave", "10:05:31", "agent:32", ""),
)  # fmt: skip
_HELPED: Final[tuple[tuple[Any, ...], ...]] = (
    ("memberjoin", "11:00:00", "visitor", ""), ("msg", "11:00:05", "visitor", "The pump leaks, is it dangerous?"),
    ("memberjoin", "11:00:25", "agent:33", ""), ("msg", "11:01:00", "agent:33", "Please close the valve first"),
    ("memberjoin", "11:02:00", "agent:32", ""), ("msg", "11:02:30", "agent:32", "I know this model: it is safe"),
    ("memberleave", "11:04:00", "agent:32", ""), ("msg", "11:04:30", "visitor", "Closed."),
    ("msg", "11:05:00", "agent:33", "A new seal is on its way"), ("memberleave", "11:06:00", "visitor", ""),
    ("memberleave", "11:06:01", "agent:33", ""),
)  # fmt: skip
_GONE: Final[tuple[tuple[Any, ...], ...]] = (
    ("memberjoin", "12:00:00", "visitor", ""), ("msg", "12:00:10", "visitor", "Anybody there?"),
    ("memberleave", "12:03:10", "visitor", ""),
)  # fmt: skip
_UNTOLD: Final[tuple[tuple[Any, ...], ...]] = (("msg", "12:30:00", "visitor", "hello?"),)


def _zendesk() -> dict[str, str]:
    asked = _chat(
        "1", "10:00:00", "10:05:31", "Billing", 8, _ASKED, {"response_time": {"first": 40, "avg": 40, "max": 40}}
    )
    helped = _chat("2", "11:00:00", "11:06:01", "Support", 7, _HELPED, {})
    gone = _chat("3", "12:00:00", "12:03:10", "Support", 7, _GONE, {"missed": True})
    untold = _chat("4", "12:30:00", "12:31:00", "Support", 7, _UNTOLD, {"missed": True})
    offline: list[dict[str, Any]] = [
        {"id": f"2606.{number}.off", "type": "offline_msg", "timestamp": f"2026-06-18T{clock}Z", "message": words,
         "department_id": 7, "department_name": "Support", "zendesk_ticket_id": ticket, "tags": [],
         "visitor": {"id": f"v-{number}", "name": name}, "deleted": False}
        for number, clock, words, ticket, name in (
            (5, "21:15:00", "Do you ship to Norway? Please write to me", 9001, "Liv Hansen"),
            (6, "22:40:00", "The zip is torn", None, "Sam Okafor"),
        )
    ]  # fmt: skip
    # The export returns an item again when it changed later: here somebody tagged the first one the next day.
    again = asked | {"tags": ["refund", "checked"], "update_timestamp": "2026-06-19T08:00:00Z"}
    first = {"chats": [asked, helped, gone, untold], "count": 4, "end_time": _unix("13:00:00"), "next_page": "page 2"}
    second = {"chats": [*offline, again], "count": 3, "end_time": _unix("23:00:00"), "next_page": None}
    return {"zendesk/page-1.json": _text(first), "zendesk/page-2.json": _text(second)}


def _chat(
    number: str,
    begin: str,
    end: str,
    group: str,
    group_id: int,
    said: tuple[tuple[Any, ...], ...],
    more: dict[str, Any],
) -> dict[str, Any]:
    history = [_entry(number, at, *one) for at, one in enumerate(said)]
    agents = list(dict.fromkeys(one[2].partition(":")[2] for one in said if one[2].startswith("agent:")))
    agents = [agent for agent in agents if agent in _PEOPLE]
    wrote = [one["nick"] for one in history if one["type"] == "chat.msg"]
    asks, replies = wrote.count("visitor"), sum(nick.partition(":")[2] in _PEOPLE for nick in wrote)
    return {
        "id": f"2606.{number}.abc", "type": "chat", "timestamp": f"2026-06-18T{begin}Z",
        "end_timestamp": f"2026-06-18T{end}Z", "duration": _unix(end) - _unix(begin), "department_id": group_id,
        "department_name": group, "agent_ids": agents, "agent_names": [_PEOPLE[agent] for agent in agents],
        "started_by": "visitor", "triggered": False, "triggered_response": False, "missed": False, "dropped": False,
        "unread": False, "rating": "good" if number == "1" else None, "comment": None,
        "tags": ["refund"] if number == "1" else [], "zendesk_ticket_id": None,
        "count": {"visitor": asks, "agent": replies, "total": asks + replies},
        "visitor": {"id": f"v-{number}", "name": f"Visitor {number}", "email": f"v{number}@customers.example",
                    "phone": "", "notes": ""},
        "session": {"browser": "Firefox"}, "webpath": [], "conversions": [], "history": history, **more,
    }  # fmt: skip


def _entry(number: str, at: int, kind: str, clock: str, nick: str, words: str) -> dict[str, Any]:
    name = _PEOPLE.get(nick.partition(":")[2], f"Visitor {number}")
    entry: dict[str, Any] = {
        "type": f"chat.{kind}", "timestamp": f"2026-06-18T{clock}Z", "nick": nick, "name": name, "channel": "#web",
    }  # fmt: skip
    if kind == "msg":
        return entry | {"msg": words, "msg_id": f"{number}-{at}", "options": ""}
    if kind == "rating":
        return entry | {"rating": None, "new_rating": words}
    if kind == "change_department":
        own, name, before = words.split(",")
        return entry | {"department_id": int(own), "department_name": name, "prev_department_id": int(before)}
    return entry


# ---------------------------------------------------------------- calls

# Number, customer, level, came, left the queue, what became of it, agent, seconds of service, language.
_CALLS: Final = (
    ("C1", "P7", "gold", "09:00:00", "09:00:20", "TALK", "anna", "180", "de"),
    ("C2", "P8", "std", "09:01:00", "09:03:30", "TALK", "ben", "95", "de"),
    ("C3", "", "std", "09:02:00", "09:05:00", "HANGUP", "", "", "en"),
    ("C4", "P9", "std", "09:04:00", "09:04:00", "TALK", "anna", "240", "de"),
    ("C5", "P7", "gold", "09:06:00", "09:06:45", "TALK", "ben", "61", "ZZ"),
    ("C6", "P3", "std", "09:07:30", "09:08:30", "HANGUP", "", "", "de"),
    ("C7", "P4", "gold", "09:09:00", "09:10:00", "HANGUP", "", "", "en"),
    ("C8", "P5", "std", "09:10:00", "09:12:00", "TALK", "", "120", "de"),
    ("C9", "", "std", "09:11:00", "", "TEST", "", "", ""),
    ("C10", "P6", "std", "09:12:00", "soon", "TALK", "anna", "30", "de"),
)


def _calls() -> str:
    held = io.StringIO()
    table = csv.writer(held, delimiter=";", lineterminator="\n")
    table.writerow(["Nr", "Kunde", "Klasse", "Tag", "Anruf", "Verbunden", "Ausgang", "Agent", "Dauer s", "Sprache"])
    for number, customer, level, came, left, became, agent, lasted, language in _CALLS:
        table.writerow([number, customer, level, "18.06.2026", came, left, became, agent, lasted, language])
    return held.getvalue()


_CALLS_MAP: Final = """# The calls of calls.csv beside this file; data/maps/calls.toml explains every line.

rows = "conversation"
source = "hotline"
date = "dd.mm.yyyy"
zone = "Europe/Berlin"

[conversation]
id = "Nr"
language = "Sprache"

[customer]
id = "Kunde"

[times]
opened = { date = "Tag", time = "Anruf" }
answered = { date = "Tag", time = "Verbunden" }
left = { date = "Tag", time = "Verbunden" }
ended = { after = "answered", column = "Dauer s", unit = "s" }

[agent]
id = "Agent"

[outcome]
column = "Ausgang"
answered = ["TALK"]
left = ["HANGUP"]

[priority]
column = "Klasse"
levels = { gold = "high", std = "normal" }

[[skip]]
column = "Ausgang"
values = ["TEST"]
"""

if __name__ == "__main__":
    for name, held in files().items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(held, encoding="utf-8", newline="\n")
