"""Delivery chaos over the inbox (T13; P3, P13, P15): repeated, shuffled, dropped and delivered again, it is one day.

The day happens at a provider whose agents we watch. Tidy, each thing is delivered once, in order; otherwise up to ten
times, up to an hour late, some only when the provider's list is compared. What facts say must not depend on it: the
messages, the stage, the tags by hand, and what is known of agents and customers.
"""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING, Any

import pytest

from deskkit.desk import cards, events
from deskkit.live.inbox import Inbox
from tests.live.desks import START, make, served, wrote

if TYPE_CHECKING:
    from deskkit.desk.events import Fact
    from tests.live.desks import Served

_logger = logging.getLogger(__name__)

SEED = 20_260_618
HOUR = 3_600_000
DAY = 24 * HOUR
TEXTS = ("这个多少钱", "我的订单还没到", "谢谢", "还有一个问题", "ok", "马上就要出发了，快点！")
AGENTS = ("chen", "lin", "wang")
Delivered = tuple[int, "Fact"]


class Provider:
    """A provider where a day happens: it lets only happen what can, and gives each thing a time of its own."""

    def __init__(self, draw: random.Random, *, skew_ms: int = 0) -> None:
        self.draw = draw
        self.at = START
        self.skew_ms = skew_ms
        self.facts: list[Fact] = []
        self.open: dict[str, str] = {}  # conversation: its stage
        for agent in AGENTS:
            self.tell(events.AgentSet, agent=agent, groups=("presales",), languages=("zh",))
            self.tell(events.PresenceSet, agent=agent, presence="online")

    def tell(self, kind: Any, **fields: Any) -> None:
        """Let something happen."""
        self.at += self.draw.randint(1, 240_000)
        self.facts.append(make(kind, f"{kind.__name__} {len(self.facts)}", at=self.at + self.skew_ms, **fields))

    def say(self, name: str, stage: str) -> None:
        """Let customer or agent write; a message may open what was closed, as the provider then says."""
        message = str(len(self.facts))
        if self.draw.random() < 0.6:
            self.tell(events.CustomerWrote, conversation=name, message=message, text=self.draw.choice(TEXTS))
            if stage != "open" and self.draw.random() < 0.7:
                self.tell(events.Reopened, conversation=name)
                self.open[name] = "open"
        elif stage == "open":
            agent = self.draw.choice(AGENTS)
            self.tell(events.AgentWrote, conversation=name, message=message, text="稍等", agent=agent)

    def act(self) -> None:
        """Let one thing happen."""
        draw = self.draw
        if not self.open or draw.random() < 0.15:
            name = f"c{len(self.open)}"
            self.tell(events.ConversationOpened, conversation=name, customer=f"u{draw.randrange(4)}")
            self.open[name] = "open"
            return
        name, stage = draw.choice(list(self.open.items()))
        what = draw.randrange(12)
        if what < 6:
            self.say(name, stage)
        elif what == 6 and stage == "open":
            self.tell(events.Resolved, conversation=name)
            self.open[name] = "closed"
        elif what == 7 and stage == "open":
            self.tell(events.OwnerSet, conversation=name, agent=draw.choice(AGENTS))
        elif what == 8:
            self.tell(events.TagSet, conversation=name, facet="label", tag=draw.choice("xy"), on=draw.random() < 0.6)
        elif what == 9 and stage == "open":
            self.tell(events.PrioritySet, conversation=name, level=draw.randrange(4))
        elif what == 10:
            self.tell(events.CustomerSet, customer=f"u{draw.randrange(4)}", fields={"orders": draw.randrange(9)})
        else:
            self.tell(events.Rated, conversation=name, rating=draw.randrange(-1, 2))


def day(seed: int, *, skew_ms: int = 0) -> list[Fact]:
    """Return what happened at a provider."""
    provider = Provider(random.Random(seed), skew_ms=skew_ms)
    for _ in range(60):
        provider.act()
    return provider.facts


def chaos(facts: list[Fact], draw: random.Random) -> list[Delivered]:
    """Return when which fact is delivered: each up to ten times, up to an hour late; one in twenty only at the end."""
    late: list[Delivered] = []
    for fact in facts:
        if draw.random() < 0.05:
            continue
        times = draw.choice((1, 1, 1, 2, 3, 10))
        late += [(fact.at + draw.randint(0, HOUR), fact) for _ in range(times)]
    end = facts[-1].at + HOUR
    reconciled = [(end + n, fact) for n, fact in enumerate(facts)]  # the provider's list, compared once a day
    return sorted(late, key=lambda one: one[0]) + reconciled


def delivered(deliveries: list[Delivered]) -> Served:
    """Return a desk that only watches, to which this was delivered; its clock is right all the time."""
    desk = served(acts=False)
    for at, fact in deliveries:
        desk.clock.advance(max(0, at - desk.clock.now()))
        desk.bring(fact)
        desk.driver.wake()
    return desk


def said_by_facts(desk: Served) -> dict[str, Any]:
    """Return what facts alone say: who replied first to whom, and so has it, may differ with the order."""
    model = desk.driver.desk
    shown: dict[str, Any] = {}
    for name in model.conversations:
        card = cards.conversation_card(model, name)
        tags = {(tag.facet, tag.name) for tag in card.tags if tag.by_hand}
        off = {(tag.facet, tag.name) for tag in card.taken_off}
        messages = sorted(fact.source_id for fact in model.messages[model.exactly(name)])
        stage = "open" if card.stage in {"waiting", "assigned"} else card.stage
        shown[name] = (stage, tags, off, messages)
    people = {name: sorted(one.fields.items()) for name, one in model.people.items()}
    return {"conversations": shown, "people": people, "presence": [one.presence for one in cards.agents(model)]}


