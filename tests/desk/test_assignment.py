"""Which agent gets a conversation: four strategies, each against the long way; who is there; the agent one knows."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import events
from tests.desk.floor import HIGH, LOW, NORMAL, URGENT, Floor, given, rules
from tests.desk.scene import MINUTE, SECOND, of
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


# ---------------------------------------------------------------- the strategies, one by one


def test_least_load_takes_who_holds_least() -> None:
    """The agent with fewest units in hand takes the next one; of equals who got one longest ago; then the first."""
    desk = Floor(agents=("chen", "lin", "wu"))
    desk.come("c1", "c2", "c3")
    assert desk.owners("c1", "c2", "c3") == ["chen", "lin", "wu"]
    desk.reply("c2", agent="lin")
    desk.come("c4", "c5")
    assert desk.owners("c4", "c5") == ["lin", "chen"]


def test_least_load_counts_units_not_conversations() -> None:
    """Two conversations in which the customer is to answer weigh less than two in which the agent is."""
    desk = Floor()
    desk.join("chen")
    desk.join("lin", presence="away")
    desk.fill("chen", 3)
    desk.fill("lin", 2)
    for n in range(3):
        desk.reply(f"filler chen {n}", agent="chen")
    desk.be("lin", "online")
    desk.come("c1")
    assert (desk.load("lin"), desk.owner("c1")) == (2.0, "chen")


def test_round_robin_goes_round_whatever_they_hold() -> None:
    """Each in turn, also when one has less in hand; who is full is passed over."""
    desk = Floor(rules(routing__strategy="round_robin", capacity__agent=2), agents=("chen", "lin", "wu"))
    desk.come("c1", "c2")
    desk.do(events.Resolved, "c1")
    desk.come("c3", "c4", "c5")
    assert desk.owners("c2", "c3", "c4", "c5") == ["lin", "wu", "chen", "lin"]
    desk.come("c6", "c7")
    assert desk.owners("c6", "c7") == ["wu", "chen"]


def test_round_robin_counts_what_was_given_by_hand() -> None:
    """Who was just given one by hand comes last in the round."""
    desk = Floor(rules(routing__strategy="round_robin"), agents=("chen", "lin"))
    desk.come("c1", text="")
    desk.give("c1", "chen")
    desk.come("c2")
    assert desk.owner("c2") == "lin"


def test_longest_idle_takes_who_has_owed_no_answer_longest() -> None:
    """Who answered everything first takes the next one, whatever is in hand."""
    desk = Floor(rules(routing__strategy="longest_idle"), agents=("chen", "lin"))
    desk.come("c1", "c2")
    assert desk.owners("c1", "c2") == ["chen", "lin"]
    desk.reply("c2", agent="lin")
    desk.do(events.Resolved, "c1")
    desk.come("c3")
    assert (desk.load("chen"), desk.load("lin"), desk.owner("c3")) == (0.0, 1.5, "lin")


def test_longest_idle_with_nobody_idle_takes_the_least_busy() -> None:
    """Where all have to answer, who has fewest customers waiting for an answer takes the next one."""
    desk = Floor(rules(routing__strategy="longest_idle"), agents=("chen", "lin"))
    desk.fill("chen", 2)
    desk.fill("lin", 3)
    desk.come("c1")
    assert desk.owner("c1") == "chen"


def test_longest_idle_counts_from_coming_online() -> None:
    """Who comes in stands behind those who sit idle already; time away or offline is not idleness."""
    desk = Floor(rules(routing__strategy="longest_idle"), agents=("chen",))
    desk.be("chen", "away")
    desk.join("lin")
    desk.wait(MINUTE)
    desk.be("chen", "online")
    desk.come("c1")
    assert desk.owner("c1") == "lin"


def test_best_skill_takes_who_is_best_at_what_is_needed() -> None:
    """The highest sum of levels in the skills asked for, however loaded, as long as there is room."""
    desk = Floor(rules(routing__strategy="best_skill", capacity__agent=2))
    desk.join("novice", skills={"mending": 1, "law": 1})
    desk.join("mender", skills={"mending": 5, "law": 2})
    desk.join("lawyer", skills={"mending": 3, "law": 3})
    desk.come("both 1", "both 2", "both 3", "both 4", needs=("mending", "law"))
    assert desk.owners("both 1", "both 2", "both 3", "both 4") == ["mender", "mender", "lawyer", "lawyer"]
    desk.come("plain")
    assert desk.owner("plain") == "novice"


def test_best_skill_without_a_need_is_least_load() -> None:
    """Skills nobody asked for give no preference."""
    desk = Floor(rules(routing__strategy="best_skill"))
    desk.join("plain")
    desk.join("mender", skills={"mending": 5})
    desk.come("c1", "c2", "c3")
    assert desk.owners("c1", "c2", "c3") == ["plain", "mender", "plain"]


def test_a_need_is_met_by_its_holders_only() -> None:
    """All skills asked for must be there; a level of 1 will do."""
    desk = Floor()
    desk.join("half", skills={"mending": 5})
    desk.come("c1", needs=("mending", "law"))
    assert desk.stage("c1") == "waiting"
    assert given(desk.join("whole", skills={"mending": 1, "law": 1})) == [("c1", "whole")]


# ---------------------------------------------------------------- away, offline, unknown


@pytest.mark.parametrize("presence", ["away", "offline"])
def test_only_who_is_online_gets_anything(presence: str) -> None:
    """Who is away or offline gets nothing new by rule, and takes who waits on coming back."""
    desk = Floor()
    desk.join("chen", presence=presence)
    desk.come("c1")
    assert desk.stage("c1") == "waiting"
    assert given(desk.be("chen", "online")) == [("c1", "chen")]


def test_who_is_away_keeps_what_is_in_hand() -> None:
    """Going away takes nothing from an agent; the customer's next message stays with the owner."""
    desk = Floor(agents=("chen", "lin"))
    desk.come("c1")
    desk.be("chen", "away")
    desk.say("and?", "c1")
    assert desk.owner("c1") == "chen"


