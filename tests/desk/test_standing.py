"""Who could take a waiting conversation: what a view says is what the desk then does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskkit.desk import cards
from deskkit.desk import events as e
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from deskkit.desk.standing import HINDRANCES, standings

if TYPE_CHECKING:
    from collections.abc import Sequence

STANDARD = Policy.load("data/policies/standard.toml")
AT = 1_781_748_000_000  # 2026-06-18 10:00 in Shanghai
CAPACITY = 5


def desk_of(facts: Sequence[e.Fact], *, acts: bool = True) -> Desk:
    """Return a desk to which these facts happened."""
    desk = Desk(STANDARD, acts=acts)
    for fact in facts:
        desk.step(fact)
    return desk


def asks(name: str, text: str = "请问这双鞋有货吗", *, group: str = "presales", language: str = "zh") -> list[e.Fact]:
    """Return a conversation that begins."""
    return [
        e.ConversationOpened(at=AT, conversation=name, customer=f"u-{name}", group=group, language=language),
        e.CustomerWrote(at=AT, conversation=name, message=f"m-{name}", text=text),
    ]


def agent(
    name: str, presence: str, *, groups: tuple[str, ...] = ("presales",), languages: tuple[str, ...] = ("zh",)
) -> list[e.Fact]:
    """Return an agent who is there, or not."""
    return [
        e.AgentSet(at=AT, agent=name, groups=groups, languages=languages, capacity=CAPACITY),
        e.PresenceSet(at=AT, agent=name, presence=presence),
    ]


def test_each_hindrance_has_its_name() -> None:
    """Offline, away, another group, without room: each agent is counted where the first reason holds."""
    full = [fact for n in range(2 * CAPACITY) for fact in asks(f"f{n}")]
    facts = [*agent("busy", "online"), *full, *agent("gone", "offline"), *agent("out", "away"),
             *agent("other", "online", groups=("technical",)), *asks("c1")]  # fmt: skip
    desk = desk_of(facts)
    waiting = standings(desk, now=AT + 1_000)
    assert [one.conversation for one in waiting] == list(cards.queue(desk))
    assert [one.place for one in waiting] == list(range(1, len(waiting) + 1))
    last = waiting[-1]
    assert last.conversation == "c1"
    assert last.takers == ()
    assert last.waited_ms == 1_000
    assert {"offline", "away", "group"} <= set(last.hindered)
    assert last.hindered.keys() & {"full", "reserved"}
    assert sum(last.hindered.values()) == len(desk.profiles)
    assert set(last.hindered) <= set(HINDRANCES)


@pytest.mark.parametrize("room", [0, 1, 2])
def test_who_could_take_it_does_where_the_desk_acts(room: int) -> None:
    """On a desk that only watches, an agent is named as taker exactly where a desk that acts would have assigned it."""
    held = CAPACITY - room
    facts = [*agent("chen", "online"), *(fact for n in range(held) for fact in asks(f"h{n}"))]
    held_by = [e.OwnerSet(at=AT, conversation=f"h{n}", agent="chen") for n in range(held)]
    watching = desk_of([*facts, *held_by, *asks("c1")], acts=False)
    acting = desk_of([*facts, *asks("c1")])
    (mine,) = [one for one in standings(watching, now=AT) if one.conversation == "c1"]
    assert bool(mine.takers) == (cards.conversation_card(acting, "c1").stage == "assigned")


def test_a_closed_desk_says_so() -> None:
    """Outside opening hours somebody could take it, and the desk assigns nothing."""
    night = AT - 7 * 3_600_000
    facts = [*agent("chen", "online"), *asks("c1")]
    desk = Desk(STANDARD)
    for fact in facts:
        desk.step(type(fact)(**{name: getattr(fact, name) for name in fact.__struct_fields__} | {"at": night}))
    (one,) = standings(desk, now=night)
    assert one.withheld == "closed"
    assert one.takers == ("chen",)
