"""Agents and policies for the tests of who gets what, on top of a `Scene`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskkit.desk import cards, events
from deskkit.desk import columns as k
from deskkit.desk.policy import Policy
from tests.desk.scene import BARE, Scene, of

if TYPE_CHECKING:
    from deskkit.desk.events import Decision

LOW, NORMAL, HIGH, URGENT = range(4)


def rules(extra: str = "", /, **edits: object) -> Policy:
    """Return the bare policy with further tables and other values; ``capacity__agent=3`` stands for a path."""
    edited = BARE.edit({path.replace("__", "."): value for path, value in edits.items()})
    return Policy.parse(edited.text + extra)


class Floor(Scene):
    """A scene in which agents come and go one by one."""

    def __init__(self, policy: Policy = BARE, *, agents: tuple[str, ...] = (), acts: bool = True) -> None:
        super().__init__(policy, agents=agents, acts=acts)

    def join(self, agent: str, *, presence: str = "online", **profile: Any) -> tuple[Decision, ...]:
        """Let an agent become known, of the group ``desk`` unless told otherwise, and come online."""
        profile.setdefault("groups", ("desk",))
        done = self.take(events.AgentSet, agent=agent, **profile)
        return done + self.be(agent, presence)

    def be(self, agent: str, presence: str) -> tuple[Decision, ...]:
        """Let an agent come online, go away or go offline."""
        return self.take(events.PresenceSet, agent=agent, presence=presence)

    def wait(self, ms: int) -> tuple[Decision, ...]:
        """Let so much time pass; the desk, too, knows the time at the end."""
        done = super().wait(ms)
        return done if self.desk.now == self.at else done + self.take(events.DeadlineReached)

    def come(self, *names: str, text: str = "hello", level: int | None = None, **more: Any) -> tuple[Decision, ...]:
        """Let a customer of its own come and write in each of these conversations; set a level by hand before."""
        done: tuple[Decision, ...] = ()
        for name in names:
            done += self.open(name, "", customer=f"of {name}", **more)
            if level is not None:
                done += self.level_by_hand(level, name)
            if text:
                done += self.say(text, name)
        return done

    def give(self, name: str, agent: str) -> tuple[Decision, ...]:
        """Assign by hand; an empty agent sends the conversation back to the queue."""
        return self.do(events.OwnerSet, name, agent=agent)

    def fill(self, agent: str, units: int, *, prefix: str = "filler") -> None:
        """Put so many conversations in an agent's hands, by hand."""
        for n in range(units):
            name = f"{prefix} {agent} {n}"
            self.open(name, "", customer=name, origin="agent", agent=agent)
            self.say("hello", name)

    def owner(self, name: str = "c1") -> str:
        """Return the owner of a conversation, empty while it waits."""
        return self.card(name).owner

    def owners(self, *names: str) -> list[str]:
        """Return the owners of conversations."""
        return [self.owner(name) for name in names]

    def due(self) -> int | None:
        """Return in how many milliseconds the desk wants to be woken."""
        at = self.desk.next_deadline()
        return None if at is None else at - self.at

    def queue(self) -> tuple[str, ...]:
        """Return the waiting conversations in serving order."""
        return cards.queue(self.desk)

    def holds(self, agent: str) -> set[str]:
        """Return what an agent has in hand."""
        return set(cards.agent_card(self.desk, agent).conversations)

    def limit(self, agent: str) -> float:
        """Return the units an agent may hold."""
        return cards.agent_card(self.desk, agent).capacity

    def peak(self) -> bool:
        """Say whether peak mode is on."""
        return bool(self.desk.state.desk[k.PEAK_ON] == 1)


def given(done: tuple[Decision, ...]) -> list[tuple[str, str]]:
    """Return who got what, in the order it was given."""
    return [(decision.conversation, decision.agent) for decision in of(done, events.Assigned)]