def no_wait_is_negative(desk: Served) -> None:
    """Assert that nobody waits since an instant to come."""
    model = desk.driver.desk
    for name in cards.open_conversations(model):
        card = cards.conversation_card(model, name)
        for since in (card.unanswered_since, card.waiting_since):
            assert since is None or since <= model.now


@pytest.mark.parametrize("runs", [40, pytest.param(5_000, marks=pytest.mark.full)])
def test_chaos_leads_where_a_tidy_day_leads(runs: int) -> None:
    """However a day was delivered, the facts say the same, and the log holds each once."""
    apart = refused = 0
    for run in range(runs):
        facts = day(SEED + run)
        tidy = delivered([(fact.at, fact) for fact in facts])
        wild = delivered(chaos(facts, random.Random(run)))
        assert said_by_facts(wild) == said_by_facts(tidy), f"run {run}"
        no_wait_is_negative(wild)
        ids = {fact.source_id for fact in facts}
        stored = [row.event.source_id for row in wild.log.read() if row.event.source == "feed"]
        assert sorted(stored) == sorted(ids), f"run {run}"
        refused += sum(getattr(row.event, "reason", "") == "late" for row in wild.log.read(kinds=[events.Refused]))
        apart += [row.event.source_id for row in tidy.log.read()] != [row.event.source_id for row in wild.log.read()]
    _logger.info("%d runs, %d facts refused as late", runs, refused)
    assert apart == runs
    assert refused > runs // 4


def test_without_care_for_late_facts_it_does_not(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a driver that takes late facts as they come is told apart from the tidy one."""
    monkeypatch.setattr("deskkit.live.late.Newest.overtook", lambda *_: False)
    facts = [day(SEED + run) for run in range(12)]
    wild = [said_by_facts(delivered(chaos(one, random.Random(run)))) for run, one in enumerate(facts)]
    assert wild != [said_by_facts(delivered([(fact.at, fact) for fact in one])) for one in facts]


@pytest.mark.parametrize("skew_ms", [-DAY, DAY])
def test_a_provider_whose_clock_is_wrong(skew_ms: int) -> None:
    """A clock a day behind or ahead makes no wait negative, loses nothing, and lets the desk's time not run away."""
    facts = day(SEED, skew_ms=skew_ms)
    desk = delivered([(fact.at - skew_ms, fact) for fact in facts])
    assert desk.driver.desk.now <= desk.clock.now() + 60_000
    no_wait_is_negative(desk)
    stored = {row.event.source_id for row in desk.log.read() if row.event.source == "feed"}
    assert stored == {fact.source_id for fact in facts}


@pytest.mark.parametrize("acts", [True, False])
def test_a_late_message_does_not_reopen(*, acts: bool) -> None:
    """A message from before the closing that comes after it is there, and the conversation stays closed."""
    desk = served(acts=acts)
    desk.bring(make(events.ConversationOpened, "o", conversation="c1", customer="u"))
    desk.clock.advance(20_000)
    desk.bring(make(events.Resolved, "r", at=START + 20_000, conversation="c1"))
    assert desk.bring(wrote("m", at=START + 10_000)) == "taken"
    assert said_by_facts(desk)["conversations"]["c1"] == ("resolved", set(), set(), ["m"])
    assert desk.bring(wrote("n", at=START + 20_001)) == "taken"  # the control: where we act, a later one reopens it
    assert said_by_facts(desk)["conversations"]["c1"][0] == ("open" if acts else "resolved")


@pytest.mark.parametrize("text", ["这个多少钱", "谢谢"])
def test_a_late_closing_does_not_close_what_was_opened_again(text: str) -> None:
    """A closing that comes after the message that opened it again is refused; a courtesy opens nothing."""
    desk = served()
    desk.bring(make(events.AgentSet, "a", agent="chen", groups=("presales",), languages=("zh",)))
    desk.bring(make(events.PresenceSet, "p", agent="chen", presence="online"))
    desk.bring(make(events.ConversationOpened, "o", conversation="c1", customer="u"))
    desk.bring(wrote("m"))
    desk.bring(make(events.AgentWrote, "w", conversation="c1", agent="chen", message="w", text="稍等"))
    desk.clock.advance(20_000)
    desk.bring(wrote("n", at=START + 20_000, text=text))
    answer = desk.bring(make(events.Resolved, "r", at=START + 10_000, conversation="c1"))
    stage = said_by_facts(desk)["conversations"]["c1"][0]
    assert (answer, stage) == (("refused late", "open") if text != "谢谢" else ("taken", "resolved"))


def test_what_is_newest_is_known_to_the_next_driver() -> None:
    """A driver that starts anew knows what was newest of agents, and refuses what is older."""
    desk = served()
    desk.clock.advance(20_000)
    desk.bring(make(events.PresenceSet, "p2", at=START + 20_000, agent="chen", presence="away"))
    again = Inbox(desk.driver)
    old = make(events.PresenceSet, "p1", at=START, agent="chen", presence="online")
    assert desk._replace(inbox=again).bring(old) == "refused late"
