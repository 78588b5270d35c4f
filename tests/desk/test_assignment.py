"""Which agent gets a conversation: four strategies, each against the long way; language; the agent one knows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import events
from tests.desk.floor import HIGH, LOW, NORMAL, URGENT, Floor, rules
from tests.desk.scene import MINUTE, SECOND
from tests.desk.shadow import Shadow

if TYPE_CHECKING:
    from deskkit.desk.policy import Policy

STRATEGIES = ("least_load", "round_robin", "longest_idle", "best_skill")
HANDS = ("write", "write", "reply", "reply", "resolve", "resolve", "level", "tag", "owner", "queue")
SMALL = """
[queue]
guard = "5 min"
credit = { VIP = "90 s" }
[targets.groups.other]
low = "20 min"
normal = "4 min"
high = "2 min"
urgent = "60 s"
[capacity.groups]
other = 3
[[routing.overflow]]
group = "desk"
after = "2 min"
to = ["other"]
drop = ["skills"]
[reassign]
after = "3 min"
times = 2
"""


def small(strategy: str, *, language: str, returning: bool, reserve: int) -> Policy:
    """Return a policy under which little fits and much happens."""
    return rules(
        SMALL, routing__strategy=strategy, routing__language=language, routing__returning=returning,
        capacity__agent=4, capacity__reserve=reserve, capacity__complex_from=4, capacity__complex_factor=1.5,
    )  # fmt: skip


# ---------------------------------------------------------------- the long way


class Day:
    """A random day on a small desk: agents come and go, customers come, write, leave; hands interfere."""

    def __init__(self, policy: Policy, seed: int) -> None:
        self.draw = random.Random(seed)
        self.floor = Floor(policy)
        self.shadow = Shadow(policy.schema)
        self.kinds: set[str] = set()
        for n in range(self.draw.randint(3, 6)):
            self.profile(f"a{n}")
            self.take(events.PresenceSet, agent=f"a{n}", presence="online")

    def take(self, kind: Any, **fields: Any) -> None:
        """Let a fact happen on the desk; let the shadow judge."""
        begun = len(self.floor.log)
        self.floor.take(kind, **fields)
        self.kinds |= {type(event).__name__ for event in self.floor.log[begun:]}
        self.shadow.follow(self.floor.log[begun:])

    def profile(self, agent: str) -> None:
        """Let an agent be known, or known differently."""
        draw = self.draw
        self.take(
            events.AgentSet,
            agent=agent,
            groups=draw.choice((("desk",), ("other",), ("desk", "other"))),
            skills={skill: draw.randint(1, 5) for skill in ("mending", "law") if draw.random() < 0.7},
            languages=draw.choice((("zh",), ("en",), ("zh", "en"))),
            capacity=draw.choice((None, None, None, 0, 1, 2.5, 4)),
        )

    def act(self) -> None:
        """Let something happen."""
        draw = self.draw
        agent = f"a{draw.randrange(len(self.shadow.people))}"
        what = draw.choice(("come",) * 6 + ("act",) * 12 + ("wait",) * 5 + ("be", "be", "profile"))
        if what == "come":
            name = f"c{len(self.shadow.talks)}"
            needs = tuple(skill for skill in ("mending", "law") if draw.random() < 0.3)
            who, group, language = f"u{draw.randrange(6)}", draw.choice(("desk", "other")), draw.choice(("zh", "en"))
            self.take(
                events.ConversationOpened, conversation=name, customer=who, group=group, needs=needs, language=language
            )
            self.take(events.PrioritySet, conversation=name, level=draw.choice((LOW, NORMAL, NORMAL, HIGH, URGENT)))
            self.take(events.CustomerWrote, conversation=name, message="m", text="hello")
        elif what == "be":
            self.take(events.PresenceSet, agent=agent, presence=draw.choice(("online", "online", "away", "offline")))
        elif what == "profile":
            self.profile(agent)
        elif what == "wait":
            self.wait(draw.choice((1, SECOND, 20 * SECOND, MINUTE, MINUTE, 2 * MINUTE)))
        else:
            self.hand(agent)

    def hand(self, agent: str) -> None:
        """Let something happen to a conversation that is not over."""
        alive = [name for name, talk in self.shadow.talks.items() if talk.owner or talk.since is not None]
        if not alive:
            return
        name = self.draw.choice(alive)
        owner = self.shadow.talks[name].owner
        match self.draw.choice(HANDS):
            case "write":
                self.take(events.CustomerWrote, conversation=name, message="m", text="hello")
            case "reply":
                self.take(events.AgentWrote, conversation=name, message="m", text="yes", agent=owner or agent)
            case "resolve":
                self.take(events.Resolved, conversation=name)
            case "level":
                self.take(events.PrioritySet, conversation=name, level=self.draw.randrange(4))
            case "tag":
                self.take(events.TagSet, conversation=name, facet="customer", tag="VIP")
            case "owner" if agent != owner and self.shadow.people[agent].online:
                self.take(events.OwnerSet, conversation=name, agent=agent)
            case "queue" if owner:
                self.take(events.OwnerSet, conversation=name, agent="")

    def wait(self, ms: int) -> None:
        """Let time pass, waking the desk when it wants to be."""
        until = self.floor.at + ms
        while (due := self.floor.desk.next_deadline()) is not None and due <= until:
            self.floor.at = due
            self.take(events.DeadlineReached)
        self.floor.at = until
        self.take(events.DeadlineReached)


@pytest.mark.parametrize("strategy", STRATEGIES)
def test_every_assignment_is_the_one_the_long_way_finds(strategy: str) -> None:
    """On 40 random small desks (seeds 0 to 39) of 100 acts each agent and each customer chosen is the right one."""
    judged, contested, kinds = 0, 0, set()
    for seed in range(40):
        language = ("ignored", "preferred", "required")[seed % 3]
        day = Day(small(strategy, language=language, returning=seed % 2 == 0, reserve=seed // 2 % 2), seed)
        for _ in range(100):
            day.act()
        judged += day.shadow.judged
        contested += day.shadow.contested
        kinds |= day.kinds
    assert judged > 500, "hardly anything was assigned"
    assert contested > 150, "hardly ever had more than one agent room"
    assert {"Assigned", "Returned", "Overflowed", "Queued"} <= kinds
