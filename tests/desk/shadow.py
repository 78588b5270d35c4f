"""A second opinion on who gets what: the laws of assignment written the long way, over names and sets.

`Shadow` follows a desk's events, knows nothing of its columns, and at each `Assigned` works out anew whom the desk
should serve and by whom. It compares everybody with everybody; no lane, no pool, no heap.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deskkit.desk import events

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskkit.desk.events import Event
    from deskkit.desk.schema import Schema


@dataclass
class Talk:
    """A conversation as the shadow knows it; instants in milliseconds, None where there is none."""

    number: int
    customer: str
    group: str
    needs: frozenset[str]
    language: str
    level: int
    groups: set[str] = field(default_factory=set)
    asks_language: bool = False
    since: int | None = None
    unanswered: int | None = None
    turns: int = 0
    transfers: int = 0
    tags: set[str] = field(default_factory=set)
    owner: str = ""
    last_owner: str = ""
    not_to: str = ""


@dataclass
class Person:
    """An agent as the shadow knows it."""

    number: int
    groups: frozenset[str]
    skills: dict[str, int]
    languages: frozenset[str]
    capacity: float | None
    online: bool = False
    given: int = 0
    idle: int = 0


class Shadow:
    """Follows a desk and judges each of its assignments."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema
        self.talks: dict[str, Talk] = {}
        self.people: dict[str, Person] = {}
        self.last_agent: dict[str, str] = {}
        self.serial = 0
        self.now = 0
        self.judged = 0
        self.contested = 0

    # ------------------------------------------------------------ what the laws say

    def units(self, talk: Talk) -> int:
        """Return what a conversation weighs, thousandths."""
        capacity, points = self.schema.capacity, self.schema.complexity
        units = capacity.waiting_for_customer if talk.unanswered is None else capacity.waiting_for_agent
        complexity = talk.turns * points.turn + talk.transfers * points.transfer
        return units * capacity.complex_factor // 1000 if complexity >= capacity.complex_from else units

    def load(self, name: str) -> int:
        """Return what an agent holds."""
        return sum(self.units(talk) for talk in self.talks.values() if talk.owner == name)

    def busy(self, name: str) -> int:
        """Return how many customers an agent owes an answer."""
        return sum(1 for talk in self.talks.values() if talk.owner == name and talk.unanswered is not None)

    def limit(self, name: str) -> int:
        """Return how much an agent may hold."""
        own = self.people[name].capacity
        if own is not None:
            return round(own * 1000)
        special = [units for group, units in self.schema.capacity.groups.items() if group in self.people[name].groups]
        return max(special, default=self.schema.capacity.agent)

    def may(self, name: str, talk: Talk) -> bool:
        """Say whether an agent is there for such a conversation and has room."""
        one = self.people[name]
        speaks = not (talk.asks_language and talk.language) or talk.language in one.languages
        if not (one.online and talk.groups & one.groups and talk.needs <= one.skills.keys() and speaks):
            return False
        limit = self.limit(name)
        kept = 0 if talk.level >= 2 else self.schema.capacity.reserve
        return limit > 0 and self.load(name) + self.units(talk) <= limit - kept

    def rank(self, name: str, talk: Talk) -> tuple[Any, ...]:
        """Return what orders the agents; the smallest is taken."""
        one, load, limit = self.people[name], self.load(name), self.limit(name)
        one_more = load + self.schema.capacity.waiting_for_agent
        tier = 0 if one_more <= limit - self.schema.capacity.reserve else 1 if one_more <= limit else 2
        match self.schema.routing.strategy:
            case "round_robin":
                return tier, one.given, one.number
            case "longest_idle":
                return tier, self.busy(name), one.idle, one.number
            case "best_skill":
                skill = sum(one.skills[need] for need in talk.needs)
                return -skill, tier, load, one.given, one.number
        return tier, load, one.given, one.number

    def agent_for(self, talk: Talk) -> str:
        """Return who should take a conversation now, empty if nobody can."""
        able = [name for name in self.people if self.may(name, talk)]
        known = talk.last_owner or self.last_agent.get(talk.customer, "")
        if self.schema.routing.returning and known in able and known != talk.not_to:
            return known
        others = [name for name in able if name != talk.not_to]
        return min(others or able, key=lambda name: self.rank(name, talk), default="")

    def before(self, talk: Talk) -> tuple[Any, ...]:
        """Return what orders the waiting; the smallest is served first."""
        credit = max((ms for tag, ms in self.schema.routing.credit.items() if tag in talk.tags), default=0)
        waited = self.now - (talk.since or 0) + credit
        if waited >= self.schema.routing.guard_ms:
            return 0, 0, -waited, talk.number
        targets = self.schema.targets.groups.get(talk.group, self.schema.targets.levels)
        return 1, -talk.level, -waited / targets[talk.level], talk.number

    def next(self) -> tuple[str, str]:
        """Return who should be served next, by whom; empty if nobody can be."""
        stuck = set()
        for name, talk in sorted(self.waiting(), key=lambda pair: self.before(pair[1])):
            asked = talk.language if talk.asks_language else ""
            targets = self.schema.targets.groups.get(talk.group, self.schema.targets.levels)
            lane = (frozenset(talk.groups), talk.needs, asked, talk.level, targets, talk.not_to)
            agent = "" if lane in stuck else self.agent_for(talk)
            if agent:
                return name, agent
            stuck.add(lane)  # first come, first served among those alike
        return "", ""

    def waiting(self) -> Iterable[tuple[str, Talk]]:
        """Return who stands in the queue."""
        return [(name, talk) for name, talk in self.talks.items() if talk.since is not None]

    # ------------------------------------------------------------ what happened

    def follow(self, log: Iterable[Event]) -> None:
        """Follow a fact and the decisions about it; judge those that assign, and that none is left out."""
        for event in log:
            self.now = max(self.now, event.at)
            if isinstance(event, events.Assigned):
                assert self.next() == (event.conversation, event.agent), "another one was to be served, or by another"
                self.judged += 1
                self.contested += sum(self.may(name, self.talks[event.conversation]) for name in self.people) > 1
            idle = {name for name in self.people if self.busy(name) == 0}
            getattr(self, type(event).__name__, self.nothing)(event)
            for name, one in self.people.items():
                if name not in idle and self.busy(name) == 0:
                    self.serial += 1
                    one.idle = self.serial
        assert self.next() == ("", ""), "somebody waits for whom an agent has room"

    def nothing(self, _event: Any) -> None:
        """Pass over what does not matter here."""

    def AgentSet(self, event: events.AgentSet) -> None:  # noqa: N802  named after the event
        """Know an agent."""
        groups, languages = frozenset(event.groups), frozenset(event.languages)
        known = self.people.get(event.agent)
        number = known.number if known else len(self.people)
        one = Person(number, groups, event.skills, languages, event.capacity)
        if known:
            one.online, one.given, one.idle = known.online, known.given, known.idle
        self.people[event.agent] = one

    def PresenceSet(self, event: events.PresenceSet) -> None:  # noqa: N802  likewise
        """Let an agent come or go."""
        one = self.people[event.agent]
        if event.presence == "online" and not one.online:
            self.serial += 1
            one.idle = self.serial
        one.online = event.presence == "online"

    def ConversationOpened(self, event: events.ConversationOpened) -> None:  # noqa: N802  likewise
        """Let a conversation begin; it waits once the customer has written."""
        asks = self.schema.routing.language != "ignored"
        self.talks[event.conversation] = Talk(
            len(self.talks), event.customer, event.group, frozenset(event.needs), event.language,
            self.schema.start_level, {event.group}, asks,
        )  # fmt: skip

    def CustomerWrote(self, event: events.CustomerWrote) -> None:  # noqa: N802  likewise
        """Let a customer write; the first unanswered message counts."""
        talk = self.talks[event.conversation]
        if talk.unanswered is None:
            talk.unanswered = self.now
            talk.turns += 1

    def AgentWrote(self, event: events.AgentWrote) -> None:  # noqa: N802  likewise
        """Let a reply answer; one to a waiting conversation claims it."""
        self.talks[event.conversation].unanswered = None
        if not self.talks[event.conversation].owner:
            self.hand(event.conversation, event.agent)

    def Resolved(self, event: events.Resolved) -> None:  # noqa: N802  likewise
        """Let a conversation end."""
        talk = self.talks[event.conversation]
        talk.owner, talk.since, talk.unanswered = "", None, None

    def TagSet(self, event: events.TagSet) -> None:  # noqa: N802  likewise
        """Put a tag on by hand."""
        self.talks[event.conversation].tags.add(event.tag)

    def PrioritySet(self, event: events.PrioritySet) -> None:  # noqa: N802  likewise
        """Set a level by hand."""
        self.talks[event.conversation].level = event.level

    def OwnerSet(self, event: events.OwnerSet) -> None:  # noqa: N802  likewise
        """Assign by hand, or send back to the queue."""
        talk = self.talks[event.conversation]
        if event.agent:
            talk.transfers += talk.owner not in ("", event.agent)
            self.hand(event.conversation, event.agent)
        else:
            talk.not_to = talk.owner
            self.back(talk)

    def Returned(self, event: events.Returned) -> None:  # noqa: N802  likewise
        """Take a conversation from its owner."""
        talk = self.talks[event.conversation]
        if event.because[1] > 0:  # by time-out
            talk.not_to = talk.owner
        self.back(talk)

    def Queued(self, event: events.Queued) -> None:  # noqa: N802  likewise
        """Let a conversation wait."""
        talk = self.talks[event.conversation]
        talk.group, talk.groups, talk.since = event.group, {event.group}, talk.unanswered

    def Overflowed(self, event: events.Overflowed) -> None:  # noqa: N802  likewise
        """Let further agents take a conversation."""
        talk = self.talks[event.conversation]
        if event.step < 0:
            talk.asks_language = False
            return
        step = [s for s in self.schema.routing.overflow if s.group == talk.group][event.step]
        talk.groups |= set(step.to)
        talk.needs = frozenset() if "skills" in step.drop else talk.needs
        talk.asks_language = talk.asks_language and "language" not in step.drop

    def Assigned(self, event: events.Assigned) -> None:  # noqa: N802  likewise
        """Hand a conversation over."""
        self.hand(event.conversation, event.agent)

    def hand(self, name: str, agent: str) -> None:
        """Let an agent own a conversation."""
        talk = self.talks[name]
        talk.owner = talk.last_owner = self.last_agent[talk.customer] = agent
        talk.since, talk.not_to = None, ""
        self.serial += 1
        self.people[agent].given = self.serial

    def back(self, talk: Talk) -> None:
        """Let a conversation wait again, from its first unanswered message on; a new wait closes what was opened."""
        talk.transfers += talk.owner != ""
        talk.owner = talk.last_owner = ""
        talk.since = self.now if talk.unanswered is None else talk.unanswered
        if talk.since == self.now:
            talk.groups, talk.asks_language = {talk.group}, self.schema.routing.language != "ignored"
