"""How fast the desk decides: events per second of `step`, and the cost per event from 10 to 1,000 agents.

Run by `make bench`. Conversations come, are viewed, answered and handled, about as many per agent at every size; only
`step` is timed, with the standard policy. Deadlines are fed when they are due, as a driver does.
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
    "你好，这个多少钱？", "我的快递到哪了", "太慢了，快点", "好的谢谢", "my order has not arrived yet", "app打不开",
    "嗯", "可以优惠吗",
)  # fmt: skip


class Day:
    """Conversations on an agenda, and the desk that decides about them."""

    def __init__(self, agents: int, conversations: int, *, seed: int = 1) -> None:
        self.draw = random.Random(seed)
        self.desk = Desk(Policy.load(POLICY))
        self.count, self.spent, self.serial = 0, 0.0, 0
        self.agenda: list[tuple[int, int, str, str]] = []
        self.owner: dict[str, str] = {}
        self.turns = {f"c{n}": self.draw.randint(2, 10) for n in range(conversations)}
        self.customers = conversations // 2 + 1
        for a in range(agents):
            self.join(a)
        for n in range(conversations):
            self.plan(START + 1000 + n * 260_000 // agents, "open", f"c{n}")

    def join(self, a: int) -> None:
        """Let one of ten kinds of agents come online; one in twenty is a supervisor."""
        groups = (GROUPS[a % 5], GROUPS[(a + 1) % 5])
        role = "supervisor" if a % 20 == 19 else "agent"
        skills = {"technical": 3} if a % 2 else {}
        self.step(
            events.AgentSet(
                at=START, source="b", source_id=f"a{a}", agent=f"a{a}", role=role, groups=groups, skills=skills,
                languages=("zh", "en"),
            )
        )  # fmt: skip
        self.step(events.PresenceSet(at=START, source="b", source_id=f"p{a}", agent=f"a{a}", presence="online"))

    def plan(self, at: int, what: str, name: str) -> None:
        """Put something on the agenda."""
        self.serial += 1
        heapq.heappush(self.agenda, (at, self.serial, what, name))

    def step(self, fact: events.Fact) -> tuple[events.Decision, ...]:
        """Take a fact, timed; who is assigned replies after a while."""
        begun = time.perf_counter()
        made = self.desk.step(fact)
        self.spent += time.perf_counter() - begun
        if made or not isinstance(fact, events.DeadlineReached):
            self.count += 1 + len(made)
        for decision in made:
            if isinstance(decision, events.Assigned):
                self.owner[decision.conversation] = decision.agent
                self.plan(fact.at + self.draw.randint(3_000, 40_000), "reply", decision.conversation)
        return made

    def wake(self, at: int) -> None:
        """Feed the deadlines up to an instant."""
        due = self.desk.next_deadline()
        while due is not None and due <= at:
            self.step(events.DeadlineReached(at=due, source="clock", source_id=str(due)))
            due = self.desk.next_deadline()

    def write(self, at: int, n: int, name: str) -> None:
        """Let the customer write; the owner, if there is one, will reply."""
        text = TEXTS[self.draw.randrange(len(TEXTS))]
        self.step(
            events.CustomerWrote(at=at, source="b", source_id=f"w{n}", conversation=name, message=str(n), text=text)
        )
        if name in self.owner:
            self.plan(at + self.draw.randint(8_000, 50_000), "reply", name)

    def reply(self, at: int, n: int, name: str) -> None:
        """Let the owner look and reply; then the customer writes again or the conversation is handled."""
        agent = self.owner[name]
        self.step(events.Viewed(at=at, source="b", source_id=f"v{n}", conversation=name, agent=agent))
        self.step(
            events.AgentWrote(
                at=at, source="b", source_id=f"r{n}", conversation=name, agent=agent, message=str(n), text="好的"
            )
        )
        self.turns[name] -= 1
        self.plan(at + self.draw.randint(20_000, 90_000), "resolve" if self.turns[name] <= 0 else "write", name)

    def run(self) -> Day:
        """Work the agenda off."""
        while self.agenda:
            at, n, what, name = heapq.heappop(self.agenda)
            self.wake(at)
            one = f"{what}{n}"
            if what == "open":
                customer = f"u{self.draw.randrange(self.customers)}"
                self.step(
                    events.ConversationOpened(at=at, source="b", source_id=one, conversation=name, customer=customer)
                )
            if what in ("open", "write"):
                self.write(at, n, name)
            elif what == "reply" and name in self.owner:
                self.reply(at, n, name)
            elif what == "resolve":
                self.step(events.Resolved(at=at, source="b", source_id=one, conversation=name))
                self.owner.pop(name, None)
        return self


def main() -> None:
    """Print events per second at 40 agents, and the cost per event at 10, 100 and 1,000 agents in one run."""
    Day(40, 300).run()
    cost = {}
    for agents, conversations in ((40, 4000), (10, 1500), (100, 6000), (1000, 20_000)):
        day = Day(agents, conversations).run()
        cost[agents] = day.spent / day.count
        rate = f"{day.count / day.spent:9,.0f} events/s, {1e6 * cost[agents]:6.1f} us/event"
        print(f"{agents:5d} agents: {day.count:7d} events, {rate}, {day.desk!r}")
    print(f"cost per event, 1,000 agents against 10: {cost[1000] / cost[10]:.2f} x")


if __name__ == "__main__":
    main()
