"""A little desk of three agents and a few conversations, small enough to know every number of it; what it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from deskkit import views
from deskkit.clock import ManualClock, instant
from deskkit.desk.events import (
    AgentSet,
    AgentWrote,
    ConversationOpened,
    CustomerSet,
    CustomerWrote,
    Fact,
    OwnerSet,
    PresenceSet,
    Resolved,
    Viewed,
)
from deskkit.desk.policy import Policy
from deskkit.log import MemoryLog

if TYPE_CHECKING:
    from deskkit.desk.events import Event
    from deskkit.log import EventLog
    from deskkit.views import DeskView

NOW = instant("2026-06-18T10:30", zone="Asia/Shanghai")
HOSTILE = "<img src=x onerror=alert(1)>\u202egnp.exe"
STANDARD = Policy.load("data/policies/standard.toml")
MINUTE = 60_000
GOLD: dict[str, str | int | float] = {"membership": "gold", "spend": 6280.5, "orders": 4}


def facts(more: int = 0) -> list[Fact]:
    """Return what happened before the view opens: c1 to c4 and `more` calm conversations, without identities.

    c1: a gold customer, in the queue for two minutes. c2: a customer with a hostile name, with Chen, unanswered for
    twenty minutes. c3: handled by Lin an hour ago. c4: the same customer again, with Lin, answered.
    """
    said: list[Fact] = [
        AgentSet(at=NOW - 120 * MINUTE, agent="chen", name="陈浩", groups=("presales", "vip"), languages=("zh", "en")),
        AgentSet(at=NOW - 120 * MINUTE, agent="lin", name="林悦", groups=("aftersales",), languages=("zh",)),
        AgentSet(at=NOW - 120 * MINUTE, agent="qin", name="秦岚", role="supervisor", groups=("vip",)),
        *(PresenceSet(at=NOW - 120 * MINUTE, agent=name, presence="online") for name in ("chen", "lin", "qin")),
        CustomerSet(at=NOW - 90 * MINUTE, customer="zhang", name="张伟", fields=GOLD),
        CustomerSet(at=NOW - 90 * MINUTE, customer="mallory", name=HOSTILE, fields={"own <b>": HOSTILE}),
        CustomerSet(at=NOW - 90 * MINUTE, customer="li", name="李娜", fields={"dev_client_id": "u2125775"}),
        *spoken("c3", "li", NOW - 80 * MINUTE, "请问这双登山鞋有货吗", agent="lin", answer="有的，今天发货"),
        Resolved(at=NOW - 60 * MINUTE, conversation="c3"),
        *spoken("c2", "mallory", NOW - 20 * MINUTE, HOSTILE),
        OwnerSet(at=NOW - 20 * MINUTE, conversation="c2", agent="chen"),
        *spoken("c4", "li", NOW - 10 * MINUTE, "我的订单呢", agent="lin", answer="马上帮您查"),
        *spoken("c1", "zhang", NOW - 2 * MINUTE, "帐篷防水吗"),
    ]  # fmt: skip
    for n in range(more):
        said += spoken(f"m{n}", f"p{n}", NOW - MINUTE, "好的", agent="lin", answer="不客气")
    return said


def spoken(name: str, customer: str, at: int, text: str, *, agent: str = "", answer: str = "") -> list[Fact]:
    """Return a conversation of one message and perhaps its answer."""
    said: list[Fact] = [
        ConversationOpened(at=at, conversation=name, customer=customer),
        CustomerWrote(at=at, conversation=name, message=f"{name}/1", text=text),
    ]
    if agent:
        said.append(OwnerSet(at=at, conversation=name, agent=agent))
    if answer:
        said.append(AgentWrote(at=at + 1000, conversation=name, agent=agent, message=f"{name}/2", text=answer))
    return said


def little_log(more: int = 0, *, log: EventLog | None = None) -> EventLog:
    """Return a log of these facts, in order of time."""
    made = MemoryLog() if log is None else log
    ordered = sorted(facts(more), key=lambda fact: fact.at)
    named = [msgspec.structs.replace(fact, source="test", source_id=str(n)) for n, fact in enumerate(ordered)]
    made.append(named, received_at=NOW)
    return made


def little_view(
    more: int = 0,
    *,
    acts: bool = False,
    language: str = "en",
    log: EventLog | None = None,
    clock: ManualClock | None = None,
    me: str = "qin",
    hosts: tuple[str, ...] = (),
) -> DeskView:
    """Open a view of the little desk for the supervisor Qin; it only watches unless told otherwise."""
    return views.desk(
        log or little_log(more),
        STANDARD,
        me=me,
        clock=clock or ManualClock(NOW),
        acts=acts,
        language=language,
        hosts=hosts,
    )


def stored(log: EventLog, *, after: int) -> list[Event]:
    """Return the facts stored after a sequence number, views aside."""
    found = [row.event for row in log.read(after)]
    return [event for event in found if isinstance(event, Fact) and not isinstance(event, Viewed)]
