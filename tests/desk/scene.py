"""A small desk played by hand: one line per fact, decisions and cards at hand.

Beside the desk under test stands another that only folds what was decided; after every fact both must be the same, so
each test of a behaviour is a test of the fold as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from deskkit.desk import cards, events
from deskkit.desk.desk import Desk
from deskkit.desk.policy import Policy
from deskkit.desk.state import comparable

if TYPE_CHECKING:
    from deskkit.desk.events import Decision, Event, Fact

D = TypeVar("D", bound="Decision")

START = 1_781_773_200_000  # Thursday 2026-06-18 09:00 UTC, 17:00 in Shanghai, 11:00 in Berlin
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000

BARE = Policy.parse("""
version = 1
name = "bare"
zone = "UTC"
[hours]
open = ["mon-sun 00:00-24:00"]
[life]
reopen_within = "24 h"
[groups.desk]
[groups.other]
[signals.refund]
words = ["refund"]
[signals.urgent]
words = ["asap"]
[facets.customer]
tags = ["VIP", "new"]
[facets.inquiry]
tags = ["order", "complaint"]
[facets.label]
tags = ["hurry", "money"]
[priority]
start = "normal"
hold = "3 min"
[priority.complexity]
turn = 1
hundred_words = 1
inquiry = 2
transfer = 3
[capacity]
agent = 5
[routing]
default_group = "desk"
language = "ignored"
""")


def tagging(tag: str, facet: str, **when: Any) -> dict[str, object]:
    """Return a tag rule named after its tag."""
    return {"name": f"rule {tag}", "facet": facet, "tag": tag, "when": when}


def raising(level: str, name: str = "", **when: Any) -> dict[str, object]:
    """Return a priority rule."""
    return {"name": name or f"{level} {when}", "level": level, "when": when}


def tidying(do: str, name: str = "", **when: Any) -> dict[str, object]:
    """Return a tidying rule."""
    return {"name": name or f"{do} {when}", "do": do, "when": when}


def policy(
    *,
    base: Policy = BARE,
    tags: tuple[dict[str, object], ...] = (),
    levels: tuple[dict[str, object], ...] = (),
    tidy: tuple[dict[str, object], ...] = (),
    edits: dict[str, object] | None = None,
) -> Policy:
    """Return the bare policy with rules and other values."""
    made = base.edit(edits or {})
    for path, rules in (("tag", tags), ("priority.rule", levels), ("tidy", tidy)):
        for rule in rules:
            made = made.add(path, rule)
    return made


class Scene:
    """A desk with agents online, all of the group ``desk``, and a clock that only the test moves."""

    def __init__(self, rules: Policy = BARE, *, agents: tuple[str, ...] = ("chen",), acts: bool = True) -> None:
        self.desk = Desk(rules, acts=acts)
        self.folded = Desk(rules, acts=acts)
        self.at = START
        self.log: list[Event] = []
        for agent in agents:
            self.take(events.AgentSet, agent=agent, groups=("desk",))
            self.take(events.PresenceSet, agent=agent, presence="online")

    # ------------------------------------------------------------ facts

    def take(self, kind: type[Fact], **fields: Any) -> tuple[Decision, ...]:
        """Let one fact happen now; return the decisions, which lead the folding desk to the same state."""
        fact = kind(at=self.at, source="test", source_id=str(len(self.log)), **fields)
        done = self.desk.step(fact)
        self.log += [fact, *done]
        self.folded.fold([fact, *done])
        self.same(self.folded)
        return done

    def same(self, other: Desk) -> None:
        """Assert that another desk knows the same and wakes at the same instant."""
        one, two = comparable(self.desk.state), comparable(other.state)
        for name, rows in one.items():
            assert two[name] == rows, f"the folding desk differs in {name}"
        assert list(other.tags) == list(self.desk.tags)
        assert other.going_on == self.desk.going_on
        assert other.next_deadline() == self.desk.next_deadline()

    def open(self, name: str = "c1", text: str = "hello", *, customer: str = "zhang", **more: Any) -> Any:
        """Let a customer come and, where there is a text, write it."""
        done = self.take(events.ConversationOpened, conversation=name, customer=customer, **more)
        return done + self.say(text, name) if text else done

    def say(self, text: str, name: str = "c1") -> tuple[Decision, ...]:
        """Let the customer write."""
        return self.take(events.CustomerWrote, conversation=name, message=f"m{len(self.log)}", text=text)

    def reply(self, name: str = "c1", *, agent: str = "chen", automatic: bool = False) -> tuple[Decision, ...]:
        """Let an agent reply."""
        number = f"m{len(self.log)}"
        return self.take(
            events.AgentWrote, conversation=name, message=number, text="yes", agent=agent, automatic=automatic
        )

    def do(self, kind: type[Fact], name: str = "c1", **fields: Any) -> tuple[Decision, ...]:
        """Let a fact about a conversation happen."""
        return self.take(kind, conversation=name, **fields)

    def tag(self, tag: str, facet: str = "label", *, on: bool = True, name: str = "c1") -> tuple[Decision, ...]:
        """Put a tag on or take it off by hand."""
        return self.take(events.TagSet, conversation=name, facet=facet, tag=tag, on=on)

    def level_by_hand(self, level: int, name: str = "c1") -> tuple[Decision, ...]:
        """Set a level by hand; -1 clears it."""
        return self.take(events.PrioritySet, conversation=name, level=level)

    def know(self, customer: str = "zhang", **fields: str | float) -> tuple[Decision, ...]:
        """Let something become known of a customer."""
        return self.take(events.CustomerSet, customer=customer, fields=fields)

    def change(self, rules: Policy) -> tuple[Decision, ...]:
        """Put another policy in force."""
        return self.take(events.PolicyChanged, text=rules.text, fingerprint=rules.fingerprint)

    def wait(self, ms: int) -> tuple[Decision, ...]:
        """Let so much time pass; every deadline on the way is met at its instant."""
        until = self.at + ms
        done: tuple[Decision, ...] = ()
        due = self.desk.next_deadline()
        while due is not None and due <= until:
            assert due > self.desk.now, "a deadline that does not lie ahead"
            self.at = due
            done += self.take(events.DeadlineReached)
            due = self.desk.next_deadline()
        self.at = until
        return done

    # ------------------------------------------------------------ what came of it

    def card(self, name: str = "c1") -> cards.ConversationCard:
        """Return a conversation as its tab shows it."""
        return cards.conversation_card(self.desk, name)

    def stage(self, name: str = "c1") -> str:
        """Return the stage of a conversation."""
        return self.card(name).stage

    def level(self, name: str = "c1") -> int:
        """Return the level of a conversation."""
        return self.card(name).level

    def row(self, name: str = "c1") -> list[int]:
        """Return the columns of a conversation."""
        return list(self.desk.state.conversation[self.desk.conversation(name)])

    def customer(self, name: str = "zhang") -> cards.CustomerCard:
        """Return what is known of a customer."""
        return cards.customer_card(self.desk, name)

    def tags(self, name: str = "c1") -> set[str]:
        """Return the tags of a conversation."""
        return {tag.name for tag in self.card(name).tags}

    def load(self, agent: str = "chen") -> float:
        """Return the units an agent holds."""
        return cards.agent_card(self.desk, agent).load


def of(done: tuple[Decision, ...], kind: type[D]) -> list[D]:
    """Return the decisions of a kind."""
    return [decision for decision in done if isinstance(decision, kind)]


def kinds(done: tuple[Decision, ...]) -> list[str]:
    """Return the kinds of decisions, in order."""
    return [type(decision).__name__ for decision in done]