def test_an_agents_new_profile_counts_at_once() -> None:
    """Who joins a group or learns a skill takes who waits for it in that pass, and is asked no more on leaving it."""
    desk = Floor()
    desk.join("chen", groups=("other",))
    desk.come("c1", "c2", needs=("law",))
    assert desk.queue() == ("c1", "c2")
    learned = desk.take(events.AgentSet, agent="chen", groups=("desk",), skills={"law": 1}, capacity=1)
    assert given(learned) == [("c1", "chen")]
    desk.take(events.AgentSet, agent="chen", groups=("other",), skills={"law": 1})
    assert desk.queue() == ("c2",)


# ---------------------------------------------------------------- the agent the customer knows


def test_a_customer_goes_back_to_the_agent_it_knows() -> None:
    """Who served the customer last takes the next conversation too, though another has less in hand."""
    desk = Floor(agents=("chen", "lin"))
    desk.open("c1", customer="zhang")
    desk.do(events.Resolved, "c1")
    desk.fill("chen", 2)
    done = desk.open("c2", customer="zhang")
    assert given(done) == [("c2", "chen")]
    assert of(done, events.Assigned)[0].because[3] == 1
    desk.open("c3", customer="li")
    assert desk.owner("c3") == "lin"


@pytest.mark.parametrize(
    ("why", "profile"),
    [
        ("full", {"capacity": 1}),
        ("away", {"presence": "away"}),
        ("not of the group", {"groups": ("other",)}),
        ("without the skill", {"skills": {}}),
        ("without the language", {"languages": ("zh",)}),
    ],
)
def test_the_known_agent_must_be_able(why: str, profile: dict[str, Any]) -> None:
    """A known agent who is full, away, of another group, without skill or language is passed over."""
    plain: dict[str, Any] = {"skills": {"law": 1}, "languages": ("en",)}
    desk = Floor(rules(routing__language="required"))
    desk.join("chen", **plain)
    desk.open("c1", customer="zhang", needs=("law",), language="en")
    desk.fill("chen", 1)
    desk.join("lin", **plain)
    desk.do(events.Resolved, "c1")
    desk.join("chen", **{**plain, **profile})
    desk.open("c2", customer="zhang", needs=("law",), language="en")
    assert desk.owner("c2") == "lin", why


def test_returning_may_be_switched_off() -> None:
    """With `returning = false` the strategy alone decides."""
    desk = Floor(rules(routing__returning=False), agents=("chen", "lin"))
    desk.open("c1", customer="zhang")
    desk.fill("chen", 1)
    desk.do(events.Resolved, "c1")
    desk.open("c2", customer="zhang")
    assert desk.owner("c2") == "lin"


def test_history_from_an_import_tells_the_known_agent() -> None:
    """The last agent of an imported history counts like one seen by the desk."""
    desk = Floor(agents=("chen", "lin"))
    desk.take(events.HistorySeeded, customer="zhang", last_agent="lin")
    desk.open("c1", customer="zhang")
    assert desk.owner("c1") == "lin"
