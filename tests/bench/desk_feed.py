"""A desk of many open conversations on a log, and a feed that brings facts to it at an even pace, from its own process.

Each message carries a mark, ``zq`` and a number, by which it is found again in the log and on a screen.
"""

from __future__ import annotations

import random
import signal
import sys
import threading
import time
from itertools import count
from typing import TYPE_CHECKING, Final

import msgspec

from deskkit.clock import WallClock
from deskkit.desk import events
from deskkit.live.inbox import submit
from deskkit.log import UnavailableError, open_log

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskkit.desk.events import Fact
    from deskkit.log import EventLog

__all__ = ["begin", "feed"]

AGENTS: Final = 250  # four conversations each
GROUPS: Final = ("presales", "aftersales", "technical", "vip", "international")
SAID: Final = (
    "请问这双登山鞋还有42码吗", "我的快递到哪了，三天没动了", "太慢了，快点！", "好的谢谢", "可以优惠吗",
    "My order has not arrived yet, can you look?", "The lamp arrived broken, I want a refund", "app打不开，怎么办",
)  # fmt: skip
ANSWERS: Final = ("您好，马上帮您查", "已经安排今天发货", "Thank you, I am looking into it now.", "好的，请稍等")
ENDS: Final = 0.02  # of what happens, so much is the end of a conversation
BEGUN_MS: Final = 20 * 60_000


def begin(log: EventLog, conversations: int, *, now: int) -> None:
    """Let a log hold agents and so many open conversations, as long as the feed leaves them after hours."""
    draw, start = random.Random(1), now - BEGUN_MS
    facts: list[Fact] = []
    for n in range(AGENTS):
        groups = (GROUPS[n % 5], GROUPS[(n + 1) % 5])
        name, languages = f"坐席{n}", ("zh", "en")
        facts.append(events.AgentSet(at=start, agent=f"a{n}", name=name, groups=groups, languages=languages))
        facts.append(events.PresenceSet(at=start, agent=f"a{n}", presence="online"))
    facts.append(events.AgentSet(at=start, agent="boss", name="主管", role="supervisor", groups=GROUPS))
    for n in range(conversations):
        facts += opened(n, start + 1)
        before = 1 + round(draw.expovariate(ENDS / 0.9))  # nine of ten are messages
        for m in range(before):
            at = start + 2 + (m * (BEGUN_MS - 2) + draw.randrange(BEGUN_MS - 2)) // before
            facts.append(said(n, f"before-{n}-{m}", draw, at=at, by_agent=m % 2 == 1))
    ordered = sorted(facts, key=lambda fact: fact.at)
    named = [msgspec.structs.replace(fact, source="begin", source_id=str(n)) for n, fact in enumerate(ordered)]
    log.append(named, received_at=now)


def opened(n: int, at: int) -> list[Fact]:
    """Return the facts by which a conversation begins with its agent."""
    name, customer = f"c{n}", f"u{n}"
    return [
        events.CustomerSet(
            at=at, customer=customer, name=f"客户{n}", fields={"orders": n % 9, "spend": 99.5 * (n % 50)}
        ),
        events.ConversationOpened(at=at, conversation=name, customer=customer, group=GROUPS[n % 5]),
        events.OwnerSet(at=at, conversation=name, agent=f"a{n % AGENTS}"),
    ]


def said(n: int, mark: str, draw: random.Random, *, at: int, by_agent: bool) -> Fact:
    """Return one message, which begins with its mark."""
    if by_agent:
        text = f"{mark} {draw.choice(ANSWERS)}"
        return events.AgentWrote(at=at, conversation=f"c{n}", agent=f"a{n % AGENTS}", message=mark, text=text)
    return events.CustomerWrote(at=at, conversation=f"c{n}", message=mark, text=f"{mark} {draw.choice(SAID)}")


def feed(conversations: int) -> Iterator[list[Fact]]:
    """Yield what happens next, one fact or few, for ever: messages, looks, and one that goes as another comes."""
    draw, is_open, waits = random.Random(2), list(range(conversations)), set(range(conversations))
    for number in count():
        mark, place = f"zq{number:07d}", draw.randrange(conversations)
        n, what = is_open[place], draw.random()
        if what < ENDS:
            is_open[place] = conversations + number
            facts: list[Fact] = [events.Resolved(at=0, conversation=f"c{n}"), *opened(is_open[place], 0)]
        elif what < 0.1:
            facts = [events.Viewed(at=0, conversation=f"c{n}", agent=f"a{n % AGENTS}")]
        else:
            facts = [said(n, mark, draw, at=0, by_agent=n in waits and what < 0.6)]
            (waits.discard if isinstance(facts[0], events.AgentWrote) else waits.add)(n)
        yield [msgspec.structs.replace(fact, source="feed", source_id=f"{mark}.{m}") for m, fact in enumerate(facts)]


def bring(log: EventLog, fact: Fact, wall: WallClock) -> None:
    """Bring a fact; where a busy machine lets nobody write for seconds, bring it again."""
    while True:
        try:
            submit(log, fact, received_at=wall.now())
        except UnavailableError as error:
            sys.stderr.write(f"{error}\n")
        else:
            return


def main(url: str, conversations: int, pace: float) -> None:
    """Bring so many facts a second into the inbox of a log, until told to stop."""
    stop, wall = threading.Event(), WallClock()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    begun, brought = time.monotonic(), 0
    with open_log(url, create=False) as log:
        for facts in feed(conversations):
            if stop.wait(max(0.0, begun + brought / pace - time.monotonic())):
                return
            for fact in facts:
                bring(log, fact, wall)
            brought += len(facts)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
