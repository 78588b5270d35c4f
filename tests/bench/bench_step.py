"""How fast the desk decides: events per second of `step`, and the cost per event from 10 to 1,000 agents.

Run by `make bench`. A day of conversations is worked out beforehand (opened, customer messages, views, replies,
resolved), about as many per agent at every size; only `step` is timed, with the standard policy. Deadlines are fed
when they are due, as a driver does.
"""

from __future__ import annotations

import heapq
import random
import time
from pathlib import Path

from deskkit.desk import events
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy

POLICY = Path(__file__).parents[2] / "data" / "policies" / "standard.toml"
START = 1_781_748_000_000
GROUPS = ("presales", "aftersales", "technical", "vip", "international")
TEXTS = (
    "你好，这个多少钱？",
    "我的快递到哪了",
    "太慢了，快点",
    "好的谢谢",
    "my order has not arrived yet",
    "app打不开",
    "嗯",
    "可以优惠吗",
)


def roster(agents: int) -> list[events.Fact]:
    """Return agents of ten kinds, online; one in twenty is a supervisor."""
    facts: list[events.Fact] = []
    for a in range(agents):
        groups = (GROUPS[a % 5], GROUPS[(a + 1) % 5])
        skills = {"technical": 3} if a % 2 else {}
        role = "supervisor" if a % 20 == 19 else "agent"
        facts.append(
            events.AgentSet(
                at=START,
                source="b",
                source_id=f"a{a}",
                agent=f"a{a}",
                groups=groups,
                skills=skills,
                languages=("zh", "en"),
                role=role,
            )  # fmt: skip
        )
        facts.append(events.PresenceSet(at=START, source="b", source_id=f"p{a}", agent=f"a{a}", presence="online"))
    return facts


def drive(agents: int, conversations: int, *, seed: int = 1) -> tuple[Desk, int, float]:
    """Drive a desk through its conversations; return it, the number of events and the seconds in `step`."""
    draw = random.Random(seed)
    desk = Desk(Policy.load(POLICY))
    count, spent = 0, 0.0
    agenda: list[tuple[int, int, str, str]] = []
    gap = 260_000 // agents
    for n in range(conversations):
        heapq.heappush(agenda, (START + 1000 + n * gap, n, "open", f"c{n}"))
    turns = {f"c{n}": draw.randint(2, 10) for n in range(conversations)}
    tick = conversations
    owner: dict[str, str] = {}

    def step(fact: events.Fact) -> None:
        nonlocal count, spent, tick
        begun = time.perf_counter()
        made = desk.step(fact)
        spent += time.perf_counter() - begun
        if made or not isinstance(fact, events.DeadlineReached):
            count += 1 + len(made)
        for decision in made:
            if isinstance(decision, events.Assigned):
                owner[decision.conversation] = decision.agent
                tick += 1
                heapq.heappush(agenda, (fact.at + draw.randint(3_000, 40_000), tick, "reply", decision.conversation))

    for fact in roster(agents):
        step(fact)
    while agenda:
        at, n, what, name = heapq.heappop(agenda)
        due = desk.next_deadline()
        while due is not None and due <= at:
            step(events.DeadlineReached(at=due, source="clock", source_id=str(due)))
            due = desk.next_deadline()
        base = {"at": at, "source": "b", "source_id": f"{what}{n}", "conversation": name}
        if what == "open":
            step(events.ConversationOpened(**base, customer=f"u{draw.randrange(conversations // 2 + 1)}"))
            what = "write"
            base["source_id"] = f"write{n}"
        if what == "write":
            step(events.CustomerWrote(**base, message=str(n), text=TEXTS[draw.randrange(len(TEXTS))]))
            if name in owner:
                tick += 1
                heapq.heappush(agenda, (at + draw.randint(8_000, 50_000), tick, "reply", name))
        elif what == "reply" and owner.get(name):
            step(events.Viewed(**base, agent=owner[name]))
            turns[name] -= 1
            kind = "resolve" if turns[name] <= 0 else "write"
            step(events.AgentWrote(**base | {"source_id": f"r{n}"}, message=str(n), text="好的", agent=owner[name]))
            tick += 1
            heapq.heappush(agenda, (at + draw.randint(20_000, 90_000), tick, kind, name))
        elif what == "resolve":
            step(events.Resolved(**base))
            owner.pop(name, None)
    return desk, count, spent


def main() -> None:
    """Print events per second at 40 agents, and the cost per event at 10, 100 and 1,000 agents in one run."""
    drive(40, 300)
    cost = {}
    for agents, conversations in ((40, 4000), (10, 1500), (100, 6000), (1000, 20_000)):
        desk, count, spent = drive(agents, conversations)
        cost[agents] = spent / count
        print(
            f"{agents:5d} agents: {count:7d} events, {count / spent:9,.0f} events/s, {1e6 * spent / count:6.1f} us/event, {desk!r}"
        )
    print(f"cost per event, 1,000 agents against 10: {cost[1000] / cost[10]:.2f} x")


if __name__ == "__main__":
    main()
